"""Iterators: what consumes any iterable, and lazy ones as generators.

A name with `/n` is the form with n positional arguments. The order in which items are
asked for and functions called is CPython's. `"<missing>"` stands for an argument that
isn't given.
"""


@implements("builtins.any")
def any(iterable, /):
    for item in iterable:
        if item:
            return True
    return False


@implements("builtins.all")
def all(iterable, /):
    for item in iterable:
        if not item:
            return False
    return True


@implements("builtins.sum")
def sum(iterable, /, start=0):
    if prim.is_text(start):
        prim.error("sum() can't sum strings [use ''.join(seq) instead]")
    total = start
    if prim.python_minor() < 12:
        for item in iterable:
            total = total + item
        return total
    # From 3.12 on floats are summed with a compensation, by the algorithm of A. Neumaier,
    # "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974.
    lost = 0.0
    for item in iterable:
        if prim.is_python_float(total):
            if prim.is_python_float(item):
                rounded = total + item
                if prim.fabs(total) >= prim.fabs(item):
                    lost = lost + ((total - rounded) + item)
                else:
                    lost = lost + ((item - rounded) + total)
                total = rounded
            elif prim.is_weak(item) and prim.is_integer(item):
                total = total + item
            else:
                if lost != 0.0 and prim.isfinite(lost):
                    total = total + lost
                    lost = 0.0
                total = total + item
        else:
            total = total + item
    if prim.is_python_float(total):
        # Infinite sums have no finite compensation.
        if lost != 0.0 and prim.isfinite(lost):
            total = total + lost
    return total


@implements("builtins.min")
def min(iterable, /, *, key=None, default="<missing>"):
    found = False
    if key is None:
        for item in iterable:
            if not found or item < best:
                best = item
                found = True
    else:
        for item in iterable:
            rank = key(item)
            if not found or rank < lowest:
                best = item
                lowest = rank
                found = True
    if found:
        return best
    elif prim.is_missing(default):
        if prim.python_minor() >= 12:
            raise ValueError("min() iterable argument is empty")
        raise ValueError("min() arg is an empty sequence")
    else:
        return default


@implements("builtins.max")
def max(iterable, /, *, key=None, default="<missing>"):
    found = False
    if key is None:
        for item in iterable:
            if not found or item > best:
                best = item
                found = True
    else:
        for item in iterable:
            rank = key(item)
            if not found or rank > highest:
                best = item
                highest = rank
                found = True
    if found:
        return best
    elif prim.is_missing(default):
        if prim.python_minor() >= 12:
            raise ValueError("max() iterable argument is empty")
        raise ValueError("max() arg is an empty sequence")
    else:
        return default


@implements("builtins.min/2")
def min_of_2(a, b, /, *, key=None):
    if key is None:
        return prim_min(a, b)
    else:
        x = key(a)
        y = key(b)
        if y < x:
            return b
        else:
            return a


@implements("builtins.max/2")
def max_of_2(a, b, /, *, key=None):
    if key is None:
        return prim_max(a, b)
    else:
        x = key(a)
        y = key(b)
        if y > x:
            return b
        else:
            return a


@implements("builtins.min/3")
def min_of_3(a, b, c, /, *, key=None):
    if key is None:
        return prim_min(prim_min(a, b), c)
    else:
        return min([a, b, c], key=key)


@implements("builtins.max/3")
def max_of_3(a, b, c, /, *, key=None):
    if key is None:
        return prim_max(prim_max(a, b), c)
    else:
        return max([a, b, c], key=key)


@implements("builtins.max/*")
def max_of_items(values, /, *, key=None):
    return max(several([value for value in values], "max"), key=key)


@implements("builtins.min/*")
def min_of_items(values, /, *, key=None):
    return min(several([value for value in values], "min"), key=key)


def several(values, name):
    if len(values) == 0:
        raise TypeError(name + " expected at least 1 argument, got 0")
    if len(values) == 1:
        if prim.is_number(values[0]):
            raise TypeError("'" + type(values[0]).__name__ + "' object is not iterable")
        elif prim.is_str(values[0]):
            return [*values[0]]
        else:
            prim.refuse("max(*x) and min(*x) are compiled of numbers and strings, not of {}", "write max(x) or min(x)", values)
    return values


def prim_min(a, b):
    if b < a:
        return b
    else:
        return a


def prim_max(a, b):
    if b > a:
        return b
    else:
        return a


def items_of(iterable):
    for item in iterable:
        yield item


@implements("builtins.iter/1")
def iter_of(iterable, /):
    if prim.is_generator(iterable):
        return iterable
    else:
        return items_of(iterable)


@implements("builtins.iter/2")
def iter_until(function, sentinel, /):
    while True:
        value = function()
        if value == sentinel:
            return
        yield value


@implements("builtins.next")
def next(iterator, default="<missing>", /):
    if not prim.is_generator(iterator):
        prim.error("'{}' object is not an iterator", iterator)
    for item in iterator:
        return item
    if prim.is_missing(default):
        return stops(prim.generator_given(iterator))
    else:
        return default


def stops(given):
    if given is None:
        raise StopIteration
    elif prim.is_number(given) or prim.is_str(given):
        raise StopIteration(given)
    else:
        raise StopIteration


@implements("generator.__next__")
def __next__(self, /):
    return next(self)


@implements("generator.__iter__")
def __iter__(self, /):
    return self


@implements("generator.send")
def send(self, value, /):
    prim.generator_send(self, value)
    for item in self:
        return item
    return stops(prim.generator_given(self))


@implements("generator.throw")
def throw(self, exception, /):
    prim.generator_throw(self, exception)
    for item in self:
        return item
    return stops(prim.generator_given(self))


@implements("generator.close")
def close(self, /):
    prim.generator_close(self)


@implements("builtins.map/2")
def map_1(func, iterable, /):
    for item in iterable:
        yield func(item)


@implements("builtins.map/3")
def map_2(func, first, second, /):
    for a, b in zip(first, second):
        yield func(a, b)


@implements("builtins.map/4")
def map_3(func, first, second, third, /):
    for a, b, c in zip(first, second, third):
        yield func(a, b, c)


@implements("builtins.map")
def map_many(func, *iterables):
    for items in zip(*iterables):
        yield func(*items)


@implements("builtins.filter/2")
def filter_1(function, iterable, /):
    for item in iterable:
        if function is None:
            if item:
                yield item
        elif function(item):
            yield item


@implements("itertools.filterfalse")
def filterfalse(function, iterable, /):
    for item in iterable:
        if function is None:
            if not item:
                yield item
        elif not function(item):
            yield item


@implements("itertools.batched")
def batched(iterable, n, *, strict="<missing>"):
    if prim.is_missing(strict):
        return batched(iterable, n, strict=False)
    if prim.python_minor() < 13 and (not prim.is_literal(strict) or strict):
        prim.error("batched() takes strict= from Python 3.13 on")
    if not prim.is_integer(n):
        prim.error("'{}' object cannot be interpreted as an integer", n)
    prim.guard(n >= 1, "ValueError", "n must be at least one")
    return batches(iterable, int(n), bool(strict))


def batches(iterable, n, strict):
    batch = []
    for item in iterable:
        batch.append(item)
        if len(batch) == n:
            yield tuple(batch)
            batch.clear()
    if len(batch) > 0:
        if strict:
            raise ValueError("batched(): incomplete batch")
        yield tuple(batch)


@implements("itertools.count")
def count(start=0, step=1):
    value = start
    while True:
        yield value
        value = value + step


@implements("itertools.repeat")
def repeat(object, times=None):
    if times is None:
        while True:
            yield object
    else:
        for _ in range(times):
            yield object


@implements("itertools.cycle")
def cycle(iterable, /):
    kept = []
    for item in iterable:
        yield item
        kept.append(item)
    while len(kept) > 0:
        for item in kept:
            yield item


@implements("itertools.chain")
def chain(*iterables):
    for iterable in iterables:
        yield from iterable


@implements("itertools.chain.from_iterable", "itertools.chain/*")
def from_iterable(iterables, /):
    for iterable in iterables:
        yield from iterable


@implements("itertools.accumulate")
def accumulate(iterable, func=None, *, initial=None):
    found = False
    if initial is not None:
        total = initial
        found = True
        yield total
    for item in iterable:
        if not found:
            total = item
            found = True
        elif func is None:
            total = total + item
        else:
            total = func(total, item)
        yield total


@implements("itertools.islice/2")
def islice_2(iterable, stop, /):
    return islice_4(iterable, 0, stop, 1)


@implements("itertools.islice/3")
def islice_3(iterable, start, stop, /):
    return islice_4(iterable, start, stop, 1)


@implements("itertools.islice/4")
def islice_4(iterable, start, stop, step, /):
    if not is_count(start):
        raise ValueError("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
    if not is_count(stop):
        raise ValueError("Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
    if not is_count(step):
        raise ValueError("Step for islice() must be a positive integer or None.")
    first = 0
    if start is not None:
        prim.guard(start >= 0, "ValueError", "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
        first = start
    if stop is not None:
        prim.guard(stop >= 0, "ValueError", "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
    by = 1
    if step is not None:
        prim.guard(step >= 1, "ValueError", "Step for islice() must be a positive integer or None.")
        by = step
    return sliced(iter_of(iterable), first, stop, by)


def is_count(x):
    return prim.is_none(x) or prim.is_integer(x)


def sliced(iterator, first, stop, step):
    """Items first, first + step ... below stop; as many are taken as CPython takes."""
    at = 0
    wanted = first
    if stop is None:
        for item in iterator:
            if at == wanted:
                yield item
                wanted += step
            at += 1
    else:
        while wanted < stop:
            for item in iterator:
                break
            else:
                return
            at += 1
            if at - 1 == wanted:
                yield item
                wanted += step
        while at < stop:
            for item in iterator:
                break
            else:
                return
            at += 1


@implements("itertools.takewhile")
def takewhile(predicate, iterable, /):
    for item in iterable:
        if not predicate(item):
            break
        yield item


@implements("itertools.dropwhile")
def dropwhile(predicate, iterable, /):
    dropping = True
    for item in iterable:
        if dropping and predicate(item):
            continue
        dropping = False
        yield item


@implements("itertools.compress")
def compress(data, selectors):
    for item, selected in zip(data, selectors):
        if selected:
            yield item


@implements("itertools.pairwise")
def pairwise(iterable, /):
    found = False
    for item in iterable:
        if found:
            yield before, item
        before = item
        found = True


@implements("itertools.zip_longest/2")
def zip_longest(first, second, /, *, fillvalue=None):
    a = iter_of(first)
    b = iter_of(second)
    while True:
        ended = False
        for x in a:
            break
        else:
            ended = True
            x = fillvalue
        for y in b:
            break
        else:
            if ended:
                return
            y = fillvalue
        yield x, y


@implements("itertools.zip_longest")
def zip_longest_of(*iterables, fillvalue=None):
    sources = iterators_of(iterables)
    active = [True for _ in range(len(iterables))]
    left = [len(iterables)]
    while left[0] > 0:
        row = row_of(sources, active, left, 0, fillvalue)
        if left[0] > 0:
            yield row


def iterators_of(iterables):
    """A tuple of iterators, of a tuple."""
    if len(iterables) == 0:
        return ()
    else:
        return (iter_of(iterables[0]),) + iterators_of(iterables[1:])


def row_of(sources, active, left, at, fillvalue):
    """The next item of each source; `left` counts those that have not ended."""
    if len(sources) == 0:
        return ()
    else:
        if active[at]:
            for x in sources[0]:
                break
            else:
                active[at] = False
                left[0] -= 1
                x = fillvalue
        else:
            x = fillvalue
        return (x,) + row_of(sources[1:], active, left, at + 1, fillvalue)


@implements("itertools.starmap")
def starmap(function, iterable, /):
    for args in iterable:
        yield function(*args)


@implements("itertools.groupby")
def groupby(iterable, key=None):
    source = iter_of(iterable)
    values = []
    keys = []
    turn = [0]
    if not group_step(source, key, values, keys):
        return
    while True:
        wanted = keys[0]
        yield wanted, group_items(source, key, wanted, values, keys, turn, turn[0])
        turn[0] += 1
        while wanted == keys[0]:
            if not group_step(source, key, values, keys):
                return


def group_step(source, key, values, keys):
    """Takes the next item and its key; false at the end."""
    for item in source:
        values.clear()
        values.append(item)
        keys.clear()
        if key is None:
            keys.append(item)
        else:
            keys.append(key(item))
        return True
    return False


def group_items(source, key, wanted, values, keys, turn, number):
    """A group: it ends when the next one is asked for."""
    while turn[0] == number:
        if len(values) == 0:
            if not group_step(source, key, values, keys):
                return
        if not wanted == keys[0]:
            return
        yield values.pop()


@implements("itertools.tee")
def tee(iterable, n=2, /):
    if not prim.is_literal(n):
        prim.error("tee() needs a constant number of iterators")
    kept = []
    return tees(iter_of(iterable), kept, n)


def tees(source, kept, n):
    if n <= 0:
        return ()
    else:
        return (tee_items(source, kept),) + tees(source, kept, n - 1)


def tee_items(source, kept):
    at = 0
    while True:
        if at == len(kept):
            for item in source:
                kept.append(item)
                break
            else:
                return
        yield kept[at]
        at += 1


def zip_of_rows(rows):
    """`zip(*rows)` of a list of sequences: a tuple of any length for each column."""
    return columns(list(rows))


def columns(rows):
    if len(rows) == 0:
        return
    at = 0
    while True:
        for row in rows:
            if at >= len(row):
                return
        yield tuple([row[at] for row in rows])
        at += 1
