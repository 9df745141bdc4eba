//! Dead code elimination: instructions and block parameters that nothing needs.
//!
//! Needed are the operations with an effect (terminators, stores, calls, and all that
//! may raise: an exception is a result too), and whatever they use. A block parameter
//! is needed when something needed uses it; only then are the arguments for it.
//! Unlike counting uses, this also removes cycles that feed only themselves, such as
//! an induction variable that became unused. Loops themselves stay, even empty ones.
//!
//! ```text
//!   block1(v1: i64, v2: i64):            block1(v1: i64):
//!     v3 = iadd.i64 v2, v2        =>       v4 = iadd.i64 v1, v0
//!     v4 = iadd.i64 v1, v0                 jump block1(v4)
//!     jump block1(v4, v3)
//! ```
//!
//! Phases: mark from the roots with a work list; sweep. Complexity: linear.

use crate::effects;
use crate::pass::Pass;
use cumbia_ir::{Block, Function, Inst, Module, Value, ValueDef};

/// The `dead_code` pass.
pub struct DeadCode;

impl Pass for DeadCode {
    fn name(&self) -> &'static str {
        "dead_code"
    }

    fn run(&self, func: &mut Function, module: &Module) -> bool {
        let incoming = Incoming::new(func);
        let live = mark(func, module, &incoming);
        sweep(func, module, &live)
    }
}

/// For each block the terminators, with target positions, that lead to it.
struct Incoming {
    starts: Vec<u32>,
    edges: Vec<(Inst, u32)>,
}

impl Incoming {
    fn new(func: &Function) -> Incoming {
        let mut starts = vec![0u32; func.num_blocks() + 1];
        let terminators = || func.layout.iter().filter_map(|&block| func.terminator(block));
        for target in terminators().flat_map(|inst| &func.inst(inst).targets) {
            starts[target.block.index() + 1] += 1;
        }
        for i in 0..func.num_blocks() {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut edges = vec![(Inst(0), 0); starts[func.num_blocks()] as usize];
        for inst in terminators() {
            for (i, target) in func.inst(inst).targets.iter().enumerate() {
                let slot = &mut next[target.block.index()];
                edges[*slot as usize] = (inst, i as u32);
                *slot += 1;
            }
        }
        Incoming { starts, edges }
    }

    fn of(&self, block: Block) -> &[(Inst, u32)] {
        &self.edges[self.starts[block.index()] as usize..self.starts[block.index() + 1] as usize]
    }
}

fn mark(func: &Function, module: &Module, incoming: &Incoming) -> Vec<bool> {
    let mut live = vec![false; func.num_values()];
    let mut work: Vec<Value> = Vec::new();
    for &block in &func.layout {
        for &inst in &func.block(block).insts {
            if !effects::is_removable(func, module, inst) {
                // Arguments of targets are needed only if their parameters are.
                for &arg in &func.inst(inst).args {
                    need(&mut live, &mut work, arg);
                }
            }
        }
    }
    let entry = func.layout.first().copied();
    while let Some(value) = work.pop() {
        match func.value_def(value) {
            ValueDef::Result(inst, _) => {
                for &arg in &func.inst(inst).args {
                    need(&mut live, &mut work, arg);
                }
            }
            ValueDef::Param(block, index) => {
                for &(inst, target) in incoming.of(block) {
                    let arg = func.inst(inst).targets[target as usize].args[index as usize];
                    need(&mut live, &mut work, arg);
                }
            }
        }
    }
    // The signature isn't ours to change.
    for &param in entry.iter().flat_map(|&block| &func.block(block).params) {
        live[param.index()] = true;
    }
    live
}

fn need(live: &mut [bool], work: &mut Vec<Value>, value: Value) {
    if !std::mem::replace(&mut live[value.index()], true) {
        work.push(value);
    }
}

fn sweep(func: &mut Function, module: &Module, live: &[bool]) -> bool {
    let mut changed = false;
    // Arguments first: they are matched to parameters by position.
    for b in 0..func.layout.len() {
        let block = func.layout[b];
        let Some(inst) = func.terminator(block) else { continue };
        for t in 0..func.inst(inst).targets.len() {
            let to = func.inst(inst).targets[t].block;
            if func.block(to).params.iter().all(|p| live[p.index()]) {
                continue;
            }
            let keep: Vec<bool> = func.block(to).params.iter().map(|p| live[p.index()]).collect();
            let mut i = 0;
            func.inst_mut(inst).targets[t].args.retain(|_| {
                i += 1;
                keep[i - 1]
            });
        }
    }
    for b in 0..func.layout.len() {
        let block = func.layout[b];
        for i in (0..func.block(block).params.len()).rev() {
            if !live[func.block(block).params[i].index()] {
                func.remove_param(block, i);
                changed = true;
            }
        }
        let mut insts = std::mem::take(&mut func.block_mut(block).insts);
        let before = insts.len();
        insts.retain(|&inst| {
            !effects::is_removable(func, module, inst)
                || func.inst(inst).results.iter().any(|r| live[r.index()])
        });
        changed |= insts.len() != before;
        func.block_mut(block).insts = insts;
    }
    changed
}
