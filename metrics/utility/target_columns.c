#include "metrics/utility/target_columns.h"
#include "core/random.h"
#include "numeric/bootstrap.h"
#include "numeric/interval.h"

#include <math.h>
#include <string.h>

enum { LEARNERS = 2 };
const char *const target_learners[LEARNERS + 1] = {"logistic", "tree", NULL};

int target_rows_sample(const struct table *table, size_t rows, uint64_t seed, struct table **out, struct error *error)
{
    struct arena *arena = arena_new();
    uint32_t *order = arena ? ARENA_ARRAY(arena, uint32_t, table->rows + 1) : NULL;
    struct random random;
    int status = order ? 0 : error_memory(error);
    if (status == 0) {
        random_init(&random, seed, "utility.targets", 0, 0);
        random_permutation(&random, table->rows, order);
        status = table_take(table, order, table->rows < rows ? table->rows : rows, table->name, out, error);
    }
    arena_free(arena);
    return status;
}

/* --- scores -------------------------------------------------------------------------------------------------------- */

static double skill(const struct protocol *protocol, double score)
{
    return protocol->classes ? 2 * score - 1 : score;
}

/* Mean over learners; replicates NULL: not asked for. */
static int models_skill(const struct measure_task *task, const struct protocol *protocol, size_t n,
                        const struct trained *const *models, double *value, double *replicates, struct error *error)
{
    *value = 0;
    for (size_t b = 0; replicates && b < protocol->replicates; b++)
        replicates[b] = 0;
    for (size_t l = 0; l < n; l++) {
        const double *scores = NULL;
        double score = NAN;
        int status = protocol_score(protocol, models[l]->prediction, &score, error);
        if (status == 0 && replicates)
            status = protocol_model_replicates(task, protocol, models[l], &scores, error);
        if (status != 0)
            return status;
        *value += skill(protocol, score) / (double)n;
        for (size_t b = 0; replicates && b < protocol->replicates; b++)
            replicates[b] += skill(protocol, scores[b]) / (double)n;
    }
    return 0;
}

static int train(const struct measure_task *task, struct protocol *protocol, struct protocol_models *models,
                 struct error *error)
{
    const struct learner *learners[LEARNERS + 1] = {NULL};
    for (size_t l = 0; target_learners[l]; l++)
        learners[l] = learner_find(target_learners[l]);
    return protocol_get_these(task, learners, protocol, models, error);
}

/* The task of one column: its target, its rows, its artifacts. */
static struct measure_task task_of(const struct measure_task *task, const struct target_column *column)
{
    struct measure_task own = *task;
    own.data = &column->data;
    own.artifacts = column->artifacts;
    return own;
}

/* --- what real rows can predict ------------------------------------------------------------------------------------ */

static int try_column(const struct measure_task *task, struct target_column *column, const struct table *real,
                      struct arena *arena, struct error *error)
{
    struct measure_task own = task_of(task, column);
    struct protocol protocol;
    struct protocol_models models;
    struct error why = {0};
    double replicates[PROTOCOL_REPLICATES], bias;
    own.subject = real;
    own.kind = SUBJECT_TRAIN;
    int status = train(&own, &protocol, &models, &why);
    column->classes = protocol.classes > 0;
    if (status == 0)
        status = models_skill(&own, &protocol, models.n, models.real, &column->skill, replicates, &why);
    if (status == 0 && isnan(column->skill))
        status = error_set(&why, ERROR_UNMEASURABLE, "the holdout rows leave its score undefined");
    if (status == ERROR_UNMEASURABLE) {
        column->reason = arena_format(arena, "%s", why.message);
        return column->reason ? 0 : error_memory(error);
    }
    if (status != 0)
        return error_set(error, status, "%s", why.message);
    bootstrap_summary(replicates, protocol.replicates, column->skill, &bias, &column->deviation);
    return 0;
}

static void columns_free(void *made)
{
    struct target_columns *columns = made;
    for (size_t c = 0; c < columns->n; c++)
        artifacts_free(columns->column[c].artifacts);
    table_free(columns->train);
    table_free(columns->holdout);
}

struct making {
    const struct measure_task *task;
    size_t rows;
};

static int try_columns(const struct measure_task *task, struct target_columns *columns, struct arena *arena,
                       struct error *error)
{
    const struct schema *schema = task->data->schema;
    size_t *measured = ARENA_ARRAY(arena, size_t, schema->n_columns + 1);
    if (!measured)
        return error_memory(error);
    size_t n = schema_measured(schema, measured, schema->n_columns);
    columns->column = ARENA_ARRAY(arena, struct target_column, n + 1);
    int status = columns->column ? 0 : error_memory(error);
    for (size_t c = 0; status == 0 && c < n; c++) {
        struct target_column *column = &columns->column[c];
        const uint32_t levels = schema->columns[measured[c]].fitted_levels;
        *column = (struct target_column){.column = measured[c], .data = *task->data};
        column->data.target = measured[c];
        column->data.positive = levels > 0 ? levels - 1 : CODE_MISSING;
        column->data.train.table = columns->train;
        column->data.holdout.table = columns->holdout;
        status = artifacts_new(&column->artifacts, error);
        columns->n += status == 0;
        if (status == 0)
            status = try_column(task, column, columns->train, arena, error);
        columns->tried += !column->reason;
    }
    return status;
}

/* Bonferroni: with probability `level` at least all intervals hold, so that no column is kept by luck among many. */
static void keep_columns(struct target_columns *columns, double level)
{
    columns->z = normal_quantile(1 - (1 - level) / (2 * fmax(1, (double)columns->tried)));
    for (size_t c = 0; c < columns->n; c++) {
        struct target_column *column = &columns->column[c];
        column->lo = column->skill - columns->z * column->deviation;
        column->kept = !column->reason && column->lo > 0;
        columns->kept += column->kept;
    }
}

static int make_columns(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct making *making = context;
    const struct measure_task *task = making->task;
    struct target_columns *columns = ARENA_NEW(arena, struct target_columns);
    if (!columns)
        return error_memory(error);
    *artifact = columns;
    int status = target_rows_sample(task->data->train.table, making->rows, task->seed, &columns->train, error);
    if (status == 0)
        status = target_rows_sample(task->data->holdout.table, making->rows, task->seed, &columns->holdout, error);
    if (status == 0)
        status = try_columns(task, columns, arena, error);
    if (status == 0)
        keep_columns(columns, task->level);
    return status;
}

int target_columns_get(const struct measure_task *task, size_t rows, const struct target_columns **columns, struct error *error)
{
    struct making making = {task, rows};
    void *made;
    int status = artifact_get(task->artifacts, "targets.columns", task->data->train.table, task->data->holdout.table, rows,
                              make_columns, columns_free, &making, &made, error);
    if (status == 0)
        *columns = made;
    return status;
}

/* --- what the subject teaches -------------------------------------------------------------------------------------- */

static int compare(const struct measure_task *own, const struct protocol *protocol, const struct protocol_models *models,
                   bool brief, struct target_gap *gap, struct error *error)
{
    double real[PROTOCOL_REPLICATES], bias;
    int status = models_skill(own, protocol, models->n, models->subject, &gap->tstr, brief ? NULL : gap->replicate, error);
    if (status == 0)
        status = models_skill(own, protocol, models->n, models->real, &gap->trtr, brief ? NULL : real, error);
    if (status == 0 && isnan(gap->trtr))
        return error_set(error, ERROR_UNMEASURABLE, "the test rows leave the score undefined");
    if (status != 0 || brief)
        return status;
    gap->replicates = protocol->replicates;
    for (size_t b = 0; b < gap->replicates; b++)
        gap->replicate[b] = real[b] - gap->replicate[b];
    bootstrap_summary(gap->replicate, gap->replicates, gap->trtr - gap->tstr, &bias, &gap->deviation);
    return 0;
}

/* The subject cannot be trained on: what real rows teach is lost as a whole. */
static int lose_all(const struct measure_task *own, const struct target_column *column, bool brief, struct target_gap *gap,
                    struct error *error)
{
    struct measure_task real = *own;
    struct protocol protocol;
    struct protocol_models models;
    double bias;
    real.subject = column->data.train.table;
    real.kind = SUBJECT_TRAIN;
    int status = train(&real, &protocol, &models, error);
    if (status == 0)
        status = models_skill(&real, &protocol, models.n, models.real, &gap->trtr, brief ? NULL : gap->replicate, error);
    if (status != 0 || brief)
        return status;
    gap->replicates = protocol.replicates;
    bootstrap_summary(gap->replicate, gap->replicates, gap->trtr, &bias, &gap->deviation);
    return 0;
}

int target_gap_get(const struct measure_task *task, const struct target_column *column, bool brief, struct arena *arena,
                   struct target_gap *gap, struct error *error)
{
    struct measure_task own = task_of(task, column);
    struct protocol protocol;
    struct protocol_models models;
    struct error why = {0};
    *gap = (struct target_gap){.of = column};
    int status = train(&own, &protocol, &models, &why);
    if (status == 0)
        status = compare(&own, &protocol, &models, brief, gap, &why);
    if (status == ERROR_UNMEASURABLE && task->kind != SUBJECT_HONEST) {
        gap->reason = arena_format(arena, "%s", why.message);
        status = gap->reason ? lose_all(&own, column, brief, gap, error) : error_memory(error);
    } else if (status != 0) {
        error_set(error, status, "%s", why.message);
    }
    if (task->subject != column->data.train.table)
        artifacts_drop(column->artifacts, task->subject);
    if (task->honest_test)
        artifacts_drop(column->artifacts, task->honest_test);
    return status;
}
