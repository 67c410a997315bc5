#!/bin/bash
# Differential privacy end to end: private generators, the claim check of `assay audit`, `assay canary`; refusals leave nothing
# behind.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

# A table of codes, one a row, of 4,000 public ones: what a private generator hides in its noise, and a tenth of it does not.
awk 'BEGIN { srand(7); print "code,kind"; for (i = 0; i < 4000; i++) printf "%f c%d,%s\n", rand(), i, substr("abcd", 1 + int(4 * rand()), 1) }' >draft
head -n 1 draft >header
tail -n +2 draft | sort -n | cut -d' ' -f2 >rows
table() { cat header <(sed -n "$1p" rows); }
table '1,4000' >public.csv
table '1,500' >train.csv
table '501,1500' >holdout.csv
cat >schema.json <<'JSON'
{"format": "assay-schema", "version": 1, "columns": [{"name": "code", "type": "categorical"}, {"name": "kind", "type": "categorical"}]}
JSON

generate() { # out, train, options
    local out=$1 train=$2
    shift 2
    "$ASSAY" generate --train "$train" --schema schema.json --domain public.csv --rows 2000 --out "$out" "$@" 2>message || fail "generate $*: $(cat message)"
}
audit() { # out, synthetic, options
    local out=$1 synthetic=$2
    shift 2
    "$ASSAY" audit --train train.csv --holdout holdout.csv --schema schema.json --synthetic "$synthetic" --out "$out" "$@" >text 2>message
}

for method in dp-independent dp-tree; do
    generate $method.csv train.csv --method $method --epsilon 1 --threads 1
    generate again.csv train.csv --method $method --threads 3
    cmp -s $method.csv again.csv || fail "$method: threads or the default epsilon change it"
    generate broken-$method.csv train.csv --method $method --epsilon 1 --noise-scale 0.1
    [ "$(grep -vc '^c[0-9]*,[abcd]$' $method.csv)" = 1 ] || fail "$method: cells outside the domain"
done

# The claim alone: not contradicted, which decides nothing (3), contradicted (1), the same words in audit.json, the summary and the report's text.
audit honest dp-independent.csv --only privacy.epsilon --claimed-epsilon 1
[ $? = 3 ] || fail "honest noise: $(cat message text)"
grep -rq 'may be released' honest/summary.md && fail 'a claim that is not contradicted released a table'
[ "$(json honest/audit.json 'a["candidates"][0]["claim"]["result"]')" = 'not contradicted' ] || fail 'honest noise: claim'
[ "$(json honest/audit.json 'gate("dp-independent", "privacy.epsilon")["result"]')" = pass ] || fail 'honest noise: gate'
grep -q 'claimed epsilon of 1 is not contradicted' text || fail 'honest noise: terminal'
grep -rqi 'claim.*confirmed' honest/summary.md text && fail 'a claim was called confirmed'
grep -q 'does not confirm it' honest/summary.md || fail 'honest noise: summary.md'
for method in dp-independent dp-tree; do
    audit broken broken-$method.csv --only privacy.epsilon --claimed-epsilon 1
    [ $? = 1 ] || fail "a tenth of the noise of $method: not exit status 1: $(cat message text)"
    [ "$(json broken/audit.json 'a["candidates"][0]["claim"]["result"]')" = contradicted ] || fail "$method: claim"
    json broken/audit.json 'a["candidates"][0]["headline"]' | grep -q 'The claimed epsilon of 1 is contradicted' || fail "$method: headline"
    grep -q 'contradicted' broken/summary.md || fail "$method: summary.md"
    pdftotext broken/report.pdf - | tr '\n' ' ' | grep -q 'claimed epsilon of 1 is contradicted' || fail "$method: report"
    pdftotext -l 1 broken/report.pdf - | tr '\n' ' ' | grep -q 'claimed epsilon of 1 is contradicted' || fail "$method: page 1"
done
"$ASSAY" gate broken/audit.json --policy research >text
[ $? = 1 ] || fail 'a claim must outlive another policy'
audit fifty broken-dp-tree.csv --only privacy.epsilon --claimed-epsilon 50
[ $? = 3 ] || fail 'a claim of 50'
audit delta broken-dp-tree.csv --only privacy.epsilon --claimed-epsilon 1 --delta 0.9
[ $? = 3 ] || fail 'delta .9 allows nearly everything'
"$ASSAY" audit --train train.csv --schema schema.json --synthetic dp-tree.csv --only privacy.epsilon --claimed-epsilon 1 --out blind >text 2>&1
[ $? = 3 ] || fail 'without a holdout a claim cannot be tested'
[ "$(json blind/audit.json 'a["candidates"][0]["claim"]["result"]')" = 'not tested' ] || fail 'without a holdout: claim'
audit silent dp-tree.csv --only privacy.epsilon
json silent/audit.json '"claim" in a' | grep -q False || fail 'a claim that nobody made'

# Canaries: bits of a bootstrap are read, those of a private generator are not; replaced rows keep the number; same bytes again.
canary() { "$ASSAY" canary "$@" 2>message; }
canary make --train train.csv --schema schema.json --key key.json --out planted.csv --seed 99 --canaries 200 || fail "make: $(cat message)"
[ "$(stat -c %a key.json)" = 600 ] || fail "others may read the key: $(stat -c %a key.json)"
canary make --train train.csv --schema schema.json --key key2.json --out planted2.csv --seed 99 --canaries 200
cmp -s key.json key2.json && cmp -s planted.csv planted2.csv || fail 'make: not the same again'
rows=$((501 + $(grep -c '"in": true' key.json)))
[ "$(wc -l <planted.csv)" = $rows ] || fail "make: $(wc -l <planted.csv) lines, not $rows"
canary make --train train.csv --schema schema.json --key key2.json --out planted2.csv --seed 99 --canaries 200 --replace
[ "$(wc -l <planted2.csv)" = 501 ] || fail 'make --replace: another number of rows'
cmp -s <(head -n 501 planted.csv) train.csv || fail 'make: train is not in front of the canaries'
check() { canary check --train train.csv --schema schema.json --key key.json "$@" >text; }
"$ASSAY" generate --method bootstrap --train planted.csv --schema schema.json --rows 2000 --out copy.csv
check --synthetic copy.csv --claimed-epsilon 1
[ $? = 1 ] || fail "canaries in a bootstrap were not seen: $(cat text message)"
grep -q 'claimed epsilon of 1 is contradicted' text || fail "check: $(cat text)"
cp text first
check --synthetic copy.csv --claimed-epsilon 1 --threads 2
cmp -s text first || fail 'check: threads change it'
generate private.csv planted.csv --method dp-independent
check --synthetic private.csv --claimed-epsilon 1 || fail "canaries in a private table: exit status $?: $(cat text message)"
grep -q 'not contradicted, which does not confirm it' text || fail "check: $(cat text)"
check --synthetic holdout.csv --claimed-epsilon 1 || fail "canaries in strangers' rows: exit status $?: $(cat text)"
# Codes that nobody has, from the public domain.
canary make --train train.csv --schema schema.json --key key.json --out planted.csv --seed 5 --canaries 200 --domain public.csv || fail "make --domain: $(cat message)"
"$ASSAY" generate --method bootstrap --train planted.csv --schema schema.json --rows 2000 --out copy.csv
check --synthetic copy.csv --holdout holdout.csv --claimed-epsilon 1
[ $? = 1 ] || fail "canaries of a public domain were not seen: $(cat text message)"

refuse() { # words of the message, file that must not be there, command …
    local words=$1 file=$2
    shift 2
    "$ASSAY" "$@" >text 2>&1
    [ $? = 2 ] || fail "$*: not refused with 2"
    grep -q -- "$words" text || fail "$*: $(cat text)"
    [ ! -e "$file" ] || fail "$*: left $file"
}
audit_options=(audit --train train.csv --holdout holdout.csv --schema schema.json --synthetic dp-tree.csv --out none)
for bad in -1 x nan '' 1e99; do
    refuse 'claimed-epsilon' none "${audit_options[@]}" --claimed-epsilon "$bad"
done
refuse 'delta' none "${audit_options[@]}" --claimed-epsilon 1 --delta 2
refuse 'give --claimed-epsilon with it' none "${audit_options[@]}" --delta 0.1
refuse 'privacy.epsilon' none "${audit_options[@]}" --claimed-epsilon 1 --skip privacy
refuse 'privacy.epsilon' none "${audit_options[@]}" --claimed-epsilon 1 --only fidelity
refuse 'epsilon' none.csv generate --method dp-tree --train train.csv --out none.csv --epsilon 0
refuse 'belongs to dp-independent' none.csv generate --method cart --train train.csv --out none.csv --epsilon 1
refuse 'belongs to dp-independent' none.csv generate --method cart --train train.csv --out none.csv --domain public.csv
make_options=(canary make --train train.csv --schema schema.json --out none.csv --seed 1)
refuse 'make or check' none.json canary --train train.csv --key none.json
refuse 'make or check' none.json canary draw --train train.csv --key none.json
refuse "'--seed' is missing" none.json canary make --train train.csv --out none.csv --key none.json
refuse "'--out' is missing" none.json canary make --train train.csv --key none.json --seed 1
refuse 'a file of its own' none.csv "${make_options[@]}" --key none.csv
refuse 'belongs to assay canary check' none.json "${make_options[@]}" --key none.json --delta 0.1
refuse 'canaries' none.json "${make_options[@]}" --key none.json --canaries 3
refuse 'cannot replace' none.json "${make_options[@]}" --key none.json --canaries 5000 --replace
refuse 'none' none.json canary make --train train.csv --schema schema.json --out none/x.csv --seed 1 --key none.json
cp train.csv kept.csv
refuse 'would be overwritten' none.csv "${make_options[@]}" --key train.csv
refuse 'would be overwritten' none.json canary make --train train.csv --schema schema.json --out ./train.csv --seed 1 --key none.json
refuse 'would be overwritten' none generate --method cart --train train.csv --out train.csv
refuse 'would be overwritten' none schema train.csv --out train.csv
for input in train.csv dp-tree.csv holdout.csv; do
    refuse 'would be overwritten' none "${audit_options[@]}" --evidence $input
done
cmp -s train.csv kept.csv || fail 'the training table was overwritten'
refuse "'--synthetic' is missing" none canary check --train train.csv --key key.json
refuse 'belongs to assay canary make' none canary check --train train.csv --key key.json --synthetic copy.csv --replace
refuse 'another training table' none canary check --train holdout.csv --schema schema.json --key key.json --synthetic copy.csv
refuse 'not a canary key' none canary check --train train.csv --schema schema.json --key schema.json --synthetic copy.csv
refuse 'no meaning with this key' none canary check --train train.csv --schema schema.json --key key.json --synthetic copy.csv --out none
refuse 'no meaning with this key' none canary check --train train.csv --schema schema.json --key key.json --synthetic copy.csv --quasi kind
sed 's/"in": true/"in": 1/' key.json >bad.json
refuse 'without a coin' none canary check --train train.csv --schema schema.json --key bad.json --synthetic copy.csv
sed 's/"in": false/"in": true/' key.json >bad.json
refuse 'no fair tosses' none canary check --train train.csv --schema schema.json --key bad.json --synthetic copy.csv

# Random bits: nothing but a column is added, half of it 1; a bootstrap gives them away, independent columns do not.
people=$samples/train.csv
canary make --train "$people" --bit coin --key bits.json --out bits.csv --seed 99 || fail "make --bit: $(cat message)"
grep -q "2500 rows with a random bit 'coin'" message || fail "make --bit: $(cat message)"
[ "$(stat -c %a bits.json)" = 600 ] || fail "others may read the bits: $(stat -c %a bits.json)"
sed 's/,[^,]*$//' bits.csv | cmp -s - "$people" || fail 'make --bit changes more than a column'
[ "$(grep -c ',1$' bits.csv) $(grep -c ',0$' bits.csv)" = '1250 1250' ] || fail 'make --bit: not half of the bits are 1'
canary make --train "$people" --bit coin --key again.json --out again.csv --seed 99
cmp -s bits.json again.json && cmp -s bits.csv again.csv || fail 'make --bit: not the same again'
canary make --train "$people" --bit coin --key again.json --out again.csv --seed 98
cmp -s bits.csv again.csv && fail 'make --bit: another seed, the same bits'
# Cells keep their texts: words for missing, zeros, blanks and quotes, whatever the delimiter.
{ printf 'n;t;"a b";m\r\n'; for i in $(seq 30); do printf '0%s;"x;""y""";  z;NA\r\n1.50;;N;?\r\n1.5;yes;1;1.0\r\n' "$i"; done; } >odd.csv
canary make --train odd.csv --bit coin --key again.json --out again.csv --seed 1 || fail "make --bit of an odd table: $(cat message)"
[ "$(head -n 1 again.csv)" = 'n,t,a b,m,coin' ] && sed -n 2p again.csv | grep -qx '01,"x;""y""",  z,NA,[01]' && sed -n 3p again.csv | grep -qx '1.50,,N,?,[01]' &&
    sed -n 4p again.csv | grep -qx '1.5,yes,1,1.0,[01]' ||
    fail "make --bit changes cells: $(head -n 4 again.csv)"

bits() { canary check --train "$people" --key bits.json "$@" >text; }
"$ASSAY" generate --method bootstrap --train bits.csv --rows 2500 --out copy.csv
bits --synthetic copy.csv --out copy.json --threads 1 || fail "bits of a bootstrap: exit status $?: $(cat message)"
grep -q 'the synthetic rows give bits away' text || fail "bits of a bootstrap: $(cat text)"
json copy.json "a['given_away'] and a['accuracy_all_records'] > .7 and all(t['accuracy'] > .7 and t['p'] < 1e-50 for t in a['attacks']) and a['known_share_lower'] > .4" |
    grep -q True || fail "bits of a bootstrap: $(cat copy.json)"
bits --synthetic copy.csv --out again.json --threads 2
cmp -s copy.json again.json || fail 'bits: threads change the result'
bits --synthetic copy.csv --quasi sex,age,region,income,balance --out quasi.json || fail "bits --quasi: $(cat message)"
json quasi.json "a['given_away'] and a['queries'] < $(json copy.json "a['queries']") and a['unique'] < a['records']" | grep -q True || fail "bits --quasi: $(cat quasi.json)"
"$ASSAY" generate --method independent --train bits.csv --rows 2500 --out apart.csv --seed 5
bits --synthetic apart.csv --out apart.json || fail "bits of independent columns: exit status $?: $(cat message)"
grep -q 'no bit was guessed beyond chance' text || fail "bits of independent columns: $(cat text)"
json apart.json "not a['given_away'] and .05 < a['detection_limit'] < .1 and all(abs(t['accuracy'] - .5) < .04 for t in a['attacks'])" | grep -q True ||
    fail "bits of independent columns: $(cat apart.json)"
# Bits written as 1.0 and 0.0, as .9 and .2 (counted as the nearer), some of them empty.
sed '2,$s/\([01]\)$/\1.0/' copy.csv >dots.csv
bits --synthetic dots.csv --out dots.json && cmp -s dots.json copy.json || fail "bits with a decimal: $(cat message)"
sed -e '2,$s/,1$/,.9/' -e '2,$s/,0$/,.2/' copy.csv >near.csv
bits --synthetic near.csv --out near.json && json near.json "a['other_numbers'] == 2500 and a['given_away']" | grep -q True || fail "bits near 0 and 1: $(cat message)"
grep -q '2500 another number than 0 and 1' text || fail "bits near 0 and 1: $(cat text)"
sed '2,100s/[01]$//' copy.csv >gaps.csv
bits --synthetic gaps.csv --out gaps.json && json gaps.json "a['missing_bits'] == 99" | grep -q True || fail "bits with gaps: $(cat message)"

refuse_bits() { # words of the message, options
    local words=$1
    shift
    refuse "$words" none canary check --train "$people" --key bits.json --out none "$@"
}
refuse_bits "lacks the column 'coin'" --synthetic "$samples/holdout.csv"
sed '2,$s/[01]$/1/' copy.csv >bad.csv
refuse_bits 'the same in all rows' --synthetic bad.csv
sed '2,$s/[01]$//' copy.csv >bad.csv
refuse_bits 'is empty' --synthetic bad.csv
sed '5s/[01]$/heads/' copy.csv >bad.csv
refuse_bits "row 5, column 'coin'" --synthetic bad.csv
refuse_bits 'are unique' --synthetic copy.csv --quasi approved,long_term_illness
refuse_bits "no column of" --synthetic copy.csv --quasi salary
refuse_bits 'no meaning with this key' --synthetic copy.csv --claimed-epsilon 1
refuse_bits 'no meaning with this key' --synthetic copy.csv --holdout "$samples/holdout.csv"
refuse_bits 'belongs to assay canary make' --synthetic copy.csv --bit coin
refuse 'another training table' none canary check --train "$samples/holdout.csv" --key bits.json --synthetic copy.csv
sed 's/"bits": "./"bits": "/' bits.json >bad.json
refuse 'one bit for each row' none canary check --train "$people" --key bad.json --synthetic copy.csv
make_bits=(canary make --train "$people" --out none.csv --key none.json)
refuse "has a column 'age'" none.csv "${make_bits[@]}" --seed 1 --bit age
refuse "'--seed' is missing" none.csv "${make_bits[@]}" --bit coin
refuse 'is for canaries' none.csv "${make_bits[@]}" --seed 1 --bit coin --canaries 30
refuse 'is for canaries' none.csv "${make_bits[@]}" --seed 1 --bit coin --replace
refuse 'the name of a new column' none.csv "${make_bits[@]}" --seed 1 --bit ''
refuse 'belongs to assay canary check' none.csv "${make_bits[@]}" --seed 1 --bit coin --quasi age
head -n 15 "$people" >few.csv
refuse 'are too few' none.csv canary make --train few.csv --out none.csv --key none.json --seed 1 --bit coin
cp "$people" kept.csv && cp kept.csv own.csv
refuse 'would be overwritten' none.csv canary make --train own.csv --out ./own.csv --key none.json --seed 1 --bit coin
refuse 'none' none.json canary make --train "$people" --out none/x.csv --key none.json --seed 1 --bit coin
cmp -s own.csv kept.csv || fail 'the training table was overwritten'
finish
