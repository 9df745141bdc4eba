"""`itertools.product`, `permutations`, `combinations`.

A result is a tuple, so its length is a constant: that of `r` or `repeat`, or of a tuple.
Each position is a generator of its own over the ones behind it; the order is CPython's.
All input is read before the first result, as CPython does.
"""


@implements("itertools.product/0")
def product_0(*, repeat=1):
    yield ()


@implements("itertools.product/1")
def product_1(a, /, *, repeat=1):
    return product_of(times(([item for item in a],), repeat))


@implements("itertools.product/2")
def product_2(a, b, /, *, repeat=1):
    return product_of(times(([item for item in a], [item for item in b]), repeat))


@implements("itertools.product/3")
def product_3(a, b, c, /, *, repeat=1):
    return product_of(
        times(([item for item in a], [item for item in b], [item for item in c]), repeat)
    )


@implements("itertools.product/4")
def product_4(a, b, c, d, /, *, repeat=1):
    first = ([item for item in a], [item for item in b])
    return product_of(times(first + ([item for item in c], [item for item in d]), repeat))


def times(pools, repeat):
    if not prim.is_literal(repeat):
        prim.error("product() needs a constant number of repetitions")
    if repeat < 0:
        prim.guard(False, "ValueError", "repeat argument cannot be negative")
    return times_of(pools, repeat)


def times_of(pools, repeat):
    if repeat <= 0:
        return ()
    else:
        return pools + times_of(pools, repeat - 1)


def product_of(pools):
    if len(pools) == 0:
        yield ()
    elif len(pools) == 1:
        for x in pools[0]:
            yield (x,)
    elif len(pools) == 2:
        for x in pools[0]:
            for y in pools[1]:
                yield x, y
    else:
        for x in pools[0]:
            for rest in product_of(pools[1:]):
                yield (x,) + rest


@implements("itertools.combinations")
def combinations(iterable, r):
    pool = [item for item in iterable]
    check_length(r)
    return combinations_from(pool, 0, r)


def check_length(r):
    if not prim.is_literal(r):
        prim.error("the length of the results must be a constant: tuples have constant lengths")
    if r < 0:
        prim.guard(False, "ValueError", "r must be non-negative")


def combinations_from(pool, start, r):
    if r <= 0:
        yield ()
    elif r == 1:
        for i in range(start, len(pool)):
            yield (pool[i],)
    elif r == 2:
        for i in range(start, len(pool)):
            for j in range(i + 1, len(pool)):
                yield pool[i], pool[j]
    else:
        for i in range(start, len(pool) - r + 1):
            for rest in combinations_from(pool, i + 1, r - 1):
                yield (pool[i],) + rest


@implements("itertools.combinations_with_replacement")
def combinations_with_replacement(iterable, r):
    pool = [item for item in iterable]
    check_length(r)
    return replaced_from(pool, 0, r)


def replaced_from(pool, start, r):
    if r <= 0:
        yield ()
    elif r == 1:
        for i in range(start, len(pool)):
            yield (pool[i],)
    elif r == 2:
        for i in range(start, len(pool)):
            for j in range(i, len(pool)):
                yield pool[i], pool[j]
    else:
        for i in range(start, len(pool)):
            for rest in replaced_from(pool, i, r - 1):
                yield (pool[i],) + rest


@implements("itertools.permutations")
def permutations(iterable, r=None):
    pool = [item for item in iterable]
    if r is None:
        if not prim.is_tuple(iterable):
            prim.error("permutations() of anything but a tuple needs a constant length: tuples have constant lengths")
        return permutations_of(pool, [False for _ in pool], len(iterable))
    else:
        check_length(r)
        return permutations_of(pool, [False for _ in pool], r)


def permutations_of(pool, used, r):
    if r <= 0:
        yield ()
    elif r == 1:
        for i in range(len(pool)):
            if not used[i]:
                yield (pool[i],)
    else:
        for i in range(len(pool)):
            if not used[i]:
                used[i] = True
                for rest in permutations_of(pool, used, r - 1):
                    yield (pool[i],) + rest
                used[i] = False
