//! Sites: the places in compiled code where an exception starts or passes.

use crate::AbiType;

/// A message that starts with this character is the list of the exception's arguments,
/// each after one such character: `{0}` alone (any number) for that message argument
/// itself, others are texts.
pub const ARGUMENT_MARK: char = '\u{1}';

/// In an argument of such a list: with `1` behind it for [`ARGUMENT_MARK`], with `2` for
/// itself.
pub const ARGUMENT_ESCAPE: char = '\u{2}';

/// What happens at a site.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SiteKind {
    /// An exception starts here.
    Raise {
        /// Python class name.
        class: String,
        /// Message with `{0}` ... for [`crate::Context::raise_args`].
        message: String,
        /// How to show each argument; narrower integers are sign-extended.
        args: Vec<AbiType>,
    },
    /// A call through which an exception may pass.
    Call,
}

/// One entry of an artifact's site table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Site {
    /// Name of the IR function that contains the site.
    pub function: String,
    /// 1-based line in the user's file; 0 if unknown.
    pub line: u32,
    /// 0-based byte column.
    pub col: u32,
    /// Line where the place ends; 0 for what is no expression itself: the step of a loop
    /// to the next item of the iterable that begins here, and the formatting of an
    /// f-string's field whose expression begins here.
    pub end_line: u32,
    /// Byte column behind its end.
    pub end_col: u32,
    /// What happens here.
    pub kind: SiteKind,
}
