//! Context managers of the library, known by name.
//!
//! To add one: its class in [`MANAGERS`], and three bodies in `contexts.py` or another file.
//! The one that stands for the class gives `prim.manager(name, made_of)`, which is a value of
//! its own type; `name.__enter__(manager)` gives what `as` binds and what is kept until the
//! end; `name.__exit__(manager, kept, error)` gets the exception or `None`, and is true where
//! the exception ends there.
//!
//! `build/contexts.rs` has the statement, and what the user's classes do are their methods.

use super::Sweep;
use super::expressions::{Typed, known};
use super::structural::literal_bool;
use crate::hir::{HBlock, HValue};
use crate::numeric::NumericError;
use crate::types::{Lazy, Lit, Ty};
use cumbia_diagnostics::{Diagnostic, Span};

/// The classes, by their qualified names.
pub const MANAGERS: [&str; 3] = ["contextlib.nullcontext", "contextlib.suppress", "numpy.errstate"];

/// The result type of a primitive of managers; `None` if the name isn't one.
pub fn result_type(name: &str, args: &[Ty]) -> Option<Result<Ty, NumericError>> {
    Some(Ok(match (name, args) {
        ("prim.manager", [Ty::Lit(Lit::Str(class)), made_of]) => {
            let class = MANAGERS.into_iter().find(|known| **known == **class)?;
            Ty::Lazy(Lazy::Manager(class), [made_of.clone()].into())
        }
        ("prim.is_manager", [ty]) => literal_bool(matches!(ty, Ty::Lazy(Lazy::Manager(_), _))),
        ("prim.made_of", [Ty::Lazy(Lazy::Manager(_), of)]) => of[0].clone(),
        ("prim.is_instance", [ty]) => literal_bool(ty.as_record().is_some()),
        _ => return None,
    }))
}

impl Sweep<'_, '_, '_> {
    /// What is done with a manager: the bodies of its class, and the refusal of what is none.
    /// `None` for other names.
    pub(super) fn context_primitive(
        &mut self,
        block: HBlock,
        at: usize,
        name: &str,
        args: &[HValue],
        span: Span,
    ) -> Option<Typed> {
        let what = match name {
            "prim.enter" => "__enter__",
            "prim.exit" => "__exit__",
            "prim.no_manager" => return Some(self.no_manager(args[0], span)),
            _ => return None,
        };
        let Ty::Lazy(Lazy::Manager(class), _) = self.ty(*args.first()?)? else { return None };
        Some(self.call_body(block, at, &format!("{class}.{what}"), args, span))
    }

    fn no_manager(&self, value: HValue, span: Span) -> Typed {
        let ty = known!(self, value);
        let error =
            Diagnostic::error("CB0211", span, format!("`with` of {ty:#} can't be compiled"));
        Err(Box::new(error.help(
            "instances of classes with __enter__ and __exit__ can be used, contextlib.suppress, \
             contextlib.nullcontext and np.errstate; use others around the call of the compiled function",
        )))
    }
}
