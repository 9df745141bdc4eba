/* Peer of benches/kernels/kmeans.py: same order of sums; the caller lends the buffers. */
#include <stdint.h>

double kmeans(int64_t count, int64_t width, int64_t groups, const double *restrict points,
              const double *restrict start, int64_t max_rounds, double *restrict centroids,
              int64_t *restrict labels, double *restrict sums, double *restrict sizes)
{
    for (int64_t i = 0; i < groups * width; i++)
        centroids[i] = start[i];
    for (int64_t i = 0; i < count; i++)
        labels[i] = -1;
    double inertia = 0.0;
    for (int64_t round = 0; round < max_rounds; round++) {
        for (int64_t g = 0; g < groups; g++) {
            sizes[g] = 0.0;
            for (int64_t k = 0; k < width; k++)
                sums[g * width + k] = 0.0;
        }
        inertia = 0.0;
        int64_t moved = 0;
        for (int64_t i = 0; i < count; i++) {
            int64_t best = 0;
            double best_distance = -1.0;
            for (int64_t g = 0; g < groups; g++) {
                double distance = 0.0;
                for (int64_t k = 0; k < width; k++) {
                    double difference = points[i * width + k] - centroids[g * width + k];
                    distance += difference * difference;
                }
                if (best_distance < 0.0 || distance < best_distance) {
                    best_distance = distance;
                    best = g;
                }
            }
            if (labels[i] != best) {
                labels[i] = best;
                moved++;
            }
            inertia += best_distance;
            sizes[best] += 1.0;
            for (int64_t k = 0; k < width; k++)
                sums[best * width + k] += points[i * width + k];
        }
        for (int64_t g = 0; g < groups; g++)
            if (sizes[g] > 0.0)
                for (int64_t k = 0; k < width; k++)
                    centroids[g * width + k] = sums[g * width + k] / sizes[g];
        if (moved == 0)
            break;
    }
    return inertia;
}
