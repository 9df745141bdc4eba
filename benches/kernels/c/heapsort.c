/* Peer of heapsort in benches/kernels/themes/sorting.py: the same operations in the same order. */
#include <stdint.h>

void heapsort(const double *restrict a, int64_t n, double *restrict out, int64_t n_out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = a[i];
    int64_t start = n / 2, end = n;
    while (end > 1) {
        if (start > 0) {
            start--;
        } else {
            end--;
            double held = out[end];
            out[end] = out[0];
            out[0] = held;
        }
        int64_t root = start;
        while (2 * root + 1 < end) {
            int64_t child = 2 * root + 1;
            if (child + 1 < end && out[child] < out[child + 1])
                child++;
            if (out[root] >= out[child])
                break;
            double held = out[root];
            out[root] = out[child];
            out[child] = held;
            root = child;
        }
    }
}
