/* Rows of a table as the centres of balls that reach to their k-th nearest other row, and the precision, recall, density and
 * coverage of one table against another that follow (Kynkäänniemi et al. 2019, NeurIPS; Naeem et al. 2020, ICML). Distances are
 * Euclidean on the encoding of encoded.h, by the neighbour engine. */
#ifndef ASSAY_METRICS_FIDELITY_BALLS_H
#define ASSAY_METRICS_FIDELITY_BALLS_H

#include "metrics/measure.h"
#include "numeric/neighbours.h"

#define BALLS_K          ((size_t)5)
#define BALLS_ROWS_MOST  ((size_t)40000) /* of each table; of larger ones so many are drawn */
#define BALLS_GROUPS     ((size_t)20)    /* most groups of rows for the intervals */
#define BALLS_GROUP_ROWS ((size_t)40)    /* least rows of a group */
#define BALLS_GROUP_MOST ((size_t)300)   /* and most */

struct balls {
    const struct neighbour_table *rows;
    size_t count;
    double *radius; /* [count]; infinite with k rows or fewer */
};

/* Artifact "fidelity.balls" of a table: rows drawn in a random order, and the radii of all of them. */
struct ball_table {
    const struct neighbour_scale *scale;
    struct neighbour_columns columns; /* pick: the order */
    struct balls all;
};
int ball_table_get(const struct measure_task *task, const struct table *table, const struct ball_table **balls,
                   struct error *error);

/* The balls of rows from … to − 1 of that order among themselves. pool: NULL inside pool tasks. */
int balls_part(const struct ball_table *table, size_t from, size_t to, struct pool *pool, struct arena *arena,
               struct balls *balls, struct error *error);

/* Shares in [0, 1], density ≥ 0; [0] with closed balls (d ≤ radius), [1] with open ones (d < radius). */
enum { BALLS_PRECISION, BALLS_RECALL, BALLS_DENSITY, BALLS_COVERAGE, BALLS_SHARES };
struct ball_shares {
    double share[BALLS_SHARES][2];
    double f; /* harmonic mean of precision and recall, closed balls */
};
int balls_compare(const struct balls *reference, const struct balls *subject, struct pool *pool, struct arena *arena,
                  struct ball_shares *shares, struct error *error);

#endif
