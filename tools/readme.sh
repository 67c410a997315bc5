#!/bin/bash
# Brings what README.md shows of the demo up to date: the table, and the picture of the report's first page.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(date +%s)} tools/demo.sh "$work/demo" >"$work/stdout"
awk 'NF == 0 { exit } { print }' "$work/stdout" >"$work/table"
awk -v table="$work/table" '
    /^<!-- demo -->$/ { on = 1 }
    on && /^```/ {
        print
        if (++fence == 1)
            while ((getline line < table) > 0)
                print line
        else
            on = 0
        next
    }
    !(on && fence == 1)' README.md >"$work/README.md"
cp "$work/README.md" README.md
mkdir -p docs/images
pdftoppm -r 80 -f 1 -l 1 -png -singlefile "$work/demo/report.pdf" docs/images/report-page1
size=$(wc -c <docs/images/report-page1.png)
[ "$size" -le 153600 ] || { echo "readme: docs/images/report-page1.png has $size bytes; draw it smaller" >&2 && exit 1; }
