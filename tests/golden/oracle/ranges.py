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


def change_interval(x, draws, sets):
    """sets: lists of (groups after, the same groups before), as places in x."""
    count = len(draws)
    off = [[d - v for d, v in zip(row, x)] for row in draws]

    def moment(i, j):
        return sum(row[i] * row[j] for row in off) / count

    def tie(i, j):
        return abs(x[i] - x[j]) <= 2 * math.sqrt(max(0, moment(i, i) + moment(j, j) - 2 * moment(i, j)))

    def value(members, y):
        return statistics.fmean(spread([y[i] for i in a]) - spread([y[i] for i in b]) for a, b in members)

    def ends(values, q=(0.025, 0.975)):
        return [percentile(sorted(values), at) for at in q]

    def errors(members, tied):
        """tied 0: ties after; 1: ties before."""
        y = list(x)
        for pair in members:
            own, other = pair[tied], pair[1 - tied]
            top, bottom = max(own, key=lambda i: x[i]), min(own, key=lambda i: x[i])
            for i, j in zip(own, other):
                if tie(top, bottom):
                    y[i] = sum(x[k] / moment(k, k) for k in own) / sum(1 / moment(k, k) for k in own)
                else:
                    near = [e for e in (top, bottom) if tie(i, e)]
                    y[i] = x[min(near, key=lambda e: abs(x[e] - x[i]))] if near else x[i]
                y[j] = x[j] + moment(i, j) / moment(i, i) * (y[i] - x[i])
        return [value(members, [v + e for v, e in zip(y, row)]) - value(members, y) for row in off]

    seen = [value(m, x) for m in sets]
    observed = max(seen)
    low, high = ends([max(value(m, row) for m in sets) for row in draws])
    lo, hi = min(observed, low), max(observed, high)
    after = [errors(m, 0) for m in sets]
    lo = min(lo, 2 * observed - ends([max(v + e[k] for v, e in zip(seen, after)) for k in range(count)])[1])
    for m, v in zip(sets, seen):
        hi = max(hi, v - ends(errors(m, 1))[0])
    return observed, lo, hi


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
            ("mean", [0.7, 0.62, 0.75, 0.5, 0.6, 0.28, 0.42, 0.18], [[((0, 1), (4, 5)), ((2, 3), (6, 7))]]),
            ("two sets", [0.7, 0.62, 0.75, 0.5, 0.6, 0.28, 0.42, 0.18], [[((0, 1), (4, 5))], [((2, 3), (6, 7))]])):
        print("%-10s value %.9f, lo %.6f, hi %.6f" % ("change, " + name, *change_interval(x, paired(x, rows), sets)))


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


if __name__ == "__main__":
    main()
