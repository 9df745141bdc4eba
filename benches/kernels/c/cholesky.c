/* Peer of cholesky in benches/kernels/themes/factorizations.py:
   the same operations in the same order. */
#include <math.h>
#include <stdint.h>

void cholesky(const double *restrict a, int64_t n, int64_t m_a, double *restrict out,
              int64_t n_out, int64_t m_out)
{
    for (int64_t i = 0; i < n * n; i++)
        out[i] = 0.0;
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j <= i; j++) {
            double s = a[i * n + j];
            for (int64_t k = 0; k < j; k++)
                s -= out[i * n + k] * out[j * n + k];
            if (i == j)
                out[i * n + i] = sqrt(s);
            else
                out[i * n + j] = s / out[j * n + j];
        }
    }
}
