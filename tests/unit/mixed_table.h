/* Mixed tables for the tests of singling out: numbers with decimals, few values, dates, levels, text, missing cells, and names
 * that break queries elsewhere. */
#ifndef ASSAY_TESTS_MIXED_TABLE_H
#define ASSAY_TESTS_MIXED_TABLE_H

#include "core/random.h"
#include "tests/unit/fake_table.h"

static const struct fake_column mixed[] = {{.name = "a \"b\" - c's", .type = COLUMN_NUMERIC, .decimals = 2},
                                           {.name = "few values", .type = COLUMN_NUMERIC},
                                           {.name = "day", .type = COLUMN_DATETIME},
                                           {.name = "level", .type = COLUMN_CATEGORICAL, .levels = 6},
                                           {.name = "free-text", .type = COLUMN_TEXT, .levels = 9000},
                                           {.name = "yes", .type = COLUMN_BOOLEAN, .levels = 2}};
enum { MIXED = sizeof mixed / sizeof *mixed };

static inline void mixed_fill(struct table *table, uint64_t seed)
{
    struct random random;

    random_init(&random, seed, "singling test", 0, 0);
    for (size_t i = 0; i < table->rows; i++) {
        double x = random_normal(&random);
        bool gone = random_uniform(&random) < .1;

        fake_numbers(table, 0)[i] = round(100 * x) / 100;
        fake_numbers(table, 1)[i] = gone ? NAN : floor(4 * random_uniform(&random)) - 2;
        fake_numbers(table, 2)[i] = 18000 + floor(300 * (x + random_normal(&random)));
        fake_codes(table, 3)[i] = gone ? CODE_MISSING : (uint32_t)random_below(&random, 6);
        fake_codes(table, 4)[i] = (uint32_t)((seed * 3000 + i) % 9000);
        fake_codes(table, 5)[i] = (uint32_t)(random_uniform(&random) < .3 + .2 * (x > 0));
    }
    fake_seal(table);
}

#endif
