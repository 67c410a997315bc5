#!/bin/bash
# What the black-box attack finds on a real table: the tables of docs/calibration.md.
#
#   tools/shadow_trials.sh TABLE.csv [SEED]        (ASSAY names the program, default build/assay)
#
# The table is shuffled and cut into thirds; the first is train. Of each built-in generator the candidate has as many rows, and 64
# shadows are trained, with ten random records beside the ten most outlying.
set -eu
cd "$(dirname "$0")/.."
assay=${ASSAY:-$PWD/build/assay}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tools/split.sh "$1" "${2:-1}" 3 "$work"
for generator in bootstrap cart copula independent; do
    "$assay" generate --method "$generator" --train "$work/part1.csv" --seed 7 --out "$work/$generator.csv" 2>/dev/null
    "$assay" audit --train "$work/part1.csv" --synthetic "$work/$generator.csv" --generator "$generator" --random-targets 10 \
        --only privacy.shadow --format json --out "$work/$generator" >/dev/null 2>&1 || [ $? = 3 ]
done
python3 - "$work" "$(basename "$1")" <<'PY'
import json, sys
folder, name = sys.argv[1:]
attacks = ["query_counts", "lira_counts", "lira_dcr", "dcr"]
head = ["generator", "value"] + attacks + ["TPR of the best at 10 %", "random records", "would be found"]
rows = []
for generator in ("bootstrap", "cart", "copula", "independent"):
    with open(f"{folder}/{generator}/audit.json") as file:
        measures = json.load(file)["candidates"][0]["measures"]
    m = next(m for m in measures if m["id"] == "privacy.shadow")
    d = m["details"]
    of = {a["attack"]: a for a in d["attacks"]}
    best, ends = of[d["best"]], of[d["best"]]["tpr_interval"]["0.1"]
    random = best["random_targets"]
    rows.append([generator, f"{m['value']:.3f} [{m['interval']['lo']:.3f}, {m['interval']['hi']:.3f}]"] +
                [f"{of[a]['auc']:.3f}" for a in attacks] +
                [f"{best['tpr']['0.1']:.3f} [{ends[0]:.3f}, {ends[1]:.3f}]",
                 f"{random['auc']:.3f} [{random['lo']:.3f}, {random['hi']:.3f}]", f"{d['detectable_auc']:.2f}"])
print(f"{name}: trained on {d['rows_trained_on']:,} rows each time\n")
for row in [head, ["---"] * len(head)] + rows:
    print("| " + " | ".join(row) + " |")
PY
