"""Loops over `prange` without races: vectors, strides, slices, reductions, private values."""

import math

import numpy as np
from cumbia import atomic, jit, prange


def copied(a, out):
    for i in prange(len(a)):
        out[i] = a[i]


def scaled_in_place(a, s):
    for i in prange(a.shape[0]):
        a[i] *= s


def axpy(a, b, s):
    for i in prange(a.size):
        b[i] += s * a[i]


def triad(a, b, c, s):
    n = a.shape[0]
    for i in prange(n):
        a[i] = b[i] + s * c[i]


def given_count(a, out, n):
    for i in prange(n):
        out[i] = a[i] ** 2


def read_twice_write_once(a):
    for i in prange(len(a)):
        a[i] = a[i] * a[i] + a[i]


def reversed_copy(a, out):
    n = len(a)
    for i in prange(n):
        out[n - 1 - i] = a[i]


def reversed_read(a, out):
    for i in prange(len(a)):
        out[i] = a[len(a) - 1 - i]


def counted_from_the_end(a, out):
    for i in prange(len(a)):
        out[-1 - i] = a[i]


def swapped_ends(a):
    n = len(a)
    for i in prange(n // 2):
        t = a[i]
        a[i] = a[n - 1 - i]
        out = t
        a[n - 1 - i] = out


def down(a, out):
    for i in prange(len(a) - 1, -1, -1):
        out[i] = a[i]


def every_second(a):
    for i in prange(0, len(a), 2):
        a[i] = 0.0


def second_reads_first(a):
    for i in prange(1, len(a), 2):
        a[i] = a[i - 1]


def red_then_black(a):
    for i in prange(1, len(a) - 1, 2):
        a[i] = (a[i - 1] + a[i + 1]) / 2
    for i in prange(2, len(a) - 1, 2):
        a[i] = (a[i - 1] + a[i + 1]) / 2


def even_and_odd(a, big):
    for i in prange(len(a)):
        big[2 * i] = a[i]
        big[2 * i + 1] = -a[i]


def odd_from_even(big):
    for i in prange(len(big) // 2):
        big[2 * i + 1] = big[2 * i]


def interleaved(a, b, big):
    for i in prange(a.shape[0]):
        big[i * 2] = a[i]
        big[i * 2 + 1] = b[i]


def quadruples(a, big):
    for i in prange(len(a)):
        base = 4 * i
        big[base] = a[i]
        big[base + 1] = a[i] + 1
        big[base + 2] = a[i] + 2
        big[base + 3] = a[i] + 3


def triples_by_loop(a, big):
    for i in prange(len(a)):
        for j in range(3):
            big[3 * i + j] = a[i] * j


def quadruple_slices(a, big):
    for i in prange(len(a)):
        big[4 * i : 4 * i + 4] = a[i]


def shifted_write(a, out):
    for i in prange(len(a) - 1):
        out[i + 1] = a[i]


def differences(a, out):
    for i in prange(len(a) - 1):
        out[i] = a[i + 1] - a[i]


def central_differences(a, out):
    for i in prange(1, len(a) - 1):
        out[i] = 0.5 * (a[i + 1] - a[i - 1])


def three_point(a, out):
    for i in prange(1, a.shape[0] - 1):
        out[i] = (a[i - 1] + a[i] + a[i + 1]) / 3


def moving_average(a, out, k):
    for i in prange(a.shape[0] - k + 1):
        t = 0.0
        for j in range(k):
            t += a[i + j]
        out[i] = t / k


def window(a, out, k):
    n = len(a)
    for i in prange(n):
        lo = max(0, i - k)
        hi = min(n, i + k + 1)
        out[i] = a[lo:hi].sum()


def ends_apart(a, out):
    n = len(a)
    for i in prange(n):
        if i == 0 or i == n - 1:
            out[i] = a[i]
        else:
            out[i] = a[i - 1] + a[i + 1]


def first_turn_alone(a, out, x):
    for i in prange(len(a)):
        out[i] = a[i]
        if i == 0:
            x[0] = 1.0


def last_turn_alone(a, out, x):
    n = len(a)
    for i in prange(n):
        out[i] = a[i]
        if i == n - 1:
            x[3] = a[i]


def halves_of_a_vector(a):
    h = len(a) // 2
    for i in prange(h):
        a[i] = a[i + h]


def butterfly(a):
    h = len(a) // 2
    for i in prange(h):
        t = a[i]
        e = a[i + h]
        a[i] = t + e
        a[i + h] = t - e


def blocks_by_slice(a, k):
    for i in prange(len(a) // k):
        a[i * k : (i + 1) * k] = i


def blocks_by_slice_and_step(a, k):
    for i in prange(0, len(a), k):
        a[i : i + k] += 1.0


def blocks_by_bounds(a, out, k):
    n = len(a)
    blocks = (n + k - 1) // k
    for block in prange(blocks):
        lo = block * k
        hi = min(lo + k, n)
        for i in range(lo, hi):
            out[i] = a[i] * 2


def blocks_by_min(a, out, k):
    n = len(a)
    for block in prange((n + k - 1) // k):
        for i in range(block * k, min((block + 1) * k, n)):
            out[i] = a[i] + 1


def tiles_by_step(a, out, k):
    n = len(a)
    for start in prange(0, n, k):
        stop = min(start + k, n)
        for i in range(start, stop):
            out[i] = math.sqrt(abs(a[i]))


def tile_sums(a, k):
    blocks = len(a) // k
    sums = np.zeros(blocks)
    for block in prange(blocks):
        sums[block] = a[block * k : (block + 1) * k].sum()
    return sums


def partial_sums(a, k):
    blocks = (len(a) + k - 1) // k
    partial = np.zeros(blocks)
    for block in prange(blocks):
        t = 0.0
        for i in range(block * k, min(len(a), (block + 1) * k)):
            t += a[i]
        partial[block] = t
    return partial.sum()


def scan_in_blocks(a, out, k):
    blocks = len(a) // k
    for block in prange(blocks):
        t = 0.0
        for i in range(k):
            t += a[block * k + i]
            out[block * k + i] = t


def strided_lanes(a, out, k):
    n = len(a)
    for lane in prange(k):
        for i in range(lane, n, k):
            out[i] = a[i]


def own_lane(big, out):
    for i in prange(24):
        t = 0.0
        for j in range(4):
            t += big[j * 24 + i]
        out[i] = t


def writes_own_lane(big, n):
    for i in prange(n):
        for j in range(4):
            big[j * n + i] = i + j


def through_a_local_name(a, out):
    for i in prange(len(a)):
        j = i + 0
        out[j] = a[j]


def through_int(a, out):
    for i in prange(len(a)):
        out[int(i)] = a[np.int64(i)]


def through_two_names(a, out):
    for i in prange(len(a) - 2):
        j = i + 1
        k = j + 1
        out[k] = a[i] + a[j]


def typed_local(a, out):
    for i in prange(len(a)):
        j: int = i
        out[j] = a[j]


def gather(a, perm, out):
    for i in prange(len(perm)):
        out[i] = a[perm[i]]


def gather_of_two(a, p, perm, out):
    for i in prange(len(perm)):
        out[i] = a[p[i]] + a[perm[i]]


def lookup(a, p, cnt, out):
    for i in prange(len(a)):
        out[i] = a[i] + cnt[p[i]]


def searched(a, b, k64):
    for i in prange(len(b)):
        k64[i] = np.searchsorted(a, b[i])


def bisected(a, b, k64):
    for i in prange(len(b)):
        lo = 0
        hi = len(a)
        while lo < hi:
            mid = (lo + hi) // 2
            if a[mid] < b[i]:
                lo = mid + 1
            else:
                hi = mid
        k64[i] = lo


def masked(a, mask, out):
    for i in prange(len(a)):
        if mask[i]:
            out[i] = a[i]


def masked_by_continue(a, mask, out):
    for i in prange(len(a)):
        if not mask[i]:
            continue
        out[i] = -a[i]


def clipped(a):
    for i in prange(len(a)):
        if a[i] < 0:
            a[i] = 0.0
        elif a[i] > 1:
            a[i] = 1.0


def clipped_by_calls(a, out):
    for i in prange(len(a)):
        out[i] = min(max(a[i], 0.0), 1.0)


def where_written(a, b, out):
    for i in prange(len(a)):
        out[i] = a[i] if a[i] > b[i] else b[i]


def cases(a, out):
    for i in prange(len(a)):
        match i % 3:
            case 0:
                out[i] = a[i]
            case 1:
                out[i] = -a[i]
            case _:
                out[i] = 0.0


def exceptions_handled(a, k64, out):
    for i in prange(len(a)):
        try:
            out[i] = 10 // (k64[i] % 3)
        except ZeroDivisionError:
            out[i] = -1


def complex_products(u, w):
    for i in prange(len(u)):
        w[i] = u[i] * u[i].conjugate()


def singles(f, g):
    for i in prange(len(f)):
        g[i] = np.float32(2) * f[i]


def sum_of_all(a):
    s = 0.0
    for i in prange(len(a)):
        s += a[i]
    return s


def sum_from_a_start(a):
    s = 10.0
    for i in prange(len(a)):
        s += a[i]
    return s


def sum_in_a_condition(a, mask):
    s = 1
    for i in prange(len(a)):
        if mask[i]:
            s += 1
    return s


def difference_of_all(k64):
    s = 100
    for i in prange(len(k64)):
        s -= k64[i]
    return s


def product_of_all(a):
    s = 2.0
    for i in prange(len(a)):
        s *= 1 + a[i] / 100
    return s


def quotient_of_all(a):
    s = 2.0
    for i in prange(len(a)):
        s /= 1 + abs(a[i])
    return s


def dot(a, b):
    s = 0.0
    for i in prange(len(a)):
        s += a[i] * b[i]
    return s


def minimum_and_maximum(a):
    lo = a[0]
    hi = a[0]
    for i in prange(len(a)):
        lo = min(lo, a[i])
        hi = max(hi, a[i])
    return lo, hi


def mean_and_variance(a):
    s = 0.0
    q = 0.0
    for i in prange(len(a)):
        s += a[i]
        q += a[i] * a[i]
    m = s / len(a)
    return m, q / len(a) - m * m


def counted(a):
    k = 0
    for i in prange(len(a)):
        if a[i] > 0.5:
            k += 1
    return k


def any_and_all(a):
    some = False
    every = True
    for i in prange(len(a)):
        some = some or a[i] > 1.9
        every = every and a[i] < 3.0
    return some, every


def sum_and_store(a, out):
    s = 0.0
    for i in prange(len(a)):
        out[i] = a[i] * a[i]
        s += out[i]
    return s


def two_loops_one_after_the_other(a, b, c):
    for i in prange(len(a)):
        b[i] = a[i] + 1
    for i in prange(1, len(a)):
        c[i] = b[i - 1]


def jacobi_sweeps(a, b):
    for _ in range(4):
        for i in prange(1, len(a) - 1):
            b[i] = (a[i - 1] + a[i + 1]) / 2
        for i in prange(1, len(a) - 1):
            a[i] = b[i]


def swapped_buffers(a, b):
    old = a
    new = b
    for _ in range(3):
        for i in prange(1, len(a) - 1):
            new[i] = (old[i - 1] + old[i + 1]) / 2
        old, new = new, old
    return old[3]


def doubling_scan(a, b):
    step = 1
    n = len(a)
    while step < n:
        for i in prange(n):
            if i >= step:
                b[i] = a[i] + a[i - step]
            else:
                b[i] = a[i]
        for i in prange(n):
            a[i] = b[i]
        step *= 2


def private_buffer(a, out):
    for i in prange(len(a)):
        t = np.zeros(3)
        t[0] = a[i]
        t[1] = t[0] * 2
        t[i % 3] += 1
        out[i] = t.sum()


def private_buffer_reused(a, out):
    for i in prange(len(a)):
        t = np.empty(4)
        for j in range(4):
            t[j] = a[i] * j
        for j in range(1, 4):
            t[j] += t[j - 1]
        out[i] = t[3]


def private_histogram(a, p, out):
    for i in prange(len(a)):
        h = np.zeros(5)
        for j in range(len(p)):
            h[p[j]] += a[i]
        out[i] = h.max()


def private_list(a, out):
    for i in prange(len(a)):
        kept = [a[i], a[i] * 2]
        kept.append(1.0)
        out[i] = sum(kept)


def private_tuple(a, out):
    for i in prange(len(a)):
        pair = (a[i], a[i] + 1)
        out[i] = pair[0] * pair[1]


def private_sort(a, out, k):
    for i in prange(len(a) - k):
        part = a[i : i + k].copy()
        part.sort()
        out[i] = part[k // 2]


def private_buffer_by_thread_row(a, out):
    scratch = np.zeros((len(a), 3))
    for i in prange(len(a)):
        row = scratch[i]
        row[0] = a[i]
        row[1] = row[0] + 1
        row[2] = row[1] * row[0]
        out[i] = row[2]


def newton(a, out):
    for i in prange(len(a)):
        x = 1.0 + abs(a[i])
        for _ in range(8):
            x = 0.5 * (x + (1.0 + abs(a[i])) / x)
        out[i] = x


def collatz(k64, out):
    for i in prange(len(k64)):
        v = k64[i] + 1
        steps = 0
        while v != 1:
            v = v // 2 if v % 2 == 0 else 3 * v + 1
            steps += 1
        out[i] = steps


def primes(k64):
    for i in prange(len(k64)):
        v = k64[i]
        prime = 1 if v > 1 else 0
        d = 2
        while d * d <= v:
            if v % d == 0:
                prime = 0
                break
            d += 1
        k64[i] = prime


def polynomial(a, b, out):
    for i in prange(len(a)):
        t = 0.0
        for j in range(len(b)):
            t = t * a[i] + b[j]
        out[i] = t


def elementary(a, out):
    for i in prange(len(a)):
        out[i] = math.exp(-a[i] * a[i]) * math.cos(a[i]) + math.erf(a[i])


@jit
def squared(v):
    return v * v


@jit
def store(values, k, value):
    values[k] = value


@jit
def step_of(values, k):
    return values[k] * 0.5 + 1


def function_of_a_value(a, out):
    for i in prange(len(a)):
        out[i] = squared(a[i])


def function_writes_own(a, out):
    for i in prange(len(a)):
        store(out, i, a[i])


def function_reads_own(a):
    for i in prange(len(a)):
        a[i] = step_of(a, i)


def function_of_all(a, out):
    for i in prange(len(a)):
        out[i] = a.mean() + np.max(a) + i


def lambda_of_a_value(a, out):
    half = lambda v: v / 2  # noqa: E731
    for i in prange(len(a)):
        out[i] = half(a[i])


def nested_function_writes_own(a, out):
    def put(k, value):
        out[k] = value

    for i in prange(len(a)):
        put(i, a[i])


def csr_product(indptr, indices, a, b, out):
    for row in prange(len(indptr) - 1):
        t = 0.0
        for at in range(indptr[row], indptr[row + 1]):
            t += a[at] * b[indices[at]]
        out[row] = t


def csr_row_sums(indptr, a, out):
    for row in prange(indptr.shape[0] - 1):
        out[row] = a[indptr[row] : indptr[row + 1]].sum()


def grouped_means(p, a):
    means = np.zeros(5)
    for group in prange(5):
        s = 0.0
        k = 0
        for i in range(len(p)):
            if p[i] == group:
                s += a[i]
                k += 1
        means[group] = s / k if k else 0.0
    return means


def records(rec):
    for i in prange(len(rec)):
        rec[i]["pos"] = i * 0.5
        rec[i]["vel"] = rec[i]["pos"] + 1


def fields(rec, a):
    for i in prange(len(a)):
        rec["pos"][i] = a[i]
        rec["vel"][i] = rec["pos"][i] * 2


def tuple_of_arrays(two):
    for i in prange(len(two[0])):
        two[1][i] = two[0][i] + 1


def unpacked_arrays(two):
    first, second = two
    for i in prange(len(first)):
        second[i] = first[i] * 3


def view_before_the_loop(a, out):
    v = out[2:]
    for i in prange(len(v)):
        v[i] = a[i]


def two_views_apart(a, k):
    h = len(a) // 2
    left = a[:h]
    right = a[h:]
    for i in prange(h):
        left[i] = right[i] + k


def same_view_twice(a):
    v = a[1:]
    for i in prange(len(v)):
        v[i] = a[i + 1] * 2


def array_made_inside(a):
    out = np.empty_like(a)
    for i in prange(len(a)):
        out[i] = a[i] + 1
    return out


def array_made_by_shape(a):
    out = np.zeros(a.shape[0])
    for i in prange(a.shape[0]):
        out[i] = a[i]
    return out


def atomic_histogram(p, cnt):
    for i in prange(len(p)):
        atomic.add(cnt, p[i], 1)


def atomic_extremes(a, out):
    for i in prange(len(a)):
        atomic.max(out, 0, a[i])
        atomic.min(out, 1, a[i])


def atomic_counter(mask, cnt):
    for i in prange(len(mask)):
        if mask[i]:
            atomic.add(cnt, 0, 1)


def choice_of_loops(a, out, yes):
    if yes:
        for i in prange(len(a)):
            out[i] = a[i] + 1
    else:
        for i in prange(len(a)):
            out[i] = a[i] + 2
    return out.mean()
