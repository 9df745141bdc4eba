/* Peer of lu in benches/kernels/themes/factorizations.py: the same operations in the same order. */
#include <stdint.h>

void lu(const double *restrict a, int64_t n, int64_t m_a, double *restrict out, int64_t n_out,
        int64_t m_out)
{
    for (int64_t i = 0; i < n * n; i++)
        out[i] = a[i];
    for (int64_t k = 0; k < n; k++) {
        for (int64_t i = k + 1; i < n; i++) {
            double factor = out[i * n + k] / out[k * n + k];
            out[i * n + k] = factor;
            for (int64_t j = k + 1; j < n; j++)
                out[i * n + j] -= factor * out[k * n + j];
        }
    }
}
