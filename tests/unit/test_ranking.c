#include <criterion/criterion.h>

#include "numeric/interval.h"
#include "numeric/ranking.h"
#include "tests/unit/golden.h"

static uint8_t *labels_of(const struct golden_csv *csv)
{
    double *numbers = golden_numbers(csv, "y_true", false);
    uint8_t *label = calloc(csv->rows, 1);
    for (size_t i = 0; i < csv->rows; i++)
        label[i] = numbers[i] == 1;
    free(numbers);
    return label;
}

static void expect_delong(const cJSON *want, const struct delong *got, const char *what)
{
    double se = sqrt(got->variance);
    struct interval wald = interval_wald(got->auc, se, 0.95, "DeLong"), logit = interval_logit(got->auc, se, 0.95, "DeLong");
    cr_near(got->auc, golden_number(want, "auc"), 1e-9, "%s auc", what);
    cr_near(got->variance, golden_number(want, "variance"), 1e-12, "%s variance", what);
    cr_near(se, golden_number(want, "se"), 1e-9, "%s se", what);
    cr_near(wald.lo, golden_value(cJSON_GetArrayItem(cJSON_GetObjectItem(want, "wald_95"), 0)), 1e-9, "%s Wald", what);
    cr_near(logit.hi, golden_value(cJSON_GetArrayItem(cJSON_GetObjectItem(want, "logit_95"), 1)), 1e-9, "%s logit", what);
}

Test(ranking, golden)
{
    golden_needed();
    const char *names[] = {"binary_small", "binary_medium", "binary_large"};
    for (size_t k = 0; k < 3; k++) {
        char path[64];
        snprintf(path, sizeof path, "scores/%s.csv", names[k]);
        struct golden_csv csv = golden_csv(path);
        snprintf(path, sizeof path, "scores/%s.json", names[k]);
        cJSON *json = golden_json(path);
        const cJSON *want = cJSON_GetObjectItem(json, "delong"), *paired = cJSON_GetObjectItem(want, "paired");
        double *a = golden_numbers(&csv, "score", false), *b = golden_numbers(&csv, "score_b", false), auc, precision;
        uint8_t *label = labels_of(&csv);
        struct delong_pair got;
        struct delong alone;
        cr_assert_eq(delong_paired(a, b, label, csv.rows, &got, NULL), 0);
        cr_assert_eq(delong(b, label, csv.rows, &alone, NULL), 0);
        expect_delong(cJSON_GetObjectItem(want, "score"), &got.first, names[k]);
        expect_delong(cJSON_GetObjectItem(want, "score_b"), &alone, names[k]);
        cr_near(got.difference, golden_number(paired, "difference"), 1e-9, "difference");
        cr_near(got.covariance, golden_number(paired, "covariance"), 1e-12, "covariance");
        cr_near(got.se, golden_number(paired, "se"), 1e-9, "se of the difference");
        cr_near(got.z, golden_number(paired, "z"), 1e-9, "z");
        double p = golden_number(paired, "p_two_sided");
        cr_expect(fabs(got.p / p - 1) < 1e-6, "p: got %.17g, want %.17g", got.p, p);
        cr_assert_eq(roc_auc(a, label, csv.rows, &auc, NULL), 0);
        cr_near(auc, json_get_number(json, "score.roc_auc", -1), 1e-12, "AUC of %s", names[k]);
        cr_assert_eq(average_precision(b, label, csv.rows, &precision, NULL), 0);
        cr_near(precision, json_get_number(json, "score_b.average_precision", -1), 1e-12, "AP of %s", names[k]);
        struct roc roc;
        cr_assert_eq(roc_compute(a, label, csv.rows, &roc, NULL), 0);
        cr_expect_eq((double)roc.count, json_get_number(json, "score.distinct_scores", -1) + 1);
        roc_free(&roc);
        golden_csv_free(&csv);
        cJSON_Delete(json);
        free(a), free(b), free(label);
    }
    cJSON *json = golden_json("intervals.json"), *item;
    cJSON_ArrayForEach(item, json_get(json, "tails.null_se_of_auc"))
    {
        cr_near(auc_null_se((size_t)golden_number(item, "n1"), (size_t)golden_number(item, "n0")), golden_number(item, "se"),
                1e-12, "null se");
    }
    cJSON_Delete(json);
}

/* By hand: positives 3, 2, 2; negatives 2, 1, 0, 0. Pairs: 3 beats four, each 2 beats three and ties one: (4 + 3.5 + 3.5)/12.
 * V10 = 1, 7/8, 7/8 → variance 1/192; V01 = 2/3, 1, 1, 1 → variance 1/36; DeLong: 1/576 + 1/144 = 5/576. */
static const double small_score[] = {3, 2, 0, 1, 2, 0, 2};
static const uint8_t small_label[] = {1, 0, 0, 0, 1, 0, 1};

Test(ranking, by_hand)
{
    struct delong got;
    double auc, precision;
    uint32_t order[7], weight[7] = {2, 1, 1, 1, 0, 1, 1};
    cr_assert_eq(delong(small_score, small_label, 7, &got, NULL), 0);
    cr_near(got.auc, 11.0 / 12, 1e-15, "auc");
    cr_near(got.variance, 5.0 / 576, 1e-15, "variance");
    cr_assert_eq(roc_auc(small_score, small_label, 7, &auc, NULL), 0);
    cr_expect_eq(auc, 11.0 / 12);
    cr_assert_eq(ranking_order(small_score, 7, order, NULL), 0);
    uint32_t want[] = {2, 5, 3, 1, 4, 6, 0};
    cr_expect_arr_eq(order, want, sizeof want);
    /* the first row twice, row 4 out: (4 + 4 + 3.5)/12 */
    cr_near(roc_auc_weighted(small_score, small_label, order, weight, 7), 11.5 / 12, 1e-15, "weighted");
    /* thresholds 3: R 1/3, P 1; 2: R 1, P 3/4 → 1/3 + 2/3·3/4 */
    cr_assert_eq(average_precision(small_score, small_label, 7, &precision, NULL), 0);
    cr_near(precision, 1.0 / 3 + 0.5, 1e-15, "average precision");
}

Test(ranking, roc_points_are_attained_not_interpolated)
{
    struct roc roc;
    cr_assert_eq(roc_compute(small_score, small_label, 7, &roc, NULL), 0);
    const struct {
        double threshold, fpr, tpr;
    } want[] = {{INFINITY, 0, 0}, {3, 0, 1.0 / 3}, {2, 0.25, 1}, {1, 0.5, 1}, {0, 1, 1}};
    cr_assert_eq(roc.count, 5);
    for (size_t i = 0; i < 5; i++)
        cr_expect(roc.points[i].threshold == want[i].threshold && roc.points[i].fpr == want[i].fpr &&
                      roc.points[i].tpr == want[i].tpr,
                  "point %zu", i);
    const struct {
        double fpr, tpr;
    } at[] = {{0, 1.0 / 3}, {0.2499, 1.0 / 3}, {0.25, 1}, {0.9, 1}, {1, 1}};
    for (size_t i = 0; i < 5; i++)
        cr_expect_eq(roc_at_fpr(&roc, at[i].fpr)->tpr, at[i].tpr, "at %g", at[i].fpr);
    roc_free(&roc);
    cr_expect_null(roc.points);
}

Test(ranking, one_class_and_constant_scores)
{
    const double constant[] = {1, 1, 1, 1}, infinite[] = {-INFINITY, INFINITY, -INFINITY, INFINITY};
    const uint8_t ones[] = {1, 1, 1, 1}, zeros[] = {0, 0, 0, 0}, mixed[] = {0, 1, 0, 1};
    double value;
    struct delong got;
    struct delong_pair pair;
    struct roc roc;
    cr_assert_eq(roc_auc(constant, mixed, 4, &value, NULL), 0);
    cr_expect_eq(value, 0.5);
    cr_assert_eq(roc_auc(infinite, mixed, 4, &value, NULL), 0);
    cr_expect_eq(value, 1);
    cr_assert_eq(roc_auc(constant, ones, 4, &value, NULL), 0);
    cr_expect(isnan(value));
    cr_assert_eq(roc_auc(constant, ones, 0, &value, NULL), 0);
    cr_expect(isnan(value));
    cr_assert_eq(average_precision(constant, zeros, 4, &value, NULL), 0);
    cr_expect(isnan(value));
    cr_assert_eq(delong(constant, mixed, 4, &got, NULL), 0);
    cr_expect(got.auc == 0.5 && got.variance == 0);
    cr_assert_eq(delong(constant, zeros, 4, &got, NULL), 0);
    cr_expect(isnan(got.auc) && isnan(got.variance));
    cr_assert_eq(delong(constant, mixed, 2, &got, NULL), 0);
    cr_expect(got.auc == 0.5 && isnan(got.variance));
    cr_assert_eq(delong_paired(constant, constant, mixed, 4, &pair, NULL), 0);
    cr_expect(pair.difference == 0 && pair.se == 0 && isnan(pair.z) && isnan(pair.p));
    cr_assert_eq(roc_compute(constant, zeros, 4, &roc, NULL), 0);
    cr_expect_null(roc_at_fpr(&roc, 0.5));
    roc_free(&roc);
    cr_expect(isnan(auc_null_se(0, 4)));
}

/* No spread: all of 30 disjoint pairs agree, so that the AUC is within 1 − .025^(1/30) = .115703 of what they say (half of that
 * for ties). Otherwise Wald's, held within [0, 1]. */
Test(ranking, interval_has_a_width_without_spread)
{
    enum { N = 70, POSITIVES = 30 };
    static const struct {
        double positive, negative, auc, lo, hi;
    } cases[] = {{1, 0, 1, 0.884297, 1}, {0, 1, 0, 0, 0.115703}, {2, 2, 0.5, 0.442148, 0.557852}};
    double score[N];
    uint8_t label[N];
    struct delong got;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        for (size_t i = 0; i < N; i++) {
            label[i] = i < POSITIVES;
            score[i] = label[i] ? cases[k].positive : cases[k].negative;
        }
        cr_assert_eq(delong(score, label, N, &got, NULL), 0);
        struct interval interval = delong_interval(&got, 0.95);
        cr_expect_eq(got.auc, cases[k].auc);
        cr_near(interval.lo, cases[k].lo, 1e-6, "lower end of case %zu", k);
        cr_near(interval.hi, cases[k].hi, 1e-6, "upper end of case %zu", k);
    }
    score[0] = 1; /* one positive below some: an ordinary variance */
    score[N - 1] = 3;
    cr_assert_eq(delong(score, label, N, &got, NULL), 0);
    struct interval ordinary = delong_interval(&got, 0.95), wald = interval_wald(got.auc, sqrt(got.variance), 0.95, "DeLong");
    cr_expect(got.variance > 0 && ordinary.lo == wald.lo && ordinary.hi == wald.hi);
    cr_assert_eq(delong(score, label, 1, &got, NULL), 0);
    struct interval unknown = delong_interval(&got, 0.95);
    cr_expect_not(interval_known(&unknown));
}
