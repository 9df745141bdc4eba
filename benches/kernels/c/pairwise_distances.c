/* Peer of pairwise_distances in benches/kernels/themes/linear.py:
   the same operations in the same order. */
#include <math.h>
#include <stdint.h>

void pairwise_distances(const double *restrict points, int64_t count, int64_t width,
                        double *restrict out, int64_t n_out, int64_t m_out)
{
    for (int64_t i = 0; i < count; i++) {
        for (int64_t j = 0; j < count; j++) {
            double s = 0.0;
            for (int64_t k = 0; k < width; k++) {
                double d = points[i * width + k] - points[j * width + k];
                s += d * d;
            }
            out[i * count + j] = sqrt(s);
        }
    }
}
