"""Proxies after docs/measures/proxy.*.md. The jackknife is done literally: every row of every table is left out once."""
import collections, math, types

from .tables import coded_rows, distance, normal, present, wilson

Z = normal.inv_cdf(0.975)
TIE = 1e-12


class Sides:
    """Train r, holdout h, candidate s: for each row of one table the rows of another in order of distance, itself left out."""

    def __init__(self, rows):
        self.rows, self.lists = rows, {}

    def order(self, a, b, between=distance):
        key = a + b
        if key not in self.lists:
            self.lists[key] = [sorted((between(x, y), j) for j, y in enumerate(self.rows[b]) if a != b or i != j)[:4]
                               for i, x in enumerate(self.rows[a])]
        return self.lists[key]

    def near(self, a, b, skip=(None, None), between=distance):
        """(row, distances to the nearest three rows) of every row of a, a row of one table left out."""
        for i, others in enumerate(self.order(a, b, between)):
            if skip != (a, i):
                yield i, [d for d, j in others if skip != (b, j)][:3]


def nearer(a, b):
    return 0.5 if abs(a - b) <= TIE else float(a < b)


def jackknife(statistic, sizes):
    """Sum over tables of (n − 1)/n Σ (change − mean)²."""
    total = 0.0
    for table, n in sizes.items():
        values = [statistic((table, i)) for i in range(n)]
        centre = math.fsum(values) / n
        total += math.fsum((v - centre) ** 2 for v in values) * (n - 1) / n
    return total


def mean(values):
    values = list(values)
    return math.fsum(values) / len(values)


def quantile(values, p):
    s = sorted(values)
    at = p * (len(s) - 1)
    low = math.floor(at)
    return s[low] + (at - low) * (s[min(low + 1, len(s) - 1)] - s[low])


def wide(share, n, variance):
    lo, hi = wilson(share, n, Z)
    return max(0, share - math.hypot(share - lo, Z * math.sqrt(variance))), min(1, share + math.hypot(hi - share, Z * math.sqrt(variance)))


def ends(tally, g, name, m, lo, hi):
    tally.same(g, f"{name} lo", m["interval"]["lo"], lo)
    tally.same(g, f"{name} hi", m["interval"]["hi"], hi)


def woodruff(sides, a, b, p):
    d = [x[0] for _, x in sides.near(a, b)]
    q = quantile(d, p)
    below = lambda skip: sum(x[0] <= q + TIE for _, x in sides.near(a, b, skip)) / len(d)
    lo, hi = wide(p, len(d), jackknife(below, {b: len(sides.rows[b])}))
    return q, quantile(d, lo), quantile(d, hi)


def check_quantiles(world, tally, name, m, sides):
    g, d = "proxy.dcr_quantiles", m["details"]
    (a, a_lo, a_hi), (b, b_lo, b_hi) = (woodruff(sides, "s", x, 0.05) for x in "rh")
    tally.same(g, f"{name} value", m["value"], a - b)
    ends(tally, g, name, m, a - b - math.hypot(a - a_lo, b_hi - b), a - b + math.hypot(a_hi - a, b - b_lo))
    for key, x, y in (("to_train", "s", "r"), ("to_holdout", "s", "h"), ("within_train", "r", "r"), ("within_candidate", "s", "s")):
        for p, got in zip(d["at"], d[key], strict=True):
            tally.same(g, f"{name} {key} {p}", got, quantile([v[0] for _, v in sides.near(x, y)], p))


def check_nndr(world, tally, name, m, sides):
    g, d = "proxy.nndr", m["details"]
    ratios = lambda to, skip=(None, None): [x[0] / x[1] if x[1] > 0 else 1.0 for _, x in sides.near("s", to, skip)]
    value = lambda skip=(None, None): mean(ratios("r", skip)) - mean(ratios("h", skip))
    tally.same(g, f"{name} value", m["value"], value())
    for to, key in (("r", "train"), ("h", "holdout")):
        tally.same(g, f"{name} mean_{key}", d["mean_" + key], mean(ratios(to)))
        tally.same(g, f"{name} p05_{key}", d["p05_" + key], quantile(ratios(to), 0.05))
    width = Z * math.sqrt(jackknife(value, {k: len(v) for k, v in sides.rows.items()}))
    ends(tally, g, name, m, value() - width, value() + width)


def check_nnaa(world, tally, name, m, sides):
    g, d = "proxy.nnaa", m["details"]

    def share(a, b, skip):
        return mean(nearer(own[0], other[0]) for (_, own), (_, other) in zip(sides.near(a, a, skip), sides.near(a, b, skip)))

    accuracy = lambda t, skip=(None, None): (share(t, "s", skip) + share("s", t, skip)) / 2
    loss = lambda skip=(None, None): accuracy("h", skip) - accuracy("r", skip)
    n, rows = len(sides.rows["r"]), len(sides.rows["s"])
    tally.same(g, f"{name} value", m["value"], loss())
    tally.same(g, f"{name} train", d["accuracy_train"], accuracy("r"))
    tally.same(g, f"{name} holdout", d["accuracy_holdout"], accuracy("h"))
    tally.same(g, f"{name} chance", d["accuracy_by_chance"], 0.5 * (n + rows - 2) / (n + rows - 1))
    width = Z * math.sqrt(jackknife(loss, {k: len(v) for k, v in sides.rows.items()}))
    ends(tally, g, name, m, loss() - width, loss() + width)


def own_scale(world, reference, *tables):
    """Rows with numbers divided by the ranges of `reference`."""
    stand_in = types.SimpleNamespace(numeric=world.numeric, train=reference)
    return [coded_rows(stand_in, t, world.names, False) for t in tables]


def drawn_in(world, table):
    """(a copy in which the least and the greatest cell of every number take the next value, how the shrinking is spread over the ends)"""
    copy, shrink = table.take(range(table.n)), []
    for c in world.numeric:
        values = sorted((v, i) for i, v in enumerate(table.column[c]) if v is not None)
        if not values or values[0][0] == values[-1][0]:
            continue
        span, top = values[-1][0] - values[0][0], min(i for v, i in values if v == values[-1][0])
        copy.column[c][values[0][1]], copy.column[c][top] = values[1][0], values[-2][0]
        shrink += [(values[1][0] - values[0][0]) / span, (values[-1][0] - values[-2][0]) / span]
    total = math.fsum(shrink)
    return copy, math.sqrt(math.fsum(g * g for g in shrink)) / total if total > 0 else 0.0


def check_overfitting(world, tally, name, m, sides):
    """Distances to each table are divided by its own ranges."""
    g, d, s = "proxy.dcr_overfitting", m["details"], world.candidates[name]

    def search(reference):
        rows, subject = own_scale(world, reference, reference, s)
        return [sorted((distance(x, y), j) for j, y in enumerate(rows)) for x in subject]

    to_train, to_holdout = search(world.train), search(world.holdout)
    signs = lambda r, h: [nearer(a[0][0], b[0][0]) for a, b in zip(r, h)]
    strictly = lambda r, h: mean(x == 1 for x in signs(r, h))
    sign, rows = signs(to_train, to_holdout), s.n
    closer, ties = sum(x == 1 for x in sign), sum(x == 0.5 for x in sign)
    for key, want in (("closer_train", closer), ("closer_holdout", rows - closer - ties), ("ties", ties)):
        tally.same(g, f"{name} {key}", d[key], want)
    protection = lambda p: min(2 * (1 - p), 1)
    tally.same(g, f"{name} one scale", d["one_scale"], protection(strictly(to_train, sides.order("s", "h"))))
    p = closer / rows
    tally.same(g, f"{name} value", m["value"], protection(p))
    loads = collections.Counter()
    for a, b, x in zip(to_train, to_holdout, sign):
        loads["r", a[0][1]] += x
        loads["h", b[0][1]] += 1 - x
    real = world.train.n + world.holdout.n
    spread = math.fsum((v - rows / real) ** 2 for v in loads.values()) + (real - len(loads)) * (rows / real) ** 2
    lo, hi = wilson(p, rows**2 / max(spread, rows), Z)
    (train, r_spread), (holdout, h_spread) = drawn_in(world, world.train), drawn_in(world, world.holdout)
    ranges = Z * math.hypot(r_spread * (strictly(search(train), to_holdout) - p), h_spread * (strictly(to_train, search(holdout)) - p))
    ends(tally, g, name, m, protection(min(p + math.hypot(hi - p, ranges), 1)), protection(max(p - math.hypot(p - lo, ranges), 0)))
    for key, lists in (("distance_to_train", to_train), ("distance_to_holdout", to_holdout)):
        for q, got in zip((0.05, 0.5), d[key], strict=True):
            tally.same(g, f"{name} {key} {q}", got, quantile([x[0][0] for x in lists], q))


def check_baseline(world, tally, name, m, sides):
    """The random rows are not drawn again; the oracle follows from what is written of them."""
    g, d = "proxy.dcr_baseline", m["details"]
    tally.same(g, f"{name} median", d["median_candidate"], quantile([x[0] for _, x in sides.near("s", "r")], 0.5))
    tally.same(g, f"{name} value", m["value"], min(d["median_candidate"] / d["median_random"], 1))
    tally.holds(g, f"{name} random rows lie farther", d["median_random"] > d["median_candidate"])
    tally.holds(g, f"{name} ends", m["interval"]["lo"] <= m["value"] <= m["interval"]["hi"])


def weighted(world):
    """Weights and the coded rows of any table for identifiability."""
    weights, ranges, t = {}, {}, world.train
    for c in world.names:
        values = t.column[c]
        if c in world.numeric:
            s = present(values)
            low, span = min(s), max(s) - min(s)
            ranges[c] = span
            values = [None if v is None else 0 if span == 0 else min(int((v - low) / span * 10), 9) for v in values]
        n = collections.Counter(values)
        entropy = -math.fsum(k / t.n * math.log(k / t.n) for k in n.values())
        if entropy > 0:
            weights[c] = 1 / entropy
    names = list(weights)

    def between(x, y):
        total = 0.0
        for c, a, b in zip(names, x, y):
            part = 0.0 if a == b else 1.0
            if a is not None and b is not None and c in ranges and a != b:
                part = min(abs(a - b) / ranges[c], 1.0) if ranges[c] > 0 else 1.0
            total += (weights[c] * part) ** 2
        return total

    return between, lambda table: list(zip(*(table.column[c] for c in names)))


def check_identifiability(world, tally, name, m):
    g, d = "proxy.identifiability", m["details"]
    between, rows = weighted(world)
    sides = Sides({"r": rows(world.train), "h": rows(world.holdout), "s": rows(world.candidates[name])})
    side = lambda s, r: 0.5 if abs(s - r) <= TIE * r else float(s < r)

    def share(t, skip=(None, None)):
        """Rows that are asked stay asked: those that are left out are no neighbours."""
        parts = []
        for own, other in zip(sides.order(t, t, between), sides.order(t, "s", between)):
            r, s = (next(v for v, j in x if skip != (k, j)) for x, k in ((own, t), (other, "s")))
            parts.append(side(s, r))
        return mean(parts)

    n = len(sides.rows["r"])
    tally.same(g, f"{name} value", m["value"], share("r"))
    tally.same(g, f"{name} holdout", d["holdout"], share("h"))
    tally.same(g, f"{name} by chance", d["by_chance"], len(sides.rows["s"]) / (n - 1 + len(sides.rows["s"])))
    variance = jackknife(lambda skip: share("r", skip), {"r": n, "s": len(sides.rows["s"])})
    ends(tally, g, name, m, *wide(share("r"), n, variance))


def keys(table, columns):
    return list(zip(*(table.column[c] for c in columns)))


def check_hits(world, tally, name, m):
    g, s = "proxy.hitting_rate", world.candidates[name]
    step = {c: (max(present(world.train.column[c])) - min(present(world.train.column[c]))) / 30 for c in world.numeric}

    def hit(x, y):
        return all(abs(a - b) <= step[c] if c in step and a is not None and b is not None else a == b for c, a, b in zip(world.names, x, y))

    subject = keys(s, world.names)
    hits = {k: [[j for j, y in enumerate(subject) if hit(x, y)] for x in keys(t, world.names)] for k, t in (("r", world.train), ("h", world.holdout))}
    share = lambda k, skip=None: mean(any(j != skip for j in x) for x in hits[k])
    tally.same(g, f"{name} value", m["value"], share("r"))
    tally.same(g, f"{name} holdout", m["details"]["holdout"], share("h"))
    ends(tally, g, name, m, *wide(share("r"), world.train.n, jackknife(lambda skip: share("r", skip[1]), {"s": s.n})))


def check_matches(world, tally, name, measures):
    """Identical matches and unique exact matches."""
    rows = {k: keys(t, world.names) for k, t in (("r", world.train), ("h", world.holdout), ("s", world.candidates[name]))}
    count = {k: collections.Counter(v) for k, v in rows.items()}
    g, m = "proxy.ims", measures["proxy.ims"]
    match = lambda a, gone=None: mean(count["r"][x] - (x == gone) > 0 for x in rows[a])
    tally.same(g, f"{name} value", m["value"], match("s"))
    tally.same(g, f"{name} holdout", m["details"]["holdout"], match("h"))
    variance = jackknife(lambda skip: match("s", rows["r"][skip[1]]), {"r": len(rows["r"])})
    ends(tally, g, name, m, *wide(match("s"), len(rows["s"]), variance))

    g, m = "proxy.unique_exact_match", measures["proxy.unique_exact_match"]
    unique = {k: [x for x in rows[k] if count[k][x] == 1] for k in "rh"}
    found = lambda k, gone=None: mean(count["s"][x] - (x == gone) > 0 for x in unique[k])
    tally.same(g, f"{name} value", m["value"], found("r"))
    tally.same(g, f"{name} holdout", m["details"]["holdout"], found("h"))
    tally.same(g, f"{name} unique rows", m["details"]["unique_rows"], len(unique["r"]))
    tally.same(g, f"{name} matched rows", m["details"]["matched_rows"], round(found("r") * len(unique["r"])))
    variance = jackknife(lambda skip: found("r", rows["s"][skip[1]]), {"s": len(rows["s"])})
    ends(tally, g, name, m, *wide(found("r"), len(unique["r"]), variance))


def check_apparent(world, tally, name, m):
    g, d = "proxy.apparent_match", m["details"]
    tables = {"r": world.train, "h": world.holdout, "s": world.candidates[name]}
    rows = {k: keys(t, world.quasi) for k, t in tables.items()}
    other = [c for c in world.names if c not in world.quasi]
    rest = {k: keys(t, other) for k, t in tables.items()}
    count = {k: collections.Counter(v) for k, v in rows.items()}

    def matches(real, skip=(None, None)):
        gone = {k: rows[k][skip[1]] if skip[0] == k else None for k in ("s", real)}
        alone = lambda k, x: count[k][x] - (x == gone[k]) == 1
        return [i for i, x in enumerate(rows["s"]) if skip != ("s", i) and alone("s", x) and alone(real, x)]

    def similarity(real):
        at = {x: j for j, x in enumerate(rows[real])}
        return [mean(a == b for a, b in zip(rest["s"][i], rest[real][at[rows["s"][i]]])) for i in matches(real)]

    n, agree = len(rows["s"]), similarity("r")
    p = len(agree) / n
    tally.same(g, f"{name} value", m["value"], p)
    tally.same(g, f"{name} holdout", d["holdout"], len(matches("h")) / n)
    tally.same(g, f"{name} quasi", d["quasi"] == world.quasi, True)
    tally.same(g, f"{name} similarity", d["similarity"], mean(agree) if len(agree) >= 10 else None)
    tally.same(g, f"{name} similarity to the holdout", d["similarity_holdout"], mean(similarity("h")) if len(matches("h")) >= 10 else None)
    if len(agree) >= 10:
        tenths = collections.Counter(math.floor(10 * x + 1e-9) for x in agree)
        tally.same(g, f"{name} tenths", d["similarity_tenths"] == [tenths[k] for k in range(11)], True)
    of_s = jackknife(lambda skip: len(matches("r", skip)) / (n - 1), {"s": n}) - p * (1 - p) / (n - 1)
    of_r = jackknife(lambda skip: len(matches("r", skip)) / n, {"r": len(rows["r"])})
    ends(tally, g, name, m, *wide(p, n, max(of_s, 0) + of_r))


def check_proxies(world, tally, name, measures):
    """Train and holdout of the same size: nothing is cut."""
    coded = {k: coded_rows(world, t, world.names, False) for k, t in (("r", world.train), ("h", world.holdout), ("s", world.candidates[name]))}
    sides = Sides(coded)
    for id, check in (("dcr_quantiles", check_quantiles), ("nndr", check_nndr), ("nnaa", check_nnaa), ("dcr_overfitting", check_overfitting),
                      ("dcr_baseline", check_baseline)):
        if "proxy." + id in measures:
            check(world, tally, name, measures["proxy." + id], sides)
    for id, check in (("identifiability", check_identifiability), ("hitting_rate", check_hits), ("apparent_match", check_apparent)):
        if "proxy." + id in measures:
            check(world, tally, name, measures["proxy." + id])
    if "proxy.ims" in measures:
        check_matches(world, tally, name, measures)
