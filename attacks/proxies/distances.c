#include "attacks/proxies/distances.h"

#include <math.h>
#include <stdlib.h>

#include "attacks/proxies/leave_out.h"
#include "attacks/proxies/share.h"
#include "core/hash.h"
#include "numeric/empirical.h"
#include "numeric/sort.h"

/* A table in one of its parts. */
struct side {
    const struct table *table;
    const struct neighbour_table *coded;
    size_t rows;
};

static int find_side(const struct measure_task *task, enum party party, struct side *side, struct error *error)
{
    const struct equal_tables *pair = NULL;
    int status;

    if (party == PARTY_SUBJECT || party == PARTY_REFERENCE) {
        side->table = party == PARTY_SUBJECT ? task->subject : task->reference;
        side->rows = side->table->rows;
        status = coded_table(task, NEIGHBOUR_GOWER, side->table, &side->coded, error);
    } else {
        status = coded_equals(task, NEIGHBOUR_GOWER, &pair, error);
        if (status)
            return status;
        side->table = party == PARTY_TRAIN ? task->reference : stranger_table(task);
        side->coded = party == PARTY_TRAIN ? pair->train : pair->strangers;
        side->rows = task->reference->rows < stranger_table(task)->rows ? task->reference->rows : stranger_table(task)->rows;
    }
    if (!status && side->rows < 3)
        status = error_set(error, ERROR_UNMEASURABLE, "distances to the nearest rows need at least three rows in every table");
    return status;
}

struct search {
    const struct measure_task *task;
    struct side from, to;
};

static int make_nearest(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct search *search = context;
    bool itself = search->from.coded == search->to.coded;
    bool outward = search->from.table == search->task->subject && !itself;
    struct neighbour_options options = {.k = outward ? 3 : 2, .exclude_self = itself};
    struct nearest *nearest = ARENA_NEW(arena, struct nearest);

    *artifact = nearest;
    if (!nearest)
        return error_memory(error);
    nearest->others = search->to.rows;
    return neighbour_search(search->from.coded, search->to.coded, options, search->task->pool, arena, &nearest->list, NULL,
                            error);
}

/* A cut table is one of its seed; the same two tables are at another distance under another reference's scale. */
int nearest_rows(const struct measure_task *task, enum party from, enum party to, const struct nearest **nearest,
                 struct error *error)
{
    struct search search = {.task = task};
    bool cut;
    uint64_t number;
    void *artifact = NULL;
    int status = find_side(task, from, &search.from, error);

    if (!status)
        status = find_side(task, to, &search.to, error);
    if (status)
        return status;
    cut = search.from.rows < search.from.table->rows || search.to.rows < search.to.table->rows;
    number = hash_mix(hash_mix(search.from.rows, search.to.rows), search.to.table == task->reference);
    status = artifact_get(task->artifacts, "nearest rows", search.from.table, search.to.table,
                          cut ? hash_mix(number, task->seed) : number, make_nearest, NULL, &search, &artifact, error);
    *nearest = artifact;
    return status;
}

double is_nearer(double a, double b)
{
    return fabs(a - b) <= DISTANCE_TIE ? .5 : a < b ? 1 : 0;
}

static double effective_rows(const double *load, size_t n, size_t rows)
{
    double mean = (double)rows / (double)n, sum = 0;

    for (size_t r = 0; r < n; r++)
        sum += (load[r] - mean) * (load[r] - mean);
    return sum > (double)rows ? (double)rows * (double)rows / sum : (double)rows;
}

int count_nearer(const struct nearest *train, const struct nearest *strangers, struct nearer_rows *out, struct error *error)
{
    size_t real = train->others + strangers->others;
    double *load = calloc(real + 1, sizeof *load);

    *out = (struct nearer_rows){.rows = train->list.rows};
    if (!load)
        return error_memory(error);
    for (size_t i = 0; i < out->rows; i++) {
        double to_train = is_nearer(nearest_distance(train, i), nearest_distance(strangers, i));

        out->train += to_train > .5;
        out->strangers += to_train < .5;
        load[train->list.row[i * train->list.k]] += to_train;
        load[train->others + strangers->list.row[i * strangers->list.k]] += 1 - to_train;
    }
    out->ties = out->rows - out->train - out->strangers;
    out->effective = effective_rows(load, real, out->rows);
    free(load);
    return 0;
}

int nearer_details(const struct nearer_rows *rows, struct result *result, struct error *error)
{
    result->details = cJSON_CreateObject();
    if (!result->details)
        return error_memory(error);
    json_add_number(result->details, "closer_train", (double)rows->train);
    json_add_number(result->details, "closer_holdout", (double)rows->strangers);
    json_add_number(result->details, "ties", (double)rows->ties);
    json_add_number(result->details, "effective_rows", rows->effective);
    return 0;
}

/* Jackknife variance of the share of rows at or below q over the rows that are nearest to them. */
static int variance_below(const struct nearest *nearest, double q, double *variance, struct error *error)
{
    const struct neighbour_list *list = &nearest->list;
    double *change = calloc(nearest->others + 1, sizeof *change);

    if (!change)
        return error_memory(error);
    for (size_t i = 0; i < list->rows; i++) {
        const double *distance = list->distance + i * list->k;

        if (distance[0] <= q + DISTANCE_TIE && distance[1] > q + DISTANCE_TIE)
            change[list->row[i * list->k]] -= 1 / (double)list->rows;
    }
    *variance = leave_out_variance(change, nearest->others);
    free(change);
    return 0;
}

int quantile_of_nearest(const struct nearest *nearest, double p, double level, struct distance_quantile *out,
                        struct error *error)
{
    size_t n = nearest->list.rows;
    double *sorted = calloc(n + 1, sizeof *sorted), variance = 0;
    int status = sorted ? 0 : error_memory(error);

    if (!status) {
        for (size_t i = 0; i < n; i++)
            sorted[i] = nearest_distance(nearest, i);
        sort_doubles(sorted, n);
        out->value = quantile_sorted(sorted, n, p);
        status = variance_below(nearest, out->value, &variance, error);
    }
    if (!status) {
        struct interval interval = share_interval(p, n, variance, level);

        out->lo = quantile_sorted(sorted, n, interval.lo);
        out->hi = quantile_sorted(sorted, n, interval.hi);
    }
    free(sorted);
    return status;
}
