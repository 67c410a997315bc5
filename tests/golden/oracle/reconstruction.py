"""Reconstruction after docs/measures/privacy.reconstruction.md, with a linear program solver of its own."""
import bisect, collections, itertools, math

from .tables import auc, coded_rows, nearest, newcombe, normal, present


class AbsoluteFit:
    """min Σ w|A t − b| + Σ c t over 0 ≤ t ≤ 1 by the simplex method on a full tableau: small instances alone. Basic variables are
    records or residuals, each row gives one as a linear function of the nonbasic ones; a residual may cross 0 at the price of a kink."""

    def __init__(self, n, queries):
        self.n, self.w = n, [w for _, w, _ in queries]
        self.cost = [0.0] * n
        self.basis = [n + j for j in range(len(queries))]
        self.free = list(range(n))
        self.at = [0.0] * n
        # Answers are shifted by less than 1e-9, so that no two kinks coincide.
        self.value = [-b + 1e-9 * ((j * 0.6180339887498949) % 1) for j, (_, _, b) in enumerate(queries)]
        self.tableau = []
        for members, _, _ in queries:
            inside = set(members)
            self.tableau.append([1.0 if i in inside else 0.0 for i in range(n)])

    def slopes(self):
        total = [self.cost[v] if v < self.n else 0.0 for v in self.free]
        for v, x, row in zip(self.basis, self.value, self.tableau):
            rate = self.cost[v] if v < self.n else math.copysign(self.w[v - self.n], x)
            if rate:
                total = [t + rate * a for t, a in zip(total, row)]
        return total

    def solve(self):
        for _ in range(20000):
            best = (-1e-10, None, None)
            for k, (v, slope) in enumerate(zip(self.free, self.slopes())):
                own = self.w[v - self.n] if v >= self.n else 0.0
                if v >= self.n or self.at[v] == 0:
                    best = min(best, (slope + own, k, 1.0), key=lambda x: x[0])
                if v >= self.n or self.at[v] == 1:
                    best = min(best, (own - slope, k, -1.0), key=lambda x: x[0])
            if best[1] is None:
                return
            self.move(*best)
        raise ArithmeticError("the simplex method does not end")

    def move(self, slope, k, sign):
        entering, kinks = self.free[k], []
        for i, (v, x) in enumerate(zip(self.basis, self.value)):
            a = sign * self.tableau[i][k]
            if abs(a) < 1e-9:
                continue
            if v < self.n:
                kinks.append((max(((1.0 if a > 0 else 0.0) - x) / a, 0.0), i, math.inf))
            elif x * a < 0:
                kinks.append((-x / a, i, 2 * self.w[v - self.n] * abs(a)))
        if entering < self.n:
            kinks.append((1.0, -1, math.inf))
        for step, row, rise in sorted(kinks):
            slope += rise
            if slope >= 0:
                break
        self.value = [x + sign * step * t[k] for x, t in zip(self.value, self.tableau)]
        if row < 0:
            self.at[entering] = 1 - self.at[entering]
        else:
            self.pivot(row, k, (self.at[entering] if entering < self.n else 0.0) + sign * step)

    def pivot(self, row, k, x):
        leaving, entering = self.basis[row], self.free[k]
        if leaving < self.n:
            self.at[leaving] = float(round(self.value[row]))
        old = self.tableau[row]
        p = old[k]
        new = [-a / p for a in old]
        new[k] = 1 / p
        for i, t in enumerate(self.tableau):
            f = t[k]
            if i != row and f:
                t[k] = 0.0
                self.tableau[i] = [a + f * b if b else a for a, b in zip(t, new)]
        self.tableau[row], self.value[row] = new, x
        self.basis[row], self.free[k] = entering, leaving

    def solution(self):
        t = list(self.at)
        for v, x in zip(self.basis, self.value):
            if v < self.n:
                t[v] = min(max(x, 0.0), 1.0)
        return t


def quasi_codes(world, table):
    codes = []
    for c in world.quasi:
        values, real = table.column[c], present(world.train.column[c])
        if c in world.numeric and len(set(real)) > 20:
            s = sorted(real)
            edges = sorted({s[len(s) * j // 10] for j in range(1, 10)} - {s[0]})
            values = [None if v is None else bisect.bisect_right(edges, v) for v in values]
        codes.append(values)
    return codes


def queries_of(world, targets, candidate, secret, positive):
    """(members, weight, answer) of every pair of quasi-identifiers and combination that both tables have."""
    t, s = quasi_codes(world, targets), quasi_codes(world, candidate)
    known = [i for i, v in enumerate(candidate.column[secret]) if v is not None]
    labels, s = [candidate.column[secret][i] == positive for i in known], [[c[i] for i in known] for c in s]
    result = []
    for a, b in itertools.combinations(range(len(t)), 2):
        inside = collections.defaultdict(list)
        for i, key in enumerate(zip(t[a], t[b])):
            inside[key].append(i)
        matches, hits = collections.Counter(), collections.Counter()
        for key, label in zip(zip(s[a], s[b]), labels):
            matches[key] += 1
            hits[key] += label
        for key, members in inside.items():
            if matches[key]:
                p, size = hits[key] / matches[key], len(members)
                result.append((members, (size**2 * p * (1 - p) / matches[key] + 0.05) ** -0.5, size * p))
    return result


def objective(queries, t):
    return math.fsum(w * abs(math.fsum(t[i] for i in members) - b) for members, w, b in queries)


def classes_of(world, secret):
    """Two levels in their order, more by frequency in train."""
    counts = collections.Counter(present(world.train.column[secret]))
    return sorted(counts) if len(counts) == 2 else sorted(counts, key=lambda v: (-counts[v], v))


def most_frequent(world, candidate, secret):
    """The candidate's most frequent class, of equally frequent ones the first."""
    cells = candidate.column[secret]
    return max(classes_of(world, secret), key=cells.count)


def nearest_completion(world, targets, candidate, secret):
    """Share of targets whose secret is that of the class with the nearest candidate row."""
    rows = coded_rows(world, candidate, world.quasi, True)
    classes, common = classes_of(world, secret), most_frequent(world, candidate, secret)
    classes.sort(key=lambda v: v != common)
    groups = [[r for r, v in zip(rows, candidate.column[secret]) if v == c] for c in classes]
    right = 0
    for row, truth in zip(coded_rows(world, targets, world.quasi, True), targets.column[secret]):
        d = [nearest(row, group) for group in groups]
        right += classes[min(range(len(d)), key=lambda k: (round(d[k], 12), k))] == truth
    return right / targets.n


def ranges(fit):
    """Least and greatest t of every record over the optimal solutions: a small price on t moves it along the face, and no further."""
    ends = []
    for i in range(fit.n):
        pair = []
        for price in (1e-4, -1e-4):
            fit.cost[i] = price
            fit.solve()
            pair.append(fit.solution()[i])
        fit.cost[i] = 0.0
        ends.append(pair)
    fit.solve()
    return ends


def check_fit(tally, g, what, world, s, d, t, least, greatest):
    """A binary secret, exact L1: the queries, the optimum, what of it is not settled, and what follows from the scores t; least and
    greatest: record to end of its score's range, for those that the evidence gives one of."""
    truth, n = world.train.column[d["column"]], world.train.n
    positive = classes_of(world, d["column"])[1]
    t = [x if v == positive else 1 - x for x, v in zip(t, truth)]  # the file gives the score of the true class
    queries = queries_of(world, world.train, s, d["column"], positive)
    tally.same(g, f"{what} queries", d["queries"], len(queries))
    fit = AbsoluteFit(n, queries)
    fit.solve()
    tally.same(g, f"{what} objective", objective(queries, t), objective(queries, fit.solution()), 1e-7)
    tally.same(g, f"{what} objective", d["objective"], objective(queries, t), 1e-7)
    tally.holds(g, f"{what} gap {d['gap']}", abs(d["gap"]) <= 1e-8 * (1 + d["objective"]))
    tally.same(g, f"{what} accuracy", d["accuracy"], sum((x >= 0.5) == (v == positive) for x, v in zip(t, truth)) / n)
    # Scores that only rounding keeps apart may fall either way.
    sides = [[x for x, v in zip(t, truth) if (v == positive) == side] for side in (True, False)]
    ends = [auc([x + shift for x in sides[0]], sides[1])[0] for shift in (-1e-6, 1e-6)]
    tally.holds(g, f"{what} auc {d['auc']} in {ends}", ends[0] <= d["auc"] <= ends[1])
    found = ranges(fit)
    tally.same(g, f"{what} undetermined", d["undetermined"], sum(hi - lo > 1e-5 for lo, hi in found) / n)
    for i, (lo, hi) in enumerate(found):
        if hi - lo > 1e-5:
            lo, hi = (lo, hi) if truth[i] == positive else (1 - hi, 1 - lo)
            tally.same(g, f"{what} least score of {i}", least.get(i), lo, 1e-6)
            tally.same(g, f"{what} greatest score of {i}", greatest.get(i), hi, 1e-6)


def check_rivals(tally, g, what, world, s, d, level):
    """Baselines of a secret with levels, the advantage over the best rival, its interval."""
    column, n = d["column"], world.train.n
    if column not in world.numeric:
        common = most_frequent(world, s, column)
        tally.same(g, f"{what} majority", d["majority"], world.train.column[column].count(common) / n)
        tally.same(g, f"{what} nearest", d["nearest"], nearest_completion(world, world.train, s, column))
        tally.same(g, f"{what} nearest on the holdout", d["holdout_nearest"], nearest_completion(world, world.holdout, s, column))
    rows = collections.Counter(zip(*quasi_codes(world, world.train)))
    known = [sum(v is not None for v in t.column[column]) for t in (world.train, world.holdout)]
    tally.same(g, f"{what} column sets", d["column_sets"], math.comb(len(world.quasi), 2))
    tally.same(g, f"{what} records", d["records"], known[0])
    if known[0] == n:
        tally.same(g, f"{what} unique", d["unique"], sum(k == 1 for k in rows.values()) / n)
    rivals = {"majority": d["majority"], "reconstruction": d["holdout"], "classifier": d["holdout_classifier"], "nearest": d["holdout_nearest"]}
    rival = max(rivals.values())
    tally.same(g, f"{what} advantage", d["advantage"], d["accuracy"] - rival)
    tally.same(g, f"{what} against {d['against']}", rivals[d["against"]], rival)
    ends = newcombe(d["accuracy"], known[0], rival, known[d["against"] != "majority"], normal.inv_cdf((1 + level) / 2))
    for got, want in zip((d["lo"], d["hi"]), ends):
        tally.same(g, f"{what} interval", got, want)
    above = newcombe(d["accuracy"], known[0], d["majority"], known[0], normal.inv_cdf((1 + level) / 2))[0] > 0
    reading = "leak" if d["lo"] > 0 else "population inference" if above else "no sign of a leak"
    tally.holds(g, f"{what} reads {d['reading']}", d["reading"] == reading)


def check_reconstruction(world, tally, name, m, evidence):
    g, s, secrets = "privacy.reconstruction", world.candidates[name], m["details"]["secrets"]
    quasi = world.quasi
    for d in secrets:
        column, number = d["column"], world.names.index(d["column"]) + 1
        world.quasi = [c for c in quasi if c != column]
        check_rivals(tally, g, f"{name} {column}", world, s, d, 1 - 0.05 / len(secrets))
        if d["classes"] == 2 and d["solver"] == "l1":
            t, least, greatest = (
                {int(e["row"]): float(e["score"]) for e in evidence if e["candidate"] == name and e["measure"] == g and e["attack"] == f"l1 secret {number}{end}"}
                for end in ("", " least", " greatest")
            )
            check_fit(tally, g, f"{name} {column}", world, s, d, [t[i] for i in range(world.train.n)], least, greatest)
    world.quasi = quasi
    tally.same(g, f"{name} value", m["value"], max(d["advantage"] for d in secrets))
