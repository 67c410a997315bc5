"""Fidelity measures of whole columns, sets and rows: numbers of audit.json against columns.py, sets.py, encoded.py."""
import math

from . import columns, encoded, sets
from .fidelity import check_means, cut
from .inference import Regressions, check_inference
from .propensity import check_propensity
from .tables import deciles, mean, present

MEANS = {
    "fidelity.jensen_shannon": (columns.distances, lambda d: {x["column"]: x["distance"] for x in d["columns"]}),
    "fidelity.coverage": (columns.coverage, lambda d: {x["column"]: x["covered"] for x in d["columns"]}),
}


def check_jensen_shannon(world, tally, name, m):
    id, candidate, d = "fidelity.jensen_shannon", world.candidates[name], m["details"]
    with_missing = columns.jensen_shannon(world, world.train, candidate, True)
    for x in d["columns"]:
        if x["distance"] is not None:
            tally.same(id, f"{name} {x['column']} divergence", x["divergence"], x["distance"] ** 2)
        if "divergence_with_missing" in x:
            for key, want in zip(("divergence", "distance"), with_missing[x["column"]]):
                tally.same(id, f"{name} {x['column']} {key} with missing", x[key + "_with_missing"], want)
        gap = None in world.train.column[x["column"]] or None in candidate.column[x["column"]]
        tally.holds(id, f"{name} {x['column']}: missing is a level where there is any", gap == ("divergence_with_missing" in x))
    tally.same(id, f"{name} mean divergence", d["mean_divergence"], mean(x["divergence"] for x in d["columns"]))


def check_coverage(world, tally, name, m):
    id, candidate = "fidelity.coverage", world.candidates[name]
    for x in m["details"]["columns"]:
        c = x["column"]
        a, b = present(world.train.column[c]), present(candidate.column[c])
        tally.same(id, f"{name} {c} outside", x["outside"], columns.outside(world, c, candidate))
        if c in world.numeric:
            inside = lambda cells, edges: {cut(edges, v) for v in cells} - {-1, len(edges)}
            edges = deciles(a)
            tally.same(id, f"{name} {c} deciles", x["deciles_covered"], len(inside(a, edges) & inside(b, edges)) / len(inside(a, edges)))
            share = columns.range_covered(a, b)
            tally.holds(id, f"{name} {c} range {x['range_covered']} of {share}", x["range_covered"] <= share + 1e-9 < x["range_covered"] + 0.01 + 1e-9)
        else:
            frequent = {v for v in a if a.count(v) >= 10}
            tally.same(id, f"{name} {c} frequent", x["frequent_covered"], len(frequent & set(b)) / len(frequent))


def check_missingness(world, tally, name, m):
    id, candidate, d = "fidelity.missingness", world.candidates[name], m["details"]

    def value(real, other):
        r, s = columns.missing_rates(real), columns.missing_rates(other)
        return mean(abs(r[c] - s[c]) for c in world.names)

    for key, got, real, other in (("value", m["value"], world.train, candidate), ("honest", m["honest"], world.train, world.holdout),
                                  ("anchor m", m["anchor"].get("m"), world.holdout, candidate), ("anchor c", m["anchor"].get("c"), world.holdout, world.train)):
        if got is not None:
            tally.same(id, f"{name} {key}", got, value(real, other))
    tally.same(id, f"{name} anchor f", m["anchor"].get("f"), mean(columns.missing_rates(world.holdout)[c] for c in world.names))
    r, s, pairs = columns.missing_rates(world.train), columns.missing_rates(candidate), columns.joint_missing(world, world.train, candidate)
    singles = [(r[c], s[c]) for c in world.names if r[c] or s[c]]
    parts = [(mean(abs(a - b) for a, b in k), mean(max(k) for k in k)) for k in (singles, list(pairs.values())) if k]
    tally.same(id, f"{name} mean difference", d["mean_difference"], parts[0][0] if singles else None)
    tally.same(id, f"{name} mean joint difference", d["mean_joint_difference"], parts[1][0] if pairs else None)
    larger = math.fsum(b for _, b in parts)
    tally.same(id, f"{name} mismatch", d["mismatch"], math.fsum(a for a, _ in parts) / larger if larger else 0)
    wants = {x["column"]: (r[x["column"]], s[x["column"]]) for x in d["columns"]}
    tally.holds(id, f"{name}: same columns", set(wants) == {c for c in world.names if r[c] or s[c]})
    for x in d["columns"] + d["pairs"]:
        key = x.get("column") or ((x["a"], x["b"]) if (x["a"], x["b"]) in pairs else (x["b"], x["a"]))
        a, b = wants[key] if "column" in x else pairs[key]
        one, other = (r[x["column"]],) * 2 if "column" in x else (r[x["a"]], r[x["b"]])
        few = any(0.5 < rate * world.train.n < 9.5 for rate in (a, one - a, other - a, 1 - one - other + a))  # real rows of a cell
        tally.same(id, f"{name} {key} real", x["real"], None if few else a)
        tally.same(id, f"{name} {key} synthetic", x["synthetic"], b)
        tally.same(id, f"{name} {key} difference", x["difference"], None if few else abs(a - b))


class Shared:
    """What several candidates of a world have in common, made once for each pair of tables."""

    def __init__(self, world):
        self.world, self.fits, self.made = world, Regressions(world), {}

    def get(self, make, a, b, *more):
        key = (make, id(a), id(b), *more)
        if key not in self.made:
            self.made[key] = make(self.world, a, b, *more)
        return self.made[key]

    def marginal_mean(self, a, b, k):
        return mean(tv for tv, _ in self.get(sets.marginals, a, b, k).values())

    def distances(self, a, b):
        """Squared, within a, between, within b."""
        return [self.get(squared_distances, x, y) for x, y in ((a, a), (a, b), (b, b))]


def squared_distances(world, a, b):
    return encoded.squared_distances(*encoded.rows_of(world, a, b))


def frechet(world, a, b):
    return encoded.frechet(*encoded.rows_of(world, a, b))


def check_kway(world, tally, name, m, shared):
    id, candidate, d = "fidelity.kway", world.candidates[name], m["details"]
    for key, got, real, other in (("value", m["value"], world.train, candidate), ("honest", m["honest"], world.train, world.holdout),
                                  ("anchor m", m["anchor"]["m"], world.holdout, candidate), ("anchor c", m["anchor"]["c"], world.holdout, world.train)):
        tally.same(id, f"{name} {key}", got, shared.marginal_mean(real, other, 3))
    for order in d["orders"]:
        if order["sets"] < order["of"]:
            continue
        parts, where = shared.get(sets.marginals, world.train, candidate, order["k"]), f"{name} k = {order['k']}"
        tally.same(id, f"{where} sets", order["of"], len(parts))
        tally.same(id, f"{where} tv", order["tv"], shared.marginal_mean(world.train, candidate, order["k"]))
        tally.same(id, f"{where} NIST", order["nist"], 1000 * (1 - order["tv"]))
        errors = [e for _, errors in parts.values() for e in errors]
        tally.same(id, f"{where} MRE>10", order["mre10"], mean(errors) if errors else None)
    for key, field in (("k", 3), ("sets", len(shared.get(sets.marginals, world.train, candidate, 3))), ("nist", 1000 * (1 - m["value"]))):
        tally.same(id, f"{name} {key}", d[key], field)
    for x in d["worst"]:
        tally.same(id, f"{name} {x['columns']}", x["tv"], shared.get(sets.marginals, world.train, candidate, len(x["columns"]))[tuple(x["columns"])][0])


def check_energy(world, tally, name, m, shared):
    id, candidate, d = "fidelity.energy", world.candidates[name], m["details"]
    xx, xy, yy = shared.distances(world.train, candidate)
    v, u = encoded.energy(xx, xy, yy)
    average = lambda t: math.fsum(math.sqrt(x) for row in t for x in row) / (len(t) * len(t[0]))
    wants = {"v_statistic": v, "u_statistic": u, "root": math.sqrt(max(v, 0)), "mean_reference_subject": average(xy), "mean_reference_reference": average(xx), "mean_subject_subject": average(yy)}
    for key, want in wants.items():
        tally.same(id, f"{name} {key}", d[key], want)
    tally.holds(id, f"{name} value", m["value"] in (d["v_statistic"], d["root"]))
    form = (lambda v: v) if m["value"] == d["v_statistic"] else math.sqrt
    for key, got, a, b in (("honest", m["honest"], world.train, world.holdout), ("anchor m", m["anchor"]["m"], world.holdout, candidate), ("anchor c", m["anchor"]["c"], world.holdout, world.train)):
        tally.same(id, f"{name} {key}", got, form(max(0.0, encoded.energy(*shared.distances(a, b))[0])))
    tally.holds(id, f"{name}: p {d['p_value']} is a share of {d['permutations']} + 1", abs(d["p_value"] * (d["permutations"] + 1) % 1) < 1e-9 and 0 < d["p_value"] <= 1)


def check_association(world, tally, name, m):
    id, candidate, d = "fidelity.association", world.candidates[name], m["details"]
    tables = {k: sets.associations(world, t) for k, t in (("real", world.train), ("holdout", world.holdout), ("synthetic", candidate))}
    differences = lambda a, b: [abs((tables[a][p] or 0) - (tables[b][p] or 0)) for p in tables[a] if tables[a][p] is not None or tables[b][p] is not None]
    distance = lambda a, b: math.sqrt(mean(x * x for x in differences(a, b)))
    for x in d["pairs"]:
        p = (x["a"], x["b"])
        for side in ("real", "synthetic"):
            tally.same(id, f"{name} {p} {side}", x[side], tables[side][p])
    tally.same(id, f"{name} pairs", len(d["pairs"]), len(tables["real"]))
    tally.same(id, f"{name} Frobenius", d["frobenius"], math.sqrt(2 * math.fsum(x * x for x in differences("real", "synthetic"))))
    tally.same(id, f"{name} largest", d["max_difference"], max(differences("real", "synthetic")))
    for key, got, a, b in (("value", m["value"], "real", "synthetic"), ("honest", m["honest"], "real", "holdout"),
                           ("anchor m", m["anchor"]["m"], "holdout", "synthetic"), ("anchor c", m["anchor"]["c"], "holdout", "real")):
        tally.same(id, f"{name} {key}", got, distance(a, b))


def check_frechet(world, tally, name, m, shared):
    id, candidate, d = "fidelity.frechet", world.candidates[name], m["details"]
    distance = lambda a, b: shared.get(frechet, a, b)
    f = distance(world.train, candidate)
    wants = {"mean_part": f["mean_part"], "trace_reference": f["trace_c1"], "trace_subject": f["trace_c2"], "covariance_part": f["value"] - f["mean_part"]}
    for key, want in wants.items():
        tally.same(id, f"{name} {key}", d[key], want, 1e-8 if key == "covariance_part" else 1e-9)
    fresh = distance(world.train, world.holdout)
    for key, got, want in (("value", m["value"], f), ("honest", m["honest"], fresh), ("anchor c", m["anchor"]["c"], fresh)):
        tally.same(id, f"{name} {key}", got, want["value"], 1e-8)
    tally.same(id, f"{name} mean parts of columns", math.fsum(x["mean_part"] for x in d["columns"]), f["mean_part"])
    for side, key in (("reference", "trace_c1"), ("subject", "trace_c2")):
        tally.same(id, f"{name} variances of columns {side}", math.fsum(x["variance_" + side] for x in d["columns"]), f[key])


def check_neighbours(world, tally, name, m, shared):
    id, candidate, d = "fidelity.precision_recall", world.candidates[name], m["details"]
    harmonic = lambda s: 2 * s["precision"] * s["recall"] / (s["precision"] + s["recall"]) if s["precision"] + s["recall"] else 0.0
    for balls in ("closed", "open"):
        shares = encoded.neighbour_measures(*shared.distances(world.train, candidate), d["k"], balls == "closed")
        for key, want in shares.items():
            tally.same(id, f"{name} {key} {balls}", d[key][balls], want)
        if balls == "closed":
            tally.same(id, f"{name} value", m["value"], harmonic(shares))
    for key, got, a, b in (("honest", m["honest"], world.train, world.holdout), ("anchor m", m["anchor"]["m"], world.holdout, candidate), ("anchor c", m["anchor"]["c"], world.holdout, world.train)):
        tally.same(id, f"{name} {key}", got, harmonic(encoded.neighbour_measures(*shared.distances(a, b), d["k"], True)))
    n, m_rows = world.train.n, candidate.n
    tally.same(id, f"{name} fresh coverage", d["coverage_of_fresh_rows"], 1 - math.prod((n - j) / (n + m_rows - j) for j in range(1, d["k"] + 1)))


CHECKS = {
    "fidelity.jensen_shannon": check_jensen_shannon,
    "fidelity.coverage": check_coverage,
    "fidelity.missingness": check_missingness,
    "fidelity.association": check_association,
    "fidelity.propensity": check_propensity,
}
SHARED = {"fidelity.kway": check_kway, "fidelity.inference": lambda world, tally, name, m, shared: check_inference(world, tally, name, m, shared.fits)}
BY_LOOPS = {"fidelity.energy": check_energy, "fidelity.precision_recall": check_neighbours, "fidelity.frechet": check_frechet}


def check_whole(world, tally, name, measures):
    if not any(id in measures for id in (*MEANS, *CHECKS, *SHARED, *BY_LOOPS)):
        return
    check_means(world, tally, name, measures, MEANS)
    world.shared = getattr(world, "shared", None) or Shared(world)
    for id, check in CHECKS.items():
        if id in measures:
            check(world, tally, name, measures[id])
    for id, check in (SHARED if world.train.n > 400 else SHARED | BY_LOOPS).items():
        if id in measures:
            check(world, tally, name, measures[id], world.shared)
