"""Writes `set_order.txt`: what CPython's sets do in random sequences of operations.

    python set_order.py > set_order.txt

The file was made with CPython 3.11. Keys are ints, floats or tuples, whose hashes don't
depend on the process. `tests/set_order.rs` runs the same operations.
"""

import random

SETS = 4


def key_of(kind, spread, rng):
    i = rng.randrange(-spread, spread)
    if kind == "i":
        if rng.random() < 0.1:
            return rng.choice([1, -1]) * (rng.randrange(2**61, 2**63 - 1))
        return i * rng.choice([1, 1, 1, 8, 64, 1024])
    if kind == "f":
        return i / 4 if rng.random() < 0.8 else i * 1e17
    return (i, i * 0.5)


def text(key):
    return ",".join(map(repr, key)) if isinstance(key, tuple) else repr(key)


def show(values):
    return " ".join(map(text, values))


def scenario(kind, spread, steps, rng):
    print("new", kind)
    sets = [set() for _ in range(SETS)]
    for _ in range(steps):
        a, b, c = (rng.randrange(SETS) for _ in range(3))
        op = rng.choices(
            ["add", "discard", "pop", "or", "and", "sub", "xor", "ior", "iand", "isub", "ixor",
             "copy", "clear", "fill"],
            [30, 14, 6, 3, 3, 3, 3, 2, 1, 2, 2, 2, 0.4, 3],
        )[0]
        if op in ("add", "discard"):
            keys = [key_of(kind, spread, rng) for _ in range(rng.randrange(1, 9))]
            for key in keys:
                getattr(sets[a], op)(key)
            print(op, a, show(keys))
        elif op == "fill":
            start, count = rng.randrange(-spread, spread), rng.randrange(spread)
            keys = [key_of(kind, spread, rng) for _ in range(count)]
            sets[a] = set(keys)
            print("fill", a, show(keys))
        elif op == "pop":
            popped = [sets[a].pop() for _ in range(min(len(sets[a]), rng.randrange(1, 5)))]
            print("pop", a, show(popped))
        elif op == "clear":
            sets[a].clear()
            print("clear", a)
        elif op == "copy":
            sets[c] = sets[a].copy()
            print("copy", c, a)
        elif op in ("or", "and", "sub", "xor"):
            sets[c] = {
                "or": set.__or__, "and": set.__and__, "sub": set.__sub__, "xor": set.__xor__,
            }[op](sets[a], sets[b])
            print(op, c, a, b)
        else:
            if op == "ior":
                sets[a] |= sets[b]
            elif op == "iand":
                sets[a] &= sets[b]
            elif op == "isub":
                sets[a] -= sets[b]
            else:
                sets[a] ^= sets[b]
            print(op, a, b)
        if rng.random() < 0.2:
            i = rng.choice([a, c])
            print("is", i, show(sets[i]))
    for i in range(SETS):
        print("is", i, show(sets[i]))


def main():
    rng = random.Random(7)
    for kind in "ift":
        for spread, steps in [(6, 60), (20, 80), (60, 80), (300, 40)]:
            for _ in range(2):
                scenario(kind, spread, steps, rng)


main()
