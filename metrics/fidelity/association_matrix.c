#include "metrics/fidelity/association_matrix.h"

enum association_kind association_kind(const struct schema *schema, const struct column_pair *pair)
{
    int quantities =
        (column_kind(&schema->columns[pair->a]) == KIND_QUANTITY) + (column_kind(&schema->columns[pair->b]) == KIND_QUANTITY);
    return quantities == 2 ? ASSOCIATION_CORRELATION : quantities == 1 ? ASSOCIATION_RATIO : ASSOCIATION_CRAMER;
}

int association_pair(const struct table *table, const struct table_view *view, const struct column_pair *pair,
                     double *influence, struct dependence *out, struct error *error)
{
    const struct column_view *a = &view->columns[pair->a], *b = &view->columns[pair->b];
    const double *x = table->columns[pair->a].number, *y = table->columns[pair->b].number;
    if (x && y) {
        struct gap_pair numbers = {x, y, table->rows};
        dependence_correlation(&numbers, influence, out);
        return 0;
    }
    if (!x && !y) {
        struct coded_pair codes = {a->code, b->code, table->rows};
        return dependence_cramer(&codes, a->levels, b->levels, influence, out, error);
    }
    const struct column_view *groups = x ? b : a;
    return dependence_ratio(x ? x : y, groups->code, table->rows, groups->levels, influence, out, error);
}

struct matrix_job {
    const struct measure_task *task;
    const struct table *table;
    const struct column_pairs *pairs;
    const struct table_view *view;
    double *strengths;
};

static int matrix_entry(void *context, size_t index, size_t worker, struct error *error)
{
    (void)worker;
    const struct matrix_job *job = context;
    struct dependence dependence;
    int status = association_pair(job->table, job->view, &job->pairs->pairs[index], NULL, &dependence, error);
    job->strengths[index] = dependence.strength;
    return status;
}

static int matrix_make(void *context, struct arena *arena, void **artifact, struct error *error)
{
    struct matrix_job *job = context;
    job->strengths = ARENA_ARRAY(arena, double, job->pairs->count + 1);
    *artifact = job->strengths;
    return job->strengths ? pool_run(job->task->pool, job->pairs->count, matrix_entry, job, error) : error_memory(error);
}

int association_matrix(const struct measure_task *task, const struct table *table, const struct column_pairs *pairs,
                       const double **strengths, struct error *error)
{
    struct matrix_job job = {.task = task, .table = table, .pairs = pairs};
    void *artifact = NULL;
    int status = table_view_get(task, table, &job.view, error);
    if (status == 0)
        status = artifact_get(task->artifacts, "fidelity.association", table, NULL, task->seed, matrix_make, NULL, &job,
                              &artifact, error);
    *strengths = artifact;
    return status;
}
