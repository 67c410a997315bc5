#include "metrics/robustness/curve.h"
#include "numeric/interval.h"

#include <math.h>
#include <stdio.h>

/* --- the disturbed test rows: the same for all models -------------------------------------------------------------- */

struct disturbed {
    struct design *design[CURVE_STEPS]; /* of step 0: NULL, the rows as they are */
};

struct disturbing {
    const struct curve_context *context;
    struct disturbed *made;
};

static int disturb_step(void *context, size_t index, size_t worker, struct error *error)
{
    const struct disturbing *d = context;
    const struct curve_context *c = d->context;
    size_t step = index + 1;
    (void)worker;
    return c->kind->disturb(c->protocol->test->design, c->kind->eps[step], c->task->seed, step, &d->made->design[step], error);
}

static int make_disturbed(void *context, struct arena *arena, void **artifact, struct error *error)
{
    struct disturbing d = {context, ARENA_NEW(arena, struct disturbed)};
    *artifact = d.made;
    return d.made ? pool_run(d.context->task->pool, CURVE_STEPS - 1, disturb_step, &d, error) : error_memory(error);
}

static void release_disturbed(void *artifact)
{
    struct disturbed *disturbed = artifact;
    for (size_t step = 0; step < CURVE_STEPS; step++)
        design_free(disturbed->design[step]);
}

/* --- curves -------------------------------------------------------------------------------------------------------- */

/* Adds replicates of the predictions of steps first … last, divided by `learners`, to the curve. */
static int add_replicates(const struct curve_context *c, const double *const *predictions, size_t first, size_t last,
                          double learners, struct curve *curve, struct arena *scratch, struct error *error)
{
    size_t count = last - first + 1;
    double *replicates = arena_array(scratch, count, PROTOCOL_REPLICATES * sizeof(double));
    if (!replicates)
        return error_memory(error);
    int status = protocol_bootstrap(c->task, c->protocol, predictions + first, count, replicates, error);
    for (size_t step = first; status == 0 && step <= last; step++)
        for (size_t b = 0; b < c->protocol->replicates; b++)
            curve->replicates[step][b] += replicates[(step - first) * PROTOCOL_REPLICATES + b] / learners;
    return status;
}

/* Predictions of one model for all steps. */
struct asking {
    const struct curve_context *context;
    const struct model *model;
    const struct disturbed *disturbed;
    double *prediction[CURVE_STEPS];
    double score[CURVE_STEPS];
};

static int ask_step(void *context, size_t index, size_t worker, struct error *error)
{
    struct asking *asking = context;
    const struct protocol *protocol = asking->context->protocol;
    size_t step = index + 1;
    (void)worker;
    int status =
        protocol_predict_into(protocol, asking->model, asking->disturbed->design[step], asking->prediction[step], error);
    return status == 0 ? protocol_score(protocol, asking->prediction[step], &asking->score[step], error) : status;
}

static int ask(struct asking *asking, struct arena *scratch, struct error *error)
{
    const struct curve_context *c = asking->context;
    void *made;
    int status = artifact_get(c->task->artifacts, c->kind->designs, c->protocol->test->table, NULL, 0, make_disturbed,
                              release_disturbed, (void *)(uintptr_t)c, &made, error);
    if (status != 0)
        return status;
    asking->disturbed = made;
    for (size_t step = 1; step < CURVE_STEPS; step++) {
        asking->prediction[step] =
            arena_array(scratch, c->protocol->test->table->rows + 1, c->protocol->width * sizeof(double));
        if (!asking->prediction[step])
            return error_memory(error);
    }
    return pool_run(c->task->pool, CURVE_STEPS - 1, ask_step, asking, error);
}

/* Many classes are resampled step by step, to keep the memory small. */
int curve_add_disturbed(const struct curve_context *c, size_t learner, double learners, struct curve *curve,
                        struct arena *scratch, struct error *error)
{
    const struct trained *trained = c->models[learner];
    struct asking asking = {.context = c, .model = &trained->model};
    const struct protocol_replicates *clean;
    size_t batch = c->protocol->classes > 10 ? 1 : CURVE_STEPS;
    int status = protocol_score(c->protocol, trained->prediction, &asking.score[0], error);
    if (status == 0)
        status = ask(&asking, scratch, error);
    for (size_t step = 0; step < CURVE_STEPS; step++)
        curve->score[step] += asking.score[step] / learners;
    if (status != 0 || c->brief)
        return status;
    status = protocol_replicates(c->task, c->protocol, c->models, &clean, error);
    for (size_t b = 0; status == 0 && b < c->protocol->replicates; b++)
        curve->replicates[0][b] += clean->score[learner][b] / learners;
    for (size_t step = 1; status == 0 && step < CURVE_STEPS; step += batch) {
        size_t last = step + batch - 1 < CURVE_STEPS - 1 ? step + batch - 1 : CURVE_STEPS - 1;
        status = add_replicates(c, (const double *const *)asking.prediction, step, last, learners, curve, scratch, error);
    }
    return status;
}

static int make_curve(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct curve_context *c = context;
    struct curve *curve = ARENA_NEW(arena, struct curve);
    double learners = 0;
    int status = curve ? 0 : error_memory(error);
    for (size_t l = 0; learner_list[l]; l++)
        learners += !c->models[l]->baseline;
    for (size_t l = 0; status == 0 && learner_list[l]; l++) {
        if (c->models[l]->baseline)
            continue;
        struct arena *scratch = arena_new();
        status = scratch ? c->kind->add(c, l, learners, curve, scratch, error) : error_memory(error);
        arena_free(scratch);
    }
    *artifact = curve;
    return status;
}

static int curve_get(struct curve_context *c, const struct trained *const *models, const struct curve **curve,
                     struct error *error)
{
    void *made;
    c->models = models;
    int status = artifact_get(c->task->artifacts, c->kind->curves, models[0]->table, c->protocol->test->table,
                              models[0]->number * 2 + c->brief, make_curve, NULL, c, &made, error);
    if (status == 0)
        *curve = made;
    return status;
}

double curve_area(const double eps[CURVE_STEPS], const double score[CURVE_STEPS])
{
    double sum = 0;
    for (size_t step = 1; step < CURVE_STEPS; step++)
        sum += (score[step - 1] + score[step]) / 2 * (eps[step] - eps[step - 1]);
    return sum / eps[CURVE_STEPS - 1];
}

static double area(const struct curve_kind *kind, const double score[CURVE_STEPS])
{
    return curve_area(kind->eps, score);
}

/* The balanced accuracy of a model that knows nothing is one in so many classes. */
static double least(const struct measure_task *task, const struct curve_kind *kind, const struct protocol *protocol)
{
    bool chance = kind->decisions && protocol->classes && task->kind == SUBJECT_INDEPENDENT;
    return chance ? 1 / (double)protocol->classes : protocol_least(task, protocol);
}

static const char *score_name(const struct curve_kind *kind, const struct protocol *protocol)
{
    return kind->decisions && protocol->classes ? "balanced_accuracy" : protocol->score_name;
}

/* --- result -------------------------------------------------------------------------------------------------------- */

static int area_interval(const struct curve_kind *kind, const struct curve *mean, size_t replicates, double level,
                         struct result *result, struct error *error)
{
    double areas[PROTOCOL_REPLICATES];
    struct interval interval;
    for (size_t b = 0; b < replicates; b++) {
        double score[CURVE_STEPS];
        for (size_t step = 0; step < CURVE_STEPS; step++)
            score[step] = mean->replicates[step][b];
        areas[b] = area(kind, score);
    }
    int status = interval_percentile(areas, replicates, level, &interval, error);
    if (status != 0)
        return status;
    result->lo = fmin(interval.lo, result->value);
    result->hi = fmax(interval.hi, result->value);
    return 0;
}

int curve_describe(const struct measure_task *task, const struct protocol *protocol, const double eps[CURVE_STEPS],
                   const char *score_name, const struct curve *tstr, const struct curve *trtr, struct result *result,
                   struct error *error)
{
    result->details = cJSON_CreateObject();
    cJSON *points = json_add_array(result->details, "curve");
    if (!points || !json_add_string(result->details, "score", score_name) ||
        !json_add_number(result->details, "area_tstr", curve_area(eps, tstr->score)) ||
        !json_add_number(result->details, "area_trtr", curve_area(eps, trtr->score)))
        return error_memory(error);
    for (size_t step = 0; step < CURVE_STEPS; step++) {
        struct interval candidate, real;
        int status = interval_percentile(tstr->replicates[step], protocol->replicates, task->level, &candidate, error);
        if (status == 0)
            status = interval_percentile(trtr->replicates[step], protocol->replicates, task->level, &real, error);
        if (status != 0)
            return status;
        cJSON *point = json_push_object(points);
        if (!point || !json_add_number(point, "eps", eps[step]) || !json_add_number(point, "tstr", tstr->score[step]) ||
            !json_add_number(point, "trtr", trtr->score[step]) || !json_add_number(point, "tstr_lo", candidate.lo) ||
            !json_add_number(point, "tstr_hi", candidate.hi) || !json_add_number(point, "trtr_lo", real.lo) ||
            !json_add_number(point, "trtr_hi", real.hi))
            return error_memory(error);
    }
    return 0;
}

static void word(const struct curve_kind *kind, const struct protocol *protocol, const struct curve *tstr,
                 const struct curve *trtr, struct result *result)
{
    snprintf(result->finding, sizeof result->finding,
             "Models trained on the candidate reach %s %.3f on real holdout rows and %.3f on %s; models trained on real rows "
             "%.3f and %.3f. Mean over all levels %.3f against %.3f. %s",
             kind->decisions && protocol->classes ? "balanced accuracy" : protocol->score_title, tstr->score[0],
             tstr->score[CURVE_STEPS - 1], kind->disturbed, trtr->score[0], trtr->score[CURVE_STEPS - 1],
             area(kind, tstr->score), area(kind, trtr->score), kind->explained);
    if (area(kind, trtr->score) - result->hi <= 0.01)
        return;
    /* What is missing beside real rows: more before any disturbance came, or more because of it? */
    double before = trtr->score[0] - tstr->score[0], all = area(kind, trtr->score) - area(kind, tstr->score);
    snprintf(result->remedy, sizeof result->remedy, "%s",
             all - before > before ? kind->lost_more
                                   : "Mend what models learn from the candidate at all (utility.tstr): most of what they lack "
                                     "beside models of real rows is missing before any disturbance.");
}

int curve_run(const struct measure_task *task, const struct curve_kind *kind, struct result *result, struct error *error)
{
    struct protocol protocol;
    const struct curve *tstr, *trtr;
    struct curve_context context = {
        .task = task, .protocol = &protocol, .kind = kind, .brief = protocol_brief(task, SUBJECT_INDEPENDENT)};
    int status = protocol_get(task, &protocol, error);
    if (status == 0)
        status = curve_get(&context, protocol.subject, &tstr, error);
    if (status != 0)
        return status;
    result->value = area(kind, tstr->score);
    result->n = protocol.test->rows;
    if (isnan(result->value))
        return error_set(error, ERROR_UNMEASURABLE, "the holdout rows leave the score undefined");
    result->value = fmax(result->value, least(task, kind, &protocol));
    if (context.brief)
        return 0;
    status = curve_get(&context, protocol.real, &trtr, error);
    if (status == 0)
        status = area_interval(kind, tstr, protocol.replicates, task->level, result, error);
    result->lo = fmax(result->lo, least(task, kind, &protocol));
    if (status == 0)
        status = curve_describe(task, &protocol, kind->eps, score_name(kind, &protocol), tstr, trtr, result, error);
    if (status == 0)
        status = protocol_method(&protocol, "percentile bootstrap over holdout rows", result, error);
    if (status != 0)
        return status;
    word(kind, &protocol, tstr, trtr, result);
    return 0;
}
