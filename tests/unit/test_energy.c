/* Energy distance: closed forms, golden values, edges, the permutation test. */
#include <criterion/criterion.h>

#include "core/random.h"
#include "metrics/fidelity/encoded.h"
#include "numeric/energy.h"
#include "tests/unit/golden_tables.h"

extern const struct measure measure_fidelity_energy;

static struct mixed_rows numbers(const double *x, size_t n, struct arena *arena)
{
    struct mixed_rows rows;
    cr_assert_eq(mixed_rows_new(n, 1, 0, 0, arena, &rows, NULL), 0);
    for (size_t i = 0; i < n; i++)
        rows.number[i] = x[i];
    return rows;
}

static struct energy compute(const struct mixed_rows *a, const struct mixed_rows *b, struct pool *pool, struct arena *arena)
{
    struct energy_sums between, first, second;
    cr_assert_eq(energy_between(a, b, pool, arena, &between, NULL), 0);
    cr_assert_eq(energy_within(a, pool, arena, &first, NULL), 0);
    cr_assert_eq(energy_within(b, pool, arena, &second, NULL), 0);
    return energy_statistic(&between, &first, &second, a->rows, b->rows);
}

/* By hand. {0} and {1}: 2·1 − 0 − 0. {0, 2} and {1}: 2·1 − 1 − 0 = 1, no U with one row. {0, 1} and {2, 4}: means between 2.5,
 * within 1/2 and 1: V 3.5, U 5 − 1 − 2 = 2. */
Test(energy, closed_forms)
{
    static const struct {
        double x[2], y[2];
        size_t n, m;
        double v, u;
    } cases[] = {
        {{0}, {1}, 1, 1, 2, NAN}, {{0, 2}, {1}, 2, 1, 1, NAN}, {{0, 1}, {2, 4}, 2, 2, 3.5, 2}, {{3, 5}, {5, 3}, 2, 2, 0, -2}};
    struct arena *arena = arena_new();
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct mixed_rows a = numbers(cases[k].x, cases[k].n, arena), b = numbers(cases[k].y, cases[k].m, arena);
        struct energy e = compute(&a, &b, NULL, arena);
        cr_near(e.v, cases[k].v, 1e-14, "V of case %zu", k);
        cr_near(e.u, cases[k].u, 1e-14, "U of case %zu", k);
    }
    arena_free(arena);
}

/* All rows of every golden table. */
Test(energy, golden)
{
    golden_needed();
    struct pool *pool;
    cr_assert_eq(pool_new(&pool, 2, NULL), 0);
    for (size_t d = 0; d < GOLDEN_DATASETS; d++)
        for (size_t c = 0; c < GOLDEN_CANDIDATES; c++) {
            if (d == 4 && c % 4)
                continue; /* 10,320 rows: two candidates are enough */
            struct golden_pair pair = golden_pair(golden_datasets[d], golden_candidates[c]);
            struct dataset data = {.schema = pair.schema, .train = {.table = pair.train}};
            struct artifacts *artifacts;
            struct arena *arena = arena_new();
            const struct encoding *encoding;
            struct mixed_rows a, b;
            artifacts_new(&artifacts, NULL);
            struct measure_task task = {.data = &data, .artifacts = artifacts};
            cr_assert_eq(encoding_get(&task, &encoding, NULL), 0);
            cr_assert_eq(encoded_rows(encoding, pair.train, SIZE_MAX, 1, arena, &a, NULL), 0);
            cr_assert_eq(encoded_rows(encoding, pair.candidate, SIZE_MAX, 1, arena, &b, NULL), 0);
            a.n_marks = b.n_marks = a.n_marks > b.n_marks ? a.n_marks : b.n_marks;
            struct energy e = compute(&a, &b, pool, arena);
            const char *where = golden_datasets[d], *who = golden_candidates[c];
            cr_near(e.v, json_get_number(pair.want, "energy.v_statistic", NAN), 1e-9, "%s %s V", where, who);
            cr_near(e.u, json_get_number(pair.want, "energy.u_statistic", NAN), 1e-9, "%s %s U", where, who);
            cr_near(e.between, json_get_number(pair.want, "energy.mean_train_candidate", NAN), 1e-9, "%s %s", where, who);
            if (c < 3) {
                struct fake_run run;
                fake_run(&run, &measure_fidelity_energy, pair.train, pair.candidate, pool, false);
                cr_assert_eq(run.status, 0, "%s", run.error.message);
                cr_near(run.result.value, json_get_number(pair.want, "energy.v_statistic", NAN), 1e-9, "%s %s measure", where,
                        who);
                cr_expect(run.result.lo <= run.result.value && run.result.value <= run.result.hi);
                double p_value = json_get_number(run.result.details, "p_value", 1);
                if (c == 2) /* 500 rows are few */
                    cr_expect(d ? p_value == 0.005 : p_value <= 0.3, "%s: independent columns have p %g", where, p_value);
                fake_run_free(&run);
            }
            artifacts_free(artifacts);
            arena_free(arena);
            golden_pair_free(&pair);
        }
    pool_free(pool);
}

/* The statistic of the test is that of the rows it looks at; under equality p is uniform on 1/200 … 1, so it falls to .1 or
 * below in about a tenth of the runs (400 runs: standard error .015); a shift of one sd is always found. */
Test(energy, permutation_test)
{
    size_t low = 0, runs = 400;
    double spread = 0, sd = 0;
    for (size_t r = 0; r < runs; r++) {
        struct arena *arena = arena_new();
        struct random random;
        struct energy_test test;
        double x[2][40];
        random_init(&random, 9, "permutation test", r, 0);
        for (size_t i = 0; i < 80; i++)
            x[i / 40][i % 40] = random_normal(&random);
        struct mixed_rows a = numbers(x[0], 40, arena), b = numbers(x[1], 30, arena);
        struct energy e = compute(&a, &b, NULL, arena);
        cr_assert_eq(energy_permute(&a, 40, &b, 30, r, NULL, &test, NULL), 0);
        cr_near(test.statistic, e.v, 1e-5, "statistic");
        low += test.p <= 0.1;
        spread += e.u * e.u / (double)runs;
        sd += test.sd / (double)runs;
        for (size_t i = 0; i < 30; i++)
            b.number[i] += 1.5;
        cr_assert_eq(energy_permute(&a, 40, &b, 30, r, NULL, &test, NULL), 0);
        cr_expect(test.p <= 0.01, "a shift of 1.5 sd has p %g", test.p);
        arena_free(arena);
    }
    cr_expect(low > 20 && low < 60, "p is at most .1 in %zu of 400 runs", low);
    cr_near(sd, sqrt(spread), 0.25 * sqrt(spread), "spread over permutations");
}

static struct schema *mixed(size_t rows, struct table **train, struct table **candidate)
{
    static const struct fake_column columns[] = {{.name = "x", .type = COLUMN_NUMERIC},
                                                 {.name = "day", .type = COLUMN_DATETIME},
                                                 {.name = "g", .type = COLUMN_CATEGORICAL, .levels = 6}};
    struct schema *schema = fake_schema(columns, 3);
    struct table *tables[2] = {fake_table(schema, "train", rows), fake_table(schema, "candidate", rows)};
    struct random random;
    random_init(&random, 3, "mixed", 0, 0);
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; i < rows; i++) {
            fake_numbers(tables[t], 0)[i] = i % 9 == 4 ? (double)NAN : random_normal(&random) * (t ? 2 : 1);
            fake_numbers(tables[t], 1)[i] = 18000 + (double)random_below(&random, 300);
            fake_codes(tables[t], 2)[i] = i % 7 == 3 ? CODE_MISSING : (uint32_t)random_below(&random, t ? 6 : 4);
        }
    fake_fit(schema, tables[0]);
    fake_seal(tables[1]);
    *train = tables[0];
    *candidate = tables[1];
    return schema;
}

/* A table against itself is 0 for any size, also where rows are drawn; threads and brief runs change nothing. */
Test(energy, ideal_threads_brief)
{
    const size_t rows[] = {2, 50, 500, 11100};
    struct pool *pool;
    cr_assert_eq(pool_new(&pool, 3, NULL), 0);
    for (size_t r = 0; r < 4; r++) {
        struct table *train, *candidate;
        struct schema *schema = mixed(rows[r], &train, &candidate);
        struct fake_run same, one, many, brief;
        fake_run(&same, &measure_fidelity_energy, train, train, pool, false);
        cr_assert_eq(same.status, 0, "%s", same.error.message);
        cr_expect(same.result.value == 0 && same.result.lo == 0, "%zu rows: %g", rows[r], same.result.value);
        cr_expect_eq(json_get_number(same.result.details, "p_value", 0), 1);
        cr_expect_eq(json_get_bool(same.result.details, "sampled", false), rows[r] > 11000);
        fake_run(&one, &measure_fidelity_energy, train, candidate, NULL, false);
        fake_run(&many, &measure_fidelity_energy, train, candidate, pool, false);
        fake_run(&brief, &measure_fidelity_energy, train, candidate, pool, true);
        struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
        json_print(one.result.details, &a);
        json_print(many.result.details, &b);
        cr_expect_str_eq(strbuf_text(&a), strbuf_text(&b));
        cr_expect(one.result.value == many.result.value && one.result.lo == many.result.lo && one.result.hi == many.result.hi);
        cr_expect(brief.result.value == one.result.value && isnan(brief.result.lo) && one.result.value > 0);
        cr_expect(strlen(one.result.finding) > 40 && one.result.hi > one.result.lo);
        cr_expect(one.result.population.method && one.result.population.lo <= one.result.population.hi);
        cr_expect(!brief.result.population.method);
        strbuf_free(&a), strbuf_free(&b);
        fake_run_free(&same), fake_run_free(&one), fake_run_free(&many), fake_run_free(&brief);
        fake_schema_free(schema);
    }
    pool_free(pool);
}

Test(energy, what_cannot_be_measured)
{
    struct table *train, *candidate;
    struct schema *schema = mixed(3, &train, &candidate);
    struct fake_run run;
    for (size_t rows = 0; rows < 2; rows++) {
        candidate->rows = rows;
        fake_run(&run, &measure_fidelity_energy, train, candidate, NULL, false);
        cr_expect_eq(run.status, ERROR_UNMEASURABLE, "%zu rows", rows);
        fake_run_free(&run);
    }
    candidate->rows = 3;
    for (size_t c = 0; c < 3; c++)
        schema->columns[c].type = COLUMN_ID;
    fake_run(&run, &measure_fidelity_energy, train, candidate, NULL, false);
    cr_expect_eq(run.status, ERROR_UNMEASURABLE);
    cr_expect(strlen(run.error.message) > 20);
    fake_run_free(&run);
    fake_schema_free(schema);
}

/* An empty, a constant and an absurd column: no crash, and the difference shows. */
Test(energy, odd_columns)
{
    struct table *train, *candidate;
    struct schema *schema = mixed(50, &train, &candidate);
    for (size_t i = 0; i < 50; i++) {
        fake_numbers(train, 1)[i] = 5;
        fake_numbers(candidate, 1)[i] = i ? 5 : 1e308;
        fake_numbers(train, 0)[i] = NAN;
    }
    fake_fit(schema, train);
    fake_seal(candidate);
    struct fake_run run;
    fake_run(&run, &measure_fidelity_energy, train, candidate, NULL, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    cr_expect(isfinite(run.result.value) && run.result.value > 1 && isfinite(run.result.hi));
    fake_run_free(&run);
    fake_schema_free(schema);
}
