"""Ordinary programs with loops over prange, as users write them, for `test_programs`."""
from __future__ import annotations

import math

import numpy as np
from cumbia import jit, prange


def stencil(a, steps):
    b = a.copy()
    for _ in range(steps):
        for i in prange(1, a.shape[0] - 1):
            for j in range(1, a.shape[1] - 1):
                b[i, j] = 0.25 * (a[i - 1, j] + a[i + 1, j] + a[i, j - 1] + a[i, j + 1])
        a, b = b, a
    return a


def mandelbrot(width, height, most):
    out = np.zeros((height, width), np.int32)
    for y in prange(height):
        for x in range(width):
            c = complex(-2.0 + 3.0 * x / width, -1.0 + 2.0 * y / height)
            z = 0j
            n = 0
            while n < most and z.real * z.real + z.imag * z.imag <= 4.0:
                z = z * z + c
                n += 1
            out[y, x] = n
    return out


def histogram(x, bins):
    counts = np.zeros(bins, np.int64)
    for i in prange(x.size):
        counts[int(x[i] * bins)] += 1
    return counts


def assign_clusters(points, centers):
    labels = np.empty(points.shape[0], np.int64)
    moved = 0.0
    for i in prange(points.shape[0]):
        best, where = np.inf, -1
        for k in range(centers.shape[0]):
            d = 0.0
            for j in range(points.shape[1]):
                e = points[i, j] - centers[k, j]
                d += e * e
            if d < best:
                best = d
                where = k
        labels[i] = where
        moved += best
    return labels, moved


def pairwise(x):
    n = x.shape[0]
    out = np.empty((n, n))
    for i in prange(n):
        for j in range(n):
            s = 0.0
            for k in range(x.shape[1]):
                s += (x[i, k] - x[j, k]) ** 2
            out[i, j] = math.sqrt(s)
    return out


def norm_cdf(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def black_scholes(price, strike, time, rate, vol):
    call = np.empty_like(price)
    put = np.empty_like(price)
    for i in prange(price.size):
        root = math.sqrt(time[i])
        d1 = (math.log(price[i] / strike[i]) + (rate + 0.5 * vol * vol) * time[i]) / (vol * root)
        d2 = d1 - vol * root
        discount = math.exp(-rate * time[i])
        call[i] = price[i] * cdf(d1) - strike[i] * discount * cdf(d2)
        put[i] = strike[i] * discount * cdf(-d2) - price[i] * cdf(-d1)
    return call, put


cdf = jit(norm_cdf)


def jacobi(a, b, tolerance, most):
    n = b.size
    x = np.zeros(n)
    new = np.zeros(n)
    for step in range(most):
        change = 0.0
        for i in prange(n):
            s = b[i]
            for j in range(n):
                if j != i:
                    s -= a[i, j] * x[j]
            new[i] = s / a[i, i]
            change = max(change, abs(new[i] - x[i]))
        x, new = new, x
        if change < tolerance:
            return x, step
    return x, most


def game_of_life(board, steps):
    n, m = board.shape
    new = np.zeros_like(board)
    for _ in range(steps):
        for i in prange(n):
            for j in range(m):
                alive = 0
                for di in range(-1, 2):
                    for dj in range(-1, 2):
                        if di != 0 or dj != 0:
                            alive += board[(i + di) % n, (j + dj) % m]
                if alive == 3 or (alive == 2 and board[i, j] == 1):
                    new[i, j] = 1
                else:
                    new[i, j] = 0
        board, new = new, board
    return board


def bodies(position, velocity, mass, dt, steps):
    n = mass.size
    for _ in range(steps):
        for i in prange(n):
            ax, ay, az = 0.0, 0.0, 0.0
            for j in range(n):
                dx = position[j, 0] - position[i, 0]
                dy = position[j, 1] - position[i, 1]
                dz = position[j, 2] - position[i, 2]
                r = 1.0 / math.sqrt(dx * dx + dy * dy + dz * dz + 1e-9)
                f = mass[j] * r * r * r
                ax += f * dx
                ay += f * dy
                az += f * dz
            velocity[i, 0] += dt * ax
            velocity[i, 1] += dt * ay
            velocity[i, 2] += dt * az
        for i in prange(n):
            for k in range(3):
                position[i, k] += dt * velocity[i, k]
    return position[0, 0]


def blur(image, radius):
    h, w, c = image.shape
    out = np.empty_like(image)
    for y in prange(h):
        for x in range(w):
            for k in range(c):
                s = 0
                n = 0
                for dy in range(-radius, radius + 1):
                    for dx in range(-radius, radius + 1):
                        if 0 <= y + dy < h and 0 <= x + dx < w:
                            s += int(image[y + dy, x + dx, k])
                            n += 1
                out[y, x, k] = s // n
    return out


def matrix_product(a, b):
    c = np.zeros((a.shape[0], b.shape[1]), a.dtype)
    for i in prange(a.shape[0]):
        for j in range(b.shape[1]):
            s = a[0, 0] * 0
            for k in range(a.shape[1]):
                s += a[i, k] * b[k, j]
            c[i, j] = s
    return c


def prefix_in_rows(a):
    out = np.empty_like(a)
    for i in prange(a.shape[0]):
        s = 0.0
        for j in range(a.shape[1]):
            s += a[i, j]
            out[i, j] = s
    return out


def walks(seeds, steps):
    out = np.empty(seeds.size, np.int64)
    for i in prange(seeds.size):
        state = np.uint64(seeds[i])
        at = 0
        for _ in range(steps):
            state ^= state << np.uint64(13)
            state ^= state >> np.uint64(7)
            state ^= state << np.uint64(17)
            at += 1 if state & np.uint64(1) else -1
        out[i] = at
    return out


def texts(n):
    out = np.zeros(n, np.int64)
    for i in prange(n):
        out[i] = len(str(i * i))
    return out


def by_dict(keys):
    prices = {1: 2.5, 2: 3.5, 3: 4.5}
    out = np.zeros(keys.size)
    for i in prange(keys.size):
        out[i] = prices[keys[i]]
    return out


def particles(p, dt):
    for i in prange(p.size):
        p[i].x += p[i].v * dt
        if p[i].x > 1.0:
            p[i].v = -p[i].v
            p[i].hits += 1
    return p[0].hits


def dft(x):
    n = x.size
    out = np.empty(n, np.complex128)
    for k in prange(n):
        s = 0j
        for t in range(n):
            angle = -2.0 * math.pi * k * t / n
            s += x[t] * complex(math.cos(angle), math.sin(angle))
        out[k] = s
    return out


def masked(x, mask):
    count = 0
    total = 0.0
    for i in prange(x.size):
        if mask[i]:
            x[i] = -x[i]
            count += 1
            total += x[i]
    return count, total


def clip_rows(a, low, high):
    for i in prange(a.shape[0]):
        row = a[i]
        for j in range(row.size):
            row[j] = min(max(row[j], low), high)


def slices(a):
    out = np.zeros_like(a)
    for i in prange(a.shape[0]):
        out[i, 1:] = a[i, 1:] - a[i, :-1]
        out[i, 0] = a[i].sum()
    return out


def gathers(x, index):
    out = np.ones(index.size)
    for i in prange(index.size):
        out[i] = x[index[i]]
    return out


def divides(a, b):
    out = np.ones(a.size, np.int64)
    for i in prange(a.size):
        out[i] = int(a[i]) // int(b[i])
    return out


def asserts(x):
    for i in prange(x.size):
        assert x[i] >= 0, "negative"
        x[i] = math.sqrt(x[i])


def raises(x):
    for i in prange(x.size):
        if x[i] > 5:
            raise ValueError("too much")
        x[i] += 1


def primes(n):
    count = 0
    for i in prange(2, n):
        is_prime = True
        for d in range(2, int(math.sqrt(i)) + 1):
            if i % d == 0:
                is_prime = False
                break
        if is_prime:
            count += 1
    return count


def monte_carlo(n):
    inside = 0
    for i in prange(n):
        x, y = np.random.random(), np.random.random()
        inside += x * x + y * y <= 1.0
    return inside


def sobel(img):
    out = np.zeros_like(img)
    for y in prange(1, img.shape[0] - 1):
        for x in range(1, img.shape[1] - 1):
            gx = 2 * (img[y, x + 1] - img[y, x - 1])
            gy = 2 * (img[y + 1, x] - img[y - 1, x])
            for d in range(-1, 2, 2):
                gx += img[y + d, x + 1] - img[y + d, x - 1]
                gy += img[y + 1, x + d] - img[y - 1, x + d]
            out[y, x] = np.hypot(gx, gy)
    return out


def normalize(a):
    low = a.min()
    high = a.max()
    for i in prange(a.size):
        a[i] = (a[i] - low) / (high - low)
    return a.mean()


def nested_function(x):
    def scaled(v):
        return v * factor + 1.0
    factor = x[0]
    out = np.empty(x.size)
    for i in prange(x.size):
        out[i] = scaled(x[i])
    return out


def both_tuples(pairs, x):
    (a, b), c = pairs
    s = 0.0
    for i in prange(x.size):
        x[i] = a * x[i] + b
        s += c
    return s


def optional(x, weights=None):
    s = 0.0
    for i in prange(x.size):
        if weights is not None:
            s += x[i] * weights[i]
        else:
            s += x[i]
    return s


def linspace_inside(n):
    x = np.linspace(0.0, 1.0, n)
    y = np.ones(n, np.float32)
    for i in prange(n):
        y[i] = x[i] * 2
    return y
