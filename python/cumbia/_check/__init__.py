"""What `cumbia check` finds in a file, without running it.

`module` makes a file's functions from their text, with the globals that can be known; `types`
says what their arguments may be; `findings` has them compiled and tells what is wrong. Python
compiles the file, and the modules of Python's library, NumPy and cumbia that it imports are
imported; nothing of the file itself is ever run, and nothing that is compiled here is called.
"""
