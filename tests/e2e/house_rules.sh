#!/bin/bash
# House rules that a machine can see: no function that overflows, stops the program or depends on hidden state; nothing but
# cli/ prints or exits; no file too long to read; nothing left undone. First it shows that it finds breaches.
set -u
cd "$(dirname "$0")/../.." || exit 1

# Files as arguments; prints file:line: text of each breach.
banned() {
    grep -nHE '(^|[^_a-zA-Z0-9.>])(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|rand|srand|random|alloca|setjmp|longjmp)\(' \
        "$@" | grep -vE '^[^:]*:[0-9]*: *(/?\*|//)'
}
stopping() {
    grep -nHE '(^|[^_a-zA-Z0-9.>])(abort|exit|_exit|quick_exit|assert|printf|puts|putchar|perror)\(' "$@" |
        grep -vE '^[^:]*:[0-9]*: *(/?\*|//)' | grep -vE '^core/process\.c:[0-9]*: *_exit\(' # a new process that could not become another
}
undone() {
    grep -nHE '\<(TODO|FIXME|XXX|HACK)\>|not implemented|unimplemented' "$@"
}
long() {
    wc -l "$@" | awk '$1 > 500 && $2 != "total" { print $2 ":" $1 ": more than 500 lines" }'
}

planted=$(mktemp -d) || exit 1
trap 'rm -rf "$planted"' EXIT
printf '%s\n' 'strcpy(a, b);' 'n = atoi(text);' ' * strcpy(a, b) in a comment' 'arena_strcpy(a);' 'x = rand();' >"$planted/a.c"
printf '%s\n' 'exit(1);' 'fprintf(file, "x");' '    printf("x");' 'on_exit(x);' 'snprintf(a, 1, "x");' >"$planted/b.c"
printf '%s\n' '/* TODO: more */' 'int TODOS;' 'not implemented' >"$planted/c.c"
seq 501 >"$planted/d.c"
found=$({ banned "$planted/a.c"; stopping "$planted/b.c"; undone "$planted/c.c"; long "$planted"/*.c; } | wc -l)
if [ "$found" != 8 ]; then
    echo "self test: expected 8 breaches, found $found"
    exit 1
fi

mapfile -t all < <(find core numeric datasets models generators metrics attacks audit report cli tests tools docs README.md Makefile \
    -type f \( -name '*.[ch]' -o -name '*.md' -o -name '*.sh' -o -name Makefile \) 2>/dev/null | grep -vxF "$(basename "$0")" |
    grep -v '^tests/e2e/house_rules.sh$')
mapfile -t sources < <(printf '%s\n' "${all[@]}" | grep '\.[ch]$')
mapfile -t library < <(printf '%s\n' "${sources[@]}" | grep -vE '^(cli|tests)/')
result=$(banned "${sources[@]}"; stopping "${library[@]}"; undone "${all[@]}"; long "${sources[@]}")
if [ -n "$result" ]; then
    printf '%s\n' "$result"
    exit 1
fi
