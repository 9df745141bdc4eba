/* Peer of matrix_chain in benches/kernels/themes/dynamic.py:
   the same operations in the same order. */
#include <stdint.h>

int64_t matrix_chain(const int64_t *restrict sizes, int64_t n_sizes, int64_t *restrict cost,
                     int64_t n, int64_t m_cost)
{
    for (int64_t i = 0; i < n; i++)
        cost[i * n + i] = 0;
    for (int64_t length = 2; length <= n; length++) {
        for (int64_t i = 0; i < n - length + 1; i++) {
            int64_t j = i + length - 1;
            int64_t least = cost[(i + 1) * n + j] + sizes[i] * sizes[i + 1] * sizes[j + 1];
            for (int64_t k = i + 1; k < j; k++) {
                int64_t here = cost[i * n + k] + cost[(k + 1) * n + j] +
                               sizes[i] * sizes[k + 1] * sizes[j + 1];
                if (here < least)
                    least = here;
            }
            cost[i * n + j] = least;
        }
    }
    return cost[n - 1];
}
