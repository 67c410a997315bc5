#include "metrics/fidelity/discriminator_fit.h"

#include <math.h>

#include "models/boosted_folds.h"
#include "models/linear_fit.h"

#define COST      1.0
#define TOLERANCE 0.01

/* How many times the variance of trained models, simulated: trees, linear models at most; SINGLE more without repeats. */
#define TRAINING_TREES  1.35
#define TRAINING_LINEAR 1.45
#define SINGLE_TREES    0.3
#define SINGLE_LINEAR   0.4

/* What a task works on and leaves behind. */
struct part {
    const uint8_t *fold; /* per pooled row */
    unsigned k;          /* the fold that is left out */
    double *score;       /* per pooled row; the rows of fold k are written */
    double *weight;      /* per input: spread or gain in this model; NULL where nobody reads it */
    uint32_t *use, *label;
    double *coefficient; /* two classes x (features + 1) */
};

#define BESIDE ((size_t)2) /* linear models that are fitted while the matrix is made */
#define PARTS  (DISCRIMINATOR_REPEATS * DISCRIMINATOR_FOLDS)

struct fitting {
    const struct discriminator_rows *pooled;
    struct boosted_matrix *matrix;
    struct part part[DISCRIMINATORS][PARTS]; /* fold k of repeat r: r·folds + k */
    size_t parts;
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

static int fit_linear(const struct discriminator_rows *pooled, struct part *part, struct error *error)
{
    const struct design *design = &pooled->design;
    double *w = part->coefficient + design->layout.features + 1; /* of label 1 */
    uint8_t present[2];
    size_t learnt = 0;
    for (size_t i = 0; i < design->rows; i++) {
        if (part->fold[i] == part->k)
            continue;
        part->use[learnt] = (uint32_t)i;
        part->label[learnt++] = pooled->label[i];
    }
    struct linear_rows rows = {.design = design, .use = part->use, .rows = learnt};
    int status = linear_logistic(&rows, part->label, 2, COST, TOLERANCE, part->coefficient, present, error);
    if (status)
        return status;
    for (size_t i = 0; i < design->rows; i++)
        if (part->fold[i] == part->k)
            part->score[i] = linear_margin(design, i, w);
    if (part->weight)
        linear_spread(design, w, part->weight);
    return 0;
}

static int fit_trees(const struct fitting *fitting, struct part *part, struct error *error)
{
    struct boosted_rows rows = {fitting->pooled->label, part->fold};
    return boosted_fold(fitting->matrix, &rows, part->k, part->score, part->weight, error);
}

/* The matrix, and linear models beside it: about as many as take as long. */
static int first_task(void *context, size_t index, size_t worker, struct error *error)
{
    struct fitting *fitting = context;
    (void)worker;
    if (index == 0)
        return boosted_matrix_new(&fitting->matrix, &fitting->pooled->design, error);
    return fit_linear(fitting->pooled, &fitting->part[DISCRIMINATOR_LOGISTIC][index - 1], error);
}

/* The trees first: they take longer. */
static int fit_task(void *context, size_t index, size_t worker, struct error *error)
{
    struct fitting *fitting = context;
    (void)worker;
    if (index < fitting->parts)
        return fit_trees(fitting, &fitting->part[DISCRIMINATOR_BOOSTED][index], error);
    return fit_linear(fitting->pooled, &fitting->part[DISCRIMINATOR_LOGISTIC][index - fitting->parts + BESIDE], error);
}

static int part_allocate(const struct discriminator_rows *pooled, size_t learner, struct part *part, bool weigh,
                         struct arena *arena, struct error *error)
{
    const struct design *design = &pooled->design;
    if (weigh)
        part->weight = ARENA_ARRAY(arena, double, design->layout.quantities + design->layout.factors);
    if (learner == DISCRIMINATOR_LOGISTIC) {
        part->use = ARENA_ARRAY(arena, uint32_t, design->rows + 1);
        part->label = ARENA_ARRAY(arena, uint32_t, design->rows + 1);
        part->coefficient = ARENA_ARRAY(arena, double, 2 * (design->layout.features + 1));
        if (!part->use || !part->label || !part->coefficient)
            return error_memory(error);
    }
    return part->weight || !weigh ? 0 : error_memory(error);
}

static int allocate(struct fitting *fitting, bool weigh, struct arena *arena, struct error *error)
{
    const struct discriminator_rows *pooled = fitting->pooled;
    fitting->parts = pooled->repeats * DISCRIMINATOR_FOLDS;
    for (size_t l = 0; l < DISCRIMINATORS; l++)
        for (size_t r = 0; r < pooled->repeats; r++) {
            double *score = ARENA_ARRAY(arena, double, pooled->design.rows + 1);
            if (!score)
                return error_memory(error);
            for (unsigned k = 0; k < DISCRIMINATOR_FOLDS; k++) {
                struct part *part = &fitting->part[l][r * DISCRIMINATOR_FOLDS + k];
                *part = (struct part){.fold = pooled->fold[r], .k = k, .score = score};
                int status = part_allocate(pooled, l, part, weigh, arena, error);
                if (status)
                    return status;
            }
        }
    return 0;
}

static int fold_auc(const struct discriminator_rows *pooled, const struct part *fitted, struct arena *scratch,
                    struct delong *fold, struct error *error)
{
    size_t rows = pooled->design.rows, n = 0;
    double *part = ARENA_ARRAY(scratch, double, rows + 1);
    uint8_t *label = ARENA_ARRAY(scratch, uint8_t, rows + 1);
    if (!part || !label)
        return error_memory(error);
    for (size_t i = 0; i < rows; i++) {
        if (fitted->fold[i] != fitted->k)
            continue;
        part[n] = fitted->score[i];
        label[n++] = pooled->label[i];
    }
    return delong(part, label, n, fold, error);
}

/* One repeat's mean over its folds. */
static int mean_auc(const struct discriminator_rows *pooled, const struct part *parts, struct arena *scratch,
                    struct delong *mean, struct error *error)
{
    struct delong fold[DISCRIMINATOR_FOLDS];
    double weight[DISCRIMINATOR_FOLDS], pairs = 0;
    for (unsigned k = 0; k < DISCRIMINATOR_FOLDS; k++) {
        int status = fold_auc(pooled, &parts[k], scratch, &fold[k], error);
        if (status)
            return status;
        bool usable = fold[k].positives > 1 && fold[k].negatives > 1;
        weight[k] = usable ? (double)fold[k].positives * (double)fold[k].negatives : 0;
        pairs += weight[k];
    }
    if (pairs == 0)
        return error_set(error, ERROR_UNMEASURABLE, "there are too few different rows for %d folds", DISCRIMINATOR_FOLDS);
    *mean = (struct delong){0, 0, pooled->used[1], pooled->used[0]};
    for (unsigned k = 0; k < DISCRIMINATOR_FOLDS; k++) {
        weight[k] /= pairs;
        if (weight[k] == 0)
            continue;
        mean->auc += weight[k] * fold[k].auc;
        mean->variance += weight[k] * weight[k] * fold[k].variance;
    }
    return 0;
}

/* Coefficients that a linear model of these rows has to learn: numbers, indicators, levels that occur but one of each factor.
 */
static size_t count_learnt(const struct design *design, uint8_t *occurs)
{
    const struct layout *layout = &design->layout;
    size_t count = layout->quantities;
    for (size_t j = 0; j < layout->quantities; j++)
        count += layout->indicator[j] != FEATURE_NONE;
    for (size_t f = 0; f < layout->factors; f++) {
        size_t levels = 0;
        for (size_t i = 0; i < design->rows; i++) {
            uint32_t level = design->level[i * layout->factors + f];
            levels += level != FEATURE_NONE && !occurs[layout->first[f] + level];
            if (level != FEATURE_NONE)
                occurs[layout->first[f] + level] = 1;
        }
        count += levels > 1 ? levels - 1 : 0;
    }
    return count;
}

/* How many times the variance that DeLong's formula gives for models as they are: other rows also train other models. Linear:
 * with q̂ = |δ̂|² the squared length of the difference that the two tables show in k coefficients, standardised, q̂ − k is what
 * holds on fresh rows and (AUC − ½)/se = (q̂ − k)/√q̂; its variance is (1 + u)²(1 − u/2), u = k/q (delta method; q̂ has the
 * variance 4q − 2k). Folds share most of their rows, so less than the 2 that it gives where nothing differs. */
static double training(const struct fitting *fitting, size_t learner, const struct delong *mean, struct arena *scratch)
{
    const struct design *design = &fitting->pooled->design;
    uint8_t *occurs = ARENA_ARRAY(scratch, uint8_t, design->layout.features + 1);
    double repeats = (double)fitting->pooled->repeats;
    if (learner == DISCRIMINATOR_BOOSTED || !occurs || !(mean->variance > 0))
        return TRAINING_TREES + SINGLE_TREES / repeats;
    double k = (double)count_learnt(design, occurs), z = (mean->auc - 0.5) / sqrt(mean->variance);
    double root = (sqrt(z * z + 4 * k) - z) / (2 * sqrt(fmax(k, 1))), u = fmin(1, root * root);
    return fmin(TRAINING_LINEAR + SINGLE_LINEAR / repeats, (1 + u) * (1 + u) * (1 - u / 2));
}

/* AUC averaged over the repeats; the variance is that of one of them, on average, since all stand on the same rows, and that of
 * training. Shares of the columns: summed over all models, divided by their sum. */
static int judge(const struct fitting *fitting, size_t learner, struct arena *scratch, struct judged *judged,
                 struct error *error)
{
    const struct discriminator_rows *pooled = fitting->pooled;
    size_t inputs = pooled->design.layout.quantities + pooled->design.layout.factors;
    double total = 0, repeats = (double)pooled->repeats;
    judged->delong.auc = judged->delong.variance = 0;
    for (size_t r = 0; r < pooled->repeats; r++) {
        struct delong one = {0};
        int status = mean_auc(pooled, &fitting->part[learner][r * DISCRIMINATOR_FOLDS], scratch, &one, error);
        if (status)
            return status;
        judged->delong.auc += one.auc / repeats;
        judged->delong.variance += one.variance / repeats;
    }
    judged->delong.variance *= training(fitting, learner, &judged->delong, scratch);
    for (size_t j = 0; j < inputs; j++) {
        for (size_t k = 0; k < fitting->parts && fitting->part[learner][k].weight; k++)
            judged->share[j] += fitting->part[learner][k].weight[j];
        total += judged->share[j];
    }
    for (size_t j = 0; total > 0 && j < inputs; j++)
        judged->share[j] /= total;
    return 0;
}

static int train(const struct measure_task *task, struct fitting *fitting, struct arena *scratch, struct judged *judged,
                 struct error *error)
{
    int status = allocate(fitting, !task->plain, scratch, error);
    if (status == 0)
        status = pool_run(task->pool, 1 + BESIDE, first_task, fitting, error);
    if (status == 0)
        status = pool_run(task->pool, DISCRIMINATORS * fitting->parts - BESIDE, fit_task, fitting, error);
    boosted_matrix_free(fitting->matrix);
    for (size_t l = 0; status == 0 && l < DISCRIMINATORS; l++)
        status = judge(fitting, l, scratch, &judged[l], error);
    return status;
}

int discriminator_fit(const struct measure_task *task, const struct discriminator_rows *pooled, struct arena *arena,
                      struct judged *judged, struct error *error)
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
