#!/bin/bash
# tools/split.sh: parts are a partition of the rows, sizes differ by at most one, the seed decides, bad input is refused.
set -u
cd "$(dirname "$0")/../.." || exit 1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
status=0
expect() {
    [ "$2" = "$3" ] || { echo "$1: '$2', not '$3'"; status=1; }
}
{ echo 'id,"a ""b"""'; seq 1 1000 | sed 's/$/,"x, ""y"""/'; } >"$folder/all.csv"

tools/split.sh "$folder/all.csv" 1 3 "$folder/a" || status=1
expect sizes "$(wc -l <"$folder/a/part1.csv") $(wc -l <"$folder/a/part2.csv") $(wc -l <"$folder/a/part3.csv")" '335 334 334'
expect header "$(head -qn 1 "$folder"/a/part?.csv | sort -u)" 'id,"a ""b"""'
expect partition "$(tail -qn +2 "$folder"/a/part?.csv | sort -n | cmp - <(tail -n +2 "$folder/all.csv") && echo same)" same
# Mean id of a third: 500.5 ± 13.6 (one standard error); an unshuffled third has 167.
mean=$(tail -n +2 "$folder/a/part1.csv" | awk -F, '{ s += $1 } END { print int(s / NR) }')
[ "$mean" -gt 445 ] && [ "$mean" -lt 556 ] || { echo "part 1 is not shuffled: mean $mean"; status=1; }

tools/split.sh "$folder/all.csv" 1 3 "$folder/b" && cmp "$folder/a/part2.csv" "$folder/b/part2.csv" || status=1
tools/split.sh "$folder/all.csv" 2 3 "$folder/c" || status=1
cmp -s "$folder/a/part2.csv" "$folder/c/part2.csv" && { echo 'another seed gave the same part'; status=1; }
for other in gawk mawk busybox; do
    command -v $other >/dev/null || continue
    mkdir -p "$folder/bin" && ln -sf "$(command -v $other)" "$folder/bin/awk"
    PATH="$folder/bin:$PATH" tools/split.sh "$folder/all.csv" 1 3 "$folder/d" && cmp "$folder/a/part3.csv" "$folder/d/part3.csv" ||
        { echo "$other gives other parts"; status=1; }
done

printf 'a\n"open\nclose"\n' >"$folder/broken.csv"
refuse() {
    local said
    said=$(tools/split.sh "$@" 2>&1) && { echo "accepted: $*"; status=1; }
    case $said in split:*) ;; *) echo "no message for: $*: $said"; status=1 ;; esac
}
refuse "$folder/broken.csv" 1 2 "$folder/e"
refuse "$folder/none.csv" 1 2 "$folder/e"
refuse "$folder/all.csv" x 2 "$folder/e"
refuse "$folder/all.csv" 1 0 "$folder/e"
refuse "$folder/all.csv" 1 2000 "$folder/e"
refuse "$folder/all.csv" 1
exit $status
