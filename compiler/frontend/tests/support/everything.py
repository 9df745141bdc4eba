@jit
def f(a, n: int = 3, /, m=2.5e3, *, k=-1, name="é", c=2j):
    """Every construct that is compiled,
on text lines that aren't indented."""
    s, t = 0, 1.0
    u = v = w = a[0]
    (p, [q, r]) = a, (n, m)
    x: int = 1_000
    y: float
    a[0], a[-1] = s, t
    a[n - 1] = f(a, n, *p, m=m, k=k)
    a.flat, a.real.imag = s, t
    a.size += 1
    a.ndim: int
    for i in range(0, n, 2):
        if a[i] < 0 and not n or k:
            continue
        elif 0 <= i < n != 3:
            s += a[i, 1:2, ..., ::-1]
            a[i] **= 2
        else:
            break
        y = s
    else:
        t = 1 if n else 2
    for j, (o, z) in enumerate(a):
        while True:
            if j is None or o is not None or z in a or z not in a:
                break
            assert j > 0, "message"
            o = o or z
            z = ~z @ a.T // 3 % 4 << 1 >> 2 | 7 & 3 ^ 1
    while n > 0:
        n -= 1
        if n == 5:
            raise ValueError("bad", n)
        if n == 6:
            raise StopIteration
    else:
        pass
    with a as (b, c), x.y:
        return z
    g = math.sqrt(a.shape[0]) if t else (lambda_, 3, ())[1]
    return s + t, u, v, w, x, g, \
        99999999999999999999, "a" 'b', b"c", f"d{{}}", True, ..., None
