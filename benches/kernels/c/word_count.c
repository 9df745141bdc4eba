/* Peer of word_count in benches/kernels/themes/octets.py: the same operations in the same order. */
#include <stdbool.h>
#include <stdint.h>

int64_t word_count(const uint8_t *restrict text, int64_t n)
{
    int64_t words = 0;
    bool inside = false;
    for (int64_t i = 0; i < n; i++) {
        uint8_t c = text[i];
        bool space = c == 32 || c == 10 || c == 9;
        words += !space && !inside;
        inside = !space;
    }
    return words;
}
