//! Lists, sets and dicts to IR: displays, items, and the primitives of their bodies.
//!
//! Reading and writing list elements is inline; everything that moves memory is a call of
//! the runtime. What is stored into a container gets a reference of its own there, what is
//! loaded gets one for the value (`ownership.rs`): the container may drop it any time.

use super::convert::convert;
use super::function::Lowering;
use super::index::{index_value, slice_bounds};
use super::ownership::owners;
use super::{Fx, TypedValue, layout, strings};
use crate::hir::{Container, HValue};
use crate::infer::containers::{Slot, element_types, lookup_type, primitive};
use crate::infer::{ArgFrom, SpecId, is_function};
use crate::numeric;
use crate::types::{Lit, Ty};
use cumbia_abi::{object_offsets as at, offsets};
use cumbia_ir::{IntCond, Opcode, Region, Target, Type, Value};
use cumbia_library::natives::{self, NativeTy};

/// Number of elements, characters or entries.
pub fn length(fx: &mut Fx, value: &TypedValue) -> Value {
    let offset = match value.ty.storage() {
        Ty::List(..) => at::LIST_LENGTH,
        Ty::Set(..) | Ty::Dict(..) => at::TABLE_LENGTH,
        Ty::Str | Ty::Bytes => at::STR_LENGTH,
        Ty::Buffer(_) => at::BUFFER_LENGTH,
        other => panic!("{other} has no length in memory"),
    };
    fx.b().load(Type::I64, value.value(), offset, Region::Object)
}

/// The address of an element at a position known to be inside.
pub fn element_address(fx: &mut Fx, list: &TypedValue, position: Value) -> Value {
    let Ty::List(element, _) = &list.ty else { panic!("{} is no list", list.ty) };
    let width = 8 * element.part_types().len() as i64;
    let data = fx.b().load(Type::Ptr, list.value(), offsets::OWNER_DATA, Region::Object);
    let width = fx.int(width);
    let bytes = fx.b().binary(Opcode::Imul, position, width);
    fx.b().ptr_add(data, bytes)
}

/// A Python index against a length, as a position inside; else IndexError with `text`.
pub fn position(fx: &mut Fx, index: &TypedValue, length: Value, text: &str) -> Value {
    let i = index_value(fx, index);
    let i = match &index.ty {
        Ty::Lit(Lit::Int(n)) if *n >= 0 => i,
        Ty::Lit(Lit::Int(_)) => fx.b().binary(Opcode::Iadd, i, length),
        _ => {
            let zero = fx.int(0);
            let negative = fx.b().icmp(IntCond::Slt, i, zero);
            let wrapped = fx.b().binary(Opcode::Iadd, i, length);
            fx.b().select(negative, wrapped, i)
        }
    };
    let inside = fx.b().icmp(IntCond::Ult, i, length);
    fx.b().guard(inside, "IndexError", text, &[]);
    i
}

impl Lowering<'_, '_> {
    /// A new container with the given items.
    pub(super) fn display(&mut self, kind: Container, items: &[HValue], out: &Ty) -> TypedValue {
        let (first, second, _) = element_types(out).expect("a display makes a container");
        let (first, second) = (first.clone(), second.cloned());
        let element = layout::address(&mut self.fx, &first);
        let made = match kind {
            Container::List => {
                let capacity = self.fx.int(items.len() as i64);
                self.fx.helper("list_new", &[element, capacity])
            }
            Container::Set => self.fx.helper("set_new", &[element]),
            Container::Dict => {
                let values = second.as_ref().expect("a dict has values");
                let values = layout::address(&mut self.fx, values);
                self.fx.helper("dict_new", &[element, values])
            }
        };
        let made = TypedValue::scalar(out.clone(), made.expect("an object"));
        let width = if kind == Container::Dict { 2 } else { 1 };
        for item in items.chunks(width) {
            let item: Vec<TypedValue> = item.iter().map(|&v| self.value(v)).collect();
            self.insert(&made, &item);
        }
        made
    }

    /// Adds an element, or a key and its value.
    pub(super) fn insert(&mut self, container: &TypedValue, item: &[TypedValue]) {
        match &container.ty {
            Ty::List(..) => self.append(container, &item[0]),
            Ty::Set(..) => {
                self.add_to_set(container, &item[0]);
            }
            Ty::Dict(..) => self.assign_key(container, &item[0], &item[1]),
            other => panic!("{other} is no container"),
        }
    }

    fn append(&mut self, list: &TypedValue, item: &TypedValue) {
        let Ty::List(element, _) = &list.ty else { panic!("{} is no list", list.ty) };
        let item = convert(&mut self.fx, item, element);
        self.retain(&item);
        let place = self.place_behind(list.value(), item.parts.len());
        layout::store(&mut self.fx, &item, place);
    }

    /// The slots of a new last element; the list is longer then. A list with room needs no
    /// call.
    fn place_behind(&mut self, list: Value, slots: usize) -> Value {
        if slots == 0 {
            return self.fx.helper("list_append", &[list]).expect("an address");
        }
        let length = self.fx.b().load(Type::I64, list, at::LIST_LENGTH, Region::Object);
        let size = self.fx.b().load(Type::I64, list, offsets::OWNER_SIZE, Region::Object);
        let width = self.fx.int(8 * slots as i64);
        let bytes = self.fx.b().binary(Opcode::Imul, length, width);
        // The size is a multiple of the width.
        let room = self.fx.b().icmp(IntCond::Ult, bytes, size);
        let (there, full, after) =
            (self.fx.new_block(), self.fx.new_cold_block(), self.fx.new_block());
        let place = self.fx.func.add_param(after, Type::Ptr);
        self.fx.b().br(room, Target::new(there), Target::new(full));
        self.fx.switch_to(full);
        let grown = self.fx.helper("list_append", &[list]).expect("an address");
        self.fx.b().jump(Target::with(after, &[grown]));
        self.fx.switch_to(there);
        let data = self.fx.b().load(Type::Ptr, list, offsets::OWNER_DATA, Region::Object);
        let behind = self.fx.b().ptr_add(data, bytes);
        let one = self.fx.int(1);
        let longer = self.fx.b().binary(Opcode::Iadd, length, one);
        self.fx.b().store(longer, list, at::LIST_LENGTH, Region::Object);
        self.fx.b().jump(Target::with(after, &[behind]));
        self.fx.switch_to(after);
        place
    }

    /// Puts a value into the scratch buffer in the form of the container's elements.
    fn pass_element(&mut self, container: &TypedValue, value: &TypedValue) {
        let (element, _, _) = element_types(&container.ty).expect("a container");
        // A key of another type is looked up as what it equals.
        let to = lookup_type(element, &value.ty).unwrap_or_else(|| element.clone());
        let value = match (&to, &value.ty) {
            (Ty::Int, Ty::Num(_)) => {
                let number = index_value(&mut self.fx, value);
                TypedValue::scalar(Ty::Int, number)
            }
            _ => convert(&mut self.fx, value, &to),
        };
        if !value.parts.is_empty() {
            let scratch = self.fx.helper("scratch", &[]).expect("an address");
            layout::store(&mut self.fx, &value, scratch);
        }
    }

    /// Puts a value into the scratch buffer in the form of its own type; gives the address
    /// of its layout.
    fn pass_probe(&mut self, container: &TypedValue, value: &TypedValue) -> Value {
        let (element, _, _) = element_types(&container.ty).expect("a container");
        // A function is looked for by its number among the elements.
        let to = if is_function(element) { element.clone() } else { value.ty.widen() };
        let value = convert(&mut self.fx, value, &to);
        if !value.parts.is_empty() {
            let scratch = self.fx.helper("scratch", &[]).expect("an address");
            layout::store(&mut self.fx, &value, scratch);
        }
        layout::address(&mut self.fx, &value.ty)
    }

    /// A key that goes to the runtime in a register, and what the runtime functions for
    /// such keys end with: of a table of ints or strings. Others pass through the scratch
    /// buffer.
    fn plain_key(&mut self, table: &TypedValue, key: &TypedValue) -> Option<(&'static str, Value)> {
        let (element, _, _) = element_types(&table.ty)?;
        if key.ty.widen() != *element {
            return None;
        }
        match element {
            Ty::Int => Some(("int", index_value(&mut self.fx, key))),
            Ty::Str => Some(("str", strings::value(&mut self.fx, key).value())),
            _ => None,
        }
    }

    /// Calls the runtime function for a plain key; `None` for other keys.
    fn with_plain_key(
        &mut self,
        operation: &str,
        table: &TypedValue,
        key: &TypedValue,
    ) -> Option<Value> {
        let (kind, key) = self.plain_key(table, key)?;
        self.fx.helper(&format!("{operation}_{kind}"), &[table.value(), key])
    }

    fn add_to_set(&mut self, set: &TypedValue, key: &TypedValue) -> Value {
        if let Some(new) = self.with_plain_key("set_add", set, key) {
            return new;
        }
        self.pass_element(set, key);
        self.fx.helper("set_add", &[set.value()]).expect("a bool")
    }

    /// The position of the entry with a key, or -1.
    fn find_key(&mut self, table: &TypedValue, key: &TypedValue) -> Value {
        let operation = match &table.ty {
            Ty::Set(..) => "set_find",
            _ => "dict_find",
        };
        if let Some(found) = self.with_plain_key(operation, table, key) {
            return found;
        }
        let layout = self.pass_probe(table, key);
        self.fx.helper("table_find_as", &[table.value(), layout]).expect("a position")
    }

    fn assign_key(&mut self, dict: &TypedValue, key: &TypedValue, value: &TypedValue) {
        let Ty::Dict(pair, _) = &dict.ty else { panic!("{} is no dict", dict.ty) };
        let key = convert(&mut self.fx, key, &pair.0);
        let value = convert(&mut self.fx, value, &pair.1);
        // What is overwritten needs no release then.
        if owners(&pair.1, &value.parts).is_empty()
            && let Some(place) = self.with_plain_key("dict_slot", dict, &key)
        {
            layout::store(&mut self.fx, &value, place);
            return;
        }
        self.pass_element(dict, &key);
        self.retain(&value);
        let place = self.fx.helper("dict_assign", &[dict.value()]).expect("an address");
        layout::store(&mut self.fx, &value, place);
    }

    /// `container[index]`.
    pub(super) fn container_item(&mut self, value: &TypedValue, index: &TypedValue) -> TypedValue {
        let value = &strings::value(&mut self.fx, value);
        match (&value.ty, &index.ty) {
            (Ty::Dict(pair, _), _) => {
                let (key, out) = (pair.0.clone(), pair.1.clone());
                if let Some(place) = self.with_plain_key("dict_get", value, index) {
                    return layout::load(&mut self.fx, &out, place);
                }
                if lookup_type(&key, &index.ty).is_some_and(|ty| ty == key) {
                    self.pass_element(value, index);
                    let place = self.fx.helper("dict_get", &[value.value()]).expect("an address");
                    return layout::load(&mut self.fx, &out, place);
                }
                let layout = self.pass_probe(value, index);
                let found = self.fx.helper("table_find_as", &[value.value(), layout]);
                let (found, zero) = (found.expect("a position"), self.fx.int(0));
                let missing = self.fx.b().icmp(IntCond::Slt, found, zero);
                let (raise, go_on) = (self.fx.new_cold_block(), self.fx.new_block());
                self.fx.b().br(missing, Target::new(raise), Target::new(go_on));
                self.fx.switch_to(raise);
                self.fx.helper("raise_key_error", &[layout]);
                self.fx.b().jump(Target::new(go_on));
                self.fx.switch_to(go_on);
                let place = self.fx.helper("dict_value", &[value.value(), found]);
                layout::load(&mut self.fx, &out, place.expect("an address"))
            }
            (_, Ty::Slice(_)) => self.container_slice(value, index),
            (Ty::List(element, _), _) => {
                let element = (**element).clone();
                let length = length(&mut self.fx, value);
                let i = position(&mut self.fx, index, length, "list index out of range");
                let place = element_address(&mut self.fx, value, i);
                layout::load(&mut self.fx, &element, place)
            }
            (Ty::Str, _) => {
                let length = length(&mut self.fx, value);
                let i = position(&mut self.fx, index, length, "string index out of range");
                let item = self.fx.helper("str_item", &[value.value(), i]).expect("a string");
                TypedValue::scalar(Ty::Str, item)
            }
            (Ty::Bytes, _) => {
                let length = length(&mut self.fx, value);
                let i = position(&mut self.fx, index, length, "index out of range");
                let place = self.fx.b().ptr_add(value.value(), i);
                let byte = self.fx.b().load(Type::I8, place, at::BYTES_UNITS, Region::Object);
                TypedValue::scalar(Ty::Int, self.fx.b().convert(Opcode::Zext, Type::I64, byte))
            }
            (other, _) => panic!("{other} has no items"),
        }
    }

    /// `sequence[start:stop:step]`: a new object.
    fn container_slice(&mut self, value: &TypedValue, index: &TypedValue) -> TypedValue {
        let length = length(&mut self.fx, value);
        let bounds = slice_bounds(&mut self.fx, index, length);
        let step = match bounds.step {
            Some(step) => step,
            None => self.fx.int(1),
        };
        let (helper, ty) = match &value.ty {
            Ty::List(t, _) => ("list_slice", Ty::List(t.clone(), Default::default())),
            Ty::Str => ("str_slice", Ty::Str),
            _ => ("bytes_slice", Ty::Bytes),
        };
        let args = [value.value(), bounds.start, step, bounds.extent];
        TypedValue::scalar(ty, self.fx.helper(helper, &args).expect("an object"))
    }

    /// `container[index] = item`.
    pub(super) fn set_container_item(
        &mut self,
        container: &TypedValue,
        index: &TypedValue,
        item: &TypedValue,
    ) {
        match &container.ty {
            Ty::Dict(..) => self.assign_key(container, index, item),
            Ty::List(element, _) => {
                let element = (**element).clone();
                let item = convert(&mut self.fx, item, &element);
                let length = length(&mut self.fx, container);
                let text = "list assignment index out of range";
                let i = position(&mut self.fx, index, length, text);
                let place = element_address(&mut self.fx, container, i);
                let counted = !owners(&element, &item.parts).is_empty();
                let old = counted.then(|| layout::load(&mut self.fx, &element, place));
                self.retain(&item);
                layout::store(&mut self.fx, &item, place);
                if let Some(old) = old {
                    self.release(&old);
                }
            }
            other => panic!("item assignment to {other}"),
        }
    }

    /// A primitive over a container: the runtime function of the same name.
    pub(super) fn container_primitive(
        &mut self,
        name: &str,
        args: &[TypedValue],
        out: &Ty,
    ) -> TypedValue {
        let primitive = primitive(name).expect("inference knows it");
        let container = args[0].clone();
        match name {
            "set_add" => {
                return TypedValue::scalar(out.clone(), self.add_to_set(&container, &args[1]));
            }
            "table_find_as" => {
                return TypedValue::scalar(out.clone(), self.find_key(&container, &args[1]));
            }
            _ => {}
        }
        let mut values = Vec::new();
        let mut plain_slice = false;
        for (param, arg) in primitive.params.iter().zip(args) {
            match param {
                Slot::Element => self.pass_element(&container, arg),
                Slot::Probe => {
                    let layout = self.pass_probe(&container, arg);
                    if name == "raise_key_error" {
                        values.clear();
                    }
                    values.push(layout);
                }
                Slot::Stored => {}
                Slot::Slice => {
                    let length = length(&mut self.fx, &container);
                    let bounds = slice_bounds(&mut self.fx, arg, length);
                    let step = match bounds.step {
                        Some(step) => step,
                        None => self.fx.int(1),
                    };
                    plain_slice = bounds.step.is_none();
                    values.extend([bounds.start, step, bounds.extent]);
                }
                Slot::Int => values.push(index_value(&mut self.fx, arg)),
                Slot::Bool => values.push(self.truth(arg)),
                _ => values.push(arg.value()),
            }
        }
        if let Some(at) = primitive.params.iter().position(|p| *p == Slot::Stored) {
            let (element, _, _) = element_types(&container.ty).expect("a container");
            let element = element.clone();
            let item = convert(&mut self.fx, &args[at], &element);
            self.retain(&item);
            let place = match name {
                "list_append" => self.place_behind(values[0], item.parts.len()),
                _ => self.fx.helper(name, &values).expect("an address"),
            };
            layout::store(&mut self.fx, &item, place);
            return TypedValue::unit(Ty::None);
        }
        // `list[a:b] = other` may change the length, with a step it may not.
        let (name, values) = match (name, plain_slice) {
            ("list_assign_steps", true) => {
                ("list_assign_slice", vec![values[0], values[1], values[3], values[4]])
            }
            ("set_update_keys", _) => ("set_update", values),
            ("list_delete_steps", true) => ("list_delete", vec![values[0], values[1], values[3]]),
            _ => (name, values),
        };
        let result = self.fx.helper(name, &values);
        match primitive.result {
            Slot::ElementAt | Slot::ValueAt => {
                layout::load(&mut self.fx, out, result.expect("an address"))
            }
            Slot::Nothing => TypedValue::unit(Ty::None),
            _ => TypedValue::scalar(out.clone(), result.expect("a result")),
        }
    }

    /// A runtime function of the library's table.
    pub(super) fn native(&mut self, name: &str, args: &[TypedValue], out: &Ty) -> TypedValue {
        let row = natives::native(name).expect("inference knows it");
        let mut values = Vec::new();
        for (param, arg) in row.params.iter().zip(args) {
            match param {
                NativeTy::None => {}
                NativeTy::Int => values.push(index_value(&mut self.fx, arg)),
                NativeTy::Bool => values.push(self.truth(arg)),
                NativeTy::Float => values.push(self.as_python_float(arg).value()),
                NativeTy::Memory => values.push(arg.parts[1]),
                NativeTy::Any => {
                    let value = convert(&mut self.fx, arg, &arg.ty.widen());
                    values.push(layout::address(&mut self.fx, &value.ty));
                    if !value.parts.is_empty() {
                        let scratch = self.fx.helper("scratch", &[]).expect("an address");
                        layout::store(&mut self.fx, &value, scratch);
                    }
                }
                _ => values.push(strings::value(&mut self.fx, arg).value()),
            }
        }
        match self.fx.helper(row.helper, &values) {
            Some(result) => TypedValue::scalar(out.clone(), result),
            None => TypedValue::unit(Ty::None),
        }
    }

    /// Truth of a string or container: whether there is anything in it.
    pub(super) fn any_items(&mut self, value: &TypedValue) -> Value {
        let length = length(&mut self.fx, value);
        let zero = self.fx.int(0);
        self.fx.b().icmp(IntCond::Ne, length, zero)
    }

    /// A new collection: an empty one, which a body fills; `None` if that never returns.
    pub(super) fn collect(
        &mut self,
        spec: SpecId,
        from: &[ArgFrom],
        out: &Ty,
    ) -> Option<TypedValue> {
        let storage = out.storage();
        let kind = match storage {
            Ty::List(..) => Container::List,
            Ty::Set(..) => Container::Set,
            _ => Container::Dict,
        };
        let made = self.display(kind, &[], storage);
        let made = TypedValue { ty: out.clone(), parts: made.parts };
        // The first argument is what is made here.
        let mut args = vec![made.clone()];
        args.extend(self.arguments(&from[1..]));
        self.call_spec(spec, &args)?;
        Some(made)
    }

    /// The item at a position of an iteration, known to be inside.
    pub(super) fn container_item_at(&mut self, value: &TypedValue, at_: Value) -> TypedValue {
        let value = &TypedValue { ty: value.ty.storage().clone(), parts: value.parts.clone() };
        match &value.ty {
            Ty::List(element, _) => {
                let element = (**element).clone();
                let place = element_address(&mut self.fx, value, at_);
                layout::load(&mut self.fx, &element, place)
            }
            Ty::Set(element, _) => {
                let element = (**element).clone();
                let place = self.fx.helper("table_key", &[value.value(), at_]);
                layout::load(&mut self.fx, &element, place.expect("an address"))
            }
            Ty::Dict(pair, _) => {
                let key = pair.0.clone();
                let place = self.fx.helper("table_key", &[value.value(), at_]);
                layout::load(&mut self.fx, &key, place.expect("an address"))
            }
            Ty::Str => {
                let item = self.fx.helper("str_item", &[value.value(), at_]);
                TypedValue::scalar(Ty::Str, item.expect("a string"))
            }
            Ty::Bytes => {
                let place = self.fx.b().ptr_add(value.value(), at_);
                let byte = self.fx.b().load(Type::I8, place, at::BYTES_UNITS, Region::Object);
                TypedValue::scalar(Ty::Int, self.fx.b().convert(Opcode::Zext, Type::I64, byte))
            }
            Ty::Buffer(_) => self.buffer_load(value, &TypedValue::scalar(Ty::Int, at_)),
            other => panic!("iteration over {other}"),
        }
    }

    /// The value of an entry of a dict.
    pub(super) fn dict_value_at(&mut self, dict: &TypedValue, at_: Value) -> TypedValue {
        let Ty::Dict(pair, _) = dict.ty.storage() else { panic!("{} is no dict", dict.ty) };
        let value = pair.1.clone();
        let place = self.fx.helper("dict_value", &[dict.value(), at_]).expect("an address");
        layout::load(&mut self.fx, &value, place)
    }

    /// `a == b` or `a < b` and its like between values whose comparison is the runtime's.
    pub(super) fn compare_objects(
        &mut self,
        op: crate::hir::CompareOp,
        a: &TypedValue,
        b: &TypedValue,
    ) -> TypedValue {
        use crate::hir::CompareOp;
        let a = strings::value(&mut self.fx, a);
        let b = strings::value(&mut self.fx, b);
        let kind = match &a.ty {
            Ty::Str => "str",
            Ty::Bytes => "bytes",
            Ty::List(..) => "list",
            Ty::Set(..) => "set",
            _ => "dict",
        };
        let args = [a.value(), b.value()];
        let result = match op {
            CompareOp::Eq | CompareOp::Ne => {
                let equal = self.fx.helper(&format!("{kind}_equal"), &args).expect("a bool");
                if op == CompareOp::Eq { equal } else { self.fx.b().unary(Opcode::Bnot, equal) }
            }
            _ => {
                let order = self.fx.helper(&format!("{kind}_compare"), &args).expect("an int");
                // 2 says that there is no order, as a nan has none: then all are false.
                let (cond, bound) = match op {
                    CompareOp::Lt => (IntCond::Slt, 0),
                    CompareOp::Le => (IntCond::Sle, 0),
                    CompareOp::Gt => (IntCond::Eq, 1),
                    // Less than nothing is a large number without a sign.
                    _ => (IntCond::Ult, 2),
                };
                let bound = self.fx.int(bound);
                self.fx.b().icmp(cond, order, bound)
            }
        };
        TypedValue::scalar(Ty::Bool, result)
    }

    /// A number, whatever its type, as a Python float where formats need one.
    pub(super) fn as_python_float(&mut self, value: &TypedValue) -> TypedValue {
        match &value.ty {
            Ty::Num(d) if d.is_float() => {
                numeric::convert(&mut self.fx, value, &Ty::Num(crate::types::DType::F64))
            }
            _ => numeric::convert(&mut self.fx, value, &Ty::Float),
        }
    }
}
