/* Peer of column_totals in benches/kernels/themes/linear.py:
   the same operations in the same order. */
#include <stdint.h>

void column_totals(const double *restrict a, int64_t rows, int64_t columns, double *restrict out,
                   int64_t n_out)
{
    for (int64_t j = 0; j < columns; j++)
        out[j] = 0.0;
    for (int64_t j = 0; j < columns; j++)
        for (int64_t i = 0; i < rows; i++)
            out[j] += a[i * columns + j];
}
