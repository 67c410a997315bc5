#include <math.h>
#include <stdio.h>

#include <gsl/gsl_cdf.h>

#include "metrics/fidelity/balls.h"
#include "numeric/interval.h"

/* Where the tables differ, the balls of lonely rows hold many rows of the other table, and the more rows there are, the more
 * such a ball weighs: simulated, the multiple of the plain variance grows with the rows to a power of GROWTH·(multiple − 1), up
 * to FASTEST, and not where the tables agree. */
#define GROWTH  0.2
#define FASTEST 0.25

#define LEAST_GROUPS ((size_t)4)
/* Into groups: the rows are parted in so many ways; fewer of groups that cost more. */
#define PARTITIONS ((size_t)8)
#define FEWER      ((size_t)4)
#define FEWER_ROWS ((size_t)150)

static const char *const names[BALLS_SHARES] = {"precision", "recall", "density", "coverage"};

/* Variances over groups of rows that have nothing in common, averaged over partitions. */
struct groups {
    const struct ball_table *tables[2];
    size_t count, rows[2]; /* of a partition; of a group */
    size_t partitions;
    struct ball_shares *shares; /* [partitions x count] */
};

/* Group g of partition p, of a table in random order: of every `count` rows in turn one, p places further on each time. */
static int group_balls(const struct groups *groups, size_t table, size_t p, size_t g, struct arena *arena, struct balls *balls,
                       struct error *error)
{
    size_t rows = groups->rows[table], count = groups->count;
    uint32_t *pick = ARENA_ARRAY(arena, uint32_t, rows + 1);
    if (!pick)
        return error_memory(error);
    for (size_t i = 0; i < rows; i++)
        pick[i] = groups->tables[table]->columns.pick[i * count + (g + p * i) % count];
    struct ball_table part = *groups->tables[table];
    part.columns.pick = pick;
    return balls_part(&part, 0, rows, NULL, arena, balls, error);
}

static int group_task(void *context, size_t index, size_t worker, struct error *error)
{
    (void)worker;
    struct groups *groups = context;
    struct arena *arena = arena_new();
    struct balls balls[2];
    int status = arena ? 0 : error_memory(error);
    for (size_t s = 0; status == 0 && s < 2; s++) /* the subject's are one further on: one with the reference's rows in their
                                                     order is no twin then */
        status = group_balls(groups, s, index / groups->count, (index + s) % groups->count, arena, &balls[s], error);
    if (status == 0)
        status = balls_compare(&balls[0], &balls[1], NULL, arena, &groups->shares[index], error);
    arena_free(arena);
    return status;
}

/* Variance that independent rows and fixed balls would give. */
static double plain_variance(const struct ball_shares *s, size_t which, double n, double m)
{
    double p = s->share[BALLS_PRECISION][0], r = s->share[BALLS_RECALL][0],
           share = which < BALLS_SHARES ? s->share[which][0] : 0;
    if (which < BALLS_SHARES)
        return share * (1 - share) / (which == BALLS_PRECISION ? m : n);
    double by_p = 2 * r * r / ((p + r) * (p + r)), by_r = 2 * p * p / ((p + r) * (p + r));
    return p + r > 0 ? by_p * by_p * p * (1 - p) / m + by_r * by_r * r * (1 - r) / n : 0;
}

static double share_of(const struct ball_shares *s, size_t which)
{
    return which < BALLS_SHARES ? s->share[which][0] : s->f;
}

struct spread {
    double variance; /* of the whole */
    double quantile; /* of Student's t for the number of groups */
};

/* Variance over the groups of a partition, averaged over the partitions, scaled to all rows; for shares as a multiple of the
 * plain variance, since groups have fewer rows and other shares. Without enough rows for groups: twice the plain variance. The
 * degrees of freedom are four times those of one partition: simulated, partitions of the same rows tell that much more. */
static struct spread spread_of(const struct groups *groups, size_t which, const struct ball_shares *whole, double n, double m,
                               double level)
{
    double count = (double)groups->count, squares = 0, plain = 0;
    struct spread out = {2 * plain_variance(whole, which, n, m), normal_quantile(0.5 + level / 2)};
    if (groups->count < LEAST_GROUPS)
        return out;
    for (size_t p = 0; p < groups->partitions; p++) {
        const struct ball_shares *shares = groups->shares + p * groups->count;
        double mean = 0;
        for (size_t g = 0; g < groups->count; g++) {
            mean += share_of(&shares[g], which) / count;
            plain += plain_variance(&shares[g], which, (double)groups->rows[0], (double)groups->rows[1]) / count;
        }
        for (size_t g = 0; g < groups->count; g++)
            squares += pow(share_of(&shares[g], which) - mean, 2) / (count - 1);
    }
    out.quantile = gsl_cdf_tdist_Pinv(0.5 + level / 2, 4 * (count - 1));
    out.variance = squares / (double)groups->partitions * fmax((double)groups->rows[0] / n, (double)groups->rows[1] / m);
    if (which == BALLS_DENSITY)
        return out;
    double design = plain > 0 ? squares / plain : 1, longer = fmin(n / (double)groups->rows[0], m / (double)groups->rows[1]);
    out.variance = design * pow(longer, fmin(FASTEST, fmax(0, GROWTH * (design - 1)))) * plain_variance(whole, which, n, m);
    return out;
}

static struct interval bound(const struct groups *groups, size_t which, const struct ball_shares *whole, double level,
                             double *margin)
{
    double n = (double)groups->tables[0]->all.count, m = (double)groups->tables[1]->all.count, value = share_of(whole, which);
    struct spread spread = spread_of(groups, which, whole, n, m, level);
    *margin = spread.quantile * sqrt(spread.variance);
    if (which == BALLS_DENSITY)
        return (struct interval){fmax(0, value - *margin), value + *margin, level, "groups"};
    double rows = which == BALLS_PRECISION ? m : which < BALLS_SHARES ? n : 2 / (1 / n + 1 / m);
    double z = normal_quantile(0.5 + level / 2), wider = spread.quantile / z;
    if (spread.variance > 0)
        rows = value * (1 - value) / spread.variance;
    return interval_wilson_share(value, rows / (wider * wider), level);
}

static int make_groups(const struct measure_task *task, struct groups *groups, struct arena *arena, struct error *error)
{
    size_t n = groups->tables[0]->all.count, m = groups->tables[1]->all.count, least = n < m ? n : m;
    groups->count = least / BALLS_GROUP_ROWS < BALLS_GROUPS ? least / BALLS_GROUP_ROWS : BALLS_GROUPS;
    for (size_t s = 0; s < 2 && groups->count; s++) {
        groups->rows[s] = groups->tables[s]->all.count / groups->count;
        groups->rows[s] = groups->rows[s] < BALLS_GROUP_MOST ? groups->rows[s] : BALLS_GROUP_MOST;
    }
    groups->partitions = groups->rows[0] <= FEWER_ROWS && groups->rows[1] <= FEWER_ROWS ? PARTITIONS : FEWER;
    groups->shares = ARENA_ARRAY(arena, struct ball_shares, groups->partitions * groups->count + 1);
    if (!groups->shares)
        return error_memory(error);
    return groups->count < LEAST_GROUPS ? 0
                                        : pool_run(task->pool, groups->partitions * groups->count, group_task, groups, error);
}

/* Expected coverage of fresh rows without ties: 1 − P[the k nearest of the others are all of one's own table]. */
static double fresh_coverage(double n, double m)
{
    double none = 1;
    for (size_t j = 1; j <= BALLS_K; j++)
        none *= (n - (double)j) / (n + m - (double)j);
    return 1 - none;
}

static int describe(const struct measure_task *task, const struct groups *groups, const struct ball_shares *whole,
                    struct result *result, struct error *error)
{
    double n = (double)groups->tables[0]->all.count, m = (double)groups->tables[1]->all.count, margin;
    cJSON *details = result->details = cJSON_CreateObject();
    if (!details)
        return error_memory(error);
    json_add_number(details, "k", (double)BALLS_K);
    for (size_t w = 0; w < BALLS_SHARES; w++) {
        struct interval interval = bound(groups, w, whole, task->level, &margin);
        cJSON *item = json_add_object(details, names[w]);
        if (!item)
            return error_memory(error);
        json_add_number(item, "closed", whole->share[w][0]);
        json_add_number(item, "open", whole->share[w][1]);
        json_add_number(item, "lo", interval.lo);
        json_add_number(item, "hi", interval.hi);
    }
    json_add_number(details, "coverage_of_fresh_rows", fresh_coverage(n, m));
    json_add_number(details, "reference_rows", n);
    json_add_number(details, "subject_rows", m);
    json_add_bool(details, "sampled", n < (double)task->reference->rows || m < (double)task->subject->rows);
    json_add_number(details, "groups", groups->count < LEAST_GROUPS ? 0 : (double)groups->count);
    return 0;
}

static void say(const struct measure_task *task, const struct groups *groups, const struct ball_shares *whole,
                struct result *result)
{
    double precision = whole->share[BALLS_PRECISION][0], recall = whole->share[BALLS_RECALL][0];
    size_t n = groups->tables[0]->all.count, m = groups->tables[1]->all.count;
    char drawn[80] = "";
    if (n < task->reference->rows || m < task->subject->rows)
        snprintf(drawn, sizeof drawn, " (of %zu and %zu rows drawn)", n, m);
    snprintf(result->finding, sizeof result->finding,
             "%.1f %% of the synthetic rows lie where real rows do, and %.1f %% of the real rows where synthetic ones do%s; "
             "the density "
             "there is %.2f of the real one (fresh rows: 1), and %.1f %% of the real neighbourhoods hold a synthetic row "
             "(fresh rows: "
             "%.1f %%).",
             100 * precision, 100 * recall, drawn, whole->share[BALLS_DENSITY][0], 100 * whole->share[BALLS_COVERAGE][0],
             100 * fresh_coverage((double)n, (double)m));
    if (precision < 0.85 && precision <= recall)
        snprintf(result->remedy, sizeof result->remedy,
                 "Synthetic rows combine values that do not go together: let the generator learn the dependence of columns.");
    else if (recall < 0.85)
        snprintf(result->remedy, sizeof result->remedy,
                 "Kinds of real rows are missing: look for rare groups and combinations that the generator leaves out.");
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct groups groups = {.count = 0};
    struct ball_shares whole;
    double margin;
    size_t n = task->reference->rows, m = task->subject->rows, columns[1];
    if (schema_measured(task->data->schema, columns, 1) == 0)
        return error_set(error, ERROR_UNMEASURABLE, "no column holds numbers, dates or categories");
    if (n <= BALLS_K || m <= BALLS_K || task->data->train.table->rows == 0)
        return error_set(error, ERROR_UNMEASURABLE, "each table needs %zu rows, they have %zu and %zu", BALLS_K + 1, n, m);
    int status = ball_table_get(task, task->reference, &groups.tables[0], error);
    if (status == 0)
        status = ball_table_get(task, task->subject, &groups.tables[1], error);
    if (status == 0)
        status = balls_compare(&groups.tables[0]->all, &groups.tables[1]->all, task->pool, result->arena, &whole, error);
    if (status)
        return status;
    result->value = whole.f;
    result->lo = result->hi = NAN;
    result->n = groups.tables[1]->all.count;
    if (task->brief)
        return 0;
    status = make_groups(task, &groups, result->arena, error);
    if (status)
        return status;
    struct interval interval = bound(&groups, BALLS_SHARES, &whole, task->level, &margin);
    result->lo = interval.lo;
    result->hi = interval.hi;
    result->method =
        groups.count < LEAST_GROUPS ? "Wilson, twice the binomial variance" : "Wilson, variance over disjoint groups of rows";
    say(task, &groups, &whole, result);
    return describe(task, &groups, &whole, result, error);
}

const struct measure measure_fidelity_precision_recall = {
    .id = "fidelity.precision_recall",
    .title = "Rows where real rows are",
    .summary = "Whether synthetic rows lie where real rows lie (precision) and reach everywhere that real rows do (recall).",
    .definition = "Harmonic mean of precision and recall. Around every row a ball reaches to its 5th nearest row of the same "
                  "table; precision is "
                  "the share of synthetic rows in some real row's ball, recall the share of real rows in some synthetic row's "
                  "ball. Distances are "
                  "Euclidean, numbers standardised by the training table, categories and missing marks as 0/1 columns. Of "
                  "tables above 40,000 rows "
                  "40,000 are drawn. Density and coverage are given beside them.",
    .reading = "1 is ideal, but fresh real rows do not reach it: of continuous rows some .93 to .97 lie in another sample's "
               "balls at k = 5, so "
               "compare with them. Low precision: rows that no real one resembles. Low recall: kinds of real rows are missing. "
               "A copy has "
               "precision 1 and is not the better for it.",
    .unit = "share",
    .reference = "Kynkäänniemi et al. 2019 (NeurIPS 32), Naeem et al. 2020 (ICML); the encoding, the harmonic mean and the "
                 "intervals are "
                 "this project's",
    .dimension = DIMENSION_FIDELITY,
    .direction = DIRECTION_HIGHER,
    .lo = 0,
    .hi = 1,
    .anchor = ANCHOR_HOLDOUT,
    .fault = SUBJECT_INDEPENDENT,
    .best = 1,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "fidelity.balls",
    .run = run,
};
