/* The groups that are compared: those of sensitive columns, and of two of them crossed. */
#include "metrics/fairness/decisions_internal.h"

#include <math.h>
#include <string.h>

/* Pairs beyond the first ten (five columns), and two columns with more meetings than this, are not crossed: a table of 50,000
 * test rows has no more than 1,000 groups of 50. */
enum { LEAST_ROWS = 50, MOST_PAIRS = 10, MOST_MEETINGS = 1000 };

size_t decisions_least_rows(const struct measure_task *task)
{
    return task->min_group > LEAST_ROWS ? task->min_group : LEAST_ROWS;
}

static void count_groups(const struct decisions_column *column, size_t rows, size_t *count)
{
    memset(count, 0, (column->groups + 1) * sizeof *count);
    for (size_t i = 0; i < rows; i++)
        if (column->group[i] != GROUP_NONE)
            count[column->group[i]]++;
}

/* Groups of fewer than min_group test rows go to the pool; a pool that is that small itself is left out. */
static void pool_small(struct decisions_column *column, uint32_t other, size_t rows, size_t min_group, size_t *count)
{
    const uint32_t into[2] = {other, GROUP_NONE};
    for (size_t k = 0; k < 2; k++) {
        count_groups(column, rows, count);
        for (size_t i = 0; i < rows; i++)
            if (column->group[i] != GROUP_NONE && count[column->group[i]] < min_group)
                column->group[i] = into[k];
    }
}

/* Which groups enter the statistics of every part and learner. */
static int find_entering(const struct decisions *d, struct decisions_column *column, uint32_t other, size_t least,
                         const struct decisions_scratch *scratch, struct arena *arena, struct error *error)
{
    size_t groups = column->groups, flags = d->n_parts * d->n_learners * groups + 1;
    size_t *selected = ARENA_ARRAY(arena, size_t, groups + 1);
    for (size_t r = 0; r < RATES; r++)
        column->enters[r] = ARENA_ARRAY(arena, bool, flags);
    for (size_t r = 0; r < RATES; r++)
        if (!column->enters[r] || !selected)
            return error_memory(error);
    for (size_t p = 0; p < d->n_parts; p++)
        for (size_t l = 0; l < d->n_learners; l++) {
            size_t entry = decisions_entry(d, column, p, l);
            bool numbers = !d->parts[p].truth;
            decisions_rates(d, column, p, l, SOURCE_REAL, column->group, NULL, scratch);
            for (size_t g = 0; g < groups; g++)
                selected[g] = scratch->groups[g].selected;
            decisions_rates(d, column, p, l, SOURCE_SUBJECT, column->group, NULL, scratch);
            for (size_t g = 0; g < groups; g++) {
                const struct decisions_group *at = &scratch->groups[g];
                bool enough = g != other && at->n >= least, positives = enough && !numbers && at->positives >= least;
                bool negatives = enough && !numbers && at->n - at->positives >= least;
                column->enters[RATE_SELECTION][entry + g] = column->enters[RATE_BIAS][entry + g] = enough;
                column->enters[RATE_ACCURACY][entry + g] = enough && !numbers;
                column->enters[RATE_TPR][entry + g] = positives;
                column->enters[RATE_FPR][entry + g] = negatives;
                column->enters[RATE_QUALITY][entry + g] = numbers ? enough : positives && negatives;
                column->enters[RATE_PPV][entry + g] = enough && at->selected >= least && selected[g] >= least;
            }
        }
    return 0;
}

static int finish_column(const struct measure_task *task, struct decisions *d, struct decisions_column *column, uint32_t other,
                         struct arena *arena, struct error *error)
{
    struct decisions_scratch scratch;
    size_t *count = ARENA_ARRAY(arena, size_t, column->groups + 1);
    if (column->groups > d->most_groups)
        d->most_groups = column->groups;
    int status = count ? decisions_scratch_new(d, &scratch, arena, error) : error_memory(error);
    if (status != 0)
        return status;
    pool_small(column, other, d->protocol.test->rows, task->min_group, count);
    return find_entering(d, column, other, decisions_least_rows(task), &scratch, arena, error);
}

static int apply(const struct partition *partition, const struct table *table, struct arena *arena, uint32_t **group,
                 struct error *error)
{
    *group = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
    if (!*group)
        return error_memory(error);
    partition_apply(partition, table, *group);
    return 0;
}

static int add_single(const struct measure_task *task, struct decisions *d, const struct partition *partition,
                      struct arena *arena, struct error *error)
{
    const struct protocol_test *test = d->protocol.test;
    struct decisions_column *column = &d->columns[d->n_columns++];
    *column = (struct decisions_column){.name = partition->name, .groups = partition->groups, .names = partition->names};
    int status = apply(partition, test->table, arena, &column->group, error);
    for (size_t i = 0; status == 0 && i < test->rows; i++)
        column->group[i] = column->group[test->use[i]];
    return status == 0 ? finish_column(task, d, column, partition->other, arena, error) : status;
}

/* cell[i]: meeting of row i, or GROUP_NONE where either is a pool or none. */
static int meet(const struct partition *a, const struct partition *b, const struct table *table, struct arena *arena,
                uint32_t **cell, struct error *error)
{
    uint32_t *other;
    int status = apply(a, table, arena, cell, error);
    if (status == 0)
        status = apply(b, table, arena, &other, error);
    for (size_t i = 0; status == 0 && i < table->rows; i++) {
        bool none = (*cell)[i] >= a->groups || other[i] >= b->groups || (*cell)[i] == a->other || other[i] == b->other;
        (*cell)[i] = none ? GROUP_NONE : (uint32_t)((*cell)[i] * b->groups + other[i]);
    }
    return status;
}

/* The meetings that at least min_group training rows share, as groups; the others are left out, since a pool would enter
 * nothing. */
static int add_crossed(const struct measure_task *task, struct decisions *d, const struct partition *a,
                       const struct partition *b, struct arena *arena, struct error *error)
{
    const struct protocol_test *test = d->protocol.test;
    const struct table *train = task->data->train.table;
    struct decisions_column *column = &d->columns[d->n_columns];
    size_t cells = a->groups * b->groups, *count = ARENA_ARRAY(arena, size_t, cells + 1);
    uint32_t *number = ARENA_ARRAY(arena, uint32_t, cells + 1), *trained;
    *column = (struct decisions_column){.name = arena_format(arena, "%s & %s", a->name, b->name),
                                        .crossed = true,
                                        .names = ARENA_ARRAY(arena, const char *, cells + 1)};
    if (!count || !number || !column->name || !column->names)
        return error_memory(error);
    int status = meet(a, b, train, arena, &trained, error);
    if (status == 0)
        status = meet(a, b, test->table, arena, &column->group, error);
    if (status != 0)
        return status;
    for (size_t i = 0; i < train->rows; i++)
        if (trained[i] != GROUP_NONE)
            count[trained[i]]++;
    for (size_t cell = 0; cell < cells; cell++) {
        number[cell] = GROUP_NONE;
        if (count[cell] == 0 || count[cell] < task->min_group)
            continue;
        number[cell] = (uint32_t)column->groups;
        column->names[column->groups] = arena_format(arena, "%s & %s", a->names[cell / b->groups], b->names[cell % b->groups]);
        if (!column->names[column->groups++])
            return error_memory(error);
    }
    for (size_t i = 0; i < test->rows; i++) {
        uint32_t cell = column->group[test->use[i]];
        column->group[i] = cell == GROUP_NONE ? GROUP_NONE : number[cell];
    }
    d->n_columns++;
    return finish_column(task, d, column, GROUP_NONE, arena, error);
}

int decisions_columns(const struct measure_task *task, struct decisions *d, struct arena *arena, struct error *error)
{
    struct partition *partitions;
    size_t fitted, n = 0, pairs = 0;
    int status = partitions_fit(task->data, task->min_group, arena, &partitions, &fitted, error);
    if (status != 0)
        return status;
    /* Models that decide differently where the truth differs are right, not unfair: the target makes no groups. */
    for (size_t c = 0; c < fitted; c++)
        if (partitions[c].column != task->data->target)
            partitions[n++] = partitions[c];
    if (n == 0)
        return error_set(error, ERROR_UNMEASURABLE,
                         "the target is the only sensitive column; give --sensitive COLUMNS of groups that models must treat "
                         "alike");
    d->columns = ARENA_ARRAY(arena, struct decisions_column, n + MOST_PAIRS + 1);
    if (!d->columns)
        return error_memory(error);
    for (size_t c = 0; status == 0 && c < n; c++)
        status = add_single(task, d, &partitions[c], arena, error);
    for (size_t a = 0; a < n; a++)
        for (size_t b = a + 1; status == 0 && b < n && pairs < MOST_PAIRS; b++)
            if (partitions[a].groups * partitions[b].groups <= MOST_MEETINGS) {
                pairs++;
                status = add_crossed(task, d, &partitions[a], &partitions[b], arena, error);
            }
    return status;
}
