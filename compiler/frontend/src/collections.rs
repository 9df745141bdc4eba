//! Classes whose instances lie in memory as a list, set or dict, and have other methods.
//!
//! What they can do is in `infer/collections.rs`; the reasons are in
//! `docs/decisions/0012-collections-over-containers.md`.

use crate::types::Ty;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A class whose instances lie in memory as a list, set or dict.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Collection {
    /// `collections.deque`, over a list.
    Deque,
    /// `collections.Counter`, over a dict.
    Counter,
    /// `collections.defaultdict`, over a dict; a function without parts, or `None`.
    DefaultDict(Arc<Ty>),
    /// `collections.OrderedDict`, over a dict.
    OrderedDict,
    /// `frozenset`, over a set.
    FrozenSet,
    /// A tuple whose length is known at run time only, over a list that nothing changes. Its
    /// items are of one type; a tuple of a known length is [`Ty::Tuple`].
    Tuple,
}

impl Collection {
    /// The class's name.
    pub const fn name(&self) -> &'static str {
        match self {
            Collection::Deque => "deque",
            Collection::Counter => "Counter",
            Collection::DefaultDict(_) => "defaultdict",
            Collection::OrderedDict => "OrderedDict",
            Collection::FrozenSet => "frozenset",
            Collection::Tuple => "tuple",
        }
    }

    /// The class's name with its module.
    pub const fn qualified(&self) -> &'static str {
        match self {
            Collection::Deque => "collections.deque",
            Collection::Counter => "collections.Counter",
            Collection::DefaultDict(_) => "collections.defaultdict",
            Collection::OrderedDict => "collections.OrderedDict",
            Collection::FrozenSet => "builtins.frozenset",
            Collection::Tuple => "builtins.tuple",
        }
    }

    /// Whether it is a dict to Python, too.
    pub const fn is_dict(&self) -> bool {
        !matches!(self, Collection::Deque | Collection::FrozenSet | Collection::Tuple)
    }

    /// Whether an instance never changes, and is hashed by what is in it.
    pub const fn is_frozen(&self) -> bool {
        matches!(self, Collection::FrozenSet | Collection::Tuple)
    }

    /// Writes the type of an instance that is made of `storage`.
    pub fn show(&self, storage: &Ty, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        let plain = f.alternate();
        let shown = |t: &Ty| if plain { format!("{t:#}") } else { t.to_string() };
        match storage {
            Ty::List(t, _) if *self == Collection::Tuple => write!(f, "tuple[{}, ...]", shown(t)),
            Ty::List(t, _) | Ty::Set(t, _) => write!(f, "{name}[{}]", shown(t)),
            Ty::Dict(t, _) if *self == Collection::Counter && t.1 == Ty::Int => {
                write!(f, "{name}[{}]", shown(&t.0))
            }
            Ty::Dict(t, _) => write!(f, "{name}[{}, {}]", shown(&t.0), shown(&t.1)),
            other => write!(f, "{name}[{}]", shown(other)),
        }
    }
}
