/* Peer of matrix_vector in benches/kernels/themes/linear.py:
   the same operations in the same order. */
#include <stdint.h>

void matrix_vector(const double *restrict a, int64_t rows, int64_t columns,
                   const double *restrict x, int64_t n_x, double *restrict out, int64_t n_out)
{
    for (int64_t i = 0; i < rows; i++) {
        double s = 0.0;
        for (int64_t j = 0; j < columns; j++)
            s += a[i * columns + j] * x[j];
        out[i] = s;
    }
}
