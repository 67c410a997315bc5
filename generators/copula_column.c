#include "generators/copula_column.h"

#include <math.h>
#include <stdlib.h>

#include "generators/support.h"
#include "numeric/interval.h"
#include "numeric/sort.h"

/* Scores end at ±6: a point may fall on 0 itself. */
static const double LEAST_POINT = 1e-9;

static double copula_score(struct random *random, double lo, double width)
{
    double u = lo + width * random_uniform(random);
    return normal_quantile(fmin(fmax(u, LEAST_POINT), 1 - LEAST_POINT));
}

static int fit_quantity(struct copula_column *column, const struct table *train, size_t index, struct random *random,
                        double *score, struct error *error)
{
    const double *number = train->columns[index].number;
    uint32_t *order = ARENA_ARRAY(column->arena, uint32_t, train->rows);
    column->sorted = ARENA_ARRAY(column->arena, double, train->rows);
    int code = order && column->sorted ? sort_order(number, train->rows, order, error) : error_memory(error);
    if (code)
        return code;
    size_t k = 0, distinct = 0;
    for (; k < train->rows && !isnan(number[order[k]]); k++)
        column->sorted[k] = number[order[k]];
    double p = column->missing, step = (1 - p) / (double)k;
    for (size_t a = 0, b = 0; a < k; a = b) {
        while (b < k && column->sorted[b] == column->sorted[a])
            b++;
        for (size_t i = a; i < b; i++)
            score[order[i]] = copula_score(random, p + step * (double)a, step * (double)(b - a));
        distinct++;
    }
    for (size_t i = k; i < train->rows; i++)
        score[order[i]] = copula_score(random, 0, p);
    column->n_sorted = k;
    column->steps = distinct <= COPULA_STEPS;
    column->scale = generator_scale(train, index);
    return 0;
}

struct level_count {
    uint32_t level, count;
};

static int level_compare(const void *a, const void *b)
{
    const struct level_count *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return (x->level > y->level) - (x->level < y->level);
}

static int fit_levels(struct copula_column *column, const struct table *train, size_t index, struct random *random,
                      double *score, struct error *error)
{
    uint32_t n_levels = train->schema->columns[index].n_levels;
    uint32_t *counts = ARENA_ARRAY(column->arena, uint32_t, n_levels + 1);
    struct level_count *order = ARENA_ARRAY(column->arena, struct level_count, n_levels + 1);
    double *lower = ARENA_ARRAY(column->arena, double, n_levels + 1);
    column->level = ARENA_ARRAY(column->arena, uint32_t, n_levels + 1);
    column->upper = ARENA_ARRAY(column->arena, double, n_levels + 1);
    if (!counts || !order || !lower || !column->level || !column->upper)
        return error_memory(error);
    generator_count_levels(train, index, counts);
    size_t present = 0, below = 0;
    for (uint32_t level = 0; level < n_levels; level++)
        if (counts[level] > 0)
            order[present++] = (struct level_count){level, counts[level]};
    qsort(order, present, sizeof order[0], level_compare);
    double row = 1 / (double)train->rows;
    for (size_t i = 0; i < present; i++) {
        lower[order[i].level] = column->missing + row * (double)below;
        below += order[i].count;
        column->level[i] = order[i].level;
        column->upper[i] = column->missing + row * (double)below;
    }
    column->n_levels = present;
    const uint32_t *code = train->columns[index].code;
    for (size_t i = 0; i < train->rows; i++)
        score[i] = code[i] == CODE_MISSING ? copula_score(random, 0, column->missing)
                                           : copula_score(random, lower[code[i]], row * counts[code[i]]);
    return 0;
}

int copula_column_fit(struct copula_column *column, const struct table *train, size_t index, struct random *random,
                      double *score, struct error *error)
{
    *column = (struct copula_column){.kind = column_kind(&train->schema->columns[index])};
    if (column->kind == KIND_OTHER)
        return 0;
    column->arena = arena_new();
    if (!column->arena)
        return error_memory(error);
    size_t missing = 0;
    for (size_t i = 0; i < train->rows; i++)
        missing += table_missing(train, index, i);
    column->missing = (double)missing / (double)train->rows;
    if (column->kind == KIND_QUANTITY)
        return fit_quantity(column, train, index, random, score, error);
    return fit_levels(column, train, index, random, score, error);
}

static double invert_quantity(const struct copula_column *column, double u)
{
    if (u < column->missing || column->n_sorted == 0)
        return NAN;
    double k = (double)column->n_sorted, w = fmin((u - column->missing) / (1 - column->missing), 1);
    if (column->steps)
        return column->sorted[(size_t)fmin(floor(w * k), k - 1)];
    size_t at = (size_t)fmin(floor(w * (k - 1)), k - 2); /* more than COPULA_STEPS values: k ≥ 2 */
    double part = w * (k - 1) - (double)at;
    return generator_round(column->sorted[at] * (1 - part) + column->sorted[at + 1] * part, column->scale);
}

static uint32_t invert_levels(const struct copula_column *column, double u)
{
    if (u < column->missing || column->n_levels == 0)
        return CODE_MISSING;
    size_t lo = 0, hi = column->n_levels - 1;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (u < column->upper[middle])
            hi = middle;
        else
            lo = middle + 1;
    }
    return column->level[lo];
}

void copula_column_invert(const struct copula_column *column, double u, struct table *out, size_t index, size_t row)
{
    if (column->kind == KIND_QUANTITY)
        table_numbers(out, index)[row] = invert_quantity(column, u);
    else
        table_codes(out, index)[row] = invert_levels(column, u);
}

void copula_column_free(struct copula_column *column)
{
    arena_free(column->arena);
}
