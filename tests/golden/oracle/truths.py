"""Truths through the command line: python3 -m oracle.truths ASSAY SAMPLES WORK. Changes of the tables that must change no number,
candidates whose numbers are known, controls and honest case as candidates again. Prints what was compared; fails where more than 1e-12
apart."""
import csv, json, math, os, random, subprocess, sys

from .groups import KINDS
from .tally import Tally

LEVELS = ("sex", "origin", "region", "education", "marital_status", "employment")
DISTANCES = "privacy.copies,privacy.membership,privacy.reconstruction,proxy.dcr_share"
FIDELITY = "fidelity.column_shapes,fidelity.pair_trends,fidelity.wasserstein,fidelity.validity,fairness.representation"

DRAWN = ("fidelity.association", "fidelity.energy", "fidelity.frechet", "fidelity.inference", "fidelity.precision_recall")  # what is drawn for the interval goes by the order of rows or terms


class Bench:
    """Runs audits on tables that are given as lists of rows, header first."""

    def __init__(self, program, samples, work):
        self.program, self.samples, self.work, self.runs = program, samples, work, 0
        self.schema = json.load(open(f"{samples}/schema.json"))

    def read(self, name, rows):
        with open(f"{self.samples}/{name}.csv", newline="") as f:
            return list(csv.reader(f))[: rows + 1]

    def measures(self):
        lines = subprocess.run([self.program, "measures"], capture_output=True, text=True, check=True).stdout.splitlines()
        return {line.split()[0] for line in lines}

    def audit(self, tables, only, schema=None):
        """tables: name -> rows; train and holdout by name, the others are candidates. The measures of each candidate."""
        self.runs += 1
        folder = f"{self.work}/run{self.runs}"
        os.makedirs(folder)
        for name, rows in tables.items():
            with open(f"{folder}/{name}.csv", "w", newline="") as f:
                csv.writer(f, lineterminator="\n").writerows(rows)
        with open(f"{folder}/schema.json", "w") as f:
            json.dump(schema or self.schema, f)
        command = [self.program, "audit", "--schema", f"{folder}/schema.json", "--only", only, "--format", "json", "--out", f"{folder}/out"]
        for name in tables:
            command += [f"--{name}" if name in ("train", "holdout") else "--synthetic", f"{folder}/{name}.csv"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode not in (0, 1, 3):
            sys.exit(f"{' '.join(command)}: exit status {done.returncode}: {done.stderr}")
        with open(f"{folder}/out/audit.json") as f:
            return {c["name"]: {m["id"]: m for m in c["measures"]} for c in json.load(f)["candidates"]}


def map_cells(rows, change):
    """change: column -> function of the cell; missing cells stay."""
    at = {rows[0].index(c): f for c, f in change.items()}
    return [rows[0]] + [[at[i](v) if i in at and v else v for i, v in enumerate(r)] for r in rows[1:]]


def shuffled(rows, seed):
    body = rows[1:]
    random.Random(seed).shuffle(body)
    return rows[:1] + body


def numbers(measures):
    """What no renaming, scaling or order may change: values, parts, areas; what comes from folds and models is left out."""
    result = {}
    for id, m in measures.items():
        if m["status"] != "ok":
            result[id] = m["reason"]
            continue
        d = m["details"]
        if id == "privacy.membership":
            for a in d["attacks"]:
                if a["family"] != "discriminator":  # a model of rows that are drawn
                    result[id, a["attack"]] = a["auc"]
            for c in d["value_columns"]:
                result[id, "value", c["column"]] = c["auc"]
        elif id == "privacy.reconstruction":
            for s in d["secrets"]:
                for k in ("accuracy", "undetermined", "majority", "nearest", "holdout", "holdout_nearest", "queries", "unique"):
                    result[id, s["column"], k] = s[k]
        else:
            result[id] = m["value"]
            for end in ("lo", "hi") if id not in DRAWN else ():
                result[id, end] = m["interval"][end]
    return result


def compare(tally, group, got, want, leave=()):
    for k, v in want.items():
        if not any(k == x or k[0] == x or x in k for x in leave):
            tally.same(group, str(k), got.get(k), v, 1e-12)


def check_invariance(bench, tally):
    base = {name: bench.read(name, 260) for name in ("train", "holdout", "leak05")}
    only = "fidelity,utility,fairness,robustness,privacy"
    want = numbers(bench.audit(base, only)["leak05"])
    scale = {"income": lambda v: str(1000 * int(v)), "existing_loans": lambda v: str(1000 * int(v)), "age": lambda v: str(1000 * int(v))}
    rename = {c: lambda v: "§" + v[::-1] for c in LEVELS}
    variants = {
        "columns times 1000": {k: map_cells(v, scale) for k, v in base.items()},
        "levels renamed": {k: map_cells(v, rename) for k, v in base.items()},
        "candidate's rows permuted": {**base, "leak05": shuffled(base["leak05"], 1)},
        "train's rows permuted": {**base, "train": shuffled(base["train"], 2)},
        "columns in another order, in the candidate": {**base, "leak05": [r[::-1] for r in base["leak05"]]},
    }
    # Trees see levels in their order, so that models may say otherwise about renamed ones.
    models = ("utility.tstr", "utility.gap", *(f"robustness.{m}" for m in ("noise", "missing", "adversarial", "seed", "shift")),
              *(f"fairness.{m}" for m in ("demographic_parity", "equal_opportunity", "amplification", *KINDS)))
    # Which rows share a fold of the discriminator goes by what is in them; the random rows of a baseline go by unit and order of levels.
    drawn = ("fidelity.discriminator", "proxy.dcr_baseline")
    models += ("utility.augment", "utility.importance", "utility.rank", "utility.rare", "utility.trts")
    # A mean of probabilities carries the linear model's stopping rule (1e-10); rows of a fold, a part, a sample, a model of an attempt and
    # of equally frequent guesses go by order or content.
    leave = {"levels renamed": (*models, *drawn, "fairness.leakage"), "columns times 1000": (*drawn, "fairness.leakage", "fairness.calibration"),
             "candidate's rows permuted": ("privacy.singling_out.multivariate", "robustness.seed", "utility.trts", "fairness.calibration"),
             "train's rows permuted": ("privacy.inference", "fairness.leakage", "fairness.calibration")}
    for name, tables in variants.items():
        compare(tally, name, numbers(bench.audit(tables, only)["leak05"]), want, leave.get(name, ()))


def check_constant_column(bench, tally):
    """A column that says nothing: one more perfect shape, distances 15/16 of what they were, the rest as before."""
    base = {name: bench.read(name, 260) for name in ("train", "holdout", "leak05")}
    schema = {**bench.schema, "columns": bench.schema["columns"] + [{"name": "constant", "type": "numeric"}]}
    wider = {k: [v[0] + ["constant"]] + [r + ["7"] for r in v[1:]] for k, v in base.items()}
    only = FIDELITY + "," + DISTANCES
    old, new = bench.audit(base, only)["leak05"], bench.audit(wider, only, schema)["leak05"]
    tally.same("constant column", "shapes", new["fidelity.column_shapes"]["value"], (15 * old["fidelity.column_shapes"]["value"] + 1) / 16, 1e-12)
    for id in ("fidelity.wasserstein", "privacy.copies", "proxy.dcr_share"):
        tally.same("constant column", id, new[id]["value"], old[id]["value"], 1e-12)
    attacks = [{a["attack"]: a["auc"] for a in m["privacy.membership"]["details"]["attacks"]} for m in (new, old)]
    for a in ("exact", "dcr", "value_ratio"):
        tally.same("constant column", a, attacks[0][a], attacks[1][a], 1e-4)  # ties within rounding
    secrets = [m["privacy.reconstruction"]["details"]["secrets"][0] for m in (new, old)]
    for k in ("accuracy", "nearest", "queries", "undetermined"):
        tally.same("constant column", k, secrets[0][k], secrets[1][k], 1e-12)


def check_train_itself(bench, tally):
    tables = {name: bench.read(name, 2500) for name in ("train", "holdout")}
    m = bench.audit({**tables, "same": tables["train"]}, FIDELITY + ",privacy.copies,privacy.membership,proxy.dcr_share")["same"]
    for id, want in (("fidelity.column_shapes", 1), ("fidelity.pair_trends", 1), ("fidelity.wasserstein", 0), ("fidelity.validity", 1),
                     ("fairness.representation", 0), ("privacy.copies", 1), ("proxy.dcr_share", 1)):
        tally.holds("candidate = train", f"{id} is {m[id]['value']!r}, exactly {want}", m[id]["value"] == want)
    for a in m["privacy.membership"]["details"]["attacks"]:
        if a["attack"] in ("exact", "dcr"):
            tally.same("candidate = train", a["attack"], a["auc"], 1)


def check_copies(bench, tally):
    """A share c of members verbatim among fresh rows: the exact attack finds c of them, no more and no less."""
    tables = {name: bench.read(name, 2500) for name in ("train", "holdout")}
    fresh, n = bench.read("reserve", 2500), 2500
    shares = {"c1": 0.01, "c2": 0.02, "c5": 0.05}
    for name, c in shares.items():
        k = round(c * n)
        tables[name] = fresh[: n + 1 - k] + tables["train"][1 : k + 1]
    for name, measures in bench.audit(tables, "privacy.membership,privacy.copies,fidelity.column_shapes").items():
        c, m = shares[name], measures["privacy.membership"]
        exact = next(a for a in m["details"]["attacks"] if a["attack"] == "exact")
        tally.same("planted copies", f"{name} AUC", exact["auc"], 0.5 + c / 2, 1e-12)
        for f in ("0.01", "0.1"):
            tally.same("planted copies", f"{name} TPR at {f}", exact["tpr"][f], c, 1e-12)
            tally.same("planted copies", f"{name} exposed at {f}", exact["exposed"][f]["value"], c, 1e-12)
        tally.holds("planted copies", f"{name}: {c} inside {m['interval']}", m["interval"]["lo"] <= c <= m["interval"]["hi"])
        tally.holds("planted copies", f"{name} value {m['value']}", abs(m["value"] - c) < 3 * (c / n) ** 0.5 + 0.01)
        tally.same("planted copies", f"{name} copies", measures["privacy.copies"]["value"], c, 1e-12)
        tally.holds("planted copies", f"{name} is proven", m["interval"]["lo"] > 0 or c < 0.02)
    # Fifty copies among a thousand rows are as many exposed members as among many.
    tables = {name: tables[name] for name in ("train", "holdout")}
    tables["few"] = fresh[:951] + random.Random(3).sample(tables["train"][1:], 50)
    m = bench.audit(tables, "privacy.membership")["few"]["privacy.membership"]
    ends = [e["lo"] for a in m["details"]["attacks"] for e in a["exposed"].values() if e["lo"] is not None]
    tally.same("planted copies", "what one attack proves is the lower end", m["interval"]["lo"], max(ends), 1e-12)
    tally.holds("planted copies", f"50 copies in 1,000 rows are proven: {m['interval']}", m["interval"]["lo"] > 0)


def check_controls(bench, tally):
    """The table that `assay generate` makes with the audit's seed is the control; the holdout is fidelity's honest case."""
    tables = {name: bench.read(name, 160) for name in ("train", "holdout", "copula")}  # few enough for exact reconstruction of controls
    methods = {"copy": "bootstrap", "independent": "independent", "uniform": "uniform", "dropped_group": "dropped-group"}
    train, schema = f"{bench.work}/controls.csv", f"{bench.samples}/schema.json"
    with open(train, "w", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows(tables["train"])
    for name, method in methods.items():
        made = f"{bench.work}/{name}.csv"
        subprocess.run([bench.program, "generate", "--method", method, "--train", train, "--schema", schema, "--seed", "1", "--out", made], check=True)
        with open(made, newline="") as f:
            tables[name] = list(csv.reader(f))
    tables["fresh"] = tables["holdout"]
    measures = bench.audit(tables, "fidelity,utility,fairness,robustness,privacy,proxy")
    for id, m in measures["copula"].items():
        for name, value in m.get("controls", {}).items():
            # Attacked models of independent columns count as a constant guess at least: half of two classes.
            least = 0.5 if (id, name) == ("robustness.adversarial", "independent") else -math.inf
            got = measures[name][id].get("value")
            tally.same("controls", f"{id} {name}", got if got is None else max(got, least), value, 1e-12)
            score = measures[name][id]
            if "anchor" in m and "anchor" in score and m["anchor"]["reference"] == "holdout" and m["anchor"]["fault"] == name and score.get("score") is not None:
                tally.same("controls", f"{id} anchor f", m["anchor"]["f"], score["anchor"]["m"], 1e-12)
                tally.same("controls", f"{id} score of the control", score["score"], 0, 1e-12)
        if id.startswith("fidelity."):
            tally.same("controls", f"{id} honest", m["honest"], measures["fresh"][id]["value"], 1e-12)


def main(program, samples, work):
    bench, tally = Bench(program, samples, work), Tally()
    for check in (check_invariance, check_constant_column, check_train_itself, check_copies, check_controls):
        check(bench, tally)
    return 0 if tally.report() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
