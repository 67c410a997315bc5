/* proxy.dcr_quantiles: how near the nearest real rows of a candidate are, in quantiles. A proxy, not an attack.
 *
 * value = 5th percentile of the distances from the candidate's rows to train minus that to as many strangers. A difference, not
 * a ratio: both percentiles are 0 where few columns make equal rows common. Interval: each percentile's after Woodruff, put
 * together as by Zou and Donner 2008 (Statist. Med. 27, 1693, eq. 4; MOVER), the two taken as independent. They share the
 * candidate's rows and so move together, which makes the interval wider than need be, not narrower. */
#include <math.h>
#include <stdio.h>

#include "attacks/proxies/distances.h"

#define TAIL .05

static const struct {
    const char *key;
    enum party from, to;
} searches[] = {{"to_train", PARTY_SUBJECT, PARTY_TRAIN},
                {"to_holdout", PARTY_SUBJECT, PARTY_STRANGERS},
                {"within_train", PARTY_TRAIN, PARTY_TRAIN},
                {"within_candidate", PARTY_SUBJECT, PARTY_SUBJECT}};

static int add_details(const struct measure_task *task, struct result *result, struct error *error)
{
    static const double at[] = {.05, .25, .5, .75, .95};
    cJSON *list;

    result->details = cJSON_CreateObject();
    list = json_add_array(result->details, "at");
    if (!list)
        return error_memory(error);
    for (size_t i = 0; i < sizeof at / sizeof *at; i++)
        json_push_number(list, at[i]);
    for (size_t s = 0; s < sizeof searches / sizeof *searches; s++) {
        const struct nearest *nearest = NULL;
        int status = nearest_rows(task, searches[s].from, searches[s].to, &nearest, error);

        list = json_add_array(result->details, searches[s].key);
        for (size_t i = 0; i < sizeof at / sizeof *at && !status; i++) {
            struct distance_quantile quantile;

            status = quantile_of_nearest(nearest, at[i], task->level, &quantile, error);
            json_push_number(list, quantile.value);
        }
        if (status)
            return status;
    }
    return 0;
}

static int dcr_quantiles_run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct distance_quantile tail[2];

    for (size_t s = 0; s < 2; s++) {
        const struct nearest *nearest = NULL;
        int status = nearest_rows(task, searches[s].from, searches[s].to, &nearest, error);

        if (!status)
            status = quantile_of_nearest(nearest, TAIL, task->level, &tail[s], error);
        if (status)
            return status;
    }
    result->value = tail[0].value - tail[1].value;
    result->lo = result->value - hypot(tail[0].value - tail[0].lo, tail[1].hi - tail[1].value);
    result->hi = result->value + hypot(tail[0].hi - tail[0].value, tail[1].value - tail[1].lo);
    result->method = "Woodruff, MOVER";
    result->n = task->subject->rows;
    snprintf(
        result->finding, sizeof result->finding,
        "The nearest twentieth of the candidate's rows lies within %.4f of a training row and within %.4f of a holdout row "
        "(distances from 0 to 1). This is a proxy and cannot clear the candidate: copies of fewer rows than one in twenty "
        "leave it unmoved.",
        tail[0].value, tail[1].value);
    return task->plain ? 0 : add_details(task, result, error);
}

const struct measure measure_proxy_dcr_quantiles = {
    .id = "proxy.dcr_quantiles",
    .title = "Distances to the closest record",
    .summary =
        "How much nearer the nearest twentieth of the candidate lies to train than to the holdout. A proxy, not an attack.",
    .definition =
        "5th percentile of the distance from each candidate row to its nearest training row, minus the 5th percentile of that "
        "to "
        "its nearest holdout row; train and holdout equal in number. Gower distance, numbers over train's range. Details: more "
        "percentiles, and those within train and within the candidate, each row left out of its own neighbours.",
    .reading = "0 is what rows of strangers show. Below 0 the nearest rows keep closer to train. Fewer copies than one row in "
               "twenty do not move it.",
    .unit = "distance",
    .reference = "Platzer and Reutterer 2021 (Frontiers in Big Data 4); the difference and its interval: this project",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_TARGET,
    .target = 0,
    .lo = -1,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .proxy = true,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "neighbour scale, neighbour table, neighbour pair, nearest rows",
    .run = dcr_quantiles_run,
};
