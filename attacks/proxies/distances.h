/* Nearest rows that several proxies share: each search is made once an audit and kept among the artifacts.
 *
 * Distances are Gower's (numeric/neighbours.h), scaled by task->reference. Train and strangers are cut to equally many rows
 * (coded_equals), since the larger table has nearer rows by its size alone. */
#ifndef ASSAY_ATTACKS_PROXIES_DISTANCES_H
#define ASSAY_ATTACKS_PROXIES_DISTANCES_H

#include "attacks/tables.h"

#define DISTANCE_TIE 1e-12 /* distances no further apart than this are equal */

enum party {
    PARTY_SUBJECT,
    PARTY_TRAIN,     /* the reference, equal in number with the strangers */
    PARTY_STRANGERS, /* rows that nobody trained on, equal in number with train */
    PARTY_REFERENCE  /* the whole reference; needs no strangers */
};

/* For each row of `from` its nearest rows in `to`, itself left out where both are one. k = 3 from the subject to real rows,
 * else 2: enough to know the two nearest (nearest alone) when any one row is left out. */
struct nearest {
    struct neighbour_list list;
    size_t others; /* rows of `to` */
};

/* ERROR_UNMEASURABLE: no strangers, or fewer than three rows in one of the two tables. */
int nearest_rows(const struct measure_task *task, enum party from, enum party to, const struct nearest **nearest,
                 struct error *error);

static inline double nearest_distance(const struct nearest *nearest, size_t row)
{
    return nearest->list.distance[row * nearest->list.k];
}

/* 1 where a < b, ½ where they tie, else 0. */
double is_nearer(double a, double b);

/* Candidate rows by which of two tables is nearer, and the number of independent rows their share is worth: under
 * exchangeable labels the share is Σ k_r L_r / m, k_r the number of candidate rows whose nearest real row is r and L_r a fair
 * label, so its variance is Σ (k_r − k̄)²/(4m²): m²/Σ (k_r − k̄)² rows, at most m. */
struct nearer_rows {
    size_t rows, train, strangers, ties;
    double effective;
};
int count_nearer(const struct nearest *train, const struct nearest *strangers, struct nearer_rows *out, struct error *error);
int nearer_details(const struct nearer_rows *rows, struct result *result, struct error *error);

/* Quantile p of the distances to the nearest row, and its interval after Woodruff (1952, JASA 47, 635): Wilson's interval of
 * the share of rows at or below it, read off as quantiles. What the choice of the
 * rows searched adds is the jackknife's. */
struct distance_quantile {
    double value, lo, hi;
};
int quantile_of_nearest(const struct nearest *nearest, double p, double level, struct distance_quantile *out,
                        struct error *error);

#endif
