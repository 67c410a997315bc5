#include "metrics/robustness/covered.h"
#include "core/random.h"
#include "metrics/fidelity/two_tables.h"
#include "models/linear_fit.h"
#include "numeric/sort.h"

static const char stream[] = "robustness.shift";

/* Up to COVERED_ROWS encoded rows of a table. */
static int sample_design(const struct measure_task *task, const struct encoder *encoder, const struct table *table,
                         struct design **out, struct error *error)
{
    uint32_t use[COVERED_ROWS];
    struct table *sample = NULL;
    size_t n = sample_rows(table->rows, COVERED_ROWS, task->seed, stream, use);
    int status = table_take(table, use, n, "sample", &sample, error);
    if (status == 0)
        status = design_new(out, encoder, sample, error);
    table_free(sample);
    return status;
}

/* Weights of the features for "is a row of the subject". */
static int fit_propensity(const struct measure_task *task, const struct protocol *protocol, struct arena *arena,
                          const double **weights, struct error *error)
{
    struct design *real = NULL, *subject = NULL, *both = NULL;
    size_t width = encoder_features(protocol->encoder) + 1;
    double *fitted = arena_array(arena, 2, width * sizeof(double));
    uint8_t present[2];
    int status = fitted ? sample_design(task, protocol->encoder, task->data->train.table, &real, error) : error_memory(error);
    if (status == 0)
        status = sample_design(task, protocol->encoder, task->subject, &subject, error);
    if (status == 0)
        status = design_join(real, subject, &both, error);
    uint32_t *label = status == 0 ? ARENA_ARRAY(arena, uint32_t, both->rows) : NULL;
    if (status == 0 && !label)
        status = error_memory(error);
    for (size_t i = status == 0 ? real->rows : 0; status == 0 && i < both->rows; i++)
        label[i] = 1;
    if (status == 0)
        status = linear_logistic(&(struct linear_rows){.design = both, .rows = both->rows}, label, 2, 1, 1e-8, fitted, present,
                                 error);
    design_free(real);
    design_free(subject);
    design_free(both);
    *weights = status == 0 ? fitted + width : NULL;
    return status;
}

int covered_order(const struct measure_task *task, const struct protocol *protocol, struct arena *arena, uint32_t **order,
                  struct error *error)
{
    const struct protocol_test *test = protocol->test;
    uint32_t *shuffled = ARENA_ARRAY(arena, uint32_t, test->rows);
    double *margin = ARENA_ARRAY(arena, double, test->rows);
    const double *weights = NULL;
    struct random random;
    int status = 0;
    *order = ARENA_ARRAY(arena, uint32_t, test->rows);
    if (!shuffled || !margin || !*order)
        return error_memory(error);
    /* Of train itself no row is more its own than another: all tie. */
    if (task->subject != task->data->train.table)
        status = fit_propensity(task, protocol, arena, &weights, error);
    random_init(&random, task->seed, stream, 1, 0);
    random_permutation(&random, test->rows, shuffled);
    for (size_t i = 0; status == 0 && weights && i < test->rows; i++)
        margin[i] = linear_margin(test->design, test->use[shuffled[i]], weights);
    if (status == 0)
        status = sort_order(margin, test->rows, *order, error);
    for (size_t i = 0; status == 0 && i < test->rows; i++)
        (*order)[i] = shuffled[(*order)[i]];
    return status;
}
