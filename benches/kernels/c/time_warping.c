/* Peer of time_warping in benches/kernels/themes/dynamic.py:
   the same operations in the same order. */
#include <math.h>
#include <stdint.h>

static double smaller(double a, double b)
{
    return b < a ? b : a;
}

double time_warping(const double *restrict a, int64_t n, const double *restrict b, int64_t m,
                    double *restrict above, int64_t n_above, double *restrict row, int64_t n_row)
{
    for (int64_t j = 0; j < m; j++)
        above[j] = 1e30;
    double first = 0.0;
    for (int64_t i = 0; i < n; i++) {
        double left = 1e30, corner = first;
        for (int64_t j = 0; j < m; j++) {
            double cost = smaller(smaller(corner, above[j]), left);
            corner = above[j];
            left = fabs(a[i] - b[j]) + cost;
            above[j] = left;
        }
        first = 1e30;
    }
    return above[m - 1];
}
