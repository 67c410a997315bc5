"""Utility beside the scores themselves: what both sources teach together."""
import math, statistics

from .decisions import ranks
from .folds import permutation, stream
from .logistic import LOOSE, features, fit, probability
from .tables import auc


def labels_of(world, table):
    return [v == world.positive for v in table.column[world.target]]


def auc_of(p, labels):
    return auc([q for q, y in zip(p, labels) if y], [q for q, y in zip(p, labels) if not y])[0]


def predict(world, w, table):
    return [probability(w, row) for row in features(world, table)]


def check_contrast(tally, name, m, keys, difference, tstr):
    """Differences and their mean; one of the two scores is what utility.tstr calls trtr."""
    scores = {x["learner"]: x["trtr"][tstr["details"]["score"]] for x in tstr["details"]["learners"]}
    for x in m["details"]["learners"]:
        where = f"{name} {x['learner']}"
        tally.same(m["id"], f"{where} trtr", x["trtr"], scores[x["learner"]])
        tally.same(m["id"], f"{where} {difference}", x[difference], x[keys[0]] - x[keys[1]])
    tally.same(m["id"], f"{name} value", m["value"], statistics.fmean(x[difference] for x in m["details"]["learners"]))


def check_augment(world, tally, name, m):
    """The linear model of all rows."""
    tables = (world.train, world.candidates[name])
    w = fit([row for t in tables for row in features(world, t)], [y for t in tables for y in labels_of(world, t)])
    got = next(x["augmented"] for x in m["details"]["learners"] if x["learner"] == "logistic")
    tally.same("utility.augment logistic", f"{name} augmented", got, auc_of(predict(world, w, world.holdout), labels_of(world, world.holdout)), LOOSE)
    tally.same("utility.augment", f"{name} rows", m["details"]["rows_joined"], sum(t.n for t in tables))


def check_importance(tally, name, m):
    """Overlap of the importances and their rank correlation, from the importances."""
    overlaps = []
    for x in m["details"]["learners"]:
        pairs = [(c["tstr"], c["trtr"]) for c in m["details"]["columns"] if c["learner"] == x["learner"]]
        overlaps.append(math.fsum(max(min(p), 0) for p in pairs) / math.fsum(max(*p, 0) for p in pairs))
        tally.same(m["id"], f"{name} {x['learner']} overlap", x["overlap"], overlaps[-1])
        tally.same(m["id"], f"{name} {x['learner']} spearman", x["spearman"], statistics.correlation(*(ranks(v) for v in zip(*pairs))))
    tally.same(m["id"], f"{name} value", m["value"], statistics.fmean(overlaps))
    for c in m["details"]["columns"]:
        for k in ("tstr", "trtr"):
            tally.holds(m["id"], f"{name} {c['column']} {k} interval", c[k + "_lo"] <= c[k] <= c[k + "_hi"])


def check_linear(world, tally, name, importance, trts):
    """Importances of the linear model (up to 4,000 holdout rows), and the model of real rows asked about the candidate's."""
    candidate, holdout = world.candidates[name], world.holdout
    numbers = stream("utility.importance", world.seed, 0)
    rows, order = permutation(numbers, holdout.n), permutation(numbers, holdout.n)
    asked = holdout.take(rows)
    for side, table in (("tstr", candidate), ("trtr", world.train)):
        w = fit(features(world, table), labels_of(world, table))
        clean = auc_of(predict(world, w, asked), labels_of(world, asked))
        for x in importance["details"]["columns"] if importance else ():
            if x["learner"] != "logistic":
                continue
            permuted = asked.take(range(asked.n))
            permuted.column[x["column"]] = [asked.column[x["column"]][i] for i in order]
            drop = clean - auc_of(predict(world, w, permuted), labels_of(world, asked))
            tally.same("utility.importance logistic", f"{name} {x['column']} {side}", x[side], drop, LOOSE)
        if trts and side == "trtr":
            got = next(x["trts"] for x in trts["details"]["learners"] if x["learner"] == "logistic")
            tally.same("utility.trts logistic", f"{name} trts", got, auc_of(predict(world, w, candidate), labels_of(world, candidate)), LOOSE)


def measured(m):
    return m if m is not None and m["status"] == "ok" else None


def check_rare(world, tally, name, m):
    """Which classes are rare, and how rare on either side."""
    real, tested, subject = ([v for v in t.column[world.target] if v is not None] for t in (world.train, world.holdout, world.candidates[name]))
    rare = [c for c in sorted(set(real)) if real.count(c) < 0.05 * len(real)]
    named = [c for c in rare if min(real.count(c), tested.count(c)) >= 10]
    tally.holds(m["id"], f"{name} status", (m["status"] == "ok") == bool(named))
    if m["status"] != "ok":
        return
    tally.same(m["id"], f"{name} too small", m["details"]["too_small"], len(rare) - len(named))
    tally.holds(m["id"], f"{name} classes", [x["class"] for x in m["details"]["classes"]] == named)
    for x in m["details"]["classes"]:
        tally.same(m["id"], f"{name} {x['class']} n", x["n"], tested.count(x["class"]))
        for k, v in (("prevalence_real", real), ("prevalence_synthetic", subject)):
            tally.same(m["id"], f"{name} {x['class']} {k}", x[k], v.count(x["class"]) / len(v))
    differences = [x["recall_tstr"] - x["recall_trtr"] for x in m["details"]["classes"]]
    tally.same(m["id"], f"{name} value", m["value"], statistics.fmean(differences))


def check_utility(world, tally, name, measures):
    tstr, augment, trts, importance = (measured(measures.get(f"utility.{k}")) for k in ("tstr", "augment", "trts", "importance"))
    if tstr is not None and augment is not None:
        check_contrast(tally, name, augment, ("augmented", "trtr"), "gain", tstr)
        check_augment(world, tally, name, augment)
    if tstr is not None and trts is not None:
        check_contrast(tally, name, trts, ("trts", "trtr"), "difference", tstr)
    if importance is not None:
        check_importance(tally, name, importance)
    if importance is not None or trts is not None:
        check_linear(world, tally, name, importance, trts)
    if "utility.rare" in measures:
        check_rare(world, tally, name, measures["utility.rare"])
