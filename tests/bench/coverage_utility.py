"""Coverage of the intervals of utility.rare, utility.trts and utility.augment: share of simulated test tables whose percentile bootstrap
interval holds what endless tables give. Two models trained apart; a model's score of a row is a·y + noise, and the two models share half
of the noise's variance. Endless: 1,000,000 rows.

Usage: coverage_utility.py [RUNS] (500); numpy."""
import sys

import numpy as np

RUNS, SAMPLES, LEVEL, ENDLESS = int(sys.argv[1]) if len(sys.argv) > 1 else 500, 200, 0.95, 1000000


def draw(random, rows, rate, strengths):
    y = random.random(rows) < rate
    shared = random.standard_normal(rows)
    return y, [a * y + np.sqrt(0.5) * (shared + random.standard_normal(rows)) for a in strengths]


def recall(order, y, weight):
    """Rows of the class among as many most likely rows."""
    w = weight[order][::-1]
    room = (weight * y).sum()
    taken = np.minimum(w, np.maximum(0, room - (np.cumsum(w) - w)))
    return (taken * y[order][::-1]).sum() / room


def auc(order, y, weight):
    w, positive = weight[order], (weight * y)[order]
    negative = w - positive
    return (positive * (np.cumsum(negative) - negative)).sum() / (positive.sum() * negative.sum())


def scores(score, y, models, weights):
    orders = [np.argsort(m) for m in models]
    return np.array([[score(o, y, w) for w in weights] for o in orders])


def samples(random, rows):
    return [np.ones(rows)] + [np.bincount(random.integers(0, rows, rows), minlength=rows).astype(float) for _ in range(SAMPLES)]


def paired(score, rows, rate, strengths):
    def value(random, n, bootstrap):
        y, models = draw(random, n, rate, strengths)
        s = scores(score, y, models, samples(random, n) if bootstrap else [np.ones(n)])
        return s[0] - s[1]
    return rows, value


def apart(rows, rates, strengths):
    """One model on two tables."""
    def value(random, n, bootstrap):
        sides = []
        for rate, strength in zip(rates, strengths):
            y, models = draw(random, n, rate, [strength])
            sides.append(scores(auc, y, models, samples(random, n) if bootstrap else [np.ones(n)])[0])
        return sides[0] - sides[1]
    return rows, value


WORLDS = {
    "rare, 30 of 1,000 rows, alike": paired(recall, 1000, 0.03, (2.0, 2.0)),
    "rare, 30 of 1,000 rows, worse": paired(recall, 1000, 0.03, (1.0, 2.0)),
    "rare, 12 of 400 rows, worse": paired(recall, 400, 0.03, (1.0, 2.0)),
    "rare, 120 of 4,000 rows, worse": paired(recall, 4000, 0.03, (1.0, 2.0)),
    "augment, 500 rows, alike": paired(auc, 500, 0.3, (1.0, 1.0)),
    "augment, 500 rows, better": paired(auc, 500, 0.3, (1.2, 1.0)),
    "trts, 500 rows, alike": apart(500, (0.3, 0.3), (1.0, 1.0)),
    "trts, 500 rows, easier": apart(500, (0.4, 0.3), (1.5, 1.0)),
}
for name, (rows, value) in WORLDS.items():
    random = np.random.default_rng(11)
    truth = value(random, ENDLESS, False)[0]
    below = above = 0
    values = []
    for _ in range(RUNS):
        v = value(random, rows, True)
        lo, hi = np.quantile(v[1:], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        below += max(hi, v[0]) < truth
        above += min(lo, v[0]) > truth
        values.append(v[0])
    print("%-32s truth %6.3f, mean value %6.3f, holds %5.1f %%, below %4.1f %%, above %4.1f %%" %
          (name, truth, np.mean(values), 100 * (1 - (below + above) / RUNS), 100 * below / RUNS, 100 * above / RUNS), flush=True)
