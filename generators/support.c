#include "generators/support.h"

#include <math.h>

int generator_begin(const struct table *train, size_t rows, const char *name, struct table **out, struct error *error)
{
    *out = NULL;
    if (train->rows == 0)
        return error_set(error, ERROR_INPUT, "table '%s' has no rows, so there is nothing to learn from", train->name);
    if (train->rows >= UINT32_MAX || rows >= UINT32_MAX)
        return error_set(error, ERROR_INPUT, "generators draw from and make fewer than %u rows, not %zu from %zu", UINT32_MAX,
                         rows, train->rows);
    return table_new(out, train->schema, name, rows, error);
}

int generator_columns(const struct table *train, size_t rows, uint64_t seed, const char *name, struct pool *pool,
                      pool_task *column_task, struct table **out, struct error *error)
{
    int code = generator_begin(train, rows, name, out, error);
    if (code)
        return code;
    struct generator_task task = {.train = train, .out = *out, .seed = seed};
    code = pool_run(pool, train->n_columns, column_task, &task, error);
    if (code) {
        table_free(*out);
        *out = NULL;
        return code;
    }
    table_seal(*out);
    return 0;
}

void generator_draw(struct random *random, size_t below, size_t n, uint32_t *rows)
{
    for (size_t i = 0; i < n; i++)
        rows[i] = (uint32_t)random_below(random, below);
}

void generator_gather(const struct table *from, const uint32_t *rows, size_t first, size_t n, struct table *out, size_t column)
{
    const struct column *source = &from->columns[column];
    if (source->number) {
        double *to = table_numbers(out, column) + first;
        for (size_t i = 0; i < n; i++)
            to[i] = source->number[rows ? rows[i] : i];
    } else {
        uint32_t *to = table_codes(out, column) + first;
        for (size_t i = 0; i < n; i++)
            to[i] = source->code[rows ? rows[i] : i];
    }
}

void generator_resample(const struct table *train, struct random *random, struct table *out, size_t column)
{
    for (size_t i = 0; i < out->rows; i++) {
        uint32_t row = (uint32_t)random_below(random, train->rows);
        generator_gather(train, &row, i, 1, out, column);
    }
}

void generator_resample_other(const struct table *train, uint64_t seed, const char *stream, struct table *out)
{
    for (size_t column = 0; column < train->n_columns; column++) {
        if (column_kind(&train->schema->columns[column]) != KIND_OTHER)
            continue;
        struct random random;
        random_init(&random, seed, stream, column, 0);
        generator_resample(train, &random, out, column);
    }
}

double generator_scale(const struct table *train, size_t column)
{
    const struct column_schema *schema = &train->schema->columns[column];
    if (schema->type == COLUMN_NUMERIC)
        return schema->decimals >= 0 && schema->decimals <= 15 ? round(exp10(schema->decimals)) : 0;
    for (size_t i = 0; i < train->rows; i++) {
        double value = train->columns[column].number[i];
        if (!isnan(value) && value != floor(value))
            return 86400;
    }
    return 1;
}

double generator_round(double value, double scale)
{
    /* Both the integer and the power of ten are exact, so that the quotient is the double nearest to the decimal, the one that
     * reading the text gives; above 2^53 every double is whole anyway. */
    double steps = value * scale;
    return scale > 0 && fabs(steps) < 0x1p53 ? round(steps) / scale : value;
}

void generator_count_levels(const struct table *train, size_t column, uint32_t *counts)
{
    for (uint32_t level = 0; level < train->schema->columns[column].n_levels; level++)
        counts[level] = 0;
    for (size_t i = 0; i < train->rows; i++)
        if (train->columns[column].code[i] != CODE_MISSING)
            counts[train->columns[column].code[i]]++;
}
