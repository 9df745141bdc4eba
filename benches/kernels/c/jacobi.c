/* Peer of jacobi in benches/kernels/themes/stencils.py: the same operations in the same order. */
#include <stdint.h>

void jacobi(const double *restrict start, int64_t rows, int64_t columns, int64_t steps,
            double *restrict a, int64_t n_a, int64_t m_a, double *restrict b, int64_t n_b,
            int64_t m_b)
{
    for (int64_t i = 0; i < rows * columns; i++)
        a[i] = b[i] = start[i];
    for (int64_t step = 0; step < steps; step++) {
        for (int64_t i = 1; i < rows - 1; i++)
            for (int64_t j = 1; j < columns - 1; j++)
                b[i * columns + j] = 0.25 * (a[(i - 1) * columns + j] + a[(i + 1) * columns + j] +
                                             a[i * columns + j - 1] + a[i * columns + j + 1]);
        for (int64_t i = 1; i < rows - 1; i++)
            for (int64_t j = 1; j < columns - 1; j++)
                a[i * columns + j] = 0.25 * (b[(i - 1) * columns + j] + b[(i + 1) * columns + j] +
                                             b[i * columns + j - 1] + b[i * columns + j + 1]);
    }
}
