#!/bin/bash
# assay game: the leak of a bootstrap is seen and grows with its rows, independent columns stay at chance, threads change
# nothing, and refusals say what to do.
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
number() { # file key
    sed -n "s/^  \"$2\": \([-0-9.e]*\),*$/\1/p" "$1"
}
play() { # out, options
    local out=$1
    shift
    "$assay" game --train $train --secret long_term_illness --records 200 --games 40 --exact 0 --out "$out" "$@" >"$folder/text" ||
        fail "game $*: exit status $?"
}

play "$folder/much.json" --rows 20000 --threads 1
play "$folder/again.json" --rows 20000 --threads 3
cmp "$folder/much.json" "$folder/again.json" || fail 'threads change the game'
grep -q '^accuracy .*0.500 .*Clopper-Pearson' "$folder/text" || fail 'no table on stdout'
play "$folder/little.json" --rows 100
play "$folder/chance.json" --rows 2000 --method independent
awk -v much="$(number "$folder/much.json" accuracy)" -v little="$(number "$folder/little.json" accuracy)" \
    -v chance="$(number "$folder/chance.json" accuracy)" 'BEGIN { exit !(much >= .95 && little <= much && chance > .26 && chance < .74) }' ||
    fail "accuracy: $(number "$folder/much.json" accuracy) $(number "$folder/little.json" accuracy) $(number "$folder/chance.json" accuracy)"

refuse() { # words of the message, options
    local words=$1
    shift
    "$assay" game --train $train --out "$folder/none.json" "$@" >"$folder/text" 2>&1
    [ $? = 2 ] || fail "game $*: not refused with 2"
    grep -q "$words" "$folder/text" || fail "game $*: $(cat "$folder/text")"
    [ ! -e "$folder/none.json" ] || fail "game $*: left a file"
}
refuse "no column 'illness'" --secret illness
refuse 'must have two levels' --secret region
refuse 'is the secret' --secret sex --quasi age,sex
refuse "no column 'salary'" --secret sex --quasi age,salary
refuse 'need at least 2 quasi-identifiers' --secret sex --quasi age --games 1
refuse 'unknown generator' --secret sex --method gan
refuse 'records were asked for' --secret sex --records 5000 --games 1
refuse 'no record is unique' --secret sex --quasi approved,marital_status --records 1000 --games 1
refuse "'--secret' is missing" --method bootstrap
exit $status
