/* Noisy histograms of single columns, drawn from independently: (ε, 0)-private, ε/d for each of d columns. */
#include "generators/dp.h"
#include "generators/support.h"

enum { BINS = 32, DEFAULT_EPSILON = 1 };

struct drawing {
    const struct dp_model *model;
    struct table *out;
};

/* One column: counts, noise, cells. */
static int draw_column(void *context, size_t c, size_t worker, struct error *error)
{
    const struct drawing *drawing = context;
    const struct dp_model *model = drawing->model;
    const struct dp_column *column = &model->columns[c];
    struct arena *scratch = arena_new();
    uint32_t *codes = scratch ? ARENA_ARRAY(scratch, uint32_t, model->train->rows + 1) : NULL;
    double *counts = codes ? ARENA_ARRAY(scratch, double, column->n_codes) : NULL;
    struct random random;

    (void)worker;
    if (!counts) {
        arena_free(scratch);
        return error_memory(error);
    }
    dp_codes(model, c, codes);
    for (size_t i = 0; i < model->train->rows; i++)
        counts[codes[i]]++;
    dp_noisy_counts(model, c, model->budget.epsilon / (double)model->n_columns, counts, column->n_codes);
    dp_cumulate(counts, column->n_codes);
    random_init(&random, model->seed, "generator.dp-independent", c, 0);
    for (size_t i = 0; i < drawing->out->rows; i++)
        dp_write(column, dp_draw(counts, column->n_codes, &random), &random, drawing->out, i);
    arena_free(scratch);
    return 0;
}

static int run_private(const struct table *train, size_t rows, uint64_t seed, const struct dp_budget *budget, const char *name,
                       struct pool *pool, struct table **out, struct error *error)
{
    struct dp_model model;
    int status = generator_begin(train, rows, name, out, error);

    if (status)
        return status;
    status = dp_model_new(&model, train, seed, budget, BINS, error);
    if (!status) {
        dp_blank(train, *out);
        status = pool_run(pool, model.n_columns, draw_column, &(struct drawing){&model, *out}, error);
        dp_model_free(&model);
    }
    return dp_end(out, status);
}

static int run(const struct table *train, size_t rows, uint64_t seed, const char *name, struct pool *pool, struct table **out,
               struct error *error)
{
    return run_private(train, rows, seed, &(struct dp_budget){DEFAULT_EPSILON, 1}, name, pool, out, error);
}

const struct generator generator_dp_independent = {
    .name = "dp-independent",
    .summary = "every column drawn alone from a noisy histogram: differentially private with --epsilon E (default 1); for what "
               "is taken as public see docs/generators.md",
    .reference = "Ghosh, Roughgarden, Sundararajan 2009 (geometric mechanism)",
    .run = run,
    .run_private = run_private,
};
