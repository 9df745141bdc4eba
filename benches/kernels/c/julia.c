/* Peer of julia in benches/kernels/themes/complexes.py: the same operations in the same order. */
#include <complex.h>
#include <stdint.h>

void julia(int64_t size, int64_t limit, double real, double imaginary, int64_t *restrict counts,
           int64_t n_counts, int64_t m_counts)
{
    double complex c = real + I * imaginary;
    for (int64_t i = 0; i < size; i++) {
        for (int64_t j = 0; j < size; j++) {
            double complex z = (3.0 * (double)j / (double)size - 1.5) +
                               I * (3.0 * (double)i / (double)size - 1.5);
            int64_t count = 0;
            while (count < limit) {
                if (creal(z) * creal(z) + cimag(z) * cimag(z) > 4.0)
                    break;
                z = z * z + c;
                count++;
            }
            counts[i * size + j] = count;
        }
    }
}
