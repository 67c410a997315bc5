/* The part of gap_pool.h that fits the weights of the mixture. EM would crawl: many weights do almost equally well, and the
 * most and the least that the cells support lie far apart on that ridge. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "numeric/cholesky.h"
#include "numeric/gap_prior.h"

enum { STEPS_MOST = 40, HALVINGS_MOST = 20 };

#define BARRIER 0.02 /* pseudo-count of every component: keeps the steps inside */
#define ENOUGH  1e-3 /* gain in log-likelihood below which the fit ends */

/* The weights' objective: log-likelihood − pull · pooled · mean |r| + BARRIER Σ log w, on Σ w = 1. */
struct slope {
    double value, log_likelihood;
    double gradient[COMPONENTS_MOST];
    double curvature[COMPONENTS_MOST * COMPONENTS_MOST]; /* minus the second derivatives: the lower half, row by row */
};

static double slope_value(const struct prior_fit *fit, size_t g, double pull, double *log_likelihood)
{
    const struct prior_group *group = &fit->group[g];
    double value = 0, priced = 0;
    for (size_t i = 0; i < fit->rows; i++) {
        double cells = fit->kernel[g][fit->row[i].group] * fit->row[i].cells;
        if (cells > 0)
            value += cells * log(prior_mixture(fit, group, fit->row[i].likelihood));
    }
    *log_likelihood = value;
    for (size_t k = 0; k < fit->prior.components; k++) {
        priced += group->weight[k] * fit->prior.atom[k];
        value += BARRIER * log(group->weight[k]);
    }
    return value - pull * group->pooled * priced;
}

static void slope_make(const struct prior_fit *fit, size_t g, double pull, struct slope *slope)
{
    const struct prior_group *group = &fit->group[g];
    size_t count = fit->prior.components, used = 0;
    memset(slope, 0, sizeof *slope);
    slope->value = slope_value(fit, g, pull, &slope->log_likelihood);
    for (size_t i = 0; i < fit->rows; i++) {
        const double *likelihood = fit->row[i].likelihood;
        double cells = fit->kernel[g][fit->row[i].group] * fit->row[i].cells, *part = fit->scratch + used * count;
        if (!(cells > 0))
            continue;
        double root = sqrt(cells), factor = root / prior_mixture(fit, group, likelihood);
        for (size_t k = 0; k < count; k++) {
            part[k] = factor * likelihood[k];
            slope->gradient[k] += root * part[k];
        }
        used++;
    }
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, (int)count, (int)used, 1, fit->scratch, (int)count, 0, slope->curvature,
                (int)count);
    for (size_t k = 0; k < count; k++) {
        slope->gradient[k] += BARRIER / group->weight[k] - pull * group->pooled * fit->prior.atom[k];
        slope->curvature[k * count + k] += BARRIER / (group->weight[k] * group->weight[k]);
    }
}

/* A Newton step on the simplex; returns what it gained. */
static double newton_step(struct prior_fit *fit, size_t g, double pull, double *log_likelihood)
{
    struct prior_group *group = &fit->group[g];
    struct slope slope;
    size_t count = fit->prior.components;
    double one[COMPONENTS_MOST], way[COMPONENTS_MOST], before[COMPONENTS_MOST], scratch[COMPONENTS_MOST], sum[2] = {0, 0},
                                                                                                          step = 1;
    slope_make(fit, g, pull, &slope);
    cholesky_factor(slope.curvature, count, scratch);
    for (size_t k = 0; k < count; k++) {
        one[k] = 1;
        way[k] = slope.gradient[k];
        before[k] = group->weight[k];
    }
    cholesky_solve(slope.curvature, count, one);
    cholesky_solve(slope.curvature, count, way);
    for (size_t k = 0; k < count; k++) {
        sum[0] += one[k];
        sum[1] += way[k];
    }
    for (size_t k = 0; k < count; k++) {
        way[k] -= one[k] * sum[1] / sum[0];
        if (way[k] < 0)
            step = fmin(step, -0.9 * before[k] / way[k]);
    }
    for (int halving = 0; halving < HALVINGS_MOST; halving++, step /= 2) {
        for (size_t k = 0; k < count; k++)
            group->weight[k] = before[k] + step * way[k];
        double value = slope_value(fit, g, pull, log_likelihood);
        if (value >= slope.value)
            return value - slope.value;
    }
    memcpy(group->weight, before, sizeof before);
    *log_likelihood = slope.log_likelihood;
    return 0;
}

double prior_fit_weights(struct prior_fit *fit, double pull)
{
    double sum = 0;
    for (size_t g = 0; g < GROUPS; g++) {
        double log_likelihood = 0;
        for (size_t step = 0; fit->group[g].used && step < STEPS_MOST; step++)
            if (newton_step(fit, g, pull, &log_likelihood) < ENOUGH)
                break;
        sum += log_likelihood;
    }
    return sum;
}
