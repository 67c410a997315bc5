#!/bin/bash
# Measures, scores, gates and ranks of whole audits against a second program that follows the definitions alone, and truths that must
# come out to the last digit: tests/golden/oracle/.
. "$(dirname "$0")/../e2e/common.sh"
command -v python3 >/dev/null || { echo 'python3 is missing'; exit 77; }
export PYTHONPATH=$root/tests/golden PYTHONDONTWRITEBYTECODE=1

# audit FOLDER ROWS MEASURES CANDIDATE...: the first rows of the samples, or a file of $work. $options: more of them.
audit() {
    local folder=$work/$1 rows=$2 only=$3 name candidates=()
    shift 3
    mkdir -p "$folder"
    for name in train holdout "$@"; do
        head -n $((rows + 1)) "$([ -f "$work/$name.csv" ] && echo "$work" || echo "$samples")/$name.csv" >"$folder/$name.csv"
    done
    for name in "$@"; do candidates+=(--synthetic "$folder/$name.csv"); done
    "$ASSAY" audit --train "$folder/train.csv" --holdout "$folder/holdout.csv" --schema "$schema" ${only:+--only "$only"} \
        "${options[@]}" "${candidates[@]}" --evidence "$folder/evidence.csv" --format json --out "$folder/out" >"$work/table" 2>"$work/messages"
    [ $? != 2 ] || fail "audit of $folder: $(cat "$work/messages")"
}

# check FOLDER CANDIDATE...: all that the audit says of these candidates, and the scores, gates and ranks of all.
check() {
    local folder=$work/$1 name files=()
    shift
    for name in "$@"; do files+=("$name=$folder/$name.csv"); done
    python3 -m oracle "$folder/out/audit.json" "$folder/evidence.csv" "$schema" "$folder/train.csv" "$folder/holdout.csv" \
        "${files[@]}" || fail "$(basename "$folder") differs from the definitions"
}

options=() schema=$samples/schema.json
python3 -m oracle.odd "$samples/copula.csv" "$work/odd.csv" || fail 'the odd candidate cannot be made'
audit all 241 '' copula leak05 cart independent bootstrap permuted_label dropped_group odd
check all leak05 odd &
options=(--secret sex,origin,education,income)
audit secrets 130 privacy.reconstruction copula bootstrap
check secrets copula bootstrap
options=(--secret sex,employment_since,income,debt_ratio,balance,existing_loans,employment)
audit linkage 150 privacy.linkability,privacy.inference bootstrap odd
check linkage bootstrap odd
cat >"$work/policy.json" <<'JSON'
{"weights": {"fidelity": 2, "utility": 0, "fairness": 1.5, "robustness": 0.5, "privacy": 3},
 "measure_weights": {"fidelity.validity": 0, "fidelity.pair_trends": 3, "privacy.copies": 2.5},
 "gates": [{"measure": "privacy.copies", "op": "<=", "bound": 0.02, "on": "value"}, {"measure": "fidelity.pair_trends", "op": ">=", "bound": 0.8, "on": "hi"}]}
JSON
options=(--policy "$work/policy.json")
audit policy 240 "" copula cart independent leak05
check policy
options=()
swapped=("$work"/secrets/{out/audit.json,evidence.csv} "$samples/schema.json" "$work"/secrets/{train,holdout}.csv "copula=$work/secrets/bootstrap.csv")
python3 -m oracle "${swapped[@]}" >"$work/table" && fail 'another table passes for the candidate'
wait $! || failures=$((failures + 1))
audit large 1200 fidelity,fairness.representation,privacy.copies dropped_group odd leak05
check large dropped_group odd leak05
audit groups 1200 fairness,utility odd
check groups odd
for target in income education; do
    schema=$work/$target.json
    python3 - "$samples/schema.json" "$target" >"$schema" <<'PY'
import json, sys
schema = json.load(open(sys.argv[1]))
for c in schema["columns"]:
    c["role"] = [r for r in c.get("role", []) if r != "target"] + ["target"] * (c["name"] == sys.argv[2])
print(json.dumps(schema))
PY
    audit "$target" 1000 fidelity.inference cart odd
    check "$target" cart odd
done
schema=$samples/schema.json
python3 -m oracle.truths "$ASSAY" "$samples" "$work" || fail 'a truth does not hold'
python3 -m oracle.fidelity_truths "$ASSAY" "$samples" "$work" || fail 'a truth of fidelity does not hold'
finish
