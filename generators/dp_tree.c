/* A tree of noisy two-way tables, as PrivBayes of degree 1 (Zhang, Cormode, Procopiuc, Srivastava, Xiao 2017, ACM TODS 42(4)):
 * (ε, 0)-private.
 *
 * Structure: columns join the tree one by one; which pair (parent in the tree, child outside) is chosen by the exponential
 * mechanism on their mutual information, d − 1 choices that share STRUCTURE · ε. Tables: counts of (parent, child) of each
 * pair, or of a column alone where it has no parent, d tables that share the rest. Only pairs are looked at whose table is
 * useful: on average at least USEFUL times as many rows a cell as the noise's scale is, which depends on public numbers alone.
 * Columns that are left begin a tree of their own. */
#include <math.h>

#include "generators/dp.h"
#include "generators/support.h"

enum { BINS = 16, DEFAULT_EPSILON = 1 };
#define STRUCTURE 0.3
#define USEFUL    2.0
#define NO_PARENT UINT32_MAX

struct node {
    uint32_t column, parent; /* parent: a column, or NO_PARENT */
    double *cumulated;       /* [parent's codes · n_codes], by parent; [n_codes] without */
};

struct tree_model {
    struct dp_model dp;
    uint32_t **codes;    /* [columns][rows] */
    double *information; /* [columns · columns] */
    struct node *nodes;  /* one a column, parents before children */
    double structure_epsilon, table_epsilon;
    struct table *out;
};

static double mutual_information(const struct tree_model *tree, size_t a, size_t b, double *joint)
{
    const size_t na = tree->dp.columns[a].n_codes, nb = tree->dp.columns[b].n_codes, rows = tree->dp.train->rows;
    double *of_a = joint + na * nb, *of_b = of_a + na, sum = 0;

    for (size_t k = 0; k < na * nb + na + nb; k++)
        joint[k] = 0;
    for (size_t i = 0; i < rows; i++) {
        const uint32_t x = tree->codes[a][i], y = tree->codes[b][i];

        joint[x * nb + y]++;
        of_a[x]++;
        of_b[y]++;
    }
    for (size_t x = 0; x < na; x++)
        for (size_t y = 0; y < nb; y++)
            if (joint[x * nb + y] > 0)
                sum += joint[x * nb + y] * log(joint[x * nb + y] * (double)rows / (of_a[x] * of_b[y]));
    return sum / (double)rows;
}

static bool is_useful(const struct tree_model *tree, size_t a, size_t b)
{
    const double cells = (double)tree->dp.columns[a].n_codes * (double)tree->dp.columns[b].n_codes;

    return (double)tree->dp.train->rows / cells >= USEFUL * 2 / tree->table_epsilon;
}

static int information_task(void *context, size_t a, size_t worker, struct error *error)
{
    struct tree_model *tree = context;
    const size_t d = tree->dp.n_columns;

    (void)worker;
    for (size_t b = 0; b < a; b++) {
        const size_t na = tree->dp.columns[a].n_codes, nb = tree->dp.columns[b].n_codes;
        struct arena *scratch = NULL;
        double *joint = NULL;

        if (!is_useful(tree, a, b))
            continue;
        scratch = arena_new();
        joint = scratch ? ARENA_ARRAY(scratch, double, na *nb + na + nb) : NULL;
        if (joint)
            tree->information[a * d + b] = tree->information[b * d + a] = mutual_information(tree, a, b, joint);
        arena_free(scratch);
        if (!joint)
            return error_memory(error);
    }
    return 0;
}

/* All pairs of a column in the tree and a useful one outside; returns how many. */
static size_t list_pairs(const struct tree_model *tree, const bool *joined, uint32_t (*pair)[2], double *score)
{
    const size_t d = tree->dp.n_columns;
    size_t n = 0;

    for (uint32_t p = 0; p < d; p++)
        for (uint32_t c = 0; c < d; c++)
            if (joined[p] && !joined[c] && is_useful(tree, p, c)) {
                pair[n][0] = p;
                pair[n][1] = c;
                score[n++] = tree->information[p * d + c];
            }
    return n;
}

static uint32_t first_outside(const bool *joined)
{
    uint32_t c = 0;

    while (joined[c])
        c++;
    return c;
}

static int choose_structure(struct tree_model *tree, struct error *error)
{
    const size_t d = tree->dp.n_columns;
    bool *joined = ARENA_ARRAY(tree->dp.arena, bool, d + 1);
    uint32_t(*pair)[2] = arena_alloc(tree->dp.arena, (d * d + 1) * sizeof *pair);
    double *score = ARENA_ARRAY(tree->dp.arena, double, d *d + 1);

    if (!joined || !pair || !score)
        return error_memory(error);
    for (size_t k = 0; k < d; k++) {
        const size_t n = k == 0 ? 0 : list_pairs(tree, joined, pair, score);

        if (n == 0) {
            tree->nodes[k] = (struct node){.column = first_outside(joined), .parent = NO_PARENT};
        } else {
            const size_t chosen =
                dp_choose(&tree->dp, k, tree->structure_epsilon, dp_information_sensitivity(tree->dp.train->rows), score, n);

            tree->nodes[k] = (struct node){.column = pair[chosen][1], .parent = pair[chosen][0]};
        }
        joined[tree->nodes[k].column] = true;
    }
    return 0;
}

/* A parent's value that the noisy table has no row for takes the child's distribution over all of them. */
static void cumulate_by_parent(double *counts, size_t n_parent, size_t n_child, double *all)
{
    for (size_t y = 0; y < n_child; y++)
        all[y] = 0;
    for (size_t k = 0; k < n_parent * n_child; k++)
        all[k % n_child] += counts[k];
    for (size_t x = 0; x < n_parent; x++) {
        double sum = 0;

        for (size_t y = 0; y < n_child; y++)
            sum += counts[x * n_child + y];
        for (size_t y = 0; y < n_child && sum == 0; y++)
            counts[x * n_child + y] = all[y];
        dp_cumulate(counts + x * n_child, n_child);
    }
}

static int count_table(struct tree_model *tree, size_t k, struct error *error)
{
    struct node *node = &tree->nodes[k];
    const uint32_t *child = tree->codes[node->column], *parent = node->parent == NO_PARENT ? NULL : tree->codes[node->parent];
    const size_t n_child = tree->dp.columns[node->column].n_codes;
    const size_t n_parent = parent ? tree->dp.columns[node->parent].n_codes : 1;
    double *all = ARENA_ARRAY(tree->dp.arena, double, n_child);

    node->cumulated = ARENA_ARRAY(tree->dp.arena, double, n_parent *n_child);
    if (!node->cumulated || !all)
        return error_memory(error);
    for (size_t i = 0; i < tree->dp.train->rows; i++)
        node->cumulated[(parent ? parent[i] : 0) * n_child + child[i]]++;
    dp_noisy_counts(&tree->dp, k, tree->table_epsilon, node->cumulated, n_parent * n_child);
    cumulate_by_parent(node->cumulated, n_parent, n_child, all);
    return 0;
}

/* Rows of one chunk, column after column in the order of the tree. */
static int draw_chunk(void *context, size_t chunk, size_t worker, struct error *error)
{
    const struct tree_model *tree = context;
    const size_t d = tree->dp.n_columns, first = chunk * GENERATOR_CHUNK;
    struct arena *scratch = arena_new();
    uint32_t *code = scratch ? ARENA_ARRAY(scratch, uint32_t, d + 1) : NULL;
    struct random random;

    (void)worker;
    if (!code) {
        arena_free(scratch);
        return error_memory(error);
    }
    random_init(&random, tree->dp.seed, "generator.dp-tree", chunk, 0);
    for (size_t i = first; i < tree->out->rows && i < first + GENERATOR_CHUNK; i++)
        for (size_t k = 0; k < d; k++) {
            const struct node *node = &tree->nodes[k];
            const struct dp_column *column = &tree->dp.columns[node->column];
            const size_t row = node->parent == NO_PARENT ? 0 : code[node->parent];

            code[node->column] = dp_draw(node->cumulated + row * column->n_codes, column->n_codes, &random);
            dp_write(column, code[node->column], &random, tree->out, i);
        }
    arena_free(scratch);
    return 0;
}

static int fit(struct tree_model *tree, struct pool *pool, struct error *error)
{
    const size_t d = tree->dp.n_columns;
    const double structure = d > 1 ? STRUCTURE : 0;
    int status = 0;

    tree->structure_epsilon = d > 1 ? structure * tree->dp.budget.epsilon / (double)(d - 1) : 0;
    tree->table_epsilon = (1 - structure) * tree->dp.budget.epsilon / (double)(d > 0 ? d : 1);
    tree->codes = ARENA_ARRAY(tree->dp.arena, uint32_t *, d + 1);
    tree->information = ARENA_ARRAY(tree->dp.arena, double, d *d + 1);
    tree->nodes = ARENA_ARRAY(tree->dp.arena, struct node, d + 1);
    if (!tree->codes || !tree->information || !tree->nodes)
        return error_memory(error);
    for (size_t c = 0; c < d; c++) {
        tree->codes[c] = ARENA_ARRAY(tree->dp.arena, uint32_t, tree->dp.train->rows + 1);
        if (!tree->codes[c])
            return error_memory(error);
        dp_codes(&tree->dp, c, tree->codes[c]);
    }
    status = pool_run(pool, d, information_task, tree, error);
    if (!status)
        status = choose_structure(tree, error);
    for (size_t k = 0; k < d && !status; k++)
        status = count_table(tree, k, error);
    return status;
}

static int run_private(const struct table *train, size_t rows, uint64_t seed, const struct dp_budget *budget, const char *name,
                       struct pool *pool, struct table **out, struct error *error)
{
    struct tree_model tree = {0};
    int status = generator_begin(train, rows, name, out, error);

    if (status)
        return status;
    status = dp_model_new(&tree.dp, train, seed, budget, BINS, error);
    if (!status) {
        dp_blank(train, *out);
        tree.out = *out;
        status = fit(&tree, pool, error);
        if (!status)
            status = pool_run(pool, (rows + GENERATOR_CHUNK - 1) / GENERATOR_CHUNK, draw_chunk, &tree, error);
        dp_model_free(&tree.dp);
    }
    return dp_end(out, status);
}

static int run(const struct table *train, size_t rows, uint64_t seed, const char *name, struct pool *pool, struct table **out,
               struct error *error)
{
    return run_private(train, rows, seed, &(struct dp_budget){DEFAULT_EPSILON, 1}, name, pool, out, error);
}

const struct generator generator_dp_tree = {
    .name = "dp-tree",
    .summary = "a tree of noisy two-way tables, as PrivBayes of degree 1: differentially private with --epsilon E (default 1); "
               "for what is taken as public see docs/generators.md",
    .reference = "Zhang, Cormode, Procopiuc, Srivastava, Xiao 2017, PrivBayes, ACM TODS 42(4)",
    .run = run,
    .run_private = run_private,
};
