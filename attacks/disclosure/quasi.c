#include "attacks/disclosure/quasi.h"

#include <stdlib.h>

#include "attacks/disclosure/quasi_search.h"
#include "attacks/secrets.h"
#include "attacks/tables.h"
#include "core/hash.h"
#include "datasets/row_overlap.h"
#include "numeric/sort.h"

#define LEVEL_CELLS 100000000 /* cells looked at for the sets of one size, .3 s; bounds the beam */
#define LEAST_BEAM  ((size_t)4)

struct asking {
    const struct measure_task *task;
    const size_t *except;
    size_t n_except;
};

static uint64_t asking_number(const struct asking *asking)
{
    return hash_bytes(asking->except, asking->n_except * sizeof *asking->except, asking->n_except);
}

static bool is_excepted(const struct asking *asking, size_t column)
{
    for (size_t i = 0; i < asking->n_except; i++)
        if (asking->except[i] == column)
            return true;
    return false;
}

static int all_rows(size_t rows, struct arena *arena, uint32_t **pick, struct error *error)
{
    if (!(*pick = ARENA_ARRAY(arena, uint32_t, rows + 1)))
        return error_memory(error);
    for (uint32_t i = 0; i < rows; i++)
        (*pick)[i] = i;
    return 0;
}

/* ---- proposal ---- */

struct candidate {
    size_t column;
    double pairs;
};

static int fewer_pairs(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;

    if (x->pairs < y->pairs || x->pairs > y->pairs)
        return x->pairs < y->pairs ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

static int in_column_order(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;

    return (x->column > y->column) - (x->column < y->column);
}

/* Codes of the given columns for all of train. */
static int code_train(const struct asking *asking, const size_t *columns, size_t n, struct arena *arena,
                      struct query_table *codes, struct error *error)
{
    const struct table *train = asking->task->data->train.table;
    struct coding coding;
    uint32_t *pick = NULL;
    int status = coding_fit_values(train->schema, columns, n, QUASI_VALUES, arena, &coding, error);

    if (!status)
        status = all_rows(train->rows, arena, &pick, error);
    return status ? status : coding_apply(&coding, train, pick, train->rows, arena, codes, error);
}

/* The columns that may be proposed, in column order; identifiers go to the proposal. */
static int find_candidates(const struct asking *asking, struct arena *scratch, struct arena *arena,
                           struct quasi_proposal *proposal, size_t *columns, size_t *n, struct error *error)
{
    const struct table *train = asking->task->data->train.table;
    const struct schema *schema = train->schema;
    const size_t measured = schema_measured(schema, columns, schema->n_columns);
    struct candidate *candidate = ARENA_ARRAY(scratch, struct candidate, measured + 1);
    struct column_set *single = ARENA_ARRAY(scratch, struct column_set, measured + 1);
    struct query_table codes;
    size_t count = 0;
    int status;

    proposal->identifiers = ARENA_ARRAY(arena, size_t, measured + 1);
    if (!candidate || !single || !proposal->identifiers)
        return error_memory(error);
    for (size_t i = 0; i < measured; i++)
        if (!is_excepted(asking, columns[i]) && !(schema->columns[columns[i]].roles & (ROLE_SECRET | ROLE_TARGET)))
            columns[count++] = columns[i];
    status = code_train(asking, columns, count, scratch, &codes, error);
    if (!status)
        status = quasi_single(&codes, single, error);
    *n = 0;
    for (size_t i = 0; i < count && !status; i++) {
        if ((double)single[i].unique >= QUASI_TARGET * (double)train->rows)
            proposal->identifiers[proposal->n_identifiers++] = columns[i];
        else if (single[i].pairs < (double)train->rows * (double)train->rows)
            candidate[(*n)++] = (struct candidate){columns[i], single[i].pairs};
    }
    qsort(candidate, *n, sizeof *candidate, fewer_pairs);
    *n = *n < QUASI_CANDIDATES ? *n : QUASI_CANDIDATES;
    qsort(candidate, *n, sizeof *candidate, in_column_order);
    for (size_t i = 0; i < *n; i++)
        columns[i] = candidate[i].column;
    return status;
}

static void add_set(struct quasi_proposal *proposal, const struct column_set *found, const size_t *columns, size_t rows)
{
    struct quasi_set *set = &proposal->sets[proposal->n++];

    *set = (struct quasi_set){.unique = (double)found->unique / (double)rows};
    for (size_t a = 0; a < QUASI_CANDIDATES; a++)
        if (found->columns >> a & 1)
            set->columns[set->n++] = columns[a];
}

static int make_proposal(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct asking *asking = context;
    const struct table *train = asking->task->data->train.table;
    struct quasi_proposal *proposal = ARENA_NEW(arena, struct quasi_proposal);
    struct search_level levels[QUASI_MOST];
    struct arena *scratch = arena_new();
    size_t *columns = scratch ? ARENA_ARRAY(scratch, size_t, train->n_columns + 1) : NULL, n = 0, size = 0;
    struct query_table codes;
    int status =
        proposal && columns ? find_candidates(asking, scratch, arena, proposal, columns, &n, error) : error_memory(error);

    if (!status && n > 0) {
        const size_t beam = LEVEL_CELLS / (train->rows * n);
        const struct search_options options = {QUASI_MOST,
                                               beam > QUASI_BEAM   ? QUASI_BEAM
                                               : beam < LEAST_BEAM ? LEAST_BEAM
                                                                   : beam,
                                               QUASI_TARGET};

        status = code_train(asking, columns, n, scratch, &codes, error);
        if (!status)
            status = quasi_search(&codes, &options, asking->task->pool, scratch, levels, &size, error);
    }
    for (size_t k = size; k > 0 && !status; k--)
        for (size_t i = 0; i < levels[k - 1].n && i < (k == size ? QUASI_BEST : 1); i++)
            add_set(proposal, &levels[k - 1].sets[i], columns, train->rows);
    arena_free(scratch);
    *artifact = proposal;
    return status;
}

int quasi_propose(const struct measure_task *task, const size_t *except, size_t n_except,
                  const struct quasi_proposal **proposal, struct error *error)
{
    struct asking asking = {task, except, n_except};
    void *artifact = NULL;
    int status = artifact_get(task->artifacts, "quasi proposal", task->data->train.table, NULL, asking_number(&asking),
                              make_proposal, NULL, &asking, &artifact, error);

    *proposal = artifact;
    return status;
}

/* ---- what the attacker knows ---- */

static double unique_share(const uint64_t *sorted, size_t n)
{
    size_t unique = 0, length;

    for (size_t i = 0; i < n; i += length) {
        length = run_length(sorted, n, i);
        unique += length == 1;
    }
    return (double)unique / (double)n;
}

static int choose_columns(const struct asking *asking, struct quasi *quasi, struct error *error)
{
    const struct schema *schema = asking->task->data->schema;
    const size_t count = attack_columns_with_role(schema, ROLE_QUASI, quasi->columns, schema->n_columns);
    const struct quasi_proposal *proposal = NULL;
    int status;

    quasi->given = count > 0;
    for (size_t i = 0; i < count; i++)
        if (!is_excepted(asking, quasi->columns[i]))
            quasi->columns[quasi->n++] = quasi->columns[i];
    if (quasi->given)
        return quasi->n ? 0 : error_set(error, ERROR_UNMEASURABLE, "there is no quasi-identifier besides the secret");
    status = quasi_propose(asking->task, asking->except, asking->n_except, &proposal, error);
    if (status)
        return status;
    if (proposal->n == 0)
        return error_set(error, ERROR_UNMEASURABLE,
                         "no column can serve as a quasi-identifier; give those that an attacker knows with --quasi COLUMN,…");
    quasi->n = proposal->sets[0].n;
    for (size_t a = 0; a < quasi->n; a++)
        quasi->columns[a] = proposal->sets[0].columns[a];
    return 0;
}

static int make_quasi(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct asking *asking = context;
    const struct table *train = asking->task->data->train.table;
    struct quasi *quasi = ARENA_NEW(arena, struct quasi);
    struct arena *scratch = arena_new();
    uint64_t *keys = NULL;
    int status = quasi && scratch ? 0 : error_memory(error);

    if (!status && !(quasi->columns = ARENA_ARRAY(arena, size_t, train->n_columns + 1)))
        status = error_memory(error);
    if (!status)
        status = choose_columns(asking, quasi, error);
    if (!status)
        status = coding_fit_values(train->schema, quasi->columns, quasi->n, QUASI_VALUES, arena, &quasi->coding, error);
    if (!status && !(quasi->by_class = ARENA_ARRAY(arena, bool, quasi->n + 1)))
        status = error_memory(error);
    for (size_t a = 0; !status && a < quasi->n; a++)
        quasi->by_class[a] = !quasi->given && !quasi->coding.columns[a].exact;
    if (!status)
        status = quasi_keys(quasi, train, scratch, &keys, error);
    if (!status)
        status = sort_u64(keys, train->rows, error);
    if (!status)
        quasi->unique = train->rows ? unique_share(keys, train->rows) : 0;
    arena_free(scratch);
    *artifact = quasi;
    return status;
}

int quasi_get(const struct measure_task *task, const size_t *except, size_t n_except, const struct quasi **quasi,
              struct error *error)
{
    struct asking asking = {task, except, n_except};
    void *artifact = NULL;
    int status = artifact_get(task->artifacts, "quasi", task->data->train.table, NULL, asking_number(&asking), make_quasi, NULL,
                              &asking, &artifact, error);

    *quasi = artifact;
    return status;
}

/* ---- tables as the attacker sees them ---- */

int quasi_cells(const struct quasi *quasi, const struct table *table, struct arena *arena, uint64_t ***cells,
                struct error *error)
{
    struct query_table codes = {.rows = 0};
    struct arena *scratch = arena_new();
    uint32_t *pick = NULL;
    int status = scratch ? all_rows(table->rows, scratch, &pick, error) : error_memory(error);

    if (!status)
        status = coding_apply(&quasi->coding, table, pick, table->rows, scratch, &codes, error);
    if (!status && !(*cells = ARENA_ARRAY(arena, uint64_t *, quasi->n + 1)))
        status = error_memory(error);
    for (size_t a = 0; a < quasi->n && !status; a++) {
        uint64_t *cell = (*cells)[a] = ARENA_ARRAY(arena, uint64_t, table->rows + 1);

        if (!cell)
            status = error_memory(error);
        for (size_t row = 0; row < table->rows && !status; row++)
            cell[row] = quasi->by_class[a] ? codes.code[a][row] : cell_key(&table->columns[quasi->columns[a]], row);
    }
    arena_free(scratch);
    return status;
}

int quasi_keys(const struct quasi *quasi, const struct table *table, struct arena *arena, uint64_t **keys, struct error *error)
{
    struct arena *scratch = arena_new();
    uint64_t **cells = NULL;
    int status = scratch ? quasi_cells(quasi, table, scratch, &cells, error) : error_memory(error);

    if (!status && !(*keys = ARENA_ARRAY(arena, uint64_t, table->rows + 1)))
        status = error_memory(error);
    for (size_t a = 0; a < quasi->n && !status; a++)
        for (size_t row = 0; row < table->rows; row++)
            (*keys)[row] = hash_mix((*keys)[row], cells[a][row]);
    arena_free(scratch);
    return status;
}

int quasi_part_keys(const struct measure_task *task, const struct quasi *quasi, const struct table *table, size_t n,
                    struct arena *arena, uint32_t **pick, uint64_t **keys, struct error *error)
{
    struct arena *scratch = arena_new();
    uint64_t *all = NULL;
    int status = scratch ? quasi_keys(quasi, table, scratch, &all, error) : error_memory(error);

    if (!status)
        status = equal_part(task, table, n, arena, pick, error);
    if (!status && !(*keys = ARENA_ARRAY(arena, uint64_t, n + 1)))
        status = error_memory(error);
    for (size_t i = 0; i < n && !status; i++)
        (*keys)[i] = all[(*pick)[i]];
    arena_free(scratch);
    return status;
}
