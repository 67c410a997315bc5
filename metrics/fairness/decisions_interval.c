/* Intervals of a measure's value. */
#include "metrics/fairness/decisions_internal.h"
#include "numeric/range_interval.h"

#include <math.h>

size_t decisions_rate_place(const struct decisions *d, size_t column, size_t part, size_t learner, size_t source,
                            enum rate rate)
{
    const struct decisions_column *c = &d->columns[column];
    return d->cells + c->first_rate + (((part * d->n_learners + learner) * SOURCES + source) * RATES + rate) * (c->groups + 1);
}

/* The rates that a statistic is made of. */
static size_t rates_of(enum statistic statistic, enum rate rates[2])
{
    rates[0] = statistic_kinds[statistic].rate;
    rates[1] = RATE_FPR;
    return statistic == STATISTIC_ODDS ? 2 : 1;
}

/* A rate of a group as a number of the problem: where it is among the rates of a replicate, and its value. */
struct chosen {
    size_t n, n_blocks, *place;
    double *x, *trials;
    struct range_block *blocks;
};

static int chosen_new(const struct decisions *d, struct decisions_view view, struct arena *arena, struct chosen *chosen,
                      struct error *error)
{
    size_t blocks = 1, numbers = 1, per_column = 2 * d->n_parts * d->n_learners;
    for (size_t c = 0; c < d->n_columns; c++)
        if (d->columns[c].crossed == view.crossed) {
            blocks += per_column;
            numbers += per_column * (d->columns[c].groups + 1);
        }
    *chosen = (struct chosen){.place = ARENA_ARRAY(arena, size_t, numbers),
                              .x = ARENA_ARRAY(arena, double, numbers),
                              .trials = ARENA_ARRAY(arena, double, numbers),
                              .blocks = ARENA_ARRAY(arena, struct range_block, blocks)};
    return chosen->place && chosen->x && chosen->trials && chosen->blocks ? 0 : error_memory(error);
}

/* The accuracy over the rows of all groups of a column, which those of groups are held against. */
static void choose_whole(const struct decisions *d, size_t column, size_t part, size_t learner,
                         const struct decisions_scratch *scratch, struct chosen *chosen)
{
    size_t groups = d->columns[column].groups, rows = 0;
    chosen->place[chosen->n] = decisions_rate_place(d, column, part, learner, SOURCE_SUBJECT, RATE_ACCURACY) + groups;
    chosen->x[chosen->n] = decisions_accuracy(groups, scratch, &rows);
    chosen->trials[chosen->n++] = (double)rows;
}

/* The rates that enter a statistic of one column, class and learner. */
static void choose(const struct decisions *d, struct decisions_view view, size_t column, size_t part, size_t learner,
                   const struct decisions_scratch *scratch, struct chosen *chosen)
{
    const struct decisions_column *c = &d->columns[column];
    size_t entry = decisions_entry(d, c, part, learner);
    bool shares = d->parts[part].truth != NULL, complement = view.statistic == STATISTIC_WORST;
    enum rate rates[2];
    size_t n_rates = rates_of(view.statistic, rates);
    decisions_rates(d, c, part, learner, SOURCE_SUBJECT, c->group, NULL, scratch);
    for (size_t r = 0; r < n_rates; r++) {
        struct range_block block = {chosen->n, 0, column * d->n_parts + part, learner};
        if (view.statistic == STATISTIC_EQUITY)
            choose_whole(d, column, part, learner, scratch, chosen);
        for (size_t g = 0; g < c->groups; g++) {
            const struct decisions_group *at = &scratch->groups[g];
            if (!c->enters[rates[r]][entry + g])
                continue;
            chosen->place[chosen->n] = decisions_rate_place(d, column, part, learner, SOURCE_SUBJECT, rates[r]) + g;
            chosen->x[chosen->n] = complement ? 1 - at->rate[rates[r]] : at->rate[rates[r]];
            chosen->trials[chosen->n++] = shares ? (double)decisions_rate_trials(rates[r], at) : 0;
        }
        block.count = chosen->n - block.first;
        chosen->blocks[chosen->n_blocks++] = block;
    }
}

int decisions_interval(const struct measure_task *task, const struct decisions *d, struct decisions_view view,
                       struct interval *interval, struct error *error)
{
    struct arena *arena = arena_new();
    struct decisions_scratch scratch;
    struct chosen chosen = {0};
    enum range_form form = view.statistic == STATISTIC_WORST    ? RANGE_HIGHEST
                           : view.statistic == STATISTIC_EQUITY ? RANGE_INEQUITY
                                                                : RANGE_SPREAD;
    int status = arena ? decisions_scratch_new(d, &scratch, arena, error) : error_memory(error);
    if (status == 0)
        status = chosen_new(d, view, arena, &chosen, error);
    for (size_t c = 0; status == 0 && c < d->n_columns; c++)
        for (size_t p = 0; p < d->n_parts && d->columns[c].crossed == view.crossed; p++)
            for (size_t l = 0; l < d->n_learners; l++) {
                const double *both = d->value + decisions_cell(d, c, p, l, 0, 0);
                if (!isnan(both[SOURCE_SUBJECT * STATISTICS + view.statistic]) &&
                    !isnan(both[SOURCE_REAL * STATISTICS + view.statistic]))
                    choose(d, view, c, p, l, &scratch, &chosen);
            }
    double *replicate = status == 0 ? arena_array(arena, d->protocol.replicates, (chosen.n + 1) * sizeof(double)) : NULL;
    if (status == 0 && !replicate)
        status = error_memory(error);
    for (size_t b = 0; status == 0 && b < d->protocol.replicates; b++)
        for (size_t i = 0; i < chosen.n; i++) {
            double rate = d->replicates[b * d->width + chosen.place[i]];
            replicate[b * chosen.n + i] = form == RANGE_HIGHEST ? 1 - rate : rate;
        }
    if (status == 0) {
        struct range_problem problem = {.n = chosen.n,
                                        .x = chosen.x,
                                        .trials = chosen.trials,
                                        .replicates = d->protocol.replicates,
                                        .replicate = replicate,
                                        .n_blocks = chosen.n_blocks,
                                        .blocks = chosen.blocks,
                                        .form = form,
                                        .level = task->level,
                                        .seed = task->seed};
        status = range_interval(&problem, interval, error);
    }
    if (status == 0 && form != RANGE_SPREAD)
        *interval = (struct interval){1 - interval->hi, 1 - interval->lo, interval->level, interval->method};
    arena_free(arena);
    return status;
}
