/* Peer of column_order in benches/kernels/themes/linear.py:
   the same operations in the same order. */
#include <stdint.h>

void column_order(const double *restrict a, int64_t rows, int64_t columns, double *restrict out,
                  int64_t n_out, int64_t m_out)
{
    for (int64_t j = 1; j < columns; j++)
        for (int64_t i = 1; i < rows; i++)
            out[i * columns + j] = a[i * columns + j]
                - 0.25 * (a[(i - 1) * columns + j] + a[i * columns + j - 1]);
}
