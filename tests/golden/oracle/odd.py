"""A candidate with all that a table may have that train has not: python3 -m oracle.odd FROM TO. Unknown categories, values beyond
train's range, fractions among whole numbers, missing cells in full columns, fewer rows, a column of its own, repeated rows."""
import csv, random, sys

CHANGES = {
    "origin": lambda v, r: r.choice(["", "elsewhere", v]),
    "region": lambda v, r: "nowhere",
    "age": lambda v, r: r.choice(["", "17", "99.5", "-3"]),
    "income": lambda v, r: r.choice(["1e6", "0", "1234.5", ""]),
    "balance": lambda v, r: r.choice(["-100000", ""]),
    "employment_since": lambda v, r: r.choice(["1899-12-31", "2099-01-01", ""]),
    "long_term_illness": lambda v, r: "",
}


def main(source, target):
    r = random.Random(20)
    with open(source, newline="") as f:
        rows = list(csv.reader(f))
    at, body = {c: rows[0].index(c) for c in CHANGES}, rows[1:1101]
    for row in body:
        for c, change in CHANGES.items():
            if r.random() < 0.04:
                row[at[c]] = change(row[at[c]], r)
    body = [body[i - 1] if i % 40 == 39 else row for i, row in enumerate(body)]
    with open(target, "w", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows([rows[0] + ["extra"]] + [row + [str(i)] for i, row in enumerate(body)])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
