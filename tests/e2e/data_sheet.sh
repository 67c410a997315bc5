#!/bin/bash
# The data sheet of the columns: ranges have k rows at or beyond either end, whatever stands further out, and are not made of too few.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || { echo 'python3 is missing'; exit 77; }

python3 - "$work" <<'PY'
import random, sys
random.seed(3)
rows = []
for i in range(200):
    lonely = i < 9
    rows.append([f"{987654.321 + i if lonely else 20 + i % 50 + .125:.3f}",       # nine outliers: one fewer than k
                 f"{-5000 - i if i < 10 else i % 7}",                             # ten: k of them
                 f"{31.5 if i < 19 else ''}",                      # 19 values: under 2k
                 "2020-01-%02d" % (1 + i % 28), "4"])
for name in ("train", "candidate"):
    random.shuffle(rows)
    with open(f"{sys.argv[1]}/{name}.csv", "w") as out:
        out.write("nine,ten,few,day,constant\n" + "".join(",".join(r) + "\n" for r in rows))
PY
"$ASSAY" audit --train "$work/train.csv" --synthetic "$work/candidate.csv" --only fidelity.column_shapes --out "$work/out" >"$work/table" 2>&1
[ $? = 2 ] && fail "refused: $(cat "$work/table")"
got=$(json "$work/out/audit.json" '{c["name"]: c["range"] and [c["range"]["lo"], c["range"]["hi"]] for c in a["schema"]["columns"]}')
want="{'nine': [23, 70], 'ten': [-5000, 100], 'few': None, 'day': [18263, 18288], 'constant': [4, 4]}"
[ "$got" = "$want" ] || fail "ranges: $got instead of $want"
grep -q 9876 "$work/out/audit.json" && fail 'an outlier is in audit.json'
if command -v pdftotext >/dev/null; then
    pdftotext -layout "$work/out/report.pdf" "$work/text"
    grep -Eq '^nine .* 23 to 70' "$work/text" || fail 'no range in the report'
    grep -Eq '^day .* 2020-01-02 to 2020-01-27' "$work/text" || fail 'no dates in the report'
fi
finish
