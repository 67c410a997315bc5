#!/bin/bash
# Audits the bundled sample candidates: tools/demo.sh [FOLDER] (default demo). The roles of the columns are in schema.json.
set -u
cd "$(dirname "$0")/.." || exit 4
samples=datasets/samples out=${1:-demo}
"${ASSAY:-build/assay}" audit --train $samples/train.csv --holdout $samples/holdout.csv --schema $samples/schema.json \
    --synthetic fresh=$samples/reserve.csv --synthetic cart=$samples/cart.csv --synthetic copula=$samples/copula.csv \
    --synthetic copy=$samples/bootstrap.csv --synthetic leak05=$samples/leak05.csv --out "$out"
status=$?
# 1: candidates of the sample are faulty on purpose, so gates fail; that is what the demonstration shows.
if [ $status -gt 1 ]; then
    exit $status
fi
echo
echo "The report is $out/report.pdf; the numbers behind it are in $out/audit.json."
exit 0
