#include "attacks/membership/shadow_judge.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "numeric/interval.h"

#define WANTED_POWER 0.95

/* The share of comparisons won in folds f with marked[f] == mark. */
static double auc_of(const struct shadow_tally *tally, const bool marked[SHADOW_FOLDS], bool mark)
{
    double wins = 0, pairs = 0;

    for (size_t f = 0; f < SHADOW_FOLDS; f++)
        if (marked[f] == mark) {
            wins += tally[f].wins;
            pairs += tally[f].pairs;
        }
    return pairs > 0 ? wins / pairs : .5;
}

double shadow_end(double estimate, double se, size_t pairs, double alpha, int sign)
{
    const double logit = log(estimate / (1 - estimate)), q = 1 - pow(alpha, 1 / (double)pairs);

    if (!(se > 0) || !isfinite(logit))
        return estimate + q * (sign < 0 ? -estimate : 1 - estimate);
    se /= estimate * (1 - estimate);
    return 1 / (1 + exp(-(logit + sign * student_quantile(1 - alpha, (double)pairs - 1) * se)));
}

double shadow_error(size_t attack, const double *without, size_t pairs)
{
    double mean = 0, squares = 0, se;

    for (size_t p = 0; p < pairs; p++)
        mean += without[p] / (double)pairs;
    for (size_t p = 0; p < pairs; p++)
        squares += (without[p] - mean) * (without[p] - mean);
    se = sqrt(squares * (double)(pairs - 1) / (double)pairs);
    if (attack != SHADOW_DCR)
        se *= sqrt(1 + SHADOW_FOLDS / (SHADOW_FOLDS - 1.));
    return se < 1e-12 ? 0 : se;
}

/* The AUC whose lower end is above ½ with 95 % chance, were its standard error on the logit scale the one seen here. */
static double limit_of(const struct shadow_auc *result, size_t pairs, double alpha)
{
    const double spread = result->se / (result->auc * (1 - result->auc)), freedom = (double)pairs - 1;
    const double quantiles = student_quantile(1 - alpha, freedom) + student_quantile(WANTED_POWER, freedom);

    return result->se > 0 && isfinite(spread) ? 1 / (1 + exp(-quantiles * spread)) : NAN;
}

/* Adds one target's part to the AUCs, and to those without each pair. */
static void add_target(const struct shadow_plan *plan, const struct shadow_scores *scores, size_t attack, size_t target,
                       double part, struct shadow_auc *result, double *without)
{
    static const bool none[SHADOW_FOLDS] = {false};
    const double *own = scores->held_out[attack] + target * plan->n_shadows;
    const struct shadow_tally *inner = scores->inner[attack] + target * SHADOW_FOLDS * SHADOW_FOLDS;
    struct shadow_tally tally[SHADOW_FOLDS];

    for (size_t f = 0; f < SHADOW_FOLDS; f++)
        tally[f] = shadow_compare(plan, own, target, f, SIZE_MAX);
    result->auc += part * auc_of(tally, none, false);
    for (size_t f = 0; f < SHADOW_FOLDS; f++) {
        bool marked[SHADOW_FOLDS] = {false};

        marked[f] = true;
        result->fold[f] += part * auc_of(tally, marked, true);
        result->inner[f] += part * auc_of(inner + f * SHADOW_FOLDS, marked, false);
    }
    for (size_t p = 0; p < plan->n_shadows / 2; p++) {
        const size_t fold = shadow_fold(2 * p);
        const struct shadow_tally whole = tally[fold];

        tally[fold] = shadow_compare(plan, own, target, fold, p);
        without[p] += part * auc_of(tally, none, false);
        tally[fold] = whole;
    }
}

int shadow_judge(const struct shadow_plan *plan, const struct shadow_scores *scores, size_t attack, size_t from, size_t to,
                 double level, struct shadow_auc *result, struct error *error)
{
    const size_t pairs = plan->n_shadows / 2;
    const double alpha = (1 - level) / 2;
    double *without = calloc(pairs + 1, sizeof *without);

    if (!without)
        return error_memory(error);
    *result = (struct shadow_auc){0};
    for (size_t t = from; t < to; t++)
        add_target(plan, scores, attack, t, 1 / (double)(to - from), result, without);
    result->se = shadow_error(attack, without, pairs);
    free(without);
    result->lo = shadow_end(result->auc, result->se, pairs, alpha, -1);
    result->hi = shadow_end(result->auc, result->se, pairs, alpha, 1);
    result->lower = shadow_end(result->auc, result->se, pairs, alpha / SHADOW_ATTACKS, -1);
    result->limit = limit_of(result, pairs, alpha / SHADOW_ATTACKS);
    return 0;
}

struct shadow_overall shadow_combine(const struct shadow_auc results[SHADOW_ATTACKS])
{
    struct shadow_overall overall = {.limit = NAN};

    for (size_t f = 0; f < SHADOW_FOLDS; f++) {
        size_t best = 0;

        for (size_t a = 1; a < SHADOW_ATTACKS; a++)
            if (results[a].inner[f] > results[best].inner[f])
                best = a;
        overall.value += results[best].fold[f] / SHADOW_FOLDS;
    }
    for (size_t a = 0; a < SHADOW_ATTACKS; a++) {
        if (results[a].auc > results[overall.attack].auc)
            overall.attack = a;
        overall.lo = fmax(overall.lo, results[a].lower);
        overall.hi = fmax(overall.hi, results[a].hi);
        overall.limit = fmax(overall.limit, results[a].limit);
    }
    overall.value = fmin(fmax(overall.value, overall.lo), overall.hi);
    return overall;
}
