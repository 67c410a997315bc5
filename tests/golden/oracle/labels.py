"""Data-level fairness: labels of the groups, how strongly group and label depend on each other, columns within groups, groups guessed from
other columns."""
import collections, itertools, math, statistics

from .fidelity import column_shape
from .tables import normal, present

GAP, LINK, SHAPES, LEAK = "fairness.label_gap", "fairness.association", "fairness.group_fidelity", "fairness.leakage"


def rows(world, table, column):
    """(group, label) of the rows that have both. A level of at least ten training rows is a group, a missing cell ("missing") like a
    level; the others are one pool, if that has ten training rows."""
    trained = collections.Counter(world.train.column[column])
    pooled = sum(n for n in trained.values() if n < 10)
    name = lambda v: ("missing" if v is None else v) if trained[v] >= 10 else "pool" if pooled >= 10 else None
    return [(name(v), y) for v, y in zip(table.column[column], table.column[world.target]) if y is not None and name(v) is not None]


def classes(world):
    if world.target in world.numeric:
        return [None]
    counts = collections.Counter(v for v in world.train.column[world.target] if v is not None)
    return [c for c in sorted(counts) if counts[c] >= 10 and (len(counts) > 2 or c == world.positive)]


def moments(world, table, column, c):
    """{group: (n, mean, variance of the mean)}."""
    sd = statistics.stdev(v for v in world.train.column[world.target] if v is not None) if c is None else None
    lists, result = collections.defaultdict(list), {}
    for g, y in rows(world, table, column):
        lists[g].append(y / sd if c is None else float(y == c))
    for g, ys in lists.items():
        n = len(ys)
        p = (sum(ys) + 1) / (n + 2)
        result[g] = (n, math.fsum(ys) / n, (statistics.variance(ys) / n if n > 1 else math.inf) if c is None else p * (1 - p) / (n + 2))
    return result


def shifts(world, real, other):
    """[(column, class, {group: (shift, variance)})] of the groups that enter."""
    result = []
    for column in world.sensitive:
        for c in classes(world) if column != world.target else []:
            a, b = moments(world, real, column, c), moments(world, other, column, c)
            enter = [g for g in a if g != "pool" and a[g][0] >= 50 and b.get(g, (0,))[0] >= 50]
            result.append((column, c, {g: (b[g][1] - a[g][1], a[g][2] + b[g][2]) for g in enter}))
    return result


def label_gap(cells):
    """(value, lo, hi, critical)."""
    pairs = [(abs(x[0] - y[0]), math.sqrt(x[1] + y[1])) for _, _, groups in cells for x, y in itertools.combinations(groups.values(), 2)]
    z = normal.inv_cdf(0.5 + 0.95 ** (1 / len(pairs)) / 2)
    return max(d for d, _ in pairs), max(0.0, max(d - z * se for d, se in pairs)), max(d + z * se for d, se in pairs), z


def check_label_gap(world, tally, name, m):
    value, lo, hi, z = label_gap(shifts(world, world.train, world.candidates[name]))
    for key, got, want in (("value", m["value"], value), ("lo", m["interval"]["lo"], lo), ("hi", m["interval"]["hi"], hi), ("critical", m["details"]["critical"], z),
                           ("anchor m", m["anchor"]["m"], label_gap(shifts(world, world.holdout, world.candidates[name]))[0])):
        tally.same(GAP, f"{name} {key}", got, want)
    for x in m["details"]["groups"]:
        if x["group"].startswith("other (<"):
            continue
        for side, table in (("reference", world.train), ("subject", world.candidates[name])):
            n, mean, _ = moments(world, table, x["column"], x.get("class")).get(x["group"], (0, None, 0))
            tally.same(GAP, f"{name} {x['column']} {x['group']} {side}", x[side], mean)
            tally.same(GAP, f"{name} {x['column']} {x['group']} {side} rows", x["n_" + side], n)


def strength(pairs, numeric):
    """Cramér's V after Bergsma, or Kelley's epsilon."""
    n, groups, labels = len(pairs), collections.Counter(g for g, _ in pairs), collections.Counter(y for _, y in pairs)
    if len(groups) < 2 or len(labels) < 2:
        return 0.0
    if numeric:
        mean = math.fsum(y for _, y in pairs) / n
        total = math.fsum((y - mean) ** 2 for _, y in pairs)
        within = sum(math.fsum((y - m) ** 2 for y in ys) for ys in ([y for h, y in pairs if h == g] for g in groups) for m in [math.fsum(ys) / len(ys)])
        return math.sqrt(max(0.0, 1 - within / (n - len(groups)) / total * (n - 1)))
    phi = math.fsum((k - groups[g] * labels[y] / n) ** 2 / (groups[g] * labels[y] / n) for (g, y), k in collections.Counter(pairs).items())
    phi += math.fsum(groups[g] * labels[y] / n for g, y in set(itertools.product(groups, labels)) - set(pairs))
    r, c = len(groups), len(labels)
    least = min(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1
    return min(1.0, math.sqrt(max(0.0, phi / n - (r - 1) * (c - 1) / (n - 1)) / least))


def check_association(world, tally, name, m):
    numeric = world.target in world.numeric
    worst = 0.0
    for x in m["details"]["columns"]:
        both = [strength(rows(world, t, x["column"]), numeric) for t in (world.train, world.candidates[name])]
        tally.same(LINK, f"{name} {x['column']} reference", x["reference"]["value"], both[0])
        tally.same(LINK, f"{name} {x['column']} subject", x["subject"]["value"], both[1])
        worst = max(worst, abs(both[1] - both[0]))
    tally.same(LINK, f"{name} value", m["value"], worst)
    tally.holds(LINK, f"{name} interval holds the value", m["interval"]["lo"] <= m["value"] <= m["interval"]["hi"])


def group_shapes(world, real, other):
    """{(column, group): mean shape of the other columns}, for groups of a hundred rows in both tables."""
    result = {}
    for c in world.sensitive:
        trained = collections.Counter(world.train.column[c])
        for g in (g for g in trained if trained[g] >= 10):
            a, b = ([i for i, v in enumerate(t.column[c]) if v == g] for t in (real, other))
            if min(len(a), len(b)) >= 100:
                a, b = real.take(a), other.take(b)
                shapes = [column_shape(e in world.numeric, a.column[e], b.column[e]) for e in world.names if e != c and (present(a.column[e]) or present(b.column[e]))]
                result[c, "missing" if g is None else g] = math.fsum(shapes) / len(shapes)
    return result


def check_group_fidelity(world, tally, name, m):
    want = group_shapes(world, world.train, world.candidates[name])
    got = {(x["column"], x["group"]): x["score"] for x in m["details"]["groups"] if x["used"]}
    tally.holds(SHAPES, f"{name} groups {set(want) ^ set(got)}", set(want) == set(got))
    for k in want:
        tally.same(SHAPES, f"{name} {k}", got.get(k), want[k])
    tally.same(SHAPES, f"{name} value", m["value"], min(want.values()))
    tally.same(SHAPES, f"{name} anchor m", m["anchor"]["m"], min(group_shapes(world, world.holdout, world.candidates[name]).values()))
    tally.holds(SHAPES, f"{name} interval holds the value", m["interval"]["lo"] <= m["value"] <= m["interval"]["hi"])


def check_leakage(world, tally, name, m):
    """The trees are not grown again: what follows from the AUCs."""
    columns = [x for x in m["details"]["columns"] if x["groups"]]
    for x in columns:
        tally.same(LEAK, f"{name} {x['column']} difference", x["difference"], x["subject"] - x["reference"])
    worst = max(abs(x["difference"]) for x in columns)
    tally.same(LEAK, f"{name} value", m["value"], worst)
    tally.same(LEAK, f"{name} hi", m["interval"]["hi"], max(abs(x["difference"]) + (x["hi"] - x["lo"]) / 2 for x in columns))
    tally.same(LEAK, f"{name} lo", m["interval"]["lo"], max(0.0, max(abs(x["difference"]) - (x["hi"] - x["lo"]) / 2 for x in columns)))


def check_labels(world, tally, name, measures):
    for id, check in ((GAP, check_label_gap), (LINK, check_association), (SHAPES, check_group_fidelity), (LEAK, check_leakage)):
        if id in measures and measures[id]["status"] == "ok":
            check(world, tally, name, measures[id])
