#include <math.h>
#include <stdio.h>

#include "metrics/fidelity/column_pairs.h"
#include "metrics/fidelity/kway_lanes.h"
#include "metrics/fidelity/mean_gap.h"
#include "metrics/fidelity/words.h"

struct trends {
    const struct measure_task *task;
    const struct column_pair *pairs;
    size_t count;
    struct joint_gap *joint; /* of the pairs that are not correlations, in their order */
    size_t *joint_of;        /* a pair's place among them */
};

enum pair_kind { PAIR_CORRELATION, PAIR_CONTINGENCY, PAIR_MIXED };

static enum pair_kind pair_kind(const struct trends *t, size_t index)
{
    const struct column_schema *columns = t->task->data->schema->columns;
    int quantities = (column_kind(&columns[t->pairs[index].a]) == KIND_QUANTITY) +
                     (column_kind(&columns[t->pairs[index].b]) == KIND_QUANTITY);
    return quantities == 2 ? PAIR_CORRELATION : quantities == 1 ? PAIR_MIXED : PAIR_CONTINGENCY;
}

static struct gap_pair numbers_of(const struct table *table, const struct column_pair *pair)
{
    return (struct gap_pair){table->columns[pair->a].number, table->columns[pair->b].number, table->rows};
}

/* A candidate must not escape its real trends by a column without variation or values: a constant shows no trend, and with
 * fewer than two rows that have both values nothing is left to compare. Undefined in real data: no trend is known. */
static void lost_trend(const struct gap_pair *real, const struct gap_pair *candidate, struct gap *gap)
{
    double rho = pearson(real->x, real->y, real->rows, NULL);
    size_t both = 0;
    if (isnan(rho))
        return;
    for (size_t i = 0; i < candidate->rows; i++)
        both += !isnan(candidate->x[i]) && !isnan(candidate->y[i]);
    gap->distance = both < 2 ? 1 : fabs(rho) / 2;
}

static bool shows_no_trend(const struct trends *t, size_t index)
{
    struct gap_pair pair = numbers_of(t->task->subject, &t->pairs[index]);
    return pair_kind(t, index) == PAIR_CORRELATION && isnan(pearson(pair.x, pair.y, pair.rows, NULL));
}

static int trend_part(void *context, size_t index, const struct influence *influence, struct gap *gap, struct error *error)
{
    (void)error;
    const struct trends *t = context;
    if (pair_kind(t, index) != PAIR_CORRELATION) {
        *gap = t->joint[t->joint_of[index]].gap;
        return 0;
    }
    struct gap_pair a = numbers_of(t->task->reference, &t->pairs[index]), b = numbers_of(t->task->subject, &t->pairs[index]);
    gap_correlation(&a, &b, influence, gap);
    if (isnan(gap->distance))
        lost_trend(&a, &b, gap);
    return 0;
}

static int choose_pairs(struct trends *t, struct arena *arena, struct error *error)
{
    const size_t *columns;
    size_t count;
    struct column_pairs pairs;
    int status = fidelity_columns(t->task, arena, &columns, &count, error);
    if (status == 0)
        status = column_pairs(t->task, "fidelity.pair_trends", columns, count, arena, &pairs, error);
    if (status)
        return status;
    t->pairs = pairs.pairs;
    t->count = pairs.count;
    return 0;
}

/* The joint tables of all contingency and mixed pairs; `pooled` takes in their cells and influence values (NULL in a brief
 * run). */
static int count_joint(struct trends *t, struct mean_gap_pool *pooled, struct arena *arena, struct error *error)
{
    const struct packed_table *reference, *subject;
    uint32_t *member = ARENA_ARRAY(arena, uint32_t, 2 * t->count + 1);
    struct column_sets sets = {2, 0, member};
    t->joint = ARENA_ARRAY(arena, struct joint_gap, t->count + 1);
    t->joint_of = ARENA_ARRAY(arena, size_t, t->count + 1);
    if (!member || !t->joint || !t->joint_of)
        return error_memory(error);
    for (size_t i = 0; i < t->count; i++) {
        if (pair_kind(t, i) == PAIR_CORRELATION)
            continue;
        member[2 * sets.count] = (uint32_t)t->pairs[i].a;
        member[2 * sets.count + 1] = (uint32_t)t->pairs[i].b;
        t->joint_of[i] = sets.count++;
    }
    int status = table_lanes_get(t->task, t->task->reference, &reference, error);
    if (status == 0)
        status = table_lanes_get(t->task, t->task->subject, &subject, error);
    if (status == 0)
        status = counting_gaps_pooled(reference, subject, &sets, t->task->pool, t->joint, pooled ? &pooled->sums : NULL,
                                      pooled ? &pooled->cells : NULL, error);
    for (size_t i = 0; status == 0 && pooled && i < sets.count; i++)
        pooled->bias += t->joint[i].gap.bias;
    return status;
}

static int compute(struct trends *t, struct arena *arena, struct mean_gap *mean, struct error *error)
{
    const struct measure_task *task = t->task;
    struct arena *scratch = arena_new();
    struct mean_gap_pool *pooled = NULL;
    int status = scratch ? 0 : error_memory(error);
    if (status == 0 && !task->brief) {
        pooled = ARENA_NEW(scratch, struct mean_gap_pool);
        struct influence sums = {ARENA_ARRAY(scratch, double, task->reference->rows + 1),
                                 ARENA_ARRAY(scratch, double, task->subject->rows + 1)};
        if (!pooled || !sums.first || !sums.second)
            status = error_memory(error);
        else
            *pooled = (struct mean_gap_pool){.sums = sums};
    }
    if (status == 0)
        status = count_joint(t, pooled, arena, error);
    if (status == 0)
        status = mean_gap_compute_with(task, t->count, trend_part, t, pooled, arena, mean, error);
    arena_free(scratch);
    return status;
}

static int describe(const struct trends *t, const struct mean_gap *mean, cJSON *details, struct error *error)
{
    static const char *const kinds[] = {"correlation", "contingency", "mixed"};
    cJSON *list = json_add_array(details, "pairs");
    if (!list)
        return error_memory(error);
    for (size_t i = 0; i < mean->count; i++) {
        cJSON *item = json_push_object(list);
        if (!item)
            return error_memory(error);
        json_add_string(item, "a", t->task->data->schema->columns[t->pairs[i].a].name);
        json_add_string(item, "b", t->task->data->schema->columns[t->pairs[i].b].name);
        json_add_string(item, "kind", kinds[pair_kind(t, i)]);
        json_add_number(item, "score", 1 - mean->parts[i].distance);
        if (isnan(mean->parts[i].distance))
            json_add_string(item, "note", "no correlation: one of the columns is constant or empty in the real table");
        else if (shows_no_trend(t, i))
            json_add_string(item, "note",
                            mean->parts[i].distance < 1
                                ? "one of the columns is constant in the candidate: counts as no correlation"
                                : "fewer than two rows of the candidate have both values: counts as nothing in common");
    }
    return 0;
}

static void say(const struct trends *t, const struct mean_gap *mean, struct result *result)
{
    size_t worst = mean_gap_worst(mean);
    struct short_name a = short_name(t->task->data->schema->columns[t->pairs[worst].a].name);
    struct short_name b = short_name(t->task->data->schema->columns[t->pairs[worst].b].name);
    double distance = mean->parts[worst].distance;
    struct interval interval = gap_interval(distance, mean->parts[worst].bias, mean->parts[worst].se, t->task->level);
    snprintf(
        result->finding, sizeof result->finding,
        "Pairs of columns go together as in the real table to %.1f %% on average over %zu pairs; the least alike are '%s' and "
        "'%s' with %.1f %%.",
        100 * result->value, mean->defined, a.text, b.text, 100 * (1 - distance));
    if (distance > 0.1 && interval.lo > 0.02)
        snprintf(result->remedy, sizeof result->remedy, "Model '%s' and '%s' together, or one given the other.", a.text,
                 b.text);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct trends t = {.task = task};
    struct mean_gap mean;
    int status = choose_pairs(&t, result->arena, error);
    if (status == 0)
        status = compute(&t, result->arena, &mean, error);
    if (status)
        return status;
    if (mean.defined == 0)
        return error_set(error, ERROR_UNMEASURABLE,
                         "no pair of columns can be compared: there are fewer than two, or all are "
                         "constant");
    mean_gap_result(task, &mean, true, result);
    if (task->brief)
        return 0;
    say(&t, &mean, result);
    result->details = cJSON_CreateObject();
    return result->details ? describe(&t, &mean, result->details, error) : error_memory(error);
}

const struct measure measure_fidelity_pair_trends = {
    .id = "fidelity.pair_trends",
    .title = "Trends between pairs of columns",
    .summary = "How closely every two columns go together as they do in the real table, averaged over the pairs.",
    .definition = "Mean over pairs. Two numeric columns (or dates): 1 − |ρ_real − ρ_synthetic|/2, Pearson's correlation over "
                  "rows where both "
                  "are present; a column that the candidate made constant counts as no correlation, one it emptied as 0; pairs "
                  "undefined in the real table are listed, not averaged. Any other pair: 1 − the total variation "
                  "distance of "
                  "the joint tables, missing values a category of their own, numeric columns cut at the training column's "
                  "deciles with one "
                  "bin below and one above. Of more than 5,000 pairs (100 columns) a seeded sample of 5,000 draws is compared.",
    .reading = "1 means every pair goes together as in the real table. Compare with the honest case and with the control of "
               "independent "
               "columns: joint tables with many cells stay well below 1 for fresh real rows too. It sees pairs only: three "
               "columns can go "
               "together in ways that no pair shows.",
    .unit = "share",
    .reference = "SDMetrics CorrelationSimilarity and ContingencySimilarity; mixed pairs differ on purpose (same bins for both "
                 "tables), see the measure's page",
    .dimension = DIMENSION_FIDELITY,
    .direction = DIRECTION_HIGHER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_TWO_COLUMNS,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_INDEPENDENT,
    .best = 1,
    .cost = COST_MEDIUM,
    .version = 3,
    .artifacts = "fidelity.view, fidelity.lanes",
    .run = run,
};
