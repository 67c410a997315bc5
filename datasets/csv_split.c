#include "datasets/csv_split.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CELLS = 64, LONGEST_ROW = 64 << 20 };

int csv_splitter_init(struct csv_splitter *splitter, char delimiter, struct error *error)
{
    *splitter = (struct csv_splitter){.delimiter = delimiter, .capacity = FIRST_CELLS};
    splitter->stops[(unsigned char)delimiter] = 1;
    splitter->stops['\n'] = splitter->stops['\r'] = splitter->stops['"'] = 1;
    splitter->cells = malloc(splitter->capacity * sizeof *splitter->cells);
    return splitter->cells ? 0 : error_memory(error);
}

void csv_splitter_free(struct csv_splitter *splitter)
{
    free(splitter->cells);
    free(splitter->scratch);
    *splitter = (struct csv_splitter){0};
}

static bool add_cell(struct csv_splitter *splitter, const char *text, size_t length)
{
    if (splitter->count == splitter->capacity) {
        size_t capacity = 2 * splitter->capacity + FIRST_CELLS;
        struct cell *cells = realloc(splitter->cells, capacity * sizeof *cells);
        if (!cells)
            return false;
        splitter->cells = cells;
        splitter->capacity = capacity;
    }
    splitter->cells[splitter->count++] = (struct cell){text, length};
    return true;
}

/* What the plain scan of one row came to. */
enum scan { SCAN_ROW, SCAN_UNFINISHED, SCAN_QUOTES, SCAN_NO_MEMORY };

/* Splits the row at *at; text behind `end` starts with a line end as a sentinel. On SCAN_ROW *at is the row's terminator or
 * `end`. */
static enum scan scan_row(struct csv_splitter *splitter, const char **at, const char *end, bool last)
{
    const char *p = *at, *start;
    splitter->count = 0;
    for (;;) {
        start = p;
        size_t length;
        if (*p == '"' && p < end) {
            const char *close = memchr(p + 1, '"', (size_t)(end - p - 1));
            /* At the end of the text a further quote may follow: "a""b". */
            if (!close || (close + 1 == end && !last) || !splitter->stops[(unsigned char)close[1]] || close[1] == '"')
                return SCAN_QUOTES;
            start = p + 1;
            length = (size_t)(close - start);
            p = close + 1;
        } else {
            while (!splitter->stops[(unsigned char)*p])
                p++;
            if (*p == '"' && p < end)
                return SCAN_QUOTES;
            length = (size_t)(p - start);
        }
        if (p == end && !last)
            return SCAN_UNFINISHED;
        if (!add_cell(splitter, start, length))
            return SCAN_NO_MEMORY;
        if (p == end || *p != splitter->delimiter)
            break;
        p++;
    }
    *at = p;
    return SCAN_ROW;
}

/* Where the record with quotes that starts at `start` ends, or NULL when it does not end within the text. In a well-formed
 * record every quote opens or closes (a doubled one does both), so that a line end outside quotes is the end. */
static const char *record_end(struct csv_splitter *splitter, const char *start, const char *end)
{
    const char *p = start + splitter->scanned;
    bool quoted = splitter->quoted;
    for (; p < end; p++) {
        if (*p == '"')
            quoted = !quoted;
        else if (!quoted && (*p == '\n' || *p == '\r'))
            break;
    }
    splitter->scanned = p < end ? 0 : (size_t)(p - start);
    splitter->quoted = p < end ? false : quoted;
    return p < end ? p : NULL;
}

static int never_blank(unsigned char c)
{
    (void)c;
    return 0;
}

/* libcsv's cells live in its own buffer only during the call, so they are copied one behind the other into scratch, which is
 * as large as the record. */
static void copy_cell(void *text, size_t length, void *context)
{
    struct csv_splitter *splitter = context;
    if (!add_cell(splitter, splitter->scratch + splitter->scratch_length, length))
        splitter->short_of_memory = true;
    if (length > 0)
        memcpy(splitter->scratch + splitter->scratch_length, text, length);
    splitter->scratch_length += length;
}

/* "row 7, column 'age'" of the cell that comes next. */
static void name_place(const struct csv_splitter *splitter, struct error *error)
{
    if (splitter->count < splitter->n_names)
        error_context(error, "row %zu, column '%s'", splitter->rows + 1, splitter->names[splitter->count]);
    else
        error_context(error, "row %zu, column %zu", splitter->rows + 1, splitter->count + 1);
}

static int split_by_libcsv(struct csv_splitter *splitter, const char *start, const char *end, struct error *error)
{
    size_t length = (size_t)(end - start);
    if (splitter->scratch_capacity < length + CELL_PADDING) {
        char *scratch = realloc(splitter->scratch, 2 * length + CELL_PADDING);
        if (!scratch)
            return error_memory(error);
        splitter->scratch = scratch;
        splitter->scratch_capacity = 2 * length + CELL_PADDING;
    }
    splitter->scratch_length = 0;
    splitter->count = 0;
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI))
        return error_memory(error);
    csv_set_delim(&parser, (unsigned char)splitter->delimiter);
    csv_set_space_func(&parser, never_blank);
    int code = 0, failed = 0;
    if (csv_parse(&parser, start, length, copy_cell, NULL, splitter) != length)
        failed = csv_error(&parser);
    bool inside = !failed && csv_fini(&parser, copy_cell, NULL, splitter) != 0;
    csv_free(&parser);
    if (failed == CSV_EPARSE || inside) {
        code = error_set(error, ERROR_INPUT, "%s",
                         inside ? "the quote that opens this cell is never closed: add the closing quote"
                                : "a quote inside an unquoted cell, or text behind a closing quote: put the whole cell in "
                                  "quotes and double the quotes in it");
        name_place(splitter, error);
    } else if (failed || splitter->short_of_memory) {
        code = error_memory(error);
    }
    return code;
}

/* The row with quotes at *at. *done is false when more text is needed. */
static int split_quoted(struct csv_splitter *splitter, const char **at, const char *end, bool last, bool *done,
                        struct error *error)
{
    const char *stop = record_end(splitter, *at, end);
    *done = stop || last;
    if (!*done)
        return 0;
    splitter->scanned = 0;
    splitter->quoted = false;
    stop = stop ? stop : end;
    int code = split_by_libcsv(splitter, *at, stop, error);
    *at = stop;
    return code;
}

int csv_split(struct csv_splitter *splitter, char *text, size_t length, bool last, csv_row *row, void *context, size_t *used,
              struct error *error)
{
    const char *at = text, *end = text + length;
    text[length] = '\n';
    int code = 0;
    for (;;) {
        while (at < end && (*at == '\n' || *at == '\r'))
            at++;
        *used = (size_t)(at - text);
        if (at == end)
            break;
        enum scan scan = splitter->scanned ? SCAN_QUOTES : scan_row(splitter, &at, end, last);
        bool done = scan != SCAN_UNFINISHED;
        if (scan == SCAN_NO_MEMORY)
            code = error_memory(error);
        else if (scan == SCAN_QUOTES)
            code = split_quoted(splitter, &at, end, last, &done, error);
        splitter->borrowed = scan == SCAN_QUOTES;
        if (!code && !done && end - at > LONGEST_ROW)
            code = error_set(error, ERROR_INPUT,
                             "row %zu is longer than 64 MiB: a quote in it is never closed, or the file is no CSV",
                             splitter->rows + 1);
        if (code || !done)
            break;
        splitter->rows++;
        code = row(context, splitter->cells, splitter->count, error);
        if (code)
            break;
    }
    return code;
}

/* Counts of one candidate delimiter over the sample. */
struct tally {
    size_t first, rows, alike;
};

static struct tally tally_rows(const char *text, size_t length, char delimiter)
{
    enum { ROWS = 100 };
    struct tally tally = {0};
    size_t cells = 1;
    bool quoted = false, blank = true;
    for (size_t i = 0; i < length && tally.rows < ROWS; i++) {
        char c = text[i];
        if (c == '"')
            quoted = !quoted;
        if (quoted || (c != '\n' && c != '\r')) {
            cells += !quoted && c == delimiter;
            blank = false;
            continue;
        }
        if (!blank) {
            if (tally.rows++ == 0)
                tally.first = cells;
            tally.alike += cells == tally.first;
        }
        cells = 1;
        blank = true;
    }
    if (tally.rows == 0) {
        tally.first = cells;
        tally.rows = tally.alike = 1;
    }
    return tally;
}

char csv_delimiter(const char *text, size_t length)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    char best = ',';
    struct tally chosen = {0};
    for (size_t i = 0; i < sizeof candidates; i++) {
        struct tally tally = tally_rows(text, length, candidates[i]);
        if (tally.first < 2)
            continue;
        size_t left = tally.alike * chosen.rows, right = chosen.alike * tally.rows;
        if (chosen.first == 0 || left > right || (left == right && tally.first > chosen.first)) {
            chosen = tally;
            best = candidates[i];
        }
    }
    return best;
}
