/* Fréchet distance: closed forms, golden values, edges, and what is said about its noise. */
#include <criterion/criterion.h>

#include "core/random.h"
#include "metrics/fidelity/encoded.h"
#include "numeric/frechet.h"
#include "numeric/square.h"
#include "tests/unit/golden_tables.h"

extern const struct measure measure_fidelity_frechet;

static struct cross_sums sums_of(const double (*rows)[3], size_t n, struct arena *arena)
{
    static const uint32_t index[] = {0, 1, 2};
    struct cross_sums sums;
    cr_assert_eq(cross_sums_new(3, arena, &sums, NULL), 0);
    for (size_t i = 0; i < n; i++)
        cross_sums_add(&sums, index, rows[i], 3);
    return sums;
}

/* Four points of a cross have mean m and covariance diag(2a²/3, 2b²/3). First: a = b = √1.5, the unit matrix. Second: mean
 * (1, 0), twice as wide, 4·I: 1 + (1 + 1 + 4 + 4 − 2(2 + 2)) = 3 (the spec's truth). Third column always 0 or constant. */
Test(frechet, closed_forms)
{
    const double u = sqrt(1.5), w = 2 * sqrt(1.5);
    const double unit[4][3] = {{u, 0, 0}, {-u, 0, 0}, {0, u, 0}, {0, -u, 0}};
    const double wide[4][3] = {{1 + w, 0, 0}, {1 - w, 0, 0}, {1, w, 0}, {1, -w, 0}};
    const double line[4][3] = {{u, 0, 0}, {-u, 0, 0}, {u, 0, 0}, {-u, 0, 0}};   /* covariance diag(2, 0) */
    const double across[4][3] = {{0, u, 0}, {0, -u, 0}, {0, u, 0}, {0, -u, 0}}; /* diag(0, 2): nothing shared, 2 + 2 */
    const double point[4][3] = {{5, 0, 0}, {5, 0, 0}, {5, 0, 0}, {5, 0, 0}};    /* 25 + 2 to the unit matrix */
    const double third[4][3] = {{u, 0, 3}, {-u, 0, 3}, {0, u, 3}, {0, -u, 3}};  /* unit, moved by 3 */
    const struct {
        const double (*a)[3], (*b)[3];
        double value;
    } cases[] = {{unit, wide, 3},   {wide, unit, 3},  {line, across, 4}, {unit, point, 27},
                 {point, unit, 27}, {unit, third, 9}, {unit, unit, 0},   {point, point, 0}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct arena *arena = arena_new();
        struct cross_sums a = sums_of(cases[k].a, 4, arena), b = sums_of(cases[k].b, 4, arena);
        struct frechet f;
        for (int derivatives = 0; derivatives < 2; derivatives++) {
            cr_assert_eq(frechet_distance(&a, &b, derivatives, arena, &f, NULL), 0);
            cr_near(f.value, cases[k].value, 1e-12, "case %zu", k);
            cr_expect(cases[k].value > 0 || f.value == 0);
        }
        arena_free(arena);
    }
}

/* z = 1.959964. Estimate 4, se 1/2: 4 ± .979982, above plus .979982²/16 = .060023; the root's interval 2 ± .244995 squared has
 * the same upper end. Estimate 0: the skew stops at half the margin. The value is always inside. */
Test(frechet, interval_of_a_square)
{
    static const struct {
        double value, estimate, se, lo, hi;
    } cases[] = {{4, 4, 0.5, 3.020018, 5.040005}, {1, 0, 0.5, 0, 1.469973}, {3, 0, 0.5, 0, 3}, {2, -1, 0.5, 0, 2},
                 {2, 4, 0.5, 2, 5.040005},        {0, 0, 0, 0, 0}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct interval interval = interval_square(cases[k].value, cases[k].estimate, cases[k].se, 0.95);
        cr_near(interval.lo, cases[k].lo, 1e-6, "lower end %zu", k);
        cr_near(interval.hi, cases[k].hi, 1e-6, "upper end %zu", k);
    }
    double root = pow(2 + 1.959963984540054 * 0.5 / 4, 2); /* delta method: se of the root is se/(2·2) */
    cr_near(interval_square(4, 4, 0.5, 0.95).hi, root, 1e-12, "square of the root's upper end");
}

/* Ends by Brent's method (scipy.optimize.brentq) on the formulas of numeric/square.h; below b the end is shifted: 2 +
 * √10·1.2-skew quantile. A skew of .1 counts as .3, nothing at all has no width. */
Test(frechet, interval_of_a_quadratic)
{
    static const struct {
        struct quadratic q;
        double lo, hi;
    } cases[] = {{{2, 5, 10, 8, 1.2}, 0, 10.374297089},
                 {{5, 5, 10, 20, 1.265}, 0, 17.428112243},
                 {{12, 5, 10, 60, 1.265}, 4.060759500, 33.781461397},
                 {{400, 5, 10, 1600, 1}, 325.929389854, 483.940121752},
                 {{9, 5, 10, 15, 0.1}, 2.289916355, 16.635450939},
                 {{0, 5, 10, 15, 1}, 0, 0},
                 {{3, 0, 0, 0, 0}, 3, 3}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct interval interval = quadratic_interval(&cases[k].q, 0.95);
        cr_near(interval.lo, cases[k].lo, 1e-8, "lower end %zu", k);
        cr_near(interval.hi, cases[k].hi, 1e-8, "upper end %zu", k);
    }
}

/* V = Σ (Z_k + δ_k)² over 5 standard normal Z: b = 5, Q = 10, γ = √(8/5), projections 4V, mean 5 + Σδ². 4,000 draws, standard
 * error .35 %: Σδ² all in one direction or spread over the five. */
Test(frechet, coverage_of_a_quadratic)
{
    static const double shifts[] = {0, 1, 4, 16, 100};
    for (size_t k = 0; k < 10; k++) {
        double shift = shifts[k / 2], held = 0;
        struct random random;
        random_init(&random, 5, "quadratic", k, 0);
        for (size_t run = 0; run < 4000; run++) {
            double v = 0;
            for (size_t i = 0; i < 5; i++) {
                double x = random_normal(&random) + (k % 2 ? sqrt(shift / 5) : i ? 0 : sqrt(shift));
                v += x * x;
            }
            struct quadratic q = {v, 5, 10, 4 * v, sqrt(8.0 / 5)};
            struct interval interval = quadratic_interval(&q, 0.95);
            held += (interval.lo <= 5 + shift && 5 + shift <= interval.hi) / 4000.0;
        }
        cr_expect(held > 0.93 && held < 0.97, "shift %g: held in %g", shift, held);
    }
}

/* The gradient against a difference: C1 is changed by one more copy of its rows, weighted through their number. */
Test(frechet, gradient)
{
    struct arena *arena = arena_new();
    struct random random;
    double rows[2][200][3];
    random_init(&random, 3, "gradient", 0, 0);
    for (size_t i = 0; i < 400; i++) {
        double z = random_normal(&random);
        rows[i / 200][i % 200][0] = z + random_normal(&random) * (i < 200 ? 1 : 2);
        rows[i / 200][i % 200][1] = z + (i < 200 ? 0.5 : 0);
        rows[i / 200][i % 200][2] = random_normal(&random) - z;
    }
    struct cross_sums a = sums_of(rows[0], 200, arena), b = sums_of(rows[1], 200, arena);
    struct frechet f, moved;
    cr_assert_eq(frechet_distance(&a, &b, true, arena, &f, NULL), 0);
    const double step = 1e-6;
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j <= i; j++) {
            a.cross[i * 3 + j] += step * 199;
            cr_assert_eq(frechet_distance(&a, &b, false, arena, &moved, NULL), 0);
            a.cross[i * 3 + j] -= step * 199;
            cr_near((moved.value - f.value) / step, f.gradient[0][i * 3 + j] * (i == j ? 1 : 2), 1e-4, "by C1 %zu %zu", i, j);
            b.cross[i * 3 + j] += step * 199;
            cr_assert_eq(frechet_distance(&a, &b, false, arena, &moved, NULL), 0);
            b.cross[i * 3 + j] -= step * 199;
            cr_near((moved.value - f.value) / step, f.gradient[1][i * 3 + j] * (i == j ? 1 : 2), 1e-4, "by C2 %zu %zu", i, j);
        }
    arena_free(arena);
}

Test(frechet, golden)
{
    golden_needed();
    for (size_t d = 0; d < GOLDEN_DATASETS; d++)
        for (size_t c = 0; c < GOLDEN_CANDIDATES; c++) {
            struct golden_pair pair = golden_pair(golden_datasets[d], golden_candidates[c]);
            struct fake_run run;
            fake_run(&run, &measure_fidelity_frechet, pair.train, pair.candidate, NULL, c > 2);
            const char *where = golden_datasets[d], *who = golden_candidates[c];
            cr_assert_eq(run.status, 0, "%s", run.error.message);
            cr_near(run.result.value, json_get_number(pair.want, "frechet.value", NAN), 1e-9, "%s %s", where, who);
            if (run.result.details) {
                cr_near(json_get_number(run.result.details, "mean_part", NAN),
                        json_get_number(pair.want, "frechet.mean_part", NAN), 1e-9, "%s %s", where, who);
                cr_near(json_get_number(run.result.details, "trace_subject", NAN),
                        json_get_number(pair.want, "frechet.trace_c2", NAN), 1e-9, "%s %s", where, who);
                cr_expect(run.result.lo <= run.result.value && run.result.value <= run.result.hi && run.result.lo >= 0);
            }
            if (c == 0) /* fresh rows: what is left after the correction is small beside the value */
                cr_expect(json_get_number(run.result.details, "corrected", 1) < 0.6 * run.result.value, "%s: %g of %g", where,
                          json_get_number(run.result.details, "corrected", 1), run.result.value);
            fake_run_free(&run);
            golden_pair_free(&pair);
        }
}

static struct schema *mixed(size_t rows, uint32_t levels, uint64_t seed, struct table **train, struct table **candidate)
{
    const struct fake_column columns[] = {{.name = "x", .type = COLUMN_NUMERIC},
                                          {.name = "day", .type = COLUMN_DATETIME},
                                          {.name = "g", .type = COLUMN_CATEGORICAL, .levels = levels}};
    struct schema *schema = fake_schema(columns, 3);
    struct table *tables[2] = {fake_table(schema, "train", rows), fake_table(schema, "candidate", rows)};
    struct random random;
    random_init(&random, seed, "mixed", 0, 0);
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; i < rows; i++) {
            fake_numbers(tables[t], 0)[i] = i % 9 == 4 ? (double)NAN : random_normal(&random);
            fake_codes(tables[t], 2)[i] = i % 7 == 3 ? CODE_MISSING : (uint32_t)random_below(&random, levels);
            fake_numbers(tables[t], 1)[i] = 18000 + (double)random_below(&random, 300) + fake_codes(tables[t], 2)[i] % 2;
        }
    fake_fit(schema, tables[0]);
    fake_seal(tables[1]);
    *train = tables[0];
    *candidate = tables[1];
    return schema;
}

/* Tables from one population: bias and width as estimated against mean and spread over 200 pairs. */
Test(frechet, noise)
{
    double mean = 0, squares = 0, bias = 0, width = 0;
    const size_t runs = 200;
    for (size_t r = 0; r < runs; r++) {
        struct table *train, *candidate;
        struct schema *schema = mixed(300, 4, r, &train, &candidate);
        struct fake_run run;
        fake_run(&run, &measure_fidelity_frechet, train, candidate, NULL, false);
        cr_assert_eq(run.status, 0, "%s", run.error.message);
        mean += run.result.value / (double)runs;
        squares += run.result.value * run.result.value / (double)runs;
        bias += json_get_number(run.result.details, "bias", NAN) / (double)runs;
        width += (run.result.hi - run.result.lo) / (2 * 1.959963984540054) / (double)runs;
        cr_expect(run.result.population.lo == 0 && run.result.population.hi >= run.result.value);
        fake_run_free(&run);
        fake_schema_free(schema);
    }
    cr_expect(fabs(bias / mean - 1) < 0.1, "bias %g, mean of the value %g", bias, mean);
    double sd = sqrt(squares - mean * mean);
    cr_expect(width > 0.9 * sd && width < 1.7 * sd, "width over 4 sd: %g", width / sd); /* noise alone is skewed */
}

Test(frechet, ideal_threads_brief)
{
    const size_t rows[] = {2, 3, 500, 20000};
    struct pool *pool;
    cr_assert_eq(pool_new(&pool, 3, NULL), 0);
    for (size_t r = 0; r < 4; r++) {
        struct table *train, *candidate;
        struct schema *schema = mixed(rows[r], 5, 1, &train, &candidate);
        struct fake_run same, one, many, brief;
        fake_run(&same, &measure_fidelity_frechet, train, train, pool, false);
        cr_assert_eq(same.status, 0, "%s", same.error.message);
        cr_expect(same.result.value == 0 && same.result.lo == 0, "%zu rows: %g", rows[r], same.result.value);
        fake_run(&one, &measure_fidelity_frechet, train, candidate, NULL, false);
        fake_run(&many, &measure_fidelity_frechet, train, candidate, pool, false);
        fake_run(&brief, &measure_fidelity_frechet, train, candidate, pool, true);
        struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
        json_print(one.result.details, &a);
        json_print(many.result.details, &b);
        cr_expect_str_eq(strbuf_text(&a), strbuf_text(&b));
        cr_expect(one.result.value == many.result.value && one.result.lo == many.result.lo && one.result.hi == many.result.hi);
        cr_expect(near(brief.result.value, one.result.value, 1e-12) && isnan(brief.result.lo) && one.result.value > 0);
        cr_expect(strlen(one.result.finding) > 40, "%zu rows", rows[r]);
        cr_expect(one.result.population.method && !brief.result.population.method, "%zu rows", rows[r]);
        strbuf_free(&a), strbuf_free(&b);
        fake_run_free(&same), fake_run_free(&one), fake_run_free(&many), fake_run_free(&brief);
        fake_schema_free(schema);
    }
    pool_free(pool);
}

/* 10,000 categories: rare ones are pooled, down to 400 columns at most, and the result stands. */
Test(frechet, many_levels)
{
    struct table *train, *candidate;
    struct schema *schema = mixed(12000, 10000, 4, &train, &candidate);
    struct fake_run run;
    fake_run(&run, &measure_fidelity_frechet, train, candidate, NULL, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    cr_expect(json_get_number(run.result.details, "encoded_columns", 1e9) <= 400);
    cr_expect(json_get_number(run.result.details, "pooled_levels", 0) > 9000);
    cr_expect(run.result.value > 0 && run.result.value < 0.2, "%g", run.result.value);
    fake_run_free(&run);
    fake_schema_free(schema);
}

Test(frechet, odd_tables)
{
    struct table *train, *candidate;
    struct schema *schema = mixed(50, 4, 1, &train, &candidate);
    struct fake_run run;
    for (size_t i = 0; i < 50; i++) { /* constant, all missing, an absurd value and an unseen category */
        fake_numbers(train, 1)[i] = 5;
        fake_numbers(candidate, 1)[i] = i ? 5 : 1e308;
        fake_numbers(train, 0)[i] = NAN;
        fake_codes(train, 2)[i] = 0;
    }
    fake_fit(schema, train);
    fake_seal(candidate);
    fake_run(&run, &measure_fidelity_frechet, train, candidate, NULL, false);
    cr_assert_eq(run.status, 0, "%s", run.error.message);
    cr_expect(isfinite(run.result.value) && run.result.value > 1 && run.result.hi >= run.result.value);
    fake_run_free(&run);
    fake_run(&run, &measure_fidelity_frechet, train, train, NULL, false);
    cr_expect(run.status == 0 && run.result.value == 0 && run.result.hi == 0, "a constant table");
    fake_run_free(&run);
    for (candidate->rows = 0; candidate->rows < 2; candidate->rows++) {
        fake_run(&run, &measure_fidelity_frechet, train, candidate, NULL, false);
        cr_expect_eq(run.status, ERROR_UNMEASURABLE);
        fake_run_free(&run);
    }
    for (size_t c = 0; c < 3; c++)
        schema->columns[c].type = COLUMN_ID;
    fake_run(&run, &measure_fidelity_frechet, train, candidate, NULL, false);
    cr_expect_eq(run.status, ERROR_UNMEASURABLE);
    fake_run_free(&run);
    fake_schema_free(schema);
}
