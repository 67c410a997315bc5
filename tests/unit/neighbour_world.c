#include "tests/unit/neighbour_world.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"

void owned_new(struct owned *table, struct arena *arena, size_t rows, size_t n_columns, const bool *categorical)
{
    table->columns = (struct neighbour_columns){.rows = rows, .n_columns = n_columns, .column = table->column};
    for (size_t j = 0; j < n_columns; j++)
        table->column[j] = categorical[j] ? (struct neighbour_column){NULL, ARENA_ARRAY(arena, uint32_t, rows + 1)}
                                          : (struct neighbour_column){ARENA_ARRAY(arena, double, rows + 1), NULL};
}

double *owned_numbers(struct owned *table, size_t j)
{
    return (double *)(uintptr_t)table->column[j].value;
}

uint32_t *owned_codes(struct owned *table, size_t j)
{
    return (uint32_t *)(uintptr_t)table->column[j].code;
}

void owned_random(struct owned *table, struct arena *arena, size_t rows, size_t n_columns, uint64_t seed, double wide)
{
    bool categorical[OWNED_COLUMNS];
    struct random random;

    for (size_t j = 0; j < n_columns; j++)
        categorical[j] = j % 3 == 1;
    owned_new(table, arena, rows, n_columns, categorical);
    for (size_t i = 0; i < rows; i++) {
        random_init(&random, seed, "test", i % 5 == 4 ? (i * 7) % 11 : 1000 + i, 0);
        for (size_t j = 0; j < n_columns; j++) {
            bool missing = random_uniform(&random) < .1;
            double u = random_uniform(&random);

            if (categorical[j])
                owned_codes(table, j)[i] = missing ? NEIGHBOUR_MISSING
                                                   : (uint32_t)(u * wide *
                                                                (j == 1   ? 2
                                                                 : j == 4 ? 200000
                                                                          : 9));
            else if (j == 3)
                owned_numbers(table, j)[i] = wide > 1 && u > .5 ? 8 : 7;
            else if (j == 6)
                owned_numbers(table, j)[i] = wide > 1 && u > .5 ? u : NAN;
            else
                owned_numbers(table, j)[i] = missing ? NAN
                                             : j % 2 ? floor(u * wide * 10)
                                                     : wide * exp(3 * random_normal(&random));
        }
    }
}

void owned_copy_some(struct owned *other, const struct owned *train)
{
    for (size_t i = 0; i < other->columns.rows / 8 && train->columns.rows > 0; i++)
        for (size_t j = 0; j < train->columns.n_columns; j++)
            if (train->column[j].value)
                owned_numbers(other, j)[i * 3] = train->column[j].value[(i * 5) % train->columns.rows];
            else
                owned_codes(other, j)[i * 3] = train->column[j].code[(i * 5) % train->columns.rows];
}

/* Least, greatest, number, mean and sum of squared deviations of train's present numbers, the latter two as in the engine, so
 * that distances can be compared bit for bit: updated in ascending order. */
struct summary {
    double low, high, mean, squares;
    size_t present;
};

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static struct summary summarise(const struct neighbour_columns *train, size_t j)
{
    struct summary out = {INFINITY, -INFINITY, 0, 0, 0};
    double *v = calloc(train->rows + 1, sizeof *v);

    for (size_t i = 0; i < train->rows; i++)
        if (!isnan(train->column[j].value[i]))
            v[out.present++] = train->column[j].value[i];
    qsort(v, out.present, sizeof *v, ascending);
    for (size_t i = 0; i < out.present; i++) {
        out.low = fmin(out.low, v[i]);
        out.high = fmax(out.high, v[i]);
        out.mean += (v[i] - out.mean) / (double)(i + 1);
    }
    for (size_t i = 0; i < out.present; i++)
        out.squares += (v[i] - out.mean) * (v[i] - out.mean);
    free(v);
    return out;
}

static double rank_in(const struct neighbour_columns *train, size_t j, double v)
{
    double twice = 0;

    for (size_t t = 0; t < train->rows; t++)
        twice += 2.0 * (train->column[j].value[t] < v) + (train->column[j].value[t] == v);
    return isnan(v) ? NAN : twice;
}

static bool occurs(const struct neighbour_columns *train, size_t j, uint32_t code)
{
    for (size_t t = 0; t < train->rows; t++)
        if (train->column[j].code[t] == code)
            return true;
    return false;
}

static void fill_categories(struct naive *naive, const struct neighbour_columns *train, const struct neighbour_columns *table,
                            size_t j)
{
    for (size_t i = 0; i < table->rows; i++) {
        uint32_t code = table->column[j].code[i];
        bool unknown = naive->metric == NEIGHBOUR_EUCLIDEAN && code != NEIGHBOUR_MISSING && !occurs(train, j, code);

        naive->x[j][i] = unknown ? -1 : (double)code;
    }
}

static void fill_numbers(struct naive *naive, const struct neighbour_columns *train, const struct neighbour_columns *table,
                         size_t j)
{
    struct summary summary = summarise(train, j);
    bool ranked = naive->metric == NEIGHBOUR_RANK_GOWER && summary.present > 0;

    for (size_t i = 0; i < table->rows; i++)
        naive->x[j][i] = ranked ? rank_in(train, j, table->column[j].value[i]) : table->column[j].value[i];
    naive->divisor[j] = ranked ? 2 * (double)summary.present : summary.high > summary.low ? summary.high - summary.low : 0;
    naive->mean[j] = summary.low < summary.high || !summary.present ? summary.mean : summary.low;
    if (naive->metric == NEIGHBOUR_EUCLIDEAN)
        naive->divisor[j] = summary.high > summary.low ? sqrt(summary.squares / (double)(summary.present - 1)) : 1;
}

void naive_new(struct naive *naive, enum neighbour_metric metric, const struct neighbour_columns *train,
               const struct neighbour_columns *table)
{
    naive->metric = metric;
    naive->rows = table->rows;
    naive->n_columns = table->n_columns;
    for (size_t j = 0; j < table->n_columns; j++) {
        naive->x[j] = calloc(table->rows + 1, sizeof *naive->x[j]);
        naive->divisor[j] = 0;
        naive->categorical[j] = table->column[j].value == NULL;
        if (naive->categorical[j])
            fill_categories(naive, train, table, j);
        else
            fill_numbers(naive, train, table, j);
    }
}

void naive_free(struct naive *naive)
{
    for (size_t j = 0; j < naive->n_columns; j++)
        free(naive->x[j]);
}

static double gower_part(double x, double y, double divisor)
{
    double part = fabs(x - y) / divisor;

    if (isnan(x) || isnan(y))
        return isnan(x) != isnan(y);
    if (divisor == 0)
        return x != y;
    return part > 1 ? 1 : part;
}

static double squared_part(double x, double y, double divisor, double mean)
{
    double z = ((isnan(x) ? mean : x) - (isnan(y) ? mean : y)) / divisor;

    return z * z + (isnan(x) != isnan(y));
}

double naive_distance(const struct naive *a, size_t i, const struct naive *b, size_t k)
{
    double sum = 0;

    for (size_t j = 0; j < a->n_columns; j++) {
        double x = a->x[j][i], y = b->x[j][k];

        if (a->metric != NEIGHBOUR_EUCLIDEAN)
            sum += gower_part(x, y, a->divisor[j]);
        else
            sum += a->categorical[j] ? 2 * (x != y) : squared_part(x, y, a->divisor[j], a->mean[j]);
    }
    return a->metric == NEIGHBOUR_EUCLIDEAN ? sqrt(sum) : sum / (double)a->n_columns;
}

/* d: distances of row i to all rows of the other table. */
static void expect_row(const double *d, size_t rows, size_t self, const struct neighbour_list *list, size_t i, const char *what)
{
    const uint32_t *row = list->row + i * list->k;
    const double *distance = list->distance + i * list->k;
    double last = -1;
    uint32_t last_row = 0, ties = 0;

    for (size_t slot = 0; slot < list->k; slot++) {
        size_t best = SIZE_MAX;

        for (size_t k = 0; k < rows; k++)
            if (k != self && (d[k] > last || (d[k] == last && k > last_row)) && (best == SIZE_MAX || d[k] < d[best]))
                best = k;
        if (best == SIZE_MAX) {
            cr_assert_eq(row[slot], NEIGHBOUR_MISSING, "%s row %zu slot %zu", what, i, slot);
            cr_assert(isinf(distance[slot]));
            continue;
        }
        cr_assert_eq(row[slot], best, "%s: row %zu slot %zu: %u, not %zu (%.17g, %.17g)", what, i, slot, row[slot], best,
                     distance[slot], d[best]);
        cr_assert(memcmp(&distance[slot], &d[best], sizeof(double)) == 0, "%s: row %zu: %.17g, not %.17g", what, i,
                  distance[slot], d[best]);
        last = d[best];
        last_row = (uint32_t)best;
    }
    for (size_t k = 0; k < rows; k++)
        ties += k != self && d[k] == distance[0];
    cr_assert_eq(list->ties[i], ties, "%s: row %zu: %u ties, not %u", what, i, list->ties[i], ties);
}

void expect_nearest(const struct naive *a, const struct naive *b, size_t step, bool self, const struct neighbour_list *list,
                    const char *what)
{
    double *d = calloc(b->rows + 1, sizeof *d);

    cr_assert_eq(list->rows, a->rows);
    for (size_t i = 0; i < a->rows; i += step) {
        for (size_t k = 0; k < b->rows; k++)
            d[k] = naive_distance(a, i, b, k);
        expect_row(d, b->rows, self ? i : SIZE_MAX, list, i, what);
    }
    free(d);
}

void expect_within(const struct naive *a, const struct naive *b, const struct neighbour_table *coded_a,
                   const struct neighbour_table *coded_b, size_t step, const struct neighbour_list *list, const char *what)
{
    uint32_t *near = calloc(b->rows + 1, sizeof *near);
    bool *found = calloc(b->rows + 1, sizeof *found);

    for (size_t i = 0; i < a->rows; i += step) {
        double distance = list->distance[i * list->k + list->k - 1];
        size_t n, expected = 0;

        cr_assert_eq(neighbour_rows_within(coded_a, i, coded_b, distance, near, &n, NULL), 0);
        memset(found, 0, b->rows * sizeof *found);
        for (size_t m = 0; m < n; m++) {
            cr_assert(!found[near[m]], "%s: row %zu finds row %u twice", what, i, near[m]);
            found[near[m]] = true;
        }
        for (size_t k = 0; k < b->rows; k++) {
            bool is_near = naive_distance(a, i, b, k) <= distance;

            expected += is_near;
            cr_assert_eq(found[k], is_near, "%s: row %zu and row %zu of the other table", what, i, k);
        }
        cr_assert_eq(n, expected);
    }
    free(near);
    free(found);
}

static bool inside(double distance, double radius, bool closed)
{
    double limit = radius * radius;

    return closed ? distance * distance <= limit * (1 + 1e-9) + 1e-12 : distance * distance < limit * (1 - 1e-9) - 1e-12;
}

void expect_balls(const struct naive *a, const struct naive *b, const double *radius, size_t step,
                  const struct neighbour_balls *balls, const char *what)
{
    for (size_t i = 0; i < a->rows; i += step) {
        uint32_t closed = 0, open = 0;

        for (size_t k = 0; k < b->rows; k++) {
            double d = naive_distance(a, i, b, k);

            closed += inside(d, radius[k], true);
            open += inside(d, radius[k], false);
        }
        cr_assert_eq(balls->closed[i], closed, "%s: row %zu in %u closed balls, not %u", what, i, balls->closed[i], closed);
        cr_assert_eq(balls->open[i], open, "%s: row %zu in %u open balls, not %u", what, i, balls->open[i], open);
    }
    for (size_t k = 0; k < b->rows; k += step) {
        bool closed = false, open = false;

        for (size_t i = 0; i < a->rows; i++) {
            double d = naive_distance(a, i, b, k);

            closed |= inside(d, radius[k], true);
            open |= inside(d, radius[k], false);
        }
        cr_assert_eq(balls->holds_closed[k], closed, "%s: closed ball %zu", what, k);
        cr_assert_eq(balls->holds_open[k], open, "%s: open ball %zu", what, k);
    }
}
