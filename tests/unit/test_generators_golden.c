/* Our generators against independent ones of the same definition (../shared/golden/tools/make_pairs.py, on numpy and
 * scikit-learn): made from the same training table they must reach the same fidelity. */
#include "datasets/csv.h"
#include "generators/generator.h"
#include "numeric/counting.h"
#include "tests/unit/golden.h"

struct fidelity {
    double shapes, numeric, categorical;
};

static double ks_of(const struct column *a, size_t n, const struct column *b, size_t m)
{
    double *x = malloc((n + 1) * sizeof *x), *y = malloc((m + 1) * sizeof *y);
    size_t present_a = empirical_sort(a->number, n, x), present_b = empirical_sort(b->number, m, y);
    double ks = ks_statistic_sorted(x, present_a, y, present_b);
    free(x);
    free(y);
    return ks;
}

/* Over the levels, missing dropped from both. */
static double tv_of(const struct column *a, size_t n, const struct column *b, size_t m, uint32_t n_levels)
{
    double *share = calloc((size_t)n_levels + 1, sizeof *share), sum = 0;
    for (size_t i = 0; i < n; i++)
        if (a->code[i] != CODE_MISSING)
            share[a->code[i]] += 1 / (double)(n - a->missing);
    for (size_t i = 0; i < m; i++)
        if (b->code[i] != CODE_MISSING)
            share[b->code[i]] -= 1 / (double)(m - b->missing);
    for (uint32_t level = 0; level < n_levels; level++)
        sum += fabs(share[level]) / 2;
    free(share);
    return sum;
}

/* Codes with missing as the last level. */
static uint32_t *levels_of(const struct table *table, size_t column)
{
    uint32_t *code = malloc((table->rows + 1) * sizeof *code), n_levels = table->schema->columns[column].n_levels;
    for (size_t i = 0; i < table->rows; i++)
        code[i] = table->columns[column].code[i] == CODE_MISSING ? n_levels : table->columns[column].code[i];
    return code;
}

static double contingency_of(const struct table *train, const struct table *out, size_t a, size_t b)
{
    const struct table *const tables[2] = {train, out};
    const size_t columns[2] = {a, b};
    const uint32_t pair[2] = {0, 1};
    struct arena *arena = arena_new();
    struct packed_column lanes[2][2];
    struct joint_gap joint;
    for (size_t t = 0; t < 2; t++)
        for (size_t j = 0; j < 2; j++) {
            uint32_t *codes = levels_of(tables[t], columns[j]);
            size_t levels = (size_t)train->schema->columns[columns[j]].n_levels + 1;
            cr_assert_eq(column_pack(codes, tables[t]->rows, levels, arena, &lanes[t][j], NULL), 0);
            free(codes);
        }
    struct packed_table first = {train->rows, 2, lanes[0]}, second = {out->rows, 2, lanes[1]};
    cr_assert_eq(counting_gaps_pooled(&first, &second, &(struct column_sets){2, 1, pair}, NULL, &joint, NULL, NULL, NULL), 0);
    arena_free(arena);
    return 1 - joint.gap.distance;
}

static struct fidelity fidelity_of(const struct table *train, const struct table *out)
{
    struct fidelity mean = {0};
    double numeric = 0, categorical = 0;
    size_t d = train->n_columns;
    for (size_t a = 0; a < d; a++) {
        const struct column *x = &train->columns[a], *y = &out->columns[a];
        mean.shapes += 1 - (x->number ? ks_of(x, train->rows, y, out->rows)
                                      : tv_of(x, train->rows, y, out->rows, train->schema->columns[a].n_levels));
        for (size_t b = a + 1; b < d; b++) {
            if (x->number && train->columns[b].number) {
                double r = pearson(x->number, train->columns[b].number, train->rows, NULL);
                double s = pearson(y->number, out->columns[b].number, out->rows, NULL);
                mean.numeric += 1 - fabs(r - s) / 2;
                numeric++;
            } else if (!x->number && !train->columns[b].number) {
                mean.categorical += contingency_of(train, out, a, b);
                categorical++;
            }
        }
    }
    mean.shapes /= (double)d;
    mean.numeric /= numeric;
    mean.categorical = categorical > 0 ? mean.categorical / categorical : NAN;
    return mean;
}

/* Two draws of one method differ by less than this in the worst of these cells (german_credit has 500 rows). */
static void compare(const char *dataset, const char *method, const struct table *train)
{
    char path[200];
    struct error error = {0};
    struct table *out;
    cr_assert_eq(generator_find(method)->run(train, train->rows, 1, method, NULL, &out, &error), 0, "%s", error.message);
    struct fidelity got = fidelity_of(train, out);
    snprintf(path, sizeof path, "values/%s/%s.json", dataset, method);
    cJSON *golden = golden_json(path);
    double tolerance = train->rows < 1000 ? 0.015 : 0.008;
    cr_near(got.shapes, json_get_number(golden, "means.column_shapes", NAN), tolerance, "%s %s shapes", dataset, method);
    cr_near(got.numeric, json_get_number(golden, "pair_similarity.mean_numeric", NAN), tolerance, "%s %s numeric pairs",
            dataset, method);
    cr_near(got.categorical, json_get_number(golden, "pair_similarity.mean_categorical", NAN), tolerance,
            "%s %s categorical pairs", dataset, method);
    cJSON_Delete(golden);
    table_free(out);
}

Test(generators_golden, fidelity_of_independent_implementations)
{
    static const char *const datasets[] = {"german_credit",      "compas",    "law_school", "heart_disease",
                                           "california_housing", "acs_ma2019"};
    static const char *const methods[] = {"independent", "copula", "cart", "leak05"};
    golden_needed();
    for (size_t d = 0; d < sizeof datasets / sizeof *datasets; d++) {
        char table_path[200], schema_path[200];
        struct schema *schema = NULL;
        struct table *train = NULL;
        struct error error = {0};
        snprintf(table_path, sizeof table_path, GOLDEN "pairs/%s/train.csv", datasets[d]);
        snprintf(schema_path, sizeof schema_path, GOLDEN "pairs/%s/schema.json", datasets[d]);
        cr_assert_eq(csv_read_train(table_path, schema_path, &schema, &train, NULL, &error), 0, "%s", error.message);
        for (size_t m = 0; m < sizeof methods / sizeof *methods; m++)
            compare(datasets[d], methods[m], train);
        table_free(train);
        schema_free(schema);
    }
}
