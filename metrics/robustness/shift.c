/* robustness.shift: do models trained on the subject hold where it has few rows like the real ones? */
#include "metrics/robustness/covered.h"
#include "metrics/robustness/curve.h"
#include "metrics/samples.h"
#include "metrics/scorer.h"
#include "numeric/interval.h"

#include <math.h>
#include <stdio.h>

enum { SUBJECT_SIDE, REAL_SIDE, SIDES, LEAST_ROWS = 20 };

/* Share of the test rows that is left out, the best covered ones; at the last step the worst quarter is left. */
static const double left_out[CURVE_STEPS] = {0, 0.15, 0.3, 0.45, 0.6, 0.75};

struct shift {
    const struct protocol *protocol;
    uint32_t *order; /* of the test rows, worst covered first */
    size_t kept[CURVE_STEPS];
    double learners;
    struct scorer scorer[SIDES][PROTOCOL_LEARNERS]; /* of the baseline: not opened */
    uint32_t *room;                                 /* workers x test rows */
};

static int shift_open(struct shift *shift, const struct measure_task *task, const struct protocol *protocol,
                      struct arena *arena, struct error *error)
{
    size_t rows = protocol->test->rows;
    *shift = (struct shift){.protocol = protocol};
    for (size_t step = 0; step < CURVE_STEPS; step++)
        shift->kept[step] = rows - (size_t)(left_out[step] * (double)rows);
    if (shift->kept[CURVE_STEPS - 1] < LEAST_ROWS)
        return error_set(error, ERROR_UNMEASURABLE, "a quarter of the holdout rows are %zu rows; it takes %d",
                         shift->kept[CURVE_STEPS - 1], LEAST_ROWS);
    shift->room = arena_array(arena, rows, pool_threads(task->pool) * sizeof(uint32_t));
    int status = shift->room ? covered_order(task, protocol, arena, &shift->order, error) : error_memory(error);
    for (size_t l = 0; status == 0 && learner_list[l]; l++) {
        const struct trained *const trained[SIDES] = {protocol->subject[l], protocol->real[l]};
        if (trained[0]->baseline)
            continue;
        shift->learners++;
        for (size_t s = 0; status == 0 && s < SIDES; s++)
            status = scorer_open(&shift->scorer[s][l], protocol, trained[s]->prediction, arena, error);
    }
    return status;
}

/* The worst covered rows, `kept` draws of them. weight NULL: each row was drawn once. */
static void keep(const struct shift *shift, size_t kept, const uint32_t *weight, uint32_t *out)
{
    for (size_t i = 0; i < shift->protocol->test->rows; i++) {
        uint32_t row = shift->order[i], w = weight ? weight[row] : 1;
        out[row] = w < kept ? w : (uint32_t)kept;
        kept -= out[row];
    }
}

/* values: CURVE_STEPS scores of each side, means over learners. */
static int score_steps(void *context, const uint32_t *weight, size_t worker, double *values, struct error *error)
{
    const struct shift *shift = context;
    uint32_t *kept = shift->room + worker * shift->protocol->test->rows;
    (void)error;
    for (size_t step = 0; step < CURVE_STEPS; step++) {
        keep(shift, shift->kept[step], weight, kept);
        for (size_t s = 0; s < SIDES; s++) {
            values[s * CURVE_STEPS + step] = 0;
            for (size_t l = 0; learner_list[l]; l++)
                if (shift->scorer[s][l].protocol)
                    values[s * CURVE_STEPS + step] += scorer_value(&shift->scorer[s][l], kept) / shift->learners;
        }
    }
    return 0;
}

static int resample(const struct measure_task *task, struct shift *shift, struct curve *curves, struct arena *arena,
                    struct error *error)
{
    size_t replicates = shift->protocol->replicates;
    double *values = arena_array(arena, replicates, SIDES * CURVE_STEPS * sizeof *values);
    if (!values)
        return error_memory(error);
    int status =
        samples_run(task, shift->protocol->test->rows, replicates, SIDES * CURVE_STEPS, score_steps, shift, values, error);
    for (size_t b = 0; status == 0 && b < replicates; b++)
        for (size_t s = 0; s < SIDES; s++)
            for (size_t step = 0; step < CURVE_STEPS; step++)
                curves[s].replicates[step][b] = values[(b * SIDES + s) * CURVE_STEPS + step];
    return status;
}

/* --- result -------------------------------------------------------------------------------------------------------- */

static double mean_difference(const struct curve *curves, size_t replicate)
{
    double difference[CURVE_STEPS];
    for (size_t step = 0; step < CURVE_STEPS; step++)
        difference[step] = curves[SUBJECT_SIDE].replicates[step][replicate] - curves[REAL_SIDE].replicates[step][replicate];
    return curve_area(left_out, difference);
}

/* Intervals of the value and of the difference in the worst quarter. */
static int intervals(const struct measure_task *task, const struct protocol *protocol, const struct curve *curves,
                     struct interval *quarter, struct result *result, struct error *error)
{
    double mean[PROTOCOL_REPLICATES], last[PROTOCOL_REPLICATES];
    struct interval interval;
    for (size_t b = 0; b < protocol->replicates; b++) {
        mean[b] = mean_difference(curves, b);
        last[b] = curves[SUBJECT_SIDE].replicates[CURVE_STEPS - 1][b] - curves[REAL_SIDE].replicates[CURVE_STEPS - 1][b];
    }
    int status = interval_percentile(mean, protocol->replicates, task->level, &interval, error);
    if (status == 0)
        status = interval_percentile(last, protocol->replicates, task->level, quarter, error);
    result->lo = fmin(interval.lo, result->value);
    result->hi = fmax(interval.hi, result->value);
    return status;
}

/* Scores of each model in the worst quarter. */
static int describe_learners(const struct shift *shift, cJSON *details, struct error *error)
{
    cJSON *learners = json_add_array(details, "learners");
    uint32_t *kept = shift->room;
    keep(shift, shift->kept[CURVE_STEPS - 1], NULL, kept);
    for (size_t l = 0; learner_list[l]; l++) {
        if (!shift->scorer[0][l].protocol)
            continue;
        cJSON *item = json_push_object(learners);
        double tstr = scorer_value(&shift->scorer[SUBJECT_SIDE][l], kept);
        double trtr = scorer_value(&shift->scorer[REAL_SIDE][l], kept);
        if (!item || !json_add_string(item, "learner", learner_list[l]->name) || !json_add_number(item, "quarter_tstr", tstr) ||
            !json_add_number(item, "quarter_trtr", trtr))
            return error_memory(error);
    }
    return 0;
}

static int describe(const struct measure_task *task, const struct shift *shift, const struct curve *curves,
                    const struct interval *quarter, struct result *result, struct error *error)
{
    const struct curve *tstr = &curves[SUBJECT_SIDE], *trtr = &curves[REAL_SIDE];
    size_t last = CURVE_STEPS - 1;
    int status = curve_describe(task, shift->protocol, left_out, shift->protocol->score_name, tstr, trtr, result, error);
    if (status == 0 && (!json_add_number(result->details, "rows_quarter", (double)shift->kept[last]) ||
                        !json_add_number(result->details, "clean", tstr->score[0] - trtr->score[0]) ||
                        !json_add_number(result->details, "quarter", tstr->score[last] - trtr->score[last]) ||
                        !json_add_number(result->details, "quarter_lo", quarter->lo) ||
                        !json_add_number(result->details, "quarter_hi", quarter->hi)))
        status = error_memory(error);
    return status == 0 ? describe_learners(shift, result->details, error) : status;
}

static void word(const struct measure_task *task, const struct shift *shift, const struct curve *curves,
                 const struct interval *quarter, struct result *result)
{
    const double *tstr = curves[SUBJECT_SIDE].score, *trtr = curves[REAL_SIDE].score;
    size_t last = CURVE_STEPS - 1;
    snprintf(result->finding, sizeof result->finding,
             "On the quarter of the real holdout rows that is least like the candidate's (%zu rows) its models reach %s %.3f, "
             "models trained on real rows %.3f (difference %.3f, %g %% interval %.3f to %.3f); on all holdout rows %.3f and "
             "%.3f. Mean difference from all rows to the quarter: %.3f.",
             shift->kept[last], shift->protocol->score_title, tstr[last], trtr[last], tstr[last] - trtr[last],
             100 * task->level, quarter->lo, quarter->hi, tstr[0], trtr[0], result->value);
    if (result->hi >= -0.01)
        return;
    /* Is most of what is lost in the quarter lost because of the shift? */
    double clean = tstr[0] - trtr[0];
    bool there = quarter->hi < clean && tstr[last] - trtr[last] < 2 * clean;
    snprintf(result->remedy, sizeof result->remedy, "%s",
             there ? "The candidate teaches least where it has fewest rows: find what it leaves out (fidelity.coverage, "
                     "fidelity.discriminator) and draw more of it, or do not use its models there."
                   : "Mend what models learn from the candidate at all (utility.gap): most of what they lose is lost where it "
                     "has many rows too.");
}

static int measure(const struct measure_task *task, const struct protocol *protocol, struct arena *scratch,
                   struct result *result, struct error *error)
{
    struct shift shift;
    struct curve *curves = ARENA_ARRAY(scratch, struct curve, SIDES);
    struct interval quarter;
    double value[SIDES * CURVE_STEPS];
    int status = curves ? shift_open(&shift, task, protocol, scratch, error) : error_memory(error);
    if (status == 0)
        status = score_steps(&shift, NULL, 0, value, error);
    if (status != 0)
        return status;
    for (size_t s = 0; s < SIDES; s++)
        for (size_t step = 0; step < CURVE_STEPS; step++)
            curves[s].score[step] = value[s * CURVE_STEPS + step];
    double own = curve_area(left_out, curves[SUBJECT_SIDE].score), real = curve_area(left_out, curves[REAL_SIDE].score);
    result->value = fmax(own, protocol_least(task, protocol)) - real;
    result->n = protocol->test->rows;
    if (isnan(own) || isnan(real))
        return error_set(error, ERROR_UNMEASURABLE,
                         "the holdout rows that are least like the candidate's leave the score undefined");
    if (protocol_brief(task, SUBJECT_INDEPENDENT))
        return 0;
    status = resample(task, &shift, curves, scratch, error);
    if (status == 0)
        status = intervals(task, protocol, curves, &quarter, result, error);
    if (status == 0)
        status = protocol_method(protocol, "paired percentile bootstrap over holdout rows", result, error);
    if (status != 0 || task->plain)
        return status;
    word(task, &shift, curves, &quarter, result);
    return describe(task, &shift, curves, &quarter, result, error);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct protocol protocol;
    struct arena *scratch = arena_new();
    int status = scratch ? protocol_get(task, &protocol, error) : error_memory(error);
    if (status == 0)
        status = measure(task, &protocol, scratch, result, error);
    arena_free(scratch);
    return status;
}

const struct measure measure_robustness_shift = {
    .id = "robustness.shift",
    .title = "Robustness to a shift to uncovered rows",
    .summary = "Whether models trained on the candidate fall behind on the real rows that it covers least.",
    .definition =
        "A logistic regression learns to tell candidate rows from training rows by the features (not the target; up to 5,000 "
        "rows of each). The holdout is put in order of this propensity score and the best covered ε of it are left out, ε = 0, "
        "0.15, …, 0.75, down to the worst covered quarter. On what is left the score (AUC or R²) of the models trained on the "
        "candidate minus that of the models trained on real rows; the value is the mean over ε by the trapezoid rule, mean "
        "over the linear model and boosted trees. ε = 0 is what utility.tstr says of these two models.",
    .reading =
        "0: as good as real rows wherever real rows are. Negative: quality lost. A difference that grows towards the quarter "
        "says that the candidate leaves out kinds of rows that matter for the target; one that stays says that it teaches "
        "less everywhere. Scores themselves may fall in the quarter for any model, so they are compared, not judged.",
    .unit = "difference of AUC or R²",
    .reference = "this project; propensity score: Rosenbaum, Rubin 1983, Biometrika 70, 41",
    .dimension = DIMENSION_ROBUSTNESS,
    .direction = DIRECTION_HIGHER,
    .lo = -2,
    .hi = 2,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_TRAIN,
    .fault = SUBJECT_INDEPENDENT,
    .worst = -2,
    .best = 0,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, protocol.samples",
    .run = run,
};
