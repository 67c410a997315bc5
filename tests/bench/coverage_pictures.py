"""Coverage of the intervals that only pictures show: of a group's bias (mean ± z·s/√n of probability − truth, fairness.calibration)
and of a single column's importance (percentiles of the bootstrap over test rows, utility.importance). Share of simulated test tables
whose interval holds what endless tables give (1,000,000 rows). The model is given; the permutation is drawn with the table.

Usage: coverage_pictures.py [RUNS] (500); numpy."""
import sys

import numpy as np

from coverage_utility import LEVEL, SAMPLES, auc, samples

RUNS, ENDLESS = int(sys.argv[1]) if len(sys.argv) > 1 else 500, 1000000
TRUTH, MODEL = np.array([1, 0.6, 0.3, 0.1, 0]), np.array([1, 0.58, 0.33, 0.12, 0.03])


def chance(z):
    return 1 / (1 + np.exp(-z))


def report(what, inside, below, above):
    print("%-44s holds %.1f %%, below %.1f %%, above %.1f %%" % ((what,) + tuple(100 * np.mean(x) for x in (inside, below, above))))


def tally(what, ends, truth):
    lo, hi = np.array(ends).T
    report(what, (lo <= truth) & (truth <= hi), hi < truth, lo > truth)


def bias(random, n, shift):
    z = random.normal(-1, 1, n)
    return chance(z + shift) - (random.random(n) < chance(z))


def bias_ends(random, n, shift):
    e = bias(random, n, shift)
    reach = 1.959964 * e.std(ddof=1) / np.sqrt(n)
    return e.mean() - reach, e.mean() + reach


def drops(random, n, bootstrap):
    """Of every column: AUC less AUC with the column permuted; with bootstrap: of as many samples."""
    x, order = random.standard_normal((n, 5)), random.permutation(n)
    y, weights = random.random(n) < chance(x @ TRUTH), samples(random, n) if bootstrap else [np.ones(n)]
    score = lambda m: np.array([auc(np.argsort(m), y, w) for w in weights])
    whole = score(x @ MODEL)
    return np.array([whole - score(x @ MODEL + (x[order, k] - x[:, k]) * MODEL[k]) for k in range(5)])


def main():
    random = np.random.default_rng(1)
    for n in (10, 50, 500):
        for shift in (0, 0.5):
            tally(f"bias, {n} rows, log odds off by {shift}", [bias_ends(random, n, shift) for _ in range(RUNS)], bias(random, ENDLESS, shift).mean())
    truth = drops(random, ENDLESS, False)[:, 0]
    for n in (500, 2000):
        runs = [drops(random, n, True) for _ in range(max(RUNS // 2, 1))]
        tail = (1 - LEVEL) / 2
        for k in range(5):
            ends = [np.append(np.quantile(r[k][1:], [tail, 1 - tail]), r[k][0]) for r in runs]
            tally(f"importance {truth[k]:.3f}, {n} rows", [(min(lo, v), max(hi, v)) for lo, hi, v in ends], truth[k])


if __name__ == "__main__":
    main()
