#include "datasets/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/strbuf.h"
#include "datasets/datetime.h"
#include "datasets/number.h"

enum { FLUSH = 1 << 16 };

/* Quotes only where needed: around any of `special`. */
static void add_text(struct strbuf *out, const char *text, const char *special)
{
    if (!strpbrk(text, special)) {
        strbuf_adds(out, text);
        return;
    }
    strbuf_addc(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            strbuf_addc(out, '"');
        strbuf_addc(out, *text);
    }
    strbuf_addc(out, '"');
}

static void add_value(struct strbuf *out, const struct table *table, size_t column, size_t row)
{
    const struct column_schema *schema = &table->schema->columns[column];
    if (table_missing(table, column, row)) {
        /* A blank line would be skipped by readers. */
        if (table->n_columns == 1)
            strbuf_adds(out, "\"\"");
        return;
    }
    char text[40];
    if (!table->columns[column].number) {
        add_text(out, schema->levels[table->columns[column].code[row]], ",\"\r\n");
        return;
    }
    double value = table->columns[column].number[row];
    size_t length = schema->type == COLUMN_DATETIME ? datetime_write(value, schema->format, text)
                                                    : number_format(value, schema->decimals, text);
    strbuf_add(out, text, length);
}

static bool write_all(int descriptor, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t count = write(descriptor, text, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        text += count;
        length -= (size_t)count;
    }
    return true;
}

static int fail_to_write(const char *path, struct error *error)
{
    return error_set(error, ERROR_INPUT, "cannot write '%s': %s", path, strerror(errno));
}

static int write_rows(const struct table *table, int descriptor, const char *path, struct error *error)
{
    struct strbuf out = STRBUF_INIT;
    int code = 0;
    for (size_t i = 0; i < table->n_columns; i++) {
        if (i > 0)
            strbuf_addc(&out, ',');
        /* By the first row a reader recognises the delimiter, a byte order mark (EF BB BF) and a zip archive (PK 03 04), a
         * parquet file (PAR1 15). */
        add_text(&out, table->schema->columns[i].name, ",;\t|\"\r\n\3\x15\xEF");
    }
    strbuf_addc(&out, '\n');
    for (size_t row = 0; row <= table->rows && !code; row++) {
        if (row == table->rows || out.length > FLUSH) {
            if (out.failed)
                code = error_memory(error);
            else if (!write_all(descriptor, strbuf_text(&out), out.length))
                code = fail_to_write(path, error);
            strbuf_reset(&out);
        }
        for (size_t i = 0; i < table->n_columns && row < table->rows; i++) {
            if (i > 0)
                strbuf_addc(&out, ',');
            add_value(&out, table, i, row);
        }
        if (row < table->rows)
            strbuf_addc(&out, '\n');
    }
    strbuf_free(&out);
    return code;
}

/* A device or pipe cannot be replaced by a file; it is written to. */
static int write_through(const struct table *table, const char *path, struct error *error)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0)
        return fail_to_write(path, error);
    int code = write_rows(table, descriptor, path, error);
    if (close(descriptor) != 0 && !code)
        code = fail_to_write(path, error);
    return code;
}

static int write_sibling(const struct table *table, const char *path, const char *sibling, struct error *error)
{
    int descriptor = open(sibling, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return fail_to_write(path, error);
    int code = write_rows(table, descriptor, path, error);
    if (close(descriptor) != 0 && !code)
        code = fail_to_write(path, error);
    if (!code && rename(sibling, path) != 0)
        code = fail_to_write(path, error);
    if (code)
        unlink(sibling);
    return code;
}

int csv_write(const struct table *table, const char *path, struct error *error)
{
    if (strcmp(path, "-") == 0)
        return write_rows(table, STDOUT_FILENO, "stdout", error);
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return write_through(table, path, error);
    struct strbuf sibling = STRBUF_INIT;
    strbuf_addf(&sibling, "%s.%ld.tmp", path, (long)getpid());
    int code = sibling.failed ? error_memory(error) : write_sibling(table, path, sibling.text, error);
    strbuf_free(&sibling);
    return code;
}
