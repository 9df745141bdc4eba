"""`bytearray`, `array.array` and `memoryview`.

Elements are loaded and stored where the caller's object has them; what changes the length
asks for it (`prim.buffer_resize`). Positions and values are checked here, with the texts
of each class. What `bytes` can do is done on a copy of the bytes.
"""

from bytes import needle, find, rfind, index, rindex, count, startswith, endswith, to_hex, from_hex, bytes_
from strings import low, high


def position(i):
    if not prim.is_integer(i):
        prim.error("an index must be an integer, not {}", i)
    return int(i)


def place(b, i, text):
    n = len(b)
    at = i
    if i < 0:
        at = i + n
    prim.guard(0 <= at < n, "IndexError", text)
    return at


def item(b, i):
    if prim.is_slice(i):
        return part(b, i)
    elif not prim.is_integer(i):
        prim.error("indices of buffers are integers or slices, not {}", i)
    elif prim.buffer_kind(b) == "bytearray":
        return prim.buffer_load(b, place(b, int(i), "bytearray index out of range"))
    elif prim.buffer_kind(b) == "array":
        return prim.buffer_load(b, place(b, int(i), "array index out of range"))
    else:
        return prim.buffer_load(b, place(b, int(i), "index out of bounds on dimension 1"))


def part(b, key):
    if prim.buffer_kind(b) == "bytearray":
        return of_bytes(prim.buffer_bytes(b)[key])
    elif prim.buffer_kind(b) == "memoryview":
        return memory_part(b, key)
    else:
        start, step, n = bounds(key, len(b))
        out = prim.buffer_like(b, n)
        for i in range(n):
            prim.buffer_store(out, i, prim.buffer_load(b, start + i * step))
        return out


def memory_part(b, key):
    if key.step is not None:
        prim.error("a slice of a memoryview with a step is not compiled: write a loop")
    else:
        start, _, n = bounds(key, len(b))
        return prim.buffer_part(b, start, n)


def bounds(key, n):
    # Start, step and number of the positions of a slice.
    step = or_default(key.step, 1)
    prim.guard(step != 0, "ValueError", "slice step cannot be zero")
    if step > 0:
        start = bound(key.start, 0, n, 0, n)
        stop = bound(key.stop, n, n, 0, n)
        return start, step, (stop - start - 1) // step + 1 if stop > start else 0
    start = bound(key.start, n - 1, n, -1, n - 1)
    stop = bound(key.stop, -1, n, -1, n - 1)
    return start, step, (start - stop - 1) // -step + 1 if start > stop else 0


def or_default(value, default):
    if value is None:
        return default
    else:
        return int(value)


def bound(value, default, n, lowest, highest):
    if value is None:
        return default
    else:
        at = int(value)
        if at < 0:
            at += n
        if at < lowest:
            return lowest
        if at > highest:
            return highest
        return at


def of_bytes(data):
    out = prim.bytearray_new(len(data))
    prim.buffer_write(out, 0, data)
    return out


# Values as elements: in range, with the class's own texts.


def byte(value):
    if not prim.is_integer(value):
        prim.error("an item of a bytearray must be an integer, not {}", value)
    prim.guard(0 <= value < 256, "ValueError", "byte must be in range(0, 256)")
    return int(value)


def between(value, lowest, highest, below, above):
    if value < lowest:
        raise OverflowError(below)
    if value > highest:
        raise OverflowError(above)
    return value


def element(b, value):
    if prim.buffer_kind(b) == "bytearray":
        return byte(value)
    elif not prim.is_number(value):
        prim.error("an item of this buffer must be a number, not {}", value)
    elif not prim.is_weak(value):
        prim.error("storing {} in a buffer is not compiled: write int(x) or float(x)", value)
    elif prim.kind(prim.dtype(value)) == "c":
        prim.error("an item of this buffer must be a real number, not {}", value)
    elif prim.buffer_code(b) == "d" or prim.buffer_code(b) == "f":
        return float(value)
    elif not prim.is_integer(value):
        prim.error("an item of this buffer must be an integer, not {}", value)
    elif prim.buffer_kind(b) == "array":
        return in_array(prim.buffer_code(b), int(value))
    else:
        return in_memory(prim.buffer_code(b), int(value))


def short(value):
    return between(
        value,
        -32768,
        32767,
        "signed short integer is less than minimum",
        "signed short integer is greater than maximum",
    )


def whole(value):
    return between(
        value,
        -2147483648,
        2147483647,
        "signed integer is less than minimum",
        "signed integer is greater than maximum",
    )


def in_array(code, value):
    if code == "b":
        return between(
            short(value), -128, 127, "signed char is less than minimum", "signed char is greater than maximum"
        )
    elif code == "B":
        return between(
            value, 0, 255, "unsigned byte integer is less than minimum", "unsigned byte integer is greater than maximum"
        )
    elif code == "h":
        return short(value)
    elif code == "H":
        return between(
            whole(value), 0, 65535, "unsigned short is less than minimum", "unsigned short is greater than maximum"
        )
    elif code == "i":
        return whole(value)
    elif code == "I":
        return between(
            value,
            0,
            4294967295,
            "can't convert negative value to unsigned int",
            "unsigned int is greater than maximum",
        )
    elif code == "L":
        prim.guard(value >= 0, "OverflowError", "can't convert negative value to unsigned int")
        return value
    elif code == "Q":
        prim.guard(value >= 0, "OverflowError", "can't convert negative int to unsigned")
        return value
    else:
        return value


def in_memory(code, value):
    if code == "b":
        prim.guard(-128 <= value <= 127, "ValueError", "memoryview: invalid value for format 'b'")
    elif code == "B":
        prim.guard(0 <= value <= 255, "ValueError", "memoryview: invalid value for format 'B'")
    elif code == "h":
        prim.guard(-32768 <= value <= 32767, "ValueError", "memoryview: invalid value for format 'h'")
    elif code == "H":
        prim.guard(0 <= value <= 65535, "ValueError", "memoryview: invalid value for format 'H'")
    elif code == "i":
        prim.guard(-2147483648 <= value <= 2147483647, "ValueError", "memoryview: invalid value for format 'i'")
    elif code == "I":
        prim.guard(0 <= value <= 4294967295, "ValueError", "memoryview: invalid value for format 'I'")
    elif code == "L":
        prim.guard(value >= 0, "ValueError", "memoryview: invalid value for format 'L'")
    elif code == "Q":
        prim.guard(value >= 0, "ValueError", "memoryview: invalid value for format 'Q'")
    return value


def set_item(b, i, value):
    prim.guard(not prim.buffer_readonly(b), "TypeError", "cannot modify read-only memory")
    if prim.is_slice(i):
        set_part(b, i, value)
    elif not prim.is_integer(i):
        prim.error("indices of buffers are integers or slices, not {}", i)
    elif prim.buffer_kind(b) == "bytearray":
        # The value is looked at first.
        new = byte(value)
        prim.buffer_store(b, place(b, int(i), "bytearray index out of range"), new)
    elif prim.buffer_kind(b) == "array":
        at = place(b, int(i), "array assignment index out of range")
        prim.buffer_store(b, at, element(b, value))
    else:
        at = place(b, int(i), "index out of bounds on dimension 1")
        prim.buffer_store(b, at, element(b, value))


def set_part(b, key, value):
    if key.step is not None:
        prim.error("assignment to a slice of {} with a step is not compiled: write a loop", b)
    elif prim.buffer_kind(b) == "bytearray":
        data = of_any(value)
        start, _, n = bounds(key, len(b))
        splice(b, start, n, data, len(data))
    elif prim.buffer_kind(b) == "memoryview":
        set_memory(b, key, value)
    elif not prim.same_type(b, value):
        prim.error("can only assign array (not {}) to array slice", value)
    else:
        data = prim.buffer_bytes(value)
        start, _, n = bounds(key, len(b))
        splice(b, start, n, data, len(value))


def set_memory(b, key, value):
    if not prim.is_bytes(value) and not prim.is_buffer(value):
        prim.error("a part of a memoryview can't take {}", value)
    elif code_of(value) != prim.buffer_code(b):
        prim.error("a part of a memoryview of another format can't take {}", value)
    else:
        start, _, n = bounds(key, len(b))
        prim.guard(
            n == len(value), "ValueError", "memoryview assignment: lvalue and rvalue have different structures"
        )
        prim.buffer_write(b, start, of_any(value))


def code_of(value):
    if prim.is_bytes(value):
        return "B"
    else:
        return prim.buffer_code(value)


def del_item(b, i):
    if prim.buffer_kind(b) == "memoryview":
        prim.error("{} doesn't support item deletion", b)
    elif prim.is_slice(i):
        start, step, n = bounds(i, len(b))
        if step < 0:
            start += (n - 1) * step
            step = -step
        remove_steps(b, start, step, n)
    elif not prim.is_integer(i):
        prim.error("indices of buffers are integers or slices, not {}", i)
    elif prim.buffer_kind(b) == "bytearray":
        drop(b, place(b, int(i), "bytearray index out of range"))
    else:
        drop(b, place(b, int(i), "array assignment index out of range"))


def remove_steps(b, start, step, n):
    # The length changes first: where that raises, nothing has changed.
    if n > 0 and step == 1:
        prim.buffer_delete(b, start, n)
    elif n > 0:
        left = prim.buffer_like(b, len(b) - n)
        to = 0
        for i in range(len(b)):
            if i < start or i > start + (n - 1) * step or (i - start) % step != 0:
                prim.buffer_store(left, to, prim.buffer_load(b, i))
                to += 1
        prim.buffer_resize(b, to)
        prim.buffer_write(b, 0, prim.buffer_bytes(left))


def splice(b, start, gone, data, count):
    # The elements of `data`, so many, in the place of those that go.
    tail = len(b) - start - gone
    if count > gone:
        prim.buffer_resize(b, len(b) + count - gone)
        prim.buffer_move(b, start + count, start + gone, tail)
    elif count < gone:
        prim.buffer_delete(b, start + count, gone - count)
    prim.buffer_write(b, start, data)


def of_any(value):
    # The bytes of what can be put into a bytearray.
    if prim.is_bytes(value):
        return value
    elif prim.is_buffer(value):
        return prim.buffer_bytes(value)
    elif prim.is_str(value) or prim.is_number(value) or prim.is_array(value):
        prim.error("a bytearray can't take {}", value)
    else:
        return prim.buffer_bytes(gathered(value))


def gathered(values):
    out = prim.bytearray_new(0)
    for value in values:
        push(out, byte(value))
    return out


def push(b, value):
    n = len(b)
    prim.buffer_resize(b, n + 1)
    prim.buffer_store(b, n, value)


@implements("builtins.bytearray")
def bytearray_(source="<missing>", encoding=None, errors="strict"):
    if prim.is_missing(source):
        return prim.bytearray_new(0)
    elif prim.is_str(source):
        return of_bytes(bytes_(source, encoding, errors))
    elif prim.is_integer(source):
        prim.guard(source >= 0, "ValueError", "negative count")
        return prim.bytearray_new(source)
    else:
        return of_bytes(of_any(source))


@implements("builtins.bytearray.fromhex")
def bytearray_from_hex(string, /):
    return of_bytes(from_hex(string))


@implements("array.array")
def array_(typecode, initializer="<missing>", /):
    out = prim.array_new(typecode, 0)
    if prim.is_missing(initializer):
        return out
    elif prim.is_bytes(initializer):
        array_frombytes(out, initializer)
        return out
    elif prim.is_buffer(initializer):
        if prim.buffer_kind(initializer) == "bytearray":
            array_frombytes(out, prim.buffer_bytes(initializer))
            return out
        else:
            array_extend_any(out, initializer)
            return out
    elif prim.is_str(initializer) or prim.is_number(initializer):
        prim.error("an array can't be made of {}", initializer)
    else:
        array_extend_any(out, initializer)
        return out


@implements("builtins.memoryview")
def memoryview_(object):
    if prim.is_buffer(object) and prim.buffer_kind(object) == "memoryview":
        return prim.buffer_part(object, 0, len(object))
    else:
        prim.refuse("memoryview() of {} is not compiled", "pass memoryview(x) as an argument, or subscript x itself: it takes the same indices and slices", object)


# What changes the length.


@implements("bytearray.append")
def bytearray_append(self, item, /):
    push(self, byte(item))


@implements("array.append")
def array_append(self, v, /):
    push(self, element(self, v))


@implements("bytearray.extend")
def bytearray_extend(self, iterable_of_ints, /):
    data = of_any(iterable_of_ints)
    splice(self, len(self), 0, data, len(data))


@implements("bytearray.__iadd__")
def bytearray_iadd(self, other, /):
    if not prim.is_bytes(other) and not prim.is_buffer(other):
        prim.error("can't concat {} to bytearray", other)
    if prim.same_type(self, other) and len(self) > 0:
        if self is other:
            raise BufferError("Existing exports of data: object cannot be re-sized")
    data = of_any(other)
    splice(self, len(self), 0, data, len(data))
    return self


@implements("array.extend")
def array_extend(self, bb, /):
    array_extend_any(self, bb)


def array_extend_any(a, values):
    if prim.is_buffer(values):
        if prim.buffer_kind(values) == "array" and not prim.same_type(a, values):
            prim.error("can only extend with array of same kind")
        n = len(values)
        at = len(a)
        prim.buffer_resize(a, at + n)
        for i in range(n):
            prim.buffer_store(a, at + i, element(a, prim.buffer_load(values, i)))
    elif prim.is_array(values):
        prim.error("extending a buffer by {} is not compiled", values)
    else:
        for value in values:
            push(a, element(a, value))


@implements("array.frombytes")
def array_frombytes(self, buffer, /):
    data = of_any(buffer)
    width = self.itemsize
    prim.guard(len(data) % width == 0, "ValueError", "bytes length not a multiple of item size")
    at = len(self)
    prim.buffer_resize(self, at + len(data) // width)
    prim.buffer_write(self, at, data)


@implements("array.fromlist")
def array_fromlist(self, list, /):
    if not prim.is_list(list):
        prim.error("arg must be list, not {}", list)
    for value in list:
        element(self, value)
    array_extend_any(self, list)


@implements("array.__iadd__")
def array_iadd(self, other, /):
    if not prim.same_type(self, other):
        prim.error("can only extend with array (not {})", other)
    array_extend_any(self, other)
    return self


def drop(b, at):
    prim.buffer_delete(b, at, 1)


@implements("bytearray.pop")
def bytearray_pop(self, index=-1, /):
    prim.guard(len(self) > 0, "IndexError", "pop from empty bytearray")
    at = place(self, position(index), "pop index out of range")
    value = prim.buffer_load(self, at)
    drop(self, at)
    return value


@implements("array.pop")
def array_pop(self, i=-1, /):
    prim.guard(len(self) > 0, "IndexError", "pop from empty array")
    at = place(self, position(i), "pop index out of range")
    value = prim.buffer_load(self, at)
    drop(self, at)
    return value


def make_room(b, index):
    n = len(b)
    at = position(index)
    if at < 0:
        at += n
        if at < 0:
            at = 0
    if at > n:
        at = n
    prim.buffer_resize(b, n + 1)
    prim.buffer_move(b, at + 1, at, n - at)
    return at


@implements("bytearray.insert")
def bytearray_insert(self, index, item, /):
    value = byte(item)
    prim.buffer_store(self, make_room(self, index), value)


@implements("array.insert")
def array_insert(self, i, v, /):
    value = element(self, v)
    prim.buffer_store(self, make_room(self, i), value)


def where(b, value):
    for i in range(len(b)):
        if prim.buffer_load(b, i) == value:
            return i
    return -1


@implements("bytearray.remove")
def bytearray_remove(self, value, /):
    at = where(self, byte(value))
    prim.guard(at >= 0, "ValueError", "value not found in bytearray")
    drop(self, at)


@implements("array.remove")
def array_remove(self, v, /):
    at = where(self, v)
    prim.guard(at >= 0, "ValueError", "array.remove(x): x not in array")
    drop(self, at)


@implements("bytearray.clear")
def bytearray_clear(self, /):
    prim.buffer_resize(self, 0)


@implements("bytearray.reverse", "array.reverse")
def reverse(self, /):
    n = len(self)
    for i in range(n // 2):
        value = prim.buffer_load(self, i)
        prim.buffer_store(self, i, prim.buffer_load(self, n - 1 - i))
        prim.buffer_store(self, n - 1 - i, value)


# What reads.


@implements("bytearray.copy")
def bytearray_copy(self, /):
    return of_bytes(prim.buffer_bytes(self))


@implements("array.index")
def array_index(self, v, start=0, stop=None, /):
    n = len(self)
    first = start
    if first < 0:
        first = max(first + n, 0)
    last = min(high(stop), n)
    if last < 0:
        last += n
    for i in range(first, last):
        if prim.buffer_load(self, i) == v:
            return i
    raise ValueError("array.index(x): x not in array")


@implements("array.count")
def array_count(self, v, /):
    found = 0
    for i in range(len(self)):
        if prim.buffer_load(self, i) == v:
            found += 1
    return found


@implements("array.tolist", "memoryview.tolist")
def tolist(self, /):
    return [x for x in self]


@implements("array.tobytes", "memoryview.tobytes")
def tobytes(self, /):
    return prim.buffer_bytes(self)


def nbytes(b):
    return len(b) * b.itemsize


def shape(b):
    return (len(b),)


@implements("bytearray.find")
def bytearray_find(self, sub, start=None, end=None, /):
    return find(prim.buffer_bytes(self), searched(sub), start, end)


@implements("bytearray.rfind")
def bytearray_rfind(self, sub, start=None, end=None, /):
    return rfind(prim.buffer_bytes(self), searched(sub), start, end)


@implements("bytearray.index")
def bytearray_index(self, sub, start=None, end=None, /):
    return index(prim.buffer_bytes(self), searched(sub), start, end)


@implements("bytearray.rindex")
def bytearray_rindex(self, sub, start=None, end=None, /):
    return rindex(prim.buffer_bytes(self), searched(sub), start, end)


@implements("bytearray.count")
def bytearray_count(self, sub, start=None, end=None, /):
    return count(prim.buffer_bytes(self), searched(sub), start, end)


@implements("bytearray.startswith")
def bytearray_startswith(self, prefix, start=None, end=None, /):
    return startswith(prim.buffer_bytes(self), prefix, start, end)


@implements("bytearray.endswith")
def bytearray_endswith(self, suffix, start=None, end=None, /):
    return endswith(prim.buffer_bytes(self), suffix, start, end)


@implements("bytearray.decode")
def bytearray_decode(self, encoding="utf-8", errors="strict"):
    return prim.bytes_decode(prim.buffer_bytes(self), encoding, errors)


@implements("bytearray.hex", "memoryview.hex")
def buffer_hex(self, sep=None, bytes_per_sep=1):
    return to_hex(prim.buffer_bytes(self), sep, bytes_per_sep)


def searched(sub):
    if prim.is_buffer(sub):
        return prim.buffer_bytes(sub)
    else:
        return sub


# Operators.


@implements("bytearray.__contains__")
def bytearray_contains(self, value, /):
    if prim.is_integer(value):
        return where(self, byte(value)) >= 0
    else:
        return needle(searched(value)) in prim.buffer_bytes(self)


@implements("array.__contains__", "memoryview.__contains__")
def contains(self, value, /):
    if not prim.is_number(value):
        prim.error("a search for {} in a buffer is not compiled", value)
    return where(self, value) >= 0


@implements("bytearray.__add__")
def bytearray_add(self, other, /):
    if not prim.is_bytes(other) and not prim.is_buffer(other):
        prim.error("can't concat {} to bytearray", other)
    out = of_bytes(prim.buffer_bytes(self))
    data = of_any(other)
    splice(out, len(out), 0, data, len(data))
    return out


@implements("array.__add__")
def array_add(self, other, /):
    if not prim.same_type(self, other):
        prim.error("can only append array (not {}) to array", other)
    out = prim.buffer_like(self, 0)
    array_extend_any(out, self)
    array_extend_any(out, other)
    return out


@implements("bytearray.__mul__", "array.__mul__")
def mul(self, n, /):
    if not prim.is_integer(n):
        prim.error("can't multiply sequence by non-int {}", n)
    out = prim.buffer_like(self, 0)
    if n > 0:
        data = prim.buffer_bytes(self) * int(n)
        prim.buffer_resize(out, len(self) * int(n))
        prim.buffer_write(out, 0, data)
    return out


@implements("bytearray.__imul__", "array.__imul__")
def imul(self, n, /):
    if not prim.is_integer(n):
        prim.error("can't multiply sequence by non-int {}", n)
    data = prim.buffer_bytes(self) * max(int(n), 0)
    prim.buffer_resize(self, len(self) * max(int(n), 0))
    prim.buffer_write(self, 0, data)
    return self


def equal(a, b):
    if prim.is_bytes(a) and prim.is_buffer(b):
        return equal(b, a)
    elif prim.is_bytes(b):
        if prim.buffer_kind(a) == "bytearray":
            return prim.buffer_bytes(a) == b
        elif prim.buffer_kind(a) == "array":
            return False
        else:
            return same_items(a, b)
    elif prim.is_buffer(a) and prim.is_buffer(b):
        if prim.buffer_kind(a) == "array" and prim.buffer_kind(b) == "bytearray":
            return False
        elif prim.buffer_kind(a) == "bytearray" and prim.buffer_kind(b) == "array":
            return False
        else:
            return same_items(a, b)
    elif prim.is_array(a) or prim.is_array(b):
        prim.error("comparing a buffer with an array is not compiled")
    else:
        return False


def same_items(a, b):
    if len(a) != len(b):
        return False
    for i in range(len(a)):
        if a[i] != b[i]:
            return False
    return True


def unequal(a, b):
    return not equal(a, b)


def ordered(a, b):
    if not ordered_by_bytes(a) or not ordered_by_bytes(b):
        prim.error("an order of buffers other than bytearrays is not compiled")
    return True


def ordered_by_bytes(x):
    if prim.is_buffer(x):
        return prim.buffer_kind(x) == "bytearray"
    else:
        return prim.is_bytes(x)


def less(a, b):
    ordered(a, b)
    return of_any(a) < of_any(b)


def not_less(a, b):
    ordered(a, b)
    return of_any(a) >= of_any(b)
