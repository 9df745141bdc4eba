/* Peer of binary_search in benches/kernels/themes/sorting.py:
   the same operations in the same order. */
#include <stdint.h>

void binary_search(const double *restrict a, int64_t n, const double *restrict wanted, int64_t m,
                   int64_t *restrict out, int64_t n_out)
{
    for (int64_t i = 0; i < m; i++) {
        int64_t low = 0, high = n;
        double value = wanted[i];
        while (low < high) {
            int64_t middle = (low + high) / 2;
            if (a[middle] < value)
                low = middle + 1;
            else
                high = middle;
        }
        out[i] = low;
    }
}
