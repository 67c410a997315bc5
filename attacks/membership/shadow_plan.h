/* Whom the black-box attack is on, and which rows each shadow generator is trained on.
 *
 * Shadows come in pairs: a seeded random order of train is cut in two halves, one for each, so that every record, and with it
 * every target, is in exactly one of the two (Carlini et al. 2022, arXiv 2112.03570, section V). Of an odd number of rows one,
 * never a target, is in neither. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_SHADOW_PLAN_H
#define ASSAY_ATTACKS_MEMBERSHIP_SHADOW_PLAN_H

#include "metrics/measure.h"

enum { SHADOW_WORST = 10, SHADOW_NEIGHBOURS = 5 };

struct shadow_plan {
    size_t n_shadows;        /* even */
    size_t train_rows, half; /* rows of train, and of the table that a shadow is trained on */
    size_t rows;             /* that a shadow makes */
    uint64_t seed;
    size_t n_targets, n_worst; /* the worst cases come first, the farthest out at the head */
    const uint32_t *target;    /* [n_targets] rows of train */
    uint8_t *in;               /* [n_shadows][n_targets]: whether the shadow is trained on the target */
};

/* Targets: the 10 rows of train with the largest mean rank-Gower distance to their 5 nearest other rows (ties: the earlier
 * row), then random_targets others, seeded. rows_made: of the candidate; a shadow makes rows_made · half / train_rows, so that
 * it says as much about each record as the candidate does. All arrays in the arena. */
int shadow_plan_make(const struct measure_task *task, size_t n_shadows, size_t random_targets, size_t rows_made,
                     struct arena *arena, struct shadow_plan *plan, struct error *error);

/* The rows that a shadow is trained on, ascending: pick [half], scratch [train_rows]. */
void shadow_pick(const struct shadow_plan *plan, size_t shadow, uint32_t *pick, uint32_t *scratch);

#endif
