/* Dense Cholesky factorisation A = L L' for the normal matrices of interior-point methods: blocked, on OpenBLAS level 3.
 *
 * Matrices are row-major, n x n without padding; only the lower triangle is read and written. A pivot that is not above
 * `1e-14 x the original diagonal` belongs to a direction the matrix does not see: it is replaced by 1e128, which makes that
 * component of every solution 0 (Wright 1999, "Modified Cholesky factorizations in interior-point algorithms for linear
 * programming", SIAM J. Optim. 9, section 3). n^3/3 multiplications. */
#ifndef ASSAY_NUMERIC_CHOLESKY_H
#define ASSAY_NUMERIC_CHOLESKY_H

#include <stddef.h>

/* Returns the number of replaced pivots. scratch: n doubles. */
size_t cholesky_factor(double *matrix, size_t n, double *scratch);
/* x <- (L L')^-1 x */
void cholesky_solve(const double *factor, size_t n, double *x);

#endif
