"""robustness.shift: the order of the holdout rows by a propensity score, and what the linear models say of the worst covered quarter."""
import math, statistics

from .folds import permutation, stream
from .logistic import features, fit
from .utility import auc_of, labels_of

# A quarter of the holdout has few pairs of rows, and the linear models' own scores are known to LOOSE alone: some pairs may change sides.
PAIRS = 5e-3


def order_of(world, candidate):
    """Holdout rows, the least like the candidate's first; equal rows in random order. For a binary target that no row lacks."""
    w = fit(features(world, world.train) + features(world, candidate), [False] * world.train.n + [True] * candidate.n)
    margins = [math.fsum(x * y for x, y in zip(w, row)) for row in features(world, world.holdout)]
    shuffled = permutation(stream("robustness.shift", world.seed, 1), world.holdout.n)
    return sorted(shuffled, key=lambda i: round(margins[i], 6))


def check_shift(world, tally, name, m, tstr):
    curve, details = m["details"]["curve"], m["details"]
    area = lambda which: math.fsum((b["eps"] - a["eps"]) * (a[which] + b[which]) / 2 for a, b in zip(curve, curve[1:])) / curve[-1]["eps"]
    kept = world.holdout.n - int(curve[-1]["eps"] * world.holdout.n)
    tally.same(m["id"], f"{name} rows", details["rows_quarter"], kept)
    tally.same(m["id"], f"{name} value", m["value"], area("tstr") - area("trtr"))
    tally.same(m["id"], f"{name} anchor", m["anchor"]["c"], 0)
    tally.same(m["id"], f"{name} clean", details["clean"], curve[0]["tstr"] - curve[0]["trtr"])
    tally.same(m["id"], f"{name} quarter", details["quarter"], curve[-1]["tstr"] - curve[-1]["trtr"])
    worst = order_of(world, world.candidates[name])[:kept]
    for which in ("tstr", "trtr"):
        tally.same(m["id"], f"{name} area {which}", details["area_" + which], area(which))
        tally.same(m["id"], f"{name} quarter {which}", curve[-1][which], statistics.fmean(x["quarter_" + which] for x in details["learners"]))
        if (name, which) not in world.logistic:
            continue
        real = [x for x in tstr["details"]["learners"] if x["learner"] in ("logistic", "boosted")]
        tally.same(m["id"], f"{name} clean {which}", curve[0][which], statistics.fmean(x[which]["auc"] for x in real))
        p, labels = world.logistic[name, which], labels_of(world, world.holdout)
        got = next(x["quarter_" + which] for x in details["learners"] if x["learner"] == "logistic")
        tally.same(m["id"] + " logistic", f"{name} {which}", got, auc_of([p[i] for i in worst], [labels[i] for i in worst]), PAIRS)
