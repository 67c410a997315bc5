#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "audit/holdout.h"
#include "core/random.h"
#include "tests/unit/fake_table.h"

/* 200 rows each; a number without repeats, one of ten values, and a level, drawn from one population. What is then done to the
 * holdout or the candidate, and a word of the fault that must be named (NULL: none). */
enum { ROWS = 200 };

static void fill(struct table *table, uint64_t stream)
{
    struct random random;
    random_init(&random, 7, "test holdout", stream, 0);
    for (size_t i = 0; i < table->rows; i++) {
        fake_numbers(table, 0)[i] = random_normal(&random);
        fake_numbers(table, 1)[i] = floor(10 * random_uniform(&random));
        fake_codes(table, 2)[i] = random_uniform(&random) < 0.3;
    }
}

static void take(struct table *to, const struct table *from, size_t at, size_t first, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        fake_numbers(to, 0)[at + i] = from->columns[0].number[first + i];
        fake_numbers(to, 1)[at + i] = from->columns[1].number[first + i];
        fake_codes(to, 2)[at + i] = from->columns[2].code[first + i];
    }
}

static const struct fake_column columns[] = {{.name = "number", .type = COLUMN_NUMERIC, .decimals = 9},
                                             {.name = "tenth", .type = COLUMN_NUMERIC},
                                             {.name = "level", .type = COLUMN_CATEGORICAL, .levels = 2}};

static void expect_fault(const char *what, const char *expected, const char *fault)
{
    if (expected)
        cr_expect(fault && strstr(fault, expected), "%s: %s", what, fault ? fault : "no fault");
    else
        cr_expect_null(fault, "%s: %s", what, fault);
}

Test(holdout, faults)
{
    static const struct {
        const char *what;
        size_t rows, from_train; /* of the holdout; the first so many rows are training rows */
        double tenth;            /* fills column tenth unless negative */
        bool empty, one_level, constant_train;
        const char *fault;
    } cases[] = {
        {"fresh rows", ROWS, 0, -1, false, false, false, NULL},
        {"20 fresh rows", 20, 0, -1, false, false, false, NULL},
        {"19 fresh rows", 19, 0, -1, false, false, false, "fewer than 20 rows"},
        {"one row", 1, 0, -1, false, false, false, "fewer than 20 rows"},
        {"one training row", ROWS, 1, -1, false, false, false, NULL}, /* chance may do that */
        {"half training rows", ROWS, 100, -1, false, false, false, "50 % of the holdout's rows are in the training table"},
        {"the training table", ROWS, ROWS, -1, false, false, false, "100 % of the holdout's rows"},
        {"a constant", ROWS, 0, 3, false, false, false, "'tenth' holds a single value or none in the holdout"},
        {"no value", ROWS, 0, -1, true, false, false, "'number' holds a single value or none in the holdout"},
        {"one level", ROWS, 0, -1, false, true, false, "'level' holds a single value or none in the holdout"},
        {"a level of 70 % in 20 rows", 20, 0, -1, false, true, false, NULL}, /* .7^20 = 8e-4 */
        {"a constant in train", ROWS, 0, -1, false, false, true, "'tenth' holds a single value or none in train"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct schema *schema = fake_schema(columns, 3);
        struct table *train = fake_table(schema, "train", ROWS), *holdout = fake_table(schema, "holdout", cases[k].rows);
        struct dataset data = {.schema = schema, .train.table = train, .holdout.table = holdout, .target = SIZE_MAX};
        struct arena *arena = arena_new();
        struct error error = {0};
        const char *fault = "";
        fill(train, 1);
        fill(holdout, 2);
        take(holdout, train, 0, 0, cases[k].from_train);
        for (size_t i = 0; i < cases[k].rows; i++) {
            fake_numbers(holdout, 1)[i] = cases[k].tenth >= 0 ? cases[k].tenth : holdout->columns[1].number[i];
            fake_numbers(holdout, 0)[i] = cases[k].empty ? (double)NAN : holdout->columns[0].number[i];
            fake_codes(holdout, 2)[i] = cases[k].one_level ? 0 : holdout->columns[2].code[i];
        }
        for (size_t i = 0; i < ROWS && cases[k].constant_train; i++)
            fake_numbers(train, 1)[i] = 4;
        fake_fit(schema, train);
        fake_seal(holdout);
        cr_assert_eq(holdout_check(&data, arena, &fault, &error), 0, "%s", error.message);
        expect_fault(cases[k].what, cases[k].fault, fault);
        arena_free(arena);
        fake_schema_free(schema);
    }
}

/* Rows of the candidate taken from train, then from the holdout; the rest is fresh. `coarse`: all tables without the number, so
 * that rows repeat by chance. */
Test(holdout, candidates_made_with_it)
{
    static const struct {
        const char *what;
        size_t from_train, from_holdout;
        bool coarse;
        const char *fault;
    } cases[] = {
        {"fresh rows", 0, 0, false, NULL},
        {"a copy of train", ROWS, 0, false, NULL}, /* privacy finds it */
        {"the holdout", 0, ROWS, false, "100 % of the candidate's rows are in the holdout"},
        {"half of both", 100, 100, false, "50 % of the candidate's rows"},
        {"one holdout row", 0, 1, false, NULL},
        {"fresh coarse rows", 0, 0, true, NULL},
        {"a coarse holdout", 0, ROWS, true, NULL}, /* nothing tells it from fresh rows */
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct schema *schema = fake_schema(columns, 3);
        struct table *tables[3];
        struct arena *arena = arena_new();
        struct error error = {0};
        const char *fault = "";
        for (int t = 0; t < 3; t++) {
            tables[t] = fake_table(schema, t == 0 ? "train" : t == 1 ? "holdout" : "candidate", ROWS);
            fill(tables[t], 10 + (uint64_t)t);
        }
        take(tables[2], tables[0], 0, 0, cases[k].from_train);
        take(tables[2], tables[1], cases[k].from_train, 0, cases[k].from_holdout);
        for (size_t i = 0; i < 3 * ROWS && cases[k].coarse; i++)
            fake_numbers(tables[i % 3], 0)[i / 3] = 1;
        fake_fit(schema, tables[0]);
        fake_seal(tables[1]);
        fake_seal(tables[2]);
        struct dataset data = {.schema = schema, .train.table = tables[0], .holdout.table = tables[1], .target = SIZE_MAX};
        cr_assert_eq(holdout_check_candidate(&data, tables[2], arena, &fault, &error), 0, "%s", error.message);
        expect_fault(cases[k].what, cases[k].fault, fault);
        arena_free(arena);
        fake_schema_free(schema);
    }
}

/* 2,000 rows each. Rows that one table takes from another, and the warning that says so: more than chance, however few. Those
 * of columns that repeat by chance are no warning. */
Test(holdout, warnings_about_shared_rows)
{
    enum { MANY = 2000 };
    static const struct {
        const char *what;
        size_t holdout_from_train, reference_from_train, reference_from_holdout;
        bool coarse, reference;
        const char *words; /* of the one warning; NULL: none */
    } cases[] = {
        {"strangers", 0, 0, 0, false, true, NULL},
        {"no reference", 0, 0, 0, false, false, NULL},
        {"2 % of the holdout", 40, 0, 0, false, true,
         "40 of 2000 rows of the holdout (2.0 %) are in the training table, where chance "
         "would make 0.0 %"},
        {"a tenth of the reference, from train", 0, 200, 0, false, true,
         "200 of 2000 rows of the reference (10.0 %) are in the training"},
        {"a tenth of the reference, from the holdout", 0, 0, 200, false, true,
         "200 of 2000 rows of the reference (10.0 %) are in the holdout"},
        {"common rows", 0, 0, 0, true, true, NULL},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        static const char *const names[] = {"train", "holdout", "reference"};
        struct schema *schema = fake_schema(columns, 3);
        struct table *tables[3];
        struct error error = {0};
        cJSON *warnings = cJSON_CreateArray();
        for (int t = 0; t < 3; t++) {
            tables[t] = fake_table(schema, names[t], MANY);
            fill(tables[t], 20 + (uint64_t)t);
        }
        take(tables[1], tables[0], 0, 0, cases[k].holdout_from_train);
        take(tables[2], tables[0], 0, 0, cases[k].reference_from_train);
        take(tables[2], tables[1], 0, 500, cases[k].reference_from_holdout);
        for (size_t i = 0; i < 3 * (size_t)MANY && cases[k].coarse; i++)
            fake_numbers(tables[i % 3], 0)[i / 3] = 1;
        fake_fit(schema, tables[0]);
        struct dataset data = {.schema = schema, .train.table = tables[0], .holdout.table = tables[1], .target = SIZE_MAX};
        data.reference.table = cases[k].reference ? tables[2] : NULL;
        cr_assert_eq(holdout_warnings(&data, warnings, &error), 0, "%s", error.message);
        cr_expect_eq(cJSON_GetArraySize(warnings), cases[k].words != NULL, "%s: %d", cases[k].what,
                     cJSON_GetArraySize(warnings));
        if (cases[k].words && warnings->child)
            cr_expect(strstr(warnings->child->valuestring, cases[k].words), "%s: %s", cases[k].what,
                      warnings->child->valuestring);
        cJSON_Delete(warnings);
        fake_schema_free(schema);
    }
}
