"""Scripts with faults that `cumbia check` is to find: a line's comment says which.

Divided by lines of `#---`. None of these is ever run.
"""

SCRIPTS = r'''
from cumbia import jit
@jit
def reads(n):
    f = open("data.txt")  # CB0404
    return n
#---
from cumbia import jit
@jit
def runs(text):
    return eval(text)  # CB0404
#---
import numpy as np
from cumbia import jit
@jit
def total(a):
    s = 0
    for i in range(a.shape[0]):
        s += a[i] * 0.5  # unstable-type
    return s
#---
from cumbia import njit
@njit
def harmonic(n):
    s = 0
    for i in range(1, n):
        s = s + 1 / i  # unstable-type
    return s
#---
from cumbia import jit
@jit
def graded(points):
    result = 0  # CB0301
    if points > 50:
        result = "passed"
    return result
#---
import numpy as np
from cumbia import jit
@jit
def moved(points):
    for i in range(points.shape[0]):
        d = np.zeros(3)  # allocation-in-loop
        for k in range(3):
            d[k] = points[i, k]
        points[i, 0] = d.max()
#---
import numpy as np
import cumbia
@cumbia.jit
def rows(m):
    s = 0.0
    for i in range(m.shape[0]):
        row = m[i, :] * 2.0  # allocation-in-loop
        s += row[0]
    return s
#---
from cumbia import jit
@jit
def pairs(n):
    s = 0.0
    for i in range(n):
        pair = [1.0, 2.0]  # allocation-in-loop
        pair.append(3.0)
        s += pair[i % 3]
    return s
#---
import numpy as np
from cumbia import jit, prange
@jit(parallel=True)
def shifted(a):
    for i in prange(a.shape[0] - 1):
        a[i + 1] = a[i]  # race
#---
import numpy as np
from cumbia import jit, prange
@jit(parallel=True)
def prefix(a):
    for i in prange(1, a.shape[0]):
        a[i] = a[i] + a[i - 1]  # race
#---
from cumbia import jit
@jit
def typo(values, n):
    s = 0.0
    for i in range(n):
        s += value[i]  # CB0401
    return s
#---
from cumbia import jit
@jit(paralel=True)
def option(a):  # option
    return a
#---
from cumbia import jit
@jit(tier="fastest")
def choice(a):  # option
    return a
#---
from cumbia import jit
K = 1
@jit
def sets(x):
    global K  # CB0214
    K = x
    return K
#---
from cumbia import jit
@jit
def imports(x):
    import math  # CB0216
    return math.sin(x)
#---
from cumbia import jit
@jit("float64(float64[:])")
def attribute(a):
    return a.length  # CB0403
#---
import numpy as np
from cumbia import jit
@jit
def attribute(a):
    return np.summ(a)  # CB0403
attribute(np.ones(3))
#---
import numpy as np
from cumbia import jit
@jit
def called(a, b):
    return a + b
@jit
def calls(a):
    return called(a)  # CB0410
calls(1.0)
#---
import numba as nb
@nb.njit
def total(a):
    s = 0
    for x in a:
        s += x / 2  # unstable-type
    return s
#---
from numba import njit
@njit(cache=True)
def reads(n):
    return input()  # CB0404
#---
import numpy as np
from cumbia import jit
@jit
def branches(n):
    if n > 3:
        scale = 1
    else:
        scale = 2.5  # unstable-type
    return scale * n
#---
import numpy as np
from cumbia import jit
def helper(x):
    return open(x)  # CB0404
@jit
def kernel(x):
    return helper(x)
#---
import numpy as np
from cumbia import jit
@jit
def dimensions(a):
    return a[0, 0, 0]  # CB0501
dimensions(np.ones((3, 3)))
#---
from cumbia import jit
@jit
def deletes(x):
    y = x
    del y
    exec("y = 1")  # CB0404
    return x
#---
import numpy as np
from cumbia import jit, prange
@jit(parallel=True)
def overlap(a, b):
    for i in prange(a.shape[0] - 1):
        b[i] = a[i]  # race
        b[i + 1] = a[i]
#---
import numpy as np
from cumbia import jit
@jit
def averaged(images, n):
    out = 0.0
    for k in range(n):
        window = np.ones((3, 3))  # allocation-in-loop
        out += window[0, 0] * images[k]
    return out
#---
from cumbia import vectorize
@vectorize(["float64(float64)"])
def scaled(x):
    return x * unknown_factor  # CB0401
#---
import numpy as np
from cumbia import jit
@jit
def first(n):
    while n > 0:
        last = n * 0.5
        n = last  # unstable-type
    return n
first(7)
#---
import numpy as np
from cumbia import jit
@jit
def complex_sum(a):
    s = 0.0
    for i in range(a.shape[0]):
        s += a[i] * 1j  # unstable-type
    return s
#---
import numpy as np
from cumbia import jit
@jit
def two(a):
    n = 0
    for i in range(a.shape[0]):
        t = np.empty(2)  # allocation-in-loop
        t[0] = a[i]
        n += t[0]  # unstable-type
    return n
'''
