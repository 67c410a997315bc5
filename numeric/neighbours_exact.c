/* Exact values and distances of coded rows. */
#include <stdlib.h>

#include "numeric/neighbours_layout.h"

/* Where the values of one row are. */
struct held {
    const uint16_t *lane;
    const float *narrow;
    const double *wide;
};

static inline struct held held_row(const struct neighbour_table *table, size_t u)
{
    size_t tile = u / NEIGHBOUR_LANES * table->scale->n_slots * NEIGHBOUR_LANES;

    return (struct held){table->lanes + tile + u % NEIGHBOUR_LANES, table->narrow + u * table->n_narrow,
                         table->wide + u * table->n_wide};
}

static inline double held_value(const struct held *row, struct neighbour_place place)
{
    uint16_t code;

    if (place.holder == NEIGHBOUR_NARROW)
        return (double)row->narrow[place.at];
    if (place.holder == NEIGHBOUR_WIDE)
        return row->wide[place.at];
    code = row->lane[place.at * NEIGHBOUR_LANES] >> place.shift & place.top;
    if (code < place.top - 1)
        return code;
    return code == place.top ? INFINITY : NEIGHBOUR_UNKNOWN;
}

double neighbour_exact_cell(const struct neighbour_table *table, size_t u, size_t column)
{
    struct held row = held_row(table, u);

    return held_value(&row, table->place[column]);
}

void neighbour_exact_row(const struct neighbour_table *table, size_t u, double *x)
{
    struct held row = held_row(table, u);

    for (size_t j = 0; j < table->scale->n_columns; j++)
        x[j] = held_value(&row, table->place[j]);
}

/* inf − inf is NaN, and NaN > 0 is false: both missing give 0, one missing gives 1, without a branch. */
static double gower(const double *x, const struct neighbour_table *b, size_t v)
{
    const struct neighbour_scale *scale = b->scale;
    struct held row = held_row(b, v);
    double sum = 0;

    for (size_t j = 0; j < scale->n_columns; j++) {
        double y = held_value(&row, b->place[j]), part;

        if (scale->categorical[j]) {
            sum += (double)((x[j] < y) | (x[j] > y));
            continue;
        }
        part = fabs(x[j] - y) / scale->divisor[j];
        part = part > 0 ? part : 0;
        sum += part < 1 ? part : 1;
    }
    return sum / (double)scale->n_columns;
}

static double squared(const double *x, const struct neighbour_table *b, size_t v)
{
    const struct neighbour_scale *scale = b->scale;
    struct held row = held_row(b, v);
    double sum = 0;

    for (size_t j = 0; j < scale->n_columns; j++) {
        double y = held_value(&row, b->place[j]), z;
        bool lost_x = x[j] > DBL_MAX, lost_y = y > DBL_MAX;

        if (scale->categorical[j]) {
            sum += 2 * (double)((x[j] < y) | (x[j] > y));
            continue;
        }
        z = ((lost_x ? scale->mean[j] : x[j]) - (lost_y ? scale->mean[j] : y)) / scale->divisor[j];
        sum += z * z + (double)(lost_x != lost_y);
    }
    return sum;
}

double neighbour_exact_distance(const double *x, const struct neighbour_table *b, size_t v)
{
    return b->scale->metric == NEIGHBOUR_EUCLIDEAN ? sqrt(squared(x, b, v)) : gower(x, b, v);
}

double neighbour_distance(const struct neighbour_table *a, size_t i, const struct neighbour_table *b, size_t j)
{
    enum { FEW = 64 };
    size_t n = a->scale->n_columns;
    double few[FEW] = {0}, *x = n <= FEW ? few : calloc(n, sizeof *x), distance = NAN;

    if (x) {
        neighbour_exact_row(a, a->unique_of[i], x);
        distance = neighbour_exact_distance(x, b, b->unique_of[j]);
    }
    if (x != few)
        free(x);
    return distance;
}
