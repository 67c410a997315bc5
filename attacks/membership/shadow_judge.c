#include "attacks/membership/shadow_judge.h"

#include <math.h>
#include <stdlib.h>

#include "numeric/interval.h"

struct tally {
    double wins, pairs;
};

/* Comparisons of one target within one fold, without the shadows of pair `skip`. */
static struct tally compare(const struct shadow_plan *plan, const double *score, size_t target, size_t fold, size_t skip)
{
    struct tally tally = {0};

    for (size_t s = 2 * fold; s < plan->n_shadows; s += (s % 2 == 0) ? 1 : 2 * SHADOW_FOLDS - 1) {
        if (s / 2 == skip || !plan->in[s * plan->n_targets + target])
            continue;
        for (size_t r = 2 * fold; r < plan->n_shadows; r += (r % 2 == 0) ? 1 : 2 * SHADOW_FOLDS - 1) {
            if (r / 2 == skip || plan->in[r * plan->n_targets + target])
                continue;
            tally.wins += score[s] > score[r] ? 1 : score[s] == score[r] ? .5 : 0;
            tally.pairs++;
        }
    }
    return tally;
}

/* The AUC of the folds first, first + step, …, with fold `changed` replaced by `instead` (SIZE_MAX: none). */
static double auc_of(const struct tally *tally, size_t first, size_t step, size_t changed, struct tally instead)
{
    struct tally sum = {0};

    for (size_t f = first; f < SHADOW_FOLDS; f += step) {
        sum.wins += f == changed ? instead.wins : tally[f].wins;
        sum.pairs += f == changed ? instead.pairs : tally[f].pairs;
    }
    return sum.pairs > 0 ? sum.wins / sum.pairs : .5;
}

/* One side's end: sign −1 or 1. */
static double end_of(const struct shadow_auc *result, size_t pairs, double alpha, int sign)
{
    const double logit = log(result->auc / (1 - result->auc)), se = result->se / (result->auc * (1 - result->auc));
    const double q = 1 - pow(alpha, 1 / (double)pairs);

    if (!(result->se > 0) || !isfinite(logit))
        return fmin(fmax(result->auc + sign * q, 0), 1);
    return 1 / (1 + exp(-(logit + sign * student_quantile(1 - alpha, (double)pairs - 1) * se)));
}

int shadow_judge(const struct shadow_plan *plan, const double *score, size_t from, size_t to, double level,
                 struct shadow_auc *result, struct error *error)
{
    const size_t pairs = plan->n_shadows / 2;
    const struct tally none = {0};
    double *without = calloc(pairs + 1, sizeof *without), mean = 0, squares = 0;
    const double part = 1 / (double)(to - from), alpha = (1 - level) / 2;

    *result = (struct shadow_auc){0};
    if (!without)
        return error_memory(error);
    for (size_t t = from; t < to; t++) {
        const double *own = score + t * plan->n_shadows;
        struct tally tally[SHADOW_FOLDS];

        for (size_t f = 0; f < SHADOW_FOLDS; f++)
            tally[f] = compare(plan, own, t, f, SIZE_MAX);
        result->auc += part * auc_of(tally, 0, 1, SIZE_MAX, none);
        for (size_t h = 0; h < 2; h++)
            result->half[h] += part * auc_of(tally, h, 2, SIZE_MAX, none);
        for (size_t p = 0; p < pairs; p++)
            without[p] += part * auc_of(tally, 0, 1, p % SHADOW_FOLDS, compare(plan, own, t, p % SHADOW_FOLDS, p));
    }
    for (size_t p = 0; p < pairs; p++)
        mean += without[p] / (double)pairs;
    for (size_t p = 0; p < pairs; p++)
        squares += (without[p] - mean) * (without[p] - mean);
    free(without);
    result->se = sqrt(squares * (double)(pairs - 1) / (double)pairs);
    if (result->se < 1e-12)
        result->se = 0;
    result->lo = end_of(result, pairs, alpha, -1);
    result->hi = end_of(result, pairs, alpha, 1);
    result->lower = end_of(result, pairs, alpha / SHADOW_ATTACKS, -1);
    return 0;
}

struct shadow_overall shadow_combine(const struct shadow_auc results[SHADOW_ATTACKS])
{
    struct shadow_overall overall = {0};
    size_t best[2] = {0};

    for (size_t a = 0; a < SHADOW_ATTACKS; a++) {
        for (size_t h = 0; h < 2; h++)
            if (results[a].half[h] > results[best[h]].half[h])
                best[h] = a;
        if (results[a].auc > results[overall.attack].auc)
            overall.attack = a;
        overall.lo = fmax(overall.lo, results[a].lower);
        overall.hi = fmax(overall.hi, results[a].hi);
    }
    overall.value = (results[best[0]].half[1] + results[best[1]].half[0]) / 2;
    overall.value = fmin(fmax(overall.value, overall.lo), overall.hi);
    return overall;
}
