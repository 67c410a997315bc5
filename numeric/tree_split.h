/* The search for the best split of one node; used by tree.c alone.
 *
 * Both targets have the same shape: a side of n rows (of weight n) scores Q/n, with Q = (sum of values)² for regression and Q =
 * the sum of squared class counts for classes, and the split with the largest left + right score lowers the sum of squares or
 * the Gini impurity the most. Moving one row from right to left is O(1). */
#ifndef ASSAY_NUMERIC_TREE_SPLIT_H
#define ASSAY_NUMERIC_TREE_SPLIT_H

#include "numeric/tree.h"

struct tree_side {
    size_t n;
    double weight; /* of the rows; n where rows have none */
    double sum;    /* regression: sum of values; classes: sum of squared counts */
    double *count; /* classes: n_classes sums of weights */
};

/* A level inside a node: its rows are sorted[first … first+count−1]. */
struct tree_level {
    uint32_t code, first, count;
    double key;
};

struct tree_split {
    double score; /* of both sides together */
    uint32_t predictor;
    uint32_t threshold;  /* ordered */
    size_t n_left;       /* rows */
    size_t n_levels;     /* unordered: levels[0 … n_levels−1] go left */
    uint32_t *levels;    /* scratch of the search, as long as the largest number of codes */
    size_t levels_known; /* unordered: levels in the node; levels[n_levels … levels_known−1] go right */
};

struct tree_search {
    const struct tree_target *target;
    size_t least_leaf;
    struct tree_side left, right; /* between scans: left empty, right the whole node */
    double total;                 /* regression: the node's sum */
    uint32_t common;              /* classes: the node's most frequent class */
    struct tree_level *scratch;   /* as long as the largest number of codes */
    struct tree_split best;
};

/* Allocates the scratch in `arena`; largest: the largest number of codes of a predictor. */
int tree_search_init(struct tree_search *search, const struct tree_target *target, size_t least_leaf, size_t largest,
                     struct arena *arena, struct error *error);
/* Takes the node's n rows in and returns the score of the node unsplit. tree_search_end gives the class counts back clean. */
double tree_search_begin(struct tree_search *search, const uint32_t *rows, size_t n);
/* Tries every cut of one predictor; `sorted` are the node's rows in the predictor's order. Improves search->best. */
void tree_search_try(struct tree_search *search, const struct tree_predictor *predictor, uint32_t index,
                     const uint32_t *sorted);
void tree_search_end(struct tree_search *search, const uint32_t *rows, size_t n);

#endif
