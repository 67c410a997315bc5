#!/bin/bash
# The bundled samples are what datasets/samples/make.sh makes, byte for byte, and have the faults that they are there for.
set -u
cd "$(dirname "$0")/../.." || exit 1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
status=0
fail() {
    echo "$1"
    status=1
}
datasets/samples/make.sh "$folder" || exit 1
[ "$(ls "$folder" | wc -l)" = 10 ] || fail "not ten tables: $(ls "$folder" | tr '\n' ' ')"
for made in "$folder"/*.csv; do
    name=$(basename "$made")
    cmp "$made" "datasets/samples/$name" || status=1
    [ "$(wc -l <"$made")" = 2501 ] || fail "$name: not 2,500 rows"
    [ "$(wc -c <"$made")" -lt 300000 ] || fail "$name: larger than 300,000 bytes"
done

# Rows that are rows of train (all distinct there), rows of women, and the labels of the two trees.
copies() { sort "$1" | comm -12 - <(sort -u "$folder/train.csv") | wc -l; }
women() { grep -c '^female' "$folder/$1.csv"; }
labels() { grep -c ',yes$' "$folder/$1.csv"; }
[ "$(tail -n +2 "$folder/train.csv" | sort -u | wc -l)" = 2500 ] || fail 'rows of train repeat'
[ "$(copies "$folder/leak05.csv")" = 126 ] || fail "leak05: $(copies "$folder/leak05.csv") lines of train, not 125 and the header"
for name in holdout reserve independent copula; do
    [ "$(copies "$folder/$name.csv")" = 1 ] || fail "$name: $(copies "$folder/$name.csv") lines of train"
done
for name in bootstrap dropped_group; do
    sort -u "$folder/$name.csv" | comm -23 - <(sort -u "$folder/train.csv") | grep -q . && fail "$name has rows that train has not"
done
[ "$(women dropped_group)" = "$(awk -v n="$(women train)" 'BEGIN { printf "%.0f", 0.05 * n }')" ] ||
    fail "dropped_group: $(women dropped_group) women of $(women train)"
[ "$(labels permuted_label)" -gt 1000 ] || fail "permuted_label: $(labels permuted_label) labels"
exit $status
