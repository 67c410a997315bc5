#include "attacks/membership/details.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numeric/ranking.h"
#include "numeric/sort.h"

#define ROC_STEPS   56 /* grid of false positive rates, evenly spaced in log from 1/10000 to 1 */
#define ROC_DECADES 4.0
#define QUANTILES   19

static const char *const power_key[MEMBERSHIP_PLANTS] = {NULL, "power", "power_noisy", "power_values"};
static const char *const limit_key[MEMBERSHIP_PLANTS] = {NULL, "detection_limit", "detection_limit_noisy",
                                                         "detection_limit_values"};

static void add_points(cJSON *object, const struct membership_result *result)
{
    cJSON *tpr = json_add_object(object, "tpr"), *interval = json_add_object(object, "tpr_interval");
    cJSON *fpr = json_add_object(object, "fpr_attained"), *exposed = json_add_object(object, "exposed");

    for (size_t p = 0; p < MEMBERSHIP_POINTS; p++) {
        const struct membership_point *point = &result->point[p];
        const char *name = membership_fpr_name[p];

        json_add_number(tpr, name, point->tpr);
        json_add_number(fpr, name, point->fpr);
        if (point->supported) {
            cJSON *ends = json_add_array(interval, name), *share = json_add_object(exposed, name);

            json_push_number(ends, point->tpr_lo);
            json_push_number(ends, point->tpr_hi);
            json_add_number(share, "value", point->exposed);
            json_add_number(share, "lo", point->lo);
            json_add_number(share, "hi", point->hi);
        }
    }
}

static int add_roc(cJSON *object, const struct membership_trial *trial, const double *score, struct error *error)
{
    uint8_t *label = calloc(trial->n_targets + 1, 1);
    struct roc roc = {0};
    const struct roc_point *last = NULL;
    cJSON *array = json_add_array(object, "roc");
    int status;

    if (!label)
        return error_memory(error);
    memset(label, 1, trial->n_members);
    status = roc_compute(score, label, trial->n_targets, &roc, error);
    for (size_t step = 0; !status && step <= ROC_STEPS; step++) {
        const struct roc_point *at = roc_at_fpr(&roc, pow(10, ROC_DECADES * ((double)step / ROC_STEPS - 1)));
        cJSON *pair;

        if (!at || at == last)
            continue;
        pair = json_push_array(array);
        json_push_number(pair, at->fpr);
        json_push_number(pair, at->tpr);
        last = at;
    }
    roc_free(&roc);
    free(label);
    return status;
}

static void add_curve(cJSON *object, const char *key, const double power[MEMBERSHIP_SHARES])
{
    cJSON *curve = json_add_array(object, key);

    for (size_t s = 0; s < MEMBERSHIP_SHARES; s++) {
        cJSON *pair = json_push_array(curve);

        json_push_number(pair, membership_planted[s]);
        json_push_number(pair, power[s]);
    }
}

void membership_add_power(cJSON *details, const struct membership_overall *overall)
{
    for (int plant = PLANT_COPY; plant < MEMBERSHIP_PLANTS; plant++)
        add_curve(details, power_key[plant], overall->power[plant]);
}

/* An attack that cannot be asked about planted rows has limits null and no curves. */
static void add_power(cJSON *object, const struct membership_attack *attack, const struct membership_result *result)
{
    for (int plant = PLANT_COPY; plant < MEMBERSHIP_PLANTS; plant++) {
        if (!attack->no_plant)
            add_curve(object, power_key[plant], result->power[plant]);
        json_add_number(object, limit_key[plant], result->detection_limit[plant]);
    }
    if (attack->no_plant)
        json_add_string(object, "note", "no detection limit: a planted record would need the model trained anew");
}

int membership_add_attack(cJSON *attacks, const struct membership_attack *attack, const struct membership_trial *trial,
                          const struct membership_result *result, const struct membership_p *p, const double *score,
                          struct error *error)
{
    cJSON *object = json_push_object(attacks);

    json_add_string(object, "attack", attack->name);
    json_add_string(object, "family", attack->family);
    json_add_string(object, "knows", attack->knows);
    json_add_string(object, "guess", attack->guess);
    json_add_number(object, "auc", result->auc);
    json_add_number(object, "lo", result->auc_lo);
    json_add_number(object, "hi", result->auc_hi);
    json_add_number(object, "p_value", p->own);
    json_add_number(object, "p_corrected", p->corrected);
    json_add_number(object, "advantage", result->advantage);
    json_add_bool(object, "worse_than_chance", p->worse <= (1 - trial->level) / 2);
    add_points(object, result);
    add_power(object, attack, result);
    return add_roc(object, trial, score, error);
}

static int add_quantiles(cJSON *object, const char *name, const double *near, size_t n, struct error *error)
{
    cJSON *array = json_add_array(object, name);
    double *sorted = calloc(n + 1, sizeof *sorted);

    if (!sorted)
        return error_memory(error);
    for (size_t i = 0; i < n; i++)
        sorted[i] = near[i * MEMBERSHIP_NEIGHBOURS];
    sort_doubles(sorted, n);
    for (size_t q = 1; q <= QUANTILES && n > 0; q++)
        json_push_number(array, sorted[(size_t)((double)(n - 1) * (double)q / (QUANTILES + 1))]);
    free(sorted);
    return 0;
}

int membership_add_distances(cJSON *details, const struct membership_view *view, struct error *error)
{
    cJSON *object = json_add_object(details, "distances"), *at = json_add_array(object, "quantile");
    int status;

    for (size_t q = 1; q <= QUANTILES; q++)
        json_push_number(at, (double)q / (QUANTILES + 1));
    status = add_quantiles(object, "train", view->near_candidate, view->n_members, error);
    if (!status)
        status = add_quantiles(object, "holdout", view->near_candidate + view->n_members * MEMBERSHIP_NEIGHBOURS,
                               view->n_targets - view->n_members, error);
    return status;
}

void membership_add_combinations(cJSON *details, const struct membership_view *view)
{
    cJSON *combinations = json_add_array(details, "combinations");

    for (size_t order = 1; order < 3; order++) {
        cJSON *object = json_push_object(combinations);

        json_add_number(object, "columns", (double)order + 1);
        json_add_number(object, "counted", (double)view->sets_counted[order]);
        json_add_number(object, "possible", view->sets_possible[order]);
    }
}
