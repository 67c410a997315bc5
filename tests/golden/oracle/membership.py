"""Membership inference after docs/measures/privacy.membership.md."""
import collections, math, statistics

from .folds import best_counts, counts_at, exposed, halves
from .tables import auc, coded_rows, nearest, normal


def value_ratio(world, x, candidate, reference):
    """One score a row and column: log((c_S + ½)/(m + 1)) − log((c_P + ½)/(p + 1))."""
    result = []
    for c in world.names:
        s, p = (collections.Counter(t.column[c]) for t in (candidate, reference))
        result.append([math.log((s[v] + 0.5) / (candidate.n + 1)) - math.log((p[v] + 0.5) / (reference.n + 1)) for v in x.column[c]])
    return result


def split_of(world, evidence, name):
    """Tested non-members are those with a score; the others are the reference."""
    tested = sorted({int(e["row"]) for e in evidence if e["candidate"] == name and e["table"] == "holdout" and e["attack"] == "dcr"})
    return tested, sorted(set(range(world.holdout.n)) - set(tested))


def membership_scores(world, name, tested, rest):
    """Attack -> scores of members, then of non-members."""
    s, p = world.candidates[name], world.holdout.take(rest)
    x = [coded_rows(world, t, world.names, True) for t in (world.train, world.holdout.take(tested))]
    coded_s, coded_p = coded_rows(world, s, world.names, True), coded_rows(world, p, world.names, True)
    to_s = [nearest(row, coded_s) for row in x[0] + x[1]]
    if rest not in [k for k, _ in world.to_reference]:
        world.to_reference.append((rest, [nearest(row, coded_p) for row in x[0] + x[1]]))
    to_p = next(d for k, d in world.to_reference if k == rest)
    floor = 0.01 * statistics.median_high(to_p[world.train.n:])
    copies = [collections.Counter(rows) for rows in (coded_s, coded_p)]
    values = [value_ratio(world, t, s, p) for t in (world.train, world.holdout.take(tested))]
    both = [list(a) + list(b) for a, b in zip(*values)]
    return both, {
        "exact": [copies[0][r] / (1 + copies[1][r]) for r in x[0] + x[1]],
        "dcr": [-d for d in to_s],
        "calibrated_dcr": [b - a for a, b in zip(to_s, to_p)],
        "log_ratio": [math.log(b + floor) - math.log(a + floor) for a, b in zip(to_s, to_p)],
        "value_ratio": [math.fsum(v) / len(both) for v in zip(*both)],
    }


def check_membership(world, tally, name, m, evidence):
    g, d = "privacy.membership", m["details"]
    tested, rest = split_of(world, evidence, name)
    tally.same(g, "reference rows", d["reference_rows"], len(rest))
    tally.same(g, "non-members", d["non_members"], len(tested))
    classes = {level for level in world.train.column[world.target] if level is not None}
    for level in set(world.holdout.column[world.target]) if len(classes) <= 2 else ():  # more classes: a plain cut
        inside = sum(world.holdout.column[world.target][i] == level for i in tested)
        outside = sum(world.holdout.column[world.target][i] == level for i in rest)
        tally.holds(g, f"stratum {level} is halved", abs(inside - outside) <= 1)
    columns, scores = membership_scores(world, name, tested, rest)
    got = collections.defaultdict(dict)
    for e in evidence:
        if e["candidate"] == name and e["measure"] == g:
            at = int(e["row"]) if e["table"] == "train" else world.train.n + tested.index(int(e["row"]))
            got[e["attack"]][at] = float(e["score"])
    n = world.train.n
    z = normal.inv_cdf(0.975)
    side, folds = (halves(n, world.seed, 0), halves(len(tested), world.seed, 1)), []
    for a in d["attacks"]:
        # The scores of the other attacks are recomputed in the unit tests; what is made of them is here.
        for i, s in enumerate(scores.get(a["attack"], ())):
            tally.same(g, f"{name} {a['attack']} row {i}", got[a["attack"]].get(i), s)
        # Ranks are taken from the audit's own scores: ties within rounding are its matter.
        own = [got[a["attack"]][i] for i in range(n + len(tested))]
        area, se = auc(own[:n], own[n:])
        width = z * se
        if se == 0:  # Clopper-Pearson over disjoint pairs
            width = (1 - 0.025 ** (1 / min(n, len(tested)))) * (0.5 if area == 0.5 else 1)
        tally.same(g, f"{name} {a['attack']} auc", a["auc"], area)
        tally.same(g, f"{name} {a['attack']} auc lo", a["lo"], max(0, area - width))
        tally.same(g, f"{name} {a['attack']} auc hi", a["hi"], min(1, area + width))
        check_rates(tally, g, f"{name} {a['attack']}", a, own[:n], own[n:], d["rule_error"])
        folds += check_folds(tally, g, f"{name} {a['attack']}", a, own[:n], own[n:], side)
    shares = [max(folds, key=lambda x: x[k])[1 - k] for k in (0, 1)]
    proven = max(e["lo"] for a in d["attacks"] for e in a["exposed"].values())
    tally.same(g, f"{name} value", m["value"], max(0, sum(shares) / 2, proven))
    for c, s in zip(d["value_columns"], columns):
        tally.same(g, f"{name} value auc {c['column']}", c["auc"], auc(s[:n], s[n:])[0])
    ends = [e for a in d["attacks"] for e in a["exposed"].values()]
    tally.same(g, f"{name} lo", m["interval"]["lo"], max(0, max(e["lo"] for e in ends)))
    tally.same(g, f"{name} hi", m["interval"]["hi"], max(0, m["value"], max(e["hi"] for e in ends)))
    limits = [a["detection_limit"] for a in d["attacks"] if a["detection_limit"] is not None]
    tally.holds(g, f"{name}: all attacks together find what one finds", not limits or d["detection_limit"] <= min(limits))


def clopper_pearson(k, n, tail):
    """Both limits with `tail` beyond each, by bisection on the binomial distribution."""

    def below(p, upto):
        return math.fsum(math.exp(math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * math.log(p) + (n - i) * math.log1p(-p)) for i in range(upto + 1))

    def solve(f):
        lo, hi = 0.0, 1.0
        for _ in range(60):
            mid = (lo + hi) / 2
            lo, hi = (mid, hi) if f(mid) else (lo, mid)
        return (lo + hi) / 2

    lower = 0.0 if k == 0 else solve(lambda p: 1 - below(p, k - 1) < tail)
    upper = 1.0 if k == n else solve(lambda p: below(p, k) > tail)
    return lower, upper


def mover_ratio(a, b):
    """MOVER-R for A/B from (estimate, lower, upper) of both (Donner and Zou 2012, eq. 9)."""
    (x, l, u), (y, m, v) = a, b
    lower = (x * y - math.sqrt((x * y) ** 2 - l * v * (2 * x - l) * (2 * y - v))) / (v * (2 * y - v))
    upper = (x * y + math.sqrt((x * y) ** 2 - u * m * (2 * x - u) * (2 * y - m))) / (m * (2 * y - m))
    return lower, upper


def likelihood(x, n, p):
    return (x * math.log(p) if x else 0) + ((n - x) * math.log1p(-p) if x < n else 0)


def likelihood_lower(tp, n1, fp, n0, root):
    """Least exposed share whose likelihood ratio has a signed root of at most `root`: golden section over F, bisection over it."""
    best = likelihood(tp, n1, tp / n1) + likelihood(fp, n0, fp / n0)

    def deviance(share):
        def at(f):
            t = share + (1 - share) * f
            return likelihood(tp, n1, t) + likelihood(fp, n0, f)

        lo, hi, gold = max(1e-12, -share / (1 - share) + 1e-12), 1 - 1e-12, (math.sqrt(5) - 1) / 2
        for _ in range(90):
            a, b = hi - gold * (hi - lo), lo + gold * (hi - lo)
            lo, hi = (lo, b) if at(a) > at(b) else (a, hi)
        return 2 * (best - at((lo + hi) / 2))

    inside = 1 - (1 - tp / n1) / (1 - fp / n0)
    lo, hi = inside - 0.5, inside
    for _ in range(50):
        middle = (lo + hi) / 2
        lo, hi = (lo, middle) if deviance(middle) < root * root else (middle, hi)
    return (lo + hi) / 2


def check_rates(tally, g, what, a, members, others, error):
    """Rates at the operating points: attained counts, their intervals, the exposed share made from them."""
    for f, t in a["tpr"].items():
        tally.holds(g, f"{what}: FPR {f} is supported", (t is not None) == (len(others) >= 10 / float(f)))
        if t is None:
            continue
        hits, false = round(t * len(members)), round(a["fpr_attained"][f] * len(others))
        tally.same(g, f"{what} tpr {f} is a count", t * len(members), hits)
        for e, got in zip(clopper_pearson(hits, len(members), 0.025), a["tpr_interval"][f]):
            tally.same(g, f"{what} tpr interval {f}", got, e)
        share = a["exposed"][f]
        fpr = false / len(others)
        tally.same(g, f"{what} exposed {f}", share["value"], (t - fpr) / (1 - fpr))
        (tl, tu), (fl, fu) = clopper_pearson(hits, len(members), 0.025), clopper_pearson(false, len(others), 0.025)
        upper = 1 - mover_ratio((1 - t, 1 - tu, 1 - tl), (1 - fpr, 1 - fu, 1 - fl))[0]
        lower = likelihood_lower(hits, len(members), false, len(others), normal.inv_cdf(1 - error))
        tally.same(g, f"{what} exposed lo {f}", share["lo"], lower, 1e-5)
        tally.same(g, f"{what} exposed hi {f}", share["hi"], upper, 1e-7)


def check_folds(tally, g, what, a, members, others, side):
    """Rates whose thresholds come from the other half; returns the exposed shares of both halves, one pair an operating point."""
    sizes = [[sides.count(half) for sides in side] for half in (0, 1)]
    result = []
    for f, t in a["tpr"].items():
        if t is not None:
            counts = counts_at(float(f), members, others, side)
            tally.same(g, f"{what} hits at {f}", t * len(members), sum(c[0] for c in counts))
            tally.same(g, f"{what} false alarms at {f}", a["fpr_attained"][f] * len(others), sum(c[1] for c in counts))
            result.append([exposed(*c, *n) for c, n in zip(counts, sizes)])
    counts = best_counts(members, others, side)
    tally.same(g, f"{what} advantage", a["advantage"], sum(c[0] for c in counts) / len(members) - sum(c[1] for c in counts) / len(others))
    return result
