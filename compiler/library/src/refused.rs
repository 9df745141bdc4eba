//! Functions of Python's library that compiled code doesn't have: why, and what to write.
//!
//! A row is for a name that no body implements. Names that neither have a body nor a row
//! are refused in general words.

/// Why a function isn't compiled, and what to do instead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refused {
    /// Qualified name.
    pub name: &'static str,
    /// Completes "f() can't be compiled: ...".
    pub why: &'static str,
    /// What to write instead.
    pub instead: &'static str,
}

macro_rules! refused {
    ($( $($name:literal)|+: $why:literal, $instead:literal; )*) => {
        /// All rows.
        pub const REFUSED: &[Refused] = &[ $( $( Refused {
            name: $name,
            why: $why,
            instead: $instead,
        }, )+ )* ];
    };
}

refused! {
    // builtins
    "builtins.eval" | "builtins.exec" | "builtins.compile":
        "the text that it would run isn't known when compiling",
        "choose among functions, as a dict of them does, and call the one that is wanted";
    "builtins.globals" | "builtins.locals" | "builtins.vars" | "builtins.dir":
        "names are gone once a function is compiled",
        "name the variables or attributes, or keep them in a dict";
    "builtins.open": "compiled code doesn't read or write files",
        "read the file outside and pass what is in it: numbers as np.loadtxt or np.load give them, or a list of lines";
    "builtins.input" | "builtins.breakpoint" | "builtins.help":
        "it works on files or the terminal",
        "call it outside and pass what it gives as an argument";
    "builtins.__import__": "modules are known when compiling", "import at the top of the module";
    "builtins.aiter" | "builtins.anext": "nothing is awaited in compiled code",
        "use iter() and next(), or call the compiled function from the async one";
    "builtins.delattr": "the attributes of an instance are fixed", "assign None to it, or leave it out";
    "builtins.super": "methods are found when compiling",
        "call the base class's method by name, as in `Base.method(self)`";
    "builtins.classmethod" | "builtins.staticmethod" | "builtins.property":
        "classes are made outside of compiled functions", "decorate the method in the class's text";
    "builtins.object": "a bare object has no use in compiled code", "use None or a constant as a mark";
    "builtins.type": "classes are made outside of compiled functions",
        "define the class at the top of the module; type(x) with one argument is compiled";
    "builtins.exit" | "builtins.quit": "it leaves the interpreter", "raise an exception";
    // NumPy
    "numpy.frompyfunc": "its results are arrays of objects", "np.vectorize(function) gives arrays of numbers";
    "numpy.unstack": "the length of its tuple depends on the array", "write `x, y = a`, or index the array";
    "numpy.poly1d": "polynomials are no objects in compiled code",
        "write np.polyval(c, x), np.polyadd, np.polymul, np.polyder, np.polyint or np.roots with an array of the coefficients, the highest power first";
    "numpy.polynomial.polynomial.Polynomial": "series are no objects in compiled code",
        "write np.polynomial.polynomial.polyval(x, c), polyfit, polymul and their like";
    "numpy.polynomial.chebyshev.Chebyshev": "series are no objects in compiled code",
        "write np.polynomial.chebyshev.chebval(x, c), chebfit, chebmul and their like";
    "numpy.polynomial.legendre.Legendre": "series are no objects in compiled code",
        "write np.polynomial.legendre.legval(x, c), legfit, legmul and their like";
    "numpy.polynomial.hermite.Hermite": "series are no objects in compiled code",
        "write np.polynomial.hermite.hermval(x, c), hermfit, hermmul and their like";
    "numpy.polynomial.hermite_e.HermiteE": "series are no objects in compiled code",
        "write np.polynomial.hermite_e.hermeval(x, c), hermefit, hermemul and their like";
    "numpy.polynomial.laguerre.Laguerre": "series are no objects in compiled code",
        "write np.polynomial.laguerre.lagval(x, c), lagfit, lagmul and their like";
    "numpy.random.mtrand.RandomState": "the global generator is the only one of its kind that compiled code has",
        "use np.random.default_rng(seed), or the functions of np.random after np.random.seed(n)";
    "numpy.matrix" | "numpy.asmatrix" | "numpy.bmat": "matrices are a class of their own",
        "use an array of two dimensions, @ for products, and np.block";
    "numpy.ma.core.array" | "numpy.ma.MaskedArray": "masked arrays are a class of their own",
        "use an array and a mask: a[~mask], or where= of the functions";
    "numpy.array2string" | "numpy.array_repr" | "numpy.array_str" | "numpy.format_float_positional" | "numpy.format_float_scientific":
        "compiled code makes no text of arrays, and formats numbers as Python does",
        "print the numbers one by one, format them as in f\"{x:.3f}\", or return the array and print it outside";
    "numpy.set_printoptions" | "numpy.get_printoptions" | "numpy.printoptions":
        "compiled code makes no text of arrays", "call it outside";
    "numpy.fromfile" | "numpy.genfromtxt" | "numpy.load" | "numpy.loadtxt" | "numpy.fromregex" | "numpy.memmap":
        "compiled code reads no files", "read it outside and pass the array as an argument";
    "numpy.save" | "numpy.savez" | "numpy.savez_compressed" | "numpy.savetxt":
        "compiled code writes no files", "return the array and save it outside";
    "numpy.fromstring": "its binary mode is gone from NumPy and its text mode reads one number after the other",
        "write np.array([float(word) for word in text.split()])";
    "numpy.from_dlpack": "the other library's array is a Python object", "call it outside and pass the array as an argument";
    "numpy.seterr" | "numpy.seterrcall" | "numpy.setbufsize": "it changes settings of the interpreter",
        "call it outside, or write `with np.errstate(...):`";
    "numpy.geterr" | "numpy.geterrcall" | "numpy.getbufsize": "it asks for settings of the interpreter",
        "call it outside and pass what it gives";
    "numpy.info" | "numpy.show_config" | "numpy.show_runtime" | "numpy.get_include":
        "it is for people at the prompt, or for builds", "call it outside";
    "numpy.typename" | "numpy.mintypecode": "it is about the letters of dtypes", "compare dtypes: `a.dtype == np.float32`, or np.issubdtype(a.dtype, np.floating)";
    "numpy.recarray" | "numpy.record" | "numpy.rec.array" | "numpy.rec.fromarrays" | "numpy.rec.fromrecords":
        "records that have fields as attributes are made outside",
        "make a structured array, np.zeros(n, dtype), and write a[\"x\"]";
    "numpy.nested_iters": "its items are views that it moves over the elements",
        "write one `for index in np.ndindex(...)` in another";
    "numpy.broadcast": "an iterator over several arrays is no object in compiled code",
        "write np.broadcast_shapes(a.shape, b.shape), or np.broadcast_arrays(a, b)";
    "numpy.flatiter": "it is made by the attribute alone", "write a.flat";
    "numpy.einsum_path": "it gives a list of tuples of several lengths and a text",
        "call it outside; np.einsum has optimize=";
    "numpy.generic" | "numpy.number" | "numpy.integer" | "numpy.signedinteger" | "numpy.unsignedinteger" | "numpy.inexact" | "numpy.floating" | "numpy.complexfloating" | "numpy.flexible" | "numpy.ufunc":
        "it is a class of classes, which has no instances of its own",
        "name a dtype, as np.float64, or ask np.issubdtype(a.dtype, np.floating)";
    "numpy.busday_count" | "numpy.busday_offset" | "numpy.is_busday" | "numpy.busdaycalendar":
        "compiled code has no calendars of business days",
        "call it outside; the weekday of a day is (d.astype('M8[D]').astype(np.int64) + 3) % 7, with 0 for Monday";
    "numpy.datetime_as_string": "its texts have a length that the unit tells",
        "call it outside, or write the parts as in f\"{year}-{month:02}\"";
    "numpy.datetime_data": "units are known when compiling", "name the unit, as in a.astype('M8[s]')";
    "numpy.char.array" | "numpy.char.asarray" | "numpy.char.chararray" | "numpy.rec.recarray":
        "it is a class of its own for old code", "use an array of texts as it is, and the functions of np.strings";
    "numpy.char.compare_chararrays": "the comparison is chosen by a text", "write a == b, a < b and the like";
    "numpy.strings.multiply" | "numpy.strings.replace" | "numpy.strings.center" | "numpy.strings.ljust" | "numpy.strings.rjust" | "numpy.strings.zfill" | "numpy.strings.slice" | "numpy.strings.decode" | "numpy.strings.encode" | "numpy.strings.expandtabs" | "numpy.strings.mod" | "numpy.strings.translate" | "numpy.strings.partition" | "numpy.strings.rpartition":
        "the length of its texts isn't known when compiling",
        "write a loop: items have the methods of str and bytes, and a list takes texts of any length";
    "numpy.char.split" | "numpy.char.rsplit" | "numpy.char.splitlines" | "numpy.char.join":
        "its results are arrays of Python's lists or texts",
        "write a loop: items have the methods of str and bytes, as in `for x in a: parts = x.split()`";
    "numpy.char.partition" | "numpy.char.rpartition" | "numpy.char.multiply" | "numpy.char.add":
        "the length of its texts isn't known when compiling",
        "write a loop: items have the methods and operators of str and bytes, and a list takes texts of any length";
    // warnings
    "warnings.catch_warnings" | "warnings.simplefilter" | "warnings.filterwarnings" | "warnings.resetwarnings" | "warnings.showwarning" | "warnings.formatwarning":
        "it changes settings of the interpreter", "call it outside; warnings.warn(\"...\") is compiled";
    "warnings.warn_explicit": "the place of a warning is the line that gives it",
        "write warnings.warn(\"...\")";
    // np.random
    "numpy.random.random_integers": "it is deprecated, and warns with its limits in the text",
        "write np.random.randint(low, high + 1)";
    "numpy.random.get_state" | "numpy.random.set_state" | "numpy.random.get_bit_generator" | "numpy.random.set_bit_generator":
        "the state is a Python object",
        "call it outside; compiled functions go on where NumPy's generator stands";
    "numpy.random._mt19937.MT19937" | "numpy.random._pcg64.PCG64" | "numpy.random._pcg64.PCG64DXSM" | "numpy.random._philox.Philox" | "numpy.random._sfc64.SFC64" | "numpy.random.bit_generator.SeedSequence" | "numpy.random.bit_generator.BitGenerator" | "numpy.random._generator.Generator":
        "bit generators are made outside",
        "pass np.random.Generator(...) of any of them as an argument; np.random.default_rng(seed) is compiled";
    "Generator.spawn": "its children are a list of Python's objects",
        "spawn outside and pass the generators, or make np.random.default_rng([seed, i])";
    "Generator.bit_generator": "bit generators are Python's objects", "call it outside";
    // Attributes and methods of arrays
    "ndarray.base": "compiled code doesn't keep which array a view is of",
        "compare with np.may_share_memory(a, b), or ask outside";
    "ndarray.ctypes" | "ndarray.data" | "ndarray.__array_interface__" | "ndarray.__array_struct__":
        "addresses and buffers are no objects in compiled code", "pass the array itself, or ask outside";
    "ndarray.dump" | "ndarray.dumps" | "ndarray.tofile": "compiled code writes no files and no pickles",
        "return the array and write it outside; a.tobytes() is compiled";
    "ndarray.resize": "it changes an array in place while views of it may exist",
        "write a = np.resize(a, shape), which repeats, or copy to np.zeros(shape)";
    "ndarray.setfield" | "ndarray.getfield": "it looks at parts of elements", "write a.view(dtype), or a[\"field\"] of a structured array";
    "ndarray.to_device": "there is one device", "leave it out";
    "ndarray.setflags": "whether an array can be written to is part of its type",
        "call it outside; a.copy() can be written to";
    // functools
    "functools.lru_cache" | "functools.cache": "the results would be kept in Python's objects",
        "keep a dict of results, as in `if n not in known: known[n] = ...`";
    "functools.wraps" | "functools.update_wrapper": "functions have no attributes to copy in compiled code",
        "leave it out, or wrap the function outside";
    "functools.singledispatch" | "functools.singledispatchmethod":
        "it looks for the function by the class of a value at each call",
        "branch with isinstance(), which is decided when compiling";
    "functools.total_ordering" | "functools.cached_property" | "functools.partialmethod":
        "classes are made outside of compiled functions", "use it in the class's text";
    "functools.recursive_repr" | "functools.get_cache_token": "it is for the texts and tables of Python's classes",
        "leave it out";
    // time
    "time.gmtime" | "time.localtime" | "time.struct_time" | "time.strptime" | "time.strftime" | "time.asctime" | "time.ctime" | "time.mktime":
        "compiled code has no calendar times",
        "use np.datetime64 and np.timedelta64, or call it outside; time.time() is compiled";
    "time.tzset" | "time.get_clock_info" | "time.clock_settime" | "time.clock_settime_ns" | "time.pthread_getcpuclockid":
        "it asks or sets the system's clocks", "call it outside";
    "time.clock_gettime" | "time.clock_gettime_ns" | "time.clock_getres": "clocks by number aren't read",
        "use time.perf_counter(), time.monotonic(), time.process_time() or time.time()";
    // random
    "random.Random": "the module's own generator is the one that compiled code has",
        "use random.seed() and the module's functions, or np.random.default_rng(seed) for a generator of its own";
    "random.SystemRandom": "numbers of the operating system aren't drawn",
        "use the module's functions, or draw outside and pass the numbers";
    "random.getstate" | "random.setstate": "the state is a tuple of Python's",
        "call it outside; compiled functions go on where the module's generator stands";
    // collections
    "collections.ChainMap": "dicts that stand behind each other aren't compiled",
        "look into one dict after the other, or merge them: `{**first, **second}`";
    "collections.UserDict" | "collections.UserList" | "collections.UserString":
        "it is a class to derive from", "use a dict, a list or a str";
    // cumbia
    "cumbia._memory.array_at": "carray() and farray() take a pointer that C has passed to a cfunc",
        "make the array outside, where pointers of ctypes are taken, and pass it as an argument";
    // heapq
    "heapq._heapify_max" | "heapq._heappop_max" | "heapq._heapreplace_max" | "heapq._siftdown" | "heapq._siftup" | "heapq._siftdown_max" | "heapq._siftup_max":
        "it is a private function of heapq", "negate the items, or use heapq.nlargest()";
}

/// The row of a name.
pub fn refused(name: &str) -> Option<&'static Refused> {
    REFUSED.iter().find(|row| row.name == name)
}

/// What to write instead of an object of Python, by the name of its class; objects that
/// have functions around them, mostly.
pub fn instead_of(class: &str) -> Option<&'static str> {
    Some(match class {
        "_lru_cache_wrapper" => {
            "its results are kept in Python's objects: call `f.__wrapped__` by another name (`plain = f.__wrapped__` at the top of the module), or keep a dict of results"
        }
        "singledispatch function" => {
            "it looks for the function by the class of a value at each call: branch with isinstance(), which is decided when compiling"
        }
        "builtin_function_or_method" => {
            "it is written in C: call it outside and pass what it gives, or register an implementation with cumbia.extending.overload"
        }
        "KeyWrapper" => {
            "make it where it is used, as in `sorted(xs, key=functools.cmp_to_key(compare))`"
        }
        "TextIOWrapper" => "print() without file= writes to sys.stdout",
        "_Helper" | "_Printer" | "Quitter" => "call it outside; to leave, raise an exception",
        "NotImplementedType" => {
            "methods of operators that give NotImplemented aren't compiled: raise TypeError"
        }
        "Random" | "SystemRandom" => {
            "use the functions of the module random, or a NumPy generator, np.random.default_rng(seed), as an argument"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::REFUSED;

    /// What a body implements is not refused.
    #[test]
    fn rows_have_no_bodies_and_stand_once() {
        for (at, row) in REFUSED.iter().enumerate() {
            assert!(crate::implementation(row.name).is_none(), "{} has a body", row.name);
            assert!(REFUSED[..at].iter().all(|other| other.name != row.name), "{} twice", row.name);
        }
    }
}
