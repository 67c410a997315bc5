/* Inside of the neighbour engine: the coded table and the scan over its tiles. Only numeric/neighbours*.c include this.
 *
 * Tiles: unique rows in sort order, 64 to a tile, lanes[tile][column][lane] of uint16, the columns in kernel order (categories
 * first, since they rule most tiles out). Numbers: unit·(v − lo)/range rounded, shifted by `unit`, held within [0, 3·unit];
 * missing 4·unit. Parts are capped at `unit`. Columns go in groups of NEIGHBOUR_GROUP so that a group's sum fits 16 bits; the
 * sum of a row pair is Σ_groups (group sum >> shift).
 *
 * Bound: a coded number is off by e = |code − unit·exact| ≤ ½, so coded part ≤ unit·part + e_a + e_b; holding values within
 * [0, 3·unit], folding large category codes and the shift only lower the sum. With E = Σ_columns e of a row:
 *     coded sum · 2^shift ≤ unit · Σ parts + E_a + E_b.
 */
#ifndef ASSAY_NUMERIC_NEIGHBOURS_LAYOUT_H
#define ASSAY_NUMERIC_NEIGHBOURS_LAYOUT_H

#include <math.h>

#include "numeric/neighbours.h"

#define NEIGHBOUR_LANES 64
#define NEIGHBOUR_GROUP 64 /* columns */

struct neighbour_scale {
    enum neighbour_metric metric;
    size_t n_columns, n_categorical;
    const double **sorted; /* per column: the present fitted values in order (RANK_GOWER, numeric), else NULL */
    size_t *present;       /* per column: how many */
    double *low;           /* per column: smallest exact value */
    double *divisor;       /* per column: |a − b| / divisor, capped at 1, is the part; EUCLIDEAN, numeric: the deviation */
    double *mean;          /* per column: of the fitted values (EUCLIDEAN, numeric); NaN in a categorical column */
    bool *ranked;          /* per column: exact values are twice the rank instead of the number itself */
    uint32_t *order;       /* kernel column → column: categories (fewest levels first), then numbers */
    double unit;
    unsigned shift;
};

struct neighbour_table {
    const struct neighbour_scale *scale;
    size_t rows, unique, tiles;
    double *exact;       /* [unique][column]: numbers or ranks, codes; a missing number is infinite */
    uint16_t *lanes;     /* [tile][kernel column][lane] */
    double *slack;       /* [unique]: E of the bound */
    double worst_slack;  /* the largest */
    uint32_t *start;     /* [unique + 1]: into members */
    uint32_t *members;   /* rows of each unique row, ascending */
    uint32_t *unique_of; /* [rows] */
    bool coded_exactly;  /* the coded sum is the exact one (categories only) */
};

/* Order of two rows' exact values in the first `columns` kernel columns: −1, 0, 1. */
int neighbour_compare(const struct neighbour_scale *scale, size_t columns, const double *x, const double *y);

/* inf − inf is NaN, and NaN > 0 is false: both missing give 0, one missing gives 1, without a branch. */
static inline double neighbour_rows_distance(const double *a, const double *b, const double *divisor, size_t n)
{
    double sum = 0;

    for (size_t j = 0; j < n; j++) {
        double part = fabs(a[j] - b[j]) / divisor[j];

        part = part > 0 ? part : 0;
        sum += part < 1 ? part : 1;
    }
    return sum / (double)n;
}

/* The squared distance under EUCLIDEAN; mean is NaN in categorical columns. */
static inline double neighbour_rows_squared(const double *a, const double *b, const double *divisor, const double *mean,
                                            size_t n)
{
    double sum = 0;

    for (size_t j = 0; j < n; j++) {
        bool lost_a = isinf(a[j]), lost_b = isinf(b[j]);
        double z;

        if (isnan(mean[j])) {
            sum += a[j] < b[j] || a[j] > b[j] ? 2 : 0;
            continue;
        }
        z = ((lost_a ? mean[j] : a[j]) - (lost_b ? mean[j] : b[j])) / divisor[j];
        sum += z * z + (lost_a != lost_b ? 1 : 0);
    }
    return sum;
}

static inline double neighbour_exact_distance(const struct neighbour_scale *scale, const double *a, const double *b)
{
    if (scale->metric == NEIGHBOUR_EUCLIDEAN)
        return sqrt(neighbour_rows_squared(a, b, scale->divisor, scale->mean, scale->n_columns));
    return neighbour_rows_distance(a, b, scale->divisor, scale->n_columns);
}

/* One scan: the query's codes, and where it stands. */
struct neighbour_scan {
    const struct neighbour_table *table;
    const uint16_t *query; /* [kernel column] */
    const uint16_t
        *lane_limits; /* [tile · lanes + lane], or NULL: a lane is also a hit when its sum is not above its own limit */
};

/* The first tile in from … to−1 that has a lane with a sum not above `limit` (or its own), its sums in sums[64]; `to` when
 * there is none. Sums of lanes that are no hit may be anything above the limits. */
typedef size_t neighbour_scan_function(const struct neighbour_scan *scan, size_t from, size_t to, uint16_t limit,
                                       uint16_t sums[NEIGHBOUR_LANES]);

size_t neighbour_scan_plain(const struct neighbour_scan *scan, size_t from, size_t to, uint16_t limit,
                            uint16_t sums[NEIGHBOUR_LANES]);
size_t neighbour_scan_avx2(const struct neighbour_scan *scan, size_t from, size_t to, uint16_t limit,
                           uint16_t sums[NEIGHBOUR_LANES]);
bool neighbour_has_avx2(void);

/* neighbour_search with a given scan, for tests. */
int neighbour_search_with(neighbour_scan_function *scan, const struct neighbour_table *a, const struct neighbour_table *b,
                          struct neighbour_options options, struct pool *pool, struct arena *arena,
                          struct neighbour_list *forward, struct neighbour_list *backward, struct error *error);

#endif
