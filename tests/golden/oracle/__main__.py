"""Measures recomputed from their definitions alone (docs/measures/), with nothing but Python's standard library, and compared with
an audit.json: python3 -m oracle AUDIT EVIDENCE SCHEMA TRAIN HOLDOUT NAME=CANDIDATE... Prints what was compared; fails where more than
1e-9 apart."""
import csv, json, sys

from .decisions import check_decisions, check_learners, check_representation
from .disclosure import check_copies, check_dcr_share
from .fidelity import check_fidelity
from .groups import check_groups
from .labels import check_labels
from .linkage import check_inference, check_linkability
from .logistic import check_models
from .membership import check_membership
from .proxies import check_proxies
from .quasi import check_disclosure
from .reconstruction import check_reconstruction
from .shift import check_shift
from .singling import check_singling_out
from .tables import World
from .tally import Tally
from .trust import check_gates, check_pool, check_scores, check_trust
from .utility import check_utility
from .whole import check_whole


def main(audit_path, evidence_path, schema_path, train, holdout, *candidates):
    with open(audit_path) as f, open(schema_path) as s:
        audit, schema = json.load(f), json.load(s)
    with open(evidence_path, newline="") as f:
        evidence = list(csv.DictReader(f))
    world, tally = World(schema, train, holdout, dict(c.split("=", 1) for c in candidates)), Tally()
    world.seed = audit["seed"]
    for candidate in audit["candidates"]:
        name, measures = candidate["name"], {m["id"]: m for m in candidate["measures"]}
        check_scores(tally, name, measures)
        check_trust(tally, audit, candidate)
        check_gates(tally, audit, candidate)
        check_learners(tally, name, measures)
        if name not in world.candidates:
            continue
        check_fidelity(world, tally, name, measures)
        check_whole(world, tally, name, measures)
        check_decisions(world, tally, name, measures)
        for id, check in (("fairness.representation", check_representation), ("privacy.copies", check_copies), ("proxy.dcr_share", check_dcr_share),
                          ("privacy.singling_out.univariate", check_singling_out), ("privacy.singling_out.multivariate", check_singling_out)):
            if id in measures:
                check(world, tally, name, measures[id])
        check_proxies(world, tally, name, measures)
        if "utility.tstr" in measures:
            check_models(world, tally, name, measures["utility.tstr"])
        if "robustness.shift" in measures:
            check_shift(world, tally, name, measures["robustness.shift"], measures.get("utility.tstr"))
        check_groups(world, tally, name, measures)
        check_utility(world, tally, name, measures)
        check_labels(world, tally, name, measures)
        check_disclosure(world, tally, name, measures, schema)
        for id, check in (("privacy.membership", check_membership), ("privacy.reconstruction", check_reconstruction),
                          ("privacy.linkability", check_linkability), ("privacy.inference", check_inference)):
            if id in measures:
                check(world, tally, name, measures[id], evidence)
    if audit["ranking"]["pool"]:
        check_pool(tally, audit)
    return 0 if tally.report() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
