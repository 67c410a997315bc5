#!/bin/bash
# Bad input to the membership audit: what cannot be measured says why, in words; what can be keeps its value; nothing else is lost.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
export ASSAY
python3 - "$root" <<'PY'
import csv, json, math, os, random, subprocess, sys

assay, failures = os.environ['ASSAY'], 0
names = ['age', 'income', 'sex', 'region', 'y']


def fail(*words):
    global failures
    failures += 1
    print('FAIL:', *words)


def table(seed, n, year=0):
    r, rows = random.Random(seed), []
    for _ in range(n):
        age = r.randrange(18, 80)
        rows.append([age, '%.2f' % math.exp(r.gauss(7 + .01 * age + year, .5)), r.choice('mf'), r.choice(['north', 'south', 'east']),
                     int(r.random() < 1 / (1 + math.exp((50 - age) / 10)))])
    return rows


def write(name, rows):
    with open(name, 'w', newline='') as f:
        w = csv.writer(f, lineterminator='\n')
        w.writerow(names)
        w.writerows(rows)
    return name


train, holdout, candidate, reference = table(1, 1500), table(2, 1500), table(3, 1500), table(4, 1500)
write('t.csv', train)


def run(case, status, c=candidate, h=holdout, reference=None, only='privacy.membership,privacy.copies,fidelity.column_shapes', other=False, roles=()):
    """The first candidate's measures by id, None where the audit ends without files."""
    subprocess.run(['rm', '-rf', 'out'])
    words = [assay, 'audit', '--train', 't.csv', '--synthetic', 'c=' + write('c.csv', c), '--target', 'y', '--sensitive', 'sex',
             '--only', only, '--format', 'json', '--out', 'out']
    words += roles
    words += ['--holdout', write('h.csv', h)] if h else []
    words += ['--reference', write('r.csv', reference)] if reference else []
    words += ['--synthetic', 'other=' + write('other.csv', candidate)] if other else []
    p = subprocess.run(words, capture_output=True, text=True, timeout=300)
    run.audit, run.output, run.message = None, ' '.join(p.stdout.split()), p.stderr
    if p.returncode not in status:
        fail(case, 'exit status', p.returncode, p.stderr[:300])
    if p.returncode == 2:
        if p.stderr.count('\n') != 1 or os.path.exists('out'):
            fail(case, 'not one message, or something left behind:', p.stderr[:300])
        return None
    run.audit = json.load(open('out/audit.json'))
    for one in run.audit['candidates']:
        ids = sorted(m['id'] for m in one['measures'])
        if only.count(',') == 2 and ids != sorted(only.split(',')):
            fail(case, 'a measure is lost:', ids)
        for m in one['measures']:
            if m['status'] == 'failed':
                fail(case, m['id'], 'failed:', m['reason'])
    return {m['id']: m for m in run.audit['candidates'][0]['measures']}


def want(case, measure, *words):
    """Not measurable, for a reason with these words, and neither scored nor in the index."""
    if measure['status'] != 'not_measurable' or measure.get('score') is not None or measure.get('in_index'):
        fail(case, 'is measured:', measure['status'], measure.get('value'))
    for word in words:
        if word not in measure.get('reason', ''):
            fail(case, 'does not say', word, 'but', measure.get('reason'))


# Sound tables: a value, and no warning.
m = run('sound tables', (0, 1, 3))['privacy.membership']
if m['status'] != 'ok' or 'unreliable' in m or run.audit['warnings'] or 'warning' in run.output:
    fail('sound tables:', m['status'], m.get('reason'), run.audit['warnings'], run.output)
if {(g['column'], g['group']) for g in m['details']['groups']} != {('sex', 'f'), ('sex', 'm'), (None, 'outliers')}:
    fail('sound tables: groups', m['details']['groups'])

want('no holdout', run('no holdout', (3,), h=None)['privacy.membership'], 'holdout')
want('50 holdout rows', run('50 holdout rows', (3,), h=holdout[:50])['privacy.membership'], 'needs at least', 'larger holdout', ' 50')
m = run('50 holdout rows and a reference', (3,), h=holdout[:50], reference=reference)
want('50 holdout rows and a reference', m['privacy.membership'], 'needs at least')
m = run('a reference of 19 rows', (3,), reference=reference[:19])
want('a reference of 19 rows', m['privacy.membership'], 'the reference has 19 rows and 20 are needed')
m = run('150 holdout rows and a reference', (0, 1, 3), h=holdout[:150], reference=reference)['privacy.membership']
if m['status'] != 'ok' or m['details']['non_members'] != 150 or m['details']['attacks'][0]['tpr']['0.01'] is not None:
    fail('150 holdout rows and a reference:', m['status'], m.get('reason'))

# Rows that tables share.
m = run('half of the holdout is train', (3,), h=train[:750] + holdout[:750])
want('half of the holdout is train', m['privacy.membership'], '50 % of the holdout\'s rows are in the training table')
if '750 of 1500 rows of the holdout (50.0 %) are in the training table' not in run.output:
    fail('half of the holdout is train: not on the terminal:', run.output)
m = run('4 % of the holdout is train', (0, 1, 3), h=train[:60] + holdout[60:])['privacy.membership']
if m['status'] != 'ok' or len(run.audit['warnings']) != 1 or 'warning 60 of 1500 rows of the holdout (4.0 %)' not in run.output:
    fail('4 % of the holdout is train:', m['status'], run.audit['warnings'], run.output)
run('train is the holdout', (2,), h=train)
if 'are the same table' not in run.message:
    fail('train is the holdout:', run.message)
want('train is the holdout, shuffled', run('train is the holdout, shuffled', (3,), h=train[::-1])['privacy.membership'], '100 % of the holdout')
for case, rows, words in [('reference of training rows', train[:300] + reference[300:], "20 % of the reference's rows are in the training table"),
                          ('reference of holdout rows', holdout[:300] + reference[300:], "20 % of the reference's rows are in the holdout")]:
    m = run(case, (3,), reference=rows)
    want(case, m['privacy.membership'], words)
    if m['privacy.copies']['status'] != 'ok' or len(run.audit['warnings']) != 1 or '300 of 1500 rows of the reference' not in run.output:
        fail(case, m['privacy.copies']['status'], run.audit['warnings'])

# Another source: the value stays, no score is made of it, no gate is decided by it, and it is said everywhere.
m = run('another source', (3,), h=table(5, 1500, year=.22))['privacy.membership']
warning = 'train and holdout come from different sources'
if m['status'] != 'ok' or m.get('score') is not None or m['in_index'] or not 0 <= m['value'] <= 1:
    fail('another source:', m['status'], m.get('score'), m.get('reason'))
if warning not in m.get('unreliable', '') or warning not in m['finding'] or warning not in m['why_not_in_index'] or warning not in run.output:
    fail('another source is not said everywhere:', m.get('unreliable'), m['finding'], run.output)
if not m['details']['sources']['differ'] or m['details']['sources']['column'] != 'income' or m['details']['sources']['lo'] <= .5:
    fail('another source:', m['details']['sources'])
if any(g['result'] != 'undecided' for g in run.audit['candidates'][0]['gates'] if g.get('measure') == 'privacy.membership'):
    fail('another source decides a gate:', run.audit['candidates'][0]['gates'])
if subprocess.run([assay, 'report', 'out/audit.json', '--out', 'r.md']).returncode or warning not in open('r.md').read():
    fail('another source is not in the summary')

# A claim is not refuted by it, though the attacks succeed: the candidate follows train's source.
m = run('a claim, another source', (3,), h=table(5, 1500, year=.22), c=train, only='privacy.epsilon', roles=['--claimed-epsilon', '.1'])
claim = run.audit['candidates'][0]['claim']
if claim['result'] != 'not tested' or run.audit['candidates'][0]['gates'][0]['result'] != 'undecided' or warning not in run.audit['candidates'][0]['gates'][0]['why']:
    fail('a claim, another source:', claim, run.audit['candidates'][0]['gates'][0], m['privacy.epsilon']['value'])
run('a claim, a copy, one source', (1,), c=train, only='privacy.epsilon', roles=['--claimed-epsilon', '.1'])
if run.audit['candidates'][0]['claim']['result'] != 'contradicted':
    fail('a claim, a copy, one source:', run.audit['candidates'][0]['claim'])

# The candidate holds holdout rows: said, whether it is all of them or some; never a pass.
run('the candidate is the holdout', (3,), c=holdout)
if not run.audit['candidates'][0].get('is_holdout') or 'holdout' not in run.audit['candidates'][0]['headline']:
    fail('the candidate is the holdout:', run.audit['candidates'][0]['headline'])
m = run('the candidate has a third of the holdout', (1, 3), c=holdout[:500] + candidate[500:])['privacy.membership']
if 'Warning' not in m['finding'] or not (m['details'].get('warning') or m['details'].get('warnings')):
    fail('the candidate has a third of the holdout:', m['finding'])

# One candidate row, beside a sound candidate: not measurable for one, measured for the other.
m = run('one row', (1, 3), c=candidate[:1], other=True)
want('one row', m['privacy.membership'], '20')
other = {m['id']: m for m in run.audit['candidates'][1]['measures']} if run.audit['candidates'][1]['name'] == 'other' else {}
if other.get('privacy.membership', {}).get('status') != 'ok':
    fail('one row: the other candidate is lost:', [c['name'] for c in run.audit['candidates']])
run('no row', (2,), c=[])
sys.exit(failures > 0)
PY
[ $? = 0 ] || failures=1
finish
