/* Interval for a squared distance D² of two populations from an unbiased estimate and its standard error.
 *
 * The estimate of a square is skewed to the right, its root less so: the upper end is that of the root's interval squared,
 * estimate + z·se + (z·se)²/(4·estimate), the last term at most half of z·se, where the estimate is near 0. The lower end is
 * estimate − z·se. Both are cut at 0 and stretched to hold `value`, the plug-in value, which is biased upward. */
#ifndef ASSAY_NUMERIC_SQUARE_H
#define ASSAY_NUMERIC_SQUARE_H

#include "numeric/interval.h"

struct interval interval_square(double value, double estimate, double se, double level);

#endif
