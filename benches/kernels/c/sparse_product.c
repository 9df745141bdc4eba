/* Peer of sparse_product in benches/kernels/themes/linear.py:
   the same operations in the same order. */
#include <stdint.h>

void sparse_product(const int64_t *restrict starts, int64_t n_starts,
                    const int64_t *restrict columns, int64_t n_columns,
                    const double *restrict values, int64_t n_values, const double *restrict x,
                    int64_t n_x, double *restrict out, int64_t rows)
{
    for (int64_t i = 0; i < rows; i++) {
        double s = 0.0;
        for (int64_t k = starts[i]; k < starts[i + 1]; k++)
            s += values[k] * x[columns[k]];
        out[i] = s;
    }
}
