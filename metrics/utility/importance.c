/* utility.importance: do models trained on the subject lean on the same columns as models trained on real rows? */
#include "metrics/utility/importance.h"
#include "numeric/empirical.h"
#include "numeric/interval.h"

#include <math.h>
#include <stdio.h>

enum { SUBJECT_SIDE, REAL_SIDE, SIDES };

struct compared {
    const struct protocol *protocol;
    size_t n, inputs; /* learners without the baseline; columns */
    const struct learner *learner[PROTOCOL_LEARNERS];
    const struct importance *side[PROTOCOL_LEARNERS][SIDES];
    double overlap[PROTOCOL_LEARNERS]; /* NaN: no column matters to the model of real rows */
};

/* What both models have in common, over what either has: Σ min / Σ max of the drops, negative ones as 0 (Ruzicka 1958). Shares
 * of each model's own sum would not do: of a model that is no better than chance they are noise. NaN when no column matters to
 * the real model. */
static double overlap_of(const double *subject, const double *real, size_t n)
{
    double common = 0, either = 0, sum = 0;
    for (size_t k = 0; k < n; k++) {
        common += fmax(fmin(subject[k], real[k]), 0);
        either += fmax(fmax(subject[k], real[k]), 0);
        sum += fmax(real[k], 0);
    }
    return sum > 0 ? common / either : NAN;
}

/* Mean of the defined ones. */
static double mean_of(const double *overlap, size_t n)
{
    double sum = 0;
    size_t defined = 0;
    for (size_t l = 0; l < n; l++) {
        if (isnan(overlap[l]))
            continue;
        sum += overlap[l];
        defined++;
    }
    return defined ? sum / (double)defined : NAN;
}

static int compare(const struct measure_task *task, const struct protocol *protocol, bool brief, struct compared *out,
                   struct error *error)
{
    *out = (struct compared){.protocol = protocol};
    for (size_t l = 0; learner_list[l]; l++) {
        struct importance const **side = out->side[out->n];
        if (protocol->subject[l]->baseline)
            continue;
        int status = importance_get(task, protocol, protocol->subject[l], brief, &side[SUBJECT_SIDE], error);
        if (status == 0)
            status = importance_get(task, protocol, protocol->real[l], brief, &side[REAL_SIDE], error);
        if (status != 0)
            return status;
        out->inputs = side[REAL_SIDE]->inputs;
        out->learner[out->n] = learner_list[l];
        out->overlap[out->n++] = overlap_of(side[SUBJECT_SIDE]->drop, side[REAL_SIDE]->drop, out->inputs);
    }
    if (out->inputs < 2)
        return error_set(error, ERROR_UNMEASURABLE, "only one column can predict the target, so there is nothing to share out");
    return 0;
}

static int interval(const struct measure_task *task, const struct compared *compared, struct result *result,
                    struct error *error)
{
    size_t count = compared->protocol->replicates, inputs = compared->inputs, defined = 0;
    double mean[PROTOCOL_REPLICATES];
    struct interval found, percentile;
    for (size_t b = 0; b < count; b++) {
        double overlap[PROTOCOL_LEARNERS];
        for (size_t l = 0; l < compared->n; l++)
            overlap[l] = overlap_of(compared->side[l][SUBJECT_SIDE]->replicates + b * inputs,
                                    compared->side[l][REAL_SIDE]->replicates + b * inputs, inputs);
        mean[defined] = mean_of(overlap, compared->n);
        if (!isnan(mean[defined]))
            defined++;
    }
    if (2 * defined < count)
        return error_set(error, ERROR_UNMEASURABLE, "on most bootstrap samples no column matters to models of real rows");
    /* Basic: noise makes the importances differ, in the replicates once more than in the value, and mirroring takes that off.
     * With a model that knows nothing, noise makes them agree instead, and mirroring ends too low: there the percentiles reach
     * far enough. */
    int status = interval_basic(result->value, result->value, mean, defined, task->level, &found, error);
    if (status == 0)
        status = interval_percentile(mean, defined, task->level, &percentile, error);
    if (status != 0)
        return status;
    interval_clip(&found, 0, 1);
    result->lo = fmin(found.lo, result->value);
    result->hi = fmax(fmax(found.hi, percentile.hi), result->value);
    return 0;
}

/* Means over learners of one column's importance. */
static void column_drops(const struct compared *compared, size_t input, double drop[SIDES])
{
    for (size_t s = 0; s < SIDES; s++) {
        drop[s] = 0;
        for (size_t l = 0; l < compared->n; l++)
            drop[s] += compared->side[l][s]->drop[input] / (double)compared->n;
    }
}

static const char *column_name(const struct measure_task *task, const struct compared *compared, size_t input)
{
    return task->data->schema->columns[encoder_column(compared->protocol->encoder, input)].name;
}

/* The importance of one column for one model, and its interval. */
static int add_drop(const struct measure_task *task, const struct compared *compared, size_t learner, size_t side, size_t input,
                    cJSON *item, struct error *error)
{
    static const char *const keys[SIDES][3] = {
        [SUBJECT_SIDE] = {"tstr", "tstr_lo", "tstr_hi"}, [REAL_SIDE] = {"trtr", "trtr_lo", "trtr_hi"}};
    const struct importance *importance = compared->side[learner][side];
    const double drop = importance->drop[input];
    double drops[PROTOCOL_REPLICATES];
    struct interval found;
    for (size_t b = 0; b < compared->protocol->replicates; b++)
        drops[b] = importance->replicates[b * compared->inputs + input];
    int status = interval_percentile(drops, compared->protocol->replicates, task->level, &found, error);
    if (status != 0)
        return status;
    bool added = json_add_number(item, keys[side][0], drop) && json_add_number(item, keys[side][1], fmin(found.lo, drop)) &&
                 json_add_number(item, keys[side][2], fmax(found.hi, drop));
    return added ? 0 : error_memory(error);
}

static int describe_columns(const struct measure_task *task, const struct compared *compared, cJSON *columns,
                            struct error *error)
{
    int status = 0;
    for (size_t l = 0; l < compared->n; l++)
        for (size_t k = 0; status == 0 && k < compared->inputs; k++) {
            cJSON *item = json_push_object(columns);
            if (!item || !json_add_string(item, "column", column_name(task, compared, k)) ||
                !json_add_string(item, "learner", compared->learner[l]->name))
                return error_memory(error);
            for (size_t s = 0; status == 0 && s < SIDES; s++)
                status = add_drop(task, compared, l, s, k, item, error);
        }
    return status;
}

static int describe(const struct measure_task *task, const struct compared *compared, struct result *result,
                    struct error *error)
{
    result->details = cJSON_CreateObject();
    cJSON *learners = json_add_array(result->details, "learners"), *columns = json_add_array(result->details, "columns");
    if (!learners || !columns || !json_add_string(result->details, "score", compared->protocol->score_name))
        return error_memory(error);
    for (size_t l = 0; l < compared->n; l++) {
        double rank;
        const struct importance *const *side = compared->side[l];
        int status = spearman(side[SUBJECT_SIDE]->drop, side[REAL_SIDE]->drop, compared->inputs, &rank, NULL, error);
        cJSON *item = json_push_object(learners);
        if (status != 0)
            return status;
        if (!item || !json_add_string(item, "learner", compared->learner[l]->name) ||
            !json_add_number(item, "overlap", compared->overlap[l]) || !json_add_number(item, "spearman", rank))
            return error_memory(error);
    }
    return describe_columns(task, compared, columns, error);
}

static void word(const struct measure_task *task, const struct compared *compared, struct result *result)
{
    double worst[SIDES], drop[SIDES];
    size_t at = 0;
    column_drops(compared, 0, worst);
    for (size_t k = 1; k < compared->inputs; k++) {
        column_drops(compared, k, drop);
        if (fabs(drop[0] - drop[1]) <= fabs(worst[0] - worst[1]))
            continue;
        at = k;
        worst[0] = drop[0];
        worst[1] = drop[1];
    }
    snprintf(
        result->finding, sizeof result->finding,
        "Of the importance of columns, models trained on the candidate and models trained on real rows have %.0f %% in common "
        "(%g %% interval %.0f to %.0f %%). They differ most about '%.80s': permuting it costs the former %.3f %s, the latter "
        "%.3f.",
        100 * result->value, 100 * task->level, 100 * result->lo, 100 * result->hi, column_name(task, compared, at),
        worst[SUBJECT_SIDE], compared->protocol->score_title, worst[REAL_SIDE]);
    if (result->hi < 0.5)
        snprintf(result->remedy, sizeof result->remedy,
                 "Do not explain the target '%.80s' by models of this candidate: less than half of what they lean on is what "
                 "models of real rows lean on.",
                 task->data->schema->columns[task->data->target].name);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct protocol protocol;
    struct compared compared;
    bool brief = protocol_brief(task, SUBJECT_INDEPENDENT);
    int status = protocol_get(task, &protocol, error);
    if (status == 0)
        status = compare(task, &protocol, brief, &compared, error);
    if (status != 0)
        return status;
    result->value = mean_of(compared.overlap, compared.n);
    result->n = compared.side[0][REAL_SIDE]->rows;
    if (isnan(result->value))
        return error_set(error, ERROR_UNMEASURABLE, "no column matters to models trained on real rows");
    if (brief)
        return 0;
    status = interval(task, &compared, result, error);
    if (status == 0)
        status = describe(task, &compared, result, error);
    if (status == 0)
        status =
            protocol_method(&protocol, "paired bootstrap over holdout rows, basic, upper end also percentile", result, error);
    if (status == 0)
        word(task, &compared, result);
    return status;
}

const struct measure measure_utility_importance = {
    .id = "utility.importance",
    .title = "Importance of columns",
    .summary = "Whether models trained on the candidate lean on the same columns as models trained on real rows.",
    .definition = "The importance of a column for a model: how much its AUC or R² on the holdout falls when the column's cells "
                  "are permuted "
                  "among the rows (up to 4,000, one seeded permutation for all columns and models; negative counts as 0). The "
                  "value is the "
                  "sum over columns of the smaller of the importances for the model trained on the candidate and for the one "
                  "trained on the "
                  "training table, divided by the sum of the larger ones; mean over the linear model and the boosted trees.",
    .reading =
        "1: both lean on the same columns to the same extent. 0: on different ones, or the candidate's model on none that "
        "helps. "
        "The honest case says what fresh real rows reach. Columns that say the same share their importance by chance, so the "
        "value is lower with many correlated columns.",
    .unit = "share",
    .reference = "this project; permutation importance after Breiman 2001, Random Forests, Machine Learning 45, section 10",
    .dimension = DIMENSION_UTILITY,
    .direction = DIRECTION_HIGHER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TARGET | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .fault = SUBJECT_INDEPENDENT,
    .worst = 0,
    .best = 1,
    .cost = COST_MEDIUM,
    .version = 3,
    .artifacts = "protocol.encoder, protocol.test, protocol.trained, utility.importance",
    .run = run,
};
