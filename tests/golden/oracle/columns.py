"""Jensen-Shannon, missing cells and coverage of single columns, from ../shared/spec/measures.md: bins and levels are train's."""
import bisect, collections, itertools, math

from .fidelity import cut
from .tables import deciles, present


def divergence(a, b):
    """Jensen-Shannon divergence of two samples of labels in bits; (divergence, root)."""
    p, q, terms = collections.Counter(a), collections.Counter(b), []
    for k in set(p) | set(q):
        x, y = p[k] / len(a), q[k] / len(b)
        if x != y:
            terms += [v * math.log2(2 * v / (x + y)) / 2 for v in (x, y) if v]
    total = max(0.0, math.fsum(terms))
    return total, math.sqrt(total)


def labels(world, table, c, missing):
    """A column as labels: train's bins with one below and one above for numbers; missing left out or a label."""
    cells = table.column[c]
    if c in world.numeric:
        real = present(world.train.column[c])
        edges = deciles(real) if real else []
        cells = [None if v is None else cut(edges, v) if edges else "value" for v in cells]
    return cells if missing else present(cells)


def jensen_shannon(world, real, other, missing=False):
    """{column: (divergence, root)}; None where a table has no value."""
    result = {}
    for c in world.names:
        a, b = labels(world, real, c, missing), labels(world, other, c, missing)
        result[c] = divergence(a, b) if a and b else None
    return result


def distances(world, real, other):
    """{column: root}; a column that only one of the tables has values of counts 1."""
    result = jensen_shannon(world, real, other)
    for c, d in result.items():
        values = [any(v is not None for v in t.column[c]) for t in (real, other)]
        result[c] = d[1] if d else float(values[0] != values[1]) if any(values) else None
    return result


def missing_rates(table):
    return {c: cells.count(None) / table.n for c, cells in table.column.items()}


def joint_missing(world, real, other):
    """{(a, b): (share of rows without both in real, in other)} of the columns that miss something in either table."""
    gaps = [c for c in world.names if None in real.column[c] or None in other.column[c]]
    share = lambda t, a, b: sum(x is None and y is None for x, y in zip(t.column[a], t.column[b])) / t.n
    return {(a, b): (share(real, a, b), share(other, a, b)) for a, b in itertools.combinations(gaps, 2)}


def quantile(ordered, k, of):
    """Linear between order statistics, at position (n − 1)k/of."""
    at, rest = divmod((len(ordered) - 1) * k, of)
    return ordered[at] + (rest / of * (ordered[at + 1] - ordered[at]) if rest else 0.0)


def bins(values, count):
    ordered = sorted(values)
    return sorted({quantile(ordered, k, count) for k in range(count + 1)})


def coverage(world, real, other):
    """{column: share of real's levels, or of the bins that hold values of real, that hold a value of other}; bins between train's
    percentiles, ten rows a bin and ten bins at least; None: real has no value."""
    result = {}
    for c in world.names:
        a, b = present(real.column[c]), present(other.column[c])
        if c in world.numeric and a:
            train = present(world.train.column[c])
            edges = bins(train, max(10, min(100, len(train) // 10)))
            a, b = ([cut(edges, v) for v in cells] for cells in (a, b))
        result[c] = len(set(a) & set(b)) / len(set(a)) if a else None
    return result


def outside(world, c, other):
    """Share of the present cells that are levels train lacks or lie beyond train's range."""
    real, cells = set(present(world.train.column[c])), present(other.column[c])
    if not real or not cells:
        return None
    if c in world.numeric:
        return sum(not min(real) <= v <= max(real) for v in cells) / len(cells)
    return sum(v not in real for v in cells) / len(cells)


def range_covered(real, other):
    """Share of the range of one list of values that lies between the extremes of another."""
    low, high = min(real), max(real)
    if low == high:
        return float(low in other)
    return max(0.0, min(high, max(other)) - max(low, min(other))) / (high - low)
