"""Coverage of the intervals of utility.rare, utility.trts, utility.augment, utility.gap, utility.tstr (percentiles) and utility.importance
(basic bootstrap, its upper end not below the percentiles'): share of
simulated test tables whose interval holds what endless tables give. Two models trained apart; a model's score of a row is a·y + noise, and
the two models share half of the noise's variance (gap and tstr: the mean of five learners, each with two models); for importances two linear models of ten columns, of which five matter. Endless:
1,000,000 rows.

Usage: coverage_utility.py [RUNS [WORLD...]] (500; a third of them for importances; worlds by their first words); numpy."""
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


def five(rows, rate, strengths, real=None):
    """Mean over five learners of TRTR - TSTR (real given) or of TSTR."""
    def value(random, n, bootstrap):
        y, total = random.random(n) < rate, 0
        weights = samples(random, n) if bootstrap else [np.ones(n)]
        common = random.standard_normal(n)
        for a in range(5):
            shared = np.sqrt(0.5) * (common + random.standard_normal(n))
            models = [k * y + np.sqrt(0.5) * (shared + random.standard_normal(n)) for k in ([strengths[a]] + ([real[a]] if real else []))]
            s = scores(auc, y, models, weights)
            total = total + (s[1] - s[0] if real else s[0]) / 5
        return total
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


def agreement(rows, scale, first, second):
    """Ruzicka agreement of permutation importances. Truth: logistic with coefficients scale·(1, .6, .3, .2, .1, 0 …)."""
    truth = scale * np.array([1, 0.6, 0.3, 0.2, 0.1, 0, 0, 0, 0, 0])

    def value(random, n, bootstrap):
        x, order = random.standard_normal((n, 10)), random.permutation(n)
        y, drops = random.random(n) < 1 / (1 + np.exp(-x @ truth)), []
        weights = samples(random, n) if bootstrap else [np.ones(n)]
        for model in (first, second):
            models = [x @ model] + [x @ model - (x[:, k] - x[order, k]) * model[k] for k in range(10)]
            s = scores(auc, y, models, weights)
            drops.append(np.maximum(s[0] - s[1:], 0))
        return np.minimum(*drops).sum(axis=0) / np.maximum(*drops).sum(axis=0)
    return rows, value


GOOD = np.array([1, 0.58, 0.33, 0.18, 0.12, 0.03, -0.03, 0.02, 0.01, -0.02])
LIKE = np.array([1.02, 0.62, 0.29, 0.22, 0.08, -0.02, 0.03, 0.01, -0.03, 0.02])
OTHER = np.array([0.3, 0.9, 0.1, 0.2, 0.5, -0.2, 0.1, 0.1, -0.03, 0.2])
NOISE = np.array([0, 0, 0.1, -0.2, -0.1, -0.2, 0.1, 0.1, -0.03, 0.2])
WORLDS = {
    "importance, 500 rows, alike": agreement(500, 1, GOOD, LIKE),
    "importance, 500 rows, differ": agreement(500, 1, OTHER, GOOD),
    "importance, 500 rows, weak": agreement(500, 0.3, 0.3 * GOOD, 0.3 * LIKE),
    "importance, 500 rows, noise": agreement(500, 1, NOISE, GOOD),
    "importance, 2,000 rows, alike": agreement(2000, 1, GOOD, LIKE),
    "rare, 30 of 1,000 rows, alike": paired(recall, 1000, 0.03, (2.0, 2.0)),
    "rare, 30 of 1,000 rows, worse": paired(recall, 1000, 0.03, (1.0, 2.0)),
    "rare, 12 of 400 rows, worse": paired(recall, 400, 0.03, (1.0, 2.0)),
    "rare, 120 of 4,000 rows, worse": paired(recall, 4000, 0.03, (1.0, 2.0)),
    "augment, 500 rows, alike": paired(auc, 500, 0.3, (1.0, 1.0)),
    "augment, 500 rows, better": paired(auc, 500, 0.3, (1.2, 1.0)),
    "trts, 500 rows, alike": apart(500, (0.3, 0.3), (1.0, 1.0)),
    "trts, 500 rows, easier": apart(500, (0.4, 0.3), (1.5, 1.0)),
}
STRONG, WORSE = (1.3, 1.2, 1.0, 0.9, 0.8), (1.0, 1.1, 0.7, 0.9, 0.4)
for rows in (500, 2000):
    WORLDS["gap, %d rows, alike" % rows] = five(rows, 0.3, STRONG, STRONG)
    WORLDS["gap, %d rows, worse" % rows] = five(rows, 0.3, WORSE, STRONG)
    WORLDS["tstr, %d rows" % rows] = five(rows, 0.3, WORSE)


def main():
    only = sys.argv[2:]
    for name, (rows, value) in WORLDS.items():
        random = np.random.default_rng(11)
        if only and not any(name.startswith(o) for o in only):
            continue
        truth = value(random, ENDLESS, False)[0]
        below = above = 0
        values = []
        basic = name.startswith("importance")
        for _ in range(RUNS // 3 if basic else RUNS):
            v = value(random, rows, True)
            lo, hi = np.quantile(v[1:], [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="weibull")
            if basic:
                lo, hi = max(0, 2 * v[0] - hi), min(1, max(hi, 2 * v[0] - lo))
            below += max(hi, v[0]) < truth
            above += min(lo, v[0]) > truth
            values.append(v[0])
        print("%-32s truth %6.3f, mean value %6.3f, holds %5.1f %%, below %4.1f %%, above %4.1f %%" %
              (name, truth, np.mean(values), *(100 * k / len(values) for k in (len(values) - below - above, below, above))), flush=True)


if __name__ == "__main__":
    main()
