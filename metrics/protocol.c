#include "metrics/protocol.h"
#include "metrics/target_rows.h"

#include <math.h>
#include <string.h>

/* --- artifacts: encoder and test rows ------------------------------------------------------------------------------ */

static int make_encoder(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct dataset *data = context;
    (void)arena;
    return encoder_fit((struct encoder **)artifact, data->train.table, &data->target, 1, error);
}

static void release_encoder(void *encoder)
{
    encoder_free(encoder);
}

struct test_context {
    const struct dataset *data;
    const struct encoder *encoder;
    const struct table *table;
    const char *where; /* in messages */
    size_t classes;
};

static int make_test(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct test_context *made = context;
    struct protocol_test *test = ARENA_NEW(arena, struct protocol_test);
    struct target_rows target;
    if (!test)
        return error_memory(error);
    int status = target_rows_read(made->data, made->classes, made->table, arena, &target, error);
    if (status == 0)
        status = target_rows_check(&target, made->data, made->where, error);
    if (status != 0)
        return status;
    *test = (struct protocol_test){
        .table = made->table, .rows = target.rows, .use = target.use, .label = target.label, .value = target.value};
    *artifact = test;
    return design_new(&test->design, made->encoder, made->table, error);
}

static void release_test(void *artifact)
{
    design_free(((struct protocol_test *)artifact)->design);
}

static void release_trained(void *artifact)
{
    struct trained *trained = artifact;
    if (trained->model.state)
        trained->learner->free(&trained->model);
}

/* --- training ------------------------------------------------------------------------------------------------------ */

/* A table to train on, for the learners that have not seen it. */
struct source {
    const struct table *table;
    uint64_t number; /* 0: all rows; else that many, drawn */
    struct design *design;
    struct target_rows target;
    struct arena *arena;
};

struct job {
    const struct source *source;
    const struct learner *learner;
    uint64_t number;
    bool balanced;
    struct arena *arena;
    struct trained *trained;
};

struct training {
    const struct measure_task *task;
    const struct protocol *protocol;
    struct job jobs[2 * PROTOCOL_LEARNERS];
    size_t n_jobs;
};

enum { JOINED = 8 }; /* + place in learner_list: trained on both sources */

enum { BALANCED = 16 }; /* + number: trained with class weights */

static uint64_t trained_number(size_t learner, uint64_t rows)
{
    return rows * 32 + learner;
}

static const char *const source_name[2] = {"the candidate", "the training table"};

static int source_open(struct source *source, const struct measure_task *task, const struct protocol *protocol,
                       const char *where, struct error *error)
{
    source->arena = arena_new();
    if (!source->arena)
        return error_memory(error);
    int status = target_rows_read(task->data, protocol->classes, source->table, source->arena, &source->target, error);
    if (status == 0 && source->number > 0 && source->number < source->target.rows)
        status = target_rows_draw(&source->target, source->number, task->seed, source->arena, error);
    if (status == 0)
        status = target_rows_check(&source->target, task->data, where, error);
    if (status == 0)
        status = design_new(&source->design, protocol->encoder, source->table, error);
    return status;
}

/* The rows of `more` after those of `source`, which keep their place in its design. */
static int source_join(struct source *source, const struct source *more, struct error *error)
{
    const struct target_rows *a = &source->target, *b = &more->target;
    struct design *design = source->design;
    size_t rows = a->rows + b->rows;
    struct target_rows both = {.rows = rows, .use = ARENA_ARRAY(source->arena, uint32_t, rows)};
    if (a->label)
        both.label = ARENA_ARRAY(source->arena, uint32_t, rows);
    else
        both.value = ARENA_ARRAY(source->arena, double, rows);
    if (!both.use || (a->label ? !both.label : !both.value))
        return error_memory(error);
    for (size_t i = 0; i < rows; i++) {
        const struct target_rows *from = i < a->rows ? a : b;
        size_t at = i < a->rows ? i : i - a->rows;
        both.use[i] = from->use[at] + (uint32_t)(from == b ? design->rows : 0);
        if (both.label)
            both.label[i] = from->label[at];
        else
            both.value[i] = from->value[at];
    }
    source->target = both;
    int status = design_join(design, more->design, &source->design, error);
    if (status != 0)
        source->design = design;
    else
        design_free(design);
    return status;
}

static void source_close(struct source *source)
{
    design_free(source->design);
    arena_free(source->arena);
}

int protocol_predict_into(const struct protocol *protocol, const struct model *model, const struct design *design, double *out,
                          struct error *error)
{
    const struct protocol_test *test = protocol->test;
    size_t width = protocol->width;
    int status = model->learner->predict(model, design, out, error);
    for (size_t i = 0; status == 0 && i < test->rows; i++)
        memmove(out + i * width, out + test->use[i] * width, width * sizeof(double));
    return status;
}

int protocol_predict(const struct protocol *protocol, const struct model *model, const struct design *design,
                     struct arena *arena, const double **prediction, struct error *error)
{
    double *out = arena_array(arena, protocol->test->table->rows + 1, protocol->width * sizeof(double));
    *prediction = out;
    return out ? protocol_predict_into(protocol, model, design, out, error) : error_memory(error);
}

static int train_one(void *context, size_t index, size_t worker, struct error *error)
{
    struct training *training = context;
    struct job *job = &training->jobs[index];
    const struct source *source = job->source;
    (void)worker;
    job->arena = arena_new();
    job->trained = job->arena ? ARENA_NEW(job->arena, struct trained) : NULL;
    if (!job->trained)
        return error_memory(error);
    struct labels labels = {.rows = source->target.rows,
                            .classes = training->protocol->classes,
                            .label = source->target.label,
                            .value = source->target.value,
                            .use = source->target.use};
    double *weight = job->balanced ? ARENA_ARRAY(job->arena, double, labels.classes + 1) : NULL;
    if (job->balanced && !weight)
        return error_memory(error);
    if (weight)
        labels_balance(&labels, weight);
    labels.weight = weight;
    job->trained->learner = job->learner;
    job->trained->baseline = strcmp(job->learner->name, "majority") == 0;
    job->trained->rows = labels.rows;
    job->trained->table = source->table;
    job->trained->number = job->number;
    int status = job->learner->train(source->design, &labels, training->task->seed, &job->trained->model, error);
    if (status == 0)
        status = protocol_predict(training->protocol, &job->trained->model, training->protocol->test->design, job->arena,
                                  &job->trained->prediction, error);
    return status == 0 ? 0 : error_context(error, "%s", job->learner->title);
}

/* Hands what was trained to the store, or frees it all after a failure. */
static int training_store(struct training *training, int status, struct error *error)
{
    for (size_t j = 0; j < training->n_jobs; j++) {
        struct job *job = &training->jobs[j];
        if (!job->trained) {
            arena_free(job->arena);
        } else if (status != 0) {
            release_trained(job->trained);
            arena_free(job->arena);
        } else {
            status =
                artifact_put(training->task->artifacts, "protocol.trained", job->source->table, training->protocol->test->table,
                             job->number, job->arena, release_trained, job->trained, error);
        }
    }
    return status;
}

/* What is trained in one go. */
struct group {
    const struct learner *const *learners;
    bool balanced;
    const struct trained *
        *found[2]; /* of the subject, of real rows: in the order of the list; NULL where not for this target */
};

/* Place among all learners. */
static size_t place(const struct learner *learner)
{
    size_t at = 0;
    for (size_t l = 0; learner_list[l]; l++, at++)
        if (learner_list[l] == learner)
            return at;
    for (size_t l = 0; learner_more[l] && learner_more[l] != learner; l++)
        at++;
    return at;
}

static uint64_t group_number(const struct group *group, size_t l, const struct source *source)
{
    return trained_number(place(group->learners[l]), source->number) + (group->balanced ? BALANCED : 0);
}

static bool learnable(const struct learner *learner, const struct protocol *protocol)
{
    return protocol->classes > 0 || !learner->classes_only;
}

/* The models of both sources: looked up, or trained together on the pool. */
static int train_missing(const struct measure_task *task, const struct protocol *protocol, struct source sources[2],
                         const struct group *group, struct error *error)
{
    struct training training = {.task = task, .protocol = protocol};
    bool same = sources[0].table == sources[1].table && sources[0].number == sources[1].number;
    int status = 0;
    for (size_t s = 0; status == 0 && s < (same ? 1 : 2); s++) {
        for (size_t l = 0; status == 0 && group->learners[l]; l++) {
            uint64_t number = group_number(group, l, &sources[s]);
            if (!learnable(group->learners[l], protocol) ||
                artifact_find(task->artifacts, "protocol.trained", sources[s].table, protocol->test->table, number))
                continue;
            if (!sources[s].design)
                status = source_open(&sources[s], task, protocol, source_name[same ? 1 : s], error);
            training.jobs[training.n_jobs++] = (struct job){
                .source = &sources[s], .learner = group->learners[l], .number = number, .balanced = group->balanced};
        }
    }
    if (status == 0)
        status = pool_run(task->pool, training.n_jobs, train_one, &training, error);
    status = training_store(&training, status, error);
    for (size_t s = 0; status == 0 && s < 2; s++)
        for (size_t l = 0; group->learners[l]; l++)
            group->found[s][l] = artifact_find(task->artifacts, "protocol.trained", sources[s].table, protocol->test->table,
                                               group_number(group, l, &sources[s]));
    return status;
}

static int describe(const struct dataset *data, struct protocol *protocol, struct error *error)
{
    protocol->kind = dataset_task(data);
    if (data->target == SIZE_MAX || protocol->kind == TASK_NONE)
        return error_set(error, ERROR_UNMEASURABLE, "there is no target column that train can teach");
    const struct column_schema *target = &data->schema->columns[data->target];
    protocol->classes = protocol->kind == TASK_BINARY ? 2 : protocol->kind == TASK_MULTICLASS ? target->fitted_levels : 0;
    protocol->width = protocol->classes ? protocol->classes : 1;
    protocol->replicates = PROTOCOL_REPLICATES;
    if (protocol->classes > 3)
        protocol->replicates = protocol->classes < 12 ? 600 / protocol->classes : 50;
    protocol->score_name = protocol->classes ? "auc" : "r2";
    protocol->score_title = protocol->classes ? "AUC" : "R²";
    if (protocol->classes > PROTOCOL_MOST_CLASSES)
        return error_set(error, ERROR_UNMEASURABLE, "the target '%s' has %zu classes; up to %d can be learnt, group them",
                         target->name, protocol->classes, PROTOCOL_MOST_CLASSES);
    return 0;
}

/* Rows of the subject that have a target value: the size of the honest case's comparison model. */
static size_t labelled_rows(const struct dataset *data, const struct table *table, bool classes)
{
    const struct column *column = &table->columns[data->target];
    size_t n = 0;
    for (size_t i = 0; i < table->rows; i++)
        n += classes ? column->code[i] < data->schema->columns[data->target].fitted_levels : !isnan(column->number[i]);
    return n;
}

static void sources_of(const struct measure_task *task, const struct protocol *protocol, struct source sources[2])
{
    sources[0] = (struct source){.table = task->subject};
    sources[1] = (struct source){.table = task->data->train.table};
    if (task->kind == SUBJECT_HONEST)
        sources[1].number = labelled_rows(task->data, task->subject, protocol->classes > 0);
}

/* Encoder and test rows. */
static int begin(const struct measure_task *task, struct protocol *protocol, struct error *error)
{
    const struct dataset *data = task->data;
    *protocol = (struct protocol){0};
    struct test_context context = {
        .data = data, .where = "the holdout", .table = task->kind == SUBJECT_HONEST ? task->honest_test : data->holdout.table};
    void *made;
    if (!context.table)
        return error_set(error, ERROR_UNMEASURABLE, "there are no real rows to test on; give --holdout FILE");
    int status = describe(data, protocol, error);
    if (status == 0)
        status = artifact_get(task->artifacts, "protocol.encoder", data->train.table, NULL, 0, make_encoder, release_encoder,
                              (void *)(uintptr_t)data, &made, error);
    if (status != 0)
        return status;
    protocol->encoder = made;
    if (encoder_features(protocol->encoder) == 0)
        return error_set(error, ERROR_UNMEASURABLE, "no column besides the target is left to predict it from");
    context.encoder = protocol->encoder;
    context.classes = protocol->classes;
    status = artifact_get(task->artifacts, "protocol.test", context.table, data->train.table, 0, make_test, release_test,
                          &context, &made, error);
    if (status == 0)
        protocol->test = made;
    return status;
}

static int train_groups(const struct measure_task *task, const struct protocol *protocol, const struct group *groups, size_t n,
                        struct error *error)
{
    struct source sources[2];
    int status = 0;
    sources_of(task, protocol, sources);
    for (size_t g = 0; status == 0 && g < n; g++)
        status = train_missing(task, protocol, sources, &groups[g], error);
    source_close(&sources[0]);
    source_close(&sources[1]);
    return status;
}

int protocol_get(const struct measure_task *task, struct protocol *protocol, struct error *error)
{
    return protocol_get_weighted(task, false, protocol, error);
}

int protocol_get_weighted(const struct measure_task *task, bool balanced, struct protocol *protocol, struct error *error)
{
    int status = begin(task, protocol, error);
    const struct group shared = {learner_list, balanced && protocol->classes > 0, {protocol->subject, protocol->real}};
    return status == 0 ? train_groups(task, protocol, &shared, 1, error) : status;
}

int protocol_get_these(const struct measure_task *task, const struct learner *const *learners, struct protocol *protocol,
                       struct protocol_models *models, struct error *error)
{
    const struct group asked = {learners, false, {models->subject, models->real}};
    *models = (struct protocol_models){0};
    int status = begin(task, protocol, error);
    if (status == 0)
        status = train_groups(task, protocol, &asked, 1, error);
    while (status == 0 && learners[models->n])
        models->n++;
    return status;
}

int protocol_get_joined(const struct measure_task *task, const struct protocol *protocol,
                        const struct trained *joined[PROTOCOL_LEARNERS], struct error *error)
{
    struct training training = {.task = task, .protocol = protocol};
    struct source sources[2];
    int status = 0;
    sources_of(task, protocol, sources);
    for (size_t l = 0; learner_list[l]; l++) {
        uint64_t number = trained_number(JOINED + l, sources[1].number);
        joined[l] = artifact_find(task->artifacts, "protocol.trained", task->subject, protocol->test->table, number);
        if (!joined[l])
            training.jobs[training.n_jobs++] =
                (struct job){.source = &sources[0], .learner = learner_list[l], .number = number};
    }
    for (size_t s = 0; status == 0 && training.n_jobs > 0 && s < 2; s++)
        status = source_open(&sources[s], task, protocol, source_name[s], error);
    if (status == 0 && training.n_jobs > 0)
        status = source_join(&sources[0], &sources[1], error);
    if (status == 0)
        status = pool_run(task->pool, training.n_jobs, train_one, &training, error);
    status = training_store(&training, status, error);
    for (size_t l = 0; status == 0 && learner_list[l]; l++)
        joined[l] = artifact_find(task->artifacts, "protocol.trained", task->subject, protocol->test->table,
                                  trained_number(JOINED + l, sources[1].number));
    source_close(&sources[0]);
    source_close(&sources[1]);
    return status;
}

int protocol_on_subject(const struct measure_task *task, const struct protocol *protocol, struct protocol *asked,
                        struct error *error)
{
    struct test_context context = {.data = task->data,
                                   .encoder = protocol->encoder,
                                   .table = task->subject,
                                   .where = "the candidate",
                                   .classes = protocol->classes};
    void *made;
    int status = artifact_get(task->artifacts, "protocol.test", context.table, task->data->train.table, 0, make_test,
                              release_test, &context, &made, error);
    *asked = *protocol;
    if (status == 0)
        asked->test = made;
    return status;
}

static void add_model(struct protocol_models *models, const struct trained *subject, const struct trained *real)
{
    models->subject[models->n] = subject;
    models->real[models->n++] = real;
}

int protocol_get_all(const struct measure_task *task, struct protocol *protocol, struct protocol_models *models,
                     struct error *error)
{
    struct protocol_models more = {0};
    const struct group groups[] = {{learner_list, false, {protocol->subject, protocol->real}},
                                   {learner_more, false, {more.subject, more.real}}};
    int status = begin(task, protocol, error);
    if (status == 0)
        status = train_groups(task, protocol, groups, 2, error);
    *models = (struct protocol_models){0};
    for (size_t l = 0; status == 0 && learner_list[l]; l++)
        add_model(models, protocol->subject[l], protocol->real[l]);
    for (size_t l = 0; status == 0 && learner_more[l]; l++)
        if (more.subject[l])
            add_model(models, more.subject[l], more.real[l]);
    return status;
}
