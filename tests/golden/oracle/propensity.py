"""pMSE of main effects after docs/measures/fidelity.propensity.md."""
import collections, math

from .inference import independent_terms
from .regression import logistic
from .tables import present


def factors(world, real, other):
    """(terms: name -> cells of both tables, levels: [labels of both tables] whose rows one table alone may have)."""
    terms, levels = {}, []
    for c in world.names:
        train, cells = world.train.column[c], real.column[c] + other.column[c]
        if c in world.numeric:
            values = present(train)
            m = math.fsum(values) / len(values)
            s = math.sqrt(math.fsum((v - m) ** 2 for v in values) / len(values)) or 1.0
            terms[c] = [0.0 if v is None else (v - m) / s for v in cells]
            terms[c, "missing"] = [float(v is None) for v in cells]
            levels.append([v is None for v in cells])
        else:
            counts = collections.Counter(present(train))
            labels = [v if v is None or v in counts else ("unseen",) for v in cells]
            base = counts.most_common(1)[0][0]
            for level in sorted(counts) + [("unseen",), None]:
                if level != base:
                    terms[c, level] = [float(v == level) for v in labels]
            levels.append(labels)
    return terms, levels


def main_effects(world, real, other):
    """{pmse, null_expectation, ratio, parameters, log_likelihood, rows_determined}"""
    terms, levels = factors(world, real, other)
    y = [0.0] * real.n + [1.0] * other.n
    rows = list(zip([1.0] * len(y), *terms.values()))
    k, n, c = len(independent_terms(rows)), len(y), other.n / len(y)
    left, gone = set(range(n)), True
    while gone:  # rows of a level that only one table has are known; without them another level may be alone
        gone = set()
        for labels in levels:
            sides = collections.defaultdict(set)
            for i in left:
                sides[labels[i]].add(y[i])
            gone |= {i for i in left if len(sides[labels[i]]) < 2}
        left -= gone
    order = sorted(left)
    p = list(y)
    if order:
        part = [rows[i] for i in order]
        kept = independent_terms(part)
        fitted = logistic([[row[j] for j in kept] for row in part], [y[i] for i in order])[2]
        for i, q in zip(order, fitted):
            p[i] = q
    value = math.fsum((q - c) ** 2 for q in p) / n
    likelihood = math.fsum(math.log(q if y[i] else 1 - q) for i, q in enumerate(p) if i in left)
    null = (k - 1) * (1 - c) ** 2 * c / n
    return {"pmse": value, "null_expectation": null, "ratio": value / null, "parameters": k, "log_likelihood": likelihood, "rows_determined": n - len(left)}


def check_propensity(world, tally, name, m):
    id, candidate, d = "fidelity.propensity", world.candidates[name], m["details"]
    tally.same(id, f"{name} value", m["value"], d["pmse"])
    tally.same(id, f"{name} ratio", d["ratio"], d["pmse"] / d["null_expectation"])
    n, c = world.train.n + candidate.n, candidate.n / (world.train.n + candidate.n)
    tally.same(id, f"{name} null", d["null_expectation"], (d["parameters"] - 1) * (1 - c) ** 2 * c / n)
    tally.holds(id, f"{name}: the larger model fits better", d["log_likelihood"] >= d["main"]["log_likelihood"] - 1e-9)
    tally.holds(id, f"{name}: k {d['parameters']}", d["main"]["parameters"] <= d["parameters"] <= min(150, n // 10))
    if d["level_terms"] < d["level_terms_possible"]:
        return  # levels were pooled to make room
    for key, want in main_effects(world, world.train, candidate).items():
        tally.same(id, f"{name} main {key}", d["main"][key], want, 1e-8)
