"""Numbers of tests/unit/test_inference.c: the same small tables, regressions by hand. From tests/golden: python3 -m oracle.inference_example"""
import math
from statistics import NormalDist

from .regression import half_of_t, linear, logistic, overlap


def table(seed, rows, shift):
    """x (None: missing), g, noise of each row, from the generator s <- 1103515245 s + 12345 mod 2^31."""
    out, state = [], seed
    for _ in range(rows):
        u = []
        for _ in range(7):
            state = (1103515245 * state + 12345) % 2**31
            u.append(state / 2**31)
        g = 0 if u[1] < 0.4 else 1 if u[1] < 0.7 else 2 if u[1] < 0.95 else 3
        x = None if u[2] < 0.2 else 10 * u[0] + shift
        out.append((x, g, (0 if x is None else 0.3 * x) - (g == 1) + u[3] + u[4] + u[5] + u[6] - 2))
    return out


real, other = table(1, 150, 0), table(2, 200, 0.5)
xs, ys = [r[0] for r in real if r[0] is not None], [r[2] for r in real]
mean = lambda v: math.fsum(v) / len(v)
sd = lambda v: math.sqrt(mean([(x - mean(v)) ** 2 for x in v]))
counts = [sum(r[1] == k for r in real) for k in range(4)]
reference = counts.index(max(counts))
kept = [k for k in range(4) if k != reference and counts[k] >= 20]
print("rows a level:", counts, "missing:", sum(r[0] is None for r in real))
rows = lambda t: [[1.0, 0.0 if x is None else (x - mean(xs)) / sd(xs), float(x is None), *(float(g == k) for k in kept)] for x, g, _ in t]
for name in ("linear", "logistic"):
    fits = []
    for t in (real, other):
        if name == "linear":
            b, se = linear(rows(t), [(r[2] - mean(ys)) / sd(ys) for r in t])
            q = half_of_t(len(t) - len(b))
        else:
            b, se, _ = logistic(rows(t), [float(r[2] > 1) for r in t])
            q = NormalDist().inv_cdf(0.975)
        fits.append([(w - q * s, w + q * s, w, s) for w, s in zip(b, se)])
    print(name, "value %.15g" % mean([overlap(a, b) for a, b in list(zip(*fits))[1:]]))
    for a, b in list(zip(*fits))[1:]:
        print("  {%.15g, %.15g, %.15g, %.15g, %.15g}," % (a[2], a[0], b[2], b[1], abs(a[2] - b[2]) / a[3]))
