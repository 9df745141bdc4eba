/* Peer of benches/kernels/nbody.py, operation by operation. */
#include <math.h>
#include <stdint.h>

#define MAX_BODIES 64

double nbody(int64_t bodies, int64_t stages, const double *restrict position,
             const double *restrict velocity, const double *restrict gm,
             const double *restrict drift, const double *restrict kick, double dt, int64_t steps,
             int64_t every, double *restrict track, double *restrict final)
{
    double x[MAX_BODIES][3], v[MAX_BODIES][3];
    for (int64_t i = 0; i < bodies; i++) {
        for (int k = 0; k < 3; k++) {
            x[i][k] = position[i * 3 + k];
            v[i][k] = velocity[i * 3 + k];
        }
    }
    int64_t sample = 0;
    for (int64_t step = 0; step < steps; step++) {
        if (step % every == 0) {
            for (int64_t i = 0; i < bodies; i++)
                for (int k = 0; k < 3; k++)
                    track[(sample * bodies + i) * 3 + k] = x[i][k];
            sample++;
        }
        for (int64_t stage = 0; stage < stages; stage++) {
            double h = drift[stage] * dt;
            for (int64_t i = 0; i < bodies; i++)
                for (int k = 0; k < 3; k++)
                    x[i][k] += h * v[i][k];
            h = kick[stage] * dt;
            if (h == 0.0)
                continue;
            for (int64_t i = 0; i < bodies; i++) {
                for (int64_t j = i + 1; j < bodies; j++) {
                    double dx = x[i][0] - x[j][0];
                    double dy = x[i][1] - x[j][1];
                    double dz = x[i][2] - x[j][2];
                    double square = dx * dx + dy * dy + dz * dz;
                    double pull = h / (square * sqrt(square));
                    double on_i = pull * gm[j], on_j = pull * gm[i];
                    v[i][0] -= dx * on_i;
                    v[i][1] -= dy * on_i;
                    v[i][2] -= dz * on_i;
                    v[j][0] += dx * on_j;
                    v[j][1] += dy * on_j;
                    v[j][2] += dz * on_j;
                }
            }
        }
    }
    double energy = 0.0;
    for (int64_t i = 0; i < bodies; i++) {
        energy += 0.5 * gm[i] * (v[i][0] * v[i][0] + v[i][1] * v[i][1] + v[i][2] * v[i][2]);
        for (int64_t j = i + 1; j < bodies; j++) {
            double dx = x[i][0] - x[j][0];
            double dy = x[i][1] - x[j][1];
            double dz = x[i][2] - x[j][2];
            energy -= gm[i] * gm[j] / sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    for (int64_t i = 0; i < bodies; i++) {
        for (int k = 0; k < 3; k++) {
            final[i * 6 + k] = x[i][k];
            final[i * 6 + 3 + k] = v[i][k];
        }
    }
    return energy;
}
