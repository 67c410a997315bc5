#include "models/boosted_folds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <xgboost/c_api.h>

enum { ROUNDS = 40 };

const char boosted_folds_settings[] = "XGBoost, histogram method, 40 rounds, depth 5, learning rate 0.3, 64 bins, lambda 1, "
                                      "least weight of a leaf 5, no subsampling, one thread";

struct boosted_matrix {
    DMatrixHandle handle;
    size_t rows, inputs;
    float *gradient, *curvature;
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
    free(matrix->gradient);
    free(matrix->curvature);
    free(matrix);
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

int boosted_matrix_new(struct boosted_matrix **out, const struct design *design, struct error *error)
{
    size_t inputs = design->layout.quantities + design->layout.factors;
    struct boosted_matrix *matrix = calloc(1, sizeof *matrix);
    float *cells = calloc(design->rows * inputs + 1, sizeof *cells);
    int status = 0;
    if (matrix) {
        matrix->rows = design->rows;
        matrix->inputs = inputs;
        matrix->gradient = calloc(design->rows + 1, sizeof(float));
        matrix->curvature = calloc(design->rows + 1, sizeof(float));
    }
    if (!matrix || !cells || !matrix->gradient || !matrix->curvature) {
        status = error_memory(error);
    } else {
        char array[200];
        fill_cells(design, cells);
        snprintf(array, sizeof array, "{\"data\": [%zu, true], \"shape\": [%zu, %zu], \"typestr\": \"<f4\", \"version\": 3}",
                 (size_t)cells, design->rows, inputs);
        XGBSetGlobalConfig("{\"verbosity\": 0}"); /* a setting of this thread */
        if (XGDMatrixCreateFromDense(array, "{\"missing\": NaN, \"nthread\": 1}", &matrix->handle) != 0)
            status = library_error(error, "make a matrix");
    }
    free(cells);
    if (status != 0) {
        boosted_matrix_free(matrix);
        return status;
    }
    *out = matrix;
    return 0;
}

static int set_parameters(BoosterHandle booster, double share, struct error *error)
{
    char start[32];
    snprintf(start, sizeof start, "%.9g", share);
    const char *const settings[][2] = {
        {"nthread", "1"},   {"verbosity", "0"},   {"tree_method", "hist"}, {"objective", "binary:logistic"},
        {"max_depth", "5"}, {"eta", "0.3"},       {"max_bin", "64"},       {"min_child_weight", "5"},
        {"lambda", "1"},    {"base_score", start}};
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        if (XGBoosterSetParam(booster, settings[i][0], settings[i][1]) != 0)
            return library_error(error, "take its settings");
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

static int grow(BoosterHandle booster, struct boosted_matrix *matrix, const struct boosted_rows *rows, unsigned k,
                struct error *error)
{
    for (int round = 0; round < ROUNDS; round++) {
        const float *margin;
        int status = margins(booster, matrix, &margin, error);
        if (status != 0)
            return status;
        for (size_t i = 0; i < matrix->rows; i++) {
            int learn = rows->fold[i] != k;
            float p = learn ? 1 / (1 + expf(-margin[i])) : 0;
            matrix->gradient[i] = learn ? p - (float)rows->label[i] : 0;
            matrix->curvature[i] = p * (1 - p);
        }
        if (XGBoosterBoostOneIter(booster, matrix->handle, matrix->gradient, matrix->curvature, matrix->rows) != 0)
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

int boosted_fold(struct boosted_matrix *matrix, const struct boosted_rows *rows, unsigned k, double *score, double *gain,
                 struct error *error)
{
    BoosterHandle booster = NULL;
    const float *margin;
    double ones = 0, learnt = 0;
    for (size_t i = 0; i < matrix->rows; i++) {
        learnt += rows->fold[i] != k;
        ones += rows->fold[i] != k && rows->label[i];
    }
    XGBSetGlobalConfig("{\"verbosity\": 0}");
    if (ones == 0 || ones == learnt)
        return error_set(error, ERROR_UNMEASURABLE, "a fold leaves rows of one table only to learn from");
    if (XGBoosterCreate(&matrix->handle, 1, &booster) != 0)
        return library_error(error, "start a model");
    int status = set_parameters(booster, ones / learnt, error);
    if (status == 0)
        status = grow(booster, matrix, rows, k, error);
    if (status == 0)
        status = margins(booster, matrix, &margin, error);
    for (size_t i = 0; status == 0 && i < matrix->rows; i++)
        if (rows->fold[i] == k)
            score[i] = (double)margin[i];
    if (status == 0)
        status = add_gains(booster, matrix, gain, error);
    XGBoosterFree(booster);
    return status;
}
