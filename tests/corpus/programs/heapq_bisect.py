"""`heapq` and `bisect`."""

import bisect
import heapq
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np

from tests.corpus import call, program


@program(call([5, 1, 4, 2]))
def heap_sort(xs):
    heap = []
    for x in xs:
        heappush(heap, x)
    return [heappop(heap) for _ in range(len(heap))]


@program(call([5, 1, 4, 2]), call([2.5, -1.0]))
def heapify(xs):
    heapq.heapify(xs)
    return xs, xs[0]


@program(call([3, 1, 2], 0), call([3, 1, 2], 9))
def pushpop_and_replace(xs, x):
    heapq.heapify(xs)
    return heapq.heappushpop(xs, x), heapq.heapreplace(xs, x), xs


@program(call(1))
def pop_of_an_empty_heap(n):
    heap = [n]
    heappop(heap)
    return heappop(heap)


@program(call([5, 1, 4, 2, 3]))
def largest_and_smallest(xs):
    return heapq.nlargest(2, xs), heapq.nsmallest(3, xs), heapq.nlargest(1, xs, key=lambda x: -x)


@program(call({"a": [("b", 1.0), ("c", 4.0)], "b": [("c", 2.0)], "c": []}))
def dijkstra(graph):
    dist = {"a": 0.0}
    heap = [(0.0, "a")]
    while heap:
        d, node = heappop(heap)
        if d > dist[node]:
            continue
        for other, w in graph[node]:
            e = d + w
            if other not in dist or e < dist[other]:
                dist[other] = e
                heappush(heap, (e, other))
    return dist


@program(call([[1, 4], [2, 3]]))
def merged(rows):
    return list(heapq.merge(*rows)), list(heapq.merge([1, 5], [2]))


@program(call([3, 1], (2.5,), [9, 0]), call([1], (1.0,), [1]))
def merged_of_several(a, b, c):
    words = heapq.merge(["b", "a"], ["ab", "c"], key=len)
    down = heapq.merge([5, 3], (x for x in [4, 3]), reverse=True)
    return list(heapq.merge(a, c, [2])), list(words), list(down), [x for x in heapq.merge(b)]


@program(call([1, 3, 3, 5], 3), call([1, 3, 3, 5], 9), call([], 1))
def bisect_sides(xs, x):
    return bisect.bisect_left(xs, x), bisect.bisect_right(xs, x), bisect.bisect(xs, x)


@program(call([1.0, 2.0], 1.5))
def insort(xs, x):
    bisect.insort(xs, x)
    bisect.insort_left(xs, 2.0)
    return xs


@program(call(np.array([1.0, 3.0, 5.0]), 4.0))
def bisect_in_an_array(a, x):
    return bisect.bisect_left(a, x), bisect.bisect_right(a, 3.0, 0, 2)


@program(call(33), call(77), call(99), call(60), call(100))
def grades(score):
    return "FDCBA"[bisect.bisect([60, 70, 80, 90], score)]


@program(call(["apple", "fig"], "banana"))
def bisect_text_and_key(words, w):
    return bisect.bisect(words, w), bisect.bisect_left([(1, "a"), (3, "b")], 2, key=lambda p: p[0])


@program(call([10, 4, 2, 9, 1], 3))
def running_k_smallest(xs, k):
    heap = []
    for x in xs:
        heappush(heap, -x)
        if len(heap) > k:
            heappop(heap)
    return sorted(-x for x in heap)


class Job(NamedTuple):
    cost: float
    name: str


@program(call([Job(2.0, "b"), Job(1.0, "a")]), call([]))
def heap_of_namedtuples(jobs):
    heapq.heapify(jobs)
    heappush(jobs, Job(0.5, "c"))
    first = heapq.heappushpop(jobs, Job(3.0, "d"))
    return first.name, heapq.heapreplace(jobs, Job(0.25, "e")), jobs, jobs[0].cost


@program(call([Job(1.0, "a"), Job(3.0, "c")]), call([]))
def namedtuples_kept_sorted(jobs):
    bisect.insort(jobs, Job(2.0, "b"))
    return jobs, bisect.bisect_left(jobs, Job(2.0, "")), bisect.bisect(jobs, 1.5, key=lambda job: job.cost)


@program(call([5, 1, 4], 2), call([5, 1, 4], 0), call([5], 3), call([], 1), call([5, 1], -1))
def ends(xs, n):
    return heapq.nlargest(n, xs), heapq.nsmallest(n, xs), heapq.nsmallest(n, xs, key=lambda x: -x)


@program(call([1, 3, 3, 5], 3, 1, 2), call([1, 3, 3, 5], 3, 0, 99), call([1, 3, 3, 5], 3, -1, 2), call([], 3, 0, 0))
def bounds(xs, x, lo, hi):
    return bisect.bisect_left(xs, x, lo, hi), bisect.bisect_right(xs, x, lo=lo, hi=hi)


@program(call([9, 7, 4], 5), call([], 5))
def descending(xs, x):
    bisect.insort(xs, x, key=lambda v: -v)
    return xs, bisect.bisect_left(xs, -x, key=lambda v: -v)
