"""Utility beside the scores themselves: what both sources teach together."""
import statistics

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


def check_utility(world, tally, name, measures):
    tstr, augment = (measures.get(f"utility.{k}") for k in ("tstr", "augment"))
    if tstr is None or tstr["status"] != "ok":
        return
    if augment is not None and augment["status"] == "ok":
        check_contrast(tally, name, augment, ("augmented", "trtr"), "gain", tstr)
        check_augment(world, tally, name, augment)
