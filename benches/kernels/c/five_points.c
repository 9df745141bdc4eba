/* Peer of five_points in benches/kernels/themes/expressions.py:
   the same operations in the same order. */
#include <stdint.h>

void five_points(const double *restrict m, int64_t rows, int64_t columns, double *restrict out,
                 int64_t n_out, int64_t m_out)
{
    for (int64_t i = 1; i < rows - 1; i++) {
        const double *above = m + (i - 1) * columns, *here = m + i * columns,
                     *below = m + (i + 1) * columns;
        for (int64_t j = 1; j < columns - 1; j++)
            out[i * columns + j] = 0.25 * (above[j] + below[j] + here[j - 1] + here[j + 1]);
    }
}
