/* Peer of product_by_definition in benches/kernels/themes/linear.py:
   the same operations in the same order. */
#include <stdint.h>

void product_by_definition(const double *restrict a, int64_t rows, int64_t inner,
                           const double *restrict b, int64_t n_b, int64_t columns,
                           double *restrict out, int64_t n_out, int64_t m_out)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++) {
            double s = 0.0;
            for (int64_t k = 0; k < inner; k++)
                s += a[i * inner + k] * b[k * columns + j];
            out[i * columns + j] = s;
        }
}
