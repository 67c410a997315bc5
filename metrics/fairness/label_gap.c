/* fairness.label_gap: do the labels of the groups lie as far apart in the subject as in the reference? */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "metrics/fairness/grouped.h"

/* Label of the rows of one group of one table. */
struct side {
    size_t n; /* rows that have a label */
    double sum, mean, squares;
    double variance; /* of the mean */
};

enum { REFERENCE, SUBJECT, TABLES };

struct group_label {
    struct side side[TABLES];
    double shift; /* mean in the subject − mean in the reference */
    bool enters;
};

/* One sensitive column and one class, or a numeric target. */
struct cell {
    const struct partition *partition;
    const char *class; /* NULL: numeric target */
    struct group_label *groups;
    size_t entering;
    size_t high, low; /* the entering groups whose labels rose most and least */
    double change, lo, hi;
};

struct cells {
    struct cell *cell;
    size_t n, comparisons;
    double critical;
};

/* The label as a number: 1 where it is the class, 0 where it is another, or a quantity in standard deviations of the reference;
 * NaN where it is missing. */
struct label {
    size_t column;
    uint32_t class;
    double unit;
};

static double label_of(const struct table *table, const struct label *label, size_t row)
{
    const struct column *column = &table->columns[label->column];
    if (column->number)
        return column->number[row] / label->unit;
    return column->code[row] == CODE_MISSING ? NAN : column->code[row] == label->class;
}

/* Two passes. The variance of a share is that of one success and one failure more (Agresti and Caffo 2000), so that a share of
 * 0 or 1 is not taken for certain. */
static void gather(const struct table *table, const struct label *label, const uint32_t *group, size_t groups, int which,
                   struct group_label *out)
{
    bool number = table->columns[label->column].number != NULL;
    for (size_t i = 0; i < table->rows; i++) {
        double y = label_of(table, label, i);
        if (group[i] >= groups || isnan(y))
            continue;
        out[group[i]].side[which].n++;
        out[group[i]].side[which].sum += y;
    }
    for (size_t g = 0; g < groups; g++)
        out[g].side[which].mean = out[g].side[which].sum / (double)out[g].side[which].n;
    for (size_t i = 0; number && i < table->rows; i++) {
        double y = label_of(table, label, i);
        if (group[i] >= groups || isnan(y))
            continue;
        struct side *side = &out[group[i]].side[which];
        side->squares += (y - side->mean) * (y - side->mean);
    }
    for (size_t g = 0; g < groups; g++) {
        struct side *side = &out[g].side[which];
        double n = (double)side->n, p = (side->sum + 1) / (n + 2);
        side->variance = number ? side->squares / ((n - 1) * n) : p * (1 - p) / (n + 2);
    }
}

static int fill_cell(const struct measure_task *task, const struct grouped *grouped, size_t p, const struct label *label,
                     struct cell *cell, struct arena *arena, struct error *error)
{
    const struct partition *partition = &grouped->partitions[p];
    size_t least = grouped_least_rows(task);
    cell->partition = partition;
    cell->groups = ARENA_ARRAY(arena, struct group_label, partition->groups + 1);
    if (!cell->groups)
        return error_memory(error);
    gather(task->reference, label, grouped->reference[p], partition->groups, REFERENCE, cell->groups);
    gather(task->subject, label, grouped->subject[p], partition->groups, SUBJECT, cell->groups);
    for (size_t g = 0; g < partition->groups; g++) {
        struct group_label *group = &cell->groups[g];
        group->shift = group->side[SUBJECT].mean - group->side[REFERENCE].mean;
        group->enters = grouped_named(partition, g) && group->side[REFERENCE].n >= least && group->side[SUBJECT].n >= least;
        cell->entering += group->enters;
    }
    return 0;
}

/* Classes told from the rest: of two the positive one; of more those that at least k training rows have. */
static int list_labels(const struct measure_task *task, struct arena *arena, struct label **labels, size_t *n,
                       struct error *error)
{
    const struct dataset *data = task->data;
    const struct column_schema *target = &data->schema->columns[data->target];
    const struct column *train = &data->train.table->columns[data->target];
    size_t classes = target->fitted_levels, *rows = ARENA_ARRAY(arena, size_t, classes + 1);
    *labels = ARENA_ARRAY(arena, struct label, classes + 1);
    *n = 0;
    if (!rows || !*labels)
        return error_memory(error);
    if (column_kind(target) == KIND_QUANTITY) {
        struct sample_moments moments = sample_moments(train->number, data->train.table->rows);
        double sd = sqrt(moments.squares / (double)(moments.count - 1));
        if (!(sd > 0))
            return error_set(error, ERROR_UNMEASURABLE, "the target is constant in the training table");
        (*labels)[(*n)++] = (struct label){data->target, 0, sd};
        return 0;
    }
    for (size_t i = 0; i < data->train.table->rows; i++)
        if (train->code[i] < classes)
            rows[train->code[i]]++;
    for (uint32_t c = 0; c < classes; c++)
        if (rows[c] >= task->min_group && (classes > 2 || c == data->positive))
            (*labels)[(*n)++] = (struct label){data->target, c, 1};
    return *n ? 0
              : error_set(error, ERROR_UNMEASURABLE, "the class that is told from the rest has fewer than %zu training rows",
                          task->min_group);
}

static int collect(const struct measure_task *task, struct cells *cells, struct arena *arena, struct error *error)
{
    struct grouped grouped = {0};
    struct label *labels;
    size_t n;
    int status = grouped_make(task, arena, &grouped, error);
    if (status == 0)
        status = list_labels(task, arena, &labels, &n, error);
    if (status != 0)
        return status;
    cells->cell = ARENA_ARRAY(arena, struct cell, grouped.n * n + 1);
    if (!cells->cell)
        return error_memory(error);
    const struct column_schema *target = &task->data->schema->columns[task->data->target];
    for (size_t p = 0; p < grouped.n; p++)
        for (size_t l = 0; status == 0 && l < n; l++) {
            if (grouped.partitions[p].column == task->data->target)
                continue;
            struct cell *cell = &cells->cell[cells->n++];
            status = fill_cell(task, &grouped, p, &labels[l], cell, arena, error);
            cell->class = column_kind(target) == KIND_QUANTITY ? NULL : target->levels[labels[l].class];
            cells->comparisons += cell->entering * (cell->entering - (cell->entering > 0)) / 2;
        }
    return status;
}

static double shift_variance(const struct group_label *group)
{
    return group->side[REFERENCE].variance + group->side[SUBJECT].variance;
}

/* The largest change over pairs of entering groups, and the simultaneous ends over all of them. */
static void compare(struct cell *cell, double critical)
{
    cell->change = cell->lo = cell->hi = 0;
    for (size_t g = 0; g < cell->partition->groups; g++)
        for (size_t h = 0; h < g; h++) {
            const struct group_label *a = &cell->groups[g], *b = &cell->groups[h];
            if (!a->enters || !b->enters)
                continue;
            double change = a->shift - b->shift, reach = critical * sqrt(shift_variance(a) + shift_variance(b));
            cell->lo = fmax(cell->lo, fabs(change) - reach);
            cell->hi = fmax(cell->hi, fabs(change) + reach);
            if (fabs(change) >= cell->change) {
                cell->change = fabs(change);
                cell->high = change >= 0 ? g : h;
                cell->low = change >= 0 ? h : g;
            }
        }
}

static const struct cell *worst_cell(struct cells *cells, double level, struct result *result)
{
    const struct cell *worst = NULL;
    cells->critical = simultaneous_quantile(cells->comparisons, level);
    result->value = result->lo = result->hi = 0;
    for (size_t c = 0; c < cells->n; c++) {
        struct cell *cell = &cells->cell[c];
        if (cell->entering < 2)
            continue;
        compare(cell, cells->critical);
        result->lo = fmax(result->lo, cell->lo);
        result->hi = fmax(result->hi, cell->hi);
        if (!worst || cell->change > worst->change)
            worst = cell;
    }
    if (worst)
        result->value = worst->change;
    return worst;
}

/* Gap between the two groups of a cell that moved apart most, in one table. */
static double cell_gap(const struct cell *cell, int which)
{
    return cell->groups[cell->high].side[which].mean - cell->groups[cell->low].side[which].mean;
}

static void describe_cell(const struct measure_task *task, const struct cell *cell, cJSON *groups, cJSON *gaps)
{
    for (size_t g = 0; g < cell->partition->groups; g++) {
        const struct group_label *group = &cell->groups[g];
        bool few = group->side[REFERENCE].n < task->min_group;
        cJSON *item = json_push_object(groups);
        json_add_string(item, "column", cell->partition->name);
        if (cell->class)
            json_add_string(item, "class", cell->class);
        json_add_string(item, "group", cell->partition->names[g]);
        json_add_number(item, "n_reference", few ? NAN : (double)group->side[REFERENCE].n);
        json_add_number(item, "n_subject", (double)group->side[SUBJECT].n);
        json_add_number(item, "reference", few ? NAN : group->side[REFERENCE].mean);
        json_add_number(item, "subject", group->side[SUBJECT].mean);
        json_add_bool(item, "enters", group->enters);
    }
    if (cell->entering < 2)
        return;
    cJSON *item = json_push_object(gaps);
    json_add_string(item, "column", cell->partition->name);
    if (cell->class)
        json_add_string(item, "class", cell->class);
    json_add_string(item, "group", cell->partition->names[cell->high]);
    json_add_string(item, "other", cell->partition->names[cell->low]);
    json_add_number(item, "reference", cell_gap(cell, REFERENCE));
    json_add_number(item, "subject", cell_gap(cell, SUBJECT));
    json_add_number(item, "change", cell->change);
    json_add_number(item, "lo", cell->lo);
    json_add_number(item, "hi", cell->hi);
}

static int describe(const struct measure_task *task, const struct cells *cells, struct result *result, struct error *error)
{
    result->details = cJSON_CreateObject();
    cJSON *groups = json_add_array(result->details, "groups"), *gaps = json_add_array(result->details, "gaps");
    for (size_t c = 0; c < cells->n; c++)
        describe_cell(task, &cells->cell[c], groups, gaps);
    json_add_number(result->details, "critical", cells->critical);
    return json_complete(result->details) ? 0 : error_memory(error);
}

static void word(const struct measure_task *task, const struct cell *worst, struct result *result)
{
    const char *target = task->data->schema->columns[task->data->target].name, *column = worst->partition->name;
    const char *high = worst->partition->names[worst->high], *low = worst->partition->names[worst->low];
    double real = cell_gap(worst, REFERENCE), subject = cell_gap(worst, SUBJECT);
    if (worst->class)
        snprintf(result->finding, sizeof result->finding,
                 "Between the groups '%.60s' and '%.60s' of '%.60s' the shares of '%.60s' in '%.60s' lie %+.1f points apart in "
                 "the candidate and %+.1f among real rows: moved by %.1f points (%.1f to %.1f).",
                 high, low, column, worst->class, target, 100 * subject, 100 * real, 100 * result->value, 100 * result->lo,
                 100 * result->hi);
    else
        snprintf(result->finding, sizeof result->finding,
                 "Between the groups '%.60s' and '%.60s' of '%.60s' the means of '%.60s' lie %+.2f standard deviations apart "
                 "in the candidate and %+.2f among real rows: moved by %.2f (%.2f to %.2f).",
                 high, low, column, target, subject, real, result->value, result->lo, result->hi);
    if (result->lo > 0)
        snprintf(result->remedy, sizeof result->remedy,
                 "Draw '%.80s' given '%.80s': the groups' labels must keep their real rates.", target, column);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct arena *arena = arena_new();
    struct cells cells = {0};
    int status = arena ? collect(task, &cells, arena, error) : error_memory(error);
    const struct cell *worst = status == 0 ? worst_cell(&cells, task->level, result) : NULL;
    if (status == 0 && !worst)
        status = error_set(error, ERROR_UNMEASURABLE,
                           "no sensitive column has two groups with at least %zu labelled rows in both tables",
                           grouped_least_rows(task));
    if (status == 0) {
        result->n = task->subject->rows;
        result->method = "simultaneous Wald intervals of differences (Šidák)";
        if (!task->brief && !task->plain) {
            word(task, worst, result);
            status = describe(task, &cells, result, error);
        }
    }
    arena_free(arena);
    return status;
}

const struct measure measure_fairness_label_gap = {
    .id = "fairness.label_gap",
    .title = "Labels of the groups",
    .summary = "Whether the groups' base rates lie as far apart in the candidate as among real rows.",
    .definition =
        "For two groups of a sensitive column and a class of the target: the gap between the groups' shares of the class in "
        "the candidate minus the same gap in the real table. The value is the largest absolute change over pairs of groups, "
        "columns and classes (of two classes the positive one). Numeric target: gap of means in standard deviations of the "
        "training table. A group enters with at least max(k, 50) labelled rows in both tables; groups of fewer than k "
        "training rows are pooled, and the pool is listed only. The interval holds for all pairs at once (Šidák).",
    .reading =
        "0: the candidate keeps the real gaps, small or large. 0.1: somewhere a gap grew, shrank or turned by ten points, and "
        "models will learn that. It says how the gaps changed, not whether they are fair.",
    .unit = "difference of gaps",
    .reference = "base rates by group: Feldman et al. 2015, KDD; variance of shares: Agresti, Caffo 2000",
    .dimension = DIMENSION_FAIRNESS,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 40,
    .needs = NEED_TARGET | NEED_SENSITIVE | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_CANDIDATE,
    .worst = 1,
    .best = 0,
    .cost = COST_LOW,
    .version = 1,
    .artifacts = "",
    .run = run,
};
