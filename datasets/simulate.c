#include "datasets/simulate.h"

#include <math.h>

#include "datasets/csv.h"
#include "numeric/empirical.h"

struct simulated_schema {
    const char *name;
    enum column_type type;
    int decimals;
    unsigned roles;
    const char *levels[11]; /* in code point order, ends with NULL */
};

static const struct simulated_schema columns[SIMULATED_COLUMNS] = {
    [SIMULATED_SEX] = {"sex", COLUMN_CATEGORICAL, 0, ROLE_SENSITIVE | ROLE_QUASI, {"female", "male"}},
    [SIMULATED_AGE] = {"age", COLUMN_NUMERIC, 0, ROLE_QUASI, {NULL}},
    [SIMULATED_ORIGIN] = {"origin", COLUMN_CATEGORICAL, 0, ROLE_SENSITIVE | ROLE_QUASI, {"east", "north", "overseas", "south"}},
    [SIMULATED_REGION] = {"region",
                          COLUMN_CATEGORICAL,
                          0,
                          ROLE_QUASI,
                          {"alder", "birchwood", "coldmere", "dunmore", "eastvale", "fernhill", "greywick", "hollow", "isle",
                           "juniper"}},
    [SIMULATED_EDUCATION] =
        {"education", COLUMN_CATEGORICAL, 0, ROLE_QUASI, {"bachelor", "master", "primary", "secondary", "vocational"}},
    [SIMULATED_MARITAL_STATUS] =
        {"marital_status", COLUMN_CATEGORICAL, 0, ROLE_QUASI, {"divorced", "married", "partnership", "single", "widowed"}},
    [SIMULATED_EMPLOYMENT] =
        {"employment", COLUMN_CATEGORICAL, 0, 0, {"employed", "retired", "self-employed", "student", "unemployed"}},
    [SIMULATED_EMPLOYMENT_SINCE] = {"employment_since", COLUMN_DATETIME, 0, 0, {NULL}},
    [SIMULATED_INCOME] = {"income", COLUMN_NUMERIC, 0, 0, {NULL}},
    [SIMULATED_EXISTING_LOANS] = {"existing_loans", COLUMN_NUMERIC, 0, 0, {NULL}},
    [SIMULATED_DEBT_RATIO] = {"debt_ratio", COLUMN_NUMERIC, 3, 0, {NULL}},
    [SIMULATED_BALANCE] = {"balance", COLUMN_NUMERIC, 2, 0, {NULL}},
    [SIMULATED_CREDIT_SCORE] = {"credit_score", COLUMN_NUMERIC, 0, 0, {NULL}},
    [SIMULATED_ILLNESS] = {"long_term_illness", COLUMN_BOOLEAN, 0, ROLE_SECRET, {"no", "yes"}},
    [SIMULATED_APPROVED] = {"approved", COLUMN_BOOLEAN, 0, ROLE_TARGET, {"no", "yes"}},
};

static int schema_build(struct schema **out, struct error *error)
{
    struct arena *arena = arena_new();
    struct schema *schema = arena ? ARENA_NEW(arena, struct schema) : NULL;
    struct column_schema *made = arena ? ARENA_ARRAY(arena, struct column_schema, SIMULATED_COLUMNS) : NULL;
    const char **tokens = arena ? ARENA_ARRAY(arena, const char *, 1) : NULL;
    if (!schema || !made || !tokens)
        goto memory;
    for (size_t c = 0; c < SIMULATED_COLUMNS; c++) {
        made[c].name = columns[c].name;
        made[c].type = columns[c].type;
        made[c].roles = columns[c].roles;
        made[c].decimals = columns[c].decimals;
        made[c].format = columns[c].type == COLUMN_DATETIME ? "%Y-%m-%d" : NULL;
        made[c].lo = made[c].hi = NAN;
        while (columns[c].levels[made[c].n_levels])
            made[c].n_levels++;
        made[c].fitted_levels = made[c].n_levels;
        /* A copy: other tables' unseen levels are appended to a vocabulary. */
        made[c].levels = ARENA_ARRAY(arena, const char *, made[c].n_levels + 1);
        if (!made[c].levels)
            goto memory;
        for (uint32_t level = 0; level < made[c].n_levels; level++)
            made[c].levels[level] = columns[c].levels[level];
    }
    tokens[0] = "";
    *schema = (struct schema){
        .n_columns = SIMULATED_COLUMNS, .columns = made, .missing_tokens = tokens, .n_missing_tokens = 1, .arena = arena};
    *out = schema;
    return 0;
memory:
    arena_free(arena);
    return error_memory(error);
}

/* Ranges and sorted values from the table that comes with the schema. */
static int schema_fit(struct schema *schema, const struct table *table, struct error *error)
{
    for (size_t c = 0; c < schema->n_columns; c++) {
        struct column_schema *column = &schema->columns[c];
        column->missing_in_train = table->columns[c].missing;
        if (column_kind(column) != KIND_QUANTITY)
            continue;
        column->sorted = ARENA_ARRAY(schema->arena, double, table->rows + 1);
        if (!column->sorted)
            return error_memory(error);
        column->n_sorted = empirical_sort(table->columns[c].number, table->rows, column->sorted);
        if (column->n_sorted > 0) {
            column->lo = column->sorted[0];
            column->hi = column->sorted[column->n_sorted - 1];
        }
    }
    return 0;
}

static void write_person(const struct simulated_person *person, struct table *table, size_t row)
{
    for (size_t c = 0; c < SIMULATED_COLUMNS; c++) {
        bool missing = person->missing >> c & 1;
        if (table->columns[c].number)
            table_numbers(table, c)[row] = missing ? NAN : person->value[c];
        else
            table_codes(table, c)[row] = missing ? CODE_MISSING : (uint32_t)person->value[c];
    }
}

int simulate_population(size_t rows, uint64_t seed, const char *name, struct schema **schema, struct table **table,
                        struct error *error)
{
    bool own = !*schema;
    *table = NULL;
    int code = own ? schema_build(schema, error) : 0;
    if (code)
        return code;
    code = table_new(table, *schema, name, rows, error);
    if (!code) {
        for (size_t row = 0; row < rows; row++) {
            struct simulated_person person = {0};
            simulate_person(seed, row, &person);
            write_person(&person, *table, row);
        }
        table_seal(*table);
        if (own)
            code = schema_fit(*schema, *table, error);
    }
    if (code) {
        table_free(*table);
        *table = NULL;
        if (own) {
            schema_free(*schema);
            *schema = NULL;
        }
    }
    return code;
}
