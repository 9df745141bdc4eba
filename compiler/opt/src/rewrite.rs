//! Replacing values.
//!
//! Passes note "this value is that one" while they walk and rewrite all operands
//! once at the end, so that a replacement costs constant time. A replaced value
//! must dominate-wise be replaceable: the new value exists wherever the old one was
//! used. Instructions are never deleted here.

use cumbia_ir::{FastMath, Function, Imm, Inst, InstData, Loc, Opcode, Type, Value};
use smallvec::SmallVec;

/// A map from replaced values to the ones that stand for them.
pub struct Replacements {
    // Identity for a value that isn't replaced. Values made after `new` are
    // beyond the end and stand for themselves.
    map: Vec<Value>,
    any: bool,
}

impl Replacements {
    /// No replacements yet.
    pub fn new(func: &Function) -> Replacements {
        Replacements { map: (0..func.num_values()).map(Value::new).collect(), any: false }
    }

    /// What stands for `value` now.
    pub fn resolve(&self, mut value: Value) -> Value {
        while let Some(&next) = self.map.get(value.index()) {
            if next == value {
                break;
            }
            value = next;
        }
        value
    }

    /// From now on `new` stands for `old`. Replacing a value by itself, also
    /// through a chain, is ignored.
    pub fn replace(&mut self, old: Value, new: Value) {
        let new = self.resolve(new);
        let old = self.resolve(old);
        if old == new {
            return;
        }
        if old.index() >= self.map.len() {
            self.map.extend((self.map.len()..=old.index()).map(Value::new));
        }
        self.map[old.index()] = new;
        self.any = true;
    }

    /// Rewrites the operands of one instruction.
    pub fn apply_to(&self, func: &mut Function, inst: Inst) {
        if self.any {
            func.map_uses(inst, |v| self.resolve(v));
        }
    }

    /// Rewrites the operands of all instructions.
    pub fn apply(&self, func: &mut Function) {
        if !self.any {
            return;
        }
        for b in 0..func.layout.len() {
            let block = func.layout[b];
            for i in 0..func.block(block).insts.len() {
                let inst = func.block(block).insts[i];
                func.map_uses(inst, |v| self.resolve(v));
            }
        }
    }
}

/// A new constant instruction of an integer type, `bool` or `ptr`, in no block yet.
/// The value is brought into the canonical form of the type.
pub fn make_iconst(func: &mut Function, ty: Type, value: i64, loc: Loc) -> Inst {
    let value = match ty {
        Type::Bool => i64::from(value & 1 != 0),
        Type::I8 => i64::from(value as i8),
        Type::I16 => i64::from(value as i16),
        Type::I32 => i64::from(value as i32),
        _ => value,
    };
    make_const(func, Opcode::Iconst, ty, Imm::Int(value), loc)
}

/// A new floating constant instruction, in no block yet.
pub fn make_fconst(func: &mut Function, ty: Type, bits: u64, loc: Loc) -> Inst {
    make_const(func, Opcode::Fconst, ty, Imm::Float(bits), loc)
}

fn make_const(func: &mut Function, op: Opcode, ty: Type, imm: Imm, loc: Loc) -> Inst {
    let data = InstData {
        op,
        ty: Some(ty),
        args: SmallVec::new(),
        imm,
        targets: SmallVec::new(),
        results: SmallVec::new(),
        loc,
        fast: FastMath::NONE,
    };
    func.make_inst(data, &[ty])
}

/// Turns an instruction into the constant `value` of its (single) result's type.
pub fn become_iconst(func: &mut Function, inst: Inst, value: i64) {
    let ty = func.value_type(func.result(inst));
    let data = func.inst_mut(inst);
    data.op = Opcode::Iconst;
    data.fast = FastMath::NONE;
    data.ty = Some(ty);
    data.args.clear();
    data.imm = Imm::Int(value);
}
