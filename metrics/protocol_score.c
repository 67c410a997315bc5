/* Scores of predictions, once and over bootstrap samples of the test rows; what measures do with them. */
#include "metrics/protocol.h"
#include "numeric/bootstrap.h"
#include "numeric/ranking.h"

#include <math.h>
#include <string.h>

/* Predictions prepared for repeated scoring under row weights. Scores and labels are kept in ascending order of the score, so
 * that a pass over them reads memory in order. */
struct scorer {
    const struct protocol *protocol;
    const double *prediction;
    size_t n_parts;   /* classes that are told from the rest: 1 of two, else each */
    double **score;   /* per part: the class's probability, ascending */
    uint8_t **label;  /* per part: 1 where the row is of that class */
    uint32_t **order; /* per part: the row of each place */
    uint32_t *places; /* 0, 1, … */
};

static int scorer_part(struct scorer *scorer, size_t part, struct arena *arena, struct error *error)
{
    const struct protocol_test *test = scorer->protocol->test;
    size_t n = test->rows, classes = scorer->protocol->classes, class = classes == 2 ? 1 : part;
    double *score = ARENA_ARRAY(arena, double, n), *sorted = scorer->score[part] = ARENA_ARRAY(arena, double, n);
    uint8_t *label = scorer->label[part] = ARENA_ARRAY(arena, uint8_t, n);
    uint32_t *order = scorer->order[part] = ARENA_ARRAY(arena, uint32_t, n);
    if (!score || !sorted || !label || !order)
        return error_memory(error);
    for (size_t i = 0; i < n; i++)
        score[i] = scorer->prediction[i * classes + class];
    int status = ranking_order(score, n, order, error);
    for (size_t i = 0; status == 0 && i < n; i++) {
        sorted[i] = score[order[i]];
        label[i] = test->label[order[i]] == class;
    }
    return status;
}

static int scorer_open(struct scorer *scorer, const struct protocol *protocol, const double *prediction, struct arena *arena,
                       struct error *error)
{
    *scorer = (struct scorer){.protocol = protocol, .prediction = prediction};
    scorer->n_parts = protocol->classes == 2 ? 1 : protocol->classes;
    scorer->score = ARENA_ARRAY(arena, double *, scorer->n_parts + 1);
    scorer->label = ARENA_ARRAY(arena, uint8_t *, scorer->n_parts + 1);
    scorer->order = ARENA_ARRAY(arena, uint32_t *, scorer->n_parts + 1);
    scorer->places = ARENA_ARRAY(arena, uint32_t, protocol->test->rows);
    if (!scorer->score || !scorer->label || !scorer->order || !scorer->places)
        return error_memory(error);
    for (size_t i = 0; i < protocol->test->rows; i++)
        scorer->places[i] = (uint32_t)i;
    int status = 0;
    for (size_t part = 0; status == 0 && part < scorer->n_parts; part++)
        status = scorer_part(scorer, part, arena, error);
    return status;
}

static double r2_weighted(const double *y, const double *predicted, const uint32_t *weight, size_t n)
{
    double total = 0, sum = 0, residual = 0, spread = 0;
    for (size_t i = 0; i < n; i++) {
        double w = weight ? weight[i] : 1;
        total += w;
        sum += w * y[i];
    }
    double mean = sum / total;
    for (size_t i = 0; i < n; i++) {
        double w = weight ? weight[i] : 1;
        residual += w * (y[i] - predicted[i]) * (y[i] - predicted[i]);
        spread += w * (y[i] - mean) * (y[i] - mean);
    }
    if (!(spread > 0))
        return NAN;
    double r2 = 1 - residual / spread;
    return r2 < -1 ? -1 : r2;
}

/* weight per row, NULL: 1; scratch: room for the rows' weights in another order (not needed without weights). */
static double scorer_value(const struct scorer *scorer, const uint32_t *weight, uint32_t *scratch)
{
    const struct protocol_test *test = scorer->protocol->test;
    if (scorer->protocol->classes == 0)
        return r2_weighted(test->value, scorer->prediction, weight, test->rows);
    double sum = 0;
    size_t defined = 0;
    for (size_t part = 0; part < scorer->n_parts; part++) {
        for (size_t i = 0; weight && i < test->rows; i++)
            scratch[i] = weight[scorer->order[part][i]];
        double auc =
            roc_auc_weighted(scorer->score[part], scorer->label[part], scorer->places, weight ? scratch : NULL, test->rows);
        if (isnan(auc))
            continue;
        sum += auc;
        defined++;
    }
    return defined ? sum / (double)defined : NAN;
}

int protocol_score(const struct protocol *protocol, const double *prediction, double *score, struct error *error)
{
    struct arena *arena = arena_new();
    struct scorer scorer;
    if (!arena)
        return error_memory(error);
    int status = scorer_open(&scorer, protocol, prediction, arena, error);
    if (status == 0)
        *score = scorer_value(&scorer, NULL, NULL);
    arena_free(arena);
    return status;
}

struct bootstrap_context {
    const struct scorer *scorers;
    size_t count, rows;
    uint32_t *multiplicities; /* workers x 2 x rows: by row, and scratch */
};

static int one_replicate(void *context, struct random *random, size_t worker, double *values, struct error *error)
{
    const struct bootstrap_context *c = context;
    uint32_t *multiplicities = c->multiplicities + worker * 2 * c->rows;
    (void)error;
    bootstrap_multiplicities(random, c->rows, multiplicities);
    for (size_t k = 0; k < c->count; k++)
        values[k] = scorer_value(&c->scorers[k], multiplicities, multiplicities + c->rows);
    return 0;
}

int protocol_bootstrap(const struct measure_task *task, const struct protocol *protocol, const double *const *predictions,
                       size_t count, double *replicates, struct error *error)
{
    struct arena *arena = arena_new();
    if (!arena)
        return error_memory(error);
    size_t rows = protocol->test->rows;
    struct scorer *scorers = ARENA_ARRAY(arena, struct scorer, count);
    double *by_replicate = arena_array(arena, protocol->replicates, count * sizeof(double));
    struct bootstrap_context context = {scorers, count, rows,
                                        arena_array(arena, 2 * rows, pool_threads(task->pool) * sizeof(uint32_t))};
    int status = scorers && by_replicate && context.multiplicities ? 0 : error_memory(error);
    for (size_t k = 0; status == 0 && k < count; k++)
        status = scorer_open(&scorers[k], protocol, predictions[k], arena, error);
    if (status == 0)
        status = bootstrap_run(task->pool, task->seed, "protocol.bootstrap", protocol->replicates, count, one_replicate,
                               &context, by_replicate, error);
    for (size_t k = 0; status == 0 && k < count; k++)
        for (size_t b = 0; b < protocol->replicates; b++)
            replicates[k * PROTOCOL_REPLICATES + b] = by_replicate[b * count + k];
    arena_free(arena);
    return status;
}

struct replicate_context {
    const struct measure_task *task;
    const struct protocol *protocol;
    const struct trained *trained;
    const struct trained *const *models;
};

static int make_model_replicates(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct replicate_context *made = context;
    double *replicates = ARENA_ARRAY(arena, double, PROTOCOL_REPLICATES);
    if (!replicates)
        return error_memory(error);
    *artifact = replicates;
    return protocol_bootstrap(made->task, made->protocol, &made->trained->prediction, 1, replicates, error);
}

int protocol_model_replicates(const struct measure_task *task, const struct protocol *protocol, const struct trained *trained,
                              const double **replicates, struct error *error)
{
    struct replicate_context context = {.task = task, .protocol = protocol, .trained = trained};
    void *made;
    int status = artifact_get(task->artifacts, "protocol.model_replicates", trained->table, protocol->test->table,
                              trained->number, make_model_replicates, NULL, &context, &made, error);
    if (status == 0)
        *replicates = made;
    return status;
}

static int make_replicates(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct replicate_context *made = context;
    struct protocol_replicates *out = ARENA_NEW(arena, struct protocol_replicates);
    int status = out ? 0 : error_memory(error);
    for (size_t l = 0; status == 0 && learner_list[l]; l++) {
        const double *replicates;
        status = protocol_model_replicates(made->task, made->protocol, made->models[l], &replicates, error);
        if (status == 0)
            memcpy(out->score[l], replicates, sizeof out->score[l]);
    }
    *artifact = out;
    return status;
}

int protocol_replicates(const struct measure_task *task, const struct protocol *protocol,
                        const struct trained *const models[PROTOCOL_LEARNERS], const struct protocol_replicates **replicates,
                        struct error *error)
{
    struct replicate_context context = {.task = task, .protocol = protocol, .models = models};
    void *made;
    int status = artifact_get(task->artifacts, "protocol.replicates", models[0]->table, protocol->test->table,
                              models[0]->number, make_replicates, NULL, &context, &made, error);
    if (status == 0)
        *replicates = made;
    return status;
}

int protocol_method(const struct protocol *protocol, const char *what, struct result *result, struct error *error)
{
    result->method = arena_format(result->arena, "%s (%zu)", what, protocol->replicates);
    return result->method ? 0 : error_memory(error);
}

double protocol_models_mean(const struct protocol_models *models, const double *value)
{
    double sum = 0;
    size_t n = 0;
    for (size_t m = 0; m < models->n; m++) {
        if (models->subject[m]->baseline)
            continue;
        sum += value[m];
        n++;
    }
    return sum / (double)n;
}

double protocol_mean(const struct protocol *protocol, const double *value)
{
    double sum = 0;
    size_t n = 0;
    for (size_t l = 0; learner_list[l]; l++) {
        if (protocol->subject[l]->baseline)
            continue;
        sum += value[l];
        n++;
    }
    return sum / (double)n;
}

double protocol_least(const struct measure_task *task, const struct protocol *protocol)
{
    if (task->kind != SUBJECT_INDEPENDENT)
        return -1;
    return protocol->classes ? 0.5 : 0;
}

bool protocol_brief(const struct measure_task *task, enum subject fault)
{
    bool control = task->kind == SUBJECT_COPY || task->kind == SUBJECT_INDEPENDENT || task->kind == SUBJECT_UNIFORM ||
                   task->kind == SUBJECT_DROPPED_GROUP;
    return task->brief || (control && task->kind != fault);
}
