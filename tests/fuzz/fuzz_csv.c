/* Fuzz target: any bytes as a CSV file.
 *
 * 1. Splitting, fed in pieces, gives the rows that libcsv (strict, no trimming) gives for the whole, and fails where it fails.
 * 2. What can be read as train can be written, and reads back as the same table with the same schema.
 *
 *     clang -g -O1 -fsanitize=fuzzer,address,undefined -std=c11 -D_GNU_SOURCE -I. tests/fuzz/fuzz_csv.c \
 *         $(ls datasets/[a-z]*.c core/[a-z]*.c | grep -v simulate) numeric/sort.c \
 *         -lcsv -lcjson -lsodium -lz -lm -lpthread -o fuzz_csv && ./fuzz_csv
 *
 * With -DFUZZ_REPLAY it has a main that replays the files given as arguments; tests/unit/test_csv_fuzz.c replays nasty snippets
 * and mutations of them in every test run. */
/* libcsv has a csv_write of its own. */
#define csv_write libcsv_write
#include <csv.h>
#undef csv_write
#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/strbuf.h"
#include "datasets/csv.h"
#include "datasets/csv_split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A breach must not be overlooked by any caller. */
#define REQUIRE(condition)                                                                                                     \
    do {                                                                                                                       \
        if (!(condition)) {                                                                                                    \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                                    \
            __builtin_trap();                                                                                                  \
        }                                                                                                                      \
    } while (0)

/* Rows as text: each cell as "length:text", each row ended by a line end. `complete` is the length up to the last whole row. */
struct rows {
    struct strbuf text;
    size_t complete;
};

static void add_cell(struct rows *rows, const void *text, size_t length)
{
    strbuf_addf(&rows->text, "%zu:", length);
    strbuf_add(&rows->text, text ? text : "", length);
}

static void end_row(struct rows *rows)
{
    strbuf_addc(&rows->text, '\n');
    rows->complete = rows->text.length;
}

static void oracle_cell(void *text, size_t length, void *context)
{
    add_cell(context, text, length);
}

static void oracle_row(int terminator, void *context)
{
    (void)terminator;
    end_row(context);
}

static int never(unsigned char c)
{
    (void)c;
    return 0;
}

static bool split_by_oracle(const uint8_t *data, size_t size, char delimiter, struct rows *rows)
{
    struct csv_parser parser;
    REQUIRE(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) == 0);
    csv_set_delim(&parser, (unsigned char)delimiter);
    csv_set_space_func(&parser, never);
    bool fine = csv_parse(&parser, data, size, oracle_cell, oracle_row, rows) == size && csv_error(&parser) == CSV_SUCCESS;
    fine = fine && csv_fini(&parser, oracle_cell, oracle_row, rows) == 0;
    csv_free(&parser);
    return fine;
}

static int take_row(void *context, const struct cell *cells, size_t count, struct error *error)
{
    (void)error;
    for (size_t i = 0; i < count; i++)
        add_cell(context, cells[i].text, cells[i].length);
    end_row(context);
    return 0;
}

/* Hands the text out in pieces of `piece` bytes, as a file would come. */
static bool split_by_us(const uint8_t *data, size_t size, char delimiter, size_t piece, struct rows *rows)
{
    struct csv_splitter splitter;
    char *buffer = malloc(size + 16);
    REQUIRE(buffer && csv_splitter_init(&splitter, delimiter, NULL) == 0);
    size_t given = 0, length = 0, used = 0;
    int code = 0;
    do {
        size_t more = size - given < piece ? size - given : piece;
        memcpy(buffer + length, data + given, more);
        given += more;
        length += more;
        code = csv_split(&splitter, buffer, length, given == size, take_row, rows, &used, NULL);
        if (code)
            break;
        length -= used;
        memmove(buffer, buffer + used, length);
    } while (given < size);
    csv_splitter_free(&splitter);
    free(buffer);
    return code == 0;
}

static void check_split(const uint8_t *data, size_t size)
{
    char delimiter = csv_delimiter((const char *)data, size);
    struct rows expected = {.text = STRBUF_INIT};
    bool fine = split_by_oracle(data, size, delimiter, &expected);
    static const size_t pieces[] = {1, 3, 7, 64, SIZE_MAX};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct rows rows = {.text = STRBUF_INIT};
        REQUIRE(split_by_us(data, size, delimiter, pieces[i], &rows) == fine);
        REQUIRE(rows.complete == expected.complete);
        REQUIRE(memcmp(strbuf_text(&rows.text), strbuf_text(&expected.text), rows.complete) == 0);
        strbuf_free(&rows.text);
    }
    strbuf_free(&expected.text);
}

static bool same_cell(const struct table *a, const struct table *b, size_t column, size_t row)
{
    if (!a->columns[column].number)
        return a->columns[column].code[row] == b->columns[column].code[row];
    double x = a->columns[column].number[row], y = b->columns[column].number[row];
    if (a->schema->columns[column].type == COLUMN_DATETIME) {
        /* Written to the microsecond, or the format's last unit; dates with an offset may leave the years 1 to 9999. */
        return isnan(x) == isnan(y) ? isnan(x) || fabs(x - y) < 1.0 / 1440 : x < -719100 || x > 2932000;
    }
    return x == y || (isnan(x) && isnan(y));
}

static void check_round_trip(const char *path)
{
    struct error error = {0};
    struct schema *schema;
    struct table *table, *again;
    if (csv_read_train(path, NULL, &schema, &table, NULL, &error)) {
        REQUIRE(error.code != 0 && error.message[0] != '\0' && !schema && !table);
        return;
    }
    REQUIRE(table->rows > 0 && table->n_columns == schema->n_columns);
    char copy[] = "/tmp/assay-fuzz-XXXXXX";
    int descriptor = mkstemp(copy);
    REQUIRE(descriptor >= 0);
    close(descriptor);
    REQUIRE(csv_write(table, copy, &error) == 0);
    if (csv_read(copy, "copy", schema, &again, NULL, &error)) {
        fprintf(stderr, "%s\n", error.message);
        REQUIRE(false);
    }
    unlink(copy);
    REQUIRE(again->rows == table->rows);
    for (size_t column = 0; column < table->n_columns; column++)
        for (size_t row = 0; row < table->rows; row++)
            REQUIRE(same_cell(table, again, column, row));
    table_free(again);
    table_free(table);
    schema_free(schema);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_split(data, size);
    int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    REQUIRE(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    check_round_trip(path);
    close(descriptor);
    return 0;
}

#ifdef FUZZ_REPLAY
int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        static uint8_t data[1 << 20];
        FILE *file = fopen(argv[i], "rb");
        if (!file) {
            perror(argv[i]);
            return 1;
        }
        LLVMFuzzerTestOneInput(data, fread(data, 1, sizeof data, file));
        fclose(file);
    }
    return 0;
}
#endif
