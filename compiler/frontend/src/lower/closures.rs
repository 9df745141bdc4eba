//! Cells of shared variables, and builtins with arguments from anywhere.
//!
//! A cell is memory of the call: the first slot says whether the variable has a value,
//! then come the value's parts, one slot each. What a cell holds is a reference; the
//! one before is released when another is put in. The last one goes when the call is
//! over, with everything else that it allocated.

use super::TypedValue;
use super::convert::convert;
use super::function::Lowering;
use crate::environment::Global;
use crate::hir::{HValue, HirInst, Op};
use crate::infer::Action;
use crate::numeric;
use crate::types::{Lit, Ty};
use cumbia_abi::exceptions::MISSING_NAME;
use cumbia_abi::offsets;
use cumbia_ir::{IntCond, Opcode, Region, Target, Type, Value};

impl Lowering<'_, '_> {
    /// An empty cell.
    pub(super) fn cell_new(&mut self, ty: Ty) -> TypedValue {
        let content = match &ty {
            Ty::Cell(cell) => self.engine.cells[*cell as usize].ty.clone(),
            other => panic!("a cell of type {other}"),
        };
        let slots = 1 + content.map_or(0, |t| t.part_types().len());
        let bytes = self.fx.int(8 * slots as i64);
        let zeroed = self.fx.bool(true);
        let owner = self.fx.helper("alloc", &[bytes, zeroed]).expect("alloc gives an owner");
        TypedValue { ty, parts: vec![owner] }
    }

    /// Operations on cells and captured variables; `None` if control doesn't come past.
    pub(super) fn cell_instruction(
        &mut self,
        inst: &HirInst,
        out: Option<Ty>,
    ) -> Option<Vec<TypedValue>> {
        match &inst.op {
            Op::CellGet(cell, name, own) => self.cell_get(*cell, name, *own, out),
            Op::CellSet(cell, value) => {
                self.cell_set(*cell, *value);
                Some(vec![])
            }
            Op::CheckFree(value, name) => {
                let value = self.value(*value);
                let message = free_variable(name);
                let checked = match &value.ty {
                    Ty::Unbound => {
                        self.fx.b().raise(MISSING_NAME, &message, &[]);
                        return None;
                    }
                    Ty::MaybeUnbound(inner) => {
                        self.fx.b().guard(value.parts[0], MISSING_NAME, &message, &[]);
                        TypedValue { ty: (**inner).clone(), parts: value.parts[1..].to_vec() }
                    }
                    _ => value,
                };
                Some(vec![checked])
            }
            other => panic!("{other:?} is not about cells"),
        }
    }

    fn cell_get(
        &mut self,
        cell: HValue,
        name: &str,
        own: bool,
        out: Option<Ty>,
    ) -> Option<Vec<TypedValue>> {
        let (class, message) = if own {
            let text = format!(
                "cannot access local variable '{name}' where it is not associated with a value"
            );
            ("UnboundLocalError", text)
        } else {
            (MISSING_NAME, free_variable(name))
        };
        let Some(ty) = out else {
            // Nothing is ever put in.
            self.fx.b().raise(class, &message, &[]);
            return None;
        };
        let data = self.cell_data(cell);
        let bound = self.load_flag(data, 0);
        self.fx.b().guard(bound, class, &message, &[]);
        Some(vec![self.load_slots(data, 1, ty)])
    }

    fn cell_set(&mut self, cell: HValue, value: HValue) {
        let Some(Ty::Cell(site)) = self.ty(cell).cloned() else { panic!("not a cell") };
        let Some(ty) = self.engine.cells[site as usize].ty.clone() else {
            panic!("a cell that nothing was put in")
        };
        let value = convert_to(self, value, &ty);
        let data = self.cell_data(cell);
        let counted = super::ownership::is_counted(&ty);
        if counted {
            self.retain(&value);
            let bound = self.load_flag(data, 0);
            let (then, after) = (self.fx.new_block(), self.fx.new_block());
            self.fx.b().br(bound, Target::new(then), Target::new(after));
            self.fx.switch_to(then);
            let old = self.load_slots(data, 1, ty.clone());
            self.release(&old);
            self.fx.b().jump(Target::new(after));
            self.fx.switch_to(after);
        }
        let one = self.fx.int(1);
        self.fx.b().store(one, data, 0, Region::Data);
        for (i, &part) in value.parts.iter().enumerate() {
            self.store_slot(part, data, 1 + i);
        }
    }

    fn cell_data(&mut self, cell: HValue) -> Value {
        let owner = self.value(cell).parts[0];
        self.fx.b().load(Type::Ptr, owner, offsets::OWNER_DATA, Region::Owner)
    }

    fn load_flag(&mut self, data: Value, slot: usize) -> Value {
        let byte = self.fx.b().load(Type::I8, data, slot as i32 * 8, Region::Data);
        let zero = self.fx.b().iconst(Type::I8, 0);
        self.fx.b().icmp(IntCond::Ne, byte, zero)
    }

    fn load_slots(&mut self, data: Value, first: usize, ty: Ty) -> TypedValue {
        let parts = ty.part_types().into_iter().enumerate().map(|(i, part)| match part {
            Type::Bool => self.load_flag(data, first + i),
            _ => self.fx.b().load(part, data, (first + i) as i32 * 8, Region::Data),
        });
        let parts = parts.collect();
        TypedValue { ty, parts }
    }

    fn store_slot(&mut self, part: Value, data: Value, slot: usize) {
        let part = match self.fx.func.value_type(part) {
            Type::Bool => self.fx.b().convert(Opcode::Zext, Type::I64, part),
            Type::I8 | Type::I16 | Type::I32 => self.fx.b().convert(Opcode::Sext, Type::I64, part),
            _ => part,
        };
        self.fx.b().store(part, data, slot as i32 * 8, Region::Data);
    }

    /// A call of one of several functions, by its number.
    pub(super) fn choose(
        &mut self,
        inst: &HirInst,
        actions: &[Action],
        out: Option<Ty>,
    ) -> Option<TypedValue> {
        let Op::Call(callee, _) = &inst.op else { panic!("a choice that isn't called") };
        let mut callee = self.value(*callee);
        if let Ty::Optional(inner) = &callee.ty {
            callee = TypedValue { ty: (**inner).clone(), parts: callee.parts[1..].to_vec() };
        }
        let Ty::Choice(of) = &callee.ty else { panic!("no choice: {}", callee.ty) };
        let after = self.fx.new_block();
        let parts: Vec<Value> = out
            .iter()
            .flat_map(Ty::part_types)
            .map(|part| self.fx.func.add_param(after, part))
            .collect();
        let mut reached = false;
        for (i, action) in actions.iter().enumerate() {
            let otherwise = (i + 1 < of.len()).then(|| {
                let (this, otherwise) = (self.fx.new_block(), self.fx.new_block());
                let number = self.fx.int(i as i64);
                let is_it = self.fx.b().icmp(IntCond::Eq, callee.parts[0], number);
                self.fx.b().br(is_it, Target::new(this), Target::new(otherwise));
                self.fx.switch_to(this);
                otherwise
            });
            let result = match action {
                Action::Call(spec, from) => {
                    let args = self.arguments(from);
                    self.call_spec(*spec, &args)
                }
                Action::Apply(how, from) => {
                    let values = self.arguments(from);
                    let result = self.applied_type(how, &values);
                    result.map(|ty| {
                        let value = self.apply(how, values, ty);
                        self.retain(&value);
                        value
                    })
                }
                other => panic!("a choice of {other:?}"),
            };
            match (result, &out) {
                (Some(result), Some(out)) => {
                    let parts = convert(&mut self.fx, &result, out).parts;
                    reached = true;
                    self.fx.b().jump(Target::with(after, &parts));
                }
                _ => self.dead_end(),
            }
            if let Some(otherwise) = otherwise {
                self.fx.switch_to(otherwise);
            }
        }
        if !reached {
            let last = self.fx.func.layout.iter().position(|b| *b == after);
            last.map(|at| self.fx.func.layout.remove(at));
            return None;
        }
        self.fx.switch_to(after);
        Some(TypedValue { ty: out?, parts })
    }

    /// The name of a function by its number among several.
    pub(super) fn one_of_names(&mut self, function: &TypedValue, names: &[Global]) -> TypedValue {
        let mut found = None;
        for (i, name) in names.iter().enumerate() {
            let Global::Str(name) = name else { panic!("a name is a string") };
            let name = super::strings::constant(&mut self.fx, name);
            found = Some(match found {
                None => name,
                Some(before) => {
                    let number = self.fx.int(i as i64);
                    let is_it = self.fx.b().icmp(IntCond::Eq, function.parts[0], number);
                    self.fx.b().select(is_it, name, before)
                }
            });
        }
        TypedValue::scalar(Ty::Str, found.expect("a choice has functions"))
    }

    /// The type that a builtin gives, as inference found it.
    fn applied_type(&self, how: &Action, values: &[TypedValue]) -> Option<Ty> {
        let types: Vec<Ty> = values.iter().map(|v| v.ty.clone()).collect();
        match how {
            Action::Plain => values.first().map(|v| v.ty.clone()),
            Action::Numeric(name) => match numeric::builtin_rule(name, &types) {
                Some(Ok(numeric::Rule::Direct(ty))) => Some(ty),
                _ => None,
            },
            Action::Structural(name) => {
                crate::infer::structural::result_type(name, &types).and_then(Result::ok)
            }
            _ => None,
        }
    }

    /// `kwargs[key]` of a name that wasn't given.
    pub(super) fn no_such_key(&mut self, key: HValue) {
        let Some(Ty::Lit(Lit::Str(key))) = self.ty(key).cloned() else {
            panic!("a key that isn't constant")
        };
        let text = key.replace('{', "{{").replace('}', "}}");
        self.fx.b().raise("KeyError", &text, &[]);
    }

    /// A builtin over values; `Plain` puts them side by side.
    pub(super) fn apply(&mut self, how: &Action, values: Vec<TypedValue>, out: Ty) -> TypedValue {
        match how {
            _ if matches!(out, Ty::Lit(_)) => TypedValue::unit(out),
            Action::Plain => {
                TypedValue { ty: out, parts: values.into_iter().flat_map(|v| v.parts).collect() }
            }
            Action::Numeric(name) => numeric::lower_builtin(&mut self.fx, name, &values, &out),
            Action::Structural(name) => self.structural(name, &values, &out),
            other => panic!("{other:?} applied to values"),
        }
    }
}

fn free_variable(name: &str) -> String {
    format!(
        "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
    )
}

fn convert_to(cx: &mut Lowering, value: HValue, ty: &Ty) -> TypedValue {
    let value = cx.value(value);
    convert(&mut cx.fx, &value, ty)
}
