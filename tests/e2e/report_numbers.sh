#!/bin/bash
# No number in the PDF that is not in audit.json.
set -u
fail=0
for tool in python3 pdftotext; do
    command -v $tool >/dev/null || { echo "$tool is not installed"; exit 77; }
done
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
for audit in tests/golden/report/*.json; do
    "$ASSAY" report "$audit" --out "$folder/report.pdf" && pdftotext -layout "$folder/report.pdf" "$folder/text" &&
        python3 tests/golden/report/numbers.py "$audit" "$folder/text" || { echo "$audit: see above"; fail=1; }
done
exit $fail
