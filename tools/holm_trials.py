#!/usr/bin/env python3
"""How often gates fail a candidate that keeps them, with Holm's procedure and without: the figures of docs/gates.md. Plain Python,
apart from the program: the rule is written down again here."""
import math
import random
import statistics

NORMAL = statistics.NormalDist()
Z = NORMAL.inv_cdf(0.975)


def wilson(x, n):
    p = x / n
    centre, half = (p + Z * Z / 2 / n) / (1 + Z * Z / n), Z * math.sqrt(p * (1 - p) / n + Z * Z / 4 / n / n) / (1 + Z * Z / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def binomial(x, n, p):
    return math.exp(math.lgamma(n + 1) - math.lgamma(x + 1) - math.lgamma(n - x + 1) + x * math.log(p) + (n - x) * math.log(1 - p))


def holm(p, alpha=0.05):
    """Which of the p-values fail: p <= alpha/(how many are left), least first."""
    failed = []
    for place, i in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        if p[i] > 0.025 or p[i] > alpha / (len(p) - place):
            break
        failed.append(i)
    return failed


def chance_by_interval(n, p, side):
    """A share at its bound, exactly: the chance that its interval fails it, and that the p read off the interval is below .005, .0005."""
    counts = [0.0, 0.0, 0.0]
    for x in range(n + 1):
        (lo, hi), value, weight = wilson(x, n), x / n, binomial(x, n, p)
        end, far = (lo, value - p) if side == "at most" else (hi, p - value)
        if (lo > p) if side == "at most" else (hi < p):
            q = 1 - NORMAL.cdf(Z * far / abs(end - value)) if end != value else 0
            counts = [counts[0] + weight, counts[1] + weight * (q <= 0.005), counts[2] + weight * (q <= 0.0005)]
    return counts


print("| n | bound | gate | fails by its interval | p of .005 | p of .0005 |\n|---|---|---|---|---|---|")
for n, p in ((100, 0.1), (200, 0.02), (1500, 0.02), (1500, 0.1), (6000, 0.02)):
    for side in ("at most", "at least"):
        print("| %d | %g | %s | %.4f | %.4f | %.5f |" % (n, p, side, *chance_by_interval(n, p, side)))

rng, trials = random.Random(1), 20000
print("\n| gates at their bounds | any fails by its interval | any fails by Holm | a fault of 3 standard errors fails | of 4 | of 5 |\n|---|---|---|---|---|---|")
for m in (1, 2, 5, 10, 13, 50):
    alone = together = 0
    found = {3: 0, 4: 0, 5: 0}
    for _ in range(trials):
        p = [1 - NORMAL.cdf(rng.gauss(0, 1)) for _ in range(m)]
        alone += min(p) <= 0.025
        together += bool(holm(p))
        for shift in found:
            found[shift] += 0 in holm([1 - NORMAL.cdf(rng.gauss(shift, 1))] + p[1:])
    print("| %d | %.3f | %.3f | %s |" % (m, alone / trials, together / trials, " | ".join("%.3f" % (k / trials) for k in found.values())))
