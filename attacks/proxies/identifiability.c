/* proxy.identifiability: ε-identifiability of Yoon, Drumright and van der Schaar 2020. A proxy, not an attack.
 *
 * The share of training rows i with r̂_i < r_i: r_i the distance to the nearest other training row, r̂_i to the nearest candidate
 * row, both d² = Σ (w_c · part_c)² with w_c the inverse of column c's entropy in train (weighted_table.h); ties count half. The
 * distances have no index, so at most 2,000 rows, drawn by the seed, are asked; they are compared with all rows. Interval:
 * Wilson's on the rows asked, and the jackknife over the rows that are nearest to them, of both tables. */
#include <math.h>
#include <stdio.h>

#include "attacks/proxies/leave_out.h"
#include "attacks/proxies/share.h"
#include "attacks/proxies/weighted_table.h"
#include "attacks/tables.h"
#include "core/random.h"

#define MOST_ASKED 2000
#define TIE        1e-12 /* of squared distances, relative */

/* A table of real rows: those that are asked, and their nearest others of the table. */
struct asked_rows {
    struct weighted_rows coded;
    uint32_t *row;
    size_t n;
    struct weighted_pair *other;
};

/* Kept as long as train: the columns' weights. */
static int make_columns(void *context, struct arena *arena, void **artifact, struct error *error)
{
    struct weighted_columns *columns = ARENA_NEW(arena, struct weighted_columns);

    *artifact = columns;
    return columns ? weighted_columns_fit(context, arena, columns, error) : error_memory(error);
}

static int find_columns(const struct measure_task *task, const struct weighted_columns **columns, struct error *error)
{
    void *artifact = NULL, *train = (void *)(uintptr_t)task->reference;
    int status = artifact_get(task->artifacts, "entropy weights", train, NULL, 0, make_columns, NULL, train, &artifact, error);

    *columns = artifact;
    return status;
}

struct asking {
    const struct measure_task *task;
    const struct table *table;
    const struct weighted_columns *columns;
};

/* The first MOST_ASKED rows of a seeded order, or all, ascending. */
static int choose_rows(const struct asking *asking, struct arena *arena, struct asked_rows *rows, struct error *error)
{
    size_t all = asking->table->rows, n = all < MOST_ASKED ? all : MOST_ASKED;
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, all + 1);
    bool *chosen = ARENA_ARRAY(arena, bool, all + 1);
    struct random random;

    rows->row = ARENA_ARRAY(arena, uint32_t, n + 1);
    if (!order || !chosen || !rows->row)
        return error_memory(error);
    random_init(&random, asking->task->seed, "proxy.identifiability", 0, 0);
    random_permutation(&random, all, order);
    for (size_t i = 0; i < n; i++)
        chosen[order[i]] = true;
    for (uint32_t row = 0; row < all; row++)
        if (chosen[row])
            rows->row[rows->n++] = row;
    return 0;
}

static int make_asked(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct asking *asking = context;
    struct asked_rows *rows = ARENA_NEW(arena, struct asked_rows);
    int status = rows ? choose_rows(asking, arena, rows, error) : error_memory(error);

    *artifact = rows;
    if (!status)
        status = weighted_table_code(asking->columns, asking->table, arena, &rows->coded, error);
    if (status)
        return status;
    rows->other = ARENA_ARRAY(arena, struct weighted_pair, rows->n + 1);
    if (!rows->other)
        return error_memory(error);
    return weighted_nearest(&rows->coded, rows->row, rows->n, &rows->coded, asking->task->pool, rows->other, error);
}

static int find_asked(const struct measure_task *task, const struct weighted_columns *columns, const struct table *table,
                      const struct asked_rows **rows, struct error *error)
{
    struct asking asking = {task, table, columns};
    void *artifact = NULL;
    int status = artifact_get(task->artifacts, "asked rows", table, task->reference, task->seed, make_asked, NULL, &asking,
                              &artifact, error);

    *rows = artifact;
    if (!status && table->rows < 3)
        status = error_set(error, ERROR_UNMEASURABLE, "distances to the nearest rows need at least three rows in every table");
    return status;
}

/* 1 where the subject is nearer than the other real rows, ½ where they tie. */
static double is_identified(double subject, double other)
{
    return fabs(subject - other) <= TIE * other ? .5 : subject < other ? 1 : 0;
}

static void count_identified(const struct asked_rows *rows, const struct weighted_pair *nearest, double *real, double *subject,
                             size_t subject_rows, struct found_share *out)
{
    double step = 1 / (double)rows->n, sum = 0;

    for (size_t i = 0; i < rows->n; i++) {
        const struct weighted_pair *s = &nearest[i], *r = &rows->other[i];
        double part = is_identified(s->square[0], r->square[0]);

        sum += part;
        real[r->row[0]] += step * (is_identified(s->square[0], r->square[1]) - part);
        subject[s->row[0]] += step * (is_identified(s->square[1], r->square[0]) - part);
    }
    out->share = sum / (double)rows->n;
    out->n = rows->n;
    out->variance = leave_out_variance(real, rows->coded.rows) + leave_out_variance(subject, subject_rows);
}

static int identify(const struct measure_task *task, const struct weighted_columns *columns,
                    const struct weighted_rows *subject, const struct table *table, struct found_share *out,
                    struct error *error)
{
    const struct asked_rows *rows = NULL;
    struct arena *scratch = arena_new();
    struct weighted_pair *nearest = scratch ? ARENA_ARRAY(scratch, struct weighted_pair, MOST_ASKED) : NULL;
    double *of_real = scratch ? ARENA_ARRAY(scratch, double, table->rows + 1) : NULL;
    double *of_subject = scratch ? ARENA_ARRAY(scratch, double, subject->rows + 1) : NULL;
    int status = nearest && of_real && of_subject ? find_asked(task, columns, table, &rows, error) : error_memory(error);

    if (!status)
        status = weighted_nearest(&rows->coded, rows->row, rows->n, subject, task->pool, nearest, error);
    if (!status)
        count_identified(rows, nearest, of_real, of_subject, subject->rows, out);
    arena_free(scratch);
    return status;
}

static void write_finding(const struct found_share *found, struct result *result)
{
    char words[80];

    snprintf(
        result->finding, sizeof result->finding,
        "For %.1f %% of the training rows the candidate has a nearer row than train has%s. This is a proxy and cannot clear "
        "the candidate: about half is what fresh real rows show, and copies of few rows hide in that half.",
        100 * found->share, words_beside(found, words));
}

static int identifiability_run(const struct measure_task *task, struct result *result, struct error *error)
{
    const struct weighted_columns *columns = NULL;
    const struct table *beside = rows_beside(task);
    struct found_share found = {.beside = NAN}, strangers;
    struct weighted_rows subject;
    struct arena *scratch = arena_new();
    int status = scratch ? find_columns(task, &columns, error) : error_memory(error);

    if (!status)
        status = weighted_table_code(columns, task->subject, scratch, &subject, error);
    if (!status)
        status = identify(task, columns, &subject, task->reference, &found, error);
    if (!status && beside)
        status = identify(task, columns, &subject, beside, &strangers, error);
    if (!status && beside)
        found.beside = strangers.share;
    arena_free(scratch);
    if (status)
        return status;
    write_finding(&found, result);
    status = share_result(task, &found, result, error);
    if (!status && result->details) {
        double others = (double)task->reference->rows - 1 + (double)task->subject->rows;

        json_add_number(result->details, "by_chance", (double)task->subject->rows / others);
        json_add_number(result->details, "rows_asked", (double)found.n);
    }
    return status;
}

const struct measure measure_proxy_identifiability = {
    .id = "proxy.identifiability",
    .title = "Identifiability",
    .summary = "Share of training rows to which the candidate has a nearer row than train has itself. A proxy, not an attack.",
    .definition =
        "For each training row the distance to the nearest other training row and to the nearest candidate row; the share "
        "where "
        "the candidate's is smaller, ties one half. Distance: root of the sum of squares of w times the column's difference "
        "(numbers over train's range, at most 1; categories 0 or 1), w the inverse of the column's entropy in train.",
    .reading = "Fresh real rows, as many as train's, give about one half; 1 is a copy of every row. Called e-identifiable when "
               "below e. Details: the same for the holdout's rows, and what chance gives at these sizes.",
    .unit = "share of training rows",
    .reference = "Yoon, Drumright and van der Schaar 2020 (IEEE JBHI 24, definition of e-identifiability)",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .proxy = true,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "entropy weights, asked rows",
    .run = identifiability_run,
};
