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

#include "attacks/reconstruction/details.h"
#include "attacks/secrets.h"

enum {
    PARAMETER_K,
    PARAMETER_MIXTURE,
    PARAMETER_NORMAL,
    PARAMETER_COMPAT,
    PARAMETER_EXACT,
    PARAMETER_EXACT_CONTROLS,
    PARAMETER_ENTRIES
};

#define WORK          1e8       /* of a least-squares solve: entries x steps, about .3 s */
#define CONTROL_SHARE (1 / 3.0) /* of entries and work, for controls and the honest case */
#define FULL_SECRETS  4.0       /* so many secrets get the whole effort each, more share it */

static const struct parameter parameters[] = {
    {"k", "a query fixes k - 1 quasi-identifiers and the secret", 3, 2, 4},
    {"mixture", "1: queries of all sizes from 2 to k, 0: of size k alone", 0, 0, 1},
    {"normal", "0: conditional answers N c/M, 1: normal answers n c/m (counts of the candidate scaled to train's size)", 0, 0,
     1},
    {"compat", "1: as the authors' program, combinations that the candidate lacks have the answer 0 and all queries one weight",
     0, 0, 1},
    {"exact", "exact L1 up to this many unknowns, weighted least squares above", 2000, 0, 5000},
    {"exact_controls", "the same for controls and the honest case", 500, 0, 5000},
    {"entries", "most entries of the query matrix; above, a seeded sample of the column sets is asked", 2400000, 10000, 1e9},
    {NULL, NULL, 0, 0, 0}};

/* Without a role `quasi` all other columns are known; sets secret and quasi-identifiers, or says why the secret is none. */
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

static int skip(struct findings *all, size_t column, const char *why, struct arena *arena, struct error *error)
{
    const char *copy = arena_string(arena, why);
    if (!copy)
        return error_memory(error);
    all->skipped[all->n_skipped++] = (struct skipped){column, copy};
    return 0;
}

/* Text and ids named as secrets are told, not passed over. */
static int skip_unusable(const struct schema *schema, struct findings *all, struct arena *arena, struct error *error)
{
    unsigned roles = ROLE_SECRET | (all->named ? 0 : ROLE_SENSITIVE);
    int status = 0;
    for (size_t c = 0; c < schema->n_columns && !status; c++)
        if (schema->columns[c].roles & roles && column_kind(&schema->columns[c]) == KIND_OTHER)
            status = skip(all, c, "text and ids have no classes to be guessed", arena, error);
    return status;
}

static int prepare_all(const struct measure_task *task, struct arena *arena, struct findings *all, struct error *error)
{
    const struct schema *schema = task->data->schema;
    size_t *columns = ARENA_ARRAY(arena, size_t, schema->n_columns + 1), count;
    all->assaults = ARENA_ARRAY(arena, struct assault, schema->n_columns + 1);
    all->skipped = ARENA_ARRAY(arena, struct skipped, schema->n_columns + 1);
    if (!columns || !all->assaults || !all->skipped)
        return error_memory(error);
    count = attack_secrets_choose(task->data, false, columns, task->data->schema->n_columns, &all->named);
    int status = skip_unusable(schema, all, arena, error);
    if (!status && count + all->n_skipped == 0)
        return error_set(error, ERROR_UNMEASURABLE,
                         "no secret column was named; give --secret COLUMN, or leave reconstruction out with --skip "
                         "privacy.reconstruction");
    for (size_t s = 0; s < count && !status; s++) {
        struct error why;
        status = prepare(task, columns[s], arena, &all->assaults[all->n], &why);
        if (status == ERROR_UNMEASURABLE)
            status = skip(all, columns[s], why.message, arena, error);
        else if (status)
            return error_set(error, status, "%s", why.message);
        else
            all->n++;
    }
    return status;
}

/* Keeps the secrets that could be attacked. */
static int keep_attacked(const struct schema *schema, struct arena *arena, struct findings *all, struct error *error)
{
    size_t kept = 0;
    int status = 0;
    for (size_t s = 0; s < all->n && !status; s++) {
        const char *why = assault_why_not(&all->assaults[s]);
        if (why)
            status = skip(all, all->assaults[s].secret.column, why, arena, error);
        else
            all->assaults[kept++] = all->assaults[s];
    }
    all->n = kept;
    if (!status && kept == 0)
        return error_set(error, ERROR_UNMEASURABLE, "the secret '%s' cannot be attacked: %s",
                         schema->columns[all->skipped[0].column].name, all->skipped[0].why);
    return status;
}

static struct assault_options assault_options(const struct measure_task *task, size_t secrets)
{
    const struct parameter_value *p = task->parameters;
    bool candidate = task->kind == SUBJECT_CANDIDATE;
    size_t exact = candidate ? PARAMETER_EXACT : PARAMETER_EXACT_CONTROLS;
    double share = candidate ? 1 : CONTROL_SHARE;
    size_t way = (size_t)p[PARAMETER_K].value;
    return (struct assault_options){.least_way = p[PARAMETER_MIXTURE].value > 0 ? 2 : way,
                                    .way = way,
                                    .answers = p[PARAMETER_NORMAL].value > 0 ? ANSWERS_NORMAL : ANSWERS_CONDITIONAL,
                                    .compat = p[PARAMETER_COMPAT].value > 0,
                                    .ranges = task->evidence != NULL,
                                    .exact_records = (size_t)p[exact].value,
                                    .max_entries = (size_t)(p[PARAMETER_ENTRIES].value * share),
                                    .work = WORK * share,
                                    .effort = fmin(1, FULL_SECRETS / fmax((double)secrets, 1)),
                                    .seed = task->seed};
}

static int run(const struct measure_task *task, struct result *result, struct error *error)
{
    const struct schema *schema = task->data->schema;
    const struct table *control =
        task->kind == SUBJECT_HONEST && task->honest_test ? task->honest_test : task->data->holdout.table;
    struct findings all = {.n = 0};
    struct arena *arena = arena_new();
    int status = arena ? prepare_all(task, arena, &all, error) : error_memory(error);
    struct assault_options options = assault_options(task, all.n);
    if (!status)
        status = assault_run(all.assaults, all.n, task->data->train.table, control, task->subject, &options, task->pool, error);
    if (!status)
        status = keep_attacked(schema, arena, &all, error);
    all.options = &options;
    if (!status)
        status = findings_write(task, &all, result, error);
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
