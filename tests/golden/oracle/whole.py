"""Fidelity measures of whole columns, sets and rows: numbers of audit.json against columns.py, sets.py, encoded.py."""
import math

from . import columns, encoded
from .fidelity import check_means
from .inference import Regressions, check_inference
from .tables import mean

MEANS = {
    "fidelity.jensen_shannon": (columns.distances, lambda d: {x["column"]: x["distance"] for x in d["columns"]}),
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


class Rows:
    """Distances between whole rows, made once for each pair of tables."""

    def __init__(self, world):
        self.world, self.made = world, {}

    def __call__(self, a, b):
        if (id(a), id(b)) not in self.made:
            x, y = encoded.rows_of(self.world, a, b)
            self.made[id(a), id(b)] = encoded.squared_distances(x, y)
        return self.made[id(a), id(b)]

    def three(self, a, b):
        return self(a, a), self(a, b), self(b, b)


def check_energy(world, tally, name, m, rows):
    id, candidate, d = "fidelity.energy", world.candidates[name], m["details"]
    xx, xy, yy = rows.three(world.train, candidate)
    v, u = encoded.energy(xx, xy, yy)
    average = lambda t: math.fsum(math.sqrt(x) for row in t for x in row) / (len(t) * len(t[0]))
    wants = {"v_statistic": v, "u_statistic": u, "root": math.sqrt(max(v, 0)), "mean_reference_subject": average(xy), "mean_reference_reference": average(xx), "mean_subject_subject": average(yy)}
    for key, want in wants.items():
        tally.same(id, f"{name} {key}", d[key], want)
    tally.holds(id, f"{name} value", m["value"] in (d["v_statistic"], d["root"]))
    form = (lambda v: v) if m["value"] == d["v_statistic"] else math.sqrt
    for key, got, a, b in (("honest", m["honest"], world.train, world.holdout), ("anchor m", m["anchor"]["m"], world.holdout, candidate), ("anchor c", m["anchor"]["c"], world.holdout, world.train)):
        tally.same(id, f"{name} {key}", got, form(max(0.0, encoded.energy(*rows.three(a, b))[0])))
    tally.holds(id, f"{name}: p {d['p_value']} is a share of {d['permutations']} + 1", abs(d["p_value"] * (d["permutations"] + 1) % 1) < 1e-9 and 0 < d["p_value"] <= 1)


def check_whole(world, tally, name, measures):
    check_means(world, tally, name, measures, MEANS)
    if "fidelity.jensen_shannon" in measures:
        check_jensen_shannon(world, tally, name, measures["fidelity.jensen_shannon"])
    if "fidelity.inference" in measures:
        world.fits = getattr(world, "fits", None) or Regressions(world)
        check_inference(world, tally, name, measures["fidelity.inference"], world.fits)
    if world.train.n > 400:
        return  # distances by loops
    rows = Rows(world)
    for id, check in (("fidelity.energy", check_energy),):
        if id in measures:
            check(world, tally, name, measures[id], rows)
