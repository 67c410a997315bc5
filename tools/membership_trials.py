#!/usr/bin/env python3
"""Which membership attacks see which leak, on a real table: the tables of docs/calibration.md.

    tools/membership_trials.py TABLE.csv [SEED]        (ASSAY names the program, default build/assay)

The table is shuffled and cut into thirds: train, holdout, fresh. A column `serial` of random six-digit numbers is added, nearly
unique, as a postcode or an amount may be. Candidates: fresh rows; fresh rows of which 1, 2, 5 % are training rows; a bootstrap,
cart and copula of train; fresh rows whose serials are drawn from train's (values); fresh rows of which 5 % are training rows with
noise: every number moved by Normal noise of .1 standard deviations, rounded like the column, and a new serial (noisy).
"""
import csv
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def write(path, head, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head] + rows)


def noisy(row, numeric, draw):
    out = list(row)
    for column, (sd, decimals) in numeric.items():
        value = number(row[column])
        if value is not None:
            out[column] = f"{value + draw.gauss(0, 0.1 * sd):.{decimals}f}"
    return out


def numeric_columns(rows, width):
    columns = {}
    for column in range(width):
        values = [number(row[column]) for row in rows]
        known = [v for v in values if v is not None]
        if len(set(known)) > 20 and len(known) > len(rows) / 2:
            decimals = max(len(row[column].partition(".")[2].rstrip("0")) for row in rows)
            columns[column] = statistics.pstdev(known), decimals
    return columns


def candidates(folder, train, fresh, head, draw, assay):
    half = len(fresh)
    for share in (1, 2, 5):
        leaked = draw.sample(train, round(half * share / 100))
        write(f"{folder}/leak{share}.csv", head, leaked + fresh[len(leaked):])
    values = [row[:-1] + [draw.choice(train)[-1]] for row in fresh]
    write(f"{folder}/values.csv", head, values)
    numeric = numeric_columns(train, len(head) - 1)
    moved = [noisy(row, numeric, draw)[:-1] + [str(draw.randrange(10**6))] for row in draw.sample(train, half // 20)]
    write(f"{folder}/noisy5.csv", head, moved + fresh[len(moved):])
    for method in ("bootstrap", "cart", "copula"):
        subprocess.run([assay, "generate", "--method", method, "--train", f"{folder}/train.csv", "--rows", str(half), "--seed",
                        "7", "--out", f"{folder}/{method}.csv"], check=True, stderr=subprocess.DEVNULL)
    return ["fresh", "leak1", "leak2", "leak5", "noisy5", "values", "bootstrap", "cart", "copula"]


def show(audit):
    print("| candidate | exposed | " + " | ".join(FAMILIES) + " | value ratio | best attack | p |")
    print("|---|---|" + "---|" * len(FAMILIES) + "---|---|---|")
    for candidate in audit["candidates"]:
        measure = next(m for m in candidate["measures"] if m["id"] == "privacy.membership")
        if measure["status"] != "ok":
            print(f"| {candidate['name']} | {measure['reason']} |")
            continue
        details, interval, cells = measure["details"], measure["interval"], []
        for name in FAMILIES + ["value_ratio"]:
            attack = next(a for a in details["attacks"] if a["attack"] == name)
            cells.append(f"{attack['auc']:.3f}{'*' if attack['p_value'] <= 0.001 else ''}")
        print(f"| {candidate['name']} | {measure['value']:.3f} [{interval['lo']:.3f}, {interval['hi']:.3f}] | " + " | ".join(cells) +
              f" | {details['reported']['attack']} | {details['p_value']:.2g} |")
    limits = details["detection_limits"]
    print("\nDetection limits beside the last candidate: " + ", ".join(
        f"{kind} {100 * share:.2f} %" if share is not None else f"{kind} above 5 %" for kind, share in limits.items()))


FAMILIES = ["exact", "dcr", "log_ratio", "knn_5", "marginal_ratio_2", "rare_values", "density_ratio", "discriminator_boosted"]


def main():
    assay = os.environ.get("ASSAY", "build/assay")
    draw = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    with open(sys.argv[1], newline="") as file:
        head, *rows = list(csv.reader(file))
    head.append("serial")
    rows = [row + [str(draw.randrange(10**6))] for row in rows]
    draw.shuffle(rows)
    third = len(rows) // 3
    train, holdout, fresh = rows[:third], rows[third:2 * third], rows[2 * third:3 * third]
    with tempfile.TemporaryDirectory() as folder:
        for name, part in (("train", train), ("holdout", holdout), ("fresh", fresh)):
            write(f"{folder}/{name}.csv", head, part)
        options = []
        for name in candidates(folder, train, fresh, head, draw, assay):
            options += ["--synthetic", f"{name}={folder}/{name}.csv"]
        subprocess.run([assay, "audit", "--train", f"{folder}/train.csv", "--holdout", f"{folder}/holdout.csv", *options, "--only",
                        "privacy.membership", "--format", "json", "--out", f"{folder}/out"], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        with open(f"{folder}/out/audit.json") as file:
            audit = json.load(file)
        print(f"{os.path.basename(sys.argv[1])}: {third:,} rows of each third\n")
        show(audit)


main()
