"""Copies and the share of nearer rows after docs/measures/privacy.copies.md and proxy.dcr_share.md."""
import collections, math

from .tables import coded_rows, distance, normal, present, wilson


def check_copies(world, tally, name, m):
    """Train and holdout of the same size: nothing is cut."""
    g, s = "privacy.copies", world.candidates[name]
    d, shares = m["details"], {}
    levels = [c for c in world.names if c not in world.numeric]
    step = {c: 0.01 * (max(present(world.train.column[c])) - min(present(world.train.column[c]))) for c in world.numeric}
    for suffix, table in (("", world.train), ("_holdout", world.holdout)):
        whole = set(zip(*(table.column[c] for c in world.names)))
        rows = list(zip(*(s.column[c] for c in world.names)))
        shares["exact" + suffix] = sum(r in whole for r in rows) / s.n
        groups = collections.defaultdict(list)
        for i, key in enumerate(zip(*(table.column[c] for c in levels))):
            groups[key].append(i)

        def near(i, j):
            for c in world.numeric:
                a, b = s.column[c][i], table.column[c][j]
                if (a is None) != (b is None) or (a is not None and abs(a - b) > step[c]):
                    return False
            return True

        keys = list(zip(*(s.column[c] for c in levels)))
        shares["near" + suffix] = sum(any(near(i, j) for j in groups[keys[i]]) for i in range(s.n)) / s.n
    for k, v in shares.items():
        tally.same(g, f"{name} {k}", d[k], v)
    tally.same(g, f"{name} exact rows", d["exact_rows"], round(shares["exact"] * s.n))
    tally.same(g, f"{name} share compared", d["share_of_train_compared"], 1)
    tally.same(g, f"{name} value", m["value"], max(0, *(shares[k] - shares[k + "_holdout"] for k in ("exact", "near"))))


def check_dcr_share(world, tally, name, m):
    g, d = "proxy.dcr_share", m["details"]
    coded = {k: coded_rows(world, t, world.names, False) for k, t in (("r", world.train), ("h", world.holdout), ("s", world.candidates[name]))}
    closer, loads = collections.Counter(), collections.Counter()
    for row in coded["s"]:
        best = {k: min((distance(row, other), i) for i, other in enumerate(coded[k])) for k in "rh"}
        (a, i), (b, j) = best["r"], best["h"]
        side = "ties" if abs(a - b) <= 1e-12 else "closer_train" if a < b else "closer_holdout"
        closer[side] += 1
        share = {"ties": 0.5, "closer_train": 1.0, "closer_holdout": 0.0}[side]
        loads["r", i] += share
        loads["h", j] += 1 - share
    m_rows = len(coded["s"])
    for side in ("closer_train", "closer_holdout", "ties"):
        tally.same(g, f"{name} {side}", d[side], closer[side])
    p = (closer["closer_train"] + closer["ties"] / 2) / m_rows
    tally.same(g, f"{name} value", m["value"], p)
    real = world.train.n + world.holdout.n
    variance = math.fsum((loads[k] - m_rows / real) ** 2 for k in loads) + (real - len(loads)) * (m_rows / real) ** 2
    tally.same(g, f"{name} effective rows", d["effective_rows"], m_rows**2 / max(variance, m_rows))
    lo, hi = wilson(p, d["effective_rows"], normal.inv_cdf(0.975))
    tally.same(g, f"{name} lo", m["interval"]["lo"], lo)
    tally.same(g, f"{name} hi", m["interval"]["hi"], hi)
