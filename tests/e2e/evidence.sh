#!/bin/bash
# Row-level evidence: one CSV for the owner of the data, whose lines name table, row, measure, attack, score and the candidate, whatever
# the candidate is called; the copies it lists are copies indeed; the audit itself is the same with and without it.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || { echo 'python3 is missing'; exit 77; }

name='a, "b"'
audit=("$ASSAY" audit --train "$samples/train.csv" --holdout "$samples/holdout.csv" --schema "$samples/schema.json" --only privacy.copies,privacy.membership
    --synthetic "$name=$samples/leak05.csv" --synthetic "$samples/copula.csv" --format json)
"${audit[@]}" --out "$work/with" --evidence "$work/evidence.csv" >"$work/table"
[ $? = 1 ] || fail "with evidence: $(cat "$work/table")"
"${audit[@]}" --out "$work/without" >/dev/null
cmp "$work/with/audit.json" "$work/without/audit.json" || fail 'evidence changes the audit'
python3 - "$work/evidence.csv" "$samples/leak05.csv" "$samples/train.csv" "$name" <<'PY' || fail 'the evidence does not hold'
import csv, sys
lines = list(csv.DictReader(open(sys.argv[1], newline="")))
candidate, train = (open(path).read().splitlines()[1:] for path in sys.argv[2:4])
name, known = sys.argv[4], set(train)
def want(what, got, expected):
    if got != expected:
        sys.exit(f"{what}: {got} instead of {expected}")
want("columns", list(lines[0]), ["table", "row", "measure", "attack", "score", "candidate"])
want("tables", {line["table"] for line in lines}, {"train", "holdout", "candidate"})
want("candidates", {line["candidate"] for line in lines}, {name, "copula"})
copies = [int(line["row"]) for line in lines if line["attack"] == "exact" and line["measure"] == "privacy.copies" and line["candidate"] == name]
want("copies", copies, [i for i, row in enumerate(candidate) if row in known])
want("some copies", len(copies), 125)
for who in (name, "copula"):
    members = [line for line in lines if line["candidate"] == who and line["attack"] == "dcr" and line["table"] == "train"]
    want("members of " + who, sorted(int(line["row"]) for line in members), list(range(len(train))))
exact = {train[int(line["row"])] for line in lines
         if line["candidate"] == name and line["measure"] == "privacy.membership" and line["attack"] == "exact" and float(line["score"]) > 0 and line["table"] == "train"}
want("members found by exact copies", exact, known & set(candidate))
PY
finish
