/* The black-box attacks: one model a target, taught on shadows with and without it, used on shadows that it has not seen.
 *
 * - query_counts: ridge regression of ±1 (in, out) on the logarithms of all query counts, in its dual form (Saunders,
 * Gammerman, Vovk 1998): the counts are many, the shadows few. Penalty: RIDGE times the mean squared length of the centred
 * features, the same for every target.
 * - lira_counts: likelihood ratio of the mean logarithm of the query counts.
 * - lira_dcr: likelihood ratio of the logarithm of the distance to the nearest row. Both ratios: Gaussian in and out, one
 * pooled variance (Carlini et al. 2022, arXiv 2112.03570, algorithm 1, which takes two; few shadows do not give two).
 * - dcr: −distance to the nearest row, nothing learnt: the no-box attack on the same targets, beside them.
 *
 * Cross-validation over pairs of shadows: SHADOW_FOLDS folds, as many shadows with a target as without it in each. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_SHADOW_SCORES_H
#define ASSAY_ATTACKS_MEMBERSHIP_SHADOW_SCORES_H

#include "attacks/membership/shadow_views.h"

enum shadow_attack { SHADOW_QUERY_COUNTS, SHADOW_LIRA_COUNTS, SHADOW_LIRA_DCR, SHADOW_DCR, SHADOW_ATTACKS };
enum { SHADOW_FOLDS = 4 };

struct shadow_attack_words {
    const char *name, *knows, *guess;
};
extern const struct shadow_attack_words shadow_attack_words[SHADOW_ATTACKS];

/* Fold of a shadow; both of a pair are in the same one. */
size_t shadow_fold(size_t shadow);

/* Comparisons of a shadow with the target to one without it, by scores of one model: how often the first is higher, ties ½. */
struct shadow_tally {
    double wins, pairs;
};
/* Of the shadows of a fold without those of one pair (SIZE_MAX: none). score: [n_shadows]. */
struct shadow_tally shadow_compare(const struct shadow_plan *plan, const double *score, size_t target, size_t fold,
                                   size_t skip);

struct shadow_scores {
    /* [n_targets][folds][folds]: fold g, taught on neither f nor g: what may choose an attack for fold f. */
    struct shadow_tally *inner[SHADOW_ATTACKS];
    double *held_out[SHADOW_ATTACKS];  /* [n_targets][n_shadows]: by the model that was not taught on the shadow's fold */
    double *candidate[SHADOW_ATTACKS]; /* [n_targets]: by the model taught on all shadows; never NaN */
};

/* candidate: a view of as many rows as a shadow makes. Targets are tasks of the pool. */
int shadow_scores_make(const struct shadow_set *set, const struct shadow_view *candidate, struct pool *pool,
                       struct arena *arena, struct shadow_scores *scores, struct error *error);

/* For tests. Gaussian likelihood ratio log p_in(x) − log p_out(x), the variance pooled, from the n teaching values. */
struct shadow_gaussian {
    double in, out, variance;
};
struct shadow_gaussian shadow_gaussian_fit(const double *value, const uint8_t *in, const uint8_t *taught, size_t n);
double shadow_gaussian_ratio(const struct shadow_gaussian *model, double x);

/* Dual ridge: gram is n x n (any constant vector may have been subtracted from all features); taught marks the rows to learn
 * from; score: [n], for all rows. */
int shadow_ridge(const double *gram, const uint8_t *in, const uint8_t *taught, size_t n, double *score, struct error *error);

#endif
