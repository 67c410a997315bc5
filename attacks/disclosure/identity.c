/* privacy.identity: are training records that are alone with their quasi-identifiers found again among the candidate's rows?
 *
 * attacker   knows the quasi-identifiers of a person who is alone with them in the data, and looks for them in the candidate
 * guesses    that the person is in the data, and that the candidate's row is theirs
 * baseline   none: whoever is not found is not guessed
 * control    the same for holdout records, which no generator has seen
 * reference  replicated uniques: synthpop (Raab, Nowok, Dibben 2024, arXiv 2406.16826); key match: Taub, Elliot, Pampaka, Smith
 *            2018; minus the holdout: this project
 *
 * R' and H' are train and the holdout with equally many rows, since the more rows, the fewer are alone. u = share of R' that is
 * alone with its key, m(R') and m(H') = share of the records alone in R', H' whose key the candidate holds.
 *
 *     value = u · (m(R') − m(H'))
 *
 * The difference of u(R') m(R') and u(H') m(H') is the same on average, but the proposed columns were chosen for a large u(R').
 * Interval: u is a fact of the training table; the two shares have Newcombe's (1998, method 10): keys of records that are alone
 * are different keys, so they are found independently. */
#include <stdio.h>
#include <string.h>

#include "attacks/disclosure/quasi.h"
#include "attacks/tables.h"
#include "numeric/interval.h"
#include "numeric/sort.h"

#define LEAST 10 /* records alone in each table; of fewer no share says anything */

/* Records of one table against the candidate. */
struct found {
    size_t rows, shared;       /* records; those whose key the candidate holds */
    size_t alone, found, both; /* records alone with their key; of those found; of those alone in the candidate as well */
};

/* How often a sorted list holds a key: 0, 1 or 2 (two or more). */
static int times(const uint64_t *sorted, size_t n, uint64_t key)
{
    const size_t at = sorted_from(sorted, n, key);

    return at >= n || sorted[at] != key ? 0 : at + 1 < n && sorted[at + 1] == key ? 2 : 1;
}

static int look_up(const struct measure_task *task, const struct quasi *quasi, const struct table *real, size_t n,
                   const uint64_t *subject, struct strbuf *evidence, struct found *found, struct error *error)
{
    struct arena *arena = arena_new();
    uint64_t *keys = NULL, *sorted = arena ? ARENA_ARRAY(arena, uint64_t, n + 1) : NULL;
    uint32_t *pick = NULL;
    int status = sorted ? quasi_part_keys(task, quasi, real, n, arena, &pick, &keys, error) : error_memory(error);

    *found = (struct found){.rows = n};
    if (!status) {
        memcpy(sorted, keys, n * sizeof *keys);
        status = sort_u64(sorted, n, error);
    }
    for (size_t i = 0; i < n && !status; i++) {
        const int here = times(sorted, n, keys[i]), there = times(subject, task->subject->rows, keys[i]);

        found->shared += there > 0;
        found->alone += here == 1;
        found->found += here == 1 && there > 0;
        found->both += here == 1 && there == 1;
        if (evidence && here == 1)
            strbuf_addf(evidence, "train,%u,privacy.identity,unique key,%d\n", pick[i], there > 0);
    }
    arena_free(arena);
    return status;
}

static int look_up_both(const struct measure_task *task, const struct quasi *quasi, struct found *train,
                        struct found *strangers, struct error *error)
{
    const struct table *holdout = stranger_table(task);
    const size_t n = task->reference->rows < holdout->rows ? task->reference->rows : holdout->rows;
    struct arena *arena = arena_new();
    uint64_t *subject = NULL;
    int status = arena ? quasi_keys(quasi, task->subject, arena, &subject, error) : error_memory(error);

    if (!status)
        status = sort_u64(subject, task->subject->rows, error);
    if (!status)
        status = look_up(task, quasi, task->reference, n, subject, task->evidence, train, error);
    if (!status)
        status = look_up(task, quasi, holdout, n, subject, NULL, strangers, error);
    arena_free(arena);
    return status;
}

static double share(size_t part, size_t whole)
{
    return (double)part / (double)whole;
}

/* The proposed sets, best first: which columns to ask about. */
static int describe_proposal(const struct measure_task *task, cJSON *details, struct error *error)
{
    const struct schema *schema = task->data->schema;
    const struct quasi_proposal *proposal = NULL;
    int status = quasi_propose(task, NULL, 0, &proposal, error);
    cJSON *sets = json_add_array(details, "proposed"), *names = json_add_array(details, "identifiers");

    for (size_t i = 0; !status && i < proposal->n; i++)
        quasi_describe_set(schema, proposal->sets[i].columns, proposal->sets[i].n, proposal->sets[i].unique,
                           json_push_object(sets));
    for (size_t i = 0; !status && i < proposal->n_identifiers; i++)
        json_push_string(names, schema->columns[proposal->identifiers[i]].name);
    return status;
}

static int make_details(const struct measure_task *task, const struct quasi *quasi, const struct found *train,
                        const struct found *strangers, struct result *result, struct error *error)
{
    cJSON *details = result->details = cJSON_CreateObject();

    if (!details)
        return error_memory(error);
    quasi_describe(task->data->schema, quasi, details);
    json_add_number(details, "records", (double)train->rows);
    json_add_number(details, "unique", share(train->alone, train->rows));
    json_add_number(details, "unique_holdout", share(strangers->alone, strangers->rows));
    json_add_number(details, "found", share(train->found, train->alone));
    json_add_number(details, "found_holdout", share(strangers->found, strangers->alone));
    json_add_number(details, "replicated", share(train->both, train->rows));
    json_add_number(details, "replicated_holdout", share(strangers->both, strangers->rows));
    json_add_number(details, "shared", share(train->shared, train->rows));
    json_add_number(details, "shared_holdout", share(strangers->shared, strangers->rows));
    return describe_proposal(task, details, error);
}

static void write_finding(const struct measure_task *task, const struct quasi *quasi, const struct found *train,
                          const struct found *strangers, struct result *result)
{
    char words[QUASI_WORDS];

    quasi_words(task->data->schema, quasi->columns, quasi->n, words);
    snprintf(
        result->finding, sizeof result->finding,
        "Of the training records that are alone with their %s%s (%.0f %% are) the candidate holds the values of %.1f %%; of "
        "such holdout records %.1f %%: %s.",
        words, quasi->given ? "" : ", the columns proposed for want of --quasi", 100 * share(train->alone, train->rows),
        100 * share(train->found, train->alone), 100 * share(strangers->found, strangers->alone),
        result->lo > 0 ? "training records can be picked out" : "no sign that it singles out training records");
    if (result->lo > 0)
        snprintf(result->remedy, sizeof result->remedy,
                 "Coarsen the quasi-identifiers, or drop the candidate rows whose quasi-identifiers belong to one training "
                 "record alone.");
}

static int identity_run(const struct measure_task *task, struct result *result, struct error *error)
{
    const struct quasi *quasi = NULL;
    struct found train, strangers;
    struct interval interval;
    double unique, difference;
    int status;

    if (!stranger_table(task))
        return error_set(error, ERROR_UNMEASURABLE, "no real rows are left that the subject was not made of");
    status = quasi_get(task, NULL, 0, &quasi, error);
    if (!status)
        status = look_up_both(task, quasi, &train, &strangers, error);
    if (status)
        return status;
    if (train.alone < LEAST || strangers.alone < LEAST)
        return error_set(error, ERROR_UNMEASURABLE,
                         "too few real records are alone with their quasi-identifiers: %zu of %zu training and %zu of %zu "
                         "holdout records; give more columns with --quasi",
                         train.alone, train.rows, strangers.alone, strangers.rows);
    interval = interval_newcombe(train.found, train.alone, strangers.found, strangers.alone, task->level);
    unique = share(train.alone, train.rows);
    difference = share(train.found, train.alone) - share(strangers.found, strangers.alone);
    result->value = unique * difference;
    result->lo = unique * interval.lo;
    result->hi = unique * interval.hi;
    result->method = "Newcombe";
    result->n = train.rows;
    if (task->brief)
        return 0;
    write_finding(task, quasi, &train, &strangers, result);
    return make_details(task, quasi, &train, &strangers, result, error);
}

const struct measure measure_privacy_identity = {
    .id = "privacy.identity",
    .title = "Identity disclosure",
    .summary =
        "Share of training records whose unique quasi-identifiers stand in the candidate, beyond what holdout records show.",
    .definition =
        "Quasi-identifiers are the columns given with --quasi; without it the smallest set of columns (at most 6) that makes "
        "half of the training records unique, numbers with more than 100 values taken as deciles. Among the records that are "
        "alone with these values in their table: the share whose values a candidate row has, in train minus in equally many "
        "holdout records, times the share of training records that are alone.",
    .reading = "0: a person who is alone with some values is found in the candidate no more often for having been trained on. "
               "A copy of "
               "train gives the share of its records that are unique. The details list the column sets of highest risk.",
    .unit = "share of records",
    .reference =
        "replicated uniques: Raab, Nowok, Dibben 2024, arXiv 2406.16826; beyond the holdout, and the search for columns: "
        "this project",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_LOWER,
    .lo = -1,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HONEST,
    .fault = SUBJECT_COPY,
    .worst = 1,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "quasi proposal, quasi",
    .threat =
        "The attacker knows some columns of a person who is alone with their values, and looks for them in the candidate.",
    .run = identity_run,
};
