/* Domains, codes, noise and draws of the private generators. */
#include <math.h>

#include "generators/dp.h"
#include "generators/support.h"

/* The grid that public values lie on, as generator_scale has it for a table's own. */
static double public_scale(const struct column_schema *schema)
{
    if (schema->type == COLUMN_NUMERIC)
        return schema->decimals >= 0 && schema->decimals <= 15 ? round(exp10(schema->decimals)) : 0;
    for (size_t i = 0; i < schema->n_sorted; i++)
        if (schema->sorted[i] != floor(schema->sorted[i]))
            return 86400;
    return 1;
}

static void set_quantity(struct dp_column *column, const struct column_schema *schema, uint32_t bins)
{
    double steps;

    column->lo = schema->lo;
    column->hi = schema->hi;
    column->scale = public_scale(schema);
    if (isnan(schema->lo))
        return; /* nothing but missing cells */
    steps = rint((schema->hi - schema->lo) * column->scale) + 1;
    column->values = column->scale > 0 && steps <= bins;
    column->n_codes = column->values ? (uint32_t)steps : bins;
    column->width = column->values ? 1 / column->scale : schema->hi / bins - schema->lo / bins;
}

static void set_column(struct dp_column *column, const struct column_schema *schema, size_t index, uint32_t bins)
{
    *column = (struct dp_column){.index = index, .missing = schema->missing_in_train > 0};
    if (column_kind(schema) == KIND_QUANTITY)
        set_quantity(column, schema, bins);
    else
        column->n_codes = schema->fitted_levels;
    column->quantity = column_kind(schema) == KIND_QUANTITY;
    if (column->n_codes == 0)
        column->missing = true;
    column->n_codes += column->missing;
}

int dp_model_new(struct dp_model *model, const struct table *train, uint64_t seed, const struct dp_budget *budget,
                 uint32_t bins, struct error *error)
{
    *model = (struct dp_model){.train = train, .budget = *budget, .seed = seed};
    if (!(budget->epsilon > 0) || !isfinite(budget->epsilon) || !(budget->noise_scale > 0) || !isfinite(budget->noise_scale))
        return error_set(error, ERROR_INPUT, "a private generator needs an epsilon and a noise scale above 0, not %g and %g",
                         budget->epsilon, budget->noise_scale);
    model->arena = arena_new();
    model->columns = model->arena ? ARENA_ARRAY(model->arena, struct dp_column, train->n_columns + 1) : NULL;
    if (!model->columns) {
        dp_model_free(model);
        return error_memory(error);
    }
    for (size_t j = 0; j < train->n_columns; j++)
        if (column_kind(&train->schema->columns[j]) != KIND_OTHER)
            set_column(&model->columns[model->n_columns++], &train->schema->columns[j], j, bins);
    return 0;
}

void dp_model_free(struct dp_model *model)
{
    arena_free(model->arena);
    *model = (struct dp_model){0};
}

void dp_blank(const struct table *train, struct table *out)
{
    for (size_t j = 0; j < train->n_columns; j++)
        for (size_t i = 0; i < out->rows && column_kind(&train->schema->columns[j]) == KIND_OTHER; i++)
            table_codes(out, j)[i] = CODE_MISSING;
}

int dp_end(struct table **out, int status)
{
    if (!status) {
        table_seal(*out);
        return 0;
    }
    table_free(*out);
    *out = NULL;
    return status;
}

static uint32_t quantity_code(const struct dp_column *column, double value)
{
    const uint32_t last = column->n_codes - column->missing - 1;
    const double steps = (fmin(fmax(value, column->lo), column->hi) - column->lo) / column->width;

    if (!(column->width > 0))
        return 0;
    return (uint32_t)fmin(column->values ? rint(steps) : floor(steps), last);
}

void dp_codes(const struct dp_model *model, size_t c, uint32_t *codes)
{
    const struct dp_column *column = &model->columns[c];
    const struct column *cells = &model->train->columns[column->index];
    const uint32_t own = column->n_codes - column->missing; /* codes that are not "missing" */

    for (size_t i = 0; i < model->train->rows; i++) {
        const bool absent = column->quantity ? isnan(cells->number[i]) : cells->code[i] == CODE_MISSING;

        if (own == 0 || (absent && column->missing))
            codes[i] = column->n_codes - 1;
        else if (absent)
            codes[i] = 0; /* outside the domain, as unseen levels are */
        else if (column->quantity)
            codes[i] = quantity_code(column, cells->number[i]);
        else
            codes[i] = cells->code[i] < own ? cells->code[i] : own - 1;
    }
}

void dp_write(const struct dp_column *column, uint32_t code, struct random *random, struct table *out, size_t row)
{
    const bool missing = column->missing && code == column->n_codes - 1;
    const double within = column->values ? 0 : random_uniform(random);

    if (!column->quantity)
        table_codes(out, column->index)[row] = missing ? CODE_MISSING : code;
    else
        table_numbers(out, column->index)[row] =
            missing ? NAN
                    : fmin(fmax(generator_round(column->lo + column->width * (code + within), column->scale), column->lo),
                           column->hi);
}

/* Failures before the first success, P[k] = (1 − a) a^k. */
static double geometric(struct random *random, double log_a)
{
    return floor(log(1 - random_uniform(random)) / log_a);
}

void dp_noisy_counts(const struct dp_model *model, uint64_t table, double epsilon, double *counts, size_t n)
{
    const double log_a = -epsilon / (2 * model->budget.noise_scale);
    struct random random;

    random_init(&random, model->seed, "generator.dp noise", table, 0);
    for (size_t k = 0; k < n; k++) {
        const double up = geometric(&random, log_a), down = geometric(&random, log_a);

        counts[k] = fmax(0, counts[k] + up - down);
    }
}

size_t dp_choose(const struct dp_model *model, uint64_t choice, double epsilon, double sensitivity, const double *score,
                 size_t n)
{
    const double factor = sensitivity > 0 ? epsilon / (2 * sensitivity * model->budget.noise_scale) : 0;
    double best = -INFINITY;
    size_t chosen = 0;
    struct random random;

    random_init(&random, model->seed, "generator.dp choice", choice, 0);
    for (size_t k = 0; k < n; k++) {
        const double value = score[k] * factor - log(-log(fmax(random_uniform(&random), 0x1p-60)));

        if (value > best) {
            best = value;
            chosen = k;
        }
    }
    return chosen;
}

void dp_cumulate(double *counts, size_t n)
{
    double sum = 0;

    for (size_t k = 0; k < n; k++)
        sum += counts[k];
    for (size_t k = 0; k < n; k++)
        counts[k] = (sum > 0 ? counts[k] / sum : 1 / (double)n) + (k > 0 ? counts[k - 1] : 0);
}

/* The first place whose cumulated share is above the draw; the draw is below the last one's. */
uint32_t dp_draw(const double *cumulated, size_t n, struct random *random)
{
    const double at = random_uniform(random) * cumulated[n - 1];
    size_t lo = 0, hi = n - 1;

    while (lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;

        if (cumulated[middle] > at)
            hi = middle;
        else
            lo = middle + 1;
    }
    return (uint32_t)lo;
}

double dp_information_sensitivity(size_t n)
{
    const double rows = (double)n;

    return n < 2 ? 0 : 2 / rows * log((rows + 1) / 2) + (rows - 1) / rows * log((rows + 1) / (rows - 1));
}
