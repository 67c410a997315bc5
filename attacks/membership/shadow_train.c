#include "attacks/membership/shadow_train.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/hash.h"
#include "core/outdir.h"
#include "datasets/csv.h"

enum { KEY = 24 /* hex digits of a name */ };

static const char STREAM[] = "privacy.shadow";

int shadow_trainer_begin(struct shadow_trainer *trainer, struct error *error)
{
    int status;

    if (!trainer->folder)
        return 0;
    trainer->content = table_hash(trainer->train);
    status = folder_make(trainer->folder, error);
    return status ? status : command_fingerprint(trainer->generator, trainer->program, error);
}

struct shadow_files {
    const char *done, *input, *output;
};

static int name_files(const struct shadow_trainer *trainer, const uint32_t *pick, uint32_t seed, struct arena *arena,
                      struct shadow_files *files, struct error *error)
{
    const struct shadow_plan *plan = trainer->plan;
    const uint64_t picked = hash_bytes(pick, plan->half * sizeof *pick, trainer->content);
    const char *text = arena_format(arena, "assay shadow 2\n%s\n%s\n%zu %lu %zu %016llx %016llx", trainer->generator->text,
                                    trainer->program, plan->rows, (unsigned long)seed, plan->half,
                                    (unsigned long long)trainer->content, (unsigned long long)picked);
    char key[65];

    if (!text)
        return error_memory(error);
    hash_sha256(text, strlen(text), key);
    files->done = arena_format(arena, "%s/shadow-%.*s.csv", trainer->folder, KEY, key);
    files->input = arena_format(arena, "%s/input-%.*s-%ld.csv", trainer->folder, KEY, key, (long)getpid());
    files->output = arena_format(arena, "%s/output-%.*s-%ld.csv", trainer->folder, KEY, key, (long)getpid());
    return files->done && files->input && files->output ? 0 : error_memory(error);
}

static int run_outside(const struct shadow_trainer *trainer, const struct table *half, uint32_t seed,
                       const struct shadow_files *files, struct shadow_outcome *outcome, struct error *error)
{
    const struct command_run run = {files->input, files->output, trainer->plan->rows, seed, trainer->timeout};
    struct process_result result = {0};
    const int status = command_train(trainer->generator, half, &run, &result, error);

    memcpy(outcome->tail, result.tail, sizeof outcome->tail);
    return status;
}

static int run_builtin(const struct shadow_trainer *trainer, const struct table *half, uint32_t seed, const char *output,
                       struct table **table, struct error *error)
{
    int status = trainer->generator->builtin->run(half, trainer->plan->rows, seed, "shadow", NULL, table, error);

    if (!status && output) {
        status = csv_write(*table, output, error);
        table_free(*table);
        *table = NULL;
    }
    return status;
}

static int make(const struct shadow_trainer *trainer, const uint32_t *pick, uint32_t seed, const struct shadow_files *files,
                struct arena *arena, struct table **table, struct shadow_outcome *outcome, struct error *error)
{
    struct table *half = NULL;
    int status = table_take(trainer->train, pick, trainer->plan->half, "half of train", &half, error);

    if (!status && trainer->generator->builtin)
        status = run_builtin(trainer, half, seed, trainer->folder ? files->output : NULL, table, error);
    else if (!status && !files->output)
        status = error_set(error, ERROR_INTERNAL, "a command needs a work folder");
    else if (!status)
        status = run_outside(trainer, half, seed, files, outcome, error);
    table_free(half);
    if (status || !trainer->folder)
        return status;
    status = command_read(files->output, trainer->train->schema, trainer->plan->rows, arena, table, error);
    if (!status && rename(files->output, files->done) != 0)
        status = error_set(error, ERROR_INPUT, "cannot write '%s': %s", files->done, strerror(errno));
    return status;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int shadow_train(const struct shadow_trainer *trainer, size_t shadow, struct arena *arena, struct table **table,
                 struct shadow_outcome *outcome, struct error *error)
{
    const struct shadow_plan *plan = trainer->plan;
    const uint32_t seed = (uint32_t)hash_mix(hash_bytes(STREAM, sizeof STREAM - 1, plan->seed), shadow) & COMMAND_SEED_MASK;
    const double begin = now();
    struct arena *scratch = arena_new();
    uint32_t *pick = scratch ? ARENA_ARRAY(scratch, uint32_t, plan->half + 1) : NULL;
    uint32_t *order = scratch ? ARENA_ARRAY(scratch, uint32_t, plan->train_rows + 1) : NULL;
    struct shadow_files files = {0};
    int status = pick && order ? 0 : error_memory(error);

    *table = NULL;
    *outcome = (struct shadow_outcome){0};
    if (!status) {
        shadow_pick(plan, shadow, pick, order);
        status = trainer->folder ? name_files(trainer, pick, seed, scratch, &files, error) : 0;
    }
    /* A file of that name that cannot be read any more is made anew. */
    if (!status && files.done && access(files.done, F_OK) == 0)
        outcome->kept = command_read(files.done, trainer->train->schema, plan->rows, arena, table, NULL) == 0;
    if (!status && !outcome->kept)
        status = make(trainer, pick, seed, &files, arena, table, outcome, error);
    if (status) {
        table_free(*table);
        *table = NULL;
    }
    arena_free(scratch);
    outcome->seconds = now() - begin;
    return status;
}
