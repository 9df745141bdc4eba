//! The one table of refused syntax: construct, code, readable name, what to do.
//!
//! `build/` names a construct where it meets it; the words are here alone. To
//! support a construct, delete its row (see `docs/how-to/add-a-syntax-construct.md`).
//! What is refused for its types or its callee is not syntax and isn't here.

use cumbia_diagnostics::{Diagnostic, Span};

macro_rules! constructs {
    ($($construct:ident $code:literal $name:literal $help:literal;)*) => {
        /// A construct of Python's syntax that isn't compiled.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Construct {
            $(#[doc = $name] $construct,)*
        }

        impl Construct {
            /// All rows of the table.
            pub const ALL: &[Construct] = &[$(Construct::$construct,)*];

            /// The diagnostic's code.
            pub const fn code(self) -> &'static str {
                match self { $(Construct::$construct => $code,)* }
            }

            /// Readable name, with an article where it has one.
            pub const fn name(self) -> &'static str {
                match self { $(Construct::$construct => $name,)* }
            }

            /// What to do instead.
            pub const fn help(self) -> &'static str {
                match self { $(Construct::$construct => $help,)* }
            }
        }
    };
}

constructs! {
    // Functions.
    AsyncFunction "CB0201" "an async function" "compile the computation as a plain function and call that from the async one";
    YieldInExpression "CB0204" "a `yield` in a generator expression" "write a generator function";
    HiddenExit "CB0209" "a `yield` in a `try` with a handler that takes GeneratorExit by another name" "name the class itself: `except GeneratorExit` or `except BaseException`";
    LambdaInGenerator "CB0207" "a lambda inside a generator expression" "write a loop, or define the function before";
    Await "CB0205" "`await`" "await outside of the compiled function";
    DecoratedInner "CB0206" "a decorated function inside a compiled function" "leave the decorator out: nested functions are compiled with the one around them";
    Class "CB0208" "a class defined inside a compiled function" "define it outside";

    // Statements.
    ExceptStar "CB0210" "`except*`" "compiled code makes no exception groups: use `except`";
    MappingPattern "CB0212" "a mapping pattern with several keys that are no constants" "use if and elif";
    DeleteShared "CB0221" "`del` of a variable that a nested function uses" "leave it out";
    DeleteAttribute "CB0213" "`del` of an attribute" "leave it out";
    Global "CB0214" "assignment to a global variable" "return the value and assign it in the caller; reading a global needs no declaration";
    Nonlocal "CB0215" "assignment to a variable of an enclosing function" "return the value and assign it in the caller";
    Import "CB0216" "an import inside a compiled function" "import at the top of the module";
    TypeAlias "CB0217" "a type alias inside a compiled function" "define it outside";
    BareRaise "CB0218" "`raise` without an exception outside of `except`" "name the exception to raise";
    Finally "CB0219" "a `finally` that would be copied this often" "each way out of a `try` has a copy of its `finally` body, those inside it included: move inner `try` statements to a function";
    AsyncStatement "CB0220" "an `async for` or `async with`" "compile the computation as a plain function";

    // Parallel loops.
    BreakInParallel "CB0245" "`break` in a loop over prange" "all turns run, in no order: use range, or skip what isn't wanted with `continue`";
    ReturnInParallel "CB0246" "`return` in a loop over prange" "all turns run, in no order: use range, or assign to a variable and return behind the loop";
    YieldInParallel "CB0247" "`yield` in a loop over prange" "use range";
    DeleteInParallel "CB0248" "`del` of a variable in a loop over prange" "leave it out: each turn has variables of its own";
    SharedInParallel "CB0249" "a loop over prange with a variable that a nested function shares" "assign its value to another variable before the loop, or use range";
    HandledInParallel "CB0250" "a `try` around a loop over prange whose handler reads a variable of the loop" "where the loop was left says nothing of such variables: put the `try` into the loop, or into another function around this one, or use range";
    ReductionInParallel "CB0251" "a reduction that can't be done in parts" "parts can be put together for `+ - * /`, bitwise operators, `min`, `max`, `and`, `or`, with the variable as the first operand and nowhere else in the loop: use range, or another formula";

    // Targets.
    StarredTarget "CB0226" "a starred target without others" "assign the value itself";

    // Expressions.
    GeneratorExpression "CB0236" "a generator expression inside several others" "write a loop";
    StarredItem "CB0239" "a starred expression here" "name the items";
    SharedExceptionName "CB0242" "an exception's name (`as ...`) that a nested function uses" "assign the exception to another variable first";
    Surrogate "CB0243" "a string with half of a surrogate pair" "make it with chr(0xd800) where it is needed";
    RaiseKeywords "CB0241" "keyword arguments of an exception" "pass the arguments by position";
}

impl Construct {
    /// The refusal of this construct at a place.
    pub fn refuse(self, span: Span) -> Diagnostic {
        Diagnostic::error(self.code(), span, format!("{} can't be compiled", self.name()))
            .labelled("not supported in a compiled function")
            .help(self.help())
    }
}
