#include "attacks/disclosure/predicates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numeric/sort.h"

enum { PREFIXES = 32, WORD = 64, PEEK = 256 };

static double cell(const struct predicate_index *index, const struct predicate_column *column, size_t row)
{
    size_t at = index->pick ? index->pick[row] : row;

    if (column->number)
        return column->number[at];
    return column->code[at] == CODE_MISSING ? NAN : (double)column->code[at];
}

double predicate_cell(const struct predicate_index *index, size_t column, size_t row)
{
    return cell(index, &index->column[column], row);
}

double predicate_value(const struct predicate_index *index, size_t column, size_t i)
{
    return cell(index, &index->column[column], index->column[column].order[i]);
}

static void set_bit(uint64_t *bits, uint32_t row)
{
    bits[row / WORD] |= 1ull << row % WORD;
}

/* One column's order and prefixes. */
static int sort_column(void *context, size_t c, size_t worker, struct error *error)
{
    const struct predicate_index *index = context;
    struct predicate_column *column = &index->column[c];
    double *values = malloc((index->rows + 1) * sizeof *values);
    int status = values ? 0 : error_memory(error);

    (void)worker;
    for (size_t i = 0; i < index->rows && !status; i++) {
        values[i] = cell(index, column, i);
        column->present += isnan(values[i]) ? 0 : 1;
    }
    if (!status)
        status = sort_order(values, index->rows, column->order, error);
    free(values);
    for (size_t k = 1; k <= PREFIXES && !status; k++) {
        uint64_t *set = column->prefix + k * index->words;
        size_t end = k * index->step < index->rows ? k * index->step : index->rows;

        memcpy(set, set - index->words, index->words * sizeof *set);
        for (size_t i = (k - 1) * index->step; i < end; i++)
            set_bit(set, column->order[i]);
    }
    return status;
}

int predicate_index_make(const struct table *table, const uint32_t *pick, size_t n, struct pool *pool, struct arena *arena,
                         struct predicate_index **out, struct error *error)
{
    size_t rows = pick ? n : table->rows, n_columns = schema_measured(table->schema, NULL, 0);
    struct predicate_index *index = ARENA_NEW(arena, struct predicate_index);
    size_t *measured = ARENA_ARRAY(arena, size_t, n_columns + 1);

    if (!index || !measured)
        return error_memory(error);
    *index = (struct predicate_index){.rows = rows,
                                      .words = (rows + WORD - 1) / WORD,
                                      .step = rows / PREFIXES + 1,
                                      .n_columns = n_columns,
                                      .pick = pick,
                                      .column = ARENA_ARRAY(arena, struct predicate_column, n_columns + 1)};
    if (!index->column)
        return error_memory(error);
    schema_measured(table->schema, measured, n_columns);
    for (size_t c = 0; c < n_columns; c++) {
        const struct column *from = &table->columns[measured[c]];

        index->column[c] = (struct predicate_column){.number = from->number,
                                                     .code = from->code,
                                                     .order = ARENA_ARRAY(arena, uint32_t, rows + 1),
                                                     .prefix = ARENA_ARRAY(arena, uint64_t, (PREFIXES + 1) * index->words + 1)};
        if (!index->column[c].order || !index->column[c].prefix)
            return error_memory(error);
    }
    *out = index;
    return pool_run(pool, n_columns, sort_column, index, error);
}

/* Present values below `value`, and equal to it if `with`. */
static size_t count_below(const struct predicate_index *index, const struct predicate_column *column, double value, bool with)
{
    size_t lo = 0, hi = column->present;

    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        double x = cell(index, column, column->order[middle]);

        if (x < value || (with && x == value))
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

/* The rows at positions begin … end − 1 of the order, as a bit set. */
static void write_range(const struct predicate_index *index, const struct predicate_column *column, size_t begin, size_t end,
                        uint64_t *bits)
{
    size_t words = index->words, first = begin / index->step, last = end / index->step;
    const uint64_t *without = column->prefix + first * words, *upto = column->prefix + last * words;

    if (first == last) {
        memset(bits, 0, words * sizeof *bits);
        for (size_t i = begin; i < end; i++)
            set_bit(bits, column->order[i]);
        return;
    }
    for (size_t w = 0; w < words; w++)
        bits[w] = upto[w] & ~without[w];
    for (size_t i = first * index->step; i < begin; i++)
        bits[column->order[i] / WORD] &= ~(1ull << column->order[i] % WORD);
    for (size_t i = last * index->step; i < end; i++)
        set_bit(bits, column->order[i]);
}

/* Positions begin … end − 1 of its column's order that satisfy a condition. */
struct range {
    size_t begin, end;
};

static struct range range_of(const struct predicate_index *index, const struct condition *condition)
{
    const struct predicate_column *column = &index->column[condition->column];
    struct range range = {0, column->present};

    switch ((enum condition_kind)condition->kind) {
    case CONDITION_AT_MOST:
        range.end = count_below(index, column, condition->value, true);
        break;
    case CONDITION_AT_LEAST:
        range.begin = count_below(index, column, condition->value, false);
        break;
    case CONDITION_EQUAL:
        range.begin = count_below(index, column, condition->value, false);
        range.end = count_below(index, column, condition->value, true);
        break;
    case CONDITION_MISSING:
        range = (struct range){column->present, index->rows};
        break;
    }
    return range;
}

static bool satisfies(const struct predicate_index *index, const struct condition *condition, uint32_t row)
{
    double x = cell(index, &index->column[condition->column], row);

    switch ((enum condition_kind)condition->kind) {
    case CONDITION_AT_MOST:
        return x <= condition->value;
    case CONDITION_AT_LEAST:
        return x >= condition->value;
    case CONDITION_EQUAL:
        return x == condition->value;
    case CONDITION_MISSING:
        break;
    }
    return isnan(x);
}

/* Matches among the first PEEK rows of condition k's range: most predicates match many rows, and are done with here. */
static size_t peek(const struct predicate_index *index, const struct predicate *predicate, size_t k, struct range range,
                   size_t most, uint32_t *rows)
{
    const uint32_t *order = index->column[predicate->condition[k].column].order;
    size_t count = 0;

    for (size_t i = range.begin; i < range.end && i - range.begin < PEEK; i++) {
        bool all = true;

        for (size_t j = 0; j < predicate->n && all; j++)
            all = j == k || satisfies(index, &predicate->condition[j], order[i]);
        if (all && count == most)
            return most + 1;
        if (all && rows)
            rows[count] = order[i];
        count += all;
    }
    return count;
}

size_t predicate_scratch(const struct predicate_index *index)
{
    return index->words * PREDICATE_MOST + 1;
}

size_t predicate_count(const struct predicate_index *index, const struct predicate *predicate, size_t most, uint32_t *rows,
                       uint64_t *scratch)
{
    struct range range[PREDICATE_MOST], shortest = {0, index->rows};
    size_t words = index->words, count = 0, first = 0;

    for (size_t k = 0; k < predicate->n; k++) {
        range[k] = range_of(index, &predicate->condition[k]);
        if (k == 0 || range[k].end - range[k].begin < shortest.end - shortest.begin) {
            shortest = range[k];
            first = k;
        }
    }
    if (predicate->n > 0) {
        count = peek(index, predicate, first, shortest, most, rows);
        if (count > most || shortest.end - shortest.begin <= PEEK)
            return count;
        count = 0;
    }
    for (size_t k = 0; k < predicate->n; k++)
        write_range(index, &index->column[predicate->condition[k].column], range[k].begin, range[k].end, scratch + k * words);
    for (size_t w = 0; w < words; w++) {
        size_t left = index->rows - w * WORD;
        uint64_t all = left < WORD ? (1ull << left) - 1 : ~0ull;

        for (size_t k = 0; k < predicate->n; k++)
            all &= scratch[k * words + w];
        for (; all; all &= all - 1) {
            if (count == most)
                return most + 1;
            if (rows)
                rows[count] = (uint32_t)(w * WORD) + (uint32_t)__builtin_ctzll(all);
            count++;
        }
    }
    return count;
}
