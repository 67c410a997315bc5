#include "audit/score.h"

#include <math.h>
#include <stddef.h>

/* A score whose interval is longer says nothing of the candidate; in a geometric mean its lower end alone would say 0 of all.
 */
#define MOST_DOUBT 0.9

static double clamp(double x)
{
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

struct anchored_score score_anchor(struct anchor_value m, struct anchor_value c, struct anchor_value f, bool higher)
{
    struct anchored_score out = {NAN, NAN, NAN, false, NULL};
    const double scale = c.value - f.value;
    /* A value without an interval stands for itself. */
    const double c_worse = isnan(c.lo) ? c.value
                           : higher    ? c.lo
                                       : c.hi,
                 f_better = isnan(f.lo) ? f.value
                            : higher    ? f.hi
                                        : f.lo;
    double a, b;

    if (isnan(m.value)) {
        out.why_not = "compared with the holdout it has no value on this candidate";
        return out;
    }
    if (isnan(c.value)) {
        out.why_not = "there is no value of fresh real rows, as without a holdout, so there is no scale";
        return out;
    }
    if (isnan(f.value)) {
        out.why_not = "the table with the fault could not be measured, so there is no scale";
        return out;
    }
    if (higher ? c_worse <= f_better : c_worse >= f_better) {
        out.why_not = "fresh real rows and the table with the fault cannot be told apart on this data";
        return out;
    }
    out.score = clamp((m.value - f.value) / scale);
    a = isnan(m.lo) ? out.score : clamp((m.lo - f.value) / scale);
    b = isnan(m.hi) ? out.score : clamp((m.hi - f.value) / scale);
    out.lo = fmin(fmin(a, b), out.score);
    out.hi = fmax(fmax(a, b), out.score);
    out.usable = out.hi - out.lo <= MOST_DOUBT;
    if (!out.usable)
        out.why_not = "at this size its score may lie nearly anywhere between 0 and 1";
    return out;
}
