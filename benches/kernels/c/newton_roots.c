/* Peer of newton_roots in benches/kernels/themes/complexes.py:
   the same operations in the same order. */
#include <complex.h>
#include <stdint.h>

void newton_roots(int64_t size, int64_t steps, double complex *restrict out, int64_t n_out,
                  int64_t m_out)
{
    for (int64_t i = 0; i < size; i++) {
        for (int64_t j = 0; j < size; j++) {
            double complex z = (4.0 * (double)j / (double)size - 2.01) +
                               I * (4.0 * (double)i / (double)size - 2.01);
            for (int64_t step = 0; step < steps; step++) {
                double complex square = z * z;
                z = z - (square * z - 1.0) / (3.0 * square);
            }
            out[i * size + j] = z;
        }
    }
}
