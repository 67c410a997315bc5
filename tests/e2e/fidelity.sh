#!/bin/bash
# The whole fidelity dimension through the command line: a table like the training table is exactly perfect in any row order, odd tables
# get the right status with a reason and never a good score, any number of threads gives the same bytes, truths come out.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || { echo 'python3 is missing'; exit 77; }
if [ "${SANITIZED:-}" = thread ]; then
    echo 'skipped: the tables are small, ThreadSanitizer sees more in the others'
    exit 77
fi
export ASSAY
cd "$work" || exit 1
PYTHONDONTWRITEBYTECODE=1 python3 "$root/tests/e2e/fidelity.py" "$root" || failures=1
finish
