/* privacy.copies: the share of candidate rows that are copies of training rows, beyond what equally many strangers show.
 *
 * Exact: equal in every measured cell. Near: equal categories, every number within 1 % of train's range, missing where the
 * other is missing. With a table of strangers of the same size, excess = share with a match in train − share with a match among
 * the strangers; where train is larger than the holdout a random part of train is compared and the excess divided by that part,
 * since copies of the other part go unseen. value = the larger excess of the two, at least 0.
 *
 * Interval: Newcombe's for the shares of rows that match in one table alone (rows that match in both cancel, and the two
 * exclude each other); the variance that comes from which real rows there are (one real row may match many candidate rows) is
 * added by the jackknife over the rows of each table, leaving out r takes away the candidate rows that match r alone. Lower
 * ends at half the error each, since the larger of the two counts; upper ends need no correction. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "attacks/tables.h"
#include "numeric/interval.h"

#define NEAR 0.01 /* of train's range */

struct matches {
    size_t train, strangers;           /* candidate rows with a match */
    size_t only_train, only_strangers; /* … with a match in that table alone */
    double variance;                   /* of the difference of the two shares, from the choice of real rows */
};

struct excess {
    double value, lo, hi; /* lo corrected for two looks, hi not */
};

/* Matches of each of the subject's rows in one table; the jackknife variance of the share of rows with one is added. */
static int count_matches(const struct measure_task *task, const struct neighbour_table *subject,
                         const struct neighbour_table *real, size_t real_rows, double tolerance, uint32_t *count,
                         double *variance, struct error *error)
{
    size_t rows = task->subject->rows;
    uint32_t *only = calloc(rows + 1, sizeof *only);
    double *lost = calloc(real_rows + 1, sizeof *lost), mean = 0, sum = 0;
    int status =
        only && lost ? neighbour_near_rows(subject, real, tolerance, task->pool, count, only, error) : error_memory(error);

    for (size_t i = 0; i < rows && !status; i++)
        if (count[i] == 1) {
            lost[only[i]]++;
            mean += 1 / (double)real_rows;
        }
    for (size_t r = 0; r < real_rows && !status; r++)
        sum += (lost[r] - mean) * (lost[r] - mean);
    *variance += sum / ((double)rows * (double)rows);
    free(only);
    free(lost);
    return status;
}

/* Evidence: candidate rows with a match in train; score 1, or ½ where the strangers have one as well. */
static int match_both(const struct measure_task *task, const struct equal_tables *pair, double tolerance,
                      struct matches *matches, struct error *error)
{
    size_t rows = task->subject->rows, real_rows = task->reference->rows;
    uint32_t *train = calloc(rows + 1, sizeof *train), *strangers = calloc(rows + 1, sizeof *strangers);
    const struct neighbour_table *subject = NULL;
    int status = train && strangers ? coded_table(task, NEIGHBOUR_GOWER, task->subject, &subject, error) : error_memory(error);

    if (stranger_table(task)->rows < real_rows)
        real_rows = stranger_table(task)->rows;
    if (!status)
        status = count_matches(task, subject, pair->train, real_rows, tolerance, train, &matches->variance, error);
    if (!status)
        status = count_matches(task, subject, pair->strangers, real_rows, tolerance, strangers, &matches->variance, error);
    for (size_t i = 0; i < rows && !status; i++) {
        matches->train += train[i] > 0;
        matches->strangers += strangers[i] > 0;
        matches->only_train += train[i] > 0 && !strangers[i];
        matches->only_strangers += strangers[i] > 0 && !train[i];
    }
    for (size_t i = 0; i < rows && !status && task->evidence; i++)
        if (train[i] > 0)
            strbuf_addf(task->evidence, "candidate,%zu,privacy.copies,%s,%g\n", i, tolerance > 0 ? "near" : "exact",
                        strangers[i] ? .5 : 1.0);
    free(train);
    free(strangers);
    return status;
}

/* Distance from the difference to one end: Newcombe's and the jackknife's, in quadrature. */
static double half_width(const struct matches *matches, size_t rows, double level, bool upper)
{
    struct interval newcombe = interval_newcombe_exclusive(matches->only_train, matches->only_strangers, rows, level);
    double difference = ((double)matches->train - (double)matches->strangers) / (double)rows;
    double own = upper ? newcombe.hi - difference : difference - newcombe.lo, z = normal_quantile((1 + level) / 2);

    return sqrt(own * own + z * z * matches->variance);
}

static struct excess excess_of(const struct matches *matches, size_t rows, double share, double level)
{
    double difference = ((double)matches->train - (double)matches->strangers) / (double)rows;

    return (struct excess){difference / share, (difference - half_width(matches, rows, (1 + level) / 2, false)) / share,
                           (difference + half_width(matches, rows, level, true)) / share};
}

static double held(double x)
{
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

static int make_details(const struct matches *exact, const struct matches *near, const struct equal_tables *pair, size_t rows,
                        size_t exact_rows, struct result *result, struct error *error)
{
    cJSON *details = result->details = cJSON_CreateObject();

    if (!details)
        return error_memory(error);
    json_add_number(details, "exact", (double)exact->train / (double)rows);
    json_add_number(details, "exact_holdout", (double)exact->strangers / (double)rows);
    json_add_number(details, "near", (double)near->train / (double)rows);
    json_add_number(details, "near_holdout", (double)near->strangers / (double)rows);
    json_add_number(details, "exact_rows", (double)exact_rows);
    json_add_number(details, "share_of_train_compared", pair->share);
    return 0;
}

/* Candidate rows equal to any training row, all of train compared. */
static int count_exact(const struct measure_task *task, size_t *exact_rows, struct error *error)
{
    const struct neighbour_table *subject = NULL, *train = NULL;
    uint32_t *count = calloc(task->subject->rows + 1, sizeof *count);
    int status = count ? coded_table(task, NEIGHBOUR_GOWER, task->subject, &subject, error) : error_memory(error);

    if (!status)
        status = coded_table(task, NEIGHBOUR_GOWER, task->reference, &train, error);
    if (!status)
        neighbour_equal_rows(subject, train, count);
    for (size_t i = 0; i < task->subject->rows && !status; i++)
        *exact_rows += count[i] > 0;
    free(count);
    return status;
}

/* The bound is rounded up, so that it stays one. */
static void write_finding(struct result *result, const struct matches *exact, const struct matches *near, size_t rows)
{
    if (result->lo > 0)
        snprintf(
            result->finding, sizeof result->finding,
            "About %.1f %% of the candidate's rows are copies of training rows beyond what strangers show. Of %zu rows %zu "
            "equal a compared training row and %zu one of as many holdout rows; %zu and %zu are nearly equal to one.",
            100 * result->value, rows, exact->train, exact->strangers, near->train, near->strangers);
    else
        snprintf(result->finding, sizeof result->finding,
                 "Nothing proves that training rows are copied more than rows the generator never saw. Of %zu rows %zu equal a "
                 "compared training row and %zu one of as many holdout rows; at most %.1f %% can be copies beyond chance.",
                 rows, exact->train, exact->strangers, ceil(1000 * result->hi) / 10);
    if (result->lo > 0)
        snprintf(result->remedy, sizeof result->remedy, "Drop or redraw the candidate rows that repeat training rows.");
}

static int copies_run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct matches exact = {0}, near = {0};
    const struct equal_tables *pair = NULL;
    struct excess a, b;
    size_t rows = task->subject->rows, exact_rows = 0;
    int status = coded_equals(task, NEIGHBOUR_GOWER, &pair, error);

    if (!status)
        status = match_both(task, pair, 0, &exact, error);
    if (!status)
        status = match_both(task, pair, NEAR, &near, error);
    if (!status)
        status = count_exact(task, &exact_rows, error);
    if (status)
        return status;
    a = excess_of(&exact, rows, pair->share, task->level);
    b = excess_of(&near, rows, pair->share, task->level);
    result->value = held(fmax(a.value, b.value));
    result->lo = fmin(held(fmax(a.lo, b.lo)), result->value);
    result->hi = fmax(held(fmax(a.hi, b.hi)), result->value);
    result->method = "Newcombe and jackknife over real rows";
    result->n = rows;
    write_finding(result, &exact, &near, rows);
    return task->brief ? 0 : make_details(&exact, &near, pair, rows, exact_rows, result, error);
}

const struct measure measure_privacy_copies = {
    .id = "privacy.copies",
    .title = "Copies of training rows",
    .summary = "Share of candidate rows that are exact or near copies of training rows, beyond what the holdout shows.",
    .definition = "Exact: equal in every measured cell. Near: equal categories and every number within 1 % of train's range. "
                  "The share of "
                  "candidate rows with a match in train, minus the share with a match in equally many holdout rows; the larger "
                  "excess of the two, at least 0. A copy of a row that strangers have as well is no leak.",
    .reading =
        "0: the candidate repeats training rows no more than rows it never saw. A share of c copied rows gives c. 1: every row "
        "is a copy of a training row and of no other.",
    .unit = "share of candidate rows",
    .reference = "this project, after the identical match share of Platzer and Reutterer 2021",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HONEST,
    .fault = SUBJECT_COPY,
    .worst = 1,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "neighbour scale, neighbour table, neighbour pair",
    .threat = "The attacker holds the candidate and reads off rows that are somebody's record.",
    .run = copies_run,
};
