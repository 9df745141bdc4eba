/* Peer of grey in benches/kernels/themes/stencils.py: the same operations in the same order. */
#include <stdint.h>

void grey(const uint8_t *restrict image, int64_t n_image, int64_t m_image, int64_t channels,
          uint8_t *restrict out, int64_t rows, int64_t columns)
{
    for (int64_t i = 0; i < rows * columns; i++)
        out[i] = (uint8_t)((77 * image[i * channels] + 150 * image[i * channels + 1] +
                            29 * image[i * channels + 2]) >> 8);
}
