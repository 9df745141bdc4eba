/* Peer of histogram in benches/kernels/themes/sorting.py: the same operations in the same order. */
#include <stdint.h>

void histogram(const double *restrict a, int64_t n, double low, double high,
               int64_t *restrict counts, int64_t bins)
{
    for (int64_t k = 0; k < bins; k++)
        counts[k] = 0;
    double scale = (double)bins / (high - low);
    for (int64_t i = 0; i < n; i++) {
        if (low <= a[i] && a[i] < high) {
            int64_t k = (int64_t)((a[i] - low) * scale);
            counts[k < bins ? k : bins - 1]++;
        }
    }
}
