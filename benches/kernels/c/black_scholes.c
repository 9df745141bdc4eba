/* Peer of black_scholes in benches/kernels/themes/elementary.py:
   the same operations in the same order. */
#include <math.h>
#include <stdint.h>

void black_scholes(const double *restrict price, int64_t n, const double *restrict strike,
                   int64_t n_strike, const double *restrict years, int64_t n_years, double rate,
                   double volatility, double *restrict call, int64_t n_call, double *restrict put,
                   int64_t n_put)
{
    for (int64_t i = 0; i < n; i++) {
        double root = volatility * sqrt(years[i]);
        double d1 = log(price[i] / strike[i]) + (rate + 0.5 * volatility * volatility) * years[i];
        d1 = d1 / root;
        double d2 = d1 - root;
        double n1 = 0.5 * (1.0 + erf(d1 * 0.7071067811865476));
        double n2 = 0.5 * (1.0 + erf(d2 * 0.7071067811865476));
        double discounted = strike[i] * exp(-rate * years[i]);
        call[i] = price[i] * n1 - discounted * n2;
        put[i] = discounted * (1.0 - n2) - price[i] * (1.0 - n1);
    }
}
