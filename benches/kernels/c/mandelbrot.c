/* Peer of benches/kernels/mandelbrot.py, operation by operation. */
#include <stdint.h>

int64_t mandelbrot(double left, double top, double step, int64_t limit, int64_t height,
                   int64_t width, int32_t *restrict counts)
{
    int64_t inside = 0;
    for (int64_t row = 0; row < height; row++) {
        double ci = top - (double)row * step;
        for (int64_t column = 0; column < width; column++) {
            double cr = left + (double)column * step, zr = 0.0, zi = 0.0;
            int64_t count = 0;
            while (count < limit) {
                double rr = zr * zr, ii = zi * zi;
                if (rr + ii > 4.0)
                    break;
                zi = 2.0 * zr * zi + ci;
                zr = rr - ii + cr;
                count++;
            }
            if (count == limit)
                inside++;
            counts[row * width + column] = (int32_t)count;
        }
    }
    return inside;
}
