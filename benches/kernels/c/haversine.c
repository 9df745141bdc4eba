/* Peer of haversine in benches/kernels/themes/elementary.py:
   the same operations in the same order. */
#include <math.h>
#include <stdint.h>

void haversine(const double *restrict latitude, int64_t n, const double *restrict longitude,
               int64_t n_longitude, double lat, double lon, double *restrict out, int64_t n_out)
{
    double c = cos(lat);
    for (int64_t i = 0; i < n; i++) {
        double a = sin(0.5 * (latitude[i] - lat));
        double b = sin(0.5 * (longitude[i] - lon));
        double h = a * a + c * cos(latitude[i]) * b * b;
        out[i] = 12742.0 * asin(sqrt(h));
    }
}
