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


def nearest_completion(world, targets, candidate, secret):
    """Share of targets whose secret is that of the class with the nearest candidate row."""
    rows = coded_rows(world, candidate, world.quasi, True)
    classes = [v for v, _ in collections.Counter(present(candidate.column[secret])).most_common()]
    groups = [[r for r, v in zip(rows, candidate.column[secret]) if v == c] for c in classes]
    right = 0
    for row, truth in zip(coded_rows(world, targets, world.quasi, True), targets.column[secret]):
        d = [nearest(row, group) for group in groups]
        right += classes[min(range(len(d)), key=lambda k: (round(d[k], 12), k))] == truth
    return right / targets.n


def undetermined(fit):
    """Records whose t differs over the optimal solutions: a small price on t moves it along the face, and no further."""
    count = 0
    for i in range(fit.n):
        ends = []
        for price in (1e-4, -1e-4):
            fit.cost[i] = price
            fit.solve()
            ends.append(fit.solution()[i])
        fit.cost[i] = 0.0
        count += ends[1] - ends[0] > 1e-5
    fit.solve()
    return count


def check_reconstruction(world, tally, name, m, evidence):
    """One binary secret, exact L1."""
    g, s, d = "privacy.reconstruction", world.candidates[name], m["details"]["secrets"][0]
    secret, n = d["column"], world.train.n
    truth = world.train.column[secret]
    scores = {int(e["row"]): float(e["score"]) for e in evidence if e["candidate"] == name and e["measure"] == g}
    positive = max(set(truth), key=lambda v: v in ("yes", "1", "true"))
    queries = queries_of(world, world.train, s, secret, positive)
    tally.same(g, f"{name} queries", d["queries"], len(queries))
    tally.same(g, f"{name} column sets", d["column_sets"], math.comb(len(world.quasi), 2))
    fit = AbsoluteFit(n, queries)
    fit.solve()
    t = [scores[i] if truth[i] == positive else 1 - scores[i] for i in range(n)]  # the file gives the score of the true class
    best = objective(queries, fit.solution())
    tally.same(g, f"{name} objective", objective(queries, t), best, 1e-7)
    tally.same(g, f"{name} accuracy", d["accuracy"], sum((x >= 0.5) == (v == positive) for x, v in zip(t, truth)) / n)
    # Scores that only rounding keeps apart may fall either way.
    ends = [auc([x + shift for x, v in zip(t, truth) if v == positive], [x for x, v in zip(t, truth) if v != positive])[0] for shift in (-1e-6, 1e-6)]
    tally.holds(g, f"{name} auc {d['auc']} in {ends}", ends[0] <= d["auc"] <= ends[1])
    tally.same(g, f"{name} undetermined", d["undetermined"], undetermined(fit) / n)
    common = collections.Counter(present(s.column[secret])).most_common(1)[0][0]
    tally.same(g, f"{name} majority", d["majority"], truth.count(common) / n)
    tally.same(g, f"{name} nearest", d["nearest"], nearest_completion(world, world.train, s, secret))
    tally.same(g, f"{name} nearest on the holdout", d["holdout_nearest"], nearest_completion(world, world.holdout, s, secret))
    rows = collections.Counter(zip(*quasi_codes(world, world.train)))
    tally.same(g, f"{name} unique", d["unique"], sum(k == 1 for k in rows.values()) / n)
    rivals = {"majority": d["majority"], "holdout": d["holdout"], "classifier": d["holdout_classifier"], "nearest": d["holdout_nearest"]}
    rival = max(rivals.values())
    tally.same(g, f"{name} advantage", d["advantage"], d["accuracy"] - rival)
    tally.holds(g, f"{name} against {d['against']}", any(v == rival and d["against"].startswith(k) for k, v in rivals.items()))
    against = n if d["against"] == "majority" else world.holdout.n
    for got, want in zip((d["lo"], d["hi"]), newcombe(d["accuracy"], n, rival, against, normal.inv_cdf(0.975))):
        tally.same(g, f"{name} interval", got, want)
    tally.same(g, f"{name} value", m["value"], max(x["advantage"] for x in m["details"]["secrets"]))
