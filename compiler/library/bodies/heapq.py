"""Library bodies: the `heapq` module, over lists.

Items are compared and moved in CPython's order (`Modules/_heapqmodule.c` describes it:
the hole goes down to a leaf by the smaller children, then up to the item's place), so
that the list is the same afterwards, also where items are equal. CPython notices a list
whose size a comparison changes; items here compare without side effects.

`nlargest` and `nsmallest` are what the documentation says they equal. Not here: `merge`.
"""


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


@implements("heapq.nsmallest")
def nsmallest(n, iterable, key=None):
    wanted = max(int(n), 0)
    if key is None:
        return sorted(iterable)[:wanted]
    return sorted(iterable, key=key)[:wanted]


@implements("heapq.nlargest")
def nlargest(n, iterable, key=None):
    wanted = max(int(n), 0)
    if key is None:
        return sorted(iterable, reverse=True)[:wanted]
    return sorted(iterable, key=key, reverse=True)[:wanted]
