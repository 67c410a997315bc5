#!/bin/bash
# docs/man/assay.1 says what the option tables say, and troff has nothing to complain about.
set -u
cd "$(dirname "$0")/../.." || exit 1
if ! "$ASSAY" help --man | cmp -s - docs/man/assay.1; then
    echo 'docs/man/assay.1 is stale: run `make man` and commit it'
    exit 1
fi
for command in $("$ASSAY" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
    grep -q "^\.SS assay $command " docs/man/assay.1 || { echo "docs/man/assay.1 lacks the command $command"; exit 1; }
done
if command -v groff >/dev/null; then
    warnings=$(groff -man -Tutf8 -ww -z docs/man/assay.1 2>&1)
    [ -z "$warnings" ] || { echo "$warnings"; exit 1; }
fi
