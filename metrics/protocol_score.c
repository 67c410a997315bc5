/* Scores of predictions, once and over bootstrap samples of the test rows. */
#include "metrics/protocol.h"
#include "numeric/bootstrap.h"
#include "numeric/ranking.h"

#include <math.h>
#include <string.h>

/* Predictions prepared for repeated scoring under row weights. */
struct scorer {
    const struct protocol *protocol;
    const double *prediction;
    size_t n_parts;   /* classes that are told from the rest: 1 of two, else each */
    double **score;   /* per part: the class's probability */
    uint8_t **label;  /* per part: 1 where the row is of that class */
    uint32_t **order; /* per part: rows by ascending score */
    uint32_t *counts; /* workers x rows: bootstrap multiplicities */
};

static int scorer_part(struct scorer *scorer, size_t part, struct arena *arena, struct error *error)
{
    const struct protocol_test *test = scorer->protocol->test;
    size_t n = test->rows, classes = scorer->protocol->classes, class = classes == 2 ? 1 : part;
    double *score = scorer->score[part] = ARENA_ARRAY(arena, double, n);
    uint8_t *label = scorer->label[part] = ARENA_ARRAY(arena, uint8_t, n);
    scorer->order[part] = ARENA_ARRAY(arena, uint32_t, n);
    if (!score || !label || !scorer->order[part])
        return error_memory(error);
    for (size_t i = 0; i < n; i++) {
        score[i] = scorer->prediction[i * classes + class];
        label[i] = test->label[i] == class;
    }
    return ranking_order(score, n, scorer->order[part], error);
}

static int scorer_open(struct scorer *scorer, const struct protocol *protocol, const double *prediction, struct arena *arena,
                       struct error *error)
{
    *scorer = (struct scorer){.protocol = protocol, .prediction = prediction};
    scorer->n_parts = protocol->classes == 2 ? 1 : protocol->classes;
    scorer->score = ARENA_ARRAY(arena, double *, scorer->n_parts + 1);
    scorer->label = ARENA_ARRAY(arena, uint8_t *, scorer->n_parts + 1);
    scorer->order = ARENA_ARRAY(arena, uint32_t *, scorer->n_parts + 1);
    if (!scorer->score || !scorer->label || !scorer->order)
        return error_memory(error);
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
    return fmax(-1, 1 - residual / spread);
}

static double scorer_value(const struct scorer *scorer, const uint32_t *weight)
{
    const struct protocol_test *test = scorer->protocol->test;
    if (scorer->protocol->classes == 0)
        return r2_weighted(test->value, scorer->prediction, weight, test->rows);
    double sum = 0;
    size_t defined = 0;
    for (size_t part = 0; part < scorer->n_parts; part++) {
        double auc = roc_auc_weighted(scorer->score[part], scorer->label[part], scorer->order[part], weight, test->rows);
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
        *score = scorer_value(&scorer, NULL);
    arena_free(arena);
    return status;
}

static int one_replicate(void *context, struct random *random, size_t worker, double *values, struct error *error)
{
    const struct scorer *scorer = context;
    size_t n = scorer->protocol->test->rows;
    uint32_t *counts = scorer->counts + worker * n;
    (void)error;
    bootstrap_multiplicities(random, n, counts);
    values[0] = scorer_value(scorer, counts);
    return 0;
}

int protocol_bootstrap(const struct measure_task *task, const struct protocol *protocol, const double *prediction,
                       double *replicates, struct error *error)
{
    struct arena *arena = arena_new();
    struct scorer scorer;
    if (!arena)
        return error_memory(error);
    int status = scorer_open(&scorer, protocol, prediction, arena, error);
    if (status == 0) {
        scorer.counts = arena_array(arena, protocol->test->rows, pool_threads(task->pool) * sizeof(uint32_t));
        status = scorer.counts ? bootstrap_run(task->pool, task->seed, "protocol.bootstrap", PROTOCOL_REPLICATES, 1,
                                               one_replicate, &scorer, replicates, error)
                               : error_memory(error);
    }
    arena_free(arena);
    return status;
}

struct replicate_context {
    const struct measure_task *task;
    const struct protocol *protocol;
    const double *prediction;
};

static int make_replicates(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct replicate_context *made = context;
    double *out = ARENA_ARRAY(arena, double, PROTOCOL_REPLICATES);
    if (!out)
        return error_memory(error);
    *artifact = out;
    return protocol_bootstrap(made->task, made->protocol, made->prediction, out, error);
}

int protocol_replicates(const struct measure_task *task, const struct protocol *protocol, const struct trained *trained,
                        const double **replicates, struct error *error)
{
    struct replicate_context context = {task, protocol, trained->prediction};
    void *made;
    int status = artifact_get(task->artifacts, "protocol.replicates", trained->table, protocol->test->table, trained->number,
                              make_replicates, NULL, &context, &made, error);
    if (status == 0)
        *replicates = made;
    return status;
}
