/* Peer of heat in benches/kernels/themes/stencils.py: the same operations in the same order. */
#include <stdint.h>

void heat(const double *restrict u, int64_t depth, int64_t rows, int64_t columns, double factor,
          double *restrict out, int64_t n_out, int64_t m_out, int64_t k_out)
{
    int64_t plane = rows * columns;
    for (int64_t z = 1; z < depth - 1; z++) {
        for (int64_t y = 1; y < rows - 1; y++) {
            for (int64_t x = 1; x < columns - 1; x++) {
                int64_t at = z * plane + y * columns + x;
                double around = u[at - plane] + u[at + plane] + u[at - columns] + u[at + columns];
                around += u[at - 1] + u[at + 1] - 6.0 * u[at];
                out[at] = u[at] + factor * around;
            }
        }
    }
}
