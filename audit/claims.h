/* Claims: what a paper, a vendor or a data sheet says of a candidate, tested against what this audit measured.
 *
 *   [ {"metric": "utility.tstr", "candidate": "ours", "bound": 0.8, "source": "data sheet, page 2"},
 *     {"metric": "utility.tstr", "candidate": "ours", "comparator": "theirs", "relative": "48.16 %", "source": "Table 3"},
 *     {"metric": "fidelity.column_shapes", "candidate": "ours", "baseline": "independent", "bound": 0, "on": "interval", …} ]
 *
 * The better direction is the measure's own, never the file's: at least `bound` where more is better, at most `bound` where
 * less is, within `bound` of the target where there is one. Beside another candidate (`comparator`) or what this audit measured
 * of fresh real rows and the controls (`baseline`), `bound` is a gain in that direction, and `relative` a gain as a share of
 * what the other has: a/b − 1 where more is better, 1 − a/b where less is.
 *
 * Reading: a claim is about a number, so it is PASS where the number measured here keeps it and FAIL where it does not, with
 * the interval beside it and a note where the interval reaches over to the other answer. With "on": "interval" it is decided as
 * gates are: PASS and FAIL need the whole interval. NOT-TESTABLE: not measured, not reliable, or (on "interval") undecided.
 * Claims do not touch the verdict, which is the policy's. */
#ifndef ASSAY_AUDIT_CLAIMS_H
#define ASSAY_AUDIT_CLAIMS_H

#include "audit/policy.h"

/* Adds the claims of a list to the policy's. ERROR_INPUT names file, number and key. */
int claims_read(const cJSON *list, const char *file, struct arena *arena, struct policy *policy, struct error *error);
int claims_load(const char *path, struct arena *arena, struct policy *policy, struct error *error);

/* Whether all candidates that claims name are there: known before anything is measured. */
int claims_check(const struct policy *policy, const char *const *names, size_t n, struct error *error);

/* Writes (or replaces) audit.claims: those of the policy; where it has none, those that the audit holds are tested anew. */
int claims_judge(cJSON *audit, const struct policy *policy, struct error *error);

#endif
