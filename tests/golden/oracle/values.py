"""Numbers of ../shared/golden/values and ../shared/golden/neighbours against audits of the same files: python3 -m oracle.values ASSAY
GOLDEN WORK. A group is a key of the golden files; docs/golden.md lists them. Prints how many numbers were compared; fails where
they differ by more than the tolerance that ../shared/golden/README.md states."""
import csv, json, os, subprocess, sys

from .tally import Tally

DATASETS = ("acs_ma2019", "california_housing", "compas", "german_credit", "heart_disease", "law_school")
CANDIDATES = ("cart", "copula", "copy", "leak05", "independent", "permuted_label", "dropped_group")
WITH_PMSE = ("german_credit", "heart_disease")
KINDS = ("numeric_numeric", "categorical_categorical")


class Bench:
    def __init__(self, program, golden, work):
        self.program, self.golden, self.work, self.tally = program, golden, work, Tally()

    def read(self, path):
        with open(f"{self.golden}/{path}") as f:
            return json.load(f)

    def schema(self, types):
        path = f"{self.work}/schema.json"
        with open(path, "w") as f:
            json.dump({"format": "assay-schema", "version": 1, "columns": [{"name": c, "type": t} for c, t in types.items()]}, f)
        return path

    def audit(self, name, train, holdout, candidates, only, *options):
        """The audit of candidates (name -> file); every path is below the golden folder or absolute."""
        at = lambda path: path if os.path.isabs(path) else f"{self.golden}/{path}"
        out = f"{self.work}/{name}"
        command = [self.program, "audit", "--train", at(train), "--holdout", at(holdout), "--only", only, "--format", "json", "--out", out, *options]
        for candidate, path in candidates.items():
            command += ["--synthetic", f"{candidate}={at(path)}"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode not in (0, 1, 3):
            sys.exit(f"{' '.join(command)}: exit status {done.returncode}: {done.stderr}")
        with open(f"{out}/audit.json") as f:
            return json.load(f)


def by_id(candidate):
    return {m["id"]: m for m in candidate["measures"] if m["status"] == "ok"}


def check_shapes(same, golden, train, m):
    d = {x["column"]: x["score"] for x in m["fidelity.column_shapes"]["details"]["columns"]}
    same("means.column_shapes", "", m["fidelity.column_shapes"]["value"], golden["means"]["column_shapes"])
    for name, column in golden["columns"].items():
        kind = "ks" if "ks" in column else "tv"
        same(f"columns.{kind}", name, 1 - d[name], column[kind])
    sdmetrics = golden.get("sdmetrics", {})
    for name, score in sdmetrics.get("KSComplement", {}).items():
        same("sdmetrics.KSComplement", name, d[name], score)
    for name, score in sdmetrics.get("TVComplement", {}).items():
        unseen = golden["columns"][name]["levels_only_in_candidate"] > 0
        same("sdmetrics.TVComplement", name, d[name], score, 5e-9 if unseen else 1e-9)
    if "column_shapes_mean" in sdmetrics:
        same("sdmetrics.column_shapes_mean", "", m["fidelity.column_shapes"]["value"], sdmetrics["column_shapes_mean"])


def check_wasserstein(same, golden, train, m):
    d = {x["column"]: x["distance"] for x in m["fidelity.wasserstein"]["details"]["columns"]}
    same("means.wasserstein_scaled", "", m["fidelity.wasserstein"]["value"], golden["means"]["wasserstein_scaled"])
    for name, column in golden["columns"].items():
        if "wasserstein" in column:
            same("columns.wasserstein_scaled", name, d[name], column["wasserstein_scaled"])
            same("columns.wasserstein", name, d[name] * column["train_range"], column["wasserstein"])


def check_jensen_shannon(same, golden, train, m):
    d = {x["column"]: x for x in m["fidelity.jensen_shannon"]["details"]["columns"]}
    categorical = []
    for name, column in golden["columns"].items():
        for key, suffix in (("jensen_shannon", ""), ("jensen_shannon_decile_bins", ""), ("jensen_shannon_missing_as_category", "_with_missing")):
            if key in column:
                same(f"columns.{key}", name + " divergence", d[name]["divergence" + suffix], column[key]["divergence"])
                same(f"columns.{key}", name + " root", d[name]["distance" + suffix], column[key]["root"])
        if "jensen_shannon" in column:
            categorical.append(d[name])
    for key, field in (("jensen_shannon_categorical", "divergence"), ("jensen_shannon_root_categorical", "distance")):
        if categorical:
            same("means." + key, "", sum(x[field] for x in categorical) / len(categorical), golden["means"][key])


def check_missingness(same, golden, train, m):
    """Rates of cells that too few real rows lack are not written."""
    d = m["fidelity.missingness"]["details"]
    got = {x["column"]: x for x in d["columns"]}
    for name, column in golden["columns"].items():
        x = got.get(name, {"real": 0, "synthetic": 0, "difference": 0})
        if x["real"] is not None:
            same("columns.missing_rate", name + " in train", x["real"], column["missing_rate"][0])
            same("train.missing_rate", name, x["real"], train["missing_rate"][name])
            same("columns.missing_rate_difference", name, x["difference"], column["missing_rate_difference"])
        same("columns.missing_rate", name + " in the candidate", x["synthetic"], column["missing_rate"][1])
    same("means.missing_rate_difference", "", m["fidelity.missingness"]["value"], golden["means"]["missing_rate_difference"])
    pairs = {frozenset((x["a"], x["b"])): x for x in d["pairs"]}
    for a, b, real, synthetic in golden["joint_missing"]:
        x = pairs[frozenset((a, b))]
        if x["real"] is not None:
            same("joint_missing", f"{a}, {b} in train", x["real"], real)
        same("joint_missing", f"{a}, {b} in the candidate", x["synthetic"], synthetic)


def check_energy(same, golden, train, m):
    d = m["fidelity.energy"]["details"]
    ours = ("v_statistic", "u_statistic", "root", "mean_reference_subject", "mean_reference_reference", "mean_subject_subject")
    for field, key in zip(ours, ("v_statistic", "u_statistic", "root_v", "mean_train_candidate", "mean_train_train", "mean_candidate_candidate")):
        same("energy", key, d[field], golden["energy"][key])
    same("train.mean_distance_train_train", "", d["mean_reference_reference"], train["mean_distance_train_train"])


def check_neighbour_shares(same, golden, train, m, group="knn", want=None):
    d, want = m["fidelity.precision_recall"]["details"], want or golden["knn"]
    for balls in ("closed", "open"):
        for key, share in want[balls].items():
            same(f"{group}.{balls}", key, d[key][balls], share)
    if "k" in want:
        same(f"{group}.k", "", d["k"], want["k"])


def check_pmse(same, golden, train, m):
    if "pmse" in golden:
        d, want = m["fidelity.propensity"]["details"]["main"], golden["pmse"]
        for key in ("pmse", "null_expectation", "ratio", "log_likelihood"):
            same("pmse", key, d[key], want[key], 1e-8)
        same("pmse", "parameters_with_intercept", d["parameters"], want["parameters_with_intercept"])


def check_association(same, golden, train, m):
    """Strengths: correlations without their sign."""
    got = {frozenset((x["a"], x["b"])): x for x in m["fidelity.association"]["details"]["pairs"]}
    for key, kind in (("pearson", "numeric_numeric"), ("cramers_v_bias_corrected", "categorical_categorical"), ("correlation_ratio", "numeric_categorical")):
        pairs = train["within"]["pair_columns"][kind]
        for side, numbers, group in (("real", train["within"][key], "train."), ("synthetic", golden["within"][key], "")):
            for pair, want in zip(pairs, numbers, strict=True):
                same(f"{group}within.{key}", str(pair), got[frozenset(pair)][side], want if want is None else abs(want))


def check_frechet(same, golden, train, m):
    value, d, want = m["fidelity.frechet"]["value"], m["fidelity.frechet"]["details"], golden["frechet"]
    same("frechet", "value", value, want["value"], 1e-6)
    same("frechet", "trace_root", (d["mean_part"] + d["trace_reference"] + d["trace_subject"] - value) / 2, want["trace_root"], 1e-6)
    for ours, key in (("mean_part", "mean_part"), ("trace_reference", "trace_c1"), ("trace_subject", "trace_c2")):
        same("frechet", key, d[ours], want[key])
    same("train.encoded", "columns", d["encoded_columns"], train["encoded"]["columns"])


def check_pairs(same, golden, train, m):
    d = {frozenset((x["a"], x["b"])): x["score"] for x in m["fidelity.pair_trends"]["details"]["pairs"]}
    for kind, sdmetrics in zip(KINDS, ("CorrelationSimilarity", "ContingencySimilarity")):
        pairs = [frozenset(p) for p in train["within"]["pair_columns"][kind]]
        scores = golden["pair_similarity"][kind]
        for pair, score in zip(pairs, scores):
            same(f"pair_similarity.{kind}", str(sorted(pair)), d[pair], score)
        for pair, score in zip(pairs, golden.get("sdmetrics", {}).get(sdmetrics, [])):
            same(f"sdmetrics.{sdmetrics}", str(sorted(pair)), d[pair], score)
        got = [d[p] for p in pairs if d[p] is not None]
        if got:
            same("pair_similarity.mean", kind, sum(got) / len(got), golden["pair_similarity"]["mean_" + kind.split("_")[0]])


def check_identical(same, golden, train, m):
    same("exact_rows", "ims", m["proxy.ims"]["value"] * golden["n_candidate"], golden["exact_rows"]["rows_equal_to_a_train_row"])


def check_copies(same, golden, train, m):
    d, n = m["privacy.copies"]["details"], golden["n_candidate"]
    same("exact_rows", "train", d["exact"] * n, golden["exact_rows"]["rows_equal_to_a_train_row"])
    same("exact_rows", "train, whole", d["exact_rows"], golden["exact_rows"]["rows_equal_to_a_train_row"])
    same("exact_rows", "holdout", d["exact_holdout"] * n, golden["exact_rows"]["rows_equal_to_a_holdout_row"])


def check_closer(same, group, want, details):
    for ours, theirs in (("closer_train", "closer_to_train"), ("closer_holdout", "closer_to_holdout"), ("ties", "ties")):
        same(group, ours, details[ours], want[theirs])


def check_dcr(same, golden, train, m):
    """Where train and holdout are of one size: ours compares equal sizes."""
    if golden["dcr"]["holdout_file"] == "holdout":
        check_closer(same, "dcr.scaled_by_train", golden["dcr"]["scaled_by_train"], m["proxy.dcr_share"]["details"])
        same("dcr.scaled_by_train", "share", m["proxy.dcr_share"]["value"], golden["dcr"]["scaled_by_train"]["share"])


def check_distances(same, group, want, levels, got):
    """Quantiles of the distances to train and to the holdout, at the levels that are written."""
    for theirs, ours in zip(("quantiles_to_train", "quantiles_to_holdout"), got):
        known = dict(zip(want["quantiles_at"], want[theirs], strict=True))
        for level, value in zip(levels, ours, strict=True):
            same(group, f"{theirs} {level}", value, known[level])


def check_dcr_quantiles(same, golden, train, m):
    if golden["dcr"]["holdout_file"] == "holdout":
        d = m["proxy.dcr_quantiles"]["details"]
        same("dcr.scaled_by_train", "overfitting_protection", m["proxy.dcr_overfitting"]["details"]["one_scale"],
             golden["dcr"]["scaled_by_train"]["overfitting_protection"])
        check_distances(same, "dcr.scaled_by_train.quantiles", golden["dcr"]["scaled_by_train"], d["at"], (d["to_train"], d["to_holdout"]))


def check_overfitting(same, golden, train, m, name="holdout"):
    """SDMetrics' own score, where the same third part is the holdout."""
    got, d = m["proxy.dcr_overfitting"]["value"], m["proxy.dcr_overfitting"]["details"]
    if golden["dcr"]["holdout_file"] != name:
        return
    want, group = golden["dcr"]["scaled_by_each_reference"], "dcr.scaled_by_each_reference"
    check_closer(same, group, want, d)
    same(group, "overfitting_protection", got, want["overfitting_protection"])
    check_distances(same, group, want, (0.05, 0.5), (d["distance_to_train"], d["distance_to_holdout"]))
    sdmetrics, group = golden.get("sdmetrics", {}).get("DCROverfittingProtection"), "sdmetrics.DCROverfittingProtection"
    if sdmetrics:
        same(group, "score", got, sdmetrics["score"])
        same(group, "closer to train", d["closer_train"], sdmetrics["rows_strictly_closer_to_training"])
        same(group, "ties", d["ties"], sdmetrics["ties_within_1e-12"])
        check_distances(same, group, sdmetrics, (0.05, 0.5), (d["distance_to_train"], d["distance_to_holdout"]))


CHECKS = {
    "fidelity.column_shapes": check_shapes,
    "fidelity.wasserstein": check_wasserstein,
    "fidelity.pair_trends": check_pairs,
    "fidelity.jensen_shannon": check_jensen_shannon,
    "fidelity.missingness": check_missingness,
    "fidelity.association": check_association,
    "fidelity.energy": check_energy,
    "fidelity.frechet": check_frechet,
    "fidelity.precision_recall": check_neighbour_shares,
    "fidelity.propensity": check_pmse,
    "privacy.copies": check_copies,
    "proxy.dcr_overfitting": check_overfitting,
    "proxy.dcr_quantiles": check_dcr_quantiles,
    "proxy.dcr_share": check_dcr,
    "proxy.ims": check_identical,
}


def check_dataset(bench, name):
    pairs, train = f"pairs/{name}", bench.read(f"values/{name}/train.json")
    files = {c: f"{pairs}/{c}.csv" for c in CANDIDATES + ("holdout",)}
    audit = bench.audit(name, f"{pairs}/train.csv", f"{pairs}/holdout.csv", files, ",".join(CHECKS))
    equal = audit["inputs"]["train"]["rows"] == audit["inputs"]["holdout"]["rows"]
    for candidate in audit["candidates"]:
        golden, m = bench.read(f"values/{name}/{candidate['name']}.json"), by_id(candidate)

        def same(group, what, got, want, tolerance=1e-9):
            bench.tally.same(group, f"{name} {candidate['name']} {what}", got, want, tolerance)

        for id, check in CHECKS.items():
            if id not in ("proxy.dcr_share", "proxy.dcr_quantiles") or equal:
                check(same, golden, train, m)
    check_train_itself(bench, name, train)
    if equal:
        check_levels_alone(bench, name, files)
    if os.path.exists(f"{bench.golden}/{pairs}/reserve.csv"):
        check_reserve(bench, name)


def check_train_itself(bench, name, train):
    pairs, id = f"pairs/{name}", "fidelity.precision_recall"
    audit = bench.audit(f"{name}_itself", f"{pairs}/train.csv", f"{pairs}/holdout.csv", {"itself": f"{pairs}/train.csv"}, id)
    same = lambda group, what, got, want: bench.tally.same(group, f"{name} {what}", got, want)
    check_neighbour_shares(same, None, train, by_id(audit["candidates"][0]), "train.knn_train_against_itself", train["knn_train_against_itself"])


def check_levels_alone(bench, name, files):
    """Distances on the categorical columns alone, where ties are the rule."""
    schema = bench.read(f"pairs/{name}/schema.json")["columns"]
    numbers = [c for c, x in schema.items() if x["type"] != "categorical"]
    if len(schema) - len(numbers) < 2:
        return
    pairs = f"pairs/{name}"
    audit = bench.audit(f"{name}_levels", f"{pairs}/train.csv", f"{pairs}/holdout.csv", files, "privacy.copies,proxy.dcr_share,proxy.dcr_overfitting", "--ignore", ",".join(numbers))
    for candidate in audit["candidates"]:
        want, m = bench.read(f"values/{name}/{candidate['name']}.json")["dcr_categorical_columns_only"], by_id(candidate)
        if want["holdout_file"] != "holdout":
            continue
        same = lambda group, what, got, want: bench.tally.same(group, f"{name} {candidate['name']} {what}", got, want)
        check_closer(same, "dcr_categorical_columns_only", want, m["proxy.dcr_share"]["details"])
        protection = min(2 * (1 - want["closer_to_train"] / m["proxy.dcr_share"]["n"]), 1)
        same("dcr_categorical_columns_only", "overfitting_protection", m["proxy.dcr_overfitting"]["value"], protection)
        same("dcr_categorical_columns_only", "zero", m["privacy.copies"]["details"]["exact_rows"], want["zero_to_train"])


def check_reserve(bench, name):
    """The holdout as candidate, with the third part as holdout."""
    pairs = f"pairs/{name}"
    audit = bench.audit(f"{name}_reserve", f"{pairs}/train.csv", f"{pairs}/reserve.csv", {"holdout": f"{pairs}/holdout.csv"}, "proxy.dcr_share,proxy.dcr_overfitting")
    golden, m = bench.read(f"values/{name}/holdout.json"), by_id(audit["candidates"][0])
    same = lambda group, what, got, want: bench.tally.same(group, f"{name} holdout {what}", got, want)
    check_closer(same, "dcr.scaled_by_train", golden["dcr"]["scaled_by_train"], m["proxy.dcr_share"]["details"])
    check_overfitting(same, golden, None, m, "reserve")


def check_mixed_example(bench):
    """Numbers with categories: train's deciles and two overflow bins, on the worked example and on real pairs."""
    example, key, group = bench.read("values/mixed_pairs_example.json"), "deciles_of_the_real_column_with_two_overflow_bins", "mixed_pairs_example"
    changes = (lambda x: x, lambda x: x + 50, lambda x: x * 1000, lambda x: 990 if x == 99 else x, lambda x: "" if x >= 90 else x)
    schema = bench.schema({"x": "numeric", "g": "categorical"})
    for k, (change, line) in enumerate(zip(changes, example["worked_example"], strict=True)):
        tables = {"train": range(100), "holdout": [*range(99), 98], "other": map(change, range(100))}
        for file, xs in tables.items():
            with open(f"{bench.work}/{file}.csv", "w", newline="") as f:
                csv.writer(f, lineterminator="\n").writerows([("x", "g"), *((x, "A" if i < 50 else "B") for i, x in enumerate(xs))])
        path = {file: f"{bench.work}/{file}.csv" for file in tables}
        audit = bench.audit(f"mixed{k}", path["train"], path["holdout"], {"other": path["other"]}, "fidelity.pair_trends", "--schema", schema)
        bench.tally.same(group, line["synthetic"], by_id(audit["candidates"][0])["fidelity.pair_trends"]["value"], line[key])
    for line in example["on_the_pairs"]:
        with open(f"{bench.work}/{line['dataset']}/audit.json") as f:
            candidate = next(c for c in json.load(f)["candidates"] if c["name"] == line["candidate"])
        pairs = by_id(candidate)["fidelity.pair_trends"]["details"]["pairs"]
        got = next(x["score"] for x in pairs if {x["a"], x["b"]} == {line["numeric"], line["categorical"]})
        bench.tally.same(group, f"{line['dataset']} {line['candidate']} {line['numeric']}", got, line[key])


def check_neighbours(bench):
    """The distance of each training row to the candidate is the score of the membership attack `dcr`, as the evidence lists it."""
    with open(f"{bench.golden}/neighbours/other.csv", newline="") as f:
        rows = list(csv.reader(f))
    with open(f"{bench.work}/twice.csv", "w", newline="") as f:  # strangers must be many; what they are does not matter here
        csv.writer(f, lineterminator="\n").writerows(rows + rows[1:])
    schema = bench.schema(bench.read("neighbours/summary.json")["columns"])
    evidence = f"{bench.work}/evidence.csv"
    bench.audit("neighbours", "neighbours/train.csv", f"{bench.work}/twice.csv", {"other": "neighbours/other.csv"}, "privacy.membership",
                "--schema", schema, "--evidence", evidence)
    with open(evidence, newline="") as f:
        got = {int(x["row"]): -float(x["score"]) for x in csv.DictReader(f) if (x["table"], x["attack"]) == ("train", "dcr")}
    with open(f"{bench.golden}/neighbours/rank_gower_train_to_other.csv", newline="") as f:
        for x in csv.DictReader(f):
            bench.tally.same("neighbours.rank_gower_train_to_other", f"row {x['row']}", got.get(int(x["row"])), float(x["nearest_distance"]), 1e-15)


def main(program, golden, work):
    bench = Bench(program, golden, work)
    for name in DATASETS:
        check_dataset(bench, name)
    check_mixed_example(bench)
    check_neighbours(bench)
    return 0 if bench.tally.report() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
