/* One classification or regression tree (Breiman, Friedman, Olshen, Stone 1984; numeric/tree.h): Gini impurity or sum of
 * squares.
 *
 * Every input is ordered. A quantity is cut half-way between two neighbouring training values; a missing number stands below
 * all others. A factor is read as the rank of its level in train's order, like boosted trees read it; a level that train lacks
 * stands below the first. Subsets of levels would fit the training rows of a long list of levels by heart.
 *
 * A leaf keeps at least max(10, rows/200) rows: at most 200 leaves, whatever the size of the table, so that tables of different
 * sizes grow comparable trees. Memory of a model: 8 bytes a row and quantity. */
#include "models/design.h"
#include "models/training.h"
#include "numeric/sort.h"
#include "numeric/tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_LEAF = 10, MOST_LEAVES = 200 };

/* Scaled values of whole numbers that lie half-way differ from the middle by rounding. */
static const double NEAR = 1e-9;

/* The distinct training values of a quantity, ascending. */
struct cuts {
    double *value;
    size_t n;
};

struct tree_state {
    struct arena *arena;
    struct tree tree;
    size_t quantities, factors;
    struct cuts *cuts;                 /* per quantity */
    struct tree_predictor *predictors; /* quantities, then factors */
    double *leaf;                      /* nodes x width: what a leaf predicts */
};

/* 0 for a missing number, else 1 + the index of the nearest training value, the lower one half-way. */
static uint32_t quantity_code(const struct cuts *cuts, double value)
{
    if (isnan(value) || cuts->n == 0)
        return 0;
    size_t lo = 0, hi = cuts->n - 1;
    while (lo < hi) {
        size_t middle = (lo + hi) / 2;
        if (value <= (cuts->value[middle] + cuts->value[middle + 1]) / 2 + NEAR)
            hi = middle;
        else
            lo = middle + 1;
    }
    return (uint32_t)lo + 1;
}

static uint32_t factor_code(uint32_t level)
{
    return level == FEATURE_NONE ? 0 : level + 1;
}

static int fit_cuts(struct cuts *cuts, const double *value, size_t rows, struct arena *arena, struct error *error)
{
    cuts->value = ARENA_ARRAY(arena, double, rows + 1);
    if (!cuts->value)
        return error_memory(error);
    size_t present = 0;
    for (size_t i = 0; i < rows; i++)
        if (!isnan(value[i]))
            cuts->value[present++] = value[i];
    sort_doubles(cuts->value, present);
    for (size_t i = 0; i < present; i++)
        if (i == 0 || cuts->value[i] > cuts->value[cuts->n - 1])
            cuts->value[cuts->n++] = cuts->value[i];
    return 0;
}

/* Codes and order of one input; both in scratch, since a grown tree needs neither. */
static int fit_predictor(struct tree_state *state, const struct design *design, const struct labels *labels, size_t input,
                         struct arena *scratch, struct error *error)
{
    size_t n = labels->rows, q = state->quantities, f = state->factors;
    uint32_t *code = ARENA_ARRAY(scratch, uint32_t, n + 1), *sorted = ARENA_ARRAY(scratch, uint32_t, n + 1);
    double *value = ARENA_ARRAY(scratch, double, n + 1);
    if (!code || !sorted || !value)
        return error_memory(error);
    uint32_t codes;
    if (input < q) {
        for (size_t i = 0; i < n; i++)
            value[i] = design->number[labels_row(labels, i) * q + input];
        int status = fit_cuts(&state->cuts[input], value, n, state->arena, error);
        if (status != 0)
            return status;
        for (size_t i = 0; i < n; i++)
            code[i] = quantity_code(&state->cuts[input], value[i]);
        codes = (uint32_t)state->cuts[input].n + 1;
    } else {
        size_t k = input - q;
        for (size_t i = 0; i < n; i++)
            code[i] = factor_code(design->level[labels_row(labels, i) * f + k]);
        codes = design->layout.first[k + 1] - design->layout.first[k] + 1;
    }
    uint32_t *starts = ARENA_ARRAY(scratch, uint32_t, (size_t)codes + 1);
    if (!starts)
        return error_memory(error);
    tree_sort_rows(code, n, codes, starts, sorted);
    state->predictors[input] = (struct tree_predictor){.code = code, .sorted = sorted, .n_codes = codes, .ordered = true};
    return 0;
}

/* Shares of the leaf's rows with one row of all training rows' shares added, so that no class of train has probability 0 (the
 * m-estimate with m = 1; Cestnik 1990), or the mean. share: over all training rows; value: less their mean. */
static void fit_leaf(const struct tree_state *state, const struct tree_node *node, const struct labels *labels,
                     const double *share, const double *value, double *out)
{
    const uint32_t *rows = state->tree.rows + node->first;
    if (labels->classes == 0) {
        double sum = 0;
        for (uint32_t i = 0; i < node->count; i++)
            sum += value[rows[i]];
        out[0] = share[0] + sum / node->count;
        return;
    }
    for (uint32_t i = 0; i < node->count; i++)
        out[labels->label[rows[i]]] += labels_weight(labels, rows[i]);
    shares_smooth(out, share, labels->classes);
}

static int fit_leaves(struct tree_state *state, const struct labels *labels, const double *share, const double *value,
                      struct error *error)
{
    size_t width = labels_width(labels->classes);
    state->leaf = arena_array(state->arena, state->tree.n_nodes, width * sizeof(double));
    if (!state->leaf)
        return error_memory(error);
    for (size_t i = 0; i < state->tree.n_nodes; i++)
        if (state->tree.nodes[i].predictor == TREE_LEAF)
            fit_leaf(state, &state->tree.nodes[i], labels, share, value, state->leaf + i * width);
    return 0;
}

static void tree_model_free(struct model *model)
{
    struct tree_state *state = model->state;
    if (!state)
        return;
    tree_free(&state->tree);
    arena_free(state->arena);
    model->state = NULL;
}

static int tree_fit(struct tree_state *state, const struct design *design, const struct labels *labels, struct arena *scratch,
                    struct error *error)
{
    size_t inputs = state->quantities + state->factors, least = labels->rows / MOST_LEAVES;
    double *share = ARENA_ARRAY(scratch, double, labels_width(labels->classes)), *value = NULL;
    state->cuts = ARENA_ARRAY(state->arena, struct cuts, state->quantities + 1);
    state->predictors = ARENA_ARRAY(state->arena, struct tree_predictor, inputs + 1);
    if (!share || !state->cuts || !state->predictors)
        return error_memory(error);
    labels_share(labels, share);
    if (labels->classes == 0) {
        value = ARENA_ARRAY(scratch, double, labels->rows);
        if (!value)
            return error_memory(error);
        for (size_t i = 0; i < labels->rows; i++)
            value[i] = labels->value[i] - share[0]; /* squares of large numbers would cancel */
    }
    struct tree_target target = {.value = value,
                                 .class = labels->classes ? labels->label : NULL,
                                 .n_classes = (uint32_t)labels->classes,
                                 .weight = labels->weight};
    int status = 0;
    for (size_t input = 0; status == 0 && input < inputs; input++)
        status = fit_predictor(state, design, labels, input, scratch, error);
    if (status == 0)
        status = tree_grow(&state->tree, state->predictors, inputs, &target, labels->rows,
                           least > LEAST_LEAF ? least : LEAST_LEAF, error);
    return status == 0 ? fit_leaves(state, labels, share, value, error) : status;
}

static int tree_train(const struct design *design, const struct labels *labels, uint64_t seed, struct model *model,
                      struct error *error)
{
    (void)seed;
    int status = labels_check(labels, design, error);
    if (status != 0)
        return status;
    struct arena *arena = arena_new(), *scratch = arena_new();
    struct tree_state *state = arena ? ARENA_NEW(arena, struct tree_state) : NULL;
    *model = (struct model){.learner = &learner_tree, .state = state, .classes = labels->classes};
    if (!state || !scratch) {
        arena_free(arena);
        arena_free(scratch);
        model->state = NULL;
        return error_memory(error);
    }
    *state = (struct tree_state){.arena = arena, .quantities = design->layout.quantities, .factors = design->layout.factors};
    status = tree_fit(state, design, labels, scratch, error);
    arena_free(scratch);
    if (status != 0)
        tree_model_free(model);
    return status;
}

static int tree_predict(const struct model *model, const struct design *design, double *out, struct error *error)
{
    const struct tree_state *state = model->state;
    size_t q = state->quantities, f = state->factors, width = labels_width(model->classes);
    if (design->layout.quantities != q || design->layout.factors != f)
        return error_set(error, ERROR_INTERNAL, "a tree of %zu inputs was given rows of another design", q + f);
    uint32_t *code = calloc(q + f + 1, sizeof *code);
    if (!code)
        return error_memory(error);
    for (size_t i = 0; i < design->rows; i++) {
        for (size_t k = 0; k < q; k++)
            code[k] = quantity_code(&state->cuts[k], design->number[i * q + k]);
        for (size_t k = 0; k < f; k++)
            code[q + k] = factor_code(design->level[i * f + k]);
        size_t node = (size_t)(tree_find(&state->tree, code) - state->tree.nodes);
        memcpy(out + i * width, state->leaf + node * width, width * sizeof *out);
    }
    free(code);
    return 0;
}

const struct learner learner_tree = {
    .name = "tree",
    .title = "one decision tree",
    .settings =
        "CART (Gini impurity, or squared error), ordered inputs, leaves of at least max(10, rows/200) rows, no pruning; "
        "leaf shares plus one row of the training shares, or the leaf's mean",
    .train = tree_train,
    .predict = tree_predict,
    .free = tree_model_free,
};
