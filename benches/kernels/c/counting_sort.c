/* Peer of counting_sort in benches/kernels/themes/sorting.py:
   the same operations in the same order. */
#include <stdint.h>

void counting_sort(const int64_t *restrict a, int64_t n, int64_t *restrict counts, int64_t kinds,
                   int64_t *restrict out, int64_t n_out)
{
    for (int64_t k = 0; k < kinds; k++)
        counts[k] = 0;
    for (int64_t i = 0; i < n; i++)
        counts[a[i]]++;
    int64_t at = 0;
    for (int64_t k = 0; k < kinds; k++)
        for (int64_t repeat = 0; repeat < counts[k]; repeat++)
            out[at++] = k;
}
