#!/bin/bash
# Column names with blanks, hyphens, quotes, emoji and markup, a column of 10,000 categories, constant, empty and nearly empty columns; and
# nothing of a single real row in any output.
. "$(dirname "$0")/common.sh"
python3 - "$work" <<'PY'
import csv, random, sys
rows = {}
names = ['first name', 'a-b', 'say "hi"', '🙂 smile', '<b>&amp;</b>', 'select', 'ten thousand', 'constant', 'empty', 'nearly empty', 'y' + 'é' * 100, 'x' * 200]
for seed, part in enumerate(['train', 'holdout', 'candidate']):
    r = random.Random(seed)
    with open('%s/%s.csv' % (sys.argv[1], part), 'w', newline='') as f:
        w = csv.writer(f)
        w.writerow(names)
        for i in range(1500):
            x = r.gauss(0, 1)
            secret = part == 'train' and i == 7
            w.writerow(['CANARY-ROW' if secret else r.choice(['anna', 'bob', 'zoë']), '%.3f' % x, r.choice('ab'), r.choice(['👍', '👎']),
                        r.choice(['<i>', '&']), '987654.321' if secret else '%.2f' % (x + r.gauss(0, 1)),
                        'c%d' % r.randrange(10000), 'same', '', '1' if i == 3 else '', int(x + r.gauss(0, 1) > 0), r.randrange(50)])
PY
"$ASSAY" audit --train "$work/train.csv" --holdout "$work/holdout.csv" --synthetic 'c <&> "🙂"'="$work/candidate.csv" --target "y$(printf 'é%.0s' {1..100})" \
    --sensitive 'first name,🙂 smile' --secret 'a-b' --out "$work/out" >"$work/table" 2>"$work/messages"
status=$?
[ "$status" -le 1 ] || [ "$status" = 3 ] || fail "exit status $status: $(head -c 400 "$work/messages")"
audit=$work/out/audit.json
[ "$(json "$audit" "[(m['id'], m['reason']) for m in a['candidates'][0]['measures'] if m['status'] == 'failed']")" = '[]' ] ||
    fail "failed measures: $(json "$audit" "[(m['id'], m['reason']) for m in a['candidates'][0]['measures'] if m['status'] == 'failed']")"
grep -q $'\xef\xbf\xbd' "$audit" && fail "a long name is cut within a character: $(grep -m1 -o $'.\\{40\\}\xef\xbf\xbd' "$audit")"
if command -v pdftotext >/dev/null; then
    pdftotext -layout "$work/out/report.pdf" "$work/out/report.txt" || fail 'the report cannot be read'
fi
for file in "$work"/out/* "$work/table" "$work/messages"; do
    grep -aqF 'CANARY-ROW' "$file" && fail "a single row's value stands in $(basename "$file")"
    grep -aqE '987654(\.321)?' "$file" && fail "an extreme of the real rows stands in $(basename "$file")"
done
finish
