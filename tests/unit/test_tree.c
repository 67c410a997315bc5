/* Trees against exhaustive search on small data, and against what every tree must satisfy on larger data. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "core/random.h"
#include "numeric/tree.h"

enum { MOST_ROWS = 400 };

struct sample {
    uint32_t code[3][MOST_ROWS], sorted[3][MOST_ROWS], class[MOST_ROWS];
    double value[MOST_ROWS];
    struct tree_predictor predictors[3];
    size_t n;
};

static void sort_rows(struct sample *s, size_t p)
{
    size_t at = 0;
    for (uint32_t code = 0; code < s->predictors[p].n_codes; code++)
        for (uint32_t i = 0; i < s->n; i++)
            if (s->code[p][i] == code)
                s->sorted[p][at++] = i;
    cr_assert_eq(at, s->n);
}

/* Predictor 0 ordered, 1 and 2 unordered; the target leans on all three, most on number seed mod 3. */
static void sample_make(struct sample *s, size_t n, uint32_t n_classes, uint64_t seed)
{
    static const uint32_t n_codes[] = {40, 6, 9};
    struct random random;
    random_init(&random, seed, "test.tree", 0, 0);
    s->n = n;
    for (size_t i = 0; i < n; i++) {
        for (size_t p = 0; p < 3; p++)
            s->code[p][i] = (uint32_t)random_below(&random, n_codes[p]);
        double part[] = {0.05 * s->code[0][i], 0.5 * (s->code[1][i] * 7 % 5), sin(s->code[2][i])};
        s->value[i] = part[0] + part[1] + part[2] + 2 * part[seed % 3] + random_normal(&random);
        s->class[i] = (uint32_t)fmin(fmax(s->value[i], 0), n_classes - 1.0);
    }
    for (size_t p = 0; p < 3; p++) {
        s->predictors[p] = (struct tree_predictor){s->code[p], s->sorted[p], n_codes[p], p == 0};
        sort_rows(s, p);
    }
}

/* Left and right sums of squares (regression) or n − Σc²/n (classes) of the split `left`. */
static double impurity(const struct sample *s, const struct tree_target *target, const bool *left)
{
    double whole = 0;
    for (int side = 0; side < 2; side++) {
        double n = 0, sum = 0, square = 0, count[16] = {0}, gini = 0;
        for (size_t i = 0; i < s->n; i++) {
            if (left[i] != (side == 0))
                continue;
            n++;
            if (target->value) {
                sum += s->value[i];
                square += s->value[i] * s->value[i];
            } else {
                count[s->class[i]]++;
            }
        }
        for (int c = 0; c < 16; c++)
            gini += count[c] * count[c];
        if (n > 0)
            whole += target->value ? square - sum * sum / n : n - gini / n;
    }
    return whole;
}

/* The best split of one predictor by trying every threshold, or every subset of levels, with both sides at least `leaf`. */
static double exhaustive(const struct sample *s, const struct tree_target *target, size_t p, size_t leaf)
{
    const struct tree_predictor *predictor = &s->predictors[p];
    double best = INFINITY;
    uint32_t choices = predictor->ordered ? predictor->n_codes : 1u << predictor->n_codes;
    for (uint32_t choice = 0; choice < choices; choice++) {
        bool left[MOST_ROWS];
        size_t n_left = 0;
        for (size_t i = 0; i < s->n; i++) {
            left[i] = predictor->ordered ? s->code[p][i] <= choice : choice >> s->code[p][i] & 1;
            n_left += left[i];
        }
        if (n_left >= leaf && s->n - n_left >= leaf)
            best = fmin(best, impurity(s, target, left));
    }
    return best;
}

/* The rows of the root's left side are the first ones of tree->rows: those before the first leaf of its right side. */
static size_t root_left(const struct tree *tree, bool *left)
{
    const struct tree_node *node = &tree->nodes[tree->nodes[0].right];
    while (node->predictor != TREE_LEAF)
        node = &tree->nodes[node->left];
    for (size_t i = 0; i < node->first; i++)
        left[tree->rows[i]] = true;
    return node->first;
}

/* With leaves of one row, where the order of the levels is known to give the best subset. */
Test(tree, root_split_is_the_best_there_is)
{
    static const uint32_t n_classes[] = {0, 2}; /* regression, two classes: where the order of levels is exact */
    static struct sample s;
    size_t ordered = 0;
    for (size_t kind = 0; kind < 2; kind++) {
        for (uint64_t seed = 1; seed <= 20; seed++) {
            sample_make(&s, 60, n_classes[kind] ? n_classes[kind] : 2, seed);
            struct tree_target target = {.n_classes = n_classes[kind]};
            if (n_classes[kind])
                target.class = s.class;
            else
                target.value = s.value;
            struct tree tree;
            size_t leaf = 1;
            cr_assert_eq(tree_grow(&tree, s.predictors, 3, &target, s.n, leaf, NULL), 0);
            ordered += tree.nodes[0].predictor == 0;
            double best = INFINITY, got;
            for (size_t p = 0; p < 3; p++)
                best = fmin(best, exhaustive(&s, &target, p, leaf));
            bool left[MOST_ROWS] = {false};
            cr_expect_gt(root_left(&tree, left), 0u);
            got = impurity(&s, &target, left);
            cr_expect_lt(fabs(got - best), 1e-9 * (1 + best), "kind %zu seed %zu: %.12g, best %.12g", kind, (size_t)seed, got,
                         best);
            tree_free(&tree);
        }
    }
    cr_expect(ordered > 5 && ordered < 35, "%zu of 40 roots split the ordered predictor: both kinds must be tried", ordered);
}

/* x = 1 … 20, y = [x > 10]: one split, at 10. */
Test(tree, step)
{
    static struct sample s;
    s.n = 20;
    s.predictors[0] = (struct tree_predictor){s.code[0], s.sorted[0], 21, true};
    for (uint32_t i = 0; i < 20; i++) {
        s.code[0][i] = i + 1;
        s.class[i] = i >= 10;
        s.value[i] = i >= 10;
    }
    sort_rows(&s, 0);
    const struct tree_target targets[] = {{.value = s.value}, {.class = s.class, .n_classes = 2}};
    for (size_t t = 0; t < 2; t++) {
        struct tree tree;
        cr_assert_eq(tree_grow(&tree, s.predictors, 1, &targets[t], 20, 5, NULL), 0);
        cr_expect_eq(tree.n_nodes, 3u);
        cr_expect_eq(tree.nodes[0].threshold, 10u);
        cr_expect_eq(tree.nodes[tree.nodes[0].left].count, 10u);
        tree_free(&tree);
    }
}

/* Leaves cut the rows into disjoint parts of at least `leaf`, and every training row finds the leaf that holds it. */
Test(tree, leaves_partition_the_rows)
{
    static struct sample s;
    static const uint32_t n_classes[] = {0, 2, 5};
    for (size_t kind = 0; kind < 3; kind++) {
        sample_make(&s, MOST_ROWS, n_classes[kind] ? n_classes[kind] : 2, 5);
        struct tree_target target = {.n_classes = n_classes[kind]};
        if (n_classes[kind])
            target.class = s.class;
        else
            target.value = s.value;
        struct tree tree;
        cr_assert_eq(tree_grow(&tree, s.predictors, 3, &target, s.n, 5, NULL), 0);
        size_t seen[MOST_ROWS] = {0}, leaves = 0;
        for (size_t k = 0; k < tree.n_nodes; k++) {
            const struct tree_node *node = &tree.nodes[k];
            if (node->predictor != TREE_LEAF)
                continue;
            leaves++;
            cr_expect_geq(node->count, 5u);
            for (uint32_t i = 0; i < node->count; i++) {
                uint32_t row = tree.rows[node->first + i], codes[] = {s.code[0][row], s.code[1][row], s.code[2][row]};
                seen[row]++;
                cr_expect_eq(tree_find(&tree, codes), node, "row %u", row);
            }
        }
        for (size_t i = 0; i < s.n; i++)
            cr_assert_eq(seen[i], 1u);
        cr_expect_eq(tree.n_nodes, 2 * leaves - 1);
        cr_expect_gt(leaves, 10u, "%zu leaves", leaves);
        tree_free(&tree);
    }
}

/* 12 rows of level 0 with y = 0, 8 of level 1 with y = 1: level 2, never seen, goes with the twelve. */
Test(tree, unseen_level_follows_the_larger_side)
{
    static struct sample s;
    for (int swap = 0; swap < 2; swap++) {
        s.n = 20;
        s.predictors[0] = (struct tree_predictor){s.code[0], s.sorted[0], 3, false};
        for (size_t i = 0; i < 20; i++) {
            s.code[0][i] = i >= 12;
            s.value[i] = (i >= 12) != swap;
        }
        sort_rows(&s, 0);
        struct tree_target target = {.value = s.value};
        struct tree tree;
        cr_assert_eq(tree_grow(&tree, s.predictors, 1, &target, 20, 5, NULL), 0);
        const struct tree_node *leaf = tree_find(&tree, (uint32_t[]){2});
        cr_expect_eq(leaf->count, 12u);
        cr_expect_eq(leaf, tree_find(&tree, (uint32_t[]){0}));
        cr_expect_neq(leaf, tree_find(&tree, (uint32_t[]){1}));
        tree_free(&tree);
    }
}

/* Nothing to split: a constant target, no predictor, fewer rows than two leaves, one row. */
Test(tree, single_leaf)
{
    static struct sample s;
    sample_make(&s, 50, 2, 9);
    static double constant[MOST_ROWS];
    const struct {
        const double *value;
        size_t n_predictors, n;
    } cases[] = {{constant, 3, 50}, {s.value, 0, 50}, {s.value, 3, 9}, {s.value, 3, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tree tree;
        struct tree_target target = {.value = cases[i].value};
        s.n = cases[i].n;
        for (size_t p = 0; p < 3; p++)
            sort_rows(&s, p);
        cr_assert_eq(tree_grow(&tree, s.predictors, cases[i].n_predictors, &target, s.n, 5, NULL), 0);
        cr_expect_eq(tree.n_nodes, 1u, "case %zu", i);
        cr_expect_eq(tree_find(&tree, (uint32_t[]){0, 0, 0})->count, cases[i].n);
        tree_free(&tree);
    }
}
