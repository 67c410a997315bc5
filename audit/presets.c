/* The preset policies. Every bound says why it is what it is: either a convention that the field shares, or a place on the
 * scale that the data's own controls span (an anchored score is 1 for fresh real rows and 0 for the control with the fault).
 * How often an honest candidate passes them and a faulty one fails is measured in docs/gates.md. Singling out, linkability and
 * inference are the three risks of the Article 29 Working Party (Opinion 05/2014); they are gated on what is proven alone. */
#include "audit/presets.h"

#include <stddef.h>

const struct gate preset_gates[] = {
    {GATE_MEASURE, "fidelity.validity", false, 0.99, GATE_ON_INTERVAL,
     "at least 99 % of the cells must obey the rules that the real table obeys"},
    {GATE_MEASURE, "fidelity.column_shapes", false, 0.5, GATE_ON_SCORE,
     "single columns must be nearer to fresh real rows than to columns drawn uniformly"},
    {GATE_MEASURE, "fidelity.pair_trends", false, 0.5, GATE_ON_SCORE,
     "pairs of columns must be nearer to fresh real rows than to columns without any dependence"},
    {GATE_MEASURE, "fidelity.association", false, 0.75, GATE_ON_SCORE,
     "strengths of dependence may be off by at most a quarter of what they are off where all dependence is lost: one strong "
     "pair that comes apart hardly moves the mean over all pairs"},
    {GATE_MEASURE, "utility.tstr", false, 0.5, GATE_ON_SCORE,
     "models must keep more than half of what real training rows teach beyond independent columns"},
    {GATE_MEASURE, "fairness.representation", true, 0.22314355131420976, GATE_ON_LO,
     "no group's odds may be proven to fall below four fifths or rise above five quarters (log 1.25)"},
    {GATE_MEASURE, "fairness.representation", true, 1.0986122886681098, GATE_ON_INTERVAL,
     "the audit must be able to rule out that a group's odds fell to a third or tripled (log 3)"},
    {GATE_MEASURE, "fairness.amplification", true, 0.1, GATE_ON_LO,
     "the gap between groups may not be proven to grow by more than ten percentage points"},
    {GATE_MEASURE, "fairness.amplification", true, 0.25, GATE_ON_INTERVAL,
     "the audit must be able to rule out that the gap between groups grew by 25 percentage points"},
    {GATE_MEASURE, "robustness.noise", false, 0.5, GATE_ON_SCORE,
     "under noise, models must keep more than half of what models of real rows keep beyond independent columns"},
    {GATE_MEASURE, "privacy.copies", true, 0.02, GATE_ON_INTERVAL,
     "at most 2 % of the rows may be copies of training rows beyond what the holdout shows"},
    {GATE_MEASURE, "privacy.membership", true, 0.02, GATE_ON_LO,
     "no more than 2 % of the training records may be proven to stand out from strangers"},
    {GATE_MEASURE, "privacy.membership", true, 0.1, GATE_ON_INTERVAL,
     "the audit must be able to rule out that 10 % of the training records stand out; where it cannot, the data are too few"},
    {GATE_MEASURE, "privacy.reconstruction", true, 0.1, GATE_ON_INTERVAL,
     "an attacker may guess a secret at most ten percentage points better than without the training data"},
    {GATE_MEASURE, "privacy.singling_out.multivariate", true, 0.02, GATE_ON_LO,
     "singling out: no more than 2 % of an attacker's descriptions may be proven to meet one person because that person was in "
     "the training table"},
    {GATE_MEASURE, "privacy.linkability", true, 0.02, GATE_ON_LO,
     "linkability: no more than 2 % of the links between two files may be proven to come from the training table"},
    {GATE_MEASURE, "privacy.inference", true, 0.1, GATE_ON_LO,
     "inference: no more than 10 % of the secrets that strangers keep may be proven to be given away for training records"},
};
const size_t preset_gate_count = sizeof preset_gates / sizeof preset_gates[0];

const struct preset presets[] = {
    {"balanced", "all five dimensions count the same", {1, 1, 1, 1, 1}, {{NULL, 0, 0}}},
    {"privacy-first",
     "for release outside the house: privacy counts as much as all other dimensions together, and leaks are bounded tighter",
     {1, 1, 1, 1, 4},
     {{"privacy.membership", GATE_ON_LO, 0.01},
      {"privacy.membership", GATE_ON_INTERVAL, 0.07},
      {"privacy.copies", GATE_ON_INTERVAL, 0.01},
      {"privacy.reconstruction", GATE_ON_INTERVAL, 0.05},
      {"privacy.singling_out.multivariate", GATE_ON_LO, 0.01},
      {"privacy.linkability", GATE_ON_LO, 0.01},
      {"privacy.inference", GATE_ON_LO, 0.05},
      {NULL, 0, 0}}},
    {"utility-first",
     "for model development inside the house: utility counts as much as the other dimensions together, and most of it must be "
     "kept",
     {1, 4, 1, 1, 1},
     {{"utility.tstr", GATE_ON_SCORE, 0.75}, {NULL, 0, 0}}},
    {"fairness-first",
     "for decisions about people: fairness counts as much as the other dimensions together, and gaps are bounded tighter",
     {1, 1, 4, 1, 1},
     {{"fairness.amplification", GATE_ON_LO, 0.05}, {"fairness.amplification", GATE_ON_INTERVAL, 0.2}, {NULL, 0, 0}}},
    {"research",
     "for methods research on data that stay inside: weights even, leaks bounded wider",
     {1, 1, 1, 1, 1},
     {{"privacy.membership", GATE_ON_LO, 0.05},
      {"privacy.membership", GATE_ON_INTERVAL, 0.2},
      {"privacy.copies", GATE_ON_INTERVAL, 0.04},
      {"privacy.singling_out.multivariate", GATE_ON_LO, 0.05},
      {"privacy.linkability", GATE_ON_LO, 0.05},
      {NULL, 0, 0}}},
};
const size_t preset_count = sizeof presets / sizeof presets[0];

const char *const policy_presets[] = {"balanced", "privacy-first", "utility-first", "fairness-first", "research", NULL};
