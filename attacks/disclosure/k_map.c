/* privacy.k_map: of how many real people could a candidate row be, by its quasi-identifiers? A description, not an attack.
 *
 * A release satisfies k-map when every combination of quasi-identifiers in it belongs to at least k people of the population
 * (Sweeney 2002, Int. J. Uncertainty Fuzziness 10, 557; El Emam and Dankar 2008, JAMIA 15, 627). The population is known by a
 * sample, train and the holdout together. f(s) = number of its records with the key of candidate row s. Rows with f = 0 are
 * nobody's in the sample and are left out (their share is listed).
 *
 * The smallest f is 1 on nearly every table of ordinary size, so the value is the 5 % quantile, x_(⌈.05 n⌉) of the n rows with
 * f > 0: 19 in 20 of them have at least so many people behind them. Interval: order statistics (distribution-free: Thompson
 * 1936), for other candidate rows of the same generator against the same real records.
 *
 * It says what the columns allow and not what the generator did: fresh real rows have the same k-map as a copy. So it has no
 * score and stays out of the index. */
#include <math.h>
#include <stdio.h>

#include "attacks/disclosure/quasi.h"
#include "attacks/tables.h"
#include "datasets/row_overlap.h"
#include "numeric/interval.h"
#include "numeric/sort.h"

#define QUANTILE .05
#define LEAST    ((size_t)20) /* candidate rows with somebody behind them */

/* Classes that are thought small: 2 a single record, 3 and 5 are common among statistical offices, 11 is the rule of health
 * data in the USA and Canada (a risk of .09; El Emam 2013). */
static const size_t small[] = {2, 3, 5, 11};
enum { SMALL = sizeof small / sizeof *small };

/* Keys of train and of the strangers together, ascending. */
static int population_keys(const struct measure_task *task, const struct quasi *quasi, struct arena *arena, uint64_t **keys,
                           size_t *n, struct error *error)
{
    const struct table *table[] = {task->reference, stranger_table(task)};
    uint64_t *part = NULL;
    int status = 0;

    *n = 0;
    if (!(*keys = ARENA_ARRAY(arena, uint64_t, table[0]->rows + table[1]->rows + 1)))
        return error_memory(error);
    for (size_t t = 0; t < 2 && !status; t++) {
        status = quasi_keys(quasi, table[t], arena, &part, error);
        for (size_t i = 0; i < table[t]->rows && !status; i++)
            (*keys)[(*n)++] = part[i];
    }
    return status ? status : sort_u64(*keys, *n, error);
}

/* Sizes of the classes of the candidate's rows that have one, ascending. */
static int class_sizes(const struct measure_task *task, const struct quasi *quasi, struct arena *arena, uint64_t **sizes,
                       size_t *n, size_t *population, struct error *error)
{
    uint64_t *keys = NULL, *subject = NULL;
    int status = population_keys(task, quasi, arena, &keys, population, error);

    *n = 0;
    if (!status)
        status = quasi_keys(quasi, task->subject, arena, &subject, error);
    if (!status && !(*sizes = ARENA_ARRAY(arena, uint64_t, task->subject->rows + 1)))
        status = error_memory(error);
    for (size_t i = 0; i < task->subject->rows && !status; i++) {
        const size_t from = sorted_from(keys, *population, subject[i]);

        if (from < *population && keys[from] == subject[i])
            (*sizes)[(*n)++] = run_length(keys, *population, from);
    }
    return status ? status : sort_u64(*sizes, *n, error);
}

/* Number of rows, of n, that are below the quantile with no more than chance alpha: the rank of the lower end. */
static size_t rank_below(size_t n, double alpha)
{
    size_t lo = 0, hi = n;

    while (lo < hi) { /* the largest l with P[B < l] ≤ alpha, B ~ binomial(n, QUANTILE) */
        const size_t middle = hi - (hi - lo) / 2;

        if (1 - binomial_upper(middle, n, QUANTILE) <= alpha)
            lo = middle;
        else
            hi = middle - 1;
    }
    return lo;
}

/* The least u with P[B ≥ u] ≤ alpha; n + 1 where there is none. */
static size_t rank_above(size_t n, double alpha)
{
    size_t lo = 1, hi = n + 1;

    while (lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;

        if (binomial_upper(middle, n, QUANTILE) <= alpha)
            hi = middle;
        else
            lo = middle + 1;
    }
    return lo;
}

static void fill_value(const uint64_t *sizes, size_t n, double level, struct result *result)
{
    const size_t below = rank_below(n, (1 - level) / 2), above = rank_above(n, (1 - level) / 2);

    result->value = (double)sizes[(size_t)ceil(QUANTILE * (double)n) - 1];
    result->lo = below > 0 ? (double)sizes[below - 1] : 1;
    result->hi = (double)sizes[above <= n ? above - 1 : n - 1];
    result->method = "order statistics";
    result->n = n;
}

static int make_details(const struct measure_task *task, const struct quasi *quasi, const uint64_t *sizes, size_t n,
                        size_t population, struct result *result, struct error *error)
{
    cJSON *details = result->details = cJSON_CreateObject(), *below = json_add_array(details, "below");

    if (!details || !below)
        return error_memory(error);
    quasi_describe(task->data->schema, quasi, details);
    json_add_number(details, "population", (double)population);
    json_add_number(details, "matched", (double)n / (double)task->subject->rows);
    json_add_number(details, "smallest", (double)sizes[0]);
    json_add_number(details, "median", (double)sizes[(n - 1) / 2]);
    for (size_t i = 0; i < SMALL; i++) {
        cJSON *item = json_push_object(below);

        json_add_number(item, "k", (double)small[i]);
        json_add_number(item, "share", (double)sorted_from(sizes, n, small[i]) / (double)n);
    }
    return 0;
}

static void write_finding(const struct measure_task *task, const struct quasi *quasi, const uint64_t *sizes, size_t n,
                          size_t population, struct result *result)
{
    char words[QUASI_WORDS];

    quasi_words(task->data->schema, quasi->columns, quasi->n, words);
    snprintf(
        result->finding, sizeof result->finding,
        "Of the candidate's rows %.0f %% have the %s of some of %zu real records; of these %.0f %% stand for a single record "
        "and %.0f %% for fewer than %zu. This describes the columns and not the generator: fresh real rows look alike.",
        100 * (double)n / (double)task->subject->rows, words, population, 100 * (double)sorted_from(sizes, n, 2) / (double)n,
        100 * (double)sorted_from(sizes, n, small[SMALL - 1]) / (double)n, small[SMALL - 1]);
}

static int k_map_run(const struct measure_task *task, struct result *result, struct error *error)
{
    const struct quasi *quasi = NULL;
    struct arena *arena = arena_new();
    uint64_t *sizes = NULL;
    size_t n = 0, population = 0;
    int status = arena ? 0 : error_memory(error);

    if (!status && !stranger_table(task))
        status = error_set(error, ERROR_UNMEASURABLE, "no real rows are left that the subject was not made of");
    if (!status)
        status = quasi_get(task, NULL, 0, &quasi, error);
    if (!status)
        status = class_sizes(task, quasi, arena, &sizes, &n, &population, error);
    if (!status && n < LEAST)
        status = error_set(error, ERROR_UNMEASURABLE,
                           "%zu candidate rows have the quasi-identifiers of a real record; %zu are needed", n, LEAST);
    if (!status) {
        fill_value(sizes, n, task->level, result);
        write_finding(task, quasi, sizes, n, population, result);
        status = task->brief ? 0 : make_details(task, quasi, sizes, n, population, result, error);
    }
    arena_free(arena);
    return status;
}

const struct measure measure_privacy_k_map = {
    .id = "privacy.k_map",
    .title = "People behind a row (k-map)",
    .summary = "Number of real records that share the quasi-identifiers of a candidate row, exceeded by 19 in 20 rows.",
    .definition =
        "For each candidate row the number of records with its quasi-identifiers (--quasi, or the proposed set) in train and "
        "holdout together, a sample of the population; rows whose quasi-identifiers nobody has are left out. The value is the "
        "5 % quantile; the smallest is 1 on nearly every table.",
    .reading =
        "1: behind one row in twenty or more stands a single real record of the sample, which is what most tables with "
        "useful quasi-identifiers show. It describes what the columns allow and not what the generator copied: fresh real "
        "rows give the same, so there is no score. A low value together with a proven privacy.identity is what counts.",
    .unit = "records",
    .reference = "Sweeney 2002 (IJUFKS 10, 557); El Emam and Dankar 2008 (JAMIA 15, 627); the quantile: this project",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_HIGHER,
    .lo = 1,
    .hi = INFINITY,
    .needs = NEED_HOLDOUT | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .cost = COST_LOW,
    .version = 1,
    .artifacts = "quasi proposal, quasi",
    .threat = "The attacker holds a register of the population and asks who a candidate row could be.",
    .run = k_map_run,
};
