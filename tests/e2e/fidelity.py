"""What tests/e2e/fidelity.sh checks; works in the current folder: python3 fidelity.py ROOT, the program in $ASSAY."""
import csv, json, math, os, random, subprocess, sys

root, assay = sys.argv[1], os.environ["ASSAY"]
samples, golden = f"{root}/datasets/samples", f"{root}/../shared/golden/pairs"
failures = 0
NAMES = ["age", "income", "rate", "since", "region", "job", "y"]
TYPES = {"age": "numeric", "income": "numeric", "rate": "numeric", "since": "datetime", "region": "categorical", "job": "categorical", "y": "categorical"}


def fail(*words):
    global failures
    failures += 1
    print("FAIL:", *words)


def population(seed, n):
    """Rows of numbers, a date and categories that go together, with missing cells."""
    r, rows = random.Random(seed), []
    for _ in range(n):
        age, job = r.randrange(18, 80), r.choices(["office", "craft", "care", "none"], [5, 3, 2, 1])[0]
        income = "%.2f" % math.exp(r.gauss(7 + 0.01 * age + (job == "office"), 0.5)) if r.random() < 0.95 else ""
        region = r.choice(["north", "south", "east"]) if r.random() < 0.97 else ""
        since = "%d-%02d-%02d" % (r.randrange(2000, 2020), r.randrange(1, 13), r.randrange(1, 29))
        y = "yes" if r.random() < 1 / (1 + math.exp((50 - age) / 10 - (job == "office"))) else "no"
        rows.append([str(age), income, "%.3f" % r.random(), since, region, job, y])
    return rows


def write(path, rows, names=NAMES):
    with open(path, "w", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows([names, *rows])
    return path


def column(rows, name, make):
    j = NAMES.index(name)
    return [r[:j] + [make(i, r[j])] + r[j + 1 :] for i, r in enumerate(rows)]


def shuffled(rows, seed=5):
    return random.Random(seed).sample(rows, len(rows))


def refuse(word):
    raise ValueError("audit.json holds " + word)


def audit(case, train, holdout, candidates, *options, only="fidelity", status=(0, 1, 3)):
    """{candidate: {measure: result}} of files."""
    given = [a for name, path in candidates.items() for a in ("--synthetic", f"{name}={path}")]
    command = [assay, "audit", "--train", train, *(["--holdout", holdout] if holdout else []), *given, "--only", only, "--format", "json", "--out", "out", *options]
    p = subprocess.run(command, capture_output=True, text=True, timeout=400)
    if p.returncode not in status:
        fail(case, "exit status", p.returncode, p.stderr[:300])
        return None
    with open("out/audit.json") as f:
        return {c["name"]: {m["id"]: m for m in c["measures"]} for c in json.load(f, parse_constant=refuse)["candidates"]}


def schema(types=TYPES, target="y"):
    columns = [{"name": c, "type": t, **({"format": "%Y-%m-%d"} if t == "datetime" else {}), **({"role": "target"} if c == target else {})} for c, t in types.items()]
    with open("schema.json", "w") as f:
        json.dump({"format": "assay-schema", "version": 1, "columns": columns}, f)
    return ("--schema", "schema.json")


def ideal(m):
    return 0.5 if m["id"] == "fidelity.discriminator" else {"higher": 1, "lower": 0}[m["direction"]]


def loss(m):
    """How far from ideal a value is."""
    return abs(m["value"] - ideal(m))


def sound(case, measures):
    for id, m in measures.items():
        if m["status"] == "failed":
            fail(case, id, "failed:", m["reason"])
        elif m["status"] == "not_measurable" and len(m["reason"]) < 20:
            fail(case, id, "gives no reason:", m["reason"])
        elif m["status"] == "ok":
            lo, hi = m["interval"]["lo"], m["interval"]["hi"]
            if None in (lo, hi) or not lo <= m["value"] <= hi:
                fail(case, id, m["value"], "has no interval around it:", m["interval"])
            if not m["finding"]:
                fail(case, id, "says nothing")


def check_same():
    """Train itself, and its rows in another order: exactly ideal."""
    train, holdout = population(1, 700), population(2, 650)
    write("t.csv", train), write("h.csv", holdout), write("order.csv", shuffled(train))
    cases = [("invented", "t.csv", "h.csv", {"same": "t.csv", "order": "order.csv"}, schema())]
    with open(f"{samples}/train.csv", newline="") as f:
        names, *rows = csv.reader(f)
    write("s.csv", shuffled(rows), names)
    cases.append(("sample", f"{samples}/train.csv", f"{samples}/holdout.csv", {"same": f"{samples}/train.csv", "order": "s.csv"}, ("--schema", f"{samples}/schema.json")))
    for case, t, h, candidates, options in cases:
        for name, measures in (audit(case, t, h, candidates, *options) or {}).items():
            sound(f"{case} {name}", measures)
            for id, m in measures.items():
                if m["status"] != "ok":
                    fail(case, name, id, m["status"], m["reason"])
                elif m["value"] != ideal(m):
                    fail(case, name, id, "is", repr(m["value"]), "and not exactly", ideal(m))


def check_order():
    """The order of rows changes no value."""
    train, holdout, other = population(1, 700), population(2, 650), population(3, 500)
    write("t.csv", train), write("h.csv", holdout), write("c.csv", other), write("o.csv", shuffled(other)), write("x.csv", shuffled(train, 6))
    plain = audit("order", "t.csv", "h.csv", {"c": "c.csv", "o": "o.csv"}, *schema())
    turned = audit("order of train", "x.csv", "h.csv", {"c": "c.csv"}, *schema())
    if not plain or not turned:
        return
    for id, m in plain["c"].items():
        for what, n in (("the candidate", plain["o"][id]), ("train", turned["c"][id])):
            # Folds and permutations go by rows: learners see others in them.
            tolerance = {"fidelity.discriminator": 0.06}.get(id, 1e-9)
            if m["status"] != n["status"] or (m["status"] == "ok" and abs(m["value"] - n["value"]) > tolerance * max(1, abs(m["value"]))):
                fail("order of the rows of", what, id, m.get("value"), n.get("value"))


def check_few():
    """One row, two rows, one column: either no value and a reason, or a value that is worse than that of fresh rows."""
    t, h, c = population(1, 400), population(2, 400), population(3, 400)
    write("t.csv", t), write("h.csv", h), write("c.csv", c)
    base = audit("plain", "t.csv", "h.csv", {"c": "c.csv"}, *schema())["c"]
    for rows in (1, 2):
        found = audit(f"{rows} rows", "t.csv", "h.csv", {"c": write("x.csv", c[:rows])}, *schema()) or {"c": {}}
        sound(f"{rows} rows", found["c"])
        for id, m in found["c"].items():
            if m["status"] == "ok" and id != "fidelity.validity" and not loss(m) > loss(base[id]):
                fail(f"{rows} rows", id, "is", m["value"], "as good as", base[id]["value"], "of fresh rows")
    for name in NAMES:
        j = NAMES.index(name)
        files = [write(f"{k}.csv", [[r[j]] for r in rows], [name]) for k, rows in (("xt", t), ("xh", h), ("xc", c))]
        found = audit(f"{name} alone", files[0], files[1], {"c": files[2]}, *schema({name: TYPES[name]}, None)) or {"c": {}}
        sound(f"{name} alone", found["c"])
        for id in ("pair_trends", "association", "inference"):
            if f"fidelity.{id}" in found["c"] and found["c"][f"fidelity.{id}"]["status"] != "not_measurable":
                fail(f"{name} alone", id, "of one column is", found["c"][f"fidelity.{id}"]["value"])
        for id in ("column_shapes", "jensen_shannon", "missingness", "coverage", "discriminator", "energy", "frechet"):
            if f"fidelity.{id}" in found["c"] and found["c"][f"fidelity.{id}"]["status"] != "ok":
                fail(f"{name} alone", id, found["c"][f"fidelity.{id}"]["reason"])


def check_many_levels():
    """10,000 categories, as many as rows: shared, and of each table alone."""
    n, r = 10000, random.Random(4)
    make = lambda level: [[level(i), str(r.randrange(5)), "%.2f" % r.gauss(0, 1)] for i in range(n)]
    names, types = ["code", "kind", "x"], {"code": "categorical", "kind": "categorical", "x": "numeric"}
    write("t.csv", make(lambda i: f"k{i}"), names), write("h.csv", make(lambda i: f"k{i}"), names)
    write("shared.csv", shuffled(make(lambda i: f"k{i}")), names), write("own.csv", make(lambda i: f"c{i}"), names)
    found = audit("10,000 categories", "t.csv", "h.csv", {"shared": "shared.csv", "own": "own.csv"}, *schema(types, "kind"))
    if not found:
        return
    for name, measures in found.items():
        sound(f"10,000 categories, {name}", measures)
    for id in ("column_shapes", "jensen_shannon", "pair_trends", "kway", "coverage", "validity", "frechet", "energy"):
        m = [found[k].get(f"fidelity.{id}") for k in ("shared", "own")]
        if m[0] and not (m[0]["status"] == m[1]["status"] == "ok" and loss(m[0]) < loss(m[1])):
            fail("10,000 categories", id, [x.get("value", x.get("reason")) for x in m])


def check_discriminator():
    """Independent columns have perfect marginals: what sees interactions tells them from real rows, a linear model does not."""
    tables = {"sample": (samples, ("--schema", f"{samples}/schema.json")), "law_school": (f"{golden}/law_school", ())}
    for case, (folder, options) in tables.items():
        if not os.path.isdir(folder):
            continue
        found = audit(case, f"{folder}/train.csv", f"{folder}/holdout.csv", {"independent": f"{folder}/independent.csv", "fresh": f"{folder}/reserve.csv"}, *options, only="fidelity.discriminator")
        if not found:
            continue
        areas = {name: {x["learner"]: x for x in m["fidelity.discriminator"]["details"]["learners"]} for name, m in found.items()}
        boosted, linear = (areas["independent"][k]["auc"] for k in ("boosted", "logistic"))
        if boosted < 0.7 or not 0.44 <= linear <= 0.56:
            fail(case, "independent columns: boosted", boosted, "logistic", linear)
        for learner, x in areas["fresh"].items():
            if not x["lo"] <= 0.5 <= x["hi"]:
                fail(case, "fresh rows:", learner, x)


def check_threads():
    bytes_of = {}
    for threads in ("1", "2", "7"):
        audit(f"{threads} threads", f"{samples}/train.csv", f"{samples}/holdout.csv", {k: f"{samples}/{k}.csv" for k in ("cart", "leak05")},
              "--schema", f"{samples}/schema.json", "--threads", threads)
        with open("out/audit.json", "rb") as f:
            bytes_of[threads] = f.read()
    if len(set(bytes_of.values())) != 1:
        fail("audit.json differs between 1, 2 and 7 threads")


def constant(value):
    return lambda rows, name: column(rows, name, lambda i, x: value)


def odd_cases():
    """name, tables that differ from the plain ones, measures that cannot be measured, measures that must see it."""
    t, h, c = population(1, 400), population(2, 400), population(3, 400)
    same = lambda make: {"t": make(t), "h": make(h), "c": make(c)}
    empty, seven = constant(""), constant("7")
    shapes = ["column_shapes", "jensen_shannon"]
    yield "unseen category", {"c": column(c, "job", lambda i, x: "pilot" if i % 3 else x)}, [], shapes + ["validity", "pair_trends", "kway", "discriminator", "propensity", "precision_recall", "energy", "frechet"]
    yield "unseen category in every row", {"c": constant("pilot")(c, "job")}, [], shapes + ["validity", "coverage", "pair_trends", "kway", "association", "discriminator", "energy", "frechet"]
    yield "candidate's numbers all missing", {"c": empty(c, "income")}, [], ["column_shapes", "missingness", "coverage", "pair_trends", "kway", "discriminator", "precision_recall", "energy", "frechet"]
    yield "candidate's categories all missing", {"c": empty(c, "region")}, [], ["column_shapes", "missingness", "coverage", "pair_trends", "kway", "discriminator", "precision_recall", "energy", "frechet"]
    yield "train's numbers all missing", {"t": empty(t, "income"), "h": empty(h, "income")}, [], ["missingness", "discriminator", "kway"]
    yield "numbers missing everywhere", same(lambda r: empty(r, "income")), [], []
    yield "categories missing everywhere", same(lambda r: empty(r, "job")), [], []
    yield "constant in the candidate", {"c": constant("30")(c, "age")}, [], shapes + ["wasserstein", "coverage", "pair_trends", "kway", "association", "discriminator", "energy", "frechet"]
    yield "constant category in the candidate", {"c": constant("north")(c, "region")}, [], shapes + ["missingness", "coverage", "pair_trends", "kway", "discriminator", "energy", "frechet"]
    yield "constant in train", {"t": seven(t, "age"), "h": seven(h, "age")}, [], ["column_shapes", "pair_trends", "kway", "discriminator"]
    yield "constant everywhere", same(lambda r: seven(r, "age")), [], []
    yield "one row again and again", {"c": [c[0]] * 400}, [], shapes + ["wasserstein", "coverage", "pair_trends", "kway", "association", "discriminator", "precision_recall", "energy", "frechet"]
    yield "no value in the candidate", {"c": [[""] * len(NAMES)] * 400}, [], ["column_shapes", "wasserstein", "missingness", "coverage", "pair_trends", "kway", "discriminator", "precision_recall", "energy", "frechet"]
    yield "37 rows", {"c": c[:37]}, [], []
    yield "1,200 rows", {"c": population(3, 1200)}, [], []
    yield "another unit", {"c": column(c, "income", lambda i, x: x and str(1000 * float(x)))}, [], shapes + ["validity", "wasserstein", "pair_trends", "kway", "discriminator", "energy", "frechet"]


def check_odd():
    t, h, c = population(1, 400), population(2, 400), population(3, 400)
    plain = {k: write(f"{k}.csv", v) for k, v in (("t", t), ("h", h), ("c", c))}
    base = audit("plain", "t.csv", "h.csv", {"c": "c.csv"}, *schema())["c"]
    sound("plain", base)
    for id, m in base.items():
        if m["status"] != "ok":
            fail("plain", id, m["status"], m["reason"])
    for case, tables, unmeasurable, seen in odd_cases():
        files = {**plain, **{k: write(f"x{k}.csv", rows) for k, rows in tables.items()}}
        found = audit(case, files["t"], files["h"], {"c": files["c"]}, *schema())
        if not found:
            continue
        sound(case, found["c"])
        for id, m in found["c"].items():
            name = id.removeprefix("fidelity.")
            if (m["status"] == "ok") == (name in unmeasurable):
                fail(case, id, m["status"], m.get("reason"))
            elif name in seen and not loss(m) > loss(base[id]):
                fail(case, id, "is", m["value"], "as good as", base[id]["value"], "of fresh rows")


for check in (check_same, check_order, check_odd, check_few, check_many_levels, check_discriminator, check_threads):
    check()
sys.exit(failures > 0)
