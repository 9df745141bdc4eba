/* Peer of complex_polynomial in benches/kernels/themes/complexes.py:
   the same operations in the same order. */
#include <complex.h>
#include <stdint.h>

void complex_polynomial(const double complex *restrict coefficients, int64_t n,
                        const double complex *restrict z, int64_t m, double complex *restrict out,
                        int64_t n_out)
{
    for (int64_t i = 0; i < m; i++) {
        double complex value = coefficients[0];
        for (int64_t k = 1; k < n; k++)
            value = value * z[i] + coefficients[k];
        out[i] = value;
    }
}
