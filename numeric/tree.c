#include "numeric/tree.h"

#include <stdlib.h>
#include <string.h>

#include "numeric/tree_split.h"

static const double LEAST_GAIN = 1e-8;

/* Everything a growing tree needs beside the tree itself. Row lists: lists[p] for each predictor, and one more that becomes
 * tree->rows; a node owns the same stretch first … first+n−1 of each. */
struct grower {
    struct tree *tree;
    size_t n_predictors, least_leaf;
    uint32_t **lists;
    uint32_t *spare;     /* n, for the stable partition */
    unsigned char *side; /* of every row: 1 = left */
    struct tree_search search;
    double least_gain;
};

static int compare_u32(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Grows *array to hold `needed` items. */
static int reserve(void **array, size_t *capacity, size_t needed, size_t size, struct error *error)
{
    if (needed <= *capacity)
        return 0;
    size_t wanted = *capacity ? *capacity : 64;
    while (wanted < needed)
        wanted *= 2;
    size_t bytes;
    void *grown = __builtin_mul_overflow(wanted, size, &bytes) ? NULL : realloc(*array, bytes);
    if (!grown)
        return error_memory(error);
    *array = grown;
    *capacity = wanted;
    return 0;
}

static int node_new(struct tree *tree, uint32_t *index, struct error *error)
{
    void *nodes = tree->nodes;
    int code = reserve(&nodes, &tree->node_capacity, tree->n_nodes + 1, sizeof *tree->nodes, error);
    if (code)
        return code;
    tree->nodes = nodes;
    *index = (uint32_t)tree->n_nodes++;
    return 0;
}

/* Stable: the rows of side 1 first, each side in its old order. */
static void partition(struct grower *grower, uint32_t *list, size_t n)
{
    size_t left = 0, right = 0;
    for (size_t i = 0; i < n; i++) {
        if (grower->side[list[i]])
            list[left++] = list[i];
        else
            grower->spare[right++] = list[i];
    }
    memcpy(list + left, grower->spare, right * sizeof *list);
}

/* Keeps the levels of the smaller side in the tree, ascending. */
static int store_levels(struct grower *grower, struct tree_node *node, bool left_listed, struct error *error)
{
    struct tree *tree = grower->tree;
    const struct tree_split *best = &grower->search.best;
    const uint32_t *from = left_listed ? best->levels : best->levels + best->n_levels;
    size_t count = left_listed ? best->n_levels : best->levels_known - best->n_levels;
    void *levels = tree->levels;
    int code = reserve(&levels, &tree->level_capacity, tree->n_levels + count, sizeof *tree->levels, error);
    if (code)
        return code;
    tree->levels = levels;
    memcpy(tree->levels + tree->n_levels, from, count * sizeof *from);
    qsort(tree->levels + tree->n_levels, count, sizeof *from, compare_u32);
    node->first = (uint32_t)tree->n_levels;
    node->count = (uint32_t)count;
    tree->n_levels += count;
    return 0;
}

static bool level_listed(const struct tree *tree, const struct tree_node *node, uint32_t code)
{
    return bsearch(&code, tree->levels + node->first, node->count, sizeof code, compare_u32) != NULL;
}

static bool goes_left(const struct tree *tree, const struct tree_node *node, uint32_t code)
{
    return tree->predictors[node->predictor].ordered ? code <= node->threshold : level_listed(tree, node, code);
}

/* Finds the split of the node that holds first … first+n−1. node->predictor stays TREE_LEAF when there is none. */
static int find_split(struct grower *grower, struct tree_node *node, size_t first, size_t n, struct error *error)
{
    struct tree *tree = grower->tree;
    struct tree_search *search = &grower->search;
    const uint32_t *rows = tree->rows + first;
    double unsplit = tree_search_begin(search, rows, n);
    for (size_t p = 0; p < grower->n_predictors; p++)
        tree_search_try(search, &tree->predictors[p], (uint32_t)p, grower->lists[p] + first);
    tree_search_end(search, rows, n);
    if (search->best.predictor == TREE_LEAF || search->best.score - unsplit <= grower->least_gain)
        return 0;
    node->predictor = search->best.predictor;
    if (tree->predictors[node->predictor].ordered) {
        node->threshold = search->best.threshold;
        return 0;
    }
    return store_levels(grower, node, 2 * search->best.n_left <= n, error);
}

static int grow(struct grower *grower, uint32_t index, size_t first, size_t n, int depth, struct error *error)
{
    struct tree *tree = grower->tree;
    struct tree_node node = {.predictor = TREE_LEAF};
    int code = 0;
    if (n >= 2 * grower->least_leaf && depth < TREE_DEPTH)
        code = find_split(grower, &node, first, n, error);
    if (code)
        return code;
    if (node.predictor == TREE_LEAF) {
        node.first = (uint32_t)first;
        node.count = (uint32_t)n;
        tree->nodes[index] = node;
        return 0;
    }
    size_t left = 0;
    for (size_t i = first; i < first + n; i++) {
        uint32_t row = tree->rows[i];
        grower->side[row] = goes_left(tree, &node, tree->predictors[node.predictor].code[row]);
        left += grower->side[row];
    }
    for (size_t p = 0; p < grower->n_predictors; p++)
        partition(grower, grower->lists[p] + first, n);
    partition(grower, tree->rows + first, n);
    code = node_new(tree, &node.left, error);
    if (!code)
        code = node_new(tree, &node.right, error);
    if (code)
        return code;
    tree->nodes[index] = node;
    code = grow(grower, node.left, first, left, depth + 1, error);
    return code ? code : grow(grower, node.right, first + left, n - left, depth + 1, error);
}

/* The impurity of all rows: Σ(y − mean)², or n − Σc²/n with the weights of rows and classes. */
static double root_impurity(struct grower *grower, const struct tree_target *target, size_t n)
{
    double score = tree_search_begin(&grower->search, grower->tree->rows, n), whole = 0;
    tree_search_end(&grower->search, grower->tree->rows, n);
    for (size_t i = 0; i < n; i++)
        whole += target->value ? target->value[i] * target->value[i] : target->weight ? target->weight[target->class[i]] : 1;
    return whole - score;
}

void tree_sort_rows(const uint32_t *code, size_t n, uint32_t n_codes, uint32_t *starts, uint32_t *sorted)
{
    for (size_t i = 0; i < n; i++)
        starts[code[i] + 1]++;
    for (uint32_t c = 0; c < n_codes; c++)
        starts[c + 1] += starts[c];
    for (uint32_t i = 0; i < n; i++)
        sorted[starts[code[i]]++] = i;
}

int tree_grow(struct tree *tree, const struct tree_predictor *predictors, size_t n_predictors, const struct tree_target *target,
              size_t n, size_t least_leaf, struct error *error)
{
    *tree = (struct tree){.predictors = predictors};
    struct grower grower = {.tree = tree, .n_predictors = n_predictors, .least_leaf = least_leaf};
    size_t largest = 0;
    uint32_t root;
    for (size_t p = 0; p < n_predictors; p++)
        largest = predictors[p].n_codes > largest ? predictors[p].n_codes : largest;
    struct arena *arena = arena_new();
    tree->rows = calloc(n, sizeof *tree->rows);
    grower.lists = arena ? ARENA_ARRAY(arena, uint32_t *, n_predictors + 1) : NULL;
    grower.spare = arena ? ARENA_ARRAY(arena, uint32_t, n + 1) : NULL;
    grower.side = arena ? ARENA_ARRAY(arena, unsigned char, n + 1) : NULL;
    int code = 0;
    if (!tree->rows || !grower.lists || !grower.spare || !grower.side)
        code = error_memory(error);
    for (size_t p = 0; p < n_predictors && !code; p++) {
        grower.lists[p] = ARENA_ARRAY(arena, uint32_t, n + 1);
        if (grower.lists[p])
            memcpy(grower.lists[p], predictors[p].sorted, n * sizeof(uint32_t));
        else
            code = error_memory(error);
    }
    if (!code)
        code = tree_search_init(&grower.search, target, least_leaf, largest, arena, error);
    if (!code)
        code = node_new(tree, &root, error);
    if (!code) {
        for (uint32_t i = 0; i < n; i++)
            tree->rows[i] = i;
        grower.least_gain = LEAST_GAIN * root_impurity(&grower, target, n);
        code = grow(&grower, root, 0, n, 0, error);
    }
    arena_free(arena);
    return code;
}

const struct tree_node *tree_find(const struct tree *tree, const uint32_t *codes)
{
    const struct tree_node *node = tree->nodes;
    while (node->predictor != TREE_LEAF)
        node = &tree->nodes[goes_left(tree, node, codes[node->predictor]) ? node->left : node->right];
    return node;
}

void tree_free(struct tree *tree)
{
    free(tree->nodes);
    free(tree->rows);
    free(tree->levels);
    *tree = (struct tree){0};
}
