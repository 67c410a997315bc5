#include <criterion/criterion.h>

#include "numeric/scores.h"
#include "tests/unit/golden.h"

static void expect_scores(const struct classification_scores *got, const cJSON *want, const char *brier,
                          const char *calibration, const char *auc, const char *precision)
{
    cr_expect_eq((double)got->n, golden_number(want, "n"));
    cr_near(got->accuracy, golden_number(want, "accuracy"), 1e-9, "accuracy");
    cr_near(got->balanced_accuracy, golden_number(want, "balanced_accuracy"), 1e-9, "balanced accuracy");
    cr_near(got->macro_f1, golden_number(want, "macro_f1"), 1e-9, "macro F1");
    cr_near(got->roc_auc, golden_number(want, auc), 1e-9, "AUC");
    cr_near(got->average_precision, golden_number(want, precision), 1e-9, "average precision");
    cr_near(got->log_loss, golden_number(want, "log_loss"), 1e-9, "log loss");
    cr_near(got->brier, golden_number(want, brier), 1e-9, "Brier");
    cr_near(got->calibration_error, golden_number(want, calibration), 1e-9, "calibration error");
}

Test(scores, golden_binary)
{
    golden_needed();
    const char *const cases[][3] = {{"binary_small", "score", "score"},  {"binary_small", "score_b", "score_b"},
                                    {"binary_medium", "score", "score"}, {"binary_medium", "score_b", "score_b"},
                                    {"binary_large", "score", "score"},  {"binary_large", "score_b", "score_b"},
                                    {"binary_edge", "score", "score"},   {"binary_edge", "score_b", "score_b_constant"}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char path[64];
        snprintf(path, sizeof path, "scores/%s.csv", cases[k][0]);
        struct golden_csv csv = golden_csv(path);
        snprintf(path, sizeof path, "scores/%s.json", cases[k][0]);
        cJSON *json = golden_json(path);
        double *y = golden_numbers(&csv, "y_true", false), *p = golden_numbers(&csv, cases[k][1], false);
        double *both = calloc(2 * csv.rows, sizeof *both);
        uint32_t *label = calloc(csv.rows, sizeof *label);
        for (size_t i = 0; i < csv.rows; i++) {
            label[i] = y[i] == 1;
            both[2 * i] = 1 - p[i];
            both[2 * i + 1] = p[i];
        }
        struct classification_scores got;
        cr_assert_eq(classification_scores(label, both, csv.rows, 2, &got, NULL), 0);
        expect_scores(&got, cJSON_GetObjectItem(json, cases[k][2]), "brier", "calibration_error_10", "roc_auc",
                      "average_precision");
        golden_csv_free(&csv);
        cJSON_Delete(json);
        free(y), free(p), free(both), free(label);
    }
}

Test(scores, golden_multiclass_and_regression)
{
    golden_needed();
    static const char *const columns[] = {"p_high", "p_low", "p_mid", "p_rare"};
    struct golden_csv csv = golden_csv("scores/multiclass.csv"), regression = golden_csv("scores/regression.csv");
    cJSON *json = golden_json("scores/multiclass.json"), *want = golden_json("scores/regression.json");
    double *p = calloc(4 * csv.rows, sizeof *p);
    uint32_t *label = calloc(csv.rows, sizeof *label);
    for (size_t i = 0; i < csv.rows; i++) {
        double sum = 0;
        for (size_t c = 0; c < 4; c++) {
            p[4 * i + c] = strtod(golden_text(&csv, i, golden_column(&csv, columns[c])), NULL);
            sum += p[4 * i + c];
            label[i] = strcmp(golden_text(&csv, i, 0), columns[c] + 2) ? label[i] : (uint32_t)c;
        }
        for (size_t c = 0; c < 4; c++)
            p[4 * i + c] /= sum;
    }
    struct classification_scores got;
    cr_assert_eq(classification_scores(label, p, csv.rows, 4, &got, NULL), 0);
    expect_scores(&got, json, "brier_sum_over_classes", "calibration_error_10_top_label", "roc_auc_ovr_macro",
                  "average_precision_macro");
    double *y = golden_numbers(&regression, "y_true", false), *predicted = golden_numbers(&regression, "score", false);
    struct regression_scores r;
    regression_scores(y, predicted, regression.rows, &r);
    const cJSON *all = cJSON_GetObjectItem(want, "all");
    const double values[] = {r.mae, r.mse, r.rmse, r.r2, r.explained_variance, r.mape, r.mean_error};
    const char *const keys[] = {"mae", "mse", "rmse", "r2", "explained_variance", "mape", "mean_error"};
    for (size_t k = 0; k < 7; k++)
        cr_near(values[k], golden_number(all, keys[k]), 1e-9, "%s", keys[k]);
    for (size_t g = 0; g < 2; g++) {
        static const char *const groups[] = {"m", "n"};
        double some_y[4000], some_p[4000];
        size_t n = 0;
        cr_assert_lt(regression.rows, 4000);
        for (size_t i = 0; i < regression.rows; i++) {
            if (strcmp(golden_text(&regression, i, golden_column(&regression, "group")), groups[g]) != 0)
                continue;
            some_y[n] = y[i];
            some_p[n++] = predicted[i];
        }
        regression_scores(some_y, some_p, n, &r);
        const cJSON *group = cJSON_GetObjectItem(cJSON_GetObjectItem(want, "per_group"), groups[g]);
        const double part[] = {r.mae, r.mse, r.rmse, r.r2, r.explained_variance, r.mape, r.mean_error};
        for (size_t k = 0; k < 7; k++)
            cr_near(part[k], golden_number(group, keys[k]), 1e-9, "group %s %s", groups[g], keys[k]);
    }
    golden_csv_free(&csv), golden_csv_free(&regression);
    cJSON_Delete(json), cJSON_Delete(want);
    free(p), free(label), free(y), free(predicted);
}

/* y = 1 0 1 0, p = .9 .6 .4 .1: one error each way. Log loss −(ln .9 + ln .4 + ln .4 + ln .9)/4, Brier (.01 + .36 + .36 +
 * .01)/4, every row in a calibration bin of its own: (.1 + .6 + .6 + .1)/4; AUC 3/4; AP ½·1 + ½·2/3. */
Test(scores, binary_by_hand)
{
    const uint32_t label[] = {1, 0, 1, 0};
    const double p[] = {0.1, 0.9, 0.4, 0.6, 0.6, 0.4, 0.9, 0.1};
    struct classification_scores s;
    cr_assert_eq(classification_scores(label, p, 4, 2, &s, NULL), 0);
    const double got[] = {s.accuracy,          s.balanced_accuracy, s.macro_f1, s.roc_auc,
                          s.average_precision, s.log_loss,          s.brier,    s.calibration_error};
    const double want[] = {0.5, 0.5, 0.5, 0.75, 5.0 / 6, -(log(0.9) + log(0.4)) / 2, 0.185, 0.35};
    for (size_t k = 0; k < 8; k++)
        cr_near(got[k], want[k], 1e-14, "score %zu", k);
}

Test(scores, edges_of_classification)
{
    const uint32_t ones[] = {1, 1, 1}, label[] = {0, 0, 2};
    const double half[] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5}, sure[] = {1, 0, 1, 0, 1, 0};
    const double three[] = {0.5, 0.5, 0, 0.2, 0.8, 0, 0.1, 0.2, 0.7};
    struct classification_scores s;
    cr_assert_eq(classification_scores(ones, half, 3, 2, &s, NULL), 0);
    cr_expect(s.accuracy == 1 && s.balanced_accuracy == 1 && s.macro_f1 == 1, "½ means class 1");
    cr_expect(isnan(s.roc_auc) && isnan(s.average_precision), "one class has no ranking");
    cr_near(s.log_loss, M_LN2, 1e-15, "log loss at ½");
    cr_near(s.calibration_error, 0.5, 1e-15, "calibration at ½");
    cr_assert_eq(classification_scores(ones, sure, 3, 2, &s, NULL), 0);
    cr_near(s.log_loss, 52 * M_LN2, 1e-12, "a sure error is clipped at 2^-52");
    cr_expect(s.brier == 1 && s.accuracy == 0 && s.macro_f1 == 0 && s.calibration_error == 1);
    cr_assert_eq(classification_scores(ones, half, 0, 2, &s, NULL), 0);
    cr_expect(isnan(s.accuracy) && isnan(s.log_loss) && isnan(s.brier) && isnan(s.calibration_error));
    /* class 1 never occurs but is predicted once; the tie of row 0 goes to class 0 */
    cr_assert_eq(classification_scores(label, three, 3, 3, &s, NULL), 0);
    cr_near(s.accuracy, 2.0 / 3, 1e-15, "accuracy");
    cr_near(s.balanced_accuracy, 0.75, 1e-15, "over the two classes that occur");
    cr_near(s.macro_f1, (2.0 / 3 + 0 + 1) / 3, 1e-15, "over the three classes met");
    cr_expect_eq(s.roc_auc, 1);
    cr_near(s.brier, (0.5 + 1.28 + 0.14) / 3, 1e-15, "summed over classes");
    cr_near(s.calibration_error, (0.5 + 0.8 + 0.3) / 3, 1e-15, "of the top label");
    const uint8_t outcome[] = {1, 1, 0};
    const double at[] = {1, 0.95, 0};
    cr_near(calibration_error(outcome, at, 3), 0.05 / 3, 1e-15, "1 belongs to the last bin");
    struct calibration_bin bins[CALIBRATION_BINS];
    calibration_bins(outcome, at, 3, bins);
    cr_expect(bins[0].n == 1 && bins[0].hits == 0 && bins[0].sum == 0 && bins[5].n == 0);
    cr_expect(bins[9].n == 2 && bins[9].hits == 2 && fabs(bins[9].sum - 1.95) < 1e-15);
}

/* y = 2, 4, 6, p = 3, 4, 8: errors 1, 0, 2; mean error 1, Σe² = 5, Σ(y − ȳ)² = 8, Σ(e − 1)² = 2. */
Test(scores, regression_by_hand)
{
    const double y[] = {2, 4, 6}, p[] = {3, 4, 8}, zero[] = {0, 1, 2}, flat[] = {0.1, 0.1, 0.1};
    struct regression_scores r;
    regression_scores(y, p, 3, &r);
    const double got[] = {r.mae, r.mse, r.rmse, r.r2, r.explained_variance, r.mape, r.mean_error};
    const double want[] = {1, 5.0 / 3, sqrt(5.0 / 3), 3.0 / 8, 0.75, (0.5 + 0 + 1.0 / 3) / 3, 1};
    for (size_t k = 0; k < 7; k++)
        cr_near(got[k], want[k], 1e-15, "score %zu", k);
    regression_scores(zero, p, 3, &r);
    cr_expect(isnan(r.mape) && isfinite(r.r2), "a zero in y leaves MAPE undefined");
    regression_scores(flat, p, 3, &r);
    cr_expect(isnan(r.r2) && isnan(r.explained_variance) && isfinite(r.mae), "a constant y has no R²");
    regression_scores(y, y, 3, &r);
    cr_expect(r.r2 == 1 && r.mae == 0 && r.mape == 0);
    regression_scores(y, p, 0, &r);
    cr_expect(isnan(r.mae) && isnan(r.r2));
}
