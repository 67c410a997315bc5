#!/bin/bash
# Which folder may include which: the arrows of the design. Walks the #include "…" lines of all sources and fails on an arrow
# that is not allowed, on a path that does not start at the project's root, and on a folder without a rule. First it shows that
# it finds breaches.
set -u
cd "$(dirname "$0")/../.." || exit 1

# Reads "file:line:#include "path"" lines; prints the breaches.
breaches() {
    awk -F: '
    BEGIN {
        order = "core numeric datasets models generators metrics attacks audit"
        count = split(order, folder, " ")
        for (i = 1; i <= count; i++)
            for (j = 1; j <= i; j++)
                allowed[folder[i], folder[j]] = 1
        delete allowed["attacks", "metrics"]
        allowed["report", "core"] = allowed["report", "report"] = 1
        all = order " report cli tests"
        count = split(all, folder, " ")
        for (i = 1; i <= count; i++) {
            known[folder[i]] = 1
            if (folder[i] != "tests")
                allowed["cli", folder[i]] = 1
            allowed["tests", folder[i]] = 1
        }
    }
    {
        file = $1
        from = file
        sub(/\/.*/, "", from)
        path = $0
        sub(/^[^"]*"/, "", path)
        sub(/".*/, "", path)
        to = path
        sub(/\/.*/, "", to)
        if (!(from in known))
            print file ":" $2 ": folder \"" from "\" has no rule"
        else if (!(to in known))
            print file ":" $2 ": write \"" path "\" from the root of the project"
        else if (from == "attacks" && path ~ /^metrics\/[^\/]*\.h$/)
            next # the descriptor that attacks share with metrics
        else if (!((from, to) in allowed))
            print file ":" $2 ": " from "/ may not include \"" path "\""
    }'
}

planted='core/a.c:1:#include "datasets/table.h"
numeric/a.c:2:#include "core/error.h"
metrics/fidelity/a.c:3:#include "attacks/membership/b.h"
attacks/membership/a.c:4:#include "metrics/measure.h"
attacks/membership/a.c:5:#include "metrics/fidelity/b.h"
report/a.c:6:#include "audit/plan.h"
report/a.c:7:#  include "report/page.h"
cli/main.c:8:#include "report/page.h"
core/a.c:9:#include "error.h"
audit/a.c:10:#include "cli/command.h"
extra/a.c:11:#include "core/error.h"'
found=$(printf '%s\n' "$planted" | breaches | cut -d: -f2 | tr '\n' ' ')
if [ "$found" != "1 3 5 6 9 10 11 " ]; then
    echo "self test: expected breaches in lines 1 3 5 6 9 10 11, found $found"
    exit 1
fi

folders=$(ls -d core numeric datasets models generators metrics attacks audit report cli tests 2>/dev/null)
# shellcheck disable=SC2086
result=$(grep -rnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' $folders | breaches)
if [ -n "$result" ]; then
    printf '%s\n' "$result"
    exit 1
fi
