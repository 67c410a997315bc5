#include "numeric/square.h"

#include <math.h>

#define DEGREES 120.0 /* of freedom: variances are estimated */

struct interval interval_square(double value, double estimate, double se, double level)
{
    double margin = normal_quantile(0.5 + level / 2) * se;
    double skew = estimate > margin / 2 ? margin * margin / (4 * estimate) : margin / 2;
    return (struct interval){fmax(0, fmin(value, estimate - margin)), fmax(value, estimate + margin + skew), level,
                             "square, bias-corrected"};
}

/* Of V where its mean is μ: variance and third moment about the mean. */
struct quadratic_model {
    double value, bias, noise, skew, linear, slope;
};

static double type_three_quantile(double skew, double z)
{
    if (skew < 1e-6)
        return z;
    double cube = 1 + skew * z / 6 - skew * skew / 36; /* Wilson and Hilferty 1931 */
    return 2 / skew * (cube * cube * cube - 1);
}

static double quantile_at(const struct quadratic_model *m, double mean, double z)
{
    double linear = mean > m->bias ? fmax(0, m->linear + m->slope * (mean - m->value)) : 0, variance = m->noise + linear;
    double third = m->skew * pow(m->noise, 1.5) + 1.5 * m->slope * linear;
    return variance > 0 ? mean + sqrt(variance) * type_three_quantile(third / pow(variance, 1.5), z) : mean;
}

/* The mean at which V is the quantile z. */
static double mean_for(const struct quadratic_model *m, double z)
{
    double sd = sqrt(m->noise), low = m->bias;
    double high = 4 * fmax(m->bias, m->value) + 20 * sqrt(m->noise + fmax(0, m->linear)) + 12 * m->slope;
    if (quantile_at(m, low, z) >= m->value)
        return m->value - sd * type_three_quantile(m->skew, z);
    for (int step = 0; step < 100 && low < high; step++) {
        double middle = low + (high - low) / 2;
        *(quantile_at(m, middle, z) > m->value ? &high : &low) = middle;
    }
    return low + (high - low) / 2;
}

struct interval quadratic_interval(const struct quadratic *q, double level)
{
    struct interval out = {NAN, NAN, level, "moments of a quadratic form"};
    double sd = sqrt(q->noise), skew = fmin(2, fmax(0.3, q->skew)), above = fmax(0, q->value - q->bias);
    double normal = normal_quantile(0.5 + level / 2), z = normal + (normal * normal * normal + normal) / (4 * DEGREES);
    struct quadratic_model m = {q->value, q->bias, q->noise, skew, 0, 0};
    if (!(q->value > 0)) {
        out.lo = out.hi = q->value;
        return out;
    }
    double clear = above > 0 ? above * above / (above * above + q->noise) : 0, linear = fmax(0, q->projections - 2 * q->noise);
    double alone = (q->projections / q->value + skew * sd) / 2;
    double far = linear + q->noise > 0 ? linear / fmax(above, 1e-300) + 0.2 * skew * sd * q->noise / (q->noise + linear) : 0;
    m.linear = clear * linear + (1 - clear) * alone * (q->value - q->bias);
    m.slope = (clear > 0 ? clear * far : 0) + (1 - clear) * alone;
    out.lo = fmax(0, fmin(q->value, mean_for(&m, z)));
    out.hi = fmax(q->value, mean_for(&m, -z));
    return out;
}
