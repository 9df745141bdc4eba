/* Peer of floyd_warshall in benches/kernels/themes/linear.py:
   the same operations in the same order. */
#include <stdint.h>

void floyd_warshall(const double *restrict graph, int64_t n, int64_t m_graph,
                    double *restrict distance, int64_t n_distance, int64_t m_distance)
{
    for (int64_t i = 0; i < n * n; i++)
        distance[i] = graph[i];
    for (int64_t k = 0; k < n; k++) {
        for (int64_t i = 0; i < n; i++) {
            for (int64_t j = 0; j < n; j++) {
                double through = distance[i * n + k] + distance[k * n + j];
                double here = distance[i * n + j];
                distance[i * n + j] = through < here ? through : here;
            }
        }
    }
}
