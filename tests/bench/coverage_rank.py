"""Coverage of the interval of utility.rank: share of simulated holdouts whose paired bootstrap interval holds the correlation, and
the regret, that an endless holdout gives. Five learners, each trained twice (candidate, real rows); a model's score of a row is
a_l·signal + noise, where one learner's two models share 80 % of the noise's variance. AUCs of the endless holdout: 400,000 rows.

Usage: coverage_rank.py [RUNS] (300); numpy."""
import sys

import numpy as np

RUNS, ROWS, SAMPLES, LEVEL = int(sys.argv[1]) if len(sys.argv) > 1 else 300, 1000, 200, 0.95
WORLDS = {  # strength of the signal by learner: candidate, real rows
    "apart, same order": ([1.2, 0.9, 0.6, 0.35, 0.1], [1.3, 1.0, 0.7, 0.4, 0.15]),
    "nearly alike": ([0.71, 0.70, 0.69, 0.68, 0.67], [0.71, 0.70, 0.69, 0.68, 0.67]),
    "near each other": ([0.72, 0.70, 0.66, 0.62, 0.58], [0.80, 0.78, 0.79, 0.70, 0.66]),
    "two exchanged": ([1.2, 0.6, 0.9, 0.35, 0.1], [1.3, 1.0, 0.7, 0.4, 0.15]),
    "reverse": ([0.1, 0.35, 0.6, 0.9, 1.2], [1.3, 1.0, 0.7, 0.4, 0.15]),
}


def draw(random, strengths, rows):
    y = random.random(rows) < 0.3
    signal = y + 0.0
    own = random.standard_normal((5, rows))
    return y, [np.array([a * signal + np.sqrt(0.8) * own[i] + np.sqrt(0.2) * random.standard_normal(rows) for i, a in enumerate(s)])
               for s in strengths]


def auc(order, y, weight):
    w, positive = weight[order], (weight * y)[order]
    negative = w - positive
    below = np.cumsum(negative) - negative
    return (positive * below).sum() / (positive.sum() * negative.sum())


def ranks(x):
    return np.array([(x < v).sum() + ((x == v).sum() + 1) / 2 for v in x])


def spearman(a, b):
    return np.corrcoef(ranks(a), ranks(b))[0, 1]


def regret(tstr, trtr):
    return trtr.max() - trtr[np.argmax(tstr)]


def aucs(models, y, weights):
    return [np.array([[auc(o, y, w) for w in weights] for o in np.argsort(m, axis=1)]) for m in models]


for name, strengths in WORLDS.items():
    random = np.random.default_rng(7)
    y, models = draw(random, strengths, 400000)
    tstr, trtr = (a[:, 0] for a in aucs(models, y, [np.ones(len(y))]))
    truth = spearman(tstr, trtr), regret(tstr, trtr)
    inside, values = np.zeros(2), []
    for _ in range(RUNS):
        y, models = draw(random, strengths, ROWS)
        weights = [np.ones(ROWS)] + [np.bincount(random.integers(0, ROWS, ROWS), minlength=ROWS).astype(float) for _ in range(SAMPLES)]
        a, b = aucs(models, y, weights)
        pairs = np.array([(spearman(a[:, i], b[:, i]), regret(a[:, i], b[:, i])) for i in range(SAMPLES + 1)])
        values.append(pairs[0])
        for k in range(2):
            lo, hi = np.quantile(pairs[1:, k], [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="weibull")
            inside[k] += min(lo, pairs[0, k]) - 1e-12 <= truth[k] <= max(hi, pairs[0, k]) + 1e-12
    mean = np.mean(values, axis=0)
    print("%-18s true rank %5.2f, mean value %5.2f, inside %5.1f %%; true regret %.4f, mean value %.4f, inside %5.1f %%" %
          (name, truth[0], mean[0], 100 * inside[0] / RUNS, truth[1], mean[1], 100 * inside[1] / RUNS), flush=True)
