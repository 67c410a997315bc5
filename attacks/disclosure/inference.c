/* privacy.inference: does the candidate tell the secret of a person of whom the rest is known?
 *
 * attacker   knows the quasi-identifiers (else all other columns) of a person, and the candidate
 * guesses    the secret that most of the nearest candidate rows have
 * baseline   a value drawn from the candidate's
 * control    the same for people the generator never saw
 * reference  Giomi, Boenisch, Wehmeyer, Tasnádi 2023, PoPETs 2023 (2), section 4.3
 *
 * Every secret is attacked by itself; the worst one counts, its interval and those of the others at the level that holds for
 * all of them at once (Bonferroni). A secret that is guessed of every stranger leaves nothing to measure and takes no part. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attacks/disclosure/guesses.h"
#include "attacks/disclosure/quasi.h"
#include "attacks/disclosure/risk.h"
#include "attacks/secrets.h"
#include "attacks/tables.h"

#define MEASURE      "privacy.inference"
#define MOST_SECRETS 64
#define SHOWN        3 /* known columns that the finding names */
#define REMEDY                                                                                                                 \
    "Train the generator with less detail on the secret or on the columns that identify people (differential privacy, "        \
    "coarser values), or leave the secret out."

enum { PARAMETER_ATTACKS, PARAMETER_TOLERANCE, PARAMETER_COMPAT };

static const struct parameter parameters[] = {
    {"attacks", "people attacked for each secret, and as many strangers", 2000, 20, 1e6},
    {"tolerance", "a number is guessed right within this part of itself and of train's spread, a date of the spread", .05, 0,
     1},
    RISK_COMPAT,
    {NULL, NULL, 0, 0, 0}};

struct inference {
    const struct measure_task *task;
    struct guess_options options;
    struct guessing secrets[MOST_SECRETS];
    struct risk risk[MOST_SECRETS];
    size_t n, measured; /* secrets; those that could be attacked and are not guessed of every stranger */
    bool named;
    double level; /* of each secret */
};

static bool attacked(const struct inference *inference, size_t s)
{
    return inference->secrets[s].error.code == 0;
}

static bool has_room(const struct inference *inference, size_t s)
{
    const struct attempts *control = &inference->secrets[s].counts.control;

    return attacked(inference, s) && control->successes < control->made;
}

static int attack_task(void *context, size_t index, size_t worker, struct error *error)
{
    struct inference *inference = context;

    (void)worker;
    return guess_secret(&inference->secrets[index], &inference->options, error);
}

static int prepare(struct inference *inference, struct error *error)
{
    const struct dataset *data = inference->task->data;
    size_t columns[MOST_SECRETS];

    inference->n = attack_secrets_choose(data, true, columns, MOST_SECRETS, &inference->named);
    if (inference->n == 0)
        return error_set(error, ERROR_UNMEASURABLE,
                         "no secret column was named; give --secret COLUMN, or leave inference out with --skip " MEASURE);
    for (size_t s = 0; s < inference->n; s++) {
        struct guessing *secret = &inference->secrets[s];

        secret->arena = arena_new();
        secret->known = secret->arena ? ARENA_ARRAY(secret->arena, size_t, data->schema->n_columns + 1) : NULL;
        if (!secret->known)
            return error_memory(error);
        secret->column = columns[s];
        secret->n_known = attack_known_columns(data->schema, columns[s], secret->known);
    }
    return 0;
}

/* Risks at the level that holds for all secrets that take part. */
static int assess(struct inference *inference, struct error *error)
{
    const struct measure_task *task = inference->task;
    size_t first = SIZE_MAX;

    for (size_t s = 0; s < inference->n; s++) {
        inference->measured += has_room(inference, s);
        if (first == SIZE_MAX && attacked(inference, s))
            first = s;
    }
    if (first == SIZE_MAX)
        return error_set(error, ERROR_UNMEASURABLE, "%s", inference->secrets[0].error.message);
    inference->level = 1 - (1 - task->level) / (inference->measured > 1 ? (double)inference->measured : 1);
    for (size_t s = first; s < inference->n; s++)
        if (attacked(inference, s))
            inference->risk[s] =
                risk_assess(&inference->secrets[s].counts, inference->level, task->parameters[PARAMETER_COMPAT].value > 0);
    return 0;
}

/* The secret with the largest risk among those that take part; the first attacked one where none does. */
static size_t find_worst(const struct inference *inference)
{
    size_t worst = SIZE_MAX;

    for (size_t s = 0; s < inference->n; s++)
        if (has_room(inference, s) && (worst == SIZE_MAX || inference->risk[s].value > inference->risk[worst].value))
            worst = s;
    for (size_t s = 0; s < inference->n && worst == SIZE_MAX; s++)
        if (attacked(inference, s))
            worst = s;
    return worst;
}

static void describe_secret(const struct inference *inference, size_t s, cJSON *secrets)
{
    const struct guessing *secret = &inference->secrets[s];
    cJSON *item = json_push_object(secrets);

    json_add_string(item, "column", inference->task->data->schema->columns[secret->column].name);
    risk_describe(&inference->risk[s], item);
    json_add_number(item, "majority", secret->majority);
    json_add_number(item, "known", (double)secret->n_known);
    json_add_bool(item, "takes_part", has_room(inference, s));
}

static int describe(const struct inference *inference, size_t worst, struct result *result, struct error *error)
{
    const struct schema *schema = inference->task->data->schema;
    cJSON *details = result->details = cJSON_CreateObject(), *secrets, *left_out, *known;
    size_t *columns = calloc(schema->n_columns + 1, sizeof *columns), n_known;

    if (!details || !columns) {
        free(columns);
        return error_memory(error);
    }
    secrets = json_add_array(details, "secrets");
    left_out = json_add_array(details, "not_attacked");
    known = json_add_array(details, "known");
    for (size_t s = 0; s < inference->n; s++) {
        if (attacked(inference, s)) {
            describe_secret(inference, s, secrets);
            continue;
        }
        cJSON *item = json_push_object(left_out);

        json_add_string(item, "column", schema->columns[inference->secrets[s].column].name);
        json_add_string(item, "why", inference->secrets[s].error.message);
    }
    n_known = attack_known_columns(schema, SIZE_MAX, columns);
    for (size_t c = 0; c < n_known; c++)
        json_push_string(known, schema->columns[columns[c]].name);
    free(columns);
    json_add_string(details, "worst", schema->columns[inference->secrets[worst].column].name);
    json_add_bool(details, "secrets_named", inference->named);
    json_add_number(details, "tolerance", inference->options.tolerance);
    json_add_number(details, "level", inference->level);
    return 0;
}

/* The sentence that regulators read; what follows from it is the same for all three risks. */
static void write_finding(const struct inference *inference, size_t s, struct result *result)
{
    const struct guessing *secret = &inference->secrets[s];
    const struct risk *risk = &inference->risk[s];
    const struct schema *schema = inference->task->data->schema;
    char known[160], name[48], opening[440];
    struct risk_words words = {.opening = opening, .remedy = REMEDY, .sees_copies = true};

    column_words(schema, secret->known, secret->n_known, SHOWN, known, sizeof known);
    column_words(schema, &secret->column, 1, 1, name, sizeof name);
    snprintf(
        opening, sizeof opening,
        "An attacker who knows %s of a person in the data guesses '%s' right in %.1f %% of cases; %.1f %% is what they guess "
        "for people who are not in the data, and %.1f %% by drawing one of the candidate's values",
        known, name, 100 * risk->attack, 100 * risk->control, 100 * risk->baseline);
    risk_report(risk, &words, result);
}

/* The value is that of the worst secret; each end is the largest of the secrets', all of which hold at once. The words are
 * about the secret with the surest leak where the worst one proves none. */
static void summarise(const struct inference *inference, size_t worst, struct result *result)
{
    double hi = inference->risk[worst].hi;
    size_t surest = worst;

    for (size_t s = 0; s < inference->n; s++)
        if (has_room(inference, s)) {
            hi = fmax(hi, inference->risk[s].hi);
            surest = inference->risk[s].lo > inference->risk[surest].lo ? s : surest;
        }
    write_finding(inference, inference->risk[worst].lo > 0 ? worst : surest, result);
    result->value = inference->risk[worst].value;
    result->lo = inference->risk[surest].lo;
    result->hi = hi;
    result->n = inference->secrets[worst].members.n;
    if (inference->measured > 1)
        result->method = arena_format(result->arena, "%s, Bonferroni over secrets", inference->risk[worst].method);
}

static void write_evidence(const struct inference *inference)
{
    for (size_t s = 0; s < inference->n; s++) {
        const struct guessing *secret = &inference->secrets[s];

        for (size_t i = 0; i < secret->members.n && attacked(inference, s); i++)
            strbuf_addf(inference->task->evidence, "train,%u," MEASURE ",nearest secret %zu,%d\n", secret->members.pick[i],
                        secret->column + 1, secret->right[i] ? 1 : 0);
    }
}

static int measure(struct inference *inference, struct result *result, struct error *error)
{
    const struct measure_task *task = inference->task;
    int status = prepare(inference, error);
    size_t worst;

    if (!status)
        status = pool_run(task->pool, inference->n, attack_task, inference, error);
    if (!status)
        status = assess(inference, error);
    if (status)
        return status;
    worst = find_worst(inference);
    summarise(inference, worst, result);
    if (!result->method)
        return error_memory(error);
    if (task->evidence)
        write_evidence(inference);
    return task->brief ? 0 : describe(inference, worst, result, error);
}

static int inference_run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct inference *inference;
    int status;

    if (!stranger_table(task) || stranger_table(task)->rows == 0)
        return error_set(error, ERROR_UNMEASURABLE, "no real rows are left that the subject was not made of");
    inference = calloc(1, sizeof *inference);
    if (!inference)
        return error_memory(error);
    inference->task = task;
    inference->options = (struct guess_options){.train = task->reference,
                                                .strangers = stranger_table(task),
                                                .synthetic = task->subject,
                                                .attacks = (size_t)task->parameters[PARAMETER_ATTACKS].value,
                                                .tolerance = task->parameters[PARAMETER_TOLERANCE].value,
                                                .seed = task->seed};
    status = measure(inference, result, error);
    for (size_t s = 0; s < inference->n; s++)
        arena_free(inference->secrets[s].arena);
    free(inference);
    return status;
}

const struct measure measure_privacy_inference = {
    .id = MEASURE,
    .title = "Inference of secrets",
    .summary = "How much more often the nearest candidate rows give away the secret of a training person than of a stranger.",
    .definition =
        "For up to 2,000 training records: among the candidate's rows nearest on what the attacker knows (the "
        "quasi-identifiers, "
        "else all other columns), all ties included, the most frequent value of the secret is the guess. Right: the same "
        "category; a number within 5 % of itself and of train's spread (5 % to 95 % quantile); a date within 5 % of the "
        "spread. A is "
        "the share guessed "
        "right, C the same share among records that the generator never saw; the risk is (A - C)/(1 - C), at least 0. Secrets "
        "are the columns named with --secret, else the sensitive columns and the target; the largest risk counts.",
    .reading =
        "0: secrets of training people are guessed no more often than those of strangers, so that whatever is guessed follows "
        "from what is true of everybody. 1: all secrets that cannot be guessed of strangers are guessed of training people. A "
        "copy of train reaches that where the known columns single people out. A secret that nearly all strangers give away "
        "leaves little to measure: its interval is wide.",
    .unit = "share of guesses that fail on strangers",
    .reference =
        "Giomi, Boenisch, Wehmeyer, Tasnádi 2023, PoPETs 2023 (2), 312; ties, success of a guess and interval: this project",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HONEST,
    .fault = SUBJECT_COPY,
    .worst = 1,
    .cost = COST_MEDIUM,
    .version = 1,
    .parameters = parameters,
    .threat = "An attacker who knows some columns of a person looks up the nearest rows of the candidate to learn another one.",
    .run = inference_run,
};
