"""Model-level fairness beyond parity and opportunity: from the counts and rates of groups to statistics and values; the linear model's
biases and calibration errors from its own probabilities, fitted here."""
import collections, itertools, math, statistics

from .logistic import LOOSE
from .tables import normal, wilson

KINDS = {"equalized_odds": "odds", "predictive_parity": "predictive", "calibration": "calibration", "worst_group": "worst",
         "equity_scaled": "equity", "intersections": "parity"}


def groups_of(world, table, column):
    """Group of every row: a level, or the meeting of two."""
    names = column.split(" & ")
    return [" & ".join(x) for x in zip(*(table.column[c] for c in names))]


def check_interval(tally, id, where, kind, x, n, p):
    """Wilson's interval of the rate in view, where that is a share of at least ten rows; that of a bias is of its rows (check_scores)."""
    if kind == "calibration":
        return
    shares = {"parity": ("rate", n), "odds": ("tpr", p), "predictive": ("ppv", round(n * x["rate"])), "equity": ("accuracy", n)}
    rate, rows = shares.get(kind, (None, 0))
    want = wilson(x[rate], rows, normal.inv_cdf(0.975)) if rows >= 10 else (None, None)
    for end, v in zip(("lo", "hi"), want):
        tally.same(id, f"{where} {end}", x[end], v)


def check_group(world, tally, id, where, x, n, p):
    """One group's rates are shares of its counts; returns the counts that decide whether it enters."""
    tally.same(id, f"{where} n", x["n"], n)
    hits = None if x["tpr"] is None else x["tpr"] * p
    false = None if x["fpr"] is None else x["fpr"] * (n - p)
    tally.holds(id, f"{where} small shares are not written", (hits is None, false is None) == (p < 10, n - p < 10))
    if hits is not None and false is not None:
        selected = hits + false
        for what, v in (("hits", hits), ("false alarms", false)):
            tally.same(id, f"{where} {what} are a count", v, round(v))
        tally.same(id, f"{where} rate", x["rate"], selected / n)
        tally.same(id, f"{where} accuracy", x["accuracy"], (hits + n - p - false) / n)
        tally.same(id, f"{where} balanced", x["balanced_accuracy"], (hits / p + 1 - false / (n - p)) / 2)
        if x["ppv"] is not None:
            tally.same(id, f"{where} ppv", x["ppv"], hits / selected)


def ece(p, y):
    bins = collections.defaultdict(list)
    for q, v in zip(p, y):
        bins[min(int(10 * q), 9)].append(v - q)
    return math.fsum(abs(math.fsum(b)) for b in bins.values()) / len(y)


def check_scores(world, tally, id, where, x, group, truth, p):
    rows = [i for i, g in enumerate(group) if g == x["group"]]
    y, q = [truth[i] for i in rows], [p[i] for i in rows]
    tally.same(id, f"{where} bias", x["bias"], statistics.fmean(q) - statistics.fmean(y), LOOSE)
    if "calibration_error" in x:
        off = [a - b for a, b in zip(q, y)]
        reach = normal.inv_cdf(0.975) * statistics.stdev(off) / math.sqrt(len(off)) if len(off) > 1 else None
        for end, sign in (("lo", -1), ("hi", 1)):
            tally.same(id, f"{where} {end}", x[end], None if reach is None else statistics.fmean(off) + sign * reach, LOOSE)
        # Solvers agree to LOOSE, which may take rows that lie so near to the edge of a bin over it, each worth 2/n at most.
        near = sum(abs(v - round(10 * v) / 10) < LOOSE for v in q)
        tally.same(id, f"{where} calibration error", x["calibration_error"], ece(q, y), LOOSE + 2 * max(near, 1) / len(rows))


def spread(values):
    return max(values) - min(values) if len(values) > 1 else None


def statistic(kind, groups, counts, selected):
    """Of the groups of one model; None where fewer than two enter."""
    name = lambda x: x["group"]
    enough = [x for x in groups if counts[name(x)][0] >= 50]
    positive = [x for x in enough if counts[name(x)][1] >= 50]
    negative = [x for x in enough if counts[name(x)][0] - counts[name(x)][1] >= 50]
    both = [x for x in positive if x in negative]
    if kind == "parity":
        return spread([x["rate"] for x in enough])
    if kind == "calibration":
        return spread([x["bias"] for x in enough])
    if kind == "predictive":
        return spread([x["ppv"] for x in enough if selected(x)])
    if kind == "odds":
        ranges = [spread([x["tpr"] for x in positive]), spread([x["fpr"] for x in negative])]
        return None if None in ranges else max(ranges)
    if kind == "worst":
        return min(x["balanced_accuracy"] for x in both) if len(both) > 1 else None
    whole = math.fsum(x["n"] * x["accuracy"] for x in groups) / sum(x["n"] for x in groups)
    return whole / (1 + math.fsum(abs(x["accuracy"] - whole) for x in enough)) if len(enough) > 1 else None


def check_measure(world, tally, name, id, kind, m):
    holdout, truth = world.holdout, [v == world.positive for v in world.holdout.column[world.target]]
    by_model, counts, group = collections.defaultdict(list), {}, {}
    columns = [c for c in world.sensitive if c != world.target]
    if id == "fairness.intersections":
        columns = [f"{a} & {b}" for a, b in itertools.combinations(columns, 2)]
    for c in columns:
        group[c] = groups_of(world, holdout, c)
        trained = collections.Counter(groups_of(world, world.train, c))
        counts[c] = {g: (n, sum(y for v, y in zip(group[c], truth) if v == g)) for g, n in collections.Counter(group[c]).items()}
        want = {g for g, (n, _) in counts[c].items() if n >= 10 and trained[g] >= 10}
        got = {x["group"] for x in m["details"]["groups"] if x["column"] == c and not x["group"].startswith("other (<")}
        tally.holds(id, f"{name} {c} groups {sorted(want ^ got)}", want == got)
    for x in m["details"]["groups"]:
        by_model[x["column"], x["learner"], x["trained_on"]].append(x)
        if x["group"] not in counts[x["column"]]:
            counts[x["column"]][x["group"]] = (0, 0)  # a pool: never enters
            continue
        where = f"{name} {x['column']} {x['group']} {x['learner']} {x['trained_on']}"
        check_group(world, tally, id, where, x, *counts[x["column"]][x["group"]])
        check_interval(tally, id, where, kind, x, *counts[x["column"]][x["group"]])
        p = world.logistic.get((name, "tstr" if x["trained_on"] == "candidate" else "trtr"))
        if p and x["learner"] == "logistic":
            check_scores(world, tally, id, where, x, group[x["column"]], truth, p)
    means = collections.defaultdict(list)
    for x in m["details"]["gaps"]:
        where, both = f"{name} {x['column']} {x['learner']}", {}
        sides = {s: {y["group"]: y["n"] * y["rate"] for y in by_model[x["column"], x["learner"], s]} for s in ("candidate", "real")}
        selected = lambda y: all(s.get(y["group"], 0) >= 50 - 1e-6 for s in sides.values())
        for side in ("candidate", "real"):
            groups = by_model[x["column"], x["learner"], side]
            both[side] = statistic(kind, groups, counts[x["column"]], selected)
            tally.same(id, f"{where} {side}", x[side], both[side])
            if kind == "calibration":
                used = [y["calibration_error"] for y in groups if counts[x["column"]][y["group"]][0] >= 50]
                tally.same(id, f"{where} {side} range of errors", x["error_range_" + side], spread(used))
        tally.holds(id, f"{where} kind", x["gap"] == kind)
        if None not in both.values():
            tally.same(id, f"{where} change", x["change"], both["candidate"] - both["real"])
            means[x["column"]].append(both["candidate"])
    worst = min if kind in ("worst", "equity") else max
    tally.same(id, f"{name} value", m["value"], worst(map(statistics.fmean, means.values())))
    tally.holds(id, f"{name} interval holds the value", m["interval"]["lo"] <= m["value"] <= m["interval"]["hi"])


def check_groups(world, tally, name, measures):
    for short, kind in KINDS.items():
        id = "fairness." + short
        if id in measures and measures[id]["status"] == "ok":
            check_measure(world, tally, name, id, kind, measures[id])
    if "fairness.equalized_odds" in measures and measures["fairness.equalized_odds"]["status"] == "ok":
        less, more = measures["fairness.equal_opportunity"], measures["fairness.equalized_odds"]
        tally.holds("fairness.equalized_odds", f"{name} never below opportunity", more["value"] >= less["value"] - 1e-12)
