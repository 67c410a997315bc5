/* A claim of differential privacy (--claimed-epsilon), tested by privacy.epsilon.
 *
 * audit.json has "claim" {epsilon, delta}; each candidate {epsilon, delta, bound, result}, result one of "contradicted", "not
 * contradicted", "not tested", and a gate of its own before those of the policy. Never "confirmed": a bound from below cannot.
 */
#ifndef ASSAY_AUDIT_CLAIM_H
#define ASSAY_AUDIT_CLAIM_H

#include "core/error.h"
#include "core/json.h"

#define CLAIM_MEASURE "privacy.epsilon"

/* Writes (or replaces) candidate.claim, from the audit's claim and the candidate's measures; nothing where nothing is claimed.
 */
int claim_judge(const cJSON *audit, cJSON *candidate, struct error *error);

/* The gate of candidate.claim, if there is one, pushed to the list. */
int claim_add_gate(cJSON *gates, const cJSON *candidate, struct error *error);

#endif
