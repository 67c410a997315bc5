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
    size_t iterations;
};

/* Newton's system. With theta_k = 1/(p/zp + q/zq) and E = z/t (+ zeta/v), eliminating all but the unknowns leaves
 * M_c d_c = rhs_c (+ d lambda) with M_c = A' theta_c A + E_c. Several classes: sum_c d_c = 0 lets the share of one class, the
 * record's largest, follow from the others; what is left is positive definite with n (C − 1) unknowns. (A Schur complement
 * over the inverses of the M_c would be cheaper, but those are singular to working accuracy near the optimum.) */
struct l1_newton {
    const struct l1_system *system;
    struct sparse records; /* the transposed matrix */
    uint32_t *cursor;      /* rows: scratch of the assembly */
    size_t size;           /* of the reduced system: n, or n (C − 1) */
    uint32_t *reference;   /* n: class that follows from the others */
    double *theta;         /* terms */
    double *diagonal;      /* unknowns: E */
    double *normal;        /* classes x n x n (several classes) */
    double *factor;        /* size x size */
    double *rows, *products, *residual, *reduced;
};
int l1_newton_new(struct l1_newton *newton, const struct l1_system *system, struct arena *arena, struct error *error);
void l1_newton_factor(struct l1_newton *newton, const struct l1_point *point);
/* out <- d for rhs, with iterative refinement against the unassembled matrix. */
void l1_newton_solve(struct l1_newton *newton, const double *rhs, double *out);
/* out_k = (A x_class)_row of every term; out_class = A' y of every class. */
void l1_multiply(const struct l1_newton *newton, const double *x, double *out);
void l1_multiply_transposed(const struct l1_newton *newton, const double *y, double *out);

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
