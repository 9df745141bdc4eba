//! Constant folding and algebraic simplification.
//!
//! Visits each reachable instruction once, in reverse postorder so that operands are
//! simplified before their users, and applies the rules of [`crate::rules`] until
//! none answers. Operations that became unused are left to `dead_code`.
//!
//! ```text
//!     v1 = iconst.i64 3                    v1 = iconst.i64 3
//!     v2 = iadd.i64 v1, v0                 v5 = iconst.i64 3
//!     v3 = iconst.i64 -3            =>     v2 = iadd.i64 v0, v5
//!     v4 = iadd.i64 v2, v3                 v3 = iconst.i64 -3
//!     return v4                            return v0
//! ```
//!
//! Phases: one walk. Complexity: linear; each instruction is rewritten at most
//! [`MAX_REWRITES`] times.

use crate::fold::Const;
use crate::pass::Pass;
use crate::rewrite::{Replacements, become_iconst, make_fconst, make_iconst};
use crate::rules::{self, Operand, Rewrite};
use cumbia_ir::analysis::Cfg;
use cumbia_ir::{FastMath, Function, Imm, Inst, InstData, Module, Opcode, Type, Value, ValueList};

/// A bound on the rewrites of one instruction, against rules that undo each other.
const MAX_REWRITES: usize = 8;

/// The `simplify` pass.
pub struct Simplify;

impl Pass for Simplify {
    fn name(&self) -> &'static str {
        "simplify"
    }

    fn run(&self, func: &mut Function, _module: &Module) -> bool {
        let cfg = Cfg::new(func);
        let mut replacements = Replacements::new(func);
        let mut changed = false;
        let mut kept = Vec::new();
        for &block in cfg.rpo() {
            let insts = std::mem::take(&mut func.block_mut(block).insts);
            for &inst in &insts {
                replacements.apply_to(func, inst);
                changed |= simplify(func, inst, &mut replacements, &mut kept);
            }
            func.block_mut(block).insts = std::mem::replace(&mut kept, insts);
            kept.clear();
        }
        // Uses that the walk passed before their definition: along back edges.
        replacements.apply(func);
        changed
    }
}

/// Rewrites one instruction as far as it goes and appends what remains to `out`.
fn simplify(
    func: &mut Function,
    inst: Inst,
    replacements: &mut Replacements,
    out: &mut Vec<Inst>,
) -> bool {
    for round in 0..MAX_REWRITES {
        let Some(rewrite) = rules::rewrite(func, inst) else {
            out.push(inst);
            return round > 0;
        };
        match rewrite {
            Rewrite::Value(value) => {
                replacements.replace(func.result(inst), value);
                return true;
            }
            Rewrite::Nothing => return true,
            Rewrite::Const(Const::Int(value)) => {
                become_iconst(func, inst, value);
                out.push(inst);
                return true;
            }
            Rewrite::Const(Const::Float(bits)) => {
                let ty = func.value_type(func.result(inst));
                let data = func.inst_mut(inst);
                data.op = Opcode::Fconst;
                data.fast = FastMath::NONE;
                data.ty = Some(ty);
                data.args.clear();
                data.imm = Imm::Float(bits);
                out.push(inst);
                return true;
            }
            Rewrite::Op { op, ty, args, imm } => {
                let args: ValueList =
                    args.iter().map(|arg| materialize(func, inst, ty, arg, out)).collect();
                let data = func.inst_mut(inst);
                data.op = op;
                data.fast = data.fast.of(op);
                data.ty = ty;
                data.args = args;
                data.imm = imm;
            }
        }
    }
    out.push(inst);
    true
}

fn materialize(
    func: &mut Function,
    user: Inst,
    ty: Option<Type>,
    operand: &Operand,
    out: &mut Vec<Inst>,
) -> Value {
    let loc = func.inst(user).loc;
    let inst = match operand {
        Operand::Value(value) => return *value,
        Operand::Const(value) => {
            let ty = ty.unwrap_or(Type::I64);
            match ty.is_float() {
                true => make_fconst(func, ty, *value as u64, loc),
                false => make_iconst(func, ty, *value, loc),
            }
        }
        Operand::New(op, ty, args) => {
            let args = args.iter().map(|arg| materialize(func, user, *ty, arg, out)).collect();
            let data = InstData {
                op: *op,
                ty: *ty,
                args,
                imm: Imm::None,
                targets: Default::default(),
                results: Default::default(),
                loc,
                fast: FastMath::NONE,
            };
            func.make_inst(data, &[ty.unwrap_or(Type::Ptr)])
        }
    };
    out.push(inst);
    func.result(inst)
}
