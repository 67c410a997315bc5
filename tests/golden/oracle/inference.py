"""The overlap of regression coefficients after docs/measures/fidelity.inference.md."""
import collections, math

from .regression import half_of_t, linear, logistic
from .tables import mean, normal, present

LIMIT = 12.0  # a coefficient beyond it runs to infinity


def terms_of(world):
    """[(name, column, cell -> number)], fitted on train's rows that have a target."""
    train = world.train
    rows = [i for i, y in enumerate(train.column[world.target]) if y is not None]
    k = max(10, 20, len(rows) // 100)
    room, terms = max(1, min(250, len(rows) // 5)), []
    for c in world.names:
        cells = [train.column[c][i] for i in rows]
        if c == world.target or len(set(cells)) < 2:
            continue
        if c in world.numeric:
            values = present(cells)
            m = math.fsum(values) / len(values)
            s = math.sqrt(math.fsum((v - m) ** 2 for v in values) / len(values))
            new = [(c, c, lambda v, m=m, s=s: 0.0 if v is None else (v - m) / s)] if s else []
            if new and cells.count(None) >= k:
                new.append((f"{c} is missing", c, lambda v: float(v is None)))
        else:
            counts = collections.Counter(cells)
            top = max(counts.values())
            base = [v for v in counts if counts[v] == top]
            assert len(base) == 1, "a tie of reference levels is not what this is about"
            kept = {v for v in counts if counts[v] >= k and v != base[0]}
            new = [(f"{c} is missing" if v is None else f"{c} = {v}", c, lambda x, v=v: float(x == v)) for v in sorted(kept, key=str)]
            if sum(n for n in counts.values() if n < k) >= k:
                new.append((f"{c} = other (<{k})", c, lambda x, known=kept | {base[0]}: float(x not in known)))
        if len(terms) + len(new) <= room:
            terms += new
    return terms


def independent_terms(rows):
    """Indices of the columns that are no combination of earlier ones, the first being the intercept."""
    basis, kept = [], []
    for j, x in enumerate(zip(*rows)):
        whole, rest = math.fsum(v * v for v in x), list(x)
        for _ in range(2):
            for b in basis:
                f = sum(map(float.__mul__, rest, b))
                rest = [r - f * v for r, v in zip(rest, b)]
        left = math.fsum(v * v for v in rest)
        if left > 1e-9 * whole and whole > 0:
            basis.append([v / math.sqrt(left) for v in rest])
            kept.append(j)
    return kept


def response(world):
    """Cell of the target -> number: 1 for one of two classes or the most frequent of several; a number in train's sds."""
    cells = present(world.train.column[world.target])
    if world.target in world.numeric:
        m = math.fsum(cells) / len(cells)
        s = math.sqrt(math.fsum((v - m) ** 2 for v in cells) / len(cells))
        return lambda v: (v - m) / s
    positive = world.positive if len(set(cells)) == 2 else collections.Counter(cells).most_common(1)[0][0]
    return lambda v: float(v == positive)


class Fit:
    def __init__(self, world, terms, table, allowed=None):
        rows, y = [i for i, y in enumerate(table.column[world.target]) if y is not None], response(world)
        labels = [y(table.column[world.target][i]) for i in rows]
        cells = [[1.0] * len(rows)] + [[f(table.column[c][i]) for i in rows] for _, c, f in terms]
        use = range(len(cells)) if allowed is None else allowed
        matrix = list(zip(*(cells[j] for j in use)))
        self.kept = [list(use)[j] for j in independent_terms(matrix)]
        self.known = {}
        if len(set(labels)) < 2 or len(rows) <= len(self.kept):
            return
        matrix = list(zip(*(cells[j] for j in self.kept)))
        if world.target in world.numeric:
            (w, se), z = linear(matrix, labels), half_of_t(len(rows) - len(self.kept))
        else:
            (w, se, _), z = logistic(matrix, labels, 40), normal.inv_cdf(0.975)
        for j, b, s in zip(self.kept, w, se):
            if j and (world.target in world.numeric or (abs(b) < LIMIT and s < 1e3)):
                self.known[terms[j - 1][0]] = (b, b - z * s, b + z * s, s)


class Regressions:
    """Fits of the tables, each made once."""

    def __init__(self, world):
        self.world, self.terms, self.made = world, terms_of(world), {}
        self.first = Fit(world, self.terms, world.train)

    def fit(self, table):
        if id(table) not in self.made:
            self.made[id(table)] = Fit(self.world, self.terms, table, self.first.kept)
        return self.made[id(table)].known

    def overlaps(self, real, other):
        """{term: overlap, negative where disjoint, 0 where one table alone has it}"""
        a, b = self.fit(real), self.fit(other)
        result = {}
        for t in set(a) | set(b):
            if t in a and t in b:
                common = min(a[t][2], b[t][2]) - max(a[t][1], b[t][1])
                result[t] = (common / (a[t][2] - a[t][1]) + common / (b[t][2] - b[t][1])) / 2
            else:
                result[t] = 0.0
        return result

    def value(self, real, other):
        return mean(max(0.0, v) for v in self.overlaps(real, other).values())


def check_inference(world, tally, name, m, fits):
    id, candidate = "fidelity.inference", world.candidates[name]
    a, b, d = fits.fit(world.train), fits.fit(candidate), m["details"]
    want = fits.overlaps(world.train, candidate)
    got = {x["term"]: x for x in d["coefficients"]}
    tally.holds(id, f"{name}: same terms {set(got) ^ {t for t, _, _ in fits.terms}}", set(got) == {t for t, _, _ in fits.terms})
    for t, x in got.items():
        for side, fit in (("real", a), ("synthetic", b)):
            for key, number in zip((side, side + "_lo", side + "_hi"), fit.get(t, (None,) * 3)):
                tally.same(id, f"{name} {t} {key}", x[key], number)
        if t in want:
            tally.same(id, f"{name} {t} overlap", x["overlap"], want[t])
        if t in a and t in b:
            tally.same(id, f"{name} {t} difference", abs(x["difference"]), abs(b[t][0] - a[t][0]) / a[t][3])
    sign = lambda f: 0 if f[1] <= 0 <= f[2] else math.copysign(1, f[0])
    tally.same(id, f"{name} same conclusion", d["same_conclusion"], sum(t in a and t in b and sign(a[t]) == sign(b[t]) for t in want) / len(want))
    tally.same(id, f"{name} lost", d["lost"], sum((t in a) != (t in b) for t in want))
    for key, got, real, other in (("value", m["value"], world.train, candidate), ("honest", m["honest"], world.train, world.holdout),
                                  ("anchor m", m["anchor"]["m"], world.holdout, candidate), ("anchor c", m["anchor"]["c"], world.holdout, world.train)):
        tally.same(id, f"{name} {key}", got, fits.value(real, other))
