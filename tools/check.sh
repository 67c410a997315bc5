#!/bin/bash
# make check: formatting, the include rule, clang's warnings, clang-tidy and cppcheck over all sources. The arguments hold the compiler's
# flags and those that turn its warnings on.
set -u
cd "$(dirname "$0")/.." || exit 1
flags=$1 warnings=$2
status=0
for tool in clang clang-format clang-tidy cppcheck; do
    command -v $tool >/dev/null || { echo "check: $tool is missing; run tools/deps.sh check" >&2; exit 1; }
done
mapfile -t all < <(git ls-files -co --exclude-standard '*.c' '*.h' 2>/dev/null || find . -name '*.[ch]' -not -path './build*')
sources=() program=()
for file in "${all[@]}"; do
    case $file in
    tests/*.c) sources+=("$file") ;; # Criterion's macros are not for clang-tidy
    *.c) sources+=("$file") program+=("$file") ;;
    esac
done

echo "check: clang-format, ${#all[@]} files"
clang-format --dry-run -Werror "${all[@]}" || status=1
echo "check: include rule"
tests/e2e/include_rules.sh || status=1
echo "check: clang's warnings, ${#sources[@]} files" # the build shows gcc's
printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -n 8 sh -c 'flags=$0; clang -fsyntax-only -Werror $flags "$@"' "$flags $warnings" || status=1
echo "check: clang-tidy, ${#program[@]} files"
printf '%s\n' "${program[@]}" | xargs -P "$(nproc)" -n 4 sh -c 'flags=$0; clang-tidy --quiet "$@" -- $flags 2>/dev/null' "$flags" ||
    status=1
echo "check: cppcheck"
cppcheck --quiet --std=c11 -D_GNU_SOURCE '-DTestSuite(...)=' -I . --enable=warning,performance,portability --inline-suppr \
    --suppressions-list=tools/cppcheck.suppress --error-exitcode=1 "${sources[@]}" || status=1
[ $status = 0 ] && echo "check: clean"
exit $status
