/* Schemas: inference rule by rule, JSON in and out, roles and names of the command line. */
#include <criterion/criterion.h>
#include <math.h>

#include "datasets/csv.h"
#include "datasets/schema.h"
#include "tests/unit/golden.h"
#include "tests/unit/text_file.h"

/* One column called `name`: `cells` are separated by blanks and repeated `times` times. */
static struct text_file column_file(const char *name, const char *cells, size_t times)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_addf(&text, "\"%s\"\n", name);
    for (size_t i = 0; i < times; i++)
        for (const char *at = cells; *at;) {
            size_t length = strcspn(at, " ");
            strbuf_addf(&text, "\"%.*s\"\n", (int)length, at);
            at += length + (at[length] == ' ');
        }
    struct text_file file = text_file_bytes(text.text, text.length);
    strbuf_free(&text);
    return file;
}

Test(schema, inference)
{
    static const struct {
        const char *name, *cells;
        size_t times;
        const char *type; /* with the format of a date and the column's missing token */
    } cases[] = {
        {"x", "0 1 1 0", 5, "boolean"},
        {"x", "0.0 1.0 1 0", 5, "boolean"},
        {"x", "yes no yes", 5, "boolean"},
        {"x", "Y N Y", 5, "boolean"},
        {"x", "TRUE FALSE", 5, "boolean"},
        {"x", "yes no maybe", 5, "categorical"},
        {"x", "yes true", 5, "categorical"},
        {"x", "1 2 2 1", 5, "categorical"},
        {"x", "1 2 3 4 5 6", 5, "categorical"},
        {"x", "1 2 3 4 5 6 N", 5, "categorical"},
        {"x", "0 2 3 7", 5, "categorical"},
        {"x", "2 3 4 5", 5, "numeric"},
        {"x", "1 2 3 4 5 6 7 8 9 10", 5, "numeric"},
        {"x", "0 1 2 3 4 5 6 7 8 9", 5, "categorical"},
        {"x", "0 0 0 0 0 0 0 0 0 0 0 0 1 1 1 1 2 2 3", 5, "numeric"},
        {"x", "0 0 0 0 0 0 0 0 0 0 0 0 1 2 2 2 3 N", 5, "numeric N"},
        {"x", "1 2 3 4 5 6 7 8 9 10 11 12 13", 5, "numeric"},
        {"x", "0 1 2 3", 1, "numeric"},
        {"x", "5 5 5", 5, "numeric"},
        {"x", "1.5 2 3", 5, "numeric"},
        {"x", "1.5 2 ? NA", 5, "numeric"},
        {"x", "1.5 2 N", 5, "numeric N"},
        {"x", "1.5 2 unknown", 5, "numeric unknown"},
        {"x", "1.5 2 surely", 5, "categorical"},
        {"x", "01 02 03 04", 5, "categorical"},
        {"x", "? NA", 5, "categorical"},
        {"rating", "1 2 3 4 5", 5, "numeric"},
        {"income class", "1 2 3 4 5", 5, "numeric"},
        {"number-of-rooms", "1 2", 5, "numeric"},
        {"sex", "1 2", 5, "categorical"},
        {"stateCode", "1 2 3 4 5 6 7 8 9 10 11 12 13 14", 5, "categorical"},
        {"AGE_CAT", "1 2 3 4 5 6 7 8 9 10 11 12 13 14", 5, "numeric"},
        {"INDP_CAT", "1 2 3 4 5 6 7 8 9 10 11 12 13 14", 5, "categorical"},
        {"x", "2013-08-14 2013-08-15", 5, "datetime %Y-%m-%d"},
        {"x", "2013-08-14T05:41:20Z 2013-08-15T05:41:20+02:00", 5, "datetime %Y-%m-%dT%H:%M:%S%z"},
        {"x", "2013-08-14T05:41:20 2013-08-14T05:41:20.5", 5, "datetime %Y-%m-%dT%H:%M:%S.%f"},
        {"x", "14/08/2013 03/04/2013", 5, "datetime %d/%m/%Y"},
        {"x", "08/14/2013 03/04/2013", 5, "datetime %m/%d/%Y"},
        {"x", "02/04/2013 03/04/2013", 5, "datetime %m/%d/%Y"},
        {"x", "14.08.2013 15.08.2013", 5, "datetime %d.%m.%Y"},
        {"x", "20130814 20130815 20130816", 5, "datetime %Y%m%d"},
        {"x", "20130814 20130815 20131316", 5, "numeric"},
        {"x", "05:41:20 23:59:59", 5, "datetime %H:%M:%S"},
        {"x", "2013-08-14 ? unknown", 5, "datetime %Y-%m-%d unknown"},
        {"x", "2013-08-14 2013-02-30", 5, "categorical"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text_file file = column_file(cases[i].name, cases[i].cells, cases[i].times);
        struct schema *schema;
        struct error error = {0};
        cr_assert_eq(csv_read_train_hinted(file.path, NULL, NULL, &schema, NULL, NULL, &error), 0, "case %zu: %s", i,
                     error.message);
        const struct column_schema *column = &schema->columns[0];
        char type[100];
        snprintf(type, sizeof type, "%s%s%s%s%s", column_type_name(column->type), column->format ? " " : "",
                 column->format ? column->format : "", column->n_missing_tokens ? " " : "",
                 column->n_missing_tokens ? column->missing_tokens[0] : "");
        cr_expect_str_eq(type, cases[i].type, "%s: %s", cases[i].name, cases[i].cells);
        cr_expect_not_null(column->because);
        schema_free(schema);
        text_file_remove(file);
    }
}

/* Columns of 40 rows whose cells are made by a printf pattern from the row number. */
Test(schema, inference_of_many_values)
{
    static const struct {
        const char *name, *pattern;
        size_t step, modulo;
        enum column_type type;
    } cases[] = {
        {"x", "%zu", 1, 1000, COLUMN_ID},
        {"Unnamed: 0", "%zu", 1, 1000, COLUMN_ID},
        {"Unnamed: 0", "%zu", 7, 1000, COLUMN_ID},
        {"Nr.", "%zu", 1, 1000, COLUMN_ID},
        {"number", "1%zu", 1, 1000, COLUMN_NUMERIC}, /* 10 … 19, 110 … 139 */
        {"Nr.", "%zu", 17, 40, COLUMN_ID},           /* 0 … 39 in another order: exp(−40²/80) = 2e-9 */
        {"Nr.", "%zu", 7, 1000, COLUMN_NUMERIC},     /* exp(−40²/548) = .05: may be chance */
        {"No", "%zu", 17, 40, COLUMN_ID},
        {"row", "%zu", 39, 40, COLUMN_ID},
        {"x", "%zu", 17, 40, COLUMN_NUMERIC},
        {"rank", "%zu", 1, 1000, COLUMN_NUMERIC},
        {"num_hours", "%zu", 1, 1000, COLUMN_NUMERIC},
        {"Nr.", "%zu", 1, 30, COLUMN_NUMERIC}, /* repeats */
        {"Nr.", "%zu.5", 1, 1000, COLUMN_NUMERIC},
        {"#", "%zu", 1, 1000, COLUMN_ID},
        {"year", "%zu", 1, 1000, COLUMN_NUMERIC},
        {"x", "%zu", 7, 1000, COLUMN_NUMERIC},
        {"user_id", "%zu", 7, 1000, COLUMN_ID},
        {"user_id", "%zu", 7, 30, COLUMN_CATEGORICAL},
        {"salary", "%zu.5", 7, 1000, COLUMN_NUMERIC},
        {"user_id", "9223372036854770%zu", 7, 1000, COLUMN_ID}, /* several of them one double */
        {"user_id", "9223372036854770%zu", 7, 5, COLUMN_NUMERIC},
        {"nanoseconds", "1767225600000000%zu", 7, 1000, COLUMN_NUMERIC},
        {"x", "k%zu", 1, 1000, COLUMN_ID},
        {"x", "word number %zu", 1, 1000, COLUMN_CATEGORICAL},
        {"key", "word number %zu", 1, 1000, COLUMN_ID},
        {"x", "k%zu", 1, 10, COLUMN_CATEGORICAL},
        {"zip", "%zu", 1, 25, COLUMN_CATEGORICAL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct strbuf text = STRBUF_INIT;
        strbuf_addf(&text, "%s\n", cases[i].name);
        for (size_t row = 0; row < 40; row++) {
            /* The pattern comes from the table above. */
            const char *rest = strstr(cases[i].pattern, "%zu");
            strbuf_add(&text, cases[i].pattern, (size_t)(rest - cases[i].pattern));
            strbuf_addf(&text, "%zu%s\n", row * cases[i].step % cases[i].modulo, rest + 3);
        }
        struct text_file file = text_file_bytes(text.text, text.length);
        struct schema *schema;
        cr_assert_eq(csv_read_train_hinted(file.path, NULL, NULL, &schema, NULL, NULL, NULL), 0);
        cr_expect_eq(schema->columns[0].type, cases[i].type, "%s %s: %s", cases[i].name, cases[i].pattern,
                     column_type_name(schema->columns[0].type));
        schema_free(schema);
        text_file_remove(file);
        strbuf_free(&text);
    }
}

/* A target is a class with few values and a quantity with many, whatever its name says. */
Test(schema, hints)
{
    static const char *const names[] = {"score"};
    struct schema_hints hints = {names, 1};
    struct text_file few = column_file("score", "1 2 3 4 5", 5);
    struct text_file many = column_file("score", "1 2 3 4 5 6 7 8 9 10 11 12 13", 5);
    struct schema *schema;
    cr_assert_eq(csv_read_train_hinted(few.path, NULL, &hints, &schema, NULL, NULL, NULL), 0);
    cr_expect_eq(schema->columns[0].type, COLUMN_CATEGORICAL);
    schema_free(schema);
    cr_assert_eq(csv_read_train_hinted(many.path, NULL, &hints, &schema, NULL, NULL, NULL), 0);
    cr_expect_eq(schema->columns[0].type, COLUMN_NUMERIC);
    schema_free(schema);
    text_file_remove(few);
    text_file_remove(many);
}

/* The golden schemas were written by hand from the data sets' descriptions. Booleans count as categorical there. */
Test(schema, agrees_with_golden)
{
    golden_needed();
    static const char *const names[] = {"german_credit",      "compas",    "law_school", "heart_disease",
                                        "california_housing", "acs_ma2019"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[200];
        snprintf(path, sizeof path, "pairs/%s/schema.json", names[i]);
        cJSON *golden = golden_json(path);
        snprintf(path, sizeof path, GOLDEN "pairs/%s/train.csv", names[i]);
        struct schema *schema;
        cr_assert_eq(csv_read_train_hinted(path, NULL, NULL, &schema, NULL, NULL, NULL), 0);
        const cJSON *columns = cJSON_GetObjectItem(golden, "columns");
        for (size_t k = 0; k < schema->n_columns; k++) {
            const struct column_schema *column = &schema->columns[k];
            const cJSON *expected = cJSON_GetObjectItemCaseSensitive(columns, column->name);
            const char *type = json_get_string(expected, "type", "");
            cr_expect(strcmp(type, column_type_name(column->type)) == 0 ||
                          (column->type == COLUMN_BOOLEAN && strcmp(type, "categorical") == 0),
                      "%s, %s: %s, not %s", names[i], column->name, column_type_name(column->type), type);
            if (column->type == COLUMN_NUMERIC)
                cr_expect_eq(column->decimals, (int)json_get_number(expected, "decimals", -1), "%s", column->name);
        }
        schema_free(schema);
        cJSON_Delete(golden);
    }
}

Test(schema, json_round_trip)
{
    struct text_file table = text_file_new("a,b,\"c d\"\n1.25,x,2013-08-14\nN,y,2013-08-15\n2,x,\n");
    struct schema *schema, *again;
    struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
    struct error error = {0};
    cr_assert_eq(csv_read_train_hinted(table.path, NULL, NULL, &schema, NULL, NULL, &error), 0);
    schema->columns[0].roles = ROLE_TARGET | ROLE_QUASI;
    cr_assert_eq(schema_print(schema, &first, &error), 0);
    cr_expect_str_eq(
        first.text,
        "{\n  \"format\": \"assay-schema\",\n  \"version\": 1,\n"
        "  \"missing_tokens\": [\"\", \"NA\", \"N/A\", \"NaN\", \"nan\", \"null\", \"NULL\", \"None\", \"?\", \"-\"],\n"
        "  \"columns\": [\n"
        "    {\n      \"name\": \"a\",\n      \"type\": \"numeric\",\n      \"decimals\": 2,\n      \"missing_tokens\": "
        "[\"N\"],\n"
        "      \"role\": [\"target\", \"quasi\"],\n      \"because\": \"numbers with decimals\"\n    },\n"
        "    {\"name\": \"b\", \"type\": \"categorical\", \"because\": \"words that repeat\"},\n"
        "    {\"name\": \"c d\", \"type\": \"datetime\", \"format\": \"%Y-%m-%d\", \"because\": \"all dates\"}\n  ]\n}\n");
    struct text_file json = text_file_bytes(first.text, first.length);
    struct table *typed;
    cr_assert_eq(csv_read_train(table.path, json.path, &again, &typed, NULL, &error), 0, "%s", error.message);
    cr_expect_eq(again->columns[0].roles, (unsigned)(ROLE_TARGET | ROLE_QUASI));
    cr_expect_eq(again->columns[0].decimals, 2);
    cr_expect(isnan(typed->columns[0].number[1]));
    cr_expect_str_eq(again->columns[2].format, "%Y-%m-%d");
    table_free(typed);
    schema_free(again);
    schema_free(schema);
    strbuf_free(&first);
    strbuf_free(&second);
    text_file_remove(json);
    text_file_remove(table);
}

/* A table read with a given schema: columns in any order, types as the user says. */
Test(schema, given)
{
    struct text_file table = text_file_new("k,n,d\n1,007,14.08.2013\n2,x,15.08.2013\n,8,x\n");
    struct text_file json = text_file_new(
        "{\"missing_tokens\": [\"\", \"x\"], \"columns\": {\"d\": {\"type\": \"datetime\", \"format\": \"%d.%m.%Y\"},"
        "\"n\": {\"type\": \"numeric\", \"role\": \"sensitive\"}, \"k\": {\"type\": \"text\", \"missing\": true}}}");
    struct schema *schema;
    struct table *typed;
    struct error error = {0};
    cr_assert_eq(csv_read_train(table.path, json.path, &schema, &typed, NULL, &error), 0, "%s", error.message);
    cr_expect_str_eq(schema->columns[0].name, "k");
    cr_expect_eq(schema->columns[0].type, COLUMN_TEXT);
    cr_expect_eq(schema->columns[1].roles, (unsigned)ROLE_SENSITIVE);
    cr_expect_eq(typed->columns[1].number[0], 7);
    cr_expect_eq(typed->columns[1].missing, 1u);
    cr_expect_eq(typed->columns[0].missing, 1u);
    cr_expect_eq(typed->columns[2].number[1], 15932);
    cr_expect_eq(schema->columns[2].missing_in_train, 1u);
    table_free(typed);
    schema_free(schema);
    text_file_remove(json);
    text_file_remove(table);
}

Test(schema, bad_json)
{
    static const struct {
        const char *json, *message;
    } cases[] = {
        {"", "the text ends"},
        {"[]", "is not a schema: it needs a list 'columns'"},
        {"{\"columns\": []}", "is not a schema"},
        {"{\"format\": \"x\", \"columns\": {\"a\": {\"type\": \"text\"}}}", "a wrong 'format'"},
        {"{\"version\": 2, \"columns\": {\"a\": {\"type\": \"text\"}}}", "a wrong 'version': this program reads version 1"},
        {"{\"colums\": 1, \"columns\": {\"a\": {\"type\": \"text\"}}}", "unknown key 'colums': did you mean 'columns'"},
        {"{\"columns\": {\"a\": {}}}", "column 'a': no 'type'"},
        {"{\"columns\": {\"a\": 1}}", "no description of 'a'"},
        {"{\"columns\": {\"a\": {\"type\": \"float\"}}}", "column 'a': unknown type 'float': give numeric, categorical"},
        {"{\"columns\": {\"a\": {\"type\": \"text\", \"rule\": \"target\"}}}",
         "column 'a': unknown key 'rule': did you mean 'role'"},
        {"{\"columns\": {\"a\": {\"type\": \"text\", \"role\": \"goal\"}}}", "column 'a': unknown role 'goal'"},
        {"{\"columns\": {\"a\": {\"type\": \"text\", \"role\": [1]}}}", "column 'a': a wrong value under 'role'"},
        {"{\"columns\": {\"a\": {\"type\": \"text\", \"format\": \"%Y\"}}}", "only columns of type datetime have one"},
        {"{\"columns\": {\"a\": {\"type\": \"datetime\", \"format\": \"%Y\"}}}", "unusable date format '%Y'"},
        {"{\"columns\": {\"a\": {\"type\": \"text\", \"missing_tokens\": [1]}}}", "a wrong value under 'missing_tokens'"},
        {"{\"missing_tokens\": \"NA\", \"columns\": {\"a\": {\"type\": \"text\"}}}", "a wrong value under 'missing_tokens'"},
        {"{\"columns\": [{\"type\": \"text\"}]}", "a column without 'name'"},
        {"{\"columns\": [{\"name\": \"a\", \"type\": \"text\"}, {\"name\": \"a\", \"type\": \"text\"}]}",
         "a second description of 'a'"},
        {"{\"columns\": {\"b\": {\"type\": \"text\"}}}", "column 'a' of '"},
        {"{\"columns\": {\"a\": {\"type\": \"text\"}, \"b\": {\"type\": \"text\"}}}", "column 'b' of the schema '"},
        {"{\"columns\": {\"a\": {\"type\": \"numeric\"}}}",
         "row 2, column 'a': a cell of the form 'x' is text in a numeric column"},
    };
    struct text_file table = text_file_new("a\nx\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text_file json = text_file_new(cases[i].json);
        struct schema *schema;
        struct table *typed;
        struct error error = {0};
        cr_expect_eq(csv_read_train(table.path, json.path, &schema, &typed, NULL, &error), ERROR_INPUT, "case %zu", i);
        cr_expect(strstr(error.message, cases[i].message), "case %zu: %s", i, error.message);
        cr_expect_null(schema);
        cr_expect_null(typed);
        text_file_remove(json);
    }
    text_file_remove(table);
}
