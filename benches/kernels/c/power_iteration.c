/* Peer of power_iteration in benches/kernels/themes/linear.py:
   the same operations in the same order. */
#include <math.h>
#include <stdint.h>

double power_iteration(const double *restrict a, int64_t n, int64_t m_a, int64_t steps,
                       double *restrict x, int64_t n_x, double *restrict y, int64_t n_y)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = 1.0;
    double norm = 0.0;
    for (int64_t step = 0; step < steps; step++) {
        norm = 0.0;
        for (int64_t i = 0; i < n; i++) {
            double s = 0.0;
            for (int64_t j = 0; j < n; j++)
                s += a[i * n + j] * x[j];
            y[i] = s;
            norm += s * s;
        }
        norm = sqrt(norm);
        for (int64_t i = 0; i < n; i++)
            x[i] = y[i] / norm;
    }
    return norm;
}
