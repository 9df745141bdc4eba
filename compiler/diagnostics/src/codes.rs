//! All codes of diagnostics: the one table. `docs/diagnostics.md` is generated from
//! it by `tests/codes.rs` (`CUMBIA_BLESS=1`), which also checks that each code that
//! occurs in the compiler is here and the other way round.
//!
//! A code is for life: it names a kind of mistake, not a sentence. One is never
//! used for something else; a new kind gets a new number in its area.

/// A range of codes with one subject.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Area {
    /// What its codes begin with.
    pub prefix: &'static str,
    /// What they are about.
    pub title: &'static str,
}

/// A kind of mistake.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Code {
    /// The code.
    pub code: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// Why it is refused and what to do; in Markdown.
    pub explanation: &'static str,
}

/// The areas, in order.
pub const AREAS: &[Area] = &[
    Area { prefix: "CB01", title: "Source text" },
    Area { prefix: "CB02", title: "Syntax that isn't compiled" },
    Area { prefix: "CB03", title: "Types" },
    Area { prefix: "CB04", title: "Names and calls" },
    Area { prefix: "CB05", title: "Arrays and indexing" },
    Area { prefix: "CB06", title: "Arguments at the boundary" },
    Area { prefix: "CB07", title: "Kernels for devices" },
    Area { prefix: "CB09", title: "Failures of the compiler" },
];

/// The row of a code.
pub fn find(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|c| c.code == code)
}

/// A program that a code is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Example {
    /// What is refused.
    pub refused: &'static str,
    /// What to write in its place.
    pub instead: Option<&'static str>,
}

/// The programs of `examples.md`: for each code a section with one or two blocks.
const EXAMPLES: &str = include_str!("examples.md");

/// The codes that have an example.
pub fn examples() -> impl Iterator<Item = &'static str> {
    EXAMPLES.split("\n## ").skip(1).filter_map(|section| section.get(..6))
}

/// The example of a code, if there is one.
pub fn example(code: &str) -> Option<Example> {
    let (_, section) = EXAMPLES.split_once(&format!("\n## {code}\n"))?;
    let section = section.split("\n## ").next().unwrap_or(section);
    let mut blocks = section
        .split("```python\n")
        .skip(1)
        .map(|block| block.split_once("```").map_or(block, |(program, _)| program));
    Some(Example { refused: blocks.next()?, instead: blocks.next() })
}

const fn row(code: &'static str, title: &'static str, explanation: &'static str) -> Code {
    Code { code, title, explanation }
}

/// The table, in the order of the codes.
pub const CODES: &[Code] = &[
    row(
        "CB0101",
        "The source can't be found",
        "The text of the function is in no file, cell or history. Define it in a module or a notebook, or pass the text: `jit(source=...)`.",
    ),
    row(
        "CB0102",
        "The source has changed",
        "The file no longer holds what Python runs. Reload the module.",
    ),
    row(
        "CB0103",
        "The source is of another function",
        "Compiling the text gives other code than the function has: it isn't the function's text.",
    ),
    row(
        "CB0104",
        "Class-private names",
        "A name such as `__x` in a class means `_Class__x`; the function's lines alone don't tell. Rename it.",
    ),
    row(
        "CB0105",
        "The code was altered on import",
        "An import hook rewrote the function (assertion rewriting, coverage, type checks at run time), so its text isn't what Python runs. Exclude the module from the hook.",
    ),
    row(
        "CB0106",
        "Too deep for Python's parser",
        "An expression or a chain of `elif` has so many links that Python can't walk its tree. Split it into several statements.",
    ),
    row(
        "CB0110",
        "The source of a called function can't be had",
        "The function calls another one that would have to be compiled too, but has no text. See CB0101.",
    ),
    row(
        "CB0120",
        "The text can't be parsed",
        "Syntax up to Python 3.12 is known, except f-strings that nest quotes of the same kind or contain line breaks.",
    ),
    row(
        "CB0121",
        "Too deeply nested or too large",
        "At most 200 open brackets, 100 levels of indentation, 10,000 operators in one expression, integers of 4,300 digits, 100,000 calls in one function (operations of strings and containers included), 8,000 numbers among the arguments. Split the expression or the function.",
    ),
    row(
        "CB0122",
        "The function isn't in its text",
        "The text holds no such `def` or `lambda`: it isn't what Python runs.",
    ),
    row(
        "CB0201",
        "async function",
        "Compiled code doesn't wait for events. Compile the computation as a plain function and call it from the async one.",
    ),
    row(
        "CB0204",
        "A value sent to a generator",
        "Where Python sends values to a generator that it gets, the annotation of the generator function says of which type they are: `Generator[yields, sends, returns]` with bool, int, float or complex. In compiled code whoever sends says it. A `yield` inside of a generator expression isn't Python.",
    ),
    row("CB0205", "`await`", "Await outside of the compiled function."),
    row(
        "CB0206",
        "Decorated nested function",
        "Leave the decorator out: a nested function is compiled with the one around it.",
    ),
    row(
        "CB0207",
        "Lambda in a generator expression",
        "Write a loop, or define the function before.",
    ),
    row("CB0208", "Class definition", "Define the class outside."),
    row(
        "CB0209",
        "A generator that has something to do when it is dropped",
        "A generator that waits in a `try` with `finally`, or with a handler that takes GeneratorExit, is closed when its last reference goes. It can't be in a container or in a variable that nested functions share, and the handler must name the class itself.",
    ),
    row("CB0210", "`except*`", "Compiled code makes no exception groups. Use `except`."),
    row(
        "CB0211",
        "`with` of something else",
        "Instances of classes with `__enter__` and `__exit__` are context managers in compiled code, and those of the library that `docs/supported.md` lists. Use others around the call of the compiled function.",
    ),
    row("CB0212", "`match`", "Use `if` and `elif`."),
    row("CB0213", "`del`", "Leave it out: memory is freed when it was used for the last time."),
    row(
        "CB0214",
        "Assignment to a global",
        "Return the value and assign it in the caller. A global that is only read needs no declaration, and may have one.",
    ),
    row(
        "CB0215",
        "Assignment to a variable of an enclosing function",
        "Return the value and assign it in the caller.",
    ),
    row("CB0216", "Import", "Import at the top of the module."),
    row("CB0217", "Type alias", "Define it outside."),
    row(
        "CB0218",
        "`raise` without an exception",
        "Outside of `except` it isn't known when compiling what is raised again. Name the exception.",
    ),
    row(
        "CB0219",
        "`finally` copied too often",
        "The body of a `finally` is compiled once for each way out of its `try`; nested ones multiply. Move inner `try` statements to a function of their own.",
    ),
    row("CB0220", "`async for`, `async with`", "Compile the computation as a plain function."),
    row(
        "CB0221",
        "`del` of a shared variable",
        "A nested function uses the variable. Leave `del` out.",
    ),
    row("CB0225", "Assignment to an attribute", "Return the value and assign it in the caller."),
    row("CB0226", "Starred target", "`a, *b = c` makes a list. Name each target, or take a slice."),
    row("CB0236", "Generator expression", "Write a loop."),
    row("CB0239", "Starred item in a display", "Name the items."),
    row("CB0241", "Keyword arguments of an exception", "Pass the arguments by position."),
    row(
        "CB0242",
        "Name of an exception in a nested function",
        "Python deletes the name when the `except` clause ends. Assign the exception to another variable first.",
    ),
    row(
        "CB0243",
        "Half of a surrogate pair in a literal",
        "A string literal can't have `\\ud800` and the like. Make the character with `chr(0xd800)`.",
    ),
    row(
        "CB0245",
        "`break` in a loop over prange",
        "The turns of a loop over `prange` run at the same time, so none can keep others from running. Use `range`, or skip what isn't wanted with `continue`.",
    ),
    row(
        "CB0246",
        "`return` in a loop over prange",
        "The turns of a loop over `prange` run at the same time, so none can end the function. Assign to a variable and return it behind the loop, or use `range`.",
    ),
    row(
        "CB0247",
        "`yield` in a loop over prange",
        "A generator goes on in one thread: use `range`.",
    ),
    row(
        "CB0248",
        "`del` of a variable in a loop over prange",
        "Each turn of such a loop has variables of its own, which end with it. Leave the `del` out.",
    ),
    row(
        "CB0249",
        "A loop over prange with a variable that a nested function shares",
        "A variable that changes after a nested function has captured it is shared with that function, and threads can't share it. Assign its value to another variable before the loop, or use `range`.",
    ),
    row(
        "CB0250",
        "A handler reads what a loop over prange binds",
        "When an exception leaves a loop over `prange`, turns after the one that raised may have run and those before it are done: a variable of the loop has no value that it would have without threads. Put the `try` into the loop, or around a call of the function, or use `range`.",
    ),
    row(
        "CB0251",
        "A reduction that can't be done in parts",
        "A loop over `prange` is done in parts that are put together. That works for `+ - * /`, bitwise operators, `min`, `max`, `and` and `or`, with the variable as the first operand and nowhere else in the loop; `//`, `%`, `**`, shifts and `x - variable` depend on the order. Use `range`, or another formula.",
    ),
    row(
        "CB0252",
        "A variable comes from an earlier turn of a loop over prange",
        "The turns of such a loop run in no order, so a variable that a turn reads must have been given a value in the same turn, be bound outside of the loop alone, or be reduced (`total += x`, or `total = f(total, x)` where `f` has `@jit(associative=True)`). A reduced variable needs a value before the loop.",
    ),
    row(
        "CB0253",
        "Threads can't share a container",
        "Lists, sets, dicts, instances and generators belong to one thread: a loop over `prange` can't use those that are made outside of it. Use an array, or `range`.",
    ),
    row(
        "CB0254",
        "A variable of a loop over prange is read after it",
        "Numbers and truth values live on after such a loop, as after any; arrays, strings and containers of a turn end with it. Write them to an array, or use `range`.",
    ),
    row(
        "CB0255",
        "What isn't put together over the turns of prange",
        "Numbers are reduced by operators and by Python's `min` and `max` or NumPy's `minimum` and `maximum`. Arrays are where they are changed in place, by `v += e` or `v[k] += e` alone, unless integers would be rounded in each turn. New arrays and strings aren't, nor are results of functions that nobody knows to give the same in any order; what a function that is marked as associative combines has the form of the variable; of floats the variable comes first in `min` and `max`, since a nan would make the order matter.",
    ),
    row(
        "CB0256",
        "Another prange",
        "A loop over a call of what is named `prange` was to run on several threads, but the call doesn't give a range. Use `cumbia.prange`, or give the other function another name.",
    ),
    row(
        "CB0270",
        "A stencil kernel whose neighbors aren't known",
        "A stencil's edges follow from the constant indices of its kernel. Where an index is no constant, or an array is used as a whole, say `neighborhood=((low, high), ...)`, or name the array in `standard_indexing=`. A kernel returns the new element and writes to no array.",
    ),
    row(
        "CB0301",
        "A variable would have two types that don't join",
        "Where two paths meet, a variable has one type: numbers join to the wider one. What follows is compiled for each type where they don't join, but for types that alternate from turn to turn of a loop, paths that are too many, and results that are refused (CB0302). Use another variable.",
    ),
    row(
        "CB0302",
        "Paths return different types",
        "Paths may return several types of numbers, `None`, and tuples of these. A text, an array or a container on one path and something else on another can't be a result.",
    ),
    row(
        "CB0303",
        "Operation not defined for these types",
        "Python or NumPy raises TypeError here, or the operation isn't compiled yet; the message says which.",
    ),
    row(
        "CB0304",
        "Can't be iterated over",
        "Loops go over `range(...)`, arrays, and tuples whose items have one type.",
    ),
    row(
        "CB0305",
        "Can't be unpacked",
        "The value isn't a tuple, or has another number of items than there are targets.",
    ),
    row(
        "CB0306",
        "The types don't settle",
        "Each turn of a loop would give a variable yet another type. Use a new variable where the type changes.",
    ),
    row(
        "CB0307",
        "Integer beyond 64 bits",
        "Compiled Python integers have 64 bits and a sign. `np.uint64(x)` has those below `2**64`; for large numbers write a float, such as `1e30`.",
    ),
    row(
        "CB0309",
        "Elementwise function not compiled for this dtype",
        "NumPy has no loop for the dtype, or one with `float16`, which compiled code hasn't. Convert the operand first.",
    ),
    row(
        "CB0310",
        "Tuple too large",
        "Each item of a tuple is a value of its own in compiled code. Put many values into an array.",
    ),
    row(
        "CB0311",
        "An iterator that is kept",
        "An object such as enumerate(x), zip(a, b), reversed(x) or a.flat has no state in compiled code. Write it where it is iterated over.",
    ),
    row(
        "CB0312",
        "A generator as a result",
        "A generator is given to Python as the result itself, not inside of another value, and where all that it yields, and all arguments, can be used by both: numbers, strings, arrays, functions, lists, sets, dicts, and tuples of them. Otherwise give a list or an array of its items.",
    ),
    row(
        "CB0320",
        "Not an element of a container",
        "Lists, sets and dicts hold numbers, strings, None, arrays, and tuples and containers of them; lists and values of dicts hold functions as well. Modules and iterators can't be kept in them, and what a container's method is given must be what it takes.",
    ),
    row(
        "CB0321",
        "Unhashable",
        "Elements of sets and keys of dicts are hashed: lists, sets, dicts and arrays can't be, nor tuples with one of them inside.",
    ),
    row(
        "CB0322",
        "Element of another type",
        "The elements of a container have one type, and so have the keys and the values of a dict. An empty one gets its type from its first use; numbers join to the wider one while the display is in the same function. Convert the value, or keep the two kinds apart.",
    ),
    row(
        "CB0401",
        "Name not defined",
        "The name must be a global, builtin or closure variable when the function is first called.",
    ),
    row(
        "CB0402",
        "An object that compiled code can't use",
        "A global or closure variable holds an object of a type that isn't supported. Pass what is needed of it as an argument.",
    ),
    row(
        "CB0403",
        "No such attribute or method",
        "The attribute doesn't exist, or isn't compiled yet: `docs/supported.md` lists those that are.",
    ),
    row(
        "CB0404",
        "Arguments not supported",
        "The function is known, but not with these arguments. `docs/supported.md` lists what is compiled.",
    ),
    row(
        "CB0405",
        "Endless chain of argument types",
        "A recursive function calls itself with a new type each time. It must come back to the same types.",
    ),
    row("CB0406", "Not callable", "The value isn't a function."),
    row(
        "CB0407",
        "Not an exception to raise",
        "Exception classes can be raised, exceptions caught with `except ... as` and made to be raised later, but for classes with an `__init__` of their own.",
    ),
    row(
        "CB0408",
        "Argument of an exception",
        "An exception's arguments are strings, numbers, None, bytes, and tuples of these.",
    ),
    row(
        "CB0410",
        "Arguments don't fit the parameters",
        "Too many, too few, or a keyword that isn't a parameter: a TypeError in Python as well.",
    ),
    row(
        "CB0411",
        "Key of a `**kwargs` dict",
        "The names are known when the call is compiled; a key must be a constant string for that.",
    ),
    row(
        "CB0501",
        "Index of an array",
        "Too many indices, or an index of a type that NumPy doesn't take.",
    ),
    row(
        "CB0502",
        "Index of a tuple",
        "The index is out of range, or not known when compiling while the items have different types: numbers, arrays of one dtype and number of axes, texts and functions can be chosen from at run time.",
    ),
    row(
        "CB0503",
        "Can't be indexed, or not assigned to",
        "The value isn't an array or tuple; items of a tuple can't be assigned.",
    ),
    row(
        "CB0504",
        "Can't be stored in the array",
        "The value doesn't go into the array's dtype or shape.",
    ),
    row("CB0505", "Not a shape", "A shape is an integer or a tuple of integers."),
    row(
        "CB0506",
        "Refused by a library function",
        "The function's own check refuses these arguments; the message says why.",
    ),
    row(
        "CB0701",
        "Only kernels have it",
        "Indices of threads, shared memory, barriers and their like belong to a function under `@cuda.jit`.",
    ),
    row(
        "CB0702",
        "An array of a kernel",
        "Arrays in shared, local and constant memory have a shape and a dtype that are known when compiling.",
    ),
    row(
        "CB0703",
        "A kernel returns something",
        "Thousands of threads run a kernel, so there is no one result: it goes into an array.",
    ),
    row(
        "CB0704",
        "An argument that kernels don't take",
        "A device has numbers, arrays and tuples of them; strings, lists and other objects are the host's.",
    ),
    row("CB0705", "Not for lanes of a warp", "Lanes exchange numbers of 32 or 64 bits."),
    row(
        "CB0706",
        "Devices don't have it",
        "What allocates memory, works on objects or calls a function of the runtime runs on the host alone.",
    ),
    row(
        "CB0901",
        "The compiler failed",
        "This is a bug of cumbia. Please report it with the function's text.",
    ),
];
