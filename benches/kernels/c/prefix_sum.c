/* Peer of prefix_sum in benches/kernels/themes/reductions.py:
   the same operations in the same order. */
#include <stdint.h>

void prefix_sum(const double *restrict a, int64_t n, double *restrict out, int64_t n_out)
{
    double s = 0.0;
    for (int64_t i = 0; i < n; i++) {
        s += a[i];
        out[i] = s;
    }
}
