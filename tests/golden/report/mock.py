#!/usr/bin/env python3
"""Writes audit.json files for the tests of the report, in the shape of docs/audit-json.md. The numbers are made up (a seeded
generator), the shapes are not. Usage: mock.py KIND [CANDIDATES [COLUMNS]] > AUDIT.json
KIND: rich, fails, many, nothing, hostile, regression, full (all measures of fidelity; two candidates)."""
import json, math, random, sys

DIMENSIONS = ["fidelity", "utility", "fairness", "robustness", "privacy"]
HOSTILE = ["<b>&amp;\"quoted\"' | *md* `code` </b>", "x" * 200, "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd \u0645\u0631\u062d\u0628\u0627", "\U0001f600 emoji \U0001f9ec",
           "tab\there\nand a line", "\u202eright to left override", "very long name with blanks " * 8, "%s %n \\ {} [link](http://x) # h"]

MEASURES = [  # id, title, unit, direction, value, half width, honest, copy, independent, uniform, fault, score, proxy, threat
    ("fidelity.validity", "Rules that real rows obey", "share", "higher", .998, .001, 1, 1, 1, .71, "uniform", .99, False, ""),
    ("fidelity.column_shapes", "Shapes of single columns", "similarity", "higher", .931, .004, .978, .991, .989, .52, "uniform", .88, False, ""),
    ("fidelity.pair_trends", "Dependence between pairs of columns", "similarity", "higher", .884, .007, .969, .986, .712, .41, "independent", .74, False, ""),
    ("fidelity.wasserstein", "Distance of distributions", "ranges of train", "lower", .0213, .0012, .0061, .0032, .0035, .27, "uniform", .93, False, ""),
    ("utility.tstr", "Trained on synthetic, tested on real", "AUC or R\u00b2", "higher", .841, .011, .872, .871, .502, .5, "independent", .91, False, ""),
    ("utility.gap", "What training on synthetic rows loses", "AUC or R\u00b2", "lower", .031, .009, 0, .001, .37, .372, "independent", .92, False, ""),
    ("fairness.representation", "Shares of groups", "log odds", "target", .08, .05, .03, .02, .03, .9, "dropped_group", .9, False, ""),
    ("fairness.demographic_parity", "Difference in positive answers", "share", "lower", .184, .021, .162, .165, .01, .02, "dropped_group", .83, False, ""),
    ("fairness.equal_opportunity", "Difference in being overlooked", "share", "lower", .121, .034, .094, .09, .01, .02, "dropped_group", .79, False, ""),
    ("fairness.amplification", "What the candidate adds to the gap", "share", "lower", .022, .018, .001, .003, -.15, -.14, "dropped_group", .85, False, ""),
    ("robustness.noise", "Score under growing noise", "AUC or R\u00b2", "higher", .772, .012, .801, .8, .5, .5, "independent", .87, False, ""),
    ("privacy.copies", "Copied rows beyond chance", "share", "lower", .0004, .0006, 0, 1, .0001, 0, "copy", .99, False, "The attacker has the synthetic table and looks up a person whose record they know."),
    ("privacy.membership", "Recognisable training records", "share", "lower", .031, .0075, .002, .97, .004, .003, "copy", .71, False, "The attacker has the synthetic table and a record, and wants to know whether it was used; they also hold a sample of the same population."),
    ("privacy.reconstruction", "Secrets worked out beyond inference", "share", "lower", .012, .019, .003, .41, .0, .01, "copy", .88, False, "The attacker knows everything about a person but one secret column, and has the synthetic table."),
    ("proxy.dcr_share", "Share of rows closer to train", "share", "target", .512, .009, .5, 1, .501, .5, "copy", None, True, ""),
]

BLACK_BOX = [  # of kinds "fails" and "hostile"
    ("privacy.epsilon", "Epsilon that attacks prove", "epsilon", "lower", .212, 0, 0, 4.1, 0, 0, "copy", None, False, "The attacker is that of membership inference."),
    ("privacy.shadow", "Black-box membership inference", "AUC", "lower", .71, .06, None, None, None, None, "copy", None, False, "The attacker can run the generator and holds real rows.")]

MORE = [  # the further measures of fidelity, of kind "full"
    ("fidelity.jensen_shannon", "Divergence of single columns", "bits", "lower", .0123, .0011, .0041, .0021, .0022, .21, "uniform", .91, False, ""),
    ("fidelity.missingness", "Missing values", "share", "lower", .0112, .0021, .0013, .0009, .0011, .05, "uniform", .82, False, ""),
    ("fidelity.coverage", "Coverage of values", "share", "higher", .947, .006, .991, .99, .989, .98, "uniform", .79, False, ""),
    ("fidelity.kway", "Sets of three columns", "total variation", "lower", .171, .005, .081, .066, .312, .83, "independent", .61, False, ""),
    ("fidelity.association", "Strength of dependence", "distance of matrices", "lower", .412, .031, .098, .081, 1.92, 1.95, "independent", .83, False, ""),
    ("fidelity.discriminator", "Telling synthetic from real", "AUC", "target", .713, .008, .501, .503, .874, .998, "independent", .43, False, ""),
    ("fidelity.propensity", "Propensity scores", "pMSE", "lower", .0213, .0018, .0011, .0009, .0412, .21, "independent", .5, False, ""),
    ("fidelity.precision_recall", "Precision, recall, density, coverage of rows", "share", "higher", .871, .011, .948, .991, .312, .02, "independent", .88, False, ""),
    ("fidelity.energy", "Energy distance", "distance", "lower", .0312, .0031, .0012, .0009, .2215, 1.41, "independent", .86, False, ""),
    ("fidelity.frechet", "Fr\u00e9chet distance", "distance", "lower", .412, .041, .112, .093, 3.21, 9.71, "independent", .9, False, ""),
    ("fidelity.inference", "Conclusions of a regression", "overlap", "higher", .731, .042, .921, .934, .121, .05, "independent", .76, False, ""),
]

LEARNED = [  # the further measures of what models learn, of kinds "full" and "hostile"
    ("utility.rank", "Order of models", "correlation", "higher", .8, .2, .9, 1, .3, .1, "independent", None, False, ""),
    ("utility.importance", "Importance of columns", "share", "higher", .712, .034, .815, .917, .053, .01, "independent", .86, False, ""),
    ("utility.augment", "Gain from adding synthetic rows", "AUC or R\u00b2", "higher", -.0042, .0045, .0071, -.0031, -.0123, -.02, "independent", None, False, ""),
    ("utility.trts", "Real models on synthetic rows", "AUC or R\u00b2", "target", .031, .012, .002, .051, -.37, -.38, "independent", None, False, ""),
    ("utility.rare", "Rare classes found", "difference of recall", "higher", -.081, .061, -.011, -.002, -.312, -.31, "independent", .74, False, ""),
    ("fairness.predictive_parity", "Predictive parity of trained models", "share", "lower", .133, .059, .09, .11, .21, .3, "independent", .95, False, ""),
    ("fairness.calibration", "Between-group calibration error", "share", "lower", .041, .022, .031, .022, .101, .2, "independent", .98, False, ""),
    ("fairness.intersections", "Demographic parity of crossed groups", "share", "lower", .219, .073, .281, .211, .02, .03, "independent", 1, False, ""),
    ("fairness.label_gap", "Labels of the groups", "difference of gaps", "lower", .112, .041, .031, .002, .195, .2, "independent", .91, False, ""),
    ("fairness.leakage", "Guessing the group from other columns", "difference of AUC", "lower", .061, .04, .021, .001, .09, .3, "independent", .89, False, ""),
    ("fairness.group_fidelity", "Shapes of columns within groups", "similarity", "higher", .941, .021, .961, .99, .95, .5, "uniform", .93, False, ""),
    ("robustness.missing", "Robustness to missing cells", "AUC or R\u00b2", "higher", .731, .014, .762, .76, .5, .5, "independent", .88, False, ""),
    ("robustness.adversarial", "Robustness to attacks", "share", "higher", .582, .017, .611, .6, .5, .5, "independent", .81, False, ""),
    ("robustness.seed", "Spread over training rows and seeds", "AUC or R\u00b2", "lower", .0082, .006, .0055, .006, .09, .1, "independent", None, False, ""),
]
LEARNERS = (("logistic", .86), ("boosted", .885), ("tree", .84), ("naive_bayes", .83), ("knn", .81))

COLUMNS = [("age", "numeric"), ("education", "categorical"), ("occupation", "categorical"), ("hours-per-week", "numeric"), ("capital-gain", "numeric"), ("sex", "categorical"),
           ("race", "categorical"), ("marital status", "categorical"), ("country of birth", "categorical"), ("start_date", "datetime"), ("income", "boolean"),
           ("zip", "categorical"), ("debt to income ratio, last twelve months", "numeric"), ("children", "numeric"), ("employer size", "categorical")]


def curve(rng, leak):
    points, f = [], 1e-3
    while f < 1:
        points.append([f, min(1, f + leak * (1 - f) * (1 + .3 * rng.random()))])
        f *= 1.25
    return points + [[1, 1]]


def column_plot(rng, name, kind, off):
    if kind in ("numeric", "datetime"):
        lo, hi = (14000, 18900) if kind == "datetime" else (rng.randrange(0, 20), rng.randrange(60, 5000))
        edges = [lo + (hi - lo) * i / 20 for i in range(21)]
        mean = rng.uniform(5, 14)
        ref = [math.exp(-((i - mean) / 4) ** 2) for i in range(20)]
        sub = [math.exp(-((i - mean - 6 * off) / (4 + 4 * off)) ** 2) for i in range(20)]
        return {"edges": edges, "reference": [x / sum(ref) for x in ref], "subject": [x / sum(sub) for x in sub]}
    n = rng.randrange(2, 12)
    ref = [1 / (i + 1) for i in range(n)]
    sub = [x * math.exp(3 * off * rng.uniform(-1, 1)) for x in ref]
    return {"levels": ["%s %d" % (name.split()[0], i + 1) for i in range(n - 1)] + ["other (<10)"], "reference": [x / sum(ref) for x in ref],
            "subject": [x / sum(sub) for x in sub]}


def details(rng, mid, columns, quality, task, kind):
    if mid == "fidelity.column_shapes":
        out = []
        for name, kind in columns:
            off = abs(rng.gauss(0, .12)) / quality
            out.append({"column": name, "kind": "ks" if kind in ("numeric", "datetime") else "tv", "score": max(0, 1 - off),
                        "plot": column_plot(rng, name, kind, off)})
        return {"columns": out}
    if mid == "fidelity.pair_trends":
        return {"pairs": [{"a": columns[i][0], "b": columns[j][0], "kind": "mixed", "score": max(0, 1 - abs(rng.gauss(0, .15)) / quality)}
                          for i in range(len(columns)) for j in range(i)][:20000]}
    if mid == "utility.tstr":
        key = "r2" if task == "regression" else "auc"
        out = {"learners": [{"learner": name, "tstr": {key: v - .04 / quality, "lo": v - .04 / quality - .011, "hi": v - .04 / quality + .011, "accuracy": .81},
                              "trtr": {key: v, "lo": v - .01, "hi": v + .01, "accuracy": .84}} for name, v in (("logistic", .86), ("boosted trees", .885), ("majority", .5))]}
        if kind == "full":
            tenths = [.05 + i / 10 for i in range(10)]
            for side, off in (("tstr", .06), ("trtr", .01)):
                out["learners"][0][side]["calibration"] = [{"predicted": x, "observed": x + off * (.5 - x), "lo": x + off * (.5 - x) - .03, "hi": x + off * (.5 - x) + .03, "n": 400} for x in tenths]
        return out
    learned = details_learned(mid, columns, task, kind)
    if learned:
        return learned
    if mid in ("fairness.demographic_parity", "fairness.equal_opportunity"):
        out = []
        for column, group, n in (("sex", "female", 4012), ("sex", "male", 8120), ("race", "Non-White", 1500), ("race", "White", 10300), ("race", "other (<10)", 332)):
            base = rng.uniform(.2, .6)
            for on in ("real", "candidate"):
                r = min(.98, max(.02, base + (rng.uniform(-.12, .02) if on == "candidate" else 0)))
                h = 1.96 * math.sqrt(r * (1 - r) / n)
                out.append({"column": column, "group": group, "n": n, "rate": r, "tpr": min(1, r + .2), "fpr": r / 3, "ppv": .7, "learner": "logistic", "trained_on": on,
                            "lo": r - h + (.2 if "opp" in mid else 0), "hi": r + h + (.2 if "opp" in mid else 0)})
        return {"groups": out}
    if mid == "fairness.representation":
        return {"groups": [{"column": c, "group": g, "n": int(24421 * x), "share_reference": x, "share_subject": x * y, "disparity": math.log(y), "lo": -.1, "hi": .1}
                           for c, g, x, y in (("sex", "female", .331, .94), ("sex", "male", .669, 1.03), ("race", "Non-White", .123, .7), ("race", "White", .85, 1.04), ("race", "other (<10)", .027, 1.1))]}
    if mid == "robustness.noise":
        return {"score": "r2" if task == "regression" else "auc", "curve": [{"eps": e / 10, "tstr": .84 - .25 * e / 10, "trtr": .87 - .2 * e / 10, "tstr_lo": .825 - .25 * e / 10, "tstr_hi": .855 - .25 * e / 10,
                           "trtr_lo": .86 - .2 * e / 10, "trtr_hi": .88 - .2 * e / 10} for e in range(6)]}
    if mid == "privacy.membership":
        q = [i / 20 for i in range(1, 20)]
        attacks = []
        few = (("exact match", "value", .002), ("distance", "distance", .012), ("calibrated distance", "distance", .03), ("log ratio", "distance", .035), ("value ratio", "value", .02))
        many = tuple(("distance_%d" % i, "distance", .004 * i) for i in range(1, 6)) + tuple(("marginal_ratio_%d" % i, "value", .006 * i) for i in range(1, 4)) + \
            (("domias kernel", "density", .011), ("domias neighbours", "density", .014), ("discriminator logistic", "discriminator", .003), ("discriminator boosted", "discriminator", .024))
        other = random.Random("attacks")
        for name, family, leak in few + (many if kind in ("full", "fails", "hostile") else ()):
            leak /= quality
            attacks.append({"attack": name, "family": family, "auc": .5 + leak / 2, "lo": .5 + leak / 2 - .006, "hi": .5 + leak / 2 + .006,
                            "tpr": {"0.001": leak, "0.01": leak + .01, "0.1": leak + .1}, "detection_limit": .004 + leak / 20, "roc": curve(rng if (name, family, leak * quality) in few else other, leak),
                            "power": [[.001, .1 + leak], [.002, .3], [.005, .8], [.01, .99], [.02, 1], [.05, 1]]})
            if kind in ("full", "fails", "hostile"):
                attacks[-1].update({"detection_limit_noisy": .021, "detection_limit_values": None, "power_noisy": [[.001, .03], [.002, .05], [.005, .2], [.01, .6], [.02, .94], [.05, 1]],
                                    "power_values": [[.001, .03], [.002, .03], [.005, .03], [.01, .04], [.02, .1], [.05, .4 + leak]]})
            if family == "discriminator":
                for key in ("power", "power_noisy", "power_values"):
                    attacks[-1].pop(key, None)
                attacks[-1].update({"detection_limit": None, "detection_limit_noisy": None})
        out = {"reported": {"attack": "log ratio", "fpr": .001}, "attacks": attacks,
               "distances": {"quantile": q, "train": [.02 + .2 * x ** 1.5 for x in q], "holdout": [.03 + .22 * x ** 1.4 for x in q]}}
        if kind in ("full", "fails", "hostile"):
            named = [("sex", "female"), ("sex", "male"), ("race", "Non-White"), ("race", "White"), ("race", "other (<10)"), (None, "outliers")]
            if kind == "hostile":
                named = [(h, h) for h in HOSTILE] + [("age", "quarter %d" % i) for i in range(9)]
            out["detection_limits"] = {"copy": .0043, "noisy": .021, "values": None}
            out["sources"] = {"auc": .5 if kind == "full" else .83, "lo": .49 if kind == "full" else .822, "hi": .51 if kind == "full" else .838, "rows_train": 20000, "rows_holdout": 20000, "column": "age", "share": .4, "differ": kind != "full"}
            out["warning"] = None if kind == "full" else "an attack does significantly worse than chance: the candidate holds holdout rows, or the holdout is not independent"
            out["groups"] = [{"column": c, "group": g, "members": 900 + 10 * i, "non_members": 500, "attack": "log_ratio", "auc": .52 + .01 * i, "lo": .5 + .01 * i, "hi": .54 + .01 * i,
                              "rest": {"auc": .52, "exposed": .02}, "more": {"auc": .01 * i, "auc_lo": .01 * i - .03, "exposed": .02, "exposed_lo": -.01}, "worse": i > 3, "families": []} for i, (c, g) in enumerate(named)]
        return out
    if mid == "privacy.shadow":
        row = lambda name, guess, auc: {"attack": name, "family": "shadow", "guess": guess, "auc": auc, "lo": auc - .06, "hi": auc + .06, "random_targets": {"auc": auc - .15, "lo": auc - .2, "hi": auc - .1}}
        return {"generator": HOSTILE[0] if kind == "hostile" else "python3 train.py {train} {rows} {seed} {out}", "shadows": 64, "rows_trained_on": 12210, "rows_made": 24421, "best": "lira counts",
                "attacks": [row("lira counts", "how many rows of the candidate agree with the record on many sets of columns", .71), row("lira dcr", "the distance to the closest row, by its distribution over trainings", .68), row("dcr", "nearness of the closest row", .6)]}
    if mid == "privacy.reconstruction":
        return {"secrets": [{"column": c, "accuracy": a, "auc": a + .05, "undetermined": .1, "majority": m, "classifier": a - .03, "nearest": a - .06, "holdout": a - .012,
                             "advantage": .012, "lo": -.007, "hi": .031, "gap": 1e-9} for c, a, m in (("income", .79, .76), ("marital status", .62, .46))]}
    if mid == "fidelity.validity":
        return {"structure": 1, "rows_that_break_a_rule": 41, "rules": [{"column": c, "rule": r, "pass": 1 - b / 24421, "broken": b, "reference_pass": 1, "rule_fault": False}
                                                                          for (c, _), r, b in zip(columns, ("range", "category", "whole_number", "present"), (3, 29, 0, 9))]}
    if mid == "fidelity.kway":
        orders = [{"k": k, "sets": s, "of": of, "tv": tv, "noise": tv / 3, "nist": 1000 * (1 - tv), "lo": tv - .004, "hi": tv + .005, "mre10": 3 * tv} for k, s, of, tv in ((2, 105, 105, .092), (3, 455, 455, .171), (4, 200, 1365, .263))]
        return {"k": 3, "sets": 455, "of": 455, "nist": 829, "nist_lo": 824, "nist_hi": 833, "mre10": .41, "orders": orders, "worst": [{"columns": [c for c, _ in columns[i:i + 3]], "tv": .4 - i / 20, "noise": .1} for i in range(5)]}
    if mid == "fidelity.discriminator":
        shares = sorted((rng.expovariate(1) ** 2 for _ in columns), reverse=True)
        return {"learners": [{"learner": name, "auc": auc, "lo": auc - .008, "hi": auc + .008, "importance": [{"column": c, "share": s / sum(shares)} for (c, _), s in zip(columns, shares)]}
                             for name, auc in (("logistic", .561), ("boosted", .713))], "folds": 5, "rows_reference": 24421, "rows_subject": 24421, "sampled": False, "same_rows": False}
    if mid == "fidelity.precision_recall":
        share = lambda x: {"closed": x, "open": x - .01, "lo": x - .02, "hi": x + .02}
        return {"k": 5, "precision": share(.87), "recall": share(.91), "density": share(1.08), "coverage": share(.93), "coverage_of_fresh_rows": .969, "reference_rows": 24421, "subject_rows": 24421, "sampled": False, "groups": 10}
    if mid == "fidelity.association":
        pairs = [(columns[i][0], columns[j][0], rng.uniform(0, 1)) for i in range(len(columns)) for j in range(i)][:105]
        return {"frobenius": 1.2, "max_difference": .4, "pairs_compared": 105, "pairs_there_are": 105,
                "pairs": [{"a": a, "b": b, "kind": "cramers v", "real": r, "synthetic": r * .7, "difference": r * .3} for a, b, r in pairs]}
    if mid == "fidelity.coverage":
        return {"mean_covered": .947, "mean_outside": .001, "columns": [{"column": c, "kind": "levels", "cells": 20, "covered": 1 - i / 40, "lo": 1 - i / 38, "hi": min(1, 1 - i / 44), "outside": 0}
                                                                         for i, (c, _) in enumerate(columns[:12])]}
    if mid == "fidelity.missingness":
        out = []
        for c, _ in columns[:9]:
            real, synthetic = rng.uniform(.01, .2), rng.uniform(.01, .2)
            out.append({"column": c, "real": real, "synthetic": synthetic, "difference": abs(real - synthetic), "lo": 0, "hi": 1})
        out[len(out) // 3].update(real=None, difference=None, lo=None, hi=None, note="missing or present in too few real rows to show")
        return {"columns_measured": 40, "columns_with_missing": 9, "mean_difference": .03, "mismatch": .3, "columns": out, "pairs": []}
    if mid == "fidelity.inference":
        terms = ["intercept"] + [c if t == "numeric" else "%s = b" % c for c, t in columns] + ["%s = c" % c for c, t in columns if t == "categorical"]
        out = []
        for t in terms:
            b, w = rng.gauss(0, .5), rng.uniform(.03, .15)
            s = b + rng.gauss(0, .2) / quality
            out.append({"term": t, "column": t.split(" = ")[0], "real": b, "real_lo": b - w, "real_hi": b + w, "synthetic": s, "synthetic_lo": s - w, "synthetic_hi": s + w, "difference": (s - b) / w,
                        "overlap": max(0, 1 - abs(s - b) / 2 / w)})
        return {"model": "logistic", "target": "income", "unit": "log odds, for one sd of a number or against the most frequent level", "same_conclusion": .8, "coefficients": out}
    if mid == "privacy.copies":
        return {"exact": 10, "exact_holdout": 6, "near": 31, "near_holdout": 24}
    if mid == "proxy.dcr_share":
        return {"closer_train": .49, "closer_holdout": .47, "ties": .04}
    return {}


def details_learned(mid, columns, task, kind):
    """What kinds "full" and "hostile" have besides, from a generator of its own."""
    rng = random.Random(mid + kind)
    score = "r2" if task == "regression" else "auc"
    groups = [("sex", "female"), ("sex", "male"), ("race", "Non-White"), ("race", "White")]
    if kind == "hostile":
        groups = [(h, g) for h in HOSTILE[:5] for g in HOSTILE[1:4]]
    by_learner = lambda *parts: {"score": score, "learners": [dict({"learner": name}, **{k: v + rng.uniform(-.004, .004) for k, v in parts}) for name, _ in LEARNERS[:2]]}
    if kind not in ("full", "hostile"):
        return None
    if mid == "utility.gap":
        return {"score": score, "learners": [{"learner": "majority", "baseline": True, "gap": 0, "lo": 0, "hi": 0}] + [
            {"learner": name, "baseline": False, "gap": g, "lo": g - .011, "hi": g + .012} for (name, _), g in zip(LEARNERS, (.021, .031, .052, .004, .047))]}
    if mid == "utility.rank":
        return {"score": score, "regret": {"value": .004, "lo": 0, "hi": .02}, "best_tstr": "logistic", "best_trtr": "boosted",
                "learners": [{"learner": name, "trtr": v, "tstr": v - d} for (name, v), d in zip(LEARNERS, (.02, .055, .05, .02, .02))]}
    if mid == "utility.importance":
        out = []
        for name, _ in LEARNERS[:2]:
            for i, (c, _) in enumerate(columns):
                real, synthetic = .1 / (i + 1), .1 / (i + 1) * rng.uniform(.5, 1.4)
                out.append({"column": c, "learner": name, "tstr": synthetic, "tstr_lo": synthetic - .01, "tstr_hi": synthetic + .01, "trtr": real, "trtr_lo": real - .012, "trtr_hi": real + .012})
        return {"score": score, "learners": [{"learner": name, "overlap": .7, "spearman": .9} for name, _ in LEARNERS[:2]], "columns": out}
    if mid == "utility.augment":
        return by_learner(("augmented", .861), ("trtr", .865), ("gain", -.004), ("lo", -.009), ("hi", .009))
    if mid == "utility.trts":
        return by_learner(("trts", .896), ("trtr", .865), ("difference", .031), ("lo", .011), ("hi", .049))
    if mid == "utility.rare":
        return {"too_small": 1, "classes": [{"class": c, "n": n, "prevalence_real": .03, "prevalence_synthetic": .02, "recall_tstr": .22, "recall_trtr": .31, "lo": -.15, "hi": -.03}
                                            for c, n in ((HOSTILE[1], 120), ("b", 88)) if kind == "hostile" or c == "b"]}
    if mid in ("fairness.predictive_parity", "fairness.calibration", "fairness.intersections"):
        key = {"fairness.predictive_parity": "ppv", "fairness.calibration": "bias", "fairness.intersections": "rate"}[mid]
        if mid == "fairness.intersections":
            groups = [(a + " & " + c, b + " & " + d) for a, b in groups for c, d in groups if a < c]
        out = []
        for on in ("candidate", "real"):
            for column, group in groups:
                x = rng.uniform(-.05, .05) if key == "bias" else rng.uniform(.3, .8)
                out.append({"column": column, "group": group, "n": 812, "learner": "logistic", "trained_on": on, "used": True, key: x, "lo": x - .04, "hi": x + .04})
        return {"groups": out, "gaps": []}
    if mid == "fairness.amplification":
        changes = ((c, rng.uniform(.05, .2), rng.uniform(-.02, .08)) for c in sorted({c for c, _ in groups}))
        return {"groups": [], "gaps": [], "means": [{"column": c, "real": r, "candidate": r + d, "change": d, "lo": d - .03, "hi": d + .03} for c, r, d in changes]}
    if mid == "fairness.label_gap":
        return {"gaps": [{"column": c, "class": "yes", "group": g, "other": h, "reference": -.2, "subject": -.2 + x, "change": x, "lo": max(0, x - .04), "hi": x + .04}
                         for i, ((c, g), (_, h)) in enumerate(zip(groups[::2], groups[1::2])) for x in (.112 / (i + 1),)]}
    if mid == "fairness.leakage":
        return {"columns": [{"column": c, "reference": .61, "subject": .61 + x, "difference": x, "lo": x - .04, "hi": x + .04} for i, c in enumerate(sorted({c for c, _ in groups})) for x in (.061 / (i + 1),)]}
    if mid == "fairness.group_fidelity":
        return {"groups": [{"column": c, "group": g, "n_reference": 900, "n_subject": 910, "used": True, "score": .941 + i / 1000, "lo": .92 + i / 1000, "hi": .96 + i / 1000} for i, (c, g) in enumerate(groups)]}
    if mid in ("robustness.missing", "robustness.adversarial"):
        adversarial = mid == "robustness.adversarial"
        return {"score": "r2" if task == "regression" else "balanced_accuracy" if adversarial else "auc", "area_tstr": .73, "area_trtr": .76, "curve": [
            {"eps": e, "tstr": t, "trtr": t + .03, "tstr_lo": t - .015, "tstr_hi": t + .015, "trtr_lo": t + .018, "trtr_hi": t + .042}
            for i in range(6) for e, t in (((i / 20, .68 - i / 25) if adversarial else (i / 10, .84 - i / 22)),)]}
    if mid == "robustness.seed":
        side = lambda m, sd: {"pairs": [{"first": m + sd * rng.gauss(0, 1), "second": m + sd * rng.gauss(0, 1)} for _ in range(5)], "spread": sd, "lo": sd * .63, "hi": sd * 2.4, "mean": m, "worst": m - 2 * sd}
        return {"score": score, "rows": 1000, "tstr": side(.83, .0082), "trtr": side(.84, .0055)}
    return None


def of_kind(kind):
    return sorted(MEASURES + MORE + LEARNED) if kind == "full" else MEASURES + BLACK_BOX + (LEARNED if kind == "hostile" else []) if kind in ("fails", "hostile") else MEASURES


def measure(rng, m, columns, quality, task, level, kind):
    mid, title, unit, direction, value, half, honest, copy, independent, uniform, fault, score, proxy, threat = m
    dimension = "privacy" if proxy else mid.split(".")[0]
    out = {"id": mid, "dimension": dimension, "status": "ok", "value": value, "interval": {"lo": value - half, "hi": value + half, "level": level, "method": "bootstrap (200)"},
           "n": 24421, "direction": direction, "honest": honest, "controls": {"copy": copy, "independent": independent, "uniform": uniform},
           "score": None if score is None else min(1, score * quality), "score_lo": None if score is None else min(1, score * quality) - .02,
           "score_hi": None if score is None else min(1, score * quality + .015), "in_index": score is not None}
    if proxy:
        out["why_not_in_index"] = "proxy, not an attack"
    else:
        out["anchor"] = {"reference": "holdout", "m": value, "c": honest, "f": uniform, "fault": fault, "optimistic": False}
    out["finding"] = {"privacy.membership": "3.1 % of the training records can be told from strangers, where fresh real rows show 0.2 %; the attacker needs only the synthetic table and public data.",
                      "fidelity.pair_trends": "Pairs of columns keep 88 % of their relation; furthest off is marital status with education.",
                      }.get(mid, title + ": close to what fresh real rows show.")
    out["remedy"] = "Train with stronger regularisation or with differential privacy." if dimension == "privacy" else ""
    out["details"] = details(rng, mid, columns, quality, task, kind)
    return out


def candidate(rng, name, kind, columns, quality, task):
    measures = [measure(rng, m, columns, quality, task, .95, kind) for m in of_kind(kind)]
    fails = kind in ("fails", "hostile") or quality < .85
    if kind == "nothing":
        measures = [{"id": m[0], "dimension": "privacy" if m[12] else m[0].split(".")[0], "status": "failed" if i == 3 else "not_measurable",
                     "reason": "needs a holdout of real rows that were not used for training (--holdout FILE)"} for i, m in enumerate(MEASURES)]
    elif kind == "regression":
        for m in measures:
            if m["dimension"] == "fairness":
                for key in list(m):
                    if key not in ("id", "dimension"):
                        del m[key]
                m.update(status="not_measurable", reason="needs a sensitive column (--sensitive COL)")
    dimensions = {}
    for d in DIMENSIONS:
        own = [m for m in measures if m["dimension"] == d and m["status"] == "ok" and m["score"] is not None]
        s = math.exp(sum(math.log(max(m["score"], 1e-6)) for m in own) / len(own)) if own else None
        bad = fails and d == "privacy"
        worst = min(own, key=lambda m: m["score"]) if own else None
        dimensions[d] = {"score": s, "lo": s and max(0, s - .03), "hi": s and min(1, s + .025), "coverage": 1 if own else 0, "assessed": bool(own),
                         "measures": [m["id"] for m in own], "worst": worst and worst["id"],
                         "finding": worst["finding"] if worst else "Nothing could be measured: no holdout was given." if kind == "nothing" else "No sensitive column was named.",
                         "status": "fail" if bad else "undecided" if d == "fairness" and own else "pass" if own else "none"}
    gates = []
    if kind != "nothing":
        gates = [{"dimension": "fidelity", "rule": "lo >= 0.6", "result": "pass", "value": dimensions["fidelity"]["score"], "lo": dimensions["fidelity"]["lo"], "hi": dimensions["fidelity"]["hi"],
                  "bound": .6, "why": "the lower end keeps the bound", "reason": "half-way between a table without dependence and fresh real rows"},
                 {"measure": "privacy.membership", "rule": "hi <= 0.02" if fails else "hi <= 0.05", "result": "fail" if fails else "pass", "value": .031, "lo": .0235, "hi": .0385,
                  "bound": .02 if fails else .05, "why": "the interval lies above the bound" if fails else "the upper end keeps the bound", "reason": "what fresh real rows show, plus the margin of the policy"},
                 {"measure": "privacy.copies", "rule": "hi <= 0.005", "result": "pass", "value": .0004, "lo": -.0002, "hi": .001, "bound": .005, "why": "the upper end keeps the bound", "reason": "copies beyond chance are copies of people"},
                 {"measure": "utility.gap", "rule": "hi <= 0.1", "result": "pass", "value": .031, "lo": .022, "hi": .04, "bound": .1, "why": "the upper end keeps the bound", "reason": "a tenth of the AUC scale"},
                 {"measure": "fairness.amplification", "rule": "hi <= 0.03", "result": "undecided", "value": .022, "lo": .004, "hi": .04, "bound": .03, "why": "the interval holds the bound; about 31000 holdout rows would decide it",
                  "reason": "three points more than the real data"}]
        if kind == "regression":
            gates = [g for g in gates if "fair" not in g.get("measure", "")]
    verdict = "fail" if fails and kind != "nothing" else "undecided" if kind != "regression" else "pass"
    head = {"fail": "%s must not be released: 3.1 %% of the training records can be recognised (2.4\u20133.9 %%)" % name,
            "undecided": "%s cannot be judged yet: the difference between groups may have grown" % name, "pass": "%s may be released under policy balanced" % name}[verdict]
    if kind == "nothing":
        head = "%s cannot be judged: nothing could be measured" % name
    trust = [dimensions[d]["score"] for d in DIMENSIONS if dimensions[d]["score"]]
    t = math.exp(sum(math.log(x) for x in trust) / len(trust)) if trust else None
    return {"name": name, "verdict": verdict, "headline": head,
            "actions": (["Retrain with differential privacy or drop the rows that attacks recognise.", "Add at least 31000 holdout rows, or accept a wider bound for amplification.",
                         "Model marital status and education jointly."] if fails and kind != "nothing" else []),
            "blind_spots": ["Membership: a share below 0.6 % of copied rows would not have been seen.", "Reconstruction was tried for two secrets only.",
                            "No generator was given: black-box attacks could not be run."] if kind != "nothing" else ["No holdout was given, so no privacy attack could be run.", "No target column was named."],
            "trust": {"anchored": t, "lo": t and t - .03, "hi": t and t + .02, "pool": None, "rank": 1, "key": t, "coverage": len(trust) / 5},
            "dimensions": dimensions, "measures": measures, "gates": gates}


def main(kind, n=None, width=None):
    rng = random.Random(kind)
    task = "regression" if kind == "regression" else "binary"
    columns = list(COLUMNS)
    if kind == "hostile":
        columns = [(h, t) for h, (_, t) in zip(HOSTILE, COLUMNS)] + columns[8:]
    if kind in ("regression", "nothing"):
        columns = columns[:3]
    if width:
        columns = [(c if i < len(COLUMNS) else "%s %d" % (c, i), t) for i in range(int(width)) for c, t in [COLUMNS[i % len(COLUMNS)]]]
    names = {"full": ["cart", "ctgan with a name that is long"], "many": ["cart", "copula", "bootstrap", "independent", "tvae, 300 epochs", "ctgan"], "hostile": [HOSTILE[0]], "fails": ["copula"], "rich": ["cart"]}.get(kind, ["candidate"])
    if n:
        names = ["generator %d" % (i + 1) for i in range(int(n))]
    candidates = [candidate(rng, name, "rich" if kind == "many" else kind, columns, 1 - .08 * i if len(names) < 9 else 1 - .02 * i, task) for i, name in enumerate(names)]
    for i, c in enumerate(candidates):
        c["trust"]["rank"] = i + 1
        c["trust"]["pool"] = .9 - .1 * i if len(candidates) > 2 else None
    sha = lambda: "".join(rng.choice("0123456789abcdef") for _ in range(64))
    entry = lambda m: {"title": m[1], "summary": m[1] + " in one number.", "definition": "The mean over columns of one minus the largest difference between the two distributions, taken over present values.",
                       "reading": "1 is identical; fresh real rows reach what the column 'fresh real' shows.", "unit": m[2], "reference": "this project", "dimension": "privacy" if m[12] else m[0].split(".")[0],
                       "direction": m[3], "lo": 0, "hi": 1, "proxy": m[12], "threat": m[13]}
    audit = {"format": "assay-audit", "version": 1, "assay": "0.1.0", "seed": 1, "date": "2026-11-21",
             "inputs": {"train": {"name": "train.csv", "sha256": sha(), "bytes": 2411034, "rows": 24421, "columns": len(columns)},
                        "holdout": None if kind == "nothing" else {"name": "holdout.csv", "sha256": sha(), "bytes": 2410771, "rows": 24421, "columns": len(columns)}, "reference": None,
                        "candidates": [{"name": c, "sha256": sha(), "bytes": 2399001, "rows": 24421, "columns": len(columns), "extra_columns": []} for c in names]},
             "schema": {"columns": [{"name": c, "type": t, "kind": "quantity" if t in ("numeric", "datetime") else "levels", "roles": ["target"] if c == "income" else ["sensitive"] if c in ("sex", "race") else [],
                                     "levels": None if t == "numeric" else 7, "missing": .013} for c, t in columns], "target_task": task},
             "policy": {"name": "balanced", "weights": {d: .2 for d in DIMENSIONS}, "measure_weights": {}, "k": 10, "alpha": 1, "gates": []},
             "warnings": ["40 of 24421 rows of the holdout (0.2 %) are in the training table, where chance would make 0.0 %: the generator has seen them, so tests on the holdout flatter what copies them; take them out"] if kind in ("fails", "hostile") else [],
             "catalogue": {m[0]: entry(m) for m in of_kind(kind)}, "candidates": candidates,
             "ranking": {"order": names, "pool": {"N": len(names), "candidates": [{"name": c, "win_share": 1 / len(names)} for c in names]} if len(names) > 2 else None, "pool_reason": "needs three candidates or more" if len(names) < 3 else "",
                         "presets": {p: rng.sample(names, len(names)) for p in ("balanced", "privacy-first", "utility-first", "fairness-first", "research")}}}
    if kind == "many":
        audit["policy"]["multiplicity"] = "holm"
    if kind in ("many", "hostile"):
        claim = lambda metric, statement, result, why: {"metric": metric, "candidate": names[0], "bound": .8, "on": "value", "source": HOSTILE[1] if kind == "hostile" else "data sheet, page 2",
                                                        "statement": "%s of \u201c%s\u201d is %s" % (metric, names[0], statement), "result": result, "value": .841, "lo": .83, "hi": .852, "why": why}
        audit["claims"] = [claim("utility.tstr", "at least 0.8", "PASS", "measured: 0.841 (95 % interval 0.83 to 0.852)"),
                           claim("privacy.membership", "better than that of the control \u201ccopy\u201d by at least 48.16 %", "FAIL", "measured gain: 4.1 %"),
                           claim("privacy.shadow", "at most 0.6", "NOT-TESTABLE", "not tested: no generator was given")]
    short = lambda x: round(x, 5) if isinstance(x, float) else [short(y) for y in x] if isinstance(x, list) else {k: short(v) for k, v in x.items()} if isinstance(x, dict) else x
    json.dump(short(audit), sys.stdout, ensure_ascii=False, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) > 1 else sys.exit(__doc__)
