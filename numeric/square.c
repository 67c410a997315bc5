#include "numeric/square.h"

#include <math.h>

struct interval interval_square(double value, double estimate, double se, double level)
{
    double margin = normal_quantile(0.5 + level / 2) * se;
    double skew = estimate > margin / 2 ? margin * margin / (4 * estimate) : margin / 2;
    return (struct interval){fmax(0, fmin(value, estimate - margin)), fmax(value, estimate + margin + skew), level,
                             "square, bias-corrected"};
}
