/* fidelity.association and numeric/dependence: closed forms, golden values, influence against differences, edges. */
#include <criterion/criterion.h>

#include "core/random.h"
#include "metrics/fidelity/association_matrix.h"
#include "tests/unit/golden_tables.h"

extern const struct measure measure_fidelity_association;

/* 2 x 2 counts a, b, c, d: φ² = (ad − bc)²/(product of the margins); Bergsma's correction with r = c = 2, n rows:
 * V² = (φ² − 1/(n − 1))/(1 − 1/(n − 1)). */
Test(association, cramer_of_two_levels)
{
    const size_t counts[][4] = {{30, 10, 10, 30}, {40, 0, 0, 40}, {20, 20, 20, 20}, {5, 35, 10, 150}, {1, 0, 0, 1}};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        const size_t *c = counts[k];
        uint32_t a[400], b[400];
        double n[4], rows = 0, want;
        size_t at = 0;
        for (size_t cell = 0; cell < 4; cell++) {
            rows += n[cell] = (double)c[cell];
            for (size_t i = 0; i < c[cell]; i++, at++) {
                a[at] = (uint32_t)cell / 2;
                b[at] = 3 * ((uint32_t)cell % 2); /* codes may be left out */
            }
        }
        double determinant = n[0] * n[3] - n[1] * n[2];
        double square = determinant * determinant / ((n[0] + n[1]) * (n[2] + n[3]) * (n[0] + n[2]) * (n[1] + n[3]));
        want = sqrt(fmax(0, (square - 1 / (rows - 1)) / (1 - 1 / (rows - 1))));
        struct dependence d, sparse;
        struct coded_pair pair = {a, b, at};
        cr_assert_eq(dependence_cramer(&pair, 2, 4, NULL, &d, NULL), 0);
        cr_assert_eq(dependence_cramer(&pair, 1000000, 1000000, NULL, &sparse, NULL), 0);
        cr_near(d.strength, rows > 2 ? want : NAN, 1e-12, "case %zu", k); /* two rows: 0/0 */
        cr_near(sparse.strength, d.strength, 1e-12, "case %zu by sorting", k);
    }
}

/* Two groups of numbers: η² = between/total by hand: groups {0, 2}, {4, 6}: 16/20; equal means: 0; a constant: undefined. */
Test(association, ratio_of_two_groups)
{
    const uint32_t groups[] = {0, 2, 0, 2, 2};
    const struct {
        double numbers[5], want;
    } cases[] = {{{0, 4, 2, 6, NAN}, sqrt(0.8)}, {{0, 0, 2, 2, NAN}, 0},           {{1, 2, 1, 2, NAN}, 1},
                 {{3, 3, 3, 3, NAN}, NAN},       {{0.1, 0.1, 0.1, 0.1, 0.1}, NAN}, {{NAN, NAN, NAN, NAN, NAN}, NAN}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct dependence d;
        cr_assert_eq(dependence_ratio(cases[k].numbers, groups, 5, 4, NULL, &d, NULL), 0);
        cr_near(d.strength, cases[k].want, 1e-12, "case %zu", k);
    }
}

/* Influence of a row = (n + 1)(square with the row once more − square) up to 1/n; mean 0; `linear` its variance over n. */
Test(association, influence_is_a_derivative)
{
    enum { N = 4000 };
    static double x[N + 1], y[N + 1], influence[N + 1];
    static uint32_t a[N + 1], b[N + 1];
    struct random random;
    random_init(&random, 2, "influence", 0, 0);
    for (size_t i = 0; i < N; i++) {
        a[i] = (uint32_t)random_below(&random, 3);
        b[i] = random_uniform(&random) < 0.4 ? a[i] : (uint32_t)random_below(&random, 5);
        x[i] = random_normal(&random) + a[i];
        y[i] = i % 10 == 3 ? (double)NAN : 0.5 * x[i] + random_normal(&random);
    }
    for (int kind = 0; kind < 3; kind++) {
        struct dependence plain = {0}, more = {0};
        for (size_t probe = 0; probe <= 8; probe++) {
            size_t row = 100 * probe + 7, rows = probe ? N + 1 : N;
            x[N] = x[row], y[N] = y[row], a[N] = a[row], b[N] = b[row];
            struct gap_pair numbers = {x, y, rows};
            struct coded_pair codes = {a, b, rows};
            struct dependence *out = probe ? &more : &plain;
            if (kind == 0)
                dependence_correlation(&numbers, probe ? NULL : influence, out);
            else if (kind == 1)
                cr_assert_eq(dependence_ratio(y, a, rows, 3, probe ? NULL : influence, out, NULL), 0);
            else
                cr_assert_eq(dependence_cramer(&codes, 3, 5, probe ? NULL : influence, out, NULL), 0);
            if (probe == 0) {
                double sum = 0, squares = 0;
                for (size_t i = 0; i < N; i++) {
                    sum += influence[i];
                    squares += influence[i] * influence[i];
                }
                cr_near(sum / N, 0, 1e-12, "kind %d: mean", kind);
                cr_near(plain.linear, squares / N / N, 1e-15, "kind %d: variance", kind);
                continue;
            }
            double before = plain.strength * plain.strength, after = more.strength * more.strength;
            cr_near((N + 1) * (after - before), influence[row], 0.02, "kind %d, row %zu", kind, row);
        }
    }
}

/* Pearson, correlation ratio and bias-corrected V of the golden pairs, train and candidate. */
Test(association, golden)
{
    golden_needed();
    static const char *const kinds[] = {"correlation", "correlation ratio", "cramers v"};
    static const char *const keys[] = {"pearson", "correlation_ratio", "cramers_v_bias_corrected"};
    for (size_t d = 0; d < GOLDEN_DATASETS; d++)
        for (size_t c = 0; c < GOLDEN_CANDIDATES; c++) {
            struct golden_pair pair = golden_pair(golden_datasets[d], golden_candidates[c]);
            struct fake_run run;
            char path[100];
            snprintf(path, sizeof path, "values/%s/train.json", golden_datasets[d]);
            cJSON *train = golden_json(path);
            const cJSON *columns = json_get(train, "within.pair_columns"), *item, *list;
            fake_run(&run, &measure_fidelity_association, pair.train, pair.candidate, NULL, false);
            cr_assert_eq(run.status, 0, "%s", run.error.message);
            double squares = 0, largest = 0;
            int pairs = 0;
            cJSON_ArrayForEach(item, cJSON_GetObjectItem(run.result.details, "pairs"))
            {
                static const char *const lists[] = {"numeric_numeric", "numeric_categorical", "categorical_categorical"};
                const char *a = json_get_string(item, "a", ""), *b = json_get_string(item, "b", "");
                int kind = 0, at = 0, found = -1;
                while (kind < 2 && strcmp(kinds[kind], json_get_string(item, "kind", "")))
                    kind++;
                cJSON_ArrayForEach(list, cJSON_GetObjectItem(columns, lists[kind]))
                {
                    const char *p = cJSON_GetArrayItem(list, 0)->valuestring, *q = cJSON_GetArrayItem(list, 1)->valuestring;
                    if ((!strcmp(p, a) && !strcmp(q, b)) || (!strcmp(p, b) && !strcmp(q, a)))
                        found = at;
                    at++;
                }
                cr_assert(found >= 0, "%s x %s", a, b);
                double real =
                    golden_value(cJSON_GetArrayItem(cJSON_GetObjectItem(json_get(train, "within"), keys[kind]), found));
                double other =
                    golden_value(cJSON_GetArrayItem(cJSON_GetObjectItem(json_get(pair.want, "within"), keys[kind]), found));
                cr_near(golden_number(item, "real"), fabs(real), 1e-9, "%s %s x %s", golden_datasets[d], a, b);
                cr_near(golden_number(item, "synthetic"), fabs(other), 1e-9, "%s %s x %s", golden_datasets[d], a, b);
                double difference = fabs(fabs(real) - fabs(other));
                squares += difference * difference;
                largest = fmax(largest, difference);
                pairs++;
            }
            cr_near(run.result.value, sqrt(squares / pairs), 1e-9, "%s value", golden_datasets[d]);
            cr_near(golden_number(run.result.details, "frobenius"), sqrt(2 * squares), 1e-9, "Frobenius");
            cr_near(golden_number(run.result.details, "max_difference"), largest, 1e-9, "largest");
            cr_expect(run.result.lo <= run.result.value && run.result.value <= run.result.hi);
            fake_run_free(&run);
            cJSON_Delete(train);
            golden_pair_free(&pair);
        }
}

static const struct fake_column mixed[] = {{.name = "x", .type = COLUMN_NUMERIC},
                                           {.name = "y", .type = COLUMN_DATETIME},
                                           {.name = "g", .type = COLUMN_CATEGORICAL, .levels = 4},
                                           {.name = "h", .type = COLUMN_BOOLEAN, .levels = 3}};

/* Rows that go together, some cells missing; order: rows from `first` on, round the end. */
static void write_rows(struct table *table, size_t first, bool apart)
{
    for (size_t k = 0; k < table->rows; k++) {
        size_t i = (k + first) % table->rows, j = apart ? (i * 37 + 11) % table->rows : i;
        fake_numbers(table, 0)[k] = (double)(i % 97) / 7;
        fake_numbers(table, 1)[k] = j % 13 == 5 ? (double)NAN : (double)(j % 97) + (double)(j % 5) / 3;
        fake_codes(table, 2)[k] = apart ? (uint32_t)(i * 29 % 83 % 4) : (uint32_t)(i % 97 / 25);
        fake_codes(table, 3)[k] = j % 11 == 2 ? CODE_MISSING : j % 97 > 40;
    }
}

/* Itself and its rows in another order: exactly 0. Rows taken apart: far away, the interval off 0. Threads change nothing. */
Test(association, same_rows_and_rows_taken_apart)
{
    struct schema *schema = fake_schema(mixed, 4);
    struct table *r = fake_table(schema, "train", 970), *turned = fake_table(schema, "candidate", 970);
    struct table *apart = fake_table(schema, "candidate", 970);
    struct pool *pool = NULL;
    cr_assert_eq(pool_new(&pool, 3, NULL), 0);
    write_rows(r, 0, false);
    write_rows(turned, 333, false);
    write_rows(apart, 0, true);
    fake_fit(schema, r);
    fake_seal(turned), fake_seal(apart);
    const struct table *const same[] = {r, turned};
    for (size_t k = 0; k < 2; k++) {
        struct fake_run run;
        fake_run(&run, &measure_fidelity_association, r, same[k], NULL, false);
        cr_assert_eq(run.status, 0, "%s", run.error.message);
        cr_expect(run.result.value == 0 && run.result.lo == 0 && run.result.hi < 0.2, "%g", run.result.value);
        fake_run_free(&run);
    }
    struct fake_run run, many, brief;
    fake_run(&run, &measure_fidelity_association, r, apart, NULL, false);
    fake_run(&many, &measure_fidelity_association, r, apart, pool, false);
    fake_run(&brief, &measure_fidelity_association, r, apart, pool, true);
    cr_expect(run.result.value > 0.5 && run.result.lo > 0.4, "%g from %g", run.result.value, run.result.lo);
    cr_expect(run.result.value == many.result.value && run.result.lo == many.result.lo && run.result.hi == many.result.hi &&
              run.result.population.lo == many.result.population.lo && run.result.population.hi == many.result.population.hi);
    cr_expect(brief.result.value == run.result.value && isnan(brief.result.lo) && !brief.result.details);
    fake_run_free(&run), fake_run_free(&many), fake_run_free(&brief);
    pool_free(pool);
    fake_schema_free(schema);
}

/* A column that became constant has lost its associations; one that is constant in both tables takes no part. */
Test(association, odd_tables)
{
    static const struct fake_column three[] = {{.name = "x", .type = COLUMN_NUMERIC},
                                               {.name = "y", .type = COLUMN_NUMERIC},
                                               {.name = "g", .type = COLUMN_CATEGORICAL, .levels = 2}};
    const size_t rows[] = {100, 1, 0};
    for (size_t k = 0; k < 3; k++) {
        struct schema *schema = fake_schema(three, 3);
        struct table *r = fake_table(schema, "train", 100), *s = fake_table(schema, "candidate", rows[k]);
        for (size_t i = 0; i < 100; i++) {
            fake_numbers(r, 0)[i] = fake_numbers(r, 1)[i] = (double)i;
            if (i < rows[k]) {
                fake_numbers(s, 0)[i] = (double)i;
                fake_numbers(s, 1)[i] = 5;
            }
        }
        fake_fit(schema, r);
        fake_seal(s);
        struct fake_run run;
        fake_run(&run, &measure_fidelity_association, r, s, NULL, false);
        cr_assert_eq(run.status, 0, "%s", run.error.message);
        /* x-y: 1 against nothing; x-g and y-g: η of one group is 0 in both (or undefined there) */
        cr_near(run.result.value, sqrt(1.0 / 3), 1e-12, "%zu rows", rows[k]);
        const cJSON *pair = cJSON_GetArrayItem(cJSON_GetObjectItem(run.result.details, "pairs"), 0);
        cr_expect(isnan(golden_number(pair, "synthetic")) && golden_number(pair, "difference") == 1 &&
                  *json_get_string(pair, "note", ""));
        fake_run_free(&run);
        fake_run(&run, &measure_fidelity_association, s, s, NULL, false);
        cr_expect(rows[k] == 100 ? run.status == 0 : run.status == ERROR_UNMEASURABLE, "%zu rows", rows[k]);
        fake_run_free(&run);
        fake_schema_free(schema);
    }
}

/* 10,000 categories against each other and 120 columns: a joint table that is never made, and a sample of 7,140 pairs. */
Test(association, many_levels_and_many_columns)
{
    enum { MANY = 120 };
    struct fake_column columns[MANY];
    for (size_t c = 0; c < MANY; c++)
        columns[c] = (struct fake_column){.name = "c",
                                          .type = c < 4 ? COLUMN_CATEGORICAL : COLUMN_NUMERIC,
                                          .levels = c < 2   ? 10000
                                                    : c < 4 ? 3
                                                            : 0};
    struct schema *schema = fake_schema(columns, MANY);
    struct table *r = fake_table(schema, "train", 2000), *s = fake_table(schema, "candidate", 1500);
    struct table *const tables[] = {r, s};
    struct random random;
    random_init(&random, 5, "many", 0, 0);
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; i < tables[t]->rows; i++)
            for (size_t c = 0; c < MANY; c++)
                if (c < 4)
                    fake_codes(tables[t], c)[i] = (uint32_t)random_below(&random, columns[c].levels);
                else
                    fake_numbers(tables[t], c)[i] = random_normal(&random);
    fake_fit(schema, r);
    fake_seal(s);
    struct fake_run run;
    fake_run(&run, &measure_fidelity_association, r, s, NULL, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    double compared = golden_number(run.result.details, "pairs_compared");
    cr_expect(golden_number(run.result.details, "pairs_there_are") == 7140 && compared > 3000 && compared < 5000);
    cr_expect(run.result.population.lo < 0.05 && run.result.hi >= run.result.value, "nothing is associated: %g %g",
              run.result.population.lo, run.result.value);
    fake_run_free(&run);
    fake_schema_free(schema);
}
