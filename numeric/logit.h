/* Unpenalised logistic regression by Newton's method (iteratively reweighted least squares; McCullagh and Nelder 1989,
 * "Generalized Linear Models", 2nd edition, section 2.5), with the covariance of its coefficients.
 *
 * Rows are asked for block by block, so that no rows x columns matrix has to exist. An intercept is a column of ones, best the
 * first. Centre and scale columns: a column counts as aliased when less than 1e-10 of its sum of squares is left after
 * projection on the columns before it.
 *
 * Rank: aliased columns are dropped, the later ones first, as R's glm does; their coefficient is 0.
 * Separation (Albert and Anderson 1984): where a combination of columns divides the labels, coefficients run to infinity while
 * likelihood and fitted values converge. Those are the limits, to about the root of the tolerance; the coefficients are large,
 * useless numbers and marked.
 *
 * Time: rows·columns² for each Hessian, rows·columns for each gradient; a Hessian serves while it makes the decrement fall at
 * least tenfold a step. Memory: blocks of 512 rows and one columns² matrix for each of up to 8 chunks. The sums depend on rows
 * alone, not on the pool. */
#ifndef ASSAY_NUMERIC_LOGIT_H
#define ASSAY_NUMERIC_LOGIT_H

#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/error.h"
#include "core/pool.h"

/* Writes rows from … from+count−1 into x, count x columns, row-major. Called from several threads at once. */
typedef void logit_fill(const void *context, size_t from, size_t count, double *x);

struct logit_problem {
    size_t rows, columns;
    logit_fill *fill;
    const void *context;
    const uint8_t *label; /* 0 or 1, a row */
    double tolerance;     /* stop at a squared Newton decrement g'H⁻¹g below this; 0: 1e-20 */
    int iterations;       /* at most; 0: 100 */
    int covariance;       /* 0: not wanted */
};

/* How a coefficient came out. */
enum logit_mark { LOGIT_FINITE, LOGIT_ALIASED, LOGIT_INFINITE };

struct logit {
    size_t rank;         /* columns that are not aliased */
    int iterations;      /* Newton steps */
    int converged;       /* 0: stopped at the limit of iterations */
    int separated;       /* 1: some coefficient runs to infinity */
    double decrement;    /* the last g'H⁻¹g */
    double likelihood;   /* logarithm of it */
    double *coefficient; /* columns; 0 where aliased, a large number of the right sign where infinite */
    uint8_t *mark;       /* columns, of enum logit_mark */
    double *covariance;  /* columns x columns, inverse of the information; NaN where aliased or infinite; NULL: not wanted */
    double *fitted;      /* rows, the probability of label 1 */
};

/* All arrays of `fit` come from `arena`. ERROR_UNMEASURABLE: no rows, no columns, one label only. pool NULL: this thread. */
int logit_fit(const struct logit_problem *problem, struct pool *pool, struct arena *arena, struct logit *fit,
              struct error *error);

/* The rank alone, by the same rule, of all rows whatever their labels. Scratch from `arena`. */
int logit_rank(const struct logit_problem *problem, struct pool *pool, struct arena *arena, size_t *rank, struct error *error);

#endif
