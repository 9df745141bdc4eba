"""`random` with CPython's streams."""

import random

from tests.corpus import call, program


@program(call(5))
def seeded(n):
    random.seed(n)
    return random.random(), random.random()


@program(call(3))
def state_from_outside(n):
    s = 0.0
    for _ in range(n):
        s += random.random()
    return s


@program(call(2), after=lambda value: (value, random.random()))
def stream_goes_on_outside(n):
    return [random.random() for _ in range(n)]


@program(call(1, 6), call(-5, 5), call(0, 10**12))
def randint(a, b):
    return [random.randint(a, b) for _ in range(5)]


@program(call(5, 1))
def randint_of_an_empty_range(a, b):
    return random.randint(a, b)


@program(call(10), call(1))
def randrange(n):
    return random.randrange(n), random.randrange(0, 100, 7), random.randrange(5, 9)


@program(call(2.0, 5.0))
def uniform(a, b):
    return random.uniform(a, b), random.triangular(0.0, 1.0, 0.5)


@program(call(0.0, 1.0), call(5.0, 0.1))
def gauss(mu, sigma):
    return random.gauss(mu, sigma), random.gauss(mu, sigma), random.normalvariate(mu, sigma)


@program(call(1.5))
def distributions(x):
    return random.expovariate(x), random.betavariate(x, 2.0), random.gammavariate(x, 1.0), random.paretovariate(x)


@program(call([1, 2, 3, 4, 5]), call("abc"))
def choice(xs):
    return random.choice(xs), random.choice(xs)


@program(call([1, 2, 3, 4, 5]))
def shuffle(xs):
    random.shuffle(xs)
    return xs


@program(call([1, 2, 3, 4, 5]))
def sample_and_choices(xs):
    return random.sample(xs, 3), random.choices(xs, k=3)


@program(call(64), call(10))
def getrandbits(k):
    return random.getrandbits(k // 2)


@program(call(2000))
def monte_carlo_pi(n):
    inside = 0
    for _ in range(n):
        x = random.random()
        y = random.random()
        if x * x + y * y <= 1.0:
            inside += 1
    return 4.0 * inside / n


@program(call(5), call(0), call(8), call(1), call(-1))
def bytes_drawn(n):
    random.seed(7)
    return random.randbytes(n), random.random()


@program(call(["a", "b", "c"], [2, 0, 3], 4), call(["a"], [0], 1), call(["a", "b"], [1], 1), call([], [], 0), call(["a"], [1], 2))
def sample_with_counts(xs, counts, k):
    random.seed(a=3)
    return random.sample(xs, counts=counts, k=k), random.random()


@program(call(1))
def seeded_by_the_system(n):
    random.seed()
    return n


@program(call(5))
def generator_of_its_own(n):
    return random.Random(n).random()
