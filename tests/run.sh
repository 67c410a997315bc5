#!/bin/bash
# Runs the unit-test programs given as arguments, then every executable tests/e2e/*.sh and tests/golden/*.sh with the path of
# the built program in $ASSAY. A shell test passes with exit status 0, is skipped with 77 (its last line says why), and fails
# with any other. Tests that take 5 seconds or more say so. The last line sums up: "N passed, N failed, N skipped", over
# Criterion's test cases and the shell tests.
set -u
cd "$(dirname "$0")/.." || exit 1
export ASSAY=${ASSAY:-$PWD/build/assay} LC_ALL=C
limit=${TEST_TIMEOUT:-900}
passed=0 failed=0 skipped=0
output=$(mktemp) || exit 1
trap 'rm -f "$output"' EXIT

# How long it took since the second $1, where that is worth saying.
took() {
    local seconds=$((SECONDS - $1))
    [ $seconds -lt 5 ] || echo " ($seconds s)"
}

# The number behind "Label: " in Criterion's synthesis line.
count() {
    grep -a 'Synthesis:' "$output" | tail -n 1 | sed -n "s/.*$1: *[^0-9]*\([0-9][0-9]*\).*/\1/p"
}

run_unit() {
    local program=$1 status good bad tested start=$SECONDS
    # Criterion names skipped tests only when verbose, and leaves them out of its sum.
    timeout "$limit" "$program" --short-filename --verbose >"$output" 2>&1
    status=$?
    sed -i -e 's/\x1b\[[0-9;]*m//g' -e '/^\[RUN \]/d' -e '/^\[PASS\]/d' -e '/^\[====\] Running/d' "$output"
    tested=$(count Tested) good=$(count Passing)
    if [ -z "$tested" ]; then
        failed=$((failed + 1))
        echo "FAIL $(basename "$program"): no result (exit status $status)"
        cat "$output"
        return
    fi
    bad=$((tested - good)) # failing, crashing and running out of time
    passed=$((passed + good)) failed=$((failed + bad))
    skipped=$((skipped + $(grep -ac '^\[SKIP\]' "$output")))
    if [ $bad -gt 0 ]; then
        echo "FAIL $(basename "$program"): $bad of $tested"
        cat "$output"
    else
        echo "ok   $(basename "$program"): $good$(took "$start")"
        grep -a '^\[SKIP\]' "$output"
        [ "$status" = 0 ] || { failed=$((failed + 1)) && echo "FAIL $(basename "$program"): exit status $status"; }
    fi
}

run_script() {
    local script=$1 status start=$SECONDS
    timeout "$limit" "$script" >"$output" 2>&1
    status=$?
    case $status in
    0)
        passed=$((passed + 1))
        echo "ok   $script$(took "$start")"
        ;;
    77)
        skipped=$((skipped + 1))
        echo "skip $script: $(tail -n 1 "$output")"
        ;;
    *)
        failed=$((failed + 1))
        echo "FAIL $script (exit status $status)"
        cat "$output"
        ;;
    esac
}

for program in "$@"; do
    run_unit "$program"
done
for script in tests/e2e/*.sh tests/golden/*.sh; do
    if [ -x "$script" ]; then run_script "$script"; fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
