"""Fidelity after docs/measures/fidelity.*.md."""
import bisect, collections, itertools, math

from .tables import deciles, mean, present


def cdf_steps(a, b):
    """The values of both samples in order, with both distribution functions at each."""
    a, b = sorted(a), sorted(b)
    for x in sorted(set(a) | set(b)):
        yield x, bisect.bisect_right(a, x) / len(a), bisect.bisect_right(b, x) / len(b)


def total_variation(a, b):
    p, q = collections.Counter(a), collections.Counter(b)
    return math.fsum(abs(p[k] / len(a) - q[k] / len(b)) for k in set(p) | set(q)) / 2


def column_shape(numeric, a, b):
    a, b = present(a), present(b)
    if not a or not b:
        return 0.0
    return 1 - (max(abs(f - g) for _, f, g in cdf_steps(a, b)) if numeric else total_variation(a, b))


def column_shapes(world, real, other):
    return {c: column_shape(c in world.numeric, real.column[c], other.column[c]) for c in world.names}


def wasserstein(world, real, other):
    result = {}
    for c in world.numeric:
        a, b, r = present(real.column[c]), present(other.column[c]), present(world.train.column[c])
        if max(r) > min(r):
            steps = list(cdf_steps(a, b))
            area = math.fsum((y[0] - x[0]) * abs(x[1] - x[2]) for x, y in zip(steps, steps[1:]))
            result[c] = area / (max(r) - min(r))
    return result


def cut(edges, value):
    """Bin number; -1 below, len(edges) above; the last bin holds its upper edge."""
    if value is None:
        return None
    if value < edges[0]:
        return -1
    if value > edges[-1]:
        return len(edges)
    return min(bisect.bisect_right(edges, value) - 1, max(len(edges) - 2, 0))


def correlation(x, y):
    pairs = [(a, b) for a, b in zip(x, y) if a is not None and b is not None]
    if len(pairs) < 2:
        return None
    mx, my = (math.fsum(p[i] for p in pairs) / len(pairs) for i in (0, 1))
    xx, yy = math.fsum((a - mx) ** 2 for a, _ in pairs), math.fsum((b - my) ** 2 for _, b in pairs)
    if xx == 0 or yy == 0:
        return None
    return math.fsum((a - mx) * (b - my) for a, b in pairs) / math.sqrt(xx * yy)


def pair_trends(world, real, other):
    coded = []
    for table in (real, other):
        codes = dict(table.column)
        for c in world.numeric:
            edges = deciles(present(world.train.column[c]))
            codes[c] = [cut(edges, v) for v in table.column[c]]
        coded.append(codes)
    result = {}
    for a, b in itertools.combinations(world.names, 2):
        if a in world.numeric and b in world.numeric:
            r, s = (correlation(t.column[a], t.column[b]) for t in (real, other))
            result[a, b] = None if r is None or s is None else 1 - abs(r - s) / 2
        else:
            result[a, b] = 1 - total_variation(*(list(zip(t[a], t[b])) for t in coded))
    return result


def validity(world, other):
    """(value, {(column, rule): rows that break it}, rows that break any)."""
    rules, broken_rows, passes = {}, set(), []
    for c in world.names:
        real, cells = world.train.column[c], other.column[c]
        seen = set(present(real))
        tests = {}
        if c in world.numeric:
            tests["range"] = lambda v: v is not None and not min(seen) <= v <= max(seen)
            if all(v == math.floor(v) for v in seen) and c not in world.dates:
                tests["whole_number"] = lambda v: v is not None and v != math.floor(v)
        else:
            tests["category"] = lambda v: v is not None and v not in seen
        if None not in real:
            tests["present"] = lambda v: v is None
        for name, test in tests.items():
            rows = [i for i, v in enumerate(cells) if test(v)]
            judged = other.n if name == "present" else len(present(cells))
            rules[c, name] = len(rows)
            passes.append((judged - len(rows), judged))
            broken_rows.update(rows)
    structure = len(set(world.train.names) & set(other.names)) / len(set(world.train.names) | set(other.names))
    return structure * sum(kept for kept, _ in passes) / sum(judged for _, judged in passes), rules, len(broken_rows), structure


FIDELITY = {
    "fidelity.column_shapes": (column_shapes, lambda d: {x["column"]: x["score"] for x in d["columns"]}),
    "fidelity.wasserstein": (wasserstein, lambda d: {x["column"]: x["distance"] for x in d["columns"] if x["distance"] is not None}),
    "fidelity.pair_trends": (pair_trends, lambda d: {(x["a"], x["b"]): x["score"] for x in d["pairs"]}),
}


def check_means(world, tally, name, measures, table):
    """table: measure -> (parts of two tables, parts of details); the value is the mean of the parts."""
    candidate = world.candidates[name]
    for id, (compute, details) in table.items():
        if id not in measures:
            continue
        m, want = measures[id], compute(world, world.train, candidate)
        got = details(m["details"])
        tally.holds(id, f"{name}: same parts", set(got) == set(want))
        for part in want:
            tally.same(id, f"{name} {part}", got.get(part), want[part])
        tally.same(id, f"{name} value", m["value"], mean(want.values()))
        tally.same(id, f"{name} honest", m["honest"], mean(compute(world, world.train, world.holdout).values()))
        tally.same(id, f"{name} anchor m", m["anchor"]["m"], mean(compute(world, world.holdout, candidate).values()))
        tally.same(id, f"{name} anchor c", m["anchor"]["c"], mean(compute(world, world.holdout, world.train).values()))


def check_fidelity(world, tally, name, measures):
    candidate = world.candidates[name]
    check_means(world, tally, name, measures, FIDELITY)
    if "fidelity.validity" in measures:
        m, (value, rules, rows, structure) = measures["fidelity.validity"], validity(world, candidate)
        tally.same("fidelity.validity", f"{name} value", m["value"], value)
        tally.same("fidelity.validity", f"{name} honest", m["honest"], validity(world, world.holdout)[0])
        tally.same("fidelity.validity", f"{name} structure", m["details"]["structure"], structure)
        tally.same("fidelity.validity", f"{name} rows", m["details"]["rows_that_break_a_rule"], rows)
        got = {(x["column"], x["rule"]): x["broken"] for x in m["details"]["rules"]}
        tally.holds("fidelity.validity", f"{name}: same rules {set(got) ^ set(rules)}", set(got) == set(rules))
        for rule in rules:
            tally.same("fidelity.validity", f"{name} {rule}", got.get(rule), rules[rule])
