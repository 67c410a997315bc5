/* privacy.delta_presence: how sure can an attacker be that somebody was in the training table, whose values the candidate has?
 *
 * Nergiz, Atzori, Clifton 2007 (SIGMOD, definition 3): a release is (δ_min, δ_max)-present when for every person t of a public
 * table P ⊇ R the probability P[t ∈ R | release] lies between the two. Their release is a generalised R; the candidate here is
 * a new table, which says of a key that it occurs or does not. P is known by R' and H', train and the holdout with equally many
 * records, so that before anything is released the probability is ½.
 *
 * A person who is alone with a key in P and whose key the candidate holds has the share 1 or 0: a single key proves nothing.
 * Keys that the candidate holds are therefore put together by the number of people of P who have them (1, 2, 3-4, 5-9, 10
 * and more), which an attacker who holds P can see, and
 *
 *     value = the largest share of training records among the people of one such class of keys (50 people or more)
 *
 * Interval: Clopper and Pearson. Given P and the candidate, labels of fresh rows are exchangeable, so that the number of
 * training records in a class is hypergeometric, which lies inside. Lower ends by Bonferroni over the classes, the largest
 * counts; the upper end is the largest of the uncorrected ones. A maximum lies above ½ by chance: the lower end decides. */
#include <math.h>
#include <stdio.h>

#include "attacks/disclosure/quasi.h"
#include "attacks/tables.h"
#include "datasets/row_overlap.h"
#include "numeric/interval.h"
#include "numeric/sort.h"

#define LEAST   ((size_t)50) /* people of a class of keys */
#define ONE_KEY ((size_t)10) /* people of a single key whose share is listed */

/* Least number of people with a key of the class. */
static const size_t class_from[] = {1, 2, 3, 5, 10, SIZE_MAX};
enum { CLASSES = sizeof class_from / sizeof *class_from - 1 };

struct people {
    size_t n, train;
};

struct presence {
    struct people class[CLASSES], absent; /* keys that the candidate holds, by people; keys that it does not hold */
    /* Keys with ONE_KEY people or more: how many, and of the most surprising one the share and the chance of it at ½ (exact,
     * corrected for the number of keys). */
    size_t single_keys;
    double single_share, single_p;
};

static size_t class_of(size_t people)
{
    size_t k = 0;

    while (people >= class_from[k + 1])
        k++;
    return k;
}

/* keys: ascending, the last bit tells train (1) from strangers (0). */
static void count_people(const uint64_t *keys, size_t n, const uint64_t *subject, size_t m, struct presence *presence)
{
    *presence = (struct presence){.single_share = NAN, .single_p = 1};
    for (size_t i = 0, next; i < n; i = next) {
        const uint64_t key = keys[i] & ~(uint64_t)1;
        const size_t at = sorted_from(subject, m, key);
        const bool held = at < m && subject[at] == key;
        struct people here = {0, 0}, *whole;
        double chance;

        for (next = i; next < n && (keys[next] & ~(uint64_t)1) == key; next++) {
            here.n++;
            here.train += keys[next] & 1;
        }
        whole = held ? &presence->class[class_of(here.n)] : &presence->absent;
        whole->n += here.n;
        whole->train += here.train;
        if (!held || here.n < ONE_KEY)
            continue;
        presence->single_keys++;
        chance = binomial_upper(here.train, here.n, .5);
        if (chance < presence->single_p) {
            presence->single_p = chance;
            presence->single_share = (double)here.train / (double)here.n;
        }
    }
    presence->single_p = fmin(1, presence->single_p * (double)presence->single_keys);
}

/* Keys of R' and H' with their mark in the last bit, and the candidate's with 0 there; both ascending. */
static int find_keys(const struct measure_task *task, const struct quasi *quasi, struct arena *arena, uint64_t **keys,
                     size_t *n, uint64_t **subject, struct error *error)
{
    const struct table *holdout = stranger_table(task);
    uint64_t *part[2] = {NULL, NULL};
    uint32_t *pick = NULL;
    int status;

    *n = task->reference->rows < holdout->rows ? task->reference->rows : holdout->rows;
    status = quasi_part_keys(task, quasi, holdout, *n, arena, &pick, &part[0], error);
    if (!status)
        status = quasi_part_keys(task, quasi, task->reference, *n, arena, &pick, &part[1], error);
    if (!status && !(*keys = ARENA_ARRAY(arena, uint64_t, 2 * *n + 1)))
        status = error_memory(error);
    for (size_t i = 0; i < 2 * *n && !status; i++)
        (*keys)[i] = (part[i % 2][i / 2] & ~(uint64_t)1) | i % 2;
    *n *= 2;
    if (!status)
        status = sort_u64(*keys, *n, error);
    if (!status)
        status = quasi_keys(quasi, task->subject, arena, subject, error);
    for (size_t i = 0; i < task->subject->rows && !status; i++)
        (*subject)[i] &= ~(uint64_t)1;
    return status ? status : sort_u64(*subject, task->subject->rows, error);
}

static double share_of(const struct people *people)
{
    return people->n ? (double)people->train / (double)people->n : NAN;
}

/* Classes with enough people. */
static size_t count_classes(const struct presence *presence)
{
    size_t count = 0;

    for (size_t k = 0; k < CLASSES; k++)
        count += presence->class[k].n >= LEAST;
    return count;
}

/* Returns the class whose lower end is the largest. */
static size_t fill_value(const struct presence *presence, double level, struct result *result)
{
    const double looks = (double)count_classes(presence);
    size_t surest = 0;

    result->value = result->lo = result->hi = -INFINITY;
    for (size_t k = 0; k < CLASSES; k++) {
        const struct people *people = &presence->class[k];
        double lo;

        if (people->n < LEAST)
            continue;
        lo = clopper_pearson_lower(people->train, people->n, (1 - level) / 2 / looks);
        result->value = fmax(result->value, share_of(people));
        result->hi = fmax(result->hi, clopper_pearson_upper(people->train, people->n, (1 - level) / 2));
        if (lo > result->lo) {
            result->lo = lo;
            surest = k;
        }
        result->n += people->n;
    }
    result->method = "Clopper-Pearson, Bonferroni over classes of keys";
    return surest;
}

static void describe_people(const struct people *people, double level, cJSON *item)
{
    const struct interval interval = interval_clopper_pearson(people->train, people->n, level);

    json_add_number(item, "people", (double)people->n);
    json_add_number(item, "train", share_of(people));
    json_add_number(item, "lo", interval.lo);
    json_add_number(item, "hi", interval.hi);
}

static int make_details(const struct measure_task *task, const struct quasi *quasi, const struct presence *presence,
                        struct result *result, struct error *error)
{
    cJSON *details = result->details = cJSON_CreateObject(), *classes = json_add_array(details, "classes"), *single;

    if (!details || !classes)
        return error_memory(error);
    quasi_describe(task->data->schema, quasi, details);
    for (size_t k = 0; k < CLASSES; k++) {
        cJSON *item = json_push_object(classes);

        json_add_number(item, "from", (double)class_from[k]);
        json_add_number(item, "to", k + 1 < CLASSES ? (double)class_from[k + 1] - 1 : NAN);
        describe_people(&presence->class[k], task -> level, item);
    }
    describe_people(&presence->absent, task->level, json_add_object(details, "absent"));
    single = json_add_object(details, "single_key");
    json_add_number(single, "keys", (double)presence->single_keys);
    json_add_number(single, "share", presence->single_share);
    json_add_number(single, "p_value", presence->single_p);
    return 0;
}

static void write_finding(const struct measure_task *task, const struct quasi *quasi, const struct presence *presence,
                          size_t class, struct result *result)
{
    const struct people *people = &presence->class[class];
    char words[QUASI_WORDS];

    quasi_words(task->data->schema, quasi->columns, quasi->n, words);
    snprintf(result->finding, sizeof result->finding,
             "Of %zu real people whose %s the candidate holds, and who share them with %s in train and as large a holdout, "
             "%.0f %% were in train, where 50 %% would be chance: %s.",
             people->n, words, class_from[class] > 1 ? "a few others" : "nobody", 100 * share_of(people),
             result->lo > .5 ? "a value in the candidate tells who was in the training data"
                             : "no sign that the candidate tells who was in the training data");
}

static int delta_presence_run(const struct measure_task *task, struct result *result, struct error *error)
{
    const struct quasi *quasi = NULL;
    struct arena *arena = arena_new();
    struct presence presence;
    uint64_t *keys = NULL, *subject = NULL;
    size_t n = 0;
    int status = arena ? 0 : error_memory(error);

    if (!status && !stranger_table(task))
        status = error_set(error, ERROR_UNMEASURABLE, "no real rows are left that the subject was not made of");
    if (!status)
        status = quasi_get(task, NULL, 0, &quasi, error);
    if (!status)
        status = find_keys(task, quasi, arena, &keys, &n, &subject, error);
    if (!status) {
        count_people(keys, n, subject, task->subject->rows, &presence);
        if (count_classes(&presence) == 0)
            status =
                error_set(error, ERROR_UNMEASURABLE,
                          "the candidate holds the quasi-identifiers of too few real records to tell (%zu are needed)", LEAST);
    }
    if (!status) {
        const size_t surest = fill_value(&presence, task->level, result);

        write_finding(task, quasi, &presence, surest, result);
        status = task->brief ? 0 : make_details(task, quasi, &presence, result, error);
    }
    arena_free(arena);
    return status;
}

const struct measure measure_privacy_delta_presence = {
    .id = "privacy.delta_presence",
    .title = "Presence in train (delta-presence)",
    .summary = "Largest share of training records among real people whose quasi-identifiers the candidate holds (chance: 0.5).",
    .definition =
        "Train and equally many holdout records are the population that an attacker knows. People whose quasi-identifiers "
        "(--quasi, or the proposed set) a candidate row has are put together by how many people of the population have the "
        "same "
        "ones (1, 2, 3-4, 5-9, 10 and more). The value is the largest share of training records in a class of 50 people or "
        "more.",
    .reading = "0.5 is what an attacker knew before; a maximum over classes lies somewhat above it by chance, so the lower end "
               "decides. "
               "1: whoever's values the candidate holds was trained on. A single person alone with a key always has a share of "
               "0 or 1, "
               "which is why classes are taken. There is no score: privacy.identity counts the same leak in people.",
    .unit = "share of records",
    .reference = "Nergiz, Atzori, Clifton 2007, SIGMOD, definition 3; classes of keys and interval: this project",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .cost = COST_LOW,
    .version = 1,
    .artifacts = "quasi proposal, quasi",
    .threat = "The attacker holds a register of the population and asks who of it was in the training data.",
    .run = delta_presence_run,
};
