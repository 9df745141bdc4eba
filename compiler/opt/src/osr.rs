//! On-stack replacement: loops that can leave one tier's code and go on in another's.
//!
//! Two sides of one module, after [`crate::optimize`]. [`add_exits`] is for the code that
//! runs first: where a loop polls at the end of a turn, it polls for better code too and
//! then leaves with its values. [`add_continuations`] is for the better code: for each such
//! loop a function that begins at its header, with an entry that takes the values from
//! slots. Both number the loops in the same way and take the same values in the same
//! order, so they are to be given equal modules, and the same bound on how many values a loop
//! may take along: what the runtime's ABI has room for.
//!
//! Which loops: the innermost ones, since theirs are the polls that notice, of the function
//! that the module's entry calls, if nothing else calls it. So no frame of another function
//! is on the way out, and what the entry does with the results can be done by the
//! continuation's. Each continuation is a copy of what can follow its header, so there are
//! few: [`MOST_LOOPS`].

use cumbia_ir::analysis::{Cfg, DominatorTree, Liveness, LoopForest};
use cumbia_ir::{
    Block, Builder, FuncId, Function, Imm, Inst, InstData, Module, Opcode, Region, Target, Type,
    Value,
};
use smallvec::SmallVec;

/// Most loops of a function that can be left.
pub const MOST_LOOPS: usize = 8;

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

/// Adds the continuations of all loops that [`add_exits`] finds; gives their number.
pub fn add_continuations(module: &mut Module, entry: &str, most_values: usize) -> usize {
    let Some((wrapper, root)) = entered(module, entry) else { return 0 };
    let exits = exits(module.function(root), most_values);
    for (number, exit) in exits.iter().enumerate() {
        let body = from_header(module.function(root), exit, &continuation("", number));
        let types = body.params.clone();
        let body = module.add_function(body);
        let name = continuation(entry, number);
        let enters = entering(module.function(wrapper), root, body, &types, name);
        module.add_function(enters);
    }
    exits.len()
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
            matches!(func.inst(inst).op, Iconst | Fconst | DataAddr).then_some(inst)
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

/// The function from a loop's header on, with what is live there as parameters.
fn from_header(func: &Function, exit: &Exit, suffix: &str) -> Function {
    let types: Vec<Type> = exit.live.iter().map(|&v| func.value_type(v)).collect();
    let mut made = func.clone();
    made.name = format!("{}{suffix}", func.name);
    made.params = types.clone();
    made.inline = false;
    let cfg = Cfg::new(func);
    let mut reached = vec![false; func.num_blocks()];
    let mut pending = vec![exit.header];
    while let Some(block) = pending.pop() {
        if !std::mem::replace(&mut reached[block.index()], true) {
            pending.extend(cfg.succs(block));
        }
    }
    made.layout.retain(|block| reached[block.index()]);
    let entry = made.add_block();
    made.layout.rotate_right(1);
    let params: Vec<Value> = types.iter().map(|&ty| made.add_param(entry, ty)).collect();
    // The header's own parameters get theirs by the jump.
    let own = func.block(exit.header).params.len();
    let mut b = Builder::new(&mut made, entry);
    b.jump(Target::with(exit.header, &params[..own]));
    let homes = homes(&made);
    let taken: Vec<(Value, Value)> = exit.live.iter().copied().zip(params).skip(own).collect();
    // Constants of blocks that stay are made twice.
    let mut constants = Vec::new();
    for &inst in &exit.constants {
        let old = func.result(inst);
        if homes[old.index()].is_none() {
            made.block_mut(entry).insts.insert(0, inst);
        } else {
            let data = InstData { results: SmallVec::new(), ..func.inst(inst).clone() };
            let copy = made.make_inst(data, &[func.value_type(old)]);
            made.block_mut(entry).insts.insert(0, copy);
            constants.push((old, made.result(copy)));
        }
    }
    for (value, given) in taken.into_iter().chain(constants) {
        match homes[value.index()] {
            // Only blocks before the loop define it: it is the entry's from now on.
            None => {
                for position in 0..made.layout.len() {
                    let block = made.layout[position];
                    for i in 0..made.block(block).insts.len() {
                        let inst = made.block(block).insts[i];
                        made.map_uses(inst, |v| if v == value { given } else { v });
                    }
                }
            }
            Some(home) => Merge::new(&made, value, home, given).run(&mut made),
        }
    }
    made
}

/// The block that defines each value, of those in the layout.
fn homes(func: &Function) -> Vec<Option<Block>> {
    let mut homes = vec![None; func.num_values()];
    for &block in &func.layout {
        let data = func.block(block);
        let results = data.insts.iter().flat_map(|&inst| &func.inst(inst).results);
        data.params.iter().chain(results).for_each(|v| homes[v.index()] = Some(block));
    }
    homes
}

/// A value that has two definitions: its own, and one in the entry. Uses get the one that
/// reaches them; where both do, a block parameter joins them (the on-demand construction
/// of Braun et al., 2013; superfluous parameters are a later pass's to remove).
struct Merge {
    value: Value,
    home: Block,
    given: Value,
    preds: Vec<Vec<Block>>,
    at_start: Vec<Option<Value>>,
}

impl Merge {
    fn new(func: &Function, value: Value, home: Block, given: Value) -> Merge {
        let mut preds = vec![Vec::new(); func.num_blocks()];
        for &block in &func.layout {
            for next in func.successors(block) {
                let preds: &mut Vec<Block> = &mut preds[next.index()];
                if !preds.contains(&block) {
                    preds.push(block);
                }
            }
        }
        let at_start = vec![None; func.num_blocks()];
        Merge { value, home, given, preds, at_start }
    }

    fn run(&mut self, func: &mut Function) {
        for block in func.layout.clone() {
            if block == self.home {
                continue;
            }
            let uses = |&inst: &Inst| {
                let mut found = false;
                func.for_each_use(inst, |v| found |= v == self.value);
                found
            };
            let users: Vec<Inst> = func.block(block).insts.iter().copied().filter(uses).collect();
            if users.is_empty() {
                continue;
            }
            let (old, new) = (self.value, self.at_start(func, block));
            for inst in users {
                func.map_uses(inst, |v| if v == old { new } else { v });
            }
        }
    }

    fn at_end(&mut self, func: &mut Function, block: Block) -> Value {
        if block == self.home {
            self.value
        } else if block == func.entry() {
            self.given
        } else {
            self.at_start(func, block)
        }
    }

    fn at_start(&mut self, func: &mut Function, block: Block) -> Value {
        if let Some(known) = self.at_start[block.index()] {
            return known;
        }
        let param = func.add_param(block, func.value_type(self.value));
        self.at_start[block.index()] = Some(param);
        for pred in self.preds[block.index()].clone() {
            let value = self.at_end(func, pred);
            let branch = func.terminator(pred).expect("a block ends in a terminator");
            for target in &mut func.inst_mut(branch).targets {
                if target.block == block {
                    target.args.push(value);
                }
            }
        }
        param
    }
}

/// An entry that calls `body` with values from its argument slots, and does with the
/// results what `wrapper` does with those of `root`.
fn entering(
    wrapper: &Function,
    root: FuncId,
    body: FuncId,
    types: &[Type],
    name: String,
) -> Function {
    let mut made = wrapper.clone();
    made.name = name;
    let block = made.entry();
    let slots = made.block(block).params[0];
    let insts = std::mem::take(&mut made.block_mut(block).insts);
    let at = insts
        .iter()
        .position(|&inst| made.inst(inst).imm == Imm::Func(root))
        .expect("the wrapper calls it");
    let call = insts[at];
    let mut b = Builder::new(&mut made, block);
    let mut args = Vec::new();
    for (i, &ty) in types.iter().enumerate() {
        let memory = if ty == Type::Bool { Type::I8 } else { ty };
        let mut value = b.load(memory, slots, 8 * i as i32, Region::Slots);
        if ty == Type::Bool {
            let zero = b.iconst(Type::I8, 0);
            value = b.icmp(cumbia_ir::IntCond::Ne, value, zero);
        }
        args.push(value);
    }
    let data = made.inst_mut(call);
    data.imm = Imm::Func(body);
    data.args = args.into_iter().collect();
    made.block_mut(block).insts.extend_from_slice(&insts[at..]);
    // What the old loads were for is gone; constants that the stores use came before.
    let kept: Vec<Inst> = insts[..at]
        .iter()
        .copied()
        .filter(|&inst| matches!(made.inst(inst).op, Opcode::Iconst | Opcode::Fconst))
        .collect();
    made.block_mut(block).insts.splice(0..0, kept);
    made
}
