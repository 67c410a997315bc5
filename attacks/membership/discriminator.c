#include "attacks/membership/discriminator.h"

#include <math.h>
#include <stdlib.h>

#include "attacks/membership/shuffled.h"
#include "core/random.h"
#include "models/learner.h"

#define MOST 13.815510557964274 /* log(1e6): single precision says no more of a chance near 1 */

static const char *const learners[DISCRIMINATORS] = {"logistic", "boosted"};

struct designs {
    struct design *training, *members, *strangers;
};

struct asking {
    struct designs designs;
    uint32_t *label;
    uint64_t seed;
    double **score;
};

static size_t row_of(const struct table_rows *rows, size_t i)
{
    return rows->pick ? rows->pick[i] : i;
}

/* Copies n of the rows, drawn at random and put back in order, into `pooled` from row `at` on. */
static int draw_rows(const struct table_rows *rows, size_t n, uint64_t seed, uint64_t side, struct table *pooled, size_t at,
                     struct error *error)
{
    struct arena *scratch = arena_new();
    uint32_t *order = scratch ? ARENA_ARRAY(scratch, uint32_t, rows->rows + 1) : NULL;
    uint8_t *drawn = scratch ? ARENA_ARRAY(scratch, uint8_t, rows->rows + 1) : NULL;
    struct random random;

    if (!order || !drawn) {
        arena_free(scratch);
        return error_memory(error);
    }
    random_init(&random, seed, "privacy.membership discriminator", side, 0);
    random_permutation(&random, rows->rows, order);
    for (size_t i = 0; i < n; i++)
        drawn[order[i]] = 1;
    for (size_t i = 0; i < rows->rows; i++) {
        if (!drawn[i])
            continue;
        for (size_t c = 0; c < pooled->n_columns; c++)
            if (pooled->columns[c].number)
                table_numbers(pooled, c)[at] = rows->table->columns[c].number[row_of(rows, i)];
            else
                table_codes(pooled, c)[at] = rows->table->columns[c].code[row_of(rows, i)];
        at++;
    }
    arena_free(scratch);
    return 0;
}

/* The rows that are asked about, as a design. */
static int encode_rows(const struct encoder *encoder, const struct table_rows *rows, uint64_t seed, struct design **design,
                       struct error *error)
{
    struct table *taken = NULL;
    int status = shuffled_take(rows->table, rows->pick, rows->rows, seed, &taken, error);

    if (!status)
        status = design_new(design, encoder, taken, error);
    table_free(taken);
    return status;
}

/* The encoder is fitted on what the attacker holds: S and P. */
static int make_designs(const struct table *pooled, const struct table_rows *members, const struct table_rows *strangers,
                        uint64_t seed, struct designs *designs, struct error *error)
{
    struct encoder *encoder = NULL;
    int status = encoder_fit(&encoder, pooled, NULL, 0, error);

    if (!status)
        status = design_new(&designs->training, encoder, pooled, error);
    if (!status)
        status = encode_rows(encoder, members, seed, &designs->members, error);
    if (!status)
        status = encode_rows(encoder, strangers, seed, &designs->strangers, error);
    encoder_free(encoder);
    return status;
}

static int predict(const struct model *model, const struct design *design, double *score, struct error *error)
{
    size_t rows = design_rows(design);
    double *chance = calloc(2 * rows + 1, sizeof *chance);
    int status = chance ? model->learner->predict(model, design, chance, error) : error_memory(error);

    for (size_t i = 0; i < rows && !status; i++) {
        double odds = log(chance[2 * i + 1]) - log(chance[2 * i]);

        score[i] = fmin(MOST, fmax(-MOST, odds));
    }
    free(chance);
    return status;
}

static int learner_task(void *context, size_t index, size_t worker, struct error *error)
{
    const struct asking *asking = context;
    const struct learner *learner = learner_find(learners[index]);
    const struct designs *designs = &asking->designs;
    struct labels labels = {.rows = design_rows(designs->training), .classes = 2, .label = asking->label};
    struct model model;
    int status = learner->train(designs->training, &labels, asking->seed, &model, error);

    (void)worker;
    if (status)
        return status;
    status = predict(&model, designs->members, asking->score[index], error);
    if (!status)
        status = predict(&model, designs->strangers, asking->score[index] + design_rows(designs->members), error);
    learner->free(&model);
    return status;
}

int discriminator_scores(const struct table_rows *candidate, const struct table_rows *reference,
                         const struct table_rows *members, const struct table_rows *strangers, uint64_t seed, struct pool *pool,
                         double *score[DISCRIMINATORS], struct error *error)
{
    size_t n = candidate->rows < reference->rows ? candidate->rows : reference->rows;
    struct asking asking = {.seed = seed, .score = score};
    struct table *pooled = NULL;
    int status;

    if (n > DISCRIMINATOR_ROWS)
        n = DISCRIMINATOR_ROWS;
    if (n == 0)
        return error_set(error, ERROR_UNMEASURABLE,
                         "there is nothing to tell apart: the candidate or the reference has no rows");
    asking.label = calloc(2 * n, sizeof *asking.label);
    status = asking.label ? table_new(&pooled, candidate->table->schema, "pooled", 2 * n, error) : error_memory(error);
    for (size_t i = 0; i < n && !status; i++)
        asking.label[i] = 1;
    if (!status)
        status = draw_rows(candidate, n, seed, 0, pooled, 0, error);
    if (!status)
        status = draw_rows(reference, n, seed, 1, pooled, n, error);
    if (!status) {
        table_seal(pooled);
        status = shuffled_codes(pooled, seed, error);
    }
    if (!status)
        status = make_designs(pooled, members, strangers, seed, &asking.designs, error);
    if (!status)
        status = pool_run(pool, DISCRIMINATORS, learner_task, &asking, error);
    design_free(asking.designs.training);
    design_free(asking.designs.members);
    design_free(asking.designs.strangers);
    table_free(pooled);
    free(asking.label);
    return status;
}
