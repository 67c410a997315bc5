/* The ε that attacks' scores prove, with attack and threshold chosen on other records than those that are counted.
 *
 * Each half of the targets chooses the rule (an attack and a threshold, "score ≥ threshold") whose bound would be largest
 * there, by Wilson limits, which are near the exact ones and cost nothing; the rule is counted on the other half, and
 * epsilon_lower taken with half of the error. The larger of the two bounds holds with the whole error. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_EPSILON_BOUND_H
#define ASSAY_ATTACKS_MEMBERSHIP_EPSILON_BOUND_H

#include <stdint.h>

#include "core/pool.h"
#include "numeric/privacy_bounds.h"

/* Targets: members first, then non-members; half: 0 or 1. */
struct epsilon_trial {
    size_t n_targets, n_members, n_attacks;
    const uint8_t *half;
    const double *const *score; /* [n_attacks][n_targets], never NaN; higher: member */
    double alpha, delta;
};

struct epsilon_rule {
    size_t attack;
    double threshold;
    struct rule_counts counts; /* on the half that did not choose it */
    double epsilon;            /* at error alpha/2 */
};

struct epsilon_result {
    struct epsilon_rule rule[2]; /* rule[h]: chosen on half h */
    size_t best;                 /* the one with the larger bound, 0 if equal */
};

/* Time O(attacks · n log n). Equal rules: the attack first in the list, then the highest threshold. */
int epsilon_audit(const struct epsilon_trial *trial, struct pool *pool, struct epsilon_result *result, struct error *error);

#endif
