//! Which elementwise operations are computed in one loop.
//!
//! When the types of a function are known, the instructions that `elementwise.rs` has
//! marked are put into groups: a result that only operations of one group use is computed
//! there, element by element, and never stored. Each group becomes
//!
//! - a *kernel*, a function of one element of each operand, made of the group's operations
//!   ([`FunctionKey::Kernel`]; equal kernels are one), and
//! - a call of a body in `elementwise.py`, which has the loops.
//!
//! What NumPy checks stays where it was: an operation that is computed later leaves the
//! shape of its result in its place, so that shapes that don't fit raise there, with the
//! text that names these two operands, and a Python integer is converted, or refused,
//! there. Operations whose *elements* can raise are not moved.
//!
//! A result is computed later only if nothing in between could change an operand, and only
//! where that isn't more work: an operation that costs more than an access to memory isn't
//! repeated along axes that its operands don't have.
//!
//! The instructions are replaced in the specialization's own HIR. Inference starts from the
//! original again when it has to be repeated ([`Specialization::unfused`]).

use super::elementwise::{Extras, element, is_scalars_complex, of_elements, power_function};
use super::fusion_groups::{Group, Sink, Uses, extras, groups, operands};
use super::kernels::{Input, KernelOp, Steps, fits, kernel_function, values_of};
use super::summing::summing;
use super::ufuncs::FusedUfunc;
use super::watching::{Look, is_watched_call};
use super::{Action, ArgFrom, Engine, FunctionKey, SpecId, Sweep, calls, index};
use crate::hir::{BinaryOp, HBlock, HValue, HirFunction, HirInst, Op, ValueInfo};
use crate::types::{ArrayTy, Callable, DType, Layout, Lit, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;

/// An operand of a kernel.
#[derive(Clone, PartialEq, Debug)]
enum Leaf {
    Value(HValue),
    /// Something known when compiling.
    Unit(Ty),
}

impl Engine<'_> {
    /// Groups the elementwise operations of an inferred function.
    pub(super) fn fuse(&mut self, id: SpecId) {
        let marked = {
            let spec = self.spec(id);
            spec.hir.blocks.iter().zip(&spec.actions).any(|(block, actions)| {
                let calls = block.insts.iter().zip(actions);
                actions.contains(&Action::Elementwise)
                    || calls.into_iter().any(|(inst, action)| is_watched_call(spec, inst, action))
            })
        };
        if !marked || !self.spec(id).errors.is_empty() {
            return;
        }
        let hir = self.spec(id).hir.clone();
        let uses = Uses::of(&hir);
        let apart = self.relaxed(&self.spec(id).key).automatic.unfused;
        let mut fused = (*hir).clone();
        let original: Rc<[Option<Ty>]> = self.spec(id).types.clone().into();
        for block in 0..hir.blocks.len() {
            if !self.spec(id).reachable[block] {
                continue;
            }
            let groups =
                groups(self.spec(id), &hir.blocks[block], HBlock(block as u32), &uses, apart);
            let calls = hir.blocks[block].insts.iter().zip(&self.spec(id).actions[block]);
            let watched =
                calls.into_iter().any(|(i, action)| is_watched_call(self.spec(id), i, action));
            if groups.is_empty() && !watched {
                continue;
            }
            let rewriting = Rewriting {
                sweep: Sweep {
                    engine: self,
                    id,
                    hir: &hir,
                    changed: false,
                    ret: None,
                    seen: Vec::new(),
                },
                block,
                values: std::mem::take(&mut fused.values),
                insts: Vec::new(),
                actions: Vec::new(),
                converted: FxHashMap::default(),
                original: original.clone(),
            };
            match rewriting.run(&groups) {
                Ok((insts, actions, values)) => {
                    fused.blocks[block].insts = insts;
                    fused.values = values;
                    self.spec_mut(id).actions[block] = actions;
                }
                Err(error) => {
                    self.spec_mut(id).errors.push(*error);
                    return;
                }
            }
        }
        let spec = self.spec_mut(id);
        spec.unfused = Some(hir);
        spec.hir = Rc::new(fused);
    }

    /// The number of a kernel; equal ones are the same.
    fn kernel_id(&mut self, kernel: HirFunction) -> u32 {
        let shape =
            format!("{:?}", kernel.blocks[0].insts.iter().map(|i| &i.op).collect::<Vec<_>>());
        let next = self.kernels.len() as u32;
        let id = *self.kernel_index.entry(shape).or_insert(next);
        if id == next {
            self.kernels.push(Rc::new(kernel));
        }
        id
    }
}

/// A block in its new form.
pub(super) struct Rewriting<'a, 'e, 'h> {
    pub(super) sweep: Sweep<'a, 'e, 'h>,
    pub(super) block: usize,
    values: Vec<ValueInfo>,
    insts: Vec<HirInst>,
    actions: Vec<Action>,
    /// Python integers as elements, by operation and operand.
    converted: FxHashMap<(usize, HValue), HValue>,
    /// Types before any value became a shape.
    pub(super) original: Rc<[Option<Ty>]>,
}

type Rewritten = (Vec<HirInst>, Vec<Action>, Vec<ValueInfo>);

impl<'h> Rewriting<'_, '_, 'h> {
    fn run(mut self, groups: &[Group]) -> Result<Rewritten, Box<Diagnostic>> {
        let hir: &'h HirFunction = self.sweep.hir;
        let insts = &hir.blocks[self.block].insts;
        let old = self.sweep.engine.spec(self.sweep.id).actions[self.block].clone();
        let member = |at: usize| groups.iter().find(|g| g.members.contains(&at));
        for (at, inst) in insts.iter().enumerate() {
            let looked_up = |g: &Group| matches!(g.sink, Sink::Sum(_, Some(look)) if look == at);
            if let Some(group) = member(at) {
                self.operation(group, at, inst)?;
            } else if let Some(group) =
                groups.iter().find(|g| matches!(g.sink, Sink::Sum(call, _) if call == at))
            {
                self.sum(group, inst)?;
            } else if groups.iter().any(looked_up) {
                // The method of an array that isn't made.
                continue;
            } else if let Some(group) = groups.iter().find(|g| g.sink == Sink::Store(at)) {
                self.store(group, inst)?;
            } else if !self.stores_itself(inst, insts, &old, groups) {
                let look = self.watch_call(inst, &old[at]);
                if look.is_some() {
                    let op = Op::Fused(Vec::new());
                    self.insts.push(HirInst { op, results: Vec::new(), span: inst.span });
                    self.actions.push(Action::ClearFlags);
                }
                self.insts.push(inst.clone());
                self.actions.push(old[at].clone());
                if let Some(look) = look {
                    self.look(look, inst.span);
                }
            }
        }
        Ok((self.insts, self.actions, self.values))
    }

    /// `x[i] += y` assigns what has been written into `x[i]` already.
    fn stores_itself(
        &self,
        inst: &HirInst,
        insts: &[HirInst],
        actions: &[Action],
        groups: &[Group],
    ) -> bool {
        let Op::SetItem(base, index, value) = &inst.op else { return false };
        let written = groups.iter().filter(|g| g.sink == Sink::InPlace).find_map(|g| {
            let last = &insts[*g.members.last()?];
            (last.results[0] == *value).then_some(last)
        });
        let Some(Op::Binary(_, target, ..)) = written.map(|w| &w.op) else { return false };
        // What an array picks is a copy.
        insts.iter().zip(actions).any(|(i, action)| {
            i.results == [*target] && i.op == Op::Item(*base, *index) && *action == Action::Plain
        })
    }

    /// Whether all values have types.
    fn arrives(&self, values: &[HValue]) -> bool {
        let types = &self.sweep.engine.spec(self.sweep.id).types;
        values.iter().all(|v| types[v.0 as usize].is_some())
    }

    fn ty(&self, value: HValue) -> Ty {
        self.sweep.engine.spec(self.sweep.id).types[value.0 as usize]
            .clone()
            .expect("an operand of an inferred operation")
    }

    fn new_value(&mut self, ty: Option<Ty>, span: Span) -> HValue {
        let value = HValue(self.values.len() as u32);
        self.values.push(ValueInfo { name: None, span });
        self.sweep.engine.spec_mut(self.sweep.id).types.push(ty);
        value
    }

    /// A call of a body of `elementwise.py`.
    fn call(
        &mut self,
        body: &str,
        args: Vec<(ArgFrom, Ty)>,
        result: Option<HValue>,
        span: Span,
    ) -> Result<HValue, Box<Diagnostic>> {
        let qualified = format!("elementwise.{body}");
        let found = calls::find_body(&qualified);
        let key = FunctionKey::Body(found.file, found.name);
        let (from, types): (Vec<ArgFrom>, Vec<Ty>) = args.into_iter().unzip();
        let spec = self.sweep.specialize(key, types, span, Some(&qualified))?;
        // No type where it always raises: lowering ends the block there.
        let ret = self.sweep.engine.spec(spec).ret.clone();
        let result = match result {
            Some(result) => {
                self.sweep.engine.spec_mut(self.sweep.id).types[result.0 as usize] = ret;
                result
            }
            None => self.new_value(ret, span),
        };
        let mut operands = Vec::new();
        from.iter().for_each(|f| values_of(f, &mut operands));
        self.insts.push(HirInst { op: Op::Fused(operands), results: vec![result], span });
        self.actions.push(Action::Call(spec, from));
        Ok(result)
    }

    /// The call that computes a group, between what looks whether NumPy would warn.
    fn watched(
        &mut self,
        group: &Group,
        stored: Option<(HValue, ArrayTy)>,
        span: Span,
        call: impl FnOnce(&mut Self) -> Result<HValue, Box<Diagnostic>>,
    ) -> Result<(), Box<Diagnostic>> {
        let Some(mut look) = self.watch(group, stored) else { return call(self).map(drop) };
        self.insts.push(HirInst { op: Op::Fused(Vec::new()), results: Vec::new(), span });
        self.actions.push(Action::ClearFlags);
        let made = call(self)?;
        if look.tells_by_nan && self.arrives(&[made]) {
            let args = vec![(ArgFrom::Value(made), self.ty(made))];
            look.nan = Some(self.call("has_nan", args, None, span)?);
        }
        self.look(look, span);
        Ok(())
    }

    /// Reads the flags, and looks again.
    fn look(&mut self, look: Look, span: Span) {
        let mut values = Vec::new();
        for from in &look.operands {
            match from {
                ArgFrom::Receiver(callee) => values.push(*callee),
                other => values_of(other, &mut values),
            }
        }
        values.extend(look.made);
        values.extend(look.nan);
        self.insts.push(HirInst { op: Op::Fused(values), results: Vec::new(), span });
        self.actions.push(Action::Look(Rc::new(look)));
    }

    /// An operation in its place: conversions, the shape of its result, and for the last one
    /// of a group the computation.
    fn operation(
        &mut self,
        group: &Group,
        at: usize,
        inst: &HirInst,
    ) -> Result<(), Box<Diagnostic>> {
        let result = inst.results[0];
        let inputs = operands(&inst.op, |v| self.original[v.0 as usize].clone());
        if !self.arrives(&inputs) {
            // Control doesn't come here: something before always raises.
            self.insts.push(inst.clone());
            self.actions.push(Action::Plain);
            return Ok(());
        }
        let ty = self.ty(result);
        self.convert(at, inst, &inputs)?;
        let last = *group.members.last().expect("a group isn't empty") == at;
        let shape_value = match (last, group.sink) {
            (false, _) | (true, Sink::Store(_) | Sink::Sum(..)) => Some(result),
            _ => None,
        };
        let dtype = match element(&ty) {
            Ty::Num(d) => d,
            other => unreachable!("elements of type {other}"),
        };
        let mut args: Vec<(ArgFrom, Ty)> =
            inputs.iter().map(|&v| (ArgFrom::Value(v), self.ty(v))).collect();
        let count = args.len();
        if let (Sink::Masked(mask), true) = (group.sink, last) {
            args.push((ArgFrom::Value(mask), self.ty(mask)));
        }
        let how = match (count, group.sink, last) {
            (2, Sink::InPlace, true) => "in_place_shape",
            (1, Sink::Masked(_), true) => "shape_of_two",
            (_, Sink::Masked(_), true) => "shape_of_three",
            (1, ..) => "shape_of_one",
            (3, ..) => "shape_of_choice",
            _ => "shape_of_two",
        };
        let shape = self.call(how, args, shape_value, inst.span)?;
        if !last || matches!(group.sink, Sink::Store(_) | Sink::Sum(..)) {
            // What the elements are is needed when the kernel is made.
            return Ok(());
        }
        let shape_arg = (ArgFrom::Value(shape), self.ty(shape));
        let (kernel, leaves) = self.kernel(group)?;
        if let Sink::Out(out, Some(mask)) = group.sink {
            let args = vec![
                kernel,
                (ArgFrom::Value(out), self.ty(out)),
                shape_arg,
                (ArgFrom::Value(mask), self.ty(mask)),
                leaves,
            ];
            self.watched(group, None, inst.span, |this| {
                this.call("update_where", args, Some(result), inst.span)
            })?;
            return Ok(());
        }
        if let Sink::Masked(mask) = group.sink {
            let args = vec![
                kernel,
                unit(Ty::DType(dtype)),
                shape_arg,
                (ArgFrom::Value(mask), self.ty(mask)),
                leaves,
            ];
            self.watched(group, None, inst.span, |this| {
                this.call("compute_where", args, Some(result), inst.span)
            })?;
            return Ok(());
        }
        let order = self.extras_of(inst).order.filter(|_| matches!(ty, Ty::Array(_)));
        let (body, first) = match group.sink {
            Sink::Out(out, _) => ("deliver", (ArgFrom::Value(out), self.ty(out))),
            Sink::InPlace => {
                let target = inputs[0];
                ("update", (ArgFrom::Value(target), self.ty(target)))
            }
            _ if order.is_some_and(|order| order != 'A') => {
                let Ty::Array(made) = &ty else { unreachable!("an order is of an array") };
                let body = if made.layout == Layout::F { "compute_f" } else { "compute_c" };
                (body, unit(Ty::DType(dtype)))
            }
            _ => ("compute", unit(Ty::DType(dtype))),
        };
        self.watched(group, None, inst.span, |this| {
            this.call(body, vec![kernel, first, shape_arg, leaves], Some(result), inst.span)
        })?;
        let made = &self.sweep.engine.spec(self.sweep.id).types[result.0 as usize];
        assert!(made.as_ref().is_none_or(|made| *made == ty), "{made:?} was to be {ty}");
        Ok(())
    }

    /// The sum or mean of a group's result.
    fn sum(&mut self, group: &Group, inst: &HirInst) -> Result<(), Box<Diagnostic>> {
        let hir: &'h HirFunction = self.sweep.hir;
        let insts = &hir.blocks[self.block].insts;
        let last = *group.members.last().expect("a group isn't empty");
        let value = insts[last].results[0];
        if !self.arrives(&[value]) {
            self.insts.push(inst.clone());
            self.actions.push(Action::Plain);
            return Ok(());
        }
        let Ty::Num(dtype) = element(&self.shaped(value)) else { unreachable!("an array's sum") };
        let Op::Call(callee, _) = &inst.op else { unreachable!("a sum is a call") };
        let summing = self.original[callee.0 as usize].as_ref().and_then(summing);
        let body = summing.expect("a sum or mean").body();
        let shape = (ArgFrom::Value(value), self.ty(value));
        let (kernel, leaves) = self.kernel(group)?;
        let result = inst.results[0];
        let wanted = self.ty(result);
        let args = vec![kernel, unit(Ty::DType(dtype)), shape, leaves];
        self.watched(group, None, inst.span, |this| {
            this.call(body, args, Some(result), inst.span)
        })?;
        let made = &self.sweep.engine.spec(self.sweep.id).types[result.0 as usize];
        assert!(made.as_ref().is_none_or(|made| *made == wanted), "{made:?} was to be {wanted}");
        Ok(())
    }

    /// The assignment of a group's result to a view.
    fn store(&mut self, group: &Group, inst: &HirInst) -> Result<(), Box<Diagnostic>> {
        let Op::SetItem(array, at, value) = &inst.op else {
            unreachable!("a store is an assignment to a subscript")
        };
        if !self.arrives(&[*array, *at, *value]) {
            self.insts.push(inst.clone());
            self.actions.push(Action::Plain);
            return Ok(());
        }
        let (Ty::Array(a), shape) = (self.ty(*array), self.ty(*value)) else {
            unreachable!("a view of an array")
        };
        let plan = index::plan(&a, &self.ty(*at)).unwrap_or_else(|(m, _)| panic!("{m}"));
        let target = match &plan.result {
            Ty::Array(target) => Some(*target),
            _ => None,
        };
        let view = self.new_value(Some(plan.result.clone()), inst.span);
        self.insts.push(HirInst {
            op: Op::Item(*array, *at),
            results: vec![view],
            span: inst.span,
        });
        self.actions.push(Action::Plain);
        let (kernel, leaves) = self.kernel(group)?;
        let args = vec![
            kernel,
            (ArgFrom::Value(view), plan.result),
            (ArgFrom::Value(*value), shape),
            leaves,
        ];
        self.watched(group, target.map(|target| (view, target)), inst.span, |this| {
            this.call("store", args, None, inst.span)
        })
    }

    /// Converts Python integers that meet integer elements.
    fn convert(
        &mut self,
        at: usize,
        inst: &HirInst,
        inputs: &[HValue],
    ) -> Result<(), Box<Diagnostic>> {
        let [a, b] = *inputs else { return Ok(()) };
        if matches!(inst.op, Op::Compare(..)) || self.ufunc_of(inst).is_some() {
            return Ok(());
        }
        if let Some(dtype) = self.extras_of(inst).dtype {
            if dtype.is_int() {
                self.convert_one(at, inst, a, dtype)?;
                self.convert_one(at, inst, b, dtype)?;
            }
            return Ok(());
        }
        if !matches!(element(&self.shaped(inst.results[0])), Ty::Num(d) if d.is_int()) {
            return Ok(());
        }
        for (number, other) in [(a, b), (b, a)] {
            let Ty::Num(dtype) = element(&self.shaped(other)) else { continue };
            if dtype.is_int() {
                self.convert_one(at, inst, number, dtype)?;
            }
        }
        Ok(())
    }

    /// Converts an operand that is a Python integer to one of an integer dtype.
    fn convert_one(
        &mut self,
        at: usize,
        inst: &HirInst,
        number: HValue,
        dtype: DType,
    ) -> Result<(), Box<Diagnostic>> {
        let weak = match self.ty(number) {
            Ty::Int => true,
            Ty::Lit(Lit::Int(i)) => !fits(i, dtype),
            _ => false,
        };
        if weak {
            let args = vec![(ArgFrom::Value(number), self.ty(number)), unit(Ty::DType(dtype))];
            let element = self.call("as_element", args, None, inst.span)?;
            self.converted.insert((at, number), element);
        }
        Ok(())
    }

    /// What a call has beside its operands.
    pub(super) fn extras_of(&self, inst: &HirInst) -> Extras {
        extras(&inst.op, |v| self.original[v.0 as usize].clone())
    }

    /// The ufunc of the program that an operation calls.
    pub(super) fn ufunc_of(&self, inst: &HirInst) -> Option<Rc<FusedUfunc>> {
        self.sweep.engine.spec(self.sweep.id).ufunc_of(inst).cloned()
    }

    /// The type that a value had before it became a shape.
    fn shaped(&self, value: HValue) -> Ty {
        match self.original.get(value.0 as usize) {
            Some(Some(ty)) => ty.clone(),
            _ => self.ty(value),
        }
    }

    /// 0, of which nobody but inference knows that it is.
    fn hidden_zero(&mut self, span: Span) -> HValue {
        let zero = self.new_value(Some(Ty::Num(DType::F64)), span);
        self.insts.push(HirInst { op: Op::Fused(Vec::new()), results: vec![zero], span });
        self.actions.push(Action::ClearFlags);
        zero
    }

    /// The kernel of a group as a value, and the operands whose elements it takes.
    fn kernel(&mut self, group: &Group) -> Result<((ArgFrom, Ty), (ArgFrom, Ty)), Box<Diagnostic>> {
        let hir: &'h HirFunction = self.sweep.hir;
        let insts = &hir.blocks[self.block].insts;
        let mut leaves: Vec<Leaf> = Vec::new();
        let mut leaf = |leaf: Leaf| {
            let known = leaves.iter().position(|l| *l == leaf);
            Input::Leaf(known.unwrap_or_else(|| {
                leaves.push(leaf);
                leaves.len() - 1
            }))
        };
        let mut operations: Steps = Vec::new();
        let mut results: FxHashMap<HValue, usize> = FxHashMap::default();
        let zero =
            self.watches_choices(group).then(|| self.hidden_zero(insts[group.members[0]].span));
        for &at in &group.members {
            let inst = &insts[at];
            let mut inputs: Vec<Input> =
                operands(&inst.op, |v| self.original[v.0 as usize].clone())
                    .into_iter()
                    .map(|v| match results.get(&v) {
                        Some(&r) => Input::Result(r),
                        None => leaf(Leaf::Value(*self.converted.get(&(at, v)).unwrap_or(&v))),
                    })
                    .collect();
            if let Some(dtype) = self.extras_of(inst).dtype {
                // The operands are converted before.
                let cast = leaf(Leaf::Unit(Ty::Callable(Callable::Library("prim.cast".into()))));
                let dtype = leaf(Leaf::Unit(Ty::DType(dtype)));
                for input in &mut inputs {
                    operations.push((KernelOp::Call(cast), vec![*input, dtype], inst.span));
                    *input = Input::Result(operations.len() - 1);
                }
            }
            let noted = self.noted_division(inst);
            if let Op::Binary(_, a, b, _) = &inst.op
                && is_scalars_complex(
                    &inst.op,
                    &element(&self.shaped(*a)),
                    &element(&self.shaped(*b)),
                )
            {
                let cast = leaf(Leaf::Unit(Ty::Callable(Callable::Library("prim.cast".into()))));
                let dtype = leaf(Leaf::Unit(Ty::DType(DType::C128)));
                operations.push((KernelOp::Call(cast), vec![inputs[0], dtype], inst.span));
                inputs[0] = Input::Result(operations.len() - 1);
            }
            let mut function =
                |name: Arc<str>| leaf(Leaf::Unit(Ty::Callable(Callable::Library(name))));
            let op = match &inst.op {
                _ if let Some(name) = noted => KernelOp::Call(function(name.into())),
                Op::Binary(BinaryOp::Pow, a, b, _) => {
                    let named = match element(&self.shaped(*a)) {
                        Ty::Num(d) => power_function(d, &self.ty(*b)),
                        _ => None,
                    };
                    match named {
                        Some(name) => {
                            inputs.truncate(1);
                            KernelOp::Call(function(name.into()))
                        }
                        None => KernelOp::Binary(BinaryOp::Pow),
                    }
                }
                Op::Unary(op, _) => KernelOp::Unary(*op),
                Op::Binary(op, ..) => KernelOp::Binary(*op),
                Op::Compare(op, ..) => KernelOp::Compare(*op),
                Op::Call(..) if let Some(ufunc) = self.ufunc_of(inst) => {
                    let of = Callable::User(ufunc.elements.function.clone());
                    KernelOp::Call(leaf(Leaf::Unit(Ty::Callable(of))))
                }
                Op::Call(callee, _) => match self.ty(*callee) {
                    Ty::Callable(Callable::Library(name)) => {
                        let watched = zero.filter(|_| &*name == "numpy.where");
                        let name = of_elements(name, watched.is_some());
                        let callee = function(name);
                        inputs.extend(watched.map(|zero| leaf(Leaf::Value(zero))));
                        KernelOp::Call(callee)
                    }
                    other => unreachable!("an elementwise call of {other}"),
                },
                other => unreachable!("{other:?} is not elementwise"),
            };
            results.insert(inst.results[0], operations.len());
            operations.push((op, inputs, inst.span));
        }
        let root = &insts[*group.members.last().expect("a group isn't empty")];
        let kernel = kernel_function(hir, root.span, leaves.len(), &operations);
        let id = self.sweep.engine.kernel_id(kernel);
        let (from, types): (Vec<ArgFrom>, Vec<Ty>) = leaves
            .into_iter()
            .map(|leaf| match leaf {
                Leaf::Value(v) => (ArgFrom::Value(v), self.ty(v)),
                Leaf::Unit(ty) => unit(ty),
            })
            .unzip();
        Ok((unit(Ty::Callable(Callable::Kernel(id))), (ArgFrom::Tuple(from), Ty::tuple(types))))
    }
}

/// An argument without a value at run time.
fn unit(ty: Ty) -> (ArgFrom, Ty) {
    (ArgFrom::Unit(ty.clone()), ty)
}
