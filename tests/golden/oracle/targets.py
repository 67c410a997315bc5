"""utility.targets against the learners in plain Python: python3 -m oracle.targets AUDIT SCHEMA TRAIN HOLDOUT NAME=CANDIDATE...
The linear model and the tree are made anew for every kept column of two classes; for the others and for all sums the numbers of the
audit must agree with each other. Tables of up to 5,000 rows, of which all take part."""
import json, math, statistics, sys

from .learners import predict_tree
from .logistic import LOOSE, features, fit, probability
from .tables import World, auc
from .tally import Tally

ID = "utility.targets"


def world_of(schema, column, *tables):
    columns = [{**c, "role": "target" if c["name"] == column else []} for c in schema["columns"]]
    return World({"columns": columns}, *tables)


def without_missing(world, table):
    return table.take([i for i, v in enumerate(table.column[world.target]) if v is not None])


def score(world, table):
    """Mean AUC of the linear model and the tree."""
    labels, truth = ([v == world.positive for v in t.column[world.target]] for t in (table, world.holdout))
    w = fit(features(world, table), labels)
    predictions = [probability(w, row) for row in features(world, world.holdout)], predict_tree(world, table, labels)
    return statistics.fmean(auc([p for p, y in zip(ps, truth) if y], [p for p, y in zip(ps, truth) if not y])[0] for ps in predictions)


def skill(x, key):
    return 2 * x[key] - 1 if x["score"] == "auc" else x[key]


def check_sums(tally, name, m):
    d = m["details"]
    for x in d["columns"]:
        tally.same(ID, f"{name} {x['column']} gap", x["gap"], skill(x, "trtr") - (0 if "why" in x else skill(x, "tstr")))
        tally.holds(ID, f"{name} {x['column']} interval", x["lo"] <= x["gap"] <= x["hi"])
    for key in ("tstr", "trtr"):
        tally.same(ID, f"{name} skill {key}", d["skill_" + key], statistics.fmean(skill(x, key) for x in d["columns"]))
    tally.same(ID, f"{name} value", m["value"], d["skill_trtr"] - d["skill_tstr"])
    worst = max(d["columns"], key=lambda x: x["gap"])
    tally.holds(ID, f"{name} worst column", d["worst"]["column"] == worst["column"])
    tally.same(ID, f"{name} worst gap", d["worst"]["gap"], worst["gap"])
    # All tried columns at once: z at 1 − .025/tried where a single interval has z at .975.
    tried = len(d["columns"]) + sum("trtr" in x for x in d["left_out"])
    normal = statistics.NormalDist()
    z = normal.inv_cdf(1 - 0.025 / tried) / normal.inv_cdf(0.975)
    for end, side in (("lo", -1), ("hi", 1)):
        want = max(x["gap"] + side * z * (x["hi"] - x["lo"]) / 2 for x in d["columns"])
        tally.same(ID, f"{name} worst {end}", d["worst"][end], want)


def check_models(tally, schema, name, m, train, holdout, candidate):
    for x in m["details"]["columns"]:
        world = world_of(schema, x["column"], train, holdout, {name: candidate})
        levels = sorted({v for v in world.train.column[x["column"]] if v is not None})
        if x["score"] != "auc" or len(levels) != 2:
            continue
        world.positive = levels[1]
        world.holdout = without_missing(world, world.holdout)
        for key, table in (("trtr", world.train), ("tstr", world.candidates[name])):
            tally.same(ID, f"{name} {x['column']} {key}", x[key], score(world, without_missing(world, table)), LOOSE)


def main(audit_path, schema_path, train, holdout, *candidates):
    with open(audit_path) as f, open(schema_path) as s:
        audit, schema = json.load(f), json.load(s)
    tally, paths = Tally(), dict(c.split("=", 1) for c in candidates)
    for candidate in audit["candidates"]:
        m = next(m for m in candidate["measures"] if m["id"] == ID)
        if m["status"] != "ok":
            raise SystemExit(f"{candidate['name']}: {m['reason']}")
        check_sums(tally, candidate["name"], m)
        if candidate["name"] in paths:
            check_models(tally, schema, candidate["name"], m, train, holdout, paths[candidate["name"]])
    return 0 if tally.report() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
