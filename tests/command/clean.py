"""Scripts without faults: `cumbia check` is to find nothing, and not to run them.

Divided by lines of `#---`. Each would end with an error if it were run.
"""

SCRIPTS = r'''
import numpy as np
from cumbia import jit
@jit
def total(a):
    s = 0.0
    for i in range(a.shape[0]):
        s += a[i]
    return s
#---
from cumbia import jit
@jit
def count(n):
    k = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        k += 1
    return k
#---
import numpy as np
from cumbia import njit
@njit
def matmul(a, b, out):
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            s = 0.0
            for k in range(a.shape[1]):
                s += a[i, k] * b[k, j]
            out[i, j] = s
#---
import math
from cumbia import jit
@jit
def area(n):
    step = 1.0 / n
    s = 0.0
    for i in range(n):
        s += math.sqrt(1.0 - (i * step) ** 2) * step
    return 4.0 * s
#---
import numpy as np
from cumbia import jit
@jit
def sieve(n):
    prime = np.ones(n + 1, dtype=np.bool_)
    prime[:2] = False
    for i in range(2, int(n ** 0.5) + 1):
        if prime[i]:
            for j in range(i * i, n + 1, i):
                prime[j] = False
    return prime
#---
import numpy as np
from cumbia import jit, prange
@jit(parallel=True)
def squares(a, out):
    for i in prange(a.shape[0]):
        out[i] = a[i] * a[i]
#---
import numpy as np
from cumbia import jit, prange
@jit(parallel=True)
def norm(a):
    s = 0.0
    for i in prange(a.shape[0]):
        s += a[i] * a[i]
    return np.sqrt(s)
#---
import sys
import numpy as np
from cumbia import jit
N = int(sys.argv[1])
@jit
def uses(a):
    return a * N
#---
import somewhere_else
from cumbia import jit
@jit
def uses(a):
    return somewhere_else.scale(a)
#---
from elsewhere import *
from cumbia import jit
@jit
def uses(a):
    return scaled(a)
#---
import numpy as np
from cumbia import jit
@jit
def nearest(points, at):
    best = -1
    least = np.inf
    for i in range(points.shape[0]):
        d = 0.0
        for k in range(points.shape[1]):
            d += (points[i, k] - at[k]) ** 2
        if d < least:
            least = d
            best = i
    return best
#---
from cumbia import jit
@jit
def fib(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a
#---
from cumbia import jit
@jit
def grown(n):
    xs = []
    for i in range(n):
        xs.append(i * 0.5)
    return xs
#---
from cumbia import jit
@jit
def raises(n):
    for i in range(n):
        if i > 10:
            raise ValueError("too many")
    return n
#---
import numpy as np
from cumbia import jit
@jit
def once(a):
    for i in range(a.shape[0]):
        if a[i] < 0.0:
            return np.zeros(3)
    return np.ones(3)
#---
import numpy as np
import numba as nb
@nb.njit(fastmath=True)
def dot(a, b):
    s = 0.0
    for i in range(len(a)):
        s += a[i] * b[i]
    return s
#---
from numba import njit, prange, float64
@njit(float64(float64[:]), parallel=True)
def total(a):
    s = 0.0
    for i in prange(a.size):
        s += a[i]
    return s
#---
import numpy as np
from cumbia import jit
@jit
def helper(x):
    return x * 2.0
@jit
def kernel(a):
    for i in range(a.shape[0]):
        a[i] = helper(a[i])
#---
import numpy as np
from cumbia import vectorize
@vectorize
def clipped(x):
    if x < 0.0:
        return 0.0
    return x
#---
import numpy as np
from cumbia import jit
SIZE = 4
TABLE = np.arange(10) * 1.5
raise SystemExit("never run")
@jit
def looked_up(i):
    return TABLE[i] + SIZE
#---
import numpy as np
from cumbia import jit
@jit
def reused(n):
    n = n * 0.5
    n = n + 1.0
    return n
#---
import numpy as np
from cumbia import jit
@jit
def smooth(a, out):
    for i in range(1, a.shape[0] - 1):
        for j in range(1, a.shape[1] - 1):
            out[i, j] = 0.25 * (a[i - 1, j] + a[i + 1, j] + a[i, j - 1] + a[i, j + 1])
#---
import numpy as np
from cumbia import jit
@jit
def histogram(a, counts, least, most):
    n = counts.shape[0]
    for i in range(a.shape[0]):
        k = int((a[i] - least) / (most - least) * n)
        if 0 <= k < n:
            counts[k] += 1
#---
from cumbia import jit
@jit
def generator(n):
    for i in range(n):
        yield i * i
#---
from cumbia import jit
@jit
def nested(n):
    def inner(x):
        return x + n
    return inner(3)
#---
import numpy as np
from cumbia import jit
@jit
def whole(a):
    return np.sum(a * 2.0 + 1.0)
open("nothing of this is run", "r")
whole(np.ones((3, 3)))
#---
def python_only(x):
    return eval(x)
class Model:
    def fit(self, data):
        with open(data) as file:
            return file.read()
#---
import numpy as np
from cumbia import jit
@jit
def mandelbrot(c, most):
    z = 0j
    for k in range(most):
        z = z * z + c
        if abs(z) > 2.0:
            return k
    return most
mandelbrot(0.1 + 0.2j, 50)
#---
import numpy as np
from cumbia import jit
@jit
def annotated(x: float, n: int = 3) -> float:
    r = 1.0
    for _ in range(n):
        r *= x
    return r
#---
import functools
from cumbia import jit
@functools.lru_cache
@jit
def cached(x):
    return x + 1
@jit
def branch(x):
    y = 1.0 if x > 0 else -1.0
    found = False
    if x > 5:
        found = True
    return y, found
#---
from cumbia import jit
@jit
def named(structure):
    return structure.name
@jit
def worded(text):
    return text.split(",")
@jit
def literal(x):
    return x is 3
'''
