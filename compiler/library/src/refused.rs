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
    "numpy.nditer": "its items are views that it moves over the elements",
        "write `for x in a.flat`, or `for index in np.ndindex(a.shape)` and a[index]; several arrays go side by side with zip(a.flat, b.flat)";
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
