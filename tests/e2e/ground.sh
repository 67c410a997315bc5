#!/bin/bash
# The ground: packages are installed with the rights there are, on a system without compiler; the runner counts right; install
# and uninstall leave nothing behind.
set -u
cd "$(dirname "$0")/../.." || exit 1
[ -z "${SANITIZED:-}" ] || { echo 'needs no sanitizer'; exit 77; }
unset MAKEFLAGS MAKELEVEL MFLAGS
root=$PWD fail=0
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT

complain() {
    echo "$1"
    fail=1
}

# --- a system with make and the essential programs alone, and stand-ins for dpkg-query, id, apt-get and sudo
mkdir "$out/bin"
for program in make sh bash sed grep find cat nproc cmp mkdir env uname sort uniq; do
    ln -s "$(command -v $program)" "$out/bin/$program"
done
stand_in() {
    printf '#!/bin/sh\n%s\n' "$2" >"$out/bin/$1"
    chmod +x "$out/bin/$1"
}
installed() { # all packages but those given
    stand_in dpkg-query "shift 3; for p; do case \" $1 \" in *\" \$p \"*) ;; *) echo \"install ok installed \$p\" ;; esac; done"
}
stand_in id 'echo "$FAKE_ID"'
stand_in apt-get "echo \"\$DEBIAN_FRONTEND apt-get \$*\" >>'$out/log'"

bare() {
    rm -f "$out/log"
    PATH=$out/bin FAKE_ID=$1 make -s "${@:2}" >"$out/stdout" 2>"$out/stderr" </dev/null
}

installed 'gcc pkg-config libcriterion-dev'
bare 1000 deps && complain 'deps passes without rights'
grep -q 'deps: missing: gcc pkg-config libcriterion-dev$' "$out/stdout" || complain "deps does not say what is missing"
grep -q '^ *apt-get update && apt-get install -y --no-install-recommends gcc pkg-config libcriterion-dev$' "$out/stderr" ||
    complain "deps does not print the line to run"
bare 0 deps || complain "deps fails as root: $(cat "$out/stderr")"
printf '%s\n' 'noninteractive apt-get update -q' \
    'noninteractive apt-get install -q -y --no-install-recommends gcc pkg-config libcriterion-dev' | cmp -s - "$out/log" ||
    complain "as root deps runs: $(cat "$out/log")"
stand_in sudo "[ \"\$1\" = -n ] && exit 0; echo \"sudo \$*\" >>'$out/log'"
bare 1000 deps || complain 'deps fails with sudo'
[ "$(grep -c '^sudo env DEBIAN_FRONTEND=noninteractive apt-get' "$out/log")" = 2 ] || complain "through sudo: $(cat "$out/log")"
stand_in apt-get 'exit 100'
bare 0 deps && complain 'a failing apt-get goes unnoticed'
installed ''
bare 1000 deps || complain 'deps fails when all is there'
[ -s "$out/stdout" ] && complain 'deps has something to say when all is there'

# --- the runner, over tests with known results
mkdir -p "$out/project/tests/e2e" "$out/project/tests/unit"
cp tests/run.sh "$out/project/tests/"
printf '#!/bin/sh\nexit 0\n' >"$out/project/tests/e2e/good.sh"
printf '#!/bin/sh\necho no data here\nexit 77\n' >"$out/project/tests/e2e/skipped.sh"
printf '#!/bin/sh\necho "[SKIP] a::b: no golden numbers"\necho "[====] Synthesis: Tested: 5 | Passing: 5 | Failing: 0 | Crashing: 0"\n' >"$out/unit_good"
printf '#!/bin/sh\necho "[====] Synthesis: Tested: 5 | Passing: 2 | Failing: 3 | Crashing: 1"\nexit 1\n' >"$out/unit_bad"
printf '#!/bin/sh\nkill -SEGV $$\n' >"$out/unit_dead"
chmod +x "$out"/project/tests/e2e/*.sh "$out"/unit_*
"$out/project/tests/run.sh" "$out/unit_good" >"$out/stdout" || complain 'the runner fails without a failing test'
[ "$(tail -n 1 "$out/stdout")" = '6 passed, 0 failed, 2 skipped' ] || complain "runner: $(tail -n 1 "$out/stdout")"
grep -q 'skip tests/e2e/skipped.sh: no data here' "$out/stdout" || complain 'the runner does not say why a test is skipped'
"$out/project/tests/run.sh" "$out/unit_good" "$out/unit_bad" "$out/unit_dead" >"$out/stdout" 2>&1 && complain 'failures pass'
[ "$(tail -n 1 "$out/stdout")" = '8 passed, 4 failed, 2 skipped' ] || complain "runner: $(tail -n 1 "$out/stdout")"
printf '#!/bin/sh\nexit 3\n' >"$out/project/tests/e2e/good.sh"
"$out/project/tests/run.sh" >"$out/stdout" && complain 'a failing script passes'

# --- the registry of measures
printf '%s\n' 'static int measure_no = 1;' 'const struct measure measure_b_two = {' 'const struct measure measure_b_three = {0};' >"$out/b.c"
printf '%s\n' 'const struct measure measure_a_one = {' >"$out/a.c"
names=$(tools/make_registry.sh "$out/b.c" "$out/a.c" | sed -n 's/^    &\(.*\),$/\1/p' | tr '\n' ' ')
[ "$names" = 'measure_a_one measure_b_three measure_b_two ' ] || complain "the registry holds: $names"
tools/make_registry.sh "$out/a.c" "$out/a.c" >/dev/null 2>&1 && complain 'a measure that is defined twice goes unnoticed'
tools/make_registry.sh >/dev/null || complain 'no registry without measures'

# --- install and uninstall
if make -s install DESTDIR="$out/dest" PREFIX=/usr >"$out/stdout" 2>&1; then
    [ "$("$out/dest/usr/bin/assay" --version)" = "$("$ASSAY" --version)" ] || complain 'the installed program does not run'
    cmp -s "$out/dest/usr/share/man/man1/assay.1" docs/man/assay.1 || complain 'the man page is not installed'
    make -s uninstall DESTDIR="$out/dest" PREFIX=/usr
    left=$(find "$out/dest" -type f)
    [ -z "$left" ] || complain "uninstall leaves $left"
else
    complain "install: $(cat "$out/stdout")"
fi
[ "$PWD" = "$root" ] || complain 'lost my way'
exit $fail
