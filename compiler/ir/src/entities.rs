//! Handles: dense indices into a function's or a module's tables.

use std::fmt;

macro_rules! entity {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in its table.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
            /// The handle of a position.
            pub const fn new(index: usize) -> Self {
                Self(index as u32)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

entity! {
    /// An SSA value of a function.
    Value, "v"
}
entity! {
    /// A basic block of a function.
    Block, "block"
}
entity! {
    /// An instruction of a function.
    Inst, "inst"
}
entity! {
    /// A function of a module.
    FuncId, "fn"
}
entity! {
    /// A declared runtime function of a module.
    ExternId, "extern"
}
entity! {
    /// Static data of a module.
    DataId, "data"
}
entity! {
    /// Storage of a module's kernels.
    StorageId, "storage"
}
