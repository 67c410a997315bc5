/* proxy.dcr_share: how many candidate rows lie nearer to training rows than to strangers. A proxy, not an attack.
 *
 * d(s, T) is the Gower distance to the nearest row of T, numbers over train's range on both sides; |difference| ≤ 1e-12 is a
 * tie. Interval: under exchangeable training and holdout rows the share is Σ_r k_r L_r / m, k_r the number of candidate rows
 * whose nearest real row is r and L_r a fair label, so its variance is Σ (k_r − k̄)²/(4m²) and not 1/(4m): some real rows are
 * nearest to many. Wilson's interval is taken at the effective number m² / Σ (k_r − k̄)². */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "attacks/tables.h"
#include "numeric/interval.h"

#define TIE 1e-12

struct shares {
    size_t rows, closer_train, closer_holdout, ties;
    double share, effective;
};

static void count_rows(const struct neighbour_list *train, const struct neighbour_list *strangers, double *load, size_t n_train,
                       struct shares *out)
{
    for (size_t i = 0; i < train->rows; i++) {
        double gap = train->distance[i] - strangers->distance[i];
        double to_train = fabs(gap) <= TIE ? .5 : gap < 0 ? 1 : 0;

        out->ties += fabs(gap) <= TIE;
        out->closer_train += gap < -TIE;
        out->closer_holdout += gap > TIE;
        load[train->row[i]] += to_train;
        load[n_train + strangers->row[i]] += 1 - to_train;
    }
    out->rows = train->rows;
    out->share = ((double)out->closer_train + .5 * (double)out->ties) / (double)out->rows;
}

static void count_effective(const double *load, size_t n, struct shares *out)
{
    double mean = (double)out->rows / (double)n, sum = 0;

    for (size_t r = 0; r < n; r++)
        sum += (load[r] - mean) * (load[r] - mean);
    out->effective = (double)out->rows;
    if (sum > (double)out->rows)
        out->effective = (double)out->rows * (double)out->rows / sum;
}

static int compare(const struct measure_task *task, struct shares *out, struct error *error)
{
    struct neighbour_options options = {.k = 1};
    const struct equal_tables *pair = NULL;
    const struct neighbour_table *subject = NULL;
    struct neighbour_list train, strangers;
    struct arena *scratch = arena_new();
    size_t real = task->reference->rows + stranger_table(task)->rows;
    double *load = scratch ? ARENA_ARRAY(scratch, double, real + 1) : NULL;
    int status = load ? coded_equals(task, NEIGHBOUR_GOWER, &pair, error) : error_memory(error);

    if (!status)
        status = coded_table(task, NEIGHBOUR_GOWER, task->subject, &subject, error);
    if (!status)
        status = neighbour_search(subject, pair->train, options, task->pool, scratch, &train, NULL, error);
    if (!status)
        status = neighbour_search(subject, pair->strangers, options, task->pool, scratch, &strangers, NULL, error);
    if (!status) {
        size_t n = (size_t)fmin((double)task->reference->rows, (double)stranger_table(task)->rows);

        count_rows(&train, &strangers, load, n, out);
        count_effective(load, 2 * n, out);
    }
    arena_free(scratch);
    return status;
}

static int dcr_share_run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct shares shares = {0};
    struct interval interval;
    int status;

    if (!stranger_table(task))
        return error_set(error, ERROR_UNMEASURABLE, "no real rows are left that the subject was not made of");
    status = compare(task, &shares, error);
    if (status)
        return status;
    interval = interval_wilson_share(shares.share, fmax(shares.effective, 1), task->level);
    result->value = shares.share;
    result->lo = fmin(interval.lo, shares.share);
    result->hi = fmax(interval.hi, shares.share);
    result->method = "Wilson, effective number of rows";
    result->n = shares.rows;
    snprintf(result->finding, sizeof result->finding,
             "%.1f %% of the candidate's rows lie nearer to a training row than to a holdout row (50 %% is what strangers "
             "show); this "
             "is a proxy and cannot clear the candidate: a few copied rows leave it unmoved",
             100 * shares.share);
    if (task->brief)
        return 0;
    result->details = cJSON_CreateObject();
    if (!result->details)
        return error_memory(error);
    json_add_number(result->details, "closer_train", (double)shares.closer_train);
    json_add_number(result->details, "closer_holdout", (double)shares.closer_holdout);
    json_add_number(result->details, "ties", (double)shares.ties);
    json_add_number(result->details, "effective_rows", shares.effective);
    return 0;
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
    .artifacts = "neighbour scale, neighbour table, neighbour pair",
    .run = dcr_share_run,
};
