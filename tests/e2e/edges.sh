#!/bin/bash
# What utility, fairness and robustness say of candidates that lack a category, a class or a group, of classes and groups of a few rows,
# of columns that say nothing or everything: the right status and words, for targets of two classes, three classes, numbers, and each
# column in turn.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
export ASSAY
python3 - <<'PY'
import csv, json, os, random, subprocess, sys

assay, sanitized = os.environ['ASSAY'], bool(os.environ.get('SANITIZED'))
failures = 0


def fail(*words):
    global failures
    failures += 1
    print('FAIL:', *words)


def table(seed, n=300):
    r, rows = random.Random(seed), []
    for _ in range(n):
        x, z, colour, group = r.gauss(0, 1), r.gauss(0, 1), r.choice('rgb'), r.choice(['one', 'one', 'two'])
        score = x + .5 * z + (colour == 'r') + .3 * (group == 'two') + r.gauss(0, .7)
        rows.append({'x': '%.3f' % x, 'z': '%.3f' % z, 'colour': colour, 'group': group, 'number': '%.2f' % (score + r.gauss(0, .5)),
                     'three': 'low' if score < 0 else 'mid' if score < 1 else 'high', 'y': 'yes' if score + r.gauss(0, .5) > .5 else 'no'})
    return rows


def change(rows, make):
    return [{**r, **make(i, r)} for i, r in enumerate(rows)]


def write(name, rows):
    with open(name, 'w', newline='') as f:
        w = csv.DictWriter(f, list(rows[0]), lineterminator='\n')
        w.writeheader()
        w.writerows(rows)


def refuse(word):
    raise ValueError('audit.json holds ' + word)


def run(case, tables, target, categorical=None, statuses=(0, 1, 3)):
    """The measures by id, the text of audit.json; all that must hold of every audit is checked. categorical: a column of that type."""
    for k, rows in tables.items():
        write(k + '.csv', rows)
    given = []
    if categorical:
        schema = json.loads(subprocess.run([assay, 'schema', 't.csv'], capture_output=True, check=True).stdout)
        for c in schema['columns']:
            c['type'] = 'categorical' if c['name'] == categorical else c['type']
        json.dump(schema, open('schema.json', 'w'))
        given = ['--schema', 'schema.json']
    p = subprocess.run([assay, 'audit', *given, '--train', 't.csv', '--holdout', 'h.csv', '--synthetic', 'c.csv', '--target', target, '--sensitive', 'group,colour',
                        '--only', 'utility,fairness,robustness', '--format', 'json', '--out', 'out'], capture_output=True, text=True, timeout=900)
    case = f'{case}, target {target}:'
    if p.returncode not in statuses:
        fail(case, 'exit status', p.returncode, p.stderr[:300])
        return {}, ''
    text = open('out/audit.json').read()
    measures = json.loads(text, parse_constant=refuse)['candidates'][0]['measures']
    for m in measures:
        if m['status'] == 'failed':
            fail(case, m['id'], 'failed:', m['reason'])
        elif m['status'] == 'not_measurable' and (len(m['reason']) < 20 or m.get('value') is not None):
            fail(case, m['id'], 'gives no reason, or a value:', m['reason'], m.get('value'))
        elif m['status'] == 'ok' and not m['interval']['lo'] <= m['value'] <= m['interval']['hi']:
            fail(case, m['id'], m['value'], 'is not in', m['interval'])
        elif m['status'] == 'ok' and not m['finding']:
            fail(case, m['id'], 'says nothing')
    return {m['id']: m for m in measures}, text


def holds(case, truth, *seen):
    if not truth:
        fail(case, *seen)


train, holdout, candidate = table(1), table(2), table(3)
plain = {'t': train, 'h': holdout, 'c': candidate}
every = lambda make, of=plain: {k: change(rows, make) for k, rows in of.items()}
few = lambda i, r: {'y': 'yes' if i in (3, 99, 150, 233) else 'no', 'three': 'mid' if i in (3, 99, 150, 233) else 'low' if r['three'] == 'low' else 'high'}
cases = {
    'plain': plain,
    'a category absent': {**plain, 'c': change(candidate, lambda i, r: {'colour': 'g' if r['colour'] == 'r' else r['colour']})},
    'a class absent': {**plain, 'c': [r for r in candidate if r['three'] != 'mid']},
    'one class': {**plain, 'c': change(candidate, lambda i, r: {'y': 'no', 'three': 'low', 'number': '1.00'})},
    'a group absent': {**plain, 'c': [r for r in candidate if r['group'] == 'one']},
    'four rows of a class': every(few),
    'a group of 3': every(lambda i, r: {'group': 'fewest' if i in (5, 50, 200) else r['group']}),
    'constant columns': every(lambda i, r: {'flat': 'same', 'zero': '0'}),
    'the target again': every(lambda i, r: {'y_again': r['y'], 'number_again': r['number'], 'three_again': r['three']}),
}
targets = ('y', 'three', 'number', 'auto')
seen = {(case, target): run(case, tables, target) for case, tables in cases.items() for target in targets}
m = {key: measures for key, (measures, _) in seen.items()}
if not all(m.values()):
    sys.exit(1)

for target in targets[:3]:
    base = m['plain', target]
    value = lambda case, id: m[case, target][id]['value']
    what = lambda case: f'{case}, target {target}:'
    holds(what('plain'), all(x['status'] == 'ok' for i, x in base.items() if i.startswith(('utility', 'robustness')) and i not in ('utility.rare', 'utility.targets')))
    # A group or category that is gone: fairness proves it, models of the rest are still measured.
    for case, column in (('a category absent', 'colour'), ('a group absent', 'group')):
        x = m[case, target]['fairness.representation']
        holds(what(case), x['status'] == 'ok' and x['interval']['lo'] > 1 and f"'{column}'" in x['finding'], x)
        holds(what(case), m[case, target]['utility.tstr']['status'] == m[case, target]['robustness.noise']['status'] == 'ok')
    # A target of one class or value teaches nothing, and that is said, never scored.
    for id, x in m['one class', target].items():
        if id.startswith(('utility', 'robustness')) and id not in ('utility.rare', 'utility.targets'):
            holds(what('one class'), x['status'] == 'not_measurable' and "has only one " in x['reason'] and x.get('score') is None, id, x.get('reason'), x.get('score'))
    # Columns without content change nothing; the encoder drops them.
    for id in ('utility.tstr', 'utility.gap', 'utility.rank', 'robustness.seed'):
        holds(what('constant columns'), value('constant columns', id) == base[id]['value'], id, value('constant columns', id), base[id]['value'])
    # The target among the inputs: all but errorless, and importance names the column.
    holds(what('the target again'), value('the target again', 'utility.tstr') > .9 and value('the target again', 'utility.tstr') > base['utility.tstr']['value'], value('the target again', 'utility.tstr'))
    top = max((c for c in m['the target again', target]['utility.importance']['details']['columns'] if c['learner'] == 'boosted'), key=lambda c: c['tstr'])
    holds(what('the target again'), top['column'] == target + '_again', top)
    # Groups under ten rows are pooled: their name stands nowhere.
    holds(what('a group of 3'), 'fewest' not in seen['a group of 3', target][1], 'the name of a group of 3 rows is written')

lost = m['a class absent', 'three']
holds('a class absent:', lost['utility.gap']['interval']['lo'] > .02, lost['utility.gap']['value'])
holds('a class absent:', lost['utility.tstr']['value'] < m['plain', 'three']['utility.tstr']['value'] - .03)
for w in ("1.000 for 'b' (", "0.000 for 'b' ("):
    holds('a class absent:', not any(x.get('finding', '').count(w) > 1 for x in lost.values()), 'a group is compared with itself')
for id in ('fairness.equal_opportunity', 'fairness.equalized_odds', 'fairness.worst_group'):
    x = m['four rows of a class', 'y'][id]
    holds('four rows of a class:', x['status'] == 'not_measurable' and 'enough holdout rows' in x['reason'], id, x['reason'])
for target in ('y', 'three'):
    x = m['four rows of a class', target]['utility.rare']
    holds('four rows of a class:', 'fewer than 10 training or holdout rows' in x['reason'], x['reason'])
auto = lambda case: m[case, 'auto']['utility.targets']
taught = {x['column']: x.get('why', '') for x in auto('one class')['details']['columns']}
holds('one class, auto:', all('only one' in taught[c] for c in ('y', 'three', 'number')) and auto('one class')['details']['worst']['gap'] > .5, taught)
left = {x['column']: x['why'] for x in auto('constant columns')['details']['left_out']}
holds('constant columns, auto:', left.keys() >= {'flat', 'zero'} and all('only one' in left[c] for c in ('flat', 'zero')), left)
again = {x['column']: x['trtr'] for x in auto('the target again')['details']['columns']}
holds('the target again, auto:', min(again['y'], again['three_again']) > .99 and again['number'] > .95, again)

# 5,000 categories: learnt without their names, which single rows have, coming out.
if not sanitized:
    big = {k: change(table(seed, 5400), lambda i, r: {'many': 'name%d' % ((i * 7919 + seed) % 5000)}) for seed, k in enumerate('thc', 1)}
    for target in ('y', 'auto'):
        measures, text = run('5,000 categories', big, target, 'many')
        holds('5,000 categories:', 'name1' not in text and 'name4' not in text, 'a name is written')
        if target == 'y':
            holds('5,000 categories:', measures['utility.tstr']['value'] > .9 and measures['robustness.adversarial']['status'] == 'ok', measures['utility.tstr']['value'])
        else:
            left = {x['column']: x['why'] for x in measures['utility.targets']['details']['left_out']}
            holds('5,000 categories:', 'classes; up to 50' in left.get('many', ''), left)
print(len(seen), 'audits,', failures, 'failures')
sys.exit(failures > 0)
PY
[ $? = 0 ] || failures=1

# Class weights make other models; train itself as the candidate loses nothing with them either.
for balanced in 0 1; do
    "$ASSAY" audit --train "$samples/train.csv" --holdout "$samples/holdout.csv" --schema "$samples/schema.json" --target employment --only utility.rare \
        --set utility.rare.balanced=$balanced --synthetic cart="$samples/cart.csv" --synthetic twin="$samples/train.csv" --format json --out balanced >table 2>&1
    json balanced/audit.json "measure('cart', 'utility.rare')['details']['classes'][0]['recall_trtr']" >"recall$balanced"
    [ "$(json balanced/audit.json "measure('twin', 'utility.rare')['value'], measure('twin', 'utility.rare')['interval']['hi']")" = '(0, 0)' ] || fail "balanced $balanced: train loses: $(cat table)"
done
cmp -s recall0 recall1 && fail 'class weights change nothing'
finish
