/* proxy.nnaa: nearest-neighbour adversarial accuracy, and the privacy loss it gives. A proxy, not an attack.
 *
 * AA(T, S) = ½ (share of T's rows nearer to another row of T than to S, plus share of S's rows nearer to another row of S than
 * to T), ties ½; the privacy loss is AA(H, S) − AA(R, S) (Yale et al. 2020). Interval: jackknife over the rows of
 * all three tables; leaving a row out puts the next nearest row in its place. */
#include <math.h>
#include <stdio.h>

#include "attacks/proxies/distances.h"
#include "attacks/proxies/leave_out.h"
#include "numeric/interval.h"

/* Rows of one table: other rows of their own table against the rows of another. */
struct comparison {
    const struct nearest *own, *other;
    double weight; /* of the share in the privacy loss */
    double share;
};

struct sides {
    const struct nearest *within[3]; /* train, strangers, subject */
    double *change[3];
    size_t rows[3];
    double *part;
};

enum { TRAIN, STRANGERS, SUBJECT };

static const enum party parties[] = {PARTY_TRAIN, PARTY_STRANGERS, PARTY_SUBJECT};

/* The share of rows nearer to their own table, and what leaving out any row of either table does to the privacy loss. */
static void compare_sides(struct comparison *comparison, double *part, double *own_change, double *other_change)
{
    const struct neighbour_list *own = &comparison->own->list, *other = &comparison->other->list;
    double step = comparison->weight / (double)own->rows, own_step = comparison->weight / ((double)own->rows - 1);

    for (size_t i = 0; i < own->rows; i++) {
        const double *near = own->distance + i * own->k, *far = other->distance + i * other->k;

        part[i] = is_nearer(near[0], far[0]);
        comparison->share += part[i] / (double)own->rows;
        own_change[own->row[i * own->k]] += own_step * (is_nearer(near[1], far[0]) - part[i]);
        other_change[other->row[i * other->k]] += step * (is_nearer(near[0], far[1]) - part[i]);
    }
    leave_out_parts(part, own->rows, comparison->weight, own_change);
}

static int find_sides(const struct measure_task *task, struct arena *scratch, struct sides *sides, struct error *error)
{
    size_t most = 0;

    for (int side = TRAIN; side <= SUBJECT; side++) {
        int status = nearest_rows(task, parties[side], parties[side], &sides->within[side], error);

        if (status)
            return status;
        sides->rows[side] = sides->within[side]->others;
        sides->change[side] = ARENA_ARRAY(scratch, double, sides->rows[side]);
        if (!sides->change[side])
            return error_memory(error);
        most = sides->rows[side] > most ? sides->rows[side] : most;
    }
    sides->part = ARENA_ARRAY(scratch, double, most);
    return sides->part ? 0 : error_memory(error);
}

/* Both comparisons of one real table with the subject: their accuracy. */
static int accuracy(const struct measure_task *task, struct sides *sides, int real, double weight, double *out,
                    struct error *error)
{
    struct comparison of_real = {sides->within[real], NULL, weight / 2, 0};
    struct comparison of_subject = {sides->within[SUBJECT], NULL, weight / 2, 0};
    int status = nearest_rows(task, parties[real], PARTY_SUBJECT, &of_real.other, error);

    if (!status)
        status = nearest_rows(task, PARTY_SUBJECT, parties[real], &of_subject.other, error);
    if (status)
        return status;
    compare_sides(&of_real, sides->part, sides->change[real], sides->change[SUBJECT]);
    compare_sides(&of_subject, sides->part, sides->change[SUBJECT], sides->change[real]);
    *out = (of_real.share + of_subject.share) / 2;
    return 0;
}

/* What the accuracy would be if all rows came from one source: the nearest of the other n − 1 + m rows is any of them. */
static double accuracy_by_chance(size_t n, size_t m)
{
    double others = (double)(n + m) - 1;

    return ((double)n - 1) / others / 2 + ((double)m - 1) / others / 2;
}

static int nnaa_run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct arena *scratch = arena_new();
    struct sides sides = {0};
    struct interval interval;
    double train = 0, strangers = 0, variance = 0;
    int status = scratch ? find_sides(task, scratch, &sides, error) : error_memory(error);

    if (!status)
        status = accuracy(task, &sides, STRANGERS, 1, &strangers, error);
    if (!status)
        status = accuracy(task, &sides, TRAIN, -1, &train, error);
    for (int side = TRAIN; side <= SUBJECT && !status; side++)
        variance += leave_out_variance(sides.change[side], sides.rows[side]);
    arena_free(scratch);
    if (status)
        return status;
    result->value = strangers - train;
    interval = interval_wald(result->value, sqrt(variance), task->level, "jackknife");
    interval_clip(&interval, -1, 1);
    result->lo = interval.lo;
    result->hi = interval.hi;
    result->method = interval.method;
    result->n = task->subject->rows;
    snprintf(
        result->finding, sizeof result->finding,
        "Nearest neighbours tell the candidate from train with accuracy %.3f and from the holdout with %.3f: a privacy loss "
        "of %.3f. This is a proxy and cannot clear the candidate: a share c of copied rows moves it by about c/2.",
        train, strangers, result->value);
    if (task->brief)
        return 0;
    result->details = cJSON_CreateObject();
    if (!result->details)
        return error_memory(error);
    json_add_number(result->details, "accuracy_train", train);
    json_add_number(result->details, "accuracy_holdout", strangers);
    json_add_number(result->details, "accuracy_by_chance", accuracy_by_chance(sides.rows[TRAIN], sides.rows[SUBJECT]));
    return 0;
}

const struct measure measure_proxy_nnaa = {
    .id = "proxy.nnaa",
    .title = "Nearest-neighbour privacy loss",
    .summary =
        "How much harder nearest neighbours tell the candidate from train than from the holdout. A proxy, not an attack.",
    .definition = "Adversarial accuracy AA(T, S): half the share of T's rows nearer to another row of T than to the candidate "
                  "S, plus half "
                  "the share of S's rows nearer to another row of S than to T; ties one half. Value: AA(holdout, S) - "
                  "AA(train, S), train "
                  "and holdout equal in number.",
    .reading = "0 is what rows of strangers show. Above 0: the candidate lies closer to train. The accuracies themselves are "
               "near one half where tables of one size cannot be told apart, and 0 for a copy of train.",
    .unit = "accuracy",
    .reference =
        "Yale et al. 2020 (Neurocomputing 416, 244), adversarial accuracy and privacy loss; ties and interval: this project",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_TARGET,
    .target = 0,
    .lo = -1,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .proxy = true,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "neighbour scale, neighbour table, neighbour pair, nearest rows",
    .run = nnaa_run,
};
