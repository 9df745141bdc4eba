/* Peer of integral in benches/kernels/themes/simulation.py:
   the same operations in the same order. */
#include <stdint.h>

double integral(double low, double high, int64_t n)
{
    double h = (high - low) / (double)n, s = 0.0;
    for (int64_t i = 0; i < n; i++) {
        double x = low + ((double)i + 0.5) * h;
        s += 4.0 / (1.0 + x * x);
    }
    return s * h;
}
