/* privacy.reconstruction: can the secrets of the training records be computed back from the synthetic rows?
 *
 * attacker   knows the quasi-identifiers of all training records, and the synthetic table; never saw a secret
 * guesses    the secret of every training record, by linear reconstruction from 3-way conditional answers
 * baselines  majority class of the synthetic rows; boosted trees trained on them; the nearest completion
 * control    the same attack, classifier and nearest completion on holdout records, which no generator has seen
 * reference  Annamalai, Gadotti, Rocher 2024 (USENIX Security, arXiv 2301.10053), Dinur and Nissim 2003
 *
 * The baselines' accuracy on train is listed, but the advantage is taken over their accuracy on the holdout: on train the
 * nearest completion and a flexible classifier profit from the very leak that is to be measured (on a copy of train they would
 * hide it). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "attacks/reconstruction/assault.h"
#include "attacks/secrets.h"
#include "core/utf8.h"
#include "metrics/measure.h"

enum { PARAMETER_K, PARAMETER_EXACT, PARAMETER_EXACT_CONTROLS, PARAMETER_ENTRIES };

#define WORK      4e7 /* of a least-squares solve: entries x steps, about .1 s */
#define MOST_NAME ((size_t)80)
#define INFERRED  5 /* percentage points above the majority class that are worth a word */

static const struct parameter parameters[] = {
    {"k", "a query fixes k - 1 quasi-identifiers and the secret", 3, 2, 4},
    {"exact", "exact L1 up to this many unknowns, weighted least squares above", 2000, 0, 20000},
    {"exact_controls", "the same for controls and the honest case", 500, 0, 20000},
    {"entries", "most entries of the query matrix; above, a seeded sample of the column sets is asked", 800000, 10000, 1e9},
    {NULL, NULL, 0, 0, 0}};

static int prepare(const struct measure_task *task, size_t secret, struct arena *arena, struct assault *assault,
                   struct error *error)
{
    const struct schema *schema = task->data->schema;
    *assault = (struct assault){.arena = arena, .quasi = ARENA_ARRAY(arena, size_t, schema->n_columns + 1)};
    if (!assault->quasi)
        return error_memory(error);
    assault->n_quasi = attack_known_columns(schema, secret, assault->quasi);
    if (assault->n_quasi == 0)
        return error_set(error, ERROR_UNMEASURABLE, "there is no quasi-identifier besides the secret");
    return secret_fit(task->data->train.table, secret, arena, &assault->secret, error);
}

static int prepare_all(const struct measure_task *task, struct arena *arena, struct assault *assaults, size_t *n, bool *named,
                       struct error *error)
{
    size_t columns[ATTACK_NAMED_SECRETS], count = attack_secrets_choose(task->data, columns, named);
    int status = count ? 0
                       : error_set(error, ERROR_UNMEASURABLE,
                                   "no secret column was named; give --secret COLUMN, or leave reconstruction out with --skip "
                                   "privacy.reconstruction");
    *n = 0;
    for (size_t s = 0; s < count; s++) {
        int code = prepare(task, columns[s], arena, &assaults[*n], error);
        if (code && code != ERROR_UNMEASURABLE)
            return code;
        *n += code == 0;
        status = code;
    }
    return *n ? 0 : status;
}

static void describe(const struct measure_task *task, const struct assault *assault, double level, cJSON *secrets)
{
    const struct outcome *attack = &assault->attack;
    struct advantage advantage = assault_advantage(assault, level);
    double n = (double)attack->tally.n;
    cJSON *item = json_push_object(secrets);
    json_add_string(item, "column", task->data->schema->columns[assault->secret.column].name);
    json_add_number(item, "classes", (double)assault->secret.classes);
    json_add_number(item, "accuracy", tally_share(attack->tally));
    json_add_number(item, "auc", attack->auc);
    json_add_number(item, "undetermined", (double)attack->undetermined / n);
    json_add_number(item, "majority", tally_share(assault->majority.train));
    json_add_number(item, "classifier", tally_share(assault->classifier.train));
    json_add_number(item, "nearest", tally_share(assault->nearest.train));
    json_add_number(item, "holdout", tally_share(assault->strangers.tally));
    json_add_number(item, "holdout_auc", assault->strangers.auc);
    json_add_number(item, "holdout_classifier", tally_share(assault->classifier.control));
    json_add_number(item, "holdout_nearest", tally_share(assault->nearest.control));
    json_add_number(item, "advantage", advantage.value);
    json_add_number(item, "lo", advantage.lo);
    json_add_number(item, "hi", advantage.hi);
    json_add_string(item, "against", advantage.against);
    json_add_number(item, "gap", attack->gap);
    json_add_bool(item, "converged", attack->converged);
    json_add_number(item, "queries", (double)attack->queries);
    json_add_number(item, "column_sets", (double)attack->sets);
    json_add_number(item, "all_column_sets", (double)attack->all_sets);
    json_add_number(item, "quasi", (double)assault->n_quasi);
    json_add_number(item, "unique", (double)attack->unique / n);
    json_add_number(item, "records", n);
    json_add_string(item, "solver", solver_name(attack->solver));
}

static void write_evidence(const struct measure_task *task, const struct assault *assault)
{
    for (size_t i = 0; i < assault->train.n; i++)
        strbuf_addf(task->evidence, "train,%u,privacy.reconstruction,%s secret %zu,%.17g\n", assault->train.pick[i],
                    assault->attack.solver == SOLVER_L1 ? "l1" : "least-squares", assault->secret.column + 1,
                    assault->attack.score[i]);
}

/* What the best rival is, as words that end a sentence on its accuracy. */
static const char *rival_words(const struct advantage *advantage)
{
    if (strcmp(advantage->against, "majority") == 0)
        return "by always naming the most frequent class";
    if (strcmp(advantage->against, "reconstruction") == 0)
        return "of holdout records by the same attack";
    if (strcmp(advantage->against, "classifier") == 0)
        return "of holdout records by a model trained on the candidate";
    return "of holdout records by their nearest synthetic rows";
}

static void write_finding(const struct measure_task *task, const struct assault *worst, const struct advantage *advantage,
                          struct result *result)
{
    const char *name = task->data->schema->columns[worst->secret.column].name;
    size_t length = strlen(name);
    int shown = (int)utf8_valid(name, length < MOST_NAME ? length : MOST_NAME);
    double accuracy = 100 * tally_share(worst->attack.tally), rival = accuracy - 100 * advantage->value;
    snprintf(result->finding, sizeof result->finding,
             "Linear reconstruction guesses the secret '%.*s' of %.1f %% of %zu training records, against %.1f %% %s: %s.",
             shown, name, accuracy, worst->attack.tally.n, rival, rival_words(advantage),
             advantage->lo > 0 ? "the synthetic rows leak secrets of their own training records"
             : accuracy > 100 * tally_share(worst->majority.train) + INFERRED
                 ? "what is guessed is population inference, with no sign that records leak"
                 : "no sign that records leak");
    if (advantage->lo > 0)
        snprintf(result->remedy, sizeof result->remedy,
                 "Train the generator with less detail on '%.*s' (differential privacy, larger groups), or drop "
                 "quasi-identifiers that single people out.",
                 shown, name);
}

static int fill_result(const struct measure_task *task, const struct assault *assaults, size_t n, bool named,
                       struct result *result, struct error *error)
{
    double level = 1 - (1 - task->level) / (double)n;
    size_t worst = 0, proven = 0; /* secrets with the largest advantage and the largest lower end */
    struct advantage most = assault_advantage(&assaults[0], level), surest = most;
    double hi = most.hi;
    for (size_t s = 1; s < n; s++) {
        struct advantage advantage = assault_advantage(&assaults[s], level);
        hi = fmax(hi, advantage.hi);
        if (advantage.value > most.value) {
            most = advantage;
            worst = s;
        }
        if (advantage.lo > surest.lo) {
            surest = advantage;
            proven = s;
        }
    }
    result->value = most.value;
    result->lo = task->brief ? NAN : surest.lo;
    result->hi = task->brief ? NAN : hi;
    result->method = n > 1 ? "Newcombe, Bonferroni over secrets" : "Newcombe";
    result->n = assaults[worst].attack.tally.n;
    if (task->brief)
        return 0;
    cJSON *details = cJSON_CreateObject(), *secrets = json_add_array(details, "secrets");
    if (!details || !secrets) {
        cJSON_Delete(details);
        return error_memory(error);
    }
    for (size_t s = 0; s < n; s++) {
        describe(task, &assaults[s], level, secrets);
        if (task->evidence)
            write_evidence(task, &assaults[s]);
    }
    json_add_string(details, "worst", task->data->schema->columns[assaults[worst].secret.column].name);
    json_add_number(details, "k", task->parameters[PARAMETER_K].value);
    json_add_bool(details, "secrets_named", named);
    json_add_number(details, "level", level);
    json_add_number(details, "classifier_rows", (double)CLASSIFIER_TRAINING);
    json_add_number(details, "classifier_records", (double)CLASSIFIER_RECORDS);
    json_add_number(details, "nearest_records", (double)NEAREST_RECORDS);
    result->details = details;
    if (most.lo <= 0 && surest.lo > 0)
        write_finding(task, &assaults[proven], &surest, result);
    else
        write_finding(task, &assaults[worst], &most, result);
    return 0;
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    const struct table *control =
        task->kind == SUBJECT_HONEST && task->honest_test ? task->honest_test : task->data->holdout.table;
    struct assault assaults[ATTACK_NAMED_SECRETS];
    bool named = false;
    size_t exact = task->kind == SUBJECT_CANDIDATE ? PARAMETER_EXACT : PARAMETER_EXACT_CONTROLS;
    size_t n = 0;
    struct assault_options options = {.way = (size_t)task->parameters[PARAMETER_K].value,
                                      .exact_records = (size_t)task->parameters[exact].value,
                                      .max_entries = (size_t)task->parameters[PARAMETER_ENTRIES].value,
                                      .work = WORK,
                                      .seed = task->seed};
    struct arena *arena = arena_new();
    int status = arena ? prepare_all(task, arena, assaults, &n, &named, error) : error_memory(error);
    if (!status)
        status = assault_run(assaults, n, task->data->train.table, control, task->subject, &options, task->pool, error);
    if (!status)
        status = fill_result(task, assaults, n, named, result, error);
    arena_free(arena);
    return status;
}

const struct measure measure_privacy_reconstruction = {
    .id = "privacy.reconstruction",
    .title = "Reconstruction of secrets",
    .summary = "How much better a secret is computed back for training records than for people the generator never saw.",
    .definition =
        "Every combination of values of two quasi-identifiers that occurs in train is a query: how many of its N real records "
        "have "
        "the secret? The synthetic rows answer N c/M (M matching rows, c of them with the secret). The secrets that fit all "
        "answers "
        "best are found by exact L1 (interior point) up to 2,000 records, by variance-weighted bounded least squares above. "
        "The value is "
        "the share of training records guessed right minus the best that is reached without having seen the person: the "
        "majority "
        "class, and on holdout records the same attack, boosted trees trained on the synthetic rows, and the nearest "
        "completion. "
        "Secrets are the columns named with --secret, else the sensitive columns and the target (at most four); the largest "
        "advantage counts.",
    .reading =
        "About 0 or below: what the attack guesses is population inference, which works on anyone. Clearly above 0: the "
        "synthetic rows carry "
        "the secrets of their own training records. A copy of train reaches what its quasi-identifiers allow: they must single "
        "people out. A secret that follows from the rest can be guessed of anyone and shows nothing here; a column of random "
        "bits "
        "added before generation (a canary) is the sharpest test.",
    .unit = "share of records",
    .reference = "Annamalai, Gadotti, Rocher 2024, USENIX Security, arXiv 2301.10053; advantage over the holdout: this project",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_LOWER,
    .lo = -1,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HONEST,
    .fault = SUBJECT_COPY,
    .worst = .5,
    .best = 0,
    .cost = COST_HIGH,
    .version = 1,
    .parameters = parameters,
    .threat =
        "An attacker who has the synthetic table and the quasi-identifiers of all training records wants a secret column.",
    .run = run,
};
