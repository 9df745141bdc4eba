"""The threads of parallel loops."""


@implements("cumbia.get_num_threads")
def get_num_threads():
    return prim.thread_count()


@implements("cumbia.get_thread_id")
def get_thread_id():
    return prim.thread_number()
