/* Peer of longest_common_subsequence in benches/kernels/themes/dynamic.py:
   the same operations in the same order. */
#include <stdint.h>

int64_t longest_common_subsequence(const int64_t *restrict a, int64_t rows,
                                   const int64_t *restrict b, int64_t columns,
                                   int64_t *restrict table, int64_t n_table, int64_t width)
{
    for (int64_t j = 0; j <= columns; j++)
        table[j] = 0;
    for (int64_t i = 1; i <= rows; i++) {
        const int64_t *above = table + (i - 1) * width;
        int64_t *row = table + i * width;
        row[0] = 0;
        for (int64_t j = 1; j <= columns; j++) {
            if (a[i - 1] == b[j - 1])
                row[j] = above[j - 1] + 1;
            else
                row[j] = above[j] > row[j - 1] ? above[j] : row[j - 1];
        }
    }
    return table[rows * width + columns];
}
