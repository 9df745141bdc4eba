"""Functions beside what became of them, line by line: as data, as text, as HTML.

`lines` asks the compiler for its facts and puts them beside the lines that they belong to;
`text` and `html` write them down. Notebooks (`%%cumbia -a`) and `cumbia annotate` show them.
Nothing is found out here that the compiler doesn't tell: types, loops with their checks, the
IR that LLVM gets, and the assembly that it gives.
"""
