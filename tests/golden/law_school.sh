#!/bin/bash
# A real table with known faults: every fake fails its own dimension under the default policy, a third part of the real rows passes.
. "$(dirname "$0")/../e2e/common.sh"
pairs=../shared/golden/pairs/law_school
if [ ! -d "$pairs" ]; then
    echo "skipped: the folder of real tables is absent"
    exit 77
fi
args=(--train $pairs/train.csv --holdout $pairs/holdout.csv --target pass_bar --sensitive race,male)

"$ASSAY" audit "${args[@]}" --synthetic honest=$pairs/reserve.csv --out "$work/honest" >"$work/table" ||
    fail "fresh real rows: exit status $?: $(cat "$work/table")"
"$ASSAY" audit "${args[@]}" --synthetic $pairs/copy.csv --synthetic $pairs/leak05.csv --synthetic $pairs/independent.csv \
    --synthetic $pairs/permuted_label.csv --synthetic $pairs/dropped_group.csv --out "$work/fakes" >"$work/table"
[ $? = 1 ] || fail 'the fakes do not fail'
for expected in copy:privacy leak05:privacy independent:fidelity permuted_label:utility dropped_group:fairness dropped_group:privacy; do
    json "$work/fakes/audit.json" "failed('${expected%:*}')" | grep -q "'${expected#*:}'" ||
        fail "'${expected%:*}' does not fail ${expected#*:}, but $(json "$work/fakes/audit.json" "failed('${expected%:*}')")"
done
finish
