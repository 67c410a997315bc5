/* Do the attacks see anything at all? A permutation test of all of them at once.
 *
 * Null hypothesis: members and tested non-members are exchangeable to the candidate. Within each half of the targets the labels
 * "member" and "non-member" are dealt out anew, thresholds are set and counts taken as evaluate.h does with the true labels, so
 * that the test is exact, whatever the dependence between attacks. A statistic for each attack and operating point: the signed
 * root of the likelihood ratio of TPR against FPR; one more for each attack: its AUC, standardised by its permutations. The
 * largest statistic of all answers the question; the largest of one attack, against its own permutations (own) and against
 * the largest of all (corrected; Westfall and Young 1993, single-step maxT), says which attacks see something.
 *
 * p = (1 + permutations as large)/(1 + permutations). Where no permutation is as large that floor is replaced, if it is
 * smaller, by the Bonferroni bound over rules and halves of Fisher's exact test, which needs no permutations: the result is
 * still a p-value, since it is never below the permutation's but where that is at its floor.
 *
 * O(permutations · attacks · non-members); same bytes for any pool. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_PERMUTATION_H
#define ASSAY_ATTACKS_MEMBERSHIP_PERMUTATION_H

#include "attacks/membership/ranks.h"

enum { MEMBERSHIP_PERMUTATIONS = 1000 };

struct membership_p {
    double own, corrected; /* one-sided: members score higher */
    double worse;          /* corrected, one-sided: members have the lower AUC */
};

struct membership_significance {
    double p_value;              /* that no attack sees anything */
    double worse;                /* that no attack has an AUC below ½ */
    double root;                 /* for membership_trial: see there */
    double *maxima;              /* [MEMBERSHIP_PERMUTATIONS] largest signed root of all rules, ascending */
    struct membership_p *attack; /* [n_attacks] */
};

/* Arrays go to the arena. */
int membership_permute(const struct membership_ranks *ranks, uint64_t seed, struct pool *pool, struct arena *arena,
                       struct membership_significance *significance, struct error *error);

/* Dealings other than those of membership_permute, kept because the tables of ranks that take them are many: a bit
 * a target, in the arena. */
int membership_keep_dealings(const struct membership_ranks *ranks, uint64_t seed, struct pool *pool, struct arena *arena,
                             const uint8_t **kept, struct error *error);

/* Only `maxima`, to an array of MEMBERSHIP_PERMUTATIONS, with the dealings kept for ranks of the same trial: some twenty times
 * as fast. */
int membership_permute_rules(const struct membership_ranks *ranks, const uint8_t *kept, struct pool *pool, double *maxima,
                             struct error *error);

#endif
