/* From measures to a verdict. Works on the audit.json tree alone, so that a finished audit can be judged again by another
 * policy.
 *
 * Reads candidates[].measures; writes (or replaces) policy, candidates[].{verdict, headline, actions, blind_spots, trust,
 * dimensions, gates} and ranking. Anchored index: weighted geometric means of the measures' scores per dimension and over
 * dimensions; a dimension that nobody could measure is not assessed, its weight goes to the others and the coverage says how
 * much is left. */
#ifndef ASSAY_AUDIT_JUDGE_H
#define ASSAY_AUDIT_JUDGE_H

#include "audit/policy.h"

int judge_audit(cJSON *audit, const struct policy *policy, struct error *error);

/* Takes the gates out of the policy whose measures the user left out of the audit (--only, --skip). */
void judge_trim(const cJSON *audit, struct policy *policy);

/* What makes an audit fail beside a failed candidate. */
enum { FAIL_ON_UNDECIDED = 1, FAIL_ON_CLAIMS = 2 };

/* "undecided", "claims" (one is FAIL) into the bits above. */
int judge_fail_on(const char *const *words, size_t n, unsigned *fail_on, struct error *error);

/* Exit status of a judged audit: 1 a candidate failed, 3 one is undecided, 0 all pass. */
int judge_exit_status(const cJSON *audit, unsigned fail_on);

/* Parts of judge_audit, in their order of work on one candidate. */
int judge_dimensions(cJSON *candidate, const struct policy *policy, struct error *error);
int judge_gates(cJSON *candidate, const struct policy *policy, struct error *error);
int judge_words(const cJSON *audit, cJSON *candidate, const struct policy *policy, struct error *error);
int judge_ranking(cJSON *audit, const struct policy *policy, struct error *error);

/* Adds "worst" and "finding" to a dimension: where a gate is not passed (status "fail", "undecided"), of a measure that it is
 * on, so that the finding beside "fail" says why; else of the one whose score stands apart from fresh real rows the most. */
int judge_finding(const cJSON *candidate, cJSON *dimension, const char *status, struct error *error);

/* The measure of a candidate by id, or NULL. */
const cJSON *judge_measure(const cJSON *candidate, const char *id);
/* "utility.tstr" -> "TSTR …": title from the registry, else the id. */
const char *judge_title(const char *id);

#endif
