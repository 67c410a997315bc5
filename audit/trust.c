#include "audit/trust.h"

#include <math.h>
#include <stdlib.h>

static double align(const struct trust_measure *measure, double value)
{
    double x = value;

    if (!isfinite(x))
        return NAN;
    if (measure->resolution > 0)
        x = round(x / measure->resolution) * measure->resolution;
    switch (measure->polarity) {
    case TRUST_HIGHER:
        break;
    case TRUST_LOWER:
        x = -x;
        break;
    case TRUST_TARGET:
        x = -fabs(x - measure->target);
        break;
    }
    return x + 0.0; /* -0 becomes 0 */
}

static int check_weights(const struct trust_pool *pool, struct error *error)
{
    double sum = 0;

    for (size_t d = 0; d < pool->dimensions; d++) {
        if (!(pool->omega[d] >= 0) || !isfinite(pool->omega[d]))
            return error_set(error, ERROR_INPUT, "dimension weight %g is not a number of 0 or more", pool->omega[d]);
        sum += pool->omega[d];
    }
    if (!(sum > 0))
        return error_set(error, ERROR_INPUT, "all dimension weights are zero");
    for (size_t j = 0; j < pool->n_measures; j++)
        if (!(pool->measures[j].weight >= 0) || !isfinite(pool->measures[j].weight))
            return error_set(error, ERROR_INPUT, "weight %g of measure '%s' is not a number of 0 or more",
                             pool->measures[j].weight, pool->measures[j].id);
    return 0;
}

/* Missing counts as worse than any value when others are ranked, and gets 1/N itself: a failed measure never helps. */
static void normalise_measure(const struct trust_pool *pool, const struct trust_index *index, size_t j, const double *reference)
{
    const size_t n = pool->observations;
    const double *a = index->aligned + j * n;

    for (size_t c = 0; c < n; c++) {
        double k = 0;

        if (reference) {
            for (size_t r = 0; r < pool->n_reference; r++)
                k += align(&pool->measures[j], reference[r]) <= a[c];
            k = fmax(k, 0.5);
        } else {
            for (size_t other = 0; other < n; other++)
                k += isnan(a[other]) ? !isnan(a[c]) : a[other] <= a[c];
            k = fmax(k, 1);
        }
        index->rank_count[j * n + c] = k;
        index->u[j * n + c] = k / (double)index->size;
    }
}

static void align_all(const struct trust_pool *pool, const struct trust_index *index)
{
    const size_t n = pool->observations;

    for (size_t j = 0; j < pool->n_measures; j++) {
        bool any = false;

        for (size_t c = 0; c < n; c++) {
            index->aligned[j * n + c] = align(&pool->measures[j], pool->measures[j].value[c]);
            any = any || !isnan(index->aligned[j * n + c]);
        }
        index->dropped[j] = !any || pool->measures[j].weight <= 0 || pool->omega[pool->measures[j].dimension] <= 0;
    }
}

static bool all_identical(const struct trust_pool *pool, const struct trust_index *index)
{
    const size_t n = pool->observations;

    for (size_t j = 0; j < pool->n_measures; j++)
        for (size_t c = 1; c < n && !index->dropped[j]; c++) {
            const double first = index->aligned[j * n], here = index->aligned[j * n + c];

            if (isnan(first) != isnan(here) || (!isnan(first) && (first < here || first > here)))
                return false;
        }
    return true;
}

static void combine(const struct trust_pool *pool, struct trust_index *index)
{
    const size_t n = pool->observations, d = pool->dimensions;
    double omega_sum = 0;

    for (size_t t = 0; t < d; t++) {
        double sum = 0;

        for (size_t j = 0; j < pool->n_measures; j++)
            if (pool->measures[j].dimension == t && !index->dropped[j])
                sum += pool->measures[j].weight;
        for (size_t j = 0; j < pool->n_measures; j++)
            if (pool->measures[j].dimension == t && !index->dropped[j])
                index->beta[j] = pool->measures[j].weight / sum;
        for (size_t c = 0; c < n; c++) {
            double log_pi = 0;

            for (size_t j = 0; j < pool->n_measures; j++)
                if (pool->measures[j].dimension == t && !index->dropped[j])
                    log_pi += index->beta[j] * log(index->u[j * n + c]);
            index->pi[t * n + c] = sum > 0 ? exp(log_pi) : NAN;
        }
        index->omega[t] = sum > 0 ? pool->omega[t] : 0;
        omega_sum += index->omega[t];
    }
    for (size_t t = 0; t < d; t++)
        index->omega[t] /= omega_sum;
    for (size_t c = 0; c < n; c++) {
        double log_tau = 0;

        for (size_t t = 0; t < d; t++)
            if (index->omega[t] > 0)
                log_tau += index->omega[t] * log(index->pi[t * n + c]);
        index->tau[c] = exp(log_tau);
    }
}

/* Sample standard deviation over a candidate's replicates; one replicate has none, which counts as 0. */
static void fold_replicates(const struct trust_pool *pool, struct trust_index *index, size_t *count)
{
    for (size_t c = 0; c < pool->observations; c++) {
        const size_t who = pool->candidate ? pool->candidate[c] : c;

        index->mean[who] += index->tau[c];
        count[who]++;
    }
    for (size_t i = 0; i < pool->candidates; i++)
        index->mean[i] = count[i] ? index->mean[i] / (double)count[i] : NAN;
    for (size_t c = 0; c < pool->observations; c++) {
        const size_t who = pool->candidate ? pool->candidate[c] : c;

        index->sd[who] += (index->tau[c] - index->mean[who]) * (index->tau[c] - index->mean[who]);
    }
    for (size_t i = 0; i < pool->candidates; i++) {
        index->sd[i] = count[i] > 1 ? sqrt(index->sd[i] / (double)(count[i] - 1)) : 0;
        index->key[i] = index->mean[i] - pool->alpha * index->sd[i];
    }
}

int trust_pool_index(const struct trust_pool *pool, struct arena *arena, struct trust_index *index, struct error *error)
{
    const size_t n = pool->observations, cells = pool->n_measures * n;
    size_t *count = ARENA_ARRAY(arena, size_t, pool->candidates + 1);
    int status = check_weights(pool, error);

    if (status)
        return status;
    *index = (struct trust_index){.aligned = ARENA_ARRAY(arena, double, cells + 1),
                                  .rank_count = ARENA_ARRAY(arena, double, cells + 1),
                                  .u = ARENA_ARRAY(arena, double, cells + 1),
                                  .dropped = ARENA_ARRAY(arena, bool, pool->n_measures + 1),
                                  .beta = ARENA_ARRAY(arena, double, pool->n_measures + 1),
                                  .pi = ARENA_ARRAY(arena, double, pool->dimensions *n + 1),
                                  .omega = ARENA_ARRAY(arena, double, pool->dimensions),
                                  .tau = ARENA_ARRAY(arena, double, n + 1),
                                  .mean = ARENA_ARRAY(arena, double, pool->candidates + 1),
                                  .sd = ARENA_ARRAY(arena, double, pool->candidates + 1),
                                  .key = ARENA_ARRAY(arena, double, pool->candidates + 1),
                                  .rank = ARENA_ARRAY(arena, size_t, pool->candidates + 1),
                                  .size = pool->reference ? pool->n_reference : n};
    if (!count || !index->aligned || !index->rank_count || !index->u || !index->dropped || !index->beta || !index->pi ||
        !index->omega || !index->tau || !index->mean || !index->sd || !index->key || !index->rank)
        return error_memory(error);
    align_all(pool, index);
    if (!pool->reference && n < 2)
        return error_set(error, ERROR_UNMEASURABLE,
                         "a pool index ranks candidates against each other: it needs two or more, there is %zu", n);
    if (!pool->reference && all_identical(pool, index))
        return error_set(error, ERROR_UNMEASURABLE, "all candidates have the same values on every measure of the index");
    for (size_t j = 0; j < pool->n_measures; j++)
        if (!index->dropped[j])
            normalise_measure(pool, index, j, pool->reference ? pool->reference + j * pool->n_reference : NULL);
        else
            for (size_t c = 0; c < n; c++)
                index->u[j * n + c] = NAN;
    combine(pool, index);
    fold_replicates(pool, index, count);
    trust_rank(index->key, pool->eligible, pool->candidates, index->rank);
    return 0;
}

double trust_geometric_mean(const double *scores, const double *weights, size_t n)
{
    double sum = 0, log_mean = 0;

    for (size_t i = 0; i < n; i++) {
        if (isnan(scores[i]) || !(weights[i] > 0))
            continue;
        sum += weights[i];
        log_mean += weights[i] * log(fmax(scores[i], 0));
    }
    return sum > 0 ? exp(log_mean / sum) : NAN;
}

void trust_emphasis(const bool *emphasised, size_t dimensions, double lambda, double *omega)
{
    size_t chosen = 0;

    for (size_t t = 0; t < dimensions; t++)
        chosen += emphasised[t];
    for (size_t t = 0; t < dimensions; t++)
        omega[t] = (chosen ? 1 - lambda : 1) / (double)dimensions + (emphasised[t] ? lambda / (double)chosen : 0);
}

void trust_rank(const double *key, const bool *eligible, size_t n, size_t *rank)
{
    for (size_t i = 0; i < n; i++) {
        rank[i] = 1;
        for (size_t other = 0; other < n; other++) {
            const bool mine = !eligible || eligible[i], theirs = !eligible || eligible[other];
            const bool better = isnan(key[i]) ? !isnan(key[other]) : key[other] - key[i] >= 1e-12;

            rank[i] += mine == theirs ? better : theirs;
        }
    }
}

/* Adds one grid point: all observations within 1e-12 of the best share it. */
static void award(const double *log_pi, const double *weight, size_t dimensions, size_t n, double *tau, double *wins)
{
    double best = -INFINITY;
    size_t winners = 0;

    for (size_t c = 0; c < n; c++) {
        double sum = 0;

        for (size_t t = 0; t < dimensions; t++)
            if (weight[t] > 0)
                sum += weight[t] * log_pi[t * n + c];
        tau[c] = exp(sum);
        best = fmax(best, tau[c]);
    }
    for (size_t c = 0; c < n; c++)
        winners += best - tau[c] < 1e-12;
    for (size_t c = 0; c < n; c++)
        if (best - tau[c] < 1e-12)
            wins[c] += 1.0 / (double)winners;
}

/* Steps through all compositions of `steps` into `parts` parts; false after the last. */
static bool next_composition(size_t *part, size_t parts)
{
    size_t i = 0, first;

    while (i < parts && part[i] == 0)
        i++;
    if (i + 1 >= parts)
        return false;
    first = part[i];
    part[i] = 0;
    part[0] = first - 1;
    part[i + 1]++;
    return true;
}

int trust_weight_sweep(const double *pi, size_t dimensions, size_t observations, size_t steps, double *wins, size_t *points,
                       struct error *error)
{
    struct arena *arena = arena_new();
    double *log_pi, *weight, *tau;
    size_t *part, used = 0;

    if (!arena)
        return error_memory(error);
    log_pi = ARENA_ARRAY(arena, double, dimensions *observations + 1);
    weight = ARENA_ARRAY(arena, double, dimensions + 1);
    tau = ARENA_ARRAY(arena, double, observations + 1);
    part = ARENA_ARRAY(arena, size_t, dimensions + 1);
    *points = 0;
    if (!log_pi || !weight || !tau || !part) {
        arena_free(arena);
        return error_memory(error);
    }
    for (size_t t = 0; t < dimensions; t++) {
        bool complete = true;

        for (size_t c = 0; c < observations; c++)
            complete = complete && !isnan(pi[t * observations + c]);
        for (size_t c = 0; complete && c < observations; c++)
            log_pi[used * observations + c] = log(pi[t * observations + c]);
        used += complete;
    }
    for (size_t c = 0; c < observations; c++)
        wins[c] = 0;
    if (used > 0) {
        part[0] = steps;
        do {
            for (size_t t = 0; t < used; t++)
                weight[t] = (double)part[t] / (double)steps;
            award(log_pi, weight, used, observations, tau, wins);
            (*points)++;
        } while (next_composition(part, used));
    }
    arena_free(arena);
    return 0;
}

void trust_pareto(const double *pi, size_t dimensions, size_t observations, bool *on_front)
{
    for (size_t c = 0; c < observations; c++) {
        on_front[c] = true;
        for (size_t other = 0; other < observations; other++) {
            bool as_good = true, better = false;

            for (size_t t = 0; t < dimensions; t++) {
                const double mine = pi[t * observations + c], theirs = pi[t * observations + other];

                if (isnan(mine) || isnan(theirs))
                    continue;
                as_good = as_good && theirs >= mine;
                better = better || theirs > mine;
            }
            if (as_good && better)
                on_front[c] = false;
        }
    }
}
