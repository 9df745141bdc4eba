/* Peer of blocked_product in benches/kernels/themes/linear.py:
   the same operations in the same order. */
#include <stdint.h>

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

void blocked_product(const double *restrict a, int64_t n, int64_t m_a, const double *restrict b,
                     int64_t n_b, int64_t m_b, double *restrict out, int64_t n_out, int64_t m_out,
                     int64_t block)
{
    for (int64_t i = 0; i < n * n; i++)
        out[i] = 0.0;
    for (int64_t ii = 0; ii < n; ii += block)
        for (int64_t kk = 0; kk < n; kk += block)
            for (int64_t jj = 0; jj < n; jj += block)
                for (int64_t i = ii; i < least(ii + block, n); i++)
                    for (int64_t k = kk; k < least(kk + block, n); k++) {
                        double factor = a[i * n + k];
                        for (int64_t j = jj; j < least(jj + block, n); j++)
                            out[i * n + j] += factor * b[k * n + j];
                    }
}
