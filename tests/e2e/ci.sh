#!/bin/bash
# What a pipeline reads: SARIF against its published structure, JUnit as XML, a summary that a job's page takes, the same bytes when
# drawn again, and the files that set a pipeline up.
. "$(dirname "$0")/common.sh"
if [ "${SANITIZED:-}" = thread ]; then
    echo 'skipped: it is about what is written, not about threads'
    exit 77
fi
for tool in python3 pdfinfo pdffonts qpdf; do
    command -v $tool >/dev/null || { echo "$tool is not installed"; exit 77; }
done
tables=(--train "$samples/train.csv" --holdout "$samples/holdout.csv" --synthetic leak="$samples/leak05.csv" --synthetic cop="$samples/copula.csv")
few=(--sensitive sex --only fidelity.column_shapes,fidelity.pair_trends,privacy.copies,privacy.membership,privacy.shadow,fairness.representation)

audit() { # NAME OPTIONS...
    local name=$1
    shift
    "$ASSAY" audit "${tables[@]}" "${few[@]}" --out "$work/$name" "$@" >"$work/table" 2>"$work/messages"
    [ $? = 1 ] || fail "the audit with leaked rows does not end with 1: $(cat "$work/messages")"
}
audit one --date 2026-01-02
audit two --date 2027-11-30 --seed 7
"$ASSAY" audit "${tables[@]}" --only fidelity.column_shapes --format sarif --out "$work/only" >/dev/null 2>&1
[ "$(ls "$work/only" | tr '\n' ' ')" = 'audit.json results.sarif run.json ' ] || fail "--format sarif wrote $(ls "$work/only")"
"$ASSAY" audit "${tables[@]}" --only fidelity.column_shapes --format json,md --out "$work/only" >/dev/null 2>&1
[ "$(ls "$work/only" | tr '\n' ' ')" = 'audit.json run.json summary.md ' ] || fail "--format json,md wrote $(ls "$work/only")"

# Drawn again from audit.json: the same bytes.
for file in report.pdf summary.md junit.xml results.sarif; do
    "$ASSAY" report "$work/one/audit.json" --out "$work/again.${file##*.}" || fail "$file is not drawn again"
    cmp "$work/one/$file" "$work/again.${file##*.}" || fail "$file drawn again differs"
done
qpdf --check "$work/one/report.pdf" >"$work/check" 2>&1 || fail "qpdf complains: $(cat "$work/check")"
[ "$(pdffonts "$work/one/report.pdf" | awk 'NR > 2 && $(NF - 4) != "yes"' | wc -l)" = 0 ] || fail 'fonts that are not embedded'
pdfinfo -isodates "$work/one/report.pdf" >"$work/info"
for line in 'Title: .*Synthetic data audit' 'Subject: .*Audit of synthetic data' 'Creator: .*assay 0' 'CreationDate: *2026-01-02T00:00:00' 'ModDate: *2026-01-02T00:00:00'; do
    grep -q "^$line" "$work/info" || fail "metadata of the PDF lack '$line': $(cat "$work/info")"
done

# Renderings of odd audits: names with markup and controls, 30 candidates, nothing measured.
mkdir "$work/odd"
for audit in tests/golden/report/*.json; do
    for ending in sarif xml md; do
        "$ASSAY" report "$audit" --out "$work/odd/$(basename "$audit" .json).$ending" || fail "$audit: no .$ending"
    done
done
python3 tests/golden/report/mock.py many 30 60 >"$work/thirty.json" || fail 'mock.py'
for ending in sarif xml md; do
    "$ASSAY" report "$work/thirty.json" --out "$work/odd/thirty.$ending" || fail "30 candidates: no .$ending"
done
# On a terminal the gates of so many are named, not explained.
"$ASSAY" gate "$work/thirty.json" --policy balanced >"$work/thirty.txt"
grep -q '^    fail  *fidelity.column_shapes, ' "$work/thirty.txt" || fail "30 candidates: no names of gates: $(head -c 3000 "$work/thirty.txt")"
echo '{"name": "lenient", "gates": [{"measure": "utility.tstr", "op": ">=", "bound": -1}]}' >"$work/lenient.json"
"$ASSAY" gate "$work/thirty.json" --policy "$work/lenient.json" >"$work/lenient.txt" || fail "30 candidates that pass: exit status $?"
grep -q 'these gates' "$work/lenient.txt" && fail '30 candidates that pass: gates are spoken of that are not open'
sed '/^  claims$/,$d' "$work/thirty.txt" | grep -q 'interval' && fail '30 candidates: gates are explained one by one'
python3 tests/e2e/ci.py renderings "$work/one" "$work/two" "$work/odd" || fail 'see above'
python3 tests/e2e/ci.py pipelines action.yml docs/ci/github.yml docs/ci/gitlab.yml || fail 'see above'

# The action's own script, as a runner would call it.
if python3 -c 'import yaml' 2>/dev/null; then
    python3 tests/e2e/ci.py script action.yml Audit >"$work/step.sh"
    mkdir -p "$work/action/build" && ln -s "$ASSAY" "$work/action/build/assay"
    "$ASSAY" keygen "$work/key" 2>/dev/null
    step() { # STATUS OPTIONS UNDECIDED HOLDOUT
        : >"$work/summary" && : >"$work/outputs"
        rm -rf "$work/out"
        (cd "$samples" && GITHUB_ACTION_PATH=$work/action GITHUB_STEP_SUMMARY=$work/summary GITHUB_OUTPUT=$work/outputs TRAIN=train.csv HOLDOUT=$4 \
            SYNTHETIC=$'leak=leak05.csv\n\nreserve.csv\n' OPTIONS=$'--only=fidelity.column_shapes,privacy.copies\n'$2 OUT=$work/out UNDECIDED=$3 SIGN_KEY=$(cat "$work/key") \
            bash --noprofile --norc -eo pipefail "$work/step.sh" >"$work/log" 2>&1)
        [ $? = "$1" ] || fail "the action's step ends with another status than $1: $(tail -n 5 "$work/log")"
    }
    step 1 '' fail holdout.csv
    grep -q '^status=1$' "$work/outputs" && grep -q '^# Synthetic data audit' "$work/summary" || fail "the action's step: $(cat "$work/outputs")"
    "$ASSAY" verify "$work/out" --key "$work/key.pub" >"$work/log" || fail "the action's output is not signed: $(cat "$work/log")"
    step 3 '--skip=privacy' fail ''
    step 0 '--skip=privacy' pass ''
    step 2 '--target=nothing' pass holdout.csv
    [ ! -s "$work/summary" ] || fail 'a summary of no audit'
fi
finish
