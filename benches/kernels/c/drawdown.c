/* Peer of drawdown in benches/kernels/themes/reductions.py:
   the same operations in the same order. */
#include <stdint.h>

double drawdown(const double *restrict a, int64_t n)
{
    double peak = a[0], worst = 0.0;
    for (int64_t i = 0; i < n; i++) {
        peak = a[i] > peak ? a[i] : peak;
        double loss = (peak - a[i]) / peak;
        worst = loss > worst ? loss : worst;
    }
    return worst;
}
