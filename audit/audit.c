#include "audit/audit.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>

#include "audit/cells.h"
#include "audit/claims.h"
#include "audit/holdout.h"
#include "audit/judge.h"

/* Bytes that the tables, their controls and encodings will take at the peak: cells are at most 8 bytes in a table, and the
 * widest artifact (encoded matrices for models) about twice that. */
static int check_memory(const struct session *session, struct error *error)
{
    const struct dataset *data = session->data;
    const double cells = (double)data->schema->n_columns * (double)data->train.table->rows;
    double rows = (double)data->train.table->rows * 3, need;

    rows += data->holdout.table ? 2.0 * (double)data->holdout.table->rows : 0;
    for (size_t i = 0; i < data->n_candidates; i++)
        rows += (double)data->candidates[i].table->rows;
    need = rows * (double)data->schema->n_columns * 8 + cells * 8 * 4 + 64e6;
    if (session->options->memory > 0 && need > (double)session->options->memory)
        return error_set(
            error, ERROR_INPUT,
            "this audit needs about %.0f MB, --memory allows %.0f MB; give more, or fewer rows or candidates at a time",
            need / 1e6, (double)session->options->memory / 1e6);
    return 0;
}

static double seconds_since(const struct timespec *start)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)(t.tv_sec - start->tv_sec) + 1e-9 * (double)(t.tv_nsec - start->tv_nsec);
}

static void note_stage(cJSON *stages, const char *name, const struct timespec *start)
{
    cJSON *item = json_push_object(stages);

    json_add_string(item, "stage", name);
    json_add_number(item, "seconds", seconds_since(start));
}

static cJSON *describe_run(const struct session *session, cJSON *stages, const struct timespec *start)
{
    cJSON *run = cJSON_CreateObject();
    struct rusage usage;
    struct utsname host;

    getrusage(RUSAGE_SELF, &usage);
    json_add_string(run, "host", uname(&host) == 0 ? host.nodename : "?");
    json_add_number(run, "threads", (double)pool_threads(session->pool));
    json_add_number(run, "seconds", seconds_since(start));
    json_add_number(run, "cpu_seconds",
                    (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                        1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec));
    json_add_number(run, "peak_memory_mb", (double)usage.ru_maxrss / 1024);
    json_attach(run, "stages", cJSON_Duplicate(stages, true));
    json_attach(run, "measures", cJSON_Duplicate(session->timings, true));
    if (session->shadow.log)
        json_attach(run, "generator_runs", cJSON_Duplicate(session->shadow.log, true));
    return run;
}

static int measure_all(struct session *session, cJSON *audit, cJSON *stages, struct error *error)
{
    cJSON *list = cJSON_GetObjectItemCaseSensitive(audit, "candidates");
    struct timespec start;
    int status;

    clock_gettime(CLOCK_MONOTONIC, &start);
    progress_start(&session->progress, session->options->progress ? session->plan.n * (4 + session->data->n_candidates) : 0);
    status = scales_make(session, error);
    note_stage(stages, "honest case and controls measured", &start);
    for (size_t i = 0; i < session->data->n_candidates && !status; i++) {
        cJSON *candidate;

        clock_gettime(CLOCK_MONOTONIC, &start);
        status = candidate_run(session, &session->data->candidates[i], &candidate, error);
        if (!status)
            json_append(list, candidate);
        note_stage(stages, session->data->candidates[i].name, &start);
    }
    progress_end(&session->progress);
    return status;
}

/* A claim on a candidate that is not there is said before hours of measuring. */
static int check_claims(const struct session *session, struct error *error)
{
    const struct dataset *data = session->data;
    const char **names = ARENA_ARRAY(session->arena, const char *, data->n_candidates + 1);

    if (!names)
        return error_memory(error);
    for (size_t i = 0; i < data->n_candidates; i++)
        names[i] = data->candidates[i].name;
    return claims_check(&session->policy, names, data->n_candidates, error);
}

/* What is wrong with the options of the black-box attack is said before anything is read. */
static int prepare_shadows(struct session *session, struct error *error)
{
    const struct audit_options *options = session->options;
    struct shadow_settings *shadow = &session->shadow;
    int status;

    if (!options->generator)
        return 0;
    if (options->shadows % 2 == 1)
        return error_set(error, ERROR_INPUT, "--shadows must be even, since shadows are trained in pairs: give %zu",
                         options->shadows + 1);
    *shadow = (struct shadow_settings){.shadows = options->shadows,
                                       .random_targets = options->random_targets,
                                       .work = options->work,
                                       .timeout = options->generator_timeout,
                                       .progress = &session->progress,
                                       .log = cJSON_CreateArray()};
    status =
        shadow->log ? generator_choose(options->generator, session->arena, &shadow->generator, error) : error_memory(error);
    if (!status && !shadow->work && !shadow->generator.builtin)
        shadow->work = options->work_default;
    return status;
}

static int prepare(struct session *session, cJSON *stages, struct error *error)
{
    const struct audit_options *options = session->options;
    struct timespec start;
    int status;

    clock_gettime(CLOCK_MONOTONIC, &start);
    if (!session->arena || !session->timings || !stages)
        return error_memory(error);
    status = policy_load(options->policy, session->arena, &session->policy, error);
    if (!status && options->claims)
        status = claims_load(options->claims, session->arena, &session->policy, error);
    if (!status)
        status = plan_make(options, session->arena, &session->plan, error);
    if (!status)
        status = prepare_shadows(session, error);
    if (status)
        return status;
    status = pool_new(&session->pool, options->threads, error);
    if (!status)
        status = artifacts_new(&session->artifacts, error);
    if (!status)
        status = dataset_read(&session->data, &options->data, error);
    if (!status)
        status = check_claims(session, error);
    if (!status)
        status = check_memory(session, error);
    note_stage(stages, "reading", &start);
    return status;
}

int audit_run(const struct audit_options *options, struct audit_output *output, struct error *error)
{
    struct session session = {.options = options, .arena = arena_new(), .timings = cJSON_CreateArray()};
    cJSON *stages = cJSON_CreateArray();
    struct timespec start;
    int status;

    *output = (struct audit_output){.evidence = STRBUF_INIT};
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (options->evidence) {
        session.evidence = &output->evidence;
        strbuf_adds(session.evidence, "table,row,measure,attack,score,candidate\n");
    }
    status = prepare(&session, stages, error);
    if (!status)
        status = emit_audit(&session, &output->audit, error);
    if (!status) {
        judge_trim(output->audit, &session.policy);
        status = holdout_warnings(session.data, cJSON_GetObjectItemCaseSensitive(output->audit, "warnings"), error);
    }
    if (!status) {
        status = measure_all(&session, output->audit, stages, error);
    }
    if (!status)
        status = judge_audit(output->audit, &session.policy, error);
    if (!status && output->evidence.failed)
        status = error_memory(error);
    if (!status)
        output->run = describe_run(&session, stages, &start);
    scales_free(&session);
    artifacts_free(session.artifacts);
    dataset_free(session.data);
    pool_free(session.pool);
    cJSON_Delete(session.timings);
    cJSON_Delete(session.shadow.log);
    cJSON_Delete(stages);
    arena_free(session.arena);
    if (status)
        audit_output_free(output);
    return status;
}

void audit_output_free(struct audit_output *output)
{
    cJSON_Delete(output->audit);
    cJSON_Delete(output->run);
    strbuf_free(&output->evidence);
    *output = (struct audit_output){.evidence = STRBUF_INIT};
}
