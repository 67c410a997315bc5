/* robustness.noise: how do models trained on the subject bear noise in the rows they are asked about? */
#include "metrics/protocol.h"
#include "numeric/interval.h"

#include <math.h>
#include <stdio.h>

enum { STEPS = 6 };
static const double EPS[STEPS] = {0, 0.1, 0.2, 0.3, 0.4, 0.5};

/* Mean score over the learners of one source under each step of noise. */
struct curve {
    double score[STEPS];
    double replicates[STEPS][PROTOCOL_REPLICATES]; /* not filled when brief */
};

struct curve_context {
    const struct measure_task *task;
    const struct protocol *protocol;
    const struct trained *const *models; /* of the source */
    const struct design *noisy[STEPS];
    bool brief;
    size_t step; /* of make_noisy */
};

/* --- the noisy test rows: the same for all models ------------------------------------------------------------------ */

static int make_noisy(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct curve_context *c = context;
    (void)arena;
    return design_perturb(c->protocol->test->design, EPS[c->step], c->task->seed, c->step, (struct design **)artifact, error);
}

static void release_noisy(void *design)
{
    design_free(design);
}

static int noisy_designs(struct curve_context *c, struct error *error)
{
    for (c->step = 1; c->step < STEPS; c->step++) {
        void *made;
        int status = artifact_get(c->task->artifacts, "robustness.noisy", c->protocol->test->table, NULL, c->step, make_noisy,
                                  release_noisy, c, &made, error);
        if (status != 0)
            return status;
        c->noisy[c->step] = made;
    }
    return 0;
}

/* --- curves -------------------------------------------------------------------------------------------------------- */

/* Adds replicates of the predictions of steps first … last, divided by `learners`, to the curve. */
static int add_replicates(const struct curve_context *c, const double *const predictions[STEPS], size_t first, size_t last,
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

/* Adds the scores of one learner's model. Many classes are resampled step by step, to keep the memory small. */
static int add_learner(const struct curve_context *c, size_t learner, double learners, struct curve *curve,
                       struct arena *scratch, struct error *error)
{
    const double *predictions[STEPS] = {c->models[learner]->prediction};
    const struct protocol_replicates *clean;
    size_t batch = c->protocol->classes > 10 ? 1 : STEPS;
    int status = 0;
    for (size_t step = 0; status == 0 && step < STEPS; step++) {
        double score = 0;
        if (step > 0)
            status =
                protocol_predict(c->protocol, &c->models[learner]->model, c->noisy[step], scratch, &predictions[step], error);
        if (status == 0)
            status = protocol_score(c->protocol, predictions[step], &score, error);
        curve->score[step] += score / learners;
    }
    if (status != 0 || c->brief)
        return status;
    status = protocol_replicates(c->task, c->protocol, c->models, &clean, error);
    for (size_t b = 0; status == 0 && b < c->protocol->replicates; b++)
        curve->replicates[0][b] += clean->score[learner][b] / learners;
    for (size_t step = 1; status == 0 && step < STEPS; step += batch) {
        size_t last = step + batch - 1 < STEPS - 1 ? step + batch - 1 : STEPS - 1;
        status = add_replicates(c, predictions, step, last, learners, curve, scratch, error);
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
        status = scratch ? add_learner(c, l, learners, curve, scratch, error) : error_memory(error);
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
    int status = artifact_get(c->task->artifacts, "robustness.curve", models[0]->table, c->protocol->test->table,
                              models[0]->number * 2 + c->brief, make_curve, NULL, c, &made, error);
    if (status == 0)
        *curve = made;
    return status;
}

/* Mean score over eps by the trapezoid rule. */
static double area(const double score[STEPS])
{
    double sum = 0;
    for (size_t step = 1; step < STEPS; step++)
        sum += (score[step - 1] + score[step]) / 2 * (EPS[step] - EPS[step - 1]);
    return sum / EPS[STEPS - 1];
}

/* --- result -------------------------------------------------------------------------------------------------------- */

static int area_interval(const struct curve *mean, size_t replicates, double level, struct result *result, struct error *error)
{
    double areas[PROTOCOL_REPLICATES];
    struct interval interval;
    for (size_t b = 0; b < replicates; b++) {
        double score[STEPS];
        for (size_t step = 0; step < STEPS; step++)
            score[step] = mean->replicates[step][b];
        areas[b] = area(score);
    }
    int status = interval_percentile(areas, replicates, level, &interval, error);
    if (status != 0)
        return status;
    result->lo = fmin(interval.lo, result->value);
    result->hi = fmax(interval.hi, result->value);
    return 0;
}

static int describe(const struct measure_task *task, const struct protocol *protocol, const struct curve *tstr,
                    const struct curve *trtr, struct result *result, struct error *error)
{
    result->details = cJSON_CreateObject();
    cJSON *points = json_add_array(result->details, "curve");
    if (!points || !json_add_string(result->details, "score", protocol->score_name) ||
        !json_add_number(result->details, "area_tstr", area(tstr->score)) ||
        !json_add_number(result->details, "area_trtr", area(trtr->score)))
        return error_memory(error);
    for (size_t step = 0; step < STEPS; step++) {
        struct interval candidate, real;
        int status = interval_percentile(tstr->replicates[step], protocol->replicates, task->level, &candidate, error);
        if (status == 0)
            status = interval_percentile(trtr->replicates[step], protocol->replicates, task->level, &real, error);
        if (status != 0)
            return status;
        cJSON *point = json_push_object(points);
        if (!point || !json_add_number(point, "eps", EPS[step]) || !json_add_number(point, "tstr", tstr->score[step]) ||
            !json_add_number(point, "trtr", trtr->score[step]) || !json_add_number(point, "tstr_lo", candidate.lo) ||
            !json_add_number(point, "tstr_hi", candidate.hi) || !json_add_number(point, "trtr_lo", real.lo) ||
            !json_add_number(point, "trtr_hi", real.hi))
            return error_memory(error);
    }
    return 0;
}

static void word(const struct protocol *protocol, const struct curve *tstr, const struct curve *trtr, struct result *result)
{
    snprintf(
        result->finding, sizeof result->finding,
        "Models trained on the candidate reach %s %.3f on real holdout rows and %.3f on noisy ones; models trained on real "
        "rows %.3f and %.3f. Mean over all noise levels %.3f against %.3f. Noisy: moved by half a standard deviation, every "
        "second category changed.",
        protocol->score_title, tstr->score[0], tstr->score[STEPS - 1], trtr->score[0], trtr->score[STEPS - 1],
        area(tstr->score), area(trtr->score));
    if (area(trtr->score) - result->hi <= 0.01)
        return;
    /* Lost to noise, or lost before any noise came? */
    double lost = tstr->score[0] - area(tstr->score), lost_real = trtr->score[0] - area(trtr->score);
    snprintf(result->remedy, sizeof result->remedy, "%s",
             lost > lost_real + 0.01
                 ? "Models of the candidate lean on patterns that noise destroys: look at its pairs of columns under fidelity "
                   "and at repeated rows."
                 : "Mend what models learn from the candidate at all (utility.tstr): noise costs them no more than it costs "
                   "models of real rows.");
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct protocol protocol;
    const struct curve *tstr, *trtr;
    struct curve_context context = {.task = task, .protocol = &protocol, .brief = protocol_brief(task, SUBJECT_INDEPENDENT)};
    int status = protocol_get(task, &protocol, error);
    if (status == 0)
        status = noisy_designs(&context, error);
    if (status == 0)
        status = curve_get(&context, protocol.subject, &tstr, error);
    if (status != 0)
        return status;
    result->value = area(tstr->score);
    result->n = protocol.test->rows;
    if (isnan(result->value))
        return error_set(error, ERROR_UNMEASURABLE, "the holdout rows leave the score undefined");
    result->value = fmax(result->value, protocol_least(task, &protocol));
    if (context.brief)
        return 0;
    status = curve_get(&context, protocol.real, &trtr, error);
    if (status == 0)
        status = area_interval(tstr, protocol.replicates, task->level, result, error);
    result->lo = fmax(result->lo, protocol_least(task, &protocol));
    if (status == 0)
        status = describe(task, &protocol, tstr, trtr, result, error);
    if (status == 0)
        status = protocol_method(&protocol, "percentile bootstrap over holdout rows", result, error);
    if (status != 0)
        return status;
    word(&protocol, tstr, trtr, result);
    return 0;
}

const struct measure measure_robustness_noise = {
    .id = "robustness.noise",
    .title = "Robustness to noise",
    .summary = "How well models trained on the candidate predict real rows whose cells are noisy.",
    .definition =
        "The score of utility.tstr on holdout rows to which noise was added: Gaussian noise of ε standard deviations of the "
        "training table on numbers and dates, and with probability ε another level, drawn evenly, in every other column "
        "(missing cells stay missing), for ε = 0, 0.1, …, 0.5. The value is the mean score over ε by the trapezoid rule, "
        "mean over the linear model and boosted trees. All models meet the same noise; ε = 0 is what "
        "utility.tstr says of these two.",
    .reading = "Compare with models trained on real rows, which stand beside it. The clean level is part of the value, since a "
               "useless model loses nothing to noise.",
    .unit = "AUC or R²",
    .reference = "this project",
    .dimension = DIMENSION_ROBUSTNESS,
    .direction = DIRECTION_HIGHER,
    .lo = -1,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_TRAIN,
    .fault = SUBJECT_INDEPENDENT,
    .worst = -1,
    .best = 1,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, robustness.noisy, robustness.curve",
    .run = run,
};
