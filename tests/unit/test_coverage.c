/* fidelity.coverage: by hand, the limits behind the interval, what is not told, edges. */
#include <criterion/criterion.h>

#include "core/random.h"
#include "metrics/fidelity/column_cover.h"
#include "tests/unit/fake_table.h"
#include "tests/unit/golden.h"

extern const struct measure measure_fidelity_coverage;

static double column_number(const struct fake_run *run, int column, const char *key)
{
    return golden_number(cJSON_GetArrayItem(cJSON_GetObjectItem(run->result.details, "columns"), column), key);
}

enum { NUMBER, LEVEL, GONE, CONSTANT };
static const struct fake_column columns[] = {{.name = "number", .type = COLUMN_NUMERIC},
                                             {.name = "level", .type = COLUMN_CATEGORICAL, .levels = 30},
                                             {.name = "gone", .type = COLUMN_CATEGORICAL, .levels = 3},
                                             {.name = "constant", .type = COLUMN_NUMERIC}};

/* Real: number 0 … 99 (10 bins of 10), levels 0 … 4 (0 … 3 with 24 rows, 4 with 4), two levels of `gone`, a constant.
 * Candidate: number 10 … 39 and 20 values above 99, levels 0, 1 and 20 rows of an unseen one, nothing in `gone`. */
Test(coverage, by_hand)
{
    struct schema *schema = fake_schema(columns, 4);
    struct table *r = fake_table(schema, "train", 100), *s = fake_table(schema, "candidate", 50);
    for (size_t i = 0; i < 100; i++) {
        fake_numbers(r, NUMBER)[i] = (double)i;
        fake_codes(r, LEVEL)[i] = (uint32_t)(i / 24);
        fake_codes(r, GONE)[i] = i % 2;
        fake_numbers(r, CONSTANT)[i] = 3;
    }
    for (size_t i = 0; i < 50; i++) {
        fake_numbers(s, NUMBER)[i] = i < 30 ? 10 + (double)i : 1000;
        fake_codes(s, LEVEL)[i] = i < 30 ? i % 2 : 7;
        fake_codes(s, GONE)[i] = CODE_MISSING;
        fake_numbers(s, CONSTANT)[i] = i ? 3 : 4;
    }
    fake_fit(schema, r);
    fake_seal(s);
    struct fake_run run, brief, back;
    fake_run(&run, &measure_fidelity_coverage, r, s, NULL, false);
    fake_run(&brief, &measure_fidelity_coverage, r, s, NULL, true);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    const struct {
        double cells, covered, outside;
    } want[] = {{10, 0.3, 0.4}, {5, 0.4, 0.4}, {2, 0, NAN}, {1, 1, 0.02}}; /* 10 … 39 fill the bins from 9.9 to 39.6 */
    for (int c = 0; c < 4; c++) {
        cr_near(column_number(&run, c, "cells"), want[c].cells, 0, "%s", columns[c].name);
        cr_near(column_number(&run, c, "covered"), want[c].covered, 1e-15, "%s", columns[c].name);
        cr_near(column_number(&run, c, "outside"), want[c].outside, 1e-15, "%s", columns[c].name);
    }
    cr_near(run.result.value, 1.7 / 4, 1e-15, "mean");
    cr_near(golden_number(run.result.details, "mean_outside"), 0.82 / 3, 1e-15, "mean of three columns");
    cr_near(column_number(&run, LEVEL, "frequent_covered"), 0.5, 0, "of the four levels with 24 rows two");
    cr_near(column_number(&run, NUMBER, "range_covered"), 0.89, 0, "89/99, rounded down to hide the extremes");
    cr_near(column_number(&run, CONSTANT, "range_covered"), 1, 0, "the one value occurs");
    cr_near(column_number(&run, NUMBER, "deciles_covered"), 0.3, 1e-15, "deciles");
    cr_expect(run.result.lo < run.result.value && run.result.value < run.result.hi);
    cr_expect(brief.result.value == run.result.value && isnan(brief.result.lo) && !brief.result.details);
    fake_run_free(&run), fake_run_free(&brief);
    /* the other way round: bins are still train's, and what lies above them all is a cell of the reference */
    fake_run(&back, &measure_fidelity_coverage, s, r, NULL, false);
    cr_assert_eq(back.status, 0, "%s", back.error.message);
    cr_near(column_number(&back, NUMBER, "cells"), 4, 0, "three bins and the one above");
    cr_near(column_number(&back, NUMBER, "covered"), 0.75, 1e-15, "all but the one above");
    cr_near(column_number(&back, LEVEL, "covered"), 2.0 / 3, 1e-15, "the unseen level is not in train");
    cr_expect(isnan(column_number(&back, GONE, "covered")), "nothing to cover");
    fake_run_free(&back);
    fake_schema_free(schema);
}

/* P[X < k], X Poisson. */
static double poisson_below(int k, double mean)
{
    double term = exp(-mean), sum = 0;
    for (int i = 0; i < k; i++) {
        sum += term;
        term *= mean / (i + 1);
    }
    return sum;
}

/* The variance of a cell with k values: (exp(−λ)/1.96)², λ the exact lower limit of a mean of which k were counted, found here
 * by bisection; at most ¼. One level of the reference is met k times, another often. */
Test(coverage, limits_of_a_cell)
{
    for (int k = 0; k < 12; k++) {
        struct schema *schema = fake_schema(columns, 2);
        struct table *r = fake_table(schema, "train", 40), *s = fake_table(schema, "candidate", 40);
        double lo = 0, hi = 60;
        for (size_t i = 0; i < 40; i++) {
            fake_numbers(r, NUMBER)[i] = fake_numbers(s, NUMBER)[i] = 0;
            fake_codes(r, LEVEL)[i] = i % 2;
            fake_codes(s, LEVEL)[i] = i < (size_t)k;
        }
        while (hi - lo > 1e-12)
            *(poisson_below(k, (lo + hi) / 2) > 0.975 ? &lo : &hi) = (lo + hi) / 2;
        double limit = k ? exp(-lo) / 1.959963984540054 : 0.5;
        double want = k < 10 ? fmin(0.25, limit * limit) : 0;
        fake_fit(schema, r);
        fake_seal(s);
        struct fake_run run;
        fake_run(&run, &measure_fidelity_coverage, r, s, NULL, false);
        cr_assert_eq(run.status, 0, "%s", run.error.message);
        double half = 1.959963984540054 * sqrt(want) / 2, value = k ? 1 : 0.5;
        cr_near(column_number(&run, LEVEL, "lo"), value - half, 2e-3, "%d", k);
        cr_near(column_number(&run, LEVEL, "hi"), fmin(1, value + half), 2e-3, "%d", k);
        fake_run_free(&run);
        fake_schema_free(schema);
    }
}

/* Rows that are alone in their cell in two columns at once count for the interval: a column and its copy have the interval of
 * one column, two independent ones a narrower one. */
Test(coverage, columns_that_go_together)
{
    static const struct fake_column two[] = {{.name = "a", .type = COLUMN_CATEGORICAL, .levels = 60},
                                             {.name = "b", .type = COLUMN_CATEGORICAL, .levels = 60}};
    double width[3];
    for (size_t k = 0; k < 3; k++) { /* one column; its copy beside it; another one beside it */
        struct schema *schema = fake_schema(two, k ? 2 : 1);
        struct table *r = fake_table(schema, "train", 60), *s = fake_table(schema, "candidate", 60);
        for (uint32_t i = 0; i < 60; i++)
            for (size_t c = 0; c < (k ? 2 : 1); c++) {
                fake_codes(r, c)[i] = i;
                fake_codes(s, c)[i] =
                    i < 30 ? (k == 2 && c ? 29 - i / 2 : i / 2) : 30 + (k == 2 && c ? (i * 7 + 3) % 20 : i % 30);
            }
        fake_fit(schema, r);
        fake_seal(s);
        struct fake_run run;
        fake_run(&run, &measure_fidelity_coverage, r, s, NULL, false);
        width[k] = run.result.hi - run.result.lo;
        fake_run_free(&run);
        fake_schema_free(schema);
    }
    cr_near(width[1], width[0], 0.02 * width[0], "a copy adds nothing but cells to count");
    cr_expect(width[2] < width[0] && width[2] > width[0] / 2, "%g %g", width[2], width[0]);
}

/* One row, no row, nothing but text; itself; ten thousand categories. */
Test(coverage, odd_tables)
{
    static const struct fake_column big[] = {{.name = "a", .type = COLUMN_CATEGORICAL, .levels = 10000},
                                             {.name = "day", .type = COLUMN_DATETIME},
                                             {.name = "text", .type = COLUMN_TEXT, .levels = 2}};
    const struct {
        size_t real, other;
        double value; /* NaN: cannot be measured */
    } cases[] = {{10000, 10000, 1}, {10000, 1, (1e-4 + 0.01) / 2}, {10000, 0, NAN}, {0, 10, NAN}, {1, 1, 1}, {2, 1, 0.5}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct schema *schema = fake_schema(big, 3);
        struct table *r = fake_table(schema, "train", cases[k].real), *s = fake_table(schema, "candidate", cases[k].other);
        struct table *const tables[] = {r, s};
        for (size_t t = 0; t < 2; t++)
            for (size_t i = 0; i < tables[t]->rows; i++) {
                fake_codes(tables[t], 0)[i] = (uint32_t)i;
                fake_numbers(tables[t], 1)[i] = (double)i;
            }
        fake_fit(schema, r);
        fake_seal(s);
        struct fake_run run;
        fake_run(&run, &measure_fidelity_coverage, r, s, NULL, false);
        if (isnan(cases[k].value))
            cr_expect(run.status == ERROR_UNMEASURABLE && strlen(run.error.message) > 20, "case %zu", k);
        else {
            cr_assert_eq(run.status, 0, "%s", run.error.message);
            cr_near(run.result.value, cases[k].value, 1e-12, "case %zu", k);
            cr_expect(run.result.lo <= run.result.value && run.result.value <= run.result.hi, "case %zu", k);
        }
        fake_run_free(&run);
        fake_schema_free(schema);
    }
}
