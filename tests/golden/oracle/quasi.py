"""Measures on quasi-identifiers after docs/measures/privacy.{identity,attribute,k_map,delta_presence,outliers}.md. Train and holdout of the
same size: nothing is cut. The tree attack of privacy.attribute is not grown here: its numbers are taken as they are."""
import bisect, collections, itertools, math

from .membership import clopper_pearson
from .tables import auc, coded_rows, distance, newcombe, normal, present, wilson

Z = normal.inv_cdf(0.975)


def cut_points(values, classes, exact):
    """Least values of the classes of a number, all but the first; None: as many classes as values."""
    s = sorted(present(values))
    if len(set(s)) <= exact:
        return None
    return sorted({s[len(s) * j // classes] for j in range(1, classes)} - {s[0]})


def known(world, columns, table, given):
    """Rows as the attacker sees them: exact where given, else numbers of more than 100 values as deciles of train."""
    parts = []
    for c in columns:
        values = table.column[c]
        if c in world.numeric and not given:
            edges = cut_points(world.train.column[c], 10, 100)
            if edges is not None:
                values = [None if v is None else bisect.bisect_right(edges, v) for v in values]
        parts.append(values)
    return list(zip(*parts))


def unique_share(rows):
    count = collections.Counter(rows)
    return sum(count[r] == 1 for r in rows) / len(rows)


def check_proposal(world, tally, g, name, d, secrets):
    n = world.train.n
    seen = {c: [r[0] for r in known(world, [c], world.train, False)] for c in world.names if c not in secrets}
    alone = {c: unique_share(v) for c, v in seen.items()}
    tally.same(g, f"{name} identifiers", " ".join(d["identifiers"]), " ".join(c for c in seen if alone[c] >= 0.5))
    usable = [c for c in seen if alone[c] < 0.5 and len(set(seen[c])) > 1]
    share = lambda columns: unique_share(list(zip(*(seen[c] for c in columns))))
    for p in d["proposed"]:
        tally.same(g, f"{name} proposed {p['columns']}", p["unique"], share(p["columns"]))
    size = len(d["proposed"][0]["columns"])
    for k in range(1, min(size, 3) + 1):
        best = max(map(share, itertools.combinations(usable, k)))
        tally.same(g, f"{name} best of {k} columns", max(p["unique"] for p in d["proposed"] if len(p["columns"]) == k), best)
        tally.holds(g, f"{name} {k} columns suffice", k == size or best < 0.5)


def check_quasi(world, tally, g, name, q, without=()):
    given = [c for c in world.names if c in world.quasi and c not in without]
    tally.holds(g, f"{name} given", q["given"] == bool(given))
    if given:
        tally.same(g, f"{name} columns", " ".join(q["columns"]), " ".join(given))
    tally.same(g, f"{name} unique", q["unique"], unique_share(known(world, q["columns"], world.train, q["given"])))
    return q["columns"], q["given"]


def check_identity(world, tally, name, m, secrets):
    g, d = "privacy.identity", m["details"]
    columns, given = check_quasi(world, tally, g, name, d["quasi"])
    subject = collections.Counter(known(world, columns, world.candidates[name], given))
    found = {}
    for suffix, table in (("", world.train), ("_holdout", world.holdout)):
        rows = known(world, columns, table, given)
        count = collections.Counter(rows)
        alone = [r for r in rows if count[r] == 1]
        found[suffix] = (sum(r in subject for r in alone), len(alone))
        tally.same(g, f"{name} unique{suffix}", d["unique" + suffix], len(alone) / len(rows))
        tally.same(g, f"{name} found{suffix}", d["found" + suffix], found[suffix][0] / len(alone))
        tally.same(g, f"{name} replicated{suffix}", d["replicated" + suffix], sum(subject[r] == 1 for r in alone) / len(rows))
        tally.same(g, f"{name} shared{suffix}", d["shared" + suffix], sum(r in subject for r in rows) / len(rows))
    (a, n), (b, k) = found[""], found["_holdout"]
    u = n / world.train.n
    lo, hi = newcombe(a / n, n, b / k, k, Z)
    for what, got, want in (("value", m["value"], u * (a / n - b / k)), ("lo", m["interval"]["lo"], u * lo), ("hi", m["interval"]["hi"], u * hi)):
        tally.same(g, f"{name} {what}", got, want)
    check_proposal(world, tally, g, name, d, secrets)


def check_k_map(world, tally, name, m):
    g, d = "privacy.k_map", m["details"]
    columns, given = check_quasi(world, tally, g, name, d["quasi"])
    real = collections.Counter(known(world, columns, world.train, given) + known(world, columns, world.holdout, given))
    rows = known(world, columns, world.candidates[name], given)
    sizes = sorted(real[r] for r in rows if r in real)
    n = len(sizes)
    below = lambda k: math.fsum(math.comb(n, j) * 0.05**j * 0.95 ** (n - j) for j in range(k))
    lower = max(k for k in range(n + 1) if below(k) <= 0.025)
    upper = next((k for k in range(1, n + 1) if 1 - below(k) <= 0.025), n)
    tally.same(g, f"{name} matched", d["matched"], n / len(rows))
    tally.same(g, f"{name} value", m["value"], sizes[math.ceil(0.05 * n) - 1])
    tally.same(g, f"{name} lo", m["interval"]["lo"], sizes[lower - 1] if lower else 1)
    tally.same(g, f"{name} hi", m["interval"]["hi"], sizes[upper - 1])
    for x in d["below"]:
        tally.same(g, f"{name} below {x['k']}", x["share"], sum(s < x["k"] for s in sizes) / n)


def check_delta_presence(world, tally, name, m):
    g, d = "privacy.delta_presence", m["details"]
    columns, given = check_quasi(world, tally, g, name, d["quasi"])
    train, holdout = (collections.Counter(known(world, columns, t, given)) for t in (world.train, world.holdout))
    subject = set(known(world, columns, world.candidates[name], given))
    people = collections.Counter()
    for key in train | holdout:
        n = train[key] + holdout[key]
        group = "absent" if key not in subject else max(k for k in (1, 2, 3, 5, 10) if n >= k)
        people[group, 0] += n
        people[group, 1] += train[key]
    for x in d["classes"] + [dict(d["absent"], **{"from": "absent"})]:
        n, k = people[x["from"], 0], people[x["from"], 1]
        tally.same(g, f"{name} people {x['from']}", x["people"], n)
        tally.same(g, f"{name} train {x['from']}", x["train"], k / n if n else None)
    counted = [(people[k, 1], people[k, 0]) for k in (1, 2, 3, 5, 10) if people[k, 0] >= 50]
    tally.same(g, f"{name} value", m["value"], max(k / n for k, n in counted))
    tally.same(g, f"{name} lo", m["interval"]["lo"], max(clopper_pearson(k, n, 0.025 / len(counted))[0] for k, n in counted))
    tally.same(g, f"{name} hi", m["interval"]["hi"], max(clopper_pearson(k, n, 0.025)[1] for k, n in counted))


def student(p, freedom):
    """Quantile of Student's t, p > ½: bisection on Simpson's rule of the density after t = √f tan θ."""
    norm = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(math.pi)

    def upper(t):
        top, steps = math.atan(t / math.sqrt(freedom)), 400
        f = lambda theta: math.cos(theta) ** (freedom - 1)
        h = top / steps
        return 0.5 + norm * h / 3 * math.fsum(f(i * h) * (1 if i in (0, steps) else 4 if i % 2 else 2) for i in range(steps + 1))

    lo, hi = 0.0, 1000.0
    for _ in range(80):
        mid = (lo + hi) / 2
        lo, hi = (mid, hi) if upper(mid) < p else (lo, mid)
    return lo


def check_outliers(world, tally, name, m):
    g, d = "privacy.outliers", m["details"]
    real = [coded_rows(world, t, world.names, True) for t in (world.train, world.holdout)]
    rows, subject = real[0] + real[1], coded_rows(world, world.candidates[name], world.names, True)
    if not hasattr(world, "far"):
        world.far = [math.fsum(sorted(distance(r, o) for j, o in enumerate(rows) if j != i)[:5]) / 5 for i, r in enumerate(rows)]
    limit = sorted(world.far)[len(rows) - 1 - len(rows) // 10]
    near = [[-min(distance(r, s) for s in subject) for i, r in enumerate(rows) if world.far[i] > limit + 1e-12 and (i >= world.train.n) == side]
            for side in (False, True)]
    tally.same(g, f"{name} outliers", d["outliers"], len(near[0]))
    tally.same(g, f"{name} outliers of the holdout", d["outliers_holdout"], len(near[1]))
    value, se = auc(*([round(x, 12) for x in n] for n in near))
    half = student(0.975, min(map(len, near)) - 1) * se
    tally.same(g, f"{name} value", m["value"], value)
    tally.same(g, f"{name} lo", m["interval"]["lo"], max(0, value - half), 1e-7)
    tally.same(g, f"{name} hi", m["interval"]["hi"], min(1, value + half), 1e-7)


# ---- attribute ----


def secret_classes(world, column, tables):
    """Class of each cell, None where it is missing or train lacks it."""
    train = present(world.train.column[column])
    if column in world.numeric:
        edges = cut_points(train, 4, 4)
        edges = sorted(set(train))[1:] if edges is None else edges
        return [[None if v is None else bisect.bisect_right(edges, v) for v in t.column[column]] for t in tables]
    order = sorted(collections.Counter(train).items(), key=lambda x: (-x[1], x[0]))
    of = {v: min(k, 5) for k, (v, _) in enumerate(order)}
    return [[of.get(v) for v in t.column[column]] for t in tables]


def answers(world, columns, given, records, classes, subject, subject_classes):
    """For each record: share of the true class among the nearest rows; CAP, with draws from all where no key matches; generalised CAP; matched."""
    use = [j for j, c in enumerate(subject_classes) if c is not None]
    coded = coded_rows(world, subject, columns, True)
    keys = known(world, columns, subject, given)
    count = collections.Counter(subject_classes[j] for j in use)
    by_record = zip(coded_rows(world, records, columns, True), known(world, columns, records, given), classes)
    for row, key, c in by_record:
        if c is None:
            continue
        far = {j: round(distance(row, coded[j]), 13) for j in use}
        least = min(far.values())
        near = [subject_classes[j] == c for j in use if far[j] == least]
        apart = collections.defaultdict(list)
        for j in use:
            apart[sum(x != y for x, y in zip(key, keys[j]))].append(subject_classes[j] == c)
        closest = apart[min(apart)]
        exact = sum(apart[0]) / len(apart[0]) if 0 in apart else count[c] / len(use)
        yield c, (sum(near) / len(near), exact, sum(closest) / len(closest)), 0 in apart


def accuracy(rows, attack, weight):
    w = [weight(c) for c, _, _ in rows]
    a = math.fsum(x * r[1][attack] for x, r in zip(w, rows)) / math.fsum(w)
    spread = math.fsum((x * (r[1][attack] - a)) ** 2 for x, r in zip(w, rows))
    n = sum(w) ** 2 / sum(x * x for x in w)
    return a, max(1, a * (1 - a) * sum(w) ** 2 / spread) if spread > 1e-20 and 0 < a < 1 else n


def advantage(train, holdout, attack, weight, looks):
    (a, n), (c, k) = accuracy(train, attack, weight), accuracy(holdout, attack, weight)
    mass = collections.Counter()
    for x, _, _ in holdout:
        mass[x] += weight(x)
    constant = max(mass.values()) / sum(mass.values())
    left = 1 - min(c, constant)
    slope = (1 - a) / left**2 if c < constant else 1 / left
    sure, value = normal.inv_cdf(1 - 0.025 / looks), (a - c) / left
    lo = value - math.hypot((a - wilson(a, n, sure)[0]) / left, slope * (wilson(c, k, sure)[1] - c))
    hi = value + math.hypot((wilson(a, n, Z)[1] - a) / left, slope * (c - wilson(c, k, Z)[0]))
    return {"train": a, "holdout": c, "advantage": value, "lo": lo, "hi": min(1, hi)}


def check_attribute(world, tally, name, m):
    g, d, subject = "privacy.attribute", m["details"], world.candidates[name]
    looks, ends = 4 * len(d["secrets"]), []
    for s in d["secrets"]:
        what, column = f"{name} {s['column']}", s["column"]
        columns, given = check_quasi(world, tally, g, what, s["quasi"], (column,))
        classes = secret_classes(world, column, (world.train, world.holdout, subject))
        rows = [list(answers(world, columns, given, t, classes[k], subject, classes[2])) for k, t in enumerate((world.train, world.holdout))]
        count = collections.Counter(c for c, _, _ in rows[0])
        rare = lambda c: -math.log2(max(count[c], 1) / len(rows[0]))
        for k, side in enumerate(("train", "holdout")):
            met = [r[1][1] for r in rows[k] if r[2]]
            tally.same(g, f"{what} matched {side}", s["cap"][side]["matched"], len(met) / len(rows[k]))
            tally.same(g, f"{what} CAP {side}", s["cap"][side]["cap"], math.fsum(met) / len(met) if met else None)
            tally.same(g, f"{what} 0CAP {side}", s["cap"][side]["zero_cap"], math.fsum(met) / len(rows[k]))
        for attack, item in enumerate(s["attacks"]):
            ends.append(item)
            if item["attack"] == "tree":
                continue
            for got, weight in ((item, rare), (item["unweighted"], lambda c: 1.0)):
                for key, want in advantage(*rows, attack, weight, looks).items():
                    tally.same(g, f"{what} {item['attack']} {key}", got[key], want)
    for what, got, key in (("value", m["value"], "advantage"), ("lo", m["interval"]["lo"], "lo"), ("hi", m["interval"]["hi"], "hi")):
        tally.same(g, f"{name} {what}", got, max(x[key] for x in ends))


def check_disclosure(world, tally, name, measures, schema):
    roles = lambda c: [c["role"]] if isinstance(c.get("role"), str) else c.get("role", [])
    hidden = {c["name"] for c in schema["columns"] if {"secret", "target"} & set(roles(c))}
    ok = lambda id: id in measures and measures[id]["status"] == "ok"
    if ok("privacy.identity"):
        check_identity(world, tally, name, measures["privacy.identity"], hidden)
    for id, check in (("privacy.attribute", check_attribute), ("privacy.k_map", check_k_map), ("privacy.delta_presence", check_delta_presence),
                      ("privacy.outliers", check_outliers)):
        if ok(id):
            check(world, tally, name, measures[id])
