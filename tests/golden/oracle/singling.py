"""Singling out after docs/measures/privacy.singling_out.univariate.md and .multivariate.md: every predicate drawn again (Philox), rows as bits
of an integer. Train and holdout of the same size: nothing is cut."""
import collections, math

from .folds import philox, key_of, MASK32
from .tables import normal, wilson

ASKED, TRIES, BASELINE_TRIES, COLUMNS, EXCHANGES, MOST_HITS, ROUND, BARREN = 2000, 100, 50, 4, 1999, 16, 4096, 4
AT_MOST, AT_LEAST, EQUAL, MISSING = range(4)


class Random:
    def __init__(self, name, seed, replicate):
        self.key, self.replicate, self.block, self.words = key_of(name, seed), replicate, 0, []

    def u64(self):
        if not self.words:
            w = philox((self.block, self.replicate, 0, 0), (self.key & MASK32, self.key >> 32))
            self.words, self.block = [w[1] << 32 | w[0], w[3] << 32 | w[2]], self.block + 1
        return self.words.pop(0)

    def below(self, n):
        """Lemire's rejection: its chance is n/2^64."""
        return self.u64() * n >> 64

    def uniform(self):
        return (self.u64() >> 11) * 2.0**-53

    def columns(self, n, k):
        """Floyd's algorithm."""
        chosen = set()
        for j in range(max(0, n - k), n):
            pick = self.below(j + 1)
            chosen.add(j if pick in chosen else pick)
        return sorted(chosen)


class Bits:
    """Rows of one table that satisfy conditions (column, kind, value)."""

    def __init__(self, table):
        self.table, self.known, self.all = table, {}, (1 << table.n) - 1

    def condition(self, c):
        if c not in self.known:
            column, kind, value = c
            fits = {AT_MOST: lambda x: x is not None and x <= value, AT_LEAST: lambda x: x is not None and x >= value,
                    EQUAL: lambda x: x is not None and x == value, MISSING: lambda x: x is None}[kind]
            self.known[c] = sum(1 << i for i, x in enumerate(self.table.column[column]) if fits(x))
        return self.known[c]

    def rows(self, predicate):
        bits = self.all
        for c in predicate:
            bits &= self.condition(c)
        found = []
        while bits:
            found.append((bits & -bits).bit_length() - 1)
            bits &= bits - 1
        return found


def univariate(world, table):
    for c in world.names:
        cells = table.column[c]
        if cells.count(None) == 1:
            yield ((c, MISSING, 0),)
        counts = collections.Counter(x for x in cells if x is not None)
        for value, n in counts.items():
            if n == 1:
                yield ((c, EQUAL, value),)
                if c in world.numeric and value == min(counts):
                    yield ((c, AT_MOST, value),)
                if c in world.numeric and value == max(counts):
                    yield ((c, AT_LEAST, value),)


def multivariate(world, table, seed):
    middle, varying = {}, [c for c in world.names if len(set(table.column[c])) > 1]
    for c in world.numeric:
        s = sorted(x for x in table.column[c] if x is not None)
        middle[c] = (s[(len(s) - 1) // 2] + s[len(s) // 2]) / 2 if s else None
    for attempt in range(TRIES * ASKED):
        random = Random("privacy.singling_out.multivariate", seed, attempt)
        row, predicate = random.below(table.n), []
        for i in random.columns(len(varying), COLUMNS):
            x = table.column[varying[i]][row]
            kind = MISSING if x is None else EQUAL if varying[i] not in world.numeric else AT_LEAST if x > middle[varying[i]] else AT_MOST
            predicate.append((varying[i], kind, 0 if x is None else x))
        yield tuple(predicate)


def away(x):
    return math.copysign(math.floor(abs(x) + 0.5), x)


def guesses(world, name, seed, conditions):
    """Conditions from train's domain alone: levels in order, ranges, decimals."""
    domain = {}
    for c in world.names:
        present = [x for x in world.train.column[c] if x is not None]
        if c in world.numeric:
            decimals = 0 if c in world.dates else max(len(repr(x).partition(".")[2].rstrip("0")) for x in present)
            options = (min(present), max(present), 10.0**decimals)
        else:
            options = sorted(set(present))
        domain[c] = options, len(present) < world.train.n
    for attempt in range(BASELINE_TRIES * ASKED):
        random, predicate = Random(name + " baseline", seed, attempt), []
        for i in random.columns(len(world.names), conditions):
            c = world.names[i]
            options, missing = domain[c]
            kinds = 3 if c in world.numeric else len(options)
            kind = random.below(kinds + missing)
            if kind == kinds:
                predicate.append((c, MISSING, 0))
            elif c in world.numeric:
                lo, hi, unit = options
                predicate.append((c, kind, away((lo + random.uniform() * (hi - lo)) * unit) / unit))
            else:
                predicate.append((c, EQUAL, options[kind]))
        yield tuple(predicate)


def keep(predicates, fits):
    """The first ASKED different ones, and how many were drawn for them; four rounds without a new one are the last."""
    kept, drawn, sizes = {}, 0, [0]
    for p in predicates:
        drawn += 1
        if fits(p):
            kept[p] = True
        if drawn % ROUND == 0:
            sizes.append(len(kept))
        if len(kept) == ASKED or sizes[-1] == (sizes[-1 - BARREN] if len(sizes) > BARREN else -1):
            break
    return list(kept), drawn


def excess(p1, n1, p2, n2, z):
    """MOVER-R for 1 - (1 - p1)/(1 - p2), the textbook's form (Donner and Zou 2012)."""
    (l1, u1), (l2, u2), a, b = wilson(1 - p1, n1, z), wilson(1 - p2, n2, z), 1 - p1, 1 - p2
    l1, l2 = max(l1, 0.0) if a else 0.0, max(l2, 0.0)
    least = (a * b - math.sqrt(max(0.0, (a * b) ** 2 - l1 * u2 * (2 * a - l1) * (2 * b - u2)))) / (u2 * (2 * b - u2))
    most = (a * b + math.sqrt(max(0.0, (a * b) ** 2 - u1 * l2 * (2 * a - u1) * (2 * b - l2)))) / (l2 * (2 * b - l2))
    return 1 - most, 1 - least


def design(hits):
    loads = collections.Counter(h[0] for h in hits if len(h) == 1)
    return sum(k * k for k in loads.values()) / sum(loads.values()) if loads else 1


def p_value(id, seed, rows, hits):
    """Rows i of train and of the holdout change places by coins."""
    differences, hits = [], [h for h in hits if len(h[0]) + len(h[1]) <= MOST_HITS]
    for b in range(EXCHANGES + 1):
        random, swap = Random(id + " exchanges", seed, b), 0
        for w in range((rows + 63) // 64 if b else 0):
            swap |= random.u64() << 64 * w
        train = [sum(~swap >> r & 1 for r in t) + sum(swap >> r & 1 for r in h) for t, h in hits]
        differences.append(sum((k == 1) - (len(t) + len(h) - k == 1) for k, (t, h) in zip(train, hits)))
    return (1 + sum(d >= differences[0] for d in differences[1:])) / (EXCHANGES + 1)


def check_singling_out(world, tally, name, m):
    id, candidate, d = m["id"], world.candidates[name], m.get("details", {})
    single = id.endswith("univariate")
    subject, train, holdout = Bits(candidate), Bits(world.train), Bits(world.holdout)
    draws = univariate(world, candidate) if single else multivariate(world, candidate, world.seed)
    kept, drawn = keep(draws, lambda p: len(subject.rows(p)) == 1)
    if not kept:
        return tally.holds(id, f"{name}: nothing to try", m["status"] == "not_measurable")
    hits = [(train.rows(p), holdout.rows(p)) for p in kept]
    sides = [[h[k] for h in hits] for k in (0, 1)]
    successes, control = (sum(len(h) == 1 for h in side) for side in sides)
    guessed, _ = keep(guesses(world, id, world.seed, 1 if single else COLUMNS), lambda p: True)
    lucky = sum(len(train.rows(p)) == 1 for p in guessed)
    counts = {"n": len(kept), "attempts": drawn, "successes": successes, "control_n": len(kept), "control_successes": control,
              "baseline_n": len(guessed), "baseline_successes": lucky, "attack": successes / len(kept), "control": control / len(kept),
              "baseline": lucky / len(guessed), "design_effect": design(sides[0]), "control_design_effect": design(sides[1])}
    for key, want in counts.items():
        tally.same(id, f"{name} {key}", d[key], want)
    a, c, n = counts["attack"], counts["control"], len(kept)
    held = lambda x: min(1.0, max(0.0, x))
    lo, hi = excess(a, n / counts["design_effect"], c, n / counts["control_design_effect"], normal.inv_cdf(0.975))
    for where, key, want in ((m, "value", held((a - c) / (1 - c))), (m["interval"], "lo", held(lo)), (m["interval"], "hi", held(hi)),
                             (d, "risk", held((a - c) / (1 - c)))):
        tally.same(id, f"{name} {key}", where[key], want)
    if single:
        tally.same(id, f"{name} p", d["p_value"], p_value(id, world.seed, world.train.n, hits))
    for x in d["columns"]:
        mine = [h for p, h in zip(kept, hits) if any(k[0] == x["column"] for k in p)]
        wants = (len(mine), sum(len(t) == 1 for t, _ in mine), sum(len(h) == 1 for _, h in mine))
        for key, want in zip(("n", "successes", "control_successes"), wants):
            tally.same(id, f"{name} {x['column']} {key}", x[key], want)
    tally.same(id, f"{name} columns", sum(x["n"] for x in d["columns"]), sum(map(len, kept)))
