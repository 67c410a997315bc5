#include "numeric/cholesky.h"

#include <cblas.h>
#include <math.h>

#define BLOCK       ((size_t)96)
#define TINY_PIVOT  1e-14
#define LARGE_PIVOT 1e128

/* Unblocked factorisation of the diagonal block that starts at row `from`. */
static size_t factor_block(double *a, size_t n, size_t from, size_t size, const double *diagonal)
{
    size_t replaced = 0;
    for (size_t j = from; j < from + size; j++) {
        double *row = a + j * n, pivot = row[j];
        for (size_t k = from; k < j; k++)
            pivot -= row[k] * row[k];
        if (!(pivot > TINY_PIVOT * diagonal[j])) {
            pivot = LARGE_PIVOT;
            replaced++;
        }
        row[j] = sqrt(pivot);
        for (size_t i = j + 1; i < from + size; i++) {
            double sum = a[i * n + j];
            for (size_t k = from; k < j; k++)
                sum -= a[i * n + k] * row[k];
            a[i * n + j] = sum / row[j];
        }
    }
    return replaced;
}

size_t cholesky_factor(double *matrix, size_t n, double *scratch)
{
    size_t replaced = 0;
    for (size_t i = 0; i < n; i++)
        scratch[i] = matrix[i * n + i];
    for (size_t from = 0; from < n; from += BLOCK) {
        size_t size = n - from < BLOCK ? n - from : BLOCK, rest = n - from - size;
        double *corner = matrix + from * n + from, *below = matrix + (from + size) * n + from;
        replaced += factor_block(matrix, n, from, size, scratch);
        if (rest == 0)
            break;
        cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, (int)rest, (int)size, 1, corner, (int)n,
                    below, (int)n);
        cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, (int)rest, (int)size, -1, below, (int)n, 1, below + size, (int)n);
    }
    return replaced;
}

void cholesky_solve(const double *factor, size_t n, double *x)
{
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, (int)n, factor, (int)n, x, 1);
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasTrans, CblasNonUnit, (int)n, factor, (int)n, x, 1);
}
