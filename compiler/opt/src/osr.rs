//! On-stack replacement: loops that can leave one tier's code and go on in another's.
//!
//! Two sides of one module, after [`crate::optimize`]. [`add_exits`] is for the code that
//! runs first: where a loop polls at the end of a turn, it polls for better code too and
//! then leaves with its values. [`continue_at`] is for the better code: it makes of the
//! module one that begins at the header of one such loop, with an entry that takes the
//! values from slots. Both number the loops in the same way and take the same values in the
//! same order, so they are to be given equal modules, and the same bound on how many values a
//! loop may take along: what the runtime's ABI has room for.
//!
//! Which loops: the innermost ones, since theirs are the polls that notice, of the function
//! that the module's entry calls, if nothing else calls it. So no frame of another function
//! is on the way out, and what the entry does with the results can be done by the
//! continuation's. A continuation is a copy of what can follow its header, so each is a
//! module of its own, made when a loop asks for it.

mod continuation;

use cumbia_ir::analysis::{Cfg, DominatorTree, Liveness, LoopForest};
use cumbia_ir::{Block, FuncId, Function, Imm, Inst, Module, Opcode, Value};

/// Most loops of a function that can be left: the code for it is in each, if cold.
pub const MOST_LOOPS: usize = 64;

/// A loop that can be left.
struct Exit {
    header: Block,
    /// The block that goes back, and its poll.
    latch: Block,
    poll: Inst,
    /// The header's parameters and what else the loop and the code behind it need.
    live: Vec<Value>,
    /// Constants among the latter: these are made anew.
    constants: Vec<Inst>,
}

/// The name of the entry that goes on with a loop of the function `entry` enters.
pub fn continuation(entry: &str, number: usize) -> String {
    format!("{entry}.osr{number}")
}

/// The function that a continuation belongs to, by name.
pub fn continued(name: &str) -> Option<&str> {
    let (of, number) = name.rsplit_once(".osr")?;
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(of)
}

/// Turns the polls of loops that can be left into `osr_poll`, and says how many there are.
pub fn add_exits(module: &mut Module, entry: &str, most_values: usize) -> usize {
    let Some((_, root)) = entered(module, entry) else { return 0 };
    let exits = exits(module.function(root), most_values);
    let func = &mut module.functions[root.index()];
    for (number, exit) in exits.iter().enumerate() {
        let jump = func.terminator(exit.latch).expect("a latch ends in a jump");
        let next = func.inst(jump).targets[0].args.clone();
        let params = func.block(exit.header).params.clone();
        // At the end of a turn the parameters are what the jump gives them.
        let at_end = |v: Value| params.iter().position(|&p| p == v).map_or(v, |i| next[i]);
        let args: Vec<Value> = next
            .iter()
            .copied()
            .chain(exit.live[params.len()..].iter().map(|&v| at_end(v)))
            .collect();
        let insts = &mut func.block_mut(exit.latch).insts;
        insts.retain(|&inst| inst != exit.poll);
        insts.insert(insts.len() - 1, exit.poll);
        let data = func.inst_mut(exit.poll);
        data.op = Opcode::OsrPoll;
        data.imm = Imm::Int(number as i64);
        data.args = args.into_iter().collect();
    }
    exits.len()
}

/// Makes of a module that has `entry` one that goes on at loop `number` of those that
/// [`add_exits`] finds: its function and its entry are replaced by the continuation's, which
/// are called by [`continuation`]. Says whether there is such a loop.
pub fn continue_at(module: &mut Module, entry: &str, number: usize, most_values: usize) -> bool {
    let Some((wrapper, root)) = entered(module, entry) else { return false };
    let exits = exits(module.function(root), most_values);
    let Some(exit) = exits.get(number) else { return false };
    let body = continuation::from_header(module.function(root), exit, &continuation("", number));
    let name = continuation(entry, number);
    let enters = continuation::entering(module.function(wrapper), root, &body.params, name);
    module.functions[root.index()] = body;
    module.functions[wrapper.index()] = enters;
    true
}

/// The entry and the one function that it calls, if that is called from nowhere else.
fn entered(module: &Module, entry: &str) -> Option<(FuncId, FuncId)> {
    let wrapper = module.find_function(entry)?;
    let mut calls = Vec::new();
    for (index, func) in module.functions.iter().enumerate() {
        for &inst in func.layout.iter().flat_map(|&block| &func.block(block).insts) {
            if let Imm::Func(callee) = func.inst(inst).imm {
                calls.push((FuncId::new(index), callee, func.inst(inst).op));
            }
        }
    }
    let mut of_wrapper = calls.iter().filter(|call| call.0 == wrapper);
    let (Some(&(_, root, Opcode::Call)), None) = (of_wrapper.next(), of_wrapper.next()) else {
        return None;
    };
    let alone = calls.iter().filter(|call| call.1 == root).count() == 1;
    let plain = module.function(wrapper).layout.len() == 1;
    (alone && plain && root != wrapper).then_some((wrapper, root))
}

fn exits(func: &Function, most_values: usize) -> Vec<Exit> {
    let cfg = Cfg::new(func);
    let domtree = DominatorTree::new(func, &cfg);
    let forest = LoopForest::new(func, &cfg, &domtree);
    if forest.loops.is_empty() {
        return Vec::new();
    }
    let liveness = Liveness::new(func, &cfg);
    let mut found = Vec::new();
    for (id, this) in forest.loops.iter().enumerate() {
        if this.preheader.is_none() || forest.loops.iter().any(|other| other.parent == Some(id)) {
            continue;
        }
        let Some(latch) = this.latch() else { continue };
        let insts = &func.block(latch).insts;
        let Some(at) = insts.iter().rposition(|&inst| func.inst(inst).op == Opcode::Poll) else {
            continue;
        };
        let jump = insts.last().map(|&last| func.inst(last));
        let goes_back = jump.is_some_and(|jump| {
            jump.op == Opcode::Jump && jump.targets.iter().all(|t| t.block == this.header)
        });
        // The poll moves to the end: what lies between may only compute.
        let calm = insts[at + 1..insts.len() - 1]
            .iter()
            .all(|&inst| func.inst(inst).op.effects() == cumbia_ir::Effects::Pure);
        let constant = |v: &Value| {
            let inst = func.def_inst(*v)?;
            use Opcode::*;
            matches!(func.inst(inst).op, Iconst | Fconst | DataAddr | FuncAddr).then_some(inst)
        };
        let mut live = liveness.header_live_ins(func, this.header);
        let constants = live.iter().filter_map(constant).collect();
        live.retain(|v| constant(v).is_none());
        if goes_back && calm && live.len() <= most_values && found.len() < MOST_LOOPS {
            found.push(Exit { header: this.header, latch, poll: insts[at], live, constants });
        }
    }
    found
}
