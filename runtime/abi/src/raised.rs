//! Exceptions that runtime functions raise by themselves.
//!
//! A runtime function that raises puts a class of this list and a text, or the key of
//! a KeyError, into the context's [`Raised`] and sets [`crate::STATUS_RUNTIME`]. Exceptions
//! that compiled code raises are sites instead ([`crate::Site`]).

use crate::Layout;

macro_rules! classes {
    ($( $name:ident $(= $spelling:literal)?, )*) => {
        /// The exception classes that the runtime may raise.
        #[repr(u32)]
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[allow(missing_docs)]
        pub enum ExceptionClass {
            $( $name, )*
        }

        impl ExceptionClass {
            /// All classes; a class's number is its position.
            pub const ALL: &[ExceptionClass] = &[ $( ExceptionClass::$name, )* ];

            /// The name in `builtins`, or with its module.
            pub const fn name(self) -> &'static str {
                match self {
                    $( ExceptionClass::$name => classes!(@ $name $($spelling)?), )*
                }
            }
        }
    };
    (@ $name:ident) => { stringify!($name) };
    (@ $name:ident $spelling:literal) => { $spelling };
}

classes! {
    Exception,
    ValueError,
    IndexError,
    KeyError,
    TypeError,
    RuntimeError,
    OverflowError,
    ZeroDivisionError,
    UnicodeDecodeError,
    UnicodeEncodeError,
    StopIteration,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    MemoryError,
    FloatingPointError,
    NameError,
    UnboundLocalError,
    BufferError,
    EOFError,
    OSError,
    RaceError = "cumbia.errors.RaceError",
}

impl ExceptionClass {
    /// The class of a number.
    pub fn from_number(number: u32) -> Option<ExceptionClass> {
        ExceptionClass::ALL.get(number as usize).copied()
    }

    /// The class of a name.
    pub fn from_name(name: &str) -> Option<ExceptionClass> {
        ExceptionClass::ALL.iter().copied().find(|class| class.name() == name)
    }
}

/// What a runtime function raised. The runtime owns the text and the key's slots, until
/// the next exception or the end of the call.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Raised {
    /// Number of an [`ExceptionClass`].
    pub class: u32,
    /// UTF-8 text of the message; null for an exception without arguments.
    pub message: *mut u8,
    /// Bytes of the message.
    pub message_length: usize,
    /// How the key of a KeyError lies in `key`; null where there is none. The exception's
    /// argument is then the key, and the message its `repr`.
    pub key_layout: *const Layout,
    /// The key's slots; what is counted in them is retained.
    pub key: *mut u64,
}

impl Raised {
    /// Nothing raised.
    pub const NONE: Raised = Raised {
        class: 0,
        message: core::ptr::null_mut(),
        message_length: 0,
        key_layout: core::ptr::null(),
        key: core::ptr::null_mut(),
    };
}
