/* Guessing random bits: linear reconstruction, the nearest completion, a classifier. */
#include <math.h>
#include <string.h>

#include "attacks/canary/bits.h"
#include "attacks/reconstruction/baselines.h"
#include "datasets/csv.h"
#include "numeric/interval.h"
#include "numeric/ranking.h"

/* As in privacy.reconstruction: what its docs page says of effort holds here. */
enum { EXACT_RECORDS = 2000, MAX_ENTRIES = 800000, ORDER = 2 };
#define WORK 4e7

static const double half = .5;

struct guessing {
    const struct bits *bits;
    struct schema *schema;   /* train's with the column of bits behind, a number that no measure looks at */
    struct table train;      /* with the bits */
    struct table *synthetic; /* likewise */
    struct secret secret;
    struct known_rows records, rows;
    size_t *quasi;
    size_t n_quasi;
    uint64_t seed;
    struct bits_verdict *verdict;
    struct arena *arena;
};

/* Train with its bits; the cells are train's own. */
static int plant(struct guessing *g, const struct dataset *data, struct error *error)
{
    const struct table *train = data->train.table;
    const size_t n = train->n_columns;
    struct column_schema *described = ARENA_ARRAY(g->arena, struct column_schema, n + 1);
    struct column *columns = ARENA_ARRAY(g->arena, struct column, n + 1);
    double *number = ARENA_ARRAY(g->arena, double, train->rows + 1), *edge = ARENA_NEW(g->arena, double);

    g->schema = ARENA_NEW(g->arena, struct schema);
    if (!described || !columns || !number || !edge || !g->schema)
        return error_memory(error);
    for (size_t i = 0; i < train->rows; i++)
        number[i] = g->bits->bit[i];
    memcpy(described, data->schema->columns, n * sizeof *described);
    memcpy(columns, train->columns, n * sizeof *columns);
    described[n] = (struct column_schema){.name = g->bits->column, .type = COLUMN_NUMERIC, .roles = ROLE_IGNORE};
    columns[n].number = number;
    *g->schema = *data->schema;
    g->schema->columns = described;
    g->schema->n_columns = n + 1;
    g->schema->arena = g->arena;
    g->train = *train;
    g->train.schema = g->schema;
    g->train.columns = columns;
    g->train.n_columns = n + 1;
    *edge = half;
    g->secret = (struct secret){.column = n, .classes = 2, .edges = edge, .n_edges = 1};
    return known_rows_find(&g->secret, &g->train, g->arena, &g->records, error);
}

static int read_synthetic(struct guessing *g, const char *path, struct error *error)
{
    struct input_file input = {0};
    size_t ones = 0;
    int status = csv_read(path, "synthetic", g->schema, &g->synthetic, &input, error);

    for (size_t i = 0; !status && i < input.n_lacking_columns; i++)
        if (strcmp(input.lacking_columns[i], g->bits->column) == 0)
            return error_set(error, ERROR_INPUT,
                             "'%s' lacks the column '%s' that assay canary make added: the generator must be trained on that "
                             "table, and its output be left as it is",
                             path, g->bits->column);
    if (!status)
        status = known_rows_find(&g->secret, g->synthetic, g->arena, &g->rows, error);
    if (status)
        return status;
    for (size_t i = 0; i < g->rows.n; i++) {
        const double value = g->synthetic->columns[g->secret.column].number[g->rows.pick[i]];

        ones += g->rows.class[i];
        g->verdict->odd += value != 0 && value != 1;
    }
    g->verdict->rows = g->synthetic->rows;
    g->verdict->missing = g->synthetic->rows - g->rows.n;
    if (ones == 0 || ones == g->rows.n)
        return error_set(error, ERROR_UNMEASURABLE,
                         "the column '%s' of '%s' is %s: the generator has not kept it, and nothing can be said",
                         g->bits->column, path, g->rows.n == 0 ? "empty" : "the same in all rows");
    return 0;
}

static int choose_quasi(struct guessing *g, struct error *error)
{
    const size_t most = g->schema->n_columns;

    g->quasi = ARENA_ARRAY(g->arena, size_t, most + 1);
    if (!g->quasi)
        return error_memory(error);
    g->n_quasi = schema_with_role(g->schema, ROLE_QUASI, g->quasi, most);
    for (size_t a = 0; a < g->n_quasi; a++)
        if (column_kind(&g->schema->columns[g->quasi[a]]) == KIND_OTHER)
            return error_set(error, ERROR_INPUT, "--quasi: '%s' is text or an id and cannot take part",
                             g->schema->columns[g->quasi[a]].name);
    if (g->n_quasi == 0)
        g->n_quasi = schema_measured(g->schema, g->quasi, most);
    if (g->n_quasi == 0)
        return error_set(error, ERROR_UNMEASURABLE, "train has no column with levels or numbers to know a record by");
    return 0;
}

static int judge_unique(const struct guessing *g, const struct guesses *guesses, const bool *unique, struct arena *arena,
                        struct error *error)
{
    struct bits_verdict *verdict = g->verdict;
    struct bits_attack *attack = &verdict->attack[0];
    double *score = ARENA_ARRAY(arena, double, verdict->unique + 1);
    uint8_t *label = ARENA_ARRAY(arena, uint8_t, verdict->unique + 1);
    struct delong area;

    if (!score || !label)
        return error_memory(error);
    for (size_t i = 0; i < g->records.n; i++) {
        const bool right = guesses->guess[i] == g->records.class[i];

        verdict->all_right += right;
        if (!unique[i])
            continue;
        verdict->undetermined += guesses->undetermined[i];
        score[attack->n] = guesses->score[2 * i + 1];
        label[attack->n++] = g->records.class[i] == 1;
        attack->right += right;
    }
    int status = delong(score, label, attack->n, &area, error);

    if (!status) {
        const struct interval interval = delong_interval(&area, .95);

        attack->auc = area.auc;
        attack->auc_lo = interval.lo;
        attack->auc_hi = interval.hi;
    }
    return status;
}

static int reconstruct(const struct guessing *g, struct error *error)
{
    const size_t n = g->records.n;
    struct bits_verdict *verdict = g->verdict;
    struct arena *arena = arena_new();
    bool *unique = arena ? ARENA_ARRAY(arena, bool, n + 1) : NULL;
    struct coding coding;
    struct query_table real, synthetic;
    struct query_set set;
    struct guesses guesses;
    struct query_options queries = {.order = g->n_quasi < ORDER ? g->n_quasi : ORDER,
                                    .max_entries = MAX_ENTRIES,
                                    .seed = g->seed,
                                    .stream = "canary bits queries"};
    int status = unique ? coding_fit(g->schema, g->quasi, g->n_quasi, arena, &coding, error) : error_memory(error);

    if (!status)
        status = coding_apply(&coding, &g->train, g->records.pick, n, arena, &real, error);
    if (!status)
        status = query_table_unique(&real, arena, unique, &verdict->unique, error);
    if (!status && verdict->unique < BITS_LEAST)
        status = error_set(error, ERROR_UNMEASURABLE,
                           "%zu of %zu records are unique in the columns that the attacker knows, %d are the least; name more "
                           "columns with --quasi",
                           verdict->unique, n, BITS_LEAST);
    if (!status)
        status = coding_apply(&coding, g->synthetic, g->rows.pick, g->rows.n, arena, &synthetic, error);
    if (!status)
        status = query_set_build(&real, &synthetic, g->rows.class, 2, &queries, arena, &set, error);
    verdict->solver = solver_choose(n, 2, EXACT_RECORDS);
    if (!status)
        status = guesses_solve(&set, verdict->solver, WORK, arena, &guesses, error);
    if (!status) {
        verdict->queries = set.matrix.rows;
        status = judge_unique(g, &guesses, unique, arena, error);
    }
    arena_free(arena);
    return status;
}

static int attack_task(void *context, size_t index, size_t worker, struct error *error)
{
    struct guessing *g = context;
    struct bits_attack *attack = &g->verdict->attack[index];
    struct baseline_task task = {.fitted = &g->train,
                                 .train = &g->records,
                                 .synthetic = &g->rows,
                                 .quasi = g->quasi,
                                 .n_quasi = g->n_quasi,
                                 .classes = 2,
                                 .seed = g->seed,
                                 .effort = 1};
    struct baseline baseline = {{0}, {0}};
    int status;

    (void)worker;
    if (index == 0)
        status = reconstruct(g, error);
    else
        status = index == 1 ? baseline_nearest(&task, &baseline, error) : baseline_classifier(&task, &baseline, error);
    if (index > 0) {
        attack->n = baseline.train.n;
        attack->right = baseline.train.right;
    }
    attack->p = binomial_upper(attack->right, attack->n, half);
    return status;
}

double bits_limit(size_t n, double alpha, double power)
{
    size_t critical = n / 2;
    double lo = 0, hi = 1;

    while (critical <= n && binomial_upper(critical, n, half) > alpha)
        critical++;
    if (critical > n)
        return NAN;
    while (hi - lo > 1e-6) {
        const double share = (lo + hi) / 2;

        if (binomial_upper(critical, n, half + share / 2) >= power)
            hi = share;
        else
            lo = share;
    }
    return hi;
}

int bits_check(const struct bits *bits, const struct dataset *data, const char *path, uint64_t seed, double alpha,
               struct pool *pool, struct bits_verdict *verdict, struct error *error)
{
    static const char *const names[BITS_ATTACKS] = {"reconstruction", "nearest", "classifier"};
    struct guessing g = {.bits = bits, .seed = seed, .verdict = verdict, .arena = arena_new()};
    int status = g.arena ? plant(&g, data, error) : error_memory(error);

    *verdict = (struct bits_verdict){.records = bits->n};
    for (size_t a = 0; a < BITS_ATTACKS; a++)
        verdict->attack[a] = (struct bits_attack){.name = names[a], .auc = NAN, .auc_lo = NAN, .auc_hi = NAN};
    if (!status)
        status = read_synthetic(&g, path, error);
    if (!status)
        status = choose_quasi(&g, error);
    if (!status)
        status = pool_run(pool, BITS_ATTACKS, attack_task, &g, error);
    for (size_t a = 1; a < BITS_ATTACKS; a++)
        if (verdict->attack[a].p < verdict->attack[verdict->best].p)
            verdict->best = a;
    verdict->p = fmin(1, BITS_ATTACKS * verdict->attack[verdict->best].p);
    if (!status)
        verdict->limit = bits_limit(verdict->unique, alpha / BITS_ATTACKS, .95);
    table_free(g.synthetic);
    arena_free(g.arena);
    return status;
}
