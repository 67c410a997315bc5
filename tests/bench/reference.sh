#!/bin/bash
# The same work by scipy, pandas and scikit-learn where they are installed (Debian: python3-sklearn, python3-scipy, python3-pandas),
# on the bundled sample's population drawn anew at 24,000 rows: seconds of each, and of assay in the same run. What Python cannot do
# in seconds is timed on a part, and the time is scaled up to the whole; the part is printed. Argument: rows (24000).
set -u
cd "$(dirname "$0")/../.." || exit 4
python=$(command -v /usr/bin/python3 python3 | head -1)
if ! "$python" -c 'import numpy, scipy, pandas, sklearn' 2>/dev/null; then
    echo "reference.sh: scipy, pandas and scikit-learn are not installed; nothing to compare with"
    exit 0
fi
assay=${ASSAY:-build/assay} samples=datasets/samples rows=${1:-24000}
work=$(mktemp -d) || exit 4
trap 'rm -rf "$work"' EXIT
for part in "train cart 1" "holdout cart 2" "candidate copula 3"; do
    set -- $part
    "$assay" generate --method "$2" --train $samples/train.csv --schema $samples/schema.json --rows "$rows" --seed "$3" \
        --out "$work/$1.csv" 2>/dev/null || exit 4
done
"$assay" audit --train "$work/train.csv" --holdout "$work/holdout.csv" --synthetic "$work/candidate.csv" --schema $samples/schema.json \
    --only fidelity,proxy.dcr_share --format json --out "$work/audit" >/dev/null 2>&1
[ $? -le 3 ] || exit 4
OMP_NUM_THREADS=2 OPENBLAS_NUM_THREADS=2 "$python" tests/bench/reference.py "$work/train.csv" "$work/candidate.csv" "$work/audit/run.json"
