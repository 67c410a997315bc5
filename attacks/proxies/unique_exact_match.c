/* proxy.unique_exact_match: the share of training rows without a twin that the candidate repeats. A proxy, not an attack.
 *
 * Equal in every measured cell, missing equal to missing. Interval: Wilson's, and the jackknife over the candidate's rows:
 * leaving one out loses the unique row that it alone repeats. */
#include <math.h>
#include <stdio.h>

#include "attacks/proxies/equal_rows.h"
#include "attacks/proxies/leave_out.h"
#include "attacks/proxies/share.h"

struct uniques {
    size_t rows, matched; /* of the real table: without a twin; of these, in the subject */
    double variance;
};

static int count_uniques(const struct measure_task *task, const struct table *real, struct uniques *out, struct error *error)
{
    struct arena *scratch = arena_new();
    struct equal_rows rows = {0};
    double *lost = scratch ? ARENA_ARRAY(scratch, double, task->subject->rows + 1) : NULL;
    int status = lost ? equal_rows_of(task, real, task->subject, scratch, &rows, error) : error_memory(error);

    *out = (struct uniques){0};
    for (size_t i = 0; i < real->rows && !status; i++) {
        out->rows += rows.a_in_a[i] == 1;
        out->matched += rows.a_in_a[i] == 1 && rows.a_in_b[i] > 0;
    }
    for (size_t j = 0; j < task->subject->rows && !status; j++)
        if (rows.b_in_a[j] == 1 && rows.b_in_b[j] == 1)
            lost[j] = -1 / (double)out->rows;
    if (!status)
        out->variance = leave_out_variance(lost, task->subject->rows);
    arena_free(scratch);
    return status;
}

static int unique_exact_match_run(const struct measure_task *task, struct result *result, struct error *error)
{
    const struct table *beside = rows_beside(task);
    struct found_share found = {.beside = NAN};
    struct uniques train, strangers = {0};
    char words[80];
    int status = count_uniques(task, task->reference, &train, error);

    if (!status && train.rows == 0)
        status = error_set(error, ERROR_UNMEASURABLE, "every training row has a twin: none is unique");
    if (!status && beside)
        status = count_uniques(task, beside, &strangers, error);
    if (status)
        return status;
    found.n = train.rows;
    found.share = (double)train.matched / (double)train.rows;
    found.variance = train.variance;
    if (strangers.rows > 0)
        found.beside = (double)strangers.matched / (double)strangers.rows;
    snprintf(result->finding, sizeof result->finding,
             "The candidate repeats %zu of the %zu training rows that are unique%s. This is a proxy and cannot clear the "
             "candidate: a unique row with one changed cell is no match.",
             train.matched, train.rows, words_beside(&found, words));
    status = share_result(task, &found, result, error);
    if (!status && result->details) {
        json_add_number(result->details, "unique_rows", (double)train.rows);
        json_add_number(result->details, "matched_rows", (double)train.matched);
    }
    return status;
}

const struct measure measure_proxy_unique_exact_match = {
    .id = "proxy.unique_exact_match",
    .title = "Unique exact matches",
    .summary = "Share of the training rows without a twin that the candidate repeats. A proxy, not an attack.",
    .definition = "Of the training rows that equal no other training row, the share that some candidate row equals in every "
                  "measured cell (missing equals missing). Details: the same share of the holdout's unique rows.",
    .reading = "The holdout's share is what strangers show: on few columns a good candidate hits many unique rows by chance.",
    .unit = "share of unique training rows",
    .reference = "NIST, SDNist (unique exact matches); interval: this project",
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
    .run = unique_exact_match_run,
};
