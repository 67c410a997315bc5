#!/bin/bash
# How often honest candidates pass the default gates and faulty ones fail: the table of docs/gates.md.
#
#   tools/calibrate.sh simulate   [HONEST [FAULTY [ROWS]]]    (default 40 10 2500)
#   tools/calibrate.sh graded     [HONEST [FAULTY [ROWS]]]    (default 20 20 2500; faults of known size: tools/grade_faults.py)
#   tools/calibrate.sh law_school [HONEST [FAULTY]]           (default 20 0; needs ../shared/datasets)
#
# Each audit has tables of its own: train, holdout and an honest candidate, which is fresh real rows. In the simulated population all
# three are drawn anew; of law_school they are random thirds. The first FAULTY audits also judge every faulty candidate, made of
# that audit's train. A candidate's verdict does not depend on who else is in the audit. POLICY (default balanced) names
# the policy; RESULTS (default build/calibrate) is the folder that keeps one audit.json a seed: a later call goes on from there, and another
# policy judges them without computing anew.
set -eu
cd "$(dirname "$0")/.."
export LC_ALL=C SOURCE_DATE_EPOCH=1767225600
assay=${ASSAY:-$PWD/build/assay} part=${1:-simulate} policy=${POLICY:-balanced}
faults=(copy:bootstrap leak05:leak05 independent:independent permuted_label:permuted-label dropped_group:dropped-group cart:cart copula:copula)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case $part in
simulate) honest=${2:-40} faulty=${3:-10} rows=${4:-2500} ;;
graded) honest=${2:-20} faulty=${3:-20} rows=${4:-2500} faults=() ;;
law_school) honest=${2:-20} faulty=${3:-0} rows=third ;;
*)
    echo "usage: tools/calibrate.sh simulate|graded|law_school [HONEST [FAULTY [ROWS]]]" >&2
    exit 2
    ;;
esac
results=${RESULTS:-build/calibrate}/$part-$rows
mkdir -p "$results"
[ "$part" != law_school ] || [ -f ../shared/datasets/law_school/law_school.csv ] || { echo "no ../shared/datasets here"; exit 77; }

simulate_tables() {
    "$assay" generate --method simulate --rows "$rows" --seed $((1000 + $1)) --out "$work/train.csv"
    "$assay" generate --method simulate --rows "$rows" --seed $((2000 + $1)) --out "$work/holdout.csv"
    "$assay" generate --method simulate --rows "$rows" --seed $((3000 + $1)) --out "$work/honest.csv"
    roles=(--schema datasets/samples/schema.json)
}

graded_tables() {
    simulate_tables "$1"
    [ "$1" -gt "$faulty" ] || python3 tools/grade_faults.py "$work/train.csv" "$work/honest.csv" "$1" "$work"
}

law_school_tables() {
    tools/split.sh ../shared/datasets/law_school/law_school.csv "$1" 3 "$work"
    mv "$work/part1.csv" "$work/train.csv"
    mv "$work/part2.csv" "$work/holdout.csv"
    mv "$work/part3.csv" "$work/honest.csv"
    roles=(--target pass_bar --sensitive race,male --secret fam_inc)
}

for seed in $(seq "$honest"); do
    kept=$results/$seed.json
    [ ! -s "$kept" ] || continue
    ${part}_tables "$seed"
    candidates=(--synthetic honest="$work/honest.csv")
    for fault in "${faults[@]}"; do
        [ "$seed" -le "$faulty" ] || break
        "$assay" generate --method "${fault#*:}" --train "$work/train.csv" --seed $((4000 + seed)) "${roles[@]:0:4}" --threads 1 --out "$work/${fault%%:*}.csv"
        candidates+=(--synthetic "$work/${fault%%:*}.csv")
    done
    for table in "$work"/{leak,bias,noise}_*.csv "$work/pair.csv"; do
        [ ! -f "$table" ] || candidates+=(--synthetic "$table")
    done
    status=0
    nice "$assay" audit --train "$work/train.csv" --holdout "$work/holdout.csv" "${candidates[@]}" "${roles[@]}" \
        --seed "$seed" --threads 1 --format json --out "$work/out" >/dev/null || status=$?
    case $status in 0 | 1 | 3) ;; *) echo "calibrate: seed $seed: exit status $status" >&2 && exit 4 ;; esac
    mv "$work/out/audit.json" "$kept"
    rm -rf "$work"/*
    echo "calibrate: $part $seed of $honest" >&2
done
mkdir "$work/judged"
for seed in $(seq "$honest"); do
    "$assay" gate "$results/$seed.json" --policy "$policy" --out "$work/judged/$seed.json" >/dev/null || [ $? != 2 ]
done
python3 tools/calibrate.py "$work"/judged/*.json
if [ "$part" = graded ] && [ "$faulty" -gt 0 ]; then
    python3 tools/plot_power.py "$work"/judged/*.json >"$results/power.svg"
    echo "calibrate: power curves in $results/power.svg" >&2
fi
