/* Peer of benches/kernels/kuwahara.py: the same loops over the same integers. */
#include <stdint.h>

int64_t kuwahara(int64_t height, int64_t width, int64_t channels, const uint8_t *restrict image,
                 const uint8_t *restrict brightness, int64_t radius, uint8_t *restrict out)
{
    int64_t side = radius + 1, count = side * side, best = 0;
    for (int64_t y = 0; y < height; y++) {
        for (int64_t x = 0; x < width; x++) {
            if (y < radius || x < radius || y >= height - radius || x >= width - radius) {
                for (int64_t c = 0; c < channels; c++)
                    out[(y * width + x) * channels + c] = image[(y * width + x) * channels + c];
                continue;
            }
            best = -1;
            int64_t best_y = y, best_x = x;
            for (int quadrant = 0; quadrant < 4; quadrant++) {
                int64_t top = quadrant < 2 ? y - radius : y;
                int64_t left = quadrant % 2 == 0 ? x - radius : x;
                int64_t total = 0, squares = 0;
                for (int64_t i = top; i < top + side; i++) {
                    for (int64_t j = left; j < left + side; j++) {
                        int64_t value = brightness[i * width + j];
                        total += value;
                        squares += value * value;
                    }
                }
                int64_t spread = count * squares - total * total;
                if (best < 0 || spread < best) {
                    best = spread;
                    best_y = top;
                    best_x = left;
                }
            }
            for (int64_t c = 0; c < channels; c++) {
                int64_t total = 0;
                for (int64_t i = best_y; i < best_y + side; i++)
                    for (int64_t j = best_x; j < best_x + side; j++)
                        total += image[(i * width + j) * channels + c];
                out[(y * width + x) * channels + c] = (uint8_t)(total / count);
            }
        }
    }
    return best;
}
