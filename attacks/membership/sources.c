#include "attacks/membership/sources.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "attacks/membership/shuffled.h"
#include "attacks/tables.h"
#include "core/random.h"
#include "generators/support.h"
#include "models/boosted_folds.h"
#include "models/learner.h"
#include "numeric/ranking.h"

#define FOLDS    5
#define TRAINING 1.65  /* times the variance of models as they are */
#define CERTAIN  0.999 /* level of the interval that must lie above ½ */
#define LEAST    20    /* rows of each table */

/* Rows of train (label 0) and of the strangers, pooled as features. */
struct pool_of_rows {
    struct design design;
    uint8_t *label, *fold;
    double *score, *gain; /* gain: [FOLDS · inputs] */
    struct boosted_matrix *matrix;
};

struct making {
    const struct measure_task *task;
    const struct table *table[2];
    struct arena *scratch;
};

/* A random part of one table's encoded rows, folds alternating. */
static int add_rows(const struct making *making, const struct encoder *encoder, uint8_t label, size_t n,
                    struct pool_of_rows *rows, struct error *error)
{
    const struct table *table = making->table[label];
    const size_t q = rows->design.layout.quantities, f = rows->design.layout.factors;
    uint32_t *order = ARENA_ARRAY(making->scratch, uint32_t, table->rows + 1);
    struct design *design = NULL;
    struct random random;
    int status = order ? design_new(&design, encoder, table, error) : error_memory(error);

    if (status)
        return status;
    random_init(&random, making->task->seed, "privacy.membership sources", label, 0);
    random_permutation(&random, table->rows, order);
    for (size_t i = 0; i < n; i++) {
        const size_t at = rows->design.rows++;

        memcpy(rows->design.number + at * q, design->number + order[i] * q, q * sizeof(double));
        memcpy(rows->design.level + at * f, design->level + order[i] * f, f * sizeof(uint32_t));
        rows->label[at] = label;
        rows->fold[at] = (uint8_t)(i % FOLDS);
    }
    design_free(design);
    return 0;
}

static int pool_rows(const struct making *making, const struct encoder *encoder, const size_t used[2],
                     struct pool_of_rows *rows, struct error *error)
{
    struct arena *arena = making->scratch;
    const size_t n = used[0] + used[1];
    int status = layout_copy(encoder_layout(encoder), arena, &rows->design.layout, error);
    const struct layout *layout = &rows->design.layout;

    if (status)
        return status;
    rows->design.number = arena_array(arena, n + 1, (layout->quantities + 1) * sizeof(double));
    rows->design.level = arena_array(arena, n + 1, (layout->factors + 1) * sizeof(uint32_t));
    rows->label = ARENA_ARRAY(arena, uint8_t, n + 1);
    rows->fold = ARENA_ARRAY(arena, uint8_t, n + 1);
    rows->score = ARENA_ARRAY(arena, double, n + 1);
    rows->gain = arena_array(arena, FOLDS, (layout->quantities + layout->factors + 1) * sizeof(double));
    if (!rows->design.number || !rows->design.level || !rows->label || !rows->fold || !rows->score || !rows->gain)
        return error_memory(error);
    for (uint8_t t = 0; t < 2 && !status; t++)
        status = add_rows(making, encoder, t, used[t], rows, error);
    return status;
}

static int fold_task(void *context, size_t index, size_t worker, struct error *error)
{
    struct pool_of_rows *rows = context;
    const struct boosted_rows labelled = {rows->label, rows->fold};
    const size_t inputs = rows->design.layout.quantities + rows->design.layout.factors;

    (void)worker;
    return boosted_fold(rows->matrix, &labelled, (unsigned)index, rows->score, rows->gain + index * inputs, error);
}

/* Mean of the folds' AUCs by pairs of rows, their variances by the squares. */
static int average_folds(const struct pool_of_rows *rows, struct arena *scratch, struct delong *mean, struct error *error)
{
    const size_t n = rows->design.rows;
    double *score = ARENA_ARRAY(scratch, double, n + 1), pairs = 0, squares = 0;
    uint8_t *label = ARENA_ARRAY(scratch, uint8_t, n + 1);

    if (!score || !label)
        return error_memory(error);
    for (unsigned k = 0; k < FOLDS; k++) {
        struct delong fold;
        double weight;
        size_t m = 0;
        int status;

        for (size_t i = 0; i < n; i++)
            if (rows->fold[i] == k) {
                score[m] = rows->score[i];
                label[m++] = rows->label[i];
            }
        status = delong(score, label, m, &fold, error);
        if (status)
            return status;
        weight = (double)fold.positives * (double)fold.negatives;
        mean->auc += weight * fold.auc;
        squares += weight * weight * fold.variance;
        pairs += weight;
        mean->positives += fold.positives;
        mean->negatives += fold.negatives;
    }
    mean->auc /= pairs;
    mean->variance = TRAINING * squares / (pairs * pairs);
    return 0;
}

static void find_column(const struct pool_of_rows *rows, const struct encoder *encoder, struct membership_sources *sources)
{
    const size_t inputs = rows->design.layout.quantities + rows->design.layout.factors;
    double total = 0, most = 0;

    for (size_t j = 0; j < inputs; j++) {
        double gain = 0;

        for (size_t k = 0; k < FOLDS; k++)
            gain += rows->gain[k * inputs + j];
        total += gain;
        if (gain > most) {
            most = gain;
            sources->column = encoder_column(encoder, j);
        }
    }
    sources->part = total > 0 ? most / total : 0;
}

static int judge(const struct making *making, const struct encoder *encoder, struct membership_sources *sources,
                 struct error *error)
{
    struct pool_of_rows rows = {0};
    struct delong mean = {0};
    struct interval interval;
    int status = pool_rows(making, encoder, sources->rows, &rows, error);

    if (!status)
        status = boosted_matrix_new(&rows.matrix, &rows.design, error);
    if (!status)
        status = pool_run(making->task->pool, FOLDS, fold_task, &rows, error);
    if (!status)
        status = average_folds(&rows, making->scratch, &mean, error);
    if (!status) {
        interval = delong_interval(&mean, making->task->level);
        sources->auc = mean.auc;
        sources->lo = interval.lo;
        sources->hi = interval.hi;
        sources->differ = mean.auc >= SOURCES_MATTER && delong_interval(&mean, CERTAIN).lo > .5;
        find_column(&rows, encoder, sources);
    }
    boosted_matrix_free(rows.matrix);
    return status;
}

/* The encoder is fitted on both tables, levels out of their order: a vocabulary of train alone would know the strangers by
 * the levels that it lacks. */
static int fit_encoder(const struct making *making, struct encoder **encoder, struct error *error)
{
    const struct table *first = making->table[0], *second = making->table[1];
    struct table *pooled = NULL;
    int status = table_new(&pooled, first->schema, "pooled", first->rows + second->rows, error);

    for (size_t j = 0; j < first->n_columns && !status; j++) {
        generator_gather(first, NULL, 0, first->rows, pooled, j);
        generator_gather(second, NULL, first->rows, second->rows, pooled, j);
    }
    if (!status) {
        table_seal(pooled);
        status = encoder_fit(encoder, pooled, NULL, 0, error);
    }
    table_free(pooled);
    return status;
}

static int make_sources(void *context, struct arena *arena, void **artifact, struct error *error)
{
    struct making *making = context;
    struct membership_sources *sources = ARENA_NEW(arena, struct membership_sources);
    struct encoder *encoder = NULL;
    struct table *shuffled[2] = {NULL};
    int status = sources ? 0 : error_memory(error);

    if (status)
        return status;
    *sources = (struct membership_sources){NAN, NAN, NAN, {0}, SIZE_MAX, 0, false};
    for (int t = 0; t < 2; t++)
        sources->rows[t] = making->table[t]->rows < SOURCES_ROWS ? making->table[t]->rows : SOURCES_ROWS;
    *artifact = sources;
    if (sources->rows[0] < LEAST || sources->rows[1] < LEAST)
        return 0;
    making->scratch = arena_new();
    status = making->scratch ? 0 : error_memory(error);
    for (int t = 0; t < 2 && !status; t++) {
        status = shuffled_take(making->table[t], NULL, making->table[t]->rows, making->task->seed, &shuffled[t], error);
        making->table[t] = shuffled[t];
    }
    if (!status)
        status = fit_encoder(making, &encoder, error);
    if (!status && encoder_layout(encoder)->quantities + encoder_layout(encoder)->factors > 0)
        status = judge(making, encoder, sources, error);
    encoder_free(encoder);
    table_free(shuffled[0]);
    table_free(shuffled[1]);
    arena_free(making->scratch);
    return status;
}

int membership_sources_get(const struct measure_task *task, const struct membership_sources **sources, struct error *error)
{
    struct making making = {task, {task->reference, stranger_table(task)}, NULL};
    void *artifact = NULL;
    int status;

    if (!making.table[1])
        return error_set(error, ERROR_UNMEASURABLE, "no real rows are left that the subject was not made of");
    status = artifact_get(task->artifacts, "membership sources", making.table[0], making.table[1], task->seed, make_sources,
                          NULL, &making, &artifact, error);
    *sources = artifact;
    return status;
}

int membership_sources_judge(const struct membership_sources *sources, struct result *result, struct error *error)
{
    char said[sizeof result->finding];

    if (!sources->differ)
        return 0;
    result->unreliable = arena_format(result->arena,
                                      "train and holdout come from different sources (a learner tells their rows apart, AUC "
                                      "%.2f): all membership numbers are unreliable",
                                      sources->auc);
    if (!result->unreliable)
        return error_memory(error);
    memcpy(said, result->finding, sizeof said);
    snprintf(result->finding, sizeof result->finding, "Warning: %s. %.*s", result->unreliable, 400, said);
    snprintf(result->remedy, sizeof result->remedy, "Cut the holdout at random from the table that train was cut from.");
    return 0;
}

void membership_add_sources(const struct membership_sources *sources, const struct schema *schema, cJSON *details)
{
    cJSON *object = json_add_object(details, "sources");

    json_add_number(object, "auc", sources->auc);
    json_add_number(object, "lo", sources->lo);
    json_add_number(object, "hi", sources->hi);
    json_add_number(object, "rows_train", (double)sources->rows[0]);
    json_add_number(object, "rows_holdout", (double)sources->rows[1]);
    json_add_string(object, "column", sources->column == SIZE_MAX ? NULL : schema->columns[sources->column].name);
    json_add_number(object, "share", sources->part);
    json_add_bool(object, "differ", sources->differ);
}
