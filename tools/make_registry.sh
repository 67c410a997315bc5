#!/bin/sh
# Prints the C source of the list of all measures: every `const struct measure measure_<id> = {` at the start of a line in the
# given files, sorted by name.
#
#   tools/make_registry.sh metrics/*/*.c attacks/*/*.c > build/gen/registry.c
set -eu
export LC_ALL=C

names=$(cat /dev/null "$@" | sed -n 's/^const struct measure \(measure_[a-z0-9_]*\) = {.*/\1/p' | sort)
twice=$(printf '%s\n' "$names" | uniq -d)
if [ -n "$twice" ]; then
    echo "make_registry.sh: defined twice: $twice" >&2
    exit 1
fi

echo '/* Written by tools/make_registry.sh. */'
echo '#include <stddef.h>'
echo
echo '#include "metrics/measure.h"'
echo
for name in $names; do
    echo "extern const struct measure $name;"
done
echo
echo 'const struct measure *const measure_registry[] = {'
for name in $names; do
    echo "    &$name,"
done
echo '    NULL};'
echo
echo 'const size_t measure_count = sizeof measure_registry / sizeof *measure_registry - 1;'
