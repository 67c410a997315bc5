/* Further tables read with train's schema, and writing. */
#include <criterion/criterion.h>

#include "tests/unit/csv_fixture.h"
#include "tests/unit/golden.h"

static int read_second(const char *train, const char *other, struct loaded *loaded, struct table **second,
                       struct input_file *input, struct error *error)
{
    *loaded = load(train);
    cr_assert_eq(loaded->code, 0, "%s", loaded->error.message);
    struct text_file file = text_file_new(other);
    int code = csv_read(file.path, "second", loaded->schema, second, input, error);
    text_file_remove(file);
    return code;
}

#define TRAIN "id,n,k,b,d\n1,1.5,a,0,2013-08-14\n2,2.5,b,1,2013-08-15\n3,,a,1,2013-08-16\n4,3.5,c,0,2013-08-17\n"

Test(csv_tables, second_table)
{
    static const struct {
        const char *train, *other, *dump;
        size_t extra, lacking;
    } cases[] = {
        /* Other order, an index column of pandas, decimal forms, words of truth, times behind dates, unseen levels. */
        {TRAIN, "Unnamed: 0,b,k,n,d,id\n0,1.0,c,1,2013-08-14 00:00:00,9\n1,True,z,N/A,,8\n",
         "id|n|k|b|d\n9|1|c|1|15931\n8|~|z|1|~", 1, 0},
        {"a\n1\n2\n1\n2\n1\n2\n", "a\n1.0\n2.0\n3\n", "a\n1\n2\n3", 0, 0},
        {"a\n1.0\n2.0\n1.0\n2.0\n", "a\n1\n2\n01\n", "a\n1.0\n2.0\n01", 0, 0},
        {"a\n01\n02\n01\n02\n", "a\n1\n01\n", "a\n1\n01", 0, 0},
        {"b\nno\nyes\nno\nyes\n", "b\n1\n0\nTrue\nmaybe\n", "b\nyes\nno\nyes\nmaybe", 0, 0},
        {"k,n\nx,N\ny,1.5\nx,2.5\n", "k,n\ny,N\n", "k|n\ny|~", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct loaded loaded;
        struct table *second = NULL;
        struct input_file input = {0};
        struct error error = {0};
        cr_expect_eq(read_second(cases[i].train, cases[i].other, &loaded, &second, &input, &error), 0, "case %zu: %s", i,
                     error.message);
        if (!second)
            continue;
        struct strbuf text = dump(second);
        cr_expect_str_eq(strbuf_text(&text), cases[i].dump, "case %zu", i);
        cr_expect_eq(input.n_extra_columns, cases[i].extra, "case %zu", i);
        cr_expect_eq(input.n_lacking_columns, cases[i].lacking, "case %zu", i);
        strbuf_free(&text);
        table_free(second);
        unload(&loaded);
    }
}

Test(csv_tables, vocabulary_is_shared)
{
    struct loaded loaded;
    struct table *second;
    struct input_file input = {0};
    struct error error = {0};
    cr_assert_eq(read_second("k\nb\n10\na\n9\nb\n", "extra,k\n1,z\n2,a\n3,10.0\n", &loaded, &second, &input, &error), 0);
    const struct column_schema *column = &loaded.schema->columns[0];
    static const char *const levels[] = {"9", "10", "a", "b", "z"};
    cr_assert_eq(column->n_levels, 5u);
    cr_expect_eq(column->fitted_levels, 4u);
    for (size_t i = 0; i < 5; i++)
        cr_expect_str_eq(column->levels[i], levels[i]);
    cr_expect_eq(second->columns[0].code[0], 4u);
    cr_expect_eq(second->columns[0].code[2], 1u);
    cr_expect_str_eq(input.extra_columns[0], "extra");
    table_free(second);
    unload(&loaded);
}

/* Ids need not be in a synthetic table; what else train has must be. */
Test(csv_tables, second_table_lacks)
{
    struct strbuf train = STRBUF_INIT;
    strbuf_adds(&train, "id,n\n");
    for (int i = 0; i < 30; i++)
        strbuf_addf(&train, "%d,%d.5\n", i, i % 7);
    struct loaded loaded;
    struct table *second;
    struct input_file input = {0};
    struct error error = {0};
    cr_assert_eq(read_second(train.text, "n\n1.5\n", &loaded, &second, &input, &error), 0, "%s", error.message);
    cr_expect(table_missing(second, 0, 0));
    cr_assert_eq(input.n_lacking_columns, 1u);
    cr_expect_str_eq(input.lacking_columns[0], "id");
    table_free(second);
    unload(&loaded);
    strbuf_free(&train);
}

Test(csv_tables, second_table_refused)
{
    static const struct {
        const char *other, *message;
    } cases[] = {
        {"id,n,k,b\n1,1.5,a,0\n", "row 1: column 'd' of train is missing"},
        {"id,n,k,b,d\n1,1.5,a,0,2013-08-14\n2,high,a,0,2013-08-14\n",
         "row 3, column 'n': a cell of the form 'xxxx' is text in a numeric column"},
        {"id,n,k,b,d\n1,1e999,a,0,2013-08-14\n", "row 2, column 'n': a cell of the form '9x999' is a number out of range"},
        {"id,n,k,b,d\n1,-inf,a,0,2013-08-14\n", "row 2, column 'n': a cell of the form '-xxx' is not a finite number"},
        {"id,n,k,b,d\n1,1.5,a,0,2013-02-30\n",
         "row 2, column 'd': a cell of the form '9999-99-99' is not a date of the form %Y-%m-%d in the calendar"},
        {"id,n,k,b,d\n1,a text that is a good deal longer than forty bytes,a,0,2013-08-14\n",
         "row 2, column 'n': a cell of the form 'x xxxx xxxx xx x xxxx xxxx xxxxxx xxxx x…' is text"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct loaded loaded;
        struct table *second;
        struct error error = {0};
        cr_expect_eq(read_second(TRAIN, cases[i].other, &loaded, &second, NULL, &error), ERROR_INPUT, "case %zu", i);
        cr_expect_null(second);
        cr_expect(strstr(error.message, cases[i].message), "case %zu: %s", i, error.message);
        unload(&loaded);
    }
}

/* A numeric column long enough to be stored as numbers from the start, with a text at its end: row and column all the same. */
Test(csv_tables, late_text)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_adds(&text, "n\n");
    for (int i = 0; i < 20000; i++)
        strbuf_addf(&text, "%d.25\n", i);
    struct loaded loaded;
    struct table *second;
    struct error error = {0};
    char *train = strdup(text.text);
    strbuf_adds(&text, "oops\n");
    cr_expect_eq(read_second(train, text.text, &loaded, &second, NULL, &error), ERROR_INPUT);
    cr_expect(strstr(error.message, "row 20002, column 'n': a cell of the form 'xxxx' is text in a numeric column"), "%s",
              error.message);
    unload(&loaded);
    strbuf_free(&text);
    free(train);
}

/* Read and written again gives the same bytes: the golden tables hold all types and all awkward texts. */
Test(csv_tables, round_trip_golden)
{
    golden_needed();
    static const char *const names[] = {"german_credit",      "compas",    "law_school", "heart_disease",
                                        "california_housing", "acs_ma2019"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[200];
        snprintf(path, sizeof path, GOLDEN "pairs/%s/train.csv", names[i]);
        struct loaded loaded = {0};
        cr_assert_eq(csv_read_train(path, NULL, &loaded.schema, &loaded.table, NULL, &loaded.error), 0);
        struct text_file file = text_file_new("");
        cr_assert_eq(csv_write(loaded.table, file.path, &loaded.error), 0, "%s", loaded.error.message);
        char *before = text_file_read(path), *after = text_file_read(file.path);
        cr_expect_str_eq(after, before, "%s", names[i]);
        free(before);
        free(after);
        text_file_remove(file);
        unload(&loaded);
    }
}

Test(csv_tables, write)
{
    static const struct {
        const char *text, *written;
    } cases[] = {
        {"\"a,b\",\"c \"\"d\"\"\",e;f\n1.5,\"x,y\",\"p\nq\"\n,say \xE2\x82\xAC,\"\"\"\"\n",
         "\"a,b\",\"c \"\"d\"\"\",\"e;f\"\n1.5,\"x,y\",\"p\nq\"\n,say \xE2\x82\xAC,\"\"\"\"\n"},
        {"a\n1.50\nNA\n0.1\n", "a\n1.5\n\"\"\n0.1\n"},
        {"d;n\n2013-08-14 05:41:20;1e-3\n?;12345678.125\n", "d,n\n2013-08-14 05:41:20,0.001\n,12345678.125\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct loaded loaded = load(cases[i].text);
        cr_assert_eq(loaded.code, 0, "case %zu: %s", i, loaded.error.message);
        struct text_file file = text_file_new("old");
        cr_assert_eq(csv_write(loaded.table, file.path, &loaded.error), 0);
        char *written = text_file_read(file.path);
        cr_expect_str_eq(written, cases[i].written, "case %zu", i);
        free(written);
        text_file_remove(file);
        unload(&loaded);
    }
}

Test(csv_tables, write_fails)
{
    struct loaded loaded = load("a,b\n1.5,x\n2.5,y\n");
    struct error error = {0};
    cr_expect_eq(csv_write(loaded.table, "/tmp/assay-no-such-folder/x.csv", &error), ERROR_INPUT);
    cr_expect(strstr(error.message, "cannot write '/tmp/assay-no-such-folder/x.csv'"), "%s", error.message);
    cr_expect_eq(csv_write(loaded.table, "/dev/full", &error), ERROR_INPUT);
    cr_expect(strstr(error.message, "No space left"), "%s", error.message);
    cr_expect_eq(csv_write(loaded.table, "/dev/null", &error), 0);
    cr_expect_eq(csv_write(loaded.table, "/tmp", &error), ERROR_INPUT);
    unload(&loaded);
}
