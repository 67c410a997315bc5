#include "attacks/reconstruction/baselines.h"

#include <math.h>
#include <string.h>

#include "attacks/tables.h"
#include "core/random.h"
#include "models/learner.h"
#include "numeric/neighbours.h"
#include "numeric/scores.h"

#define FEWEST_ROWS 500 /* standard error of a share .022 */

int known_rows_find(const struct secret *secret, const struct table *table, struct arena *arena, struct known_rows *rows,
                    struct error *error)
{
    *rows = (struct known_rows){.table = table};
    rows->pick = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
    rows->class = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
    if (!rows->pick || !rows->class)
        return error_memory(error);
    rows->n = secret_known(secret, table, rows->pick, rows->class);
    return 0;
}

double tally_share(struct tally tally)
{
    return tally.n ? (double)tally.right / (double)tally.n : NAN;
}

size_t baseline_rows(size_t most, double effort)
{
    return (size_t)fmax((double)most * effort, FEWEST_ROWS);
}

/* A seeded sample of at most `most` rows, in random order when it is smaller than the whole. */
static int sample(const struct known_rows *rows, size_t most, uint64_t seed, uint64_t number, struct arena *arena,
                  struct known_rows *out, struct error *error)
{
    *out = *rows;
    if (rows->n <= most)
        return 0;
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, rows->n);
    out->pick = ARENA_ARRAY(arena, uint32_t, most);
    out->class = ARENA_ARRAY(arena, uint32_t, most);
    if (!order || !out->pick || !out->class)
        return error_memory(error);
    struct random random;
    random_init(&random, seed, "privacy.reconstruction.sample", number, 0);
    random_permutation(&random, rows->n, order);
    out->n = most;
    for (size_t i = 0; i < most; i++) {
        out->pick[i] = rows->pick[order[i]];
        out->class[i] = rows->class[order[i]];
    }
    return 0;
}

static uint32_t most_frequent(const struct known_rows *rows, size_t classes)
{
    size_t best = 0, best_count = 0;
    for (size_t c = 0; c < classes; c++) {
        size_t count = 0;
        for (size_t i = 0; i < rows->n; i++)
            count += rows->class[i] == c;
        if (count > best_count) {
            best = c;
            best_count = count;
        }
    }
    return (uint32_t)best;
}

static struct tally count_class(const struct known_rows *rows, uint32_t class)
{
    struct tally tally = {.n = rows ? rows->n : 0};
    for (size_t i = 0; i < tally.n; i++)
        tally.right += rows->class[i] == class;
    return tally;
}

struct baseline baseline_majority(const struct baseline_task *task)
{
    uint32_t class = most_frequent(task->synthetic, task->classes);
    return (struct baseline){count_class(task->train, class), count_class(task->control, class)};
}

static int judge_classifier(const struct model *model, const struct encoder *encoder, const struct known_rows *rows,
                            struct arena *arena, struct tally *tally, struct error *error)
{
    struct table *table = NULL;
    struct design *design = NULL;
    double *probability = ARENA_ARRAY(arena, double, rows->n * model->classes + 1);
    int status = probability ? table_take(rows->table, rows->pick, rows->n, "records", &table, error) : error_memory(error);
    if (!status)
        status = design_new(&design, encoder, table, error);
    if (!status)
        status = model->learner->predict(model, design, probability, error);
    *tally = (struct tally){.n = rows->n};
    for (size_t i = 0; !status && i < rows->n; i++)
        tally->right += predicted_class(probability + i * model->classes, model->classes) == rows->class[i];
    design_free(design);
    table_free(table);
    return status;
}

static int train_classifier(const struct baseline_task *task, const struct encoder *encoder, struct arena *arena,
                            struct model *model, struct error *error)
{
    const struct learner *learner = learner_find("boosted");
    struct known_rows rows;
    struct table *table = NULL;
    struct design *design = NULL;
    int status = sample(task->synthetic, baseline_rows(CLASSIFIER_TRAINING, task->effort), task->seed, 0, arena, &rows, error);
    if (!status)
        status = table_take(rows.table, rows.pick, rows.n, "training", &table, error);
    if (!status)
        status = design_new(&design, encoder, table, error);
    struct labels labels = {.rows = rows.n, .classes = task->classes, .label = rows.class};
    if (!status)
        status = learner->train(design, &labels, task->seed, model, error);
    design_free(design);
    table_free(table);
    return status;
}

/* Everything but the quasi-identifiers is kept from the encoder. */
static int fit_encoder(const struct baseline_task *task, struct arena *arena, struct encoder **encoder, struct error *error)
{
    size_t columns = task->fitted->n_columns, count = 0;
    size_t *exclude = ARENA_ARRAY(arena, size_t, columns + 1);
    bool *kept = ARENA_ARRAY(arena, bool, columns + 1);
    if (!exclude || !kept)
        return error_memory(error);
    for (size_t a = 0; a < task->n_quasi; a++)
        kept[task->quasi[a]] = true;
    for (size_t c = 0; c < columns; c++)
        if (!kept[c])
            exclude[count++] = c;
    return encoder_fit(encoder, task->fitted, exclude, count, error);
}

int baseline_classifier(const struct baseline_task *task, struct baseline *baseline, struct error *error)
{
    struct known_rows train, control;
    size_t records = baseline_rows(CLASSIFIER_RECORDS, task->effort);
    struct encoder *encoder = NULL;
    struct model model = {.learner = NULL};
    bool trained = false;
    struct arena *arena = arena_new();
    int status = arena ? fit_encoder(task, arena, &encoder, error) : error_memory(error);
    if (!status) {
        status = train_classifier(task, encoder, arena, &model, error);
        trained = !status;
    }
    if (status == ERROR_UNMEASURABLE) {
        *baseline = baseline_majority(task);
        status = 0;
        goto out;
    }
    if (!status)
        status = sample(task->train, records, task->seed, 1, arena, &train, error);
    if (!status && task->control)
        status = sample(task->control, records, task->seed, 2, arena, &control, error);
    if (!status)
        status = judge_classifier(&model, encoder, &train, arena, &baseline->train, error);
    if (!status && task->control)
        status = judge_classifier(&model, encoder, &control, arena, &baseline->control, error);
out:
    if (trained)
        model.learner->free(&model);
    encoder_free(encoder);
    arena_free(arena);
    return status;
}

/* The quasi-identifiers of some rows in the form that the neighbour search reads. */
static int neighbour_view(const struct baseline_task *task, const struct table *table, const uint32_t *pick, size_t n,
                          struct arena *arena, struct neighbour_columns *view, struct error *error)
{
    return picked_columns(table, task->quasi, task->n_quasi, pick, n, arena, view, error);
}

struct nearest {
    const struct baseline_task *task;
    const struct neighbour_scale *scale;
    struct known_rows rows; /* judged */
    double *distance;       /* rows.n x classes */
    struct arena *arena;
};

/* Distances of the judged records to the nearest synthetic row of one class. */
static int class_distances(struct nearest *nearest, uint32_t class, struct error *error)
{
    const struct baseline_task *task = nearest->task;
    const struct known_rows *synthetic = task->synthetic;
    const struct neighbour_table *a, *b;
    struct neighbour_columns view;
    struct neighbour_list list;
    uint32_t *pick = ARENA_ARRAY(nearest->arena, uint32_t, synthetic->n + 1);
    size_t n = 0;
    for (size_t i = 0; pick && i < synthetic->n; i++)
        if (synthetic->class[i] == class)
            pick[n++] = synthetic->pick[i];
    for (size_t i = 0; i < nearest->rows.n; i++)
        nearest->distance[i * task->classes + class] = INFINITY;
    if (!pick || n == 0)
        return pick ? 0 : error_memory(error);
    int status = neighbour_view(task, nearest->rows.table, nearest->rows.pick, nearest->rows.n, nearest->arena, &view, error);
    if (!status)
        status = neighbour_encode(nearest->scale, &view, nearest->arena, &a, error);
    if (!status)
        status = neighbour_view(task, synthetic->table, pick, n, nearest->arena, &view, error);
    if (!status)
        status = neighbour_encode(nearest->scale, &view, nearest->arena, &b, error);
    if (!status)
        status = neighbour_search(a, b, (struct neighbour_options){.k = 1}, NULL, nearest->arena, &list, NULL, error);
    for (size_t i = 0; !status && i < nearest->rows.n; i++)
        nearest->distance[i * task->classes + class] = list.distance[i];
    return status;
}

static int judge_nearest(const struct baseline_task *task, const struct neighbour_scale *scale,
                         const struct known_rows *records, uint64_t number, struct tally *tally, struct error *error)
{
    struct nearest nearest = {.task = task, .scale = scale, .arena = arena_new()};
    size_t classes = task->classes;
    size_t most = baseline_rows(NEAREST_RECORDS, task->effort);
    int status =
        nearest.arena ? sample(records, most, task->seed, number, nearest.arena, &nearest.rows, error) : error_memory(error);
    if (!status && !(nearest.distance = ARENA_ARRAY(nearest.arena, double, nearest.rows.n *classes + 1)))
        status = error_memory(error);
    for (uint32_t c = 0; !status && c < classes; c++)
        status = class_distances(&nearest, c, error);
    uint32_t frequent = most_frequent(task->synthetic, classes);
    *tally = (struct tally){.n = nearest.rows.n};
    for (size_t i = 0; !status && i < nearest.rows.n; i++) {
        uint32_t best = frequent;
        for (uint32_t c = 0; c < classes; c++)
            if (nearest.distance[i * classes + c] < nearest.distance[i * classes + best])
                best = c;
        tally->right += best == nearest.rows.class[i];
    }
    arena_free(nearest.arena);
    return status;
}

int baseline_nearest(const struct baseline_task *task, struct baseline *baseline, struct error *error)
{
    const struct neighbour_scale *scale = NULL;
    struct neighbour_columns view;
    struct arena *arena = arena_new();
    int status =
        arena ? neighbour_view(task, task->fitted, NULL, task->fitted->rows, arena, &view, error) : error_memory(error);
    if (!status)
        status = neighbour_scale_fit(NEIGHBOUR_RANK_GOWER, &view, arena, &scale, error);
    if (!status)
        status = judge_nearest(task, scale, task->train, 3, &baseline->train, error);
    if (!status && task->control)
        status = judge_nearest(task, scale, task->control, 4, &baseline->control, error);
    arena_free(arena);
    return status;
}
