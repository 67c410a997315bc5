#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attacks/disclosure/singling.h"

enum { EXCHANGES = 1999, EXCHANGE_RUN = 100, WORST = 3 };

/* ---- the test ---- */

struct exchanging {
    const struct singling *singling;
    const char *stream;
    int64_t *difference; /* [EXCHANGES + 1]; 0: as it is */
};

static bool is_swapped(const uint64_t *swap, uint32_t row)
{
    return swap[row / 64] >> row % 64 & 1;
}

/* Predicates that single out a row of R' minus those that single out one of H', when the pairs in `swap` change places. */
static int64_t difference_of(const struct singling *singling, const uint64_t *swap)
{
    int64_t difference = 0;

    for (size_t i = 0; i < singling->n; i++) {
        const struct singling_hit *hit = &singling->hits[i];
        size_t all = hit->train + hit->strangers, train = 0;

        if (all > SINGLING_HITS)
            continue;
        for (size_t k = 0; k < hit->train; k++)
            train += !is_swapped(swap, hit->train_row[k]);
        for (size_t k = 0; k < hit->strangers; k++)
            train += is_swapped(swap, hit->strangers_row[k]);
        difference += (train == 1) - (all - train == 1);
    }
    return difference;
}

static int exchange_run(void *context, size_t index, size_t worker, struct error *error)
{
    const struct exchanging *e = context;
    size_t words = e->singling->train->words;
    uint64_t *swap = calloc(words + 1, sizeof *swap);

    (void)worker;
    if (!swap)
        return error_memory(error);
    for (size_t b = index * EXCHANGE_RUN; b < (index + 1) * EXCHANGE_RUN && b <= EXCHANGES; b++) {
        struct random random;

        random_init(&random, e->singling->task->seed, e->stream, b, 0);
        for (size_t w = 0; w < words && b > 0; w++)
            swap[w] = random_u64(&random);
        e->difference[b] = difference_of(e->singling, swap);
    }
    free(swap);
    return 0;
}

int singling_test(const struct singling *singling, double *p_value, struct error *error)
{
    struct arena *scratch = arena_new();
    struct exchanging e = {.singling = singling};
    size_t as_large = 0;
    int status = 0;

    if (scratch) {
        e.stream = arena_format(scratch, "%s exchanges", singling->id);
        e.difference = ARENA_ARRAY(scratch, int64_t, EXCHANGES + 1);
    }
    if (!e.stream || !e.difference)
        status = error_memory(error);
    if (!status)
        status = pool_run(singling->task->pool, EXCHANGES / EXCHANGE_RUN + 1, exchange_run, &e, error);
    for (size_t b = 1; b <= EXCHANGES && !status; b++)
        as_large += e.difference[b] >= e.difference[0];
    if (!status)
        *p_value = (double)(1 + as_large) / (EXCHANGES + 1);
    arena_free(scratch);
    return status;
}

/* ---- by column ---- */

struct column_share {
    const char *name;
    size_t n, train, strangers; /* predicates with a condition on it; those that single out a row of R', of H' */
};

static struct column_share *by_column(const struct singling *singling, size_t *count, struct error *error)
{
    const struct schema *schema = singling->task->subject->schema;
    size_t n_columns = *count = schema_measured(schema, NULL, 0);
    struct column_share *shares = ARENA_ARRAY(singling->arena, struct column_share, n_columns + 1);
    size_t *measured = ARENA_ARRAY(singling->arena, size_t, n_columns + 1);

    if (!shares || !measured) {
        error_memory(error);
        return NULL;
    }
    schema_measured(schema, measured, n_columns);
    for (size_t c = 0; c < n_columns; c++)
        shares[c].name = schema->columns[measured[c]].name;
    for (size_t i = 0; i < singling->n; i++)
        for (size_t k = 0; k < singling->kept[i].n; k++) {
            struct column_share *share = &shares[singling->kept[i].condition[k].column];

            share->n++;
            share->train += singling->hits[i].train == 1;
            share->strangers += singling->hits[i].strangers == 1;
        }
    return shares;
}

/* "Round or coarsen 'a', 'b', …": the columns where members are singled out most beyond strangers, of those still unnamed. */
static void write_remedy(const struct column_share *shares, size_t count, char *remedy, size_t room)
{
    const struct column_share *named[WORST] = {NULL};
    size_t used = 0;

    for (size_t w = 0; w < WORST; w++) {
        for (size_t c = 0; c < count; c++) {
            const struct column_share *share = &shares[c];
            bool taken = share == named[0] || share == named[1];

            if (!taken && share->train > share->strangers &&
                (!named[w] || share->train - share->strangers > named[w]->train - named[w]->strangers))
                named[w] = share;
        }
        if (!named[w])
            break;
        if (used < room)
            used += (size_t)snprintf(remedy + used, room - used, "%s'%s'", w ? ", " : "Coarsen or leave out ", named[w]->name);
    }
    if (used < room)
        snprintf(remedy + used, room - used, "%s", used ? ", where single people stand out most." : "Coarsen the columns.");
}

static int write_details(const struct singling *singling, const struct risk *risk, const struct column_share *shares,
                         size_t count, struct result *result, struct error *error)
{
    cJSON *details = result->details = cJSON_CreateObject(), *columns;

    if (!details)
        return error_memory(error);
    risk_describe(risk, details);
    json_add_number(details, "asked", (double)singling->asked);
    json_add_number(details, "attempts", (double)singling->attempts);
    json_add_number(details, "share_of_train_compared", singling->share);
    json_add_number(details, "design_effect", fmax(risk->counts.attack.design, 1));
    json_add_number(details, "control_design_effect", fmax(risk->counts.control.design, 1));
    columns = json_add_array(details, "columns");
    for (size_t c = 0; c < count; c++)
        if (shares[c].n > 0) {
            cJSON *column = json_push_object(columns);

            json_add_string(column, "column", shares[c].name);
            json_add_number(column, "n", (double)shares[c].n);
            json_add_number(column, "successes", (double)shares[c].train);
            json_add_number(column, "control_successes", (double)shares[c].strangers);
        }
    return 0;
}

/* Rows of train and holdout that are singled out; score: by how many predicates. */
static int write_evidence(const struct singling *singling, const char *attack, struct error *error)
{
    for (int strangers = 0; strangers < 2; strangers++) {
        const struct predicate_index *index = strangers ? singling->strangers : singling->train;
        uint32_t *load = calloc(index->rows + 1, sizeof *load);

        if (!load)
            return error_memory(error);
        for (size_t i = 0; i < singling->n; i++)
            if ((strangers ? singling->hits[i].strangers : singling->hits[i].train) == 1)
                load[strangers ? singling->hits[i].strangers_row[0] : singling->hits[i].train_row[0]]++;
        for (size_t row = 0; row < index->rows; row++)
            if (load[row])
                strbuf_addf(singling->task->evidence, "%s,%zu,%s,%s,%lu\n", strangers ? "holdout" : "train",
                            index->pick ? (size_t)index->pick[row] : row, singling->id, attack, (unsigned long)load[row]);
        free(load);
    }
    return 0;
}

int singling_report(const struct singling *singling, const char *attack, const char *what, struct result *result,
                    struct error *error)
{
    const struct measure_task *task = singling->task;
    bool compat = task->parameters[SINGLING_COMPAT].value > 0;
    struct risk risk = risk_assess(&singling->counts, task->level, compat);
    char remedy[sizeof result->remedy];
    struct risk_words words = {.what = what, .remedy = remedy};
    size_t count = 0, used;
    const struct column_share *shares = by_column(singling, &count, error);
    int status = 0;

    if (!shares)
        return ERROR_MEMORY;
    write_remedy(shares, count, remedy, sizeof remedy);
    risk_report(&risk, &words, result);
    used = strlen(result->finding);
    if (singling->n < singling->asked && used < sizeof result->finding)
        snprintf(result->finding + used, sizeof result->finding - used, " (Only %zu of %zu predicates could be made.)",
                 singling->n, singling->asked);
    if (task->evidence)
        status = write_evidence(singling, attack, error);
    if (task->brief || status)
        return status;
    status = singling_test(singling, &risk.p_value, error);
    return status ? status : write_details(singling, &risk, shares, count, result, error);
}
