"""The learners of docs/measures/utility.tstr.md for a binary target, all but boosted trees; the linear one by Newton's method to
convergence."""
import collections, math, statistics

from .learners import PREDICT
from .tables import auc, normal, present, wilson

# liblinear stops at a relative gradient of 0.001, which leaves the fourth digit open.
LOOSE = 1e-3


def features(world, table):
    """Rows of features fitted on train: scaled numbers with an indicator of missing ones, 0/1 for each level, 1 for the intercept."""
    columns = []
    for c in world.names:
        real, cells = world.train.column[c], table.column[c]
        if c == world.target or len(set(real)) < 2:
            continue
        if c in world.numeric:
            m, s = statistics.fmean(present(real)), statistics.pstdev(present(real))
            columns.append([0.0 if v is None else (v - m) / s for v in cells])
            if None in real:
                columns.append([float(v is None) for v in cells])
        else:
            columns += [[float(v == level) for v in cells] for level in set(real)]
    return list(zip(*columns, [1.0] * table.n))


def solve(a, b):
    """Gauss with pivots; a and b are used up."""
    n = len(b)
    for i in range(n):
        p = max(range(i, n), key=lambda r: abs(a[r][i]))
        a[i], a[p], b[i], b[p] = a[p], a[i], b[p], b[i]
        for r in range(i + 1, n):
            f = a[r][i] / a[i][i]
            if f:
                a[r] = a[r][:i] + [x - f * y for x, y in zip(a[r][i:], a[i][i:])]
                b[r] -= f * b[i]
    for i in reversed(range(n)):
        b[i] = (b[i] - math.fsum(x * y for x, y in zip(a[i][i + 1 :], b[i + 1 :]))) / a[i][i]
    return b


def probability(w, row):
    return 1 / (1 + math.exp(-math.fsum(x * y for x, y in zip(w, row))))


def fit(rows, labels):
    """argmin ½|w|² + Σ log loss: the intercept is a feature like the others, C = 1."""
    d = len(rows[0])
    w = [0.0] * d
    for _ in range(30):
        gradient, hessian = list(w), [[float(i == j) for j in range(d)] for i in range(d)]
        for row, y in zip(rows, labels):
            p = probability(w, row)
            for i, x in enumerate(row):
                if x:
                    gradient[i] += (p - y) * x
                    f = p * (1 - p) * x
                    hessian[i] = [h + f * z for h, z in zip(hessian[i], row)]
        step = solve(hessian, gradient)
        w = [a - b for a, b in zip(w, step)]
        if max(map(abs, step)) < 1e-10:
            return w
    raise ArithmeticError("Newton's method does not converge")


def scores(p, labels):
    area = auc([q for q, y in zip(p, labels) if y], [q for q, y in zip(p, labels) if not y])[0]
    return {
        "auc": area,
        "accuracy": statistics.fmean((q >= 0.5) == y for q, y in zip(p, labels)),
        "log_loss": -statistics.fmean(math.log(max(q if y else 1 - q, 2**-52)) for q, y in zip(p, labels)),
        "brier": statistics.fmean((q - y) ** 2 for q, y in zip(p, labels)),
    }


def check_bins(tally, where, bins, p, labels, tolerance):
    """Tenths of the scale with ten rows or more. Rows that lie nearer to an edge than the solvers agree may be counted on either side."""
    want = collections.defaultdict(list)
    for q, y in zip(p, labels):
        want[min(int(10 * q), 9)].append((q, y))
    if any(abs(q - round(10 * q) / 10) < tolerance for q in p):
        return
    want = [b for _, b in sorted(want.items()) if len(b) >= 10]
    tally.same("utility.tstr bins", f"{where} number", len(bins), len(want))
    for got, rows in zip(bins, want):
        observed = statistics.fmean(y for _, y in rows)
        lo, hi = wilson(observed, len(rows), normal.inv_cdf(0.975))
        for k, v in (("n", len(rows)), ("predicted", statistics.fmean(q for q, _ in rows)), ("observed", observed), ("lo", lo), ("hi", hi)):
            tally.same("utility.tstr bins", f"{where} {k}", got[k], v, tolerance)


def check_models(world, tally, name, tstr):
    tables = {"tstr": world.candidates[name], "trtr": world.train}
    tests, truth = features(world, world.holdout), [v == world.positive for v in world.holdout.column[world.target]]
    for learner in tstr["details"]["learners"]:
        for kind, table in tables.items():
            labels = [v == world.positive for v in table.column[world.target]]
            if learner["learner"] == "logistic":
                w = fit(features(world, table), labels)
                p, tolerance = [probability(w, row) for row in tests], LOOSE
                world.logistic[name, kind] = p
            elif learner["learner"] == "majority":
                p, tolerance = [statistics.fmean(labels)] * len(truth), 1e-9
            elif learner["learner"] in PREDICT:
                p, tolerance = PREDICT[learner["learner"]](world, table, labels), 1e-9
            else:
                continue
            for k, v in scores(p, truth).items():
                tally.same("utility.tstr " + learner["learner"], f"{name} {kind} {k}", learner[kind][k], v, tolerance)
            check_bins(tally, f"{name} {learner['learner']} {kind}", learner[kind]["calibration"], p, truth, tolerance)
