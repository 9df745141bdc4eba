//! Which functions reduce a parallel loop's variable, and of which type a block's part is.
//!
//! A function of the user is taken at its word (`@jit(associative=True)`); of the library's a
//! few are known. A block begins with what its first turn brings, in the type of the variable:
//! from there on types are what they are without threads.

use super::expressions::{Typed, known, one};
use super::{Sweep, runtime_form};
use crate::hir::HValue;
use crate::numeric;
use crate::types::{Callable, DType, Ty};
use cumbia_diagnostics::{Diagnostic, Span};

/// Functions of the library that combine neighbors in any order; of floats as sums are.
const KNOWN: &[&str] = &[
    "math.gcd",
    "math.lcm",
    "numpy.gcd",
    "numpy.lcm",
    "numpy.add",
    "numpy.multiply",
    "numpy.bitwise_and",
    "numpy.bitwise_or",
    "numpy.bitwise_xor",
    "numpy.logical_and",
    "numpy.logical_or",
    "numpy.logical_xor",
    "numpy.logaddexp",
    "numpy.logaddexp2",
    "operator.add",
    "operator.mul",
    "operator.and_",
    "operator.or_",
    "operator.xor",
];

impl Sweep<'_, '_, '_> {
    /// The first value of a block: the variable before the loop, the value, the function.
    pub(super) fn first(&mut self, operands: &[HValue], span: Span) -> Typed {
        let before = known!(self, operands[0]);
        let given = known!(self, operands[1]);
        let callee = known!(self, operands[2]);
        let name = self.variable(operands[0]);
        let known = match &callee {
            Ty::Callable(Callable::Library(name)) => KNOWN.contains(&&**name),
            Ty::Callable(Callable::User(function)) => {
                match self.engine.user_source(function.handle, span) {
                    Ok(source) => source.relaxed.associative,
                    Err(mut errors) => return Err(Box::new(errors.swap_remove(0))),
                }
            }
            _ => false,
        };
        if !known {
            let help = match &callee {
                Ty::Callable(Callable::User(function)) => format!(
                    "if it doesn't matter which neighbors {0}() combines first, mark it: \
                     @jit(associative=True) above def {0}; else use range for this loop, which \
                     then runs on one thread",
                    function.name
                ),
                _ => {
                    "reduce by a function that is marked @jit(associative=True), or use range for \
                      this loop, which then runs on one thread"
                        .to_owned()
                }
            };
            let error = Diagnostic::error(
                "CB0252",
                span,
                format!("{name} may come from an earlier turn of this loop over prange"),
            );
            let error = error.labelled(format!("{callee:#} isn't known to be associative"));
            return Err(Box::new(error.help(help).also(self.hir.span, "the loop")));
        }
        if let Ty::Unbound | Ty::MaybeUnbound(_) = before {
            let text = format!("{name} has no value before this loop over prange");
            return Err(Box::new(
                Diagnostic::error("CB0252", span, text).help("give it one before the loop"),
            ));
        }
        match in_form_of(&runtime_form(&before), &given) {
            Some(ty) => one(ty),
            None => Err(Box::new(
                Diagnostic::error(
                    "CB0255",
                    span,
                    format!(
                        "{name} is {before:#} before this loop over prange, and what is combined \
                         with it is {given:#}"
                    ),
                )
                .help(
                    "blocks of turns are combined with each other: both operands must be numbers \
                     of one type, or tuples of such; convert what each turn brings",
                ),
            )),
        }
    }
}

/// A variable's type, if every value of another type is one of it.
fn in_form_of(variable: &Ty, given: &Ty) -> Option<Ty> {
    let each = |to: &[Ty], from: &[Ty]| -> Option<Vec<Ty>> {
        let pairs = to.iter().zip(from);
        (to.len() == from.len()).then(|| pairs.map(|(to, from)| in_form_of(to, from)).collect())?
    };
    match (variable, given) {
        (Ty::Tuple(to), Ty::Tuple(from)) => Some(Ty::tuple(each(to, from)?)),
        (Ty::Record(to, items), Ty::Record(from, values)) if to == from => {
            Some(Ty::Record(to.clone(), each(items, values)?.into()))
        }
        _ if !variable.is_number() || variable.as_time().is_some() => None,
        _ => {
            let (to, from) = (numeric::scalar_dtype(variable)?, numeric::scalar_dtype(given)?);
            let wide = matches!(from, DType::I64 | DType::U64) && !to.is_int();
            let kept = from == to || (numeric::result_type(from, to) == to && !wide);
            kept.then(|| variable.clone())
        }
    }
}
