/* k nearest neighbours: shares of classes, or the mean, among the 20 training rows nearest to a row, all of the same weight.
 *
 * The distance is Euclidean on the encoding that linear learners see (numeric/neighbours.h): quantities in standard deviations
 * of train, a missing one at the mean and 1 apart from any number, two different levels √2 apart. Levels that train lacks are
 * one level here. Rows as near as the 20th count too, so that the order of the training rows decides nothing.
 *
 * The neighbour engine scales columns by the table it is fitted on. A design is in units of train already and must stay so
 * whatever rows a model learns from; the engine is therefore fitted on a table made for it, whose columns have mean 0 and
 * standard deviation 1, a range about as wide as that of data, and all levels. */
#include "models/design.h"
#include "models/training.h"
#include "numeric/neighbours.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NEAREST = 20, BLOCK = 33 };

static const double ALIKE = 1e-9; /* relative: sums of squares of the same parts differ by rounding */

struct knn_state {
    struct arena *arena;
    size_t rows, quantities, factors;
    const struct neighbour_scale *scale;
    const struct neighbour_table *table;
    double *share, *value;
    double *weight; /* classes: of a vote for each */
    uint32_t *label;
};

static size_t most_levels(const struct layout *layout)
{
    size_t most = 1;
    for (size_t k = 0; k < layout->factors; k++) {
        size_t levels = layout->first[k + 1] - layout->first[k];
        most = levels > most ? levels : most;
    }
    return most;
}

/* In every 33 rows a number is once +a, once −a, else 0: with B such blocks (33B − 1) = 2Ba², and a is about 4. The last row of
 * quantities that train lacks somewhere is missing, as the engine plans for missing cells by what it is fitted on. */
static int fit_scale(const struct layout *layout, const struct neighbour_scale **scale, struct arena *arena,
                     struct arena *scratch, struct error *error)
{
    size_t q = layout->quantities, f = layout->factors, blocks = (most_levels(layout) + BLOCK - 1) / BLOCK;
    size_t rows = blocks * BLOCK;
    struct neighbour_column *column = ARENA_ARRAY(scratch, struct neighbour_column, q + f + 1);
    double *numbers = arena_array(scratch, rows, (q + 1) * sizeof(double));
    uint32_t *codes = arena_array(scratch, rows, (f + 1) * sizeof(uint32_t));
    if (!column || !numbers || !codes)
        return error_memory(error);
    for (size_t k = 0; k < q; k++) {
        bool gap = layout->indicator[k] != FEATURE_NONE;
        double a = sqrt((double)(rows - gap - 1) / (2.0 * (double)blocks)), *value = numbers + k * rows;
        for (size_t i = 0; i < rows; i++)
            value[i] = i % BLOCK == 0 ? a : i % BLOCK == 1 ? -a : 0;
        if (gap)
            value[rows - 1] = NAN;
        column[k].value = value;
    }
    for (size_t k = 0; k < f; k++) {
        uint32_t *code = codes + k * rows, levels = layout->first[k + 1] - layout->first[k];
        for (size_t i = 0; i < rows; i++)
            code[i] = (uint32_t)i % levels;
        column[q + k].code = code;
    }
    struct neighbour_columns columns = {.rows = rows, .n_columns = q + f, .column = column};
    return neighbour_scale_fit(NEIGHBOUR_EUCLIDEAN, &columns, arena, scale, error);
}

/* The rows of a design, column after column. FEATURE_NONE is the engine's missing category, so a level that train lacks. */
static int encode(const struct knn_state *state, const struct design *design, const struct labels *labels, struct arena *arena,
                  struct arena *scratch, const struct neighbour_table **table, struct error *error)
{
    size_t q = state->quantities, f = state->factors, rows = labels ? labels->rows : design->rows;
    struct neighbour_column *column = ARENA_ARRAY(scratch, struct neighbour_column, q + f + 1);
    double *numbers = arena_array(scratch, rows + 1, (q + 1) * sizeof(double));
    uint32_t *codes = arena_array(scratch, rows + 1, (f + 1) * sizeof(uint32_t));
    if (!column || !numbers || !codes)
        return error_memory(error);
    for (size_t i = 0; i < rows; i++) {
        size_t row = labels ? labels_row(labels, i) : i;
        for (size_t k = 0; k < q; k++)
            numbers[k * rows + i] = design->number[row * q + k];
        for (size_t k = 0; k < f; k++)
            codes[k * rows + i] = design->level[row * f + k];
    }
    for (size_t k = 0; k < q; k++)
        column[k].value = numbers + k * rows;
    for (size_t k = 0; k < f; k++)
        column[q + k].code = codes + k * rows;
    struct neighbour_columns columns = {.rows = rows, .n_columns = q + f, .column = column};
    return neighbour_encode(state->scale, &columns, arena, table, error);
}

static void knn_free(struct model *model)
{
    struct knn_state *state = model->state;
    if (state)
        arena_free(state->arena);
    model->state = NULL;
}

static int knn_fit(struct knn_state *state, const struct design *design, const struct labels *labels, struct arena *scratch,
                   struct error *error)
{
    struct arena *arena = state->arena;
    state->share = ARENA_ARRAY(arena, double, labels_width(labels->classes));
    state->weight = ARENA_ARRAY(arena, double, labels_width(labels->classes));
    if (labels->classes)
        state->label = ARENA_ARRAY(arena, uint32_t, labels->rows);
    else
        state->value = ARENA_ARRAY(arena, double, labels->rows);
    if (!state->share || !state->weight || (labels->classes ? !state->label : !state->value))
        return error_memory(error);
    labels_share(labels, state->share);
    for (size_t c = 0; c < labels->classes; c++)
        state->weight[c] = labels->weight ? labels->weight[c] : 1;
    if (labels->classes)
        memcpy(state->label, labels->label, labels->rows * sizeof *state->label);
    else
        memcpy(state->value, labels->value, labels->rows * sizeof *state->value);
    int status = fit_scale(&design->layout, &state->scale, arena, scratch, error);
    return status == 0 ? encode(state, design, labels, arena, scratch, &state->table, error) : status;
}

static int knn_train(const struct design *design, const struct labels *labels, uint64_t seed, struct model *model,
                     struct error *error)
{
    (void)seed;
    int status = labels_check(labels, design, error);
    if (status != 0)
        return status;
    struct arena *arena = arena_new(), *scratch = arena_new();
    struct knn_state *state = arena && scratch ? ARENA_NEW(arena, struct knn_state) : NULL;
    *model = (struct model){.learner = &learner_knn, .state = state, .classes = labels->classes};
    if (!state) {
        arena_free(arena);
        arena_free(scratch);
        return error_memory(error);
    }
    *state = (struct knn_state){
        .arena = arena, .rows = labels->rows, .quantities = design->layout.quantities, .factors = design->layout.factors};
    status = knn_fit(state, design, labels, scratch, error);
    arena_free(scratch);
    if (status != 0)
        knn_free(model);
    return status;
}

static void predict_row(const struct model *model, const uint32_t *near, size_t n, double *out)
{
    const struct knn_state *state = model->state;
    memset(out, 0, labels_width(model->classes) * sizeof *out);
    if (model->classes == 0) {
        double sum = 0; /* of differences from the mean: exact where all values are alike */
        for (size_t i = 0; i < n; i++)
            sum += state->value[near[i]] - state->share[0];
        out[0] = state->share[0] + sum / (double)n;
        return;
    }
    for (size_t i = 0; i < n; i++)
        out[state->label[near[i]]] += state->weight[state->label[near[i]]];
    shares_smooth(out, state->share, model->classes);
}

static int predict_all(const struct model *model, const struct neighbour_table *asked, const struct neighbour_list *list,
                       uint32_t *near, double *out, struct error *error)
{
    const struct knn_state *state = model->state;
    size_t width = labels_width(model->classes), k = state->rows < NEAREST ? state->rows : NEAREST;
    for (size_t i = 0; i < list->rows; i++) {
        const double *distance = list->distance + i * list->k;
        double as_near = distance[k - 1] * (1 + ALIKE);
        size_t n = k;
        int status = 0;
        if (list->k > k && distance[k] <= as_near)
            status = neighbour_rows_within(asked, i, state->table, as_near, near, &n, error);
        else
            memcpy(near, list->row + i * list->k, k * sizeof *near);
        if (status != 0)
            return status;
        predict_row(model, near, n, out + i * width);
    }
    return 0;
}

static int knn_predict(const struct model *model, const struct design *design, double *out, struct error *error)
{
    const struct knn_state *state = model->state;
    if (design->layout.quantities != state->quantities || design->layout.factors != state->factors)
        return error_set(error, ERROR_INTERNAL, "a model of %zu inputs was given rows of another design",
                         state->quantities + state->factors);
    if (design->rows == 0)
        return 0;
    struct arena *arena = arena_new();
    uint32_t *near = arena ? ARENA_ARRAY(arena, uint32_t, state->rows + 1) : NULL;
    const struct neighbour_table *asked;
    struct neighbour_list list;
    struct neighbour_options options = {.k = state->rows > NEAREST ? NEAREST + 1 : state->rows};
    int status = near ? encode(state, design, NULL, arena, arena, &asked, error) : error_memory(error);
    if (status == 0)
        status = neighbour_search(asked, state->table, options, NULL, arena, &list, NULL, error);
    if (status == 0)
        status = predict_all(model, asked, &list, near, out, error);
    arena_free(arena);
    return status;
}

const struct learner learner_knn = {
    .name = "knn",
    .title = "nearest neighbours",
    .settings =
        "20 nearest training rows and those as near as the 20th, equal weights, Euclidean distance on scaled quantities "
        "and 0/1 levels; shares plus one row of the training shares, or the mean",
    .train = knn_train,
    .predict = knn_predict,
    .free = knn_free,
};
