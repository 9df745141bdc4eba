"""Collections at the boundary: which object comes back, what is written back, leaks."""

import collections
from collections import Counter, OrderedDict, defaultdict, deque

import pytest

import cumbia
from cumbia import jit
from cumbia._cumbia import live_allocations


@jit
def same(x):
    return x


@pytest.mark.parametrize(
    "value",
    [
        deque([1, 2], 5),
        deque(["a"]),
        deque(),
        Counter("aab"),
        Counter(),
        defaultdict(int, {1: 2}),
        defaultdict(None, {1: 2}),
        defaultdict(list),
        OrderedDict([(1, 2.5)]),
        frozenset([1, 2]),
        frozenset(),
        [deque([1]), deque([2])],
        {"a": Counter("a")},
        (frozenset("ab"), deque([1.5])),
    ],
)
def test_an_argument_comes_back_as_the_very_object(value):
    back = same(value)
    if isinstance(value, tuple):
        assert all(x is y for x, y in zip(back, value))
    else:
        assert back is value


def test_new_objects_have_their_class_and_details():
    @jit
    def make(n):
        d = deque([1, 2, 3], n)
        c = Counter("aab")
        e = defaultdict(list)
        e[1].append(2)
        o = OrderedDict([("b", 1), ("a", 2)])
        o.move_to_end("b")
        return d, c, e, o, frozenset([3, 1])

    d, c, e, o, f = make(2)
    assert (type(d), d, d.maxlen) == (deque, deque([2, 3]), 2)
    assert (type(c), c) == (Counter, Counter("aab"))
    assert (type(e), e, e.default_factory) == (defaultdict, {1: [2]}, list)
    assert (type(o), list(o)) == (OrderedDict, ["a", "b"])
    o.move_to_end("a")
    assert list(o) == ["b", "a"]
    assert (type(f), f) == (frozenset, {1, 3})


def test_changes_are_written_back_also_after_an_exception():
    @jit
    def change(d, c, e, o, fail):
        d.appendleft(0)
        c["x"] += 1
        e[5].append(6)
        o.move_to_end("a")
        if fail:
            raise ValueError("no")

    for fail in (False, True):
        d, c, e = deque([1], 3), Counter("y"), defaultdict(list)
        o = OrderedDict([("a", 1), ("b", 2)])
        if fail:
            with pytest.raises(ValueError, match="no"):
                change(d, c, e, o, fail)
        else:
            change(d, c, e, o, fail)
        assert (list(d), d.maxlen) == ([0, 1], 3)
        assert c == Counter("xy")
        assert dict(e) == {5: [6]}
        assert list(o) == ["b", "a"]
        assert o.popitem() == ("a", 1)


def test_one_object_passed_twice_is_one_object():
    @jit
    def both(a, b):
        a.append(1)
        return a is b, len(b)

    d = deque([5])
    assert both(d, d) == (True, 2)
    assert both(deque([5]), deque([5])) == (False, 1)


def test_items_that_were_not_touched_stay_the_same_objects():
    @jit
    def push(d):
        d.append("new")

    first = "".join(["a", "b" * 100])
    d = deque([first])
    push(d)
    assert d[0] is first


@pytest.mark.parametrize("base", [deque, Counter, OrderedDict, frozenset])
def test_subclasses_are_refused(base):
    class Own(base):
        pass

    with pytest.raises((TypeError, cumbia.CompileError)):
        same(Own())


def test_a_defaultdict_that_calls_a_function_is_refused():
    with pytest.raises((TypeError, cumbia.CompileError)):
        same(defaultdict(lambda: 1))


def test_nothing_is_left_behind():
    @jit
    def work(n, fail):
        queue = deque()
        for i in range(n):
            queue.append([str(i)])
            queue.appendleft([str(i)])
            if i % 3 == 0:
                queue.popleft()
        counts = Counter([x[0] for x in queue])
        groups = defaultdict(list)
        for x in queue:
            groups[len(x[0])].append(x)
        keys = {frozenset(x): i for i, x in enumerate(queue)}
        if fail:
            return keys[frozenset(["none"])]
        return len(counts) + len(groups) + len(keys)

    plain = work.__wrapped__
    for n in (0, 1, 50, 300):
        assert work(n, False) == plain(n, False)
        assert live_allocations() == 0
        with pytest.raises(KeyError):
            work(n, True)
        assert live_allocations() == 0


def test_a_queue_is_linear():
    """Taking from the front moves nothing: as many steps as items, not their square."""
    import time

    @jit
    def drain(n):
        queue, listed, total = deque(), [], 0
        for i in range(n):
            queue.append(i)
            listed.append(i)
        while queue:
            total += queue.popleft() + listed.pop(0)
        return total

    drain(10)
    start = time.perf_counter()
    assert drain(300_000) == 2 * sum(range(300_000))
    assert time.perf_counter() - start < 5


def test_module_attribute_and_alias():
    @jit
    def f(n):
        d = collections.deque([n])
        d.append(n)
        return sum(d), collections.Counter([n])[n]

    assert f(4) == (8, 1)
