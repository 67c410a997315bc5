"""The learners of assay against scikit-learn with the same settings, and what they learn from reference generators.

Usage: learners.py SHARED ASSAY [DATASET ...]: SHARED holds golden/pairs and datasets. For each data set: TRTR of every learner by
assay and by scikit-learn (numpy and scikit-learn needed) on an encoding made here, then TSTR for candidates that assay generates.
Prints Markdown tables."""
import csv, datetime, json, math, os, subprocess, sys, tempfile

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.naive_bayes import CategoricalNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

SHARED, ASSAY = sys.argv[1:3]
PAIRS = ["law_school", "compas", "german_credit", "heart_disease", "acs_ma2019", "california_housing"]
WHOLE = {"bike_sharing": ("bike_hour.csv", "cnt", "instant,casual,registered"),
         "communities_crime": ("communities_crime.csv", "ViolentCrimesPerPop", "class,communityname")}
CANDIDATES = ["bootstrap", "cart", "copula", "independent"]
MISSING = {"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?", "-"}


def call(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode not in (0, 1, 3):
        sys.exit(" ".join(words) + ": " + done.stderr)


def read(path):
    with open(path, newline="") as f:
        header, *rows = list(csv.reader(f))
    return {name: [None if row[i] in MISSING else row[i] for row in rows] for i, name in enumerate(header)}


def number(text, kind):
    if text is None:
        return math.nan
    if kind == "datetime":
        return (datetime.datetime.fromisoformat(text) - datetime.datetime(1970, 1, 1)).total_seconds()
    return float(text)


class Encoding:
    """Features fitted on train: scaled numbers, indicators of missing ones, levels in order."""

    def __init__(self, columns, train, target, ignored):
        self.numbers, self.levels = {}, {}
        for c in columns:
            cells = train[c["name"]]
            if c["name"] == target or c["name"] in ignored or c["type"] in ("text", "id") or len(set(cells)) < 2:
                continue
            if c["type"] in ("numeric", "datetime"):
                x = np.array([number(v, c["type"]) for v in cells])
                self.numbers[c["name"]] = (c["type"], np.nanmean(x), np.nanstd(x), np.isnan(x).any())
            else:
                known = sorted({v for v in cells if v is not None})
                self.levels[c["name"]] = {v: i for i, v in enumerate(known + [None] * (None in cells))}

    def quantities(self, table):
        return np.array([[(number(v, kind) - m) / s for v in table[c]] for c, (kind, m, s, _) in self.numbers.items()]).T.reshape(
            len(next(iter(table.values()))), -1)

    def codes(self, table):
        return np.array([[known.get(v, -1) for v in table[c]] for c, known in self.levels.items()], int).T.reshape(
            len(next(iter(table.values()))), -1)

    def linear(self, table):
        q, codes = self.quantities(table), self.codes(table)
        gaps = [np.isnan(q[:, [i]]).astype(float) for i, c in enumerate(self.numbers.values()) if c[3]]
        one = [(codes[:, [i]] == np.arange(len(known))).astype(float) for i, known in enumerate(self.levels.values())]
        return np.hstack([np.nan_to_num(q, nan=0.0), *gaps, *one])

    def trees(self, table, gap):
        codes = self.codes(table).astype(float)
        return np.hstack([np.nan_to_num(self.quantities(table), nan=gap), np.where(codes < 0, gap, codes)])


def bayes(encoding, train, y, test):
    """Gaussian and categorical parts share the prior once."""
    joint, priors = 0, 0
    q, codes = encoding.quantities(train), encoding.codes(train)
    if encoding.numbers:
        model = GaussianNB(var_smoothing=1e-3).fit(np.nan_to_num(q, nan=0.0), y)
        joint, priors = joint + model.predict_joint_log_proba(np.nan_to_num(encoding.quantities(test), nan=0.0)), priors + 1
        prior = np.log(model.class_prior_)
    if encoding.levels:
        model = CategoricalNB(alpha=1, min_categories=[len(k) for k in encoding.levels.values()]).fit(codes, y)
        joint, priors = joint + model.predict_joint_log_proba(np.maximum(encoding.codes(test), 0)), priors + 1
        prior = model.class_log_prior_
    joint = joint - (priors - 1) * prior
    p = np.exp(joint - joint.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def leaves(tree, rows, y):
    """Leaf shares with one row of the training shares added, as assay has them: pure leaves of different sizes do not tie."""
    leaf = tree.apply(rows)
    n = tree.tree_.n_node_samples[leaf][:, None]
    return (tree.predict_proba(rows) * n + np.bincount(y) / len(y)) / (n + 1)


def ridge(x, y, z, quantities):
    """Predictions for z: penalty 1 on levels, p·s²/|w|² on quantities, four times anew (docs/measures/utility.tstr.md)."""
    penalty, n, p = 1e-9, len(x), quantities
    for _ in range(5):
        scale = np.where(np.arange(x.shape[1]) < p, 1 / math.sqrt(penalty), 1)
        model = Ridge(alpha=1).fit(x * scale, y)
        w, rest = (model.coef_ * scale)[:p], y - model.predict(x * scale)
        answer = model.predict(z * scale)
        penalty = p * (rest @ rest) / (n - p - 1) / (w @ w)
    return answer


def theirs(encoding, train, holdout, target, classes):
    """{learner: score} by scikit-learn."""
    known = [i for i, v in enumerate(holdout[target]) if v is not None]
    x, z = encoding.linear(train), encoding.linear(holdout)[known]
    t, u = encoding.trees(train, -1e6), encoding.trees(holdout, -1e6)[known]
    leaf = max(10, len(x) // 200)
    boosted = dict(max_iter=100, learning_rate=0.1, max_depth=5, max_leaf_nodes=None, l2_regularization=1, early_stopping=False,
                   min_samples_leaf=4 if classes else 1)
    if not classes:
        y, truth = (np.array([float(v) for v in table[target] if v is not None]) for table in (train, holdout))
        models = {"boosted": (HistGradientBoostingRegressor(**boosted), t, u),
                  "tree": (DecisionTreeRegressor(min_samples_leaf=leaf, random_state=0), t, u),
                  "knn": (KNeighborsRegressor(20, algorithm="brute"), x, z)}
        predicted = {k: m.fit(a, y).predict(b) for k, (m, a, b) in models.items()}
        predicted["logistic"] = ridge(x, y, z, len(encoding.numbers))
        return {k: max(-1, r2_score(truth, p)) for k, p in predicted.items()}
    labels = sorted({v for v in train[target] if v is not None})
    y, truth = (np.array([labels.index(v) for v in table[target] if v in labels]) for table in (train, holdout))
    linear = LogisticRegression(C=1, solver="liblinear", intercept_scaling=1, tol=1e-5, max_iter=1000)
    if len(labels) > 2:
        boosted["max_iter"] = max(20, 200 // len(labels))
    models = {"logistic": (linear, x, z), "boosted": (HistGradientBoostingClassifier(**boosted), t, u),
              "tree": (DecisionTreeClassifier(min_samples_leaf=leaf, random_state=0), t, u),
              "knn": (KNeighborsClassifier(20, algorithm="brute"), x, z)}
    p = {k: m.fit(a, y).predict_proba(b) for k, (m, a, b) in models.items()}
    p["tree"] = leaves(models["tree"][0], u, y)
    p["naive_bayes"] = bayes(encoding, train, y, {c: [v[i] for i in known] for c, v in holdout.items()})
    return {k: roc_auc_score(truth, q[:, 1]) if len(labels) == 2 else
            np.mean([roc_auc_score(truth == c, q[:, c]) for c in range(len(labels)) if (truth == c).any()]) for k, q in p.items()}


def tables(name, folder):
    """(train, holdout, options of assay, columns to ignore) of a data set."""
    if name in PAIRS:
        pair = os.path.join(SHARED, "golden/pairs", name)
        return os.path.join(pair, "train.csv"), os.path.join(pair, "holdout.csv"), ["--schema", os.path.join(pair, "schema.json")], []
    file, target, ignored = WHOLE[name]
    call("tools/split.sh", os.path.join(SHARED, "datasets", name, file), "1", "2", folder)
    return os.path.join(folder, "part1.csv"), os.path.join(folder, "part2.csv"), ["--target", target, "--ignore", ignored], ignored.split(",")


def one(name, folder):
    train, holdout, options, ignored = tables(name, folder)
    candidates, schema = [], options[:2] if "--schema" in options else []
    for method in CANDIDATES:
        file = os.path.join(folder, method + ".csv")
        call(ASSAY, "generate", "--method", method, "--train", train, *schema, "--seed", "1", "--out", file)
        candidates += ["--synthetic", method + "=" + file]
    call(ASSAY, "audit", "--train", train, "--holdout", holdout, *options, *candidates, "--only", "utility.tstr", "--format", "json",
         "--out", os.path.join(folder, "out"))
    with open(os.path.join(folder, "out/audit.json")) as f:
        audit = json.load(f)
    measures = {c["name"]: c["measures"][0] for c in audit["candidates"]}
    details = {k: {x["learner"]: x for x in m["details"]["learners"] if not x["baseline"]} for k, m in measures.items()}
    score = measures["cart"]["details"]["score"]
    columns = audit["schema"]["columns"]
    target = next(c["name"] for c in columns if "target" in c["roles"])
    left = [c["name"] for c in columns if {"key", "ignore", "ignored"} & set(c["roles"])] + ignored
    real, fresh = read(train), read(holdout)
    other = theirs(Encoding(columns, real, target, left), real, fresh, target, score == "auc")
    ours = {k: x["trtr"][score] for k, x in details["cart"].items()}
    rows = [[name, score, k, "%.4f" % ours[k], "%.4f" % other[k], "%+.4f" % (ours[k] - other[k])] for k in ours]
    learnt = [[name, score, k, *("%.3f" % details[k2][k]["tstr"][score] for k2 in CANDIDATES), "%.3f" % ours[k]] for k in ours]
    mean = [[name, score, "**mean**", *("%.3f" % measures[k]["value"] for k in CANDIDATES), "%.3f" % np.mean(list(ours.values()))]]
    return rows, learnt + mean


def show(title, head, rows):
    print("\n" + title + "\n\n| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")


checks, learnt = [], []
for dataset in sys.argv[3:] or PAIRS + list(WHOLE):
    with tempfile.TemporaryDirectory() as work:
        a, b = one(dataset, work)
    checks, learnt = checks + a, learnt + b
    print(dataset, "done", file=sys.stderr)
show("TRTR", ["data set", "score", "learner", "assay", "scikit-learn", "difference"], checks)
show("TSTR", ["data set", "score", "learner", *CANDIDATES, "real rows (TRTR)"], learnt)
