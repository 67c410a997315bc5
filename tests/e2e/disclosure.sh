#!/bin/bash
# Planted values do not come out again: strings and numbers that fewer than ten real rows have (policy.k), in columns of every kind
# and part, are looked for in all that an audit writes and prints (the evidence file aside), and in the messages on bad tables.
. "$(dirname "$0")/common.sh"
if [ "${SANITIZED:-}" = thread ]; then
    echo 'skipped: it is about what is written, not about threads'
    exit 77
fi
for tool in python3 pdftotext qpdf; do
    command -v $tool >/dev/null || { echo "$tool is not installed"; exit 77; }
done
cd "$work" || exit 1
export ASSAY
python3 "$root/tests/e2e/disclosure.py" || fail 'planted values came out: see above'
finish
