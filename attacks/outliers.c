#include "attacks/outliers.h"

#include <stdlib.h>
#include <string.h>

#include "numeric/sort.h"

#define OUTLIER_NEIGHBOURS 5
#define OUTLIER_PART       10

int outlier_distances(const struct neighbour_table *rows, const struct neighbour_table *others, struct pool *pool, double *mean,
                      struct error *error)
{
    const struct neighbour_options options = {.k = OUTLIER_NEIGHBOURS, .exclude_self = rows == others};
    struct arena *scratch = arena_new();
    struct neighbour_list list = {0};
    int status = scratch ? neighbour_search(rows, others, options, pool, scratch, &list, NULL, error) : error_memory(error);

    for (size_t i = 0; !status && i < list.rows; i++) {
        double sum = 0;

        for (size_t k = 0; k < list.k; k++)
            sum += list.distance[i * list.k + k];
        mean[i] = sum / OUTLIER_NEIGHBOURS;
    }
    arena_free(scratch);
    return status;
}

int outlier_limit(const double *mean, size_t n, double *limit, struct error *error)
{
    double *sorted = malloc(n * sizeof *sorted);

    if (!sorted)
        return error_memory(error);
    memcpy(sorted, mean, n * sizeof *sorted);
    sort_doubles(sorted, n);
    *limit = sorted[n - 1 - n / OUTLIER_PART];
    free(sorted);
    return 0;
}
