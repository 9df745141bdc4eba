//! Values that are nothing but a look at others: lazy iterators, views of dicts, what is
//! asked of an exception, context managers of the library. Which one it is belongs to the
//! type; a value's parts are those of what it looks at.

use crate::names_for_life::{self, NameForLife};
use serde::{Deserialize, Serialize};

/// A lazy iterator of the language: what its items are made of is in the type's parts.
/// It exists at the place of its one use alone (`infer/iteration.rs` sees to that), so
/// that it needs no state. What has none in Python either may be kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Lazy {
    /// `enumerate(x, start)`: the iterable; start.
    Enumerate,
    /// `zip(...)`: the iterables. Whether it is strict.
    Zip(bool),
    /// `reversed(x)`: a sequence; its length.
    Reversed,
    /// `np.ndindex(...)`: a tuple of extents; the number of items.
    NdIndex,
    /// `np.ndenumerate(a)`: the array; the number of items.
    NdEnumerate,
    /// `a.flat`: the array; the number of items.
    Flat,
    /// `d.keys()`, of a dict.
    Keys,
    /// `d.values()`
    Values,
    /// `d.items()`
    Items,
    /// `type(e)` of an exception, whose class is known when running only.
    Class,
    /// `e.args` of an exception.
    Args,
    /// `e.__traceback__` of an exception: it can be told from `None`, and no more.
    Traceback,
    /// A context manager of the library, by the name of its class: what it was made of. It
    /// has no state outside of a `with` statement.
    Manager(#[serde(deserialize_with = "names_for_life::name")] NameForLife),
}

impl Lazy {
    /// Number of integers after the parts of the components.
    pub fn extra_parts(self) -> usize {
        match self {
            Lazy::Zip(_) | Lazy::Keys | Lazy::Values | Lazy::Items => 0,
            Lazy::Class | Lazy::Args | Lazy::Traceback | Lazy::Manager(_) => 0,
            _ => 1,
        }
    }

    /// Whether it has no state in Python either: a view of a dict.
    pub const fn is_view(self) -> bool {
        matches!(self, Lazy::Keys | Lazy::Values | Lazy::Items)
    }

    /// Whether it is nothing but a look at an exception.
    pub const fn is_of_exception(self) -> bool {
        matches!(self, Lazy::Class | Lazy::Args | Lazy::Traceback)
    }

    /// Whether it is an iterator at all.
    pub const fn is_iterator(self) -> bool {
        !self.is_of_exception() && !matches!(self, Lazy::Manager(_))
    }

    /// The name of Python's or NumPy's class.
    pub const fn name(self) -> &'static str {
        match self {
            Lazy::Enumerate => "enumerate",
            Lazy::Zip(_) => "zip",
            Lazy::Reversed => "reversed",
            Lazy::NdIndex => "ndindex",
            Lazy::NdEnumerate => "ndenumerate",
            Lazy::Flat => "flatiter",
            Lazy::Keys => "dict_keys",
            Lazy::Values => "dict_values",
            Lazy::Items => "dict_items",
            Lazy::Class => "type",
            Lazy::Args => "tuple",
            Lazy::Traceback => "traceback",
            Lazy::Manager(name) => name,
        }
    }
}
