/* From statistics of groups to a measure's value and interval. */
#include "metrics/fairness/decisions_internal.h"

#include <math.h>

void decisions_means(const struct decisions *d, const double *value, size_t column, size_t part, enum statistic statistic,
                     double mean[SOURCES])
{
    size_t n = 0;
    mean[SOURCE_SUBJECT] = mean[SOURCE_REAL] = 0;
    for (size_t l = 0; l < d->n_learners; l++) {
        const double *both = value + decisions_cell(d, column, part, l, 0, 0);
        double subject = both[SOURCE_SUBJECT * STATISTICS + statistic], real = both[SOURCE_REAL * STATISTICS + statistic];
        if (isnan(subject) || isnan(real))
            continue;
        mean[SOURCE_SUBJECT] += subject;
        mean[SOURCE_REAL] += real;
        n++;
    }
    for (size_t s = 0; s < SOURCES; s++)
        mean[s] = n ? mean[s] / (double)n : NAN;
}

/* NaN where the statistic is defined nowhere. */
static double find_worst(const struct decisions *d, const double *value, struct decisions_view view,
                         struct decisions_worst *worst)
{
    bool least = statistic_kinds[view.statistic].least;
    double most = NAN;
    for (size_t c = 0; c < d->n_columns; c++)
        for (size_t p = 0; p < d->n_parts && d->columns[c].crossed == view.crossed; p++) {
            double mean[SOURCES];
            decisions_means(d, value, c, p, view.statistic, mean);
            double size = view.change ? mean[SOURCE_SUBJECT] - mean[SOURCE_REAL] : mean[SOURCE_SUBJECT];
            if (isnan(size) || (least ? size >= most : size <= most))
                continue;
            most = size;
            *worst = (struct decisions_worst){c, p, mean[SOURCE_SUBJECT], mean[SOURCE_REAL]};
        }
    return most;
}

/* Why nothing can be compared. */
static int nothing(const struct decisions *d, struct decisions_view view, struct error *error)
{
    const struct statistic_kind *kind = &statistic_kinds[view.statistic];
    bool crossed = false;
    for (size_t c = 0; c < d->n_columns; c++)
        crossed = crossed || d->columns[c].crossed;
    if (d->protocol.classes == 0 && !kind->numbers)
        return error_set(error, ERROR_UNMEASURABLE, "the target is a number, not a class");
    if (view.crossed && !crossed)
        return error_set(error, ERROR_UNMEASURABLE,
                         "there are no two sensitive columns to cross; name two or more with --sensitive COLUMNS");
    return error_set(error, ERROR_UNMEASURABLE, "no %s two groups with enough holdout rows%s to compare",
                     view.crossed ? "two sensitive columns that are crossed have" : "sensitive column has",
                     d->protocol.classes ? kind->rows : "");
}

static int fill_result(const struct measure_task *task, const struct decisions *d, struct decisions_view view,
                       struct result *result, struct decisions_worst *worst, struct error *error)
{
    const struct statistic_kind *kind = &statistic_kinds[view.statistic];
    struct interval interval;
    bool classes = d->protocol.classes > 0, ranges = !view.change;
    result->value = find_worst(d, d->value, view, worst);
    result->n = d->protocol.test->rows;
    if (isnan(result->value))
        return nothing(d, view, error);
    if (!d->replicates)
        return 0;
    int status = ranges ? decisions_interval(task, d, view, &interval, error)
                        : decisions_change_interval(task, d, view, EVERY_COLUMN, 0, &interval, error);
    if (status == 0)
        status = protocol_method(&d->protocol,
                                 ranges ? "range test inverted, bootstrap noise of holdout rows"
                                        : "bound of a difference of ranges, bootstrap noise of holdout rows",
                                 result, error);
    if (status != 0)
        return status;
    if (ranges)
        interval_clip(&interval, classes ? kind->lo : kind->least ? -1 : 0, classes || kind->least ? kind->hi : INFINITY);
    result->lo = fmin(interval.lo, result->value);
    result->hi = fmax(interval.hi, result->value);
    return 0;
}

int decisions_run(const struct measure_task *task, struct decisions_view view, decisions_word *word, struct result *result,
                  struct error *error)
{
    const struct decisions *decisions;
    struct decisions_worst worst;
    bool brief = protocol_brief(task, view.fault);
    int status = decisions_get(task, brief, &decisions, error);
    if (status == 0)
        status = fill_result(task, decisions, view, result, &worst, error);
    if (status != 0 || brief)
        return status;
    status = word(task, decisions, &worst, result, error);
    return status == 0 ? decisions_describe(task, decisions, view, result, error) : status;
}
