"""Calls of a value that is a function, where what is called asks for a call in the text.

Inference goes here with functions of the library and methods that are called through a
choice, a partial object or starred arguments: inside, the function is one of its type,
and the call is a plain one. Keyword arguments don't come here.

A dict whose keys are names in the text, and which is only read by such names and passed
on as `**d`, is what a `**kwargs` parameter receives: each name has a type of its own.
"""


def keywords(**kwargs):
    return kwargs


def made_by(make, /, **kwargs):
    """`dict(a=1)`, if that is what `dict` means."""
    if make is dict:
        return kwargs
    else:
        return make(**kwargs)


def unbound(name, cls):
    """A method of a class, as a function of an instance."""
    return lambda self, /, *args, **kwargs: getattr(of_class(self, cls), name)(*args, **kwargs)


def of_class(instance, cls):
    if isinstance(instance, cls):
        return instance
    else:
        prim.error("a method of a class is called with {}, which is no instance of it", instance)


def call0(function):
    return function()


def call1(function, a):
    return function(a)


def call2(function, a, b):
    return function(a, b)


def call3(function, a, b, c):
    return function(a, b, c)


def call4(function, a, b, c, d):
    return function(a, b, c, d)


def call5(function, a, b, c, d, e):
    return function(a, b, c, d, e)


def call6(function, a, b, c, d, e, f):
    return function(a, b, c, d, e, f)
