#include "datasets/cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "datasets/number.h"

enum {
    SHORT = 8, /* longest text that lives inside its entry */
    FIRST_ROWS = 1024,
    FIRST_TEXTS = 16,
    FIRST_SLOTS = 32,
    FIRST_BLOCK = 1 << 10,
    LARGEST_BLOCK = 1 << 18,
    DIRECT_FROM = 1024 /* distinct texts from which a column is considered for direct storage */
};

struct cell_block {
    struct cell_block *next;
    size_t size, used;
    char text[];
};

int cells_init(struct cells *cells, bool may_go_direct, const struct tokens *tokens, struct error *error)
{
    *cells = (struct cells){.width = 1, .may_go_direct = may_go_direct, .tokens = tokens};
    cells->capacity = FIRST_ROWS;
    cells->texts_capacity = FIRST_TEXTS;
    cells->slot_mask = FIRST_SLOTS - 1;
    cells->data = malloc(cells->capacity);
    cells->texts = malloc(cells->texts_capacity * sizeof *cells->texts);
    cells->slots = calloc(FIRST_SLOTS, sizeof *cells->slots);
    if (!cells->data || !cells->texts || !cells->slots) {
        cells_free(cells);
        return error_memory(error);
    }
    return 0;
}

void cells_drop_texts(struct cells *cells)
{
    free(cells->texts);
    free(cells->slots);
    while (cells->pool) {
        struct cell_block *next = cells->pool->next;
        free(cells->pool);
        cells->pool = next;
    }
    cells->texts = NULL;
    cells->slots = NULL;
    cells->n_texts = 0;
}

void cells_free(struct cells *cells)
{
    cells_drop_texts(cells);
    free(cells->data);
    *cells = (struct cells){0};
}

uint32_t cells_code(const struct cells *cells, size_t row)
{
    switch (cells->width) {
    case 1:
        return ((const uint8_t *)cells->data)[row];
    case 2:
        return ((const uint16_t *)cells->data)[row];
    default:
        return ((const uint32_t *)cells->data)[row];
    }
}

const char *cells_text(const struct cells *cells, uint32_t code, char scratch[9], size_t *length)
{
    const struct cell_text *text = &cells->texts[code];
    *length = text->length;
    if (text->length > SHORT)
        return text->at.pointer;
    memcpy(scratch, &text->at.word, SHORT);
    scratch[SHORT] = '\0';
    return scratch;
}

void cells_count(const struct cells *cells, size_t *counts)
{
    memset(counts, 0, cells->n_texts * sizeof *counts);
    for (size_t row = 0; row < cells->rows; row++)
        counts[cells_code(cells, row)]++;
}

size_t cells_first_row(const struct cells *cells, uint32_t code)
{
    size_t row = 0;
    while (row < cells->rows && cells_code(cells, row) != code)
        row++;
    return row;
}

size_t tokens_find(const struct tokens *tokens, const char *text, size_t length)
{
    while (length > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        length--;
    }
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    size_t i = 0;
    while (i < tokens->count && (strlen(tokens->words[i]) != length || memcmp(tokens->words[i], text, length) != 0))
        i++;
    return i;
}

/* Widens the codes from the end, so that one array is enough. */
static enum cell_status widen(struct cells *cells)
{
    int width = 2 * cells->width;
    void *wider = realloc(cells->data, cells->capacity * (size_t)width);
    if (!wider)
        return CELL_NO_MEMORY;
    cells->data = wider;
    for (size_t row = cells->rows; row-- > 0;) {
        uint32_t code = cells_code(cells, row);
        if (width == 2)
            ((uint16_t *)wider)[row] = (uint16_t)code;
        else
            ((uint32_t *)wider)[row] = code;
    }
    cells->width = width;
    return CELL_OK;
}

static enum cell_status grow_rows(struct cells *cells, size_t rows)
{
    size_t capacity = cells->capacity, bytes;
    while (capacity - cells->rows < rows)
        if (__builtin_add_overflow(capacity, capacity / 2, &capacity))
            return CELL_NO_MEMORY;
    if (capacity == cells->capacity)
        return CELL_OK;
    void *data = NULL;
    if (!__builtin_mul_overflow(capacity, (size_t)cells->width, &bytes))
        data = realloc(cells->data, bytes);
    if (!data)
        return CELL_NO_MEMORY;
    cells->data = data;
    cells->capacity = capacity;
    return CELL_OK;
}

static enum cell_status grow_slots(struct cells *cells)
{
    size_t count = 2 * ((size_t)cells->slot_mask + 1);
    uint32_t *slots = calloc(count, sizeof *slots);
    if (!slots)
        return CELL_NO_MEMORY;
    free(cells->slots);
    cells->slots = slots;
    cells->slot_mask = (uint32_t)(count - 1);
    for (uint32_t code = 0; code < cells->n_texts; code++) {
        uint32_t slot = cells->texts[code].hash & cells->slot_mask;
        while (slots[slot])
            slot = (slot + 1) & cells->slot_mask;
        slots[slot] = code + 1;
    }
    return CELL_OK;
}

static const char *pool_copy(struct cells *cells, const char *text, size_t length)
{
    struct cell_block *block = cells->pool;
    if (!block || block->size - block->used < length) {
        size_t size = block ? 2 * block->size : FIRST_BLOCK;
        size = size > LARGEST_BLOCK ? LARGEST_BLOCK : size;
        size = size < length ? length : size;
        block = malloc(sizeof *block + size);
        if (!block)
            return NULL;
        *block = (struct cell_block){.next = cells->pool, .size = size};
        cells->pool = block;
    }
    char *copy = block->text + block->used;
    memcpy(copy, text, length);
    block->used += length;
    return copy;
}

static enum cell_status direct_value(struct cells *cells, const char *text, size_t length, double *value)
{
    struct number number;
    enum number_status status = length ? number_parse_padded(text, length, &number) : NUMBER_NONE;
    if (status == NUMBER_OK && !number.leading_zero) {
        if (number.decimals > cells->decimals)
            cells->decimals = number.decimals;
        *value = number.value;
        return CELL_OK;
    }
    size_t token = tokens_find(cells->tokens, text, length);
    if (token < cells->tokens->count) {
        cells->tokens_seen |= (uint64_t)1 << (token < 63 ? token : 63);
        *value = NAN;
        return CELL_OK;
    }
    return status == NUMBER_OUT_OF_RANGE ? CELL_OUT_OF_RANGE : CELL_TEXT;
}

/* Goes over to doubles when all texts so far allow it; otherwise the column keeps its dictionary for good. */
static enum cell_status try_direct(struct cells *cells)
{
    double *values = malloc(cells->n_texts * sizeof *values);
    if (!values)
        return CELL_NO_MEMORY;
    enum cell_status status = CELL_OK;
    for (uint32_t code = 0; code < cells->n_texts && status == CELL_OK; code++) {
        char scratch[9];
        size_t length;
        const char *text = cells_text(cells, code, scratch, &length);
        status = direct_value(cells, text, length, &values[code]);
    }
    double *numbers = status == CELL_OK ? malloc(cells->capacity * sizeof *numbers) : NULL;
    if (numbers) {
        for (size_t row = 0; row < cells->rows; row++)
            numbers[row] = values[cells_code(cells, row)];
        cells_drop_texts(cells);
        free(cells->data);
        cells->data = numbers;
        cells->width = 8;
    } else if (status == CELL_OK) {
        status = CELL_NO_MEMORY;
    } else {
        cells->may_go_direct = false;
        cells->decimals = 0;
        cells->tokens_seen = 0;
        status = CELL_OK;
    }
    free(values);
    return status;
}

/* Many distinct values for the rows met so far: direct storage is smaller and faster than the dictionary. Asked at each
 * doubling, so that all checks together cost O(distinct). */
static bool wants_direct(const struct cells *cells)
{
    uint32_t n = cells->n_texts;
    if (!cells->may_go_direct || n < DIRECT_FROM || (n & (n - 1)) != 0)
        return false;
    return n >= 1 << 16 || cells->rows / 8 < n;
}

static enum cell_status add_text(struct cells *cells, const struct cell *cell, uint64_t word, uint32_t hash, uint32_t *code)
{
    if (cells->n_texts == cells->texts_capacity) {
        uint32_t capacity = cells->texts_capacity + cells->texts_capacity / 2;
        bool too_many = capacity < cells->texts_capacity || capacity > UINT32_MAX - 2;
        struct cell_text *texts = too_many ? NULL : realloc(cells->texts, capacity * sizeof *texts);
        if (!texts)
            return CELL_NO_MEMORY;
        cells->texts = texts;
        cells->texts_capacity = capacity;
    }
    struct cell_text text = {.at.word = word, .length = (uint32_t)cell->length, .hash = hash};
    if (cell->length > SHORT) {
        text.at.pointer = pool_copy(cells, cell->text, cell->length);
        if (!text.at.pointer)
            return CELL_NO_MEMORY;
    }
    *code = cells->n_texts;
    cells->texts[cells->n_texts++] = text;
    if (cells->n_texts > cells->slot_mask - cells->slot_mask / 4)
        return grow_slots(cells);
    uint32_t slot = hash & cells->slot_mask;
    while (cells->slots[slot])
        slot = (slot + 1) & cells->slot_mask;
    cells->slots[slot] = cells->n_texts;
    return CELL_OK;
}

/* The first `length` bytes of a word in memory order, the others zero. */
static uint64_t keep_bytes(uint64_t word, size_t length)
{
    if (length >= sizeof word)
        return word;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return word & ~(UINT64_MAX >> (8 * length));
#else
    return word & (((uint64_t)1 << (8 * length)) - 1);
#endif
}

/* Cells never hold NUL bytes, so the zero-padded word of a short text is the text itself. */
static inline enum cell_status find_code(struct cells *cells, const struct cell *cell, uint32_t *code)
{
    uint64_t word = 0, mixed;
    size_t length = cell->length;
    if (length <= SHORT) {
        memcpy(&word, cell->text, sizeof word);
        word = keep_bytes(word, length);
        mixed = (word ^ (word >> 32)) * 0x9E3779B97F4A7C15u;
    } else {
        mixed = hash_bytes(cell->text, length, 0);
    }
    uint32_t hash = (uint32_t)(mixed >> 32);
    for (uint32_t slot = hash & cells->slot_mask; cells->slots[slot]; slot = (slot + 1) & cells->slot_mask) {
        const struct cell_text *text = &cells->texts[cells->slots[slot] - 1];
        if (text->hash != hash || text->length != length)
            continue;
        if (length <= SHORT ? text->at.word == word : memcmp(text->at.pointer, cell->text, length) == 0) {
            *code = cells->slots[slot] - 1;
            return CELL_OK;
        }
    }
    return add_text(cells, cell, word, hash, code);
}

static void store_code(struct cells *cells, uint32_t code)
{
    if (cells->width == 1)
        ((uint8_t *)cells->data)[cells->rows++] = (uint8_t)code;
    else if (cells->width == 2)
        ((uint16_t *)cells->data)[cells->rows++] = (uint16_t)code;
    else
        ((uint32_t *)cells->data)[cells->rows++] = code;
}

static enum cell_status add_one(struct cells *cells, const struct cell *cell)
{
    if (cells->width == 8) {
        enum cell_status status = direct_value(cells, cell->text, cell->length, &((double *)cells->data)[cells->rows]);
        cells->rows += status == CELL_OK;
        return status;
    }
    uint32_t code = 0, before = cells->n_texts;
    enum cell_status status = find_code(cells, cell, &code);
    if (status == CELL_OK && cells->n_texts == before)
        store_code(cells, code);
    if (status != CELL_OK || cells->n_texts == before)
        return status;
    while (status == CELL_OK && cells->width < 4 && code >> (8 * cells->width))
        status = widen(cells);
    if (status == CELL_OK)
        store_code(cells, code);
    return status == CELL_OK && wants_direct(cells) ? try_direct(cells) : status;
}

enum cell_status cells_add(struct cells *cells, const struct cell *cell, size_t stride, size_t rows, size_t *added)
{
    enum cell_status status = grow_rows(cells, rows);
    *added = 0;
    while (*added < rows && status == CELL_OK) {
        status = add_one(cells, cell + *added * stride);
        *added += status == CELL_OK;
    }
    return status;
}
