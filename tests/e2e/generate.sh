#!/bin/bash
# assay generate: what it writes, that threads change nothing, ids, and refusals that leave no file behind.
set -u
cd "$(dirname "$0")/../.." || exit 1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
assay=$ASSAY
train=datasets/samples/train.csv
status=0
fail() {
    echo "$1"
    status=1
}

for method in bootstrap independent uniform copula cart permuted-label dropped-group leak05 dp-independent dp-tree; do
    for threads in 1 2 7; do
        "$assay" generate --method $method --train $train --rows 3000 --seed 5 --target approved --sensitive sex,origin \
            --threads $threads --out "$folder/$threads.csv" || fail "$method with $threads threads: exit status $?"
    done
    cmp "$folder/1.csv" "$folder/2.csv" && cmp "$folder/1.csv" "$folder/7.csv" || fail "$method: threads change it"
    [ "$(wc -l <"$folder/1.csv")" = 3001 ] || fail "$method: not 3,000 rows"
    cmp -s <(head -n 1 "$folder/1.csv") <(head -n 1 $train) || fail "$method: another header"
    "$assay" generate --method $method --train $train --rows 3000 --seed 6 --target approved --sensitive sex,origin --out "$folder/other.csv" || fail "$method: exit status $?"
    cmp -s "$folder/other.csv" "$folder/1.csv" && fail "$method: the seed changes nothing"
done
"$assay" generate --method simulate --rows 2500 --seed 1 --out - | cmp - $train || fail 'the population is not the sample'

# Whole-number ids go on after train's greatest one, but not in rows that are train's own.
awk -v OFS=, 'BEGIN { print "id,x,group"; for (i = 1; i <= 60; i++) print 1000 + i * 7 % 61, i % 9, i % 2 ? "a" : "b" }' >"$folder/ids.csv"
cat >"$folder/ids.json" <<'JSON'
{"format": "assay-schema", "version": 1, "columns": [{"name": "id", "type": "id"}, {"name": "x", "type": "numeric"},
 {"name": "group", "type": "categorical", "role": "sensitive"}]}
JSON
for method in copula cart uniform independent; do
    got=$("$assay" generate --method $method --train "$folder/ids.csv" --schema "$folder/ids.json" --rows 50 --out - |
        awk -F, 'NR > 1 { print $1 }' | paste -sd ,)
    [ "$got" = "$(seq -s , 1061 1110)" ] || fail "$method: ids $got"
done
for method in bootstrap dropped-group; do
    "$assay" generate --method $method --train "$folder/ids.csv" --schema "$folder/ids.json" --rows 50 --out - |
        tail -n +2 | sort -u | comm -23 - <(sort "$folder/ids.csv") | grep -q . && fail "$method: changed ids"
done

[ "$("$assay" generate --method help | grep -c '^[a-z]')" = 11 ] || fail 'help does not list eleven methods'

refuse() { # message-part arguments…
    local part=$1 said got
    shift
    said=$("$assay" generate "$@" --out "$folder/none.csv" 2>&1 >/dev/null)
    got=$?
    [ $got = 2 ] || fail "exit status $got, not 2: $*"
    case $said in assay:*"$part"*) ;; *) fail "'$said' lacks '$part'" ;; esac
    [ "$(printf '%s\n' "$said" | wc -l)" = 1 ] || fail "more than one line: $said"
    [ -e "$folder/none.csv" ] && fail "left a file: $*"
    return 0
}
refuse "did you mean 'copula'?" --method coppula --train $train
refuse 'there are bootstrap, independent' --method gan --train $train
refuse "'--train' is missing" --method cart
refuse 'learns from no table' --method simulate --rows 5 --train $train
refuse 'needs --rows' --method simulate
refuse '--target' --method permuted-label --train $train
refuse '--sensitive' --method dropped-group --train $train
refuse "'nobody'" --method cart --train $train --target nobody
refuse "'$folder/absent.csv'" --method cart --train "$folder/absent.csv"
refuse '--rows' --method cart --train $train --rows 0
refuse "'--method'" --train $train
"$assay" generate --method cart --train $train 2>"$folder/said" && fail 'accepted without --out'
grep -q "'--out' is missing" "$folder/said" || fail 'no word about --out'
"$assay" generate --method uniform --train $train --out "$folder/no/such/folder.csv" 2>/dev/null
[ $? = 2 ] || fail 'a folder that does not exist is not bad input'
exit $status
