#!/usr/bin/env python3
"""Graded faults for tools/calibrate.sh: tables that are honest but for one fault of known size.

    tools/grade_faults.py TRAIN HONEST SEED FOLDER

TRAIN and HONEST are tables of the simulated population (docs/simulation.md); HONEST is fresh rows. Writes into FOLDER

    leak_S.csv    S % of the rows are replaced by training rows
    bias_D.csv    of the approved women so many are refused that their share falls by D points
    noise_S.csv   the label of S % of the rows is turned round
    pair.csv      marital status is permuted: it follows from age alone, so one pair loses its dependence
"""
import csv
import random
import sys

LEAKS, BIASES, NOISES = (.1, .3, 1, 3, 10), (2, 5, 10, 20), (1, 3, 10, 30)


def main(train_path, honest_path, seed, folder):
    (header, *train), (_, *honest) = (list(csv.reader(open(path, newline=""))) for path in (train_path, honest_path))
    sex, status, approved = (header.index(name) for name in ("sex", "marital_status", "approved"))
    other = {"yes": "no", "no": "yes"}

    def write(name, change):
        rows = [list(row) for row in honest]
        change(rows, random.Random(f"{seed} {name}"))
        with open(f"{folder}/{name}.csv", "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])

    def leak(share):
        def change(rows, draw):
            for at, row in zip(draw.sample(range(len(rows)), round(share / 100 * len(rows))), draw.sample(train, len(train))):
                rows[at] = row
        return change

    def bias(points):
        def change(rows, draw):
            women = [row for row in rows if row[sex] == "female"]
            lucky = [row for row in women if row[approved] == "yes"]
            for row in draw.sample(lucky, min(len(lucky), round(points / 100 * len(women)))):
                row[approved] = "no"
        return change

    def noise(share):
        def change(rows, draw):
            for row in draw.sample(rows, round(share / 100 * len(rows))):
                row[approved] = other[row[approved]]
        return change

    def permute(rows, draw):
        cells = [row[status] for row in rows]
        draw.shuffle(cells)
        for row, cell in zip(rows, cells):
            row[status] = cell

    for sizes, name, fault in ((LEAKS, "leak", leak), (BIASES, "bias", bias), (NOISES, "noise", noise)):
        for size in sizes:
            write(f"{name}_{size:g}", fault(size))
    write("pair", permute)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
