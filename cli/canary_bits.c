#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attacks/canary/bits.h"
#include "cli/canary.h"
#include "cli/command.h"
#include "core/outdir.h"
#include "core/version.h"
#include "datasets/csv.h"
#include "numeric/interval.h"

static const double ALPHA = .05;

static int read_train(const struct canary_settings *settings, struct dataset **data, struct error *error)
{
    const struct dataset_options inputs = {
        .train = settings->train, .schema = settings->schema, .quasi = settings->quasi.items, .n_quasi = settings->quasi.count};
    return dataset_read(data, &inputs, error);
}

int canary_make_bits(const struct canary_settings *settings, struct error *error)
{
    struct dataset *data = NULL;
    struct bits bits = {0};
    int status = read_train(settings, &data, error);
    if (!status)
        status = bits_draw(data->train.table, settings->bit, (uint64_t)settings->seed, &bits, error);
    if (!status)
        status = canary_write_key(settings->key, bits_json(&bits, &data->train), error);
    if (!status) {
        status = bits_write(&bits, settings->train, settings->out, error);
        if (status)
            unlink(settings->key); /* a key to a table that is not there */
    }
    if (!status)
        command_note("%zu rows with a random bit '%s' in %s; keep %s from whoever runs the generator", bits.n, settings->bit,
                     settings->out, settings->key);
    bits_free(&bits);
    dataset_free(data);
    return status;
}

static void print_attack(const struct bits_attack *attack)
{
    const struct interval accuracy = interval_clopper_pearson(attack->right, attack->n, .95);
    printf("  %-14s %8zu %8zu  %.3f (%.3f to %.3f)  ", attack->name, attack->n, attack->right,
           (double)attack->right / (double)attack->n, accuracy.lo, accuracy.hi);
    if (attack->auc >= 0)
        printf("%.3f (%.3f to %.3f)", attack->auc, attack->auc_lo, attack->auc_hi);
    else
        printf("%-22s", "-");
    printf("  %8.2g\n", attack->p);
}

/* Downwards, so that "at least" stays true: the share of records known for certain that gives the lower end of the accuracy. */
static double known_share(const struct bits_verdict *verdict)
{
    const struct bits_attack *best = &verdict->attack[verdict->best];
    const double lower = clopper_pearson_lower(best->right, best->n, ALPHA / BITS_ATTACKS);
    return lower > .5 ? 2 * lower - 1 : 0;
}

static void print_verdict(const struct bits *bits, const struct bits_verdict *verdict)
{
    const struct bits_attack *best = &verdict->attack[verdict->best];
    const double share = (double)best->right / (double)best->n;
    printf("  %-14s %8s %8s  %-22s  %-22s  %8s\n", "attack", "records", "right", "accuracy (95 %)", "AUC (95 %)", "p");
    for (size_t a = 0; a < BITS_ATTACKS; a++)
        print_attack(&verdict->attack[a]);
    printf("  chance is 0.5 by construction; p is the chance of as many right guesses by tossing coins\n");
    printf(
        "  reconstruction: %zu of %zu records are unique in the columns known; of all records %.3f were right (%zu queries)\n",
        verdict->unique, verdict->records, (double)verdict->all_right / (double)verdict->records, verdict->queries);
    if (verdict->missing > 0 || verdict->odd > 0)
        printf("  of %zu synthetic rows %zu have no '%s', %zu another number than 0 and 1, which counts as the nearer\n",
               verdict->rows, verdict->missing, bits->column, verdict->odd);
    if (verdict->p <= ALPHA)
        printf(
            "  the synthetic rows give bits away: who knows the other columns of a training record guesses its random bit\n"
            "  right in %.1f %% of cases (%s), where 50 %% is chance (p = %.2g for three attacks); that is as if the bits of\n"
            "  at least %.1f %% of the records were known\n",
            100 * share, best->name, verdict->p, 100 * known_share(verdict));
    else
        printf(
            "  no bit was guessed beyond chance (p = %.2g for three attacks); had the bits of %.1f %% of the unique records\n"
            "  been given away, this would have been found in 95 %% of cases\n",
            verdict->p, 100 * verdict->limit);
}

static cJSON *verdict_json(const struct bits *bits, const struct bits_verdict *verdict)
{
    cJSON *json = cJSON_CreateObject(), *list;
    json_add_string(json, "format", "assay-canary-bits-result");
    json_add_number(json, "version", 1);
    json_add_string(json, "assay", ASSAY_VERSION);
    json_add_string(json, "column", bits->column);
    json_add_number(json, "chance", .5);
    list = json_add_array(json, "attacks");
    for (size_t a = 0; a < BITS_ATTACKS; a++) {
        const struct bits_attack *attack = &verdict->attack[a];
        const struct interval accuracy = interval_clopper_pearson(attack->right, attack->n, .95);
        cJSON *item = json_push_object(list);
        json_add_string(item, "attack", attack->name);
        json_add_number(item, "records", (double)attack->n);
        json_add_number(item, "right", (double)attack->right);
        json_add_number(item, "accuracy", (double)attack->right / (double)attack->n);
        json_add_number(item, "lo", accuracy.lo);
        json_add_number(item, "hi", accuracy.hi);
        json_add_number(item, "p", attack->p);
        json_add_number(item, "auc", attack->auc);
        json_add_number(item, "auc_lo", attack->auc_lo);
        json_add_number(item, "auc_hi", attack->auc_hi);
    }
    json_add_string(json, "best", verdict->attack[verdict->best].name);
    json_add_number(json, "p", verdict->p);
    json_add_bool(json, "given_away", verdict->p <= ALPHA);
    json_add_number(json, "known_share_lower", known_share(verdict));
    json_add_number(json, "detection_limit", verdict->limit);
    json_add_number(json, "records", (double)verdict->records);
    json_add_number(json, "unique", (double)verdict->unique);
    json_add_number(json, "accuracy_all_records", (double)verdict->all_right / (double)verdict->records);
    json_add_number(json, "undetermined", (double)verdict->undetermined / (double)verdict->unique);
    json_add_string(json, "solver", solver_name(verdict->solver));
    json_add_number(json, "queries", (double)verdict->queries);
    json_add_number(json, "synthetic_rows", (double)verdict->rows);
    json_add_number(json, "missing_bits", (double)verdict->missing);
    json_add_number(json, "other_numbers", (double)verdict->odd);
    return json;
}

int canary_check_bits(const struct canary_settings *settings, struct error *error)
{
    const char *const inputs[] = {settings->train, settings->schema, settings->key, settings->synthetic};
    struct dataset *data = NULL;
    struct pool *pool = NULL;
    struct bits bits = {0};
    struct bits_verdict verdict;
    int status = file_apart(settings->out, inputs, sizeof inputs / sizeof inputs[0], error);
    if (!status)
        status = read_train(settings, &data, error);
    if (!status)
        status = bits_read(settings->key, &data->train, &bits, error);
    if (!status)
        status = pool_new(&pool, (size_t)settings->threads, error);
    if (!status)
        status = bits_check(&bits, data, settings->synthetic, settings->seed < 0 ? 1 : (uint64_t)settings->seed, ALPHA, pool,
                            &verdict, error);
    if (!status && (!settings->out || strcmp(settings->out, "-") != 0))
        print_verdict(&bits, &verdict);
    if (!status && settings->out) {
        struct strbuf text = STRBUF_INIT;
        cJSON *json = verdict_json(&bits, &verdict);
        json_print(json, &text);
        strbuf_addc(&text, '\n');
        status = text.failed ? error_memory(error) : file_write(settings->out, text.text, text.length, error);
        cJSON_Delete(json);
        strbuf_free(&text);
    }
    pool_free(pool);
    bits_free(&bits);
    dataset_free(data);
    return status;
}
