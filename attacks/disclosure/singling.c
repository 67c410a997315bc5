#include "attacks/disclosure/singling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "attacks/tables.h"
#include "core/hash.h"

/* Attempts are drawn in rounds; each task of a round takes a run of them. */
enum { ROUND = 4096, RUN = 128, BARREN = 4, LEAST_STRANGERS = 20, BASELINE_TRIES = 50 };

/* ---- tables ---- */

struct real_indexes {
    struct predicate_index *train, *strangers, *rest;
    double share;
};

struct making {
    const struct measure_task *task;
    const struct table *strangers;
};

static int make_real(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct making *making = context;
    const struct measure_task *task = making->task;
    const struct table *train = task->reference, *strangers = making->strangers;
    struct real_indexes *real = ARENA_NEW(arena, struct real_indexes);
    size_t n = train->rows < strangers->rows ? train->rows : strangers->rows;
    uint32_t *part = NULL, *other = NULL;
    int status = real ? 0 : error_memory(error);

    if (!status && train->rows > n)
        status = equal_part(task, train, n, arena, &part, error);
    if (!status && strangers->rows > n)
        status = equal_part(task, strangers, n, arena, &other, error);
    if (!status)
        status = predicate_index_make(train, part, n, task->pool, arena, &real->train, error);
    if (!status)
        status = predicate_index_make(strangers, other, n, task->pool, arena, &real->strangers, error);
    if (!status && part)
        status = predicate_index_make(train, part + n, train->rows - n, task->pool, arena, &real->rest, error);
    if (!status)
        real->share = (double)n / (double)train->rows;
    *artifact = real;
    return status;
}

static int make_subject(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct making *making = context;
    struct predicate_index *index = NULL;
    int status = predicate_index_make(making->task->subject, NULL, 0, making->task->pool, arena, &index, error);

    *artifact = index;
    return status;
}

int singling_open(const struct measure_task *task, const char *id, size_t asked, struct singling *singling, struct error *error)
{
    struct making making = {task, stranger_table(task)};
    const struct real_indexes *real;
    void *artifact = NULL;
    int status;

    *singling = (struct singling){.task = task, .id = id, .asked = asked};
    if (!making.strangers || making.strangers->rows < LEAST_STRANGERS || task->reference->rows < LEAST_STRANGERS)
        return error_set(error, ERROR_UNMEASURABLE, "fewer than %d training rows, or fewer real rows that nobody trained on",
                         LEAST_STRANGERS);
    if (task->subject->rows == 0 || schema_measured(task->subject->schema, NULL, 0) == 0)
        return error_set(error, ERROR_UNMEASURABLE, "the candidate has no rows or no column that is measured");
    status = artifact_get(task->artifacts, "predicate indexes", task->reference, making.strangers, task->seed, make_real, NULL,
                          &making, &artifact, error);
    if (status)
        return status;
    real = artifact;
    singling->train = real->train;
    singling->strangers = real->strangers;
    singling->rest = real->rest;
    singling->share = real->share;
    status =
        artifact_get(task->artifacts, "predicate index", task->subject, NULL, 0, make_subject, NULL, &making, &artifact, error);
    singling->subject = artifact;
    singling->arena = arena_new();
    return status ? status : singling->arena ? 0 : error_memory(error);
}

void singling_close(struct singling *singling)
{
    arena_free(singling->arena);
    singling->arena = NULL;
}

/* ---- drawing ---- */

struct drawing {
    const struct singling *singling;
    singling_draw *draw;
    const void *context;
    uint64_t first; /* attempt of this round */
    size_t count;
    struct predicate *predicate; /* [ROUND] */
    bool *fits;
};

static int draw_run(void *context, size_t index, size_t worker, struct error *error)
{
    const struct drawing *d = context;
    const struct predicate_index *subject = d->singling->subject, *rest = d->singling->rest;
    size_t words = subject ? predicate_scratch(subject) : 0, others = rest ? predicate_scratch(rest) : 0;
    uint64_t *scratch = malloc(((words > others ? words : others) + 1) * sizeof *scratch);

    (void)worker;
    if (!scratch)
        return error_memory(error);
    for (size_t i = index * RUN; i < (index + 1) * RUN && i < d->count; i++) {
        struct predicate *predicate = &d->predicate[i];

        *predicate = (struct predicate){.n = 0};
        d->fits[i] = d->draw(d->context, d->first + i, predicate) &&
                     (!subject || predicate_count(subject, predicate, 1, NULL, scratch) == 1) &&
                     (!rest || predicate_count(rest, predicate, 0, NULL, scratch) == 0);
    }
    free(scratch);
    return 0;
}

/* Open addressing over the hashes of the kept predicates: adds one unless it is there. slot: number + 1; 0: empty. */
static bool is_new(const struct singling *singling, const struct predicate *predicate, uint32_t *slot, size_t mask)
{
    size_t size = predicate->n * sizeof predicate->condition[0];
    size_t at = (size_t)hash_bytes(predicate->condition, size, 0) & mask;

    for (; slot[at]; at = (at + 1) & mask) {
        const struct predicate *other = &singling->kept[slot[at] - 1];

        if (other->n == predicate->n && memcmp(other->condition, predicate->condition, size) == 0)
            return false;
    }
    slot[at] = (uint32_t)singling->n + 1;
    return true;
}

int singling_collect(struct singling *singling, singling_draw *draw, const void *context, size_t most, struct error *error)
{
    struct arena *scratch = arena_new();
    struct drawing drawing = {.singling = singling, .draw = draw, .context = context};
    size_t mask = 1, barren = 0; /* rounds in a row without a new predicate */
    uint32_t *slot;
    int status = 0;

    while (mask < 2 * singling->asked)
        mask = 2 * mask + 1;
    singling->kept = ARENA_ARRAY(singling->arena, struct predicate, singling->asked + 1);
    slot = scratch ? ARENA_ARRAY(scratch, uint32_t, mask + 1) : NULL;
    drawing.predicate = scratch ? ARENA_ARRAY(scratch, struct predicate, ROUND) : NULL;
    drawing.fits = scratch ? ARENA_ARRAY(scratch, bool, ROUND) : NULL;
    if (!singling->kept || !slot || !drawing.predicate || !drawing.fits)
        status = error_memory(error);
    for (; !status && singling->attempts < most && singling->n < singling->asked && barren < BARREN; drawing.first += ROUND) {
        size_t before = singling->n;

        drawing.count = most - drawing.first < ROUND ? most - drawing.first : ROUND;
        status = pool_run(singling->task->pool, (drawing.count + RUN - 1) / RUN, draw_run, &drawing, error);
        for (size_t i = 0; i < drawing.count && !status && singling->n < singling->asked; i++) {
            singling->attempts++;
            if (drawing.fits[i] && is_new(singling, &drawing.predicate[i], slot, mask))
                singling->kept[singling->n++] = drawing.predicate[i];
        }
        barren = singling->n > before ? 0 : barren + 1;
    }
    arena_free(scratch);
    return status;
}

/* ---- trying ---- */

static int try_run(void *context, size_t index, size_t worker, struct error *error)
{
    const struct singling *singling = context;
    uint64_t *scratch = malloc(predicate_scratch(singling->train) * sizeof *scratch);

    (void)worker;
    if (!scratch)
        return error_memory(error);
    for (size_t i = index * RUN; i < (index + 1) * RUN && i < singling->n; i++) {
        struct singling_hit *hit = &singling->hits[i];

        hit->train = predicate_count(singling->train, &singling->kept[i], SINGLING_HITS, hit->train_row, scratch);
        hit->strangers = predicate_count(singling->strangers, &singling->kept[i], SINGLING_HITS, hit->strangers_row, scratch);
    }
    free(scratch);
    return 0;
}

/* Finds the rows that the kept predicates match. */
static int try_kept(struct singling *singling, struct error *error)
{
    singling->hits = ARENA_ARRAY(singling->arena, struct singling_hit, singling->n + 1);
    if (!singling->hits)
        return error_memory(error);
    return pool_run(singling->task->pool, (singling->n + RUN - 1) / RUN, try_run, singling, error);
}

/* Successes on one side, and Kish's design effect: by row the number of predicates that single it out. */
static int count_side(const struct singling *singling, bool strangers, struct attempts *attempts, struct error *error)
{
    uint32_t *load = calloc(singling->train->rows + 1, sizeof *load);
    double squares = 0;

    if (!load)
        return error_memory(error);
    *attempts = (struct attempts){.made = singling->n};
    for (size_t i = 0; i < singling->n; i++) {
        const struct singling_hit *hit = &singling->hits[i];

        if ((strangers ? hit->strangers : hit->train) == 1) {
            attempts->successes++;
            load[strangers ? hit->strangers_row[0] : hit->train_row[0]]++;
        }
    }
    for (size_t row = 0; row < singling->train->rows; row++)
        squares += (double)load[row] * load[row];
    if (attempts->successes > 0)
        attempts->design = squares / (double)attempts->successes;
    free(load);
    return 0;
}

/* Floyd's algorithm (Bentley 1987): k of n, each set with the same chance; then put in order. */
size_t singling_columns(struct random *random, size_t n, size_t k, uint32_t *columns)
{
    size_t count = 0;

    for (size_t j = n > k ? n - k : 0; j < n; j++) {
        uint32_t pick = (uint32_t)random_below(random, j + 1);
        size_t at = 0;

        for (size_t i = 0; i < count; i++)
            pick = columns[i] == pick ? (uint32_t)j : pick;
        for (at = count++; at > 0 && columns[at - 1] > pick; at--)
            columns[at] = columns[at - 1];
        columns[at] = pick;
    }
    return count;
}

struct guessing {
    const struct singling *singling;
    const char *stream;
    size_t *measured; /* columns of the schema */
    size_t n_columns, conditions;
};

/* A number of train's range, rounded as train's are. */
static double guess_number(const struct column_schema *column, struct random *random)
{
    double x = column->lo + random_uniform(random) * (column->hi - column->lo);
    bool whole = column->type == COLUMN_DATETIME && column->lo == floor(column->lo) && column->hi == floor(column->hi);
    double unit = column->type == COLUMN_NUMERIC ? pow(10, column->decimals) : 1;

    if (column->type != COLUMN_NUMERIC && !whole)
        return x + 0.;
    return round(x * unit) / unit + 0.; /* + 0: no −0 */
}

/* A condition that knows the column's domain alone: a level, or one of the three kinds with a number; missing is one choice
 * more where train has missing cells. */
static struct condition guess_condition(const struct column_schema *column, uint32_t c, struct random *random)
{
    const bool quantity = column_kind(column) == KIND_QUANTITY, ranged = isfinite(column->lo) && isfinite(column->hi);
    size_t choices = quantity ? (ranged ? 3 : 0) : column->fitted_levels,
           choice = random_below(random, choices + (column->missing_in_train > 0 || choices == 0));

    if (choice == choices)
        return (struct condition){0, c, CONDITION_MISSING};
    if (quantity)
        return (struct condition){guess_number(column, random), c, (uint32_t)choice};
    return (struct condition){(double)choice, c, CONDITION_EQUAL};
}

static bool guess(const void *context, uint64_t attempt, struct predicate *predicate)
{
    const struct guessing *g = context;
    const struct schema *schema = g->singling->task->subject->schema;
    uint32_t columns[PREDICATE_MOST];
    struct random random;

    random_init(&random, g->singling->task->seed, g->stream, attempt, 0);
    predicate->n = singling_columns(&random, g->n_columns, g->conditions, columns);
    for (size_t k = 0; k < predicate->n; k++)
        predicate->condition[k] = guess_condition(&schema->columns[g->measured[columns[k]]], columns[k], &random);
    return true;
}

static int try_baseline(struct singling *singling, size_t conditions, struct error *error)
{
    const struct schema *schema = singling->task->subject->schema;
    struct singling random = *singling;
    struct guessing g = {singling, arena_format(singling->arena, "%s baseline", singling->id), NULL, 0, conditions};
    int status;

    g.n_columns = schema_measured(schema, NULL, 0);
    g.measured = ARENA_ARRAY(singling->arena, size_t, g.n_columns + 1);
    if (!g.stream || !g.measured)
        return error_memory(error);
    schema_measured(schema, g.measured, g.n_columns);
    random.subject = random.rest = NULL;
    random.n = random.attempts = 0;
    status = singling_collect(&random, guess, &g, BASELINE_TRIES * singling->asked, error);
    if (!status)
        status = try_kept(&random, error);
    return status ? status : count_side(&random, false, &singling->counts.baseline, error);
}

int singling_try(struct singling *singling, size_t conditions, struct error *error)
{
    int status = try_kept(singling, error);

    if (!status)
        status = count_side(singling, false, &singling->counts.attack, error);
    if (!status)
        status = count_side(singling, true, &singling->counts.control, error);
    return status ? status : try_baseline(singling, conditions, error);
}
