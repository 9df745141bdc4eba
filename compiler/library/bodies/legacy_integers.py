"""Library bodies: `np.random.randint` and `bytes`, with the bits of NumPy's streams.

Masked words that are too large are drawn again. Of dtypes below 32 bits, several come from
one word. Not here: limits beyond 64 bits with a sign; arrays of limits for these dtypes.
"""

from broadcasting import item, shape_of, spread_to
from discrete import least, limit
from generators import given_int, number_at, output


def mask_of(n):
    """All bits below and with the highest one of `n`, which isn't negative."""
    if n == 0:
        return 0
    return prim.shift_right_logical(-1, prim.clz(n))


def up_to(n):
    """A number from 0 to `n`, which isn't negative."""
    mask = mask_of(n)
    if n <= 4294967295:
        r = prim.np_random_word() & mask
        while r > n:
            r = prim.np_random_word() & mask
        return r
    r = prim.np_random_long() & mask
    while r > n:
        r = prim.np_random_long() & mask
    return r


def drawn(low, width):
    # No draw at all where there is one number only.
    if width == 0:
        return low
    return low + up_to(width)


def fill_integers(size, low, width):
    if size is None:
        return drawn(low, width)
    out = prim.empty(size, prim.dtype("int64"))
    line = prim.view_c(out, out.size)
    for i in range(len(line)):
        line[i] = drawn(low, width)
    return out


def fill_parts(line, low, width):
    """Integers of 8 or 16 bits, or truth: several from each word, the lowest first."""
    bits = 1 if prim.kind(prim.dtype(line)) == "b" else 8 * line.itemsize
    mask = mask_of(width)
    word = 0
    left = 0
    for i in range(len(line)):
        # No draw at all where there is one number only.
        value = width + 1 if width > 0 else 0
        while value > width:
            if left == 0:
                word = prim.np_random_word()
                left = 32 // bits
            value = word & mask
            word = word >> bits
            left -= 1
        line[i] = prim.cast(low + value, prim.dtype(line))


def whole(x):
    if prim.is_number(x):
        if prim.kind(prim.dtype(x)) == "f":
            return int(x)
        if not prim.is_integer(x) and prim.kind(prim.dtype(x)) != "b":
            prim.error("np.random.randint() takes integers here, not {}", x)
        return int(x)
    return given_int(x)


@implements("numpy.random.randint")
def randint(low, high=None, size=None, dtype=None):
    if high is None:
        return between(0, whole(low), size, dtype)
    return between(whole(low), whole(high), size, dtype)


def between(low, high, size, dtype):
    if dtype is None:
        return integers(low, high, size, prim.dtype("int64"))
    if prim.kind(prim.dtype_given(dtype)) not in ("b", "i", "u"):
        prim.error("Unsupported dtype {} for randint", dtype)
    value = integers(low, high, size, prim.dtype_given(dtype))
    if prim.is_array(value):
        return value
    # `int` and `bool` themselves give Python's numbers.
    if not prim.is_str(dtype):
        if dtype is int:
            return int(value)
        if dtype is bool:
            return bool(value)
    return prim.cast(value, prim.dtype_given(dtype))


def is_empty(size):
    """Whether nothing is asked for: then limits aren't looked at."""
    if size is None:
        return False
    return prim.empty(size, prim.dtype("int8")).size == 0


def integers(low, high, size, dtype):
    if not is_empty(size):
        if np.any(low < least(dtype)):
            prim.guard(False, "ValueError", "low is out of bounds for " + dtype.name)
        if dtype.itemsize < 8 and np.any(high > limit(dtype) + 1):
            prim.guard(False, "ValueError", "high is out of bounds for " + dtype.name)
        if np.any(low >= high):
            raise ValueError("high <= 0" if not np.any(low) else "low >= high")
    if prim.is_array(low) or prim.is_array(high):
        if dtype.itemsize < 8:
            prim.error("np.random.randint() of arrays of limits gives int64 here: leave dtype= out and write .astype()")
        out = output(size, (shape_of(low), shape_of(high)), dtype)
        each_integer(out, spread_to(low, out.shape), spread_to(high, out.shape))
        return out
    elif size is None:
        if dtype.itemsize >= 4:
            return drawn(low, high - 1 - low)
        one = prim.empty(1, dtype)
        fill_parts(one, low, high - 1 - low)
        return one[0]
    else:
        out = prim.empty(size, dtype)
        line = prim.view_c(out, out.size)
        if len(line) > 0:
            if dtype.itemsize < 4:
                fill_parts(line, low, high - 1 - low)
            else:
                for i in range(len(line)):
                    line[i] = prim.cast(drawn(low, high - 1 - low), dtype)
        return out


def each_integer(out, low, high):
    if out.ndim == 1:
        for i in range(len(out)):
            first = int(number_at(low, i))
            out[i] = prim.cast(drawn(first, int(number_at(high, i)) - 1 - first), prim.dtype(out))
    else:
        for i in range(len(out)):
            each_integer(out[i], item(low, i), item(high, i))


@implements("numpy.random.bytes")
def bytes(length):
    if not prim.is_integer(length):
        prim.error("np.random.bytes() takes an int, not {}", length)
    n = int(length)
    # As C divides.
    count = (n - 1) // 4 + 1 if n > 0 else 1 - (1 - n) // 4
    words = prim.empty(count, prim.dtype("uint32"))
    for i in range(count):
        words[i] = prim.cast(prim.np_random_word(), prim.dtype("uint32"))
    return prim.bytes_of_memory(words, 4 * count)[:n]
