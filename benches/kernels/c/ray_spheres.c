/* Peer of ray_spheres in benches/kernels/themes/simulation.py:
   the same operations in the same order. */
#include <math.h>
#include <stdint.h>

void ray_spheres(int64_t width, const double *restrict spheres, int64_t count, int64_t m_spheres,
                 double *restrict depth, int64_t n_depth, int64_t m_depth)
{
    for (int64_t i = 0; i < width; i++) {
        for (int64_t j = 0; j < width; j++) {
            double dx = 2.0 * (double)j / (double)width - 1.0;
            double dy = 2.0 * (double)i / (double)width - 1.0;
            double dz = 1.0, norm = sqrt(dx * dx + dy * dy + dz * dz), nearest = 1e30;
            dx = dx / norm;
            dy = dy / norm;
            dz = dz / norm;
            for (int64_t k = 0; k < count; k++) {
                const double *s = spheres + 4 * k;
                double along = s[0] * dx + s[1] * dy + s[2] * dz;
                double rest = s[0] * s[0] + s[1] * s[1] + s[2] * s[2] - s[3] * s[3];
                double under = along * along - rest;
                if (under > 0.0) {
                    double t = along - sqrt(under);
                    if (0.0 < t && t < nearest)
                        nearest = t;
                }
            }
            depth[i * width + j] = nearest;
        }
    }
}
