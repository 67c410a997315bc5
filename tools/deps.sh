#!/bin/sh
# Installs the Debian packages that are missing.
#
#   tools/deps.sh build    what the program needs
#   tools/deps.sh test     that, and what the tests need
#   tools/deps.sh check    that, and what `make check` needs
#
# As root or through sudo where possible; else it prints the one line to run and fails.
set -eu

build='gcc make pkg-config libgsl-dev libopenblas-dev libcsv-dev libcjson-dev libcairo2-dev libpango1.0-dev libxgboost-dev
       liblinear-dev libsodium-dev zlib1g-dev fonts-inter fonts-dejavu-core'
tests='libcriterion-dev libglpk-dev minisign poppler-utils qpdf python3 python3-jsonschema python3-yaml'
checks='clang clang-format clang-tidy cppcheck'

case ${1:-test} in
build) wanted=$build ;;
test) wanted="$build $tests" ;;
check) wanted="$build $tests $checks" ;;
*)
    echo "usage: tools/deps.sh [build|test|check]" >&2
    exit 2
    ;;
esac

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "deps: not a Debian system; going on in the hope that it has the equivalents of:" $wanted >&2
    exit 0
fi

# Virtual packages and foreign architectures aside, one line "install ok installed NAME" a package that is there.
there=$(dpkg-query -W -f '${Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^install ok installed //p')
missing=
for package in $wanted; do
    printf '%s\n' "$there" | grep -qx "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "deps: missing:$missing"
line="apt-get update && apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
    run=
elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    run=sudo
    echo "deps: installing them through sudo"
else
    echo "deps: neither root nor sudo here; please have this run as root:" >&2
    echo "    $line" >&2
    exit 1
fi
$run env DEBIAN_FRONTEND=noninteractive apt-get update -q
$run env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing || {
    echo "deps: apt-get failed; once it is mended, run: $line" >&2
    exit 1
}
