/* Generators on awkward tables, over pools of several sizes, and where they must refuse; and the dropped group's arithmetic. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "datasets/csv.h"
#include "datasets/simulate.h"
#include "generators/generator.h"
#include "tests/unit/table_fixture.h"

enum { ROWS = 4000 };

static struct schema *schema;
static struct table *train;

static void population(void)
{
    schema = NULL;
    cr_assert_eq(simulate_population(ROWS, 11, "train", &schema, &train, NULL), 0);
}

static void no_population(void)
{
    table_free(train);
    schema_free(schema);
}

TestSuite(generator_edges, .init = population, .fini = no_population);

static struct table *make(const char *method, const struct table *from, size_t rows, uint64_t seed, struct pool *pool)
{
    const struct generator *generator = generator_find(method);
    struct error error = {0};
    struct table *out = NULL;
    cr_assert_not_null(generator, "%s", method);
    cr_assert_eq(generator->run(from, rows, seed, "made", pool, &out, &error), 0, "%s: %s", method, error.message);
    cr_assert_eq(out->rows, rows);
    cr_assert_eq(out->schema, from->schema);
    cr_assert_str_eq(out->name, "made");
    return out;
}

/* The first sensitive column with levels is sex; its second level is female (49 %): round(.05 · share · rows) rows of it. */
Test(generator_edges, dropped_group)
{
    static const size_t rows[] = {ROWS, 1000, 10, 1};
    size_t held = 0;
    for (size_t i = 0; i < ROWS; i++)
        held += train->columns[SIMULATED_SEX].code[i] == 0;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct table *out = make("dropped-group", train, rows[k], 8, NULL);
        size_t kept = 0;
        for (size_t i = 0; i < rows[k]; i++)
            kept += out->columns[SIMULATED_SEX].code[i] == 0;
        cr_expect_eq(kept, (size_t)fmax(1, round(0.05 * (double)held / ROWS * (double)rows[k])), "%zu of %zu", kept, rows[k]);
        table_free(out);
    }
}

/* age is sensitive but has no levels, so group is taken; level 1 has 50 %, 0 has 46 %, 2 has 4 %. */
Test(generator_edges, dropped_group_choice)
{
    static const struct fixture_column columns[] = {
        {.name = "age", .type = COLUMN_NUMERIC, .roles = ROLE_SENSITIVE},
        {.name = "group", .type = COLUMN_CATEGORICAL, .n_levels = 4, .roles = ROLE_SENSITIVE}};
    struct schema *made = fixture_schema(columns, 2);
    struct table *table = fixture_table(made, 100);
    for (size_t i = 0; i < 100; i++)
        table_codes(table, 1)[i] = i < 50 ? 1 : i < 96 ? 0 : 2;
    table_seal(table);
    struct table *out = make("dropped-group", table, 1000, 1, NULL);
    size_t count[4] = {0};
    for (size_t i = 0; i < 1000; i++)
        count[out->columns[1].code[i]]++;
    cr_expect_eq(count[0], 23u, "%zu", count[0]); /* .05 · .46 · 1,000 */
    cr_expect_eq(count[3], 0u);
    table_free(out);
    table_free(table);
    schema_free(made);
}

Test(generator_edges, same_for_any_number_of_threads_and_other_for_another_seed)
{
    static const size_t threads[] = {1, 2, 7};
    for (const struct generator *const *generator = generator_list; *generator; generator++) {
        struct table *first = make((*generator)->name, train, 3000, 9, NULL);
        for (size_t t = 0; t < 3; t++) {
            struct pool *pool;
            cr_assert_eq(pool_new(&pool, threads[t], NULL), 0);
            struct table *again = make((*generator)->name, train, 3000, 9, pool);
            cr_expect(fixture_equal(first, again), "%s with %zu threads", (*generator)->name, threads[t]);
            table_free(again);
            pool_free(pool);
        }
        struct table *other = make((*generator)->name, train, 3000, 10, NULL);
        cr_expect_not(fixture_equal(first, other), "%s", (*generator)->name);
        table_free(other);
        table_free(first);
    }
}

/* A column of each awkward sort. */
static const struct fixture_column edge_columns[] = {
    {.name = "gone", .type = COLUMN_NUMERIC},
    {.name = "gone level", .type = COLUMN_CATEGORICAL, .n_levels = 3},
    {.name = "constant", .type = COLUMN_NUMERIC, .decimals = 2},
    {.name = "one level", .type = COLUMN_CATEGORICAL, .n_levels = 1},
    {.name = "wide", .type = COLUMN_CATEGORICAL, .n_levels = 10000},
    {.name = "id", .type = COLUMN_ID, .n_levels = 10000},
    {.name = "text", .type = COLUMN_TEXT, .n_levels = 10000},
    {.name = "huge", .type = COLUMN_NUMERIC, .decimals = 0},
    {.name = "time", .type = COLUMN_DATETIME},
    {.name = "target", .type = COLUMN_CATEGORICAL, .n_levels = 10000, .roles = ROLE_TARGET},
    {.name = "group", .type = COLUMN_BOOLEAN, .n_levels = 2, .roles = ROLE_SENSITIVE},
};

static struct table *edge_table(const struct schema *made, size_t rows)
{
    struct table *table = fixture_table(made, rows);
    for (uint32_t i = 0; i < rows; i++) {
        table_numbers(table, 0)[i] = NAN;
        table_codes(table, 1)[i] = CODE_MISSING;
        table_numbers(table, 2)[i] = 3.25;
        for (size_t j = 4; j < 7; j++)
            table_codes(table, j)[i] = i % 10000;
        table_numbers(table, 7)[i] = i % 2 ? 1.7e308 : -1.7e308;
        table_numbers(table, 8)[i] = 20000 + (i % 100) / 86400.0;
        table_codes(table, 9)[i] = i % 10000;
        table_codes(table, 10)[i] = i % 3 == 0;
    }
    table_seal(table);
    return table;
}

Test(generator_edges, awkward_columns)
{
    static const struct {
        size_t train, out;
    } sizes[] = {{12000, 3000}, {12000, 0}, {2, 5}, {1, 1}, {1, 100}, {7, 40}};
    struct schema *made = fixture_schema(edge_columns, 11);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        struct table *table = edge_table(made, sizes[k].train);
        for (const struct generator *const *generator = generator_list; *generator; generator++) {
            if (strcmp((*generator)->name, "dropped-group") == 0 && sizes[k].train == 1)
                continue;
            if ((*generator)->run_private) /* theirs is the schema's domain: test_dp.c */
                continue;
            struct table *out = make((*generator)->name, table, sizes[k].out, 1, NULL);
            const char *name = (*generator)->name;
            for (size_t i = 0; i < sizes[k].out; i++) {
                cr_assert(table_missing(out, 0, i) && table_missing(out, 1, i), "%s", name);
                cr_assert_eq(out->columns[2].number[i], 3.25, "%s", name);
                cr_assert_eq(out->columns[3].code[i], 0u, "%s", name);
                for (size_t j = 4; j < 7; j++)
                    cr_assert_lt(out->columns[j].code[i], 10000u, "%s", name);
                cr_assert_leq(fabs(out->columns[7].number[i]), 1.7e308, "%s", name);
                double seconds = (out->columns[8].number[i] - 20000) * 86400;
                cr_assert(seconds > -0.01 && seconds < 99.01 && fabs(seconds - round(seconds)) < 1e-3, "%s: %g", name, seconds);
            }
            cr_expect_eq(out->columns[0].missing, sizes[k].out, "%s", name);
            table_free(out);
        }
        table_free(table);
    }
    schema_free(made);
}

/* Level 2 of 3 and the last level of 10,000 are in the vocabulary, but not in this table: no generator may invent them, since a
 * game trains on a part of the rows. */
Test(generator_edges, only_what_the_table_holds)
{
    static const struct fixture_column columns[] = {{.name = "x", .type = COLUMN_NUMERIC, .decimals = 0},
                                                    {.name = "level", .type = COLUMN_CATEGORICAL, .n_levels = 3},
                                                    {.name = "group", .type = COLUMN_BOOLEAN, .n_levels = 2}};
    struct schema *made = fixture_schema(columns, 3);
    made->columns[1].roles = ROLE_TARGET;
    made->columns[2].roles = ROLE_SENSITIVE;
    made->columns[0].lo = -1000;
    made->columns[0].hi = 1000;
    struct table *table = fixture_table(made, 60);
    for (size_t i = 0; i < 60; i++) {
        table_numbers(table, 0)[i] = (double)(i % 10);
        table_codes(table, 1)[i] = i % 2;
        table_codes(table, 2)[i] = i % 3 == 0;
    }
    table_seal(table);
    for (const struct generator *const *generator = generator_list; *generator; generator++) {
        if ((*generator)->run_private) /* the domain is public, so the schema's */
            continue;
        struct table *out = make((*generator)->name, table, 500, 1, NULL);
        for (size_t i = 0; i < 500; i++) {
            cr_assert(out->columns[0].number[i] >= 0 && out->columns[0].number[i] <= 9, "%s", (*generator)->name);
            cr_assert_lt(out->columns[1].code[i], 2u, "%s", (*generator)->name);
        }
        table_free(out);
    }
    table_free(table);
    schema_free(made);
}

Test(generator_edges, refusals)
{
    static const struct fixture_column plain[] = {{.name = "x", .type = COLUMN_NUMERIC}};
    static const struct fixture_column rare[] = {
        {.name = "g", .type = COLUMN_CATEGORICAL, .n_levels = 2, .roles = ROLE_SENSITIVE}};
    static const struct {
        const char *method;
        const struct fixture_column *columns;
        size_t rows;
        const char *says;
    } cases[] = {
        {"permuted-label", plain, 5, "method 'permuted-label' needs a target column; name one with --target"},
        {"dropped-group", plain, 5,
         "method 'dropped-group' needs a sensitive column with categories; name one with --sensitive"},
        {"dropped-group", rare, 100,
         "sensitive column 'g' has no second group with at least 5 % of the rows that could be dropped; name another column "
         "with "
         "--sensitive"},
        {"bootstrap", plain, 0, "table 'train' has no rows, so there is nothing to learn from"},
        {"independent", plain, 0, "table 'train' has no rows, so there is nothing to learn from"},
        {"uniform", plain, 0, "table 'train' has no rows, so there is nothing to learn from"},
        {"copula", plain, 0, "table 'train' has no rows, so there is nothing to learn from"},
        {"cart", plain, 0, "table 'train' has no rows, so there is nothing to learn from"},
        {"leak05", plain, 0, "table 'train' has no rows, so there is nothing to learn from"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct schema *made = fixture_schema(cases[k].columns, 1);
        struct table *table = fixture_table(made, cases[k].rows), *out = table;
        if (cases[k].columns == rare)
            table_codes(table, 0)[0] = 1; /* 1 % */
        table_seal(table);
        struct error error = {0};
        cr_expect_eq(generator_find(cases[k].method)->run(table, 10, 1, "made", NULL, &out, &error), ERROR_INPUT);
        cr_expect_str_eq(error.message, cases[k].says);
        cr_expect_null(out);
        table_free(table);
        schema_free(made);
    }
    cr_expect_null(generator_find("gan"));
}
