#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "metrics/fidelity/kway_lanes.h"
#include "metrics/fidelity/kway_sets.h"
#include "metrics/fidelity/words.h"

enum { ORDER_LEAST = 2, ORDER_MOST = 4, WORST_LISTED = 10 };
enum { PARAMETER_K, PARAMETER_SETS, PARAMETER_LARGER_SETS };

/* All sets of one k. */
struct kway_order {
    struct kway_sets chosen;
    struct joint_gap *gaps;
    double distance, noise; /* mean total variation; what noise alone adds to it */
    double lo, hi;          /* of the distance at this number of rows */
    struct interval population;
    const char *method;
    double relative; /* MRE>10; NaN without such cells */
};

struct kway {
    const struct measure_task *task;
    const struct packed_table *reference, *subject;
    size_t *columns, count;
};

/* Variance of the mean over a sample of the sets, drawn without replacement. */
static double set_variance(const struct kway_order *order)
{
    double squares = 0, count = (double)order->chosen.sets.count, of = (double)order->chosen.of;
    if (count >= of || count < 2)
        return 0;
    for (size_t i = 0; i < order->chosen.sets.count; i++)
        squares += pow(order->gaps[i].gap.distance - order->distance, 2);
    return squares / (count - 1) / count * (1 - count / of);
}

/* Of the distance and of the populations' distance. In that what is noise is learnt from all cells; where they are too few, all
 * that may be noise counts as noise. */
static int order_intervals(const struct kway *w, const struct influence *sums, const struct gap_pool *cells,
                           struct kway_order *order, struct error *error)
{
    double count = (double)order->chosen.sets.count, level = w->task->level;
    double own = influence_se(sums, w->reference->rows, w->subject->rows, order->chosen.sets.count);
    double se = hypot(own, sqrt(set_variance(order)));
    struct interval range = gap_range(order->distance, se, level);
    struct pool_noise noise;
    order->lo = range.lo;
    order->hi = fmin(1, range.hi);
    order->method = range.method;
    int status = gap_pool_noise(cells, own * count, normal_quantile(level), &noise, error);
    if (status == 0) {
        struct gap_centre centre = {order->distance, noise.bias / count, noise.bias_most / count, se};
        order->population = gap_centre_interval(&centre, level);
    } else if (status == ERROR_UNMEASURABLE) {
        order->population = gap_interval(order->distance, order->noise, se, level);
        status = 0;
    }
    order->population.hi = fmin(1, order->population.hi);
    return status;
}

static int order_close(const struct kway *w, const struct influence *sums, const struct gap_pool *cells,
                       struct kway_order *order, struct error *error)
{
    double relative = 0, frequent = 0;
    size_t count = order->chosen.sets.count;
    order->distance = order->noise = 0;
    for (size_t i = 0; i < count; i++) {
        order->distance += order->gaps[i].gap.distance;
        order->noise += order->gaps[i].gap.bias / (double)count;
        relative += order->gaps[i].relative;
        frequent += (double)order->gaps[i].relative_cells;
    }
    order->distance = fmin(1, order->distance / (double)count); /* sums of shares that add up to 1 may round above it */
    if (!sums)
        return 0;
    order->relative = frequent > 0 ? relative / frequent : NAN;
    return order_intervals(w, sums, cells, order, error);
}

/* Distances of up to `most` sets of k columns; interval and relative errors unless the run is brief. */
static int order_compute(const struct kway *w, size_t k, size_t most, struct arena *arena, struct kway_order *order,
                         struct error *error)
{
    const struct measure_task *task = w->task;
    struct influence sums = {NULL, NULL};
    struct arena *scratch = arena_new();
    *order = (struct kway_order){.lo = NAN, .hi = NAN, .relative = NAN};
    int status = scratch ? 0 : error_memory(error);
    if (status == 0)
        status = kway_sets_choose(task->seed, w->columns, w->count, k, most, arena, &order->chosen, error);
    if (status == 0) {
        order->gaps = ARENA_ARRAY(arena, struct joint_gap, order->chosen.sets.count + 1);
        sums.first = ARENA_ARRAY(scratch, double, task->brief ? 1 : w->reference->rows);
        sums.second = ARENA_ARRAY(scratch, double, task->brief ? 1 : w->subject->rows);
        if (!order->gaps || !sums.first || !sums.second)
            status = error_memory(error);
    }
    const struct influence *added = task->brief ? NULL : &sums;
    struct gap_pool *cells = scratch ? ARENA_NEW(scratch, struct gap_pool) : NULL;
    if (status == 0 && !cells)
        status = error_memory(error);
    if (status == 0)
        status =
            counting_gaps_pooled(w->reference, w->subject, &order->chosen.sets, task->pool, order->gaps, added, cells, error);
    if (status == 0)
        status = order_close(w, added, cells, order, error);
    arena_free(scratch);
    return status;
}

static double nist_score(double distance)
{
    return 1000 * (1 - distance);
}

static void describe_sets(const struct kway_order *order, cJSON *item)
{
    json_add_number(item, "k", (double)order->chosen.sets.k);
    json_add_number(item, "sets", (double)order->chosen.sets.count);
    json_add_number(item, "of", (double)order->chosen.of);
}

static void describe_order(const struct kway_order *order, cJSON *item)
{
    describe_sets(order, item);
    json_add_number(item, "tv", order->distance);
    json_add_number(item, "lo", order->lo);
    json_add_number(item, "hi", order->hi);
    json_add_number(item, "noise", order->noise);
    json_add_number(item, "nist", nist_score(order->distance));
    json_add_number(item, "mre10", order->relative);
}

static void describe_value(const struct kway_order *order, cJSON *details)
{
    describe_sets(order, details);
    json_add_number(details, "nist", nist_score(order->distance));
    json_add_number(details, "nist_lo", nist_score(order->hi));
    json_add_number(details, "nist_hi", nist_score(order->lo));
    json_add_number(details, "mre10", order->relative);
}

/* The distance of set i beyond what noise alone makes of it. */
static double excess(const struct kway_order *order, size_t i)
{
    return order->gaps[i].gap.distance - order->gaps[i].gap.bias;
}

/* The sets that are farthest away beyond noise, the worst first; returns how many. */
static size_t find_worst(const struct kway_order *order, size_t worst[WORST_LISTED])
{
    size_t count = 0;
    for (size_t i = 0; i < order->chosen.sets.count; i++) {
        size_t at = count;
        while (at > 0 && excess(order, worst[at - 1]) < excess(order, i))
            at--;
        if (at == WORST_LISTED)
            continue;
        for (size_t j = count < WORST_LISTED ? count++ : WORST_LISTED - 1; j > at; j--)
            worst[j] = worst[j - 1];
        worst[at] = i;
    }
    return count;
}

static int compare_members(const void *left, const void *right)
{
    const uint32_t *x = left, *y = right;
    return (*x > *y) - (*x < *y);
}

/* The members of a set in column order. */
static void sorted_members(const struct kway_order *order, size_t set, uint32_t member[SET_MEMBERS_MOST])
{
    size_t k = order->chosen.sets.k;
    for (size_t j = 0; j < k; j++)
        member[j] = order->chosen.sets.member[set * k + j];
    qsort(member, k, sizeof *member, compare_members);
}

static int describe_worst(const struct kway *w, const struct kway_order *order, cJSON *details, struct error *error)
{
    size_t worst[WORST_LISTED], count = find_worst(order, worst);
    cJSON *list = json_add_array(details, "worst");
    for (size_t i = 0; list && i < count; i++) {
        uint32_t member[SET_MEMBERS_MOST];
        cJSON *item = json_push_object(list), *names = item ? json_add_array(item, "columns") : NULL;
        if (!names)
            return error_memory(error);
        sorted_members(order, worst[i], member);
        for (size_t j = 0; j < order->chosen.sets.k; j++)
            json_push_string(names, w->task->data->schema->columns[member[j]].name);
        json_add_number(item, "tv", order->gaps[worst[i]].gap.distance);
        json_add_number(item, "noise", order->gaps[worst[i]].gap.bias);
    }
    return list ? 0 : error_memory(error);
}

static int describe(const struct kway *w, const struct kway_order *order, struct result *result, struct error *error)
{
    result->details = cJSON_CreateObject();
    cJSON *orders = NULL;
    int status = result->details ? 0 : error_memory(error);
    if (status == 0) {
        describe_value(order, result->details);
        if (!(orders = json_add_array(result->details, "orders")))
            return error_memory(error);
    }
    for (size_t k = ORDER_LEAST; status == 0 && k <= ORDER_MOST && k <= w->count; k++) {
        struct kway_order other = *order;
        size_t own = order->chosen.sets.k;
        double most = w->task->parameters[k > own ? PARAMETER_LARGER_SETS : PARAMETER_SETS].value;
        cJSON *item = json_push_object(orders);
        if (!item)
            return error_memory(error);
        if (k != own)
            status = order_compute(w, k, (size_t)most, result->arena, &other, error);
        if (status == 0)
            describe_order(&other, item);
    }
    return status ? status : describe_worst(w, order, result->details, error);
}

static void say(const struct kway *w, const struct kway_order *order, struct result *result)
{
    size_t worst[WORST_LISTED] = {0}, k = order->chosen.sets.k, used = 0;
    uint32_t member[SET_MEMBERS_MOST];
    char names[300] = "", sampled[80] = "";
    bool beyond;
    find_worst(order, worst);
    sorted_members(order, worst[0], member);
    for (size_t j = 0; j < k && used < sizeof names; j++) {
        struct short_name name = short_name(w->task->data->schema->columns[member[j]].name);
        const char *between = j == 0 ? "" : j + 1 < k ? ", " : " and ";
        used += (size_t)snprintf(names + used, sizeof names - used, "%s'%s'", between, name.text);
    }
    if (order->chosen.of > order->chosen.sets.count)
        snprintf(sampled, sizeof sampled, " (a sample of %.0f)", (double)order->chosen.of);
    beyond = excess(order, worst[0]) > 0;
    snprintf(
        result->finding, sizeof result->finding,
        "Joint tables of %zu columns differ from the real ones by %.1f %% on average over %zu sets%s; noise alone makes up "
        "to %.1f %%. %s: %s with %.1f %% (noise may make up %.1f %%).",
        k, 100 * order->distance, order->chosen.sets.count, sampled, 100 * order->noise,
        beyond ? "Farthest beyond noise" : "No set is farther away than noise makes it; nearest to that", names,
        100 * order->gaps[worst[0]].gap.distance, 100 * order->gaps[worst[0]].gap.bias);
    if (excess(order, worst[0]) > 0.1)
        snprintf(result->remedy, sizeof result->remedy, "Model %.200s together.", names);
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct kway w = {.task = task};
    struct kway_order order;
    int status = kway_columns(task, result->arena, &w.columns, &w.count, error);
    if (status)
        return status;
    if (w.count < ORDER_LEAST || task->reference->rows == 0 || task->subject->rows == 0)
        return error_set(error, ERROR_UNMEASURABLE,
                         "a joint table needs two columns and a row in either table: give more columns or rows");
    size_t k = (size_t)task->parameters[PARAMETER_K].value;
    k = k < w.count ? k : w.count;
    status = table_lanes_get(task, task->reference, &w.reference, error);
    if (status == 0)
        status = table_lanes_get(task, task->subject, &w.subject, error);
    if (status == 0)
        status = order_compute(&w, k, (size_t)task->parameters[PARAMETER_SETS].value, result->arena, &order, error);
    if (status)
        return status;
    result->value = order.distance;
    result->lo = order.lo;
    result->hi = order.hi;
    result->population = order.population;
    result->method = order.method;
    result->n = task->subject->rows;
    if (task->brief)
        return 0;
    say(&w, &order, result);
    return describe(&w, &order, result, error);
}

static const struct parameter parameters[] = {
    [PARAMETER_K] = {"k", "columns in a set", 3, 2, 4},
    [PARAMETER_SETS] = {"sets", "sets compared at most; of more a seeded sample", 1000, 10, 10000},
    [PARAMETER_LARGER_SETS] = {"larger_sets", "sets compared at most for larger k in the details", 100, 10, 10000},
    {NULL, NULL, 0, 0, 0},
};

const struct measure measure_fidelity_kway = {
    .id = "fidelity.kway",
    .title = "Joint tables of three columns",
    .summary = "How far the joint tables of every three columns are from those of the real table, on average.",
    .definition =
        "Mean over all sets of k = 3 columns (k = 2 where there are only two) of the total variation distance "
        "½ Σ |p − q| of their joint tables. Missing values are a category of their own, numeric columns are cut at the "
        "training column's deciles with one bin below and one above. Of more than 1,000 sets a seeded sample of 1,000 "
        "is compared, and the interval includes the sampling. In the details: NIST's score 1000·(1 − mean), MRE>10 (mean "
        "of |p − q|/p over the cells that count more than 10 real rows), and the same for 2 and 4 columns.",
    .reading = "0 means that all joint tables are alike. Tables with many cells differ by chance: fresh real rows may have a "
               "distance of 0.2 and more, so compare with the honest case and with the control of independent columns. "
               "'population' in the details is the range of the distance between the populations, freed of that noise.",
    .unit = "share",
    .reference =
        "k-marginals of the NIST differential privacy challenges (Ridgeway et al. 2021, NIST TN 2151) and SDNist; MRE>10: "
        "Annamalai, Gadotti, Rocher 2024",
    .dimension = DIMENSION_FIDELITY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_TWO_COLUMNS,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_INDEPENDENT,
    .best = 0,
    .cost = COST_MEDIUM,
    .version = 2,
    .artifacts = "fidelity.view, fidelity.lanes",
    .parameters = parameters,
    .run = run,
};
