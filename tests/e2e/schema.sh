#!/bin/bash
# assay schema: what it prints can be given to --schema; pipes, gzip; bad input gives exit status 2 and one line on stderr.
set -u
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
status=0
expect() {
    [ "$2" = "$3" ] || { echo "$1: '$2', not '$3'"; status=1; }
}
{ echo 'id;age;group;since'; for i in $(seq 60); do echo "$i;$((20 + i % 41)).5;$((i % 3));0$((i % 9 + 1)).08.2013"; done; } >"$folder/a.csv"
"$ASSAY" schema "$folder/a.csv" >"$folder/a.json" || status=1
expect types "$(sed -n 's/.*"type": "\([a-z]*\)".*/\1/p' "$folder/a.json" | paste -sd' ')" 'id numeric categorical datetime'
expect format "$(grep -c '%d.%m.%Y' "$folder/a.json")" 1

gzip -k "$folder/a.csv"
"$ASSAY" schema "$folder/a.csv.gz" | cmp - "$folder/a.json" || status=1
"$ASSAY" schema /dev/stdin <"$folder/a.csv" | cmp - "$folder/a.json" || status=1
cat "$folder/a.csv" | "$ASSAY" schema /dev/stdin | cmp - "$folder/a.json" || status=1
"$ASSAY" schema "$folder/a.csv" --out "$folder/b.json" && cmp "$folder/a.json" "$folder/b.json" || status=1
{ echo n; seq -f %.2f 5000; echo text; } | "$ASSAY" schema /dev/stdin >"$folder/pipe.json" || { echo 'a late text in a pipe'; status=1; }
expect classes "$({ echo score; seq 5; seq 5; } | "$ASSAY" schema /dev/stdin --classes score | grep -c categorical)" 1

refused() { # name, text of the message, arguments
    local name=$1 message=$2 code
    shift 2
    "$ASSAY" schema "$@" >"$folder/out" 2>"$folder/err"
    code=$?
    expect "$name: exit status" "$code" 2
    expect "$name: stdout" "$(cat "$folder/out")" ''
    expect "$name: lines" "$(wc -l <"$folder/err")" 1
    grep -qF -- "$message" "$folder/err" || { echo "$name: $(cat "$folder/err")"; status=1; }
}
printf 'a,b\n1,2\n3\n' >"$folder/ragged.csv"
: >"$folder/empty.csv"
refused none 'takes one FILE, 0 were given'
refused two 'takes one FILE, 2 were given' "$folder/a.csv" "$folder/a.csv"
refused absent "cannot open '$folder/none.csv': No such file or directory" "$folder/none.csv"
refused directory 'is a directory' "$folder"
refused empty 'is empty' "$folder/empty.csv"
refused ragged 'row 3 has 1 cell, the header has 2' "$folder/ragged.csv"
refused class "--classes names 'grp', which is no column" "$folder/a.csv" --classes grp
refused out 'cannot write' "$folder/a.csv" --out "$folder/none/x.json"
exit $status
