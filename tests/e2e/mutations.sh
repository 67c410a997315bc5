#!/bin/bash
# Random mutations of the sample through the program for half a minute, under AddressSanitizer alone (make san): FUZZ_SECONDS asks for
# more, FUZZ_SEED for other ones.
. "$(dirname "$0")/common.sh"
if [ "${SANITIZED:-}" != address ]; then
    echo 'skipped: runs in make san'
    exit 77
fi
python3 tests/fuzz/mutate.py "$ASSAY" "$samples/train.csv" "$samples/holdout.csv" "$samples/cart.csv" "${FUZZ_SECONDS:-30}" "${FUZZ_SEED:-1}"
