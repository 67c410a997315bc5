"""Seconds that scipy, pandas and scikit-learn take for what a measure of assay does on the same two tables.

Usage: reference.py TRAIN.csv CANDIDATE.csv RUN.json (run.json of an audit of the two)."""
import itertools
import json
import sys
import time

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist
from scipy.stats import ks_2samp, wasserstein_distance
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.neighbors import NearestNeighbors

train, candidate = pd.read_csv(sys.argv[1]), pd.read_csv(sys.argv[2])
for table in (train, candidate):
    if "employment_since" in table:
        table["employment_since"] = (pd.to_datetime(table["employment_since"]) - pd.Timestamp("1970-01-01")).dt.days
numbers = [c for c in train if train[c].dtype != object]
levels = [c for c in train if train[c].dtype == object]


def codes():
    """Both tables as codes: deciles of train, categories, missing last."""
    out = []
    for c in train:
        if c in numbers:
            edges = np.unique(np.quantile(train[c].dropna(), np.arange(11) / 10))
            pair = [np.where(t[c].isna(), len(edges) + 1, np.searchsorted(edges, t[c], side="right")) for t in (train, candidate)]
        else:
            kinds = pd.Categorical(pd.concat([train[c], candidate[c]]).fillna("(missing)")).codes
            pair = [kinds[: len(train)], kinds[len(train):]]
        out.append([p.astype(np.int64) for p in pair])
    return out


def encoded():
    """Both tables as numbers: z scores and one 0/1 column a level."""
    parts = []
    for t in (train, candidate):
        z = ((t[numbers] - train[numbers].mean()) / train[numbers].std()).fillna(0)
        one = pd.get_dummies(t[levels].fillna("(missing)"))
        parts.append(pd.concat([z, t[numbers].isna().add_suffix(" missing").astype(float), one], axis=1))
    return [p.fillna(0).to_numpy(np.float64) for p in parts[0].align(parts[1], join="outer", axis=1, fill_value=0)]


def shapes():
    for c in numbers:
        ks_2samp(train[c].dropna(), candidate[c].dropna())
    for c in levels:
        (train[c].value_counts(normalize=True) - candidate[c].value_counts(normalize=True)).abs().sum()
    return 1


def wasserstein():
    for c in numbers:
        wasserstein_distance(train[c].dropna(), candidate[c].dropna())
    return 1


def joint(k, most):
    """Joint tables of k columns by pandas, as users' scripts count them."""
    sets = list(itertools.combinations(range(len(CODES)), k))
    frames = [pd.DataFrame({i: pair[t] for i, pair in enumerate(CODES)}) for t in (0, 1)]
    for chosen in sets[:most]:
        p, q = (f.groupby(list(chosen)).size() / len(f) for f in frames)
        p.sub(q, fill_value=0).abs().sum()
    return len(sets) / min(most, len(sets))


def gower(part):
    """Distances of a part of the candidate to all of train, column by column."""
    best = np.full(part, np.inf)
    for start in range(0, part, 100):
        sum_ = np.zeros((min(100, part - start), len(train)))
        for c in numbers:
            a, b = candidate[c].to_numpy()[start:start + 100], train[c].to_numpy()
            sum_ += np.nan_to_num(np.minimum(np.abs(a[:, None] - b) / (np.nanmax(b) - np.nanmin(b)), 1), nan=1)
        for i, c in enumerate(train):
            if c in levels:
                sum_ += CODES[i][1][start:start + 100, None] != CODES[i][0]
        best[start:start + 100] = sum_.min(1)
    return len(candidate) / part


def neighbours():
    """5 nearest in the encoded matrix, in both tables and between them, brute force by BLAS."""
    a, b = MATRIX
    for x, y in ((a, a), (b, b), (b, a)):
        NearestNeighbors(n_neighbors=6, algorithm="brute").fit(x).kneighbors(y)
    return 1


def energy(part):
    a, b = (m[:part] for m in MATRIX)
    cdist(a, b).mean()
    return ENERGY_PAIRS / len(a) / len(b)


def discriminator():
    x, y = np.vstack(MATRIX), np.repeat([0, 1], [len(train), len(candidate)])
    cross_val_predict(LogisticRegression(max_iter=200), x, y, cv=5, method="predict_proba")
    cross_val_predict(HistGradientBoostingClassifier(), x, y, cv=5, method="predict_proba")
    return 1


CODES, MATRIX = codes(), encoded()
ENERGY_PAIRS = 3 * len(train) * len(candidate)
run = json.load(open(sys.argv[3]))
ours = {}
for item in run["measures"]:
    if item["subject"] == "candidate" and item["reference"] == "train":
        ours[item["measure"]] = item["seconds"]
work = [("fidelity.column_shapes", "scipy KS, pandas shares", shapes), ("fidelity.wasserstein", "scipy", wasserstein),
        ("fidelity.pair_trends", "pandas joint tables, no intervals", lambda: joint(2, 30)),
        ("fidelity.kway", "pandas joint tables of 3, no intervals", lambda: joint(3, 20)),
        ("fidelity.discriminator", "scikit-learn, same folds", discriminator),
        ("fidelity.precision_recall", "scikit-learn brute force", neighbours),
        ("fidelity.energy", "scipy, all pairs", lambda: energy(min(3000, len(train)))),
        ("proxy.dcr_share", "numpy, Gower to train alone", lambda: gower(min(300, len(candidate))))]
print("%-28s %-40s %10s %10s %8s" % ("measure", "Python", "Python, s", "assay, s", "ratio"))
for measure, what, task in work:
    if measure not in ours:
        continue
    start = time.perf_counter()
    scale = task()
    theirs = (time.perf_counter() - start) * scale
    part = "" if scale <= 1.001 else " (1/%.0f timed)" % scale
    print("%-28s %-40s %10.2f %10.3f %8.0f" % (measure, what + part, theirs, ours[measure], theirs / max(ours[measure], 1e-4)), flush=True)
