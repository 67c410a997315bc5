#!/bin/bash
# assay measures: every measure is listed once, sorted, with its dimension and direction, and explains itself in full.
set -u
fail=0
list=$("$ASSAY" measures) || exit 1
[ -n "$list" ] || { echo 'there are no measures to list'; exit 77; }
ids=$(printf '%s\n' "$list" | awk '{ print $1 }')
if [ "$ids" != "$(printf '%s\n' "$ids" | sort -u)" ]; then
    echo 'the list is not sorted or names a measure twice'
    fail=1
fi
bad=$(printf '%s\n' "$list" | awk '$2 !~ /^(fidelity|utility|fairness|robustness|privacy)$/ ||
    $3 !~ /^(higher|lower|target)$/ || NF < 5')
[ -z "$bad" ] || { echo "lines without dimension, direction or summary: $bad"; fail=1; }
for id in $ids; do
    text=$("$ASSAY" measures "$id") || { echo "$id: not explained"; fail=1; }
    for part in dimension definition 'how to read' direction range needs score cost reference version; do
        printf '%s\n' "$text" | grep -q "^$part  *[^ ]" || { echo "$id: no '$part'"; fail=1; }
    done
    # In characters: awk's length counts bytes in some implementations.
    wide=$(printf '%s\n' "$text" | python3 -c 'import sys
for line in sys.stdin.buffer.read().decode().splitlines(): print(line) if len(line) > 80 else None')
    [ -z "$wide" ] || { echo "$id: wider than 80: $wide"; fail=1; }
done
first=$(printf '%s\n' "$ids" | head -n 1)
"$ASSAY" measures "${first}x" 2>&1 | grep -qF "did you mean '$first'" || { echo "no suggestion for ${first}x"; fail=1; }
dimension=$(printf '%s\n' "$list" | awk 'NR == 1 { print $2 }')
[ "$("$ASSAY" measures "$dimension")" = "$(printf '%s\n' "$list" | awk -v d="$dimension" '$2 == d')" ] ||
    { echo "assay measures $dimension: not the lines of that dimension"; fail=1; }
exit $fail
