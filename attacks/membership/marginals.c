/* Each set is a task: the table's rows are counted into cells, by number where the possible cells are few, else by hashing,
 * and the targets look theirs up. */
#include "attacks/membership/marginals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"

#define ONE   4294967296.0 /* sums are in units of 2^-32 */
#define BLOCK 512          /* rows whose keys are made at a time */
#define FORMS 4            /* plain, copied, noisy, apart */

struct cell {
    uint64_t key;
    uint32_t count; /* 0: empty */
};

struct worker_scratch {
    struct cell *cell;
    int64_t *sum; /* [order][form][target] */
};

struct counting {
    const struct marginal_question *question;
    size_t capacity;         /* cells of a worker: a power of two, at least twice the table's rows */
    unsigned shift;          /* 64 − log2(capacity) */
    int64_t *plain, *copied; /* by count: the logs */
    int64_t absent;          /* what one more row that is not in the cell adds to plain */
    struct worker_scratch *scratch;
};

/* How the rows of one set find their cells. */
struct numbering {
    const struct marginal_set *set;
    uint64_t levels[3];
    bool hashed;  /* the possible cells cannot be numbered in 64 bits */
    bool dense;   /* the number is the place */
    size_t cells; /* places in use */
};

static struct numbering number_cells(const struct counting *counting, const struct marginal_set *set)
{
    struct numbering numbering = {.set = set};
    uint64_t product = 1;

    for (uint32_t m = 0; m < set->k; m++) {
        numbering.levels[m] = counting->question->book->column[set->member[m]].levels;
        numbering.hashed = numbering.hashed || __builtin_mul_overflow(product, numbering.levels[m], &product);
    }
    numbering.dense = !numbering.hashed && product <= counting->capacity;
    numbering.cells = numbering.dense ? (size_t)product : counting->capacity;
    return numbering;
}

static void make_keys(const struct numbering *numbering, const struct value_codes *codes, size_t from, size_t n, uint64_t *key)
{
    const uint32_t *first = codes->code[numbering->set->member[0]] + from;

    for (size_t i = 0; i < n; i++)
        key[i] = first[i];
    for (uint32_t m = 1; m < numbering->set->k; m++) {
        const uint32_t *code = codes->code[numbering->set->member[m]] + from;

        for (size_t i = 0; i < n; i++)
            key[i] = numbering->hashed ? hash_mix(key[i], code[i]) : key[i] * numbering->levels[m] + code[i];
    }
}

/* The cell of the key, or the empty one where it belongs. */
static struct cell *find_cell(const struct counting *counting, const struct numbering *numbering, struct cell *cells,
                              uint64_t key)
{
    size_t at = numbering->dense ? key : (key * UINT64_C(0x9E3779B97F4A7C15)) >> counting->shift;

    if (!numbering->dense)
        while (cells[at].count > 0 && cells[at].key != key)
            at = (at + 1) & (counting->capacity - 1);
    return &cells[at];
}

static void count_rows(const struct counting *counting, const struct numbering *numbering, struct cell *cells)
{
    const struct value_codes *table = counting->question->table;
    uint64_t key[BLOCK];

    memset(cells, 0, numbering->cells * sizeof *cells);
    for (size_t from = 0; from < table->rows; from += BLOCK) {
        size_t n = table->rows - from < BLOCK ? table->rows - from : BLOCK;

        make_keys(numbering, table, from, n, key);
        for (size_t i = 0; i < n; i++) {
            struct cell *cell = find_cell(counting, numbering, cells, key[i]);

            cell->key = key[i];
            cell->count++;
        }
    }
}

static bool kept_all(const struct marginal_question *question, const struct marginal_set *set, size_t member)
{
    bool kept = true;

    for (uint32_t m = 0; m < set->k; m++)
        kept = kept && question->kept[set->member[m]][member];
    return kept;
}

/* Rows that come to have all values of the set where each value of the member is put into its place: those of the set that lack
 * the value alone. */
static uint32_t come_together(const struct marginal_question *question, const struct marginal_set *set, size_t member)
{
    uint32_t value[3], rows = 0;

    for (uint32_t m = 0; m < set->k; m++)
        value[m] = question->targets->code[set->member[m]][member];
    for (uint32_t m = 0; m < set->k; m++) {
        const size_t row = question->place[set->member[m]][member];
        uint32_t together = 1; /* without branches: they would be guessed wrong */

        for (uint32_t l = 0; l < set->k; l++)
            together &= (question->table->code[set->member[l]][row] == value[l]) == (l != m);
        rows += together;
    }
    return rows;
}

static void add_targets(const struct counting *counting, const struct numbering *numbering, struct cell *cells, int64_t *sum)
{
    const struct marginal_question *question = counting->question;
    size_t n_targets = question->targets->rows;
    uint64_t key[BLOCK];

    for (size_t from = 0; from < n_targets; from += BLOCK) {
        size_t n = n_targets - from < BLOCK ? n_targets - from : BLOCK;

        make_keys(numbering, question->targets, from, n, key);
        for (size_t i = 0; i < n; i++) {
            uint32_t c = find_cell(counting, numbering, cells, key[i])->count;
            size_t target = from + i;

            sum[target] += counting->plain[c];
            if (question->kept && target < question->n_members) {
                sum[n_targets + target] += counting->copied[c];
                sum[2 * n_targets + target] +=
                    kept_all(question, numbering->set, target) ? counting->copied[c] : counting->plain[c] + counting->absent;
                sum[3 * n_targets + target] += counting->plain[c + come_together(question, numbering->set, target)];
            }
        }
    }
}

static int set_task(void *context, size_t index, size_t worker, struct error *error)
{
    const struct counting *counting = context;
    struct worker_scratch *scratch = &counting->scratch[worker];
    const struct marginal_set *set = &counting->question->sets->set[index];
    struct numbering numbering = number_cells(counting, set);

    (void)error;
    count_rows(counting, &numbering, scratch->cell);
    add_targets(counting, &numbering, scratch->cell, scratch->sum + (set->k - 1) * FORMS * counting->question->targets->rows);
    return 0;
}

static int prepare(struct counting *counting, size_t workers, struct arena *arena, struct error *error)
{
    const struct marginal_question *question = counting->question;
    size_t rows = question->table->rows;
    double n = (double)rows;

    counting->shift = 63;
    for (counting->capacity = 2; counting->capacity < 2 * rows; counting->capacity *= 2)
        counting->shift--;
    counting->plain = ARENA_ARRAY(arena, int64_t, rows + 1 + MARGINAL_ORDERS);
    counting->copied = ARENA_ARRAY(arena, int64_t, rows + 1);
    counting->scratch = ARENA_ARRAY(arena, struct worker_scratch, workers);
    if (!counting->plain || !counting->copied || !counting->scratch)
        return error_memory(error);
    for (size_t c = 0; c <= rows + MARGINAL_ORDERS; c++)
        counting->plain[c] = llrint(ONE * log(((double)c + .5) / (n + 1)));
    for (size_t c = 0; c <= rows; c++)
        counting->copied[c] = llrint(ONE * log(((double)c + 1.5) / (n + 2)));
    counting->absent = llrint(ONE * log((n + 1) / (n + 2)));
    for (size_t w = 0; w < workers; w++) {
        counting->scratch[w].cell = ARENA_ARRAY(arena, struct cell, counting->capacity);
        counting->scratch[w].sum = arena_array(arena, question->targets->rows + 1, MARGINAL_ORDERS * FORMS * sizeof(int64_t));
        if (!counting->scratch[w].cell || !counting->scratch[w].sum)
            return error_memory(error);
    }
    return 0;
}

static void write_means(const struct counting *counting, size_t workers, size_t order, size_t form, size_t n, double *out)
{
    size_t n_targets = counting->question->targets->rows, sets = counting->question->sets->count[order];

    for (size_t i = 0; i < n; i++) {
        int64_t sum = 0;

        for (size_t w = 0; w < workers; w++)
            sum += counting->scratch[w].sum[(order * FORMS + form) * n_targets + i];
        out[i] = sets ? (double)sum / (ONE * (double)sets) : 0;
    }
}

int marginal_log_shares(const struct marginal_question *question, struct pool *pool,
                        const struct marginal_shares out[MARGINAL_ORDERS], struct error *error)
{
    struct arena *scratch = arena_new();
    struct counting counting = {.question = question};
    size_t workers = pool_threads(pool);
    int status = scratch ? prepare(&counting, workers, scratch, error) : error_memory(error);

    if (!status)
        status = pool_run(pool, question->sets->count[0] + question->sets->count[1] + question->sets->count[2], set_task,
                          &counting, error);
    for (size_t order = 0; order < MARGINAL_ORDERS && !status; order++) {
        write_means(&counting, workers, order, 0, question->targets->rows, out[order].plain);
        if (question->kept) {
            write_means(&counting, workers, order, 1, question->n_members, out[order].copied);
            write_means(&counting, workers, order, 2, question->n_members, out[order].noisy);
            write_means(&counting, workers, order, 3, question->n_members, out[order].apart);
        }
    }
    arena_free(scratch);
    return status;
}
