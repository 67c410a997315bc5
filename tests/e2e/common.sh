# What the end-to-end tests share. Source it; $work is a scratch folder that goes with the test.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
root=$PWD
ASSAY=${ASSAY:-$root/build/assay}
samples=$root/datasets/samples
export LC_ALL=C SOURCE_DATE_EPOCH=1767225600
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}

finish() {
    if [ "$failures" -gt 0 ]; then
        echo "$failures checks failed"
        exit 1
    fi
    exit 0
}

# json FILE EXPRESSION: prints a Python expression over the audit `a`; `measure(candidate, id)` and `gate(candidate, id)` look things up.
json() {
    python3 - "$1" "$2" <<'PY'
import json, sys
a = json.load(open(sys.argv[1]))
def candidate(name): return next(c for c in a["candidates"] if c["name"] == name)
def measure(name, id): return next(m for m in candidate(name)["measures"] if m["id"] == id)
def gate(name, id): return next(g for g in candidate(name)["gates"] if g.get("measure") == id)
def failed(name): return sorted({g["measure"].split(".")[0] for g in candidate(name)["gates"] if g["result"] == "fail"})
print(eval(sys.argv[2]))
PY
}

# For generators that write a line into $work/count each time they are called.
calls() { wc -l <"$work/count"; }

# interrupted CALLS RESULT COMMAND...: SIGINT once the generator was called so often: 130, no result, nothing of the generator lives on.
interrupted() {
    local enough=$1 result=$2 pid status
    shift 2
    "$@" >/dev/null 2>"$work/stopped.err" &
    pid=$!
    for _ in $(seq 300); do
        [ -f "$work/count" ] && [ "$(calls)" -ge "$enough" ] && break
        sleep .1
    done
    kill -INT "$pid"
    wait "$pid"
    status=$?
    [ "$status" = 130 ] || fail "interrupted: exit status $status: $(cat "$work/stopped.err")"
    [ ! -e "$result" ] || fail 'an interrupted run left a result'
    pgrep -f "$work/my tools/gen.py" >/dev/null && fail 'the command lives on after an interrupt'
}
