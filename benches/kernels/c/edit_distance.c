/* Peer of benches/kernels/edit_distance.py: the same table, row by row. */
#include <stdint.h>

int64_t edit_distance(int64_t rows, int64_t columns, const int64_t *restrict old,
                      const int64_t *restrict new, int32_t *restrict table)
{
    int64_t width = columns + 1;
    for (int64_t j = 0; j <= columns; j++)
        table[j] = (int32_t)j;
    for (int64_t i = 1; i <= rows; i++) {
        const int32_t *above = table + (i - 1) * width;
        int32_t *row = table + i * width;
        row[0] = (int32_t)i;
        int64_t word = old[i - 1];
        for (int64_t j = 1; j <= columns; j++) {
            int32_t best = above[j - 1] + (word != new[j - 1]);
            int32_t other = above[j] + 1;
            if (other < best)
                best = other;
            other = row[j - 1] + 1;
            if (other < best)
                best = other;
            row[j] = best;
        }
    }
    return table[rows * width + columns];
}
