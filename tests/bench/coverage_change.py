"""Coverage of the interval of fairness.amplification (docs/statistics.md#ranges-over-groups): share of simulated holdouts whose interval
holds the true change of a range of selection rates, max - min for models of the candidate minus max - min for models of real rows, mean
over learners. All models decide on the same rows and agree on a part of them. Beside it what held before: the wider of basic and
percentile bootstrap.

Usage: coverage_change.py [RUNS] (500); numpy."""
import sys

import numpy as np

RUNS, SAMPLES, NEAR = int(sys.argv[1]) if len(sys.argv) > 1 else 500, 200, 2
EVEN, UNEVEN = [200] * 5, [400, 300, 150, 100, 50]


def steps(k, turn=False):
    """Rates of five groups, the first and last k standard errors of a difference apart, the others between."""
    half = k * (2 * 0.24 / 200) ** 0.5 / 2 * (-1 if turn else 1)
    return [0.4 + half, 0.4, 0.4, 0.4, 0.4 - half]


LINES = [  # name; rows by group; selection rates by group: candidate's models, real rows' models; learners
    ("2 groups, no gap, no change", [500, 500], [0.4, 0.4], [0.4, 0.4], 1),
    ("2 groups, gap, no change", [500, 500], [0.5, 0.3], [0.5, 0.3], 1),
    ("2 groups, gap made", [500, 500], [0.5, 0.3], [0.4, 0.4], 1),
    ("2 groups, gap lost", [500, 500], [0.4, 0.4], [0.5, 0.3], 1),
    ("2 groups, gap turned", [500, 500], [0.5, 0.3], [0.3, 0.5], 1),
    ("5 groups, no gap, no change", EVEN, [0.4] * 5, [0.4] * 5, 1),
    ("5 groups, gap, no change", EVEN, [0.5, 0.4, 0.4, 0.4, 0.3], [0.5, 0.4, 0.4, 0.4, 0.3], 1),
    ("5 groups, gap made", EVEN, [0.4, 0.4, 0.4, 0.4, 0.2], [0.4] * 5, 1),
    ("5 groups, gap lost", EVEN, [0.4] * 5, [0.4, 0.4, 0.4, 0.4, 0.2], 1),
    ("5 groups, other order", EVEN, [0.5, 0.4, 0.4, 0.4, 0.3], [0.3, 0.4, 0.4, 0.4, 0.5], 1),
    ("5 groups, gap of 1 s.e. made", EVEN, steps(1), [0.4] * 5, 1),
    ("5 groups, gap of 2 s.e. made", EVEN, steps(2), [0.4] * 5, 1),
    ("5 groups, gap of 3 s.e. made", EVEN, steps(3), [0.4] * 5, 1),
    ("5 groups, gap of 2 s.e. turned", EVEN, steps(2), steps(2, True), 1),
    ("2 groups, 950 and 50 rows, no gap, no change", [950, 50], [0.4, 0.4], [0.4, 0.4], 1),
    ("2 groups, 950 and 50 rows, gap made", [950, 50], [0.4, 0.2], [0.4, 0.4], 1),
    ("2 groups, 950 and 50 rows, gap turned", [950, 50], [0.4, 0.2], [0.4, 0.6], 1),
    ("5 groups, 400 to 50 rows, gap made", UNEVEN, [0.4, 0.4, 0.4, 0.4, 0.2], [0.4] * 5, 1),
    ("20 groups, no gap, no change", [50] * 20, [0.4] * 20, [0.4] * 20, 1),
    ("20 groups, gap made", [50] * 20, [0.4] * 19 + [0.1], [0.4] * 20, 1),
    ("2 groups, no gap, no change, three learners", [500, 500], [0.4, 0.4], [0.4, 0.4], 3),
    ("2 groups, gap made, three learners", [500, 500], [0.5, 0.3], [0.4, 0.4], 3),
    ("5 groups, gap, no change, three learners", EVEN, [0.5, 0.4, 0.4, 0.4, 0.3], [0.5, 0.4, 0.4, 0.4, 0.3], 3),
    ("5 groups, gap made, three learners", EVEN, [0.4, 0.4, 0.4, 0.4, 0.2], [0.4] * 5, 3),
    ("5 groups, gap of 2 s.e. made, three learners", EVEN, steps(2), [0.4] * 5, 3),
]


def cells(rates, agree=0.8):
    """Chances of the patterns of decisions, bit k that of model k: a mixture of one coin for all models and a coin each."""
    out, edges = np.zeros(2 ** len(rates)), np.concatenate([[0], np.sort(rates), [1]])
    for low, high in zip(edges, edges[1:]):
        out[sum(1 << k for k, rate in enumerate(rates) if rate >= high)] += agree * (high - low)
    for pattern in range(len(out)):
        out[pattern] += (1 - agree) * np.prod([r if pattern >> k & 1 else 1 - r for k, r in enumerate(rates)])
    return out


def change(after, before):
    """Learners x groups, whatever stands before these axes."""
    return (np.ptp(after, axis=-1) - np.ptp(before, axis=-1)).mean(axis=-1)


def moved(x, off):
    """Numbers of one list, those near an end moved onto it. off: samples x groups."""
    top, bottom = x.argmax(), x.argmin()
    near = [np.abs(x - x[end]) <= NEAR * np.sqrt(((off - off[:, [end]]) ** 2).mean(axis=0)) for end in (top, bottom)]
    if near[0][bottom]:
        weight = 1 / np.maximum((off ** 2).mean(axis=0), 1e-12)
        return np.full(len(x), (weight * x).sum() / weight.sum())
    high = near[0] & (~near[1] | (x[top] - x < x - x[bottom]))
    return np.where(high, x[top], np.where(near[1], x[bottom], x))


def errors(tied, tied_off, other, other_off):
    """Centres of both lists (learners x groups) under the ties of the first."""
    centre = np.array([moved(x, tied_off[:, k]) for k, x in enumerate(tied)])
    slope = (tied_off * other_off).mean(axis=0) / np.maximum((tied_off ** 2).mean(axis=0), 1e-12)
    return centre, other + slope * (centre - tied)


def ends(values):
    return np.quantile(values, [0.025, 0.975], method="weibull")


def intervals(x, drawn):
    """The interval and the wider of basic and percentile. x: 2 x learners x groups (candidate, real), drawn: samples of it."""
    value, draws, off = change(*x), change(drawn[:, 0], drawn[:, 1]), drawn - x
    low, high = ends(draws)
    after, before = errors(x[0], off[:, 0], x[1], off[:, 1])
    lo = value - ends(change(after + off[:, 0], before + off[:, 1]) - change(after, before))[1]
    before, after = errors(x[1], off[:, 1], x[0], off[:, 0])
    hi = value - ends(change(after + off[:, 0], before + off[:, 1]) - change(after, before))[0]
    return (min(value, low, lo), max(value, high, hi)), (min(value, low, 2 * value - high), max(value, high, 2 * value - low))


def main():
    for name, rows, subject, real, learners in LINES:
        random, truth = np.random.default_rng(5), np.ptp(subject) - np.ptp(real)
        chances = [cells([s] * learners + [r] * learners) for s, r in zip(subject, real)]
        patterns = (np.arange(len(chances[0]))[:, None] >> np.arange(2 * learners)) & 1
        values, found = [], []
        for _ in range(RUNS):
            counts = np.array([random.multinomial(n, p) for n, p in zip(rows, chances)])
            samples = random.multinomial(counts.sum(), (counts / counts.sum()).ravel(), size=SAMPLES).reshape(SAMPLES, *counts.shape)

            def rates(c):
                share = np.swapaxes(c @ patterns / c.sum(axis=-1)[..., None], -1, -2)
                return share.reshape(*share.shape[:-2], 2, learners, len(rows))
            x = rates(counts)
            values.append(change(*x))
            found.append(intervals(x, rates(samples)))
        lo, hi = np.array(found)[..., 0], np.array(found)[..., 1]
        above, below = 100 * (lo > truth + 1e-12).mean(axis=0), 100 * (hi < truth - 1e-12).mean(axis=0)
        print("| %s | %.3f | %.3f | %.3f | %.1f %% | %.1f %% | %.1f %% | %.3f | %.1f %% |" %
              (name, truth, np.mean(values), (hi - lo).mean(axis=0)[0], 100 - above[0] - below[0], above[0], below[0],
               (hi - lo).mean(axis=0)[1], 100 - above[1] - below[1]), flush=True)


if __name__ == "__main__":
    main()
