/* Peer of scaled_rows in benches/kernels/themes/expressions.py:
   the same operations in the same order. */
#include <stdint.h>

void scaled_rows(const double *restrict m, int64_t rows, int64_t columns, const double *restrict v,
                 int64_t n_v, double *restrict out, int64_t n_out, int64_t m_out)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            out[i * columns + j] = m[i * columns + j] * v[j] + 1.0;
}
