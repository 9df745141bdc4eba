"""Empty lists, sets and dicts, typed by what is done with them later."""

from tests.corpus import call, program


@program(call(3), call(0))
def list_by_append(n):
    xs = []
    for i in range(n):
        xs.append(i + 0.5)
    return xs


@program(call(2))
def list_by_insert_and_extend(n):
    a, b, c = [], [], []
    a.insert(0, n)
    b.extend([n, 1])
    c += ["x"]
    return a, b, c


@program(call(3))
def list_call(n):
    xs = list()
    while len(xs) < n:
        xs.append(str(len(xs)))
    return xs


@program(call(3))
def dict_by_store(n):
    d = {}
    for i in range(n):
        d[i] = i * 0.5
    return d


@program(call(3))
def dict_call_and_setdefault(n):
    d = dict()
    for i in range(n):
        d.setdefault(i % 2, []).append(i)
    return d


@program(call("hello"))
def set_by_add(s):
    seen = set()
    doubled = []
    for c in s:
        if c in seen:
            doubled.append(c)
        seen.add(c)
    return len(seen), doubled


@program(call(3))
def never_filled(n):
    xs = []
    return len(xs) + n


@program(call(3))
def never_filled_and_returned(n):
    return []


@program(call(1), call(0))
def filled_on_one_path(n):
    xs = []
    if n:
        xs.append(2.5)
    return xs


@program(call(2))
def typed_by_a_helper(n):
    def fill(xs, k):
        for i in range(k):
            xs.append(i)

    xs = []
    fill(xs, n)
    return xs


@program(call(2))
def nested_empty(n):
    rows = []
    for i in range(n):
        rows.append([])
        for j in range(i + 1):
            rows[i].append(j)
    return rows


@program(call(2))
def empty_in_a_tuple(n):
    a, b = [], {}
    t = (a, b)
    t[0].append(n)
    t[1]["k"] = n
    return t


@program(call(3))
def compared_with_empty(n):
    xs = [n]
    before = xs == []
    xs.pop()
    return before, xs == [], xs != [], {} == {}, set() == set()


@program(call(2))
def reassigned_to_empty(n):
    batch = []
    batches = []
    for i in range(5):
        batch.append(i)
        if len(batch) == n:
            batches.append(batch)
            batch = []
    return batches, batch


@program(call(1), call(0))
def empty_or_argument(n):
    xs = [1, 2] if n else []
    return len(xs), xs


@program(call([1, 2]))
def passed_as_a_default(xs):
    def total(values=()):
        s = 0
        for v in values:
            s += v
        return s

    return total(), total(xs)


@program(call(3))
def conflicting_uses(n):
    xs = []
    xs.append(n)
    xs.append("text")
    return len(xs)
