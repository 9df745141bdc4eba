/* Peer of morton_codes in benches/kernels/themes/integers.py:
   the same operations in the same order. */
#include <stdint.h>

void morton_codes(const int64_t *restrict x, int64_t n, const int64_t *restrict y, int64_t n_y,
                  int64_t *restrict out, int64_t n_out)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t a = x[i] & 0xFFFF, b = y[i] & 0xFFFF;
        a = (a | (a << 8)) & 0x00FF00FF;
        a = (a | (a << 4)) & 0x0F0F0F0F;
        a = (a | (a << 2)) & 0x33333333;
        a = (a | (a << 1)) & 0x55555555;
        b = (b | (b << 8)) & 0x00FF00FF;
        b = (b | (b << 4)) & 0x0F0F0F0F;
        b = (b | (b << 2)) & 0x33333333;
        b = (b | (b << 1)) & 0x55555555;
        out[i] = a | (b << 1);
    }
}
