//! Who owns array memory: which values hold a reference, and where they die.
//!
//! A value *borrows* when all that it refers to belongs to the caller: it derives
//! by views, tuples and joins from the function's parameters alone. Borrowing
//! values are never counted, so most kernels count nothing. Every other value that
//! contains an array *owns* one reference to each array in it, from its definition
//! to its last use; on an edge to an owning block parameter the reference moves or
//! is doubled. Arguments of calls are borrowed by the callee, results are owned by
//! the caller. When an exception leaves the function nothing is released here: the
//! boundary frees what the call has allocated. On the way to a handler of the same
//! function what doesn't live into the handler is released.

use crate::hir::{HBlock, HValue, HirFunction, HirInst, Op, Refinement, Terminator};
use crate::infer::Specialization;
use crate::infer::cleanup::Cleanups;
use crate::types::{Callable, Lit, Ty, choice_parts};
use cumbia_ir::Value;
use rustc_hash::{FxHashMap, FxHashSet};

/// What a definition does with the references in its result.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The operation hands over references (allocation, call).
    Fresh,
    /// The result was in a container, which may drop it at any time: it takes references
    /// of its own, also where the container is borrowed.
    Loaded,
    /// References of the operands' arrays.
    Derived,
}

/// Whether a value of the type refers to counted objects: arrays' memory, strings,
/// containers.
pub fn is_counted(ty: &Ty) -> bool {
    match ty {
        Ty::Array(_) | Ty::Str | Ty::Bytes | Ty::List(..) | Ty::Set(..) | Ty::Dict(..) => true,
        Ty::Exception | Ty::Generator(..) | Ty::Buffer(_) | Ty::Random => true,
        Ty::Collection(..) | Ty::Object(..) => true,
        Ty::Records(_) | Ty::Row(_) | Ty::Text(_) => true,
        Ty::Tuple(items) | Ty::Lazy(_, items) | Ty::Record(_, items) => {
            items.iter().any(is_counted)
        }
        Ty::Iter(t) | Ty::MaybeUnbound(t) | Ty::Optional(t) => is_counted(t),
        Ty::Callable(Callable::Method(receiver, _)) => is_counted(receiver),
        Ty::Callable(Callable::Partial(p)) => p.items().any(is_counted),
        Ty::Closure(c) => c.items().any(is_counted),
        Ty::Choice(of) => of.iter().any(is_counted),
        Ty::Cell(_) => true,
        Ty::Keywords(items) => items.iter().any(|(_, t)| is_counted(t)),
        _ => false,
    }
}

/// An owner among a value's parts, with the flag that says whether it is there.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct OwnerPart {
    /// The owner record's address.
    pub owner: Value,
    /// True when the value is bound; `None` where it always is.
    pub flag: Option<Value>,
    /// The specialization of a generator.
    pub generator: Option<u32>,
}

/// All owners among a value's parts.
pub fn owners(ty: &Ty, parts: &[Value]) -> Vec<OwnerPart> {
    fn all<'t>(
        items: impl Iterator<Item = &'t Ty>,
        parts: &[Value],
        flag: Option<Value>,
        out: &mut Vec<OwnerPart>,
    ) -> usize {
        items.fold(0, |at, item| at + collect(item, &parts[at..], flag, out))
    }
    fn collect(ty: &Ty, parts: &[Value], flag: Option<Value>, out: &mut Vec<OwnerPart>) -> usize {
        match ty {
            Ty::Callable(Callable::Partial(p)) => all(p.items(), parts, flag, out),
            Ty::Closure(c) => all(c.items(), parts, flag, out),
            Ty::Choice(of) => {
                for one in choice_parts(of) {
                    let flag = one.flag.map(|at| parts[at]);
                    collect(one.ty, &parts[one.start..], flag, out);
                }
                ty.part_types().len()
            }
            Ty::Keywords(items) => all(items.iter().map(|(_, t)| t), parts, flag, out),
            // The first part is the record's address.
            Ty::Array(_)
            | Ty::Str
            | Ty::Bytes
            | Ty::List(..)
            | Ty::Set(..)
            | Ty::Dict(..)
            | Ty::Object(..)
            | Ty::Collection(..)
            | Ty::Generator(..)
            | Ty::Buffer(_)
            | Ty::Random
            | Ty::Cell(_) => {
                let generator = match ty {
                    Ty::Generator(of, _) => Some(*of),
                    _ => None,
                };
                out.push(OwnerPart { owner: parts[0], flag, generator });
                ty.part_types().len()
            }
            Ty::Records(_) | Ty::Row(_) | Ty::Text(_) => {
                out.push(OwnerPart { owner: parts[0], flag, generator: None });
                ty.part_types().len()
            }
            Ty::Tuple(items) | Ty::Record(_, items) => {
                let mut at = 0;
                for item in items.iter() {
                    at += collect(item, &parts[at..], flag, out);
                }
                at
            }
            Ty::Exception => {
                out.push(OwnerPart { owner: parts[0], flag, generator: None });
                1
            }
            Ty::Lazy(lazy, items) => {
                let mut at = 0;
                for item in items.iter() {
                    at += collect(item, &parts[at..], flag, out);
                }
                at + lazy.extra_parts()
            }
            Ty::Iter(t) => collect(t, parts, flag, out),
            Ty::Callable(Callable::Method(receiver, _)) => collect(receiver, parts, flag, out),
            // A value that isn't there has zeroes for parts, flags included: the innermost
            // flag says it all.
            Ty::MaybeUnbound(t) | Ty::Optional(t) => {
                1 + collect(t, &parts[1..], Some(parts[0]), out)
            }
            other => other.part_types().len(),
        }
    }
    let mut out = Vec::new();
    if is_counted(ty) {
        collect(ty, parts, None, &mut out);
    }
    out
}

/// The plan for one function.
pub struct Ownership {
    /// The value that stands for each: itself, but what a refinement of the same type
    /// was made of, so that testing a variable counts nothing.
    same: Vec<HValue>,
    owned: Vec<bool>,
    any: bool,
    /// Owned values that live into each block (its own parameters left out).
    live_in: Vec<FxHashSet<HValue>>,
    /// Owned values that are alive just before each block's terminator acts.
    live_at_end: Vec<FxHashSet<HValue>>,
    /// Owned values that die at each instruction, by block and instruction.
    dies: Vec<Vec<Vec<HValue>>>,
    /// In blocks with a handler: owned values alive before each instruction acts.
    before: FxHashMap<(HBlock, usize), Vec<HValue>>,
    /// Values whose last reference does something when it goes.
    cleaning: Vec<bool>,
    /// Whether there are such: what exceptions pass is released then.
    cleans: bool,
}

impl Ownership {
    /// Analyses a specialization.
    pub fn new(spec: &Specialization, cleanups: &Cleanups) -> Ownership {
        let hir = &*spec.hir;
        let same = same_values(spec);
        let mut plan = Ownership {
            owned: owned_values(spec, &same),
            same,
            any: false,
            live_in: vec![FxHashSet::default(); hir.blocks.len()],
            live_at_end: vec![FxHashSet::default(); hir.blocks.len()],
            dies: hir.blocks.iter().map(|b| vec![Vec::new(); b.insts.len()]).collect(),
            before: FxHashMap::default(),
            cleaning: vec![false; spec.types.len()],
            cleans: false,
        };
        if !cleanups.is_empty() {
            let holds = |ty: &Option<Ty>| ty.as_ref().is_some_and(|ty| cleanups.holds(ty));
            plan.cleaning = spec.types.iter().map(holds).collect();
            plan.cleans = plan.cleaning.iter().zip(&plan.owned).any(|(&c, &o)| c && o);
        }
        plan.any = plan.owned.iter().any(|&o| o);
        if plan.any {
            plan.liveness(spec);
            plan.borrow_receivers(spec);
        }
        plan
    }

    /// A bound method that is called at once needs no reference of its own: those of the
    /// object that it was taken from outlive it.
    ///
    /// So it is where the method dies in its block, and its owned operands live on behind
    /// that. Whatever is made of the method meanwhile takes references as before.
    fn borrow_receivers(&mut self, spec: &Specialization) {
        for (b, data) in spec.hir.blocks.iter().enumerate().filter(|(b, _)| spec.reachable[*b]) {
            for (at, inst) in data.insts.iter().enumerate() {
                let (Op::Attr(of, _), &[method]) = (&inst.op, &inst.results[..]) else { continue };
                let of = self.same(*of);
                let is_method = matches!(
                    spec.types[method.0 as usize],
                    Some(Ty::Callable(Callable::Method(..)))
                );
                let derived = source(inst, spec, HBlock(b as u32), at) == Source::Derived;
                if !is_method
                    || !derived
                    || self.same(method) != method
                    || !self.owned[method.0 as usize]
                    || !self.owned[of.0 as usize]
                {
                    continue;
                }
                let dies = &self.dies[b];
                let Some(last) = (at..dies.len()).find(|&k| dies[k].contains(&method)) else {
                    continue;
                };
                // A generator that waits keeps what it owns in its frame.
                let waits = data.insts[at..=last].iter().any(|i| matches!(i.op, Op::Yield(..)));
                if waits || dies[at..=last].iter().any(|dead| dead.contains(&of)) {
                    continue;
                }
                self.owned[method.0 as usize] = false;
                self.dies[b][last].retain(|&dead| dead != method);
                for k in at..=last {
                    if let Some(alive) = self.before.get_mut(&(HBlock(b as u32), k)) {
                        alive.retain(|&value| value != method);
                    }
                }
            }
        }
    }

    /// The value whose references a value stands for.
    pub fn same(&self, value: HValue) -> HValue {
        self.same[value.0 as usize]
    }

    /// Whether a value holds references.
    pub fn is_owned(&self, value: HValue) -> bool {
        self.owned[self.same(value).0 as usize]
    }

    /// Whether an instruction's results take their own references to arrays of its
    /// operands.
    pub fn retains(&self, inst: &HirInst, spec: &Specialization, block: HBlock, at: usize) -> bool {
        self.any && source(inst, spec, block, at) != Source::Fresh
    }

    /// Values to release after an instruction.
    pub fn dies(&self, block: HBlock, at: usize) -> &[HValue] {
        &self.dies[block.0 as usize][at]
    }

    /// Values alive before the block's terminator acts, in a fixed order.
    pub fn live_at_end(&self, block: HBlock) -> Vec<HValue> {
        let mut live: Vec<HValue> = self.live_at_end[block.0 as usize].iter().copied().collect();
        live.sort();
        live
    }

    /// Values alive before an instruction of a block with a handler acts (past the last
    /// one: before the terminator does), in a fixed order.
    pub fn live_before(&self, block: HBlock, at: usize) -> Vec<HValue> {
        match self.dies[block.0 as usize].len() {
            count if at < count => self.before.get(&(block, at)).cloned().unwrap_or_default(),
            _ => self.live_at_end(block),
        }
    }

    /// Whether a value, if it is owned, is one whose last reference does something.
    pub fn is_cleaning(&self, value: HValue) -> bool {
        self.cleaning[value.0 as usize]
    }

    /// Whether exceptions that leave the function release something on the way.
    pub fn cleans(&self) -> bool {
        self.cleans
    }

    /// Whether a value lives into a block.
    pub fn is_live_in(&self, block: HBlock, value: HValue) -> bool {
        self.live_in[block.0 as usize].contains(&self.same(value))
    }

    fn liveness(&mut self, spec: &Specialization) {
        let hir = &*spec.hir;
        let order = crate::infer::reverse_postorder(hir);
        let mut changed = true;
        while changed {
            changed = false;
            for &block in order.iter().rev() {
                if !spec.reachable[block.0 as usize] {
                    continue;
                }
                let live_in = self.scan(hir, spec, block);
                if live_in != self.live_in[block.0 as usize] {
                    self.live_in[block.0 as usize] = live_in;
                    changed = true;
                }
            }
        }
    }

    /// Walks a block backwards; fills `dies` and `live_at_end`, gives what lives in.
    fn scan(
        &mut self,
        hir: &HirFunction,
        spec: &Specialization,
        block: HBlock,
    ) -> FxHashSet<HValue> {
        let data = &hir.blocks[block.0 as usize];
        let mut live = FxHashSet::default();
        let (owned, same) = (&self.owned, &self.same);
        let use_value = |live: &mut FxHashSet<HValue>, v: HValue| {
            let v = same[v.0 as usize];
            owned[v.0 as usize] && live.insert(v)
        };
        // A handler's values are there from the block's start to its end.
        for edge in data.edges() {
            if spec.reachable[edge.block.0 as usize] {
                live.extend(self.live_in[edge.block.0 as usize].iter().copied());
                for &arg in &edge.args {
                    use_value(&mut live, arg);
                }
            }
        }
        match &data.terminator {
            Terminator::Return(v) => {
                use_value(&mut live, *v);
            }
            Terminator::Branch { cond, .. } => {
                use_value(&mut live, *cond);
            }
            Terminator::Raise { class, args, cause } => {
                args.iter().chain(cause).chain([class]).for_each(|&v| {
                    use_value(&mut live, v);
                });
            }
            Terminator::Reraise(v) => {
                use_value(&mut live, *v);
            }
            _ => {}
        }
        self.live_at_end[block.0 as usize] = live.clone();
        for (at, inst) in data.insts.iter().enumerate().rev() {
            let dies = &mut self.dies[block.0 as usize][at];
            dies.clear();
            if inst.results.first().is_some_and(|&r| same[r.0 as usize] != r) {
                continue;
            }
            for &result in &inst.results {
                if self.owned[result.0 as usize] && !live.remove(&result) {
                    dies.push(result);
                }
            }
            for_each_operand(&inst.op, |v| {
                let v = same[v.0 as usize];
                let kept = !matches!(inst.op, Op::Keep(_)) || self.cleaning[v.0 as usize];
                if kept && owned[v.0 as usize] && live.insert(v) {
                    dies.push(v);
                }
            });
            if (data.handler.is_some() || self.cleans) && !live.is_empty() {
                let mut here: Vec<HValue> = live.iter().copied().collect();
                here.sort();
                self.before.insert((block, at), here);
            }
        }
        for param in &data.params {
            live.remove(param);
        }
        live
    }
}

/// Calls `f` on each operand of an operation.
pub fn for_each_operand(op: &Op, mut f: impl FnMut(HValue)) {
    match op {
        Op::Const(_) | Op::Name(..) | Op::Unbound | Op::Poll => {}
        Op::CellNew(_) | Op::Catch => {}
        Op::Fused(items) | Op::Parallel(_, items) => items.iter().copied().for_each(f),
        Op::SuperAttr(a, b, _) => {
            f(*a);
            f(*b);
        }
        Op::Instance(a, _, items) => {
            f(*a);
            items.iter().copied().for_each(f);
        }
        Op::InitField(a, b, _) => {
            f(*a);
            b.iter().copied().for_each(f);
        }
        Op::CellGet(a, ..) | Op::CheckFree(a, _) | Op::Splat(a, _) | Op::EndCatch(a) => f(*a),
        Op::CellSet(a, b) | Op::ExcMatch(a, b) => {
            f(*a);
            f(*b);
        }
        Op::Closure(_, captures, defaults) | Op::SelfClosure(captures, defaults) => {
            captures.iter().chain(defaults).copied().for_each(f);
        }
        Op::Refine(a, refinement) => {
            f(*a);
            if let Refinement::Instance(callee, classes, _) = refinement {
                f(*callee);
                f(*classes);
            }
        }
        Op::Unary(_, a)
        | Op::Not(a)
        | Op::Truth(a)
        | Op::Attr(a, _)
        | Op::Unpack(a)
        | Op::Iter(a, _)
        | Op::IterStart(a, _)
        | Op::Keep(a)
        | Op::DelegateThrow(a)
        | Op::Given(a)
        | Op::IsOf(a, _)
        | Op::AsOf(a, _)
        | Op::CheckBound(a, _) => f(*a),
        Op::Binary(_, a, b, _)
        | Op::Compare(_, a, b)
        | Op::Item(a, b)
        | Op::SetAttr(a, _, b)
        | Op::IterNext(a, b)
        | Op::IterItem(a, b)
        | Op::PosNext(a, b) => {
            f(*a);
            f(*b);
        }
        Op::Yield(a, at) => {
            f(*a);
            at.handled.iter().copied().for_each(f);
        }
        Op::Delegate(a, b) => {
            f(*a);
            f(*b);
        }
        Op::SetItem(a, b, c) => {
            f(*a);
            f(*b);
            f(*c);
        }
        Op::Tuple(items) | Op::Display(_, items) | Op::Concat(items) | Op::Generator(_, items) => {
            items.iter().copied().for_each(f)
        }
        Op::Insert(_, a, items) => {
            f(*a);
            items.iter().copied().for_each(f);
        }
        Op::PatternTest(_, a, b) => {
            f(*a);
            b.iter().copied().for_each(f);
        }
        Op::CheckItems(a, _) => f(*a),
        Op::DelItem(a, b) => {
            f(*a);
            f(*b);
        }
        Op::Extend(_, a, b) => {
            f(*a);
            f(*b);
        }
        Op::Format(a, _, b) => {
            f(*a);
            b.iter().copied().for_each(f);
        }
        Op::Slice(parts) => parts.iter().flatten().copied().for_each(f),
        Op::Call(callee, args) => {
            f(*callee);
            args.iter().for_each(|a| f(a.value));
        }
    }
}

fn is_object(spec: &Specialization, inst: &HirInst) -> bool {
    let made = inst.results.first().and_then(|v| spec.types[v.0 as usize].as_ref());
    matches!(made, Some(Ty::Object(..)))
}

/// The type of a call's first argument.
fn inst_args<'t>(inst: &HirInst, ty: &impl Fn(HValue) -> Option<&'t Ty>) -> Option<&'t Ty> {
    match &inst.op {
        Op::Call(_, args) => args.first().and_then(|a| ty(a.value)),
        _ => None,
    }
}

fn source(inst: &HirInst, spec: &Specialization, block: HBlock, at: usize) -> Source {
    use crate::infer::Action;
    // An operand that may be `None` is used as the value (`infer/views.rs`).
    let ty = |v: HValue| match spec.types[v.0 as usize].as_ref() {
        Some(Ty::Optional(inner)) => Some(&**inner),
        other => other,
    };
    let action = &spec.actions[block.0 as usize][at];
    if let Some(op) =
        crate::infer::attributes::stands_for(&inst.op, |v| spec.types[v.0 as usize].as_ref())
        && !matches!(action, Action::Apply(..))
    {
        return source(&HirInst { op, ..inst.clone() }, spec, block, at);
    }
    match (&inst.op, action) {
        (_, Action::Call(..) | Action::Choose(_) | Action::Collect(..)) => Source::Fresh,
        (Op::Catch | Op::CellNew(_), _) => Source::Fresh,
        (_, Action::NotNone(of)) if matches!(**of, Action::Call(..) | Action::Choose(_)) => {
            Source::Fresh
        }
        (Op::CellGet(..) | Op::Given(_), _) => Source::Loaded,
        (Op::Call(..), Action::Construct(..)) if is_object(spec, inst) => Source::Fresh,
        // A field; a method keeps the object itself.
        (Op::Attr(a, _), _) if matches!(ty(*a), Some(Ty::Object(..))) => Source::Loaded,
        (Op::Format(..), Action::Structural(_)) => Source::Fresh,
        // A text is made when it is read from an element.
        (Op::Item(..) | Op::Attr(..) | Op::Unpack(_), Action::Plain) if reads_text(inst, spec) => {
            Source::Fresh
        }
        (Op::Attr(..) | Op::Call(..), Action::Structural(name))
            if let Some(what) = name.strip_prefix("exception.") =>
        {
            match what {
                "class" | "args" | "traceback" => Source::Derived,
                "isinstance" | "args_count" | "add_note" => Source::Derived,
                "cause" | "context" => Source::Loaded,
                _ => Source::Fresh,
            }
        }
        (Op::Instance(..), _) => Source::Fresh,
        // Of the object that the base has made; else the variable's value.
        (Op::InitField(value, ..), _) if ty(*value) == Some(&Ty::Unbound) => Source::Loaded,
        // A list that is a tuple (`infer/sequences.rs`).
        (Op::Display(..), _) if matches!(ty(inst.results[0]), Some(Ty::Tuple(_))) => {
            Source::Derived
        }
        (Op::Display(..) | Op::Concat(_) | Op::Generator(..), _) => Source::Fresh,
        // What a generator gives belongs to the caller; no other position is counted.
        (Op::IterNext(..) | Op::Yield(..), _) => Source::Fresh,
        (Op::Item(container, index), _) => match (ty(*container), ty(*index)) {
            (Some(Ty::List(..) | Ty::Str | Ty::Bytes), Some(Ty::Slice(_))) => Source::Fresh,
            // A part of an array of texts is a view; its texts are made when they are read.
            (Some(Ty::Records(_)), _) => Source::Derived,
            (Some(container), _) => of_items(container),
            _ => Source::Derived,
        },
        (Op::Unpack(container), _) => ty(*container).map_or(Source::Derived, of_items),
        (Op::IterItem(iter, _), _) => match ty(*iter) {
            Some(Ty::Iter(of)) => of_items(of),
            _ => Source::Derived,
        },
        (Op::Call(..), Action::Structural(name)) => match &**name {
            "prim.table_key" | "prim.dict_value" => Source::Loaded,
            "prim.record_items" if matches!(inst_args(inst, &ty), Some(Ty::Object(..))) => {
                Source::Loaded
            }
            n if crate::infer::containers::empty_constructor(n).is_some() => Source::Fresh,
            "prim.buffer_like" | "prim.buffer_part" | "prim.bytearray_new" | "prim.array_new" => {
                Source::Fresh
            }
            n if n.starts_with("prim.empty") || n.starts_with("prim.zeros") => Source::Fresh,
            n => match n.strip_prefix("prim.") {
                Some(n)
                    if crate::infer::containers::primitive(n).is_some()
                        || cumbia_library::natives::native(n).is_some() =>
                {
                    Source::Fresh
                }
                _ => Source::Derived,
            },
        },
        _ => Source::Derived,
    }
}

/// Whether an instruction reads a text from an element of an array, or from an array.
pub fn reads_text(inst: &HirInst, spec: &Specialization) -> bool {
    let (Op::Item(of, _) | Op::Attr(of, _) | Op::Unpack(of)) = &inst.op else { return false };
    let ty = |v: &HValue| spec.types[v.0 as usize].as_ref();
    matches!(ty(of), Some(Ty::Records(_) | Ty::Row(_)))
        && inst.results.iter().any(|v| matches!(ty(v), Some(Ty::Text(_))))
}

/// How items come out of a container.
fn of_items(container: &Ty) -> Source {
    match container {
        Ty::Row(row) if row.has_texts() => Source::Fresh,
        Ty::Records(array) if array.dtype.text.is_some() && array.ndim == 1 => Source::Fresh,
        Ty::List(..) | Ty::Set(..) | Ty::Dict(..) | Ty::Collection(..) => Source::Loaded,
        Ty::Str | Ty::Bytes | Ty::Lit(Lit::Str(_)) => Source::Fresh,
        Ty::Lazy(view, _) if view.is_view() => Source::Loaded,
        // Items of different origin: all of them are made to own what they refer to.
        Ty::Lazy(_, of) if of.iter().any(|t| of_items(t) != Source::Derived) => Source::Fresh,
        _ => Source::Derived,
    }
}

/// Whether an item of an iterable comes with references of its own.
pub fn items_are_owned(iterable: &Ty) -> bool {
    of_items(iterable) == Source::Fresh
}

/// For each value the one that it is a refinement of, if that changes no type.
fn same_values(spec: &Specialization) -> Vec<HValue> {
    let mut same: Vec<HValue> = (0..spec.types.len() as u32).map(HValue).collect();
    for inst in spec.hir.blocks.iter().flat_map(|b| &b.insts) {
        if let Op::Refine(of, _) = inst.op {
            let result = inst.results[0].0 as usize;
            if spec.types[result].is_some() && spec.types[result] == spec.types[of.0 as usize] {
                same[result] = of;
            }
        }
    }
    for value in 0..same.len() {
        let mut root = same[value];
        while same[root.0 as usize] != root {
            root = same[root.0 as usize];
        }
        // Each chain is walked once.
        let mut at = value;
        while same[at] != root {
            at = std::mem::replace(&mut same[at], root).0 as usize;
        }
    }
    same
}

fn owned_values(spec: &Specialization, same: &[HValue]) -> Vec<bool> {
    let hir = &*spec.hir;
    let arrays: Vec<bool> = spec.types.iter().map(|t| t.as_ref().is_some_and(is_counted)).collect();
    let mut owned = vec![false; arrays.len()];
    let mut changed = arrays.iter().any(|&a| a);
    while changed {
        changed = false;
        let mut own = |owned: &mut Vec<bool>, v: HValue| {
            if arrays[v.0 as usize] && !owned[v.0 as usize] {
                owned[v.0 as usize] = true;
                changed = true;
            }
        };
        for (b, data) in hir.blocks.iter().enumerate() {
            if !spec.reachable[b] {
                continue;
            }
            for (at, inst) in data.insts.iter().enumerate() {
                let fresh = source(inst, spec, HBlock(b as u32), at) != Source::Derived;
                let mut from_owned = false;
                for_each_operand(&inst.op, |v| from_owned |= owned[same[v.0 as usize].0 as usize]);
                if inst.results.first().is_some_and(|&r| same[r.0 as usize] != r) {
                    continue;
                }
                if fresh || from_owned {
                    inst.results.iter().for_each(|&r| own(&mut owned, r));
                }
            }
            for edge in data.edges() {
                let params = &hir.blocks[edge.block.0 as usize].params;
                for (&param, &arg) in params.iter().zip(&edge.args) {
                    if owned[same[arg.0 as usize].0 as usize] {
                        own(&mut owned, param);
                    }
                }
            }
        }
    }
    owned
}
