#!/bin/sh
# Shuffles the rows of a CSV file and cuts them into parts, each with the header.
#
#   tools/split.sh FILE SEED PARTS [FOLDER]
#
# writes FOLDER/part1.csv … FOLDER/partN.csv (default: the current folder); they differ by at most one row, the first ones
# being the longer. The same file, seed and number of parts give the same parts with any awk: the shuffle (Fisher-Yates) draws
# from the generator of Park and Miller, x := 48271·x mod (2^31 − 1), whose products a double holds exactly. Line ends are kept.
# A row is a line: a file with line breaks inside quotes is refused.
set -u
export LC_ALL=C
fail() {
    echo "split: $1" >&2
    exit 2
}
[ $# -ge 3 ] && [ $# -le 4 ] || fail 'usage: tools/split.sh FILE SEED PARTS [FOLDER]'
file=$1 seed=$2 parts=$3 folder=${4:-.}
[ -f "$file" ] && [ -r "$file" ] || fail "cannot read '$file'"
case $seed in '' | *[!0-9]*) fail "the seed '$seed' is not a whole number" ;; esac
case $parts in '' | *[!0-9]* | 0) fail "the number of parts '$parts' is not a whole number above 0" ;; esac
mkdir -p "$folder" || fail "cannot make folder '$folder'"

awk -v seed="$seed" -v parts="$parts" -v folder="$folder" '
function below(n) { # 0 … n−1
    state = state * 48271 % 2147483647
    return int(state / 2147483647 * n)
}
{
    quotes = gsub(/"/, "\"")
    if (quotes % 2) {
        printf "split: line %d has an open quote; rows with line breaks inside quotes cannot be split here\n", NR > "/dev/stderr"
        bad = 1
        exit 2
    }
}
NR == 1 { header = $0; next }
{ row[++n] = $0 }
END {
    if (bad)
        exit 2
    if (n < parts) {
        printf "split: %d rows cannot be cut into %d parts\n", n, parts > "/dev/stderr"
        exit 2
    }
    state = seed % 2147483646 + 1
    for (i = 1; i <= 10; i++) # small seeds start close to each other
        below(2)
    for (i = n; i > 1; i--) {
        j = below(i) + 1
        kept = row[i]
        row[i] = row[j]
        row[j] = kept
    }
    at = 0
    for (part = 1; part <= parts; part++) {
        out = folder "/part" part ".csv"
        print header > out
        size = int(n / parts) + (part <= n % parts)
        for (i = 1; i <= size; i++)
            print row[++at] > out
        if (close(out) != 0)
            exit 2
    }
}' "$file"
