/* fairness.group_fidelity: are the single columns of every group distributed as among real rows of that group? */
#include <math.h>
#include <stdio.h>

#include "metrics/fairness/grouped.h"
#include "metrics/fidelity/views.h"
#include "metrics/fidelity/words.h"
#include "numeric/gap.h"

/* Rows of one group in one table, and room for one column of them. */
struct part {
    const struct table *table;
    uint32_t *row;
    size_t rows;
    double *number, *sorted, *influence;
    uint32_t *code;
};

struct group {
    const struct partition *partition;
    size_t number, reference, subject; /* rows */
    bool used;
    double distance, lo, hi;             /* mean over columns, at this number of rows */
    double population_lo, population_hi; /* of the populations */
    size_t worst;                        /* column */
    double worst_distance;
};

struct groups {
    struct group *group;
    size_t n, used;
};

/* 100 rows: two samples of them from one population are .12 apart in KS on average (.869 √(2/100)). */
static size_t least_rows(const struct measure_task *task)
{
    return task->min_group > 100 ? task->min_group : 100;
}

static int part_new(const struct table *table, struct arena *arena, struct part *part, struct error *error)
{
    size_t n = table->rows + 1;
    *part = (struct part){table,
                          ARENA_ARRAY(arena, uint32_t, n),
                          0,
                          ARENA_ARRAY(arena, double, n),
                          ARENA_ARRAY(arena, double, n),
                          ARENA_ARRAY(arena, double, n),
                          ARENA_ARRAY(arena, uint32_t, n)};
    return part->row && part->number && part->sorted && part->influence && part->code ? 0 : error_memory(error);
}

static void part_choose(struct part *part, const uint32_t *group, size_t wanted)
{
    part->rows = 0;
    for (size_t i = 0; i < part->table->rows; i++)
        if (group[i] == wanted)
            part->row[part->rows++] = (uint32_t)i;
    for (size_t i = 0; i < part->rows; i++)
        part->influence[i] = 0;
}

/* Takes a column of the rows; returns how many cells are present. Missing codes become `missing`. */
static size_t part_take(struct part *part, size_t column, uint32_t missing)
{
    const struct column *cells = &part->table->columns[column];
    size_t present = 0;
    for (size_t i = 0; i < part->rows; i++) {
        uint32_t row = part->row[i];
        if (cells->number) {
            part->number[i] = cells->number[row];
            continue;
        }
        part->code[i] = cells->code[row] == CODE_MISSING ? missing : cells->code[row];
        present += part->code[i] != missing;
    }
    return cells->number ? empirical_sort(part->number, part->rows, part->sorted) : present;
}

/* The distance of one column as in fidelity.column_shapes: 1 where only one of the parts has values, NaN where neither has. */
static int column_distance(struct part *real, struct part *subject, size_t column, struct gap *gap, struct error *error)
{
    const struct column_schema *schema = &real->table->schema->columns[column];
    const struct influence influence = {real->influence, subject->influence};
    size_t a = part_take(real, column, schema->n_levels), b = part_take(subject, column, schema->n_levels);
    *gap = (struct gap){.distance = a != b ? 1 : NAN};
    if (a == 0 || b == 0)
        return 0;
    if (column_kind(schema) == KIND_QUANTITY) {
        gap_ks(&(struct gap_sample){real->number, real->sorted, real->rows, a},
               &(struct gap_sample){subject->number, subject->sorted, subject->rows, b}, &influence, gap);
        return 0;
    }
    return gap_shares(real->code, real->rows, subject->code, subject->rows, (size_t)schema->n_levels + 1, schema->n_levels,
                      &influence, gap, error);
}

static int judge_group(const size_t *columns, size_t count, struct part *real, struct part *subject, double level,
                       struct group *group, struct error *error)
{
    double sum = 0, bias = 0;
    size_t defined = 0;
    group->worst_distance = -1;
    for (size_t i = 0; i < count; i++) {
        struct gap gap;
        if (columns[i] == group->partition->column)
            continue;
        int status = column_distance(real, subject, columns[i], &gap, error);
        if (status != 0)
            return status;
        if (isnan(gap.distance))
            continue;
        sum += gap.distance;
        bias += gap.bias;
        defined++;
        if (gap.distance > group->worst_distance) {
            group->worst_distance = gap.distance;
            group->worst = columns[i];
        }
    }
    group->used = defined > 0;
    if (!group->used)
        return 0;
    double se = influence_se(&(struct influence){real->influence, subject->influence}, real->rows, subject->rows, defined);
    group->distance = sum / (double)defined;
    struct interval range = gap_range(group->distance, se, level);
    struct interval population = gap_interval(group->distance, bias / (double)defined, se, level);
    group->lo = range.lo;
    group->hi = range.hi;
    group->population_lo = population.lo;
    group->population_hi = population.hi;
    return 0;
}

/* Lists the groups with their rows; those that are not used yet have enough of them. Returns how many these are. */
static size_t list_groups(const struct measure_task *task, const struct grouped *grouped, struct groups *groups)
{
    size_t enough = 0;
    for (size_t p = 0; p < grouped->n; p++) {
        struct group *first = &groups->group[groups->n];
        for (size_t g = 0; g < grouped->partitions[p].groups; g++)
            first[g] = (struct group){.partition = &grouped->partitions[p], .number = g};
        for (size_t i = 0; i < grouped->reference_rows; i++)
            if (grouped->reference[p][i] != GROUP_NONE)
                first[grouped->reference[p][i]].reference++;
        for (size_t i = 0; i < grouped->subject_rows; i++)
            if (grouped->subject[p][i] != GROUP_NONE)
                first[grouped->subject[p][i]].subject++;
        for (size_t g = 0; g < grouped->partitions[p].groups; g++) {
            first[g].used = grouped_named(&grouped->partitions[p], g) && first[g].reference >= least_rows(task) &&
                            first[g].subject >= least_rows(task);
            enough += first[g].used;
        }
        groups->n += grouped->partitions[p].groups;
    }
    return enough;
}

static int collect(const struct measure_task *task, struct groups *groups, struct arena *arena, struct error *error)
{
    struct grouped grouped = {0};
    struct part real, subject;
    const size_t *columns;
    size_t count, most = 0;
    int status = grouped_make(task, arena, &grouped, error);
    if (status == 0)
        status = fidelity_columns(task, arena, &columns, &count, error);
    if (status == 0)
        status = part_new(task->reference, arena, &real, error);
    if (status == 0)
        status = part_new(task->subject, arena, &subject, error);
    if (status != 0)
        return status;
    for (size_t p = 0; p < grouped.n; p++)
        most += grouped.partitions[p].groups;
    groups->group = ARENA_ARRAY(arena, struct group, most + 1);
    if (!groups->group)
        return error_memory(error);
    size_t enough = list_groups(task, &grouped, groups);
    for (size_t g = 0; status == 0 && g < groups->n; g++) {
        struct group *group = &groups->group[g];
        size_t p = (size_t)(group->partition - grouped.partitions);
        if (!group->used)
            continue;
        part_choose(&real, grouped.reference[p], group->number);
        part_choose(&subject, grouped.subject[p], group->number);
        status = judge_group(columns, count, &real, &subject, pow(task->level, 1 / (double)enough), group, error);
        groups->used += group->used;
    }
    return status;
}

static const struct group *worst_group(const struct groups *groups, double level, struct result *result)
{
    const struct group *worst = NULL;
    double lo = 0, hi = 0, population_lo = 0, population_hi = 0;
    for (size_t g = 0; g < groups->n; g++) {
        const struct group *group = &groups->group[g];
        if (!group->used)
            continue;
        lo = fmax(lo, group->lo);
        hi = fmax(hi, group->hi);
        population_lo = fmax(population_lo, group->population_lo);
        population_hi = fmax(population_hi, group->population_hi);
        if (!worst || group->distance > worst->distance)
            worst = group;
    }
    if (worst) {
        result->value = 1 - worst->distance;
        result->lo = fmax(0, 1 - hi);
        result->hi = 1 - lo;
        result->method = "influence values, on the log scale (Šidák over groups)";
        result->population =
            (struct interval){fmax(0, 1 - population_hi), 1 - population_lo, level, "influence values (Šidák)"};
    }
    return worst;
}

static int describe(const struct measure_task *task, const struct groups *groups, struct result *result, struct error *error)
{
    result->details = cJSON_CreateObject();
    cJSON *list = json_add_array(result->details, "groups");
    for (size_t g = 0; g < groups->n; g++) {
        const struct group *group = &groups->group[g];
        cJSON *item = json_push_object(list);
        json_add_string(item, "column", group->partition->name);
        json_add_string(item, "group", group->partition->names[group->number]);
        json_add_number(item, "n_reference", (double)group->reference);
        json_add_number(item, "n_subject", (double)group->subject);
        json_add_bool(item, "used", group->used);
        if (!group->used) {
            bool pool = !grouped_named(group->partition, group->number);
            json_add_string(item, "reason", pool ? "a pool of small groups" : "too few rows in one of the tables");
            continue;
        }
        json_add_number(item, "score", 1 - group->distance);
        json_add_number(item, "lo", 1 - group->population_hi);
        json_add_number(item, "hi", 1 - group->population_lo);
        json_add_string(item, "worst", task->data->schema->columns[group->worst].name);
        json_add_number(item, "worst_score", 1 - group->worst_distance);
    }
    json_add_number(result->details, "least_rows", (double)least_rows(task));
    return json_complete(result->details) ? 0 : error_memory(error);
}

static void word(const struct measure_task *task, const struct groups *groups, const struct group *worst, struct result *result)
{
    struct short_name column = short_name(task->data->schema->columns[worst->worst].name);
    int length = snprintf(result->finding, sizeof result->finding,
                          "Within the groups, single columns are least like the real ones in '%.80s' of '%.80s': %.1f %% on "
                          "average; there '%s' is worst with %.1f %%.",
                          worst->partition->names[worst->number], worst->partition->name, 100 * result->value, column.text,
                          100 * (1 - worst->worst_distance));
    if (groups->used < groups->n && length > 0 && (size_t)length < sizeof result->finding)
        snprintf(result->finding + length, sizeof result->finding - (size_t)length,
                 " %zu group%s cannot be judged: pooled, or fewer than %zu rows in one of the tables.",
                 groups->n - groups->used, groups->n - groups->used == 1 ? "" : "s", least_rows(task));
    if (worst->worst_distance > 0.1)
        snprintf(result->remedy, sizeof result->remedy, "Look at how '%s' is drawn in the group '%.80s' of '%.80s'.",
                 column.text, worst->partition->names[worst->number], worst->partition->name);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct arena *arena = arena_new();
    struct groups groups = {0};
    int status = arena ? collect(task, &groups, arena, error) : error_memory(error);
    const struct group *worst = status == 0 ? worst_group(&groups, task->level, result) : NULL;
    if (status == 0 && !worst)
        status = error_set(error, ERROR_UNMEASURABLE,
                           "no group of the sensitive columns has %zu rows in both tables and another column to compare",
                           least_rows(task));
    if (status == 0) {
        result->n = task->subject->rows;
        if (!task->brief && !task->plain) {
            word(task, &groups, worst, result);
            status = describe(task, &groups, result, error);
        }
    }
    arena_free(arena);
    return status;
}

const struct measure measure_fairness_group_fidelity = {
    .id = "fairness.group_fidelity",
    .title = "Shapes of columns within groups",
    .summary = "Whether single columns are distributed as among real rows in every group of the sensitive columns.",
    .definition =
        "fidelity.column_shapes within each group of a sensitive column: the group's rows of the candidate against its real "
        "rows, mean over the other columns of 1 − Kolmogorov-Smirnov distance (numbers, dates) or 1 − total variation "
        "(levels). The value is that of the worst group. A group enters with at least max(k, 100) rows in both tables; groups "
        "of fewer than k training rows are pooled, and the pool does not enter. The interval holds for all groups at once "
        "(Šidák).",
    .reading = "1: in every group all columns have their real distribution. Small groups are further apart by chance alone "
               "(.12 in KS at 100 rows), so compare with fresh real rows and with the interval of the populations. A "
               "generator that draws a small group from the majority's columns is seen here, not in fidelity.column_shapes.",
    .unit = "share",
    .reference = "this project; distances as in SDMetrics' KSComplement and TVComplement",
    .dimension = DIMENSION_FAIRNESS,
    .direction = DIRECTION_HIGHER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_SENSITIVE | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_UNIFORM,
    .best = 1,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "",
    .run = run,
};
