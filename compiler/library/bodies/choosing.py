"""One of several: choose, select, piecewise.

Choices are a tuple, a list of arrays or numbers of one type, or the rows of an array. The
functions of `piecewise` get the elements of their condition as one line, as in NumPy.
"""

from axes import no_out
from broadcasting import item, sample, shape_of, single_shape, single_shape_with, spread_to
from copying import as_array
from selecting import truth, wrapped
from taking import check_integers, check_mode, copy_where
from truth import count_nonzero


def all_shapes(items):
    """The shapes of a tuple or list of operands."""
    if prim.is_tuple(items):
        if len(items) == 0:
            return ()
        else:
            return (shape_of(items[0]),) + all_shapes(items[1:])
    else:
        return [shape_of(item) for item in items]


def promoted(items, x):
    """A number of the common dtype of operands and `x`, with Python numbers weak."""
    everything = (x,) + items
    if any_strong(everything):
        return fold_weak(everything, fold_strong(everything, first_strong(everything)))
    else:
        return fold_weak(everything, x)


def any_strong(items):
    if len(items) == 0:
        return False
    else:
        return not prim.is_weak(items[0]) or any_strong(items[1:])


def first_strong(items):
    if prim.is_weak(items[0]):
        return first_strong(items[1:])
    else:
        return sample(items[0])


def fold_strong(items, x):
    if len(items) == 0:
        return x
    elif prim.is_weak(items[0]):
        return fold_strong(items[1:], x)
    else:
        return fold_strong(items[1:], prim.promote(x, sample(items[0])))


def fold_weak(items, x):
    """Python numbers last, when the others have a common dtype."""
    if len(items) == 0:
        return x
    elif prim.is_weak(items[0]):
        return fold_weak(items[1:], prim.promote(x, items[0]))
    else:
        return fold_weak(items[1:], x)


def operand(x):
    """A tuple or list as an array; arrays and numbers stay."""
    if prim.is_array(x) or prim.is_number(x):
        return x
    else:
        return as_array(x)


def operands(items):
    if len(items) == 0:
        return ()
    else:
        return (operand(items[0]),) + operands(items[1:])


def heads(items, i):
    if len(items) == 0:
        return ()
    else:
        return (item(items[0], i),) + heads(items[1:], i)


def spread_all(items, shape):
    if len(items) == 0:
        return ()
    else:
        return (spread_to(items[0], shape),) + spread_all(items[1:], shape)


def pick(choices, k, dtype):
    """One of a tuple of numbers."""
    if len(choices) == 1:
        return prim.cast(choices[0], dtype)
    elif k == 0:
        return prim.cast(choices[0], dtype)
    else:
        return pick(choices[1:], k - 1, dtype)


def chosen(k, n, mode):
    """Which choice a number stands for."""
    if mode == "wrap":
        return k % n
    elif mode == "clip":
        return max(0, min(k, n - 1))
    else:
        if k < 0 or k >= n:
            raise ValueError("invalid entry in choice array")
        return k


def choose_into(out, a, choices, mode):
    if out.ndim == 0:
        out[()] = pick(elements(choices), chosen(int(a[()]), len(choices), mode), prim.dtype(out))
    elif out.ndim == 1:
        for i in range(len(out)):
            out[i] = pick(heads(choices, i), chosen(int(a[i]), len(choices), mode), prim.dtype(out))
    else:
        for i in range(len(out)):
            choose_into(out[i], a[i], heads(choices, i), mode)


def elements(items):
    if len(items) == 0:
        return ()
    elif prim.is_array(items[0]):
        return (items[0][()],) + elements(items[1:])
    else:
        return (items[0],) + elements(items[1:])


def choose_row(out, a, rows, mode):
    """Choices that are the rows of an array."""
    if out.ndim == 0:
        out[()] = rows[chosen(int(a[()]), len(rows), mode)]
    elif out.ndim == 1:
        for i in range(len(out)):
            out[i] = rows[chosen(int(a[i]), len(rows), mode), i]
    else:
        for i in range(len(out)):
            choose_row(out[i], a[i], rows[:, i], mode)


@implements("numpy.choose", "ndarray.choose")
def choose(a, choices, out=None, mode="raise"):
    no_out(out)
    check_mode(mode)
    x = as_array(a)
    check_integers(x)
    if prim.is_tuple(choices):
        if len(choices) == 0:
            prim.error("0-length sequence.")
        else:
            each = operands(choices)
            shape = single_shape(all_shapes(each) + (x.shape,))
            dtype = prim.dtype(promoted(each[1:], each[0]))
            result = prim.empty(shape, dtype)
            choose_into(result, spread_to(x, shape), spread_all(each, shape), mode)
            return value_of(result)
    else:
        rows = as_array(choices)
        if rows.ndim == 0:
            prim.error("choices must be several, not {}", choices)
        else:
            if len(rows) == 0:
                raise ValueError("0-length sequence.")
            shape = single_shape((rows.shape[1:], x.shape))
            result = prim.empty(shape, prim.dtype(rows))
            strides = spread_to(prim.view(rows, rows.shape[1:], rows.strides[1:], 0), shape).strides
            choose_row(result, spread_to(x, shape), prim.view(rows, (len(rows),) + shape, (rows.strides[0],) + strides, 0), mode)
            return value_of(result)


def value_of(a):
    """A number where there are no axes."""
    if a.ndim == 0:
        return a[()]
    else:
        return a


def check_condition(c):
    if prim.is_weak(c) or prim.kind(prim.dtype(c)) != "b":
        prim.error("invalid entry in condlist: should be boolean ndarray, not {}", c)


def check_conditions(items):
    if len(items) > 0:
        check_condition(items[0])
        check_conditions(items[1:])


def burn(result, conditions, choices):
    """Copies the choices, the first one last."""
    if prim.is_tuple(conditions) and prim.is_tuple(choices):
        if len(conditions) > 0:
            burn(result, conditions[1:], choices[1:])
            put_choice(result, conditions[0], choices[0])
    elif prim.is_tuple(conditions):
        burn_tuple(result, conditions, choices, 0)
    elif prim.is_tuple(choices):
        burn_list(result, conditions, choices, 0)
    else:
        for k in range(len(conditions) - 1, -1, -1):
            put_choice(result, conditions[k], choices[k])


def burn_tuple(result, conditions, choices, k):
    if k < len(conditions):
        burn_tuple(result, conditions, choices, k + 1)
        put_choice(result, conditions[k], choices[k])


def burn_list(result, conditions, choices, k):
    if k < len(choices):
        burn_list(result, conditions, choices, k + 1)
        put_choice(result, conditions[k], choices[k])


def put_choice(result, condition, choice):
    x = as_array(choice)
    mask = as_array(condition)
    copy_where(result, spread_to(x, result.shape), spread_to(mask, result.shape))


def choices_sample(choices, default):
    """A number of the result's dtype."""
    if prim.is_list(choices):
        return promoted((choices[0],), operand(default))
    else:
        return promoted(choices, operand(default))


@implements("numpy.select")
def select(condlist, choicelist, default=0):
    if not (prim.is_tuple(condlist) or prim.is_list(condlist)) or not (prim.is_tuple(choicelist) or prim.is_list(choicelist)):
        prim.error("np.select takes tuples or lists, not {}", condlist)
    else:
        if len(condlist) != len(choicelist):
            raise ValueError("list of cases must be same length as list of conditions")
        if len(condlist) == 0:
            raise ValueError("select with an empty condition list is not possible")
        if prim.is_list(condlist):
            check_condition(condlist[0])
        else:
            check_conditions(condlist)
        choices = operands(choicelist) if prim.is_tuple(choicelist) else choicelist
        conditions = single_shape(all_shapes(condlist))
        spread = single_shape_with(all_shapes(choices), shape_of(operand(default)))
        shape = single_shape((conditions, spread))
        result = prim.empty(shape, prim.dtype(choices_sample(choices, default)))
        if result.ndim == 0:
            result[()] = prim.cast(as_array(default)[()], prim.dtype(result))
        else:
            np.copyto(result, wrapped(default, prim.dtype(result)), "unsafe")
        burn(result, condlist, choices)
        return result


def gathered(x, mask, n):
    """The elements where a mask is true, as a line."""
    out = prim.empty(n, prim.dtype(x))
    at = 0
    for i in range(len(x)):
        if mask[i]:
            out[at] = x[i]
            at += 1
    return out


def scatter(y, mask, values):
    """Stores a line, or a number, where a mask is true."""
    at = 0
    for i in range(len(y)):
        if mask[i]:
            if prim.is_array(values):
                y[i] = prim.cast(values[at], prim.dtype(y))
            else:
                y[i] = prim.cast(values, prim.dtype(y))
            at += 1


def truths_line(c, extents):
    """A condition on elements of an array of these extents, as a line of bools."""
    given = as_array(c)
    if given.ndim != len(extents):
        prim.error("conditions of np.piecewise must have the dimensions of x, not {}", c)
    else:
        for axis in range(len(extents)):
            prim.guard(
                given.shape[axis] == extents[axis],
                "IndexError",
                "boolean index did not match indexed array along axis {}; size of axis is {} but size of corresponding boolean axis is {}",
                axis,
                extents[axis],
                given.shape[axis],
            )
    line = given.ravel()
    n = len(line)
    out = prim.empty(n, np.bool_)
    for i in range(n):
        out[i] = truth(line[i])
    return out


def piece(y, x, mask, function, args):
    """What a function, or a number, gives where a mask is true."""
    if prim.is_number(function):
        scatter(y, mask, function)
    else:
        n = count_nonzero(mask)
        if n > 0:
            scatter(y, mask, function(gathered(x, mask, n), *args))


def pieces(y, x, extents, conditions, functions, others, args):
    if len(functions) == 0:
        return
    elif len(conditions) == 0:
        piece(y, x, others, functions[0], args)
    else:
        mask = truths_line(conditions[0], extents)
        without_mask(others, mask)
        piece(y, x, mask, functions[0], args)
        pieces(y, x, extents, conditions[1:], functions[1:], others, args)


def without_mask(others, mask):
    for i in range(len(mask)):
        if mask[i]:
            others[i] = False


def pieces_of_list(y, x, extents, conditions, functions, k, others, args):
    """The same for a list of conditions."""
    if len(functions) > 0:
        if k < len(conditions):
            mask = truths_line(conditions[k], extents)
            without_mask(others, mask)
            piece(y, x, mask, functions[0], args)
        else:
            piece(y, x, others, functions[0], args)
        pieces_of_list(y, x, extents, conditions, functions[1:], k + 1, others, args)


def pieces_by_list(y, x, extents, conditions, functions, k, others, args):
    """The same for a list of functions."""
    if prim.is_tuple(conditions):
        if len(conditions) > 0:
            mask = truths_line(conditions[0], extents)
            without_mask(others, mask)
            piece(y, x, mask, functions[k], args)
            pieces_by_list(y, x, extents, conditions[1:], functions, k + 1, others, args)
        elif k < len(functions):
            piece(y, x, others, functions[k], args)
    else:
        for i in range(len(functions)):
            if i < len(conditions):
                mask = truths_line(conditions[i], extents)
                without_mask(others, mask)
                piece(y, x, mask, functions[i], args)
            else:
                piece(y, x, others, functions[i], args)


def is_rows(conditions):
    """Whether an array stands for several conditions."""
    if prim.is_array(conditions):
        return conditions.ndim > 1
    else:
        return False


@implements("numpy.piecewise")
def piecewise(x, condlist, funclist, *args):
    a = as_array(x)
    conditions = condlist if prim.is_tuple(condlist) or prim.is_list(condlist) or is_rows(condlist) else (condlist,)
    if not prim.is_tuple(funclist) and not prim.is_list(funclist):
        prim.error("the functions of np.piecewise must be a tuple or a list, not {}", funclist)
    else:
        n = len(conditions)
        if n != len(funclist) and n != len(funclist) - 1:
            raise ValueError(f"with {n} condition(s), either {n} or {n + 1} functions are expected")
        line = a.ravel()
        y = prim.zeros(a.size, prim.dtype(a))
        others = np.ones(a.size, np.bool_)
        if prim.is_list(funclist):
            pieces_by_list(y, line, a.shape, conditions, funclist, 0, others, args)
        elif prim.is_tuple(conditions):
            pieces(y, line, a.shape, conditions, funclist, others, args)
        else:
            pieces_of_list(y, line, a.shape, conditions, funclist, 0, others, args)
        return prim.view_c(y, a.shape)
