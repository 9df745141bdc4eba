/* Peer of convolution in benches/kernels/themes/stencils.py:
   the same operations in the same order. */
#include <stdint.h>

void convolution(const double *restrict image, int64_t rows, int64_t columns,
                 const double *restrict weights, int64_t size, int64_t m_weights,
                 double *restrict out, int64_t n_out, int64_t m_out)
{
    int64_t half = size / 2;
    for (int64_t i = half; i < rows - half; i++) {
        for (int64_t j = half; j < columns - half; j++) {
            double s = 0.0;
            for (int64_t y = 0; y < size; y++)
                for (int64_t x = 0; x < size; x++)
                    s += weights[y * size + x] * image[(i + y - half) * columns + j + x - half];
            out[i * columns + j] = s;
        }
    }
}
