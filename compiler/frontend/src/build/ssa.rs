//! SSA construction on the fly, after Braun, Buchwald, Hack, Leißa, Mallon and
//! Zwinkau, "Simple and Efficient Construction of Static Single Assignment Form"
//! (2013), with block parameters in the place of phis.
//!
//! A variable's value is looked up when it is read: in the block, else through the
//! predecessors, making a parameter where several meet. A block is *sealed* once all
//! its predecessors are known; a read in an open block makes a parameter whose
//! arguments are filled in by [`Ssa::seal`]. Unlike the paper, the lookup keeps a
//! list of work instead of recursing (functions are long), and redundant parameters
//! are removed at the end, all at once (`finish.rs`).
//!
//! A variable that isn't assigned on the way from the entry gets the value of an
//! [`Op::Unbound`] in the entry block, and a read that may see it an
//! [`Op::CheckBound`]; the checks that turn out not to be needed go at the end too.
//!
//! Nothing here knows Python's syntax.

use crate::hir::{Edge, HBlock, HValue, HirBlock, HirInst, Op, Terminator, ValueInfo};
use crate::scope::Var;
use cumbia_diagnostics::Span;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Stands in an edge for an argument that isn't known yet.
const PENDING: HValue = HValue(u32::MAX);

/// Which edge of a terminator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Arm {
    /// Of a jump, or `then` of a branch.
    First,
    /// `otherwise` of a branch.
    Second,
    /// The block's handler edge: values at the block's start.
    Handler,
}

/// How a value is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Made {
    /// By an instruction, or it is a parameter of the function: it has a value.
    Bound,
    /// By `Unbound`, or a parameter of a block: it may have none.
    MaybeUnbound,
}

#[derive(Default)]
struct BlockState {
    preds: Vec<(HBlock, Arm)>,
    sealed: bool,
    defs: FxHashMap<Var, HValue>,
    /// Variables of the parameters made while the block was open: index, variable.
    open_params: Vec<(usize, Var)>,
}

/// A function under construction.
pub(super) struct Ssa {
    pub(super) blocks: Vec<HirBlock>,
    pub(super) values: Vec<ValueInfo>,
    made: Vec<Made>,
    states: Vec<BlockState>,
    names: Vec<Arc<str>>,
    current: HBlock,
    /// `Unbound` of each variable that needs one; they go first in the entry.
    unbound: Vec<HirInst>,
    unbound_of: FxHashMap<Var, HValue>,
    /// Where exceptions of the blocks that become current lead; not sealed yet.
    handler: Option<HBlock>,
    /// Parameters whose arguments are still to be looked up: block, index, variable.
    work: Vec<(HBlock, usize, Var)>,
}

/// The block that a function starts in.
pub(super) const ENTRY: HBlock = HBlock(0);

impl Ssa {
    /// A function over variables of these names; the entry block is current.
    pub(super) fn new(names: &[Arc<str>], span: Span) -> Ssa {
        let mut ssa = Ssa {
            blocks: Vec::new(),
            values: Vec::new(),
            made: Vec::new(),
            states: Vec::new(),
            names: names.to_vec(),
            current: ENTRY,
            unbound: Vec::new(),
            unbound_of: FxHashMap::default(),
            handler: None,
            work: Vec::new(),
        };
        let entry = ssa.new_block(span);
        debug_assert_eq!(entry, ENTRY);
        ssa.states[0].sealed = true;
        ssa
    }

    /// One more variable: of a comprehension.
    pub(super) fn new_variable(&mut self, name: Arc<str>) -> Var {
        self.names.push(name);
        self.names.len() as Var - 1
    }

    /// A new block, open and not current.
    pub(super) fn new_block(&mut self, span: Span) -> HBlock {
        self.blocks.push(HirBlock {
            params: Vec::new(),
            insts: Vec::new(),
            terminator: Terminator::Unreachable,
            terminator_span: span,
            loop_header: false,
            handler: None,
        });
        self.states.push(BlockState::default());
        HBlock(self.blocks.len() as u32 - 1)
    }

    /// Goes on in a block.
    pub(super) fn switch_to(&mut self, block: HBlock) {
        self.current = block;
        let data = &mut self.blocks[block.0 as usize];
        if let Some(handler) = self.handler
            && data.handler.is_none()
        {
            data.handler = Some(Edge { block: handler, args: Vec::new() });
            self.add_pred(handler, Arm::Handler);
        }
    }

    /// From here on exceptions lead to `handler`; gives where they led before.
    pub(super) fn set_handler(&mut self, handler: Option<HBlock>, span: Span) -> Option<HBlock> {
        let old = std::mem::replace(&mut self.handler, handler);
        self.split(span);
        old
    }

    /// As [`Ssa::set_handler`] where nothing follows that is reached.
    pub(super) fn restore_handler(&mut self, handler: Option<HBlock>) {
        self.handler = handler;
    }

    /// Where exceptions lead.
    pub(super) fn handler(&self) -> Option<HBlock> {
        self.handler
    }

    /// Goes on in a new block.
    fn split(&mut self, span: Span) {
        let next = self.new_block(span);
        self.jump(next, Vec::new(), span);
        self.enter(next);
    }

    /// Marks a loop's header; [`Ssa::finish`] clears the mark where nothing jumps
    /// back.
    pub(super) fn mark_loop_header(&mut self, block: HBlock) {
        self.blocks[block.0 as usize].loop_header = true;
    }

    /// Seals a block and goes on in it.
    pub(super) fn enter(&mut self, block: HBlock) {
        self.seal(block);
        self.switch_to(block);
    }

    /// A parameter whose arguments the edges give. Must come before any edge and any
    /// read in the block.
    pub(super) fn add_param(&mut self, block: HBlock, info: ValueInfo) -> HValue {
        debug_assert!(self.states[block.0 as usize].preds.is_empty());
        let made = if block == ENTRY { Made::Bound } else { Made::MaybeUnbound };
        let value = self.new_value(info, made);
        self.blocks[block.0 as usize].params.push(value);
        value
    }

    fn new_value(&mut self, info: ValueInfo, made: Made) -> HValue {
        self.values.push(info);
        self.made.push(made);
        HValue(self.values.len() as u32 - 1)
    }

    /// Appends an instruction of one result.
    pub(super) fn emit(&mut self, op: Op, span: Span) -> HValue {
        let value = self.new_value(ValueInfo { name: None, span }, Made::Bound);
        self.push(HirInst { op, results: vec![value], span });
        value
    }

    /// Appends an instruction of two results.
    pub(super) fn emit_two(&mut self, op: Op, span: Span) -> (HValue, HValue) {
        let mut new = || self.new_value(ValueInfo { name: None, span }, Made::Bound);
        let (first, second) = (new(), new());
        self.push(HirInst { op, results: vec![first, second], span });
        (first, second)
    }

    /// Appends an instruction of so many results, each of which may have no value.
    pub(super) fn emit_results(&mut self, op: Op, count: usize, span: Span) -> Vec<HValue> {
        let new = |_| self.new_value(ValueInfo { name: None, span }, Made::MaybeUnbound);
        let results: Vec<HValue> = (0..count).map(new).collect();
        self.push(HirInst { op, results: results.clone(), span });
        results
    }

    /// As [`Ssa::write`] of a value that may be none.
    pub(super) fn write_maybe(&mut self, var: Var, value: HValue) {
        self.made[value.0 as usize] = Made::MaybeUnbound;
        self.write(var, value);
    }

    /// Appends an instruction without result.
    pub(super) fn emit_effect(&mut self, op: Op, span: Span) {
        self.push(HirInst { op, results: Vec::new(), span });
    }

    /// Appends `Unpack` with as many results.
    pub(super) fn emit_unpack(&mut self, value: HValue, count: usize, span: Span) -> Vec<HValue> {
        let new = |_| self.new_value(ValueInfo { name: None, span }, Made::Bound);
        let results: Vec<HValue> = (0..count).map(new).collect();
        self.push(HirInst { op: Op::Unpack(value), results: results.clone(), span });
        results
    }

    fn push(&mut self, inst: HirInst) {
        self.blocks[self.current.0 as usize].insts.push(inst);
    }

    /// Callee and second argument of the call that made a value in this block.
    pub(super) fn call_of(&self, value: HValue) -> Option<(HValue, HValue)> {
        let insts = &self.blocks[self.current.0 as usize].insts;
        let inst = insts.iter().rev().find(|inst| inst.results.first() == Some(&value))?;
        match &inst.op {
            Op::Call(callee, args) => Some((*callee, args.get(1)?.value)),
            _ => None,
        }
    }

    /// Gives a value the name of the variable that it is first assigned to.
    pub(super) fn name_value(&mut self, value: HValue, var: Var) {
        let info = &mut self.values[value.0 as usize];
        if info.name.is_none() {
            info.name = Some(self.names[var as usize].clone());
        }
    }

    /// The name of a variable.
    pub(super) fn variable_name(&self, var: Var) -> Arc<str> {
        self.names[var as usize].clone()
    }

    /// Where a value is made.
    pub(super) fn span_of(&self, value: HValue) -> Span {
        self.values[value.0 as usize].span
    }

    /// Ends the current block with a jump.
    pub(super) fn jump(&mut self, block: HBlock, args: Vec<HValue>, span: Span) {
        self.add_pred(block, Arm::First);
        self.terminate(Terminator::Jump(Edge { block, args }), span);
    }

    /// Ends the current block with a branch.
    pub(super) fn branch(&mut self, cond: HValue, then: Edge, otherwise: Edge, span: Span) {
        self.add_pred(then.block, Arm::First);
        self.add_pred(otherwise.block, Arm::Second);
        self.terminate(Terminator::Branch { cond, then, otherwise }, span);
    }

    fn add_pred(&mut self, block: HBlock, arm: Arm) {
        let state = &mut self.states[block.0 as usize];
        debug_assert!(!state.sealed, "a sealed block gets no more predecessors");
        state.preds.push((self.current, arm));
    }

    /// Ends the current block. What follows goes to a block that nothing reaches, so
    /// that code after `return` is still checked; it is dropped in the end.
    pub(super) fn terminate(&mut self, terminator: Terminator, span: Span) {
        let block = &mut self.blocks[self.current.0 as usize];
        block.terminator = terminator;
        block.terminator_span = span;
        let dead = self.new_block(span);
        self.enter(dead);
    }

    /// Assigns a variable in the current block. With a handler a new block begins, so
    /// that a block's variables are always those of its start.
    pub(super) fn write(&mut self, var: Var, value: HValue) {
        if self.blocks[self.current.0 as usize].handler.is_some() {
            let span = self.values[value.0 as usize].span;
            self.split(span);
        }
        self.states[self.current.0 as usize].defs.insert(var, value);
    }

    /// Makes a variable unbound.
    pub(super) fn delete(&mut self, var: Var, span: Span) {
        let unbound = self.unbound_value(var, span);
        self.write(var, unbound);
    }

    /// Reads a variable in the current block; with a check where it may be unbound.
    pub(super) fn read(&mut self, var: Var, span: Span) -> HValue {
        let value = self.lookup(self.current, var, span);
        self.drain_work(span);
        if self.made[value.0 as usize] == Made::Bound {
            return value;
        }
        let name = self.names[var as usize].clone();
        let checked = self.emit(Op::CheckBound(value, name.clone()), span);
        self.values[checked.0 as usize].name = Some(name);
        // Past the check the variable has a value; a handler of this block can't tell.
        if self.blocks[self.current.0 as usize].handler.is_none() {
            self.write(var, checked);
        }
        checked
    }

    /// Reads a variable in the current block as it is: it may have no value.
    pub(super) fn read_unchecked(&mut self, var: Var, span: Span) -> HValue {
        let value = self.lookup(self.current, var, span);
        self.drain_work(span);
        value
    }

    /// All predecessors of the block are known now.
    pub(super) fn seal(&mut self, block: HBlock) {
        let state = &mut self.states[block.0 as usize];
        debug_assert!(!state.sealed, "a block is sealed once");
        state.sealed = true;
        let open = std::mem::take(&mut state.open_params);
        self.work.extend(open.into_iter().map(|(index, var)| (block, index, var)));
        let span = self.blocks[block.0 as usize].terminator_span;
        self.drain_work(span);
    }

    /// The variable's value at the end of a block, perhaps as a parameter whose
    /// arguments [`Ssa::drain_work`] has to find.
    fn lookup(&mut self, block: HBlock, var: Var, span: Span) -> HValue {
        let mut path = Vec::new();
        let mut at = block;
        let value = loop {
            let state = &self.states[at.0 as usize];
            if let Some(&value) = state.defs.get(&var) {
                break value;
            }
            path.push(at);
            match (state.sealed, state.preds.as_slice()) {
                (true, [(pred, _)]) => at = *pred,
                // The entry, or a block that nothing reaches.
                (true, []) => break self.unbound_value(var, span),
                _ => break self.new_param(at, var, span),
            }
        };
        for at in path {
            self.states[at.0 as usize].defs.insert(var, value);
        }
        value
    }

    fn new_param(&mut self, block: HBlock, var: Var, span: Span) -> HValue {
        let info = ValueInfo { name: Some(self.names[var as usize].clone()), span };
        let value = self.new_value(info, Made::MaybeUnbound);
        let params = &mut self.blocks[block.0 as usize].params;
        params.push(value);
        let index = params.len() - 1;
        let state = &mut self.states[block.0 as usize];
        if state.sealed {
            self.work.push((block, index, var));
        } else {
            state.open_params.push((index, var));
        }
        value
    }

    fn unbound_value(&mut self, var: Var, span: Span) -> HValue {
        if let Some(&value) = self.unbound_of.get(&var) {
            return value;
        }
        let info = ValueInfo { name: Some(self.names[var as usize].clone()), span };
        let value = self.new_value(info, Made::MaybeUnbound);
        self.unbound.push(HirInst { op: Op::Unbound, results: vec![value], span });
        self.unbound_of.insert(var, value);
        value
    }

    fn drain_work(&mut self, span: Span) {
        while let Some((block, index, var)) = self.work.pop() {
            let preds = self.states[block.0 as usize].preds.clone();
            for (pred, arm) in preds {
                let value = self.lookup(pred, var, span);
                let from = &mut self.blocks[pred.0 as usize];
                let args = match (&mut from.terminator, arm) {
                    (_, Arm::Handler) => match &mut from.handler {
                        Some(edge) => &mut edge.args,
                        None => unreachable!("the handler's predecessor has it"),
                    },
                    (Terminator::Jump(edge), _) => &mut edge.args,
                    (Terminator::Branch { then, .. }, Arm::First) => &mut then.args,
                    (Terminator::Branch { otherwise, .. }, Arm::Second) => &mut otherwise.args,
                    _ => unreachable!("predecessors end in jumps and branches"),
                };
                if args.len() <= index {
                    args.resize(index + 1, PENDING);
                }
                args[index] = value;
            }
        }
    }

    /// The blocks and values, cleaned up: see `finish.rs`.
    pub(super) fn finish(mut self) -> (Vec<HirBlock>, Vec<ValueInfo>) {
        debug_assert!(self.states.iter().all(|s| s.sealed), "a block was left open");
        for block in &mut self.blocks {
            if !block.may_raise() {
                block.handler = None;
            }
        }
        let unbound = std::mem::take(&mut self.unbound);
        self.blocks[0].insts.splice(0..0, unbound);
        super::finish::finish(self.blocks, self.values)
    }
}
