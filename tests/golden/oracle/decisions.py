"""Fairness, utility and robustness: from the parts that audit.json lists to the values; representation from the tables."""
import collections, itertools, math, statistics

from .tables import normal, wilson


def group_counts(world, column):
    target, positive = world.holdout.column[world.target], world.positive
    result = {}
    for g, y in zip(world.holdout.column[column], target):
        n, p = result.get(g, (0, 0))
        result[g] = (n + 1, p + (y == positive))
    return result


def check_decisions(world, tally, name, measures):
    """Counts behind rates, rates -> gaps -> values; amplification is the difference of the parity gaps."""
    z = normal.inv_cdf(0.975)
    for id, rate, kind in (("fairness.demographic_parity", "rate", "parity"), ("fairness.equal_opportunity", "tpr", "opportunity")):
        m = measures.get(id)
        if m is None or m["status"] != "ok":
            continue
        rates = collections.defaultdict(dict)
        for x in m["details"]["groups"]:
            where = f"{name} {x['column']} {x['group']} {x['learner']} {x['trained_on']}"
            n, p = group_counts(world, x["column"]).get(x["group"], (None, None))
            if n is not None:
                tally.same(id, f"{where} n", x["n"], n)
                tally.holds(id, f"{where} rates of fewer than k rows", (x["tpr"] is None, x["fpr"] is None) == (p < 10, n - p < 10))
            if n is not None and x["tpr"] is not None and x["fpr"] is not None:
                hits, false = x["tpr"] * p, x["fpr"] * (n - p)
                for what, number in (("hits", hits), ("false alarms", false)):
                    tally.same(id, f"{where} {what} are a count", number, round(number))
                tally.same(id, f"{where} rate", x["rate"], (hits + false) / n)
                tally.same(id, f"{where} accuracy", x["accuracy"], (hits + n - p - false) / n)
                if x["ppv"] is not None:
                    tally.same(id, f"{where} ppv", x["ppv"], hits / (hits + false))
                lo, hi = wilson(x[rate], n if rate == "rate" else p, z)
                tally.same(id, f"{where} lo", x["lo"], lo)
                tally.same(id, f"{where} hi", x["hi"], hi)
                tally.holds(id, f"{where} used", x["used"] == ((n if rate == "rate" else p) >= 50))
            if x["used"]:
                rates[x["column"], x["learner"], x["trained_on"]][x["group"]] = x[rate]
        gap = {k: max(v.values()) - min(v.values()) for k, v in rates.items() if len(v) > 1}
        change, by_column = collections.defaultdict(list), collections.defaultdict(list)
        for x in m["details"]["gaps"]:
            where = f"{name} {x['column']} {x['learner']}"
            if len(rates[x["column"], x["learner"], "candidate"]) < 2:
                tally.same(id, f"{where} one group has no gap", x["candidate"], None)
                continue
            c, r = (gap[x["column"], x["learner"], k] for k in ("candidate", "real"))
            tally.holds(id, f"{where} kind", x["gap"] == kind)
            tally.same(id, f"{where} candidate", x["candidate"], c)
            tally.same(id, f"{where} real", x["real"], r)
            tally.same(id, f"{where} change", x["change"], c - r)
            for k in ("candidate", "real"):
                v = rates[x["column"], x["learner"], k].values()
                tally.same(id, f"{where} ratio {k}", x["ratio_" + k], min(v) / max(v))
            by_column[x["column"]].append(c)
            change[x["column"]].append(c - r)
        tally.same(id, f"{name} value", m["value"], max(map(statistics.fmean, by_column.values())))
        if kind == "parity":
            other = measures["fairness.amplification"]
            tally.same("fairness.amplification", f"{name} value", other["value"], max(map(statistics.fmean, change.values())))
            for x in other["details"]["means"]:
                where = f"{name} {x['column']} mean"
                tally.same("fairness.amplification", f"{where} candidate", x["candidate"], statistics.fmean(by_column[x["column"]]))
                tally.same("fairness.amplification", f"{where} change", x["change"], statistics.fmean(change[x["column"]]))
                tally.holds("fairness.amplification", f"{where} interval", x["lo"] <= x["change"] <= x["hi"])


def check_representation(world, tally, name, m):
    """Woolf's log odds ratios, Haldane's half where a count is 0, one critical value for all groups, the rule which are judged."""
    g, s, r = "fairness.representation", world.candidates[name], world.train
    if m["status"] != "ok":
        return
    d = m["details"]
    columns = {c: (r.column[c], s.column[c]) for c in world.sensitive}
    groups = [(c, {v: (a.count(v), b.count(v)) for v in set(a)}) for c, (a, b) in columns.items()]
    for c, e in itertools.combinations(world.sensitive, 2):
        a, b = (list(zip(t.column[c], t.column[e])) for t in (r, s))
        groups.append((f"{c} & {e}", {f"{x} & {y}": (a.count((x, y)), b.count((x, y))) for x, y in set(a)}))
    want = {(c, v): k for c, counts in groups for v, k in counts.items() if k[0] >= 10}
    got = {(x["column"], x["group"]): x for x in d["groups"] if not x["group"].startswith("other (<")}
    tally.holds(g, f"{name}: same groups {set(got) ^ set(want)}", set(got) == set(want))
    z = normal.inv_cdf(0.5 + 0.95 ** (1 / len(want)) / 2)
    tally.same(g, f"{name} critical", d["critical"], z)
    ends = []
    for k, x in got.items():
        a, b = want.get(k, (x["n"], 0))
        tally.same(g, f"{name} {k} n", x["n"], a)
        tally.same(g, f"{name} {k} reference", x["share_reference"], a / r.n)
        tally.same(g, f"{name} {k} subject", x["share_subject"], b / s.n)
        for end, v in zip(("share_lo", "share_hi"), wilson(b / s.n, s.n, normal.inv_cdf(0.975))):
            tally.same(g, f"{name} {k} {end}", x[end], v)
        cells = [float(b), float(s.n - b), float(a), float(r.n - a)]
        if 0 in cells:
            cells = [v + 0.5 for v in cells]
        disparity, se = math.log(cells[0] / cells[1]) - math.log(cells[2] / cells[3]), math.sqrt(sum(1 / v for v in cells))
        tally.same(g, f"{name} {k} disparity", x["disparity"], disparity)
        tally.same(g, f"{name} {k} lo", x["lo"], disparity - z * se)
        tally.same(g, f"{name} {k} hi", x["hi"], disparity + z * se)
        p = a / r.n
        large = z * math.sqrt((1 / r.n + 1 / s.n) / (p * (1 - p))) <= math.log(2) / 2
        proven = abs(disparity) - z * se > math.log(1.25)
        tally.holds(g, f"{name} {k} used", x["used"] == (large or proven))
        if large or proven:
            ends.append((abs(disparity), z * se))
    tally.same(g, f"{name} value", m["value"], max(e[0] for e in ends))
    tally.same(g, f"{name} lo", m["interval"]["lo"], max(max(a - b, 0) for a, b in ends))
    tally.same(g, f"{name} hi", m["interval"]["hi"], max(a + b for a, b in ends))


def ranks(values):
    """Midranks, the largest value first."""
    return [sum(w > v for w in values) + (values.count(v) + 1) / 2 for v in values]


def check_rank(tally, name, rank, learners, score):
    if rank is None or rank["status"] != "ok":
        return
    tstr, trtr = ([x[k][score] for x in learners] for k in ("tstr", "trtr"))
    a, b = ranks(tstr), ranks(trtr)
    tally.same("utility.rank", f"{name} value", rank["value"], statistics.correlation(a, b))
    chosen = max(range(len(tstr)), key=lambda i: tstr[i])
    tally.same("utility.rank", f"{name} regret", rank["details"]["regret"]["value"], max(trtr) - trtr[chosen])
    for x, i, j in zip(rank["details"]["learners"], a, b):
        tally.holds("utility.rank", f"{name} {x['learner']} ranks", (x["rank_tstr"], x["rank_trtr"]) == (i, j))


def check_curve(tally, name, m, learners):
    """The area under the listed curve, and its clean end from the learners' scores that utility.tstr lists."""
    curve = m["details"]["curve"]
    score = m["details"]["score"]
    width = curve[-1]["eps"] - curve[0]["eps"]
    for which, got in (("tstr", m["value"]), ("trtr", m["anchor"]["c"])):
        area = math.fsum((b["eps"] - a["eps"]) * (a[which] + b[which]) / 2 for a, b in zip(curve, curve[1:])) / width
        tally.same(m["id"], f"{name} area {which}", got, area)
        tally.same(m["id"], f"{name} details {which}", m["details"]["area_" + which], area)
        tally.same(m["id"], f"{name} clean {which}", curve[0][which], statistics.fmean(x[which][score] for x in learners))


def check_seed(tally, name, m):
    """Spread, mean and worst score from the listed scores of the parts."""
    for which in ("tstr", "trtr"):
        got = m["details"][which]
        pairs = [(x["first"], x["second"]) for x in got["pairs"]]
        parts = [x for pair in pairs for x in pair]
        spread = math.sqrt(statistics.fmean((a - b) ** 2 for a, b in pairs) / 2)
        if which == "tstr":
            tally.same(m["id"], f"{name} value", m["value"], spread)
        tally.same(m["id"], f"{name} spread {which}", got["spread"], spread)
        tally.same(m["id"], f"{name} mean {which}", got["mean"], statistics.fmean(parts))
        tally.same(m["id"], f"{name} worst {which}", got["worst"], min(parts))
        tally.same(m["id"], f"{name} seed {which}", got["seed_change"], 0)


def check_learners(tally, name, measures):
    tstr, gap = (measures.get(k) for k in ("utility.tstr", "utility.gap"))
    if tstr is None:
        return
    real = [x for x in tstr["details"]["learners"] if not x["baseline"]]
    score = tstr["details"]["score"]
    areas = [statistics.fmean(x[k][score] for x in real) for k in ("tstr", "trtr")]
    tally.same("utility.tstr", f"{name} value", tstr["value"], areas[0])
    tally.same("utility.tstr", f"{name} anchor", tstr["anchor"]["c"], areas[1])
    for x, y in zip(tstr["details"]["learners"], gap["details"]["learners"]):
        tally.same("utility.gap", f"{name} {x['learner']}", y["gap"], x["trtr"][score] - x["tstr"][score])
    tally.same("utility.gap", f"{name} value", gap["value"], areas[1] - areas[0])
    check_rank(tally, name, measures.get("utility.rank"), real, score)
    for curve in ("noise", "missing", "adversarial"):
        if "robustness." + curve not in measures:
            continue
        check_curve(tally, name, measures["robustness." + curve], [x for x in real if x["learner"] in ("logistic", "boosted")])
    if "robustness.seed" in measures:
        check_seed(tally, name, measures["robustness.seed"])
