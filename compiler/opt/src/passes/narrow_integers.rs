//! Sums and products of small integers computed in 16 or 32 bits.
//!
//! A Python integer has 64 bits here, also one that was made of a byte. In a vector that is
//! an eighth of the elements that there could be. So what an innermost loop computes from
//! narrow types, constants and the like is computed in the narrowest of 16 and 32 bits in
//! which all of it fits, by intervals.
//!
//! ```text
//!   v4 = zext.i64 v2                        v14 = zext.i16 v2
//!   v5 = zext.i64 v3                        v15 = zext.i16 v3
//!   v6 = isub.i64 v4, v5             =>     v16 = isub.i16 v14, v15
//!   v7 = ineg.i64 v6                        v17 = ineg.i16 v16
//!   v8 = smax.i64 v6, v7                    v18 = smax.i16 v16, v17
//!   v9 = trunc.i8 v8                        v19 = trunc.i8 v18
//! ```
//!
//! Values that are operands of one another, directly or through others, go together: all of
//! them fit the width, so each is the sign extension of the narrow one. What else uses one
//! gets it sign-extended, if that is worth it.
//!
//! Left alone: loops that may raise or call, which aren't vectorized; groups of which more
//! than every other operation would have to be extended. Intervals follow from the operations
//! alone, not from where they are. Complexity: linear in the sizes of innermost loops.

use crate::analysis::{Interval, transfer};
use crate::loops::affordable;
use crate::pass::Pass;
use crate::rewrite::{Replacements, make_iconst};
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{Block, Effects, Function, Inst, InstData, Module, Opcode, Type, Value};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// The `narrow_integers` pass.
pub struct NarrowIntegers;

impl Pass for NarrowIntegers {
    fn name(&self) -> &'static str {
        "narrow_integers"
    }

    fn run(&self, func: &mut Function, _module: &Module) -> bool {
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        let mut changed = false;
        // Each looks at the whole function for uses.
        for id in forest.innermost_first().take(affordable(func)) {
            let this = &forest.loops[id];
            let innermost = !forest.loops.iter().any(|other| other.parent == Some(id));
            if innermost && this.blocks.iter().all(|&block| only_computes(func, block)) {
                let mut blocks = this.blocks.clone();
                blocks.sort_by_key(|&block| cfg.rpo_number(block));
                changed |= narrow(func, &blocks);
            }
        }
        changed
    }
}

/// Whether a block is one that a vectorizer may take.
fn only_computes(func: &Function, block: Block) -> bool {
    let data = func.block(block);
    !data.cold
        && data.insts.iter().all(|&inst| {
            let op = func.inst(inst).op;
            op == Opcode::Poll || !matches!(op.effects(), Effects::Raise | Effects::All)
        })
}

/// The values of a loop that may be narrow, in groups.
struct Groups {
    /// Of each value, its interval and a value of its group; constants aren't among them.
    members: FxHashMap<Value, (Interval, Value)>,
}

fn narrow(func: &mut Function, blocks: &[Block]) -> bool {
    let mut groups = Groups::find(func, blocks);
    if groups.members.is_empty() {
        return false;
    }
    groups.join_compared(func, blocks);
    let widths = groups.widths(func);
    if widths.is_empty() {
        return false;
    }
    let mut replacements = Replacements::new(func);
    let (out, narrow) = (Vec::new(), FxHashMap::default());
    let mut writer = Writer { func, groups: &groups, widths: &widths, narrow, out };
    for &block in blocks {
        for inst in std::mem::take(&mut writer.func.block_mut(block).insts) {
            writer.write(inst, &mut replacements);
        }
        writer.func.block_mut(block).insts = std::mem::take(&mut writer.out);
    }
    replacements.apply(func);
    true
}

impl Groups {
    fn find(func: &Function, blocks: &[Block]) -> Groups {
        let mut groups = Groups { members: FxHashMap::default() };
        for &block in blocks {
            for &inst in &func.block(block).insts {
                if let Some(interval) = groups.interval_of_member(func, inst) {
                    let result = func.result(inst);
                    groups.members.insert(result, (interval, result));
                    for at in operands(func.inst(inst)) {
                        groups.join(result, func.inst(inst).args[at]);
                    }
                }
            }
        }
        groups
    }

    /// The interval of what an instruction gives, if it may be narrow.
    fn interval_of_member(&self, func: &Function, inst: Inst) -> Option<Interval> {
        use Opcode::*;
        let data = func.inst(inst);
        let &[result] = data.results.as_slice() else { return None };
        if func.value_type(result) != Type::I64 {
            return None;
        }
        let shift = |at: usize| func.int_const(data.args[at]).filter(|by| (0..16).contains(by));
        match data.op {
            Sext | Zext | Iadd | Isub | Imul | Ineg | Smin | Smax | Band | Bor | Bxor | Select => {}
            Sshr | Ushr | Ishl if shift(1).is_some() => {}
            _ => return None,
        }
        if !operands(data).all(|at| self.known(func, data.args[at]).is_some()) {
            return None;
        }
        let (interval, exact) = transfer(func, inst, Type::I64, |at| {
            let arg = data.args[at];
            let known = self.known(func, arg);
            known.unwrap_or_else(|| Interval::full(func.value_type(arg)))
        });
        // A shift to the right of what is negative isn't the narrow one's.
        let logical = data.op == Ushr && self.known(func, data.args[0])?.lo < 0;
        let wraps = matches!(data.op, Iadd | Isub | Imul | Ineg | Ishl) && !exact;
        (!logical && !wraps && Interval::full(Type::I32).contains(interval)).then_some(interval)
    }

    /// The interval of a member or of a constant that fits 32 bits.
    fn known(&self, func: &Function, value: Value) -> Option<Interval> {
        if let Some(number) = func.int_const(value) {
            let interval = Interval::single(number);
            return Interval::full(Type::I32).contains(interval).then_some(interval);
        }
        self.members.get(&value).map(|member| member.0)
    }

    /// A value of the group, the same for all of its members.
    fn group(&self, mut value: Value) -> Value {
        while let Some(member) = self.members.get(&value)
            && member.1 != value
        {
            value = member.1;
        }
        value
    }

    fn join(&mut self, a: Value, b: Value) {
        let (a, b) = (self.group(a), self.group(b));
        if a != b
            && self.members.contains_key(&a)
            && let Some(member) = self.members.get_mut(&b)
        {
            member.1 = a;
        }
    }

    /// What is compared is compared in one width: where both sides may be narrow.
    fn join_compared(&mut self, func: &Function, blocks: &[Block]) {
        for &inst in blocks.iter().flat_map(|&block| &func.block(block).insts) {
            let data = func.inst(inst);
            if self.is_compared(func, data) {
                self.join(data.args[0], data.args[1]);
            }
        }
    }

    /// Whether an instruction compares members, or one with a constant.
    fn is_compared(&self, func: &Function, data: &InstData) -> bool {
        data.op == Opcode::Icmp
            && data.args.iter().any(|arg| self.members.contains_key(arg))
            && data.args.iter().all(|&arg| self.known(func, arg).is_some())
    }

    /// Whether an instruction, no member itself, takes members as narrow values.
    fn takes_narrow(&self, func: &Function, data: &InstData) -> bool {
        matches!(data.op, Opcode::Trunc | Opcode::SintToF) || self.is_compared(func, data)
    }

    /// Of each group that is worth it, by the value that stands for it, its type.
    fn widths(&self, func: &Function) -> FxHashMap<Value, Type> {
        let mut found: FxHashMap<Value, Group> = FxHashMap::default();
        let mut extended: Vec<Value> = Vec::new();
        for &block in &func.layout {
            for &inst in &func.block(block).insts {
                let data = func.inst(inst);
                let member = data.results.first().and_then(|r| self.members.get(r));
                if member.is_none() && !self.takes_narrow(func, data) {
                    func.for_each_use(inst, |value| {
                        if self.members.contains_key(&value) {
                            extended.push(value);
                        }
                    });
                    continue;
                }
                let extends = matches!(data.op, Opcode::Sext | Opcode::Zext);
                let Some(any) =
                    data.results.iter().chain(&data.args).find(|&v| self.members.contains_key(v))
                else {
                    continue;
                };
                let group = found.entry(self.group(*any)).or_insert(Group::EMPTY);
                if let Some(member) = member {
                    group.all = group.all.join(member.0);
                    group.operations += usize::from(!extends);
                }
                if !extends {
                    for known in data.args.iter().filter_map(|&arg| self.known(func, arg)) {
                        group.all = group.all.join(known);
                    }
                }
            }
        }
        extended.sort_unstable();
        extended.dedup();
        for value in extended {
            if let Some(group) = found.get_mut(&self.group(value)) {
                group.extended += 1;
            }
        }
        found.into_iter().filter_map(|(value, group)| Some((value, group.width()?))).collect()
    }
}

/// What is known of a group.
#[derive(Clone, Copy)]
struct Group {
    /// All that its members are, and the constants that they are computed from.
    all: Interval,
    operations: usize,
    /// How many members are needed in 64 bits.
    extended: usize,
}

impl Group {
    const EMPTY: Group = Group { all: Interval::EMPTY, operations: 0, extended: 0 };

    /// The type that is worth it.
    fn width(self) -> Option<Type> {
        let worth = self.operations >= 2 && self.extended * 2 <= self.operations;
        let fits = |ty: &Type| Interval::full(*ty).contains(self.all);
        [Type::I16, Type::I32].into_iter().find(fits).filter(|_| worth)
    }
}

/// Writes what stands for some instructions.
struct Writer<'a> {
    func: &'a mut Function,
    groups: &'a Groups,
    widths: &'a FxHashMap<Value, Type>,
    /// Of each member, the narrow value.
    narrow: FxHashMap<Value, Value>,
    out: Vec<Inst>,
}

impl Writer<'_> {
    /// An instruction of the loop, or what stands for it.
    fn write(&mut self, inst: Inst, replacements: &mut Replacements) {
        let data = self.func.inst(inst).clone();
        let result = data.results.first().copied();
        if let Some(result) = result
            && self.groups.members.contains_key(&result)
            && let Some(&width) = self.widths.get(&self.groups.group(result))
        {
            let narrow = self.member(&data, width);
            self.narrow.insert(result, narrow);
            // For whoever needs it; dead otherwise.
            let wide = self.make(Opcode::Sext, &[narrow], Type::I64, &data);
            replacements.replace(result, wide);
            return;
        }
        let width = data.args.iter().find_map(|arg| self.narrow.get(arg));
        let width = width.map(|&value| self.func.value_type(value));
        if let Some(width) = width
            && self.groups.takes_narrow(self.func, &data)
        {
            let args: Vec<Value> =
                data.args.iter().map(|&arg| self.operand(arg, width, &data)).collect();
            match (data.op, result.map(|result| self.func.value_type(result))) {
                (Opcode::Trunc, Some(to)) if to == width => {
                    replacements.replace(data.results[0], args[0]);
                    return;
                }
                (Opcode::Trunc, Some(to)) if to.bits() > width.bits() => {
                    let wider = self.make(Opcode::Sext, &args, to, &data);
                    replacements.replace(data.results[0], wider);
                    return;
                }
                _ => {}
            }
            let same = self.func.inst_mut(inst);
            same.args = args.iter().copied().collect();
            if data.op == Opcode::Icmp {
                same.ty = Some(width);
            }
        }
        self.out.push(inst);
    }

    /// The narrow value of a member.
    fn member(&mut self, data: &InstData, width: Type) -> Value {
        if matches!(data.op, Opcode::Sext | Opcode::Zext) {
            let from = self.func.value_type(data.args[0]);
            return match from.bits().cmp(&width.bits()) {
                std::cmp::Ordering::Less => self.make(data.op, &data.args, width, data),
                _ if from == width => data.args[0],
                _ => self.make(Opcode::Trunc, &data.args, width, data),
            };
        }
        let of = operands(data);
        let args: Vec<Value> = (0..data.args.len())
            .map(|at| match of.contains(&at) {
                true => self.operand(data.args[at], width, data),
                // What a choice depends on.
                false => data.args[at],
            })
            .collect();
        self.make(data.op, &args, width, data)
    }

    fn operand(&mut self, value: Value, width: Type, at: &InstData) -> Value {
        if let Some(&narrow) = self.narrow.get(&value) {
            return narrow;
        }
        match self.func.int_const(value) {
            Some(number) => {
                let made = make_iconst(self.func, width, number, at.loc);
                self.out.push(made);
                self.func.result(made)
            }
            None => value,
        }
    }

    fn make(&mut self, op: Opcode, args: &[Value], ty: Type, like: &InstData) -> Value {
        let data = InstData {
            op,
            ty: Some(ty),
            args: args.iter().copied().collect(),
            results: SmallVec::new(),
            ..like.clone()
        };
        let made = self.func.make_inst(data, &[ty]);
        self.out.push(made);
        self.func.result(made)
    }
}

/// Which operands are of the result's type.
fn operands(data: &InstData) -> std::ops::Range<usize> {
    match data.op {
        Opcode::Select => 1..3,
        Opcode::Sext | Opcode::Zext => 0..0,
        _ => 0..data.args.len(),
    }
}
