/* Peer of smith_waterman in benches/kernels/themes/dynamic.py:
   the same operations in the same order. */
#include <stdint.h>

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t smith_waterman(const int64_t *restrict a, int64_t rows, const int64_t *restrict b,
                       int64_t columns, const int64_t *restrict score, int64_t n_score,
                       int64_t letters, int64_t gap, int64_t *restrict table, int64_t n_table,
                       int64_t width)
{
    int64_t best = 0;
    for (int64_t j = 0; j <= columns; j++)
        table[j] = 0;
    for (int64_t i = 1; i <= rows; i++) {
        const int64_t *above = table + (i - 1) * width;
        int64_t *row = table + i * width;
        row[0] = 0;
        for (int64_t j = 1; j <= columns; j++) {
            int64_t value = above[j - 1] + score[a[i - 1] * letters + b[j - 1]];
            value = larger(value, above[j] - gap);
            value = larger(value, row[j - 1] - gap);
            value = larger(value, 0);
            row[j] = value;
            best = larger(best, value);
        }
    }
    return best;
}
