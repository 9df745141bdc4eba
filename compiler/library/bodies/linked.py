"""Calls of other code by kernels: what `cumbia/cuda/_linked.py` writes functions with."""


@implements("cumbia.cuda._linked.is_emulated")
def is_emulated():
    return prim.is_emulated()


@implements("cumbia.cuda._linked.call")
def call(function, declared, arguments):
    return prim.linked(function, declared, arguments)


@implements("cumbia.cuda._linked.call_with_status")
def call_with_status(function, declared, arguments):
    answer = prim.linked_with_status(function, declared, arguments)
    # Numba's functions give 0, or -2 where they give None.
    if answer[1] != 0 and answer[1] != -2:
        raise RuntimeError("other code gave an error for its status")
    return answer[0]
