#!/bin/bash
# --target auto: every column in turn is the target, against plain Python and against audits of one target; what the other measures say.
. "$(dirname "$0")/common.sh"
export PYTHONPATH=$root/tests/golden PYTHONDONTWRITEBYTECODE=1
for name in train holdout cart permuted_label independent; do head -n 601 "$samples/$name.csv" >"$work/$name.csv"; done
# audit OUT ARGUMENT...: $holdout: another one.
audit() {
    local out=$1
    shift
    "$ASSAY" audit --holdout "$work/${holdout:-holdout}.csv" --schema "$samples/schema.json" --format json --out "$work/$out" "$@" >"$work/table" 2>"$work/messages"
    status=$?
}
audit auto --train "$work/train.csv" --target auto --only utility.targets --synthetic "$work/cart.csv" --synthetic "$work/permuted_label.csv" --synthetic twin="$work/train.csv"
[ "$status" = 3 ] || fail "not undecided, no gate is on it: $status: $(cat "$work/messages")"
python3 -m oracle.targets "$work/auto/audit.json" "$samples/schema.json" "$work/train.csv" "$work/holdout.csv" cart="$work/cart.csv" permuted_label="$work/permuted_label.csv" ||
    fail 'the numbers differ from plain Python'
[ "$(json "$work/auto/audit.json" "[measure('twin', 'utility.targets')[k] for k in ('value', 'score')], measure('twin', 'utility.targets')['interval']['lo']")" = '([0, 1], 0)' ] ||
    fail "train itself as the candidate loses something: $(json "$work/auto/audit.json" "measure('twin', 'utility.targets')")"
# The permuted column loses most, and provably.
[ "$(json "$work/auto/audit.json" "(lambda w: (w['column'], w['lo'] > .1))(measure('permuted_label', 'utility.targets')['details']['worst'])")" = "('approved', True)" ] ||
    fail 'the permuted label is not the worst column'
# The same models as with one target named: a number and several classes.
for column in income education; do
    audit "$column" --train "$work/train.csv" --target "$column" --only utility.tstr --synthetic "$work/cart.csv"
    python3 - "$work/auto/audit.json" "$work/$column/audit.json" "$column" <<'PY' || fail "'$column' as the only target scores otherwise"
import json, sys
auto, one = (next(c for c in json.load(open(p))['candidates'] if c['name'] == 'cart') for p in sys.argv[1:3])
x = next(x for x in next(m for m in auto['measures'])['details']['columns'] if x['column'] == sys.argv[3])
for side in ('tstr', 'trtr'):
    of = {l['learner']: l[side][x['score']] for l in one['measures'][0]['details']['learners']}
    if not abs(x[side] - (of['logistic'] + of['tree']) / 2) < 1e-6:
        sys.exit(f"{side}: {x[side]} instead of {of}")
PY
done
audit threads --train "$work/train.csv" --target auto --only utility.targets --synthetic "$work/cart.csv" --threads 1
cp "$work/threads/audit.json" "$work/first"
audit threads --train "$work/train.csv" --target auto --only utility.targets --synthetic "$work/cart.csv" --threads 3
cmp -s "$work/first" "$work/threads/audit.json" || fail 'another number of threads, other bytes'

# What needs one target says so; without auto the measure says what it is for. Nothing fails.
audit all --train "$work/train.csv" --target auto --only utility,fairness,robustness --synthetic "$work/cart.csv"
[ "$status" = 3 ] || fail "not undecided: $status"
[ "$(json "$work/all/audit.json" "sorted({m['id'] for m in candidate('cart')['measures'] if m['status'] != 'ok' and 'names no single target' not in m['reason']})")" = '[]' ] ||
    fail "other reasons: $(json "$work/all/audit.json" "[(m['id'], m['reason']) for m in candidate('cart')['measures'] if m['status'] != 'ok']")"
[ "$(json "$work/all/audit.json" "measure('cart', 'utility.targets')['status'], measure('cart', 'utility.gap')['status'], measure('cart', 'fairness.representation')['status'], a['schema']['target_task']")" = \
    "('ok', 'not_measurable', 'ok', 'every column in turn')" ] || fail 'status of measures under auto'
contract=$root/../shared/tools/check_contract.py
[ ! -f "$contract" ] || python3 "$contract" "$work/all/audit.json" >"$work/table" || fail "contract: $(cat "$work/table")"
audit none --train "$work/train.csv" --only utility.targets --synthetic "$work/cart.csv"
json "$work/none/audit.json" "measure('cart', 'utility.targets')['reason']" | grep -qF -- '--target auto' || fail 'no reason without --target auto'
json "$work/none/audit.json" "candidate('cart')['blind_spots']" | grep -qF -- '--target auto' || fail 'asked for by name, and no blind spot'

# Columns that do not depend on each other: nothing can be predicted, which is no good score.
"$ASSAY" generate --method independent --train "$work/holdout.csv" --schema "$samples/schema.json" --seed 2 --out "$work/apart.csv" >"$work/table" 2>&1
holdout=apart audit apart --train "$work/independent.csv" --target auto --only utility.targets --synthetic "$work/cart.csv"
json "$work/apart/audit.json" "measure('cart', 'utility.targets')['reason']" 2>&1 | grep -q 'none of the 15 columns' || fail 'independent columns are predicted'

audit one --train "$work/train.csv" --target approved --only utility --synthetic "$work/cart.csv"
[ "$(json "$work/one/audit.json" "measure('cart', 'utility.targets')['status'], abs(candidate('cart')['dimensions']['utility']['coverage'] - 1 + (measure('cart', 'utility.rare')['status'] != 'ok') / 3) < 1e-12")" = "('not_measurable', True)" ] ||
    fail "in an audit of one target: $(json "$work/one/audit.json" "candidate('cart')['dimensions']['utility']")"
json "$work/one/audit.json" "candidate('cart')['blind_spots']" | grep -qF -- '--target auto' && fail 'what nobody asked for is a blind spot'

audit bad --train "$work/train.csv" --target auto --positive yes --synthetic "$work/cart.csv"
[ "$status" = 2 ] && grep -q -- '--positive is a value of one target' "$work/messages" || fail "--positive with auto: $(cat "$work/messages")"
# A column of that name is meant first.
for name in train holdout cart; do sed '1s/approved/auto/' "$work/$name.csv" >"$work/auto_$name.csv"; done
"$ASSAY" audit --train "$work/auto_train.csv" --holdout "$work/auto_holdout.csv" --target auto --positive yes --only utility.tstr --synthetic "$work/auto_cart.csv" \
    --format json --out "$work/named" >"$work/table" 2>&1
[ "$(json "$work/named/audit.json" "a['schema']['target_task'], a['candidates'][0]['measures'][0]['status']")" = "('binary', 'ok')" ] || fail 'a column named auto is not the target'
finish
