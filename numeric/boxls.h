/* Least squares with bounded unknowns over a 0/1 matrix: the fast solver of linear reconstruction.
 *
 *     min  sum_j w_j (sum_{i in S_j} t_i − b_j)^2      over 0 <= t_i <= 1
 *
 * With w_j the inverse variance of answer j it is the maximum likelihood estimate under normal noise; boxls_weight gives the
 * weights that attacks use. Solved matrix-free by MPRGP, modified proportioning with reduced gradient projections (Dostal and
 * Schoeberl 2005, "Minimizing quadratic functions subject to bound constraints with the rate of convergence and finite
 * termination", Comput. Optim. Appl. 30, algorithm 3.1; extended to two-sided bounds), after scaling the unknowns by the
 * diagonal. Two passes over the entries of the matrix an iteration; memory linear in entries. Where the optimum is not
 * one point, the result is the one that conjugate gradients reach from t = 1/2.
 *
 * The gap holds wherever the iterations end. The Lagrange dual at multipliers s·2w(At − b) is −s²f + s(2f − d) with the
 * objective f and d = sum_i max(g_i t_i, −g_i (1 − t_i)) of its gradient g (at s = 1 the bound of Frank and Wolfe 1956, Nav.
 * Res. Logist. Q. 3); the best s leaves d − d²/(4f), or f itself where d >= 2f: no square is below 0. */
#ifndef ASSAY_NUMERIC_BOXLS_H
#define ASSAY_NUMERIC_BOXLS_H

#include <stdbool.h>

#include "numeric/sparse.h"

struct boxls_problem {
    const struct sparse *queries; /* m x n */
    const double *answers;        /* m, finite */
    const double *weights;        /* m, >= 0; NULL: all 1 */
};

struct boxls_options {
    double tolerance;      /* wanted KKT residual; 0: 1e-9 */
    size_t max_iterations; /* 0: 10 n + 1000 */
};

struct boxls_result {
    double *t; /* n, in the arena */
    double objective;
    double gap; /* proven: the optimum lies at most this far below the objective */
    double kkt; /* length of the projected gradient (scaled unknowns) relative to that at t = 0 without bounds */
    bool converged;
    size_t iterations;
};

int boxls_solve(const struct boxls_problem *problem, const struct boxls_options *options, struct arena *arena,
                struct boxls_result *result, struct error *error);

/* Inverse variance of the answer N c/M to a query over N records with M supporting rows and c positives, p = c/M:
 * 1/(N^2 p (1 − p)/M + .05); the constant stands for the rounding of real records to whole numbers and keeps answers with
 * p = 0 or 1 finite. */
double boxls_weight(double records, double support, double positives);

#endif
