//! Calls of the library with an axis that isn't a constant.
//!
//! Bodies refuse such an axis where the steps that they take depend on it. The call is then
//! made for each axis there is (`bodies/late_axis.py`), which works where the axis doesn't
//! change the result's type. What that is refused for isn't said: the first refusal stays.

use super::binding::Given;
use super::expressions::Typed;
use super::{ArgFrom, FunctionKey, Sweep};
use crate::hir::HBlock;
use crate::types::{Callable, Lit, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

/// What `axes.py` says of an axis that isn't a constant.
const ASKS_FOR_A_CONSTANT: &str = "axis must be a constant here";

/// Functions that count one axis more than their operand has.
const ONE_MORE: &[&str] = &["expand_dims", "stack"];
/// Names of first parameters whose axes are meant; others have their operand elsewhere.
const OPERANDS: &[&str] =
    &["a", "arr", "array", "arrays", "ary", "f", "m", "p", "self", "tup", "x", "y"];
/// Functions whose operand is a sequence of arrays.
const OF_SEVERAL: &[&str] = &["concatenate", "concat", "stack"];

impl Sweep<'_, '_, '_> {
    /// The call for each axis; `None` where the refusal isn't one of the axis. Apart from its
    /// caller, whose frame counts in functions that call themselves with ever other types.
    #[allow(clippy::too_many_arguments)]
    #[inline(never)]
    pub(super) fn with_late_axis(
        &mut self,
        block: HBlock,
        at: usize,
        key: &FunctionKey,
        receiver: Option<&(ArgFrom, Ty)>,
        given: &[Given],
        refusal: &Diagnostic,
        name: &str,
        span: Span,
    ) -> Option<Typed> {
        if !refusal.message.starts_with(ASKS_FOR_A_CONSTANT) || name.starts_with("late_axis.") {
            return None;
        }
        let hir = self.engine.function(key, span).ok()?;
        let names: Vec<Arc<str>> = hir.params.iter().map(|p| p.name.clone()).collect();
        let axis: Arc<str> = "axis".into();
        if !names.first().is_some_and(|n| OPERANDS.contains(&&**n)) {
            return None;
        }
        let place = names.iter().position(|n| *n == axis)?;
        // Arguments by position and by name, all from the axis on by name.
        let mut rest: Vec<Given> = receiver
            .map(|(from, ty)| Given { name: None, from: from.clone(), ty: ty.clone() })
            .into_iter()
            .chain(given.iter().cloned())
            .collect();
        for (i, g) in rest.iter_mut().enumerate().skip(place) {
            if g.name.is_none() {
                g.name = Some(names.get(i)?.clone());
            }
        }
        let late = rest.iter().position(|g| g.name.as_ref() == Some(&axis))?;
        let late = rest.remove(late);
        if !is_integer(&late.ty) || rest.first().is_none_or(|g| g.name.is_some()) {
            return None;
        }
        let last = name.rsplit(['.', '/']).next().unwrap_or(name);
        let constant = |lit: Lit| Given {
            name: None,
            from: ArgFrom::Unit(Ty::Lit(lit.clone())),
            ty: Ty::Lit(lit),
        };
        let more = constant(Lit::Int(i64::from(ONE_MORE.contains(&last))));
        let several = constant(Lit::Bool(OF_SEVERAL.contains(&last)));
        let mut all = vec![Given { name: None, ..late }, more, several];
        all.append(&mut rest);
        let function = Ty::Callable(Callable::Library(name.into()));
        let function = (ArgFrom::Unit(function.clone()), function);
        let body = super::calls::find_body("late_axis.called");
        let key = FunctionKey::Body(body.file, body.name);
        let hidden = super::binding::Hidden::default();
        let called = self.call_given(
            block,
            at,
            key,
            Some(function),
            all,
            hidden,
            span,
            Some("late_axis.called"),
        );
        called.is_ok().then_some(called)
    }
}

fn is_integer(ty: &Ty) -> bool {
    match ty {
        Ty::Num(d) => d.is_int(),
        ty => ty.widen() == Ty::Int,
    }
}
