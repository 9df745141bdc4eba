/* Peer of points_in_polygon in benches/kernels/themes/simulation.py:
   the same operations in the same order. */
#include <stdbool.h>
#include <stdint.h>

void points_in_polygon(const double *restrict x, int64_t m, const double *restrict y, int64_t n_y,
                       const double *restrict corners, int64_t n, int64_t m_corners,
                       bool *restrict inside, int64_t n_inside)
{
    for (int64_t p = 0; p < m; p++) {
        bool odd = false;
        int64_t j = n - 1;
        for (int64_t i = 0; i < n; i++) {
            const double *a = corners + 2 * i, *b = corners + 2 * j;
            if ((a[1] > y[p]) != (b[1] > y[p])) {
                double slope = (b[0] - a[0]) / (b[1] - a[1]);
                if (x[p] < slope * (y[p] - a[1]) + a[0])
                    odd = !odd;
            }
            j = i;
        }
        inside[p] = odd;
    }
}
