"""Tables as lists of cells, and the statistics that several measures need."""
import bisect, csv, collections, datetime, math, statistics

DAY0 = datetime.date(1970, 1, 1).toordinal()
normal = statistics.NormalDist()


class Table:
    """Columns by name: floats for numbers and dates, strings for levels, None for missing."""

    def __init__(self, path, schema):
        with open(path, newline="") as f:
            rows = list(csv.reader(f))
        self.names, self.n = rows[0], len(rows) - 1
        self.column = {}
        for c in schema["columns"]:
            at = self.names.index(c["name"])
            self.column[c["name"]] = [self.cell(c, r[at]) for r in rows[1:]]

    @staticmethod
    def cell(c, text):
        if text == "":
            return None
        if c["type"] == "datetime":
            return float(datetime.date.fromisoformat(text).toordinal() - DAY0)
        return float(text) if c["type"] == "numeric" else text

    def take(self, rows):
        part = object.__new__(Table)
        part.names, part.n = self.names, len(rows)
        part.column = {k: [v[i] for i in rows] for k, v in self.column.items()}
        return part


class World:
    def __init__(self, schema, train, holdout, candidates):
        columns = schema["columns"]
        self.names = [c["name"] for c in columns]
        self.numeric = [c["name"] for c in columns if c["type"] in ("numeric", "datetime")]
        self.dates = {c["name"] for c in columns if c["type"] == "datetime"}
        role = lambda r: [c["name"] for c in columns if r in ([c["role"]] if isinstance(c.get("role"), str) else c.get("role", []))]
        self.quasi, self.sensitive, self.target, self.positive = role("quasi"), role("sensitive"), role("target")[0], "yes"
        self.train, self.holdout = Table(train, schema), Table(holdout, schema)
        self.candidates = {k: Table(v, schema) for k, v in candidates.items()}
        self.to_reference = []
        self.logistic = {}  # (candidate, tstr or trtr): the linear model's probabilities for the holdout rows


def present(values):
    return [v for v in values if v is not None]


def mean(values):
    values = [v for v in values if v is not None]
    return math.fsum(values) / len(values)


def deciles(values):
    s = sorted(values)
    edges = []
    for i in range(11):
        at = i / 10 * (len(s) - 1)
        low = math.floor(at)
        edges.append(s[low] + (at - low) * (s[min(low + 1, len(s) - 1)] - s[low]))
    return sorted(set(edges))


def rank_coder(values):
    s = sorted(present(values))
    return lambda v: None if v is None else (bisect.bisect_left(s, v) + bisect.bisect_right(s, v)) / (2 * len(s))


def coded_rows(world, table, columns, rank):
    """Rows as tuples: numbers as ranks among train's values, or divided by train's range."""
    parts = []
    for c in columns:
        values = table.column[c]
        if c in world.numeric and rank:
            values = list(map(rank_coder(world.train.column[c]), values))
        elif c in world.numeric:
            r = present(world.train.column[c])
            values = [None if v is None else v / ((max(r) - min(r)) or 1e-300) for v in values]
        parts.append(values)
    return list(zip(*parts))


def distance(a, b):
    total = 0.0
    for x, y in zip(a, b):
        if x != y:
            total += min(abs(x - y), 1.0) if type(x) is float and type(y) is float else 1.0
    return total / len(a)


def nearest(row, rows):
    return min(distance(row, other) for other in rows)


def auc(members, others):
    """(area with half ties, DeLong's standard error)."""
    lo, hi = sorted(others), sorted(members)
    v1 = [(bisect.bisect_left(lo, s) + bisect.bisect_right(lo, s)) / 2 / len(lo) for s in members]
    v0 = [1 - (bisect.bisect_left(hi, s) + bisect.bisect_right(hi, s)) / 2 / len(hi) for s in others]
    return statistics.fmean(v1), math.sqrt(statistics.variance(v1) / len(v1) + statistics.variance(v0) / len(v0))


def wilson(p, n, z):
    centre, width = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (centre - width) / (1 + z * z / n), (centre + width) / (1 + z * z / n)


def newcombe(p, n, q, m, z):
    (l1, u1), (l2, u2) = wilson(p, n, z), wilson(q, m, z)
    return p - q - math.sqrt((p - l1) ** 2 + (u2 - q) ** 2), p - q + math.sqrt((u1 - p) ** 2 + (q - l2) ** 2)
