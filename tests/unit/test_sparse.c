/* The building blocks of the reconstruction solvers: sparse 0/1 matrices, Cholesky factors, ranges over a polytope. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "core/random.h"
#include "numeric/cholesky.h"
#include "numeric/simplex.h"
#include "numeric/sparse.h"

/* rows: {0,1,4}, {2,3}, {}, {0,1,4}, {4,…}: records 0 and 1 are twins, 2 and 3 are, 5 is in no row. */
static const size_t start[] = {0, 3, 5, 5, 8, 10};
static const uint32_t entries[] = {0, 1, 4, 2, 3, 0, 1, 4, 3, 2};
static const uint32_t sorted_entries[] = {0, 1, 4, 2, 3, 0, 1, 4, 2, 3};

Test(sparse, products_and_transpose)
{
    struct sparse matrix = {.rows = 5, .columns = 6, .start = start, .index = sorted_entries}, transposed;
    double x[6] = {1, 2, 4, 8, 16, 32}, y[5] = {1, 10, 100, 1000, 10000}, rows[5], columns[6], again[6];
    struct arena *arena = arena_new();
    sparse_multiply(&matrix, x, rows);
    double expected_rows[5] = {19, 12, 0, 19, 12}, expected_columns[6] = {1001, 1001, 10010, 10010, 1001, 0};
    cr_expect_eq(memcmp(rows, expected_rows, sizeof rows), 0);
    sparse_multiply_transposed(&matrix, y, columns);
    cr_expect_eq(memcmp(columns, expected_columns, sizeof columns), 0);
    cr_assert_eq(sparse_transpose(&matrix, arena, &transposed, NULL), 0);
    cr_expect_eq(transposed.rows, 6);
    sparse_multiply(&transposed, y, again);
    cr_expect_eq(memcmp(again, expected_columns, sizeof again), 0);
    arena_free(arena);
}

Test(sparse, merge)
{
    struct sparse matrix = {.rows = 5, .columns = 6, .start = start, .index = entries};
    struct arena *arena = arena_new();
    struct sparse_merged merged;
    cr_assert_eq(sparse_merge(&matrix, arena, &merged, NULL), 0);
    cr_expect_eq(merged.matrix.columns, 3, "twins 0 and 1 join 4, 2 joins 3, 5 is alone: %zu", merged.matrix.columns);
    cr_expect_eq(merged.matrix.rows, 3, "two rows, and the empty one: %zu", merged.matrix.rows);
    cr_expect_eq(merged.row_of[0], merged.row_of[3]);
    cr_expect_eq(merged.row_of[1], merged.row_of[4], "order inside a row does not matter");
    cr_expect_eq(merged.column_of[0], merged.column_of[4]);
    cr_expect_eq(merged.count[merged.column_of[0]], 3);
    cr_expect_eq(merged.count[merged.column_of[5]], 1);
    for (size_t j = 0; j < 5; j++) { /* every row keeps its number of records */
        double records = 0;
        uint32_t row = merged.row_of[j];
        for (size_t k = merged.matrix.start[row]; k < merged.matrix.start[row + 1]; k++)
            records += merged.count[merged.matrix.index[k]];
        cr_expect_eq(records, (double)(start[j + 1] - start[j]));
    }
    struct sparse empty = {.rows = 0, .columns = 4, .start = (size_t[]){0}, .index = entries};
    cr_assert_eq(sparse_merge(&empty, arena, &merged, NULL), 0);
    cr_expect_eq(merged.matrix.columns, 1);
    cr_expect_eq(merged.count[0], 4);
    arena_free(arena);
}

/* Sizes below, at and above the block; the product of the factor with its transpose gives the matrix back. */
Test(cholesky, factor_and_solve)
{
    static const size_t sizes[] = {1, 7, 96, 97, 300};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t n = sizes[s];
        double *a = calloc(n * n, sizeof *a), *copy = calloc(n * n, sizeof *copy), *x = calloc(3 * n, sizeof *x);
        double *b = x + n, *scratch = x + 2 * n;
        struct random random;
        random_init(&random, 1, "test.cholesky", n, 0);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j <= i; j++)
                a[i * n + j] = a[j * n + i] = (i == j ? 2 + (double)n : 0) + random_uniform(&random);
        memcpy(copy, a, n * n * sizeof *a);
        for (size_t i = 0; i < n; i++)
            b[i] = x[i] = random_normal(&random);
        cr_expect_eq(cholesky_factor(a, n, scratch), 0);
        cholesky_solve(a, n, x);
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (size_t j = 0; j < n; j++)
                sum += copy[i * n + j] * x[j];
            cr_expect_float_eq(sum, b[i], 1e-12 * (double)n, "n %zu row %zu", n, i);
        }
        free(a);
        free(copy);
        free(x);
    }
    /* ((1, 1), (1, 1)) has no second pivot: that component of the solution is 0. */
    double singular[4] = {1, 0, 1, 1}, y[2] = {3, 3}, two[2];
    cr_expect_eq(cholesky_factor(singular, 2, two), 1);
    cholesky_solve(singular, 2, y);
    cr_expect_float_eq(y[0], 3, 1e-12);
    cr_expect_float_eq(y[1], 0, 1e-12);
}

/* u, v in [0, 1], rows u + v in [0.25, 1.5] and u − v in (−inf, 0.5], from the point (.3, .3): ranges by hand. */
Test(simplex, ranges)
{
    struct arena *arena = arena_new();
    struct simplex simplex;
    cr_assert_eq(simplex_new(&simplex, 2, 2, 1e6, arena, NULL), 0);
    const double tableau[4] = {1, 1, 1, -1}, value[4] = {.3, .3, .6, 0}, lo[4] = {0, 0, .25, -INFINITY},
                 hi[4] = {1, 1, 1.5, .5};
    memcpy(simplex.tableau, tableau, sizeof tableau);
    memcpy(simplex.value, value, sizeof value);
    memcpy(simplex.lo, lo, sizeof lo);
    memcpy(simplex.hi, hi, sizeof hi);
    simplex_begin(&simplex);
    for (uint32_t v = 0; v < 4; v++)
        cr_expect(simplex_push(&simplex, v, 1) && simplex_push(&simplex, v, -1));
    const double least[4] = {0, 0, .25, -1}, greatest[4] = {1, 1, 1.5, .5};
    for (uint32_t v = 0; v < 4; v++) {
        cr_expect_float_eq(simplex.seen_least[v], least[v], 1e-12, "least of %u: %g", v, simplex.seen_least[v]);
        cr_expect_float_eq(simplex.seen_greatest[v], greatest[v], 1e-12, "greatest of %u: %g", v, simplex.seen_greatest[v]);
    }
    simplex.budget = 0;
    cr_expect_not(simplex_push(&simplex, 0, 1) && simplex_push(&simplex, 0, -1), "a spent budget is said");
    arena_free(arena);
}
