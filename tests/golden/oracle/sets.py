"""k-way marginals and the matrix of associations, from ../shared/spec/measures.md."""
import collections, itertools, math

from .columns import labels
from .fidelity import correlation
from .tables import present


def marginals(world, real, other, k):
    """{set of k columns: (total variation, [|q − p|/p of the cells with more than ten real rows])}; missing is a label."""
    coded = [{c: labels(world, t, c, True) for c in world.names} for t in (real, other)]
    result = {}
    for columns in itertools.combinations(world.names, min(k, len(world.names))):
        p, q = (collections.Counter(zip(*(t[c] for c in columns))) for t in coded)
        distance = math.fsum(abs(p[x] / real.n - q[x] / other.n) for x in set(p) | set(q)) / 2
        errors = [abs(p[x] / real.n - q[x] / other.n) / (p[x] / real.n) for x in p if p[x] > 10]
        result[columns] = distance, errors
    return result


def chi_square(x, y):
    """(phi², levels of x, levels of y, rows): missing is a level."""
    n, a, b, joint = len(x), collections.Counter(x), collections.Counter(y), collections.Counter(zip(x, y))
    phi = math.fsum((joint[i, j] - a[i] * b[j] / n) ** 2 / (a[i] * b[j]) for i in a for j in b)
    return phi, len(a), len(b), n


def cramers_v(x, y):
    phi, r, c, _ = chi_square(x, y)
    return math.sqrt(phi / (min(r, c) - 1)) if min(r, c) > 1 else None


def cramers_v_corrected(x, y):
    """Bergsma (2013)."""
    phi, r, c, n = chi_square(x, y)
    if min(r, c) < 2:
        return None
    phi = max(0.0, phi - (r - 1) * (c - 1) / (n - 1))
    size = min(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1
    return math.sqrt(phi / size) if size > 0 else None


def correlation_ratio(values, groups):
    """Eta of a number given a category: rows without the number left out, a missing category is a group."""
    rows = [(v, g) for v, g in zip(values, groups) if v is not None]
    if not rows:
        return None
    centre, parts = math.fsum(v for v, _ in rows) / len(rows), collections.defaultdict(list)
    for v, g in rows:
        parts[g].append(v)
    total = math.fsum((v - centre) ** 2 for v, _ in rows)
    between = math.fsum(len(p) * (math.fsum(p) / len(p) - centre) ** 2 for p in parts.values())
    return math.sqrt(between / total) if total > 0 else None


def associations(world, table):
    """{(a, b): |Pearson|, eta or bias-corrected V}; None where undefined."""
    result = {}
    for a, b in itertools.combinations(world.names, 2):
        x, y = table.column[a], table.column[b]
        if a in world.numeric and b in world.numeric:
            r = correlation(x, y)
            result[a, b] = None if r is None else abs(r)
        elif a in world.numeric or b in world.numeric:
            result[a, b] = correlation_ratio(x, y) if a in world.numeric else correlation_ratio(y, x)
        else:
            result[a, b] = cramers_v_corrected(x, y)
    return result
