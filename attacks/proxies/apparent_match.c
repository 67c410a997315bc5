/* proxy.apparent_match: candidate rows that look like one training row by their quasi-identifiers. A proxy, not an attack.
 *
 * An apparent match: a candidate row that no other candidate row equals in all quasi-identifiers, and exactly one training row
 * does. How far the match is a real one is the share of the other measured columns in which the two agree (missing agrees with
 * missing). Interval: Wilson's, and what the jackknife over both tables has beyond that: leaving out the one twin of a row
 * makes the row unique. */
#include <math.h>
#include <stdio.h>

#include "attacks/proxies/equal_rows.h"
#include "attacks/proxies/leave_out.h"
#include "attacks/proxies/share.h"

#define TENTHS 10

struct matches {
    size_t rows;              /* of the candidate: apparent matches */
    size_t others;            /* columns compared */
    double similarity;        /* mean over matches; NaN: no match or no column */
    size_t tenth[TENTHS + 1]; /* matches by similarity: [0, .1), …, [.9, 1), 1 */
    double variance;
};

struct keys {
    size_t *quasi, n_quasi, *other, n_others;
};

static int find_keys(const struct schema *schema, struct arena *arena, struct keys *keys, struct error *error)
{
    size_t *measured = ARENA_ARRAY(arena, size_t, schema->n_columns + 1), n;

    *keys = (struct keys){ARENA_ARRAY(arena, size_t, schema->n_columns + 1), 0,
                          ARENA_ARRAY(arena, size_t, schema->n_columns + 1), 0};
    if (!measured || !keys->quasi || !keys->other)
        return error_memory(error);
    keys->n_quasi = schema_with_role(schema, ROLE_QUASI, keys->quasi, schema->n_columns);
    if (keys->n_quasi == 0)
        return error_set(error, ERROR_UNMEASURABLE, "no quasi-identifiers are known; name them with --quasi COL,…");
    n = schema_measured(schema, measured, schema->n_columns);
    for (size_t c = 0; c < n; c++)
        if (!(schema->columns[measured[c]].roles & ROLE_QUASI))
            keys->other[keys->n_others++] = measured[c];
    return 0;
}

static int quasi_columns(const struct table *table, const struct keys *keys, struct arena *arena,
                         struct neighbour_columns *columns, struct error *error)
{
    struct neighbour_column *column = ARENA_ARRAY(arena, struct neighbour_column, keys->n_quasi);

    if (!column)
        return error_memory(error);
    for (size_t c = 0; c < keys->n_quasi; c++)
        column[c] = (struct neighbour_column){table->columns[keys->quasi[c]].number, table->columns[keys->quasi[c]].code};
    *columns = (struct neighbour_columns){table->rows, keys->n_quasi, column, NULL};
    return 0;
}

/* Both tables coded by their quasi-identifiers alone. */
static int code_keys(const struct table *subject, const struct table *real, const struct keys *keys, struct arena *arena,
                     const struct neighbour_table *coded[2], struct error *error)
{
    struct neighbour_columns columns[2];
    const struct neighbour_scale *scale = NULL;
    int status = quasi_columns(subject, keys, arena, &columns[0], error);

    if (!status)
        status = quasi_columns(real, keys, arena, &columns[1], error);
    if (!status)
        status = neighbour_scale_fit(NEIGHBOUR_GOWER, &columns[1], arena, &scale, error);
    for (size_t t = 0; t < 2 && !status; t++)
        status = neighbour_encode(scale, &columns[t], arena, &coded[t], error);
    return status;
}

static double similarity_of(const struct table *a, size_t i, const struct table *b, size_t j, const struct keys *keys)
{
    size_t equal = 0;

    for (size_t c = 0; c < keys->n_others; c++) {
        const struct column *x = &a->columns[keys->other[c]], *y = &b->columns[keys->other[c]];

        if (x->code)
            equal += x->code[i] == y->code[j];
        else
            equal += x->number[i] == y->number[j] || (isnan(x->number[i]) && isnan(y->number[j]));
    }
    return (double)equal / (double)keys->n_others;
}

static void vary(const struct equal_rows *rows, double *match, double *own, double *other, struct matches *out)
{
    double step = 1 / (double)rows->n_a;

    double share = (double)out->rows / (double)rows->n_a, alone = share * (1 - share) / ((double)rows->n_a - 1);

    leave_out_parts(match, rows->n_a, 1, own);
    for (size_t i = 0; i < rows->n_a; i++)
        if (rows->a_in_a[i] == 2 && rows->a_in_b[i] == 1)
            own[i] += 1 / ((double)rows->n_a - 1);
    for (size_t j = 0; j < rows->n_b; j++)
        if (rows->b_in_a[j] == 1)
            other[j] = rows->b_in_b[j] == 1 ? -step : rows->b_in_b[j] == 2 ? step : 0;
    out->variance = leave_out_variance(other, rows->n_b) + fmax(leave_out_variance(own, rows->n_a) - alone, 0);
}

static void compare_others(const struct table *subject, const struct table *real, const struct keys *keys, const double *match,
                           const uint32_t *only, struct matches *out)
{
    double sum = 0;

    for (size_t i = 0; i < subject->rows && keys->n_others > 0; i++) {
        double similarity = match[i] > 0 ? similarity_of(subject, i, real, only[i], keys) : 0;

        sum += similarity;
        if (match[i] > 0)
            out->tenth[(size_t)floor(similarity * TENTHS + 1e-9)]++;
    }
    out->similarity = out->rows > 0 && keys->n_others > 0 ? sum / (double)out->rows : NAN;
}

static int find_matches(const struct measure_task *task, const struct table *real, const struct keys *keys, struct matches *out,
                        struct error *error)
{
    const struct table *subject = task->subject;
    const struct neighbour_table *coded[2] = {NULL, NULL};
    struct arena *scratch = arena_new();
    struct equal_rows rows = {0};
    double *match = scratch ? ARENA_ARRAY(scratch, double, subject->rows + 1) : NULL;
    double *own = scratch ? ARENA_ARRAY(scratch, double, subject->rows + 1) : NULL;
    double *other = scratch ? ARENA_ARRAY(scratch, double, real->rows + 1) : NULL;
    uint32_t *near = scratch ? ARENA_ARRAY(scratch, uint32_t, subject->rows + 1) : NULL;
    uint32_t *only = scratch ? ARENA_ARRAY(scratch, uint32_t, subject->rows + 1) : NULL;
    int status =
        match && own && other && near && only ? code_keys(subject, real, keys, scratch, coded, error) : error_memory(error);

    *out = (struct matches){.others = keys->n_others};
    if (!status)
        status = equal_rows_count(coded[0], subject->rows, coded[1], real->rows, scratch, &rows, error);
    if (!status)
        status = neighbour_near_rows(coded[0], coded[1], 0, task->pool, near, only, error);
    for (size_t i = 0; i < subject->rows && !status; i++) {
        match[i] = rows.a_in_a[i] == 1 && rows.a_in_b[i] == 1;
        out->rows += match[i] > 0;
    }
    if (!status) {
        vary(&rows, match, own, other, out);
        compare_others(subject, real, keys, match, only, out);
    }
    arena_free(scratch);
    return status;
}

/* Similarities of fewer than min_group matches are not written. */
static int add_details(const struct measure_task *task, const struct keys *keys, const struct matches *train,
                       const struct matches *strangers, struct result *result, struct error *error)
{
    cJSON *list = json_add_array(result->details, "quasi");
    bool many = train->rows >= task->min_group;

    if (!list)
        return error_memory(error);
    for (size_t c = 0; c < keys->n_quasi; c++)
        json_push_string(list, task->data->schema->columns[keys->quasi[c]].name);
    json_add_number(result->details, "matched_rows", (double)train->rows);
    json_add_number(result->details, "columns_compared", (double)keys->n_others);
    json_add_number(result->details, "similarity", many ? train->similarity : NAN);
    json_add_number(result->details, "similarity_holdout", strangers->rows >= task->min_group ? strangers->similarity : NAN);
    list = json_add_array(result->details, "similarity_tenths");
    if (!list)
        return error_memory(error);
    for (size_t k = 0; k <= TENTHS && many && keys->n_others > 0; k++)
        json_push_number(list, (double)train->tenth[k]);
    return 0;
}

static void write_finding(const struct measure_task *task, const struct matches *train, const struct found_share *found,
                          struct result *result)
{
    char words[80], agree[120] = "";

    if (train->rows >= task->min_group && isfinite(train->similarity))
        snprintf(agree, sizeof agree, " The pairs agree in %.0f %% of the other %zu columns on average.",
                 100 * train->similarity, train->others);
    snprintf(result->finding, sizeof result->finding,
             "By its quasi-identifiers %.1f %% of the candidate's rows look like exactly one training row%s.%s This is a proxy "
             "and cannot clear the candidate: it looks at one set of columns and at unique rows alone.",
             100 * found->share, words_beside(found, words), agree);
}

static int apparent_match_run(const struct measure_task *task, struct result *result, struct error *error)
{
    const struct table *beside = rows_beside(task);
    struct found_share found = {.n = task->subject->rows, .beside = NAN};
    struct matches train, strangers = {.similarity = NAN};
    struct keys keys;
    struct arena *scratch = arena_new();
    int status = scratch ? find_keys(task->data->schema, scratch, &keys, error) : error_memory(error);

    if (!status)
        status = find_matches(task, task->reference, &keys, &train, error);
    if (!status && beside)
        status = find_matches(task, beside, &keys, &strangers, error);
    if (!status) {
        found.share = (double)train.rows / (double)found.n;
        found.variance = train.variance;
        if (beside)
            found.beside = (double)strangers.rows / (double)found.n;
        write_finding(task, &train, &found, result);
        status = share_result(task, &found, result, error);
    }
    if (!status && result->details)
        status = add_details(task, &keys, &train, &strangers, result, error);
    arena_free(scratch);
    return status;
}

const struct measure measure_proxy_apparent_match = {
    .id = "proxy.apparent_match",
    .title = "Apparent matches",
    .summary =
        "Share of candidate rows that look like exactly one training row by their quasi-identifiers. A proxy, not an attack.",
    .definition =
        "Candidate rows that are unique among the candidate's by their quasi-identifiers, and equal exactly one training "
        "row in them; their share of the candidate's rows. Details: in how many of the other columns the pairs agree.",
    .reading =
        "A match by quasi-identifiers is only apparent: what counts is whether the other columns agree as well, and more "
        "than they do with the holdout's rows.",
    .unit = "share of candidate rows",
    .reference = "NIST, SDNist (apparent match distribution); interval: this project",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .proxy = true,
    .cost = COST_LOW,
    .version = 1,
    .artifacts = "",
    .run = apparent_match_run,
};
