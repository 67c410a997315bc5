/* Least absolute deviations with bounded unknowns: the linear reconstruction problem of Annamalai, Gadotti and Rocher,
 * "A Linear Reconstruction Approach for Attribute Inference Attacks against Synthetic Data" (USENIX Security 2024,
 * arXiv 2301.10053, section 4).
 *
 *   one class:  min  sum_j w_j |sum_{i in S_j} t_i − b_j|                      over 0 <= t_i <= 1
 *   C classes:  min  sum_j sum_c w_jc |sum_{i in S_j} t_ic − b_jc|             over t_ic >= 0, sum_c t_ic = 1
 *
 * Solved exactly by a primal-dual interior-point method with Mehrotra's predictor and corrector (Portnoy and Koenker 1997,
 * "The Gaussian hare and the Laplacian tortoise", Statist. Sci. 12, section 5; Wright 1997, Primal-dual interior-point
 * methods, chapter 10). Both sides start feasible and stay so, so every iterate has a proven gap. Before that, records that
 * occur in the same queries become one unknown with a larger upper bound, queries over the same records share one row, equal
 * answers one term, and terms whose residual cannot change its sign (b_j <= 0 or b_j >= |S_j|) become linear costs; all four
 * are exact. Newton's step solves the normal equations (A' D A + E) by dense Cholesky: n^3/3 an iteration and class, n
 * different records; 8 n^2 bytes; 15 to 40 iterations. C classes: (n (C − 1))^3/3 and 8 (C + (C − 1)^2) n^2 bytes.
 *
 * The set of optimal points. The interior-point solution is strictly complementary, so it says which terms have residual 0
 * and which unknowns sit on a bound in ALL optimal points (Goldman and Tucker 1956). What is left is a polytope: a record is
 * undetermined when its t_i is not constant there, which a rank test over the remaining equations decides; its least and
 * greatest value come from linear programs over that polytope (a bounded simplex method, warm from one record to the next). */
#ifndef ASSAY_NUMERIC_L1_H
#define ASSAY_NUMERIC_L1_H

#include <stdbool.h>

#include "numeric/sparse.h"

struct l1_problem {
    const struct sparse *queries; /* m x n */
    size_t classes;               /* 1: bits; 2 and more: one unknown a record and class */
    const double *answers;        /* m x classes, row-major; any finite value */
    const double *weights;        /* m x classes, >= 0; NULL: all 1 */
};

struct l1_options {
    double tolerance;      /* wanted gap relative to 1 + objective; 0: as small as the arithmetic allows (about 1e-13) */
    size_t max_iterations; /* 0: 100 */
    bool bounds;           /* find undetermined records and their ranges */
    double bounds_work;    /* budget of the ranges in multiplications; 0: 1e9 (about a second); negative: none, only
                              `undetermined` is wanted */
};

struct l1_result {
    double *t;         /* n x classes; where the optimum is not one point, a point well inside the optimal set */
    double objective;  /* at t */
    double dual_bound; /* proven lower bound of the optimum */
    double gap;        /* objective − dual_bound */
    bool converged;    /* gap <= max(tolerance, 1e-8) (1 + objective) */
    size_t iterations;
    size_t unknowns, terms; /* after merging */
    /* With options.bounds, else NULL and 0. */
    double *least, *greatest; /* n x classes: range of t over the optimal set */
    bool *undetermined;       /* n: some range is wider than 1e-6 */
    size_t n_undetermined;
    bool bounds_complete; /* false: the budget ran out; `undetermined` stands, some ranges are only inner bounds */
};

/* The result's arrays live in `arena`. Errors: memory; interrupted; answers or weights that are not finite or a negative
 * weight. */
int l1_solve(const struct l1_problem *problem, const struct l1_options *options, struct arena *arena, struct l1_result *result,
             struct error *error);

/* sum_j sum_c w_jc |sum_{i in S_j} t_ic − b_jc|; scratch: m doubles. */
double l1_objective(const struct l1_problem *problem, const double *t, double *scratch);

#endif
