"""Unpenalised logistic and linear regression by hand, and what is built on them: pMSE (Snoke et al. 2018) and the overlap of
confidence intervals (Karr et al. 2006)."""
import math


def invert(a):
    """Gauss-Jordan with pivots."""
    n = len(a)
    a = [row[:] + [float(i == j) for j in range(n)] for i, row in enumerate(a)]
    for i in range(n):
        p = max(range(i, n), key=lambda r: abs(a[r][i]))
        a[i], a[p] = a[p], a[i]
        pivot = a[i][i]
        a[i] = [x / pivot for x in a[i]]
        for r in range(n):
            f = a[r][i]
            if r != i and f:
                a[r] = [x - f * y for x, y in zip(a[r], a[i])]
    return [row[n:] for row in a]


def gram(rows, weights):
    d = len(rows[0])
    total = [[0.0] * d for _ in range(d)]
    for row, w in zip(rows, weights):
        for i, x in enumerate(row):
            if x:
                f = w * x
                total[i] = [t + f * z for t, z in zip(total[i], row)]
    return total


def sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z > -700 else 0.0


def logistic(rows, labels, steps=60):
    """Newton's method with halved steps; (coefficients, standard errors, probabilities)."""
    d, w = len(rows[0]), [0.0] * len(rows[0])
    loss = lambda w: math.fsum(math.log1p(math.exp(-abs(z))) + max(z, 0) - y * z for z, y in ((sum(map(float.__mul__, w, r)), y) for r, y in zip(rows, labels)))
    old = loss(w)
    for _ in range(steps):
        p = [sigmoid(sum(map(float.__mul__, w, r))) for r in rows]
        gradient = [math.fsum((q - y) * r[j] for q, y, r in zip(p, labels, rows)) for j in range(d)]
        if max(map(abs, gradient)) < 1e-10:
            break
        inverse = invert(gram(rows, [max(q * (1 - q), 1e-14) for q in p]))
        step, size = [math.fsum(map(float.__mul__, row, gradient)) for row in inverse], 1.0
        while (new := loss([a - size * b for a, b in zip(w, step)])) > old + 1e-12 and size > 1e-6:
            size /= 2
        w, old = [a - size * b for a, b in zip(w, step)], new
    p = [sigmoid(sum(map(float.__mul__, w, r))) for r in rows]
    inverse = invert(gram(rows, [max(q * (1 - q), 1e-14) for q in p]))
    return w, [math.sqrt(inverse[i][i]) for i in range(d)], p


def linear(rows, values):
    """Least squares; (coefficients, standard errors)."""
    n, d = len(rows), len(rows[0])
    inverse = invert(gram(rows, [1.0] * n))
    moment = [math.fsum(r[j] * y for r, y in zip(rows, values)) for j in range(d)]
    w = [math.fsum(map(float.__mul__, row, moment)) for row in inverse]
    variance = math.fsum((y - sum(map(float.__mul__, w, r))) ** 2 for r, y in zip(rows, values)) / (n - d)
    return w, [math.sqrt(variance * inverse[i][i]) for i in range(d)]


def half_of_t(freedom):
    """97.5 % quantile of Student's t: bisection on Simpson's rule."""
    c = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)
    f = lambda x: c * (1 + x * x / freedom) ** (-(freedom + 1) / 2)

    def upto(q, n=4000):
        h = q / n
        return 0.5 + h / 3 * math.fsum(f(i * h) * (1 if i in (0, n) else 4 if i % 2 else 2) for i in range(n + 1))

    lo, hi = 1.9, 3.0
    while hi - lo > 1e-13:
        lo, hi = ((lo + hi) / 2, hi) if upto((lo + hi) / 2) < 0.975 else (lo, (lo + hi) / 2)
    return lo


def propensity(real, other):
    """pMSE of rows that start with a 1 for the intercept; (pMSE, null expectation)."""
    rows, labels = real + other, [0.0] * len(real) + [1.0] * len(other)
    n, c, k = len(rows), len(other) / (len(real) + len(other)), len(rows[0])
    p = logistic(rows, labels)[2]
    return math.fsum((q - c) ** 2 for q in p) / n, (k - 1) * (1 - c) ** 2 * c / n


def overlap(a, b):
    """Mean of the shares that the intersection of two intervals has in each; 0 where they are apart."""
    common = min(a[1], b[1]) - max(a[0], b[0])
    return max(0.0, common / (a[1] - a[0]) + common / (b[1] - b[0])) / 2
