#include "metrics/fidelity/propensity_fit.h"

#include <math.h>
#include <string.h>

#define TOLERANCE  1e-16 /* squared Newton decrement of the model with interactions */
#define ITERATIONS 30
#define ROUNDING   1e-12 /* pMSE below this many null expectations, of one coefficient at least, is 0 */

struct fit {
    const struct propensity_terms *terms;
    bool with_products;
    size_t columns;
    uint32_t *use; /* rows that are fitted */
    size_t rows;
    uint8_t *label; /* of these */
    double *p;      /* per row of terms */
    struct logit logit;
    double *direction; /* per column: H⁻¹ times the derivative of N·pMSE */
};

static void fill(const void *context, size_t from, size_t count, double *x)
{
    const struct fit *fit = context;
    for (size_t i = 0; i < count; i++)
        memcpy(x + i * fit->columns, propensity_row(fit->terms, fit->use[from + i]), fit->columns * sizeof *x);
}

/* Whether a term is 0 or 1, and so its products with such terms. */
static bool is_switch(const struct propensity_terms *terms, size_t t)
{
    uint32_t j = t ? terms->owner[t] : 0;
    return t > 0 && (terms->level_term[j] || t == terms->missing[j]);
}

/* Rows of each label with each switch on; switches columns … are "no term of measured column j is on". */
static void count_switches(const struct fit *fit, size_t (*count)[2])
{
    const struct propensity_terms *terms = fit->terms;
    memset(count, 0, (fit->columns + terms->columns) * sizeof *count);
    for (size_t i = 0; i < fit->rows; i++) {
        const double *x = propensity_row(terms, fit->use[i]);
        for (size_t t = 1; t < fit->columns; t++)
            count[t][fit->label[i]] += x[t] != 0;
        for (size_t j = 0; j < terms->columns; j++)
            count[fit->columns + j][fit->label[i]] += 1;
        for (size_t t = 1; t < terms->main; t++)
            count[fit->columns + terms->owner[t]][fit->label[i]] -= x[t] != 0;
    }
}

static bool one_sided(const size_t count[2])
{
    return (count[0] == 0) != (count[1] == 0);
}

static void find_one_sided(const struct fit *fit, size_t (*count)[2], uint8_t *alone)
{
    const struct propensity_terms *terms = fit->terms;
    for (size_t t = 0; t < fit->columns; t++) {
        const struct propensity_product *product = t < terms->main ? NULL : &terms->product[t - terms->main];
        bool on = product ? is_switch(terms, product->a) && is_switch(terms, product->b) : is_switch(terms, t);
        alone[t] = on && one_sided(count[t]);
    }
    for (size_t j = 0; j < terms->columns; j++)
        alone[fit->columns + j] = terms->level_term[j] && one_sided(count[fit->columns + j]);
}

static bool row_alone(const struct fit *fit, const double *x, const uint8_t *alone)
{
    const struct propensity_terms *terms = fit->terms;
    for (size_t t = 1; t < fit->columns; t++)
        if (alone[t] && x[t] != 0)
            return true;
    for (size_t j = 0; j < terms->columns; j++) {
        bool on = false;
        if (!alone[fit->columns + j])
            continue;
        for (size_t t = 1; t < terms->main; t++)
            on = on || (terms->owner[t] == j && x[t] != 0);
        if (!on)
            return true;
    }
    return false;
}

/* Takes out the rows that one switch tells the table of; what is left may have such rows anew. */
static int drop_determined(struct fit *fit, struct arena *arena, struct error *error)
{
    size_t switches = fit->columns + fit->terms->columns;
    size_t(*count)[2] = arena_array(arena, switches, sizeof *count);
    uint8_t *alone = ARENA_ARRAY(arena, uint8_t, switches);
    if (!count || !alone)
        return error_memory(error);
    for (size_t before = fit->rows + 1; before != fit->rows;) {
        before = fit->rows;
        count_switches(fit, count);
        find_one_sided(fit, count, alone);
        if (!memchr(alone, 1, switches))
            break;
        size_t kept = 0;
        for (size_t i = 0; i < before; i++) {
            if (row_alone(fit, propensity_row(fit->terms, fit->use[i]), alone))
                continue;
            fit->use[kept] = fit->use[i];
            fit->label[kept++] = fit->label[i];
        }
        fit->rows = kept;
    }
    return 0;
}

static int allocate(struct fit *fit, struct arena *arena, struct error *error)
{
    const struct propensity_terms *terms = fit->terms;
    fit->columns = terms->main + (fit->with_products ? terms->products : 0);
    fit->use = ARENA_ARRAY(arena, uint32_t, terms->rows + 1);
    fit->label = ARENA_ARRAY(arena, uint8_t, terms->rows + 1);
    fit->p = ARENA_ARRAY(arena, double, terms->rows + 1);
    fit->direction = ARENA_ARRAY(arena, double, fit->columns);
    if (!fit->use || !fit->label || !fit->p || !fit->direction)
        return error_memory(error);
    fit->rows = terms->rows;
    for (size_t i = 0; i < terms->rows; i++) {
        fit->use[i] = (uint32_t)i;
        fit->label[i] = terms->label[i];
        fit->p[i] = terms->label[i];
    }
    return 0;
}

/* Fits what is left; a rest with one label is determined as a whole. */
static int fit_rest(struct fit *fit, bool covariance, struct arena *arena, struct propensity *out, struct error *error)
{
    const struct propensity_terms *terms = fit->terms;
    struct pool *pool = terms->task->pool;
    struct logit_problem problem = {.rows = fit->rows,
                                    .columns = fit->columns,
                                    .fill = fill,
                                    .context = fit,
                                    .label = fit->label,
                                    .tolerance = fit->with_products ? TOLERANCE : 0,
                                    .iterations = fit->with_products ? ITERATIONS : 0,
                                    .covariance = covariance};
    bool both = fit->rows && memchr(fit->label, 0, fit->rows) && memchr(fit->label, 1, fit->rows);
    out->determined = terms->rows - fit->rows;
    out->converged = 1;
    int status = both ? logit_fit(&problem, pool, arena, &fit->logit, error) : 0;
    if (status)
        return status;
    if (both) {
        out->converged = fit->logit.converged;
        out->likelihood = fit->logit.likelihood;
        out->parameters = fit->logit.rank;
        for (size_t i = 0; i < fit->rows; i++)
            fit->p[fit->use[i]] = fit->logit.fitted[i];
    } else {
        out->determined = terms->rows;
        fit->rows = 0;
    }
    if (out->determined == 0)
        return 0;
    struct fit all = *fit;
    all.use = ARENA_ARRAY(arena, uint32_t, terms->rows + 1);
    if (!all.use)
        return error_memory(error);
    for (size_t i = 0; i < terms->rows; i++)
        all.use[i] = (uint32_t)i;
    problem.rows = terms->rows;
    problem.context = &all;
    problem.label = terms->label;
    return logit_rank(&problem, pool, arena, &out->parameters, error);
}

/* direction = H⁻¹ Σ 2(p − c)p(1 − p)x over the fitted rows. */
static void make_direction(struct fit *fit, double c, double *slope)
{
    size_t k = fit->columns;
    for (size_t i = 0; i < fit->rows; i++) {
        double p = fit->logit.fitted[i], factor = 2 * (p - c) * p * (1 - p);
        const double *x = propensity_row(fit->terms, fit->use[i]);
        for (size_t t = 0; t < k; t++)
            slope[t] += factor * x[t];
    }
    for (size_t a = 0; a < k; a++)
        for (size_t b = 0; b < k && fit->logit.mark[a] == LOGIT_FINITE; b++)
            if (fit->logit.mark[b] == LOGIT_FINITE)
                fit->direction[a] += fit->logit.covariance[a * k + b] * slope[b];
}

/* Bias and standard errors: influence of each row on N·pMSE, its mean within its table taken off. Residuals are too small by
 * the leverage of their rows, k/N on average. */
static int make_error(struct fit *fit, double c, struct arena *arena, struct propensity *out, struct error *error)
{
    const struct propensity_terms *terms = fit->terms;
    size_t k = fit->columns, n = terms->rows;
    double *slope = ARENA_ARRAY(arena, double, k);
    double *influence = ARENA_ARRAY(arena, double, n + 1), sum[2] = {0, 0}, variance = 0, w1 = 0, w2 = 0;
    if (!slope || !influence)
        return error_memory(error);
    double leverage = fit->rows > fit->logit.rank ? (double)fit->logit.rank / (double)fit->rows : 0;
    if (fit->rows)
        make_direction(fit, c, slope);
    for (size_t i = 0; i < fit->rows; i++) {
        size_t row = fit->use[i];
        const double *x = propensity_row(terms, row);
        for (size_t t = 0; t < k; t++)
            influence[row] += x[t] * fit->direction[t];
        influence[row] *= (terms->label[row] - fit->p[row]) / (1 - leverage);
    }
    for (size_t i = 0; i < n; i++) {
        double w = fit->p[i] * (1 - fit->p[i]);
        w1 += w;
        w2 += w * w;
        influence[i] += (fit->p[i] - c) * (fit->p[i] - c);
        sum[terms->label[i]] += influence[i];
    }
    for (size_t i = 0; i < n; i++) {
        double rows = (double)terms->count[terms->label[i]], d = influence[i] - sum[terms->label[i]] / rows;
        variance += d * d * rows / fmax(1, rows - 1);
    }
    double total = (double)n, free = out->parameters > 1 ? (double)out->parameters - 1 : 0;
    out->bias = w1 > 0 ? w2 / w1 * free / total : 0;
    double chance = free > 0 ? 2 / free * out->bias * out->bias : 0, rows = variance / (total * total);
    out->se = sqrt(rows + chance);
    out->variance = rows - chance;
    out->chance = chance;
    out->growth = free > 0 ? 4 * out->bias / free : 0;
    return 0;
}

int propensity_fit(const struct propensity_terms *terms, bool with_products, bool with_error, struct arena *arena,
                   struct propensity *out, struct error *error)
{
    struct fit fit = {.terms = terms, .with_products = with_products};
    *out = (struct propensity){.bias = NAN, .se = NAN, .variance = NAN};
    int status = allocate(&fit, arena, error);
    if (status == 0)
        status = drop_determined(&fit, arena, error);
    if (status == 0)
        status = fit_rest(&fit, with_error, arena, out, error);
    if (status)
        return status;
    double n = (double)terms->rows, c = (double)terms->count[1] / n;
    for (size_t i = 0; i < terms->rows; i++)
        out->pmse += (fit.p[i] - c) * (fit.p[i] - c);
    out->pmse /= n;
    out->null = (double)(out->parameters - (out->parameters > 0)) * (1 - c) * (1 - c) * c / n;
    if (out->pmse < ROUNDING * fmax(out->null, (1 - c) * (1 - c) * c / n))
        out->pmse = 0;
    return with_error ? make_error(&fit, c, arena, out, error) : 0;
}
