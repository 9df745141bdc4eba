/* Peer of standardized_columns in benches/kernels/themes/expressions.py:
   the same operations in the same order. */
#include <math.h>
#include <stdint.h>

void standardized_columns(const double *restrict m, int64_t rows, int64_t columns,
                          double *restrict out, int64_t n_out, int64_t m_out)
{
    double mean[columns], spread[columns];
    for (int64_t j = 0; j < columns; j++)
        mean[j] = spread[j] = 0.0;
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            mean[j] += m[i * columns + j];
    for (int64_t j = 0; j < columns; j++)
        mean[j] /= (double)rows;
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < columns; j++) {
            double d = m[i * columns + j] - mean[j];
            spread[j] += d * d;
        }
    }
    for (int64_t j = 0; j < columns; j++)
        spread[j] = sqrt(spread[j] / (double)rows);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            out[i * columns + j] = (m[i * columns + j] - mean[j]) / spread[j];
}
