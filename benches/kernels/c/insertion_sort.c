/* Peer of insertion_sort in benches/kernels/themes/sorting.py:
   the same operations in the same order. */
#include <stdint.h>

void insertion_sort(const double *restrict a, int64_t n, double *restrict out, int64_t n_out)
{
    for (int64_t i = 0; i < n; i++) {
        double value = a[i];
        int64_t j = i - 1;
        while (j >= 0 && out[j] > value) {
            out[j + 1] = out[j];
            j--;
        }
        out[j + 1] = value;
    }
}
