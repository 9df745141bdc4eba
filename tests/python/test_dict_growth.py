"""Dicts that change under a loop without changing their length: where keys come again is
decided by when the table grows, which is as in CPython."""

import itertools
import random

import pytest

from cumbia import jit
from tests.python.harness import check


def again(keys, n):
    d = {e: 1.0 for e in range(n)}
    log = []
    for x in keys:
        k = 0
        try:
            for v in d.values():
                d.pop(x, 0.0)
                d[x] = 2.0
                k += 1
                if k > 50:
                    break
        except RuntimeError as e:
            log.append((k, str(e)))
            break
        log.append((k, ""))
    return log, list(d)


def merged(keys, n):
    d = {e: 1.0 for e in range(n)}
    log = []
    for x in keys:
        k = 0
        try:
            for v in d.values():
                d.pop(x, 0.0)
                d.update({e: 2.0 for e in range(n)})
                k += 1
                if k > 50:
                    break
        except RuntimeError as e:
            log.append((k, str(e)))
            break
        log.append((k, ""))
    return log, list(d)


def changed(steps, n):
    d = {e: e for e in range(n)}
    seen = []
    at = 0
    for turn in range(4):
        try:
            for key in d:
                seen.append(key)
                kind, x = steps[at % len(steps)]
                at += 1
                if kind == 0 and x in d:
                    d[x + 100] = d.pop(x)
                elif kind == 1:
                    d.pop(x, 0)
                    d.update({x: at})
                elif kind == 2 and d:
                    k, v = d.popitem()
                    d[k] = v
                if len(seen) > 300:
                    return seen
        except RuntimeError as e:
            seen.append(-1 if "size" in str(e) else -2)
    return seen


@pytest.mark.parametrize("func", [again, merged])
def test_keys_that_go_and_come_again(func):
    compiled = jit(func)
    for n in (1, 2, 3, 4, 5):
        for keys in itertools.islice(itertools.product(range(n), repeat=4), 0, None, 1 + n * n // 4):
            check(compiled, list(keys), n)


def test_random_changes():
    compiled = jit(changed)
    draw = random.Random(5)
    for _ in range(150):
        n = draw.randrange(1, 40)
        steps = [(draw.randrange(3), draw.randrange(n)) for _ in range(draw.randrange(1, 9))]
        check(compiled, steps, n)
