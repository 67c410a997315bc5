/* Exact values of the targets and of P, coded and counted once for all candidates. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_VALUES_H
#define ASSAY_ATTACKS_MEMBERSHIP_VALUES_H

#include "attacks/membership/marginals.h"
#include "attacks/membership/targets.h"

struct membership_values {
    struct value_book book; /* of all values of targets and P */
    struct value_codes targets, reference;
    uint8_t **kept; /* [column][member] 1: the member's noisy copy has its value */
    struct marginal_sets sets;
    double *shares[MARGINAL_ORDERS]; /* of P, plain (marginals.h) */
};

/* Kept among the artifacts. */
int membership_values_get(const struct measure_task *task, const struct membership_targets *targets,
                          const struct membership_values **values, struct error *error);

/* The task's subject as codes of the book. */
int membership_values_encode(const struct measure_task *task, const struct membership_values *values, struct arena *arena,
                             struct value_codes *codes, struct error *error);

#endif
