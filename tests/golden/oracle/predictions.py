"""assay fairness against the definitions: python3 -m oracle.predictions FILE LABEL SCORE THRESHOLD K JSON, or against golden
numbers: --golden FILE.json SCORE JSON."""
import bisect, csv, json, math, sys

from .tables import normal, wilson
from .tally import Tally

GOLDEN = {"demographic_parity_difference": 0, "demographic_parity_ratio": 0, "equal_opportunity_difference": 0, "fpr_difference": 0,
          "equalized_odds_difference": "equalized_odds_difference_worst", "equalized_odds_difference_mean": 0, "equalized_odds_ratio": "equalized_odds_ratio_worst",
          "predictive_parity_difference": 0, "accuracy_difference": 0, "worst_group_accuracy": 0, "worst_group_balanced_accuracy": 0,
          "calibration_error_difference": 0, "equity_scaled_accuracy": 0, "equity_scaled_auc": 0}
SCORES = ("accuracy", "balanced_accuracy", "roc_auc", "average_precision", "log_loss", "brier", "calibration_error_10")


def ratio(a, b):
    return a / b if b else None


def judge(rows, threshold):
    """Rates of rows (label 0/1, score), each with what it is a share of."""
    pos, neg = [s for y, s in rows if y], sorted(s for y, s in rows if not y)
    tp, fp, n = sum(s >= threshold for s in pos), sum(s >= threshold for s in neg), len(rows)
    r = {"n": n, "positives": len(pos), "base_rate": ratio(len(pos), n)}
    counts = {"selection_rate": (tp + fp, n), "tpr": (tp, len(pos)), "fpr": (fp, len(neg)), "ppv": (tp, tp + fp), "accuracy": (tp + len(neg) - fp, n)}
    r.update({k: ratio(*v) for k, v in counts.items()})
    r["balanced_accuracy"] = (r["tpr"] + 1 - r["fpr"]) / 2 if pos and neg else None
    r["auc"] = sum(bisect.bisect_left(neg, s) + bisect.bisect_right(neg, s) for s in pos) / 2 / len(pos) / len(neg) if pos and neg else None
    bins = {}
    for y, s in rows:
        bins.setdefault(min(int(10 * s), 9), []).append((y, s))
    r["calibration_error"] = math.fsum(abs(math.fsum(y - s for y, s in b)) for b in bins.values()) / n
    r["mean_score_minus_base_rate"] = math.fsum(s - y for y, s in rows) / n
    return r, counts


def gaps_of(groups, overall):
    values = lambda k: [g[k] for g in groups if g[k] is not None]
    # Of a rate that fewer than two groups have there is no gap.
    of_two = lambda k, f: f(values(k)) if len(values(k)) > 1 else None
    spread = lambda k: of_two(k, lambda v: max(v) - min(v))
    quotient = lambda k: of_two(k, lambda v: min(v) / max(v) if max(v) else None)
    least = lambda k: of_two(k, min)
    equity = lambda k: of_two(k, lambda v: overall[k] / (1 + math.fsum(abs(x - overall[k]) for x in v)))
    odds = lambda f, *of: None if None in of else f(of)
    return {"demographic_parity_difference": spread("selection_rate"), "demographic_parity_ratio": quotient("selection_rate"), "equal_opportunity_difference": spread("tpr"),
            "fpr_difference": spread("fpr"), "equalized_odds_difference": odds(max, spread("tpr"), spread("fpr")), "equalized_odds_difference_mean": odds(lambda v: sum(v) / 2, spread("tpr"), spread("fpr")),
            "equalized_odds_ratio": odds(lambda v: min((q for q in map(quotient, ("tpr", "fpr")) if q is not None), default=None), spread("tpr"), spread("fpr")), "predictive_parity_difference": spread("ppv"), "accuracy_difference": spread("accuracy"),
            "worst_group_accuracy": least("accuracy"), "worst_group_balanced_accuracy": least("balanced_accuracy"), "equity_scaled_accuracy": equity("accuracy"),
            "calibration_error_difference": spread("calibration_error"), "equity_scaled_auc": equity("auc")}


def definitions(tally, path, label, score, threshold, least, got):
    with open(path, newline="") as f:
        table = [r for r in csv.DictReader(f) if r[label]]
    positive, z = max(r[label] for r in table), normal.inv_cdf(0.975)
    rows = [(int(r[label] == positive), float(r[score])) for r in table]
    overall, _ = judge(rows, threshold)
    for k, want in overall.items():
        tally.same("overall", k, got["overall"][k], want)
    for column in got["columns"]:
        names = [r[column["column"]] or "missing" for r in table]
        name = lambda g: g if names.count(g) >= least else f"other (<{least})"
        results = {g: judge([row for row, h in zip(rows, names) if name(h) == g], threshold) for g in set(map(name, names))}
        tally.same("groups", column["column"], str(sorted(g["group"] for g in column["groups"])), str(sorted(results)))
        for g in column["groups"]:
            want, counts = results[g["group"]]
            for k, v in want.items():
                tally.same("groups", f"{g['group']} {k}", g[k], v)
            for k, (x, n) in counts.items():
                if n:
                    lo, hi = wilson(x / n, n, z)
                    tally.same("Wilson", f"{g['group']} {k} lo", g["intervals"][k]["lo"], 0.0 if x == 0 else lo)
                    tally.same("Wilson", f"{g['group']} {k} hi", g["intervals"][k]["hi"], 1.0 if x == n else hi)
        for k, v in gaps_of([r for g, (r, _) in results.items() if not g.startswith("other (<")], overall).items():
            tally.same("gaps", f"{column['column']} {k}", column["gaps"][k]["value"], v)
            tally.holds("gaps", f"{column['column']} {k} interval", column["gaps"][k]["lo"] is None if v is None else 0 <= column["gaps"][k]["lo"] <= column["gaps"][k]["hi"] <= 1)


def golden(tally, path, score, got):
    want = json.load(open(path))
    if score not in want:
        return
    for k in SCORES:
        tally.same("overall", k, got["overall"][{"roc_auc": "auc", "calibration_error_10": "calibration_error"}.get(k, k)], want[score][k])
    fair, column = want["fairness_" + score], got["columns"][0]
    for k, name in GOLDEN.items():
        tally.same("gaps", k, column["gaps"][k]["value"], fair[name or k])
    for g in column["groups"]:
        for k, v in fair["groups"][g["group"]].items():
            key = {"n_positive": "positives", "calibration_error_10": "calibration_error", "mean_score_minus_mean_label": "mean_score_minus_base_rate"}.get(k, k)
            tally.same("groups", f"{g['group']} {k}", g[key], v)


def main(*args):
    tally = Tally()
    got = json.load(open(args[-1]))
    if args[0] == "--golden":
        golden(tally, args[1], args[2], got)
    else:
        definitions(tally, args[0], args[1], args[2], float(args[3]), int(args[4]), got)
    return 0 if tally.report() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
