#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "core/random.h"
#include "numeric/logit.h"
#include "tests/unit/golden.h"

static struct arena *arena;

struct logit_matrix {
    const double *x; /* rows x columns, row-major */
    size_t columns;
};

static void logit_dense(const void *context, size_t from, size_t count, double *x)
{
    const struct logit_matrix *matrix = context;
    memcpy(x, matrix->x + from * matrix->columns, count * matrix->columns * sizeof *x);
}

static struct logit fit_dense(const double *x, const uint8_t *label, size_t rows, size_t columns, struct pool *pool)
{
    struct error error = {.message = ""};
    struct logit_matrix matrix = {x, columns};
    struct logit_problem problem = {
        .rows = rows, .columns = columns, .fill = logit_dense, .context = &matrix, .label = label, .covariance = 1};
    struct logit fit;
    cr_assert_eq(logit_fit(&problem, pool, arena, &fit, &error), 0, "%s", error.message);
    cr_assert(fit.converged, "not converged after %d steps, decrement %g", fit.iterations, fit.decrement);
    return fit;
}

/* Counts of a 2 x 2 table as rows: intercept, group; label. */
static struct logit fit_counts(const size_t counts[2][2], size_t copies, double *x, uint8_t *label)
{
    size_t rows = 0;
    for (size_t g = 0; g < 2; g++)
        for (size_t y = 0; y < 2; y++)
            for (size_t i = 0; i < counts[g][y]; i++, rows++) {
                x[rows * (2 + copies)] = 1;
                for (size_t c = 0; c <= copies; c++)
                    x[rows * (2 + copies) + 1 + c] = (double)g;
                label[rows] = (uint8_t)y;
            }
    return fit_dense(x, label, rows, 2 + copies, NULL);
}

/* Newton's method in 50-digit decimals: the same rows in python3's decimal, 30 steps from 0, inverse by elimination. */
static const double x_values[12] = {-2, -1.5, -1, -0.5, -0.25, 0, 0.25, 0.5, 1, 1.5, 2, 3};
static const uint8_t groups[12] = {0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0}, labels[12] = {0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1};

Test(logit, oracle)
{
    arena = arena_new();
    double x[36];
    for (size_t i = 0; i < 12; i++) {
        x[3 * i] = 1;
        x[3 * i + 1] = x_values[i];
        x[3 * i + 2] = groups[i];
    }
    struct logit fit = fit_dense(x, labels, 12, 3, NULL);
    static const double want[3] = {-0.185606364548089, 1.933225998124123, -0.300691179192148},
                        covariance[9] = {1.371839487408954,  -0.118971017169101, -1.352115941447167,
                                         -0.118971017169101, 1.26773536728407,   -0.091199807448372,
                                         -1.352115941447167, -0.091199807448372, 2.740873633033714};
    for (size_t j = 0; j < 3; j++)
        cr_near(fit.coefficient[j], want[j], 1e-10, "coefficient %zu", j);
    for (size_t j = 0; j < 9; j++)
        cr_near(fit.covariance[j], covariance[j], 1e-10, "covariance %zu", j);
    cr_near(fit.likelihood, -4.553864610334918, 1e-13, "likelihood");
    cr_expect(fit.rank == 3 && !fit.separated);
    arena_free(arena);
}

/* Closed forms of 2 x 2 tables: intercept = log odds of group 0, coefficient = log odds ratio, its variance Σ 1/n. */
Test(logit, tables)
{
    static const size_t counts[][2][2] = {{{20, 10}, {5, 15}}, {{1, 1}, {1, 1}}, {{400, 3}, {2, 300}},
                                          {{30, 12}, {8, 0}},  {{0, 7}, {9, 4}}, {{6, 0}, {0, 6}}};
    double x[4000];
    uint8_t label[1000];
    arena = arena_new();
    for (size_t t = 0; t < sizeof counts / sizeof *counts; t++) {
        double a = (double)counts[t][0][0], b = (double)counts[t][0][1], c = (double)counts[t][1][0],
               d = (double)counts[t][1][1];
        for (size_t copies = 0; copies < 2; copies++) {
            struct logit fit = fit_counts(counts[t], copies, x, label);
            double likelihood = (a > 0 ? a * log(a / (a + b)) : 0) + (b > 0 ? b * log(b / (a + b)) : 0) +
                                (c > 0 ? c * log(c / (c + d)) : 0) + (d > 0 ? d * log(d / (c + d)) : 0);
            bool apart = a * b * c * d == 0;
            cr_near(fit.likelihood, likelihood, apart ? 1e-9 : 1e-12, "table %zu", t);
            cr_expect_eq(fit.rank, 2);
            cr_expect_eq(fit.separated, apart, "table %zu: separation", t);
            cr_near(fit.fitted[0], b / (a + b), 1e-10, "table %zu: first group", t);
            cr_near(fit.fitted[(size_t)(a + b + c + d) - 1], d / (c + d), 1e-10, "table %zu: second group", t);
            if (copies)
                cr_expect(fit.mark[2] == LOGIT_ALIASED && fit.coefficient[2] == 0 && isnan(fit.covariance[2]), "table %zu", t);
            if (apart)
                cr_expect(fit.mark[1] == LOGIT_INFINITE && fabs(fit.coefficient[1]) > 10 &&
                              (fit.coefficient[1] > 0) == (b * c == 0),
                          "table %zu: %g", t, fit.coefficient[1]);
            else
                cr_near(fit.coefficient[1], log(a * d / (b * c)), 1e-10, "table %zu", t);
            if (!apart)
                cr_near(fit.covariance[3 + copies], 1 / a + 1 / b + 1 / c + 1 / d, 1e-9, "table %zu", t);
        }
    }
    arena_free(arena);
}

/* Many rows: the same numbers on any pool; the gradient vanishes at the fit; logistic truth within 4 standard errors. */
Test(logit, many)
{
    enum { ROWS = 20000, COLUMNS = 5 };
    static const double truth[COLUMNS] = {0.3, -1, 0.5, 0, 2};
    double *x = malloc(sizeof *x * ROWS * COLUMNS);
    uint8_t *label = malloc(ROWS);
    struct random random;
    struct pool *pool;
    arena = arena_new();
    random_init(&random, 7, "test.logit", 0, 0);
    for (size_t i = 0; i < ROWS; i++) {
        double eta = 0;
        for (size_t j = 0; j < COLUMNS; j++) {
            x[i * COLUMNS + j] = j ? random_normal(&random) : 1;
            eta += truth[j] * x[i * COLUMNS + j];
        }
        label[i] = random_uniform(&random) < 1 / (1 + exp(-eta));
    }
    cr_assert_eq(pool_new(&pool, 3, NULL), 0);
    struct logit one = fit_dense(x, label, ROWS, COLUMNS, NULL), three = fit_dense(x, label, ROWS, COLUMNS, pool);
    for (size_t j = 0; j < COLUMNS; j++) {
        double gradient = 0;
        cr_expect_eq(one.coefficient[j], three.coefficient[j], "depends on the pool");
        cr_expect(fabs(one.coefficient[j] - truth[j]) < 4 * sqrt(one.covariance[j * COLUMNS + j]), "coefficient %zu", j);
        for (size_t i = 0; i < ROWS; i++)
            gradient += x[i * COLUMNS + j] * (label[i] - one.fitted[i]);
        cr_expect_lt(fabs(gradient), 1e-5, "gradient %zu: %g", j, gradient);
    }
    pool_free(pool);
    arena_free(arena);
    free(x);
    free(label);
}

Test(logit, refusals)
{
    static const double x[2] = {1, 1};
    static const uint8_t ones[2] = {1, 1};
    struct logit_matrix matrix = {x, 1};
    struct logit fit;
    arena = arena_new();
    for (size_t rows = 0; rows <= 2; rows += 2) {
        struct error error = {.message = ""};
        struct logit_problem problem = {.rows = rows, .columns = 1, .fill = logit_dense, .context = &matrix, .label = ones};
        cr_expect_eq(logit_fit(&problem, NULL, arena, &fit, &error), ERROR_UNMEASURABLE);
        cr_expect(error.message[0]);
    }
    arena_free(arena);
}
