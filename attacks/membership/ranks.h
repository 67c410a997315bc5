/* Several attacks' scores put in order, so that labels can be dealt out anew many times: under the null hypothesis that members
 * and tested non-members are exchangeable, every dealing within the halves is as likely as the true one. Thresholds and counts
 * follow evaluate.h, whatever the labels. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_RANKS_H
#define ASSAY_ATTACKS_MEMBERSHIP_RANKS_H

#include "attacks/membership/evaluate.h"
#include "core/arena.h"
#include "core/pool.h"

/* One attack: each half's targets from the highest score down, with their scores; the midranks of all targets together. */
struct ranked_scores {
    uint32_t *target[2];
    double *score[2];
    double *midrank;
};

struct membership_ranks {
    const struct membership_trial *trial;
    size_t n_attacks;
    struct ranked_scores *attack;
    uint32_t *of_half[2]; /* targets of each half */
    size_t rows[2], nonmembers[2];
};

/* score[a]: [n_targets], never NaN. Arrays in the arena. O(attacks · n log n). */
int membership_ranks_make(const struct membership_trial *trial, double *const *score, size_t n_attacks, struct pool *pool,
                          struct arena *arena, struct membership_ranks *ranks, struct error *error);

/* Labels (1: member) of one dealing and scratch for making them. */
struct dealing {
    uint8_t *label;     /* [n_targets] */
    uint32_t *order[2]; /* any arrangement of of_half */
};
int dealing_new(const struct membership_ranks *ranks, struct dealing *dealing, struct error *error); /* free also on failure */
void dealing_free(struct dealing *dealing);
void deal_true(const struct membership_ranks *ranks, struct dealing *dealing);
/* Non-members chosen at random within each half; depends on the order left by the dealing before. O(n). */
void deal_anew(const struct membership_ranks *ranks, struct dealing *dealing, uint64_t seed, const char *stream,
               uint64_t number);

/* threshold[h]: of the rule on half h, set on the other half; counts of members and non-members above. */
struct rule_counts {
    double threshold[2];
    size_t tp[2], fp[2];
};
struct rule_counts rule_count(const struct membership_ranks *ranks, size_t attack, double fpr, const uint8_t *label);

/* The first supported point. */
size_t ranks_first_point(const struct membership_ranks *ranks);

#endif
