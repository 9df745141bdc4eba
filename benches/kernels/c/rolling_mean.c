/* Peer of rolling_mean in benches/kernels/themes/reductions.py:
   the same operations in the same order. */
#include <stdint.h>

void rolling_mean(const double *restrict a, int64_t n, int64_t width, double *restrict out,
                  int64_t n_out)
{
    double s = 0.0;
    for (int64_t i = 0; i < width; i++)
        s += a[i];
    out[width - 1] = s / (double)width;
    for (int64_t i = width; i < n; i++) {
        s += a[i] - a[i - width];
        out[i] = s / (double)width;
    }
}
