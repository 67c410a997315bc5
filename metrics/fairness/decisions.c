#include "metrics/fairness/decisions_internal.h"
#include "metrics/samples.h"
#include "numeric/bootstrap.h"
#include "numeric/scores.h"

#include <math.h>

enum { PERMUTATIONS = 50 };

size_t decisions_cell(const struct decisions *d, size_t column, size_t part, size_t learner, size_t source,
                      enum statistic statistic)
{
    return (((column * d->n_parts + part) * d->n_learners + learner) * SOURCES + source) * STATISTICS + statistic;
}

/* --- what is compared ---------------------------------------------------------------------------------------------- */

static const uint8_t *is_class(const uint32_t *class_of, uint32_t class, size_t rows, struct arena *arena)
{
    uint8_t *is = ARENA_ARRAY(arena, uint8_t, rows);
    for (size_t i = 0; is && i < rows; i++)
        is[i] = class_of[i] == class;
    return is;
}

static const struct trained *model_of(const struct decisions *d, size_t learner, size_t source)
{
    return (source == SOURCE_REAL ? d->protocol.real : d->protocol.subject)[d->learner[learner]];
}

/* The predicted class of every scored row by every model, then one part a class with enough real rows. */
static int find_classes(const struct measure_task *task, struct decisions *d, struct arena *arena, struct error *error)
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
            const struct trained *t = model_of(d, l, s);
            for (size_t i = 0; i < n; i++)
                predicted[(l * SOURCES + s) * n + i] = predicted_class(t->prediction + i * classes, classes);
        }
    for (size_t i = 0; i < n; i++)
        count[test->label[i]]++;
    for (uint32_t c = classes == 2; c < classes; c++) {
        struct decisions_part *part = &d->parts[d->n_parts];
        if (classes > 2 && count[c] < decisions_least_rows(task))
            continue;
        *part = (struct decisions_part){
            .class = c, .name = classes > 2 ? target->levels[c] : NULL, .truth = is_class(test->label, c, n, arena)};
        bool complete = part->truth != NULL;
        for (size_t l = 0; l < d->n_learners; l++)
            for (size_t s = 0; s < SOURCES; s++) {
                part->decided[l][s] = is_class(predicted + (l * SOURCES + s) * n, c, n, arena);
                part->score[l][s] = model_of(d, l, s)->prediction + c;
                complete = complete && part->decided[l][s];
            }
        if (!complete)
            return error_memory(error);
        d->n_parts++;
    }
    return 0;
}

/* A numeric target: one part, errors in place of decisions. */
static int find_errors(struct decisions *d, struct arena *arena, struct error *error)
{
    const double *y = d->protocol.test->value;
    size_t n = d->protocol.test->rows;
    double mean = 0, squares = 0;
    d->parts = ARENA_NEW(arena, struct decisions_part);
    if (!d->parts)
        return error_memory(error);
    for (size_t i = 0; i < n; i++)
        mean += y[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (y[i] - mean) * (y[i] - mean);
    d->unit = sqrt(squares / (double)n);
    d->n_parts = 1;
    for (size_t l = 0; l < d->n_learners; l++)
        for (size_t s = 0; s < SOURCES; s++) {
            const double *prediction = d->parts->score[l][s] = model_of(d, l, s)->prediction;
            double *off = ARENA_ARRAY(arena, double, n), *square = ARENA_ARRAY(arena, double, n);
            if (!off || !square)
                return error_memory(error);
            for (size_t i = 0; i < n; i++) {
                off[i] = prediction[i] - y[i];
                square[i] = off[i] * off[i];
            }
            d->parts->error[l][s] = off;
            d->parts->square[l][s] = square;
        }
    return 0;
}

/* --- statistics ---------------------------------------------------------------------------------------------------- */

static void write_rates(size_t groups, enum rate rate, const struct decisions_scratch *scratch, double *out)
{
    size_t rows;
    for (size_t g = 0; g < groups; g++)
        out[g] = scratch->groups[g].rate[rate];
    out[groups] = rate == RATE_ACCURACY ? decisions_accuracy(groups, scratch, &rows) : NAN;
}

/* Statistics of one column into out (all cells). rates: and the rates of its groups (all of a replicate). group: numbers of the
 * scored rows, as they are or permuted. */
static void column_statistics(const struct decisions *d, size_t c, const uint32_t *group, const uint32_t *weight,
                              const struct decisions_scratch *scratch, bool rates, double *out)
{
    const struct decisions_column *column = &d->columns[c];
    for (size_t p = 0; p < d->n_parts; p++)
        for (size_t l = 0; l < d->n_learners; l++)
            for (size_t s = 0; s < SOURCES; s++) {
                decisions_rates(d, column, p, l, s, group, weight, scratch);
                for (enum statistic k = 0; k < STATISTICS; k++)
                    out[decisions_cell(d, c, p, l, s, k)] =
                        decisions_statistic(column, decisions_entry(d, column, p, l), k, scratch);
                for (enum rate r = 0; rates && r < RATES; r++)
                    write_rates(d->columns[c].groups, r, scratch, out + decisions_rate_place(d, c, p, l, s, r));
            }
}

/* Scratch of one worker. */
struct worker {
    struct decisions_scratch scratch;
    uint32_t *rows, *group;
};

struct resampling {
    const struct decisions *decisions;
    struct worker *workers;
};

static int resample(void *context, const uint32_t *weight, size_t worker, double *values, struct error *error)
{
    const struct resampling *r = context;
    (void)error;
    for (size_t c = 0; c < r->decisions->n_columns; c++)
        column_statistics(r->decisions, c, r->decisions->columns[c].group, weight, &r->workers[worker].scratch, true, values);
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
        column_statistics(r->decisions, c, w->group, NULL, &w->scratch, false, values);
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
        (*workers)[w] =
            (struct worker){.rows = ARENA_ARRAY(arena, uint32_t, rows + 1), .group = ARENA_ARRAY(arena, uint32_t, rows + 1)};
        if (!(*workers)[w].rows || !(*workers)[w].group)
            return error_memory(error);
        int status = decisions_scratch_new(d, &(*workers)[w].scratch, arena, error);
        if (status != 0)
            return status;
    }
    return 0;
}

static int resample_all(const struct measure_task *task, struct decisions *d, struct worker *workers, struct arena *arena,
                        struct arena *scratch, struct error *error)
{
    struct resampling context = {d, workers};
    double *permuted = arena_array(scratch, PERMUTATIONS, d->cells * sizeof(double));
    d->null = ARENA_ARRAY(arena, double, d->cells);
    d->replicates = arena_array(arena, d->protocol.replicates, d->width * sizeof(double));
    if (!permuted || !d->null || !d->replicates)
        return error_memory(error);
    int status =
        samples_run(task, d->protocol.test->rows, d->protocol.replicates, d->width, resample, &context, d->replicates, error);
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
    d->unit = 1;
    for (size_t l = 0; learner_list[l]; l++)
        if (!d->protocol.subject[l]->baseline)
            d->learner[d->n_learners++] = l;
    status = d->protocol.classes ? find_classes(task, d, arena, error) : find_errors(d, arena, error);
    if (status == 0)
        status = decisions_columns(task, d, arena, error);
    if (status != 0)
        goto out;
    d->cells = d->width = d->n_columns * d->n_parts * d->n_learners * SOURCES * STATISTICS;
    for (size_t c = 0; c < d->n_columns; c++) {
        d->columns[c].first_rate = d->width - d->cells;
        d->width += d->n_parts * d->n_learners * SOURCES * RATES * (d->columns[c].groups + 1);
    }
    d->value = ARENA_ARRAY(arena, double, d->cells + 1);
    status = d->value ? workers_new(d, pool_threads(task->pool), scratch, &workers, error) : error_memory(error);
    if (status != 0)
        goto out;
    for (size_t c = 0; c < d->n_columns; c++)
        column_statistics(d, c, d->columns[c].group, NULL, &workers[0].scratch, false, d->value);
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
    status = artifact_get(task->artifacts, "fairness.decisions", task->subject, context.protocol.test->table, brief,
                          make_decisions, NULL, &context, &made, error);
    if (status == 0)
        *decisions = made;
    return status;
}
