#include "attacks/membership/shadow_points.h"

#include <math.h>
#include <stdlib.h>

#include "attacks/membership/shadow_judge.h"
#include "numeric/sort.h"

struct pooling {
    const struct shadow_plan *plan;
    const double *score; /* [n_targets][n_shadows] */
    size_t from, to;
    double *out, *without; /* scratch: scores without their target; the TPR without each pair */
};

/* The score that at most fpr of the scores without their target in the other folds exceed; pair `skip` left out. */
static double threshold_at(const struct pooling *pooling, size_t fold, double fpr, size_t skip)
{
    const struct shadow_plan *plan = pooling->plan;
    size_t n = 0;

    for (size_t t = pooling->from; t < pooling->to; t++)
        for (size_t s = 0; s < plan->n_shadows; s++)
            if (shadow_fold(s) != fold && s / 2 != skip && !plan->in[s * plan->n_targets + t])
                pooling->out[n++] = pooling->score[t * plan->n_shadows + s];
    sort_doubles(pooling->out, n);
    return pooling->out[n - 1 - (size_t)floor(fpr * (double)n + 1e-9)];
}

/* Shares above the threshold: of the scores without their target, of those with it. */
static void take_rates(const struct pooling *pooling, double fpr, size_t skip, double rate[2])
{
    const struct shadow_plan *plan = pooling->plan;
    size_t above[2] = {0}, scores[2] = {0};
    double threshold[SHADOW_FOLDS];

    for (size_t f = 0; f < SHADOW_FOLDS; f++)
        threshold[f] = threshold_at(pooling, f, fpr, skip);
    for (size_t t = pooling->from; t < pooling->to; t++)
        for (size_t s = 0; s < plan->n_shadows; s++) {
            const uint8_t in = plan->in[s * plan->n_targets + t];

            if (s / 2 == skip)
                continue;
            scores[in]++;
            above[in] += pooling->score[t * plan->n_shadows + s] > threshold[shadow_fold(s)];
        }
    for (size_t in = 0; in < 2; in++)
        rate[in] = (double)above[in] / (double)scores[in];
}

static struct shadow_point point_at(const struct pooling *pooling, double fpr, size_t attack, double alpha)
{
    const size_t pairs = pooling->plan->n_shadows / 2;
    double rate[2], se;

    for (size_t p = 0; p < pairs; p++) {
        take_rates(pooling, fpr, p, rate);
        pooling->without[p] = rate[1];
    }
    take_rates(pooling, fpr, SIZE_MAX, rate);
    se = shadow_error(attack, pooling->without, pairs);
    return (struct shadow_point){.supported = true,
                                 .tpr = rate[1],
                                 .fpr = rate[0],
                                 .tpr_lo = shadow_end(rate[1], se, pairs, alpha, -1),
                                 .tpr_hi = shadow_end(rate[1], se, pairs, alpha, 1)};
}

int shadow_points(const struct shadow_plan *plan, const struct shadow_scores *scores, size_t attack, size_t from, size_t to,
                  double level, struct shadow_point points[MEMBERSHIP_POINTS], struct error *error)
{
    const size_t comparisons = plan->n_shadows / 2 * (to - from), supported = membership_points_supported(comparisons);
    struct pooling pooling = {.plan = plan,
                              .score = scores->held_out[attack],
                              .from = from,
                              .to = to,
                              .out = calloc(comparisons + 1, sizeof(double)),
                              .without = calloc(plan->n_shadows / 2 + 1, sizeof(double))};
    const int status = pooling.out && pooling.without ? 0 : error_memory(error);

    for (size_t p = 0; p < MEMBERSHIP_POINTS && !status; p++)
        points[p] = p >= MEMBERSHIP_POINTS - supported
                        ? point_at(&pooling, membership_fpr[p], attack, (1 - level) / 2)
                        : (struct shadow_point){.tpr = NAN, .fpr = NAN, .tpr_lo = NAN, .tpr_hi = NAN};
    free(pooling.out);
    free(pooling.without);
    return status;
}
