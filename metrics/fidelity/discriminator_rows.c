#include "metrics/fidelity/discriminator_rows.h"

#include <math.h>
#include <string.h>

#include "core/hash.h"
#include "metrics/fidelity/two_tables.h"
#include "metrics/fidelity/views.h"
#include "numeric/sort.h"

#define SPREAD 10 /* rows: more equal ones are spread over the folds */
#define STREAM "fidelity.discriminator"

struct source {
    const struct table *table;
    const uint32_t *use; /* rows taken, in order */
    size_t rows;
};

struct build {
    const struct measure_task *task;
    struct arena *arena;
    struct discriminator_rows *pooled;
    struct source source[2];
    size_t quantities, factors, *columns; /* quantities first */
    double *mean, *scale;                 /* per quantity */
    uint64_t *hash;                       /* per pooled row */
};

static int take_rows(struct build *build, const struct table *table, struct source *source, struct error *error)
{
    uint32_t *use = ARENA_ARRAY(build->arena, uint32_t, DISCRIMINATOR_ROWS);
    if (!use)
        return error_memory(error);
    *source = (struct source){table, use, sample_rows(table->rows, DISCRIMINATOR_ROWS, build->task->seed, STREAM, use)};
    return 0;
}

static uint64_t cell_hash(const struct table *table, size_t column, size_t row)
{
    const double *number = table->columns[column].number;
    if (!number)
        return table->columns[column].code[row];
    double value = isnan(number[row]) ? NAN : number[row] == 0 ? 0 : number[row];
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static uint64_t row_hash(const struct build *build, const struct table *table, size_t row)
{
    uint64_t hash = build->task->seed;
    for (size_t k = 0; k < build->quantities + build->factors; k++)
        hash = hash_mix(hash, cell_hash(table, build->columns[k], row));
    return hash;
}

/* Two tables hold the same rows as often when the sums of two hashes of their rows agree. */
static void row_sums(const struct build *build, const struct table *table, uint64_t sums[2])
{
    sums[0] = sums[1] = 0;
    for (size_t i = 0; i < table->rows; i++) {
        uint64_t hash = row_hash(build, table, i);
        sums[0] += hash;
        sums[1] += hash_mix(hash, 1);
    }
}

static int choose_columns(struct build *build, struct error *error)
{
    const struct schema *schema = build->task->data->schema;
    const size_t *measured;
    size_t count;
    int status = fidelity_columns(build->task, build->arena, &measured, &count, error);
    if (status)
        return status;
    if (count == 0)
        return error_set(error, ERROR_UNMEASURABLE, "there is no column to tell the tables apart by");
    build->columns = ARENA_ARRAY(build->arena, size_t, count);
    build->mean = ARENA_ARRAY(build->arena, double, count);
    build->scale = ARENA_ARRAY(build->arena, double, count);
    if (!build->columns || !build->mean || !build->scale)
        return error_memory(error);
    for (size_t i = 0; i < count; i++)
        if (column_kind(&schema->columns[measured[i]]) == KIND_QUANTITY)
            build->columns[build->quantities++] = measured[i];
    for (size_t i = 0; i < count; i++)
        if (column_kind(&schema->columns[measured[i]]) != KIND_QUANTITY)
            build->columns[build->quantities + build->factors++] = measured[i];
    return 0;
}

static bool source_missing(const struct source *source, size_t column)
{
    return source->table->columns[column].missing > 0;
}

static int make_layout(struct build *build, struct error *error)
{
    const struct column_schema *columns = build->task->data->schema->columns;
    struct layout *layout = &build->pooled->design.layout;
    *layout = (struct layout){.quantities = build->quantities, .factors = build->factors};
    layout->indicator = ARENA_ARRAY(build->arena, uint32_t, build->quantities + 1);
    layout->first = ARENA_ARRAY(build->arena, uint32_t, build->factors + 1);
    layout->last_missing = ARENA_ARRAY(build->arena, uint8_t, build->factors + 1);
    if (!layout->indicator || !layout->first || !layout->last_missing)
        return error_memory(error);
    uint32_t next = (uint32_t)build->quantities;
    for (size_t k = 0; k < build->quantities; k++) {
        size_t column = build->columns[k];
        bool missing = source_missing(&build->source[0], column) || source_missing(&build->source[1], column);
        column_scale(&columns[column], &build->mean[k], &build->scale[k]);
        layout->indicator[k] = missing ? next++ : FEATURE_NONE;
    }
    for (size_t k = 0; k < build->factors; k++) {
        layout->first[k] = next;
        layout->last_missing[k] = 1;
        next += columns[build->columns[build->quantities + k]].fitted_levels + 2;
    }
    layout->first[build->factors] = next;
    layout->features = next;
    return 0;
}

static void encode_row(const struct build *build, const struct table *table, size_t row, size_t at)
{
    struct design *design = &build->pooled->design;
    size_t q = build->quantities, f = build->factors;
    for (size_t k = 0; k < q; k++)
        design->number[at * q + k] =
            column_standard(table->columns[build->columns[k]].number[row], build->mean[k], build->scale[k]);
    for (size_t k = 0; k < f; k++) {
        size_t column = build->columns[q + k];
        uint32_t code = table->columns[column].code[row], fitted = table->schema->columns[column].fitted_levels;
        design->level[at * f + k] = code == CODE_MISSING ? fitted + 1 : code < fitted ? code : fitted;
    }
    build->hash[at] = row_hash(build, table, row);
}

static int encode(struct build *build, struct error *error)
{
    struct discriminator_rows *pooled = build->pooled;
    size_t rows = build->source[0].rows + build->source[1].rows;
    pooled->design.rows = rows;
    pooled->design.number = arena_array(build->arena, rows + 1, (build->quantities + 1) * sizeof(double));
    pooled->design.level = arena_array(build->arena, rows + 1, (build->factors + 1) * sizeof(uint32_t));
    pooled->label = ARENA_ARRAY(build->arena, uint8_t, rows + 1);
    build->hash = ARENA_ARRAY(build->arena, uint64_t, rows + 1);
    if (!pooled->design.number || !pooled->design.level || !pooled->label || !build->hash)
        return error_memory(error);
    size_t at = 0;
    for (uint8_t t = 0; t < 2; t++)
        for (size_t i = 0; i < build->source[t].rows; i++, at++) {
            pooled->label[at] = t;
            encode_row(build, build->source[t].table, build->source[t].use[i], at);
        }
    return 0;
}

/* 53 bits of a hash as a number that sorts. */
static double sort_key(uint64_t hash)
{
    return (double)(hash >> 11);
}

struct counts {
    size_t rows[2];
};

/* The fold with the fewest rows of table t (2: of both). */
static uint8_t emptiest(const struct counts *folds, unsigned t)
{
    uint8_t best = 0;
    for (uint8_t k = 1; k < DISCRIMINATOR_FOLDS; k++) {
        size_t a = t < 2 ? folds[k].rows[t] : folds[k].rows[0] + folds[k].rows[1];
        size_t b = t < 2 ? folds[best].rows[t] : folds[best].rows[0] + folds[best].rows[1];
        if (a < b)
            best = k;
    }
    return best;
}

/* Keys that bring rows into random order, with rows that must stay together side by side: equal rows have equal hashes; where
 * too many are equal each gets a key of its own. */
static int make_keys(const struct build *build, uint64_t repeat, double *key, uint32_t *order, struct error *error)
{
    size_t rows = build->pooled->design.rows;
    for (size_t i = 0; i < rows; i++)
        key[i] = sort_key(hash_mix(build->hash[i], repeat));
    int status = sort_order(key, rows, order, error);
    if (status)
        return status;
    for (size_t from = 0, to; from < rows; from = to) {
        double common = key[order[from]];
        for (to = from; to < rows && key[order[to]] == common; to++) {
        }
        for (size_t i = from; to - from > SPREAD && i < to; i++)
            key[order[i]] = sort_key(hash_mix(hash_mix(build->hash[order[i]], repeat), order[i] + 1));
    }
    return sort_order(key, rows, order, error);
}

static int cut_folds(struct build *build, uint64_t repeat, uint8_t **out, struct error *error)
{
    const struct discriminator_rows *pooled = build->pooled;
    struct counts folds[DISCRIMINATOR_FOLDS] = {{{0}}};
    size_t rows = pooled->design.rows;
    double *key = ARENA_ARRAY(build->arena, double, rows + 1);
    uint32_t *order = ARENA_ARRAY(build->arena, uint32_t, rows + 1);
    uint8_t *cut = *out = ARENA_ARRAY(build->arena, uint8_t, rows + 1);
    int status = key && order && cut ? make_keys(build, repeat, key, order, error) : error_memory(error);
    if (status)
        return status;
    for (size_t from = 0, to; from < rows; from = to) {
        for (to = from; to < rows && key[order[to]] == key[order[from]]; to++) {
        }
        uint8_t fold = emptiest(folds, to - from > 1 ? 2 : pooled->label[order[from]]);
        for (size_t i = from; i < to; i++) {
            cut[order[i]] = fold;
            folds[fold].rows[pooled->label[order[i]]]++;
        }
    }
    return 0;
}

int discriminator_rows_make(const struct measure_task *task, struct arena *arena, struct discriminator_rows *pooled,
                            struct error *error)
{
    struct build build = {.task = task, .arena = arena, .pooled = pooled};
    uint64_t sums[2][2];
    *pooled = (struct discriminator_rows){0};
    int status = choose_columns(&build, error);
    if (status == 0)
        status = take_rows(&build, task->reference, &build.source[0], error);
    if (status == 0)
        status = take_rows(&build, task->subject, &build.source[1], error);
    if (status == 0)
        status = make_layout(&build, error);
    if (status == 0)
        status = encode(&build, error);
    size_t rows = pooled->design.rows, enough = (DISCRIMINATOR_ENOUGH + rows - 1) / (rows + !rows);
    pooled->repeats = enough < 1 ? 1 : enough < DISCRIMINATOR_REPEATS ? enough : DISCRIMINATOR_REPEATS;
    for (size_t r = 0; status == 0 && r < pooled->repeats; r++)
        status = cut_folds(&build, r, &pooled->fold[r], error);
    if (status)
        return status;
    row_sums(&build, task->reference, sums[0]);
    row_sums(&build, task->subject, sums[1]);
    pooled->same = task->reference->rows == task->subject->rows && memcmp(sums[0], sums[1], sizeof sums[0]) == 0;
    pooled->columns = build.columns;
    pooled->used[0] = build.source[0].rows;
    pooled->used[1] = build.source[1].rows;
    return 0;
}
