"""The encoded matrix of ../shared/golden/README.md and what is measured on it: k nearest neighbours, energy, Fréchet."""
import math, statistics

from .tables import present


def encode(world, table):
    """Columns: numbers scaled by train's mean and sd (n − 1) with an indicator of missing ones; 0/1 for each of train's levels, for
    any other, for missing."""
    for c in world.names:
        cells, real = table.column[c], present(world.train.column[c])
        if c in world.numeric:
            centre = math.fsum(real) / len(real) if real else 0.0
            spread = statistics.stdev(real) if len(set(real)) > 1 else 1.0
            yield [0.0 if v is None else (v - centre) / spread for v in cells]
            yield [float(v is None) for v in cells]
        else:
            known = set(real)
            for level in sorted(known):
                yield [float(v == level) for v in cells]
            yield [float(v is not None and v not in known) for v in cells]
            yield [float(v is None) for v in cells]


def rows_of(world, *tables):
    """The tables' rows, without the columns that are zero in all of them."""
    whole = [list(encode(world, t)) for t in tables]
    used = [j for j, _ in enumerate(whole[0]) if any(any(w[j]) for w in whole)]
    return [list(zip(*(w[j] for j in used))) if used else [()] * t.n for w, t in zip(whole, tables)]


def squared_distances(x, y):
    """len(x) rows of len(y). Plain sums: cells are few and of one size."""
    return [[sum([(a - b) ** 2 for a, b in zip(p, q) if a != b]) for q in y] for p in x]


def radii(own, k):
    """Squared distance of each row to its k-th nearest other row."""
    return [sorted(row[:i] + row[i + 1 :])[k - 1] for i, row in enumerate(own)]


def neighbour_measures(xx, xy, yy, k=5, closed=True):
    """Precision, recall (Kynkäänniemi 2019), density, coverage (Naeem 2020); squared distances 1e-9 apart count as equal."""
    sign = 1 if closed else -1
    bound = lambda own: [r * (1 + sign * 1e-9) + sign * 1e-12 for r in radii(own, k)]
    balls, back = bound(xx), bound(yy)
    n, m = len(xx), len(yy)
    held = [sum(xy[i][j] <= balls[i] for i in range(n)) for j in range(m)]
    return {
        "precision": sum(h > 0 for h in held) / m,
        "recall": sum(any(xy[i][j] <= back[j] for j in range(m)) for i in range(n)) / n,
        "density": sum(held) / (k * m),
        "coverage": sum(any(xy[i][j] <= balls[i] for j in range(m)) for i in range(n)) / n,
    }


def energy(xx, xy, yy):
    """(V-statistic, U-statistic) of Székely and Rizzo's energy distance."""
    n, m = len(xx), len(yy)
    total = lambda d: math.fsum(math.sqrt(v) for row in d for v in row)
    a, b, c = total(xy) / (n * m), total(xx), total(yy)
    return 2 * a - b / n**2 - c / m**2, 2 * a - (b / (n * (n - 1)) if n > 1 else 0) - (c / (m * (m - 1)) if m > 1 else 0)


def moments(rows):
    """Mean, covariance with n − 1."""
    n, centre = len(rows), [math.fsum(c) / len(rows) for c in zip(*rows)]
    centred = [[v - m for v, m in zip(row, centre)] for row in rows]
    columns = list(zip(*centred))
    cov = [[0.0] * len(centre) for _ in centre]
    for i, a in enumerate(columns):
        for j in range(i + 1):
            cov[i][j] = cov[j][i] = math.fsum(map(float.__mul__, a, columns[j])) / (n - 1)
    return centre, cov


def eigen(a):
    """Eigenvalues and eigenvectors (as rows) of a symmetric matrix: Jacobi's method in cyclic order."""
    n, a = len(a), [row[:] for row in a]
    v = [[float(i == j) for j in range(n)] for i in range(n)]
    scale = math.fsum(x * x for row in a for x in row)
    for _ in range(60):
        if math.fsum(a[i][j] ** 2 for i in range(n) for j in range(i)) <= 1e-32 * scale:
            break
        for p in range(n):
            for q in range(p + 1, n):
                if a[p][q] == 0.0:
                    continue
                theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
                t = math.copysign(1.0, theta) / (abs(theta) + math.sqrt(theta * theta + 1))
                c = 1 / math.sqrt(t * t + 1)
                s = t * c
                for row in a:
                    row[p], row[q] = c * row[p] - s * row[q], s * row[p] + c * row[q]
                for m in (a, v):
                    x, y = m[p], m[q]
                    m[p], m[q] = [c * e - s * f for e, f in zip(x, y)], [s * e + c * f for e, f in zip(x, y)]
    return [a[i][i] for i in range(n)], v


def product(a, b):
    columns = list(zip(*b))
    return [[sum(map(float.__mul__, row, column)) for column in columns] for row in a]


def frechet(x, y):
    """{value, mean_part, trace_c1, trace_c2, trace_root}."""
    (m1, c1), (m2, c2) = moments(x), moments(y)
    values, vectors = eigen(c1)
    half = [[math.sqrt(max(w, 0.0)) * e for e in v] for w, v in zip(values, vectors)]
    # Λ^½ V C2 V' Λ^½ has the eigenvalues of C1^½ C2 C1^½ without the rounding of a matrix root.
    inner = product(product(half, c2), list(zip(*half)))
    root = math.fsum(math.sqrt(max(w, 0.0)) for w in eigen(inner)[0])
    mean = math.fsum((a - b) ** 2 for a, b in zip(m1, m2))
    t1, t2 = (math.fsum(c[i][i] for i in range(len(c))) for c in (c1, c2))
    return {"value": mean + t1 + t2 - 2 * root, "mean_part": mean, "trace_c1": t1, "trace_c2": t2, "trace_root": root}
