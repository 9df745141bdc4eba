/* Peer of merge_sort in benches/kernels/themes/sorting.py:
   the same operations in the same order. */
#include <stdint.h>

void merge_sort(const int64_t *restrict a, int64_t n, int64_t *restrict out, int64_t n_out,
                int64_t *restrict scratch, int64_t n_scratch)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = a[i];
    for (int64_t width = 1; width < n; width *= 2) {
        for (int64_t low = 0; low < n; low += 2 * width) {
            int64_t middle = low + width < n ? low + width : n;
            int64_t high = low + 2 * width < n ? low + 2 * width : n;
            int64_t i = low, j = middle;
            for (int64_t k = low; k < high; k++) {
                if (i < middle && (j >= high || out[i] <= out[j]))
                    scratch[k] = out[i++];
                else
                    scratch[k] = out[j++];
            }
        }
        for (int64_t i = 0; i < n; i++)
            out[i] = scratch[i];
    }
}
