/* Peer of base64_encode in benches/kernels/themes/octets.py:
   the same operations in the same order. */
#include <stdint.h>

void base64_encode(const uint8_t *restrict data, int64_t n, const uint8_t *restrict alphabet,
                   int64_t n_alphabet, uint8_t *restrict out, int64_t n_out)
{
    for (int64_t i = 0; i < n - 2; i += 3) {
        uint32_t word = ((uint32_t)data[i] << 16) | ((uint32_t)data[i + 1] << 8) | data[i + 2];
        *out++ = alphabet[(word >> 18) & 63];
        *out++ = alphabet[(word >> 12) & 63];
        *out++ = alphabet[(word >> 6) & 63];
        *out++ = alphabet[word & 63];
    }
}
