/* Peer of moments in benches/kernels/themes/reductions.py:
   the same operations in the same order. */
#include <stdint.h>

void moments(const double *restrict a, int64_t n, double *restrict out, int64_t n_out)
{
    double mean = 0.0, spread = 0.0;
    for (int64_t i = 0; i < n; i++) {
        double delta = a[i] - mean;
        mean += delta / (double)(i + 1);
        spread += delta * (a[i] - mean);
    }
    out[0] = mean;
    out[1] = spread / (double)n;
}
