/* What this machine can do on one core, for benches/kernels/roofline.py. */
#include <stdint.h>

void triad(int64_t n, int64_t repeat, double *restrict a, const double *restrict b,
           const double *restrict c)
{
    for (int64_t r = 0; r < repeat; r++) {
        for (int64_t i = 0; i < n; i++)
            a[i] = b[i] + 3.0 * c[i];
        /* Each round must really be done. */
        __asm__ volatile("" ::: "memory");
    }
}

#define CHAINS 12
#ifdef __AVX512F__
#define WIDTH 8
#elif defined(__AVX__)
#define WIDTH 4
#else
#define WIDTH 2
#endif

typedef double wide __attribute__((vector_size(8 * WIDTH)));

/* Enough independent chains of multiply-adds to fill the pipelines, in registers. */
double multiply_adds(int64_t rounds)
{
    wide s[CHAINS], factor, term;
    for (int k = 0; k < WIDTH; k++) {
        factor[k] = 0.999999;
        term[k] = 1e-6;
    }
    for (int i = 0; i < CHAINS; i++)
        s[i] = factor;
    for (int64_t r = 0; r < rounds; r++) {
#pragma GCC unroll 12
        for (int i = 0; i < CHAINS; i++)
            s[i] = s[i] * factor + term;
    }
    double sum = 0.0;
    for (int i = 0; i < CHAINS; i++)
        for (int k = 0; k < WIDTH; k++)
            sum += s[i][k];
    return sum;
}

int64_t multiply_adds_each(void)
{
    return CHAINS * WIDTH;
}

double additions(int64_t rounds)
{
    double s = 0.0, one = 1.0;
    /* Unknown to the compiler, so that the loop stays a loop. */
    __asm__ volatile("" : "+x"(one));
    for (int64_t r = 0; r < rounds; r++)
        s += one;
    return s;
}
