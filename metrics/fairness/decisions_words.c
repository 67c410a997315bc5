/* Plain words for statistics of groups. */
#include "metrics/fairness/decisions_internal.h"

#include <math.h>
#include <stdio.h>

/* Two groups of the worst column: those with the least and the greatest rate (a mean over learners). */
struct extremes {
    uint32_t low, high;
    double low_rate, high_rate;
    size_t low_n, high_n;
};

/* "'name'", or "the positive class". */
static const char *class_name(const struct decisions_part *part, struct arena *arena)
{
    return part->name ? arena_format(arena, "'%.40s'", part->name) : "the positive class";
}

/* Sums over learners of one rate of every group under the subject's models; count: learners for which it enters. */
static void sum_rates(const struct decisions *d, const struct decisions_worst *worst, enum rate rate,
                      const struct decisions_scratch *scratch, double *sum, size_t *count, size_t *n)
{
    const struct decisions_column *column = &d->columns[worst->column];
    for (size_t l = 0; l < d->n_learners; l++) {
        size_t entry = decisions_entry(d, column, worst->part, l);
        decisions_rates(d, column, worst->part, l, SOURCE_SUBJECT, column->group, NULL, scratch);
        for (size_t g = 0; g < column->groups; g++) {
            n[g] = scratch->groups[g].n;
            if (!column->enters[rate][entry + g] || isnan(scratch->groups[g].rate[rate]))
                continue;
            sum[g] += scratch->groups[g].rate[rate];
            count[g]++;
        }
    }
}

static int find_extremes(const struct decisions *d, const struct decisions_worst *worst, enum rate rate,
                         struct extremes *extremes, struct error *error)
{
    struct arena *arena = arena_new();
    struct decisions_scratch scratch;
    size_t groups = d->columns[worst->column].groups;
    double *sum = arena ? ARENA_ARRAY(arena, double, groups + 1) : NULL;
    size_t *count = arena ? arena_array(arena, groups + 1, 2 * sizeof *count) : NULL;
    int status = sum && count ? decisions_scratch_new(d, &scratch, arena, error) : error_memory(error);
    *extremes = (struct extremes){.low_rate = INFINITY, .high_rate = -INFINITY};
    if (status == 0)
        sum_rates(d, worst, rate, &scratch, sum, count, count + groups);
    for (uint32_t g = 0; status == 0 && g < groups; g++) {
        double mean = sum[g] / (double)count[g];
        if (count[g] > 0 && mean < extremes->low_rate) {
            extremes->low = g;
            extremes->low_rate = mean;
            extremes->low_n = count[groups + g];
        }
        if (count[g] > 0 && mean >= extremes->high_rate) { /* of equals another one than the lowest */
            extremes->high = g;
            extremes->high_rate = mean;
            extremes->high_n = count[groups + g];
        }
    }
    arena_free(arena);
    return status;
}

/* Mean over learners of the accuracy of one class against the rest (numeric target: 1 − mean squared error / variance) over
 * all scored rows. */
static double overall(const struct decisions *d, size_t part, size_t source)
{
    const struct decisions_part *p = &d->parts[part];
    size_t n = d->protocol.test->rows;
    double sum = 0;
    for (size_t l = 0; l < d->n_learners; l++)
        for (size_t i = 0; i < n; i++)
            sum += p->truth ? p->truth[i] == p->decided[l][source][i] : 1 - p->square[l][source][i] / (d->unit * d->unit);
    return sum / ((double)n * (double)d->n_learners);
}

/* Every model of the subject says the same of every row. */
static bool constant(const struct decisions *d, size_t part)
{
    const struct decisions_part *p = &d->parts[part];
    for (size_t l = 0; l < d->n_learners; l++)
        for (size_t i = 1; i < d->protocol.test->rows; i++)
            if (p->truth ? p->decided[l][SOURCE_SUBJECT][i] != p->decided[l][SOURCE_SUBJECT][0]
                         : p->score[l][SOURCE_SUBJECT][i] != p->score[l][SOURCE_SUBJECT][0])
                return false;
    return true;
}

static void word_gap(const struct decisions *d, const struct decisions_phrases *phrases, const struct decisions_worst *worst,
                     const struct extremes *at, const char *tail, struct result *result)
{
    const struct decisions_column *column = &d->columns[worst->column];
    const struct decisions_part *part = &d->parts[worst->part];
    const char *class = part->truth ? class_name(part, result->arena) : NULL;
    snprintf(result->finding, sizeof result->finding,
             "Models trained on the candidate %s%s%s that differ by %.3f between groups of '%.50s': %.3f for '%.40s' (%zu "
             "holdout rows) and %.3f for '%.40s' (%zu); models trained on real rows differ by %.3f. %s",
             class ? phrases->before : phrases->number, class ? class : "", class ? phrases->after : "", worst->candidate,
             column->name, at->low_rate, column->names[at->low], at->low_n, at->high_rate, column->names[at->high], at->high_n,
             worst->real, tail);
}

static void word_level(const struct decisions *d, const struct decisions_phrases *phrases, const struct decisions_worst *worst,
                       const struct extremes *at, const char *tail, struct result *result)
{
    const struct decisions_column *column = &d->columns[worst->column];
    snprintf(result->finding, sizeof result->finding,
             "Models trained on the candidate have %s of %.3f for the groups of '%.50s'; lowest is '%.40s' (%zu holdout rows) "
             "with %.3f, highest '%.40s' (%zu) with %.3f. Models trained on real rows have %.3f. %s",
             d->parts[worst->part].truth ? phrases->before : phrases->number, worst->candidate, column->name,
             column->names[at->low], at->low_n, at->low_rate, column->names[at->high], at->high_n, at->high_rate, worst->real,
             tail);
}

int decisions_words(const struct measure_task *task, const struct decisions *d, struct decisions_view view,
                    const struct decisions_phrases *phrases, const struct decisions_worst *worst, struct result *result,
                    struct error *error)
{
    const struct statistic_kind *kind = &statistic_kinds[view.statistic];
    const struct decisions_column *column = &d->columns[worst->column];
    struct extremes at, second;
    char tail[280];
    double chance[SOURCES];
    int status = find_extremes(d, worst, kind->rate, &at, error);
    if (status == 0 && view.statistic == STATISTIC_ODDS) {
        status = find_extremes(d, worst, RATE_FPR, &second, error);
        if (second.high_rate - second.low_rate > at.high_rate - at.low_rate)
            at = second;
    }
    if (status != 0)
        return status;
    decisions_means(d, d->null, worst->column, worst->part, view.statistic, chance);
    int length = view.change ? snprintf(tail, sizeof tail, "The candidate changes the gap by %+.3f. ", result->value) : 0;
    snprintf(tail + length, sizeof tail - (size_t)length,
             "The %g %% interval is %.3f to %.3f; chance alone makes about %.3f. %s is %.3f (real rows: %.3f).%s",
             100 * task->level, result->lo, result->hi, chance[SOURCE_SUBJECT] - (view.change ? chance[SOURCE_REAL] : 0),
             d->parts[worst->part].truth ? "Accuracy" : "R²", overall(d, worst->part, SOURCE_SUBJECT),
             overall(d, worst->part, SOURCE_REAL),
             constant(d, worst->part) ? " They say the same of every row, so that no gap can show." : "");
    (kind->least ? word_level : word_gap)(d, phrases, worst, &at, tail, result);
    double worse = kind->least ? worst->real - worst->candidate : worst->candidate - worst->real;
    if (view.change ? result->lo > 0 : worse > 0.02)
        snprintf(result->remedy, sizeof result->remedy, "%s (column '%.50s', groups '%.40s' and '%.40s').", phrases->mend,
                 column->name, column->names[at.low], column->names[at.high]);
    return 0;
}
