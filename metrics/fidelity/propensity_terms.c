#include "metrics/fidelity/propensity_terms.h"

#include <math.h>
#include <stdlib.h>

#include "metrics/fidelity/two_tables.h"
#include "metrics/fidelity/views.h"

#define PAIR_ROWS   10 /* training rows (of those looked at) with both levels of a product */
#define STREAM      "fidelity.propensity"
#define ROWS_A_TERM 10
#define FILL_ROWS   ((size_t)1000)

struct build {
    struct propensity_terms *terms;
    struct arena *arena;
    const struct column_schema *schema;
    const struct table *train;
    size_t most;     /* terms */
    uint32_t **used; /* per measured column of levels: training rows a level */
    bool *unseen;    /* per measured column: some row taken has a level that train lacks */
};

static void take_rows(struct propensity_terms *terms, const struct table *table, uint8_t label)
{
    size_t taken = sample_rows(table->rows, PROPENSITY_ROWS, terms->task->seed, STREAM, terms->row + terms->rows);
    for (size_t i = terms->rows; i < terms->rows + taken; i++) {
        terms->table[i] = table;
        terms->label[i] = label;
    }
    terms->rows += taken;
    terms->count[label] = taken;
}

static bool any_missing(const struct propensity_terms *terms, size_t column)
{
    return terms->task->reference->columns[column].missing > 0 || terms->task->subject->columns[column].missing > 0;
}

static int count_levels(struct build *build, size_t j, struct error *error)
{
    size_t column = build->terms->column[j];
    uint32_t fitted = build->schema[column].fitted_levels;
    const uint32_t *code = build->train->columns[column].code;
    uint32_t *used = build->used[j] = ARENA_ARRAY(build->arena, uint32_t, (size_t)fitted + 1);
    if (!used)
        return error_memory(error);
    for (size_t i = 0; i < build->train->rows; i++)
        if (code[i] < fitted)
            used[code[i]]++;
    for (size_t i = 0; i < build->terms->rows; i++) {
        uint32_t other = build->terms->table[i]->columns[column].code[build->terms->row[i]];
        build->unseen[j] = build->unseen[j] || (other != CODE_MISSING && other >= fitted);
    }
    return 0;
}

struct level {
    uint32_t code, rows;
};

static int by_rows(const void *a, const void *b)
{
    const struct level *x = a, *y = b;
    if (x->rows != y->rows)
        return x->rows > y->rows ? -1 : 1;
    return x->code < y->code ? -1 : x->code > y->code;
}

static uint32_t add_term(struct build *build, size_t column)
{
    build->terms->owner[build->terms->main] = (uint32_t)column;
    return (uint32_t)build->terms->main++;
}

/* Terms for the most frequent levels but the first, `each` of them at most. */
static int add_levels(struct build *build, size_t j, size_t each, struct error *error)
{
    struct propensity_terms *terms = build->terms;
    size_t column = terms->column[j];
    uint32_t fitted = build->schema[column].fitted_levels;
    struct level *levels = ARENA_ARRAY(build->arena, struct level, (size_t)fitted + 1);
    terms->level_term[j] = ARENA_ARRAY(build->arena, uint32_t, (size_t)fitted + 1);
    if (!levels || !terms->level_term[j])
        return error_memory(error);
    for (uint32_t c = 0; c < fitted; c++)
        levels[c] = (struct level){c, build->used[j][c]};
    qsort(levels, fitted, sizeof *levels, by_rows);
    for (size_t k = 0; k < fitted; k++) {
        bool own = k > 0 && k <= each;
        terms->level_term[j][levels[k].code] = own ? add_term(build, j) : PROPENSITY_NONE;
        terms->level_terms += own;
        terms->levels += k > 0;
    }
    terms->unseen[j] = build->unseen[j] ? add_term(build, j) : PROPENSITY_NONE;
    terms->missing[j] = any_missing(terms, column) ? add_term(build, j) : PROPENSITY_NONE;
    return 0;
}

static bool is_quantity(const struct build *build, size_t j)
{
    return column_kind(&build->schema[build->terms->column[j]]) == KIND_QUANTITY;
}

/* Terms when every factor has at most `each` levels with one of their own. */
static size_t count_terms(const struct build *build, size_t each)
{
    const struct propensity_terms *terms = build->terms;
    size_t count = 1;
    for (size_t j = 0; j < terms->columns; j++) {
        const struct column_schema *schema = &build->schema[terms->column[j]];
        size_t others = schema->fitted_levels > 0 ? schema->fitted_levels - 1 : 0;
        count += is_quantity(build, j) ? 1 : (others < each ? others : each) + build->unseen[j];
        count += any_missing(terms, terms->column[j]);
    }
    return count;
}

static int add_main(struct build *build, struct error *error)
{
    struct propensity_terms *terms = build->terms;
    size_t each = 1;
    while (each < PROPENSITY_TERMS && count_terms(build, each + 1) <= build->most / 2)
        each++;
    terms->owner = ARENA_ARRAY(build->arena, uint32_t, count_terms(build, each) + 1);
    if (!terms->owner)
        return error_memory(error);
    add_term(build, PROPENSITY_NONE);
    for (size_t j = 0; j < terms->columns; j++) {
        if (is_quantity(build, j)) {
            column_scale(&build->schema[terms->column[j]], &terms->mean[j], &terms->scale[j]);
            terms->number[j] = add_term(build, j);
            terms->missing[j] = any_missing(terms, terms->column[j]) ? add_term(build, j) : PROPENSITY_NONE;
            continue;
        }
        int status = add_levels(build, j, each, error);
        if (status)
            return status;
    }
    return 0;
}

static void main_row(const struct propensity_terms *terms, const struct table *table, size_t row, double *x)
{
    for (size_t t = 1; t < terms->main; t++)
        x[t] = 0;
    x[0] = 1;
    for (size_t j = 0; j < terms->columns; j++) {
        const struct column *column = &table->columns[terms->column[j]];
        uint32_t term;
        if (column->number) {
            bool missing = isnan(column->number[row]);
            x[terms->number[j]] = missing ? 0 : column_standard(column->number[row], terms->mean[j], terms->scale[j]);
            term = missing ? terms->missing[j] : PROPENSITY_NONE;
        } else {
            uint32_t code = column->code[row], fitted = table->schema->columns[terms->column[j]].fitted_levels;
            term = code == CODE_MISSING ? terms->missing[j] : code < fitted ? terms->level_term[j][code] : terms->unseen[j];
        }
        if (term != PROPENSITY_NONE)
            x[term] = 1;
    }
}

/* One task: FILL_ROWS rows as their terms. */
static int fill_task(void *context, size_t index, size_t worker, struct error *error)
{
    struct propensity_terms *terms = context;
    size_t to = (index + 1) * FILL_ROWS < terms->rows ? (index + 1) * FILL_ROWS : terms->rows;
    (void)worker;
    (void)error;
    for (size_t i = index * FILL_ROWS; i < to; i++) {
        double *x = terms->x + i * (terms->main + terms->products);
        main_row(terms, terms->table[i], terms->row[i], x);
        for (size_t p = 0; p < terms->products; p++)
            x[terms->main + p] = x[terms->product[p].a] * x[terms->product[p].b];
    }
    return 0;
}

static int fill_rows(struct propensity_terms *terms, struct arena *arena, struct error *error)
{
    terms->x = arena_array(arena, terms->rows + 1, (terms->main + terms->products) * sizeof(double));
    if (!terms->x)
        return error_memory(error);
    return pool_run(terms->task->pool, (terms->rows + FILL_ROWS - 1) / FILL_ROWS, fill_task, terms, error);
}

/* X'X of the main terms over train, or its first rows where there are many. */
static double *train_products(const struct build *build, double *x)
{
    const struct propensity_terms *terms = build->terms;
    size_t k = terms->main, rows = build->train->rows < PROPENSITY_ROWS ? build->train->rows : PROPENSITY_ROWS;
    double *sums = arena_array(build->arena, k, k * sizeof *sums);
    for (size_t i = 0; sums && i < rows; i++) {
        main_row(terms, build->train, i, x);
        for (size_t a = 0; a < k; a++)
            for (size_t b = 0; x[a] != 0 && b <= a; b++)
                sums[a * k + b] += x[a] * x[b];
    }
    return sums;
}

struct candidate {
    struct propensity_product product;
    double strength;
};

static int by_strength(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->strength != y->strength)
        return x->strength > y->strength ? -1 : 1;
    if (x->product.a != y->product.a)
        return x->product.a < y->product.a ? -1 : 1;
    return x->product.b < y->product.b ? -1 : x->product.b > y->product.b;
}

/* A term that stands for a number or a level of train's. */
static bool has_products(const struct build *build, size_t t)
{
    const struct propensity_terms *terms = build->terms;
    uint32_t j = terms->owner[t];
    return j != PROPENSITY_NONE && t != terms->missing[j] && (is_quantity(build, j) || t != terms->unseen[j]);
}

static size_t find_products(const struct build *build, const double *sums, struct candidate *list)
{
    const struct propensity_terms *terms = build->terms;
    size_t k = terms->main, count = 0;
    double n = sums[0];
    for (size_t a = 1; a < k; a++)
        for (size_t b = 1; b < a; b++) {
            if (terms->owner[a] == terms->owner[b] || !has_products(build, a) || !has_products(build, b))
                continue;
            bool levels = !is_quantity(build, terms->owner[a]) && !is_quantity(build, terms->owner[b]);
            double ma = sums[a * k] / n, mb = sums[b * k] / n, both = sums[a * k + b];
            double va = sums[a * k + a] / n - ma * ma, vb = sums[b * k + b] / n - mb * mb;
            if (!(va > 0) || !(vb > 0) || (levels && both < PAIR_ROWS))
                continue;
            list[count++] = (struct candidate){{(uint32_t)b, (uint32_t)a}, fabs(both / n - ma * mb) / sqrt(va * vb)};
        }
    return count;
}

static int add_products(struct build *build, struct error *error)
{
    struct propensity_terms *terms = build->terms;
    size_t k = terms->main;
    double *x = ARENA_ARRAY(build->arena, double, k), *sums = x ? train_products(build, x) : NULL;
    struct candidate *list = arena_array(build->arena, k * (k + 1) / 2 + 1, sizeof *list);
    if (!sums || !list)
        return error_memory(error);
    terms->possible = sums[0] > 0 ? find_products(build, sums, list) : 0;
    size_t room = build->most > k ? build->most - k : 0;
    terms->products = terms->possible < room ? terms->possible : room;
    qsort(list, terms->possible, sizeof *list, by_strength);
    terms->product = ARENA_ARRAY(build->arena, struct propensity_product, terms->products + 1);
    if (!terms->product)
        return error_memory(error);
    for (size_t p = 0; p < terms->products; p++)
        terms->product[p] = list[p].product;
    return 0;
}

static int allocate(struct build *build, struct error *error)
{
    struct propensity_terms *terms = build->terms;
    const struct measure_task *task = terms->task;
    size_t rows = task->reference->rows + task->subject->rows, c = terms->columns + 1;
    if (rows > 2 * (size_t)PROPENSITY_ROWS)
        rows = 2 * (size_t)PROPENSITY_ROWS;
    terms->table = ARENA_ARRAY(build->arena, const struct table *, rows + 1);
    terms->row = ARENA_ARRAY(build->arena, uint32_t, rows + 1);
    terms->label = ARENA_ARRAY(build->arena, uint8_t, rows + 1);
    terms->number = ARENA_ARRAY(build->arena, uint32_t, c);
    terms->level_term = ARENA_ARRAY(build->arena, uint32_t *, c);
    terms->unseen = ARENA_ARRAY(build->arena, uint32_t, c);
    terms->missing = ARENA_ARRAY(build->arena, uint32_t, c);
    terms->mean = ARENA_ARRAY(build->arena, double, c);
    terms->scale = ARENA_ARRAY(build->arena, double, c);
    build->used = ARENA_ARRAY(build->arena, uint32_t *, c);
    build->unseen = ARENA_ARRAY(build->arena, bool, c);
    if (!terms->table || !terms->row || !terms->label || !terms->number || !terms->level_term || !terms->unseen ||
        !terms->missing || !terms->mean || !terms->scale || !build->used || !build->unseen)
        return error_memory(error);
    return 0;
}

int propensity_terms_make(const struct measure_task *task, struct arena *arena, struct propensity_terms *terms,
                          struct error *error)
{
    *terms = (struct propensity_terms){.task = task};
    struct build build = {terms, arena, task->data->schema->columns, task->data->train.table, 0, NULL, NULL};
    int status = fidelity_columns(task, arena, &terms->column, &terms->columns, error);
    if (status == 0 && terms->columns == 0)
        status = error_set(error, ERROR_UNMEASURABLE, "there is no column to tell the tables apart by");
    if (status == 0)
        status = allocate(&build, error);
    if (status)
        return status;
    take_rows(terms, task->reference, 0);
    take_rows(terms, task->subject, 1);
    build.most = terms->rows / ROWS_A_TERM < PROPENSITY_TERMS ? terms->rows / ROWS_A_TERM : PROPENSITY_TERMS;
    for (size_t j = 0; status == 0 && j < terms->columns; j++)
        status = is_quantity(&build, j) ? 0 : count_levels(&build, j, error);
    if (status == 0)
        status = add_main(&build, error);
    if (status == 0)
        status = add_products(&build, error);
    return status || propensity_too_many(terms) ? status : fill_rows(terms, arena, error);
}
