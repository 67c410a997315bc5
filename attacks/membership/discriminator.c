#include "attacks/membership/discriminator.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* What the rows that are learnt from are drawn by. */
struct drawing {
    const struct table_rows *rows[2]; /* of S, of P */
    const uint32_t *code[2];          /* the matched column; NULL: none */
    uint32_t n_levels;
    size_t *quota; /* [n_levels + 1], the last for missing and unknown levels */
    uint64_t seed;
};

static size_t row_of(const struct table_rows *rows, size_t i)
{
    return rows->pick ? rows->pick[i] : i;
}

static uint32_t level_of(const uint32_t *code, uint32_t n_levels, const struct table_rows *rows, size_t i)
{
    uint32_t c = code ? code[row_of(rows, i)] : 0;

    return c < n_levels ? c : n_levels;
}

static void copy_row(const struct table *from, size_t row, struct table *to, size_t at)
{
    for (size_t c = 0; c < to->n_columns; c++)
        if (to->columns[c].number)
            table_numbers(to, c)[at] = from->columns[c].number[row];
        else
            table_codes(to, c)[at] = from->columns[c].code[row];
}

/* Copies as many rows of each level as `quota` says, drawn at random and put back in order, into `pooled` from row `at` on. */
static int draw_rows(const struct drawing *drawing, uint64_t side, struct table *pooled, size_t at, struct error *error)
{
    const struct table_rows *rows = drawing->rows[side];
    struct arena *scratch = arena_new();
    uint32_t *order = scratch ? ARENA_ARRAY(scratch, uint32_t, rows->rows + 1) : NULL;
    uint8_t *drawn = scratch ? ARENA_ARRAY(scratch, uint8_t, rows->rows + 1) : NULL;
    size_t *left = scratch ? ARENA_ARRAY(scratch, size_t, (size_t)drawing->n_levels + 1) : NULL;
    struct random random;

    if (!order || !drawn || !left) {
        arena_free(scratch);
        return error_memory(error);
    }
    memcpy(left, drawing->quota, ((size_t)drawing->n_levels + 1) * sizeof *left);
    random_init(&random, drawing->seed, "privacy.membership discriminator", side, 0);
    random_permutation(&random, rows->rows, order);
    for (size_t i = 0; i < rows->rows; i++) {
        uint32_t level = level_of(drawing->code[side], drawing->n_levels, rows, order[i]);

        drawn[order[i]] = left[level] > 0;
        left[level] -= left[level] > 0;
    }
    for (size_t i = 0; i < rows->rows; i++)
        if (drawn[i])
            copy_row(rows->table, row_of(rows, i), pooled, at++);
    arena_free(scratch);
    return 0;
}

/* How many rows of each level are taken of either side: as many as both have, all in proportion to the most that are learnt
 * from. Returns their number. */
static size_t fill_quota(const struct drawing *drawing, size_t *other)
{
    size_t all = 0, taken = 0;

    memset(drawing->quota, 0, ((size_t)drawing->n_levels + 1) * sizeof *other);
    memset(other, 0, ((size_t)drawing->n_levels + 1) * sizeof *other);
    for (uint64_t side = 0; side < 2; side++)
        for (size_t i = 0; i < drawing->rows[side]->rows; i++)
            (side ? other : drawing->quota)[level_of(drawing->code[side], drawing->n_levels, drawing->rows[side], i)]++;
    for (uint32_t level = 0; level <= drawing->n_levels; level++) {
        if (other[level] < drawing->quota[level])
            drawing->quota[level] = other[level];
        all += drawing->quota[level];
    }
    for (uint32_t level = 0; level <= drawing->n_levels && all > DISCRIMINATOR_ROWS; level++)
        drawing->quota[level] = drawing->quota[level] * DISCRIMINATOR_ROWS / all;
    for (uint32_t level = 0; level <= drawing->n_levels; level++)
        taken += drawing->quota[level];
    return taken;
}

/* S and P, one below the other, as many rows of each. */
static int pool_rows(struct drawing *drawing, size_t matched, struct table **pooled, struct error *error)
{
    const struct table *table = drawing->rows[0]->table;
    uint32_t n_levels = matched == SIZE_MAX ? 0 : table->schema->columns[matched].n_levels;
    size_t *room = calloc(2 * ((size_t)n_levels + 1), sizeof *room), n = 0;
    int status = room ? 0 : error_memory(error);

    if (!status) {
        drawing->quota = room;
        drawing->n_levels = n_levels;
        for (size_t side = 0; side < 2 && matched != SIZE_MAX; side++)
            drawing->code[side] = drawing->rows[side]->table->columns[matched].code;
        n = fill_quota(drawing, room + n_levels + 1);
    }
    if (!status && n == 0) { /* no level in common */
        drawing->code[0] = drawing->code[1] = NULL;
        n = fill_quota(drawing, room + n_levels + 1);
    }
    if (!status)
        status = table_new(pooled, table->schema, "pooled", 2 * n, error);
    for (uint64_t side = 0; side < 2 && !status; side++)
        status = draw_rows(drawing, side, *pooled, side * n, error);
    if (!status)
        table_seal(*pooled);
    free(room);
    return status;
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
                         const struct table_rows *members, const struct table_rows *strangers, uint64_t seed, size_t matched,
                         struct pool *pool, double *score[DISCRIMINATORS], struct error *error)
{
    struct drawing drawing = {.rows = {candidate, reference}, .seed = seed};
    struct asking asking = {.seed = seed, .score = score};
    struct table *pooled = NULL;
    int status;

    if (candidate->rows == 0 || reference->rows == 0)
        return error_set(error, ERROR_UNMEASURABLE,
                         "there is nothing to tell apart: the candidate or the reference has no rows");
    status = pool_rows(&drawing, matched, &pooled, error);
    if (!status && !(asking.label = calloc(pooled->rows, sizeof *asking.label)))
        status = error_memory(error);
    for (size_t i = 0; !status && i < pooled->rows / 2; i++)
        asking.label[i] = 1;
    if (!status)
        status = shuffled_codes(pooled, seed, error);
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
