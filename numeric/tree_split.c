#include "numeric/tree_split.h"

#include <stdlib.h>

int tree_search_init(struct tree_search *search, const struct tree_target *target, size_t least_leaf, size_t largest,
                     struct arena *arena, struct error *error)
{
    *search = (struct tree_search){.target = target, .least_leaf = least_leaf};
    search->scratch = ARENA_ARRAY(arena, struct tree_level, largest + 1);
    search->best.levels = ARENA_ARRAY(arena, uint32_t, largest + 1);
    search->left.count = ARENA_ARRAY(arena, double, (size_t)target->n_classes + 1);
    search->right.count = ARENA_ARRAY(arena, double, (size_t)target->n_classes + 1);
    if (!search->scratch || !search->best.levels || !search->left.count || !search->right.count)
        return error_memory(error);
    return 0;
}

static double score(const struct tree_search *search, const struct tree_side *side)
{
    if (side->n == 0)
        return 0;
    return (search->target->value ? side->sum * side->sum : side->sum) / side->weight;
}

static double class_weight(const struct tree_target *target, uint32_t class)
{
    return target->weight ? target->weight[class] : 1;
}

/* (c + w)² − c² = w(2c + w), and c² − (c − w)² = w(2c − w). */
static void move_left(struct tree_search *search, uint32_t row)
{
    const struct tree_target *target = search->target;
    search->left.n++;
    search->right.n--;
    if (target->value) {
        search->left.sum += target->value[row];
        search->right.sum = search->total - search->left.sum;
        search->left.weight++;
        search->right.weight--;
    } else {
        uint32_t class = target->class[row];
        double w = class_weight(target, class), *left = &search->left.count[class], *right = &search->right.count[class];
        search->left.sum += w * (2 * *left + w);
        search->right.sum -= w * (2 * *right - w);
        search->left.weight += w;
        search->right.weight -= w;
        *left += w;
        *right -= w;
    }
}

/* After a whole scan everything is on the left: the sides change places for the next one. */
static void turn_over(struct tree_search *search)
{
    struct tree_side side = search->left;
    search->left = search->right;
    search->right = side;
    search->left.sum = 0;
    search->left.weight = 0;
}

double tree_search_begin(struct tree_search *search, const uint32_t *rows, size_t n)
{
    const struct tree_target *target = search->target;
    search->left.n = 0;
    search->left.sum = search->left.weight = 0;
    search->right.n = n;
    search->right.sum = search->right.weight = 0;
    search->total = 0;
    search->common = 0;
    for (size_t i = 0; i < n; i++) {
        if (target->value) {
            search->total += target->value[rows[i]];
            search->right.weight++;
            continue;
        }
        uint32_t class = target->class[rows[i]];
        double w = class_weight(target, class);
        search->right.sum += w * (2 * search->right.count[class] + w);
        search->right.weight += w;
        search->right.count[class] += w;
        double count = search->right.count[class], most = search->right.count[search->common];
        if (count > most || (count == most && class < search->common))
            search->common = class;
    }
    if (target->value)
        search->right.sum = search->total;
    search->best.predictor = TREE_LEAF;
    search->best.score = score(search, &search->right);
    return search->best.score;
}

void tree_search_end(struct tree_search *search, const uint32_t *rows, size_t n)
{
    if (search->target->value)
        return;
    for (size_t i = 0; i < n; i++)
        search->left.count[search->target->class[rows[i]]] = search->right.count[search->target->class[rows[i]]] = 0;
}

/* True when the cut between left and right beats the best so far. */
static bool cut_wins(struct tree_search *search, uint32_t predictor)
{
    if (search->left.n < search->least_leaf || search->right.n < search->least_leaf)
        return false;
    double both = score(search, &search->left) + score(search, &search->right);
    if (!(both > search->best.score))
        return false;
    search->best.score = both;
    search->best.predictor = predictor;
    search->best.n_left = search->left.n;
    return true;
}

static void try_ordered(struct tree_search *search, const struct tree_predictor *predictor, uint32_t index,
                        const uint32_t *sorted)
{
    size_t n = search->right.n;
    for (size_t i = 0; i < n; i++) {
        move_left(search, sorted[i]);
        uint32_t code = predictor->code[sorted[i]];
        if (i + 1 < n && predictor->code[sorted[i + 1]] != code && cut_wins(search, index))
            search->best.threshold = code;
    }
    turn_over(search);
}

static int level_compare(const void *a, const void *b)
{
    const struct tree_level *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->code > y->code) - (x->code < y->code);
}

/* The node's levels with their rows and keys, in the order of the keys. */
static size_t order_levels(struct tree_search *search, const struct tree_predictor *predictor, const uint32_t *sorted)
{
    const struct tree_target *target = search->target;
    struct tree_level *levels = search->scratch;
    size_t n_levels = 0, n = search->right.n;
    for (size_t i = 0; i < n; i++) {
        uint32_t code = predictor->code[sorted[i]];
        if (n_levels == 0 || levels[n_levels - 1].code != code)
            levels[n_levels++] = (struct tree_level){.code = code, .first = (uint32_t)i};
        struct tree_level *level = &levels[n_levels - 1];
        level->count++;
        level->key += target->value ? target->value[sorted[i]] : target->class[sorted[i]] == search->common;
    }
    for (size_t l = 0; l < n_levels; l++)
        levels[l].key /= levels[l].count;
    qsort(levels, n_levels, sizeof levels[0], level_compare);
    return n_levels;
}

static void try_unordered(struct tree_search *search, const struct tree_predictor *predictor, uint32_t index,
                          const uint32_t *sorted)
{
    size_t n_levels = order_levels(search, predictor, sorted), cut = 0;
    for (size_t l = 0; l < n_levels; l++) {
        const struct tree_level *level = &search->scratch[l];
        for (uint32_t i = 0; i < level->count; i++)
            move_left(search, sorted[level->first + i]);
        if (l + 1 < n_levels && cut_wins(search, index))
            cut = l + 1;
    }
    turn_over(search);
    if (cut == 0)
        return;
    search->best.n_levels = cut;
    search->best.levels_known = n_levels;
    for (size_t l = 0; l < n_levels; l++)
        search->best.levels[l] = search->scratch[l].code;
}

void tree_search_try(struct tree_search *search, const struct tree_predictor *predictor, uint32_t index, const uint32_t *sorted)
{
    size_t n = search->right.n;
    if (predictor->code[sorted[0]] == predictor->code[sorted[n - 1]])
        return;
    if (predictor->ordered)
        try_ordered(search, predictor, index, sorted);
    else
        try_unordered(search, predictor, index, sorted);
}
