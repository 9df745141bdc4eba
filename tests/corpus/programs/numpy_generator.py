"""`np.random.Generator`: as an argument and made inside."""

import numpy as np

from tests.corpus import call, program


@program(call(5), call(0), call(2**40))
def made_inside(seed):
    rng = np.random.default_rng(seed)
    return rng.random(), rng.integers(0, 10, 5), rng.normal(size=3), rng.standard_normal(dtype=np.float32)


@program(call(100_000))
def pi(n):
    rng = np.random.default_rng(42)
    inside = 0
    for _ in range(n):
        x = rng.random()
        y = rng.random()
        if x * x + y * y < 1.0:
            inside += 1
    return 4.0 * inside / n


@program(call(np.random.default_rng(3), 1000), after=lambda value: (value[0], value[1].random()))
def walk(rng, n):
    place = 0
    for _ in range(n):
        place += 2 * rng.integers(2) - 1
    return place, rng


@program(call(np.random.default_rng(3), 20))
def bootstrap(rng, n):
    data = rng.exponential(2.0, n)
    means = np.empty(50)
    for i in range(50):
        means[i] = rng.choice(data, n).mean()
    return np.percentile(means, [2.5, 97.5])


@program(call(np.random.default_rng(9), np.arange(24.0).reshape(4, 6)))
def shuffled(rng, a):
    rng.shuffle(a)
    rng.shuffle(a, axis=1)
    return rng.permutation(7), rng.permuted(a, axis=1), rng.choice(a, 2, replace=False)


@program(call(np.random.default_rng(9), np.array([0.2, 0.3, 0.5])))
def vectors(rng, p):
    return rng.multinomial(20, p), rng.dirichlet(p * 10, 2), rng.choice(3, 8, p=p)


@program(call(np.random.default_rng(9), -1.0))
def wrong_scale(rng, scale):
    return rng.normal(0.0, scale)


@program(call(7))
def several(seed):
    rngs = (np.random.default_rng(seed), np.random.default_rng(seed + 1))
    total = 0.0
    for rng in rngs:
        total += rng.uniform(-1, 1)
    return total, rngs[0].poisson(3.0, 4), rngs[1].binomial(10, 0.3, 4)


@program(call(np.random.default_rng(5), 3))
def passed_on(rng, n):
    def noise(scale):
        return rng.normal(0.0, scale, n)

    return noise(1.0) + noise(2.0), [rng.gamma(2.0) for _ in range(n)]


@program(call(np.random.default_rng(5)))
def made_of_another(rng):
    return np.random.default_rng(rng.integers(100)).random(3)
