/* proxy.dcr_share: how many candidate rows lie nearer to training rows than to strangers. A proxy, not an attack.
 *
 * d(s, T) is the Gower distance to the nearest row of T, numbers over train's range on both sides; |difference| ≤ 1e-12 is a
 * tie. Interval: Wilson's at the effective number of rows of count_nearer, since some real rows are nearest to many. */
#include <math.h>
#include <stdio.h>

#include "attacks/proxies/distances.h"
#include "numeric/interval.h"

static int dcr_share_run(const struct measure_task *task, struct result *result, struct error *error)
{
    const struct nearest *train = NULL, *strangers = NULL;
    struct nearer_rows rows = {0};
    struct interval interval;
    int status = nearest_rows(task, PARTY_SUBJECT, PARTY_TRAIN, &train, error);

    if (!status)
        status = nearest_rows(task, PARTY_SUBJECT, PARTY_STRANGERS, &strangers, error);
    if (!status)
        status = count_nearer(train, strangers, &rows, error);
    if (status)
        return status;
    result->value = ((double)rows.train + .5 * (double)rows.ties) / (double)rows.rows;
    interval = interval_wilson_share(result->value, fmax(rows.effective, 1), task->level);
    result->lo = fmin(interval.lo, result->value);
    result->hi = fmax(interval.hi, result->value);
    result->method = "Wilson, effective number of rows";
    result->n = rows.rows;
    snprintf(result->finding, sizeof result->finding,
             "%.1f %% of the candidate's rows lie nearer to a training row than to a holdout row (50 %% is what strangers "
             "show); this "
             "is a proxy and cannot clear the candidate: a few copied rows leave it unmoved",
             100 * result->value);
    return task->brief ? 0 : nearer_details(&rows, result, error);
}

const struct measure measure_proxy_dcr_share = {
    .id = "proxy.dcr_share",
    .title = "Share of rows nearer to train",
    .summary =
        "Share of candidate rows whose nearest real row is a training row rather than a holdout row. A proxy, not an attack.",
    .definition =
        "For every candidate row the Gower distance (numbers over train's range, capped at 1; categories 0 or 1; missing "
        "equals missing) to the nearest training row and to the nearest holdout row; the share where train is nearer plus "
        "half the ties. Train and holdout are made equal in number by cutting the larger one at random.",
    .reading = "One half is what rows of strangers show. Clearly above one half the candidate as a whole keeps too close to "
               "train. A value of "
               "one half says little: five per cent of copied rows move it by at most .025.",
    .unit = "share",
    .reference = "Platzer and Reutterer 2021 (Frontiers in Big Data 4); ties and equal sizes: this project",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_TARGET,
    .target = .5,
    .lo = 0,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .proxy = true,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "neighbour scale, neighbour table, neighbour pair, nearest rows",
    .run = dcr_share_run,
};
