/* Peer of upper_case in benches/kernels/themes/octets.py: the same operations in the same order. */
#include <stdint.h>

void upper_case(const uint8_t *restrict text, int64_t n, uint8_t *restrict out, int64_t n_out)
{
    for (int64_t i = 0; i < n; i++) {
        uint8_t c = text[i];
        out[i] = 97 <= c && c <= 122 ? c - 32 : c;
    }
}
