#include <criterion/criterion.h>
#include <math.h>

#include "generators/dp.h"
#include "tests/unit/golden.h"
#include "tests/unit/table_fixture.h"

static struct table *make(const char *method, const struct table *train, size_t rows, uint64_t seed, struct dp_budget budget)
{
    struct table *out = NULL;
    struct pool *pool = NULL;
    struct error error = {0};

    cr_assert_eq(pool_new(&pool, 2, &error), 0, "%s", error.message);
    cr_assert_eq(generator_find(method)->run_private(train, rows, seed, &budget, method, pool, &out, &error), 0, "%s: %s",
                 method, error.message);
    pool_free(pool);
    return out;
}

static const char *const methods[] = {"dp-independent", "dp-tree"};

/* Two-sided geometric noise with a = e^(−ε/2): variance 2a/(1 − a)², P[0] = (1 − a)/(1 + a); over counts of 1,000, so that
 * nothing is cut at 0. And with a tenth of the noise, a = e^(−5ε). */
Test(dp, noise)
{
    static const double scales[] = {1, .1};

    for (size_t s = 0; s < 2; s++) {
        enum { N = 200000 };
        const double a = exp(-1 / (2 * scales[s])), variance = 2 * a / ((1 - a) * (1 - a));
        struct dp_model model = {.budget = {1, scales[s]}, .seed = 5};
        double *counts = calloc(N, sizeof *counts), sum = 0, squares = 0, zeros = 0;

        for (size_t i = 0; i < N; i++)
            counts[i] = 1000;
        dp_noisy_counts(&model, 3, 1, counts, N);
        for (size_t i = 0; i < N; i++) {
            const double noise = counts[i] - 1000;

            cr_assert_eq(noise, rint(noise), "noise is whole");
            sum += noise;
            squares += noise * noise;
            zeros += noise == 0;
        }
        cr_near(sum / N, 0, 5 * sqrt(variance / N), "mean at scale %g", scales[s]);
        cr_near(squares / N, variance, .05 * variance, "variance at scale %g", scales[s]);
        cr_near(zeros / N, (1 - a) / (1 + a), .01, "no noise at scale %g", scales[s]);
        free(counts);
    }
}

/* Scores 0, 0 and 1, ε = 2, sensitivity .5: weights 1, 1, e^2. Without sensitivity all three alike. */
Test(dp, choice)
{
    const double score[] = {0, 0, 1};
    struct dp_model model = {.budget = {1, 1}};
    size_t hits[2] = {0};

    for (uint64_t seed = 0; seed < 20000; seed++) {
        model.seed = seed;
        hits[0] += dp_choose(&model, 0, 2, .5, score, 3) == 2;
        hits[1] += dp_choose(&model, 0, 2, 0, score, 3) == 2;
    }
    cr_near((double)hits[0] / 20000, exp(2) / (exp(2) + 2), .015, "exponential mechanism");
    cr_near((double)hits[1] / 20000, 1. / 3, .015, "without sensitivity");
    /* 2/n ln((n+1)/2) + (n−1)/n ln((n+1)/(n−1)) at n = 100, by hand. */
    cr_near(dp_information_sensitivity(100), .02 * log(50.5) + .99 * log(101. / 99), 1e-12, "sensitivity of the information");
}

/* Largest change of the mutual information of a 2 × 3 table of n = 12 rows when one row is replaced, by brute force over
 * random tables: never above the stated sensitivity. */
static double information(const double *joint)
{
    double row[2] = {0}, column[3] = {0}, n = 0, sum = 0;

    for (size_t k = 0; k < 6; k++) {
        row[k / 3] += joint[k];
        column[k % 3] += joint[k];
        n += joint[k];
    }
    for (size_t k = 0; k < 6; k++)
        if (joint[k] > 0)
            sum += joint[k] / n * log(joint[k] * n / (row[k / 3] * column[k % 3]));
    return sum;
}

Test(dp, sensitivity_of_information)
{
    const double most = dp_information_sensitivity(12);
    double worst = 0;
    struct random random;

    random_init(&random, 9, "test sensitivity", 0, 0);
    for (size_t trial = 0; trial < 3000; trial++) {
        double joint[6] = {0};

        for (size_t i = 0; i < 12; i++)
            joint[random_below(&random, 6) * random_below(&random, 2)]++;
        for (size_t from = 0; from < 6; from++)
            for (size_t to = 0; to < 6 && joint[from] > 0; to++) {
                const double before = information(joint);

                joint[from]--;
                joint[to]++;
                worst = fmax(worst, fabs(information(joint) - before));
                joint[from]++;
                joint[to]--;
            }
    }
    cr_assert(worst <= most && worst > most / 4, "%g of %g", worst, most);
}

static const struct fixture_column columns[] = {
    {.name = "x", .type = COLUMN_NUMERIC, .decimals = 0},
    {.name = "y", .type = COLUMN_NUMERIC, .decimals = 2},
    {.name = "g", .type = COLUMN_CATEGORICAL, .n_levels = 3},
    {.name = "id", .type = COLUMN_ID, .n_levels = 50},
    {.name = "nothing", .type = COLUMN_NUMERIC},
};

/* x 0 … 9, y in [−5, 5] follows x, g follows x as well and is missing at times. */
static struct table *world(struct schema *schema, size_t rows)
{
    struct table *table = fixture_table(schema, rows);

    for (size_t i = 0; i < rows; i++) {
        table_numbers(table, 0)[i] = (double)(i % 10);
        table_numbers(table, 1)[i] = (double)(i % 10) - 4.5;
        table_codes(table, 2)[i] = i % 10 == 9 ? CODE_MISSING : i % 10 >= 5;
        table_codes(table, 3)[i] = (uint32_t)(i % 50);
        table_numbers(table, 4)[i] = NAN;
    }
    table_seal(table);
    return table;
}

static struct schema *public_schema(void)
{
    struct schema *schema = fixture_schema(columns, 5);

    schema->columns[0].lo = 0;
    schema->columns[0].hi = 9;
    schema->columns[1].lo = -5;
    schema->columns[1].hi = 5;
    schema->columns[2].fitted_levels = 3;
    schema->columns[2].missing_in_train = 1;
    schema->columns[4].lo = schema->columns[4].hi = NAN;
    schema->columns[4].missing_in_train = 1;
    return schema;
}

/* With a budget beyond measure nothing but binning is left: shares are those of train, the tree keeps what goes together, the
 * independent columns do not; cells stay in the domain, ids come out empty. */
Test(dp, without_noise)
{
    struct schema *schema = public_schema();
    struct table *train = world(schema, 2000);

    for (size_t m = 0; m < 2; m++) {
        struct table *out = make(methods[m], train, 5000, 7, (struct dp_budget){1e6, 1});
        size_t low = 0, together = 0, level = 0, missing = 0;

        for (size_t i = 0; i < out->rows; i++) {
            const double x = out->columns[0].number[i], y = out->columns[1].number[i];
            const uint32_t g = out->columns[2].code[i];

            cr_assert(x >= 0 && x <= 9 && x == rint(x) && y >= -5 && y <= 5 && fabs(y * 100 - rint(y * 100)) < 1e-6);
            cr_assert(g < 2 || g == CODE_MISSING);
            cr_assert(table_missing(out, 3, i) && table_missing(out, 4, i));
            low += x < 5;
            level += g == 0;
            missing += g == CODE_MISSING;
            together += (x < 5) == (g == 0);
        }
        cr_near((double)low / 5000, .5, .03, "%s: x", methods[m]);
        cr_near((double)level / 5000, .5, .03, "%s: g", methods[m]);
        cr_near((double)missing / 5000, .1, .02, "%s: missing", methods[m]);
        cr_near((double)together / 5000, m == 0 ? .5 : 1, .03, "%s: together", methods[m]);
        table_free(out);
    }
    table_free(train);
    schema_free(schema);
}

/* Little budget, few rows, one row, values outside the public domain: in the domain all the same, and the same bytes again. */
Test(dp, domain_and_repetition)
{
    static const size_t sizes[] = {1, 2, 300};

    for (size_t k = 0; k < 3; k++)
        for (size_t m = 0; m < 2; m++) {
            struct schema *schema = public_schema();
            struct table *train = world(schema, sizes[k]), *out, *again;

            table_numbers(train, 0)[0] = 1e9;
            table_numbers(train, 1)[0] = NAN; /* missing where the domain knows of none */
            table_codes(train, 2)[0] = 7;     /* a level that only this table has */
            out = make(methods[m], train, 400, 11, (struct dp_budget){.1, 1});
            again = make(methods[m], train, 400, 11, (struct dp_budget){.1, 1});
            for (size_t i = 0; i < 400; i++) {
                const uint32_t g = out->columns[2].code[i];

                cr_assert(out->columns[0].number[i] >= 0 && out->columns[0].number[i] <= 9);
                cr_assert(out->columns[1].number[i] >= -5 && out->columns[1].number[i] <= 5);
                cr_assert(g < 3 || g == CODE_MISSING);
                cr_assert(out->columns[1].number[i] == again->columns[1].number[i] && g == again->columns[2].code[i]);
            }
            table_free(out);
            table_free(again);
            table_free(train);
            schema_free(schema);
        }
}

/* Two neighbours of one column: 4 rows of level 0, or 3 and one of level 1. The event "the first cell drawn is level 1" has
 * probabilities within e^ε of each other at the full noise, and far from that at a tenth. */
Test(dp, neighbours)
{
    static const struct fixture_column one[] = {{.name = "g", .type = COLUMN_CATEGORICAL, .n_levels = 2}};
    static const double scales[] = {1, .1};

    for (size_t m = 0; m < 2; m++)
        for (size_t s = 0; s < 2; s++) {
            enum { RUNS = 6000 };
            struct schema *schema = fixture_schema(one, 1);
            size_t hits[2] = {0};
            double ratio;

            schema->columns[0].fitted_levels = 2;
            for (size_t world_of = 0; world_of < 2; world_of++) {
                struct table *train = fixture_table(schema, 4);

                for (size_t i = 0; i < 4; i++)
                    table_codes(train, 0)[i] = i == 0 && world_of == 1;
                table_seal(train);
                for (uint64_t seed = 0; seed < RUNS; seed++) {
                    struct table *out = make(methods[m], train, 1, seed, (struct dp_budget){1, scales[s]});

                    hits[world_of] += out->columns[0].code[0] == 1;
                    table_free(out);
                }
                table_free(train);
            }
            ratio = (double)(hits[1] + 1) / (double)(hits[0] + 1);
            cr_assert(s == 0 ? ratio < exp(1) : ratio > exp(1), "%s at scale %g: %zu, %zu", methods[m], scales[s], hits[0],
                      hits[1]);
            schema_free(schema);
        }
}

Test(dp, refusals)
{
    static const struct dp_budget bad[] = {{0, 1}, {-1, 1}, {NAN, 1}, {INFINITY, 1}, {1, 0}, {1, NAN}};
    struct schema *schema = public_schema();
    struct table *train = world(schema, 10), *empty = world(schema, 0), *out = NULL;
    struct pool *pool = NULL;

    cr_assert_eq(pool_new(&pool, 1, NULL), 0);
    for (size_t m = 0; m < 2; m++) {
        const struct generator *generator = generator_find(methods[m]);

        for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
            struct error error = {0};

            cr_assert_eq(generator->run_private(train, 5, 1, &bad[k], "x", pool, &out, &error), ERROR_INPUT);
            cr_assert(!out && strstr(error.message, "above 0"), "%s", error.message);
        }
        cr_assert_eq(generator->run_private(empty, 5, 1, &(struct dp_budget){1, 1}, "x", pool, &out, NULL), ERROR_INPUT);
        cr_assert_eq(generator->run(train, 5, 1, "x", pool, &out, NULL), 0, "a budget of 1 by itself");
        table_free(out);
        out = NULL;
    }
    pool_free(pool);
    table_free(train);
    table_free(empty);
    schema_free(schema);
}
