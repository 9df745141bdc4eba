/* Peer of game_of_life in benches/kernels/themes/stencils.py:
   the same operations in the same order. */
#include <stdint.h>

void game_of_life(const uint8_t *restrict cells, int64_t rows, int64_t columns, int64_t steps,
                  uint8_t *restrict a, int64_t n_a, int64_t m_a, uint8_t *restrict b, int64_t n_b,
                  int64_t m_b)
{
    for (int64_t i = 0; i < rows * columns; i++) {
        a[i] = cells[i];
        b[i] = 0;
    }
    for (int64_t step = 0; step < steps; step++) {
        for (int64_t i = 1; i < rows - 1; i++) {
            const uint8_t *above = a + (i - 1) * columns, *here = a + i * columns,
                          *below = a + (i + 1) * columns;
            for (int64_t j = 1; j < columns - 1; j++) {
                uint8_t around = above[j - 1] + above[j] + above[j + 1] + here[j - 1] +
                                 here[j + 1] + below[j - 1] + below[j] + below[j + 1];
                b[i * columns + j] = (around == 3) | ((around == 2) & (here[j] == 1));
            }
        }
        for (int64_t i = 0; i < rows * columns; i++)
            a[i] = b[i];
    }
}
