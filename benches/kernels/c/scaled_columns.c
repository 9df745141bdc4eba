/* Peer of scaled_columns in benches/kernels/themes/linear.py:
   the same operations in the same order. */
#include <stdint.h>

void scaled_columns(const double *restrict a, int64_t rows, int64_t columns,
                    const double *restrict factors, int64_t n_factors, double *restrict out,
                    int64_t n_out, int64_t m_out)
{
    for (int64_t j = 0; j < columns; j++)
        for (int64_t i = 0; i < rows; i++)
            out[i * columns + j] = a[i * columns + j] * factors[j];
}
