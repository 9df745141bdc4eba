//! Control flow simplified: constant branches, unreachable blocks, straight lines,
//! and jumps through blocks that only decide or only jump.
//!
//! Keeps loops canonical: an edge into or out of a loop's header is never redirected,
//! so a header keeps its preheader and its one latch. Doesn't duplicate instructions
//! and doesn't turn branches into selects.
//!
//! ```text
//!     br v0, block1, block2              br v0, block1, block4
//!   block1: ...                        block1: ...
//!     v1 = iconst.bool 0                 v1 = iconst.bool 0
//!     jump block3(v1)           =>       jump block5
//!   block2:
//!     v2 = iconst.bool 1
//!     jump block3(v2)
//!   block3(v3: bool):
//!     br v3, block4, block5
//! ```
//!
//! Phases: fold each terminator, and each `guard` that is known to fail; thread jumps;
//! remove unreachable blocks; merge a block into its only predecessor when that one
//! only jumps. Complexity: linear, threading follows at most [`MAX_THREAD`] blocks.

use crate::pass::Pass;
use crate::rewrite::Replacements;
use cumbia_ir::analysis::Cfg;
use cumbia_ir::{Block, Function, Imm, Inst, InstData, Module, Opcode, Target, Value, ValueList};
use smallvec::SmallVec;

const MAX_THREAD: usize = 4;

/// The `branch_fold` pass.
pub struct BranchFold;

impl Pass for BranchFold {
    fn name(&self) -> &'static str {
        "branch_fold"
    }

    fn run(&self, func: &mut Function, _module: &Module) -> bool {
        let mut changed = false;
        for b in 0..func.layout.len() {
            changed |= fold_block(func, func.layout[b]);
        }
        changed |= remove_unreachable(func);
        if thread_jumps(func) {
            remove_unreachable(func);
            changed = true;
        }
        changed | merge_straight_lines(func)
    }
}

/// Folds a failing guard and the terminator.
fn fold_block(func: &mut Function, block: Block) -> bool {
    let mut changed = false;
    let failing = func.block(block).insts.iter().position(|&inst| {
        let data = func.inst(inst);
        data.op == Opcode::Guard && func.int_const(data.args[0]) == Some(0)
    });
    if let Some(at) = failing {
        let guard = func.block(block).insts[at];
        func.block_mut(block).insts.truncate(at + 1);
        let data = func.inst_mut(guard);
        data.op = Opcode::Raise;
        data.args.remove(0);
        return true;
    }
    let Some(inst) = func.terminator(block) else { return false };
    if func.inst(inst).op != Opcode::Br {
        return false;
    }
    let mut cond = func.inst(inst).args[0];
    while let Some(data) =
        func.def_inst(cond).map(|i| func.inst(i)).filter(|d| d.op == Opcode::Bnot)
    {
        cond = data.args[0];
        let data = func.inst_mut(inst);
        data.args[0] = cond;
        data.targets.swap(0, 1);
        changed = true;
    }
    let targets = &func.inst(inst).targets;
    let taken = match func.int_const(cond) {
        Some(0) => Some(1),
        Some(_) => Some(0),
        None => (targets[0] == targets[1]).then_some(0),
    };
    if let Some(taken) = taken {
        let target = targets[taken].clone();
        let data = func.inst_mut(inst);
        data.op = Opcode::Jump;
        data.args.clear();
        data.targets = SmallVec::from_iter([target]);
        changed = true;
    }
    changed
}

/// Drops unreachable blocks from the layout.
fn remove_unreachable(func: &mut Function) -> bool {
    let cfg = Cfg::new(func);
    let before = func.layout.len();
    func.layout.retain(|&block| cfg.is_reachable(block));
    func.layout.len() != before
}

/// Blocks to which an edge goes back, found without dominators: in a reducible graph
/// these are the targets that don't come later in the reverse postorder.
fn loop_headers(func: &Function, cfg: &Cfg) -> Vec<bool> {
    let mut is_header = vec![false; func.num_blocks()];
    for (i, &block) in cfg.rpo().iter().enumerate() {
        for &succ in cfg.succs(block) {
            if cfg.rpo_number(succ) <= Some(i) {
                is_header[succ.index()] = true;
            }
        }
    }
    is_header
}

/// A block that only jumps, or only branches on one of its own parameters (or on a
/// constant that came to be seen), and whose parameters aren't used elsewhere.
fn is_waypoint(func: &Function, block: Block, escapes: &[bool]) -> bool {
    let data = func.block(block);
    let [inst] = data.insts[..] else { return false };
    let terminator = func.inst(inst);
    if data.params.iter().any(|p| escapes[p.index()]) {
        return false;
    }
    match terminator.op {
        Opcode::Jump => true,
        Opcode::Br => data.params.contains(&terminator.args[0]),
        _ => false,
    }
}

/// Redirects edges past blocks that only pass control on.
///
/// The new edge `p -> t` replaces a path `p -> j -> t`. Whatever dominates `t` lies on
/// every path to `t`, hence before `j` on this one, except `j` itself; and of `j` only
/// its parameters could be missed, which is why they mustn't be used beyond it.
fn thread_jumps(func: &mut Function) -> bool {
    let cfg = Cfg::new(func);
    let is_header = loop_headers(func, &cfg);
    let escapes = used_outside(func);
    let waypoint: Vec<bool> = (0..func.num_blocks())
        .map(|b| {
            let block = Block::new(b);
            cfg.is_reachable(block)
                && block != func.entry()
                && !is_header[b]
                && is_waypoint(func, block, &escapes)
                && !func.successors(block).any(|s| is_header[s.index()])
        })
        .collect();
    let mut changed = false;
    for &block in cfg.rpo() {
        let Some(inst) = func.terminator(block) else { continue };
        for t in 0..func.inst(inst).targets.len() {
            for _ in 0..MAX_THREAD {
                let target = &func.inst(inst).targets[t];
                if !waypoint[target.block.index()] {
                    break;
                }
                let Some(next) = through(func, target) else { break };
                func.inst_mut(inst).targets[t] = next;
                changed = true;
            }
        }
    }
    changed
}

/// Where a jump to a waypoint ends up, if that is known.
fn through(func: &Function, target: &Target) -> Option<Target> {
    let waypoint = target.block;
    let terminator = func.inst(func.terminator(waypoint)?);
    let params = &func.block(waypoint).params;
    let substitute = |v: Value| match params.iter().position(|&p| p == v) {
        Some(i) => target.args[i],
        None => v,
    };
    let next = match terminator.op {
        Opcode::Jump => &terminator.targets[0],
        Opcode::Br => match func.int_const(substitute(terminator.args[0]))? {
            0 => &terminator.targets[1],
            _ => &terminator.targets[0],
        },
        _ => return None,
    };
    Some(Target {
        block: next.block,
        args: next.args.iter().map(|&v| substitute(v)).collect::<ValueList>(),
    })
}

/// For each value whether it is a block parameter used outside of its block.
fn used_outside(func: &Function) -> Vec<bool> {
    let mut escapes = vec![false; func.num_values()];
    for &block in &func.layout {
        for &inst in &func.block(block).insts {
            func.for_each_use(inst, |v| {
                if !matches!(func.value_def(v), cumbia_ir::ValueDef::Param(home, _) if home == block) {
                    escapes[v.index()] = true;
                }
            });
        }
    }
    escapes
}

/// Appends each block to its only predecessor when that one only jumps to it.
fn merge_straight_lines(func: &mut Function) -> bool {
    let cfg = Cfg::new(func);
    let mut replacements = Replacements::new(func);
    let mut merged = vec![false; func.num_blocks()];
    for &block in cfg.rpo() {
        if merged[block.index()] {
            continue;
        }
        while let Some((jump, next)) = only_jump(func, &cfg, block) {
            let params = std::mem::take(&mut func.block_mut(next).params);
            for (i, &param) in params.iter().enumerate() {
                let arg = func.inst(jump).targets[0].args[i];
                replacements.replace(param, arg);
            }
            let insts: Vec<Inst> = std::mem::take(&mut func.block_mut(next).insts);
            let out = func.block_mut(block);
            out.insts.pop();
            out.insts.extend(insts);
            merged[next.index()] = true;
        }
    }
    if !merged.contains(&true) {
        return false;
    }
    func.layout.retain(|block| !merged[block.index()]);
    replacements.apply(func);
    true
}

fn only_jump(func: &Function, cfg: &Cfg, block: Block) -> Option<(Inst, Block)> {
    let jump = func.terminator(block)?;
    let InstData { op: Opcode::Jump, targets, imm: Imm::None, .. } = func.inst(jump) else {
        return None;
    };
    let next = targets[0].block;
    let alone = cfg.preds(next).len() == 1 && next != func.entry() && next != block;
    (alone && func.block(block).cold == func.block(next).cold).then_some((jump, next))
}
