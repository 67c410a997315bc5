/* robustness.noise: how do models trained on the subject bear noise in what they are asked about? */
#include "metrics/protocol.h"

#include <math.h>
#include <stdio.h>

enum { STEPS = 6 };
static const double EPS[STEPS] = {0, 0.1, 0.2, 0.3, 0.4, 0.5};
