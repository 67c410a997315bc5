/* Running measures: first the scale of each (honest case, controls), once for all candidates, then candidate by candidate. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "audit/cells.h"
#include "audit/claim.h"
#include "audit/holdout.h"
#include "core/utf8.h"

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void note_failure(struct cell *cell, int status, const char *reason)
{
    struct arena *arena = cell->result.arena;

    cJSON_Delete(cell->result.details);
    arena_free(arena);
    cell->result = (struct result){.value = NAN, .lo = NAN, .hi = NAN};
    cell->status = status;
    snprintf(cell->reason, sizeof cell->reason, "%s", reason && reason[0] ? reason : "no reason given");
}

static void note_time(struct session *session, const struct measure *measure, const struct table *subject,
                      const struct table *reference, double seconds)
{
    cJSON *item = json_push_object(session->timings);

    json_add_string(item, "measure", measure->id);
    json_add_string(item, "subject", subject->name);
    json_add_string(item, "reference", reference->name);
    json_add_number(item, "seconds", seconds);
}

/* A parameter's value: what the command line says of it, else its own. */
static double parameter_value(const struct session *session, const struct measure *measure, const struct parameter *parameter)
{
    const struct audit_options *options = session->options;

    if (strcmp(measure->id, CLAIM_MEASURE) != 0 || !options->claimed)
        return settings_value(&session->plan.settings, measure, parameter);
    return strcmp(parameter->name, "claimed_epsilon") == 0 ? options->claimed_epsilon
           : strcmp(parameter->name, "delta") == 0         ? options->claimed_delta
                                                           : parameter->fallback;
}

static int fill_parameters(const struct session *session, const struct measure *measure, struct arena *arena,
                           const struct parameter_value **parameters)
{
    struct parameter_value *values;
    size_t n = 0;

    while (measure->parameters && measure->parameters[n].name)
        n++;
    values = ARENA_ARRAY(arena, struct parameter_value, n + 1);
    if (!values)
        return ERROR_MEMORY;
    for (size_t i = 0; i < n; i++)
        values[i].value = parameter_value(session, measure, &measure->parameters[i]);
    *parameters = values;
    return 0;
}

/* Lines of a measure, each with the candidate they are about as a last cell. */
static void keep_evidence(struct strbuf *kept, const char *lines, const char *candidate)
{
    for (const char *end; (end = strchr(lines, '\n')) != NULL; lines = end + 1) {
        strbuf_add(kept, lines, (size_t)(end - lines));
        strbuf_adds(kept, ",\"");
        for (const char *c = candidate; *c; c++) {
            if (*c == '"')
                strbuf_addc(kept, '"');
            strbuf_addc(kept, *c);
        }
        strbuf_adds(kept, "\"\n");
    }
}

/* Of a control the audit writes the value; its interval serves only where the control marks the end of a scale, and that stands
 * on the holdout where there is one. */
static bool is_value_enough(const struct session *session, const struct measure *measure, enum subject kind,
                            const struct table *reference)
{
    const bool control = kind != SUBJECT_CANDIDATE && kind != SUBJECT_HONEST && kind != SUBJECT_TRAIN;
    const bool on_train = reference == session->data->train.table;

    return measure->anchor == ANCHOR_HOLDOUT && control && on_train &&
           (kind != measure->fault || session->data->holdout.table != NULL);
}

int cell_run(struct session *session, const struct measure *measure, enum subject kind, const struct table *subject,
             const struct table *reference, const struct table *honest_test, struct cell *cell, struct error *error)
{
    struct strbuf evidence = STRBUF_INIT;
    struct measure_task task = {
        .data = session->data,
        .reference = reference,
        .subject = subject,
        .kind = kind,
        .honest_test = honest_test,
        .brief = is_value_enough(session, measure, kind, reference),
        .plain = kind != SUBJECT_CANDIDATE || reference != session->data->train.table,
        .seed = session->options->seed,
        .level = 0.95,
        .min_group = session->policy.k,
        .pool = session->pool,
        .artifacts = session->artifacts,
        .shadow = session->options->generator ? &session->shadow : NULL,
        .evidence =
            kind == SUBJECT_CANDIDATE && reference == session->data->train.table && session->evidence ? &evidence : NULL};
    const char *obstacle = plan_obstacle(measure, session->data, subject);
    const double start = now();
    struct error reason = {0};
    int status;

    *cell = (struct cell){.asked = true, .result = {.value = NAN, .lo = NAN, .hi = NAN, .arena = arena_new()}};
    if (!obstacle && (measure->needs & NEED_HOLDOUT))
        obstacle = session->holdout_fault;
    if (obstacle) {
        note_failure(cell, ERROR_UNMEASURABLE, obstacle);
        return 0;
    }
    if (!cell->result.arena || fill_parameters(session, measure, cell->result.arena, &task.parameters)) {
        note_failure(cell, ERROR_MEMORY, "out of memory");
        return 0;
    }
    status = measure->run(&task, &cell->result, &reason);
    if (!status && task.evidence)
        keep_evidence(session->evidence, strbuf_text(&evidence), subject->name);
    if (evidence.failed)
        session->evidence->failed = true;
    strbuf_free(&evidence);
    cell->seconds = now() - start;
    note_time(session, measure, subject, reference, cell->seconds);
    if (status == ERROR_CANCELLED || cancel_requested()) {
        cell_free(cell);
        return error_set(error, ERROR_CANCELLED, "stopped by a signal");
    }
    if (!status && cell->result.details && !json_complete(cell->result.details))
        status = error_memory(&reason);
    if (!status && !isfinite(cell->result.value)) {
        status = ERROR_INTERNAL;
        error_set(&reason, status, "the measure gave no finite value");
    }
    if (status)
        note_failure(cell, status, reason.message);
    /* Sentences cut names at a number of bytes, which may be within a character. */
    utf8_drop_broken(cell->result.finding);
    utf8_drop_broken(cell->result.remedy);
    utf8_drop_broken(cell->reason);
    return 0;
}

/* The table that stands in for `kind` in this measure, and the rows it is tested on. Fidelity compares whole tables, so its
 * honest case is the whole holdout; the others need holdout rows left over to test on. */
static const struct table *table_of(const struct session *session, const struct measure *measure, enum subject kind,
                                    const struct table **test)
{
    *test = NULL;
    switch (kind) {
    case SUBJECT_TRAIN:
        return session->data->train.table;
    case SUBJECT_HONEST:
        if (measure->dimension == DIMENSION_FIDELITY)
            return session->data->holdout.table;
        *test = session->subjects.test_half;
        return session->subjects.honest_half;
    default:
        return session->subjects.control[kind];
    }
}

static bool is_wanted(const struct measure *measure, enum subject kind)
{
    if (kind == SUBJECT_DROPPED_GROUP)
        return measure->fault == kind;
    if (kind == SUBJECT_TRAIN)
        return measure->anchor == ANCHOR_TRAIN;
    return true;
}

static int measure_subject(struct session *session, enum subject kind, struct error *error)
{
    const struct table *holdout = session->data->holdout.table, *train = session->data->train.table, *subject = NULL, *test;

    for (size_t j = 0; j < session->plan.n; j++) {
        struct scale *scale = &session->scales[j];
        const struct measure *measure = scale->measure;
        int status = 0;

        subject = table_of(session, measure, kind, &test);
        if (!is_wanted(measure, kind) || !subject)
            continue;
        progress_step(&session->progress, measure->id);
        status = cell_run(session, measure, kind, subject, train, test, &scale->subject[kind], error);
        if (!status && measure->anchor == ANCHOR_HOLDOUT && holdout && kind == measure->fault)
            status = cell_run(session, measure, kind, subject, holdout, NULL, &scale->fault_holdout, error);
        if (status)
            return status;
    }
    return 0;
}

/* Makes one kind of subject, runs every measure on it and lets go of it: one control at a time is in memory. */
static int scale_subject(struct session *session, enum subject kind, struct error *error)
{
    int status = subject_make(session, kind, error);

    if (!status)
        status = measure_subject(session, kind, error);
    subject_drop(session, kind);
    return status;
}

int scales_make(struct session *session, struct error *error)
{
    const struct table *holdout = session->data->holdout.table, *train = session->data->train.table;
    int status;

    session->scales = ARENA_ARRAY(session->arena, struct scale, session->plan.n);
    if (!session->scales)
        return error_memory(error);
    for (size_t j = 0; j < session->plan.n; j++)
        session->scales[j].measure = session->plan.measures[j];
    status = holdout_check(session->data, session->arena, &session->holdout_fault, error);
    for (int kind = SUBJECT_HONEST; kind < SUBJECTS && !status; kind++)
        status = scale_subject(session, (enum subject)kind, error);
    if (status)
        return status;
    for (size_t j = 0; j < session->plan.n && holdout; j++) {
        struct scale *scale = &session->scales[j];

        if (scale->measure->anchor == ANCHOR_HOLDOUT)
            status = cell_run(session, scale->measure, SUBJECT_TRAIN, train, holdout, NULL, &scale->honest_holdout, error);
        if (status)
            return status;
    }
    return 0;
}

void scales_free(struct session *session)
{
    for (size_t j = 0; session->scales && j < session->plan.n; j++) {
        for (int kind = 0; kind < SUBJECTS; kind++)
            cell_free(&session->scales[j].subject[kind]);
        cell_free(&session->scales[j].honest_holdout);
        cell_free(&session->scales[j].fault_holdout);
    }
    session->scales = NULL;
}

static int candidate_measure(struct session *session, const struct input_file *input, const char *fault, cJSON *list,
                             struct error *error)
{
    const struct table *train = session->data->train.table, *holdout = session->data->holdout.table;
    int status = 0;

    for (size_t j = 0; j < session->plan.n && !status; j++) {
        const struct scale *scale = &session->scales[j];
        struct cell cell = {0}, against_holdout = {0};

        progress_step(&session->progress, scale->measure->id);
        status = cell_run(session, scale->measure, SUBJECT_CANDIDATE, input->table, train, NULL, &cell, error);
        if (!status && !cell.status && scale->measure->anchor == ANCHOR_HOLDOUT && holdout)
            status = cell_run(session, scale->measure, SUBJECT_CANDIDATE, input->table, holdout, NULL, &against_holdout, error);
        if (!status && !json_append(list, emit_measure(scale->measure, &cell, scale, &against_holdout, fault)))
            status = error_memory(error);
        cell_free(&cell);
        cell_free(&against_holdout);
    }
    return status;
}

int candidate_run(struct session *session, const struct input_file *input, cJSON **candidate, struct error *error)
{
    const char *fault = session->holdout_fault;
    cJSON *json = cJSON_CreateObject(), *list;
    int status = 0;

    json_add_string(json, "name", input->name);
    list = json_add_array(json, "measures");
    if (!list)
        status = error_memory(error);
    if (!status && !fault)
        status = holdout_check_candidate(session->data, input->table, session->arena, &fault, error);
    if (!status && fault && !session->holdout_fault && !json_add_bool(json, "is_holdout", true))
        status = error_memory(error);
    if (!status)
        status = candidate_measure(session, input, fault, list, error);
    artifacts_drop(session->artifacts, input->table);
    if (status)
        cJSON_Delete(json);
    else
        *candidate = json;
    return status;
}
