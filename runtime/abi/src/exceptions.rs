//! Exception classes by number: what compiled code compares, what runtime functions
//! raise, and what the boundary makes Python objects of.
//!
//! A number is a row's position in [`EXCEPTIONS`], and the same in every artifact.
//! Classes of users are numbered from [`FIRST_USER_CLASS`] on, per artifact. Names
//! are those of `builtins`; a name with dots is that of a class of a module.
//!
//! Exception groups are left out: compiled code makes and takes apart none.

/// One exception class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExceptionRow {
    /// Name in `builtins`, or with its module.
    pub name: &'static str,
    /// Direct base classes, by name.
    pub bases: &'static [&'static str],
}

/// The number that a user's first class has.
pub const FIRST_USER_CLASS: u32 = 1 << 16;

macro_rules! classes {
    ($( $name:literal : $($base:literal),* ; )*) => {
        /// All classes known by number; bases come before what derives from them.
        pub const EXCEPTIONS: &[ExceptionRow] = &[ $(
            ExceptionRow { name: $name, bases: &[ $($base),* ] },
        )* ];
    };
}

classes! {
    "BaseException": ;
    "Exception": "BaseException";
    "SystemExit": "BaseException";
    "KeyboardInterrupt": "BaseException";
    "GeneratorExit": "BaseException";
    "StopIteration": "Exception";
    "StopAsyncIteration": "Exception";
    "ArithmeticError": "Exception";
    "FloatingPointError": "ArithmeticError";
    "OverflowError": "ArithmeticError";
    "ZeroDivisionError": "ArithmeticError";
    "AssertionError": "Exception";
    "AttributeError": "Exception";
    "BufferError": "Exception";
    "EOFError": "Exception";
    "ImportError": "Exception";
    "ModuleNotFoundError": "ImportError";
    "LookupError": "Exception";
    "IndexError": "LookupError";
    "KeyError": "LookupError";
    "MemoryError": "Exception";
    "NameError": "Exception";
    "UnboundLocalError": "NameError";
    "OSError": "Exception";
    "BlockingIOError": "OSError";
    "ChildProcessError": "OSError";
    "ConnectionError": "OSError";
    "BrokenPipeError": "ConnectionError";
    "ConnectionAbortedError": "ConnectionError";
    "ConnectionRefusedError": "ConnectionError";
    "ConnectionResetError": "ConnectionError";
    "FileExistsError": "OSError";
    "FileNotFoundError": "OSError";
    "InterruptedError": "OSError";
    "IsADirectoryError": "OSError";
    "NotADirectoryError": "OSError";
    "PermissionError": "OSError";
    "ProcessLookupError": "OSError";
    "TimeoutError": "OSError";
    "ReferenceError": "Exception";
    "RuntimeError": "Exception";
    "NotImplementedError": "RuntimeError";
    "RecursionError": "RuntimeError";
    "SyntaxError": "Exception";
    "IndentationError": "SyntaxError";
    "TabError": "IndentationError";
    "SystemError": "Exception";
    "TypeError": "Exception";
    "ValueError": "Exception";
    "UnicodeError": "ValueError";
    "UnicodeDecodeError": "UnicodeError";
    "UnicodeEncodeError": "UnicodeError";
    "UnicodeTranslateError": "UnicodeError";
    "Warning": "Exception";
    "BytesWarning": "Warning";
    "DeprecationWarning": "Warning";
    "EncodingWarning": "Warning";
    "FutureWarning": "Warning";
    "ImportWarning": "Warning";
    "PendingDeprecationWarning": "Warning";
    "ResourceWarning": "Warning";
    "RuntimeWarning": "Warning";
    "SyntaxWarning": "Warning";
    "UnicodeWarning": "Warning";
    "UserWarning": "Warning";
    "numpy.exceptions.AxisError": "ValueError", "IndexError";
    "numpy.linalg.LinAlgError": "ValueError";
    "dataclasses.FrozenInstanceError": "AttributeError";
    "cumbia.errors.RaceError": "RuntimeError";
}

/// The number of a class; `IOError` and `EnvironmentError` are `OSError`.
pub fn class_number(name: &str) -> Option<u32> {
    let name = match name {
        "IOError" | "EnvironmentError" => "OSError",
        name => name,
    };
    EXCEPTIONS.iter().position(|c| c.name == name).map(|i| i as u32)
}

/// How a class is spelled in the IR and in sites: by its name, a user's by its number.
pub fn user_spelling(number: u32) -> String {
    format!("{USER_PREFIX}{}", number.saturating_sub(FIRST_USER_CLASS))
}

/// NameError of a name that was looked up, which the exception keeps as its `name`. The
/// text quotes it first.
pub const MISSING_NAME: &str = "builtins.NameError";

/// AttributeError of an attribute that was looked up, which the exception keeps as its
/// `name`. The text quotes it last.
pub const MISSING_ATTRIBUTE: &str = "builtins.AttributeError";

const USER_PREFIX: &str = "user._";

/// The number of a class as sites spell it; `Exception` for what isn't in the table.
pub fn number_of_spelling(spelling: &str) -> u32 {
    match spelling.strip_prefix(USER_PREFIX).map(str::parse::<u32>) {
        Some(Ok(number)) => FIRST_USER_CLASS.saturating_add(number),
        _ => class_number(spelling.strip_prefix("builtins.").unwrap_or(spelling))
            .or(class_number("Exception"))
            .unwrap_or(0),
    }
}

/// The name of a number of the table.
pub fn class_name(number: u32) -> Option<&'static str> {
    EXCEPTIONS.get(number as usize).map(|c| c.name)
}

/// Whether a class is another or derives from it; both by number, of the table.
pub fn is_subclass(class: u32, of: u32) -> bool {
    class == of
        || EXCEPTIONS.get(class as usize).is_some_and(|row| {
            row.bases.iter().filter_map(|b| class_number(b)).any(|base| is_subclass(base, of))
        })
}

/// What text of an exception is asked for.
#[repr(i64)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExceptionText {
    /// `str(e)`
    Str = 0,
    /// `repr(e)`
    Repr = 1,
    /// `type(e).__name__`
    Name = 2,
    /// `type(e).__qualname__`
    Qualname = 3,
    /// `repr(e.args)`
    Args = 4,
}

impl ExceptionText {
    /// The one of a number.
    pub fn from_number(number: i64) -> Option<ExceptionText> {
        use ExceptionText::*;
        [Str, Repr, Name, Qualname, Args].into_iter().find(|text| *text as i64 == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_come_first_and_names_are_unique() {
        for (i, row) in EXCEPTIONS.iter().enumerate() {
            assert_eq!(class_number(row.name), Some(i as u32), "{} is there twice", row.name);
            for base in row.bases {
                assert!(class_number(base).is_some_and(|n| (n as usize) < i), "{}", row.name);
            }
        }
        assert!((EXCEPTIONS.len() as u32) < FIRST_USER_CLASS);
        // Two words of bits stand for a set of them.
        assert!(EXCEPTIONS.len() <= 128);
    }

    #[test]
    fn what_the_runtime_raises_is_known() {
        for class in crate::ExceptionClass::ALL {
            assert!(class_number(class.name()).is_some(), "{}", class.name());
        }
    }

    #[test]
    fn hierarchy() {
        let sub = |a, b| is_subclass(class_number(a).unwrap(), class_number(b).unwrap());
        assert!(sub("ZeroDivisionError", "ArithmeticError"));
        assert!(sub("KeyError", "LookupError"));
        assert!(sub("RecursionError", "RuntimeError"));
        assert!(sub("numpy.exceptions.AxisError", "IndexError"));
        assert!(!sub("KeyboardInterrupt", "Exception"));
        assert!(!sub("LookupError", "KeyError"));
        assert!(sub("IOError", "OSError"));
    }
}
