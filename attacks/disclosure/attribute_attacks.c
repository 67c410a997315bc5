#include "attacks/disclosure/attribute_attacks.h"

#include <math.h>

#include "attacks/tables.h"
#include "core/hash.h"
#include "numeric/sort.h"
#include "numeric/tree.h"

#define CLASS_BITS ((uint64_t)7) /* a class in the last bits of a key */
#define LEAST_LEAF ((size_t)5)

_Static_assert(SECRET_CLASSES < 7 && SECRET_LEVELS < 7, "a class is less than CLASS_BITS");

const char *const attribute_attack_names[ATTRIBUTE_ATTACKS] = {"nearest", "cap", "generalised cap", "tree"};

/* The cells of the three tables, and the candidate's keys on one subset of columns: sorted, the class in the last bits. */
struct matching {
    struct attribute_case *c;
    uint64_t **synthetic, **records[2];
    uint64_t *keys;
    double *share[2]; /* by record: answer so far; negative: none */
};

static uint64_t subset_key(uint64_t *const *cells, const bool *used, size_t n, size_t row)
{
    uint64_t key = 0;

    for (size_t a = 0; a < n; a++)
        if (used[a])
            key = hash_mix(key, cells[a][row]);
    return key & ~CLASS_BITS;
}

static int sort_synthetic(const struct matching *m, const bool *used, struct error *error)
{
    const struct known_rows *rows = &m->c->synthetic;

    for (size_t i = 0; i < rows->n; i++)
        m->keys[i] = subset_key(m->synthetic, used, m->c->quasi->n, rows->pick[i]) | rows->class[i];
    return sort_u64(m->keys, rows->n, error);
}

/* Candidate rows with this key are added to the count: all, and those of the record's class. */
static void count_rows(const struct matching *m, uint64_t key, uint32_t class, size_t *all, size_t *right)
{
    const size_t n = m->c->synthetic.n, from = sorted_from(m->keys, n, key);

    if (from == n || (m->keys[from] & ~CLASS_BITS) != key)
        return;
    *all += sorted_from(m->keys, n, key | CLASS_BITS) - from;
    *right += sorted_from(m->keys, n, key | (class + 1)) - sorted_from(m->keys, n, key | class);
}

/* What the records without an answer have met at the present distance, by record: all rows, right ones. */
struct met {
    size_t *all[2], *right[2];
};

static int meet_subset(const struct matching *m, const bool *used, struct met *met, struct error *error)
{
    int status = sort_synthetic(m, used, error);

    for (size_t side = 0; side < 2 && !status; side++) {
        const struct known_rows *rows = &m->c->records[side].rows;

        for (size_t i = 0; i < rows->n; i++)
            if (m->share[side][i] < 0)
                count_rows(m, subset_key(m->records[side], used, m->c->quasi->n, rows->pick[i]), rows->class[i],
                           &met -> all[side][i], &met -> right[side][i]);
    }
    return status;
}

/* Records that met rows have their answer. */
static void settle(const struct matching *m, struct met *met)
{
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < m->c->records[side].rows.n; i++)
            if (m->share[side][i] < 0 && met->all[side][i] > 0)
                m->share[side][i] = (double)met->right[side][i] / (double)met->all[side][i];
}

/* The next set of `k` marks among n; false after the last. */
static bool next_subset(size_t *marked, size_t k, size_t n)
{
    for (size_t j = k; j > 0; j--)
        if (marked[j - 1] < n - k + j - 1) {
            marked[j - 1]++;
            for (size_t i = j; i < k; i++)
                marked[i] = marked[i - 1] + 1;
            return true;
        }
    return false;
}

/* All subsets that leave `gone` columns out. */
static int meet_distance(const struct matching *m, size_t gone, struct met *met, struct arena *arena, struct error *error)
{
    const size_t n = m->c->quasi->n;
    size_t *marked = ARENA_ARRAY(arena, size_t, gone + 1);
    bool *used = ARENA_ARRAY(arena, bool, n + 1), more = true;
    int status = marked && used ? 0 : error_memory(error);

    for (size_t j = 0; j < gone && !status; j++)
        marked[j] = j;
    while (more && !status) {
        for (size_t a = 0; a < n; a++)
            used[a] = true;
        for (size_t j = 0; j < gone; j++)
            used[marked[j]] = false;
        status = meet_subset(m, used, met, error);
        more = next_subset(marked, gone, n);
    }
    settle(m, met);
    return status;
}

/* Who has met no row draws from all. */
static void draw_from_all(const struct matching *m, double *right[2])
{
    const struct known_rows *synthetic = &m->c->synthetic;
    size_t count[CLASS_BITS + 1] = {0};

    for (size_t i = 0; i < synthetic->n; i++)
        count[synthetic->class[i]]++;
    for (size_t side = 0; side < 2; side++) {
        const struct known_rows *rows = &m->c->records[side].rows;

        for (size_t i = 0; i < rows->n; i++)
            right[side][i] = m->share[side][i] >= 0 ? m->share[side][i] : (double)count[rows->class[i]] / (double)synthetic->n;
    }
}

static bool all_settled(const struct matching *m)
{
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < m->c->records[side].rows.n; i++)
            if (m->share[side][i] < 0)
                return false;
    return true;
}

static int attack_by_keys(const struct matching *m, struct arena *arena, struct error *error)
{
    struct attribute_records *records = m->c->records;
    const size_t n = m->c->quasi->n;
    struct met met;
    size_t subsets = 1, tried = 1;
    int status = 0;

    for (size_t side = 0; side < 2; side++) {
        met.all[side] = ARENA_ARRAY(arena, size_t, records[side].rows.n + 1);
        met.right[side] = ARENA_ARRAY(arena, size_t, records[side].rows.n + 1);
        if (!met.all[side] || !met.right[side])
            return error_memory(error);
    }
    status = meet_distance(m, 0, &met, arena, error);
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < records[side].rows.n; i++)
            records[side].matched[i] = m->share[side][i] >= 0;
    draw_from_all(m, (double *[]){records[0].right[ATTRIBUTE_CAP], records[1].right[ATTRIBUTE_CAP]});
    for (size_t gone = 1; gone < n && !status && !all_settled(m); gone++) {
        subsets = subsets * (n - gone + 1) / gone;
        tried += subsets;
        if (gone > 1 && tried > MOST_SUBSETS)
            break;
        status = meet_distance(m, gone, &met, arena, error);
    }
    draw_from_all(m, (double *[]){records[0].right[ATTRIBUTE_GENERALISED], records[1].right[ATTRIBUTE_GENERALISED]});
    return status;
}

static int match_keys(struct attribute_case *c, struct error *error)
{
    struct arena *arena = arena_new();
    struct matching m = {.c = c};
    int status = arena ? quasi_cells(c->quasi, c->synthetic.table, arena, &m.synthetic, error) : error_memory(error);

    if (!status && !(m.keys = ARENA_ARRAY(arena, uint64_t, c->synthetic.n + 1)))
        status = error_memory(error);
    for (size_t side = 0; side < 2 && !status; side++) {
        const struct known_rows *rows = &c->records[side].rows;

        status = quasi_cells(c->quasi, rows->table, arena, &m.records[side], error);
        if (!status && !(m.share[side] = ARENA_ARRAY(arena, double, rows->n + 1)))
            status = error_memory(error);
        for (size_t i = 0; i < rows->n && !status; i++)
            m.share[side][i] = -1;
    }
    if (!status)
        status = attack_by_keys(&m, arena, error);
    arena_free(arena);
    return status;
}

/* ---- nearest row ---- */

static int coded(const struct attribute_case *c, const struct neighbour_scale *scale, const struct table *table,
                 const uint32_t *pick, size_t n, struct arena *arena, const struct neighbour_table **out, struct error *error)
{
    struct neighbour_columns columns;
    int status = picked_columns(table, c->quasi->columns, c->quasi->n, pick, n, arena, &columns, error);

    return status ? status : neighbour_encode(scale, &columns, arena, out, error);
}

/* Nearest rows of the classes looked at so far, by record: distance, how many lie there, how many of them of the true class. */
struct closest {
    const struct neighbour_table *table;
    double *distance;
    size_t *all, *right;
};

/* One class of candidate rows after the other, so that all rows at the nearest distance are counted. */
static int meet_class(const struct attribute_case *c, uint32_t class, const struct neighbour_scale *scale,
                      const struct closest *closest, struct error *error)
{
    const struct neighbour_options options = {.k = 1};
    const struct known_rows *synthetic = &c->synthetic;
    const struct neighbour_table *table = NULL;
    struct arena *arena = arena_new();
    uint32_t *pick = arena ? ARENA_ARRAY(arena, uint32_t, synthetic->n + 1) : NULL;
    struct neighbour_list list = {0};
    size_t n = 0;
    int status = pick ? 0 : error_memory(error);

    for (size_t i = 0; i < synthetic->n && !status; i++)
        if (synthetic->class[i] == class)
            pick[n++] = synthetic->pick[i];
    if (!status && n > 0)
        status = coded(c, scale, synthetic->table, pick, n, arena, &table, error);
    for (size_t side = 0; side < 2 && !status && n > 0; side++) {
        const struct known_rows *rows = &c->records[side].rows;
        const struct closest *to = &closest[side];

        status = neighbour_search(to->table, table, options, NULL, arena, &list, NULL, error);
        for (size_t i = 0; i < rows->n && !status; i++) {
            if (list.distance[i] < to->distance[i]) {
                to->distance[i] = list.distance[i];
                to->all[i] = to->right[i] = 0;
            }
            if (list.distance[i] <= to->distance[i]) {
                to->all[i] += list.ties[i];
                to->right[i] += rows->class[i] == class ? list.ties[i] : 0;
            }
        }
    }
    arena_free(arena);
    return status;
}

static int closest_new(const struct attribute_case *c, size_t side, const struct neighbour_scale *scale, struct arena *arena,
                       struct closest *closest, struct error *error)
{
    const struct known_rows *rows = &c->records[side].rows;

    closest->distance = ARENA_ARRAY(arena, double, rows->n + 1);
    closest->all = ARENA_ARRAY(arena, size_t, rows->n + 1);
    closest->right = ARENA_ARRAY(arena, size_t, rows->n + 1);
    if (!closest->distance || !closest->all || !closest->right)
        return error_memory(error);
    for (size_t i = 0; i < rows->n; i++)
        closest->distance[i] = INFINITY;
    return coded(c, scale, rows->table, rows->pick, rows->n, arena, &closest->table, error);
}

static int match_nearest(struct attribute_case *c, const struct table *train, struct error *error)
{
    const struct neighbour_scale *scale = NULL;
    struct neighbour_columns columns;
    struct closest closest[2] = {{.table = NULL}, {.table = NULL}};
    struct arena *arena = arena_new();
    int status =
        arena ? picked_columns(train, c->quasi->columns, c->quasi->n, NULL, 0, arena, &columns, error) : error_memory(error);

    if (!status)
        status = neighbour_scale_fit(NEIGHBOUR_RANK_GOWER, &columns, arena, &scale, error);
    for (size_t side = 0; side < 2 && !status; side++)
        status = closest_new(c, side, scale, arena, &closest[side], error);
    for (uint32_t class = 0; class < c->secret.classes && !status; class ++)
        status = meet_class(c, class, scale, closest, error);
    for (size_t side = 0; side < 2 && !status; side++)
        for (size_t i = 0; i < c->records[side].rows.n; i++)
            c->records[side].right[ATTRIBUTE_NEAREST][i] = (double)closest[side].right[i] / (double)closest[side].all[i];
    arena_free(arena);
    return status;
}

/* ---- tree ---- */

static int predictors_new(const struct query_table *codes, const struct schema *schema, const struct quasi *quasi,
                          struct arena *arena, struct tree_predictor **out, struct error *error)
{
    struct tree_predictor *predictor = *out = ARENA_ARRAY(arena, struct tree_predictor, codes->columns + 1);

    if (!predictor)
        return error_memory(error);
    for (size_t a = 0; a < codes->columns; a++) {
        uint32_t *sorted = ARENA_ARRAY(arena, uint32_t, codes->rows + 1);
        uint32_t *starts = ARENA_ARRAY(arena, uint32_t, codes->levels[a] + 2);

        if (!sorted || !starts)
            return error_memory(error);
        tree_sort_rows(codes->code[a], codes->rows, codes->levels[a], starts, sorted);
        predictor[a] = (struct tree_predictor){codes->code[a], sorted, codes->levels[a],
                                               column_kind(&schema->columns[quasi->columns[a]]) == KIND_QUANTITY};
    }
    return 0;
}

/* By node: the most frequent class of a leaf's rows, the least of equals. */
static int leaf_classes(const struct tree *tree, const uint32_t *class, struct arena *arena, uint32_t **out,
                        struct error *error)
{
    uint32_t *most = *out = ARENA_ARRAY(arena, uint32_t, tree->n_nodes + 1);

    if (!most)
        return error_memory(error);
    for (size_t k = 0; k < tree->n_nodes; k++) {
        const struct tree_node *node = &tree->nodes[k];
        size_t count[CLASS_BITS + 1] = {0};

        if (node->predictor != TREE_LEAF)
            continue;
        for (uint32_t i = 0; i < node->count; i++)
            count[class[tree->rows[node->first + i]]]++;
        for (uint32_t j = 1; j <= CLASS_BITS; j++)
            most[k] = count[j] > count[most[k]] ? j : most[k];
    }
    return 0;
}

static int ask_tree(const struct attribute_case *c, const struct tree *tree, const uint32_t *most,
                    const struct attribute_records *records, struct error *error)
{
    const size_t n = c->quasi->n;
    struct arena *arena = arena_new();
    uint32_t *codes = arena ? ARENA_ARRAY(arena, uint32_t, n + 1) : NULL;
    struct query_table table;
    int status =
        codes ? coding_apply(&c->quasi->coding, records->rows.table, records->rows.pick, records->rows.n, arena, &table, error)
              : error_memory(error);

    for (size_t i = 0; i < records->rows.n && !status; i++) {
        for (size_t a = 0; a < n; a++)
            codes[a] = table.code[a][i];
        records->right[ATTRIBUTE_TREE][i] = most[tree_find(tree, codes) - tree->nodes] == records->rows.class[i];
    }
    arena_free(arena);
    return status;
}

static int match_tree(struct attribute_case *c, struct error *error)
{
    const struct known_rows *rows = &c->synthetic;
    const struct tree_target target = {.class = rows->class, .n_classes = (uint32_t)c->secret.classes};
    struct arena *arena = arena_new();
    struct tree_predictor *predictors = NULL;
    struct query_table codes;
    struct tree tree = {0};
    uint32_t *most = NULL;
    int status =
        arena ? coding_apply(&c->quasi->coding, rows->table, rows->pick, rows->n, arena, &codes, error) : error_memory(error);

    if (!status)
        status = predictors_new(&codes, rows->table->schema, c->quasi, arena, &predictors, error);
    if (!status)
        status = tree_grow(&tree, predictors, c->quasi->n, &target, rows->n, LEAST_LEAF, error);
    if (!status)
        status = leaf_classes(&tree, rows->class, arena, &most, error);
    for (size_t side = 0; side < 2 && !status; side++)
        status = ask_tree(c, &tree, most, &c->records[side], error);
    tree_free(&tree);
    arena_free(arena);
    return status;
}

int attribute_attack(struct attribute_case *c, const struct table *train, struct error *error)
{
    int status = 0;

    for (size_t side = 0; side < 2; side++) {
        struct attribute_records *records = &c->records[side];

        for (size_t attack = 0; attack < ATTRIBUTE_ATTACKS; attack++)
            if (!(records->right[attack] = ARENA_ARRAY(c->arena, double, records->rows.n + 1)))
                return error_memory(error);
        if (!(records->matched = ARENA_ARRAY(c->arena, bool, records->rows.n + 1)))
            return error_memory(error);
    }
    status = match_keys(c, error);
    if (!status)
        status = match_nearest(c, train, error);
    return status ? status : match_tree(c, error);
}
