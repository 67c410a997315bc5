#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "attacks/membership/alike.h"
#include "tests/unit/fake_table.h"

/* 1,000 rows each: number i, level i mod 4. What is done to the share of the strangers' first rows, and the column that tells.
 * The bound is .1 + 2.8 √(2/1000) = .2252. */
Test(alike, shifts)
{
    static const struct fake_column columns[] = {{.name = "number", .type = COLUMN_NUMERIC},
                                                 {.name = "level", .type = COLUMN_CATEGORICAL, .levels = 4}};
    enum { ROWS = 1000, NOTHING, RAISED, MISSING, ONE_LEVEL, NO_LEVEL };
    static const struct {
        int what;
        size_t rows;
        const char *column; /* NULL: alike */
    } cases[] = {
        {NOTHING, 0, NULL},          {RAISED, 225, NULL}, /* KS = rows/1000 */
        {RAISED, 226, "'number'"},   {MISSING, 225, NULL},  {MISSING, 226, "'number'"},
        {ONE_LEVEL, 300, NULL}, /* 3/4 of the rows change: .225 */
        {ONE_LEVEL, 304, "'level'"}, {NO_LEVEL, 225, NULL}, {NO_LEVEL, 226, "'level'"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct schema *schema = fake_schema(columns, 2);
        struct table *train = fake_table(schema, "train", ROWS), *strangers = fake_table(schema, "holdout", ROWS);
        struct measure_task task = {.reference = train};
        struct error error = {0};
        for (size_t i = 0; i < ROWS; i++) {
            const bool changed = i < cases[k].rows;
            const double x = (double)i;
            fake_numbers(train, 0)[i] = x;
            fake_numbers(strangers, 0)[i] = changed && cases[k].what == RAISED    ? x + ROWS
                                            : changed && cases[k].what == MISSING ? (double)NAN
                                                                                  : x;
            fake_codes(train, 1)[i] = i % 4;
            fake_codes(strangers, 1)[i] = changed && cases[k].what == ONE_LEVEL  ? 0
                                          : changed && cases[k].what == NO_LEVEL ? CODE_MISSING
                                                                                 : i % 4;
        }
        fake_fit(schema, train);
        fake_seal(strangers);
        const int status = membership_check_alike(&task, strangers, &error);
        cr_expect_eq(status, cases[k].column ? ERROR_UNMEASURABLE : 0, "case %zu: %d, %s", k, status, error.message);
        if (cases[k].column)
            cr_expect(strstr(error.message, cases[k].column), "case %zu: %s", k, error.message);
        fake_schema_free(schema);
    }
}

/* 1,000 rows each, no two alike; the reference takes rows of train or of the strangers. 2 points are let pass: of 1,000 rows
 * the lower bound at 1e-6 of 70 is .0378 and that of 60 .0305, and chance's upper one for 0 of 1,000 is .0137. */
Test(alike, references)
{
    static const struct fake_column columns[] = {{.name = "number", .type = COLUMN_NUMERIC}};
    enum { ROWS = 1000 };
    static const struct {
        size_t from_train, from_strangers;
        const char *words; /* NULL: it may serve */
    } cases[] = {{0, 0, NULL},
                 {60, 60, NULL},
                 {70, 0, "7 % of the reference's rows are in the training table"},
                 {0, 70, "7 % of the reference's rows are in the holdout"},
                 {ROWS, 0, "100 % of the reference's rows"}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct schema *schema = fake_schema(columns, 1);
        struct table *train = fake_table(schema, "train", ROWS), *strangers = fake_table(schema, "holdout", ROWS);
        struct table *reference = fake_table(schema, "reference", ROWS);
        struct dataset data = {.schema = schema, .reference.table = reference};
        struct measure_task task = {.reference = train, .data = &data};
        struct error error = {0};
        for (size_t i = 0; i < ROWS; i++) {
            const bool of_train = i < cases[k].from_train, of_strangers = i >= ROWS - cases[k].from_strangers;
            fake_numbers(train, 0)[i] = (double)i;
            fake_numbers(strangers, 0)[i] = (double)i + ROWS;
            fake_numbers(reference, 0)[i] = (double)i + (of_train ? 0 : of_strangers ? ROWS : 2 * ROWS);
        }
        fake_fit(schema, train);
        const int status = membership_check_reference(&task, strangers, &error);
        cr_expect_eq(status, cases[k].words ? ERROR_UNMEASURABLE : 0, "case %zu: %d, %s", k, status, error.message);
        if (cases[k].words)
            cr_expect(strstr(error.message, cases[k].words), "case %zu: %s", k, error.message);
        data.reference.table = NULL;
        cr_expect_eq(membership_check_reference(&task, strangers, &error), 0, "no reference");
        fake_schema_free(schema);
    }
}
