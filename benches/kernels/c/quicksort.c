/* Peer of quicksort in benches/kernels/themes/sorting.py: the same operations in the same order. */
#include <stdint.h>

void quicksort(const double *restrict a, int64_t n, double *restrict out, int64_t n_out)
{
    int64_t lows[64], highs[64], depth = 1;
    for (int64_t i = 0; i < n; i++)
        out[i] = a[i];
    lows[0] = 0;
    highs[0] = n - 1;
    while (depth > 0) {
        depth--;
        int64_t low = lows[depth], high = highs[depth];
        while (low < high) {
            double pivot = out[(low + high) / 2];
            int64_t i = low, j = high;
            while (i <= j) {
                while (out[i] < pivot)
                    i++;
                while (out[j] > pivot)
                    j--;
                if (i <= j) {
                    double held = out[i];
                    out[i] = out[j];
                    out[j] = held;
                    i++;
                    j--;
                }
            }
            if (j - low < high - i) {
                lows[depth] = i;
                highs[depth] = high;
                high = j;
            } else {
                lows[depth] = low;
                highs[depth] = j;
                low = i;
            }
            depth++;
        }
    }
}
