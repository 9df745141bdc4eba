/* Peer of bodies in benches/kernels/themes/simulation.py: the same operations in the same order. */
#include <math.h>
#include <stdint.h>

void bodies(const double *restrict start, int64_t n, int64_t m_start,
            const double *restrict motion, int64_t n_motion, int64_t m_motion,
            const double *restrict mass, int64_t n_mass, int64_t steps, double dt,
            double *restrict x, int64_t n_x, int64_t m_x, double *restrict v, int64_t n_v,
            int64_t m_v)
{
    for (int64_t i = 0; i < 3 * n; i++) {
        x[i] = start[i];
        v[i] = motion[i];
    }
    for (int64_t step = 0; step < steps; step++) {
        for (int64_t i = 0; i < n; i++) {
            for (int64_t j = i + 1; j < n; j++) {
                double dx = x[3 * i] - x[3 * j];
                double dy = x[3 * i + 1] - x[3 * j + 1];
                double dz = x[3 * i + 2] - x[3 * j + 2];
                double square = dx * dx + dy * dy + dz * dz + 0.01;
                double pull = dt / (square * sqrt(square));
                v[3 * i] -= dx * mass[j] * pull;
                v[3 * i + 1] -= dy * mass[j] * pull;
                v[3 * i + 2] -= dz * mass[j] * pull;
                v[3 * j] += dx * mass[i] * pull;
                v[3 * j + 1] += dy * mass[i] * pull;
                v[3 * j + 2] += dz * mass[i] * pull;
            }
        }
        for (int64_t i = 0; i < 3 * n; i++)
            x[i] += dt * v[i];
    }
}
