#!/bin/bash
# Odd but legal tables end in a verdict: what cannot be measured says why, nothing fails, nothing that is not a number is written, no
# bad table gets a good verdict. Tables that differ in their writing alone give the same audit.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
if [ "${SANITIZED:-}" = thread ]; then
    echo 'skipped: the tables are small, ThreadSanitizer sees more in the others'
    exit 77
fi
export ASSAY
python3 - "$root" <<'PY'
import csv, gzip, json, math, os, random, subprocess, sys

root = sys.argv[1]
assay = os.environ['ASSAY']
names = ['age', 'income', 'sex', 'region', 'since', 'y', 'illness']
roles = ['--target', 'y', '--sensitive', 'sex', '--secret', 'illness']
failures = 0


def fail(*words):
    global failures
    failures += 1
    print('FAIL:', *words)


def table(seed, n=240):
    r = random.Random(seed)
    rows = []
    for _ in range(n):
        age = r.randrange(18, 80)
        rows.append([str(age), '%.2f' % math.exp(r.gauss(7 + .01 * age, .5)), r.choice('mf'), r.choice(['north', 'south', 'east']),
                     '20%02d-%02d-%02d' % (r.randrange(20), r.randrange(1, 13), r.randrange(1, 29)),
                     str(int(r.random() < 1 / (1 + math.exp((50 - age) / 10)))), r.choice(['none', 'none', 'heart', 'lung'])])
    return rows


def text(rows, header=names, **form):
    import io
    out = io.StringIO()
    w = csv.writer(out, lineterminator='\n', **form)
    w.writerow(header)
    w.writerows(rows)
    return out.getvalue().encode()


def write(name, content):
    with open(name, 'wb') as f:
        f.write(content if isinstance(content, bytes) else text(content))
    return name


def column(rows, name, make):
    j = names.index(name)
    return [r[:j] + [make(i, r[j])] + r[j + 1:] for i, r in enumerate(rows)]


train, holdout, candidate = table(1), table(2), table(3)
write('t.csv', train), write('h.csv', holdout), write('c.csv', candidate)
try:
    import jsonschema
    schema = jsonschema.Draft202012Validator(json.load(open(root + '/docs/audit.schema.json')))
except ImportError:
    schema = None
contract = root + '/../shared/tools/check_contract.py'


def refuse(word):
    raise ValueError('audit.json holds ' + word)


def check(case):
    try:
        audit = json.load(open('out/audit.json'), parse_constant=refuse)
    except ValueError as e:
        return fail(case, e)
    for m in audit['candidates'][0]['measures']:
        if m['status'] == 'failed':
            fail(case, m['id'], 'failed:', m['reason'])
        if m['status'] == 'not_measurable' and len(m['reason']) < 20:
            fail(case, m['id'], 'gives no reason:', m['reason'])
        if m['status'] == 'ok' and not m['interval']['method'].startswith('lower bound') and not (None not in (lo := m['interval']['lo'], hi := m['interval']['hi']) and lo <= m['value'] <= hi):
            fail(case, m['id'], m['value'], 'has no interval around it:', m['interval'])
    for e in list(schema.iter_errors(audit))[:3] if schema else []:
        fail(case, 'schema:', '/'.join(map(str, e.absolute_path)), e.message[:150])
    if os.path.exists(contract):
        p = subprocess.run(['python3', contract, 'out/audit.json'], capture_output=True, text=True)
        if p.returncode:
            fail(case, 'contract:', p.stdout[:300])
    return audit


def run(case, status, t='t.csv', h='h.csv', c='c.csv', roles=roles, extra=('--format', 'json')):
    """status: those that are right; returns the audit."""
    subprocess.run(['rm', '-rf', 'out'])
    p = subprocess.run([assay, 'audit', '--train', t, '--holdout', h, '--synthetic', 'c=' + c, *roles, *extra, '--out', 'out'],
                       capture_output=True, timeout=300)
    message = p.stderr.decode(errors='replace')
    if p.returncode not in status:
        fail(case, 'exit status', p.returncode, message[:300])
    elif p.returncode == 2:
        if message.count('\n') != 1 or os.path.exists('out'):
            fail(case, 'not one message, or something left behind:', message[:300])
    else:
        return check(case)


usable, not_passed = (0, 1, 3), (1, 3)
cases = [  # name, right statuses, what differs
    ('one row', (1,), {'c': candidate[:1]}),
    ('19 rows', not_passed, {'c': candidate[:19]}),
    ('no row', (2,), {'c': []}),
    ('train of 2 rows', (1, 2, 3), {'t': train[:2]}),
    ('train of 19 rows', not_passed, {'t': train[:19]}),
    ('holdout of one row', not_passed, {'h': holdout[:1]}),
    ('holdout of 5 rows', not_passed, {'h': holdout[:5]}),
    ('holdout is train', (2,), {'h': train}),
    ('half of the holdout is train', not_passed, {'h': train[:120] + holdout[:120]}),
    ('candidate is train', (1,), {'c': train}),
    ('one row again and again', (1,), {'c': [candidate[0]] * 240}),
    ('candidate without values', (1,), {'c': [[''] * 7] * 240}),
    ('holdout without values', not_passed, {'h': [[''] * 7] * 240}),
    ('target without values', (2,), {'t': column(train, 'y', lambda i, x: '')}),
    ('target missing in half of the rows', usable, {k: column(r, 'y', lambda i, x: x if i % 2 else '')
                                                     for k, r in (('t', train), ('h', holdout), ('c', candidate))}),
    ('target of 120 classes', not_passed, {k: column(r, 'y', lambda i, x: 'class%d' % (i * 7 % 120))
                                           for k, r in (('t', train), ('h', holdout), ('c', candidate))}),
    ('one class in the candidate', not_passed, {'c': column(candidate, 'y', lambda i, x: '1')}),
    ('a class that train lacks', (1, 2), {'c': column(candidate, 'y', lambda i, x: str(i % 3))}),
    ('a group that train lacks', (1,), {'c': column(candidate, 'sex', lambda i, x: 'q')}),
    ('secret constant in the candidate', not_passed, {'c': column(candidate, 'illness', lambda i, x: 'none')}),
    ('secret unique', not_passed, {k: column(r, 'illness', lambda i, x: k + '%d' % i)
                                   for k, r in (('t', train), ('h', holdout), ('c', candidate))}),
    ('sensitive unique', not_passed, {k: column(r, 'sex', lambda i, x: k + '%d' % i)
                                      for k, r in (('t', train), ('h', holdout), ('c', candidate))}),
    ('sensitive constant', not_passed, {k: column(r, 'sex', lambda i, x: 'm')
                                        for k, r in (('t', train), ('h', holdout), ('c', candidate))}),
    ('the largest numbers', (1,), {'c': column(candidate, 'income', lambda i, x: '1e150' if i % 2 else '-1e150')}),
    ('the largest numbers everywhere', usable, {k: column(r, 'income', lambda i, x: '1e150' if i % 2 else '-1e150')
                                                for k, r in (('t', train), ('h', holdout), ('c', candidate))}),
    ('the smallest numbers everywhere', usable, {k: column(r, 'income', lambda i, x: '5e-324' if i % 2 else '0.0')
                                                 for k, r in (('t', train), ('h', holdout), ('c', candidate))}),
    ('a cell of 3 MB', usable, {'c': column(candidate, 'region', lambda i, x: 'z' * 3000000 if i == 5 else x)}),
]
for case, status, tables in cases:
    run(case, status, **{k: write('x%s.csv' % k, rows) for k, rows in tables.items()})

# A holdout that cannot serve gives neither a good score nor a bad one; nor does the lack of one.
some = ('--format', 'json', '--only', 'fidelity.column_shapes,fidelity.pair_trends,fidelity.coverage,utility,privacy.copies')


def check_unscored(case, audit, word):
    for m in audit['candidates'][0]['measures'] if audit else []:
        if m.get('in_index') or m.get('score') is not None:
            fail(case, m['id'], 'is scored:', m['score'])
        if m['status'] == 'ok' and not m['id'].startswith('fidelity') and not audit['candidates'][0].get('is_holdout'):
            fail(case, m['id'], 'is measured on such a holdout')
        own = any(words in m.get('reason', '') for words in ('no class of the target', '--target auto asks for'))  # whatever the holdout is
        if not own and word not in m.get('reason', m.get('why_not_in_index', '')):
            fail(case, m['id'], 'does not say why:', m)


for case, word, tables in [
    ('3 holdout rows', 'fewer than 20 rows', {'h': holdout[:3]}),
    ('one holdout row again and again', 'holds a single value', {'h': [holdout[0]] * 240}),
    ('one class in the holdout', "'y' holds a single value", {'h': column(holdout, 'y', lambda i, x: '1')}),
    ('half of the holdout is train', 'in the training table', {'h': train[:120] + holdout[:120], 'c': train}),
    ('the candidate is the holdout, shuffled', 'in the holdout and not in train', {'c': holdout[::-1]}),
    ('the candidate is train and holdout', 'in the holdout and not in train', {'c': train + holdout}),
]:
    check_unscored(case, run(case, (3,), **{k: write('x%s.csv' % k, rows) for k, rows in tables.items()}, extra=some), word)
audit = run('holdout in another unit', (3,), h=write('xh.csv', column(holdout, 'income', lambda i, x: '%.2f' % (12 * float(x)))),
            extra=('--format', 'json', '--only', 'privacy.membership'))
if audit and "'income' tells training rows" not in audit['candidates'][0]['measures'][0].get('reason', ''):
    fail('holdout in another unit:', audit['candidates'][0]['measures'][0])
subprocess.run(['rm', '-rf', 'out'])
p = subprocess.run([assay, 'audit', '--train', 't.csv', '--synthetic', 'c.csv', *roles, '--format', 'json', '--only', 'fidelity', '--out', 'out'],
                   capture_output=True, timeout=300)
if b'made from few of the measures' not in p.stdout:
    fail('fresh rows without a holdout: not said that the score of fidelity stands for few measures:', p.stdout)
for m in check('fresh rows without a holdout')['candidates'][0]['measures']:
    if m.get('in_index') and m['score'] < .8:
        fail('fresh rows without a holdout:', m['id'], 'has the score', m['score'])

# Columns of one kind alone.
for case, kept, given in [('categories alone', ['sex', 'region', 'illness'], ['--target', 'sex', '--sensitive', 'region', '--secret', 'illness']),
                          ('numbers alone', ['age', 'income'], ['--target', 'income']), ('dates alone', ['since'], []),
                          ('one column in all roles', ['sex'], ['--target', 'sex', '--sensitive', 'sex', '--secret', 'sex'])]:
    js = [names.index(n) for n in kept]
    for k, rows in (('xt.csv', train), ('xh.csv', holdout), ('xc.csv', candidate)):
        write(k, text([[r[j] for j in js] for r in rows], kept))
    run(case, not_passed, 'xt.csv', 'xh.csv', 'xc.csv', given)
for case, given in [('sensitive numbers', ['--target', 'y', '--sensitive', 'income,since']),
                    ('target is sensitive and secret', ['--target', 'y', '--sensitive', 'y', '--secret', 'y']),
                    ('secret numbers', ['--target', 'income', '--secret', 'income,since'])]:
    run(case, usable, roles=given)
# One row more, since the holdout may not be the training table.
constant, longer = write('x.csv', [train[0]] * 240), write('xh.csv', [train[0]] * 241)
run('constant columns alone', not_passed, constant, longer, constant, ['--sensitive', 'sex', '--secret', 'illness'])
empty, longer = write('x.csv', [[''] * 7] * 240), write('xh.csv', [[''] * 7] * 241)
run('no value anywhere', not_passed, empty, longer, empty, [])
r = random.Random(1)
for k in ('xt.csv', 'xh.csv', 'xc.csv'):
    write(k, text([[' '.join(r.choice(['ab', 'cd', 'ef', 'gh%d' % r.randrange(900)]) for _ in range(12))] for _ in range(240)], ['note']))
run('text alone', not_passed, 'xt.csv', 'xh.csv', 'xc.csv', [])
for k in ('xt.csv', 'xh.csv', 'xc.csv'):
    write(k, text([[('%.3f' % r.gauss(0, 1)) if j % 2 else r.choice('abc') for j in range(2000)] for _ in range(20)], ['c%d' % j for j in range(2000)]))
run('2,000 columns of 20 rows', not_passed, 'xt.csv', 'xh.csv', 'xc.csv', ['--target', 'c0', '--sensitive', 'c2'],
    ('--format', 'json', '--only', 'fidelity,privacy,fairness.representation'))

# Names that differ by case, and names with line breaks.
header = ['a\nge', 'Sex\t', 'sex', 'Region', 'since', 'y', 'illness']
for k, rows in (('xt.csv', train), ('xh.csv', holdout), ('xc.csv', candidate)):
    write(k, text(rows, header))
run('odd names', not_passed, 'xt.csv', 'xh.csv', 'xc.csv', extra=())

# Other writings of the same table.
def judged(audit):
    if audit:
        audit = audit['candidates'][0]
        return json.dumps([audit['measures'], audit['verdict']])


plain, same = text(candidate), judged(run('plain', usable, extra=('--format', 'json', '--only', 'fidelity,privacy')))
order = [3, 5, 0, 6, 1, 2, 4]
for case, content in [('CRLF', plain.replace(b'\n', b'\r\n')), ('BOM', b'\xef\xbb\xbf' + plain), ('no last line end', plain.rstrip()),
                      ('quoted', text(candidate, quoting=csv.QUOTE_ALL)), ('gzip', gzip.compress(plain)),
                      ('semicolons', text(candidate, delimiter=';')), ('tabs', text(candidate, delimiter='\t')),
                      ('other column order', text([[r[j] for j in order] for r in candidate], [names[j] for j in order])),
                      ('whole numbers as 1.0', text([[r[0] + '.0'] + r[1:5] + [r[5] + '.0'] + r[6:] for r in candidate]))]:
    if judged(run(case, usable, c=write('x.csv', content), extra=('--format', 'json', '--only', 'fidelity,privacy'))) != same:
        fail(case, 'is judged otherwise than the plain file')
for case, content in [('UTF-16', plain.decode().encode('utf-16')), ('half a gzip', gzip.compress(plain)[:2000]), ('zip', b'PK\x03\x04' + plain),
                      ('infinities', text(column(candidate, 'income', lambda i, x: 'inf' if i == 3 else x)))]:
    run(case, (2,), c=write('x.csv', content))
sys.exit(failures > 0)
PY
[ $? = 0 ] || failures=1
finish
