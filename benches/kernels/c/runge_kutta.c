/* Peer of runge_kutta in benches/kernels/themes/simulation.py:
   the same operations in the same order. */
#include <stdint.h>

void runge_kutta(double x, double y, double z, double dt, int64_t steps, double *restrict out,
                 int64_t n_out, int64_t m_out)
{
    for (int64_t step = 0; step < steps; step++) {
        double ax = 10.0 * (y - x);
        double ay = x * (28.0 - z) - y;
        double az = x * y - 2.6666666666666665 * z;
        double px = x + 0.5 * dt * ax;
        double py = y + 0.5 * dt * ay;
        double pz = z + 0.5 * dt * az;
        double bx = 10.0 * (py - px);
        double by = px * (28.0 - pz) - py;
        double bz = px * py - 2.6666666666666665 * pz;
        x += dt * bx;
        y += dt * by;
        z += dt * bz;
        out[3 * step] = x;
        out[3 * step + 1] = y;
        out[3 * step + 2] = z;
    }
}
