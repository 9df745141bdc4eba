//! What a test says about the tested variable: `None` or a value, true or false.
//!
//! The builder puts an `Op::Refine` at the start of each branch; here it narrows
//! `Optional` types. Values of other types stay as they are. A branch that can't be
//! taken is never asked about: constant conditions prune it.

use super::Sweep;
use super::constant_truth;
use super::expressions::{Typed, known, one};
use super::introspection;
use crate::hir::{HValue, Refinement};
use crate::types::{Callable, Ty};

impl Sweep<'_, '_, '_> {
    pub(super) fn refine(&mut self, value: HValue, refinement: Refinement) -> Typed {
        let ty = known!(self, value);
        let Ty::Optional(inner) = &ty else { return one(ty) };
        one(match refinement {
            Refinement::IsNone => Ty::None,
            Refinement::NotNone | Refinement::Truthy => (**inner).clone(),
            // What is always true can only have been None.
            Refinement::Falsy if constant_truth(inner) == Some(true) => Ty::None,
            Refinement::Falsy => ty,
            Refinement::Instance(callee, classes, truth) => {
                match (known!(self, callee), known!(self, classes)) {
                    (Ty::Callable(Callable::Library(name)), classes)
                        if &*name == "builtins.isinstance" =>
                    {
                        let value = introspection::is_instance(inner, &classes);
                        let none = introspection::is_instance(&Ty::None, &classes);
                        match (value, none) {
                            (Some(true), Some(false)) if truth => (**inner).clone(),
                            (Some(true), Some(false)) => Ty::None,
                            (Some(false), Some(true)) if truth => Ty::None,
                            (Some(false), Some(true)) => (**inner).clone(),
                            _ => ty,
                        }
                    }
                    _ => ty,
                }
            }
        })
    }
}
