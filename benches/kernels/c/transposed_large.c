/* Peer of transposed_large in benches/kernels/themes/linear.py:
   the same operations in the same order. */
#include <stdint.h>

void transposed_large(const double *restrict a, int64_t rows, int64_t columns,
                      double *restrict out, int64_t n_out, int64_t m_out)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            out[j * rows + i] = a[i * columns + j];
}
