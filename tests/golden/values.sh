#!/bin/bash
# Audits of six real tables against the values that independent programs gave for the same files: column shapes, W1, pairs, exact copies,
# distances to the closest record.
. "$(dirname "$0")/../e2e/common.sh"
golden=../shared/golden
if [ ! -d "$golden/values" ]; then
    echo "skipped: the folder of golden values is absent"
    exit 77
fi
for data in "$golden"/pairs/*/; do
    name=$(basename "$data")
    candidates=()
    for file in "$data"/{cart,copula,copy,leak05,independent,permuted_label,dropped_group}.csv; do
        candidates+=(--synthetic "$file")
    done
    "$ASSAY" audit --train "$data/train.csv" --holdout "$data/holdout.csv" "${candidates[@]}" \
        --only fidelity.column_shapes,fidelity.pair_trends,fidelity.wasserstein,privacy.copies,proxy.dcr_share --format json \
        --out "$work/$name" >/dev/null 2>"$work/messages"
    [ $? -ne 2 ] || fail "$name: $(cat "$work/messages")"
    python3 - "$work/$name/audit.json" "$golden" "$name" <<'PY' || fail "$name differs from the golden values"
import json, sys
audit, golden, name = json.load(open(sys.argv[1])), sys.argv[2], sys.argv[3]
train = json.load(open('%s/values/%s/train.json' % (golden, name)))
pairs = train['within']['pair_columns']
bad = checked = 0
def same(what, got, want, tolerance=1e-9):
    global bad, checked
    checked += 1
    if want is None or got is None:
        if want is not got: bad += 1; print(what, got, want)
    elif abs(got - want) > tolerance * max(1, abs(want)): bad += 1; print(what, got, want)
for c in audit['candidates']:
    g = json.load(open('%s/values/%s/%s.json' % (golden, name, c['name'])))
    m = {x['id']: x for x in c['measures']}
    where = name + ' ' + c['name'] + ' '
    same(where + 'column shapes', m['fidelity.column_shapes']['value'], g['means']['column_shapes'])
    for x in m['fidelity.column_shapes']['details']['columns']:
        column = g['columns'][x['column']]
        same(where + x['column'], x['score'], 1 - (column['ks'] if 'ks' in column else column['tv']))
    for x in m['fidelity.wasserstein']['details']['columns']:
        same(where + 'W1 ' + x['column'], x['distance'], g['columns'][x['column']]['wasserstein_scaled'])
    got = {frozenset((x['a'], x['b'])): x['score'] for x in m['fidelity.pair_trends']['details']['pairs']}
    for kind in ('numeric_numeric', 'categorical_categorical'):
        for pair, want in zip(pairs[kind], g['pair_similarity'][kind]):
            same(where + str(pair), got.get(frozenset(pair)), want)
    rows = g['exact_rows']
    exact = m['privacy.copies']['details']
    size = next(i['rows'] for i in audit['inputs']['candidates'] if i['name'] == c['name'])
    same(where + 'exact', exact['exact'] * size, rows['rows_equal_to_a_train_row'])
    same(where + 'exact holdout', exact['exact_holdout'] * size, rows['rows_equal_to_a_holdout_row'])
    dcr = g['dcr']['scaled_by_train']
    if audit['inputs']['train']['rows'] == audit['inputs']['holdout']['rows']:
        for ours, theirs in (('closer_train', 'closer_to_train'), ('closer_holdout', 'closer_to_holdout'), ('ties', 'ties')):
            same(where + ours, m['proxy.dcr_share']['details'][ours], dcr[theirs])
print(name, checked, 'numbers compared,', bad, 'differ')
sys.exit(bad > 0)
PY
done
finish
