//! One instruction: its parts against the opcode's row, and all types.

use super::Verifier;
use crate::entities::{Block, Inst, Value};
use crate::function::{Imm, InstData, RaiseSpec, Region};
use crate::module::ExternEffects;
use crate::opcode::{GRID_QUERIES, NATIVES, Opcode, Shape, TypeSet};
use crate::raise::{MAX_MESSAGE_ARGS, Piece, message_pieces};
use crate::types::Type;

/// What one operand may be.
#[derive(Clone, Copy)]
enum Operand {
    Is(Type),
    /// The controlling type.
    Own,
    /// Settled elsewhere (conversions, message arguments).
    Any,
}

impl Verifier<'_> {
    pub(super) fn instruction(&mut self, block: Block, inst: Inst) {
        if let Err(message) = self.check(self.func.inst(inst)) {
            self.inst_error(block, inst, message);
        }
    }

    fn check(&self, data: &InstData) -> Result<(), String> {
        self.check_type(data)?;
        self.check_imm(data)?;
        let targets = match data.op.shape() {
            Shape::Jump => 1,
            Shape::Branch => 2,
            _ => 0,
        };
        if data.targets.len() != targets {
            return Err(format!("has {} targets, not {targets}", data.targets.len()));
        }
        self.check_operands(data)?;
        if data.fast != data.fast.of(data.op) {
            return Err("has flags of floating operations".into());
        }
        if data.op.shape() == Shape::Convert {
            self.check_conversion(data)?;
        }
        for target in &data.targets {
            let params: Vec<Type> = self
                .func
                .block(target.block)
                .params
                .iter()
                .map(|&v| self.func.value_type(v))
                .collect();
            let what = self.numbering.block(target.block).to_string();
            self.check_list(&what, &target.args, &params)?;
        }
        Ok(())
    }

    fn check_type(&self, data: &InstData) -> Result<(), String> {
        match (data.op.types(), data.ty) {
            (TypeSet::None, None) => Ok(()),
            (TypeSet::None, Some(_)) => Err("has a controlling type but takes none".into()),
            (_, None) => Err("has no controlling type".into()),
            (set, Some(ty)) if set.contains(ty) => Ok(()),
            (_, Some(ty)) => Err(format!("`{}` has no form for {ty}", data.op.name())),
        }
    }

    fn check_imm(&self, data: &InstData) -> Result<(), String> {
        let ty = data.ty.unwrap_or(Type::I64);
        match (data.op.shape(), &data.imm) {
            (Shape::IntConst, &Imm::Int(value)) if !int_fits(ty, value) => {
                Err(format!("{value} doesn't fit in {ty}"))
            }
            (Shape::Query, &Imm::Int(what)) if (0..GRID_QUERIES.len() as i64).contains(&what) => {
                Ok(())
            }
            (Shape::Native, &Imm::Int(what)) if (0..NATIVES.len() as i64).contains(&what) => Ok(()),
            (Shape::FloatConst, &Imm::Float(bits)) if ty == Type::F32 && bits >> 32 != 0 => {
                Err("an f32 with bits in the high half".into())
            }
            (Shape::Store, Imm::Mem { region: Region::Const, .. }) => {
                Err("writes to constants".into())
            }
            (Shape::Guard | Shape::Raise | Shape::SetRaise, Imm::Raise(spec)) => {
                let operands = usize::from(data.op.shape() == Shape::Guard);
                check_raise(spec, data.args.len().saturating_sub(operands))
            }
            (Shape::IntConst, Imm::Int(_))
            | (Shape::FloatConst, Imm::Float(_))
            | (Shape::IntCompare, Imm::IntCond(_))
            | (Shape::OsrPoll, Imm::Int(_))
            | (Shape::FloatCompare, Imm::FloatCond(_))
            | (Shape::Load | Shape::Store, Imm::Mem { .. })
            | (Shape::Atomic | Shape::AtomicSwap, Imm::Mem { region: Region::Data, .. })
            | (Shape::Index, Imm::Axis(_))
            | (Shape::Call | Shape::TryCall, Imm::Func(_))
            | (Shape::DataAddr, Imm::Data(_))
            | (Shape::StorageAddr, Imm::Storage(_))
            | (Shape::FuncAddr, Imm::Func(_))
            | (Shape::ExternCall | Shape::TryExternCall, Imm::Extern(_)) => Ok(()),
            (
                Shape::Unary
                | Shape::Binary
                | Shape::Ternary
                | Shape::Quaternary
                | Shape::Nullary
                | Shape::UnaryEffect
                | Shape::Convert
                | Shape::Select
                | Shape::PtrAdd
                | Shape::PtrEffect
                | Shape::Effect
                | Shape::Jump
                | Shape::Branch
                | Shape::TryEffect
                | Shape::Rethrow
                | Shape::Return,
                Imm::None,
            ) => Ok(()),
            (_, imm) => Err(format!("has the wrong kind of immediate: {imm:?}")),
        }
    }

    fn check_operands(&self, data: &InstData) -> Result<(), String> {
        use Operand::{Any, Is, Own};
        let own: &[Type] = data.ty.as_slice();
        let fixed = |operands: &[Operand], results: &[Type]| {
            self.check_fixed(data, operands)?;
            self.check_results(data, results)
        };
        match data.op.shape() {
            Shape::IntConst | Shape::FloatConst => fixed(&[], own),
            Shape::Unary => fixed(&[Own], own),
            Shape::Binary => fixed(&[Own, Own], own),
            Shape::Ternary => fixed(&[Own, Own, Own], own),
            Shape::Quaternary => fixed(&[Own, Own, Own, Own], own),
            Shape::Nullary | Shape::Query => fixed(&[], own),
            Shape::UnaryEffect => fixed(&[Own], &[]),
            Shape::StorageAddr => {
                let Imm::Storage(id) = data.imm else { return Ok(()) };
                self.module.storage.get(id.index()).ok_or("no such storage")?;
                fixed(&[], &[Type::Ptr])
            }
            Shape::IntCompare | Shape::FloatCompare => fixed(&[Own, Own], &[Type::Bool]),
            Shape::Convert => fixed(&[Any], own),
            Shape::Select => fixed(&[Is(Type::Bool), Own, Own], own),
            Shape::Native => {
                let Imm::Int(what) = data.imm else { return Ok(()) };
                let (_, count) = NATIVES.get(what as usize).ok_or("no such instruction")?;
                fixed(&vec![Own; count + 1], own)
            }
            Shape::DataAddr => {
                let Imm::Data(id) = data.imm else { return Ok(()) };
                self.module.data.get(id.index()).ok_or("no such data")?;
                fixed(&[], &[Type::Ptr])
            }
            Shape::FuncAddr => {
                let Imm::Func(id) = data.imm else { return Ok(()) };
                let of = self.module.functions.get(id.index()).ok_or("no such function")?;
                if of.params != [Type::Ptr, Type::Ptr]
                    || !of.results.is_empty()
                    || of.for_c.is_some()
                {
                    return Err(format!("@{} can't be called from outside", of.name));
                }
                fixed(&[], &[Type::Ptr])
            }
            Shape::PtrAdd => fixed(&[Is(Type::Ptr), Is(Type::I64)], &[Type::Ptr]),
            Shape::Load => fixed(&[Is(Type::Ptr)], own),
            Shape::Store => fixed(&[Own, Is(Type::Ptr)], &[]),
            Shape::Atomic => fixed(&[Own, Is(Type::Ptr)], own),
            Shape::AtomicSwap => fixed(&[Own, Own, Is(Type::Ptr)], own),
            Shape::PtrEffect => fixed(&[Is(Type::Ptr)], &[]),
            Shape::Index => fixed(&[Is(Type::I64), Is(Type::I64)], &[Type::I64]),
            Shape::Effect | Shape::Jump => fixed(&[], &[]),
            Shape::Branch => fixed(&[Is(Type::Bool)], &[]),
            Shape::Guard => match data.args.first() {
                Some(&cond) => {
                    self.check_operand(cond, Type::Bool)?;
                    self.check_results(data, &[])
                }
                None => Err("has no condition".into()),
            },
            Shape::Raise | Shape::SetRaise => self.check_results(data, &[]),
            Shape::Rethrow => fixed(&[Is(Type::I32)], &[]),
            Shape::TryEffect => fixed(&[], &[Type::I32]),
            Shape::OsrPoll => self.check_results(data, &[]),
            Shape::Return => {
                self.check_list("the function's results", &data.args, &self.func.results)?;
                self.check_results(data, &[])
            }
            Shape::Call | Shape::TryCall => {
                let Imm::Func(id) = data.imm else { return Ok(()) };
                let callee = self.module.functions.get(id.index()).ok_or("no such function")?;
                if callee.for_c.is_some() {
                    return Err(format!("@{} is for callers in C", callee.name));
                }
                self.check_list(&format!("@{}", callee.name), &data.args, &callee.params)?;
                self.check_results(data, &with_status(data.op, &callee.results))
            }
            Shape::ExternCall | Shape::TryExternCall => {
                let Imm::Extern(id) = data.imm else { return Ok(()) };
                let callee =
                    self.module.externs.get(id.index()).ok_or("no such runtime function")?;
                self.check_list(&format!("@{}", callee.name), &data.args, &callee.params)?;
                if data.op == Opcode::TryExternCall && callee.effects != ExternEffects::Raises {
                    return Err(format!("@{} doesn't raise", callee.name));
                }
                self.check_results(data, &with_status(data.op, callee.result.as_slice()))
            }
        }
    }

    fn check_fixed(&self, data: &InstData, operands: &[Operand]) -> Result<(), String> {
        if data.args.len() != operands.len() {
            return Err(format!("has {} operands, not {}", data.args.len(), operands.len()));
        }
        for (&value, &operand) in data.args.iter().zip(operands) {
            match (operand, data.ty) {
                (Operand::Is(ty), _) | (Operand::Own, Some(ty)) => self.check_operand(value, ty)?,
                (Operand::Any, _) | (Operand::Own, None) => {}
            }
        }
        Ok(())
    }

    fn check_operand(&self, value: Value, expected: Type) -> Result<(), String> {
        let found = self.func.value_type(value);
        if found == expected {
            return Ok(());
        }
        Err(format!("{} is {found}, not {expected}", self.numbering.value(value)))
    }

    fn check_list(&self, what: &str, args: &[Value], expected: &[Type]) -> Result<(), String> {
        if args.len() != expected.len() {
            return Err(format!("{} values for {} of {what}", args.len(), expected.len()));
        }
        args.iter().zip(expected).try_for_each(|(&value, &ty)| self.check_operand(value, ty))
    }

    fn check_results(&self, data: &InstData, expected: &[Type]) -> Result<(), String> {
        let found: Vec<Type> = data.results.iter().map(|&v| self.func.value_type(v)).collect();
        if found == expected {
            return Ok(());
        }
        let show = |types: &[Type]| types.iter().map(|t| t.name()).collect::<Vec<_>>().join(", ");
        Err(format!("results are ({}), not ({})", show(&found), show(expected)))
    }

    fn check_conversion(&self, data: &InstData) -> Result<(), String> {
        let (Some(to), &[arg]) = (data.ty, &data.args[..]) else { return Ok(()) };
        let from = self.func.value_type(arg);
        let fits = match data.op {
            Opcode::Sext => from.is_int() && from.bits() < to.bits(),
            Opcode::Zext => (from.is_int() || from == Type::Bool) && from.bits() < to.bits(),
            Opcode::Trunc => from.is_int() && from.bits() > to.bits(),
            Opcode::SintToF | Opcode::UintToF => from.is_int(),
            Opcode::FToSint | Opcode::FToUint => from.is_float(),
            Opcode::Fpromote => (from, to) == (Type::F32, Type::F64),
            Opcode::Fdemote => (from, to) == (Type::F64, Type::F32),
            Opcode::FOfHalf => from == Type::I16,
            Opcode::FToHalf | Opcode::FToBfloat => from.is_float(),
            Opcode::Bitcast => {
                let wide = |ty| matches!(ty, Type::I64 | Type::F64 | Type::Ptr);
                let narrow = |ty| matches!(ty, Type::I32 | Type::F32);
                (wide(from) && wide(to)) || (narrow(from) && narrow(to))
            }
            _ => true,
        };
        if fits { Ok(()) } else { Err(format!("no conversion of {from} to {to}")) }
    }
}

/// The results of a call of either kind.
fn with_status(op: Opcode, results: &[Type]) -> Vec<Type> {
    let status = matches!(op, Opcode::TryCall | Opcode::TryExternCall).then_some(Type::I32);
    results.iter().copied().chain(status).collect()
}

fn int_fits(ty: Type, value: i64) -> bool {
    match ty {
        Type::Bool => value == 0 || value == 1,
        Type::I8 => i8::try_from(value).is_ok(),
        Type::I16 => i16::try_from(value).is_ok(),
        Type::I32 => i32::try_from(value).is_ok(),
        _ => true,
    }
}

fn check_raise(spec: &RaiseSpec, args: usize) -> Result<(), String> {
    let word = |part: &str| {
        let mut chars = part.chars();
        chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && chars.all(|c| c.is_alphanumeric() || c == '_')
    };
    if !spec.class.split('.').all(word) {
        return Err(format!("{:?} is no class name", spec.class));
    }
    if args > MAX_MESSAGE_ARGS {
        return Err(format!("{args} message arguments, at most {MAX_MESSAGE_ARGS}"));
    }
    for piece in message_pieces(&spec.message)? {
        if let Piece::Arg(index) = piece
            && index >= args
        {
            return Err(format!("the message shows argument {index} of {args}"));
        }
    }
    Ok(())
}
