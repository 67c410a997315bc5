/* Reading CSV: forms of text, bad input with its message, gzip, large files. */
#include <criterion/criterion.h>
#include <math.h>
#include <sys/stat.h>
#include <zlib.h>

#include "core/hash.h"
#include "tests/unit/csv_fixture.h"

Test(csv, forms)
{
    static const struct {
        const char *text, *dump;
    } cases[] = {
        {"a,b\n1.5,x\n2.5,y\n", "a|b\n1.5|x\n2.5|y"},
        {"a,b\r\n1.5,x\r\n\r\n2.5,y", "a|b\n1.5|x\n2.5|y"},
        {"a;b\r1.5;x\r2.5;y\r", "a|b\n1.5|x\n2.5|y"},
        {"a\tb\n1.5\tx,y\n2.5\ty\n", "a|b\n1.5|x,y\n2.5|y"},
        {"a|b\n1.5|x\n2.5|y\n", "a|b\n1.5|x\n2.5|y"},
        {"\xEF\xBB\xBF"
         "a,b\n1.5,x\n",
         "a|b\n1.5|x"},
        {"\xEF\xBB\xBF\"a\",b\n1.5,x\n", "a|b\n1.5|x"},
        {" a ,\"b c\"\n1.5,x\n", "a|b c\n1.5|x"},
        {"a\n1.5\n\n\"\"\n2.5\n", "a\n1.5\n~\n2.5"},
        {"a,b\n1.5,\"x, \"\"y\"\"\nz\"\n", "a|b\n1.5|x, \"y\"\nz"},
        {"a,b\n\"1.5\",\"\"\n\"2.5\",\"q\"\n", "a|b\n1.5|~\n2.5|q"},
        {"a,b\n 1.5 , x \n2.5,x\n", "a|b\n1.5| x \n2.5|x"},
        {"n\xC3\xA4me \xF0\x9F\x98\x80,x-y,\"say \"\"hi\"\"\"\n1.5,\xE2\x82\xAC,q\n",
         "n\xC3\xA4me \xF0\x9F\x98\x80|x-y|say \"hi\"\n1.5|\xE2\x82\xAC|q"},
        {"a,b\nNA,x\n?,\n1.5,-\n", "a|b\n~|x\n~|~\n1.5|~"},
        {"a,b\n1.5,N\nN,Y\n2.5,N\n", "a|b\n1.5|N\n~|Y\n2.5|N"},
        /* Semicolons in the cells of a comma file, and the reverse: the header decides. */
        {"a,b\nx;y;z,1.5\nx;y;z,2.5\n", "a|b\nx;y;z|1.5\nx;y;z|2.5"},
        {"a;b\nx,y,z;1.5\nx,y,z;2.5\n", "a|b\nx,y,z|1.5\nx,y,z|2.5"},
        {"\"a;b\"\nx\ny\n", "a;b\nx\ny"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct loaded loaded = load(cases[i].text);
        cr_expect_eq(loaded.code, 0, "case %zu: %s", i, loaded.error.message);
        if (loaded.code)
            continue;
        struct strbuf text = dump(loaded.table);
        cr_expect_str_eq(strbuf_text(&text), cases[i].dump, "case %zu", i);
        strbuf_free(&text);
        unload(&loaded);
    }
}

/* The message must name row and column; %s stands for the path. */
Test(csv, bad_input)
{
    static const struct {
        const char *text;
        size_t length; /* 0: strlen */
        const char *message;
    } cases[] = {
        {"", 0, "is empty: a header and at least one row are needed"},
        {"\n\n", 0, "there is no header"},
        {"\xEF\xBB\xBF", 0, "there is no header"},
        {"a,b\n", 0, "there is a header but no row"},
        {"a,b\n1,2\n3\n4,5\n", 0, "row 3 has 1 cell, the header has 2"},
        {"a,b\n1,2\n3,4,5\n", 0, "row 3 has 3 cells, the header has 2"},
        {"a,b,a\n1,2,3\n", 0, "row 1: columns 1 and 3 are both called 'a'"},
        {"7,0,a,0\n1,2,b,4\n", 0,
         "columns 2 and 4 are both called '0': rename one of them, or add the header if there is none"},
        {"a,a \n1,2\n", 0, "row 1: columns 1 and 2 are both called 'a'"},
        {",a\n0,1\n", 0, "row 1, column 1: the column has no name"},
        {"a,\" \"\n0,1\n", 0, "row 1, column 2: the column has no name"},
        {"a,b\n1,2\n3,x\0y\n", 14, "row 3, column 'b': a NUL byte"},
        {"a\0,b\n1,2\n", 9, "row 1, column 1: a NUL byte"},
        {"a,b\n1,2\nx,\xE9t\xE9\n", 0, "row 3, column 'b': byte 0xE9 is not valid UTF-8"},
        {"a,\xE9\n1,2\n", 0, "row 1, column 2: byte 0xE9 is not valid UTF-8"},
        {"a,b\n1,\xC3", 0, "row 2, column 'b': byte 0xC3 is not valid UTF-8"},
        {"a,b\n\xED\xA0\x80,1\n", 0, "row 2, column 'a': byte 0xED is not valid UTF-8"},
        {"a,b\n1,2\n3,1e999\n", 0,
         "row 3, column 'b': a cell of the form '9x999' is a number out of range, beyond 1e150 or -1e150"},
        {"a,b\n1e999,2\n", 0, "row 2, column 'a': a cell of the form '9x999' is a number out of range"},
        {"a,b\n1,2\ninf,3\n4,4\n", 0, "row 3, column 'a': a cell of the form 'xxx' is not a finite number"},
        {"a,b\n1,\"2\n3,4\n", 0, "row 2, column 'b': the quote that opens this cell is never closed"},
        {"\"a,b\n1,2\n", 0, "row 1, column 1: the quote that opens this cell is never closed"},
        {"a,b\n1,5\" pipe\n", 0, "row 2, column 'b': a quote inside an unquoted cell"},
        {"a,b\n\"x\"y,1\n", 0, "row 2, column 'a': a quote inside an unquoted cell, or text behind a closing quote"},
        {"\xFF\xFE"
         "a\0\n\0",
         6, "is UTF-16 text"},
        {"PK\x03\x04....", 0, "is a zip archive or a spreadsheet"},
        {"PAR1\x15....", 0, "is a parquet file"},
        {"\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03", 10, "in the middle of its gzip data"},
        {"\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03\xFF\xFF\xFF\xFF\xFF\xFF", 16, "the gzip data of"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct loaded loaded = load_bytes(cases[i].text, cases[i].length ? cases[i].length : strlen(cases[i].text));
        cr_expect_eq(loaded.code, ERROR_INPUT, "case %zu", i);
        cr_expect(strstr(loaded.error.message, cases[i].message), "case %zu: %s", i, loaded.error.message);
        cr_expect(strstr(loaded.error.message, "'/tmp/assay-test-"), "case %zu names the file: %s", i, loaded.error.message);
        cr_expect_null(loaded.schema);
        cr_expect_null(loaded.table);
    }
}

Test(csv, files_that_are_none)
{
    struct schema *schema;
    struct table *table;
    struct error error = {0};
    cr_expect_eq(csv_read_train("/tmp", NULL, &schema, &table, NULL, &error), ERROR_INPUT);
    cr_expect(strstr(error.message, "'/tmp' is a directory"), "%s", error.message);
    cr_expect_eq(csv_read_train("/tmp/assay-no-such-file", NULL, &schema, &table, NULL, &error), ERROR_INPUT);
    cr_expect(strstr(error.message, "cannot open '/tmp/assay-no-such-file': No such file"), "%s", error.message);
    struct text_file file = text_file_new("a\n1\n");
    chmod(file.path, 0);
    if (geteuid() != 0) {
        cr_expect_eq(csv_read_train(file.path, NULL, &schema, &table, NULL, &error), ERROR_INPUT);
        cr_expect(strstr(error.message, "Permission denied"), "%s", error.message);
    }
    text_file_remove(file);
}

Test(csv, identity)
{
    static const char text[] = "a,b\n1.5,x\n2.5,y\n";
    char expected[65];
    hash_sha256(text, strlen(text), expected);
    struct loaded loaded = load(text);
    cr_assert_eq(loaded.code, 0);
    cr_expect_str_eq(loaded.input.sha256, expected);
    cr_expect_eq(loaded.input.bytes, strlen(text));
    cr_expect_eq(loaded.input.columns, 2u);
    cr_expect_eq(loaded.table->rows, 2u);
    unload(&loaded);
}

static size_t pack(const char *text, unsigned char *out, size_t capacity)
{
    z_stream stream = {0};
    deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    stream.next_in = (unsigned char *)(uintptr_t)text;
    stream.avail_in = (uInt)strlen(text);
    stream.next_out = out;
    stream.avail_out = (uInt)capacity;
    cr_assert_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t length = stream.total_out;
    deflateEnd(&stream);
    return length;
}

/* Two members one behind the other are one text (gzip(1): "cat"), zero bytes behind are padding; SHA-256 is of the file as
 * given. */
Test(csv, gzip)
{
    unsigned char packed[1000];
    size_t length = pack("a,b\n1.5,x\n", packed, sizeof packed);
    length += pack("2.5,y\n", packed + length, sizeof packed - length);
    memset(packed + length, 0, 7);
    length += 7;
    char expected[65];
    hash_sha256(packed, length, expected);
    struct loaded loaded = load_bytes(packed, length);
    cr_assert_eq(loaded.code, 0, "%s", loaded.error.message);
    struct strbuf text = dump(loaded.table);
    cr_expect_str_eq(strbuf_text(&text), "a|b\n1.5|x\n2.5|y");
    cr_expect_str_eq(loaded.input.sha256, expected);
    strbuf_free(&text);
    unload(&loaded);
    length = pack("", packed, sizeof packed);
    loaded = load_bytes(packed, length);
    cr_expect_eq(loaded.code, ERROR_INPUT);
    cr_expect(strstr(loaded.error.message, "is empty when unpacked"), "%s", loaded.error.message);
}

/* Large enough for many blocks; characters, cells and quoted line ends fall on every block's edge sooner or later. A column of
 * numbers that turns to text after 50,000 rows, one of codes wider than two bytes, one with 10,000 categories. */
Test(csv, large)
{
    enum { ROWS = 150000 };
    struct strbuf text = STRBUF_INIT;
    strbuf_adds(&text, "number,late,unique,many,quoted,leading\n");
    for (size_t i = 0; i < ROWS; i++) {
        strbuf_addf(&text, "%zu.5,", i * 7919 % ROWS);
        strbuf_addf(&text, i < 50000 ? "%zu," : "x%zu,", i * 31 % 70001);
        strbuf_addf(&text, "key-\xC3\xA4-%zu,category %zu,\"a%s\n%zu\",%05zu\n", i, i % 10000, i % 3 ? "" : "\"\"", i % 5,
                    i % 99999);
    }
    cr_assert_not(text.failed);
    struct loaded loaded = load_bytes(text.text, text.length);
    strbuf_free(&text);
    cr_assert_eq(loaded.code, 0, "%s", loaded.error.message);
    const struct table *table = loaded.table;
    const struct column_schema *columns = loaded.schema->columns;
    cr_assert_eq(table->rows, (size_t)ROWS);
    static const enum column_type types[] = {COLUMN_NUMERIC,     COLUMN_TEXT,        COLUMN_ID,
                                             COLUMN_CATEGORICAL, COLUMN_CATEGORICAL, COLUMN_TEXT};
    for (size_t i = 0; i < 6; i++)
        cr_expect_eq(columns[i].type, types[i], "%s: %s", columns[i].name, column_type_name(columns[i].type));
    cr_expect_eq(columns[0].n_sorted, (size_t)ROWS);
    cr_expect_eq(columns[0].lo, .5);
    cr_expect_eq(columns[0].hi, ROWS - .5);
    cr_expect_eq(columns[3].n_levels, 10000u);
    for (size_t i = 1; i < columns[0].n_sorted; i++)
        cr_assert_leq(columns[0].sorted[i - 1], columns[0].sorted[i]);
    for (size_t row = 0; row < ROWS; row++) {
        char expected[64];
        cr_assert_eq(table->columns[0].number[row], (double)(row * 7919 % ROWS) + .5);
        snprintf(expected, sizeof expected, row < 50000 ? "%zu" : "x%zu", row * 31 % 70001);
        cr_assert_str_eq(columns[1].levels[table->columns[1].code[row]], expected);
        snprintf(expected, sizeof expected, "key-\xC3\xA4-%zu", row);
        cr_assert_str_eq(columns[2].levels[table->columns[2].code[row]], expected);
        snprintf(expected, sizeof expected, "category %zu", row % 10000);
        cr_assert_str_eq(columns[3].levels[table->columns[3].code[row]], expected);
        snprintf(expected, sizeof expected, "a%s\n%zu", row % 3 ? "" : "\"", row % 5);
        cr_assert_str_eq(columns[4].levels[table->columns[4].code[row]], expected);
        snprintf(expected, sizeof expected, "%05zu", row % 99999);
        cr_assert_str_eq(columns[5].levels[table->columns[5].code[row]], expected);
    }
    unload(&loaded);
}

/* One row without an end: refused after 64 MiB, in linear time. */
Test(csv, endless_row)
{
    static const char *const heads[] = {"a,b\n1,", "a,b\n1,\""};
    enum { SIZE = 140 << 20 };
    char *text = malloc(SIZE);
    cr_assert_not_null(text);
    for (size_t i = 0; i < 2; i++) {
        memset(text, 'x', SIZE);
        memcpy(text, heads[i], strlen(heads[i]));
        struct loaded loaded = load_bytes(text, SIZE);
        cr_expect_eq(loaded.code, ERROR_INPUT);
        cr_expect(strstr(loaded.error.message, "row 2 is longer than 64 MiB"), "%s", loaded.error.message);
    }
    free(text);
}

/* More columns that turn from numbers to texts than are told apart. */
Test(csv, many_late_texts)
{
    enum { ROWS = 3000, WIDTH = 6 };
    struct strbuf text = STRBUF_INIT;
    strbuf_adds(&text, "a,b,c,d,e,f\n");
    for (size_t row = 0; row < ROWS; row++)
        for (size_t i = 0; i < WIDTH; i++)
            strbuf_addf(&text, "%s%zu%s", row == 2000 + 100 * i ? "x" : "", row * (i + 1), i + 1 < WIDTH ? "," : "\n");
    struct loaded loaded = load_bytes(text.text, text.length);
    strbuf_free(&text);
    cr_assert_eq(loaded.code, 0, "%s", loaded.error.message);
    for (size_t i = 0; i < WIDTH; i++)
        for (size_t row = 0; row < ROWS; row++) {
            char expected[32];
            snprintf(expected, sizeof expected, "%s%zu", row == 2000 + 100 * i ? "x" : "", row * (i + 1));
            cr_assert_str_eq(loaded.schema->columns[i].levels[loaded.table->columns[i].code[row]], expected);
        }
    unload(&loaded);
}

/* Direct storage of whole numbers that turn out to be ids or dates. */
Test(csv, numbers_that_are_none)
{
    enum { ROWS = 5000 };
    struct strbuf text = STRBUF_INIT;
    strbuf_adds(&text, "row,shuffled_id,day,zip\n");
    for (size_t i = 0; i < ROWS; i++)
        strbuf_addf(&text, "%zu,%zu,%d%02d%02d,%zu\n", i, i * 4999 % 999983, 1950 + (int)(i / 12 / 28 % 90), (int)(i % 12) + 1,
                    (int)(i / 12 % 28) + 1, 10000 + i % 2500);
    struct loaded loaded = load_bytes(text.text, text.length);
    strbuf_free(&text);
    cr_assert_eq(loaded.code, 0, "%s", loaded.error.message);
    const struct column_schema *columns = loaded.schema->columns;
    cr_expect_eq(columns[0].type, COLUMN_ID);
    cr_expect_eq(columns[1].type, COLUMN_ID);
    cr_expect_eq(columns[2].type, COLUMN_DATETIME);
    cr_expect_eq(columns[3].type, COLUMN_CATEGORICAL);
    cr_expect_eq(columns[3].n_levels, 2500u);
    for (size_t row = 0; row < ROWS; row++) {
        char expected[32];
        snprintf(expected, sizeof expected, "%zu", row * 4999 % 999983);
        cr_assert_str_eq(columns[1].levels[loaded.table->columns[1].code[row]], expected);
        snprintf(expected, sizeof expected, "%zu", 10000 + row % 2500);
        cr_assert_str_eq(columns[3].levels[loaded.table->columns[3].code[row]], expected);
    }
    /* 1950-01-01 is day -7305 (date -u -d 1950-01-01 +%s / 86400); row 1 is 1950-02-01. */
    cr_expect_eq(loaded.table->columns[2].number[0], -7305);
    cr_expect_eq(loaded.table->columns[2].number[1], -7274);
    unload(&loaded);
}
