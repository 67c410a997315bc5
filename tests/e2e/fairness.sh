#!/bin/bash
# assay fairness: predictions of other models by group, against definitions worked out in plain Python, and bad input.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || { echo 'python3 is missing'; exit 77; }
export PYTHONPATH=$root/tests/golden PYTHONDONTWRITEBYTECODE=1

# Three groups, one of three rows, a missing label, a group without a name.
python3 - >"$work/p.csv" <<'PY'
import random
random.seed(6)
print("id,truth,score,said,sex,city")
for i in range(400):
    sex, city = random.choice("fm"), random.choice(["north", "south", ""])
    truth = random.random() < (0.6 if sex == "m" else 0.4)
    score = round(min(1, max(0, random.gauss(0.65 if truth else 0.35, 0.2) - 0.1 * (sex == "f"))), 2)
    said = "yes" if score >= 0.4 else "no"
    print(f"{i},{'yes' if truth else 'no'},{score},{said},{sex if i > 2 else 'x'},{city}")
print("400,,0.5,no,f,north")
PY
audit() { "$ASSAY" fairness --predictions "$work/p.csv" --label truth "$@" --out "$work/out.json" >"$work/table" 2>"$work/messages"; }
audit --score score --threshold 0.4 --group sex,city || fail "refused: $(cat "$work/messages")"
python3 -m oracle.predictions "$work/p.csv" truth score 0.4 10 "$work/out.json" || fail 'numbers differ from the definitions'
[ "$(json "$work/out.json" '[(g["group"], g["enters"], g["n"]) for g in a["columns"][0]["groups"]][-1]')" = "('other (<10)', False, 3)" ] || fail 'the small group is not pooled'
[ "$(json "$work/out.json" 'a["rows_without_label"], a["positive"], a["columns"][1]["groups"][0]["group"]')" = "(1, 'yes', 'missing')" ] || fail 'labels or groups'
grep -q "^  equalized odds, worst  *0\.[0-9]*  \[0\." "$work/table" || fail 'the table lacks a gap'
json "$work/out.json" '[c["gaps"][k]["value"] for c in a["columns"] for k in list(c["gaps"])[:12]]' >"$work/by_score"
cp "$work/out.json" "$work/first.json"
audit --score score --threshold 0.4 --group sex,city && cmp -s "$work/first.json" "$work/out.json" || fail 'a second run differs'
audit --decision said --group sex,city || fail "refused: $(cat "$work/messages")"
json "$work/out.json" '[c["gaps"][k]["value"] for c in a["columns"] for k in list(c["gaps"])[:12]]' | cmp -s - "$work/by_score" || fail 'decisions and scores disagree'

# refused WORDS ARGUMENT...: exit status 2 and these words, no output.
refused() {
    local words=$1
    shift
    rm -f "$work/out.json"
    "$ASSAY" fairness --out "$work/out.json" "$@" >"$work/table" 2>"$work/messages"
    [ $? = 2 ] || fail "$* is not refused"
    grep -qF -- "$words" "$work/messages" || fail "$*: $(cat "$work/messages")"
    [ ! -e "$work/out.json" ] || fail "$*: wrote"
}
cell() { awk -F, -v OFS=, -v at="$1" -v to="$2" 'NR == 5 { $at = to } 1' "$work/p.csv" >"$work/bad.csv"; }
from=(--predictions "$work/p.csv")
refused "did you mean 'truth'?" "${from[@]}" --label trth --score score --group sex
refused "no column 'sexx' (--group); did you mean 'sex'?" "${from[@]}" --label truth --score score --group sexx
refused 'holds 3 labels: name the one' "${from[@]}" --label sex --score score --group city
refused "has the label 'maybe'" "${from[@]}" --label truth --score score --group sex --positive maybe
refused 'give --score COLUMN or --decision COLUMN' "${from[@]}" --label truth --group sex
refused "a decision of the form '9." "${from[@]}" --label truth --decision score --group sex
refused 'no group of at least 300 rows' "${from[@]}" --label truth --score score --group city --min-group 300
cell 3 1.5
refused "row 5, column 'score': a score of the form '9.9' is not between 0 and 1" --predictions "$work/bad.csv" --label truth --score score --group sex
cell 3 ''
refused "row 5, column 'score': the score is missing" --predictions "$work/bad.csv" --label truth --score score --group sex
cell 3 high
refused "row 5, column 'score': a cell of the form 'xxxx' is no number" --predictions "$work/bad.csv" --label truth --score score --group sex
awk -F, 'NR == 1 || $2 == "yes"' "$work/p.csv" >"$work/bad.csv"
refused 'one label only' --predictions "$work/bad.csv" --label truth --score score --group sex
awk -F, 'NR == 1 || $5 == "f"' "$work/p.csv" >"$work/bad.csv"
refused 'there is nothing to compare' --predictions "$work/bad.csv" --label truth --score score --group sex
head -n 1 "$work/p.csv" >"$work/bad.csv"
refused 'bad.csv' --predictions "$work/bad.csv" --label truth --score score --group sex
: >"$work/bad.csv"
refused 'bad.csv' --predictions "$work/bad.csv" --label truth --score score --group sex
refused 'absent.csv' --predictions "$work/absent.csv" --label truth --score score --group sex
cp "$work/p.csv" "$work/same.csv"
"$ASSAY" fairness --predictions "$work/same.csv" --label truth --score score --group sex --out "$work/same.csv" >"$work/table" 2>&1
[ $? = 2 ] && cmp -s "$work/p.csv" "$work/same.csv" || fail 'the input is overwritten'
# More than two labels, one told from the rest.
"$ASSAY" fairness "${from[@]}" --label sex --positive m --score score --group city >"$work/table" || fail 'one of three labels is refused'

# Positives in one group alone: nobody to compare their rates with, which is no gap of 0; against the same definitions.
awk -F, -v OFS=, 'NR > 1 && $5 == "f" { $2 = "no" } 1' "$work/p.csv" >"$work/one.csv"
"$ASSAY" fairness --predictions "$work/one.csv" --label truth --score score --threshold 0.4 --group sex --out "$work/out.json" >"$work/table" || fail 'positives in one group are refused'
python3 -m oracle.predictions "$work/one.csv" truth score 0.4 10 "$work/out.json" || fail 'positives in one group: numbers differ from the definitions'
[ "$(json "$work/out.json" '[a["columns"][0]["gaps"][k]["value"] for k in ("equal_opportunity_difference", "equalized_odds_difference", "worst_group_balanced_accuracy", "equity_scaled_auc")]')" = '[None, None, None, None]' ] ||
    fail 'a gap of one group'

# Names that would steer a terminal, break the table or end within a character: shown as escapes, 12 characters wide.
python3 - >"$work/odd.csv" <<'PY'
print('yé\x1b[2J,score,"g\x9b1m"')
for i in range(60):
    print('%s,%.2f,%s' % ('\x1b]0;no' if i % 2 else '\x1b]0;yes', i % 7 / 7, ('"two\nlines"', 'é' * 30, '\u202edesrever')[i % 3]))
PY
"$ASSAY" fairness --predictions "$work/odd.csv" --label $'yé\x1b[2J' --score score --group $'g\xc2\x9b1m' --min-group 5 >"$work/table" 2>&1 || fail "odd names are refused: $(cat -v "$work/table")"
python3 - "$work/table" <<'PY' || fail "odd names: $(cat -v "$work/table")"
import sys, unicodedata
text = open(sys.argv[1], encoding='utf-8', newline='').read()
lines = text.split('\n')
ok = not [c for c in text if c != '\n' and unicodedata.category(c) in ('Cc', 'Cf')]
ok = ok and any(l.startswith('  ééééé…éééééé ') for l in lines) and any(l.startswith('  two\\nlines   ') for l in lines)
sys.exit(not ok)
PY

golden=$root/../shared/golden/scores
if [ -d "$golden" ]; then
    for file in binary_small binary_medium binary_large binary_edge; do
        for score in score score_b; do
            "$ASSAY" fairness --predictions "$golden/$file.csv" --label y_true --score $score --group group --min-group 1 --replicates 50 --out "$work/out.json" >"$work/table" ||
                fail "$file is refused"
            python3 -m oracle.predictions --golden "$golden/$file.json" $score "$work/out.json" || fail "$file $score differs"
        done
    done
else
    echo 'not compared with other programs: the folder of golden values is absent'
fi
finish
