/* Peer of crc32 in benches/kernels/themes/octets.py: the same operations in the same order. */
#include <stdint.h>

int64_t crc32(const uint8_t *restrict data, int64_t n, const int64_t *restrict table,
              int64_t n_table)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (int64_t i = 0; i < n; i++)
        crc = (crc >> 8) ^ (uint32_t)table[(crc ^ data[i]) & 0xFF];
    return crc ^ 0xFFFFFFFFu;
}
