/* proxy.hitting_rate: the share of training rows that some candidate row hits. A proxy, not an attack.
 *
 * A hit: equal categories, every number within 1/30 of train's range, missing where the other is missing. Interval: Wilson's,
 * and the jackknife over the candidate's rows: leaving one out loses the rows that it alone hits. */
#include <math.h>
#include <stdio.h>

#include "attacks/proxies/leave_out.h"
#include "attacks/proxies/share.h"
#include "attacks/tables.h"

#define REACH (1. / 30) /* of train's range, as in SynthEval */

static int hit_share(const struct measure_task *task, const struct table *real, double *share, double *variance,
                     struct error *error)
{
    size_t n = real->rows, m = task->subject->rows, hits = 0;
    const struct neighbour_table *coded = NULL, *subject = NULL;
    struct arena *scratch = arena_new();
    uint32_t *count = scratch ? ARENA_ARRAY(scratch, uint32_t, n) : NULL;
    uint32_t *only = scratch ? ARENA_ARRAY(scratch, uint32_t, n) : NULL;
    double *lost = scratch ? ARENA_ARRAY(scratch, double, m) : NULL;
    int status = count && only && lost ? 0 : error_memory(error);

    if (!status)
        status = coded_table(task, NEIGHBOUR_GOWER, real, &coded, error);
    if (!status)
        status = coded_table(task, NEIGHBOUR_GOWER, task->subject, &subject, error);
    if (!status)
        status = neighbour_near_rows(coded, subject, REACH, task->pool, count, only, error);
    for (size_t i = 0; i < n && !status; i++) {
        hits += count[i] > 0;
        if (count[i] == 1)
            lost[only[i]] -= 1 / (double)n;
    }
    if (!status) {
        *share = (double)hits / (double)n;
        *variance = leave_out_variance(lost, m);
    }
    arena_free(scratch);
    return status;
}

static int hitting_rate_run(const struct measure_task *task, struct result *result, struct error *error)
{
    const struct table *beside = rows_beside(task);
    struct found_share found = {.n = task->reference->rows, .beside = NAN};
    double ignored;
    char words[80];
    int status = hit_share(task, task->reference, &found.share, &found.variance, error);

    if (!status && beside)
        status = hit_share(task, beside, &found.beside, &ignored, error);
    if (status)
        return status;
    snprintf(
        result->finding, sizeof result->finding,
        "Some candidate row comes within a thirtieth of every range of %.1f %% of the training rows%s. This is a proxy and "
        "cannot clear the candidate: common rows are hit by chance, and copies hide among them.",
        100 * found.share, words_beside(&found, words));
    return share_result(task, &found, result, error);
}

const struct measure measure_proxy_hitting_rate = {
    .id = "proxy.hitting_rate",
    .title = "Hitting rate",
    .summary = "Share of training rows that some candidate row comes near in every column. A proxy, not an attack.",
    .definition =
        "A training row is hit when a candidate row has equal categories, every number within 1/30 of train's range and "
        "missing cells where it has them; the share of training rows hit. Details: the same share of the holdout's "
        "rows.",
    .reading =
        "Nothing by itself: on few columns any good candidate hits nearly every row, of train and holdout alike. Compare "
        "with the holdout's share and the honest case.",
    .unit = "share of training rows",
    .reference = "Lautrup et al. 2024, SynthEval (hitting rate); missing cells and interval: this project",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .proxy = true,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "neighbour scale, neighbour table",
    .run = hitting_rate_run,
};
