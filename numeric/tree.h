/* Classification and regression trees on coded predictors (Breiman, Friedman, Olshen, Stone 1984).
 *
 * A predictor is a column of codes 0 … n_codes−1. Ordered predictors split at `code ≤ t`; unordered ones split their levels in
 * two sets, found by ordering the levels inside the node by the mean of the target (regression), or by the share of the node's
 * most frequent class, and trying every cut of that order: the best of all 2^(L−1) − 1 subsets for regression and two classes
 * (Breiman et al., theorem 4.5; nearly the best where the least leaf forbids cuts), a heuristic for more classes. A level that
 * a node has not seen follows the larger side.
 *
 * Splits lower the sum of squares (regression) or Gini impurity (classes) the most; ties go to the predictor and cut met first.
 * A side keeps at least `least_leaf` rows; a split must win more than 1e-8 of the root's impurity; depth is at most
 * TREE_DEPTH. No pruning. The rows of every predictor are sorted once and partitioned stably down the tree: O(n · predictors ·
 * depth) and O(1) a row for any number of classes. Memory: 4·n·predictors bytes while growing, 4·n after. */
#ifndef ASSAY_NUMERIC_TREE_H
#define ASSAY_NUMERIC_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/error.h"

enum { TREE_DEPTH = 30 };

struct tree_predictor {
    const uint32_t *code;   /* n codes */
    const uint32_t *sorted; /* the n rows in ascending order of code, ties by row */
    uint32_t n_codes;
    bool ordered;
};

/* The rows in ascending order of code, ties by row, by counting. starts: n_codes + 1 zeros; sorted: [n]. */
void tree_sort_rows(const uint32_t *code, size_t n, uint32_t n_codes, uint32_t *starts, uint32_t *sorted);

/* One of value and class is given. */
struct tree_target {
    const double *value;   /* regression: n finite values */
    const uint32_t *class; /* n codes 0 … n_classes−1 */
    uint32_t n_classes;
    const double *weight; /* classes: of a row of each class, > 0; NULL: 1. The least leaf counts rows all the same. */
};

struct tree_node {
    uint32_t predictor; /* TREE_LEAF, or what is split */
    uint32_t threshold; /* ordered: codes up to it go left */
    uint32_t first,
        count; /* leaf: its rows in tree->rows; unordered: the levels in tree->levels, ascending, that go to `listed` */
    uint32_t left, right; /* unordered: left = the smaller, listed side */
};

#define TREE_LEAF UINT32_MAX

struct tree {
    struct tree_node *nodes; /* nodes[0] is the root */
    size_t n_nodes, node_capacity;
    uint32_t *rows; /* n training rows, leaf after leaf */
    uint32_t *levels;
    size_t n_levels, level_capacity;
    const struct tree_predictor *predictors; /* the caller's; must outlive the tree */
};

/* Grows a tree on n ≥ 1 rows. The caller frees it with tree_free, after a failure too. */
int tree_grow(struct tree *tree, const struct tree_predictor *predictors, size_t n_predictors, const struct tree_target *target,
              size_t n, size_t least_leaf, struct error *error);

/* The leaf for a record whose code of predictor p is codes[p]. */
const struct tree_node *tree_find(const struct tree *tree, const uint32_t *codes);
void tree_free(struct tree *tree);

#endif
