/* Peer of random_walk in benches/kernels/themes/sampling.py:
   the same operations in the same order. */
#include <stdint.h>

void random_walk(int64_t seed, int64_t steps, int64_t *restrict visits, int64_t size,
                 int64_t m_visits)
{
    for (int64_t i = 0; i < size * size; i++)
        visits[i] = 0;
    int64_t i = size / 2, j = size / 2;
    uint32_t state = (uint32_t)seed;
    for (int64_t step = 0; step < steps; step++) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        switch (state & 3) {
        case 0:
            i = i + 1 < size ? i + 1 : 0;
            break;
        case 1:
            i = i > 0 ? i - 1 : size - 1;
            break;
        case 2:
            j = j + 1 < size ? j + 1 : 0;
            break;
        default:
            j = j > 0 ? j - 1 : size - 1;
        }
        visits[i * size + j]++;
    }
}
