"""Library bodies: the `heapq` module, over lists.

Items are compared and moved in CPython's order (`Modules/_heapqmodule.c` describes it:
the hole goes down to a leaf by the smaller children, then up to the item's place), so
that the list is the same afterwards, also where items are equal. CPython notices a list
whose size a comparison changes; items here compare without side effects.

`nlargest` and `nsmallest` are what the documentation says they equal. `merge` keeps the
heads of its sources in *slots*, numbered in the sources' order, and a heap of slots.
"""

from iterators import iterators_of


def sift_down(heap, start, pos):
    """Moves the item at `pos` up to its place below `start`'s level."""
    item = heap[pos]
    while pos > start:
        parent = (pos - 1) // 2
        above = heap[parent]
        if not item < above:
            break
        heap[pos] = above
        pos = parent
    heap[pos] = item


def sift_up(heap, pos):
    """Moves the item at `pos` down to a leaf, then up to its place."""
    end = len(heap)
    start = pos
    item = heap[pos]
    limit = end // 2
    while pos < limit:
        child = 2 * pos + 1
        if child + 1 < end:
            if not heap[child] < heap[child + 1]:
                child = child + 1
        heap[pos] = heap[child]
        pos = child
    heap[pos] = item
    sift_down(heap, start, pos)


@implements("heapq.heappush")
def heappush(heap, item, /):
    heap.append(item)
    sift_down(heap, 0, len(heap) - 1)


@implements("heapq.heappop")
def heappop(heap, /):
    if len(heap) == 0:
        raise IndexError("index out of range")
    last = heap.pop()
    if len(heap) == 0:
        return last
    first = heap[0]
    heap[0] = last
    sift_up(heap, 0)
    return first


@implements("heapq.heapreplace")
def heapreplace(heap, item, /):
    if len(heap) == 0:
        raise IndexError("index out of range")
    first = heap[0]
    heap[0] = item
    sift_up(heap, 0)
    return first


@implements("heapq.heappushpop")
def heappushpop(heap, item, /):
    if len(heap) == 0:
        return item
    first = heap[0]
    if not first < item:
        return item
    heap[0] = item
    sift_up(heap, 0)
    return first


@implements("heapq.heapify")
def heapify(heap, /):
    n = len(heap)
    for k in range(n // 2):
        sift_up(heap, n // 2 - 1 - k)


def count_of(n):
    """How many are wanted, as a Python int."""
    if not prim.is_integer(n):
        prim.error("'{}' object cannot be interpreted as an integer", n)
    return max(int(n), 0)


@implements("heapq.nsmallest")
def nsmallest(n, iterable, key=None):
    wanted = count_of(n)
    if key is None:
        return sorted(iterable)[:wanted]
    return sorted(iterable, key=key)[:wanted]


@implements("heapq.nlargest")
def nlargest(n, iterable, key=None):
    wanted = count_of(n)
    if key is None:
        return sorted(iterable, reverse=True)[:wanted]
    return sorted(iterable, key=key, reverse=True)[:wanted]


@implements("heapq.merge")
def merge(*iterables, key=None, reverse=False):
    return merged(iterators_of(iterables), len(iterables), key, bool(reverse))


@implements("heapq.merge/*")
def merge_lists(iterables, *, key=None, reverse=False):
    if not prim.is_list(iterables):
        prim.error("heapq.merge(*x) takes a tuple or a list, not {}", iterables)
    else:
        return merged(iterables[:], len(iterables), key, bool(reverse))


def merged(sources, count, key, reverse):
    values = []
    ranks = []
    places = [0 for _ in range(count)]
    of_slot = []
    heap = []
    for source in range(count):
        if take(sources, source, source, places, values, ranks, len(values), key):
            of_slot.append(source)
            heap.append(len(heap))
    n = len(heap)
    for k in range(n // 2):
        slot_up(heap, ranks, n // 2 - 1 - k, reverse)
    while len(heap) > 0:
        slot = heap[0]
        yield values[slot]
        if not take(sources, of_slot[slot], of_slot[slot], places, values, ranks, slot, key):
            last = heap.pop()
            if len(heap) == 0:
                return
            heap[0] = last
        slot_up(heap, ranks, 0, reverse)


def take(sources, which, number, places, values, ranks, slot, key):
    """Puts a source's next item into a slot; false at its end."""
    if prim.is_list(sources):
        row = sources[number]
        at = places[number]
        if at >= len(row):
            return False
        places[number] = at + 1
        put(row[at], values, ranks, slot, key)
        return True
    elif len(sources) == 0:
        return False
    else:
        if which == 0:
            for item in sources[0]:
                put(item, values, ranks, slot, key)
                return True
            return False
        return take(sources[1:], which - 1, number, places, values, ranks, slot, key)


def put(item, values, ranks, slot, key):
    rank = item if key is None else key(item)
    if slot == len(values):
        values.append(item)
        ranks.append(rank)
    else:
        values[slot] = item
        ranks[slot] = rank


def ahead(ranks, a, b, reverse):
    """Whether a slot comes before another: by rank, then by source."""
    if ranks[a] == ranks[b]:
        return a < b
    if reverse:
        return ranks[b] < ranks[a]
    return ranks[a] < ranks[b]


def slot_up(heap, ranks, pos, reverse):
    """As `sift_up` and `sift_down`, of slots."""
    end = len(heap)
    start = pos
    slot = heap[pos]
    while pos < end // 2:
        child = 2 * pos + 1
        if child + 1 < end:
            if not ahead(ranks, heap[child], heap[child + 1], reverse):
                child = child + 1
        heap[pos] = heap[child]
        pos = child
    while pos > start:
        parent = (pos - 1) // 2
        if not ahead(ranks, slot, heap[parent], reverse):
            break
        heap[pos] = heap[parent]
        pos = parent
    heap[pos] = slot
