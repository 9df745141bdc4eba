"""Collections at their edges: empty ones, limits, errors midway, aliases, nesting."""

from collections import Counter, OrderedDict, defaultdict, deque

from tests.corpus import call, program


@program(call(), call(1), call(-3))
def rotations(n=2):
    d = deque([1, 2, 3, 4, 5])
    d.rotate(n)
    e = deque()
    e.rotate(n)
    one = deque([1])
    one.rotate(n)
    return d, e, one


@program(call(0), call(2), call(5))
def limits(n):
    d = deque([1, 2, 3], n)
    d.append(4)
    d.appendleft(5)
    d.extend([6, 7])
    d.extendleft([8, 9])
    return d, d.maxlen, len(d)


@program(call(-1))
def negative_limit(n):
    return deque([1], n)


@program(call(3), call(-3), call(2), call(-4))
def deque_index(i):
    d = deque([1.5, 2.5, 3.5])
    return d[i]


@program(call(3), call(-3), call(2))
def deque_store(i):
    d = deque(["a", "b", "c"])
    d[i] = "z"
    del d[0]
    return d


@program(call(0), call(1), call(9), call(-1), call(-9))
def deque_insert(i):
    d = deque([1, 2, 3])
    d.insert(i, 7)
    return d


@program(call(2), call(4))
def deque_insert_full(limit):
    d = deque([1, 2], limit)
    d.insert(1, 9)
    return d


@program(call(2), call(7))
def deque_remove(x):
    d = deque([1, 2, 3, 2])
    d.remove(x)
    return d


@program(call(2), call(7))
def deque_find(x):
    d = deque([1, 2, 3, 2])
    return d.index(x), d.index(x, 2), x in d, d.count(x)


@program(call(1))
def pop_of_empty(n):
    d = deque([n])
    d.pop()
    return d.pop()


@program(call(0), call(1), call(2))
def mutated_while_iterating(k):
    d = deque([1, 2, 3])
    seen = []
    for x in d:
        seen.append(x)
        if k == 0:
            d.append(4)
        elif k == 1:
            d[0] = 9
        elif x == 3:
            d.pop()
    return seen, d


@program(call([1, 2, 3]))
def mutated_argument(xs):
    d = deque(xs)
    xs.append(4)
    for i, x in enumerate(d):
        d.appendleft(x)
    return d


@program(call(100))
def long_queue(n):
    d = deque()
    total = 0
    for i in range(n):
        d.append(i)
        d.append(i * 2)
        d.appendleft(-i)
        total += d.popleft() + d.popleft()
    return total, len(d), list(d)[:5], list(d)[-5:]


@program(call(60))
def alternating_ends(n):
    d = deque()
    for i in range(n):
        if i % 3 == 0:
            d.appendleft(str(i))
        else:
            d.append(str(i))
    out = []
    while d:
        out.append(d.pop())
        if d:
            out.append(d.popleft())
    return out


@program(call([3, 1, 2]))
def list_as_queue(xs):
    out = []
    for i in range(40):
        xs.append(xs.pop(0) * 2 % 11)
        xs.insert(0, i)
        out.append(xs.pop(1))
        del xs[:1]
    return out, xs


@program(call(1))
def deque_algebra(n):
    d = deque([1, 2], 3) + deque([3, 4])
    e = deque([1, 2]) * 2
    f = deque([1])
    g = f
    f += [2, 3]
    f *= 2
    return d, d.maxlen, e, f, g is f, f == g, d == e, d < e, d != e


@program(call(1))
def deque_extends_itself(n):
    d = deque([1, 2])
    d.extend(d)
    d.extendleft(d)
    d += d
    return d


@program(call(1))
def deque_copy(n):
    d = deque([1, 2, 3], 3)
    e = d.copy()
    e.append(4)
    f = deque(d)
    f.append(5)
    d.clear()
    return d, e, e.maxlen, f, f.maxlen, bool(d), not e


@program(call("ab"))
def deque_texts(s):
    return str(deque([1, 2])), repr(deque(s, 3)), f"{deque([1.5])}", str(deque([n for n in s if n > "z"]))


@program(call(3))
def deques_in_containers(n):
    queues = [deque([i]) for i in range(n)]
    by_name = {"a": deque([1]), "b": deque([2])}
    queues[0].append(5)
    by_name["a"].appendleft(7)
    pairs = deque([(1, "x"), (2, "y")])
    number, name = pairs.popleft()
    return queues, by_name, pairs, number, name


@program(call(deque([1, 2, 3], 3)), call(deque([])))
def bounded_argument(d):
    d.append(4)
    return d, len(d)


@program(call(deque(["a", "b"])))
def deque_of_texts_argument(d):
    d.rotate(1)
    d.append("c")
    return d.popleft()


@program(call([deque([1]), deque([2, 3])]))
def deques_in_a_list_argument(ds):
    ds[0].append(9)
    return ds[1]


@program(call(deque([1, 2])))
def error_after_change(d):
    d.append(3)
    raise ValueError("later")


@program(call(deque([1, 2, 3])))
def unpacking_a_deque(d):
    a, b, c = d
    first, *rest = d
    return a + b + c, first, rest, [*d, 4]


@program(call(""), call("a"), call("abracadabra"))
def counter_basics(s):
    c = Counter(s)
    return c, c.most_common(), c.most_common(1), c.most_common(-1), c.total(), list(c.elements())


@program(call([1, 2, 2, 3, 3, 3]))
def counter_changes(xs):
    c = Counter(xs)
    c.subtract([1, 1, 3])
    c[7] += 2
    c[2] = 0
    del c[99]
    del c[3]
    d = c.copy()
    d.update([5])
    return c, d, c == d, c != d, c == c.copy(), len(c), 7 in c, 99 in c, c[99]


@program(call("hello", "world"))
def counter_algebra(a, b):
    c, d = Counter(a), Counter(b)
    return c + d, c - d, c | d, c & d


@program(call("hello", "world"))
def counter_in_place(a, b):
    c = Counter(a)
    d = c
    c += Counter(b)
    c -= Counter("lo")
    return c, d is c


@program(call([("a", 3), ("b", 1)]))
def counter_from_dict(pairs):
    c = Counter(dict(pairs))
    c.update({"b": 5, "z": 0})
    return c, sorted(c), sorted(c.items()), sum(c.values()), max(c.values())


@program(call("aab"))
def counter_text(s):
    return str(Counter(s)), repr(Counter("")), f"{Counter(s)}"


@program(call(Counter("aab")))
def counter_argument(c):
    c["b"] += 5
    c["new"] += 1
    return c, c["none"]


@program(call({"a": 1}))
def counter_and_dict(d):
    c = Counter("a")
    return c == d, d == c, Counter() == {}, c.get("z"), c.get("z", 4), c.pop("a"), c


@program(call([3, 1, 3]))
def counter_zero_keeps(xs):
    c = Counter()
    for x in xs:
        if c[x] > 0:
            c[x] -= 1
        c[x] += 2
    return c, list(c), list(c.keys()), list(c.values())


@program(call(["x", "y", "x"]))
def defaultdict_missing(words):
    d = defaultdict(int)
    for w in words:
        d[w] += 1
    a = d.get("q"), "q" in d
    b = d["q"], "q" in d
    return a, b, d, len(d), d == {"x": 2, "y": 1, "q": 0}


@program(call("k"))
def defaultdict_none(key):
    d = defaultdict(None)
    d["a"] = 1
    return d[key]


@program(call([1.5, 2.5, -1.0]))
def defaultdict_float(xs):
    d = defaultdict(float)
    for x in xs:
        d[x > 0] += x
    return d, d.pop(True), d.setdefault(True, 4.0), sorted(d.items())


@program(call(3))
def defaultdict_nested(n):
    d = defaultdict(dict)
    e = defaultdict(lambda: [0, 0])
    for i in range(n):
        d[i % 2][i] = i * i
        e[i % 2][0] += i
    return dict(d), dict(e)


@program(call("banana"))
def defaultdict_set(s):
    d = defaultdict(set)
    for i, c in enumerate(s):
        d[c].add(i)
    return {k: sorted(v) for k, v in d.items()}


@program(call(defaultdict(int, {"a": 1})), call(defaultdict(int)))
def defaultdict_argument(d):
    d["b"] += 2
    return d, d["c"]


@program(call(defaultdict(list, {1: [2]})))
def defaultdict_lists_argument(d):
    d[1].append(3)
    d[5].append(4)
    return d


@program(call(defaultdict(list)))
def defaultdict_text(d):
    d["a"].append(1)
    return str(d), repr(d.copy())


@program(call(1))
def defaultdict_mutated(n):
    d = defaultdict(int)
    d[1] = 2
    for k in d:
        d[k + 1]
    return d


@program(call([1, 2, 3, 4], 2))
def lru_cache(keys, size):
    cache = OrderedDict()
    evicted = []
    for k in keys:
        for j in range(k):
            if j in cache:
                cache.move_to_end(j)
            else:
                cache[j] = k
                if len(cache) > size:
                    evicted.append(cache.popitem(last=False))
    return evicted, cache


@program(call(1), call(9))
def ordered_moves(key):
    d = OrderedDict()
    for k in (1, 2, 3):
        d[k] = str(k)
    d.move_to_end(key, last=False)
    a = list(d)
    d.move_to_end(key)
    return a, list(d.items()), d.popitem(), d


@program(call(1))
def ordered_equality(n):
    a = OrderedDict([(1, 2), (3, 4)])
    b = OrderedDict([(3, 4), (1, 2)])
    return a == b, a != b, a == {3: 4, 1: 2}, {3: 4, 1: 2} == a, a == a.copy()


@program(call(0), call(1), call(2))
def ordered_mutated(k):
    d = OrderedDict([(1, 2), (3, 4)])
    seen = []
    for key in d:
        seen.append(key)
        if k == 0:
            d[key + 10] = 1
        elif k == 1:
            d[key] = 0
        elif key == 3:
            d.move_to_end(1)
    return seen, d


@program(call(OrderedDict([(2, "b"), (1, "a")])))
def ordered_argument(d):
    d.move_to_end(2)
    d[3] = "c"
    return d, d.pop(1)


@program(call(1))
def empty_popitem(n):
    d = OrderedDict()
    d[1] = n
    d.popitem()
    return d.popitem()


@program(call(1))
def kinds(n):
    d, c = deque([n]), Counter([n])
    return (
        isinstance(d, deque),
        isinstance(d, list),
        isinstance(c, dict),
        isinstance(c, Counter),
        isinstance(frozenset([n]), frozenset),
        isinstance(frozenset([n]), set),
        type(c) is Counter,
        type(d) is list,
        d == [n],
        c == [n],
    )


@program(call(0), call(1), call(2))
def perhaps_a_deque(n):
    x = deque([n]) if n else None
    y = frozenset([n]) if n > 1 else None
    return x == deque([1]), x != deque([1]), deque([1]) == x, y == frozenset([2]), y == {2}, x is None


@program(call(2))
def sets_of_counters(n):
    c = Counter({16: 1, 8: 2, 1784: 3, 24: 4, 1000: 5})
    d = defaultdict(int, {480: 1, 2024: 1, 1840: 1, 3112: 1})
    return list(set(c)), list(set(d)), [*c], 8 in c.keys(), (8, 2) in c.items(), list(c.items())
