/* Values: ridge regression by conjugate gradients, never forming the normal matrix (5,000 levels are 5,000 features).
 *
 * Near-collinear quantities (a date beside its year and month) get large opposite weights from plain least squares, which any
 * noise in a cell then tears apart; their penalty is therefore k = p·s²/|w|², from the residual variance s² and the weights w
 * of the p quantities, taken anew a few times (Hoerl, Kennard, Baldwin 1975; Hoerl and Kennard 1976). Without residuals k is 0:
 * an exact linear truth stays exact. */
#include "models/linear_fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ITERATIONS = 500, REFITS = 4 };
static const double STOP = 1e-26; /* of the squared gradient against its start */

/* The rows in compressed form, columns scaled to unit norm (penalty included). */
struct sparse {
    size_t rows, width;
    size_t *start;
    uint32_t *index;
    double *value;
    double *scale; /* per feature: 1/norm, 1 where the feature never occurs */
    double *ridge; /* per feature: root of the penalty, in scaled units */
};

static void sparse_free(struct sparse *x)
{
    free(x->start);
    free(x->index);
    free(x->value);
    free(x->scale);
    free(x->ridge);
}

static int sparse_fill(const struct linear_rows *rows, struct sparse *x, struct error *error)
{
    const struct layout *layout = &rows->design->layout;
    size_t per_row = 2 * layout->quantities + layout->factors + 1, used = 0;
    x->rows = rows->rows;
    x->width = layout->features + 1;
    x->start = calloc(x->rows + 1, sizeof *x->start);
    x->index = calloc((x->rows + 1) * per_row, sizeof *x->index);
    x->value = calloc((x->rows + 1) * per_row, sizeof *x->value);
    x->scale = calloc(x->width, sizeof *x->scale);
    x->ridge = calloc(x->width, sizeof *x->ridge);
    if (!x->start || !x->index || !x->value || !x->scale || !x->ridge)
        return error_memory(error);
    for (size_t f = 0; f < x->width; f++)
        x->scale[f] = 1;
    for (size_t i = 0; i < x->rows; i++) {
        used += design_sparse_row(rows->design, rows->use ? rows->use[i] : i, x->index + used, x->value + used);
        x->index[used] = (uint32_t)layout->features;
        x->value[used++] = 1;
        x->start[i + 1] = used;
    }
    return 0;
}

/* Unit columns (penalty included): penalty on quantities, 1 on indicators and levels, none on the intercept. Called again, it
 * takes the earlier scale off first. */
static void sparse_scale(struct sparse *x, size_t quantities, double penalty)
{
    size_t cells = x->start[x->rows];
    double *norm = x->ridge;
    for (size_t k = 0; k < cells; k++)
        x->value[k] /= x->scale[x->index[k]];
    memset(norm, 0, x->width * sizeof *norm);
    for (size_t k = 0; k < cells; k++)
        norm[x->index[k]] += x->value[k] * x->value[k];
    for (size_t f = 0; f < x->width; f++) {
        double own = f < quantities ? penalty : f == x->width - 1 ? 0 : 1;
        x->scale[f] = norm[f] > 0 ? 1 / sqrt(norm[f] + own) : 1;
        x->ridge[f] = norm[f] > 0 ? sqrt(own) * x->scale[f] : 0;
    }
    for (size_t k = 0; k < cells; k++)
        x->value[k] *= x->scale[x->index[k]];
}

/* out = X p */
static void sparse_times(const struct sparse *x, const double *p, double *out)
{
    for (size_t i = 0; i < x->rows; i++) {
        double sum = 0;
        for (size_t k = x->start[i]; k < x->start[i + 1]; k++)
            sum += x->value[k] * p[x->index[k]];
        out[i] = sum;
    }
}

/* out = X' r + ridge ∘ r_penalty */
static void sparse_transposed(const struct sparse *x, const double *r, const double *r_penalty, double *out)
{
    for (size_t f = 0; f < x->width; f++)
        out[f] = x->ridge[f] * r_penalty[f];
    for (size_t i = 0; i < x->rows; i++)
        for (size_t k = x->start[i]; k < x->start[i + 1]; k++)
            out[x->index[k]] += x->value[k] * r[i];
}

static double squared_norm(const double *v, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += v[i] * v[i];
    return sum;
}

/* work: 2·rows + 4·width numbers. r starts as y, w as 0. */
static void conjugate_gradients(const struct sparse *x, const double *value, double *w, double *work)
{
    size_t n = x->rows, m = x->width;
    double *r = work, *q = r + n, *r_penalty = q + n, *q_penalty = r_penalty + m, *s = q_penalty + m, *p = s + m;
    memcpy(r, value, n * sizeof *r);
    memset(r_penalty, 0, m * sizeof *r_penalty);
    memset(w, 0, m * sizeof *w);
    sparse_transposed(x, r, r_penalty, s);
    memcpy(p, s, m * sizeof *p);
    double gamma = squared_norm(s, m), start = gamma;
    for (int step = 0; step < ITERATIONS && gamma > STOP * start && gamma > 0; step++) {
        sparse_times(x, p, q);
        for (size_t f = 0; f < m; f++)
            q_penalty[f] = x->ridge[f] * p[f];
        double curvature = squared_norm(q, n) + squared_norm(q_penalty, m);
        if (!(curvature > 0))
            break;
        double alpha = gamma / curvature;
        for (size_t f = 0; f < m; f++) {
            w[f] += alpha * p[f];
            r_penalty[f] -= alpha * q_penalty[f];
        }
        for (size_t i = 0; i < n; i++)
            r[i] -= alpha * q[i];
        sparse_transposed(x, r, r_penalty, s);
        double next = squared_norm(s, m), beta = next / gamma;
        for (size_t f = 0; f < m; f++)
            p[f] = s[f] + beta * p[f];
        gamma = next;
    }
}

/* The penalty for the next fit: p·s²/|w|². w is in scaled units, residual the first `rows` numbers of CG's work. */
static double next_penalty(const struct sparse *x, size_t quantities, const double *w, const double *residual)
{
    double weights = 0, rows = (double)x->rows, p = (double)quantities;
    for (size_t f = 0; f < quantities; f++)
        weights += w[f] * w[f] * x->scale[f] * x->scale[f];
    if (!(weights > 0) || rows <= p + 1)
        return 0;
    return p * squared_norm(residual, x->rows) / (rows - p - 1) / weights;
}

int linear_ridge(const struct linear_rows *rows, const double *value, double *weights, struct error *error)
{
    struct sparse x = {0};
    double *work = NULL, mean = 0, *centred = NULL, penalty = 0;
    size_t quantities = rows->design->layout.quantities;
    int status = sparse_fill(rows, &x, error);
    if (status != 0)
        goto out;
    work = calloc(2 * x.rows + 4 * x.width + 1, sizeof *work);
    centred = calloc(x.rows + 1, sizeof *centred);
    if (!work || !centred) {
        status = error_memory(error);
        goto out;
    }
    for (size_t i = 0; i < x.rows; i++)
        mean += value[i] / (double)x.rows;
    for (size_t i = 0; i < x.rows; i++)
        centred[i] = value[i] - mean;
    for (int fit = 0; fit <= REFITS; fit++) {
        sparse_scale(&x, quantities, penalty);
        conjugate_gradients(&x, centred, weights, work);
        penalty = next_penalty(&x, quantities, weights, work);
    }
    for (size_t f = 0; f < x.width; f++)
        weights[f] *= x.scale[f];
    weights[x.width - 1] += mean;
out:
    free(work);
    free(centred);
    sparse_free(&x);
    return status;
}

double linear_margin(const struct design *design, size_t row, const double *weights)
{
    const struct layout *layout = &design->layout;
    const double *number = design->number + row * layout->quantities;
    const uint32_t *level = design->level + row * layout->factors;
    double sum = weights[layout->features];
    for (size_t k = 0; k < layout->quantities; k++) {
        if (!isnan(number[k]))
            sum += number[k] * weights[k];
        else if (layout->indicator[k] != FEATURE_NONE)
            sum += weights[layout->indicator[k]];
    }
    for (size_t k = 0; k < layout->factors; k++)
        if (level[k] != FEATURE_NONE)
            sum += weights[layout->first[k] + level[k]];
    return sum;
}
