"""Numeric code as people write it: several constructs in one function."""

import math
from collections import namedtuple

import numpy as np

from tests.corpus import call, jit, program

Result = namedtuple("Result", "value iterations converged")


def bisection(f, lo, hi, tol=1e-10, limit=100):
    flo = f(lo)
    if flo * f(hi) > 0:
        raise ValueError(f"no sign change in [{lo}, {hi}]")
    for n in range(limit):
        mid = 0.5 * (lo + hi)
        fm = f(mid)
        if fm == 0 or hi - lo < tol:
            return Result(mid, n, True)
        if flo * fm < 0:
            hi = mid
        else:
            lo, flo = mid, fm
    return Result(mid, limit, False)


@program(call(2.0), call(-1.0))
def root_by_bisection(c):
    return bisection(lambda x: x * x - c, 0.0, 2.0)


@program(call(0.0, 1.0, 0.1, 10))
def runge_kutta(t, y, h, n):
    def f(t, y):
        return -2.0 * y + math.sin(t)

    history = [(t, y)]
    for _ in range(n):
        k1 = f(t, y)
        k2 = f(t + h / 2, y + h / 2 * k1)
        k3 = f(t + h / 2, y + h / 2 * k2)
        k4 = f(t + h, y + h * k3)
        y += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        t += h
        history.append((t, y))
    return history[-1], len(history)


@program(call(np.array([[4.0, 1.0], [2.0, 3.0]]), np.array([1.0, 2.0])), call(np.zeros((2, 2)), np.ones(2)))
def gauss_elimination(a, b):
    n = len(b)
    for k in range(n):
        p = max(range(k, n), key=lambda i: abs(a[i, k]))
        if a[p, k] == 0.0:
            raise ValueError("singular matrix")
        if p != k:
            for j in range(n):
                a[k, j], a[p, j] = a[p, j], a[k, j]
            b[k], b[p] = b[p], b[k]
        for i in range(k + 1, n):
            m = a[i, k] / a[k, k]
            for j in range(k, n):
                a[i, j] -= m * a[k, j]
            b[i] -= m * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        s = b[i]
        for j in range(i + 1, n):
            s -= a[i, j] * x[j]
        x[i] = s / a[i, i]
    return x


@program(call(np.array([[0, 1, 0], [0, 1, 0], [0, 1, 0]], np.uint8)))
def game_of_life(grid):
    n, m = grid.shape
    out = np.zeros_like(grid)
    for i in range(n):
        for j in range(m):
            alive = 0
            for di in (-1, 0, 1):
                for dj in (-1, 0, 1):
                    if (di, dj) != (0, 0) and 0 <= i + di < n and 0 <= j + dj < m:
                        alive += grid[i + di, j + dj]
            out[i, j] = 1 if alive == 3 or (alive == 2 and grid[i, j]) else 0
    return out


@program(call("3 4 + 2 *"), call("1 0 /"), call("1 +"), call("2 x"))
def reverse_polish(text):
    stack = []
    for token in text.split():
        if token in ("+", "-", "*", "/"):
            b = stack.pop()
            a = stack.pop()
            match token:
                case "+":
                    stack.append(a + b)
                case "-":
                    stack.append(a - b)
                case "*":
                    stack.append(a * b)
                case "/":
                    stack.append(a / b)
        else:
            stack.append(float(token))
    return stack.pop()


@program(call([(0, 0), (1, 0), (1, 1), (0, 1), (0.5, 0.5)]))
def convex_hull(points):
    pts = sorted(set((float(x), float(y)) for x, y in points))

    def cross(o, a, b):
        return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])

    def half(items):
        chain = []
        for p in items:
            while len(chain) >= 2 and cross(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        return chain

    lower, upper = half(pts), half(pts[::-1])
    return lower[:-1] + upper[:-1]


@program(call([3, 34, 4, 12, 5, 2], 9), call([3, 34], 1))
def subset_sum(xs, target):
    reachable = {0: ()}
    for x in xs:
        for total, used in list(reachable.items()):
            if total + x not in reachable:
                reachable[total + x] = used + (x,)
    return target in reachable


@program(call("ABCBDAB", "BDCABA"))
def longest_common_subsequence(a, b):
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            table[i + 1][j + 1] = table[i][j] + 1 if x == y else max(table[i][j + 1], table[i + 1][j])
    out = []
    i, j = len(a), len(b)
    while i and j:
        if a[i - 1] == b[j - 1]:
            out.append(a[i - 1])
            i -= 1
            j -= 1
        elif table[i - 1][j] >= table[i][j - 1]:
            i -= 1
        else:
            j -= 1
    return "".join(reversed(out)), table[-1][-1]


@program(call(6), call(4), call(3))
def queens(n):
    solutions = []

    def place(row, columns, d1, d2):
        if row == n:
            solutions.append(tuple(columns))
            return
        for c in range(n):
            if c not in columns and row + c not in d1 and row - c not in d2:
                place(row + 1, columns + [c], d1 | {row + c}, d2 | {row - c})

    place(0, [], set(), set())
    return len(solutions), solutions[:1]


@program(call(np.array([1.0, 5.0, 2.0, 8.0, 3.0]), 2), call(np.array([1.0]), 2))
def kmeans_1d(x, k):
    if len(x) < k:
        raise ValueError("too few points")
    centres = [x[i] for i in range(k)]
    labels = [0] * len(x)
    while True:
        changed = False
        for i, v in enumerate(x):
            best = min(range(k), key=lambda c: abs(v - centres[c]))
            if best != labels[i]:
                labels[i] = best
                changed = True
        for c in range(k):
            members = [x[i] for i in range(len(x)) if labels[i] == c]
            if members:
                centres[c] = sum(members) / len(members)
        if not changed:
            return labels, [float(c) for c in centres]


@program(call("name,age\nann,31\nbob,x\ncy,5"))
def parse_csv(text):
    lines = text.split("\n")
    header = lines[0].split(",")
    rows, bad = [], 0
    for line in lines[1:]:
        fields = line.split(",")
        try:
            rows.append((fields[0], int(fields[header.index("age")])))
        except ValueError:
            bad += 1
    rows.sort(key=lambda r: r[1])
    return rows, bad


@program(call(5, 3))
def simple_neural_step(n, m):
    w = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            w[i, j] = math.tanh((i - j) / (n + m))
    x = np.array([0.5] * m)
    y = [sum(w[i, j] * x[j] for j in range(m)) for i in range(n)]
    top, at = max((v, i) for i, v in enumerate(y))
    return at, top, [round(float(v), 6) for v in y]


@program(call(12, 8), call(0, 5), call(17, -3))
def extended_gcd(a, b):
    x0, y0, x1, y1 = 1, 0, 0, 1
    while b:
        q, r = divmod(a, b)
        a, b = b, r
        x0, x1 = x1, x0 - q * x1
        y0, y1 = y1, y0 - q * y1
    return a, x0, y0


@program(call(360), call(97), call(1), call(0))
def prime_factors(n):
    if n < 1:
        raise ValueError("n must be positive")
    factors = {}
    p = 2
    while p * p <= n:
        while n % p == 0:
            factors[p] = factors.get(p, 0) + 1
            n //= p
        p += 1
    if n > 1:
        factors[n] = factors.get(n, 0) + 1
    return " * ".join(f"{p}^{k}" if k > 1 else f"{p}" for p, k in factors.items())


@jit
def decay(a, rate):
    for i in range(len(a)):
        a[i] *= 1.0 - rate


@program(call({"a": np.ones(3), "b": np.zeros(2)}, 0.5))
def update_parameters(params, rate):
    norm = 0.0
    for name, values in params.items():
        decay(values, rate)
        norm += float((values * values).sum())
        if name == "b":
            values[0] = 9.0
    return math.sqrt(norm)


@program(call([3, 1, 2], None), call([3, 1, 2], 2))
def optional_limit(xs, limit):
    best = None
    for x in xs:
        if limit is not None and x > limit:
            continue
        if best is None or x > best:
            best = x
    return best


@program(call("{[()]}"), call("{[(])}"), call("(("), call(""))
def balanced(s):
    pairs = {")": "(", "]": "[", "}": "{"}
    stack = []
    for c in s:
        if c in "([{":
            stack.append(c)
        elif not stack or stack.pop() != pairs[c]:
            return False
    return not stack
