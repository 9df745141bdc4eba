/* Peer of modular_powers in benches/kernels/themes/integers.py:
   the same operations in the same order. */
#include <stdint.h>

void modular_powers(const int64_t *restrict bases, int64_t n, int64_t exponent, int64_t modulus,
                    int64_t *restrict out, int64_t n_out)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t base = bases[i] % modulus, power = 1;
        for (int64_t e = exponent; e > 0; e >>= 1) {
            if (e & 1)
                power = power * base % modulus;
            base = base * base % modulus;
        }
        out[i] = power;
    }
}
