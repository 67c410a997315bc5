#!/bin/bash
# --claims and --fail-on, with assay audit and assay gate: results, exit statuses, renderings, what is refused.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || { echo 'python3 is missing'; exit 77; }
cd "$work" || exit 1

for table in train holdout reserve independent; do head -n 301 "$samples/$table.csv" >$table.csv; done
tables=(--train train.csv --holdout holdout.csv --synthetic ours=reserve.csv --synthetic theirs=independent.csv --schema "$samples/schema.json"
    --only fidelity.column_shapes,utility.tstr)
cat >claims.json <<'JSON'
[
  // what the data sheet says
  {"metric": "utility.tstr", "candidate": "ours", "bound": 0.55, "source": "data sheet, page 2"},
  {"metric": "utility.tstr", "candidate": "ours", "comparator": "theirs", "relative": "900 %", "source": "Table 3"},
  {"metric": "privacy.membership", "candidate": "ours", "bound": 0.05, "source": "abstract"}
]
JSON
status() {
    "$ASSAY" "$@" >stdout 2>stderr
    echo $?
}
expect() { # NAME WANTED GOT
    [ "$2" = "$3" ] || fail "$1: $3, expected $2: $(head -c 400 stderr)"
}

# Claims do not touch the verdict; asked for, a FAIL is an exit status of 1.
echo '{"name": "open", "gates": [{"measure": "fidelity.column_shapes", "op": ">=", "bound": 0}]}' >open.json
expect 'an audit with claims' 0 "$(status audit "${tables[@]}" --policy open.json --claims claims.json --out out)"
grep -q 'NOT-TESTABLE privacy.membership' stdout || fail "the table does not show the claims: $(cat stdout)"
expect results "['PASS', 'FAIL', 'NOT-TESTABLE']" "$(json out/audit.json "[c['result'] for c in a['claims']]")"
expect polarity True "$(json out/audit.json "a['claims'][1]['relative'] == 9 and a['claims'][1]['value'] == a['claims'][1]['measured']['value'] / a['claims'][1]['compared_with']['value'] - 1")"
grep -q '| Table 3 | ✗ FAIL |' out/summary.md || fail "the Markdown has no claims: $(cat out/summary.md)"
! command -v pdftotext >/dev/null || pdftotext out/report.pdf - | grep -q 'NOT-TESTABLE' || fail 'the PDF has no claims'
if python3 -c 'import jsonschema' 2>/dev/null; then
    python3 -c 'import json, sys, jsonschema; jsonschema.validate(json.load(open("out/audit.json")), json.load(open(sys.argv[1])))' \
        "$root/docs/audit.schema.json" 2>stderr || fail "audit.json does not obey its schema: $(head -c 300 stderr)"
fi

# Judging again: the same bytes; other claims in their place; those of a policy.
expect 'judging again' 0 "$(status gate out/audit.json --policy open.json --out again.json)"
cmp out/audit.json again.json || fail 'judging again gives another audit.json'
expect 'a failed claim' 1 "$(status gate out/audit.json --policy open.json --fail-on claims)"
echo '[{"metric": "utility.tstr", "candidate": "ours", "comparator": "theirs", "bound": 0, "source": "x"}]' >other.json
expect 'other claims' 0 "$(status gate out/audit.json --policy open.json --claims other.json --fail-on claims --out again.json)"
expect 'one claim' 1 "$(json again.json "len(a['claims'])")"
echo '{"name": "own", "gates": [{"measure": "fidelity.column_shapes", "op": ">=", "bound": 0}], "claims": [{"metric": "utility.tstr", "candidate": "theirs", "bound": 0.9, "source": "x"}]}' >own.json
expect 'claims of a policy' 1 "$(status gate out/audit.json --policy own.json --fail-on claims)"

# --fail-on undecided.
"$ASSAY" audit "${tables[@]:0:10}" --only utility.tstr,privacy.shadow --policy open.json --format json --out bare >/dev/null 2>&1
echo '{"name": "deaf", "gates": [{"measure": "privacy.shadow", "op": "<=", "bound": 1}]}' >deaf.json
expect undecided 3 "$(status gate bare/audit.json --policy deaf.json)"
expect 'undecided, not wanted' 1 "$(status gate bare/audit.json --policy deaf.json --fail-on undecided)"
expect 'the same with claims' 1 "$(status gate bare/audit.json --policy deaf.json --fail-on claims,undecided)"
expect 'undecided in an audit' 1 "$(status audit "${tables[@]:0:10}" --only privacy.shadow --policy deaf.json --fail-on undecided --format json --out bare2)"

# What is refused, before anything is measured.
refused() { # NAME TEXT COMMAND...
    local name=$1 text=$2
    shift 2
    rm -rf refused
    expect "$name" 2 "$(status "$@" --out refused)"
    grep -qF -- "$text" stderr || fail "$name: $(cat stderr)"
    [ ! -e refused ] || fail "$name: something was written"
}
echo '[{"metric": "utility.tstr", "candidate": "our", "bound": 1, "source": "x"}]' >bad.json
refused 'unknown candidate' "bad.json: claim 1 has the candidate 'our', which is no candidate of this audit; there are 'ours', 'theirs'" audit "${tables[@]}" --claims bad.json
refused 'unknown candidate, judged again' "claim 1 has the candidate 'our'" gate out/audit.json --policy balanced --claims bad.json
printf '[\n {"metric": "utility.tstr",, }]' >bad.json
refused 'no JSON' 'bad.json, line 2' audit "${tables[@]}" --claims bad.json
refused 'no file' 'none.json' audit "${tables[@]}" --claims none.json
echo '{"gates": [], "claims": [{"metric": "utility.tst", "bound": 1, "source": "x"}]}' >bad.json
refused 'a policy with a wrong claim' "bad.json: claim 1 is on an unknown metric 'utility.tst', did you mean 'utility.tstr'?" audit "${tables[@]}" --policy bad.json
refused 'an unknown word' "unknown --fail-on 'warnings'; there are undecided, claims" audit "${tables[@]}" --fail-on warnings
finish
