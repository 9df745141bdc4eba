/* Peer of gram_schmidt in benches/kernels/themes/factorizations.py:
   the same operations in the same order. */
#include <math.h>
#include <stdint.h>

void gram_schmidt(const double *restrict a, int64_t rows, int64_t columns, double *restrict q,
                  int64_t n_q, int64_t m_q, double *restrict r, int64_t n_r, int64_t m_r)
{
    for (int64_t i = 0; i < rows * columns; i++)
        q[i] = a[i];
    for (int64_t j = 0; j < columns; j++) {
        double s = 0.0;
        for (int64_t i = 0; i < rows; i++)
            s += q[i * columns + j] * q[i * columns + j];
        double norm = sqrt(s);
        r[j * columns + j] = norm;
        for (int64_t i = 0; i < rows; i++)
            q[i * columns + j] = q[i * columns + j] / norm;
        for (int64_t k = j + 1; k < columns; k++) {
            s = 0.0;
            for (int64_t i = 0; i < rows; i++)
                s += q[i * columns + j] * q[i * columns + k];
            r[j * columns + k] = s;
            for (int64_t i = 0; i < rows; i++)
                q[i * columns + k] -= s * q[i * columns + j];
        }
    }
}
