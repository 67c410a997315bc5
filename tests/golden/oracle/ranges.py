"""Intervals of ranges over groups, from the definition in docs/statistics.md alone. Prints the numbers of tests/unit/test_range_interval.c and
test_range_change.c.

Usage: python3 ranges.py"""
import math
import statistics

Z = statistics.NormalDist().inv_cdf(0.975)


def least(f, lo, hi):
    """Where a convex f is least."""
    for _ in range(200):
        a, b = lo + (hi - lo) / 3, hi - (hi - lo) / 3
        lo, hi = (lo, b) if f(a) < f(b) else (a, hi)
    return (lo + hi) / 2


def root(f, lo, hi):
    """Where a falling f crosses 0."""
    for _ in range(200):
        middle = (lo + hi) / 2
        lo, hi = (middle, hi) if f(middle) > 0 else (lo, middle)
    return (lo + hi) / 2


def percentile(values, q):
    at = q * (len(values) + 1) - 1
    return values[int(at)] + (at - int(at)) * (values[int(at) + 1] - values[int(at)])


def share_sd(p, n):
    p = min(1, max(0, p))
    return math.sqrt(p * (1 - p) / n)


class Block:
    """One list of numbers; trials None: no shares. noise[b][i]."""

    def __init__(self, form, x, trials, replicates):
        self.form, self.x, self.trials = form, x, trials
        off = [[r - v for r, v in zip(row, x)] for row in replicates]
        if trials:
            self.sd = [share_sd((v * n + 2) / (n + 4), n + 4) for v, n in zip(x, trials)]
            unit = [share_sd(v, n) for v, n in zip(x, trials)]
        else:
            self.sd = unit = [math.sqrt(sum(row[i] ** 2 for row in off) / len(off)) for i in range(len(x))]
        self.noise = [[o / u for o, u in zip(row, unit)] for row in off]

    def value(self, x):
        if self.form == "inequity":
            return 1 - x[0] / (1 + sum(abs(v - x[0]) for v in x[1:]))
        return max(x) - (min(x) if self.form == "spread" else 0)

    def moved(self, value):
        x, sd = self.x, self.sd
        if self.form == "inequity":
            def nearer(steps):
                return [x[0]] + [x[0] + math.copysign(max(0, abs(v - x[0]) - steps * s), v - x[0]) for v, s in zip(x[1:], sd[1:])]
            equal = 1 - x[0]
            if equal >= value:
                return [1 - value] * len(x)
            return nearer(root(lambda steps: self.value(nearer(steps)) - value, 0, 1e6))
        if self.form == "highest":
            return [value if value - v < 2 * s else v for v, s in zip(x, sd)]
        low = least(lambda a: sum((max(a - v, 0, v - a - value) / s) ** 2 for v, s in zip(x, sd)), min(x) - 1, max(x) + 1)
        high = low + value
        return [(low if v - low < 2 * s else v) if v - low < high - v else (high if high - v < 2 * s else v) for v, s in zip(x, sd)]

    def drawn(self, moved, b):
        sd = [share_sd(m, n) for m, n in zip(moved, self.trials)] if self.trials else self.sd
        return self.value([m + e * s for m, e, s in zip(moved, self.noise[b], sd)])

    def reaches(self):
        for i, (v, s) in enumerate(zip(self.x, self.sd)):
            if self.form == "highest":
                yield v + Z * s
            else:
                yield from (v - u + Z * math.hypot(s, r) for j, (u, r) in enumerate(zip(self.x, self.sd)) if j != i)


def interval(sets, count):
    """sets: lists of members: lists of blocks."""
    observed_of = [[max(b.value(b.x) for b in member) for member in members] for members in sets]
    observed = max(sum(m) / len(m) for m in observed_of)

    def accepts(t):
        targets = []
        for members, values in zip(sets, observed_of):
            loss = 0
            if sum(values) / len(values) > t:
                loss = root(lambda d: sum(max(v - d, 0) for v in values) / len(values) - t, 0, max(values))
            targets.append([[b.moved(min(b.value(b.x), max(v - loss, 0))) for b in member] for member, v in zip(members, values)])
        far = 1
        for k in range(count):
            drawn = max(sum(max(b.drawn(m, k) for b, m in zip(member, moved)) for member, moved in zip(members, target)) / len(members)
                        for members, target in zip(sets, targets))
            far += abs(drawn - t) >= observed - t
        return far > 0.05 * (count + 1)

    lo = 0
    if not accepts(0):
        out, lo = 0, observed
        for _ in range(40):
            middle = (out + lo) / 2
            out, lo = (out, middle) if accepts(middle) else (middle, lo)
    hi = observed
    for members in sets:
        if members[0][0].form == "inequity":
            block = members[0][0]  # one set of one member alone
            values = sorted(block.value([v + e * share_sd(v, n) for v, e, n in zip(block.x, row, block.trials)]) for row in block.noise)
            low, high = (percentile(values, q) for q in (0.025, 0.975))
            mean = sum(values) / count
            hi = observed + max(high - mean, mean - low)
            break
        hi = max(hi, sum(max([0] + [pair for b in member for pair in b.reaches()]) for member in members) / len(members))
    return observed, lo, hi


def replicates(x, trials, first, count=99):
    """Deterministic noise in place of a bootstrap: number i of replicate b is off by about 1.4 sin(37(b + 1)(i + 1)) standard errors."""
    return [[v + math.sqrt(2 * v * (1 - v) / n) * math.sin(37.0 * (b + 1) * (first + i + 1)) for i, (v, n) in enumerate(zip(x, trials))]
            for b in range(count)]


def spread(x):
    return max(x) - min(x)


def range_cdf(r, groups, steps=4000):
    """Of the range of standard normals, by the rectangle rule."""
    normal, step = statistics.NormalDist(), 16 / steps
    at = [-8 + step * (k + 0.5) for k in range(steps)]
    return groups * step * math.fsum(normal.pdf(z) * (normal.cdf(z + r) - normal.cdf(z)) ** (groups - 1) for z in at)


def range_quantile(p, groups):
    lo, hi = 0.0, 12.0
    while hi - lo > 1e-9:
        middle = (lo + hi) / 2
        lo, hi = (middle, hi) if range_cdf(middle, groups) < p else (lo, middle)
    return lo


def range_mean(groups, steps=1200):
    return 12 / steps * math.fsum(1 - range_cdf(12 / steps * (k + 0.5), groups, 1600) for k in range(steps))


def change_end(x, draws, members, trials, miss):
    """Upper end of the mean over members, pairs (groups after, the same groups before)."""
    count = len(draws)
    off = [[d - v for d, v in zip(row, x)] for row in draws]

    def variance(i):
        n, v = trials[i], sum(row[i] ** 2 for row in off) / count
        share = (x[i] * n + 1) / (n + 2)
        return v if 0 < x[i] < 1 else max(v, share * (1 - share) / n)

    def bounds(after, before):
        z, groups = statistics.NormalDist().inv_cdf(1 - miss / 2), len(after)
        wide, mean = range_quantile(1 - 0.6 * miss, groups) / math.sqrt(2), range_mean(groups) / math.sqrt(2)
        both = {(i, j): sum(row[i] * row[j] for row in off) / count for i, j in zip(after, before)}
        pairs = [(i, j) for i in range(groups) for j in range(groups) if i != j]
        found = []
        for i, j in pairs:
            of = []
            for k, l in pairs:
                signs = [(after[i], 1), (after[j], -1), (before[k], -1), (before[l], 1)]
                square = sum(variance(a) for a, _ in signs) + 2 * sum(
                    s * t * both.get((a, b), 0) for a, s in signs[:2] for b, t in signs[2:])
                error, own = math.sqrt(max(square, 0)), (i, j) == (k, l)
                value = sum(s * x[a] for a, s in signs)
                noise = [sum(s * row[a] for a, s in signs) for row in off]
                of.append((value + (z if own else wide) * error, value, 0 if own else mean * error, (z if own else wide - mean) * error, noise))
            found.append(min(of, key=lambda e: e[0]))
        return max(found, key=lambda e: e[0])

    chosen = [bounds(*m) for m in members]

    def alike(a, b):
        aa, bb, ab = (sum(s * t for s, t in zip(u, v)) for u, v in ((a, a), (b, b), (a, b)))
        return ab / math.sqrt(aa * bb)
    square = sum(a[3] * b[3] * (1 if a is b else alike(a[4], b[4])) for a in chosen for b in chosen)
    return (sum(c[1] + c[2] for c in chosen) + math.sqrt(square)) / len(chosen)


def change_interval(x, draws, trials, sets):
    value = max(statistics.fmean(spread([x[i] for i in a]) - spread([x[i] for i in b]) for a, b in members) for members in sets)
    hi = max(change_end(x, draws, members, trials, 0.05) for members in sets)
    lo = max(-change_end(x, draws, [(b, a) for a, b in members], trials, 0.05 / len(sets)) for members in sets)
    return value, lo, hi


def paired(x, trials, count=99):
    """Noise as that of replicates; that of the second half has .8 of the first half's in it."""
    half, wave = len(x) // 2, lambda b, i: math.sin(37.0 * (b + 1) * (i + 1))
    return [[v + math.sqrt(2 * v * (1 - v) / n) * (wave(b, i) if i < half else 0.8 * wave(b, i - half) + 0.6 * wave(b, i))
             for i, (v, n) in enumerate(zip(x, trials))] for b in range(count)]


def changes():
    rows, first, second = [200, 100, 150, 60] * 2, (0, 1, 2, 3), (4, 5, 6, 7)
    for name, x, sets in (
            ("both", [0.7, 0.62, 0.75, 0.5, 0.6, 0.28, 0.42, 0.18], [[(first, second)]]),
            ("made", [0.7, 0.62, 0.75, 0.5, 0.62, 0.64, 0.6, 0.63], [[(first, second)]]),
            ("lost", [0.7, 0.62, 0.75, 0.5, 0.62, 0.64, 0.6, 0.63], [[(second, first)]]),
            ("none", [0.61, 0.62, 0.65, 0.6, 0.62, 0.64, 0.6, 0.63], [[(first, second)]]),
            ("near", [0.4, 0.78, 0.9, 0.6, 0.62, 0.64, 0.6, 0.63], [[(first, second)]]),
            ("constant", [0, 0.1, 0, 0.05, 0.1, 0.15, 0, 0.12], [[(first, second)]]),
            ("mean", [0.7, 0.62, 0.75, 0.5, 0.6, 0.28, 0.42, 0.18], [[((0, 1), (4, 5)), ((2, 3), (6, 7))]]),
            ("two sets", [0.7, 0.62, 0.75, 0.5, 0.6, 0.28, 0.42, 0.18], [[((0, 1), (4, 5))], [((2, 3), (6, 7))]])):
        print("%-10s value %.9f, lo %.6f, hi %.6f" % ("change, " + name, *change_interval(x, paired(x, rows), rows, sets)))


def main():
    tpr, positives = [0.7, 0.62, 0.75, 0.5], [200, 100, 150, 60]
    fpr, negatives = [0.3, 0.28, 0.42, 0.18], [90, 60, 80, 40]
    a = Block("spread", tpr, positives, replicates(tpr, positives, 0))
    b = Block("spread", fpr, negatives, replicates(fpr, negatives, 4))
    plain = Block("spread", tpr, None, replicates(tpr, positives, 0))
    for name, sets in (("spread", [[[a]]]), ("no shares", [[[plain]]]), ("larger", [[[a, b]]]), ("mean", [[[a], [b]]]), ("two sets", [[[a]], [[b]]]),
                       ("highest", [[[Block("highest", tpr, positives, replicates(tpr, positives, 0))]]]),
                       ("inequity", [[[Block("inequity", tpr, positives, replicates(tpr, positives, 0))]]])):
        print("%-10s value %.9f, lo %.6f, hi %.6f" % (name, *interval(sets, 99)))
    changes()
    for groups in (2, 3, 5, 20):
        print("range of %2d normals: mean %.6f, 95 %% below %.6f" % (groups, range_mean(groups), range_quantile(0.95, groups)))


if __name__ == "__main__":
    main()
