/* Interval of how much a gap between groups changes from the real rows' models to the subject's. */
#include "metrics/fairness/decisions_internal.h"
#include "numeric/range_change.h"

#include <math.h>

/* A rate of a group as a number of the problem: its value, and where it is among the rates of a replicate. */
struct chosen {
    size_t n, n_blocks, *place;
    double *x, *trials;
    struct change_block *blocks;
};

static int chosen_new(const struct decisions *d, struct arena *arena, struct chosen *chosen, struct error *error)
{
    size_t blocks = 1, numbers = 1, models = d->n_parts * d->n_learners;
    for (size_t c = 0; c < d->n_columns; c++) {
        blocks += models;
        numbers += models * SOURCES * d->columns[c].groups;
    }
    *chosen = (struct chosen){.place = ARENA_ARRAY(arena, size_t, numbers),
                              .x = ARENA_ARRAY(arena, double, numbers),
                              .trials = ARENA_ARRAY(arena, double, numbers),
                              .blocks = ARENA_ARRAY(arena, struct change_block, blocks)};
    return chosen->place && chosen->x && chosen->trials && chosen->blocks ? 0 : error_memory(error);
}

/* The rates of one column, class and learner, of both sources. */
static void choose(const struct decisions *d, enum rate rate, size_t column, size_t part, size_t learner,
                   const struct decisions_scratch *scratch, struct chosen *chosen)
{
    const struct decisions_column *c = &d->columns[column];
    const bool *enters = c->enters[rate] + decisions_entry(d, c, part, learner);
    const bool shares = d->parts[part].truth != NULL;
    size_t first[SOURCES];
    for (size_t s = 0; s < SOURCES; s++) {
        first[s] = chosen->n;
        decisions_rates(d, c, part, learner, s, c->group, NULL, scratch);
        for (size_t g = 0; g < c->groups; g++) {
            if (!enters[g])
                continue;
            chosen->place[chosen->n] = decisions_rate_place(d, column, part, learner, s, rate) + g;
            chosen->x[chosen->n] = scratch->groups[g].rate[rate];
            chosen->trials[chosen->n++] = shares ? (double)decisions_rate_trials(rate, &scratch->groups[g]) : 0;
        }
    }
    chosen->blocks[chosen->n_blocks++] = (struct change_block){.after = first[SOURCE_SUBJECT],
                                                               .before = first[SOURCE_REAL],
                                                               .count = chosen->n - first[SOURCE_REAL],
                                                               .set = column * d->n_parts + part};
}

/* All that the view speaks of, or one column and part alone. */
static void choose_all(const struct decisions *d, struct decisions_view view, ptrdiff_t column, size_t part,
                       const struct decisions_scratch *scratch, struct chosen *chosen)
{
    for (size_t c = 0; c < d->n_columns; c++)
        for (size_t p = 0; p < d->n_parts && d->columns[c].crossed == view.crossed; p++)
            for (size_t l = 0; l < d->n_learners; l++) {
                const double *both = d->value + decisions_cell(d, c, p, l, 0, 0);
                bool meant = column == EVERY_COLUMN || ((size_t)column == c && part == p);
                if (meant && !isnan(both[SOURCE_SUBJECT * STATISTICS + view.statistic]) &&
                    !isnan(both[SOURCE_REAL * STATISTICS + view.statistic]))
                    choose(d, statistic_kinds[view.statistic].rate, c, p, l, scratch, chosen);
            }
}

int decisions_change_interval(const struct measure_task *task, const struct decisions *d, struct decisions_view view,
                              ptrdiff_t column, size_t part, struct interval *interval, struct error *error)
{
    struct arena *arena = arena_new();
    struct decisions_scratch scratch;
    struct chosen chosen = {0};
    double *replicate = NULL;
    int status = arena ? decisions_scratch_new(d, &scratch, arena, error) : error_memory(error);
    if (status == 0)
        status = chosen_new(d, arena, &chosen, error);
    if (status == 0) {
        choose_all(d, view, column, part, &scratch, &chosen);
        replicate = arena_array(arena, d->protocol.replicates, (chosen.n + 1) * sizeof(double));
        status = replicate ? 0 : error_memory(error);
    }
    for (size_t b = 0; status == 0 && b < d->protocol.replicates; b++)
        for (size_t i = 0; i < chosen.n; i++)
            replicate[b * chosen.n + i] = d->replicates[b * d->width + chosen.place[i]];
    if (status == 0) {
        struct change_problem problem = {.n = chosen.n,
                                         .x = chosen.x,
                                         .trials = chosen.trials,
                                         .replicates = d->protocol.replicates,
                                         .replicate = replicate,
                                         .n_blocks = chosen.n_blocks,
                                         .blocks = chosen.blocks,
                                         .level = task->level};
        status = range_change_interval(&problem, interval, error);
    }
    if (status == 0 && d->protocol.classes > 0)
        interval_clip(interval, -statistic_kinds[view.statistic].hi, statistic_kinds[view.statistic].hi);
    arena_free(arena);
    return status;
}
