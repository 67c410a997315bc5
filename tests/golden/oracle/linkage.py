"""Linkability and inference after docs/measures/privacy.linkability.md and privacy.inference.md, in exact fractions."""
import bisect, collections, math
from fractions import Fraction

from .tables import normal, present, wilson


def coder(values):
    """Twice the rank among the candidate's present values, and what a difference of it is divided by."""
    s = sorted(present(values))
    return lambda v: None if v is None else bisect.bisect_left(s, v) + bisect.bisect_right(s, v), 2 * len(s)


class View:
    """Rows of the candidate as the attacker sees them on some columns."""

    def __init__(self, world, candidate, columns, rows):
        self.columns, self.world, self.code, self.part = columns, world, {}, {}
        for c in columns:
            if c in world.numeric:
                self.code[c], self.part[c] = coder([candidate.column[c][i] for i in rows])
        self.rows = {i: self.coded(candidate, i) for i in rows}

    def coded(self, table, i):
        return tuple(self.code[c](table.column[c][i]) if c in self.code else table.column[c][i] for c in self.columns)

    def near(self, table, i, k=1):
        """All rows as near as the k-th nearest."""
        x = self.coded(table, i)
        distances = {}
        for j, y in self.rows.items():
            d = Fraction(0)
            for c, a, b in zip(self.columns, x, y):
                if a != b:
                    d += Fraction(abs(a - b), self.part[c]) if c in self.part and a is not None and b is not None else 1
            distances[j] = d
        kth = sorted(distances.values())[k - 1]
        return {j for j, d in distances.items() if d <= kth}


def power(values):
    return -math.log2(sum((n / len(values)) ** 2 for n in collections.Counter(values).values()))


def deal(world, columns):
    order = sorted(columns, key=lambda c: (-power(world.train.column[c]), world.names.index(c)))
    halves = [[], []]
    for c in order:
        sums = [math.fsum(power(world.train.column[k]) for k in h) for h in halves]
        to = min((0, 1), key=lambda h: (sums[h], len(halves[h]), h))
        halves[to].append(c)
    return [sorted(h, key=world.names.index) for h in halves]


def excess(p, n, q, m, level):
    """1 − (1 − p)/(1 − q) by MOVER-R from Wilson's ends."""
    z = normal.inv_cdf((1 + level) / 2)
    (l1, u1), (l2, u2) = wilson(1 - p, n, z), wilson(1 - q, m, z)
    a, b = 1 - p, 1 - q
    ratio_lo = (a * b - math.sqrt(max(a * a * b * b - l1 * u2 * (2 * a - l1) * (2 * b - u2), 0))) / (u2 * (2 * b - u2))
    ratio_hi = (a * b + math.sqrt(max(a * a * b * b - u1 * l2 * (2 * a - u1) * (2 * b - l2), 0))) / (l2 * (2 * b - l2))
    return 1 - ratio_hi, 1 - ratio_lo


def held(x):
    return min(max(x, 0), 1)


def fisher(x, n, y, m):
    """P[X ≥ x] given x + y."""
    k = x + y
    return float(Fraction(sum(math.comb(n, i) * math.comb(m, k - i) for i in range(x, min(n, k) + 1)), math.comb(n + m, k)))


def check_risk(tally, group, what, d, n, m, level):
    """Numbers that follow from the counts."""
    p, q = d["successes"] / n, d["control_successes"] / m
    tally.same(group, f"{what} attack", d["attack"], p)
    tally.same(group, f"{what} control", d["control"], q)
    tally.same(group, f"{what} n", d["n"], n)
    tally.same(group, f"{what} control n", d["control_n"], m)
    tally.same(group, f"{what} p", d["p_value"], fisher(d["successes"], n, d["control_successes"], m))
    if q < 1:
        risk = held((p - q) / (1 - q))
        lo, hi = excess(p, n, q, m, level)
        tally.same(group, f"{what} risk", d["risk"], risk)
        tally.same(group, f"{what} lo", d["lo"], min(held(lo), risk))
        tally.same(group, f"{what} hi", d["hi"], max(held(hi), risk))


def lines_of(evidence, name, group):
    return {(e["attack"], int(e["row"])): float(e["score"]) for e in evidence if e["candidate"] == name and e["measure"] == group}


def check_linkability(world, tally, name, m, evidence):
    """Tables of at most 2,000 rows: everybody is attacked."""
    g, s, d = "privacy.linkability", world.candidates[name], m["details"]
    halves = deal(world, world.quasi if world.quasi else world.names)
    tally.holds(g, f"{name} halves {halves}", [d["known_to_one"], d["known_to_other"]] == halves)
    views = [View(world, s, h, range(s.n)) for h in halves]

    def linked(table):
        return [bool(views[0].near(table, i) & views[1].near(table, i)) for i in range(table.n)]

    members, strangers, lines = linked(world.train), linked(world.holdout), lines_of(evidence, name, g)
    for i, link in enumerate(members):
        tally.same(g, f"{name} row {i}", lines["link", i], float(link))
    tally.same(g, f"{name} links", d["successes"], sum(members))
    tally.same(g, f"{name} strangers' links", d["control_successes"], sum(strangers))
    check_risk(tally, g, name, d, world.train.n, world.holdout.n, 0.95)
    tally.same(g, f"{name} value", m["value"], d["risk"])


def check_secret(world, tally, name, d, lines, level):
    g, s, c = "privacy.inference", world.candidates[name], d["column"]
    known = [k for k in (world.quasi if world.quasi else world.names) if k != c]
    have = {k: [i for i in range(t.n) if t.column[c][i] is not None] for k, t in (("r", world.train), ("h", world.holdout), ("s", s))}
    view = View(world, s, known, have["s"])
    values = sorted(world.train.column[c][i] for i in have["r"])
    n = len(values)
    spread = 0
    if c in world.numeric:
        spread = values[n - 1 - n // 20] - values[n // 20] or values[-1] - values[0]

    def right(guess, secret):
        if c not in world.numeric:
            return guess == secret
        return abs(guess - secret) <= 0.05 * (spread if c in world.dates else min(abs(secret), spread))

    def outcomes(table, i):
        """What the guess can be: several things where values are equally frequent."""
        votes = collections.Counter(s.column[c][j] for j in view.near(table, i))
        most = max(votes.values())
        return {right(v, table.column[c][i]) for v, k in votes.items() if k == most}

    number = world.names.index(c) + 1
    for i in have["r"]:
        tally.holds(g, f"{name} {c} row {i}", bool(lines[f"nearest secret {number}", i]) in outcomes(world.train, i))
    tally.same(g, f"{name} {c} right", d["successes"], sum(lines[f"nearest secret {number}", i] for i in have["r"]))
    strangers = [outcomes(world.holdout, i) for i in have["h"]]
    tally.holds(g, f"{name} {c} strangers", sum(o == {True} for o in strangers) <= d["control_successes"] <= sum(True in o for o in strangers))
    votes = collections.Counter(s.column[c][j] for j in have["s"]).most_common()
    shares = [sum(right(v, world.train.column[c][i]) for i in have["r"]) / n for v, k in votes if k == votes[0][1]]
    tally.holds(g, f"{name} {c} majority", any(abs(x - d["majority"]) < 1e-12 for x in shares))
    check_risk(tally, g, f"{name} {c}", d, n, len(have["h"]), level)


def check_inference(world, tally, name, m, evidence):
    g, secrets = "privacy.inference", m["details"]["secrets"]
    part = [d for d in secrets if d["control_successes"] < d["control_n"]]
    for d in secrets:
        check_secret(world, tally, name, d, lines_of(evidence, name, g), 1 - 0.05 / len(part))
    tally.same(g, f"{name} value", m["value"], max(d["risk"] for d in part))
    tally.same(g, f"{name} lo", m["interval"]["lo"], max(d["lo"] for d in part))
    tally.same(g, f"{name} hi", m["interval"]["hi"], max(d["hi"] for d in part))
