#include <math.h>
#include <stdio.h>
#include <string.h>

#include "metrics/fidelity/rules.h"
#include "metrics/fidelity/words.h"
#include "numeric/interval.h"

#define SAME 1e-20 /* squared influences, which count rules, are above it or rounding */

struct check {
    struct rule rule;
    struct rule_count reference, subject;
    double rate; /* share of the subject's rows that keep it; NaN where it applies to none */
    bool fault;  /* the reference breaks it: listed, not averaged */
};

struct validity {
    const struct measure_task *task;
    struct check *checks;
    size_t count, averaged;
    uint8_t *broken;    /* one a subject row: 1 when it breaks a rule */
    double *kept;       /* one a subject row: its share in the sum of weighted pass rates, up to a constant */
    uint32_t *judged;   /* one a subject row: rules of cells that judge it */
    double sum, weight; /* of weighted pass rates, and of weights, over the averaged rules */
    double structure, rate;
    size_t broken_rows, extra_columns;
};

static size_t extra_columns_of(const struct measure_task *task)
{
    for (size_t i = 0; i < task->data->n_candidates; i++)
        if (task->data->candidates[i].table == task->subject)
            return task->data->candidates[i].n_extra_columns;
    return 0;
}

/* A rule of cells weighs as much as the cells that it judges: about two fresh rows lie outside a column's training range
 * whatever its length, which would be a third of a column with five values. A rule that the user wrote weighs 1: a condition
 * that few rows meet makes it no less a rule. */
static double weight_of(const struct check *check, double rows)
{
    return check->rule.row ? 1 : (double)check->subject.applies / rows;
}

static int check_rule(struct validity *v, struct check *check, uint8_t *marks, struct error *error)
{
    int status = rule_check(&check->rule, v->task->reference, NULL, &check->reference, error);
    if (status == 0)
        status = rule_check(&check->rule, v->task->subject, marks, &check->subject, error);
    if (status)
        return status;
    double applies = (double)check->subject.applies, rows = (double)v->task->subject->rows;
    check->fault = check->reference.broken > 0 && v->task->reference == v->task->data->train.table;
    check->rate = applies > 0 ? 1 - (double)check->subject.broken / applies : NAN;
    if (check->fault || isnan(check->rate))
        return 0;
    const double weight = weight_of(check, rows);
    v->averaged++;
    v->sum += weight * check->rate;
    v->weight += weight;
    for (size_t i = 0; i < v->task->subject->rows; i++) {
        if (marks[i] == ROW_NOT_JUDGED)
            continue;
        v->broken[i] |= marks[i];
        v->kept[i] += check->rule.row ? ((marks[i] ? 0 : 1) - check->rate) * rows / applies : marks[i] ? 0 : 1;
        v->judged[i] += !check->rule.row;
    }
    return 0;
}

static int check_all(struct validity *v, struct arena *arena, struct error *error)
{
    struct rule *rules;
    size_t rows = v->task->subject->rows;
    int status = rules_derive(v->task->data->schema, arena, &rules, &v->count, error);
    if (status)
        return status;
    uint8_t *marks = ARENA_ARRAY(arena, uint8_t, rows + 1);
    v->checks = ARENA_ARRAY(arena, struct check, v->count + 1);
    v->broken = ARENA_ARRAY(arena, uint8_t, rows + 1);
    v->kept = ARENA_ARRAY(arena, double, rows + 1);
    v->judged = ARENA_ARRAY(arena, uint32_t, rows + 1);
    if (!marks || !v->checks || !v->broken || !v->kept || !v->judged)
        return error_memory(error);
    for (size_t i = 0; i < v->count && status == 0; i++) {
        v->checks[i].rule = rules[i];
        status = check_rule(v, &v->checks[i], marks, error);
    }
    if (status == 0 && v->averaged == 0)
        return error_set(error, ERROR_UNMEASURABLE, "there is no rule to judge: the training data teach none that they keep");
    v->rate = v->sum / v->weight;
    for (size_t i = 0; i < rows; i++)
        v->broken_rows += v->broken[i];
    return status;
}

/* Wilson on the effective number of rows: the variance of the mean rate, a ratio of sums over rows, by its influence values;
 * these know that one row can break several rules. Where all rows are alike, as where nothing is broken, that variance is 0 but
 * for rounding, and every row is one trial. */
static struct interval interval_of(const struct validity *v)
{
    double squares = 0, mean = 0, rows = (double)v->task->subject->rows;
    for (size_t i = 0; i < v->task->subject->rows; i++)
        mean += (v->kept[i] - v->rate * v->judged[i]) / rows;
    for (size_t i = 0; i < v->task->subject->rows; i++) {
        const double influence = v->kept[i] - v->rate * v->judged[i] - mean;
        squares += influence * influence;
    }
    double variance = squares / (rows * rows * v->weight * v->weight);
    double trials = squares > SAME * rows ? v->rate * (1 - v->rate) / variance : rows;
    return interval_wilson_share(v->rate, trials, v->task->level);
}

static int describe(const struct validity *v, cJSON *details, struct error *error)
{
    json_add_number(details, "structure", v->structure);
    json_add_number(details, "rows_that_break_a_rule", (double)v->broken_rows);
    cJSON *list = json_add_array(details, "rules");
    if (!list)
        return error_memory(error);
    for (size_t i = 0; i < v->count; i++) {
        const struct check *check = &v->checks[i];
        cJSON *item = json_push_object(list);
        if (!item)
            return error_memory(error);
        json_add_string(item, "column", v->task->data->schema->columns[check->rule.column].name);
        json_add_string(item, "rule", rule_name(&check->rule));
        json_add_number(item, "pass", check->rate);
        json_add_number(item, "broken", (double)check->subject.broken);
        double applies = (double)check->reference.applies;
        json_add_number(item, "reference_pass", applies > 0 ? 1 - (double)check->reference.broken / applies : NAN);
        json_add_bool(item, "rule_fault", check->fault);
    }
    return 0;
}

static void say_worst(const struct validity *v, struct result *result, size_t at)
{
    static const char *const wrong[] = {"outside the training range",         "not a whole number",
                                        "a category that training data lack", "missing",
                                        "a key that occurs before",           "at odds with other cells"};
    static const char *const mend[][2] = {{"Keep ", " within the range of the training data."},
                                          {"Round ", " to whole numbers."},
                                          {"Restrict ", " to the categories of the training data."},
                                          {"Fill ", " in every row, as the training data do."},
                                          {"Make ", " unique."},
                                          {"Make ", " fit the other cells of its row."}};
    const struct check *worst = &v->checks[0];
    for (size_t i = 1; i < v->count; i++)
        if (!v->checks[i].fault && (worst->fault || v->checks[i].subject.broken > worst->subject.broken))
            worst = &v->checks[i];
    struct short_name name = short_name(v->task->data->schema->columns[worst->rule.column].name);
    snprintf(result->finding + at, sizeof result->finding - at, "; most often '%s' is %s (%zu rows).", name.text,
             wrong[worst->rule.kind], worst->subject.broken);
    if (worst->rate < 0.99)
        snprintf(result->remedy, sizeof result->remedy, "%s'%s'%s", mend[worst->rule.kind][0], name.text,
                 mend[worst->rule.kind][1]);
}

/* Columns that train lacks lower the value although no cell is wrong. */
static void say_extra(const struct validity *v, struct result *result)
{
    size_t at = strlen(result->finding);
    if (v->extra_columns == 0)
        return;
    snprintf(result->finding + at, sizeof result->finding - at,
             " It has %zu column%s that the training data lack; the value is multiplied by %.3f for it.", v->extra_columns,
             v->extra_columns == 1 ? "" : "s", v->structure);
    if (!*result->remedy)
        snprintf(result->remedy, sizeof result->remedy, "Leave out the columns that the training data do not have.");
}

static void say(const struct validity *v, struct result *result)
{
    size_t rows = v->task->subject->rows;
    if (v->broken_rows == 0) {
        snprintf(result->finding, sizeof result->finding,
                 "All %zu rules that the training data and the schema teach hold in all %zu rows.", v->averaged, rows);
    } else {
        int at = snprintf(result->finding, sizeof result->finding,
                          "%.2f %% of the rows (%zu of %zu) break a rule that the training data or the schema teach",
                          100 * (double)v->broken_rows / (double)rows, v->broken_rows, rows);
        say_worst(v, result, (size_t)at);
    }
    say_extra(v, result);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct validity v = {.task = task, .extra_columns = extra_columns_of(task)};
    double own = (double)task->data->schema->n_columns;
    /* |columns that both have|/|columns that either has|; the reader refuses a table that lacks one or has another type. */
    v.structure = own / (own + (double)v.extra_columns);
    if (task->subject->rows == 0)
        return error_set(error, ERROR_UNMEASURABLE, "the table has no rows");
    int status = check_all(&v, result->arena, error);
    if (status)
        return status;
    result->value = v.structure * v.rate;
    result->n = task->subject->rows;
    result->method = "Wilson, effective sample size";
    result->lo = result->hi = NAN;
    if (task->brief)
        return 0;
    struct interval interval = interval_of(&v);
    result->lo = v.structure * interval.lo;
    result->hi = v.structure * interval.hi;
    say(&v, result);
    result->details = cJSON_CreateObject();
    return result->details ? describe(&v, result->details, error) : error_memory(error);
}

const struct measure measure_fidelity_validity = {
    .id = "fidelity.validity",
    .title = "Validity of rows",
    .summary = "How often rows keep the rules that the training data and the schema teach: ranges, categories, presence, "
               "unique keys, cells that fit each other.",
    .definition = "Structure score times the mean pass rate of the rules, each weighted by the share of rows that it judges. "
                  "Rules of single cells, learnt from the training "
                  "table: a number or "
                  "date lies within its range; is whole where it has whole numbers only; a category occurs there; a value is "
                  "present where "
                  "it always is; a key or id occurs once. A missing cell is judged by the rule of presence alone. To these "
                  "come the rules "
                  "between cells that the schema lists. A rule that the training data break themselves is a fault of the rule: "
                  "listed, not "
                  "averaged. Structure: columns that both tables have over columns that either has.",
    .reading =
        "1 means that every row could be a real one as far as single cells go. Fresh real rows may stay a little below 1: they "
        "hold values and categories that the training rows happen to lack. Each rule's broken rows are listed.",
    .unit = "share",
    .reference = "this project; the idea is that of SDMetrics' diagnostic report",
    .dimension = DIMENSION_FIDELITY,
    .direction = DIRECTION_HIGHER,
    .lo = 0,
    .hi = 1,
    .anchor = ANCHOR_HONEST,
    .fault = SUBJECT_CANDIDATE,
    .worst = 0,
    .best = 1,
    .cost = COST_LOW,
    .version = 2,
    .run = run,
};
