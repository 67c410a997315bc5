#!/bin/bash
# The program's outer shape: overview, help, version, unknown commands, output that cannot be written.
set -u
fail=0
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT

# expect STATUS TEXT-IN-STDOUT TEXT-IN-STDERR ARGUMENTS...
expect() {
    local status=$1 stdout=$2 stderr=$3 got
    shift 3
    "$ASSAY" "$@" >"$out/stdout" 2>"$out/stderr"
    got=$?
    if [ $got != "$status" ] || ! grep -qF -- "$stdout" <(cat "$out/stdout"; echo) || ! grep -qF -- "$stderr" <(cat "$out/stderr"; echo); then
        echo "assay $*: status $got, wanted $status; stdout wanted '$stdout', stderr wanted '$stderr'; got:"
        cat "$out/stdout" "$out/stderr"
        fail=1
    fi
}

expect 2 '' 'usage: assay COMMAND'
expect 0 'usage: assay COMMAND' '' --help
expect 0 'usage: assay COMMAND' '' help
expect 0 'assay 0.1.0' '' --version
expect 0 'usage: assay measures' '' help measures
expect 0 'usage: assay measures' '' measures --help
expect 2 '' "unknown command 'mesures'; did you mean 'measures'?" mesures
expect 2 '' "unknown command 'mesures'; did you mean 'measures'?" help mesures
expect 2 '' "unknown command 'zzzzzzzz'; see assay --help" zzzzzzzz
expect 2 '' "unknown option '--al'; see assay measures --help" measures --al
expect 2 '' "unknown measure 'fidelity.colum_shapes'" measures fidelity.colum_shapes

# Every command of the overview explains itself, within 80 columns.
for command in $("$ASSAY" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
    expect 0 "usage: assay $command" '' "$command" --help
    wide=$(LC_ALL=C.UTF-8 grep -aE '.{81}' "$out/stdout")
    [ -z "$wide" ] || { echo "assay $command --help: wider than 80: $wide"; fail=1; }
done

if "$ASSAY" --help >/dev/full 2>"$out/stderr" || ! grep -q 'cannot write to standard output' "$out/stderr"; then
    echo 'a full disk behind stdout goes unnoticed'
    fail=1
fi
# A reader that goes away at once.
("$ASSAY" help --man 2>"$out/stderr"; echo $? >"$out/status") | true
if [ "$(cat "$out/status")" != 0 ] || [ -s "$out/stderr" ]; then
    echo "a closed pipe: status $(cat "$out/status"), $(cat "$out/stderr")"
    fail=1
fi
exit $fail
