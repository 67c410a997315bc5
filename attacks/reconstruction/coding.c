#include "attacks/reconstruction/coding.h"

#include <math.h>
#include <stdlib.h>

/* Has train at most `most` different values? */
static bool few_values(const struct column_schema *column, size_t most)
{
    size_t different = 0;
    for (size_t i = 0; i < column->n_sorted && different <= most; i++)
        different += i == 0 || column->sorted[i] != column->sorted[i - 1];
    return different <= most;
}

/* Ascending edges that cut train's values; *edges has room for `most` of them. */
static size_t cut(const struct column_schema *column, size_t classes, size_t exact, double *edges)
{
    size_t n = column->n_sorted, count = 0;
    if (few_values(column, exact)) {
        for (size_t i = 1; i < n; i++)
            if (column->sorted[i] != column->sorted[i - 1])
                edges[count++] = column->sorted[i];
        return count;
    }
    for (size_t j = 1; j < classes; j++) {
        double edge = column->sorted[n * j / classes];
        if (edge > column->sorted[0] && (count == 0 || edge > edges[count - 1]))
            edges[count++] = edge;
    }
    return count;
}

/* The number of edges <= value. */
static uint32_t class_of_number(const double *edges, size_t n_edges, double value)
{
    size_t lo = 0, hi = n_edges;
    while (lo < hi) {
        size_t middle = (lo + hi) / 2;
        if (edges[middle] <= value)
            lo = middle + 1;
        else
            hi = middle;
    }
    return (uint32_t)lo;
}

int coding_fit_values(const struct schema *schema, const size_t *columns, size_t n, size_t exact, struct arena *arena,
                      struct coding *coding, struct error *error)
{
    size_t most = QUASI_CLASSES > exact ? QUASI_CLASSES : exact;
    *coding = (struct coding){.n_columns = n};
    coding->columns = ARENA_ARRAY(arena, struct coded_column, n + 1);
    coding->levels = ARENA_ARRAY(arena, uint32_t, n + 1);
    if (!coding->columns || !coding->levels)
        return error_memory(error);
    for (size_t a = 0; a < n; a++) {
        const struct column_schema *column = &schema->columns[columns[a]];
        struct coded_column *coded = &coding->columns[a];
        *coded = (struct coded_column){.column = columns[a], .exact = true};
        if (column_kind(column) == KIND_QUANTITY) {
            if (!(coded->edges = ARENA_ARRAY(arena, double, most + 1)))
                return error_memory(error);
            coded->exact = few_values(column, exact);
            coded->n_edges = cut(column, QUASI_CLASSES, exact, coded->edges);
            coded->levels = (uint32_t)coded->n_edges + 2;
        } else {
            coded->levels = column->n_levels + 2;
        }
        coding->levels[a] = coded->levels;
    }
    return 0;
}

int coding_fit(const struct schema *schema, const size_t *columns, size_t n, struct arena *arena, struct coding *coding,
               struct error *error)
{
    return coding_fit_values(schema, columns, n, QUASI_EXACT, arena, coding, error);
}

int coding_apply(const struct coding *coding, const struct table *table, const uint32_t *pick, size_t n, struct arena *arena,
                 struct query_table *out, struct error *error)
{
    uint32_t **codes = ARENA_ARRAY(arena, uint32_t *, coding->n_columns + 1);
    if (!codes)
        return error_memory(error);
    for (size_t a = 0; a < coding->n_columns; a++) {
        const struct coded_column *coded = &coding->columns[a];
        const struct column *column = &table->columns[coded->column];
        const uint32_t missing = coded->levels - 1, unknown = coded->levels - 2;
        if (!(codes[a] = ARENA_ARRAY(arena, uint32_t, n + 1)))
            return error_memory(error);
        for (size_t i = 0; i < n; i++) {
            if (column->number) {
                double value = column->number[pick[i]];
                codes[a][i] = isnan(value) ? missing : class_of_number(coded->edges, coded->n_edges, value);
            } else {
                uint32_t code = column->code[pick[i]];
                codes[a][i] = code == CODE_MISSING ? missing : code < unknown ? code : unknown;
            }
        }
    }
    *out = (struct query_table){n, coding->n_columns, (const uint32_t *const *)codes, coding->levels};
    return 0;
}

struct level_count {
    uint32_t level;
    size_t count;
};

static int most_frequent_first(const void *a, const void *b)
{
    const struct level_count *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return (x->level > y->level) - (x->level < y->level);
}

static int fit_levels(const struct table *train, struct arena *arena, struct secret *secret, struct error *error)
{
    const struct column_schema *column = &train->schema->columns[secret->column];
    const uint32_t *code = train->columns[secret->column].code;
    size_t levels = column->fitted_levels, present = 0;
    struct level_count *counts = ARENA_ARRAY(arena, struct level_count, levels + 1);
    secret->class_of = ARENA_ARRAY(arena, uint32_t, levels + 1);
    if (!counts || !secret->class_of)
        return error_memory(error);
    secret->n_levels = levels;
    for (uint32_t l = 0; l < levels; l++) {
        counts[l].level = l;
        secret->class_of[l] = CODE_MISSING;
    }
    for (size_t i = 0; i < train->rows; i++)
        if (code[i] < levels)
            present += counts[code[i]].count++ == 0;
    qsort(counts, levels, sizeof *counts, most_frequent_first);
    secret->classes = present < SECRET_LEVELS ? present : SECRET_LEVELS;
    for (size_t k = 0; k < present; k++)
        secret->class_of[counts[k].level] = (uint32_t)(k < secret->classes ? k : secret->classes - 1);
    if (present == 2) {
        secret->class_of[counts[0].level] = counts[0].level > counts[1].level;
        secret->class_of[counts[1].level] = counts[1].level > counts[0].level;
    }
    return 0;
}

int secret_fit(const struct table *train, size_t column, struct arena *arena, struct secret *secret, struct error *error)
{
    const struct column_schema *schema = &train->schema->columns[column];
    int status = 0;
    *secret = (struct secret){.column = column};
    if (column_kind(schema) == KIND_QUANTITY) {
        secret->edges = ARENA_ARRAY(arena, double, SECRET_CLASSES + 1);
        if (!secret->edges)
            return error_memory(error);
        secret->n_edges = cut(schema, SECRET_CLASSES, SECRET_CLASSES, secret->edges);
        for (size_t i = 1; secret->n_edges == 0 && i < schema->n_sorted; i++)
            if (schema->sorted[i] > schema->sorted[0])
                secret->edges[secret->n_edges++] = schema->sorted[i];
        secret->classes = secret->n_edges + 1;
    } else {
        status = fit_levels(train, arena, secret, error);
    }
    if (!status && secret->classes < 2)
        return error_set(error, ERROR_UNMEASURABLE, "'%s' has one value in train and can be no secret", schema->name);
    return status;
}

uint32_t secret_class(const struct secret *secret, const struct table *table, size_t row)
{
    const struct column *column = &table->columns[secret->column];
    if (column->number) {
        double value = column->number[row];
        return isnan(value) ? CODE_MISSING : class_of_number(secret->edges, secret->n_edges, value);
    }
    return column->code[row] < secret->n_levels ? secret->class_of[column->code[row]] : CODE_MISSING;
}

size_t secret_known(const struct secret *secret, const struct table *table, uint32_t *pick, uint32_t *class)
{
    size_t n = 0;
    for (size_t i = 0; i < table->rows; i++) {
        uint32_t c = secret_class(secret, table, i);
        if (c == CODE_MISSING)
            continue;
        pick[n] = (uint32_t)i;
        class[n++] = c;
    }
    return n;
}
