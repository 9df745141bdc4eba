/* Peer of run_lengths in benches/kernels/themes/octets.py:
   the same operations in the same order. */
#include <stdint.h>

int64_t run_lengths(const uint8_t *restrict data, int64_t n, uint8_t *restrict values,
                    int64_t n_values, int32_t *restrict lengths, int64_t n_lengths)
{
    int64_t at = 0, i = 0;
    while (i < n) {
        uint8_t value = data[i];
        int64_t j = i + 1;
        while (j < n && data[j] == value)
            j++;
        values[at] = value;
        lengths[at] = (int32_t)(j - i);
        at++;
        i = j;
    }
    return at;
}
