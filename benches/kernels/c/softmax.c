/* Peer of softmax in benches/kernels/themes/elementary.py:
   the same operations in the same order. */
#include <math.h>
#include <stdint.h>

void softmax(const double *restrict x, int64_t rows, int64_t columns, double *restrict out,
             int64_t n_out, int64_t m_out)
{
    for (int64_t i = 0; i < rows; i++) {
        const double *from = x + i * columns;
        double *to = out + i * columns;
        double top = from[0], total = 0.0;
        for (int64_t j = 0; j < columns; j++)
            if (from[j] > top)
                top = from[j];
        for (int64_t j = 0; j < columns; j++)
            to[j] = exp(from[j] - top);
        for (int64_t j = 0; j < columns; j++)
            total += to[j];
        for (int64_t j = 0; j < columns; j++)
            to[j] = to[j] / total;
    }
}
