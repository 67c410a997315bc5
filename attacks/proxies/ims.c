/* proxy.ims: identical match share, the share of candidate rows that equal a training row. A proxy, not an attack.
 *
 * Equal in every measured cell, missing equal to missing. Interval: Wilson's, and the jackknife over train: leaving out a row
 * that has no twin loses every candidate row that equals it. */
#include <math.h>
#include <stdio.h>

#include "attacks/proxies/equal_rows.h"
#include "attacks/proxies/leave_out.h"
#include "attacks/proxies/share.h"

/* Rows of a that equal a row of b. */
static int match_share(const struct measure_task *task, const struct table *a, const struct table *b, double *share,
                       double *variance, struct error *error)
{
    struct arena *scratch = arena_new();
    struct equal_rows rows = {0};
    size_t matches = 0;
    double *lost = scratch ? ARENA_ARRAY(scratch, double, b->rows + 1) : NULL;
    int status = lost ? equal_rows_of(task, a, b, scratch, &rows, error) : error_memory(error);

    for (size_t i = 0; i < a->rows && !status; i++)
        matches += rows.a_in_b[i] > 0;
    for (size_t j = 0; j < b->rows && !status; j++)
        if (rows.b_in_b[j] == 1)
            lost[j] = -(double)rows.b_in_a[j] / (double)a->rows;
    if (!status) {
        *share = (double)matches / (double)a->rows;
        *variance = leave_out_variance(lost, b->rows);
    }
    arena_free(scratch);
    return status;
}

static int ims_run(const struct measure_task *task, struct result *result, struct error *error)
{
    const struct table *beside = rows_beside(task);
    struct found_share found = {.n = task->subject->rows, .beside = NAN};
    double ignored;
    char words[80];
    int status = match_share(task, task->subject, task->reference, &found.share, &found.variance, error);

    if (!status && beside)
        status = match_share(task, beside, task->reference, &found.beside, &ignored, error);
    if (status)
        return status;
    snprintf(
        result->finding, sizeof result->finding,
        "%.1f %% of the candidate's rows equal a training row%s. This is a proxy and cannot clear the candidate: a copy with "
        "one changed cell is no match, and a match of a common row is no leak.",
        100 * found.share, words_beside(&found, words));
    return share_result(task, &found, result, error);
}

const struct measure measure_proxy_ims = {
    .id = "proxy.ims",
    .title = "Identical match share",
    .summary = "Share of candidate rows that equal a training row in every cell. A proxy, not an attack.",
    .definition = "The share of candidate rows that equal some training row in every measured cell (missing equals missing). "
                  "Details: the share of holdout rows that do.",
    .reading = "The holdout's share is what strangers show; the excess over it is in privacy.copies, with a test.",
    .unit = "share of candidate rows",
    .reference = "Platzer and Reutterer 2021 (Frontiers in Big Data 4); interval: this project",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .proxy = true,
    .cost = COST_LOW,
    .version = 1,
    .artifacts = "neighbour scale, neighbour table",
    .run = ims_run,
};
