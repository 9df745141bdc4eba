//! Runtime functions that library bodies call as `prim.<name>(...)`.
//!
//! One row each: the name of the helper in `runtime/abi/src/helpers.rs`, and what it takes
//! and gives in terms of the language. Typing and lowering follow from the row. The
//! primitives over lists, sets and dicts, whose types depend on the elements, are the
//! front end's (`infer/containers.rs`).

/// A parameter or result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NativeTy {
    /// Nothing.
    None,
    /// A Python bool.
    Bool,
    /// A Python int; a bool or NumPy integer is taken as well.
    Int,
    /// A Python float; a NumPy float is taken as well.
    Float,
    /// A string.
    Str,
    /// Bytes.
    Bytes,
    /// A list of strings.
    ListOfStr,
    /// A list of bytes.
    ListOfBytes,
    /// A list of ints.
    ListOfInt,
    /// A value of any type that a container can hold: the helper gets the address of its
    /// layout, and the value in the scratch buffer (at most one such parameter).
    Any,
}

/// One runtime function.
#[derive(Clone, Copy, Debug)]
pub struct Native {
    /// The helper's name.
    pub name: &'static str,
    /// Parameters.
    pub params: &'static [NativeTy],
    /// Result.
    pub result: NativeTy,
}

macro_rules! natives {
    ($( $name:ident ($($param:ident),*) -> $result:ident; )*) => {
        /// All rows.
        pub const NATIVES: &[Native] = &[ $(
            Native {
                name: stringify!($name),
                params: &[ $( NativeTy::$param ),* ],
                result: NativeTy::$result,
            },
        )* ];
    };
}

natives! {
    raise_text (Int, Str) -> None;
}

/// The row of a name.
pub fn native(name: &str) -> Option<&'static Native> {
    NATIVES.iter().find(|n| n.name == name)
}
