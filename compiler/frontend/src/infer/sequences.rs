//! Lists and tuples where NumPy takes what can be made into an array, or a few constants.
//!
//! An operator of an array and a list or tuple, and an elementwise function of one, are those
//! of the array that it makes (`bodies/sequences.py`). A list in the text that is only the
//! argument of a call can stand for the tuple of its items: then its length is known, so that
//! it can be a shape or name axes. That is tried where the list itself is refused.

use super::binding::Given;
use super::expressions::{Typed, one};
use super::{ArgFrom, FunctionKey, Sweep};
use crate::hir::{BinaryOp, CallArg, CompareOp, Container, HBlock, HValue, HirInst, Op};
use crate::types::{Callable, Ty};
use cumbia_diagnostics::{Diagnostic, Span};

/// Longer lists than this are no shapes.
const MOST_ITEMS: usize = 32;

/// Reductions and others whose `axis` may be a tuple, but no list, in NumPy.
const WITHOUT: &[&str] = &[
    "sum",
    "prod",
    "mean",
    "std",
    "var",
    "min",
    "max",
    "amin",
    "amax",
    "any",
    "all",
    "ptp",
    "norm",
    "nansum",
    "nanprod",
    "nanmean",
    "nanstd",
    "nanvar",
    "nanmin",
    "nanmax",
    "argmin",
    "argmax",
    "cumsum",
    "cumprod",
    "squeeze",
    "count_nonzero",
    "reduce",
    "block",
    "item",
];

/// Whether lists in the text can stand for tuples in a call of this name.
pub(super) fn takes_lists_for_tuples(name: &str) -> bool {
    let modules = ["numpy.", "ndarray.", "Generator.", "scipy."];
    let last = name.rsplit('.').next().unwrap_or(name);
    modules.iter().any(|module| name.starts_with(module)) && !WITHOUT.contains(&last)
}

fn is_sequence(ty: &Ty) -> bool {
    matches!(ty, Ty::List(..) | Ty::Tuple(_))
}

impl Sweep<'_, '_, '_> {
    /// An operator or comparison of an array and a list or tuple; `None` for others.
    pub(super) fn sequence_operator(
        &mut self,
        block: HBlock,
        at: usize,
        op: &Op,
        span: Span,
    ) -> Option<Typed> {
        let (name, a, b) = match op {
            Op::Binary(op, a, b, false) => (binary_name(*op), *a, *b),
            Op::Binary(op, a, b, true) if matches!(self.ty(*a)?, Ty::Array(_)) => {
                (in_place_name(*op)?, *a, *b)
            }
            Op::Compare(op, a, b) => (compare_name(*op)?, *a, *b),
            _ => return None,
        };
        let (ta, tb) = (self.ty(a)?, self.ty(b)?);
        match (&ta, &tb) {
            (Ty::Array(_), other) | (other, Ty::Array(_)) if is_sequence(other) => {}
            _ => return None,
        }
        Some(self.call_body(block, at, name, &[a, b], span))
    }

    /// A call of an elementwise function with a list or tuple among its operands; `None` for
    /// others.
    pub(super) fn sequence_function(
        &mut self,
        block: HBlock,
        at: usize,
        name: &str,
        args: &[CallArg],
        span: Span,
    ) -> Option<Typed> {
        let arity = cumbia_library::ufunc(name)?.arity;
        if !name.starts_with("numpy.") || args.iter().any(|a| a.starred) {
            return None;
        }
        let operands: Vec<&CallArg> = args.iter().take_while(|a| a.name.is_none()).collect();
        if operands.len() < arity || cumbia_library::implementation(name).is_some() {
            return None;
        }
        let mut sequences = false;
        for operand in &operands[..arity] {
            sequences |= is_sequence(&self.ty(operand.value)?);
        }
        let text = |ty: &Ty| matches!(ty, Ty::Records(t) if t.dtype.text.is_some());
        if operands.iter().any(|operand| self.ty(operand.value).is_some_and(|ty| text(&ty))) {
            let shown = name.replacen("numpy.", "np.", 1);
            let error = Diagnostic::error(
                "CB0404",
                span,
                format!(
                    "{shown}() of texts can't be compiled: the length of what it gives isn't known"
                ),
            );
            return Some(Err(Box::new(error.help(
                "write a loop: items have the methods and operators of str and bytes, and a list takes texts of any length",
            ))));
        }
        if !sequences {
            return None;
        }
        let body = super::calls::find_body(match arity {
            1 => "sequences.of_one",
            2 => "sequences.of_two",
            _ => return None,
        });
        let function = Ty::Callable(Callable::Library(name.into()));
        let receiver = (ArgFrom::Unit(function.clone()), function);
        let key = FunctionKey::Body(body.file, body.name);
        Some(self.call_function(block, at, key, Some(receiver), args, span, Some(name)))
    }

    /// The arguments of a call with the lists that are made for it alone as tuples of their
    /// items; `None` if there is no such list.
    pub(super) fn lists_as_tuples(
        &self,
        block: HBlock,
        at: usize,
        given: &[Given],
    ) -> Option<Vec<Given>> {
        let mut found = false;
        let out = given
            .iter()
            .map(|g| match &g.from {
                ArgFrom::Value(v) => match self.items_of_display(block, at, *v) {
                    Some((from, ty)) => {
                        found = true;
                        Given { name: g.name.clone(), from, ty }
                    }
                    None => g.clone(),
                },
                _ => g.clone(),
            })
            .collect();
        found.then_some(out)
    }

    /// The items of a list that an instruction before `at` makes for its single use.
    fn items_of_display(&self, block: HBlock, at: usize, value: HValue) -> Option<(ArgFrom, Ty)> {
        let insts = &self.hir.blocks[block.0 as usize].insts[..at];
        let made = insts.iter().position(|i| i.results == [value])?;
        let items = match &insts[made].op {
            Op::Display(Container::List, items) => items,
            // A tuple of lists: `axes=([0], [1])`.
            Op::Tuple(items) if self.has_display(items, &insts[..made]) => items,
            _ => return None,
        };
        let suspends = insts[made..].iter().any(|i| matches!(i.op, Op::Yield(..)));
        if items.is_empty() || items.len() > MOST_ITEMS || suspends || self.uses(value) != 1 {
            return None;
        }
        let mut from = Vec::with_capacity(items.len());
        let mut types = Vec::with_capacity(items.len());
        for &item in items {
            let (one, ty) = match self.items_of_display(block, made, item) {
                Some(inner) => inner,
                None => (ArgFrom::Value(item), self.ty(item)?),
            };
            from.push(one);
            types.push(ty);
        }
        Some((ArgFrom::Tuple(from), Ty::tuple(types)))
    }

    /// A display, or the tuple that it can be where it is refused.
    pub(super) fn display_or_tuple(
        &mut self,
        (block, at): (HBlock, usize),
        kind: Container,
        items: &[HValue],
        value: HValue,
        span: Span,
    ) -> Typed {
        let made = self.display(block, at, kind, items, span);
        made.or_else(|refused| match self.display_as_tuple(kind, items, value) {
            Some(ty) => one(ty),
            None => Err(refused),
        })
    }

    /// The tuple that a list of items of several types is where a call of NumPy is its only
    /// use: `np.concatenate([floats, ints])`.
    fn display_as_tuple(&self, kind: Container, items: &[HValue], value: HValue) -> Option<Ty> {
        if kind != Container::List || items.len() > MOST_ITEMS || self.uses(value) != 1 {
            return None;
        }
        let mut insts = self.hir.blocks.iter().flat_map(|block| &block.insts);
        let used = insts.find_map(|inst| match &inst.op {
            Op::Call(callee, args) if args.iter().any(|a| a.value == value && !a.starred) => {
                Some(*callee)
            }
            _ => None,
        })?;
        let takes = match self.ty(used)? {
            Ty::Callable(Callable::Library(name)) => takes_lists_for_tuples(&name),
            Ty::Callable(Callable::Method(of, name)) => {
                matches!(*of, Ty::Array(_)) && takes_lists_for_tuples(&format!("ndarray.{name}"))
            }
            _ => false,
        };
        let types: Vec<Ty> = items.iter().map(|&item| self.ty(item)).collect::<Option<_>>()?;
        let numeric = |ty: &Ty| ty.is_number() || matches!(ty, Ty::Array(_)) || is_sequence(ty);
        (takes && types.iter().all(numeric)).then(|| Ty::tuple(types))
    }

    fn has_display(&self, items: &[HValue], insts: &[HirInst]) -> bool {
        insts.iter().any(|inst| {
            matches!(inst.op, Op::Display(Container::List, _)) && items.contains(&inst.results[0])
        })
    }

    fn uses(&self, value: HValue) -> usize {
        let mut count = 0;
        for block in &self.hir.blocks {
            for inst in &block.insts {
                inst.op.clone().for_each_operand_mut(|v| count += usize::from(*v == value));
            }
            block.terminator.clone().for_each_operand_mut(|v| count += usize::from(*v == value));
        }
        count
    }
}

fn binary_name(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "sequences.add",
        BinaryOp::Sub => "sequences.subtract",
        BinaryOp::Mul => "sequences.multiply",
        BinaryOp::TrueDiv => "sequences.divide",
        BinaryOp::FloorDiv => "sequences.floor_divide",
        BinaryOp::Mod => "sequences.remainder",
        BinaryOp::Pow => "sequences.power",
        BinaryOp::MatMul => "sequences.matmul",
        BinaryOp::LShift => "sequences.left_shift",
        BinaryOp::RShift => "sequences.right_shift",
        BinaryOp::And => "sequences.bitwise_and",
        BinaryOp::Or => "sequences.bitwise_or",
        BinaryOp::Xor => "sequences.bitwise_xor",
    }
}

/// `None` where the target would change its shape.
fn in_place_name(op: BinaryOp) -> Option<&'static str> {
    Some(match op {
        BinaryOp::Add => "sequences.in_place_add",
        BinaryOp::Sub => "sequences.in_place_subtract",
        BinaryOp::Mul => "sequences.in_place_multiply",
        BinaryOp::TrueDiv => "sequences.in_place_divide",
        BinaryOp::FloorDiv => "sequences.in_place_floor_divide",
        BinaryOp::Mod => "sequences.in_place_remainder",
        BinaryOp::Pow => "sequences.in_place_power",
        BinaryOp::MatMul => return None,
        BinaryOp::LShift => "sequences.in_place_left_shift",
        BinaryOp::RShift => "sequences.in_place_right_shift",
        BinaryOp::And => "sequences.in_place_bitwise_and",
        BinaryOp::Or => "sequences.in_place_bitwise_or",
        BinaryOp::Xor => "sequences.in_place_bitwise_xor",
    })
}

fn compare_name(op: CompareOp) -> Option<&'static str> {
    Some(match op {
        CompareOp::Eq => "sequences.equal",
        CompareOp::Ne => "sequences.not_equal",
        CompareOp::Lt => "sequences.less",
        CompareOp::Le => "sequences.less_equal",
        CompareOp::Gt => "sequences.greater",
        CompareOp::Ge => "sequences.greater_equal",
        CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn => return None,
    })
}
