/* Peer of gauss_seidel in benches/kernels/themes/factorizations.py:
   the same operations in the same order. */
#include <stdint.h>

void gauss_seidel(const double *restrict a, int64_t n, int64_t m_a, const double *restrict b,
                  int64_t n_b, int64_t steps, double *restrict x, int64_t n_x)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = 0.0;
    for (int64_t step = 0; step < steps; step++) {
        for (int64_t i = 0; i < n; i++) {
            double s = b[i];
            for (int64_t j = 0; j < i; j++)
                s -= a[i * n + j] * x[j];
            for (int64_t j = i + 1; j < n; j++)
                s -= a[i * n + j] * x[j];
            x[i] = s / a[i * n + i];
        }
    }
}
