"""Random mutations of sample tables through the program: bytes flipped, cut, repeated and moved; cells, rows and columns replaced.

    python3 tests/fuzz/mutate.py PROGRAM TRAIN HOLDOUT CANDIDATE SECONDS [SEED]

Every run must end with status 0, 1, 2 or 3 within a minute, with one message and no output for 2, and with an audit.json without NaN
and failed measures for the others. What breaks a rule is left in the folder fuzz-failure-SEED of the temporary folder, and the program ends with status 1.
"""
import json, os, random, shutil, subprocess, sys, tempfile, time

ROWS = 120
ODD_CELLS = ['', ' ', '?', 'NA', 'nan', 'inf', '-0', '1e150', '-1e150', '1e999', '1e-320', '0x10', '1,5', '007', '99999999999999999999', 'true',
             '2020-02-30', '2020-01-01', '0001-01-01', '9999-12-31', '1/2/3', 'é', '🙂', '"', '""', "'", '\t', 'a' * 70000, '<b>&', '%s%n', '{}', '\\']
ODD_BYTES = [b'\0', b'\xff', b'"', b',', b';', b'\n', b'\r', b'\r\n', b'\xef\xbb\xbf', b'\x1f\x8b', b'""', b' ', b'\t', b'\xf0\x9f', b'-', b'e9']


def mutate_cells(r, text):
    rows = [line.split(',') for line in text.split('\n') if line]
    for _ in range(r.choice([1, 1, 2, 5])):
        what, j, i = r.randrange(8), r.randrange(len(rows[0])), r.randrange(len(rows))
        if what == 0 and j < len(rows[i]):
            rows[i][j] = r.choice(ODD_CELLS)
        elif what == 1:
            word = r.choice(ODD_CELLS)
            rows = rows[:1] + [row[:j] + [word] + row[j + 1:] for row in rows[1:]]
        elif what == 2:
            words = r.sample(ODD_CELLS, 3)
            rows = rows[:1] + [row[:j] + [r.choice(words) if r.random() < .3 else row[j] if j < len(row) else ''] + row[j + 1:] for row in rows[1:]]
        elif what == 3:
            rows = rows[:1] + [rows[max(i, 1)]] * (len(rows) - 1)
        elif what == 4:
            rows = rows[:max(i, 1) + 1]
        elif what == 5:
            rows = [row[:j] + row[j + 1:] for row in rows]
        elif what == 6:
            rows = [row + [row[j] if j < len(row) else ''] for row in rows]
            rows[0][-1] += r.choice(['', '2'])
        else:
            order = list(range(1, len(rows)))
            r.shuffle(order)
            rows = rows[:1] + [rows[k][:j] + rows[m][j:] for k, m in zip(range(1, len(rows)), order)]
    return '\n'.join(','.join(row) for row in rows).encode() + b'\n'


def mutate_bytes(r, data):
    data = bytearray(data)
    for _ in range(r.choice([1, 1, 2, 8])):
        at, what = r.randrange(len(data) + 1), r.randrange(5)
        if what == 0:
            data[at:at + 1] = r.choice(ODD_BYTES)
        elif what == 1:
            data[at:at] = bytes([r.randrange(256)])
        elif what == 2:
            del data[at:at + r.randrange(1, 200)]
        elif what == 3:
            data[at:at] = data[at:at + r.randrange(1, 2000)]
        else:
            del data[at:]
    return bytes(data)


def judge(status, errors, out):
    """None, or what is wrong."""
    if status not in (0, 1, 2, 3):
        return 'exit status %d' % status
    if status == 2:
        if errors.count(b'\n') != 1:
            return 'not one message'
        return 'output left behind' if os.path.exists(out) else None

    def refuse(word):
        raise ValueError(word)
    try:
        audit = json.load(open(out + '/audit.json'), parse_constant=refuse)
    except (OSError, ValueError) as e:
        return 'audit.json: %s' % e
    for m in audit['candidates'][0]['measures']:
        if m['status'] == 'failed':
            return '%s failed: %s' % (m['id'], m['reason'])
    return None


def main():
    program, paths, seconds = sys.argv[1], sys.argv[2:5], float(sys.argv[5])
    seed = int(sys.argv[6]) if len(sys.argv) > 6 else 1
    first, last, bad, counts = seed, time.monotonic() + seconds, 0, {}
    parts = ['\n'.join(open(p, encoding='utf-8').read().split('\n')[:ROWS + 1]) + '\n' for p in paths]
    work = tempfile.mkdtemp()
    while time.monotonic() < last:
        r = random.Random(seed)
        tables = [p.encode() for p in parts]
        for which in {0: [2], 1: [0], 2: [1], 3: [0, 1, 2]}[r.randrange(4)]:
            tables[which] = mutate_cells(r, parts[which])
            if r.random() < .4:
                tables[which] = mutate_bytes(r, tables[which])
        names = [os.path.join(work, n) for n in ('train.csv', 'holdout.csv', 'candidate.csv')]
        for name, table in zip(names, tables):
            with open(name, 'wb') as f:
                f.write(table)
        out = os.path.join(work, 'out')
        shutil.rmtree(out, ignore_errors=True)
        only = r.choice(['fidelity', 'fidelity', 'fidelity', 'privacy', 'fidelity,fairness.representation,privacy.copies', 'utility'])
        p = subprocess.run([program, 'audit', '--train', names[0], '--holdout', names[1], '--synthetic', 'c=' + names[2], '--only', only,
                            '--target', 'approved', '--sensitive', 'sex', '--secret', 'long_term_illness', '--format', r.choice(['json', 'json', 'md,junit']),
                            '--threads', '1', '--out', out], capture_output=True, timeout=60)
        wrong = judge(p.returncode, p.stderr, out)
        counts[p.returncode] = counts.get(p.returncode, 0) + 1
        if wrong:
            bad += 1
            kept = os.path.join(tempfile.gettempdir(), 'fuzz-failure-%d' % seed)
            shutil.copytree(work, kept, dirs_exist_ok=True)
            print('seed %d, --only %s: %s\n%s' % (seed, only, wrong, p.stderr.decode(errors='replace')[-1500:]))
        seed += 1
    shutil.rmtree(work)
    print('seeds %d to %d: exit statuses %s, %d broken' % (first, seed - 1, dict(sorted(counts.items())), bad))
    return bad > 0


sys.exit(main())
