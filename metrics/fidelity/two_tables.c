#include "metrics/fidelity/two_tables.h"

#include <math.h>

#include "core/random.h"
#include "numeric/empirical.h"

size_t sample_rows(size_t rows, size_t wanted, uint64_t seed, const char *stream, uint32_t *use)
{
    struct random random;
    size_t taken = 0;
    if (wanted > rows)
        wanted = rows;
    random_init(&random, seed, stream, 0, 0);
    for (size_t i = 0; taken < wanted; i++)
        if (wanted == rows || random_uniform(&random) * (double)(rows - i) < (double)(wanted - taken))
            use[taken++] = (uint32_t)i;
    return taken;
}

void column_scale(const struct column_schema *column, double *mean, double *scale)
{
    struct sample_moments moments = sample_moments(column->sorted, column->n_sorted);
    double sd = moments.count > 0 ? sqrt(moments.squares / (double)moments.count) : 0;
    *mean = moments.mean;
    *scale = sd > 1e-12 * fabs(*mean) && isfinite(sd) ? sd : fmax(fabs(*mean), 1);
}

double column_standard(double value, double mean, double scale)
{
    const double most = 1e6;
    double z = (value - mean) / scale;
    return z > most ? most : z < -most ? -most : z;
}
