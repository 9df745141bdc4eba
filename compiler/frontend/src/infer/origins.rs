//! What the boundary must know to make Python functions of closures: where in the
//! text each nested function is, and what it captures.

use super::{Engine, FunctionKey, LineTable};
use crate::hir::ParamKind;
use crate::types::Ty;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A nested function, by the number in its closures' types.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct NestedOrigin {
    /// The nested function around it.
    pub parent: Option<u32>,
    /// Handle of the user's function that all is in; `None` in a library body.
    pub root: Option<u64>,
    /// Name.
    pub name: Arc<str>,
    /// Line of `def` or `lambda` in the file.
    pub line: u32,
    /// Byte offset of a lambda in its line, as the text has it.
    pub column: u32,
    /// Variables it captures, in order of the closure's parts.
    pub captures: Vec<Arc<str>>,
    /// Whether one of these may change.
    pub shares_cells: bool,
    /// Whether it calls itself by its name.
    pub recursive: bool,
    /// Parameters with a default, and whether they are keyword-only.
    pub defaults: Vec<(Arc<str>, bool)>,
}

/// All nested functions and cells of a compilation.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Closures {
    /// Nested functions, by number.
    pub nested: Vec<NestedOrigin>,
    /// Types of what cells hold; `None` for one that nothing is put into.
    pub cells: Vec<Option<Ty>>,
}

impl Closures {
    /// Those of an engine that is done.
    pub fn of(engine: &Engine) -> Closures {
        let mut lines = LineTable::new();
        let nested = engine
            .nested
            .iter()
            .map(|nested| {
                let hir = &nested.hir;
                let loc = lines.loc(&engine.sources, hir.span);
                let inner = hir.inner.as_ref();
                NestedOrigin {
                    parent: match nested.parent {
                        FunctionKey::Nested(id) => Some(id),
                        _ => None,
                    },
                    root: match nested.root {
                        FunctionKey::User(handle) | FunctionKey::Initializer(handle) => {
                            Some(handle)
                        }
                        _ => None,
                    },
                    name: hir.name.clone(),
                    line: loc.line,
                    column: loc.col,
                    captures: inner.map(|i| i.captures.clone()).unwrap_or_default(),
                    shares_cells: inner.is_some_and(|i| i.shares_cells),
                    recursive: inner.is_some_and(|i| i.recursive),
                    defaults: hir
                        .params
                        .iter()
                        .filter(|p| p.has_default)
                        .map(|p| (p.name.clone(), p.kind == ParamKind::KeywordOnly))
                        .collect(),
                }
            })
            .collect();
        Closures { nested, cells: engine.cells.iter().map(|c| c.ty.clone()).collect() }
    }
}
