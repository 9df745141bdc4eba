"""`itertools.product`, `permutations`, `combinations`.

A result is a tuple. Where its length is a constant, that of `r` or `repeat`, or of a
tuple, each position is a generator of its own over the ones behind it; where it isn't,
positions are counted on in a list, and the result is a tuple of any length. The order is
CPython's. All input is read before the first result, as CPython does.
"""


@implements("itertools.product")
def product(*iterables, repeat=1):
    if not prim.is_integer(repeat):
        prim.error("the repeat of itertools.product() must be an integer, not {}", repeat)
    if prim.is_literal(repeat):
        return product_of(times(lists_of(iterables), repeat))
    else:
        prim.guard(repeat >= 0, "ValueError", "repeat argument cannot be negative")
        return product_of_any(list_of_lists(lists_of(iterables)), repeat)


@implements("itertools.product/*")
def product_of_items(iterables, *, repeat=1):
    if not prim.is_integer(repeat):
        prim.error("the repeat of itertools.product() must be an integer, not {}", repeat)
    prim.guard(repeat >= 0, "ValueError", "repeat argument cannot be negative")
    return product_of_any([[item for item in iterable] for iterable in iterables], repeat)


def lists_of(iterables):
    if len(iterables) == 0:
        return ()
    else:
        return ([item for item in iterables[0]],) + lists_of(iterables[1:])


def list_of_lists(pools):
    if not alike(pools):
        prim.refuse("itertools.product() with a repeat that isn't a constant needs items of one type, not {}", "write the number as a constant, or nested loops", pools)
    return [*pools]


def alike(items):
    if len(items) < 2:
        return True
    else:
        return prim.same_type(items[0], items[1]) and alike(items[1:])


def product_of_any(pools, repeat):
    """The last position changes fastest."""
    given = len(pools)
    count = given * repeat
    for k in range(given):
        if len(pools[k]) == 0 and repeat > 0:
            return
    at = [0] * count
    while True:
        yield tuple([pools[k % given][at[k]] for k in range(count)])
        k = count - 1
        while k >= 0 and at[k] == len(pools[k % given]) - 1:
            at[k] = 0
            k -= 1
        if k < 0:
            return
        at[k] += 1


def times(pools, repeat):
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
    if prim.is_literal(r):
        return combinations_from(pool, 0, r)
    else:
        return combinations_of_any(pool, r)


def check_length(r):
    if not prim.is_integer(r):
        prim.error("the length of the results must be an integer, not {}", r)
    prim.guard(r >= 0, "ValueError", "r must be non-negative")


def combinations_of_any(pool, r):
    n = len(pool)
    if r > n:
        return
    at = [i for i in range(r)]
    while True:
        yield tuple([pool[i] for i in at])
        k = r - 1
        while k >= 0 and at[k] == k + n - r:
            k -= 1
        if k < 0:
            return
        at[k] += 1
        for j in range(k + 1, r):
            at[j] = at[j - 1] + 1


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
    if prim.is_literal(r):
        return replaced_from(pool, 0, r)
    else:
        return replaced_of_any(pool, r)


def replaced_of_any(pool, r):
    n = len(pool)
    if n == 0 and r > 0:
        return
    at = [0] * r
    while True:
        yield tuple([pool[i] for i in at])
        k = r - 1
        while k >= 0 and at[k] == n - 1:
            k -= 1
        if k < 0:
            return
        next = at[k] + 1
        for j in range(k, r):
            at[j] = next


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
        if prim.is_tuple(iterable):
            return permutations_of(pool, [False for _ in pool], len(iterable))
        else:
            return permutations_of_any(pool, len(pool))
    else:
        check_length(r)
        if prim.is_literal(r):
            return permutations_of(pool, [False for _ in pool], r)
        else:
            return permutations_of_any(pool, r)


def permutations_of_any(pool, r):
    n = len(pool)
    if r > n:
        return
    at = [i for i in range(r)]
    used = [i < r for i in range(n)]
    while True:
        yield tuple([pool[i] for i in at])
        # The last position that can go on to an item which those before it don't use.
        k = r - 1
        i = n
        while k >= 0:
            used[at[k]] = False
            i = at[k] + 1
            while i < n and used[i]:
                i += 1
            if i < n:
                break
            k -= 1
        if k < 0:
            return
        at[k] = i
        used[i] = True
        i = 0
        for j in range(k + 1, r):
            while used[i]:
                i += 1
            at[j] = i
            used[i] = True


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
