"""Coverage of the interval of fairness.amplification (docs/statistics.md#ranges-over-groups): share of simulated holdouts whose interval
holds the true change of a range of selection rates, max - min for models of the candidate minus max - min for models of real rows, mean
over learners. All models decide on the same rows and agree on a part of them. Beside it what held before: the wider of basic and
percentile bootstrap.

Usage: coverage_change.py [RUNS] (500); numpy."""
import sys

import numpy as np

RUNS, SAMPLES = int(sys.argv[1]) if len(sys.argv) > 1 else 500, 200
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
    ("2 groups, gap of 1 s.e. made", [500, 500], [0.4, 0.369], [0.4, 0.4], 1),
    ("2 groups, gap of 2 s.e. made", [500, 500], [0.4, 0.338], [0.4, 0.4], 1),
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
    ("2 groups, gap of 1 s.e. made, three learners", [500, 500], [0.4, 0.369], [0.4, 0.4], 3),
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


def constants(groups, miss=0.05):
    """Standard errors: of a pair itself, of the other pairs; the mean of these."""
    ranges = np.ptp(np.random.default_rng(1).standard_normal((400000, groups)), axis=1) / 2 ** 0.5
    return 1.959964, np.quantile(ranges, 1 - 0.6 * miss), ranges.mean()


def upper(x, off, own, others, mean):
    """Upper end of the change. x: 2 x learners x groups, off: errors of samples of it."""
    groups = x.shape[-1]
    i, j = np.nonzero(~np.eye(groups, dtype=bool))
    pairs = np.zeros((len(i), groups))
    pairs[np.arange(len(i)), i], pairs[np.arange(len(i)), j] = 1, -1
    same = np.eye(len(i), dtype=bool)
    value, noise = 0, []
    for k in range(x.shape[1]):
        a, b, c = (off[:, 0, k] ** 2).mean(axis=0), (off[:, 1, k] ** 2).mean(axis=0), (off[:, 0, k] * off[:, 1, k]).mean(axis=0)
        error = np.sqrt(np.maximum(((pairs ** 2) @ a)[:, None] + (pairs ** 2) @ b - 2 * (pairs * c) @ pairs.T, 0))
        differences = (pairs @ x[0, k])[:, None] - pairs @ x[1, k]
        bounds = differences + np.where(same, own, others) * error
        before = bounds.argmin(axis=1)
        after = bounds.min(axis=1).argmax()
        before = before[after]
        bias = 0 if after == before else mean
        value += differences[after, before] + bias * error[after, before]
        drawn = off[:, 0, k] @ pairs[after] - off[:, 1, k] @ pairs[before]
        spread = ((own if after == before else others) - bias) * error[after, before]
        noise.append(spread * drawn / max(np.sqrt((drawn ** 2).mean()), 1e-12))
    return (value + np.sqrt((np.sum(noise, axis=0) ** 2).mean())) / x.shape[1]


def ends(values):
    return np.quantile(values, [0.025, 0.975], method="weibull")


def intervals(x, drawn, parameters):
    """The interval and the wider of basic and percentile. x: 2 x learners x groups (candidate, real), drawn: samples of it."""
    value, draws, off = change(*x), change(drawn[:, 0], drawn[:, 1]), drawn - x
    low, high = ends(draws)
    bounds = -upper(x[::-1], off[:, ::-1], *parameters), upper(x, off, *parameters)
    return bounds, (min(value, low, 2 * value - high), max(value, high, 2 * value - low))


def main():
    for name, rows, subject, real, learners in LINES:
        random, truth = np.random.default_rng(5), np.ptp(subject) - np.ptp(real)
        chances = [cells([s] * learners + [r] * learners) for s, r in zip(subject, real)]
        patterns = (np.arange(len(chances[0]))[:, None] >> np.arange(2 * learners)) & 1
        values, found, parameters = [], [], constants(len(rows))
        for _ in range(RUNS):
            counts = np.array([random.multinomial(n, p) for n, p in zip(rows, chances)])
            samples = random.multinomial(counts.sum(), (counts / counts.sum()).ravel(), size=SAMPLES).reshape(SAMPLES, *counts.shape)

            def rates(c):
                share = np.swapaxes(c @ patterns / c.sum(axis=-1)[..., None], -1, -2)
                return share.reshape(*share.shape[:-2], 2, learners, len(rows))
            x = rates(counts)
            values.append(change(*x))
            found.append(intervals(x, rates(samples), parameters))
        lo, hi = np.array(found)[..., 0], np.array(found)[..., 1]
        above, below = 100 * (lo > truth + 1e-12).mean(axis=0), 100 * (hi < truth - 1e-12).mean(axis=0)
        print("| %s | %.3f | %.3f | %.3f | %.1f %% | %.1f %% | %.1f %% | %.3f | %.1f %% |" %
              (name, truth, np.mean(values), (hi - lo).mean(axis=0)[0], 100 - above[0] - below[0], above[0], below[0],
               (hi - lo).mean(axis=0)[1], 100 - above[1] - below[1]), flush=True)


if __name__ == "__main__":
    main()
