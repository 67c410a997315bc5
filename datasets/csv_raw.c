#include "datasets/csv_raw.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/mask.h"
#include "datasets/csv_source.h"
#include "datasets/csv_split.h"
#include "datasets/number.h"

struct reading {
    struct raw_table *raw;
    raw_plan *plan;
    void *context;
    struct csv_splitter splitter;
    size_t text_column;
    struct cell *batch; /* rows that wait to be added column by column */
    size_t batch_rows, batch_capacity;
};

enum { BATCH_CELLS = 2048 }; /* 32 KB: they and one column's dictionary fit the first-level cache */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static int compare_names(const void *a, const void *b)
{
    const struct raw_column *const *left = a, *const *right = b;
    int order = strcmp((*left)->name, (*right)->name);
    return order ? order : (*left < *right ? -1 : 1);
}

/* Where the header is missing, the first row's numbers become names, and some of them are alike. */
static bool looks_like_cell(const char *name)
{
    struct number number;
    return number_parse(name, strlen(name), &number) != NUMBER_NONE;
}

static int check_unique(const struct raw_table *raw, struct error *error)
{
    const struct raw_column **sorted = malloc(raw->n_columns * sizeof(*sorted));
    if (!sorted)
        return error_memory(error);
    for (size_t i = 0; i < raw->n_columns; i++)
        sorted[i] = &raw->columns[i];
    qsort(sorted, raw->n_columns, sizeof *sorted, compare_names);
    int code = 0;
    for (size_t i = 1; i < raw->n_columns && !code; i++)
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
            code = error_set(error, ERROR_INPUT, "row 1: columns %zu and %zu are both called '%s': rename one of them%s",
                             (size_t)(sorted[i - 1] - raw->columns) + 1, (size_t)(sorted[i] - raw->columns) + 1,
                             sorted[i]->name, looks_like_cell(sorted[i]->name) ? ", or add the header if there is none" : "");
    free(sorted);
    return code;
}

static int take_header(struct reading *reading, const struct cell *cells, size_t count, struct error *error)
{
    struct raw_table *raw = reading->raw;
    raw->n_columns = count;
    raw->columns = ARENA_ARRAY(raw->arena, struct raw_column, count);
    const char **names = ARENA_ARRAY(raw->arena, const char *, count);
    if (!raw->columns || !names)
        return error_memory(error);
    for (size_t i = 0; i < count; i++) {
        const char *text = cells[i].text;
        size_t length = cells[i].length;
        for (; length > 0 && is_blank(*text); length--)
            text++;
        while (length > 0 && is_blank(text[length - 1]))
            length--;
        if (length == 0)
            return error_set(error, ERROR_INPUT,
                             "row 1, column %zu: the column has no name: give it one, or leave the column out (a row index is "
                             "written by pandas unless index=False)",
                             i + 1);
        raw->columns[i].name = names[i] = arena_copy(raw->arena, text, length);
        if (!names[i])
            return error_memory(error);
    }
    reading->batch_capacity = BATCH_CELLS / (count + 1) + 1;
    reading->batch = ARENA_ARRAY(raw->arena, struct cell, reading->batch_capacity * count);
    if (!reading->batch)
        return error_memory(error);
    reading->splitter.names = names;
    reading->splitter.n_names = count;
    int code = check_unique(raw, error);
    return code ? code : reading->plan(reading->context, raw, error);
}

static int cell_failure(struct reading *reading, size_t column, const struct cell *cell, enum cell_status status,
                        struct error *error)
{
    struct raw_table *raw = reading->raw;
    if (status == CELL_NO_MEMORY)
        return error_memory(error);
    if (status == CELL_TEXT) {
        reading->text_column = column;
        return ERROR_INPUT;
    }
    return error_set(
        error, ERROR_INPUT,
        "row %zu, column '%s': a number of the form '%s' is out of range: write a number below 1.8e308 or leave the cell "
        "empty",
        raw->columns[column].cells.rows + 2, raw->columns[column].name, mask_of(cell->text, cell->length).text);
}

static int add_batch(struct reading *reading, struct error *error)
{
    struct raw_table *raw = reading->raw;
    for (size_t i = 0; i < raw->n_columns && reading->batch_rows > 0; i++) {
        struct raw_column *column = &raw->columns[i];
        if (!column->kept)
            continue;
        size_t added, stride = raw->n_columns;
        enum cell_status status = cells_add(&column->cells, reading->batch + i, stride, reading->batch_rows, &added);
        if (status != CELL_OK)
            return cell_failure(reading, i, reading->batch + i + added * stride, status, error);
    }
    raw->rows += reading->batch_rows;
    reading->batch_rows = 0;
    return 0;
}

static int take_row(void *context, const struct cell *cells, size_t count, struct error *error)
{
    struct reading *reading = context;
    struct raw_table *raw = reading->raw;
    if (!raw->columns)
        return take_header(reading, cells, count, error);
    if (count != raw->n_columns)
        return error_set(error, ERROR_INPUT,
                         "row %zu has %zu cell%s, the header has %zu: give every row one cell a column, and put cells that "
                         "hold the delimiter '%s' in quotes",
                         reading->splitter.rows, count, count == 1 ? "" : "s", raw->n_columns,
                         raw->delimiter == '\t' ? "tab" : (char[]){raw->delimiter, '\0'});
    memcpy(reading->batch + reading->batch_rows++ * count, cells, count * sizeof *cells);
    if (reading->batch_rows < reading->batch_capacity && !reading->splitter.borrowed)
        return 0;
    return add_batch(reading, error);
}

static int ignore_row(void *context, const struct cell *cells, size_t count, struct error *error)
{
    (void)context;
    (void)cells;
    (void)count;
    (void)error;
    return 0;
}

/* The text stops before a byte that no CSV file may hold; the cells of the row so far tell the column. */
static int fault_error(struct reading *reading, struct csv_source *source, struct error *error)
{
    struct csv_splitter *splitter = &reading->splitter;
    size_t used, row = splitter->rows + 1;
    size_t length = source->end - source->start;
    splitter->count = 0;
    if (length > 0)
        csv_split(splitter, source->buffer + source->start, length, true, ignore_row, NULL, &used, NULL);
    size_t column = splitter->count > 0 && length > 0 ? splitter->count - 1 : 0;
    if (source->fault == FAULT_NUL)
        error_set(error, ERROR_INPUT, "a NUL byte: the file is damaged or not text, write it as UTF-8 without NUL");
    else
        error_set(error, ERROR_INPUT,
                  "byte 0x%02X is not valid UTF-8: convert the file, for example with iconv -f LATIN1 -t UTF-8",
                  source->fault_byte);
    if (column < splitter->n_names)
        return error_context(error, "row %zu, column '%s'", row, splitter->names[column]);
    return error_context(error, "row %zu, column %zu", row, column + 1);
}

static int read_all(struct reading *reading, struct csv_source *source, struct error *error)
{
    for (;;) {
        size_t used;
        bool last = source->finished && !source->fault;
        int code = csv_split(&reading->splitter, source->buffer + source->start, source->end - source->start, last, take_row,
                             reading, &used, error);
        /* The text moves with the next block. */
        if (!code)
            code = add_batch(reading, error);
        if (code)
            return code;
        source->start += used;
        if (source->fault)
            return fault_error(reading, source, error);
        if (source->finished)
            break;
        code = csv_source_fill(source, error);
        if (code)
            return code;
    }
    if (!reading->raw->columns)
        return error_set(error, ERROR_INPUT, "there is no header: a header and at least one row are needed");
    if (reading->raw->rows == 0)
        return error_set(error, ERROR_INPUT, "there is a header but no row: at least one row is needed");
    return 0;
}

int raw_read(const char *path, raw_plan *plan, void *context, struct raw_table *raw, size_t *text_column, struct error *error)
{
    *raw = (struct raw_table){.path = path};
    *text_column = SIZE_MAX;
    struct csv_source source;
    int code = csv_source_open(&source, path, error);
    if (code)
        return code;
    struct reading reading = {.raw = raw, .plan = plan, .context = context, .text_column = SIZE_MAX};
    raw->regular = source.regular;
    raw->delimiter = csv_delimiter(source.buffer + source.start, source.end - source.start);
    raw->arena = arena_new();
    code = raw->arena ? csv_splitter_init(&reading.splitter, raw->delimiter, error) : error_memory(error);
    if (!code)
        code = read_all(&reading, &source, error);
    if (!code)
        csv_source_sha256(&source, raw->sha256);
    raw->bytes = source.bytes;
    csv_source_close(&source);
    csv_splitter_free(&reading.splitter);
    if (!code)
        return 0;
    raw_free(raw);
    *text_column = reading.text_column;
    return reading.text_column != SIZE_MAX ? 0 : error_context(error, "'%s'", path);
}

void raw_free(struct raw_table *raw)
{
    for (size_t i = 0; raw->columns && i < raw->n_columns; i++)
        cells_free(&raw->columns[i].cells);
    arena_free(raw->arena);
    *raw = (struct raw_table){0};
}

int raw_place(const struct raw_table *raw, size_t column, size_t row, struct error *error)
{
    return error_context(error, "'%s': row %zu, column '%s'", raw->path, row + 2, raw->columns[column].name);
}

size_t raw_find(const struct raw_table *raw, const char *name)
{
    size_t i = 0;
    while (i < raw->n_columns && strcmp(raw->columns[i].name, name) != 0)
        i++;
    return i < raw->n_columns ? i : SIZE_MAX;
}
