#include "metrics/fidelity/inference_terms.h"

#include <math.h>

#include "numeric/empirical.h"

enum { MOST_TERMS = 250, ROWS_A_TERM = 5, LEAST_RARE = 20, RARE_SHARE = 100 };

struct builder {
    const struct table *train;
    struct inference_terms *terms;
    struct inference_column *column;
    struct inference_term *term;
    double *number; /* train's rows: scratch of scale_of */
    size_t rows;    /* with a target */
    size_t room;    /* for terms */
    struct arena *arena;
};

static bool target_missing(const struct table *table, size_t target, size_t row)
{
    const struct column *column = &table->columns[target];
    return column->number ? isnan(column->number[row]) : column->code[row] == CODE_MISSING;
}

double inference_target(const struct inference_terms *terms, const struct table *table, size_t row)
{
    const struct column *column = &table->columns[terms->target];
    if (target_missing(table, terms->target, row))
        return NAN;
    if (column->number)
        return (column->number[row] - terms->target_mean) / terms->target_sd;
    return column->code[row] == terms->positive ? 1 : 0;
}

/* Mean and sd over present values of rows with a target; false where the column is empty or constant. */
static bool scale_of(const struct builder *b, size_t column, double *mean, double *sd)
{
    const double *x = b->train->columns[column].number;
    for (size_t i = 0; i < b->train->rows; i++)
        b->number[i] = target_missing(b->train, b->terms->target, i) ? NAN : x[i];
    struct sample_moments moments = sample_moments(b->number, b->train->rows);
    *mean = moments.mean;
    *sd = moments.count > 0 ? sqrt(moments.squares / (double)moments.count) : 0;
    return *sd > 1e-12 * fabs(*mean) && isfinite(*sd);
}

static uint32_t add_term(struct builder *b, size_t column, enum inference_term_kind kind, uint32_t level)
{
    b->term[b->terms->count++] = (struct inference_term){column, kind, level};
    return (uint32_t)b->terms->count;
}

static void add_quantity(struct builder *b, size_t column)
{
    struct inference_column c = {.column = column, .quantity = true, .indicator = INFERENCE_NONE};
    size_t missing = 0;
    if (!scale_of(b, column, &c.mean, &c.sd))
        return;
    for (size_t i = 0; i < b->train->rows; i++)
        missing += isnan(b->train->columns[column].number[i]) && !target_missing(b->train, b->terms->target, i);
    bool indicator = missing >= b->terms->rare;
    if (b->terms->count + 1 + indicator > b->room) {
        b->terms->left_out++;
        return;
    }
    c.number = add_term(b, column, INFERENCE_NUMBER, 0);
    if (indicator)
        c.indicator = add_term(b, column, INFERENCE_MISSING, 0);
    b->column[b->terms->columns++] = c;
}

/* Rows of every code of train that have a target; the last entry counts the missing. */
static size_t *count_levels(const struct builder *b, size_t column, uint32_t codes)
{
    size_t *rows = ARENA_ARRAY(b->arena, size_t, (size_t)codes + 1);
    const uint32_t *code = b->train->columns[column].code;
    for (size_t i = 0; rows && i < b->train->rows; i++)
        if (!target_missing(b->train, b->terms->target, i))
            rows[code[i] < codes ? code[i] : codes]++;
    return rows;
}

struct level_counts {
    size_t *rows; /* by code, missing last */
    uint32_t codes, reference;
    size_t kept, pooled, levels; /* levels kept beside the reference; rows of rare levels; levels that occur */
};

static struct level_counts weigh_levels(const struct builder *b, size_t column)
{
    uint32_t codes = b->train->schema->columns[column].fitted_levels;
    struct level_counts counts = {.rows = count_levels(b, column, codes), .codes = codes};
    for (uint32_t c = 0; counts.rows && c <= codes; c++) {
        if (counts.rows[c] > counts.rows[counts.reference])
            counts.reference = c;
        counts.levels += counts.rows[c] > 0;
        if (counts.rows[c] >= b->terms->rare)
            counts.kept++;
        else
            counts.pooled += counts.rows[c];
    }
    counts.kept -= counts.kept > 0;
    return counts;
}

static int add_levels(struct builder *b, size_t column, struct error *error)
{
    struct level_counts counts = weigh_levels(b, column);
    struct inference_column c = {.column = column,
                                 .number = INFERENCE_NONE,
                                 .indicator = INFERENCE_NONE,
                                 .of_code = ARENA_ARRAY(b->arena, uint32_t, (size_t)counts.codes + 1),
                                 .codes = counts.codes,
                                 .other = INFERENCE_NONE};
    if (!counts.rows || !c.of_code)
        return error_memory(error);
    bool other = counts.pooled >= b->terms->rare, frequent = counts.rows[counts.reference] >= b->terms->rare;
    size_t wanted = frequent ? counts.kept + other : 0;
    if (counts.levels < 2)
        return 0;
    if (wanted == 0 || b->terms->count + wanted > b->room) {
        b->terms->left_out++;
        return 0;
    }
    for (uint32_t k = 0; k <= counts.codes; k++)
        if (k != counts.reference && counts.rows[k] >= b->terms->rare)
            c.of_code[k] = add_term(b, column, INFERENCE_LEVEL, k < counts.codes ? k : CODE_MISSING);
    if (other)
        c.other = add_term(b, column, INFERENCE_OTHER, 0);
    for (uint32_t k = 0; k <= counts.codes; k++)
        if (k == counts.reference)
            c.of_code[k] = INFERENCE_NONE;
        else if (counts.rows[k] < b->terms->rare)
            c.of_code[k] = c.other;
    c.of_missing = c.of_code[counts.codes];
    c.reference = counts.reference < counts.codes ? counts.reference : CODE_MISSING;
    b->column[b->terms->columns++] = c;
    return 0;
}

/* The scale of the target, or the class that counts as 1. */
static int fit_target(struct builder *b, const struct dataset *data, bool *varies, struct error *error)
{
    struct inference_terms *terms = b->terms;
    if (terms->kind == TASK_REGRESSION) {
        *varies = scale_of(b, terms->target, &terms->target_mean, &terms->target_sd);
        return 0;
    }
    uint32_t codes = data->schema->columns[terms->target].fitted_levels;
    size_t *rows = count_levels(b, terms->target, codes), others = 0;
    if (!rows)
        return error_memory(error);
    terms->positive = data->positive;
    for (uint32_t c = 0; c < codes && terms->kind == TASK_MULTICLASS; c++)
        if (c == 0 || rows[c] > rows[terms->positive])
            terms->positive = c;
    for (uint32_t c = 0; c < codes; c++)
        others += c == terms->positive ? 0 : rows[c];
    terms->positive_rows = terms->positive < codes ? rows[terms->positive] : 0;
    *varies = others > 0 && terms->positive_rows > 0;
    return 0;
}

static int terms_make(void *context, struct arena *arena, void **artifact, struct error *error)
{
    const struct measure_task *task = context;
    const struct dataset *data = task->data;
    size_t n = data->schema->n_columns, *measured = ARENA_ARRAY(arena, size_t, n + 1);
    struct builder b = {.train = data->train.table, .terms = ARENA_NEW(arena, struct inference_terms), .arena = arena};
    b.column = ARENA_ARRAY(arena, struct inference_column, n + 1);
    b.term = ARENA_ARRAY(arena, struct inference_term, MOST_TERMS + 1);
    b.number = ARENA_ARRAY(arena, double, b.train->rows + 1);
    bool varies = false;
    if (!b.terms || !b.column || !b.term || !b.number || !measured)
        return error_memory(error);
    *b.terms = (struct inference_terms){.kind = dataset_task(data), .target = data->target, .term = b.term, .column = b.column};
    if (b.terms->kind == TASK_NONE)
        return error_set(error, ERROR_UNMEASURABLE, "the target is neither a number nor a category");
    for (size_t i = 0; i < b.train->rows; i++)
        b.rows += !target_missing(b.train, data->target, i);
    int status = fit_target(&b, data, &varies, error);
    if (status)
        return status;
    if (!varies)
        return error_set(error, ERROR_UNMEASURABLE, "the target does not vary in the training table");
    size_t rare = b.rows / RARE_SHARE > LEAST_RARE ? b.rows / RARE_SHARE : LEAST_RARE;
    b.terms->rare = task->min_group > rare ? task->min_group : rare;
    b.room = b.rows / ROWS_A_TERM < MOST_TERMS ? b.rows / ROWS_A_TERM : MOST_TERMS;
    b.room = b.room > 0 ? b.room : 1;
    n = schema_measured(data->schema, measured, n);
    for (size_t i = 0; status == 0 && i < n; i++)
        if (measured[i] == data->target)
            continue;
        else if (column_kind(&data->schema->columns[measured[i]]) == KIND_QUANTITY)
            add_quantity(&b, measured[i]);
        else
            status = add_levels(&b, measured[i], error);
    if (status == 0 && b.terms->count == 0)
        status =
            error_set(error, ERROR_UNMEASURABLE,
                      "no column beside the target varies in the training table in groups of at least %zu rows", b.terms->rare);
    *artifact = b.terms;
    return status;
}

int inference_terms_get(const struct measure_task *task, const struct inference_terms **terms, struct error *error)
{
    void *artifact = NULL;
    struct measure_task request = *task;
    int status = artifact_get(task->artifacts, "fidelity.inference.terms", task->data->train.table, NULL, 0, terms_make, NULL,
                              &request, &artifact, error);
    *terms = artifact;
    return status;
}

size_t inference_row(const struct inference_terms *terms, const struct table *table, size_t row, uint32_t *index, double *value)
{
    size_t n = 0;
    index[n] = 0;
    value[n++] = 1;
    for (size_t k = 0; k < terms->columns; k++) {
        const struct inference_column *c = &terms->column[k];
        uint32_t term;
        if (c->quantity) {
            double x = table->columns[c->column].number[row];
            term = isnan(x) ? c->indicator : c->number;
            value[n] = isnan(x) ? 1 : (x - c->mean) / c->sd;
        } else {
            uint32_t code = table->columns[c->column].code[row];
            term = code < c->codes ? c->of_code[code] : code == CODE_MISSING ? c->of_missing : c->other;
            value[n] = 1;
        }
        index[n] = term;
        n += term != INFERENCE_NONE;
    }
    return n;
}

const char *inference_term_name(const struct inference_terms *terms, const struct schema *schema, size_t term,
                                struct arena *arena)
{
    const struct inference_term *t = &terms->term[term];
    const struct column_schema *column = &schema->columns[t->column];
    switch (t->kind) {
    case INFERENCE_NUMBER:
        return column->name;
    case INFERENCE_MISSING:
        return arena_format(arena, "%s is missing", column->name);
    case INFERENCE_OTHER:
        return arena_format(arena, "%s = other (<%zu)", column->name, terms->rare);
    default:
        return t->level == CODE_MISSING ? arena_format(arena, "%s is missing", column->name)
                                        : arena_format(arena, "%s = %s", column->name, column->levels[t->level]);
    }
}
