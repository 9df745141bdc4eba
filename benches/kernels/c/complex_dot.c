/* Peer of complex_dot in benches/kernels/themes/complexes.py:
   the same operations in the same order. */
#include <complex.h>
#include <stdint.h>

void complex_dot(const double complex *restrict a, int64_t n, const double complex *restrict b,
                 int64_t n_b, double complex *restrict out, int64_t n_out)
{
    double complex s = 0.0;
    for (int64_t i = 0; i < n; i++)
        s += conj(a[i]) * b[i];
    out[0] = s;
}
