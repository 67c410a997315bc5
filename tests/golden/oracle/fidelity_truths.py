"""Fidelity measures on tables whose numbers follow by hand: python3 -m oracle.fidelity_truths ASSAY SAMPLES WORK."""
import itertools, math, os, sys

from .tally import Tally
from .truths import Bench


def schema(**types):
    return {"format": "assay-schema", "version": 1, "columns": [{"name": c, "type": t} for c, t in types.items()]}


class Truths:
    def __init__(self, bench, tally):
        self.bench, self.tally = bench, tally
        self.known = bench.measures()

    def measure(self, id, types, train, candidate, holdout=None):
        """The result of one measure on rows without header; None where the program does not have it."""
        if id not in self.known:
            return None
        names = [list(types)]
        # The holdout must not be the training table; it says nothing about the value.
        tables = {"train": names + train, "holdout": names + (holdout or train + train[:1]), "other": names + candidate}
        return self.bench.audit(tables, id, schema(**types))["other"][id]

    def same(self, id, what, got, want, tolerance=1e-9):
        self.tally.same(id, what, got, want, tolerance)


def check_jensen_shannon(t):
    """p = (.5, .5): .048795 bits from (.75, .25), .155639 from (.5, .25, .25) with a level that p has not."""
    id = "fidelity.jensen_shannon"
    h = lambda *p: -sum(x * math.log2(x) for x in p)
    cases = {"three to one": (["a"] * 30 + ["b"] * 10, h(0.625, 0.375) - (1 + h(0.75, 0.25)) / 2),
             "unseen level": (["a"] * 20 + ["b"] * 10 + ["c"] * 10, h(0.5, 0.375, 0.125) - (1 + h(0.5, 0.25, 0.25)) / 2),
             "nothing shared": (["c"] * 40, 1)}
    for name, (cells, want) in cases.items():
        m = t.measure(id, {"g": "categorical"}, [["a"], ["b"]] * 20, [[x] for x in cells])
        if m:
            column = m["details"]["columns"][0]
            t.same(id, name + " divergence", column["divergence"], want)
            t.same(id, name + " root", column["distance"], math.sqrt(want))


def check_missingness(t):
    """Rates .2 and .5 in x, .1 and .1 in g, both missing .1 and 0."""
    id = "fidelity.missingness"
    train = [["", ""]] * 4 + [["", "a"]] * 4 + [["1", "a"], ["2", "b"]] * 16
    other = [["", "a"]] * 20 + [["1", ""]] * 4 + [["1", "a"], ["2", "b"]] * 8
    m = t.measure(id, {"x": "numeric", "g": "categorical"}, 3 * train, 3 * other)
    if m:
        rates = {x["column"]: (x["real"], x["synthetic"]) for x in m["details"]["columns"]}
        for column, want in (("x", (0.2, 0.5)), ("g", (0.1, 0.1))):
            t.same(id, column + " in train", rates[column][0], want[0])
            t.same(id, column + " in the candidate", rates[column][1], want[1])
        both = m["details"]["pairs"][0]
        t.same(id, "both in train", both["real"], 0.1)
        t.same(id, "both in the candidate", both["synthetic"], 0)


def check_kway(t):
    """c = a xor b: all columns and pairs are perfect, half of the mass of the triple is elsewhere."""
    id = "fidelity.kway"
    cube = [list(x) for x in itertools.product("01", repeat=3)]
    xor = [x for x in cube if (int(x[0]) + int(x[1]) + int(x[2])) % 2 == 0]
    m = t.measure(id, dict.fromkeys("abc", "categorical"), xor * 20, cube * 10)
    if m:
        d = m["details"]
        for what, got, want in (("k", d["k"], 3), ("sets", d["sets"], 1), ("NIST", d["nist"], 500), ("MRE>10", d["mre10"], 0.5)):
            t.same(id, what, got, want)
        t.same(id, "value", m["value"] if m["direction"] == "lower" else 1 - m["value"], 0.5)


def check_association(t):
    """One pair: |rho| 1 against 0."""
    id = "fidelity.association"
    m = t.measure(id, {"x": "numeric", "y": "numeric"}, [["-1", "-2"], ["1", "2"]] * 20, [[x, y] for x in ("-1", "1") for y in ("-2", "2")] * 10)
    if m:
        t.same(id, "greatest difference", m["details"]["max_difference"], 1)
        t.same(id, "Frobenius", m["details"]["frobenius"], math.sqrt(2))


def check_frechet(t):
    """Means one training sd apart, covariances I and 4I: 1 + 2 = 3."""
    id = "fidelity.frechet"
    train = [[x, y] for x in (-1, 1) for y in (-1, 1)] * 10
    sd = math.sqrt(40 / 39)
    m = t.measure(id, {"x": "numeric", "y": "numeric"}, train, [[repr(2 * x + sd), repr(2 * y)] for x, y in train])
    if m:
        t.same(id, "value", m["value"], 3, 1e-6)
    m = t.measure(id, {"x": "numeric", "y": "numeric"}, train, [[0, 0]] * 40)
    if m:
        t.same(id, "a point", m["value"], 2, 1e-6)


def check_energy(t):
    """Two points at distance d, half of the rows each, against one of them: 2 d/2 − d/2 − 0."""
    id = "fidelity.energy"
    m = t.measure(id, {"x": "numeric"}, [["0"], ["1"]] * 20, [["0"]] * 40)
    if m:
        t.same(id, "V-statistic", m["details"]["v_statistic"], 0.5 / math.sqrt(10 / 39))


def check_neighbours(t):
    """0 … 39 against 0 … 19 and 20 far ones: half of the rows inside, balls of the edge reach to 24 (closed) or 23 (open)."""
    id = "fidelity.precision_recall"
    m = t.measure(id, {"x": "numeric"}, [[str(i)] for i in range(40)], [[str(i + 10000 * (i > 19))] for i in range(40)])
    if m:
        d = m["details"]
        for balls, recall in (("closed", 25 / 40), ("open", 24 / 40)):
            t.same(id, "precision", d["precision"][balls], 0.5)
            t.same(id, "recall", d["recall"][balls], recall)


def check_propensity(t):
    """Two bits that agree more often in train: main effects know nothing; with their product p is the candidate's share of each cell."""
    id = "fidelity.propensity"
    cells = [list(x) for x in itertools.product("01", repeat=2)]
    counts = ([60, 20, 20, 60], [30, 50, 50, 30])
    train, other = ([cell for cell, n in zip(cells, c) for _ in range(n)] for c in counts)
    m = t.measure(id, dict.fromkeys("ab", "categorical"), train, other)
    if m:
        shares = [(p + q, q / (p + q)) for p, q in zip(*counts)]
        t.same(id, "saturated", m["value"], sum(n * (s - 0.5) ** 2 for n, s in shares) / 320, 1e-8)
        t.same(id, "main effects", m["details"]["main"]["pmse"], 0, 1e-8)
        t.same(id, "parameters", m["details"]["parameters"], 4)
        t.same(id, "null", m["details"]["null_expectation"], 3 / 8 / 320)


def main(program, samples, work):
    os.makedirs(f"{work}/truths", exist_ok=True)
    tally = Tally()
    truths = Truths(Bench(program, samples, f"{work}/truths"), tally)
    for check in (check_jensen_shannon, check_missingness, check_kway, check_association, check_frechet, check_energy, check_neighbours, check_propensity):
        check(truths)
    return 0 if tally.report() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
