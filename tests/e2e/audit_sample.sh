#!/bin/bash
# The bundled sample through the command line: verdicts of the four fakes and of fresh real rows, the shape of audit.json, the files
# written, judging again, the same bytes for any number of threads.
. "$(dirname "$0")/common.sh"

roles=(--target approved --sensitive sex,origin --secret long_term_illness)
tables=(--train "$samples/train.csv" --holdout "$samples/holdout.csv")

"$ASSAY" audit "${tables[@]}" "${roles[@]}" --synthetic honest="$samples/reserve.csv" --synthetic copy="$samples/bootstrap.csv" \
    --synthetic "$samples/independent.csv" --synthetic "$samples/copula.csv" --synthetic "$samples/cart.csv" \
    --synthetic "$samples/leak05.csv" --synthetic "$samples/permuted_label.csv" --synthetic "$samples/dropped_group.csv" \
    --out "$work/all" >"$work/table" 2>"$work/messages"
status=$?
[ "$status" = 1 ] || fail "the sample audit ended with exit status $status: $(head -c 500 "$work/messages")"
[ ! -s "$work/messages" ] || fail "messages on stderr that is no terminal: $(head -c 300 "$work/messages")"
for file in audit.json run.json report.pdf summary.md junit.xml results.sarif; do
    [ -s "$work/all/$file" ] || fail "$file is missing or empty"
done
audit=$work/all/audit.json

# dimension CANDIDATE DIMENSION: the candidate must fail a gate of that dimension.
dimension() {
    json "$audit" "failed('$1')" | grep -q "'$2'" || fail "'$1' does not fail $2, but $(json "$audit" "failed('$1')")"
}
dimension copy privacy
dimension leak05 privacy
dimension independent fidelity
dimension permuted_label utility
dimension dropped_group fairness
dimension dropped_group privacy
[ "$(json "$audit" "candidate('honest')['verdict']")" = pass ] ||
    fail "fresh real rows do not pass: $(json "$audit" "[(g['measure'], g['result'], g['why']) for g in candidate('honest')['gates'] if g['result'] != 'pass']")"
[ "$(json "$audit" "a['ranking']['order'][0]")" = honest ] || fail "fresh real rows are not ranked first: $(json "$audit" "a['ranking']['order']")"
[ "$(json "$audit" "[m['id'] for c in a['candidates'] for m in c['measures'] if m['status'] == 'failed']")" = '[]' ] ||
    fail "failed measures: $(json "$audit" "[(m['id'], m['reason']) for c in a['candidates'] for m in c['measures'] if m['status'] == 'failed']")"
[ "$(json "$audit" "[m['id'] for c in a['candidates'] for m in c['measures'] if m['status'] == 'ok' and not (m['interval']['lo'] <= m['value'] <= (m['value'] if m['interval']['method'].startswith('lower bound') else m['interval']['hi']))]")" = '[]' ] ||
    fail "values outside their interval: $(json "$audit" "[(c['name'], m['id'], m['value'], m['interval']) for c in a['candidates'] for m in c['measures'] if m['status'] == 'ok' and not (m['interval']['lo'] <= m['value'] <= (m['value'] if m['interval']['method'].startswith('lower bound') else m['interval']['hi']))]")"

# The structure.
if python3 -c 'import jsonschema' 2>/dev/null; then
    python3 - "$audit" "$root/docs/audit.schema.json" <<'PY' || fail 'audit.json does not obey docs/audit.schema.json'
import json, sys
import jsonschema
errors = list(jsonschema.Draft202012Validator(json.load(open(sys.argv[2]))).iter_errors(json.load(open(sys.argv[1]))))
for e in errors[:10]: print("/".join(map(str, e.absolute_path)), e.message[:200])
sys.exit(bool(errors))
PY
fi
if [ -f ../shared/tools/check_contract.py ]; then
    python3 ../shared/tools/check_contract.py "$audit" >"$work/breaches" || fail "contract: $(head -5 "$work/breaches")"
fi

# No measure of the registry is missing from the audit.
listed=$("$ASSAY" measures | awk '{print $1}' | sort)
[ "$(json "$audit" "'\n'.join(sorted(m['id'] for m in candidate('honest')['measures']))")" = "$listed" ] || fail 'a measure has vanished from the audit'

# Fresh real rows alone: exit status 0. And the same bytes for 1, 2 and 7 threads.
for threads in 1 2 7; do
    "$ASSAY" audit "${tables[@]}" "${roles[@]}" --synthetic honest="$samples/reserve.csv" --threads $threads --out "$work/t$threads" >/dev/null ||
        fail "fresh real rows with $threads threads: exit status $?"
done
for threads in 2 7; do
    for file in audit.json report.pdf summary.md junit.xml results.sarif; do
        cmp "$work/t1/$file" "$work/t$threads/$file" || fail "$file differs between 1 and $threads threads"
    done
done

# Judging and drawing again.
"$ASSAY" gate "$audit" --policy balanced --out "$work/again.json" >"$work/table2"
[ $? = 1 ] || fail 'assay gate: wrong exit status'
cmp "$audit" "$work/again.json" || fail 'judging by the same policy gives another audit.json'
echo '{"name": "open", "gates": [{"measure": "fidelity.column_shapes", "op": ">=", "bound": 0}]}' >"$work/open.json"
"$ASSAY" audit "${tables[@]}" "${roles[@]}" --synthetic honest="$samples/reserve.csv" --skip privacy --out "$work/skip" >/dev/null ||
    fail "--skip privacy: exit status $?"
"$ASSAY" gate "$work/skip/audit.json" --policy balanced --out "$work/again.json" >/dev/null || fail "judging what was skipped: exit status $?"
cmp "$work/skip/audit.json" "$work/again.json" || fail 'judging an audit with --skip again gives another audit.json'
"$ASSAY" gate "$audit" --policy "$work/open.json" >/dev/null || fail "an open policy: exit status $?"
"$ASSAY" report "$audit" --out "$work/again.pdf" || fail 'assay report failed'
cmp "$work/all/report.pdf" "$work/again.pdf" || fail 'the report drawn again differs'

# The holdout as its own candidate is not passed.
"$ASSAY" audit "${tables[@]}" "${roles[@]}" --synthetic itself="$samples/holdout.csv" --format json --out "$work/itself" >"$work/table3"
[ $? -ne 0 ] || fail 'the holdout as its own candidate passes'
grep -q 'it is the holdout itself' "$work/table3" || fail 'the table does not say why the holdout itself does not pass'

# Without a holdout nothing that needs one is scored, and the verdict is undecided or worse.
"$ASSAY" audit --train "$samples/train.csv" "${roles[@]}" --synthetic honest="$samples/reserve.csv" --out "$work/none" >"$work/table"
[ $? = 3 ] || fail 'without a holdout: not undecided'
[ "$(tr -s ' \n' ' ' <"$work/table" | grep -o 'no holdout was given' | wc -l)" = 1 ] || fail "gates that are open for one reason are not put together: $(cat "$work/table")"
[ "$(json "$work/none/audit.json" "measure('honest', 'privacy.membership')['status']")" = not_measurable ] || fail 'membership without a holdout was measured'

finish
