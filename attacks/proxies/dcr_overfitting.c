/* proxy.dcr_overfitting: SDMetrics' DCROverfittingProtection, to the letter. A proxy, not an attack.
 *
 * min(2 (1 − c/m), 1), c the candidate rows strictly nearer to train than to the holdout, so that ties count as safe. Numbers
 * are divided by the range of whichever table is searched, and no table is cut: with unequal sizes the larger one is nearer by
 * its size alone. All three differ from proxy.dcr_share on purpose, so that the number agrees with what others report. The
 * honest case is ours: half of the holdout, tested on the other half and on equally many training rows.
 *
 * Interval: Wilson's at the effective number of rows, for the share nearer to train. What the rows that set the ranges do to it
 * (extremes.h), in train and in the holdout, is added in quadrature. */
#include <math.h>
#include <stdio.h>

#include "attacks/proxies/distances.h"
#include "attacks/proxies/extremes.h"
#include "numeric/interval.h"

struct sides {
    const struct nearest *train, *strangers;
    struct nearer_rows rows;
    double share; /* nearer to train */
};

static double protection(double closer)
{
    return fmin(2 * (1 - closer), 1);
}

/* The subject's rows by which table is nearer, the distances to each divided by its own ranges. */
static int count_sides(const struct measure_task *task, const struct table *train, const struct table *strangers,
                       struct sides *sides, struct error *error)
{
    struct measure_task own[2] = {*task, *task};
    int status;

    own[0].reference = train;
    own[1].reference = strangers;
    status = nearest_rows(&own[0], PARTY_SUBJECT, task->kind == SUBJECT_HONEST ? PARTY_TRAIN : PARTY_REFERENCE, &sides->train,
                          error);
    if (!status)
        status = nearest_rows(&own[1], PARTY_SUBJECT, PARTY_REFERENCE, &sides->strangers, error);
    if (!status)
        status = count_nearer(sides->train, sides->strangers, &sides->rows, error);
    if (!status)
        sides->share = (double)sides->rows.train / (double)sides->rows.rows;
    return status;
}

/* What drawing the strangers' extremes in does to the share, as a standard error. Strangers may go before the artifacts do
 * (those of the honest case), and what is made of their copy with them: a store of its own. */
static int stranger_range_error(const struct measure_task *task, const struct sides *sides, double *sd, struct error *error)
{
    struct measure_task own = *task;
    const struct drawn_in *drawn = NULL;
    const struct nearest *strangers = NULL;
    struct nearer_rows rows = {0};
    int status = artifacts_new(&own.artifacts, error);

    if (status)
        return status;
    status = draw_extremes_in(&own, stranger_table(task), &drawn, error);
    if (!status) {
        own.reference = drawn->table;
        status = nearest_rows(&own, PARTY_SUBJECT, PARTY_REFERENCE, &strangers, error);
    }
    if (!status)
        status = count_nearer(sides->train, strangers, &rows, error);
    if (!status)
        *sd = drawn->spread * ((double)rows.train / (double)rows.rows - sides->share);
    artifacts_free(own.artifacts);
    return status;
}

/* The same of train's extremes, and both together. */
static int range_error(const struct measure_task *task, const struct sides *sides, double *sd, struct error *error)
{
    const struct drawn_in *drawn = NULL;
    struct sides other = {0};
    double of_strangers = 0;
    int status = draw_extremes_in(task, task->reference, &drawn, error);

    if (!status)
        status = count_sides(task, drawn->table, stranger_table(task), &other, error);
    if (!status)
        status = stranger_range_error(task, sides, &of_strangers, error);
    if (!status)
        *sd = hypot(drawn->spread * (other.share - sides->share), of_strangers);
    return status;
}

static void write_finding(const struct nearer_rows *rows, struct result *result)
{
    snprintf(
        result->finding, sizeof result->finding,
        "The overfitting protection of SDMetrics is %.3f: of %zu rows %zu lie nearer to train, and %zu ties count as safe. "
        "It cannot clear the candidate: copying a share c of the rows lowers it by about c, so that a table with one "
        "copied person in twenty still gets about .95; membership and copies look for exactly those people.",
        result->value, rows->rows, rows->train, rows->ties);
}

static int add_quantiles(const struct nearest *nearest, const char *key, struct result *result, struct error *error)
{
    static const double at[] = {.05, .5};
    cJSON *list = json_add_array(result->details, key);

    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        struct distance_quantile quantile;
        int status = quantile_of_nearest(nearest, at[i], .95, &quantile, error);

        if (status)
            return status;
        json_push_number(list, quantile.value);
    }
    return 0;
}

/* The share nearer to train with train's ranges on both sides and equally many rows. */
static int share_on_one_scale(const struct measure_task *task, double *share, struct error *error)
{
    const struct nearest *train = NULL, *strangers = NULL;
    struct nearer_rows rows = {0};
    int status = nearest_rows(task, PARTY_SUBJECT, PARTY_TRAIN, &train, error);

    if (!status)
        status = nearest_rows(task, PARTY_SUBJECT, PARTY_STRANGERS, &strangers, error);
    if (!status)
        status = count_nearer(train, strangers, &rows, error);
    if (!status)
        *share = (double)rows.train / (double)rows.rows;
    return status;
}

/* Ends for the share nearer to train, and of them for the score. */
static void set_interval(const struct sides *sides, double range_sd, double level, struct result *result)
{
    struct interval closer = interval_wilson_share(sides->share, fmax(sides->rows.effective, 1), level);
    double ranges = normal_quantile((1 + level) / 2) * range_sd, share = sides->share;

    result->lo = protection(fmin(share + hypot(closer.hi - share, ranges), 1));
    result->hi = protection(fmax(share - hypot(share - closer.lo, ranges), 0));
    result->method = "Wilson, effective number of rows, and ranges";
}

static int add_details(const struct measure_task *task, const struct sides *sides, struct result *result, struct error *error)
{
    double one_scale = 0;
    int status = nearer_details(&sides->rows, result, error);

    if (!status)
        status = add_quantiles(sides->train, "distance_to_train", result, error);
    if (!status)
        status = add_quantiles(sides->strangers, "distance_to_holdout", result, error);
    if (!status && !task->plain)
        status = share_on_one_scale(task, &one_scale, error);
    if (!status && !task->plain)
        json_add_number(result->details, "one_scale", protection(one_scale));
    return status;
}

static int dcr_overfitting_run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct sides sides = {0};
    double range_sd = 0;
    int status;

    if (!stranger_table(task))
        return error_set(error, ERROR_UNMEASURABLE, "no real rows are left that the subject was not made of");
    status = count_sides(task, task->reference, stranger_table(task), &sides, error);
    if (!status)
        status = range_error(task, &sides, &range_sd, error);
    if (status)
        return status;
    result->value = protection(sides.share);
    result->n = sides.rows.rows;
    set_interval(&sides, range_sd, task->level, result);
    write_finding(&sides.rows, result);
    return task->brief ? 0 : add_details(task, &sides, result, error);
}

const struct measure measure_proxy_dcr_overfitting = {
    .id = "proxy.dcr_overfitting",
    .title = "DCR overfitting protection (SDMetrics)",
    .summary =
        "SDMetrics' score for how seldom candidate rows lie nearer to train than to the holdout. A proxy, not an attack.",
    .definition =
        "min(2 (1 - c/m), 1) with c of the m candidate rows strictly nearer to a training row than to a holdout row. Gower "
        "distance; numbers are divided by the range of the table that is searched, each table's own; ties count as safe; no "
        "table is cut.",
    .reading = "1: no more rows are nearer to train than to the holdout. 0: every row is. For those who must report it: the "
               "number is SDMetrics' own. A table with 5 % copied training rows keeps about .95; one outlier in train makes "
               "honest rows look copied; where ties are common a table of nothing but training rows gets 1.",
    .unit = "score",
    .reference = "SDMetrics, DCROverfittingProtection (without subsampling)",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_HIGHER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .proxy = true,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "neighbour scale, neighbour table, nearest rows, extremes drawn in",
    .run = dcr_overfitting_run,
};
