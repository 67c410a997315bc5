#include "models/boosted_folds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <xgboost/c_api.h>

/* Many rows bear larger steps, and so fewer of them. */
#define MANY_ROWS ((size_t)10000)

struct pace {
    int rounds;
    const char *eta;
};
static const struct pace slow = {40, "0.3"}, fast = {25, "0.5"};

struct boosted_matrix {
    DMatrixHandle handle;
    size_t rows, inputs;
};

struct steps {
    float *gradient, *curvature; /* a row */
};

static int library_error(struct error *error, const char *what)
{
    return error_set(error, ERROR_INTERNAL, "xgboost cannot %s: %.300s", what, XGBGetLastError());
}

void boosted_matrix_free(struct boosted_matrix *matrix)
{
    if (!matrix)
        return;
    if (matrix->handle)
        XGDMatrixFree(matrix->handle);
    free(matrix);
}

static void steps_free(struct steps *steps)
{
    free(steps->gradient);
    free(steps->curvature);
}

static int steps_new(size_t rows, struct steps *steps, struct error *error)
{
    *steps = (struct steps){calloc(rows + 1, sizeof(float)), calloc(rows + 1, sizeof(float))};
    return steps->gradient && steps->curvature ? 0 : error_memory(error);
}

static void fill_cells(const struct design *design, float *cells)
{
    const struct layout *layout = &design->layout;
    size_t q = layout->quantities, f = layout->factors;
    for (size_t i = 0; i < design->rows; i++) {
        float *row = cells + i * (q + f);
        for (size_t k = 0; k < q; k++)
            row[k] = (float)design->number[i * q + k];
        for (size_t k = 0; k < f; k++) {
            uint32_t level = design->level[i * f + k], levels = layout->first[k + 1] - layout->first[k];
            row[q + k] = level == FEATURE_NONE || (layout->last_missing[k] && level + 1 == levels) ? NAN : (float)level;
        }
    }
}

static int make_handle(struct boosted_matrix *matrix, const float *cells, struct error *error)
{
    char array[200];
    snprintf(array, sizeof array, "{\"data\": [%zu, true], \"shape\": [%zu, %zu], \"typestr\": \"<f4\", \"version\": 3}",
             (size_t)cells, matrix->rows, matrix->inputs);
    XGBSetGlobalConfig("{\"verbosity\": 0}"); /* a setting of this thread */
    if (XGDMatrixCreateFromDense(array, "{\"missing\": NaN, \"nthread\": 1}", &matrix->handle) != 0)
        return library_error(error, "make a matrix");
    return 0;
}

static int set_parameters(BoosterHandle booster, size_t rows, double share, struct error *error)
{
    char start[32];
    snprintf(start, sizeof start, "%.9g", share);
    const char *const settings[][2] = {{"nthread", "1"},        {"verbosity", "0"},
                                       {"tree_method", "hist"}, {"objective", "binary:logistic"},
                                       {"max_depth", "5"},      {"eta", rows > MANY_ROWS ? fast.eta : slow.eta},
                                       {"max_bin", "64"},       {"min_child_weight", "5"},
                                       {"lambda", "1"},         {"base_score", start}};
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        if (XGBoosterSetParam(booster, settings[i][0], settings[i][1]) != 0)
            return library_error(error, "take its settings");
    return 0;
}

/* XGBoost cuts and bins the rows when the first tree is grown: one without gradients, that is thrown away, brings it about
 * before threads share the matrix, which is only read from then on. */
static int make_bins(struct boosted_matrix *matrix, struct error *error)
{
    BoosterHandle booster = NULL;
    struct steps none;
    int status = steps_new(matrix->rows, &none, error);
    if (status == 0 && XGBoosterCreate(&matrix->handle, 1, &booster) != 0)
        status = library_error(error, "start a model");
    if (status == 0)
        status = set_parameters(booster, matrix->rows, 0.5, error);
    if (status == 0 && XGBoosterBoostOneIter(booster, matrix->handle, none.gradient, none.curvature, matrix->rows) != 0)
        status = library_error(error, "cut its bins");
    if (booster)
        XGBoosterFree(booster);
    steps_free(&none);
    return status;
}

int boosted_matrix_new(struct boosted_matrix **out, const struct design *design, struct error *error)
{
    size_t inputs = design->layout.quantities + design->layout.factors;
    struct boosted_matrix *matrix = calloc(1, sizeof *matrix);
    float *cells = calloc(design->rows * inputs + 1, sizeof *cells);
    int status = 0;
    if (!matrix || !cells) {
        status = error_memory(error);
    } else {
        *matrix = (struct boosted_matrix){NULL, design->rows, inputs};
        fill_cells(design, cells);
        status = make_handle(matrix, cells, error);
    }
    free(cells);
    if (status == 0)
        status = make_bins(matrix, error);
    if (status != 0) {
        boosted_matrix_free(matrix);
        return status;
    }
    *out = matrix;
    return 0;
}

/* Log odds of all rows so far; XGBoost keeps them up to date as trees are grown. */
static int margins(BoosterHandle booster, const struct boosted_matrix *matrix, const float **margin, struct error *error)
{
    const char *how =
        "{\"type\": 1, \"training\": true, \"iteration_begin\": 0, \"iteration_end\": 0, \"strict_shape\": false}";
    bst_ulong const *shape;
    bst_ulong dimensions;
    if (XGBoosterPredictFromDMatrix(booster, matrix->handle, how, &shape, &dimensions, margin) != 0)
        return library_error(error, "predict");
    return 0;
}

static int grow(BoosterHandle booster, const struct boosted_matrix *matrix, const struct boosted_rows *rows, unsigned k,
                const struct steps *steps, struct error *error)
{
    int rounds = matrix->rows > MANY_ROWS ? fast.rounds : slow.rounds;
    for (int round = 0; round < rounds; round++) {
        const float *margin;
        int status = margins(booster, matrix, &margin, error);
        if (status != 0)
            return status;
        for (size_t i = 0; i < matrix->rows; i++) {
            int learn = rows->fold[i] != k;
            float p = learn ? 1 / (1 + expf(-margin[i])) : 0;
            steps->gradient[i] = learn ? p - (float)rows->label[i] : 0;
            steps->curvature[i] = p * (1 - p);
        }
        if (XGBoosterBoostOneIter(booster, matrix->handle, steps->gradient, steps->curvature, matrix->rows) != 0)
            return library_error(error, "grow a tree");
    }
    return 0;
}

/* XGBoost calls its inputs f0, f1, …; those that no split uses are left out. */
static int add_gains(BoosterHandle booster, const struct boosted_matrix *matrix, double *gain, struct error *error)
{
    bst_ulong count, dimensions;
    bst_ulong const *shape;
    const char **names;
    const float *scores;
    if (XGBoosterFeatureScore(booster, "{\"importance_type\": \"total_gain\"}", &count, &names, &dimensions, &shape, &scores) !=
        0)
        return library_error(error, "tell its gains");
    for (bst_ulong i = 0; i < count; i++) {
        size_t input = strtoul(names[i] + 1, NULL, 10);
        if (input < matrix->inputs)
            gain[input] += (double)scores[i];
    }
    return 0;
}

int boosted_fold(const struct boosted_matrix *matrix, const struct boosted_rows *rows, unsigned k, double *score, double *gain,
                 struct error *error)
{
    BoosterHandle booster = NULL;
    struct steps steps;
    const float *margin;
    double ones = 0, learnt = 0;
    for (size_t i = 0; i < matrix->rows; i++) {
        learnt += rows->fold[i] != k;
        ones += rows->fold[i] != k && rows->label[i];
    }
    XGBSetGlobalConfig("{\"verbosity\": 0}");
    if (ones == 0 || ones == learnt)
        return error_set(error, ERROR_UNMEASURABLE, "a fold leaves rows of one table only to learn from");
    int status = steps_new(matrix->rows, &steps, error);
    if (status == 0 && XGBoosterCreate(&matrix->handle, 1, &booster) != 0)
        status = library_error(error, "start a model");
    if (status == 0)
        status = set_parameters(booster, matrix->rows, ones / learnt, error);
    if (status == 0)
        status = grow(booster, matrix, rows, k, &steps, error);
    if (status == 0)
        status = margins(booster, matrix, &margin, error);
    for (size_t i = 0; status == 0 && i < matrix->rows; i++)
        if (rows->fold[i] == k)
            score[i] = (double)margin[i];
    if (status == 0 && gain)
        status = add_gains(booster, matrix, gain, error);
    if (booster)
        XGBoosterFree(booster);
    steps_free(&steps);
    return status;
}
