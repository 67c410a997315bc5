#include "metrics/fidelity/discriminator_fit.h"

#include <math.h>

#include "models/boosted_folds.h"
#include "models/linear_fit.h"

#define COST      1.0
#define TOLERANCE 0.01

/* A matrix is made by the first of a worker's tasks and kept for its others; all are equal. */
struct worker {
    struct boosted_matrix *matrix;
};

struct fitting {
    const struct pooled *pooled;
    struct worker *workers;
    double *score[DISCRIMINATORS];                       /* per pooled row, by the model of the row's fold */
    double *weight[DISCRIMINATORS][DISCRIMINATOR_FOLDS]; /* per input: spread or gain in this fold's model */
    uint32_t *use[DISCRIMINATOR_FOLDS], *label[DISCRIMINATOR_FOLDS];
    double *coefficient[DISCRIMINATOR_FOLDS]; /* two classes x (features + 1) */
};

/* What input k of a row adds to the score of a linear model. */
static double contribution(const struct design *design, const double *w, size_t row, size_t k)
{
    const struct layout *layout = &design->layout;
    if (k >= layout->quantities) {
        size_t factor = k - layout->quantities;
        return w[layout->first[factor] + design->level[row * layout->factors + factor]];
    }
    double number = design->number[row * layout->quantities + k];
    if (!isnan(number))
        return number * w[k];
    return layout->indicator[k] == FEATURE_NONE ? 0 : w[layout->indicator[k]];
}

/* Standard deviation over all rows of what each column adds. */
static void linear_spread(const struct design *design, const double *w, double *spread)
{
    for (size_t k = 0; k < design->layout.quantities + design->layout.factors; k++) {
        double sum = 0, squares = 0, n = (double)design->rows, first = contribution(design, w, 0, k);
        for (size_t i = 0; i < design->rows; i++) {
            double x = contribution(design, w, i, k) - first;
            sum += x;
            squares += x * x;
        }
        spread[k] = sqrt(fmax(0, squares / n - (sum / n) * (sum / n)));
    }
}

static int fit_linear(struct fitting *fitting, unsigned fold, struct error *error)
{
    const struct pooled *pooled = fitting->pooled;
    const struct design *design = &pooled->design;
    uint32_t *use = fitting->use[fold], *label = fitting->label[fold];
    double *w = fitting->coefficient[fold] + design->layout.features + 1; /* of label 1 */
    uint8_t present[2];
    size_t learnt = 0;
    for (size_t i = 0; i < design->rows; i++) {
        if (pooled->fold[i] == fold)
            continue;
        use[learnt] = (uint32_t)i;
        label[learnt++] = pooled->label[i];
    }
    struct linear_rows rows = {design, use, learnt};
    int status = linear_logistic(&rows, label, 2, COST, TOLERANCE, fitting->coefficient[fold], present, error);
    if (status)
        return status;
    for (size_t i = 0; i < design->rows; i++)
        if (pooled->fold[i] == fold)
            fitting->score[DISCRIMINATOR_LOGISTIC][i] = linear_margin(design, i, w);
    linear_spread(design, w, fitting->weight[DISCRIMINATOR_LOGISTIC][fold]);
    return 0;
}

static int fit_trees(struct fitting *fitting, unsigned fold, size_t worker, struct error *error)
{
    const struct pooled *pooled = fitting->pooled;
    struct boosted_rows rows = {pooled->label, pooled->fold};
    int status = 0;
    if (!fitting->workers[worker].matrix)
        status = boosted_matrix_new(&fitting->workers[worker].matrix, &pooled->design, error);
    if (status)
        return status;
    return boosted_fold(fitting->workers[worker].matrix, &rows, fold, fitting->score[DISCRIMINATOR_BOOSTED],
                        fitting->weight[DISCRIMINATOR_BOOSTED][fold], error);
}

/* The trees first: they take longer. */
static int fit_task(void *context, size_t index, size_t worker, struct error *error)
{
    struct fitting *fitting = context;
    unsigned fold = (unsigned)(index % DISCRIMINATOR_FOLDS);
    return index < DISCRIMINATOR_FOLDS ? fit_trees(fitting, fold, worker, error) : fit_linear(fitting, fold, error);
}

static int allocate(struct fitting *fitting, size_t workers, struct arena *arena, struct error *error)
{
    const struct design *design = &fitting->pooled->design;
    size_t inputs = design->layout.quantities + design->layout.factors, rows = design->rows;
    fitting->workers = ARENA_ARRAY(arena, struct worker, workers);
    if (!fitting->workers)
        return error_memory(error);
    for (size_t l = 0; l < DISCRIMINATORS; l++) {
        if (!(fitting->score[l] = ARENA_ARRAY(arena, double, rows + 1)))
            return error_memory(error);
        for (size_t k = 0; k < DISCRIMINATOR_FOLDS; k++)
            if (!(fitting->weight[l][k] = ARENA_ARRAY(arena, double, inputs)))
                return error_memory(error);
    }
    for (size_t k = 0; k < DISCRIMINATOR_FOLDS; k++) {
        fitting->use[k] = ARENA_ARRAY(arena, uint32_t, rows + 1);
        fitting->label[k] = ARENA_ARRAY(arena, uint32_t, rows + 1);
        fitting->coefficient[k] = ARENA_ARRAY(arena, double, 2 * (design->layout.features + 1));
        if (!fitting->use[k] || !fitting->label[k] || !fitting->coefficient[k])
            return error_memory(error);
    }
    return 0;
}

/* AUC within each fold, averaged over pairs of rows. */
static int fold_aucs(const struct pooled *pooled, const double *score, struct arena *scratch, struct delong *mean,
                     struct error *error)
{
    size_t rows = pooled->design.rows;
    double *part = ARENA_ARRAY(scratch, double, rows + 1), pairs = 0, sum = 0, squares = 0;
    uint8_t *label = ARENA_ARRAY(scratch, uint8_t, rows + 1);
    if (!part || !label)
        return error_memory(error);
    for (unsigned k = 0; k < DISCRIMINATOR_FOLDS; k++) {
        struct delong fold;
        size_t n = 0;
        for (size_t i = 0; i < rows; i++) {
            if (pooled->fold[i] != k)
                continue;
            part[n] = score[i];
            label[n++] = pooled->label[i];
        }
        int status = delong(part, label, n, &fold, error);
        if (status)
            return status;
        double weight = (double)fold.positives * (double)fold.negatives;
        if (fold.positives < 2 || fold.negatives < 2)
            continue;
        pairs += weight;
        sum += weight * fold.auc;
        squares += weight * weight * fold.variance;
    }
    *mean = (struct delong){sum / pairs, squares / (pairs * pairs), pooled->used[1], pooled->used[0]};
    return pairs > 0
               ? 0
               : error_set(error, ERROR_UNMEASURABLE, "there are too few different rows for %d folds", DISCRIMINATOR_FOLDS);
}

/* Shares of the columns: summed over the folds, divided by their sum. */
static void sum_shares(const struct fitting *fitting, size_t learner, double *share)
{
    const struct layout *layout = &fitting->pooled->design.layout;
    size_t inputs = layout->quantities + layout->factors;
    double total = 0;
    for (size_t j = 0; j < inputs; j++) {
        for (size_t k = 0; k < DISCRIMINATOR_FOLDS; k++)
            share[j] += fitting->weight[learner][k][j];
        total += share[j];
    }
    for (size_t j = 0; total > 0 && j < inputs; j++)
        share[j] /= total;
}

static int train(const struct measure_task *task, struct fitting *fitting, struct arena *scratch, struct judged *judged,
                 struct error *error)
{
    size_t workers = pool_threads(task->pool);
    int status = allocate(fitting, workers, scratch, error);
    if (status == 0)
        status = pool_run(task->pool, (size_t)DISCRIMINATORS * DISCRIMINATOR_FOLDS, fit_task, fitting, error);
    for (size_t w = 0; fitting->workers && w < workers; w++)
        boosted_matrix_free(fitting->workers[w].matrix);
    for (size_t l = 0; status == 0 && l < DISCRIMINATORS; l++) {
        status = fold_aucs(fitting->pooled, fitting->score[l], scratch, &judged[l].delong, error);
        sum_shares(fitting, l, judged[l].share);
    }
    return status;
}

int discriminator_fit(const struct measure_task *task, const struct pooled *pooled, struct arena *arena, struct judged *judged,
                      struct error *error)
{
    struct fitting fitting = {.pooled = pooled};
    size_t inputs = pooled->design.layout.quantities + pooled->design.layout.factors;
    double null = auc_null_se(pooled->used[1], pooled->used[0]);
    for (size_t l = 0; l < DISCRIMINATORS; l++) {
        judged[l].share = ARENA_ARRAY(arena, double, inputs);
        judged[l].delong = (struct delong){0.5, null * null, pooled->used[1], pooled->used[0]};
        if (!judged[l].share)
            return error_memory(error);
    }
    if (pooled->same)
        return 0;
    struct arena *scratch = arena_new();
    int status = scratch ? train(task, &fitting, scratch, judged, error) : error_memory(error);
    arena_free(scratch);
    return status;
}
