#!/bin/bash
# README.md keeps its word: every sh block is run in order on a real table and ends with the exit status that a comment above it
# gives (default 0); files that it shows are used; the demo's table has the verdicts printed there;
# all links lead somewhere.
. "$(dirname "$0")/common.sh"
readme=$root/README.md

# blocks LANGUAGE: writes the blocks of that language to $work/blocks/N, and what the comment above each says to N.note.
blocks() {
    rm -rf "$work/blocks" && mkdir "$work/blocks"
    awk -v language="$1" -v folder="$work/blocks" '
        /^<!-- / { note = $0; gsub(/^<!-- | -->$/, "", note); next }
        !inside && /^```/ {
            inside = 1
            wanted = ($0 == "```" language)
            if (wanted) {
                file = sprintf("%s/%02d", folder, ++n)
                print note > (file ".note")
                printf "" > file
            }
            next
        }
        inside && /^```$/ { inside = wanted = 0; note = ""; next }
        inside && wanted { print > file }
        !inside && NF { note = "" }' "$readme"
}

# Where the user stands: a clone that is built, with a table of their own.
mkdir "$work/clone" "$work/clone/build"
ln -s "$ASSAY" "$work/clone/build/assay"
ln -s "$root/tools" "$root/datasets" "$root/docs" "$work/clone/"
cd "$work/clone" || exit 1
{ cat "$samples/train.csv"; tail -n +2 "$samples/reserve.csv"; } >real.csv

blocks json
for block in "$work"/blocks/??; do
    note=$(cat "$block.note")
    case $note in file\ *) cp "$block" "${note#file }" ;; *) fail "a json block without the name of its file: '$note'" ;; esac
done

run=0
blocks sh
for block in "$work"/blocks/??; do
    note=$(cat "$block.note") expected=0
    case $note in
    not\ run:*) continue ;;
    exit\ *) expected=${note#exit } ;;
    '') ;;
    *) fail "a block with the unknown comment '$note'" ;;
    esac
    run=$((run + 1))
    bash -eu "$block" >"$work/stdout" 2>"$work/stderr"
    status=$?
    [ $status = "$expected" ] || fail "exit status $status instead of $expected: $(cat "$block" "$work/stderr")"
done
[ $run -ge 6 ] || fail "only $run sh blocks were run"
[ -s audit/report.pdf ] && [ -s report.pdf ] || fail 'the commands left no report'

# The demo's table: candidates and verdicts as printed. tools/readme.sh brings the figures up to date.
"$root/tools/demo.sh" "$work/demo" >"$work/table" 2>&1 || fail "the demo: $(cat "$work/table")"
verdicts() { awk '$2 ~ /^(pass|fail|undecided|verdict)$/ { print $1, $2 }'; }
awk '/^<!-- demo -->$/ { on = 1; next } on && /^```/ { if (++fence == 2) exit; next } on' "$readme" | verdicts >"$work/shown"
verdicts <"$work/table" | cmp -s - "$work/shown" || fail "the demo's verdicts are $(verdicts <"$work/table" | tr '\n' ';'), README.md shows $(tr '\n' ';' <"$work/shown")"

# Links of all pages, and the measures that README.md must name.
cd "$root" || exit 1
while IFS=: read -r page target; do
    target=${target#](} target=${target%)} target=${target%%#*}
    case $target in
    http* | '') ;;
    *) [ -e "$(dirname "$page")/$target" ] || fail "$page links to '$target', which is not there" ;;
    esac
done < <(grep -oHE '\]\([^) ]*\)' README.md CHANGELOG.md docs/*.md docs/measures/*.md datasets/*/*.md)
for id in $("$ASSAY" measures | awk '{ print $1 }'); do
    grep -qF "docs/measures/$id.md" "$readme" || fail "README.md does not link to the page of $id"
done
finish
