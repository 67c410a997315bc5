/* Boosted trees by XGBoost's C API (Chen and Guestrin 2016), histogram method, one thread: the same trees on any machine load.
 *
 * Trees read quantities as they are (NaN = missing, the split learns its side) and each factor as one number, the rank of its
 * level in train's order; a level that train lacks is NaN. Values are centred and scaled before training, since XGBoost
 * computes in single precision. */
#include "models/design.h"
#include "models/learner.h"
#include "models/training.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <xgboost/c_api.h>

enum { ROUNDS = 100, ROUNDS_LEAST = 20 };

struct boosted_state {
    BoosterHandle booster;
    size_t inputs;
    double mean, scale; /* of the training values */
};

static int library_error(struct error *error, const char *what)
{
    return error_set(error, ERROR_INTERNAL, "xgboost cannot %s: %.300s", what, XGBGetLastError());
}

static float input_level(uint32_t level)
{
    return level == FEATURE_NONE ? NAN : (float)level;
}

/* Rows of the design (all of them when use is NULL) as the numbers that trees read. One column of zeros is added, since a
 * design without any feature must still make a matrix. array: describes them to XGBoost. Free the cells. */
static float *cells_new(const struct design *design, const uint32_t *use, size_t rows, char array[static 200])
{
    size_t q = design->layout.quantities, f = design->layout.factors, width = q + f + 1;
    float *cells = calloc(rows * width, sizeof *cells);
    for (size_t i = 0; cells && i < rows; i++) {
        size_t row = use ? use[i] : i;
        for (size_t k = 0; k < q; k++)
            cells[i * width + k] = (float)design->number[row * q + k];
        for (size_t k = 0; k < f; k++)
            cells[i * width + q + k] = input_level(design->level[row * f + k]);
    }
    snprintf(array, 200, "{\"data\": [%zu, true], \"shape\": [%zu, %zu], \"typestr\": \"<f4\", \"version\": 3}", (size_t)cells,
             rows, width);
    return cells;
}

/* An XGBoost matrix, which copies the cells. */
static int matrix_new(const struct design *design, const uint32_t *use, size_t rows, DMatrixHandle *matrix, struct error *error)
{
    char array[200];
    float *cells = cells_new(design, use, rows, array);
    if (!cells)
        return error_memory(error);
    int status = XGDMatrixCreateFromDense(array, "{\"missing\": NaN, \"nthread\": 1}", matrix);
    free(cells);
    return status == 0 ? 0 : library_error(error, "make a matrix");
}

static double share_of_ones(const struct labels *labels)
{
    double share[2];
    labels_share(labels, share);
    return share[1];
}

static int set_parameters(BoosterHandle booster, const struct labels *labels, uint64_t seed, struct error *error)
{
    char classes[32], start[32], number[32];
    snprintf(classes, sizeof classes, "%zu", labels->classes);
    snprintf(start, sizeof start, "%.9g", labels->classes == 2 ? share_of_ones(labels) : labels->classes ? 0.5 : 0.0);
    snprintf(number, sizeof number, "%u", (unsigned)(seed & 0x7fffffff));
    const char *objective = labels->classes == 2  ? "binary:logistic"
                            : labels->classes > 2 ? "multi:softprob"
                                                  : "reg:squarederror";
    const char *const settings[][2] = {{"nthread", "1"},         {"verbosity", "0"},    {"tree_method", "hist"},
                                       {"objective", objective}, {"max_depth", "5"},    {"eta", "0.1"},
                                       {"max_bin", "256"},       {"base_score", start}, {"seed", number},
                                       {"subsample", "1"},       {"lambda", "1"},       {"num_class", classes}};
    size_t count = sizeof settings / sizeof settings[0] - (labels->classes > 2 ? 0 : 1);
    for (size_t i = 0; i < count; i++)
        if (XGBoosterSetParam(booster, settings[i][0], settings[i][1]) != 0)
            return library_error(error, "take its settings");
    return 0;
}

/* The training labels as XGBoost wants them; sets the state's mean and scale for values. */
static int set_labels(DMatrixHandle matrix, const struct labels *labels, struct boosted_state *state, struct error *error)
{
    float *target = calloc(labels->rows, sizeof *target);
    if (!target)
        return error_memory(error);
    double sum = 0, squares = 0, n = (double)labels->rows;
    for (size_t i = 0; !labels->classes && i < labels->rows; i++)
        sum += labels->value[i];
    state->mean = sum / n;
    for (size_t i = 0; !labels->classes && i < labels->rows; i++)
        squares += (labels->value[i] - state->mean) * (labels->value[i] - state->mean);
    state->scale = squares > 0 ? sqrt(squares / n) : 1;
    for (size_t i = 0; i < labels->rows; i++)
        target[i] = labels->classes ? (float)labels->label[i] : (float)((labels->value[i] - state->mean) / state->scale);
    int status = XGDMatrixSetFloatInfo(matrix, "label", target, labels->rows);
    for (size_t i = 0; labels->weight && i < labels->rows; i++)
        target[i] = (float)labels_weight(labels, i);
    if (status == 0 && labels->weight)
        status = XGDMatrixSetFloatInfo(matrix, "weight", target, labels->rows);
    free(target);
    return status == 0 ? 0 : library_error(error, "take labels");
}

/* A round grows one tree a class, so many classes get fewer rounds. */
static int rounds(size_t classes)
{
    int fewer = classes > 2 ? (int)(2 * ROUNDS / classes) : ROUNDS;
    return fewer > ROUNDS_LEAST ? fewer : ROUNDS_LEAST;
}

static void boosted_free(struct model *model)
{
    struct boosted_state *state = model->state;
    if (state && state->booster)
        XGBoosterFree(state->booster);
    free(state);
    model->state = NULL;
}

static int grow(struct boosted_state *state, DMatrixHandle matrix, const struct labels *labels, uint64_t seed,
                struct error *error)
{
    int status = set_labels(matrix, labels, state, error);
    if (status != 0)
        return status;
    if (XGBoosterCreate(&matrix, 1, &state->booster) != 0)
        return library_error(error, "start a model");
    status = set_parameters(state->booster, labels, seed, error);
    for (int round = 0; status == 0 && round < rounds(labels->classes); round++)
        if (XGBoosterUpdateOneIter(state->booster, round, matrix) != 0)
            status = library_error(error, "grow a tree");
    return status;
}

static int boosted_train(const struct design *design, const struct labels *labels, uint64_t seed, struct model *model,
                         struct error *error)
{
    int status = labels_check(labels, design, error);
    if (status != 0)
        return status;
    struct boosted_state *state = calloc(1, sizeof *state);
    DMatrixHandle matrix = NULL;
    *model = (struct model){.learner = &learner_boosted, .state = state, .classes = labels->classes};
    if (!state)
        return error_memory(error);
    state->inputs = design->layout.quantities + design->layout.factors;
    XGBSetGlobalConfig("{\"verbosity\": 0}"); /* a setting of this thread */
    status = matrix_new(design, labels->use, labels->rows, &matrix, error);
    if (status == 0) {
        status = grow(state, matrix, labels, seed, error);
        XGDMatrixFree(matrix);
    }
    if (status != 0)
        boosted_free(model);
    return status;
}

static void copy_predictions(const struct model *model, const float *from, size_t rows, double *out)
{
    const struct boosted_state *state = model->state;
    for (size_t i = 0; i < rows; i++) {
        if (model->classes == 0) {
            out[i] = state->mean + state->scale * (double)from[i];
        } else if (model->classes == 2) {
            out[2 * i + 1] = (double)from[i];
            out[2 * i] = 1 - out[2 * i + 1];
        } else {
            double sum = 0; /* single precision sums to 1 only within 1e-7 */
            for (size_t c = 0; c < model->classes; c++)
                sum += (double)from[i * model->classes + c];
            for (size_t c = 0; c < model->classes; c++)
                out[i * model->classes + c] = (double)from[i * model->classes + c] / sum;
        }
    }
}

static int boosted_predict(const struct model *model, const struct design *design, double *out, struct error *error)
{
    const struct boosted_state *state = model->state;
    if (design->rows == 0)
        return 0;
    if (design->layout.quantities + design->layout.factors != state->inputs)
        return error_set(error, ERROR_INTERNAL, "a model of %zu inputs was given rows of another design", state->inputs);
    char array[200];
    float *cells = cells_new(design, NULL, design->rows, array);
    if (!cells)
        return error_memory(error);
    XGBSetGlobalConfig("{\"verbosity\": 0}");
    const char *how =
        "{\"type\": 0, \"training\": false, \"iteration_begin\": 0, \"iteration_end\": 0, \"strict_shape\": false, "
        "\"missing\": NaN, \"cache_id\": 0}";
    bst_ulong const *shape;
    bst_ulong dimensions;
    const float *predicted;
    int status = 0;
    if (XGBoosterPredictFromDense(state->booster, array, how, NULL, &shape, &dimensions, &predicted) != 0)
        status = library_error(error, "predict");
    else
        copy_predictions(model, predicted, design->rows, out);
    free(cells);
    return status;
}

const struct learner learner_boosted = {
    .name = "boosted",
    .title = "boosted trees",
    .settings = "XGBoost, histogram method, 100 rounds (with K > 2 classes max(20, 200/K)), depth 5, learning rate 0.1, "
                "256 bins, lambda 1, no subsampling, one thread",
    .train = boosted_train,
    .predict = boosted_predict,
    .free = boosted_free,
};
