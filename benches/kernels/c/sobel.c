/* Peer of sobel in benches/kernels/themes/stencils.py: the same operations in the same order. */
#include <stdint.h>
#include <stdlib.h>

void sobel(const uint8_t *restrict image, int64_t rows, int64_t columns, uint8_t *restrict out,
           int64_t n_out, int64_t m_out)
{
    for (int64_t i = 1; i < rows - 1; i++) {
        const uint8_t *above = image + (i - 1) * columns, *here = image + i * columns,
                      *below = image + (i + 1) * columns;
        for (int64_t j = 1; j < columns - 1; j++) {
            int gx = above[j + 1] - above[j - 1] + 2 * (here[j + 1] - here[j - 1]) +
                     below[j + 1] - below[j - 1];
            int gy = below[j - 1] - above[j - 1] + 2 * (below[j] - above[j]) + below[j + 1] -
                     above[j + 1];
            int both = abs(gx) + abs(gy);
            out[i * columns + j] = (uint8_t)(both < 255 ? both : 255);
        }
    }
}
