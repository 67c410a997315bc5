/* The cells of one column while a file is read.
 *
 * Each distinct text is kept once and a cell is its code, 1, 2 or 4 bytes wide as needed (a dictionary), so that a value is
 * parsed once however often it occurs. A column with many distinct values that are all plain numbers goes over to doubles, 8
 * bytes a cell (direct). Texts of up to 8 bytes live inside their entry; the others in a pool that belongs to the column.
 * Cost: one hash and one comparison a cell; memory 16 + 6 … 11 bytes a distinct text plus the text when it is longer. */
#ifndef ASSAY_DATASETS_CELLS_H
#define ASSAY_DATASETS_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

enum { CELL_PADDING = 8 }; /* bytes behind a cell's text that must be readable */

struct cell {
    const char *text; /* not NUL-terminated; without its quotes */
    size_t length;
};

/* Words that count as missing. */
struct tokens {
    const char *const *words;
    size_t count;
};

struct cell_text {
    union {
        uint64_t word; /* length <= 8: the bytes themselves, zero-padded, in memory order */
        const char *pointer;
    } at;
    uint32_t length, hash;
};

struct cells {
    size_t rows, capacity;
    int width;  /* bytes a cell: 1, 2, 4; 8: direct */
    void *data; /* codes, or doubles with NaN where missing */
    struct cell_text *texts;
    uint32_t n_texts, texts_capacity;
    uint32_t *slots; /* code + 1, 0 = free */
    uint32_t slot_mask;
    struct cell_block *pool;
    bool may_go_direct;          /* false: keep texts whatever happens */
    const struct tokens *tokens; /* count as missing in a direct column */
    uint64_t tokens_seen;        /* direct: bit i = tokens->words[i] occurred (the 64th stands for all behind) */
    int decimals;                /* direct: largest number of decimals */
};

enum cell_status {
    CELL_OK,
    CELL_NO_MEMORY,
    CELL_TEXT,        /* a direct column met a text (or a code with leading zeros): read the file again without direct */
    CELL_OUT_OF_RANGE /* a direct column met a number that no double holds */
};

int cells_init(struct cells *cells, bool may_go_direct, const struct tokens *tokens, struct error *error);
void cells_free(struct cells *cells);
/* Frees the texts, keeps the codes. */
void cells_drop_texts(struct cells *cells);
/* Adds `rows` cells: cells[0], cells[stride], cells[2·stride], … On failure *added is the number of cells before the one at
 * fault. Many at a time, so that the dictionary of one column stays in the cache. */
enum cell_status cells_add(struct cells *cells, const struct cell *cell, size_t stride, size_t rows, size_t *added);
uint32_t cells_code(const struct cells *cells, size_t row); /* not for direct columns */

/* Text of a code; short texts are copied into `scratch`. */
const char *cells_text(const struct cells *cells, uint32_t code, char scratch[9], size_t *length);
/* counts[code] = number of cells; counts has n_texts elements. */
void cells_count(const struct cells *cells, size_t *counts);
/* First row (0-based) with this code, or `rows`. */
size_t cells_first_row(const struct cells *cells, uint32_t code);

/* Position of the token that equals the text without surrounding blanks, or tokens->count. */
size_t tokens_find(const struct tokens *tokens, const char *text, size_t length);

#endif
