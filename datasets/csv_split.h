/* Splits CSV text into records and cells (RFC 4180 with any of , ; tab | between cells; LF, CRLF or CR between rows; blank
 * lines skipped; blanks are part of a cell).
 *
 * Rows without quotes, and quoted cells without quotes inside, are split by a plain scan; every other row goes to libcsv in
 * strict mode, which refuses a quote inside an unquoted cell, text behind a closing quote and an unclosed quote. The result is
 * what libcsv (strict, no space trimming) gives for the whole text; a differential test checks that. */
#ifndef ASSAY_DATASETS_CSV_SPLIT_H
#define ASSAY_DATASETS_CSV_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "datasets/cells.h"

/* One row. Returns 0 or an error code with its message set. CELL_PADDING bytes behind each cell are
 * readable. The array is valid during the call, the texts as long as the text that is split, unless splitter->borrowed. */
typedef int csv_row(void *context, const struct cell *cells, size_t count, struct error *error);

struct csv_splitter {
    char delimiter;
    unsigned char stops[256]; /* 1: a character that ends an unquoted scan */
    struct cell *cells;
    size_t count, capacity; /* cells of the row at hand */
    char *scratch;          /* cells that libcsv unquoted */
    size_t scratch_length, scratch_capacity;
    bool borrowed; /* the row at hand lives in scratch: its texts are gone with the next row */
    bool short_of_memory;
    const char *const *names; /* of the columns, for messages; NULL before the header is read */
    size_t n_names;
    size_t rows;    /* records handed out */
    size_t scanned; /* of an unfinished record with quotes: bytes already looked at … */
    bool quoted;    /* … and whether they end inside quotes */
};

int csv_splitter_init(struct csv_splitter *splitter, char delimiter, struct error *error);
void csv_splitter_free(struct csv_splitter *splitter);

/* Hands out the complete rows of text[0 … length), all of them when `last`; *used is where the unfinished one starts. 16 bytes
 * behind the text must be writable. */
int csv_split(struct csv_splitter *splitter, char *text, size_t length, bool last, csv_row *row, void *context, size_t *used,
              struct error *error);

/* The delimiter of a text's first rows: of , ; tab | the one that cuts most rows into as many cells as the first, more cells
 * first where several do; comma when none cuts. */
char csv_delimiter(const char *text, size_t length);

#endif
