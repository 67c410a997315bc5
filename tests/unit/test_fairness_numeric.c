#include <criterion/criterion.h>

#include "numeric/fairness.h"
#include "numeric/ranking.h"
#include "numeric/scores.h"
#include "tests/unit/golden.h"

enum { MANY = 8 };

static void expect_groups(const cJSON *want, const struct group_rates *rates, const struct golden_csv *csv,
                          const uint32_t *group)
{
    const char *const keys[] = {"n",   "n_positive", "base_rate", "selection_rate",   "tpr",
                                "fpr", "ppv",        "accuracy",  "balanced_accuracy"};
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(want, "groups"))
    {
        size_t row = 0, column = golden_column(csv, "group");
        while (strcmp(golden_text(csv, row, column), item->string))
            row++;
        const struct group_rates *r = &rates[group[row]];
        const double got[] = {(double)r->n, (double)r->positives, r->base_rate,        r->selection_rate, r->tpr, r->fpr,
                              r->ppv,       r->accuracy,          r->balanced_accuracy};
        for (size_t k = 0; k < 9; k++)
            cr_near(got[k], golden_number(item, keys[k]), 1e-9, "group %s %s", item->string, keys[k]);
    }
}

static void expect_gaps(const cJSON *want, const struct fairness_gaps *g)
{
    const struct {
        const char *key;
        double got;
    } gaps[] = {{"demographic_parity_difference", g->demographic_parity_difference},
                {"demographic_parity_ratio", g->demographic_parity_ratio},
                {"equal_opportunity_difference", g->equal_opportunity_difference},
                {"fpr_difference", g->fpr_difference},
                {"equalized_odds_difference_worst", g->equalized_odds_difference},
                {"equalized_odds_difference_mean", g->equalized_odds_difference_mean},
                {"equalized_odds_ratio_worst", g->equalized_odds_ratio},
                {"predictive_parity_difference", g->predictive_parity_difference},
                {"accuracy_difference", g->accuracy_difference},
                {"worst_group_accuracy", g->worst_accuracy},
                {"worst_group_balanced_accuracy", g->worst_balanced_accuracy}};
    for (size_t k = 0; k < sizeof gaps / sizeof *gaps; k++)
        cr_near(gaps[k].got, golden_number(want, gaps[k].key), 1e-9, "%s", gaps[k].key);
}

/* Scores by group: their calibration errors, how much they overstate it, and the equity-scaled AUC. */
static void expect_scores(const cJSON *want, const struct golden_csv *csv, const double *p, const uint8_t *label,
                          const uint32_t *group, size_t groups, const struct group_rates *rates)
{
    struct group_mean means[MANY];
    double errors[MANY], areas[MANY], *score = calloc(csv->rows, sizeof *score), area;
    uint8_t *outcome = calloc(csv->rows, 1);
    group_means_compute(p, 1, group, NULL, csv->rows, groups, means);
    for (size_t g = 0; g < groups; g++) {
        size_t n = 0, first = csv->rows;
        for (size_t i = csv->rows; i-- > 0;)
            if (group[i] == g) {
                first = i;
                score[n] = p[i];
                outcome[n++] = label[i];
            }
        const cJSON *item =
            cJSON_GetObjectItem(cJSON_GetObjectItem(want, "groups"), golden_text(csv, first, golden_column(csv, "group")));
        errors[g] = calibration_error(outcome, score, n);
        if (roc_auc(score, outcome, n, &areas[g], NULL) != 0)
            areas[g] = NAN;
        cr_expect_eq(means[g].n, n);
        cr_near(errors[g], golden_number(item, "calibration_error_10"), 1e-9, "calibration error");
        cr_near(areas[g], golden_number(item, "auc"), 1e-9, "AUC");
        cr_near(means[g].mean - rates[g].base_rate, golden_number(item, "mean_score_minus_mean_label"), 1e-9, "bias");
    }
    cr_assert_eq(roc_auc(p, label, csv->rows, &area, NULL), 0);
    cr_near(range_difference(errors, groups), golden_number(want, "calibration_error_difference"), 1e-9, "calibration gap");
    cr_near(equity_scaled(area, areas, groups), golden_number(want, "equity_scaled_auc"), 1e-9, "equity-scaled AUC");
    free(score), free(outcome);
}

/* AIF360's signed forms, where there are two groups. first: the group whose name sorts first. */
static void expect_signed(const cJSON *want, const struct group_rates *rates, size_t first)
{
    const cJSON *forms = cJSON_GetObjectItem(want, "signed_second_minus_first");
    if (!forms)
        return;
    const struct group_rates *a = &rates[first], *b = &rates[1 - first];
    cr_near(b->selection_rate - a->selection_rate, golden_number(forms, "statistical_parity"), 1e-9, "parity");
    cr_near(b->selection_rate / a->selection_rate, golden_number(forms, "disparate_impact"), 1e-9, "impact");
    cr_near(b->tpr - a->tpr, golden_number(forms, "equal_opportunity"), 1e-9, "opportunity");
    cr_near((b->tpr - a->tpr + b->fpr - a->fpr) / 2, golden_number(forms, "average_odds"), 1e-9, "odds");
    cr_near((fabs(b->tpr - a->tpr) + fabs(b->fpr - a->fpr)) / 2, golden_number(forms, "average_absolute_odds"), 1e-9,
            "absolute odds");
}

Test(fairness, golden)
{
    golden_needed();
    const char *const cases[][3] = {
        {"binary_small", "score", "fairness_score"},  {"binary_small", "score_b", "fairness_score_b"},
        {"binary_medium", "score", "fairness_score"}, {"binary_medium", "score_b", "fairness_score_b"},
        {"binary_large", "score", "fairness_score"},  {"binary_large", "score_b", "fairness_score_b"},
        {"binary_edge", "score", "fairness_score"}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char path[64];
        snprintf(path, sizeof path, "scores/%s.csv", cases[k][0]);
        struct golden_csv csv = golden_csv(path);
        snprintf(path, sizeof path, "scores/%s.json", cases[k][0]);
        cJSON *json = golden_json(path);
        const cJSON *want = cJSON_GetObjectItem(json, cases[k][2]);
        double *y = golden_numbers(&csv, "y_true", false), *p = golden_numbers(&csv, cases[k][1], false);
        uint8_t *label = calloc(csv.rows, 1), *decision = calloc(csv.rows, 1);
        uint32_t *group = NULL;
        size_t groups = golden_codes((const struct golden_csv *[]){&csv}, 1, "group", &group), first = 0;
        double accuracies[MANY], right = 0;
        struct group_rates rates[MANY];
        for (size_t i = 0; i < csv.rows; i++) {
            label[i] = y[i] == 1;
            decision[i] = p[i] >= 0.5;
            right += label[i] == decision[i];
            size_t column = golden_column(&csv, "group");
            if (strcmp(golden_text(&csv, i, column), golden_text(&csv, first, column)) < 0)
                first = i;
        }
        group_rates_compute(label, decision, group, NULL, csv.rows, groups, rates);
        struct fairness_gaps gaps = fairness_gaps(rates, groups);
        expect_groups(want, rates, &csv, group);
        expect_gaps(want, &gaps);
        expect_scores(want, &csv, p, label, group, groups, rates);
        expect_signed(want, rates, group[first]);
        for (size_t g = 0; g < groups; g++)
            accuracies[g] = rates[g].accuracy;
        cr_near(equity_scaled(right / (double)csv.rows, accuracies, groups), golden_number(want, "equity_scaled_accuracy"),
                1e-9, "equity-scaled accuracy");
        golden_csv_free(&csv);
        cJSON_Delete(json);
        free(y), free(p), free(label), free(decision), free(group);
    }
}

/* Group 0: y 1 1 0 0, ŷ 1 0 1 0; group 1: y 1 0 0, ŷ 1 0 0; group 2 has no rows, group 3 one negative that is not selected.
 * Weights: row 0 twice, row 1 not at all. */
Test(fairness, by_hand)
{
    const uint8_t label[] = {1, 1, 0, 0, 1, 0, 0, 0, 1}, decision[] = {1, 0, 1, 0, 1, 0, 0, 0, 1};
    const uint32_t group[] = {0, 0, 0, 0, 1, 1, 1, 3, 99}, weight[] = {2, 0, 1, 1, 1, 1, 1, 1, 1};
    struct group_rates rates[4];
    group_rates_compute(label, decision, group, NULL, 9, 4, rates);
    cr_expect(rates[0].n == 4 && rates[0].selection_rate == 0.5 && rates[0].tpr == 0.5 && rates[0].fpr == 0.5 &&
              rates[0].ppv == 0.5 && rates[0].accuracy == 0.5);
    cr_expect(rates[1].n == 3 && rates[1].tpr == 1 && rates[1].fpr == 0 && rates[1].ppv == 1 && rates[1].accuracy == 1);
    cr_expect(rates[2].n == 0 && isnan(rates[2].selection_rate) && isnan(rates[2].accuracy));
    cr_expect(rates[3].n == 1 && isnan(rates[3].tpr) && rates[3].fpr == 0 && isnan(rates[3].ppv) &&
              isnan(rates[3].balanced_accuracy));
    struct fairness_gaps gaps = fairness_gaps(rates, 4);
    cr_expect_eq(gaps.groups, 3);
    cr_expect(gaps.demographic_parity_difference == 0.5 && gaps.demographic_parity_ratio == 0);
    cr_expect(gaps.equal_opportunity_difference == 0.5 && gaps.fpr_difference == 0.5 &&
              gaps.predictive_parity_difference == 0.5);
    cr_expect(gaps.worst_accuracy == 0.5 && gaps.worst_balanced_accuracy == 0.5);
    group_rates_compute(label, decision, group, weight, 9, 4, rates);
    cr_expect(rates[0].n == 4 && rates[0].positives == 2 && rates[0].tpr == 1 && rates[0].selection_rate == 0.75);
    /* Positives in one group alone: nothing to compare them with, whatever the negatives say. */
    gaps = fairness_gaps((struct group_rates[]){rates[0], rates[3]}, 2);
    cr_expect(isnan(gaps.equal_opportunity_difference) && isnan(gaps.equalized_odds_difference) &&
              isnan(gaps.equalized_odds_ratio) && isnan(gaps.worst_balanced_accuracy) && gaps.fpr_difference == 0.5);
    gaps = fairness_gaps(rates, 0);
    cr_expect(gaps.groups == 0 && isnan(gaps.demographic_parity_difference) && isnan(gaps.worst_accuracy));
}

/* measures.md: M = .8, groups .9 and .7: .8/1.2 */
Test(fairness, ranges)
{
    const double values[] = {0.9, NAN, 0.7}, none[] = {NAN}, zero[] = {0, 0};
    cr_near(equity_scaled(0.8, values, 3), 2.0 / 3, 1e-15, "equity-scaled");
    cr_near(range_difference(values, 3), 0.2, 1e-15, "difference");
    cr_near(range_ratio(values, 3), 0.7 / 0.9, 1e-15, "ratio");
    cr_expect(isnan(range_difference(values, 2)) && isnan(range_ratio(values, 2)) && isnan(equity_scaled(0.8, values, 2)));
    cr_expect(isnan(range_difference(none, 1)) && isnan(range_ratio(none, 1)) && isnan(range_ratio(zero, 2)));
    cr_expect_eq(range_difference(zero, 2), 0);
}
