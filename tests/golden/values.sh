#!/bin/bash
# Audits of six real tables, and of small worked examples, against the values that independent programs gave for the same files
# (docs/golden.md): tests/golden/oracle/values.py.
. "$(dirname "$0")/../e2e/common.sh"
golden=$root/../shared/golden
if [ ! -d "$golden/values" ]; then
    echo "skipped: the folder of golden values is absent"
    exit 77
fi
command -v python3 >/dev/null || { echo 'python3 is missing'; exit 77; }
export PYTHONPATH=$root/tests/golden PYTHONDONTWRITEBYTECODE=1
python3 -m oracle.values "$ASSAY" "$golden" "$work" || fail 'numbers differ from the golden values'
finish
