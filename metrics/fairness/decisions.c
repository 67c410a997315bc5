#include "metrics/fairness/decisions.h"
#include "numeric/bootstrap.h"
#include "numeric/scores.h"

#include <math.h>
#include <string.h>

enum { LEAST_ROWS = 50, PERMUTATIONS = 50 };

size_t decisions_cell(const struct decisions *d, size_t column, size_t part, size_t learner, size_t source, size_t gap)
{
    return (((column * d->n_parts + part) * d->n_learners + learner) * SOURCES + source) * GAPS + gap;
}

static size_t least_rows(const struct measure_task *task)
{
    return task->min_group > LEAST_ROWS ? task->min_group : LEAST_ROWS;
}

/* --- what is compared ---------------------------------------------------------------------------------------------- */

static const uint8_t *is_class(const uint32_t *class_of, uint32_t class, size_t rows, struct arena *arena)
{
    uint8_t *is = ARENA_ARRAY(arena, uint8_t, rows);
    for (size_t i = 0; is && i < rows; i++)
        is[i] = class_of[i] == class;
    return is;
}

/* The predicted class of every scored row by every model, then one part a class with enough real rows. */
static int find_parts(const struct measure_task *task, struct decisions *d, struct arena *arena, struct error *error)
{
    const struct protocol_test *test = d->protocol.test;
    const struct column_schema *target = &task->data->schema->columns[task->data->target];
    size_t classes = d->protocol.classes, n = test->rows, *count = ARENA_ARRAY(arena, size_t, classes);
    uint32_t *predicted = arena_array(arena, n, d->n_learners * SOURCES * sizeof *predicted);
    d->parts = ARENA_ARRAY(arena, struct decisions_part, classes);
    if (!count || !predicted || !d->parts)
        return error_memory(error);
    for (size_t l = 0; l < d->n_learners; l++)
        for (size_t s = 0; s < SOURCES; s++) {
            const struct trained *t = (s == SOURCE_REAL ? d->protocol.real : d->protocol.subject)[d->learner[l]];
            for (size_t i = 0; i < n; i++)
                predicted[(l * SOURCES + s) * n + i] = predicted_class(t->prediction + i * classes, classes);
        }
    for (size_t i = 0; i < n; i++)
        count[test->label[i]]++;
    for (uint32_t c = classes == 2; c < classes; c++) {
        struct decisions_part *part = &d->parts[d->n_parts];
        if (classes > 2 && count[c] < least_rows(task))
            continue;
        *part = (struct decisions_part){
            .class = c, .name = classes > 2 ? target->levels[c] : NULL, .truth = is_class(test->label, c, n, arena)};
        bool complete = part->truth != NULL;
        for (size_t l = 0; l < d->n_learners; l++)
            for (size_t s = 0; s < SOURCES; s++) {
                part->decided[l][s] = is_class(predicted + (l * SOURCES + s) * n, c, n, arena);
                complete = complete && part->decided[l][s];
            }
        if (!complete)
            return error_memory(error);
        d->n_parts++;
    }
    return 0;
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
    count_groups(column, rows, count);
    for (size_t i = 0; i < rows; i++)
        if (column->group[i] != GROUP_NONE && count[column->group[i]] < min_group)
            column->group[i] = other;
    count_groups(column, rows, count);
    for (size_t i = 0; i < rows; i++)
        if (column->group[i] != GROUP_NONE && count[column->group[i]] < min_group)
            column->group[i] = GROUP_NONE;
    count_groups(column, rows, count);
}

/* Which groups enter the gaps of every part. count: rows of each group. */
static int find_entering(const struct decisions *d, struct decisions_column *column, uint32_t other, size_t least,
                         const size_t *count, struct arena *arena, struct error *error)
{
    size_t rows = d->protocol.test->rows, groups = column->groups;
    size_t *positive = ARENA_ARRAY(arena, size_t, d->n_parts * groups + 1);
    for (size_t k = 0; k < GAPS; k++)
        column->enters[k] = ARENA_ARRAY(arena, bool, d->n_parts *groups + 1);
    if (!positive || !column->enters[GAP_PARITY] || !column->enters[GAP_OPPORTUNITY])
        return error_memory(error);
    for (size_t p = 0; p < d->n_parts; p++) {
        for (size_t i = 0; i < rows; i++)
            if (column->group[i] != GROUP_NONE)
                positive[p * groups + column->group[i]] += d->parts[p].truth[i];
        for (size_t g = 0; g < groups; g++) {
            column->enters[GAP_PARITY][p * groups + g] = g != other && count[g] >= least;
            column->enters[GAP_OPPORTUNITY][p * groups + g] = g != other && positive[p * groups + g] >= least;
        }
    }
    return 0;
}

static int find_columns(const struct measure_task *task, struct decisions *d, struct arena *arena, struct error *error)
{
    const struct protocol_test *test = d->protocol.test;
    struct partition *partitions;
    size_t n;
    int status = partitions_fit(task->data, task->min_group, arena, &partitions, &n, error);
    if (status != 0)
        return status;
    /* Models that decide differently where the truth differs are right, not unfair: the target makes no groups. */
    for (size_t c = 0; c < n; c++)
        if (partitions[c].column != task->data->target)
            partitions[d->n_columns++] = partitions[c];
    if (d->n_columns == 0)
        return error_set(error, ERROR_UNMEASURABLE,
                         "the target is the only sensitive column; give --sensitive COLUMNS of groups that models must treat "
                         "alike");
    d->columns = ARENA_ARRAY(arena, struct decisions_column, d->n_columns + 1);
    if (!d->columns)
        return error_memory(error);
    for (size_t c = 0; status == 0 && c < d->n_columns; c++) {
        struct decisions_column *column = &d->columns[c];
        *column =
            (struct decisions_column){.name = partitions[c].name, .groups = partitions[c].groups, .names = partitions[c].names};
        column->group = ARENA_ARRAY(arena, uint32_t, test->table->rows + 1);
        size_t *count = ARENA_ARRAY(arena, size_t, column->groups + 1);
        if (!column->group || !count)
            return error_memory(error);
        partition_apply(&partitions[c], test->table, column->group);
        for (size_t i = 0; i < test->rows; i++)
            column->group[i] = column->group[test->use[i]];
        pool_small(column, partitions[c].other, test->rows, task->min_group, count);
        status = find_entering(d, column, partitions[c].other, least_rows(task), count, arena, error);
        if (column->groups > d->most_groups)
            d->most_groups = column->groups;
    }
    return status;
}

/* --- gaps ---------------------------------------------------------------------------------------------------------- */

static double gap_between(const struct group_rates *rates, const bool *enters, size_t groups, enum gap gap, double *values)
{
    size_t n = 0;
    for (size_t g = 0; g < groups; g++)
        if (enters[g])
            values[n++] = gap == GAP_PARITY ? rates[g].selection_rate : rates[g].tpr;
    return n < 2 ? NAN : range_difference(values, n);
}

/* Gaps of one column into out (all cells). group: numbers of the scored rows, as they are or permuted. */
static void column_gaps(const struct decisions *d, size_t c, const uint32_t *group, const uint32_t *weight,
                        struct group_rates *rates, double *values, double *out)
{
    const struct decisions_column *column = &d->columns[c];
    for (size_t p = 0; p < d->n_parts; p++)
        for (size_t l = 0; l < d->n_learners; l++)
            for (size_t s = 0; s < SOURCES; s++) {
                group_rates_compute(d->parts[p].truth, d->parts[p].decided[l][s], group, weight, d->protocol.test->rows,
                                    column->groups, rates);
                for (size_t k = 0; k < GAPS; k++)
                    out[decisions_cell(d, c, p, l, s, k)] =
                        gap_between(rates, column->enters[k] + p * column->groups, column->groups, (enum gap)k, values);
            }
}

/* Scratch of one worker. */
struct worker {
    struct group_rates *rates;
    double *values;
    uint32_t *rows, *group;
};

struct resampling {
    const struct decisions *decisions;
    struct worker *workers;
};

static int resample(void *context, struct random *random, size_t worker, double *values, struct error *error)
{
    const struct resampling *r = context;
    const struct worker *w = &r->workers[worker];
    (void)error;
    bootstrap_multiplicities(random, r->decisions->protocol.test->rows, w->rows);
    for (size_t c = 0; c < r->decisions->n_columns; c++)
        column_gaps(r->decisions, c, r->decisions->columns[c].group, w->rows, w->rates, w->values, values);
    return 0;
}

static int permute(void *context, struct random *random, size_t worker, double *values, struct error *error)
{
    const struct resampling *r = context;
    const struct worker *w = &r->workers[worker];
    size_t n = r->decisions->protocol.test->rows;
    (void)error;
    random_permutation(random, n, w->rows);
    for (size_t c = 0; c < r->decisions->n_columns; c++) {
        for (size_t i = 0; i < n; i++)
            w->group[i] = r->decisions->columns[c].group[w->rows[i]];
        column_gaps(r->decisions, c, w->group, NULL, w->rates, w->values, values);
    }
    return 0;
}

static int workers_new(const struct decisions *d, size_t n, struct arena *arena, struct worker **workers, struct error *error)
{
    size_t rows = d->protocol.test->rows;
    *workers = ARENA_ARRAY(arena, struct worker, n);
    if (!*workers)
        return error_memory(error);
    for (size_t w = 0; w < n; w++) {
        (*workers)[w] = (struct worker){.rates = ARENA_ARRAY(arena, struct group_rates, d->most_groups + 1),
                                        .values = ARENA_ARRAY(arena, double, d->most_groups + 1),
                                        .rows = ARENA_ARRAY(arena, uint32_t, rows + 1),
                                        .group = ARENA_ARRAY(arena, uint32_t, rows + 1)};
        if (!(*workers)[w].rates || !(*workers)[w].values || !(*workers)[w].rows || !(*workers)[w].group)
            return error_memory(error);
    }
    return 0;
}

static int resample_all(const struct measure_task *task, struct decisions *d, struct worker *workers, struct arena *arena,
                        struct arena *scratch, struct error *error)
{
    struct resampling context = {d, workers};
    double *permuted = arena_array(scratch, PERMUTATIONS, d->cells * sizeof(double));
    d->null = ARENA_ARRAY(arena, double, d->cells);
    d->replicates = arena_array(arena, d->protocol.replicates, d->cells * sizeof(double));
    if (!permuted || !d->null || !d->replicates)
        return error_memory(error);
    int status = bootstrap_run(task->pool, task->seed, "protocol.bootstrap", d->protocol.replicates, d->cells, resample,
                               &context, d->replicates, error);
    if (status == 0)
        status = bootstrap_run(task->pool, task->seed, "fairness.permutation", PERMUTATIONS, d->cells, permute, &context,
                               permuted, error);
    for (size_t k = 0; status == 0 && k < d->cells; k++)
        for (size_t b = 0; b < PERMUTATIONS; b++)
            d->null[k] += permuted[b * d->cells + k] / PERMUTATIONS;
    return status;
}

struct make_context {
    const struct measure_task *task;
    struct protocol protocol;
    bool brief;
};

static int make_decisions(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct make_context *made = context;
    const struct measure_task *task = made->task;
    struct decisions *d = ARENA_NEW(arena, struct decisions);
    struct arena *scratch = arena_new();
    struct worker *workers = NULL;
    int status = d && scratch ? 0 : error_memory(error);
    if (status != 0)
        goto out;
    d->protocol = made->protocol;
    for (size_t l = 0; learner_list[l]; l++)
        if (!d->protocol.subject[l]->baseline)
            d->learner[d->n_learners++] = l;
    status = find_parts(task, d, arena, error);
    if (status == 0)
        status = find_columns(task, d, arena, error);
    if (status != 0)
        goto out;
    d->cells = d->n_columns * d->n_parts * d->n_learners * SOURCES * GAPS;
    d->gap = ARENA_ARRAY(arena, double, d->cells + 1);
    status = d->gap ? workers_new(d, pool_threads(task->pool), scratch, &workers, error) : error_memory(error);
    if (status != 0)
        goto out;
    for (size_t c = 0; c < d->n_columns; c++)
        column_gaps(d, c, d->columns[c].group, NULL, workers[0].rates, workers[0].values, d->gap);
    if (!made->brief && d->cells > 0)
        status = resample_all(task, d, workers, arena, scratch, error);
    *artifact = d;
out:
    arena_free(scratch);
    return status;
}

int decisions_get(const struct measure_task *task, bool brief, const struct decisions **decisions, struct error *error)
{
    struct make_context context = {.task = task, .brief = brief};
    void *made;
    int status = protocol_get(task, &context.protocol, error);
    if (status != 0)
        return status;
    if (context.protocol.classes == 0)
        return error_set(error, ERROR_UNMEASURABLE, "the target is a number, not a class");
    status = artifact_get(task->artifacts, "fairness.decisions", task->subject, context.protocol.test->table, brief,
                          make_decisions, NULL, &context, &made, error);
    if (status == 0)
        *decisions = made;
    return status;
}
