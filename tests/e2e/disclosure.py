"""Plants rare values in tables, audits them in several ways, and looks for the values in all outputs. In the working folder."""
import csv, datetime, math, os, random, re, subprocess, sys

ASSAY = os.environ["ASSAY"]
HEADER = ["member", "age", "income", "sex", "region", "since", "y", "illness", "remark"]
failures = 0

# What is planted, all of it in fewer than ten real rows. Numbers are looked for as a writer may have them, dates also as days
# since 1970, but not inside longer numbers or hashes.
TEXTS = re.compile("Xqz", re.I)
DAYS = [(datetime.date(year, 11, 11) - datetime.date(1970, 1, 1)).days for year in (1901, 1911)]
NUMBERS = re.compile(r"(?<![\w.])(987[, ]?65[34]\b|9\.8765\d*e\+?0?5|7,?777,?531\b|7\.777\d*e\+?0?6|-6,?543\b|-6\.543e\+?0?3"
                     r"|19[01]1-?11-?11|11 November 19[01]1|" + "|".join(f"{days}\\b" for days in DAYS) + ")")


def fail(*words):
    global failures
    failures += 1
    print("FAIL:", *words)


def rows(seed, n=600):
    r = random.Random(seed)
    out = []
    for i in range(n):
        age = r.randrange(18, 80)
        p = 1 / (1 + math.exp((50 - age) / 10))
        out.append([f"M{seed}{i:05d}", str(age), "%.2f" % math.exp(r.gauss(7 + .01 * age, .5)), r.choice("mf"), r.choice(["north", "south", "east"]),
                    "20%02d-%02d-%02d" % (r.randrange(20), r.randrange(1, 13), r.randrange(1, 29)), "yes" if r.random() < p else "no",
                    r.choice(["none", "none", "heart", "lung"]), "met at the " + r.choice("abcdefgh") + " door, number %d of the day" % r.randrange(10 ** 6)])
    return out


def put(table, column, value, count, start=0):
    for i in range(count):
        table[start + i][HEADER.index(column)] = value


def plant(table, own):
    """One row with nearly all of it; then values of two and nine rows. `own`: a word that only this table has."""
    put(table, "sex", "Xqzcat", 1)
    put(table, "region", "Xqzcat", 1)
    put(table, "region", "Xqznine", 9, 20)
    put(table, "illness", "Xqzill", 1)
    put(table, "illness", "Xqztwo", 2, 40)
    put(table, "y", "Xqzclass", 3, 50)
    put(table, "member", "Xqzkey", 1)
    put(table, "remark", "Xqztext lives here", 1)
    put(table, "income", "987653.5", 1)
    put(table, "income", "-6543", 1, 3)
    put(table, "age", "7777531", 1, 5)
    put(table, "since", "1911-11-11", 1)
    put(table, "since", "1901-11-11", 2, 7)
    put(table, "region", own, 4, 60)
    put(table, "illness", own, 4, 70)


def write(name, table, header=HEADER):
    with open(name, "w", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows([header] + table)
    return name


def look(case, where, text, patterns=(TEXTS, NUMBERS)):
    for line in text.splitlines():
        for pattern in patterns:
            found = pattern.search(line)
            if found:
                fail(f"{case}: {where} holds '{found.group(0)}': …{line[max(0, found.start() - 90):found.end() + 60]}…")
                return


def run(case, *arguments, status=(0, 1, 3)):
    p = subprocess.run([ASSAY, *arguments], capture_output=True, timeout=600)
    if p.returncode not in status:
        fail(case, "exit status", p.returncode, p.stderr.decode(errors="replace")[:300])
    look(case, "stdout", p.stdout.decode(errors="replace"))
    look(case, "stderr", p.stderr.decode(errors="replace"))
    return p


def audit(case, *arguments, train="t.csv", holdout="h.csv", candidates=("c.csv",)):
    subprocess.run(["rm", "-rf", "out"])
    given = [x for c in candidates for x in ("--synthetic", c)]
    run(case, "audit", "--train", train, "--holdout", holdout, *given, *arguments, "--evidence", "rows.csv", "--out", "out")
    names = sorted(os.listdir("out")) if os.path.exists("out") else []
    if len(names) != 6:
        fail(case, "wrote", names)
    everything = ""
    for name in names:
        if name.endswith(".pdf"):
            text = subprocess.run(["pdftotext", "-layout", "out/" + name, "-"], capture_output=True).stdout.decode(errors="replace")
            subprocess.run(["qpdf", "--qdf", "--object-streams=disable", "out/" + name, "plain.pdf"])
            look(case, name + ", unpacked", open("plain.pdf", "rb").read().decode("latin-1"), (TEXTS,))
        else:
            text = open("out/" + name).read()
        look(case, name, text)
        everything += text
    return everything


train, holdout, candidate = rows(1), rows(2), rows(3)
plant(train, "Xqztwo")
plant(holdout, "Xqzheld")
copied = [list(row) for row in candidate[:-60]] + [list(row) for row in train[:60]]  # the planted rows among them
put(copied, "region", "Xqzsynth", 30, 200)  # what only the candidate has, and often
put(copied, "illness", "Xqzsynth", 30, 240)
put(copied, "region", "Xqznine", 30, 300)  # rare in train, frequent in the candidate
write("t.csv", train), write("h.csv", holdout), write("c.csv", copied)
write("honest.csv", candidate)

# A control of the search itself.
for value in ("987653.5", "-6543", "7777531", "1911-11-11", "1901-11-11"):
    if not NUMBERS.search(value) or value not in open("t.csv").read():
        fail("the search does not find", value)
if not NUMBERS.search("up to 987,653.5") or NUMBERS.search("0.98765312 or a98765331"):
    fail("the search finds too much or too little")

told = audit("all parts", "--target", "y", "--sensitive", "sex,region", "--secret", "illness", "--quasi", "age,sex,region,since", "--key", "member",
             candidates=("c.csv", "honest.csv"))
if told.count("north") < 3:  # what many rows share is told, so that a silent audit does not pass for a discreet one
    fail("frequent values do not come out either")
audit("rare groups", "--target", "illness", "--sensitive", "region,illness", "--secret", "y,region", "--quasi", "income,illness,since")
audit("numbers", "--target", "income", "--sensitive", "sex", "--secret", "income,age,since", "--quasi", "region,illness")
audit("no parts")
audit("a generator", "--only", "privacy.shadow", "--generator", "independent", "--shadows", "8", "--secret", "illness")
open("open.json", "w").write('{"extends": "balanced", "k": 2}')  # a control: a policy that allows it brings the nine rows out
subprocess.run([ASSAY, "audit", "--train", "t.csv", "--holdout", "h.csv", "--synthetic", "c.csv", "--only", "fidelity.column_shapes", "--policy", "open.json",
                "--format", "json", "--out", "open"], capture_output=True)
if "Xqznine" not in open("open/audit.json").read():
    fail("with k = 2 a value of nine rows does not come out: the search shows nothing")
look("evidence", "rows.csv", open("rows.csv").read())
run("gate", "gate", "out/audit.json", "--policy", "privacy-first", "--out", "judged.json")
run("schema", "schema", "t.csv", status=(0,))
run("measures", "audit", "--train", "t.csv", "--synthetic", "c.csv", "--only", "fidelity", "--format", "json", "--out", "out2")

# Messages on bad tables: file, row and column, never the cell.
def bad(case, column, value, role="candidate", row=4, schema=None, header=HEADER):
    table = [list(r) for r in rows(4, 60)]
    table[row][HEADER.index(column)] = value
    write("bad.csv", table, header)
    tables = {"candidate": ("t.csv", "bad.csv"), "train": ("bad.csv", "honest.csv")}[role]
    extra = ["--schema", schema] if schema else []
    p = run(case, "audit", "--train", tables[0], "--synthetic", tables[1], *extra, "--out", "bad", status=(2,))
    message = p.stderr.decode(errors="replace")
    if "bad.csv" not in message or str(row + 2) not in message:
        fail(case, "does not name file and row:", message)


bad("text among numbers", "age", "Xqzcell")
bad("text among numbers, long", "income", "12 Xqzcell and more of it " * 20)
bad("no date", "since", "Xqzcell-01-01")
bad("number out of range", "income", "987653e999")
bad("number too large", "income", "987653.5e200")
bad("infinity", "income", "inf")
bad("control characters", "age", "Xqzcell\x1b[31m")
open("s.json", "w").write(subprocess.run([ASSAY, "schema", "honest.csv"], capture_output=True).stdout.decode())
bad("train against its schema", "age", "Xqzcell", "train", schema="s.json")
for case, text in {
    "quote in a cell": 'age,sex\n1,f\n2,Xqz"cell\n',
    "text behind a quote": 'age,sex\n1,f\n2,"m"Xqzcell\n',
    "unclosed quote": 'age,sex\n1,f\n2,"Xqzcell\n3,m\n',
    "too many cells": 'age,sex\n1,f\n2,m,Xqzcell\n',
    "decimal commas": "age;sex\n" + "".join(f"{i}98765,{i};Xqzcell\n" for i in range(1, 60)),
}.items():
    open("bad.csv", "w").write(text)
    run(case, "audit", "--train", "bad.csv", "--synthetic", "bad.csv", "--out", "bad", status=(2,))
    run(case + ", schema", "schema", "bad.csv", status=(0, 2))
predictions = "y,score,group\n" + "".join(f"{i % 2},0.{i % 10},{'ab'[i % 3 > 0]}\n" for i in range(100))
for case, last in {"score that is none": "1,Xqzcell,a\n", "score beyond 1": "1,987653.5,a\n", "a rare group": "1,0.5,Xqzcat\n", "a third label": "Xqzclass,0.5,a\n"}.items():
    open("bad.csv", "w").write(predictions + last)
    run("predictions, " + case, "fairness", "--predictions", "bad.csv", "--label", "y", "--score", "score", "--group", "group", status=(0, 2))
raise SystemExit(failures > 0)
