/* Tables, schema look-ups and the reading of a whole data set with its roles. */
#include <criterion/criterion.h>
#include <math.h>

#include "datasets/dataset.h"
#include "tests/unit/table_fixture.h"
#include "tests/unit/text_file.h"

static const struct fixture_column COLUMNS[] = {
    {"n", COLUMN_NUMERIC, 1, 0, ROLE_QUASI},
    {"k", COLUMN_CATEGORICAL, 0, 3, ROLE_SENSITIVE | ROLE_QUASI},
    {"d", COLUMN_DATETIME, 0, 0, 0},
    {"b", COLUMN_BOOLEAN, 0, 2, ROLE_TARGET},
    {"t", COLUMN_TEXT, 0, 2, 0},
    {"id", COLUMN_ID, 0, 2, ROLE_KEY},
    {"skip", COLUMN_NUMERIC, 0, 0, ROLE_IGNORE},
};
enum { N_COLUMNS = sizeof COLUMNS / sizeof *COLUMNS };

Test(table, look_ups)
{
    struct schema *schema = fixture_schema(COLUMNS, N_COLUMNS);
    static const enum column_kind kinds[N_COLUMNS] = {KIND_QUANTITY, KIND_LEVELS, KIND_QUANTITY, KIND_LEVELS,
                                                      KIND_OTHER,    KIND_OTHER,  KIND_QUANTITY};
    for (size_t i = 0; i < N_COLUMNS; i++) {
        cr_expect_eq(column_kind(&schema->columns[i]), kinds[i]);
        cr_expect_eq(schema_find(schema, COLUMNS[i].name), i);
    }
    cr_expect_eq(schema_find(schema, "no"), SIZE_MAX);
    size_t found[N_COLUMNS] = {0};
    cr_expect_eq(schema_with_role(schema, ROLE_QUASI, found, N_COLUMNS), 2u);
    cr_expect_eq(found[1], 1u);
    cr_expect_eq(schema_with_role(schema, ROLE_QUASI | ROLE_TARGET, found, 1), 3u, "counts beyond the capacity");
    cr_expect_eq(schema_with_role(schema, ROLE_SECRET, found, N_COLUMNS), 0u);
    cr_expect_eq(schema_measured(schema, found, N_COLUMNS), 4u);
    cr_expect_eq(found[3], 3u);
    cr_expect_str_eq(column_type_name(COLUMN_DATETIME), "datetime");
    schema_free(schema);
    schema_free(NULL);
}

Test(table, take)
{
    enum { ROWS = 5 };
    struct schema *schema = fixture_schema(COLUMNS, N_COLUMNS);
    struct table *table, *taken;
    struct error error = {0};
    cr_assert_eq(table_new(&table, schema, "made", ROWS, &error), 0);
    for (size_t i = 0; i < N_COLUMNS; i++) {
        cr_expect_eq(table_numbers(table, i) != NULL, column_kind(&schema->columns[i]) == KIND_QUANTITY);
        cr_expect_eq(table_codes(table, i) != NULL, column_kind(&schema->columns[i]) != KIND_QUANTITY);
        for (size_t row = 0; row < ROWS; row++)
            cr_expect_not(table_missing(table, i, row), "a new table has nothing missing");
    }
    for (size_t row = 0; row < ROWS; row++) {
        table_numbers(table, 0)[row] = row == 2 ? NAN : (double)row;
        table_codes(table, 1)[row] = row == 3 ? CODE_MISSING : (uint32_t)row % 3;
    }
    table_seal(table);
    cr_expect_eq(table->columns[0].missing, 1u);
    cr_expect_eq(table->columns[1].missing, 1u);
    static const uint32_t rows[] = {4, 2, 2, 0, 3, 3};
    cr_assert_eq(table_take(table, rows, 6, "taken", &taken, &error), 0);
    cr_expect_str_eq(taken->name, "taken");
    cr_expect_eq(taken->rows, 6u);
    cr_expect_eq(taken->columns[0].missing, 2u);
    cr_expect_eq(taken->columns[1].missing, 2u);
    for (size_t i = 0; i < 6; i++) {
        cr_expect_eq(table_missing(taken, 0, i), rows[i] == 2);
        cr_expect(rows[i] == 2 || taken->columns[0].number[i] == rows[i]);
        cr_expect_eq(taken->columns[1].code[i], table->columns[1].code[rows[i]]);
    }
    table_free(taken);
    cr_assert_eq(table_take(table, rows, 0, "none", &taken, &error), 0);
    cr_expect_eq(taken->rows, 0u);
    table_free(taken);
    table_free(table);
    table_free(NULL);
    schema_free(schema);
}

#define TRAIN "id,age,sex,illness,income,approved\n1,30,f,no,1.5,0\n2,41,m,yes,2.5,1\n3,52,f,no,3.5,1\n4,30,m,no,4.5,0\n"

/* One run of dataset_read over temporary files: `other` is holdout and candidate. */
struct scenario {
    const char *train, *other, *schema; /* texts; NULL: TRAIN, TRAIN and an empty line, none */
    struct dataset_options options;
    const char *message; /* NULL: no error */
};

static int read_scenario(const struct scenario *scenario, struct dataset **dataset, struct error *error)
{
    struct text_file train = text_file_new(scenario->train ? scenario->train : TRAIN);
    struct text_file other = text_file_new(scenario->other ? scenario->other : TRAIN "\n"); /* other bytes, same rows */
    struct text_file schema = text_file_new(scenario->schema ? scenario->schema : "");
    struct dataset_options options = scenario->options;
    const char *candidates[] = {other.path};
    options.train = train.path;
    options.holdout = other.path;
    options.schema = scenario->schema ? schema.path : NULL;
    if (!options.candidates) {
        options.candidates = candidates;
        options.n_candidates = 1;
    }
    int code = dataset_read(dataset, &options, error);
    text_file_remove(train);
    text_file_remove(other);
    text_file_remove(schema);
    return code;
}

#define NAMES(...)                                                                                                             \
    (const char *const[])                                                                                                      \
    {                                                                                                                          \
        __VA_ARGS__                                                                                                            \
    }

Test(dataset, roles_refused)
{
    const struct scenario cases[] = {
        {.options = {.target = "aproved"}, .message = "--target names 'aproved', which is no column of"},
        {.options = {.target = "aproved"}, .message = "did you mean 'approved'"},
        {.options = {.target = "zzzzzzzzzz"}, .message = "give one of the names in its first row"},
        {.options = {.sensitive = NAMES("sex", "agee"), .n_sensitive = 2}, .message = "--sensitive names 'agee'"},
        {.options = {.secret = NAMES("ilness"), .n_secret = 1}, .message = "--secret names 'ilness', which is no column"},
        {.options = {.quasi = NAMES("x"), .n_quasi = 1}, .message = "--quasi names 'x'"},
        {.options = {.ignore = NAMES("incom"), .n_ignore = 1}, .message = "--ignore names 'incom'"},
        {.options = {.key = "Id"}, .message = "--key names 'Id'"},
        {.options = {.target = "approved", .positive = "2"},
         .message = "--positive '2' is not a value of the target 'approved'"},
        {.options = {.positive = "1"}, .message = "--positive needs --target"},
        {.options = {.target = "income", .positive = "1.5"},
         .message = "--positive '1.5' needs a target with classes, 'income' is numeric"},
        {.options = {.ignore = NAMES("id", "age", "sex", "illness", "income"), .n_ignore = 5, .key = "approved"},
         .message = "every column is ignored or the key"},
        {.other = "id,age,Sex,illness,income,approved\n1,1,f,no,1.5,0\n",
         .message = "column 'sex' of train is missing: rename 'Sex' if it is the one"},
        {.options = {.target = "age", .key = "age"}, .message = "cannot be the target and be ignored or the key"},
        {.train = "a,b\n1.5,x\n1.5,y\n",
         .other = "a,b\n1.5,x\n",
         .options = {.target = "a"},
         .message = "the target 'a' has a single value"},
        {.train = "a,b\n1.5,x\n2.5,x\n",
         .other = "a,b\n1.5,x\n",
         .options = {.target = "b"},
         .message = "the target 'b' has a single value"},
        {.train = "a,b\n,x\n,x\n",
         .other = "a,b\n1.5,x\n",
         .options = {.target = "a"},
         .message = "the target 'a' has no value"},
        {.schema = "{\"columns\": {\"id\": {\"type\": \"id\"}, \"age\": {\"type\": \"numeric\"}, \"sex\": {\"type\": "
                   "\"text\"}, \"illness\":"
                   "{\"type\": \"boolean\"}, \"income\": {\"type\": \"numeric\"}, \"approved\": {\"type\": \"boolean\"}}}",
         .options = {.target = "sex"},
         .message = "the target 'sex' of"},
        {.schema = "{\"columns\": {\"id\": {\"type\": \"id\"}, \"age\": {\"type\": \"numeric\", \"role\": \"target\"}, "
                   "\"sex\": {\"type\": \"text\"}, \"illness\":"
                   "{\"type\": \"boolean\", \"role\": \"target\"}, \"income\": {\"type\": \"numeric\"}, \"approved\": "
                   "{\"type\": \"boolean\"}}}",
         .message = "the role target to more than one column"},
        {.other = "age,sex,illness,income,approved\n1,f,no,1.5,0\n", .message = "column 'id' of train is missing"},
        {.options = {.candidates = NAMES("/tmp/assay-no-such.csv"), .n_candidates = 1},
         .message = "cannot open '/tmp/assay-no-such.csv'"},
        {.options = {.candidates = NAMES("x=/tmp/assay-no-such.csv"), .n_candidates = 1},
         .message = "cannot open '/tmp/assay-no-such.csv'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dataset *dataset;
        struct error error = {0};
        cr_expect_eq(read_scenario(&cases[i], &dataset, &error), ERROR_INPUT, "case %zu", i);
        cr_expect_null(dataset, "case %zu", i);
        cr_expect(strstr(error.message, cases[i].message), "case %zu: %s", i, error.message);
    }
}

Test(dataset, roles)
{
    const struct scenario scenario = {.options = {.target = "approved",
                                                  .key = "id",
                                                  .sensitive = NAMES("sex", "age"),
                                                  .n_sensitive = 2,
                                                  .secret = NAMES("illness"),
                                                  .n_secret = 1,
                                                  .quasi = NAMES("sex"),
                                                  .n_quasi = 1,
                                                  .ignore = NAMES("income"),
                                                  .n_ignore = 1}};
    struct dataset *dataset;
    struct error error = {0};
    cr_assert_eq(read_scenario(&scenario, &dataset, &error), 0, "%s", error.message);
    static const unsigned roles[] = {ROLE_KEY,    ROLE_SENSITIVE, ROLE_SENSITIVE | ROLE_QUASI,
                                     ROLE_SECRET, ROLE_IGNORE,    ROLE_TARGET};
    for (size_t i = 0; i < 6; i++)
        cr_expect_eq(dataset->schema->columns[i].roles, roles[i], "%s", dataset->schema->columns[i].name);
    cr_expect_eq(dataset->target, 5u);
    cr_expect_eq(dataset->positive, 1u);
    cr_expect(dataset->secrets_named);
    cr_expect_eq(dataset_task(dataset), TASK_BINARY);
    cr_expect_eq(dataset->train.table->rows, 4u);
    cr_expect_str_eq(dataset->train.role, "train");
    cr_expect_str_eq(dataset->holdout.name, "holdout");
    cr_expect_null(dataset->reference.table);
    cr_expect_eq(dataset->n_candidates, 1u);
    cr_expect_eq(strncmp(dataset->candidates[0].name, "assay-test-", 11), 0);
    cr_expect_eq(dataset->candidates[0].table->columns[5].code[1], 1u);
    dataset_free(dataset);
    dataset_free(NULL);
}

Test(dataset, tasks_and_positive)
{
    const struct {
        struct scenario scenario;
        enum task_kind task;
        uint32_t positive;
    } cases[] = {
        {{.options = {.target = NULL}}, TASK_NONE, CODE_MISSING},
        {{.options = {.target = "approved", .positive = "0"}}, TASK_BINARY, 0},
        {{.options = {.target = "approved", .positive = "1.0"}}, TASK_BINARY, 1},
        {{.options = {.target = "approved", .positive = "no"}}, TASK_BINARY, 0},
        {{.options = {.target = "illness"}}, TASK_BINARY, 1},
        {{.options = {.target = "income"}}, TASK_REGRESSION, CODE_MISSING},
        {{.train = "t,x\n1,a\n2,b\n3,c\n1,a\n2,b\n3,c\n", .other = "t,x\n1,a\n", .options = {.target = "t"}},
         TASK_MULTICLASS,
         2},
        /* Few whole numbers are classes in a target, whatever their shape: "2 … 5" would be a quantity elsewhere. */
        {{.train = "t,x\n2,a\n3,b\n4,c\n5,a\n", .other = "t,x\n2,a\n", .options = {.target = "t"}}, TASK_MULTICLASS, 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dataset *dataset;
        struct error error = {0};
        cr_assert_eq(read_scenario(&cases[i].scenario, &dataset, &error), 0, "case %zu: %s", i, error.message);
        cr_expect_eq(dataset_task(dataset), cases[i].task, "case %zu", i);
        cr_expect_eq(dataset->positive, cases[i].positive, "case %zu: %u", i, dataset->positive);
        dataset_free(dataset);
    }
}

Test(dataset, candidate_names)
{
    struct text_file file = text_file_new(TRAIN);
    char named[100], odd[] = "/tmp/assay=odd.v2.csv.gz";
    snprintf(named, sizeof named, "my name=%s", file.path);
    FILE *copy = fopen(odd, "w");
    cr_assert_not_null(copy);
    fputs(TRAIN, copy);
    fclose(copy);
    const char *candidates[] = {named, file.path, odd};
    struct dataset_options options = {.train = file.path, .candidates = candidates, .n_candidates = 3};
    struct dataset *dataset;
    struct error error = {0};
    cr_assert_eq(dataset_read(&dataset, &options, &error), 0, "%s", error.message);
    cr_expect_str_eq(dataset->candidates[0].name, "my name");
    cr_expect_str_eq(dataset->candidates[0].table->name, "my name");
    cr_expect_str_eq(dataset->candidates[1].name, file.path + 5);
    cr_expect_str_eq(dataset->candidates[2].name, "assay=odd.v2");
    dataset_free(dataset);
    candidates[2] = file.path;
    cr_expect_eq(dataset_read(&dataset, &options, &error), ERROR_INPUT);
    cr_expect(strstr(error.message, "two candidates are called"), "%s", error.message);
    unlink(odd);
    text_file_remove(file);
}
