/* Peer of knapsack in benches/kernels/themes/dynamic.py: the same operations in the same order. */
#include <stdint.h>

int64_t knapsack(const int64_t *restrict weights, int64_t n, const int64_t *restrict values,
                 int64_t n_values, int64_t capacity, int64_t *restrict best, int64_t n_best)
{
    for (int64_t w = 0; w <= capacity; w++)
        best[w] = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t weight = weights[i], value = values[i];
        for (int64_t w = capacity; w >= weight; w--) {
            int64_t other = best[w - weight] + value;
            if (other > best[w])
                best[w] = other;
        }
    }
    return best[capacity];
}
