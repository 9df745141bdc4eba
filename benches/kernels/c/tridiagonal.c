/* Peer of tridiagonal in benches/kernels/themes/factorizations.py:
   the same operations in the same order. */
#include <stdint.h>

void tridiagonal(const double *restrict lower, int64_t n_lower, const double *restrict diagonal,
                 int64_t n, const double *restrict upper, int64_t n_upper,
                 const double *restrict right, int64_t n_right, double *restrict scratch,
                 int64_t n_scratch, double *restrict x, int64_t n_x)
{
    scratch[0] = upper[0] / diagonal[0];
    x[0] = right[0] / diagonal[0];
    for (int64_t i = 1; i < n; i++) {
        double pivot = diagonal[i] - lower[i] * scratch[i - 1];
        scratch[i] = upper[i] / pivot;
        x[i] = (right[i] - lower[i] * x[i - 1]) / pivot;
    }
    for (int64_t i = n - 2; i >= 0; i--)
        x[i] -= scratch[i] * x[i + 1];
}
