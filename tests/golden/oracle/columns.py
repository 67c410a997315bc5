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


def level_coverage(real, other):
    """(share of real's levels that other has, share of other's present cells whose level real has not)."""
    seen, cells = set(present(real)), present(other)
    return len(seen & set(cells)) / len(seen), sum(v not in seen for v in cells) / len(cells)


def range_coverage(real, other):
    """(share of real's range between other's extremes, share of other's present cells beyond real's range)."""
    a, b = present(real), present(other)
    low, high = min(a), max(a)
    outside = sum(v < low or v > high for v in b) / len(b)
    if low == high:
        return float(low in b), outside
    return max(0.0, min(high, max(b)) - max(low, min(b))) / (high - low), outside


def bin_coverage(train, real, other):
    """Share of the bins of train's deciles that hold values of real which hold values of other."""
    edges = deciles(present(train))
    inside = lambda cells: {cut(edges, v) for v in present(cells)} - {-1, len(edges)}
    want = inside(real)
    return len(want & inside(other)) / len(want)
