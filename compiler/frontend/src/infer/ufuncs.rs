//! Calls of the program's own ufuncs that are fused with the expression around them.
//!
//! The environment says what computes one element, if that may be done in any order: a
//! function that raises nothing and touches no memory. Then the call is an elementwise
//! operation like NumPy's own (`elementwise.rs`): its dtypes are the ufunc's, and a kernel calls
//! the function. All other calls have a loop of their own (`overloads.rs`): what raises, raises
//! in the order of the operations, and of what is written before nothing is lost.
//!
//! Where NumPy takes a second look (`watching.rs`) it calls the ufunc itself, by the name that
//! the program has for it. One that has no such name isn't fused.

use super::elementwise::{Elementwise, Extras};
use super::expressions::Typed;
use super::{Action, Specialization, Sweep};
use crate::environment::{Extended, UfuncElements};
use crate::hir::{CallArg, HBlock, HValue, HirFunction, HirInst, NameKind, Op};
use crate::types::{Callable, Ty};
use cumbia_diagnostics::Span;
use std::rc::Rc;

/// Most operands: so many have shapes that are looked at together.
const MOST_OPERANDS: usize = 3;

/// A ufunc whose call is an elementwise operation.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct FusedUfunc {
    /// What computes an element.
    pub elements: UfuncElements,
    /// What the program calls it, as `module.f`.
    pub path: String,
}

impl Specialization {
    /// The ufunc that an elementwise operation calls, if it is one of the program's.
    pub(super) fn ufunc_of(&self, inst: &HirInst) -> Option<&Rc<FusedUfunc>> {
        let Op::Call(callee, _) = &inst.op else { return None };
        match self.types[callee.0 as usize] {
            Some(Ty::Callable(Callable::User(_))) => self.ufuncs.get(inst.results.first()?),
            _ => None,
        }
    }
}

impl Sweep<'_, '_, '_> {
    /// A call of a ufunc of the program with arrays, where it can be fused; `None` for all
    /// others.
    pub(super) fn call_ufunc(
        &mut self,
        block: HBlock,
        at: usize,
        callee: HValue,
        callee_ty: &Ty,
        args: &[CallArg],
        span: Span,
    ) -> Option<Typed> {
        let Ty::Callable(Callable::User(function)) = callee_ty else { return None };
        let of = Extended::Function(function.handle);
        let count = args.iter().take_while(|arg| arg.name.is_none()).count();
        if !(1..=MOST_OPERANDS).contains(&count)
            || args.iter().any(|arg| arg.starred)
            || args[count..].iter().any(|arg| arg.name.as_deref() != Some("out"))
            || !self.engine.env.is_extended(&of)
        {
            return None;
        }
        let operands: Vec<HValue> = args[..count].iter().map(|arg| arg.value).collect();
        let types: Vec<Ty> = operands.iter().map(|&v| self.ty(v)).collect::<Option<_>>()?;
        let has_axes = |ty: &Ty| matches!(ty, Ty::Array(a) if a.ndim > 0);
        let fits = |ty: &Ty| matches!(ty, Ty::Array(_)) || ty.is_number();
        if !types.iter().any(has_axes) || !types.iter().all(fits) {
            return None;
        }
        let extras = Extras::of(args, count, |v| self.ty(v)).ok()?;
        let path = path(self.hir, callee)?;
        let elements = self.engine.env.elements(function.handle, &types)?;
        let what = Elementwise::Ufunc(&function.name.clone(), elements.dtype);
        // Why a call is refused is told where it has a loop of its own.
        let typed = self.elementwise_with(block, at, &operands, &what, &extras, span).ok()?;
        let result = self.hir.blocks[block.0 as usize].insts[at].results[0];
        let spec = self.engine.spec_mut(self.id);
        if spec.actions[block.0 as usize][at] == Action::Elementwise {
            spec.ufuncs.insert(result, Rc::new(FusedUfunc { elements, path }));
        }
        Some(Ok(typed))
    }
}

/// What the program calls a value, as text that means the same in the function's globals and
/// closure.
fn path(hir: &HirFunction, value: HValue) -> Option<String> {
    let insts = hir.blocks.iter().flat_map(|block| &block.insts);
    let made = insts.into_iter().find(|inst| inst.results.contains(&value))?;
    match &made.op {
        Op::Name(name, NameKind::Global | NameKind::Free) => {
            (!is_of_looks(name)).then(|| name.to_string())
        }
        Op::Attr(of, name) => Some(format!("{}.{name}", path(hir, *of)?)),
        _ => None,
    }
}

/// Whether a second look may have a value of its own by this name.
fn is_of_looks(name: &str) -> bool {
    let numbered = name.strip_prefix(['x', 't', 's']);
    name == "np" || numbered.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::is_of_looks;

    #[test]
    fn names_of_looks() {
        assert!(is_of_looks("np") && is_of_looks("x0") && is_of_looks("t12"));
        assert!(!is_of_looks("f") && !is_of_looks("xs") && !is_of_looks("x1y"));
    }
}
