//! Operands in the form in which an operation takes them: `infer/views.rs` plans it.

use super::TypedValue;
use super::function::Lowering;
use crate::hir::{HBlock, HValue, HirInst, Op};
use crate::infer::attributes::stands_for;
use crate::infer::views::{Guard, views};
use crate::infer::{Action, FunctionKey};
use crate::types::{DType, Lit, Ty};
use cumbia_ir::{Opcode, Value};

impl Lowering<'_, '_> {
    /// The results of an instruction, its operands seen as the operation needs them.
    pub(super) fn viewed_instruction(
        &mut self,
        block: HBlock,
        at: usize,
        inst: &HirInst,
    ) -> Option<Vec<TypedValue>> {
        let types = &self.spec.types;
        let action = &self.spec.actions[block.0 as usize][at];
        if !matches!(action, Action::Apply(..))
            && let Some(op) = stands_for(&inst.op, |v| types[v.0 as usize].as_ref())
        {
            let stores = matches!(op, Op::SetAttr(..));
            let results = self.viewed_instruction(block, at, &HirInst { op, ..inst.clone() })?;
            return Some(if stores { vec![TypedValue::unit(Ty::None)] } else { results });
        }
        if self.is_method_call(block, at, inst) {
            return self.instruction(block, at, inst);
        }
        let Some(views) = views(&inst.op, |v| types[v.0 as usize].as_ref()) else {
            return self.either_instruction(block, at, inst);
        };
        for guard in &views.guards {
            self.views_guard(guard);
        }
        let seen: Vec<(HValue, TypedValue)> =
            views.seen.into_iter().map(|(v, ty)| (v, self.seen_as(v, ty))).collect();
        self.seen = seen;
        let results = self.either_instruction(block, at, inst);
        self.seen.clear();
        results
    }

    fn either_instruction(
        &mut self,
        block: HBlock,
        at: usize,
        inst: &HirInst,
    ) -> Option<Vec<TypedValue>> {
        let mut arrives = true;
        super::ownership::for_each_operand(&inst.op, |v| arrives &= self.ty(v).is_some());
        if arrives && let Some(results) = self.structured_instruction(block, at, inst) {
            return Some(results);
        }
        self.note_revealed(block, at, inst);
        self.instruction(block, at, inst)
    }

    /// Whether an operation on an instance is a call of its class's method, which takes the
    /// operands as they are.
    fn is_method_call(&self, block: HBlock, at: usize, inst: &HirInst) -> bool {
        if let Action::Call(spec, _) = &self.spec.actions[block.0 as usize][at]
            && crate::infer::flags::is_body(&self.engine.spec(*spec).key)
        {
            return true;
        }
        let instance = |v: HValue| {
            matches!(self.ty(v), Some(Ty::Object(..)))
                || matches!(self.ty(v), Some(Ty::Record(c, _)) if !c.is_tuple())
        };
        let operates = match &inst.op {
            Op::Unary(_, a) | Op::Item(a, _) | Op::SetItem(a, ..) | Op::Format(a, ..) => {
                instance(*a)
            }
            Op::Binary(_, a, b, _) | Op::Compare(_, a, b) => instance(*a) || instance(*b),
            _ => false,
        };
        let action = &self.spec.actions[block.0 as usize][at];
        let (Action::Call(spec, _) | Action::Negated(spec, _)) = action else { return false };
        operates && matches!(self.engine.spec(*spec).key, FunctionKey::User(_))
    }

    /// Keeps what `reveal_type` says, with the types as they are in the end.
    fn note_revealed(&mut self, block: HBlock, at: usize, inst: &HirInst) {
        let action = &self.spec.actions[block.0 as usize][at];
        if let (Op::Call(_, args), Action::Structural(name)) = (&inst.op, action)
            && &**name == "cumbia.reveal_type"
            && let Some(ty) = args.first().and_then(|a| self.ty(a.value))
        {
            let note = (inst.span, ty.to_string());
            let mut notes = self.engine.notes.borrow_mut();
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }

    fn views_guard(&mut self, guard: &Guard) {
        let mut there: Option<Value> = None;
        for &value in &guard.any_of {
            let flag = self.value(value).parts[0];
            there = Some(match there {
                None => flag,
                Some(before) => self.fx.b().binary(Opcode::Bor, before, flag),
            });
        }
        if let Some(there) = there {
            let text = guard.text.replace('{', "{{").replace('}', "}}");
            self.fx.b().guard(there, guard.class, &text, &[]);
        }
    }

    fn seen_as(&mut self, value: HValue, ty: Ty) -> TypedValue {
        let value = self.value(value);
        match &value.ty {
            Ty::Optional(inner) => {
                let inner = TypedValue { ty: (**inner).clone(), parts: value.parts[1..].to_vec() };
                self.plain_view(inner, ty)
            }
            _ => self.plain_view(value, ty),
        }
    }

    fn plain_view(&mut self, value: TypedValue, ty: Ty) -> TypedValue {
        match &value.ty {
            Ty::Enum(class) if matches!(ty, Ty::Int | Ty::Str) => {
                let class = class.clone();
                super::records::enum_value(&mut self.fx, &class, value.parts[0], &ty)
            }
            Ty::Object(..) if matches!(ty, Ty::Tuple(_)) => {
                super::records::fields(&mut self.fx, &value)
            }
            Ty::Lit(Lit::Wide(value)) if ty == Ty::Num(DType::U64) => {
                let bits = u64::try_from(&**value).expect("inference saw that it fits");
                TypedValue::scalar(ty, self.fx.int(bits as i64))
            }
            // Its names are constants.
            Ty::Keywords(_) if matches!(ty, Ty::Tuple(_)) => TypedValue::unit(ty),
            // The parts are the same ones.
            _ => TypedValue { ty, parts: value.parts },
        }
    }
}
