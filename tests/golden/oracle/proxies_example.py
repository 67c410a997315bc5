"""Numbers of tests/unit/test_proxies.c: the same small tables, every measure by its definition. From tests/golden: python3 -m
oracle.proxies_example"""
import types

from .proxies import check_apparent, check_hits, check_identifiability, check_matches, check_nnaa, check_nndr, check_overfitting, check_quantiles, Sides
from .tables import Table, coded_rows

NAMES = ["x", "y", "g"]


def table(seed, rows):
    """x whole from 0 to 19, y in quarters or missing, g of three levels, from the generator s <- 1103515245 s + 12345 mod 2^31."""
    t, state = object.__new__(Table), seed
    t.names, t.n, t.column = NAMES, rows, {c: [] for c in NAMES}
    for _ in range(rows):
        u = []
        for _ in range(4):
            state = (1103515245 * state + 12345) % 2**31
            u.append(state / 2**31)
        t.column["x"].append(float(int(20 * u[0])))
        t.column["y"].append(None if u[1] < 0.15 else int(8 * u[2]) / 4)
        t.column["g"].append(str(int(3 * u[3])))
    return t


def copy(t, row, source, at):
    for c in NAMES:
        t.column[c][row] = source.column[c][at]


class Anything(dict):
    """Stands in for what an audit says: the check is asked for what it wants, not for what differs."""

    def __missing__(self, key):
        return Anything()


class Printer:
    def same(self, group, what, got, want):
        print(f"{group}: {what.strip()}: {want!r}")


train, holdout, subject = table(1, 14), table(2, 14), table(3, 11)
copy(train, 5, train, 4), copy(subject, 0, train, 3), copy(subject, 1, train, 4), copy(subject, 2, holdout, 6), copy(subject, 4, subject, 3)
world = types.SimpleNamespace(names=NAMES, numeric=["x", "y"], quasi=["x"], train=train, holdout=holdout, candidates={"": subject})
sides = Sides({k: coded_rows(world, t, NAMES, False) for k, t in (("r", train), ("h", holdout), ("s", subject))})
five = dict.fromkeys(("to_train", "to_holdout", "within_train", "within_candidate"), [None] * 5)
result = Anything(details=Anything(five, at=[0.05, 0.25, 0.5, 0.75, 0.95], distance_to_train=[None] * 2, distance_to_holdout=[None] * 2))
for check in (check_quantiles, check_nndr, check_nnaa, check_overfitting):
    check(world, Printer(), "", result, sides)
for check in (check_identifiability, check_hits, check_apparent):
    check(world, Printer(), "", result)
check_matches(world, Printer(), "", Anything())
