/* fairness.association: do group and label depend on each other as strongly in the subject as in the reference? */
#include <math.h>
#include <stdio.h>

#include "metrics/fairness/grouped.h"
#include "numeric/dependence.h"

/* Strength of the dependence in one table. */
struct strength {
    size_t n; /* rows with a group and a label */
    double value, lo, hi;
};

struct link {
    const char *column;
    struct strength reference, subject;
    double difference, lo, hi; /* subject − reference */
};

struct links {
    struct link *link;
    size_t n;
};

/* Rows that have a group and a label, as codes or numbers. */
struct pairs {
    uint32_t *group, *class;
    double *number, *influence;
    size_t n;
};

static int take_pairs(const struct table *table, const uint32_t *group, size_t target, struct arena *arena, struct pairs *pairs,
                      struct error *error)
{
    const struct column *label = &table->columns[target];
    *pairs = (struct pairs){ARENA_ARRAY(arena, uint32_t, table->rows + 1), ARENA_ARRAY(arena, uint32_t, table->rows + 1),
                            ARENA_ARRAY(arena, double, table->rows + 1), ARENA_ARRAY(arena, double, table->rows + 1), 0};
    if (!pairs->group || !pairs->class || !pairs->number || !pairs->influence)
        return error_memory(error);
    for (size_t i = 0; i < table->rows; i++) {
        if (group[i] == GROUP_NONE || (label->number ? isnan(label->number[i]) : label->code[i] == CODE_MISSING))
            continue;
        pairs->group[pairs->n] = group[i];
        if (label->number)
            pairs->number[pairs->n++] = label->number[i];
        else
            pairs->class[pairs->n++] = label->code[i];
    }
    return 0;
}

/* The strength is the root of a square; so are the ends of its interval. The variance of the square adds that of its noise
 * where there is no dependence to that of its linear part. */
static int measure_strength(const struct table *table, const uint32_t *group, size_t groups, size_t target, double z,
                            struct strength *out, struct error *error)
{
    struct arena *arena = arena_new();
    struct dependence d;
    struct pairs pairs = {0};
    int status = arena ? take_pairs(table, group, target, arena, &pairs, error) : error_memory(error);
    if (status == 0 && table->columns[target].number)
        status = dependence_ratio(pairs.number, pairs.group, pairs.n, groups, pairs.influence, &d, error);
    else if (status == 0)
        status = dependence_cramer(&(struct coded_pair){pairs.group, pairs.class, pairs.n}, groups,
                                   table->schema->columns[target].n_levels, pairs.influence, &d, error);
    if (status == 0) {
        double reach = z * sqrt(d.linear + d.noise);
        bool known = !isnan(d.strength);
        *out = (struct strength){pairs.n, known ? fmin(1, sqrt(fmax(0, d.square))) : NAN, sqrt(fmax(0, d.square - reach)),
                                 fmin(1, sqrt(fmax(0, d.square + reach)))};
    }
    arena_free(arena);
    return status;
}

static int measure_link(const struct measure_task *task, const struct grouped *grouped, size_t p, double z, struct link *link,
                        struct error *error)
{
    const struct partition *partition = &grouped->partitions[p];
    struct strength *r = &link->reference, *s = &link->subject;
    link->column = partition->name;
    int status = measure_strength(task->reference, grouped->reference[p], partition->groups, task->data->target, z, r, error);
    if (status == 0)
        status = measure_strength(task->subject, grouped->subject[p], partition->groups, task->data->target, z, s, error);
    if (status != 0)
        return status;
    link->difference = s->value - r->value;
    link->lo = link->difference - hypot(s->value - s->lo, r->hi - r->value);
    link->hi = link->difference + hypot(s->hi - s->value, r->value - r->lo);
    return 0;
}

/* A subject of one group or one class has no dependence left: its strength is 0, if the reference has both. */
static void settle(struct link *link)
{
    if (isnan(link->reference.value) || !isnan(link->subject.value))
        return;
    link->subject.value = link->subject.lo = link->subject.hi = 0;
    link->difference = -link->reference.value;
    link->lo = -link->reference.hi;
    link->hi = -link->reference.lo;
}

static int collect(const struct measure_task *task, struct links *links, struct arena *arena, struct error *error)
{
    struct grouped grouped = {0};
    size_t columns = 0;
    int status = grouped_make(task, arena, &grouped, error);
    if (status != 0)
        return status;
    links->link = ARENA_ARRAY(arena, struct link, grouped.n + 1);
    if (!links->link)
        return error_memory(error);
    for (size_t p = 0; p < grouped.n; p++)
        columns += grouped.partitions[p].column != task->data->target;
    double z = simultaneous_quantile(columns, task->level);
    for (size_t p = 0; status == 0 && p < grouped.n; p++) {
        if (grouped.partitions[p].column == task->data->target)
            continue;
        struct link *link = &links->link[links->n++];
        status = measure_link(task, &grouped, p, z, link, error);
        if (status == 0)
            settle(link);
    }
    return status;
}

static const struct link *worst_link(const struct links *links, struct result *result)
{
    const struct link *worst = NULL;
    result->value = result->lo = result->hi = 0;
    for (size_t p = 0; p < links->n; p++) {
        const struct link *link = &links->link[p];
        if (isnan(link->difference))
            continue;
        result->lo = fmax(result->lo, fmax(link->lo, -link->hi));
        result->hi = fmax(result->hi, fmax(-link->lo, link->hi));
        if (!worst || fabs(link->difference) > result->value) {
            worst = link;
            result->value = fabs(link->difference);
        }
    }
    return worst;
}

static void add_strength(cJSON *item, const char *key, const struct strength *strength)
{
    cJSON *object = json_add_object(item, key);
    json_add_number(object, "n", (double)strength->n);
    json_add_number(object, "value", strength->value);
    json_add_number(object, "lo", strength->lo);
    json_add_number(object, "hi", strength->hi);
}

static int describe(const struct links *links, bool numbers, struct result *result, struct error *error)
{
    result->details = cJSON_CreateObject();
    json_add_string(result->details, "strength", numbers ? "correlation ratio" : "Cramér's V");
    cJSON *list = json_add_array(result->details, "columns");
    for (size_t p = 0; p < links->n; p++) {
        const struct link *link = &links->link[p];
        cJSON *item = json_push_object(list);
        json_add_string(item, "column", link->column);
        add_strength(item, "reference", &link->reference);
        add_strength(item, "subject", &link->subject);
        json_add_number(item, "difference", link->difference);
        json_add_number(item, "lo", link->lo);
        json_add_number(item, "hi", link->hi);
    }
    return json_complete(result->details) ? 0 : error_memory(error);
}

static void word(const struct measure_task *task, const struct link *worst, bool numbers, struct result *result)
{
    const char *target = task->data->schema->columns[task->data->target].name;
    snprintf(result->finding, sizeof result->finding,
             "'%.80s' and '%.80s' depend on each other %s among real rows in the candidate: %s %.2f against %.2f.",
             worst->column, target,
             result->lo <= 0         ? "about as strongly as"
             : worst->difference < 0 ? "less strongly than"
                                     : "more strongly than",
             numbers ? "correlation ratio" : "Cramér's V", worst->subject.value, worst->reference.value);
    if (result->lo > 0)
        snprintf(result->remedy, sizeof result->remedy, "Look at how '%.80s' is drawn given '%.80s' in the candidate.", target,
                 worst->column);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct arena *arena = arena_new();
    struct links links = {0};
    bool numbers = column_kind(&task->data->schema->columns[task->data->target]) == KIND_QUANTITY;
    int status = arena ? collect(task, &links, arena, error) : error_memory(error);
    const struct link *worst = status == 0 ? worst_link(&links, result) : NULL;
    if (status == 0 && !worst)
        status = error_set(error, ERROR_UNMEASURABLE,
                           "no sensitive column beside the target has two groups of labelled rows in the real table");
    if (status == 0) {
        result->n = task->subject->rows;
        result->method = "difference of Wald intervals (MOVER, Šidák)";
        if (!task->brief && !task->plain) {
            word(task, worst, numbers, result);
            status = describe(&links, numbers, result, error);
        }
    }
    arena_free(arena);
    return status;
}

const struct measure measure_fairness_association = {
    .id = "fairness.association",
    .title = "Dependence of group and label",
    .summary = "Whether group and label depend on each other as strongly in the candidate as among real rows.",
    .definition =
        "Cramér's V with Bergsma's correction between the groups of a sensitive column and the classes of the target, over "
        "rows that have both, in the candidate and in the real table. The value is the largest absolute difference over "
        "columns. Numeric target: the correlation ratio of the target given the group, freed of noise (Kelley's ε). Groups of "
        "fewer than k training rows are one pool, which is a group here; missing is a group. A candidate of one group or one "
        "class has strength 0.",
    .reading = "0: group and label depend on each other as much as among real rows. 0.1 is a clear change: a V of 0.1 is weak "
               "dependence, 0.3 strong. It does not say for which group: see fairness.label_gap.",
    .unit = "difference of V",
    .reference = "Bergsma 2013, J. Korean Stat. Soc. 42, 323; Kelley 1935, PNAS 21, 554; interval: Donner, Zou 2012",
    .dimension = DIMENSION_FAIRNESS,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
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
