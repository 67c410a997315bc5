/* Columns of levels, texts and ids: codes by a vocabulary. Train's own vocabulary is made in typed_levels.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/number.h"
#include "datasets/typing.h"
#include "datasets/vocabulary.h"
#include "numeric/sort.h"

/* Position of the value in ascending values; `guess` is looked at first, since ids often run on. */
static uint32_t rank_of(const double *values, uint32_t n, double value, uint32_t guess)
{
    if (guess < n && values[guess] == value)
        return guess;
    uint32_t lo = 0, hi = n;
    while (hi - lo > 1) {
        uint32_t middle = lo + (hi - lo) / 2;
        if (values[middle] <= value)
            lo = middle;
        else
            hi = middle;
    }
    return lo;
}

/* Direct storage lost the texts; each distinct number becomes a text again, in the shortest form. */
static int store_numbers_as_levels(const struct typing *typing, const double *values, uint32_t n)
{
    char text[32];
    size_t bytes = 0;
    for (uint32_t i = 0; i < n; i++)
        bytes += number_format(values[i], typing->cells->decimals, text) + 1;
    const char **levels = ARENA_ARRAY(typing->schema->arena, const char *, n);
    char *pool = arena_alloc(typing->schema->arena, bytes);
    if (!levels || !pool)
        return error_memory(typing->error);
    for (uint32_t i = 0; i < n; i++) {
        size_t length = number_format(values[i], typing->cells->decimals, text);
        levels[i] = memcpy(pool, text, length + 1);
        pool += length + 1;
    }
    typing->column->levels = levels;
    typing->column->n_levels = typing->column->fitted_levels = n;
    return 0;
}

/* Train's column of levels that was stored as numbers: codes are ranks. */
static int codes_from_numbers(const struct typing *typing, uint32_t *codes)
{
    const double *numbers = typing->cells->data;
    size_t rows = typing->cells->rows, present = 0;
    double *values = malloc(rows * sizeof *values);
    if (!values)
        return error_memory(typing->error);
    for (size_t row = 0; row < rows; row++)
        if (!isnan(numbers[row]))
            values[present++] = numbers[row];
    sort_doubles(values, present);
    uint32_t n = 0;
    for (size_t i = 0; i < present; i++)
        if (n == 0 || values[n - 1] != values[i])
            values[n++] = values[i];
    uint32_t next = 0;
    for (size_t row = 0; row < rows; row++) {
        codes[row] = isnan(numbers[row]) ? CODE_MISSING : rank_of(values, n, numbers[row], next);
        next = codes[row] + 1;
    }
    typing->column->missing_in_train = rows - present;
    int status = store_numbers_as_levels(typing, values, n);
    free(values);
    return status;
}

/* Codes of a further table; unseen levels are added. */
static int map_to_vocabulary(const struct typing *typing, struct vocabulary *vocabulary, uint32_t *codes)
{
    struct cells *cells = typing->cells;
    uint32_t *map = malloc((cells->n_texts + 1) * sizeof *map);
    if (!map)
        return error_memory(typing->error);
    int status = 0;
    for (uint32_t code = 0; code < cells->n_texts && !status; code++) {
        char scratch[9];
        size_t length;
        const char *text = cells_text(cells, code, scratch, &length);
        if (tokens_find(&typing->tokens, text, length) < typing->tokens.count)
            map[code] = CODE_MISSING;
        else
            status = vocabulary_add(vocabulary, text, length, &map[code], typing->error);
    }
    for (size_t row = 0; row < cells->rows && !status; row++)
        codes[row] = map[cells_code(cells, row)];
    free(map);
    return status;
}

static int store_levels(const struct typing *typing, const struct vocabulary *vocabulary)
{
    struct column_schema *column = typing->column;
    if (column->n_levels == vocabulary->count)
        return 0;
    const char **levels = ARENA_ARRAY(typing->schema->arena, const char *, vocabulary->count);
    if (!levels)
        return error_memory(typing->error);
    memcpy(levels, vocabulary->texts, vocabulary->count * sizeof *levels);
    column->levels = levels;
    column->n_levels = vocabulary->count;
    return 0;
}

int typed_codes(const struct typing *typing, bool train, uint32_t *codes)
{
    struct column_schema *column = typing->column;
    struct vocabulary vocabulary;
    if (train)
        return typing->cells->width == 8 ? codes_from_numbers(typing, codes) : typed_levels(typing, codes);
    int status = vocabulary_init(&vocabulary, typing->schema->arena, typing->error);
    if (status)
        return status;
    status = vocabulary_load(&vocabulary, column->levels, column->n_levels, typing->error);
    if (!status && column->type == COLUMN_BOOLEAN)
        vocabulary_set_boolean(&vocabulary);
    if (!status)
        status = map_to_vocabulary(typing, &vocabulary, codes);
    if (!status)
        status = store_levels(typing, &vocabulary);
    vocabulary_free(&vocabulary);
    return status;
}
