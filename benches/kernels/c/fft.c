/* Peer of fft in benches/kernels/themes/complexes.py: the same operations in the same order. */
#include <complex.h>
#include <stdint.h>

void fft(const double complex *restrict x, int64_t n, const double complex *restrict roots,
         int64_t n_roots, double complex *restrict out, int64_t n_out)
{
    int64_t j = 0;
    for (int64_t i = 0; i < n; i++) {
        out[j] = x[i];
        int64_t bit = n >> 1;
        while (j & bit) {
            j ^= bit;
            bit >>= 1;
        }
        j |= bit;
    }
    for (int64_t width = 2; width <= n; width *= 2) {
        int64_t half = width / 2, step = n / width;
        for (int64_t start = 0; start < n; start += width) {
            for (int64_t k = 0; k < half; k++) {
                double complex even = out[start + k];
                double complex odd = out[start + k + half] * roots[k * step];
                out[start + k] = even + odd;
                out[start + k + half] = even - odd;
            }
        }
    }
}
