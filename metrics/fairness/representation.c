/* fairness.representation: is every group as common in the subject as in the reference? */
#include "metrics/fairness/grouped.h"
#include "numeric/interval.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Two columns with more meetings than this (a thousand groups each) are not crossed: hardly any is met by k rows. */
enum { MOST_MEETINGS = 1000000 };

/* One group, or the meeting of two groups of different columns. */
struct share {
    const char *column, *group;
    size_t reference, subject;         /* rows */
    double disparity, error, expected; /* log odds ratio; its standard error; that of a group of unchanged share */
    bool pool;                         /* "other": says nothing about any one group, listed only */
    bool resolved, proven;             /* see find_used */
};

struct shares {
    struct share *share;
    size_t n;
    size_t reference_rows, subject_rows;
    double critical; /* of the simultaneous interval */
};

static void count_cells(const uint32_t *a, const uint32_t *b, size_t rows, size_t groups_a, size_t groups_b, size_t *count)
{
    for (size_t i = 0; i < rows; i++) {
        uint32_t second = b ? b[i] : 0;
        if (a[i] < groups_a && second < groups_b)
            count[a[i] * groups_b + second]++;
    }
}

/* Shares of one column's groups (second NULL) or of the meetings of two columns' groups. Meetings that fewer than min_group
 * real rows share are neither used nor written. */
static int add_shares(const struct grouped *grouped, size_t first, const size_t *second, size_t min_group,
                      struct shares *shares, struct arena *arena, struct error *error)
{
    const struct partition *a = &grouped->partitions[first], *b = second ? &grouped->partitions[*second] : NULL;
    size_t groups_b = b ? b->groups : 1, cells = a->groups * groups_b;
    size_t *count = arena_array(arena, cells + 1, 2 * sizeof *count);
    if (!count)
        return error_memory(error);
    count_cells(grouped->reference[first], b ? grouped->reference[*second] : NULL, grouped->reference_rows, a->groups, groups_b,
                count);
    count_cells(grouped->subject[first], b ? grouped->subject[*second] : NULL, grouped->subject_rows, a->groups, groups_b,
                count + cells);
    for (size_t cell = 0; cell < cells; cell++) {
        uint32_t ga = (uint32_t)(cell / groups_b), gb = (uint32_t)(cell % groups_b);
        bool pool = ga == a->other || (b && gb == b->other);
        if (b && (pool || count[cell] < min_group))
            continue;
        struct share *share = &shares->share[shares->n++];
        *share = (struct share){
            .column = a->name, .group = a->names[ga], .reference = count[cell], .subject = count[cells + cell], .pool = pool};
        if (b) {
            share->column = arena_format(arena, "%s & %s", a->name, b->name);
            share->group = arena_format(arena, "%s & %s", a->names[ga], b->names[gb]);
            if (!share->column || !share->group)
                return error_memory(error);
        }
    }
    return 0;
}

/* ln(odds in subject / odds in reference) and its standard error (Woolf 1955), with ½ added to all four counts when one of them
 * is zero (Haldane 1956). */
static void compare(struct share *share, size_t reference_rows, size_t subject_rows)
{
    double a = (double)share->subject, b = (double)subject_rows - a;
    double c = (double)share->reference, d = (double)reference_rows - c;
    double p = (c + 0.5) / ((double)reference_rows + 1);
    if (a * b * c * d == 0) {
        a += 0.5;
        b += 0.5;
        c += 0.5;
        d += 0.5;
    }
    share->disparity = log(a * d / (b * c));
    share->error = sqrt(1 / a + 1 / b + 1 / c + 1 / d);
    share->expected = sqrt((1 / (double)reference_rows + 1 / (double)subject_rows) / (p * (1 - p)));
}

/* A group is used when the sample can resolve it: the simultaneous interval of an unchanged group reaches no further than half
 * way to a halved or doubled share (ln 2 / 2), so that "not halved" can be told from "halved". A group too small for that is
 * used only when its simultaneous interval proves a disparity past four fifths (ln 1.25) all the same: dropping a small group
 * is seen, and honest tables are not blamed for the noise of small groups. */
static size_t find_used(struct shares *shares, double level)
{
    size_t used = 0, compared = 0;
    for (size_t g = 0; g < shares->n; g++)
        compared += !shares->share[g].pool;
    if (compared == 0)
        return 0;
    shares->critical = simultaneous_quantile(compared, level);
    for (size_t g = 0; g < shares->n; g++) {
        struct share *share = &shares->share[g];
        compare(share, shares->reference_rows, shares->subject_rows);
        share->resolved = !share->pool && shares->critical * share->expected <= 0.5 * log(2);
        share->proven = !share->pool && fabs(share->disparity) - shares->critical * share->error > log(1.25);
        used += share->resolved || share->proven;
    }
    return used;
}

static const struct share *worst_share(const struct shares *shares, struct result *result)
{
    const struct share *worst = NULL;
    result->value = result->lo = result->hi = 0;
    for (size_t g = 0; g < shares->n; g++) {
        const struct share *share = &shares->share[g];
        if (!share->resolved && !share->proven)
            continue;
        double size = fabs(share->disparity), reach = shares->critical * share->error;
        result->lo = fmax(result->lo, size - reach);
        result->hi = fmax(result->hi, size + reach);
        if (!worst || size > result->value) {
            worst = share;
            result->value = size;
        }
    }
    return worst;
}

static int describe(const struct measure_task *task, const struct shares *shares, struct result *result, struct error *error)
{
    result->details = cJSON_CreateObject();
    cJSON *groups = json_add_array(result->details, "groups");
    if (!groups || !json_add_number(result->details, "critical", shares->critical))
        return error_memory(error);
    for (size_t g = 0; g < shares->n; g++) {
        const struct share *share = &shares->share[g];
        cJSON *item = json_push_object(groups);
        double reach = shares->critical * share->error;
        struct interval interval = interval_wilson(share->subject, shares->subject_rows, task->level);
        if (!item || !json_add_string(item, "column", share->column) || !json_add_string(item, "group", share->group) ||
            !json_add_number(item, "n", (double)share->reference) ||
            !json_add_number(item, "share_reference", (double)share->reference / (double)shares->reference_rows) ||
            !json_add_number(item, "share_subject", (double)share->subject / (double)shares->subject_rows) ||
            !json_add_number(item, "share_lo", interval.lo) || !json_add_number(item, "share_hi", interval.hi) ||
            !json_add_number(item, "disparity", share->disparity) || !json_add_number(item, "lo", share->disparity - reach) ||
            !json_add_number(item, "hi", share->disparity + reach) ||
            !json_add_bool(item, "used", share->resolved || share->proven))
            return error_memory(error);
    }
    return 0;
}

static void word(const struct shares *shares, const struct share *worst, struct result *result)
{
    double reference = 100 * (double)worst->reference / (double)shares->reference_rows;
    double subject = 100 * (double)worst->subject / (double)shares->subject_rows;
    size_t unused = 0;
    for (size_t g = 0; g < shares->n; g++)
        unused += !shares->share[g].resolved && !shares->share[g].proven;
    int length = snprintf(result->finding, sizeof result->finding,
                          "The group furthest from its real share is '%.80s' of '%.80s': %.1f %% of the candidate, %.1f %% "
                          "of the real rows (log odds ratio %.2f).",
                          worst->group, worst->column, subject, reference, worst->disparity);
    if (unused > 0 && length > 0 && (size_t)length < sizeof result->finding)
        snprintf(result->finding + length, sizeof result->finding - (size_t)length,
                 " %zu smaller group%s cannot be judged at this number of rows.", unused, unused == 1 ? "" : "s");
    if (result->lo > 0)
        snprintf(result->remedy, sizeof result->remedy,
                 "Draw the groups of '%.80s' in their real shares, for example by generating each group apart or by weighting.",
                 worst->column);
}

static size_t meetings(const struct grouped *grouped, size_t first, size_t second)
{
    return grouped->partitions[first].groups * grouped->partitions[second].groups;
}

static int collect(const struct measure_task *task, const struct grouped *grouped, struct shares *shares, struct arena *arena,
                   struct error *error)
{
    size_t most = 0, kept = task->reference->rows / (task->min_group > 0 ? task->min_group : 1);
    for (size_t p = 0; p < grouped->n; p++) {
        most += grouped->partitions[p].groups;
        for (size_t q = p + 1; q < grouped->n; q++)
            most += meetings(grouped, p, q) < kept ? meetings(grouped, p, q) : kept;
    }
    *shares = (struct shares){.share = ARENA_ARRAY(arena, struct share, most + 1),
                              .reference_rows = grouped->reference_rows,
                              .subject_rows = grouped->subject_rows};
    if (!shares->share)
        return error_memory(error);
    int status = 0;
    for (size_t p = 0; status == 0 && p < grouped->n; p++)
        status = add_shares(grouped, p, NULL, task->min_group, shares, arena, error);
    for (size_t p = 0; p < grouped->n; p++)
        for (size_t q = p + 1; status == 0 && q < grouped->n; q++)
            if (meetings(grouped, p, q) <= MOST_MEETINGS)
                status = add_shares(grouped, p, &q, task->min_group, shares, arena, error);
    return status;
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct arena *arena = arena_new();
    struct grouped grouped = {0};
    struct shares shares = {0};
    int status = arena ? grouped_make(task, arena, &grouped, error) : error_memory(error);
    if (status == 0)
        status = collect(task, &grouped, &shares, arena, error);
    if (status != 0)
        goto out;
    if (find_used(&shares, task->level) == 0) {
        status = error_set(error, ERROR_UNMEASURABLE,
                           "no group of the sensitive columns is large enough to tell a halved share from a kept one with "
                           "%zu and %zu rows",
                           shares.reference_rows, shares.subject_rows);
        goto out;
    }
    const struct share *worst = worst_share(&shares, result);
    result->n = shares.subject_rows;
    result->method = "simultaneous Wald intervals of log odds ratios (Šidák)";
    if (!task->brief) {
        word(&shares, worst, result);
        status = describe(task, &shares, result, error);
    }
out:
    arena_free(arena);
    return status;
}

const struct measure measure_fairness_representation = {
    .id = "fairness.representation",
    .title = "Representation of groups",
    .summary = "Whether every group of the sensitive columns is as common in the candidate as among real rows.",
    .definition =
        "For every group of a sensitive column, and every meeting of two groups of two sensitive columns, the log disparity "
        "ln(odds in the candidate / odds in the real table); the value is the largest absolute one. Numbers and dates are "
        "cut at the quartiles of the training table; groups of fewer than k training rows are pooled and not judged. A group "
        "is judged when the sample can resolve it: its simultaneous interval, had its share not changed, stays within half "
        "of ln 2; smaller groups are judged only when a disparity past four fifths (ln 1.25) is proven all the same, and "
        "listed otherwise. The interval holds for all groups at once (Šidák). Where a count is zero, ½ is added to all four.",
    .reading = "0: every group has its real share. 0.69: a group's odds are halved or doubled. A group cut to 5 % of its share "
               "has about −3.",
    .unit = "log odds ratio",
    .reference = "log disparity: Bhanot et al. 2021, Entropy 23(9):1165; standard error: Woolf 1955",
    .dimension = DIMENSION_FAIRNESS,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 40,
    .needs = NEED_SENSITIVE | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_DROPPED_GROUP,
    .worst = 40,
    .best = 0,
    .cost = COST_LOW,
    .version = 1,
    .artifacts = "",
    .run = run,
};
