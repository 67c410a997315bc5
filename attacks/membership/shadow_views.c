#include "attacks/membership/shadow_views.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "attacks/tables.h"
#include "core/hash.h"

static int nearest(const struct shadow_set *set, const struct table *table, struct arena *arena, struct shadow_view *view,
                   struct error *error)
{
    struct arena *scratch = arena_new();
    const struct neighbour_table *coded = NULL;
    struct neighbour_columns columns;
    struct neighbour_list list = {0};
    double *distance = ARENA_ARRAY(arena, double, set->plan.n_targets + 1);
    int status = scratch && distance ? coded_columns(table, NULL, 0, scratch, &columns, error) : error_memory(error);

    if (!status)
        status = neighbour_encode(set->scale, &columns, scratch, &coded, error);
    if (!status)
        status = neighbour_search(set->targets, coded, (struct neighbour_options){.k = 1}, NULL, scratch, &list, NULL, error);
    if (!status)
        memcpy(distance, list.distance, set->plan.n_targets * sizeof *distance);
    view->distance = distance;
    arena_free(scratch);
    return status;
}

static int count_words(const struct shadow_set *set, const struct table *table, struct arena *arena, struct shadow_view *view,
                       struct error *error)
{
    const size_t groups = set->space.n_groups;
    struct arena *scratch = arena_new();
    struct query_words *words = ARENA_ARRAY(arena, struct query_words, set->plan.n_targets * groups + 1);
    uint32_t **classes = NULL;
    int status = scratch && words ? query_classes(&set->space, table, scratch, &classes, error) : error_memory(error);

    for (size_t t = 0; t < set->plan.n_targets && !status; t++)
        for (size_t g = 0; g < groups && !status; g++)
            status = query_words_make(&set->space, g, set->target_classes[t], classes, table->rows, arena,
                                      &words[t * groups + g], error);
    view->words = words;
    arena_free(scratch);
    return status;
}

int shadow_view_make(const struct shadow_set *set, const struct table *table, struct arena *arena, struct shadow_view *view,
                     struct error *error)
{
    int status = nearest(set, table, arena, view, error);

    return status ? status : count_words(set, table, arena, view, error);
}

struct making {
    const struct measure_task *task;
    const struct shadow_settings *settings;
    size_t rows_made;
    struct shadow_trainer trainer;
    struct shadow_set *set;
    struct shadow_outcome *outcome;
    pthread_mutex_t lock; /* guards done */
    size_t done;
};

static void say_done(struct making *making)
{
    char text[80];

    pthread_mutex_lock(&making->lock);
    making->done++;
    snprintf(text, sizeof text, "%zu of %zu shadows", making->done, making->set->plan.n_shadows);
    if (making->settings->progress)
        progress_note(making->settings->progress, text);
    pthread_mutex_unlock(&making->lock);
}

static int shadow_task(void *context, size_t shadow, size_t worker, struct error *error)
{
    struct making *making = context;
    struct shadow_set *set = making->set;
    struct arena *vocabulary = arena_new();
    struct table *table = NULL;
    int status;

    (void)worker;
    set->arena[shadow] = arena_new();
    status = vocabulary && set->arena[shadow] ? 0 : error_memory(error);
    if (!status)
        status = shadow_train(&making->trainer, shadow, vocabulary, &table, &making->outcome[shadow], error);
    if (!status)
        status = shadow_view_make(set, table, set->arena[shadow], &set->view[shadow], error);
    else if (status == ERROR_INPUT)
        error_context(error, "shadow %zu of %zu", shadow + 1, set->plan.n_shadows);
    table_free(table);
    arena_free(vocabulary);
    say_done(making);
    return status;
}

/* Codes and classes of the targets. */
static int see_targets(struct making *making, struct arena *arena, struct error *error)
{
    struct shadow_set *set = making->set;
    const struct measure_task *task = making->task;
    const size_t n = set->plan.n_targets;
    struct arena *scratch = arena_new();
    struct neighbour_columns columns;
    uint32_t **classes = NULL;
    int status = scratch ? coded_scale(task, NEIGHBOUR_RANK_GOWER, &set->scale, error) : error_memory(error);

    if (!status)
        status = coded_columns(task->reference, set->plan.target, n, arena, &columns, error);
    if (!status)
        status = neighbour_encode(set->scale, &columns, arena, &set->targets, error);
    if (!status)
        status = query_space_make(task->reference, task->seed, arena, &set->space, error);
    if (!status)
        status = query_classes(&set->space, task->reference, scratch, &classes, error);
    set->target_classes = ARENA_ARRAY(arena, uint32_t *, n + 1);
    if (!status && !set->target_classes)
        status = error_memory(error);
    for (size_t t = 0; t < n && !status; t++) {
        set->target_classes[t] = ARENA_ARRAY(arena, uint32_t, set->space.n_columns);
        if (!set->target_classes[t])
            status = error_memory(error);
        for (size_t c = 0; c < set->space.n_columns && !status; c++)
            set->target_classes[t][c] = classes[c][set->plan.target[t]];
    }
    arena_free(scratch);
    return status;
}

/* For run.json: how many were trained and how long it took, or which one failed with what last words. */
static void write_log(const struct making *making, int status, const struct error *error)
{
    const struct shadow_settings *settings = making->settings;
    const struct shadow_set *set = making->set;
    double seconds = 0, longest = 0;
    const char *tail = "";
    size_t trained = 0, kept = 0;
    cJSON *entry;

    if (!settings->log)
        return;
    for (size_t s = 0; s < set->plan.n_shadows; s++) {
        const struct shadow_outcome *outcome = &making->outcome[s];

        kept += outcome->kept;
        trained += !outcome->kept && set->view[s].words != NULL;
        seconds += outcome->kept ? 0 : outcome->seconds;
        longest = outcome->seconds > longest ? outcome->seconds : longest;
        if (status && !set->view[s].words && tail[0] == '\0')
            tail = outcome->tail;
    }
    entry = json_push_object(settings->log);
    json_add_string(entry, "generator", settings->generator.text);
    json_add_number(entry, "shadows", (double)set->plan.n_shadows);
    json_add_number(entry, "trained", (double)trained);
    json_add_number(entry, "found_in_work_folder", (double)kept);
    json_add_string(entry, "work", making->trainer.folder);
    json_add_number(entry, "seconds_of_training", seconds);
    json_add_number(entry, "longest", longest);
    if (status) {
        json_add_string(entry, "error", error ? error->message : "");
        json_add_string(entry, "last_output", tail);
    }
}

static int train_all(struct making *making, struct arena *arena, struct error *error)
{
    struct shadow_set *set = making->set;
    struct error reason = {0};
    int status;

    making->outcome = ARENA_ARRAY(arena, struct shadow_outcome, set->plan.n_shadows);
    if (!making->outcome)
        return error_memory(error);
    status = shadow_trainer_begin(&making->trainer, &reason);
    pthread_mutex_init(&making->lock, NULL);
    if (!status)
        status = pool_run(making->task->pool, set->plan.n_shadows, shadow_task, making, &reason);
    pthread_mutex_destroy(&making->lock);
    write_log(making, status, &reason);
    set->failed = status == ERROR_INPUT;
    return status && !set->failed ? error_set(error, status, "%s", reason.message) : 0;
}

static void release_set(void *artifact)
{
    struct shadow_set *set = artifact;

    for (size_t s = 0; set->arena && s < set->plan.n_shadows; s++)
        arena_free(set->arena[s]);
}

static int make_set(void *context, struct arena *arena, void **artifact, struct error *error)
{
    struct making *making = context;
    const struct measure_task *task = making->task;
    const struct shadow_settings *settings = making->settings;
    struct shadow_set *set = ARENA_NEW(arena, struct shadow_set);
    int status;

    if (!set)
        return error_memory(error);
    making->set = set;
    status = shadow_plan_make(task, settings->shadows, settings->random_targets, making->rows_made, arena, &set->plan, error);
    if (!status)
        status = see_targets(making, arena, error);
    if (status)
        return status;
    set->view = ARENA_ARRAY(arena, struct shadow_view, set->plan.n_shadows);
    set->arena = ARENA_ARRAY(arena, struct arena *, set->plan.n_shadows);
    if (!set->view || !set->arena)
        return error_memory(error);
    making->trainer =
        (struct shadow_trainer){&set->plan, task->reference, &settings->generator, settings->work, settings->timeout, 0, ""};
    status = train_all(making, arena, error);
    *artifact = set; /* also on failure, so that the views made so far are released */
    return status;
}

int shadow_set_get(const struct measure_task *task, const struct shadow_settings *settings, size_t rows_made,
                   const struct shadow_set **set, struct error *error)
{
    struct making making = {.task = task, .settings = settings, .rows_made = rows_made};
    uint64_t number = hash_bytes(settings->generator.text, strlen(settings->generator.text), hash_mix(task->seed, rows_made));
    void *artifact = NULL;
    int status;

    number = hash_mix(hash_mix(number, settings->shadows), 2 * settings->random_targets + (settings->log != NULL));
    status = artifact_get(task->artifacts, "shadow generators", task->reference, NULL, number, make_set, release_set, &making,
                          &artifact, error);

    *set = artifact;
    /* Paths and the command's words are for the data's owner alone, and this message goes into audit.json. */
    if (!status && (*set)->failed)
        status = error_set(error, ERROR_INPUT,
                           "the generator could not be trained again: run.json says which shadow failed, and why; finished "
                           "shadows are kept in the work folder");
    return status;
}
