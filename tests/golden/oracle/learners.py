"""The decision tree, naive Bayes and nearest neighbours of docs/measures/utility.tstr.md for a binary target. predict_*(world, table,
labels) gives the probability of the positive class for every holdout row."""
import math, statistics

from .tables import present


class Encoded:
    """Scaled numbers (None: missing) and level ranks (−1: not in train; missing is the last level), fitted on train."""

    def __init__(self, world, table):
        self.numbers, self.levels, self.sizes = [], [], []
        for c in world.names:
            real = world.train.column[c]
            if c == world.target or len(set(real)) < 2:
                continue
            if c in world.numeric:
                m, s = statistics.fmean(present(real)), statistics.pstdev(present(real))
                self.numbers.append([None if v is None else (v - m) / s for v in table.column[c]])
            else:
                known = sorted(set(present(real))) + [None] * (None in real)
                self.levels.append([known.index(v) if v in known else -1 for v in table.column[c]])
                self.sizes.append(len(known))


def smooth(positive, n, share):
    return (positive + share) / (n + 1)


def predict_bayes(world, table, labels):
    seen, asked = Encoded(world, table), Encoded(world, world.holdout)
    sums = []
    for y in (False, True):
        rows = [i for i, v in enumerate(labels) if v == y]
        total = [math.log(len(rows) / len(labels))] * world.holdout.n
        for a, b in zip(seen.numbers, asked.numbers):
            x = present([a[i] for i in rows])
            mean, variance = (statistics.fmean(x), statistics.pvariance(x) + 1e-3) if x else (0, 1)
            total = [t if v is None else t - math.log(2 * math.pi * variance) / 2 - (v - mean) ** 2 / (2 * variance) for t, v in zip(total, b)]
        for a, b, size in zip(seen.levels, asked.levels, seen.sizes):
            known = [a[i] for i in rows if a[i] >= 0]
            share = [math.log((known.count(level) + 1) / (len(known) + size)) for level in range(size)]
            total = [t if v < 0 else t + share[v] for t, v in zip(total, b)]
        sums.append(total)
    return [1 / (1 + math.exp(min(no - yes, 700))) for no, yes in zip(*sums)]


def predict_neighbours(world, table, labels):
    seen, asked = Encoded(world, table), Encoded(world, world.holdout)
    share, out = statistics.fmean(labels), []
    part = lambda u, v: (0 if u is None and v is None else (u or 0) ** 2 + 1 if v is None else (v or 0) ** 2 + 1 if u is None else (u - v) ** 2)
    for i in range(world.holdout.n):
        square = [math.fsum(part(b[i], a[j]) for a, b in zip(seen.numbers, asked.numbers)) +
                  sum(2 * (a[j] != b[i]) for a, b in zip(seen.levels, asked.levels)) for j in range(table.n)]
        limit = sorted(square)[min(20, table.n) - 1] * (1 + 2e-9)
        near = [labels[j] for j in range(table.n) if square[j] <= limit]
        out.append(smooth(sum(near), len(near), share))
    return out


def gain(left, right):
    """Sum of squared class counts over rows, of both sides."""
    return (left[0] ** 2 + left[1] ** 2) / sum(left) + (right[0] ** 2 + right[1] ** 2) / sum(right)


def grow(inputs, labels, rows, least, smallest):
    """(input, largest code on the left, left, right), or the rows of a leaf."""
    count = [len(rows) - sum(labels[i] for i in rows), sum(labels[i] for i in rows)]
    unsplit = (count[0] ** 2 + count[1] ** 2) / len(rows)
    best, where = unsplit, None
    for p, code in enumerate(inputs):
        left, right, ordered = [0, 0], list(count), sorted(rows, key=lambda i: code[i])
        for at, i in enumerate(ordered[:-1]):
            left[labels[i]] += 1
            right[labels[i]] -= 1
            if code[i] != code[ordered[at + 1]] and min(sum(left), sum(right)) >= least and gain(left, right) > best:
                best, where = gain(left, right), (p, code[i])
    if where is None or best - unsplit <= smallest:
        return rows
    sides = [[i for i in rows if (inputs[where[0]][i] <= where[1]) == side] for side in (True, False)]
    return (*where, *(grow(inputs, labels, side, least, smallest) for side in sides))


def number_codes(seen, asked):
    """1 + index of the nearest distinct training value, 0 for missing."""
    known = sorted(set(present(seen)))
    cut = [(a + b) / 2 + 1e-9 for a, b in zip(known, known[1:])]
    return [[0 if v is None else 1 + sum(v > c for c in cut) for v in values] for values in (seen, asked)]


def predict_tree(world, table, labels):
    seen, asked = Encoded(world, table), Encoded(world, world.holdout)
    codes = [number_codes(a, b) for a, b in zip(seen.numbers, asked.numbers)]
    codes += [[[v + 1 for v in a], [v + 1 for v in b]] for a, b in zip(seen.levels, asked.levels)]
    n, positive = len(labels), sum(labels)
    root = n - (positive**2 + (n - positive) ** 2) / n
    tree = grow([c[0] for c in codes], labels, list(range(n)), max(10, n // 200), 1e-8 * root)
    out = []
    for i in range(world.holdout.n):
        node = tree
        while isinstance(node, tuple):
            node = node[2] if codes[node[0]][1][i] <= node[1] else node[3]
        out.append(smooth(sum(labels[j] for j in node), len(node), positive / n))
    return out


PREDICT = {"naive_bayes": predict_bayes, "knn": predict_neighbours, "tree": predict_tree}
