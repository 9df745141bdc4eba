/* Peer of kalman in benches/kernels/themes/simulation.py: the same operations in the same order. */
#include <stdint.h>

void kalman(const double *restrict measured, int64_t n, double noise, double drift,
            double *restrict out, int64_t n_out)
{
    double level = measured[0], speed = 0.0, p00 = 1.0, p01 = 0.0, p11 = 1.0;
    for (int64_t i = 0; i < n; i++) {
        level += speed;
        p00 += 2.0 * p01 + p11 + drift;
        p01 += p11;
        p11 += drift;
        double s = p00 + noise, k0 = p00 / s, k1 = p01 / s, miss = measured[i] - level;
        level += k0 * miss;
        speed += k1 * miss;
        p11 -= k1 * p01;
        p01 -= k0 * p01;
        p00 -= k0 * p00;
        out[i] = level;
    }
}
