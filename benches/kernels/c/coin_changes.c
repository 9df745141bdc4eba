/* Peer of coin_changes in benches/kernels/themes/dynamic.py:
   the same operations in the same order. */
#include <stdint.h>

int64_t coin_changes(const int64_t *restrict coins, int64_t n, int64_t amount,
                     int64_t *restrict ways, int64_t n_ways)
{
    for (int64_t total = 0; total <= amount; total++)
        ways[total] = 0;
    ways[0] = 1;
    for (int64_t i = 0; i < n; i++)
        for (int64_t total = coins[i]; total <= amount; total++)
            ways[total] = (ways[total] + ways[total - coins[i]]) % 1000000007;
    return ways[amount];
}
