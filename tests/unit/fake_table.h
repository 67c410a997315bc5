/* Tables made by hand for tests and benchmarks of measures: a schema of numeric and categorical columns, cells written freely,
 * the schema fitted on one of the tables. Memory is that of the schema's arena. */
#ifndef ASSAY_TESTS_FAKE_TABLE_H
#define ASSAY_TESTS_FAKE_TABLE_H

#include <math.h>
#include <stdlib.h>

#include "datasets/dataset.h"
#include "metrics/measure.h"
#include "numeric/empirical.h"

struct fake_column {
    const char *name;
    enum column_type type;
    uint32_t levels; /* of the vocabulary; 0 for quantities */
    unsigned roles;
    int decimals;
};

static inline struct schema *fake_schema(const struct fake_column *columns, size_t n)
{
    struct arena *arena = arena_new();
    struct schema *schema = ARENA_NEW(arena, struct schema);
    *schema = (struct schema){.n_columns = n, .columns = ARENA_ARRAY(arena, struct column_schema, n + 1), .arena = arena};
    for (size_t c = 0; c < n; c++) {
        struct column_schema *column = &schema->columns[c];
        *column = (struct column_schema){.name = columns[c].name,
                                         .type = columns[c].type,
                                         .roles = columns[c].roles,
                                         .decimals = columns[c].decimals,
                                         .n_levels = columns[c].levels};
        column->levels = ARENA_ARRAY(arena, const char *, columns[c].levels + 1);
        for (uint32_t k = 0; k < columns[c].levels; k++)
            column->levels[k] = arena_format(arena, "%s %u", columns[c].name, k);
    }
    return schema;
}

static inline void fake_schema_free(struct schema *schema)
{
    arena_free(schema->arena);
}

static inline struct table *fake_table(struct schema *schema, const char *name, size_t rows)
{
    struct table *table = ARENA_NEW(schema->arena, struct table);
    *table = (struct table){name, rows, schema->n_columns, schema, NULL, schema->arena};
    table->columns = ARENA_ARRAY(schema->arena, struct column, schema->n_columns + 1);
    for (size_t c = 0; c < schema->n_columns; c++)
        if (column_kind(&schema->columns[c]) == KIND_QUANTITY)
            table->columns[c].number = ARENA_ARRAY(schema->arena, double, rows + 1);
        else
            table->columns[c].code = ARENA_ARRAY(schema->arena, uint32_t, rows + 1);
    return table;
}

static inline double *fake_numbers(struct table *table, size_t column)
{
    return (double *)(uintptr_t)table->columns[column].number;
}

static inline uint32_t *fake_codes(struct table *table, size_t column)
{
    return (uint32_t *)(uintptr_t)table->columns[column].code;
}

/* Counts missing cells; call after writing. */
static inline void fake_seal(struct table *table)
{
    for (size_t c = 0; c < table->n_columns; c++) {
        table->columns[c].missing = 0;
        for (size_t i = 0; i < table->rows; i++)
            if (table->columns[c].number ? isnan(table->columns[c].number[i]) : table->columns[c].code[i] == CODE_MISSING)
                table->columns[c].missing++;
    }
}

/* Seals the table and fits the schema on it: range, sorted values, levels that occur below the greatest code that occurs. */
static inline void fake_fit(struct schema *schema, struct table *train)
{
    fake_seal(train);
    for (size_t c = 0; c < schema->n_columns; c++) {
        struct column_schema *column = &schema->columns[c];
        column->missing_in_train = train->columns[c].missing;
        column->lo = column->hi = NAN;
        column->fitted_levels = 0;
        if (train->columns[c].number) {
            column->sorted = ARENA_ARRAY(schema->arena, double, train->rows + 1);
            column->n_sorted = empirical_sort(train->columns[c].number, train->rows, column->sorted);
            if (column->n_sorted) {
                column->lo = column->sorted[0];
                column->hi = column->sorted[column->n_sorted - 1];
            }
            continue;
        }
        for (size_t i = 0; i < train->rows; i++)
            if (train->columns[c].code[i] != CODE_MISSING && train->columns[c].code[i] >= column->fitted_levels)
                column->fitted_levels = train->columns[c].code[i] + 1;
    }
}

/* One run of a measure: reference against subject, everything else at its default. Free with fake_run_free. */
struct fake_run {
    struct dataset data;
    struct artifacts *artifacts;
    struct parameter_value parameters[8];
    struct result result;
    struct error error;
    int status;
};

/* The same with these values of the measure's parameters (NULL: the defaults). */
static inline void fake_run_with(struct fake_run *run, const struct measure *measure, const struct table *reference,
                                 const struct table *subject, const struct parameter_value *parameters, struct pool *pool,
                                 bool brief)
{
    *run = (struct fake_run){.result = {.value = NAN, .lo = NAN, .hi = NAN, .arena = arena_new()}};
    run->data = (struct dataset){.schema = (struct schema *)(uintptr_t)reference->schema,
                                 .train = {.role = "train", .table = (struct table *)(uintptr_t)reference},
                                 .target = SIZE_MAX};
    for (size_t c = 0; c < reference->n_columns; c++)
        if (reference->schema->columns[c].roles & ROLE_TARGET) {
            run->data.target = c;
            run->data.positive = reference->schema->columns[c].n_levels ? reference->schema->columns[c].n_levels - 1 : 0;
        }
    artifacts_new(&run->artifacts, &run->error);
    for (size_t k = 0; measure->parameters && measure->parameters[k].name; k++)
        run->parameters[k].value = parameters ? parameters[k].value : measure->parameters[k].fallback;
    struct measure_task task = {.data = &run->data,
                                .reference = reference,
                                .subject = subject,
                                .kind = SUBJECT_CANDIDATE,
                                .brief = brief,
                                .seed = 1,
                                .level = 0.95,
                                .min_group = 10,
                                .parameters = run->parameters,
                                .pool = pool,
                                .artifacts = run->artifacts};
    run->status = measure->run(&task, &run->result, &run->error);
}

static inline void fake_run(struct fake_run *run, const struct measure *measure, const struct table *reference,
                            const struct table *subject, struct pool *pool, bool brief)
{
    fake_run_with(run, measure, reference, subject, NULL, pool, brief);
}

static inline void fake_run_free(struct fake_run *run)
{
    cJSON_Delete(run->result.details);
    arena_free(run->result.arena);
    artifacts_free(run->artifacts);
}

#endif
