/* Inside of the L1 solver: the problem after merging, the interior-point state, the optimal face. */
#ifndef ASSAY_NUMERIC_L1_INTERNAL_H
#define ASSAY_NUMERIC_L1_INTERNAL_H

#include "numeric/l1.h"

/* min cost't + sum_k weight_k |(A t_class)_row_k − answer_k| + constant; one class: 0 <= t <= total; several: t >= 0 and
 * sum_c t_gc = total_g. Unknown of column g and class c: c·n + g. */
struct l1_system {
    struct sparse matrix; /* rows with terms x merged columns */
    size_t classes, n, unknowns;
    double *total; /* n: records merged into a column */
    double *cost;  /* unknowns */
    double constant;
    size_t terms;
    size_t *first;   /* classes + 1: terms of class c are first[c] … first[c+1]−1, rows ascending */
    uint32_t *row;   /* terms */
    double *answer;  /* terms */
    double *weight;  /* terms */
    uint32_t *group; /* column of each record */
};

/* Complementary pairs (x, z): unknowns (t, z); with one class their distance to the upper bound (v, zeta); positive and
 * negative parts of the residual b − At (p, w − y) and (q, w + y). */
struct l1_point {
    size_t pairs;
    size_t at_v, at_p, at_q; /* offsets in x and z; at_v = SIZE_MAX with several classes */
    double *x, *z;           /* pairs */
    double *y;               /* terms: multipliers of At + p − q = b */
    double *lambda;          /* n: multipliers of sum_c t = total (several classes) */
    size_t iterations;
};

int l1_path(const struct l1_system *system, const struct l1_options *options, struct arena *arena, struct l1_point *point,
            struct error *error);

/* Range of every unknown over the optimal set. */
struct l1_face {
    double *least, *greatest; /* unknowns */
    bool *loose;              /* unknowns: not constant over the set */
    bool complete;
};
int l1_face_find(const struct l1_system *system, const struct l1_point *point, double work, struct arena *arena,
                 struct l1_face *face, struct error *error);

#endif
