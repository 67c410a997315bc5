/* Scores of predictions, once and over bootstrap samples of the test rows; what measures do with them. */
#include "metrics/samples.h"
#include "metrics/scorer.h"

#include <math.h>
#include <string.h>

int protocol_score(const struct protocol *protocol, const double *prediction, double *score, struct error *error)
{
    struct arena *arena = arena_new();
    struct scorer scorer;
    if (!arena)
        return error_memory(error);
    int status = scorer_open(&scorer, protocol, prediction, arena, error);
    if (status == 0)
        *score = scorer_value(&scorer, NULL);
    arena_free(arena);
    return status;
}

struct bootstrap_context {
    const struct scorer *scorers;
    size_t count;
};

static int one_replicate(void *context, const uint32_t *weight, size_t worker, double *values, struct error *error)
{
    const struct bootstrap_context *c = context;
    (void)worker;
    (void)error;
    for (size_t k = 0; k < c->count; k++)
        values[k] = scorer_value(&c->scorers[k], weight);
    return 0;
}

int protocol_bootstrap(const struct measure_task *task, const struct protocol *protocol, const double *const *predictions,
                       size_t count, double *replicates, struct error *error)
{
    struct arena *arena = arena_new();
    if (!arena)
        return error_memory(error);
    struct scorer *scorers = ARENA_ARRAY(arena, struct scorer, count);
    double *by_replicate = arena_array(arena, protocol->replicates, count * sizeof(double));
    struct bootstrap_context context = {scorers, count};
    int status = scorers && by_replicate ? 0 : error_memory(error);
    for (size_t k = 0; status == 0 && k < count; k++)
        status = scorer_open(&scorers[k], protocol, predictions[k], arena, error);
    if (status == 0)
        status =
            samples_run(task, protocol->test->rows, protocol->replicates, count, one_replicate, &context, by_replicate, error);
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
