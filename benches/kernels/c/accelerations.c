/* Peer of accelerations in benches/kernels/themes/simulation.py:
   the same operations in the same order. */
#include <math.h>
#include <stdint.h>

void accelerations(const double *restrict x, int64_t n_x, int64_t m_x,
                   const double *restrict mass, int64_t n, double *restrict out, int64_t n_out,
                   int64_t m_out)
{
    for (int64_t i = 0; i < n; i++) {
        double ax = 0.0, ay = 0.0, az = 0.0;
        for (int64_t j = 0; j < n; j++) {
            double dx = x[3 * j] - x[3 * i];
            double dy = x[3 * j + 1] - x[3 * i + 1];
            double dz = x[3 * j + 2] - x[3 * i + 2];
            double square = dx * dx + dy * dy + dz * dz + 0.01;
            double pull = mass[j] / (square * sqrt(square));
            ax += dx * pull;
            ay += dy * pull;
            az += dz * pull;
        }
        out[3 * i] = ax;
        out[3 * i + 1] = ay;
        out[3 * i + 2] = az;
    }
}
