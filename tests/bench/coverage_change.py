"""Coverage of the interval of fairness.amplification: share of simulated holdouts whose interval, the wider of basic and percentile
bootstrap, holds the true change of a range of selection rates, max - min for a model of the candidate minus max - min for a model of real
rows. The two models decide on the same rows and agree on a part of them.

Usage: coverage_change.py [RUNS] (500); numpy."""
import sys

import numpy as np

RUNS, SAMPLES = int(sys.argv[1]) if len(sys.argv) > 1 else 500, 200
WORLDS = {  # rows by group; selection rates by group: candidate's model, real rows' model
    "2 groups, no gap, no change": ([500, 500], [0.4, 0.4], [0.4, 0.4]),
    "2 groups, gap, no change": ([500, 500], [0.5, 0.3], [0.5, 0.3]),
    "2 groups, gap made": ([500, 500], [0.5, 0.3], [0.4, 0.4]),
    "2 groups, gap lost": ([500, 500], [0.4, 0.4], [0.5, 0.3]),
    "2 groups, gap turned": ([500, 500], [0.5, 0.3], [0.3, 0.5]),
    "5 groups, no gap, no change": ([200] * 5, [0.4] * 5, [0.4] * 5),
    "5 groups, gap, no change": ([200] * 5, [0.5, 0.4, 0.4, 0.4, 0.3], [0.5, 0.4, 0.4, 0.4, 0.3]),
    "5 groups, gap made": ([200] * 5, [0.4, 0.4, 0.4, 0.4, 0.2], [0.4] * 5),
    "5 groups, gap lost": ([200] * 5, [0.4] * 5, [0.4, 0.4, 0.4, 0.4, 0.2]),
    "5 groups, other order": ([200] * 5, [0.5, 0.4, 0.4, 0.4, 0.3], [0.3, 0.4, 0.4, 0.4, 0.5]),
}


def cells(a, b, agree=0.8):
    """Chances of (both, candidate's alone, real's alone, neither): a mixture of one coin for both and a coin each."""
    both = agree * min(a, b) + (1 - agree) * a * b
    return np.array([both, a - both, b - both, 1 - a - b + both])


def change(counts):
    n = counts.sum(axis=-1)
    s, r = (counts[..., 0] + counts[..., 1]) / n, (counts[..., 0] + counts[..., 2]) / n
    return np.ptp(s, axis=-1) - np.ptp(r, axis=-1)


for name, (rows, subject, real) in WORLDS.items():
    random = np.random.default_rng(5)
    truth = np.ptp(subject) - np.ptp(real)
    above = below = 0
    width, values = 0, []
    for _ in range(RUNS):
        counts = np.array([random.multinomial(n, cells(a, b)) for n, a, b in zip(rows, subject, real)])
        total = counts.sum()
        drawn = random.multinomial(total, (counts / total).ravel(), size=SAMPLES).reshape(SAMPLES, len(rows), 4)
        value = change(counts)
        lo, hi = np.quantile(change(drawn), [0.025, 0.975], method="weibull")
        lo, hi = min(lo, 2 * value - hi, value), max(hi, 2 * value - lo, value)
        above += lo > truth + 1e-12
        below += hi < truth - 1e-12
        width += hi - lo
        values.append(value)
    print("| %s | %.3f | %.3f | %.3f | %.1f %% | %.1f %% | %.1f %% |" %
          (name, truth, np.mean(values), width / RUNS, *(100 * k / RUNS for k in (RUNS - above - below, above, below))), flush=True)
