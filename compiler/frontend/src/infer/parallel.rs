//! Types of parallel loops, and what can't be one.
//!
//! The outlined body is a closure; running the loop is a call of its specialization for two
//! bounds and what the loop goes over. A value may be in several threads' hands only where
//! nobody counts or changes what is in it: numbers, arrays, strings, tuples of these. What
//! reductions begin with has the type of the variable, so that the parts have the types that
//! they have without threads.

use super::expressions::{Typed, known, one, refuse};
use super::{
    Action, ArgFrom, Engine, FunctionKey, Specialization, Sweep, binding::Given, join, runtime_form,
};
use crate::environment::Global;
use crate::hir::{HBlock, HValue, Op, ParallelOp, Reduction};
use crate::lower::ownership::is_counted;
use crate::types::{Callable, Lit, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

const SERIAL_HELP: &str = "use range for this loop, which then runs on one thread";

impl Sweep<'_, '_, '_> {
    pub(super) fn parallel(
        &mut self,
        block: HBlock,
        at: usize,
        what: ParallelOp,
        operands: &[HValue],
        span: Span,
    ) -> Typed {
        match what {
            ParallelOp::Span(_) | ParallelOp::Lost => one(known!(self, operands[0])),
            ParallelOp::Begin(Reduction::Associative) => one(Ty::Unbound),
            ParallelOp::Begin(reduction) => self.begin(reduction, operands, span),
            ParallelOp::First => self.first(operands, span),
            ParallelOp::Has => one(match known!(self, operands[0]) {
                Ty::Unbound => Ty::Lit(Lit::Bool(false)),
                Ty::MaybeUnbound(_) => Ty::Bool,
                _ => Ty::Lit(Lit::Bool(true)),
            }),
            ParallelOp::Held => match known!(self, operands[0]) {
                Ty::Unbound => Ok(None),
                Ty::MaybeUnbound(inner) => one((*inner).clone()),
                other => one(other),
            },
            ParallelOp::Parts(reduction, whole) => {
                let (value, over) = (known!(self, operands[0]), known!(self, operands[1]));
                let runs = matches!(over, Ty::Range(_));
                if whole && !matches!(value, Ty::Array(_)) || !runs {
                    return one(Ty::None);
                }
                if !matches!(value, Ty::Array(_)) {
                    return self.not_put_together(operands[0], &value, span);
                }
                let sign: Arc<str> = Arc::from(match reduction {
                    Reduction::Product => "*",
                    Reduction::And => "&",
                    Reduction::Or => "|",
                    Reduction::Xor => "^",
                    _ => "+",
                });
                let sign = Ty::Lit(Lit::Str(sign));
                let from = [ArgFrom::Value(operands[0]), ArgFrom::Value(operands[1])];
                let from = from.into_iter().chain([ArgFrom::Unit(sign.clone())]).collect();
                self.accumulator(block, at, "parts_of", (from, vec![value, over, sign]), span)
            }
            ParallelOp::Part => {
                let mut types = Vec::with_capacity(3);
                for &operand in operands {
                    types.push(known!(self, operand));
                }
                if types[0] == Ty::None {
                    return Ok(None);
                }
                let mut from: Vec<ArgFrom> = operands.iter().map(|&v| ArgFrom::Value(v)).collect();
                let all = ArgFrom::Tuple(from.split_off(3));
                let of_all = Ty::tuple(types.split_off(3));
                from.push(all);
                types.push(of_all);
                self.accumulator(block, at, "part_of", (from, types), span)
            }
            ParallelOp::Results => {
                let mut types = Vec::with_capacity(operands.len());
                for &operand in operands {
                    let ty = known!(self, operand);
                    if is_counted(&ty) || !is_shareable(&ty) {
                        return self.not_after(operand, &ty, span);
                    }
                    types.push(ty);
                }
                one(Ty::tuple(types))
            }
            ParallelOp::Run(_) => {
                let (closure, over) = (known!(self, operands[0]), known!(self, operands[1]));
                if !matches!(over, Ty::Range(_)) {
                    return Err(Box::new(
                        Diagnostic::error(
                            "CB0256",
                            span,
                            format!("prange here gives {over:#}, not a range"),
                        )
                        .help("use cumbia.prange, or give the other function another name"),
                    ));
                }
                self.check_captures(&closure, span)?;
                for &rows in &operands[2..] {
                    known!(self, rows);
                }
                self.call_block(block, at, operands[0], &closure, over, span)?;
                if let Action::Call(callee, _) =
                    self.engine.spec(self.id).actions[block.0 as usize][at]
                {
                    self.check_rounding(self.engine.spec(callee))?;
                }
                Ok(Some(vec![Ty::Int, Ty::Int]))
            }
            ParallelOp::Block => {
                let (closure, over) = (known!(self, operands[0]), known!(self, operands[1]));
                match self.call_block(block, at, operands[0], &closure, over, span)? {
                    Some(results) => match results.as_slice() {
                        [Ty::Tuple(items)] => Ok(Some(items.to_vec())),
                        other => unreachable!("results of a block: {other:?}"),
                    },
                    None => Ok(None),
                }
            }
            ParallelOp::Latest => {
                let (old, new) = (known!(self, operands[0]), known!(self, operands[1]));
                match (&old, &new) {
                    (_, Ty::Unbound) => one(old),
                    (_, Ty::MaybeUnbound(_)) => match join(&old, &new) {
                        Some(Ty::MaybeUnbound(inner))
                            if !matches!(old, Ty::Unbound | Ty::MaybeUnbound(_)) =>
                        {
                            one((*inner).clone())
                        }
                        Some(joined) => one(joined),
                        None => {
                            let (old, new) = (old.widen(), new.widen());
                            Err(Box::new(
                                Diagnostic::error(
                                    "CB0301",
                                    span,
                                    format!("a variable would be {old:#} before this loop and {new:#} after it"),
                                )
                                .help(super::JOIN_HELP),
                            ))
                        }
                    },
                    _ => one(new),
                }
            }
            ParallelOp::End | ParallelOp::Turn | ParallelOp::Draws => Ok(Some(vec![])),
        }
    }

    /// The call of a body of `accumulators.py`.
    fn accumulator(
        &mut self,
        block: HBlock,
        at: usize,
        body: &'static str,
        (from, types): (Vec<ArgFrom>, Vec<Ty>),
        span: Span,
    ) -> Typed {
        let key = FunctionKey::Body("accumulators", body);
        let spec = self.specialize(key, types, span, Some("prange"))?;
        self.act(block, at, Action::Call(spec, from));
        Ok(self.engine.spec(spec).ret.clone().map(|ty| vec![ty]))
    }

    /// Elements of integers are rounded when they are stored: parts wouldn't be the same.
    fn check_rounding(&self, callee: &Specialization) -> Result<(), Box<Diagnostic>> {
        let insts = || callee.hir.blocks.iter().flat_map(|block| &block.insts);
        let name = |v: HValue| callee.hir.values[v.0 as usize].name.as_ref();
        let rows: Vec<_> = insts()
            .filter(|inst| matches!(inst.op, Op::Parallel(ParallelOp::Part, _)))
            .filter_map(|inst| name(inst.results[0]))
            .collect();
        for inst in insts() {
            let Op::SetItem(base, _, value) = &inst.op else { continue };
            let Some(named) = name(*base).filter(|n| rows.contains(n)) else { continue };
            let types = [*base, *value].map(|v| callee.types[v.0 as usize].as_ref());
            let [Some(Ty::Array(array)), Some(value)] = types else { continue };
            let whole = match value.widen() {
                Ty::Int | Ty::Bool => true,
                Ty::Num(dtype) => !dtype.is_float() && !dtype.is_complex(),
                _ => false,
            };
            if !whole && !array.dtype.is_float() && !array.dtype.is_complex() {
                return Err(Box::new(
                    Diagnostic::error(
                        "CB0255",
                        inst.span,
                        format!(
                            "'{named}' is an array of {}, and each turn would round what is added to it",
                            array.dtype.name()
                        ),
                    )
                    .help(format!("add integers, use an array of floats, or {SERIAL_HELP}")),
                ));
            }
        }
        Ok(())
    }

    /// The call of an outlined function; the types of its results.
    fn call_block(
        &mut self,
        block: HBlock,
        at: usize,
        callee: HValue,
        closure: &Ty,
        over: Ty,
        span: Span,
    ) -> Typed {
        let given = [Ty::Int, Ty::Int, over]
            .map(|ty| Given { name: None, from: ArgFrom::Unit(ty.clone()), ty })
            .to_vec();
        self.call_value(block, at, callee, 0, closure, given, span)
    }

    /// What a reduction begins with.
    fn begin(&mut self, reduction: Reduction, operands: &[HValue], span: Span) -> Typed {
        let value = known!(self, operands[0]);
        if let Ty::Unbound | Ty::MaybeUnbound(_) = value {
            let name = self.variable(operands[0]);
            return Err(Box::new(
                Diagnostic::error(
                    "CB0252",
                    span,
                    format!("{name} has no value before this loop over prange"),
                )
                .help("give it one before the loop"),
            ));
        }
        let ty = runtime_form(&value);
        let complex =
            matches!(ty, Ty::Complex) || matches!(&ty, Ty::Num(dtype) if dtype.is_complex());
        let fits = ty.is_number()
            && ty.as_time().is_none()
            && match reduction {
                Reduction::Product | Reduction::Extreme(_) | Reduction::Chosen => !complex,
                _ => true,
            };
        if !fits {
            return self.not_put_together(operands[0], &ty, span);
        }
        if let Reduction::Extreme(second) = reduction {
            let callee = known!(self, operands[1]);
            let known = match &callee {
                Ty::Callable(Callable::Library(name)) => matches!(
                    &**name,
                    "builtins.min"
                        | "builtins.max"
                        | "numpy.minimum"
                        | "numpy.maximum"
                        | "numpy.fmin"
                        | "numpy.fmax"
                ),
                _ => false,
            };
            if !known {
                return Err(Box::new(
                    Diagnostic::error(
                        "CB0255",
                        span,
                        format!("{callee:#} isn't known to give the same in any order"),
                    )
                    .help(SERIAL_HELP),
                ));
            }
            // Which of two equal ones it is, and what a nan does, depends on the order.
            if second && !is_exact(&ty) {
                let name = self.variable(operands[0]);
                return Err(Box::new(
                    Diagnostic::error(
                        "CB0255",
                        span,
                        format!("with {name} as the second argument the result depends on the order where there is a nan"),
                    )
                    .help("write it as the first argument"),
                ));
            }
        }
        match (&ty, reduction) {
            (Ty::Bool, Reduction::Sum | Reduction::Product) => one(Ty::Int),
            _ => one(ty),
        }
    }

    fn not_put_together(&self, value: HValue, ty: &Ty, span: Span) -> Typed {
        let name = self.variable(value);
        Err(Box::new(
            Diagnostic::error(
                "CB0255",
                span,
                format!("{name} is {ty:#}, which isn't put together over the turns of prange"),
            )
            .help(format!("reduce numbers, or arrays by `v += e`, or {SERIAL_HELP}")),
        ))
    }

    pub(super) fn variable(&self, value: HValue) -> String {
        match &self.hir.values[value.0 as usize].name {
            Some(name) => format!("variable '{name}'"),
            None => "a variable".to_owned(),
        }
    }

    fn not_after(&self, value: HValue, ty: &Ty, span: Span) -> Typed {
        let ty = match ty {
            Ty::MaybeUnbound(inner) => inner,
            other => other,
        };
        Err(Box::new(
            Diagnostic::error(
                "CB0254",
                span,
                format!(
                    "{} of this loop over prange is read after it, and is {ty:#}",
                    self.variable(value)
                ),
            )
            .help(format!("only numbers live on after such a loop; {SERIAL_HELP}")),
        ))
    }

    /// A variable's value where it may have none.
    pub(super) fn check_bound(&mut self, op: &Op, span: Span) -> Typed {
        let Op::CheckBound(value, name) = op else { unreachable!("asked before") };
        let of_turn =
            self.hir.inner.as_ref().is_some_and(|i| i.outlined && !i.captures.contains(name));
        match known!(self, *value) {
            Ty::Unbound | Ty::MaybeUnbound(_) if of_turn => self.carried(name, span),
            // Always unbound: it raises, and control doesn't come past.
            Ty::Unbound => Ok(None),
            Ty::MaybeUnbound(inner) => one((*inner).clone()),
            other => one(other),
        }
    }

    /// A variable of a turn's own is read where it may have no value yet.
    fn carried(&self, name: &Arc<str>, span: Span) -> Typed {
        let bound = self.hir.values.iter().find(|info| {
            info.name.as_ref() == Some(name) && info.span != span && info.span != self.hir.span
        });
        let mut error = Diagnostic::error(
            "CB0252",
            span,
            format!("variable '{name}' may come from an earlier turn of this loop over prange"),
        )
        .labelled("read here before this turn has given it a value")
        .help(format!(
            "give it a value first in each turn, reduce it (`v += x`, `v = min(v, x)`), or {SERIAL_HELP}"
        ));
        if let Some(info) = bound {
            error = error.also(info.span, "bound here");
        }
        Err(Box::new(error.also(self.hir.span, "the loop")))
    }

    /// Refuses what threads can't share.
    fn check_captures(&self, closure: &Ty, span: Span) -> Result<(), Box<Diagnostic>> {
        let Ty::Closure(closure) = closure else { return Ok(()) };
        let names = &self.engine.nested[closure.function as usize].hir.inner;
        for (i, ty) in closure.captures.iter().enumerate() {
            if is_shareable(ty) {
                continue;
            }
            let name = names.as_ref().and_then(|inner| inner.captures.get(i)).cloned();
            let name = name.unwrap_or_else(|| Arc::from("?"));
            let ty = ty.widen();
            return refuse_shared(&format!("variable '{name}' is {ty:#}"), span);
        }
        Ok(())
    }
}

fn refuse_shared<T>(what: &str, span: Span) -> Result<T, Box<Diagnostic>> {
    refuse("CB0253", span, format!("{what}, which threads of prange can't share")).map_err(
        |error: Box<Diagnostic>| Box::new(error.help(format!("use an array, or {SERIAL_HELP}"))),
    )
}

/// Whether minimum and maximum are the same in any order.
fn is_exact(ty: &Ty) -> bool {
    match ty {
        Ty::Int | Ty::Bool => true,
        Ty::Num(dtype) => !dtype.is_float() && !dtype.is_complex(),
        _ => false,
    }
}

/// Whether several threads may have a value: nothing in it changes, and what is counted is
/// known by the value itself.
fn is_shareable(ty: &Ty) -> bool {
    if ty.is_number() {
        return true;
    }
    match ty {
        Ty::None | Ty::Unbound | Ty::Lit(_) | Ty::Range(_) | Ty::Ellipsis | Ty::Module(_) => true,
        Ty::Array(_) | Ty::Records(_) | Ty::Row(_) | Ty::Str | Ty::Bytes | Ty::Random => true,
        Ty::DType(_) | Ty::StructDType(_) | Ty::Member(..) | Ty::Enum(_) | Ty::Pos => true,
        Ty::Slice(parts) => parts.iter().all(is_shareable),
        Ty::Tuple(items) | Ty::Record(_, items) => items.iter().all(is_shareable),
        Ty::MaybeUnbound(inner) | Ty::Optional(inner) => is_shareable(inner),
        Ty::Callable(Callable::Partial(partial)) => partial.items().all(is_shareable),
        Ty::Callable(Callable::Method(of, _)) => is_shareable(of),
        Ty::Callable(_) => true,
        Ty::Closure(closure) => closure.items().all(is_shareable),
        Ty::Choice(of) => of.iter().all(is_shareable),
        other => other.as_time().is_some(),
    }
}

/// Lists, sets and dicts that are globals, used by what runs on several threads.
pub(super) fn shared_containers(engine: &Engine<'_>) -> Option<Diagnostic> {
    let mut seen = vec![false; engine.specializations.len()];
    let mut work = Vec::new();
    for (id, spec) in engine.specializations.iter().enumerate() {
        if spec.hir.inner.as_ref().is_some_and(|inner| inner.outlined) {
            work.push((id, spec.hir.span));
        }
    }
    while let Some((id, place)) = work.pop() {
        if std::mem::replace(&mut seen[id], true) {
            continue;
        }
        let spec = &engine.specializations[id];
        for actions in spec.actions.iter() {
            for action in actions {
                if let Some(refused) = walk(action, place, &mut work) {
                    return Some(refused);
                }
            }
        }
    }
    None
}

fn walk(action: &Action, place: Span, work: &mut Vec<(usize, Span)>) -> Option<Diagnostic> {
    let from_arguments = |from: &[ArgFrom]| {
        from.iter().find_map(|arg| match arg {
            ArgFrom::Default(global) => container(global, place),
            _ => None,
        })
    };
    match action {
        Action::Global(global) => container(global, place),
        Action::Call(to, from) | Action::Negated(to, from) | Action::Collect(to, from) => {
            work.push((to.0 as usize, place));
            from_arguments(from)
        }
        Action::Construct(from, to) => {
            work.extend(to.map(|to| (to.0 as usize, place)));
            from_arguments(from)
        }
        Action::Apply(inner, from) => from_arguments(from).or_else(|| walk(inner, place, work)),
        Action::NotNone(inner) => walk(inner, place, work),
        Action::Choose(of) => of.iter().find_map(|one| walk(one, place, work)),
        _ => None,
    }
}

fn container(global: &Global, place: Span) -> Option<Diagnostic> {
    match global {
        Global::Container(_, ty) => {
            let refused: Result<(), _> = refuse_shared(&format!("a global here is {ty:#}"), place);
            refused.err().map(|error| *error)
        }
        Global::Tuple(items) => items.iter().find_map(|g| container(g, place)),
        Global::Partial(function, args, keywords) => {
            let all = std::iter::once(&**function).chain(args);
            all.chain(keywords.iter().map(|(_, g)| g)).find_map(|g| container(g, place))
        }
        _ => None,
    }
}
