"""`collections.deque`, `Counter`, `defaultdict`, `OrderedDict`."""

from collections import Counter, OrderedDict, defaultdict, deque

from tests.corpus import call, program


@program(call(3))
def deque_both_ends(n):
    d = deque()
    for i in range(n):
        d.append(i)
        d.appendleft(-i)
    return d.pop(), d.popleft(), d, len(d)


@program(call([1, 2, 3]))
def deque_methods(xs):
    d = deque(xs)
    d.rotate(1)
    d.extend([7, 8])
    d.extendleft([9])
    d.remove(7)
    d.reverse()
    return d, d[0], d[-1], 8 in d, d.count(1), d.index(9)


@program(call(5))
def deque_with_a_limit(n):
    d = deque([], 3)
    for i in range(n):
        d.append(i)
    return list(d), d.maxlen


@program(call(1))
def pop_of_an_empty_deque(n):
    d = deque([n])
    d.popleft()
    return d.popleft()


@program(call({0: [1, 2], 1: [3], 2: [3], 3: []}))
def breadth_first(edges):
    queue = deque([0])
    seen = {0}
    order = []
    while queue:
        node = queue.popleft()
        order.append(node)
        for other in edges[node]:
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return order


@program(call([1.0, 2.0, 3.0, 4.0]))
def moving_average(xs):
    window = deque(maxlen=2)
    out = []
    for x in xs:
        window.append(x)
        out.append(sum(window) / len(window))
    return out


@program(call(deque([1, 2])))
def deque_argument(d):
    d.append(3)
    d[0] = 10
    return sum(d)


@program(call("mississippi"))
def counter(s):
    c = Counter(s)
    return c["s"], c["z"], len(c), c.most_common(2)


@program(call([1, 2, 2], [2, 3]))
def counter_arithmetic(a, b):
    c, d = Counter(a), Counter(b)
    c.update(b)
    return c + d, c - d, c & d, c.total(), sorted(c.elements())


@program(call("the cat the dog"))
def counter_by_hand(text):
    c = Counter()
    for word in text.split():
        c[word] += 1
    return c, max(c, key=c.get)


@program(call(["a", "b", "a"]))
def defaultdict_int(words):
    d = defaultdict(int)
    for w in words:
        d[w] += 1
    return d, d["q"], len(d)


@program(call([(1, 2), (1, 3), (2, 5)]))
def defaultdict_list(pairs):
    d = defaultdict(list)
    for k, v in pairs:
        d[k].append(v)
    return d, d.get(9), sorted(d.items())


@program(call("ab"))
def defaultdict_lambda_and_set(s):
    d = defaultdict(lambda: 5)
    e = defaultdict(set)
    for c in s:
        d[c] += 1
        e[c].add(len(s))
    return dict(d), dict(e)


@program(call([3, 1]))
def ordered_dict(keys):
    d = OrderedDict()
    for k in keys:
        d[k] = str(k)
    d.move_to_end(3)
    return list(d.items()), d.popitem(last=False)
