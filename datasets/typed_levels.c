/* Train's vocabulary of a column of levels: the distinct texts of its dictionary, sorted (numbers by value, then texts by code
 * point), with different forms of the same number merged. */
#include <stdlib.h>
#include <string.h>

#include "datasets/number.h"
#include "datasets/typing.h"

struct level {
    uint64_t key; /* orders like the value of a number, or like the first eight bytes of a text */
    const char *text;
    uint32_t code;  /* in the dictionary */
    bool is_number; /* without leading zeros */
    bool exact;     /* of at most 15 digits: equal values are the same level */
};

/* Doubles as integers in the same order: negative ones have all bits turned, the others the sign alone. */
static uint64_t number_key(double value)
{
    uint64_t bits;
    value = value == 0 ? 0 : value; /* −0 is 0 */
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static double key_number(uint64_t key)
{
    uint64_t bits = key >> 63 ? key & ~((uint64_t)1 << 63) : ~key;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t text_key(const char *text, size_t length)
{
    uint64_t key = 0;
    for (size_t i = 0; i < sizeof key; i++)
        key = key << 8 | (i < length ? (unsigned char)text[i] : 0);
    return key;
}

static int compare_levels(const void *a, const void *b)
{
    const struct level *x = a, *y = b;
    if (x->is_number != y->is_number)
        return x->is_number ? -1 : 1;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x->exact != y->exact)
        return x->exact ? -1 : 1;
    return strcmp(x->text, y->text);
}

static struct level make_level(const char *text, size_t length, uint32_t code)
{
    struct number number;
    bool is_number = number_parse(text, length, &number) == NUMBER_OK && !number.leading_zero;
    return (struct level){.key = is_number ? number_key(number.value) : text_key(text, length),
                          .text = text,
                          .code = code,
                          .is_number = is_number,
                          .exact = is_number && number.exact};
}

/* Copies the texts that are not missing into the schema; map[code] of the others becomes CODE_MISSING. */
static int copy_texts(const struct typing *typing, struct level *levels, uint32_t *map, uint32_t *count)
{
    const struct cells *cells = typing->cells;
    size_t bytes = 0;
    char scratch[9];
    size_t length;
    for (uint32_t code = 0; code < cells->n_texts; code++)
        bytes += (size_t)cells->texts[code].length + 1;
    char *pool = arena_alloc(typing->schema->arena, bytes);
    if (!pool)
        return error_memory(typing->error);
    for (uint32_t code = 0; code < cells->n_texts; code++) {
        const char *text = cells_text(cells, code, scratch, &length);
        map[code] = CODE_MISSING;
        if (tokens_find(&typing->tokens, text, length) < typing->tokens.count)
            continue;
        memcpy(pool, text, length);
        levels[(*count)++] = make_level(pool, length, code);
        pool += length + 1;
    }
    return 0;
}

/* Gives codes to the sorted levels. Forms of the same number share one, and the shortest form becomes its text. */
static int give_codes(const struct typing *typing, const struct level *levels, uint32_t count, uint32_t *map)
{
    struct column_schema *column = typing->column;
    const char **texts = ARENA_ARRAY(typing->schema->arena, const char *, count);
    if (!texts)
        return error_memory(typing->error);
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct level *level = &levels[i];
        bool same = i > 0 && level->exact && level[-1].exact && level->key == level[-1].key;
        if (!same) {
            texts[n++] = level->text;
        } else {
            char shortest[32];
            size_t length = number_format(key_number(level->key), 15, shortest);
            texts[n - 1] = arena_copy(typing->schema->arena, shortest, length);
            if (!texts[n - 1])
                return error_memory(typing->error);
        }
        map[level->code] = n - 1;
    }
    column->levels = texts;
    column->n_levels = column->fitted_levels = n;
    return 0;
}

int typed_levels(const struct typing *typing, uint32_t *codes)
{
    struct cells *cells = typing->cells;
    struct level *levels = malloc(((size_t)cells->n_texts + 1) * sizeof *levels);
    uint32_t *map = malloc(((size_t)cells->n_texts + 1) * sizeof *map), count = 0;
    int status = levels && map ? copy_texts(typing, levels, map, &count) : error_memory(typing->error);
    if (!status) {
        /* Sorting needs room, the dictionary is done with. */
        cells_drop_texts(cells);
        qsort(levels, count, sizeof *levels, compare_levels);
        status = give_codes(typing, levels, count, map);
    }
    size_t missing = 0;
    for (size_t row = 0; row < cells->rows && !status; row++) {
        codes[row] = map[cells_code(cells, row)];
        missing += codes[row] == CODE_MISSING;
    }
    typing->column->missing_in_train = missing;
    free(levels);
    free(map);
    return status;
}
