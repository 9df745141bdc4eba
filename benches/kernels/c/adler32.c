/* Peer of adler32 in benches/kernels/themes/octets.py: the same operations in the same order. */
#include <stdint.h>

int64_t adler32(const uint8_t *restrict data, int64_t n)
{
    uint32_t a = 1, b = 0;
    for (int64_t i = 0; i < n; i++) {
        a = (a + data[i]) % 65521;
        b = (b + a) % 65521;
    }
    return (int64_t)((b << 16) | a);
}
