//! Removal of block parameters that always have the same value.
//!
//! Notation: an *edge value* of a parameter is the argument that one edge passes
//! for it. A parameter whose edge values are all one value `x`, or the parameter
//! itself, is `x`: every path to the block passes `x` or what was `x` before, so `x`
//! dominates the block. A parameter whose edge values are all the same constant is
//! that constant, made anew at the top of the block. Two parameters of a block with
//! pairwise equal edge values are one.
//!
//! ```text
//!     jump block1(v0)                     jump block1
//!   block1(v1: i64):               =>   block1:
//!     br v2, block1(v1), block2           br v2, block1, block2
//! ```
//!
//! Phases: collect edges; repeat over the blocks until nothing changes, at most
//! [`MAX_ROUNDS`] times (each round is linear, and two or three are usual); rewrite
//! operands. The entry's parameters are the function's and stay.

use crate::fold::Const;
use crate::pass::Pass;
use crate::rewrite::{Replacements, make_fconst, make_iconst};
use crate::rules::constant;
use cumbia_ir::analysis::Cfg;
use cumbia_ir::{Block, Cursor, Function, Inst, Loc, Module, Value};

const MAX_ROUNDS: usize = 8;

/// The `block_params` pass.
pub struct BlockParams;

impl Pass for BlockParams {
    fn name(&self) -> &'static str {
        "block_params"
    }

    fn run(&self, func: &mut Function, _module: &Module) -> bool {
        let cfg = Cfg::new(func);
        let edges = edges_into(func, &cfg);
        let mut replacements = Replacements::new(func);
        let mut changed = false;
        for _ in 0..MAX_ROUNDS {
            let mut again = false;
            for &block in cfg.rpo().iter().skip(1) {
                again |= reduce(func, block, &edges[block.index()], &mut replacements);
            }
            changed |= again;
            if !again {
                break;
            }
        }
        replacements.apply(func);
        changed
    }
}

/// For each block the edges into it: terminator and position of the target.
fn edges_into(func: &Function, cfg: &Cfg) -> Vec<Vec<(Inst, usize)>> {
    let mut edges = vec![Vec::new(); func.num_blocks()];
    // Unreachable predecessors lose their arguments as well, or they wouldn't match.
    for &block in &func.layout {
        let Some(inst) = func.terminator(block) else { continue };
        for (i, target) in func.inst(inst).targets.iter().enumerate() {
            if cfg.is_reachable(target.block) {
                edges[target.block.index()].push((inst, i));
            }
        }
    }
    edges
}

/// What a parameter always is.
enum Same {
    Value(Value),
    Const(Const),
}

fn reduce(
    func: &mut Function,
    block: Block,
    edges: &[(Inst, usize)],
    replacements: &mut Replacements,
) -> bool {
    let mut changed = false;
    for i in (0..func.block(block).params.len()).rev() {
        let param = func.block(block).params[i];
        let same = edge_value(func, param, i, edges, replacements)
            .or_else(|| twin(func, block, i, edges, replacements).map(Same::Value));
        let value = match same {
            None => continue,
            Some(Same::Value(value)) => value,
            Some(Same::Const(constant)) => {
                let ty = func.value_type(param);
                let inst = match constant {
                    Const::Int(value) => make_iconst(func, ty, value, Loc::default()),
                    Const::Float(bits) => make_fconst(func, ty, bits, Loc::default()),
                };
                Cursor::at_start(func, block).insert(inst);
                func.result(inst)
            }
        };
        replacements.replace(param, value);
        func.remove_param(block, i);
        for &(inst, target) in edges {
            func.inst_mut(inst).targets[target].args.remove(i);
        }
        changed = true;
    }
    changed
}

fn edge_value(
    func: &Function,
    param: Value,
    index: usize,
    edges: &[(Inst, usize)],
    replacements: &Replacements,
) -> Option<Same> {
    let mut one_value = None;
    let mut one_const = None;
    let mut values_agree = true;
    for &(inst, target) in edges {
        let value = replacements.resolve(func.inst(inst).targets[target].args[index]);
        if value == param {
            continue;
        }
        match one_value {
            None => {
                one_value = Some(value);
                one_const = constant(func, value);
            }
            Some(seen) if seen == value => {}
            Some(_) => {
                values_agree = false;
                if one_const.is_none() || constant(func, value) != one_const {
                    return None;
                }
            }
        }
    }
    match values_agree {
        true => one_value.map(Same::Value),
        false => one_const.map(Same::Const),
    }
}

/// An earlier parameter of the block with the same edge values. An edge that passes
/// the two parameters themselves (around a loop) agrees as well.
fn twin(
    func: &Function,
    block: Block,
    index: usize,
    edges: &[(Inst, usize)],
    replacements: &Replacements,
) -> Option<Value> {
    let params = &func.block(block).params;
    (0..index)
        .find(|&j| {
            func.value_type(params[j]) == func.value_type(params[index])
                && edges.iter().all(|&(inst, target)| {
                    let args = &func.inst(inst).targets[target].args;
                    let a = replacements.resolve(args[index]);
                    let b = replacements.resolve(args[j]);
                    a == b || (a == params[index] && b == params[j])
                })
        })
        .map(|j| params[j])
}
