#include "numeric/dependence.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "numeric/correlation.h"
#include "numeric/sort.h"

static double variance_of_mean(const double *influence, size_t rows)
{
    double squares = 0, count = (double)rows;
    for (size_t i = 0; i < rows; i++)
        squares += influence[i] * influence[i];
    return squares / (count * count);
}

void dependence_correlation(const struct gap_pair *pair, double *influence, struct dependence *out)
{
    if (!influence) {
        double rho = pearson(pair->x, pair->y, pair->rows, NULL);
        *out = (struct dependence){fabs(rho), rho * rho, 0, 0};
        return;
    }
    struct correlation c = correlation_make(pair);
    *out = (struct dependence){fabs(c.rho), c.rho * c.rho, 0, 0};
    if (isnan(c.rho))
        return;
    double rows = (double)pair->rows, pairs = (double)c.pairs, scale = 2 * c.rho * rows / pairs, squares = 0;
    for (size_t i = 0; i < pair->rows; i++) {
        double value = correlation_influence(pair, &c, i);
        influence[i] = scale * value;
        squares += value * value;
    }
    double variance = squares / (pairs * pairs);
    out->square -= variance;
    out->noise = 2 * variance * variance;
    out->linear = scale * scale * squares / (rows * rows);
}

struct groups {
    double *sums;   /* of numbers less their mean; then means */
    size_t *counts; /* rows with a number */
    size_t used;    /* groups with a row */
    size_t present;
    double mean, between, total; /* sums of squares */
};

static void sum_groups(const double *numbers, const uint32_t *groups, size_t rows, size_t levels, struct groups *g)
{
    double first = NAN;
    bool varies = false;
    for (size_t i = 0; i < rows; i++) {
        if (isnan(numbers[i]))
            continue;
        if (g->present++ == 0)
            first = numbers[i];
        varies |= numbers[i] != first;
        g->mean += numbers[i];
    }
    g->mean /= (double)g->present;
    for (size_t i = 0; i < rows; i++) {
        if (isnan(numbers[i]))
            continue;
        double away = numbers[i] - g->mean;
        g->sums[groups[i]] += away;
        g->counts[groups[i]]++;
        g->total += away * away;
    }
    for (size_t k = 0; k < levels; k++) {
        if (g->counts[k] == 0)
            continue;
        g->used++;
        g->sums[k] /= (double)g->counts[k];
        g->between += (double)g->counts[k] * g->sums[k] * g->sums[k];
    }
    if (!varies)
        g->total = 0;
}

/* With y and the group's mean μ taken from the overall mean: (2 μ y − μ² − η² y²)/variance. */
static void ratio_influence(const double *numbers, const uint32_t *codes, size_t rows, const struct groups *g, double square,
                            double *influence, struct dependence *out)
{
    double present = (double)g->present, variance = g->total / present, free_rows = present - (double)g->used;
    double scale = (double)rows / present / variance;
    for (size_t i = 0; i < rows; i++) {
        double y = numbers[i] - g->mean, mean = g->sums[codes[i]];
        influence[i] = isnan(y) ? 0 : scale * (2 * mean * y - mean * mean - square * y * y);
    }
    double unit = free_rows > 0 ? (1 - square) / free_rows : 1, degrees = (double)(g->used - 1);
    out->square = square - unit * degrees;
    out->noise = 2 * degrees * unit * unit;
    out->linear = variance_of_mean(influence, rows);
}

int dependence_ratio(const double *numbers, const uint32_t *groups, size_t rows, size_t levels, double *influence,
                     struct dependence *out, struct error *error)
{
    struct groups g = {.sums = calloc(levels + 1, sizeof *g.sums), .counts = calloc(levels + 1, sizeof *g.counts)};
    int status = g.sums && g.counts ? 0 : error_memory(error);
    *out = (struct dependence){NAN, NAN, 0, 0};
    if (status == 0)
        sum_groups(numbers, groups, rows, levels, &g);
    if (status == 0 && g.total > 0) {
        double square = fmin(1, g.between / g.total);
        *out = (struct dependence){sqrt(square), square, 0, 0};
        if (influence)
            ratio_influence(numbers, groups, rows, &g, square, influence, out);
    }
    free(g.sums);
    free(g.counts);
    return status;
}

/* Cells of a joint table: for each row its cell, for each cell its codes and number of rows. */
struct joint {
    uint32_t *cell, *a, *b, *count;
    size_t cells;
    uint32_t *rows_a, *rows_b; /* margins */
};

static void joint_free(struct joint *joint)
{
    free(joint->cell);
    free(joint->a);
    free(joint->b);
    free(joint->count);
    free(joint->rows_a);
    free(joint->rows_b);
}

/* Numbers the joint codes that occur in ascending order. */
static int number_cells(const struct coded_pair *pair, size_t levels_b, struct joint *joint, struct error *error)
{
    double *code = calloc(pair->rows + 1, sizeof *code); /* joint codes are below 2^53 */
    uint32_t *order = calloc(pair->rows + 1, sizeof *order);
    int status = code && order ? 0 : error_memory(error);
    for (size_t i = 0; status == 0 && i < pair->rows; i++)
        code[i] = (double)pair->a[i] * (double)levels_b + (double)pair->b[i];
    if (status == 0)
        status = sort_order(code, pair->rows, order, error);
    for (size_t i = 0; status == 0 && i < pair->rows; i++) {
        joint->cells += i == 0 || code[order[i]] != code[order[i - 1]];
        joint->cell[order[i]] = (uint32_t)(joint->cells - 1);
    }
    free(code);
    free(order);
    return status;
}

static int joint_make(const struct coded_pair *pair, size_t levels_a, size_t levels_b, struct joint *joint, struct error *error)
{
    bool dense = levels_a <= (4096 + 2 * pair->rows) / (levels_b ? levels_b : 1);
    *joint = (struct joint){.cell = calloc(pair->rows + 1, sizeof *joint->cell)};
    int status = joint->cell ? 0 : error_memory(error);
    for (size_t i = 0; status == 0 && dense && i < pair->rows; i++)
        joint->cell[i] = (uint32_t)(pair->a[i] * levels_b + pair->b[i]);
    if (dense)
        joint->cells = levels_a * levels_b;
    else if (status == 0)
        status = number_cells(pair, levels_b, joint, error);
    if (status)
        return status;
    joint->a = calloc(joint->cells + 1, sizeof *joint->a);
    joint->b = calloc(joint->cells + 1, sizeof *joint->b);
    joint->count = calloc(joint->cells + 1, sizeof *joint->count);
    joint->rows_a = calloc(levels_a + 1, sizeof *joint->rows_a);
    joint->rows_b = calloc(levels_b + 1, sizeof *joint->rows_b);
    if (!joint->a || !joint->b || !joint->count || !joint->rows_a || !joint->rows_b)
        return error_memory(error);
    for (size_t i = 0; i < pair->rows; i++) {
        uint32_t c = joint->cell[i];
        joint->a[c] = pair->a[i];
        joint->b[c] = pair->b[i];
        joint->count[c]++;
        joint->rows_a[pair->a[i]]++;
        joint->rows_b[pair->b[i]]++;
    }
    return 0;
}

static size_t used_levels(const uint32_t *rows, size_t levels)
{
    size_t used = 0;
    for (size_t k = 0; k < levels; k++)
        used += rows[k] > 0;
    return used;
}

/* φ² + 1 = Σ n_ij²/(n_i n_j). */
static double mean_square_contingency(const struct joint *joint)
{
    double sum = 0;
    for (size_t c = 0; c < joint->cells; c++)
        if (joint->count[c])
            sum += (double)joint->count[c] / (double)joint->rows_a[joint->a[c]] * (double)joint->count[c] /
                   (double)joint->rows_b[joint->b[c]];
    return fmax(0, sum - 1);
}

/* With p the shares: 2 p_ij/(p_i p_j) − Σ_j p_ij²/(p_i² p_j) − Σ_i p_ij²/(p_i p_j²), over the square's divisor. */
static int cramer_influence(const struct coded_pair *pair, const struct joint *joint, size_t levels_a, size_t levels_b,
                            double divisor, double *influence, struct error *error)
{
    double n = (double)pair->rows, *by_a = calloc(levels_a + levels_b + joint->cells + 1, sizeof *by_a);
    if (!by_a)
        return error_memory(error);
    double *by_b = by_a + levels_a, *lift = by_b + levels_b;
    for (size_t c = 0; c < joint->cells; c++) {
        if (joint->count[c] == 0)
            continue;
        double rows_a = (double)joint->rows_a[joint->a[c]], rows_b = (double)joint->rows_b[joint->b[c]];
        lift[c] = n * (double)joint->count[c] / (rows_a * rows_b);
        by_a[joint->a[c]] += lift[c] * (double)joint->count[c] / rows_a;
        by_b[joint->b[c]] += lift[c] * (double)joint->count[c] / rows_b;
    }
    for (size_t i = 0; i < pair->rows; i++)
        influence[i] = (2 * lift[joint->cell[i]] - by_a[pair->a[i]] - by_b[pair->b[i]]) / divisor;
    free(by_a);
    return 0;
}

int dependence_cramer(const struct coded_pair *pair, size_t levels_a, size_t levels_b, double *influence,
                      struct dependence *out, struct error *error)
{
    struct joint joint;
    int status = joint_make(pair, levels_a, levels_b, &joint, error);
    *out = (struct dependence){NAN, NAN, 0, 0};
    if (status == 0) {
        double n1 = (double)pair->rows - 1, r = (double)used_levels(joint.rows_a, levels_a) - 1;
        double c = (double)used_levels(joint.rows_b, levels_b) - 1;
        double divisor = fmin(r - r * r / n1, c - c * c / n1);
        if (r > 0 && c > 0 && divisor > 1e-9) {
            double square = (mean_square_contingency(&joint) - r * c / n1) / divisor;
            *out = (struct dependence){fmin(1, sqrt(fmax(0, square))), square, 0, 0};
            if (influence) {
                status = cramer_influence(pair, &joint, levels_a, levels_b, divisor, influence, error);
                out->noise = 2 * r * c / (n1 * n1 * divisor * divisor);
                out->linear = status ? 0 : variance_of_mean(influence, pair->rows);
            }
        }
    }
    joint_free(&joint);
    return status;
}
