/* utility.targets: what does training on the subject cost, whichever column is to be predicted? */
#include "metrics/utility/target_columns.h"
#include "numeric/bootstrap.h"
#include "numeric/interval.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* All kept columns on one subject. */
struct targets {
    const struct target_columns *columns;
    size_t n;
    struct target_gap *gap;
    const struct target_gap *worst;
    struct interval largest; /* of the largest gap */
    double trtr, tstr;       /* means of skill */
};

static double lost(const struct target_gap *gap)
{
    return gap->trtr - gap->tstr;
}

/* The drawn rows of what stands in the candidate's place; train's are there already. */
static int sample_subject(const struct measure_task *task, const struct target_columns *columns, size_t rows,
                          struct table *tables[2], struct measure_task *own, struct error *error)
{
    *own = *task;
    own->honest_test = NULL;
    if (task->kind == SUBJECT_TRAIN) {
        own->subject = columns->train;
        return 0;
    }
    int status = target_rows_sample(task->subject, rows, task->seed, &tables[0], error);
    if (status == 0 && task->kind == SUBJECT_HONEST)
        status = target_rows_sample(task->honest_test, rows, task->seed, &tables[1], error);
    own->subject = tables[0];
    own->honest_test = tables[1];
    return status;
}

static int gaps_get(const struct measure_task *own, bool brief, struct targets *targets, struct arena *arena,
                    struct error *error)
{
    const struct target_columns *columns = targets->columns;
    targets->gap = ARENA_ARRAY(arena, struct target_gap, columns->kept + 1);
    if (!targets->gap)
        return error_memory(error);
    for (size_t c = 0; c < columns->n; c++) {
        struct error why = {0};
        if (!columns->column[c].kept)
            continue;
        int status = target_gap_get(own, &columns->column[c], brief, arena, &targets->gap[targets->n], &why);
        if (status == 0)
            targets->n++;
        else if (status != ERROR_UNMEASURABLE)
            return error_set(error, status, "%s", why.message);
    }
    if (targets->n == 0)
        return error_set(error, ERROR_UNMEASURABLE, "the test rows leave the score of every column undefined");
    for (size_t t = 0; t < targets->n; t++) {
        const struct target_gap *gap = &targets->gap[t];
        targets->trtr += gap->trtr / (double)targets->n;
        targets->tstr += gap->tstr / (double)targets->n;
        if (!targets->worst || lost(gap) > lost(targets->worst))
            targets->worst = gap;
    }
    return 0;
}

/* Value ± z standard errors of the mean over columns: replicate b drew the same test rows for every column that has a target
 * value in all of them. The largest gap: all columns' intervals hold at once, so its own is from the largest lower to the
 * largest upper end. */
static void intervals(const struct measure_task *task, struct targets *targets, struct result *result)
{
    size_t count = PROTOCOL_REPLICATES;
    double mean[PROTOCOL_REPLICATES], bias, deviation, z = targets->columns->z;
    for (size_t t = 0; t < targets->n; t++)
        count = targets->gap[t].replicates < count ? targets->gap[t].replicates : count;
    for (size_t b = 0; b < count; b++) {
        mean[b] = 0;
        for (size_t t = 0; t < targets->n; t++)
            mean[b] += targets->gap[t].replicate[b] / (double)targets->n;
    }
    bootstrap_summary(mean, count, result->value, &bias, &deviation);
    struct interval interval = interval_wald(result->value, deviation, task->level, "");
    result->lo = interval.lo;
    result->hi = interval.hi;
    targets->largest = (struct interval){.lo = -INFINITY, .hi = -INFINITY, .level = task->level};
    for (size_t t = 0; t < targets->n; t++) {
        const struct target_gap *gap = &targets->gap[t];
        targets->largest.lo = fmax(targets->largest.lo, lost(gap) - z * gap->deviation);
        targets->largest.hi = fmax(targets->largest.hi, lost(gap) + z * gap->deviation);
    }
}

/* --- result -------------------------------------------------------------------------------------------------------- */

static const char *name_of(const struct target_column *column)
{
    return column->data.schema->columns[column->column].name;
}

/* Skill as the score that it was made of. */
static double score_of(const struct target_column *column, double skill)
{
    return column->classes ? (1 + skill) / 2 : skill;
}

static bool describe_gap(const struct measure_task *task, const struct target_gap *gap, cJSON *item)
{
    const struct interval interval = interval_wald(lost(gap), gap->deviation, task->level, "");
    return item && json_add_string(item, "column", name_of(gap->of)) &&
           json_add_string(item, "score", gap->of->classes ? "auc" : "r2") &&
           json_add_number(item, "tstr", score_of(gap->of, gap->tstr)) &&
           json_add_number(item, "trtr", score_of(gap->of, gap->trtr)) && json_add_number(item, "gap", lost(gap)) &&
           json_add_number(item, "lo", interval.lo) && json_add_number(item, "hi", interval.hi) &&
           (!gap->reason || json_add_string(item, "why", gap->reason));
}

static bool describe_left(const struct target_columns *columns, cJSON *details)
{
    cJSON *left = json_add_array(details, "left_out");
    for (size_t c = 0; left && c < columns->n; c++) {
        const struct target_column *column = &columns->column[c];
        if (column->kept)
            continue;
        cJSON *item = json_push_object(left);
        if (!item || !json_add_string(item, "column", name_of(column)) ||
            !json_add_string(item, "why", column->reason ? column->reason : "real rows do not predict it better than chance") ||
            (!column->reason && (!json_add_number(item, "trtr", score_of(column, column->skill)) ||
                                 !json_add_string(item, "score", column->classes ? "auc" : "r2"))))
            return false;
    }
    return left;
}

static int describe(const struct measure_task *task, const struct targets *targets, struct result *result, struct error *error)
{
    result->details = cJSON_CreateObject();
    cJSON *columns = json_add_array(result->details, "columns"), *worst = json_add_object(result->details, "worst");
    cJSON *learners = json_add_array(result->details, "learners");
    for (size_t t = 0; columns && t < targets->n; t++)
        if (!describe_gap(task, &targets->gap[t], json_push_object(columns)))
            return error_memory(error);
    for (size_t l = 0; learners && target_learners[l]; l++)
        json_push_string(learners, target_learners[l]);
    if (!learners || !worst || !describe_left(targets->columns, result->details) ||
        !json_add_string(worst, "column", name_of(targets->worst->of)) ||
        !json_add_number(worst, "gap", lost(targets->worst)) || !json_add_number(worst, "lo", targets->largest.lo) ||
        !json_add_number(worst, "hi", targets->largest.hi) || !json_add_number(result->details, "skill_tstr", targets->tstr) ||
        !json_add_number(result->details, "skill_trtr", targets->trtr) ||
        !json_add_number(result->details, "rows_train", (double)targets->columns->train->rows) ||
        !json_add_number(result->details, "rows_holdout", (double)targets->columns->holdout->rows))
        return error_memory(error);
    return 0;
}

static void word(const struct measure_task *task, const struct targets *targets, struct result *result)
{
    const struct target_gap *worst = targets->worst;
    snprintf(
        result->finding, sizeof result->finding,
        "Of %zu columns, real rows predict %zu from the others. Models trained on the candidate reach %.3f of the way from "
        "chance to perfect on average, models trained on real rows %.3f (gap %.3f, %g %% interval %.3f to %.3f). Most is "
        "lost on '%.80s': %s %.3f instead of %.3f%s.",
        targets->columns->n, targets->columns->kept, targets->tstr, targets->trtr, result->value, 100 * task->level, result->lo,
        result->hi, name_of(worst->of), worst->of->classes ? "AUC" : "R²", score_of(worst->of, worst->tstr),
        score_of(worst->of, worst->trtr), worst->reason ? ", since the candidate cannot teach it at all" : "");
    if (targets->largest.lo > 0.02)
        snprintf(
            result->remedy, sizeof result->remedy,
            "Fit the generator so that it keeps how '%.80s' depends on the other columns, or give it more rows or training "
            "rounds.",
            name_of(worst->of));
}

static int measure_gaps(const struct measure_task *task, const struct measure_task *own, struct targets *targets,
                        struct result *result, struct error *error)
{
    bool brief = protocol_brief(task, SUBJECT_INDEPENDENT);
    int status = gaps_get(own, brief, targets, result->arena, error);
    if (status != 0)
        return status;
    result->value = targets->trtr - targets->tstr;
    result->n = targets->n;
    if (!brief)
        intervals(task, targets, result);
    /* Such columns teach nothing: a model that points away from the truth by luck counts as chance (protocol_least). */
    if (task->kind == SUBJECT_INDEPENDENT) {
        result->value = fmin(result->value, targets->trtr);
        result->hi = fmin(result->hi, targets->trtr);
        result->lo = fmin(result->lo, result->hi);
    }
    if (brief)
        return 0;
    result->method = arena_format(result->arena, "paired bootstrap standard error over holdout rows, normal");
    status = result->method ? describe(task, targets, result, error) : error_memory(error);
    if (status == 0)
        word(task, targets, result);
    return status;
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct targets targets = {0};
    struct table *tables[2] = {NULL, NULL};
    struct measure_task own;
    const size_t rows = (size_t)task->parameters[0].value;
    if (!task->data->holdout.table)
        return error_set(error, ERROR_UNMEASURABLE, "there are no real rows to test on; give --holdout FILE");
    int status = target_columns_get(task, rows, &targets.columns, error);
    if (status == 0 && targets.columns->kept == 0)
        return error_set(error, ERROR_UNMEASURABLE,
                         "on real rows none of the %zu columns can be predicted from the others better than chance",
                         targets.columns->n);
    if (status == 0)
        status = sample_subject(task, targets.columns, rows, tables, &own, error);
    if (status == 0)
        status = measure_gaps(task, &own, &targets, result, error);
    table_free(tables[0]);
    table_free(tables[1]);
    return status;
}

static const struct parameter parameters[] = {
    {"rows", "the most rows of a table that take part", 5000, 100, 1e7},
    {0},
};

const struct measure measure_utility_targets = {
    .id = "utility.targets",
    .title = "Cost of training on synthetic rows, every column a target",
    .summary = "How much predictive quality is lost on average when each column in turn is the target.",
    .definition =
        "Each measured column in turn is predicted from all others by a linear model and a decision tree, trained on the "
        "training table and on the candidate, tested on the holdout. Skill is 2·AUC − 1 for classes and R² for numbers: 0 is "
        "chance, 1 perfect. Columns count that real rows predict: the lower end of the skill's interval is above 0, intervals "
        "made to hold for all columns at once. The value is the mean over these columns of skill(real) − skill(candidate). A "
        "column that the candidate cannot teach at all (one class, no value) has skill 0.",
    .reading =
        "0: whatever column someone will want to predict, the candidate teaches as much as real rows. The details list each "
        "column and the largest gap with an interval that takes the choice of the largest into account. Columns that differ "
        "only in name (a copy of another) count each.",
    .unit = "skill",
    .reference = "this project; Somers 1962, American Sociological Review 27 (2·AUC − 1)",
    .dimension = DIMENSION_UTILITY,
    .direction = DIRECTION_LOWER,
    .lo = -2,
    .hi = 2,
    .needs = NEED_HOLDOUT | NEED_EVERY_TARGET | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_TRAIN,
    .fault = SUBJECT_INDEPENDENT,
    .worst = 2,
    .best = 0,
    .cost = COST_HIGH,
    .version = 1,
    .artifacts = "targets.columns",
    .parameters = parameters,
    .run = run,
};
