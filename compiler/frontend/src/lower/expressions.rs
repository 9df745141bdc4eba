//! Single instructions to IR.

use super::TypedValue;
use super::convert::split;
use super::function::Lowering;
use super::memory::ArrayParts;
use crate::environment::Global;
use crate::hir::{CompareOp, Const, HBlock, HValue, HirInst, Op};
use crate::infer::{Action, constant_truth, is_function, transposed};
use crate::numeric;
use crate::types::{Callable, Lazy, Lit, Ty};
use cumbia_abi::exceptions::MISSING_ATTRIBUTE;
use cumbia_ir::{IntCond, Opcode, Value};

/// What NumPy says of the truth of an array without elements.
const EMPTY_TRUTH: &str = "The truth value of an empty array is ambiguous. Use `array.size > 0` to check that an array is not empty.";
/// What NumPy says of the truth of an array with several elements.
const AMBIGUOUS_TRUTH: &str =
    "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()";

impl Lowering<'_, '_> {
    /// The results of an instruction; `None` if control doesn't come past it.
    pub(super) fn instruction(
        &mut self,
        block: HBlock,
        at: usize,
        inst: &HirInst,
    ) -> Option<Vec<TypedValue>> {
        // An operand without a type: inference found no way to this point.
        let mut arrives = true;
        super::ownership::for_each_operand(&inst.op, |v| arrives &= self.ty(v).is_some());
        if !arrives {
            return None;
        }
        if let Some(low) = self.wrapped(inst) {
            return Some(vec![low]);
        }
        let out = inst.results.first().and_then(|&r| self.ty(r)).cloned();
        let mut action = self.spec.actions[block.0 as usize][at].clone();
        if let Action::Missing(class, text) = &action {
            let text = text.replace('{', "{{").replace('}', "}}");
            self.fx.b().raise(class, &text, &[]);
            return None;
        }
        match &action {
            Action::ClearFlags => {
                let zero = self.clear_flags();
                return Some(out.map(|ty| TypedValue::scalar(ty, zero)).into_iter().collect());
            }
            Action::Look(look) => {
                self.look(look);
                return Some(vec![]);
            }
            _ => {}
        }
        if let (Action::NotNone(inner), Op::Call(callee, _)) = (&action, &inst.op) {
            let there = self.value(*callee).parts[0];
            let message = "'NoneType' object is not callable";
            self.fx.b().guard(there, "TypeError", message, &[]);
            action = (**inner).clone();
        }
        if let Op::Parallel(what, operands) = &inst.op {
            return self.parallel(block, at, *what, operands, inst);
        }
        if let (Action::Call(..), Some(sum)) = (&action, self.append_string(block, at, &inst.op)) {
            return Some(vec![sum]);
        }
        if let (Action::Call(spec, from), false) = (&action, matches!(inst.op, Op::SetItem(..))) {
            let args = self.arguments(from);
            let result = self.call_spec(*spec, &args)?;
            return Some(match &inst.op {
                // A number that was converted to a field's type; else a setter was called.
                Op::SetAttr(a, name, _)
                    if let object = self.value(*a)
                        && let Ty::Object(class, _) = &object.ty
                        && class.field(name).is_some() =>
                {
                    self.set_field_of(&object, name, &result);
                    vec![]
                }
                Op::Extend(..) | Op::DelItem(..) | Op::SetAttr(..) => vec![],
                Op::Compare(..) if matches!(out, Some(Ty::Lit(_))) => {
                    vec![TypedValue::unit(out?)]
                }
                // `__contains__` gives what `in` asks for.
                Op::Compare(CompareOp::NotIn, ..) => {
                    let truth = self.truth(&result);
                    vec![TypedValue::scalar(Ty::Bool, self.fx.b().unary(Opcode::Bnot, truth))]
                }
                Op::Compare(CompareOp::In, ..) => {
                    let truth = self.truth(&result);
                    vec![TypedValue::scalar(Ty::Bool, truth)]
                }
                // An instance that is iterated over by its methods.
                Op::Iter(..) => vec![TypedValue { ty: out?, parts: result.parts }],
                Op::Unpack(..) => split(result.ty.items(), &result.parts),
                _ => vec![result],
            });
        }
        if let Action::Negated(spec, from) = &action {
            let args = self.arguments(from);
            let result = self.call_spec(*spec, &args)?;
            let truth = self.truth(&result);
            return Some(match out? {
                constant @ Ty::Lit(_) => vec![TypedValue::unit(constant)],
                ty => vec![TypedValue::scalar(ty, self.fx.b().unary(Opcode::Bnot, truth))],
            });
        }
        if let Action::Choose(actions) = &action {
            return self.choose(inst, actions, out).map(|v| vec![v]);
        }
        if let Op::Item(value, key) = &inst.op
            && let Some(Ty::Keywords(_)) = self.ty(*value)
            && !matches!(action, Action::Apply(..))
        {
            self.no_such_key(*key);
            return None;
        }
        if let Op::CellGet(..) | Op::CellSet(..) | Op::CheckFree(..) = &inst.op {
            return self.cell_instruction(inst, out);
        }
        match (&inst.op, &out) {
            (_, Some(Ty::Callable(Callable::Union(_)))) | (Op::Item(..), Some(Ty::Member(..))) => {
                return Some(vec![TypedValue::unit(out?)]);
            }
            _ => {}
        }
        // A constant needs no code, whatever computed it.
        if let Some(Ty::Lit(_)) = out
            && !matches!(inst.op, Op::Unpack(_) | Op::CheckBound(..) | Op::IterNext(..))
        {
            return Some(vec![TypedValue::unit(out?)]);
        }
        if let (Action::Apply(how, from), false) = (&action, matches!(inst.op, Op::Call(..))) {
            let values = self.arguments(from);
            return Some(vec![self.apply(how, values, out?)]);
        }
        let value = match &inst.op {
            Op::Const(Const::Bytes(bytes)) => {
                let object = super::strings::bytes_constant(&mut self.fx, bytes);
                TypedValue::scalar(Ty::Bytes, object)
            }
            Op::Display(_, items) if matches!(out, Some(Ty::Tuple(_))) => {
                let parts = items.iter().flat_map(|&i| self.value(i).parts).collect();
                TypedValue { ty: out?, parts }
            }
            Op::Display(kind, items) => self.display(*kind, items, &out?),
            Op::Insert(_, container, items) => {
                let container = self.value(*container);
                let items: Vec<TypedValue> = items.iter().map(|&i| self.value(i)).collect();
                self.insert(&container, &items);
                return Some(vec![]);
            }
            Op::Extend(..) => panic!("an extension is a call"),
            Op::Format(value, ..) if let Action::Structural(what) = &action => {
                let exception = self.value(*value);
                self.of_exception(what, &exception, out?)
            }
            Op::Format(value, ..) => TypedValue { ty: out?, parts: self.value(*value).parts },
            Op::Concat(parts) => self.concat(parts),
            Op::Const(_) | Op::Name(..) => match &action {
                Action::Global(global) => self.global(global),
                _ => TypedValue::unit(out?),
            },
            Op::Refine(a, _) => self.refined(*a, out?),
            Op::Unary(op, a) => {
                let a = self.value(*a);
                numeric::lower_unary(&mut self.fx, *op, &a, &out?)
            }
            Op::Binary(op, a, b, _) => {
                let (a, b) = (self.value(*a), self.value(*b));
                match (&a.ty, &b.ty) {
                    (Ty::Tuple(_), Ty::Tuple(_)) => {
                        TypedValue { ty: out?, parts: a.parts.into_iter().chain(b.parts).collect() }
                    }
                    (Ty::Tuple(items), _) | (_, Ty::Tuple(items)) => {
                        let Some(Ty::Tuple(all)) = &out else { panic!("tuple times a number") };
                        let repeats = all.len().checked_div(items.len()).unwrap_or(0);
                        let one = if matches!(a.ty, Ty::Tuple(_)) { &a.parts } else { &b.parts };
                        let parts =
                            std::iter::repeat_n(one.iter().copied(), repeats).flatten().collect();
                        TypedValue { ty: out?, parts }
                    }
                    _ => numeric::lower_binary(&mut self.fx, *op, &a, &b, &out?),
                }
            }
            Op::Compare(op, a, b) => {
                let (a, b) = (self.value(*a), self.value(*b));
                self.compare(*op, &a, &b, &out?)
            }
            Op::Truth(a) => {
                let a = self.value(*a);
                TypedValue::scalar(Ty::Bool, self.truth(&a))
            }
            Op::Not(a) => {
                let a = self.value(*a);
                let truth = self.truth(&a);
                TypedValue::scalar(Ty::Bool, self.fx.b().unary(Opcode::Bnot, truth))
            }
            Op::Attr(..) if let Action::NoAttribute(text) = &action => {
                self.fx.b().raise(MISSING_ATTRIBUTE, text, &[]);
                return None;
            }
            Op::Attr(a, name) => self.attribute(*a, name, &action, out?),
            Op::Instance(of, names, values) => self.instance(*of, names, values, &out?),
            Op::InitField(value, base, name) => {
                let value = self.value(*value);
                match (&value.ty, base) {
                    (Ty::Unbound, Some(base)) => {
                        let base = self.value(*base);
                        self.class_attribute(&base, name, &out?).expect("inference found it")
                    }
                    _ => value,
                }
            }
            // Of an instance that isn't made: known by its type.
            Op::SuperAttr(..) => TypedValue::unit(out?),
            Op::Item(a, i) => self.item(*a, *i),
            Op::SetItem(a, i, v) => {
                self.set_item(block, at, *a, *i, *v)?;
                return Some(vec![]);
            }
            Op::SetAttr(a, name, v) => {
                let (record, item) = (self.value(*a), self.value(*v));
                match &record.ty {
                    _ if let Action::NoAttribute(text) = &action => {
                        self.fx.b().raise("AttributeError", text, &[]);
                        return None;
                    }
                    Ty::Object(..) => self.set_field_of(&record, name, &item),
                    ty => self.set_attribute(ty, name),
                }
                return Some(vec![]);
            }
            Op::Tuple(items) => {
                let parts = items.iter().flat_map(|&i| self.value(i).parts).collect();
                TypedValue { ty: out?, parts }
            }
            Op::Slice(parts) => {
                let parts = parts.iter().flatten().flat_map(|&p| self.value(p).parts).collect();
                TypedValue { ty: out?, parts }
            }
            Op::Call(callee, args) => match &action {
                // Constants need no code.
                _ if matches!(out, Some(Ty::Member(..))) => TypedValue::unit(out?),
                Action::Plain if matches!(out, Some(Ty::Enum(_))) => self.value(args[0].value),
                Action::Construct(from, after) => {
                    return self.made(from, *after, out).map(|v| vec![v]);
                }
                Action::Collect(spec, from) => {
                    let (spec, from) = (*spec, from.clone());
                    self.collect(spec, &from, &out?)?
                }
                Action::Global(global) => self.global(global),
                Action::Numeric(name) => {
                    let mut values: Vec<TypedValue> =
                        args.iter().map(|a| self.value(a.value)).collect();
                    if name.starts_with("number.") {
                        values.insert(0, self.receiver(*callee));
                    }
                    numeric::lower_builtin(&mut self.fx, name, &values, &out?)
                }
                Action::KernelArray(array) => super::device::kernel_array(&mut self.fx, array),
                Action::ConstantArray(array) => {
                    super::device::constant_array(&mut self.fx, &array.0, &array.1)
                }
                Action::Structural(name) if &**name == "exception.new" => {
                    return self.new_exception(*callee, args).map(|made| vec![made]);
                }
                Action::Structural(name) if &**name == "exception.add_note" => {
                    let (exception, text) = (self.receiver(*callee), self.value(args[0].value));
                    let text = super::strings::value(&mut self.fx, &text);
                    self.fx.helper("exc_add_note", &[exception.value(), text.value()]);
                    TypedValue::unit(Ty::None)
                }
                Action::Structural(name) if name.starts_with("prim.generator_") => {
                    let args: Vec<HValue> = args.iter().map(|a| a.value).collect();
                    match &name["prim.generator_".len()..] {
                        "given" => self.given(args[0], out?),
                        "throw" => self.throw(&args)?,
                        what => {
                            let values: Vec<_> = args.iter().map(|&a| self.value(a)).collect();
                            self.generator_primitive(what, &values)
                        }
                    }
                }
                Action::Structural(name) if &**name == "exception.isinstance" => {
                    self.exception_matches(args[0].value, args[1].value)
                }
                Action::Structural(name) if name.starts_with("exception.") => {
                    let exception = self.value(args[0].value);
                    self.of_exception(name, &exception, out?)
                }
                Action::Structural(name) => {
                    let values: Vec<TypedValue> =
                        args.iter().map(|a| self.value(a.value)).collect();
                    let name = name.clone();
                    if let Some(kind) = crate::infer::containers::empty_constructor(&name) {
                        return Some(vec![self.display(kind, &[], &out?)]);
                    }
                    if matches!(&*name, "dict.keys" | "dict.values" | "dict.items") {
                        return Some(vec![TypedValue {
                            ty: out?,
                            parts: self.receiver(*callee).parts,
                        }]);
                    }
                    if &*name == "list.append" {
                        let list = self.receiver(*callee);
                        self.insert(&list, &values);
                        return Some(vec![TypedValue::unit(Ty::None)]);
                    }
                    self.structural(&name, &values, &out?)
                }
                Action::Apply(how, from) => {
                    let values = self.arguments(from);
                    self.apply(how, values, out?)
                }
                Action::Lazy => self.lazy(args, &out?),
                // Of a container that nothing is ever put into: it has raised before.
                Action::Plain if out.is_none() => return None,
                other => panic!("a call with {other:?}"),
            },
            Op::Unpack(a) => return Some(self.unpack(*a, inst)),
            Op::Catch => self.catch(block, out?),
            Op::EndCatch(_) => {
                self.fx.helper("exc_end", &[]);
                return Some(vec![]);
            }
            Op::Fused(_) => panic!("fused operations are a call"),
            Op::ExcMatch(exception, class) => self.exception_matches(*exception, *class),
            Op::Iter(a, _) => TypedValue { ty: out?, parts: self.value(*a).parts },
            Op::IterStart(iter, _) => {
                let of = self.iterated(*iter);
                self.start(&of, &out?)
            }
            Op::IterNext(iter, position) => {
                let (of, position) = (self.iterated(*iter), self.value(*position));
                let (more, at) = self.next(&of, &position);
                return Some(vec![more, at]);
            }
            Op::IterItem(iter, at) => {
                let (of, at) = (self.iterated(*iter), self.value(*at));
                self.iter_item(&of, &at)
            }
            Op::PosNext(iter, at) => {
                let (of, at) = (self.iterated(*iter), self.value(*at));
                self.after(&of, &at)
            }
            Op::Unbound => TypedValue::unit(Ty::Unbound),
            Op::CheckBound(a, name) => {
                let a = self.value(*a);
                let message = format!(
                    "cannot access local variable '{name}' where it is not associated with a value"
                );
                match &a.ty {
                    Ty::Unbound => {
                        self.fx.b().raise("UnboundLocalError", &message, &[]);
                        return None;
                    }
                    Ty::MaybeUnbound(inner) => {
                        self.fx.b().guard(a.parts[0], "UnboundLocalError", &message, &[]);
                        TypedValue { ty: (**inner).clone(), parts: a.parts[1..].to_vec() }
                    }
                    _ => a,
                }
            }
            Op::PatternTest(test, value, _) => {
                let value = self.value(*value);
                self.pattern_test(test, &value, out?)
            }
            Op::CheckItems(value, count) => {
                self.check_items(*value, *count);
                return Some(vec![]);
            }
            Op::DelItem(..) => panic!("the deletion of an item is a call"),
            Op::Yield(value, how) => {
                return Some(self.yield_item(block, at, *value, how, &inst.results));
            }
            Op::Delegate(of, sent) => {
                self.delegate(*of, *sent);
                return Some(vec![]);
            }
            Op::DelegateThrow(of) => {
                self.delegate_throw(*of);
                return Some(vec![]);
            }
            Op::Keep(_) => return Some(vec![]),
            Op::Given(of) => self.given(*of, out?),
            Op::IsOf(a, index) => self.is_of(*a, *index, out?),
            Op::AsOf(a, index) => self.as_of(*a, *index, out?),
            Op::Generator(..) => panic!("a generator expression is a call"),
            Op::Closure(_, captures, defaults) | Op::SelfClosure(captures, defaults) => {
                let all = captures.iter().chain(defaults);
                let parts = all.flat_map(|&v| self.value(v).parts).collect();
                TypedValue { ty: out?, parts }
            }
            Op::Splat(a, _) => TypedValue { ty: out?, parts: self.value(*a).parts },
            Op::CellNew(_) => self.cell_new(out?),
            Op::CellGet(..) | Op::CellSet(..) | Op::CheckFree(..) => unreachable!("done above"),
            Op::Parallel(..) => unreachable!("done above"),
            Op::Poll => {
                self.fx.b().poll();
                return Some(vec![]);
            }
        };
        Some(vec![value])
    }

    /// Truth of a value that isn't a constant.
    pub(super) fn truth(&mut self, value: &TypedValue) -> Value {
        if let Some(truth) = constant_truth(&value.ty) {
            return self.fx.bool(truth);
        }
        match &value.ty {
            Ty::Optional(_) => self.optional_truth(value),
            Ty::Enum(class) => {
                let class = class.clone();
                let value =
                    super::records::enum_value(&mut self.fx, &class, value.parts[0], &Ty::Int);
                numeric::lower_truth(&mut self.fx, &value)
            }
            t if crate::infer::containers::is_object(t) => self.any_items(value),
            Ty::Buffer(_) | Ty::Collection(..) => self.any_items(value),
            Ty::Text(kind) => {
                let plain = TypedValue { ty: kind.plain(), parts: value.parts.clone() };
                self.any_items(&plain)
            }
            Ty::Range(_) => {
                let zero = self.fx.int(0);
                self.fx.b().icmp(IntCond::Ne, value.parts[3], zero)
            }
            Ty::Lazy(Lazy::Args, _) => {
                let count = self.of_exception("exception.args_count", value, Ty::Int);
                numeric::lower_truth(&mut self.fx, &count)
            }
            Ty::Array(a) => {
                let dtype = a.dtype;
                if a.ndim > 0 {
                    let (zero, one) = (self.fx.int(0), self.fx.int(1));
                    let size = ArrayParts::of(value).size(&mut self.fx);
                    let any = self.fx.b().icmp(IntCond::Ne, size, zero);
                    self.fx.b().guard(any, "ValueError", EMPTY_TRUTH, &[]);
                    let single = self.fx.b().icmp(IntCond::Sle, size, one);
                    self.fx.b().guard(single, "ValueError", AMBIGUOUS_TRUTH, &[]);
                }
                let element = super::memory::load(&mut self.fx, dtype, value.parts[1]);
                numeric::lower_truth(&mut self.fx, &element)
            }
            _ => numeric::lower_truth(&mut self.fx, value),
        }
    }

    fn compare(&mut self, op: CompareOp, a: &TypedValue, b: &TypedValue, out: &Ty) -> TypedValue {
        use crate::infer::containers::is_object;
        use crate::infer::exceptions::is_class_test;
        match (op, &a.ty, &b.ty) {
            (CompareOp::Is | CompareOp::IsNot, ..)
            | (_, Ty::Member(..) | Ty::Enum(_), Ty::Member(..) | Ty::Enum(_))
            | (_, Ty::Object(..), Ty::Object(..)) => self.identity(op, a, b),
            (CompareOp::Eq | CompareOp::Ne, x, y) if is_class_test(x, y) => self.identity(op, a, b),
            (_, x, y) if is_function(x) || is_function(y) => self.identity(op, a, b),
            (_, x, y) if is_object(x) || is_object(y) => self.compare_objects(op, a, b),
            (CompareOp::In | CompareOp::NotIn, _, Ty::Tuple(types)) => {
                let mut found = self.fx.bool(false);
                for item in split(types, &b.parts) {
                    let same = self.equal(a, &item);
                    found = self.fx.b().binary(Opcode::Bor, found, same);
                }
                if op == CompareOp::NotIn {
                    found = self.fx.b().unary(Opcode::Bnot, found);
                }
                TypedValue::scalar(Ty::Bool, found)
            }
            (_, Ty::Tuple(x), Ty::Tuple(y)) => {
                let mut equal = self.fx.bool(true);
                for (p, q) in split(x, &a.parts).iter().zip(split(y, &b.parts).iter()) {
                    let same = self.equal(p, q);
                    equal = self.fx.b().binary(Opcode::Band, equal, same);
                }
                if op == CompareOp::Ne {
                    equal = self.fx.b().unary(Opcode::Bnot, equal);
                }
                TypedValue::scalar(Ty::Bool, equal)
            }
            _ => numeric::lower_compare(&mut self.fx, op, a, b, out),
        }
    }

    fn equal(&mut self, a: &TypedValue, b: &TypedValue) -> Value {
        let out = match numeric::compare_rule(CompareOp::Eq, &a.ty, &b.ty) {
            Ok(numeric::Rule::Direct(out)) => out,
            other => panic!("inference let a comparison pass: {other:?}"),
        };
        if let Ty::Lit(Lit::Bool(truth)) = out {
            return self.fx.bool(truth);
        }
        numeric::lower_compare(&mut self.fx, CompareOp::Eq, a, b, &out).value()
    }

    fn attribute(&mut self, value: HValue, name: &str, action: &Action, out: Ty) -> TypedValue {
        let value = self.value(value);
        if let Action::Global(global) = action {
            if let (Ty::Choice(_), Global::Tuple(names)) = (&value.ty, global) {
                return self.one_of_names(&value, names);
            }
            return self.global(global);
        }
        if let Action::Structural(what) = action
            && what.starts_with("exception.")
        {
            return self.of_exception(what, &value, out);
        }
        if let Action::Numeric(qualified) = action {
            return numeric::lower_builtin(&mut self.fx, qualified, &[value], &out);
        }
        if let Some(found) = self.class_attribute(&value, name, &out) {
            return found;
        }
        match (&value.ty, name) {
            (Ty::Range(_), "start") => TypedValue::scalar(out, value.parts[0]),
            (Ty::Range(_), "stop") => TypedValue::scalar(out, value.parts[1]),
            (Ty::Range(_), "step") if out == Ty::Int => TypedValue::scalar(out, value.parts[2]),
            (Ty::Slice(types), "start" | "stop" | "step") => {
                let at = match name {
                    "start" => 0,
                    "stop" => 1,
                    _ => 2,
                };
                split(&types[..], &value.parts).swap_remove(at)
            }
            (Ty::Array(_), "shape") => TypedValue { ty: out, parts: ArrayParts::of(&value).shape },
            (Ty::Array(a), "strides") => {
                let (parts, ndim) = (ArrayParts::of(&value), a.ndim as usize);
                let strides = (0..ndim).map(|axis| parts.stride(&mut self.fx, axis)).collect();
                TypedValue { ty: out, parts: strides }
            }
            (Ty::Array(_), "size") => {
                TypedValue::scalar(out, ArrayParts::of(&value).size(&mut self.fx))
            }
            (Ty::Array(a), "nbytes") => {
                let itemsize = a.dtype.itemsize() as i64;
                let size = ArrayParts::of(&value).size(&mut self.fx);
                let itemsize = self.fx.int(itemsize);
                TypedValue::scalar(out, self.fx.b().binary(Opcode::Imul, size, itemsize))
            }
            (Ty::Array(_), "flat") => {
                let size = ArrayParts::of(&value).size(&mut self.fx);
                let mut parts = value.parts;
                parts.push(size);
                TypedValue { ty: out, parts }
            }
            (Ty::Array(a), "T") => {
                let ty = transposed(a);
                let mut parts = ArrayParts::of(&value);
                parts.shape.reverse();
                parts.strides.reverse();
                parts.ty = ty;
                parts.value()
            }
            // Methods keep their receiver's parts; the rest is known by type alone.
            (_, _) if matches!(out, Ty::Callable(_)) => TypedValue { ty: out, parts: value.parts },
            _ => TypedValue::unit(out),
        }
    }

    fn unpack_guards(&mut self, length: Value, wanted: i64) {
        let expected = self.fx.int(wanted);
        let enough = self.fx.b().icmp(IntCond::Sge, length, expected);
        let few = format!("not enough values to unpack (expected {wanted}, got {{0}})");
        self.fx.b().guard(enough, "ValueError", &few, &[length]);
        let exact = self.fx.b().icmp(IntCond::Eq, length, expected);
        let many = format!("too many values to unpack (expected {wanted})");
        self.fx.b().guard(exact, "ValueError", &many, &[]);
    }

    fn unpack(&mut self, value: HValue, inst: &HirInst) -> Vec<TypedValue> {
        let value = self.value(value);
        let value = super::strings::value(&mut self.fx, &value);
        match &value.ty {
            Ty::Tuple(types) => split(types, &value.parts),
            Ty::Array(_) => {
                let wanted = inst.results.len() as i64;
                let length = ArrayParts::of(&value).shape[0];
                self.unpack_guards(length, wanted);
                (0..wanted)
                    .map(|i| {
                        let position = self.fx.int(i);
                        self.leading(&value, position)
                    })
                    .collect()
            }
            Ty::List(..) | Ty::Str => {
                let wanted = inst.results.len() as i64;
                let length = super::containers::length(&mut self.fx, &value);
                self.unpack_guards(length, wanted);
                (0..wanted)
                    .map(|i| {
                        let position = self.fx.int(i);
                        self.container_item_at(&value, position)
                    })
                    .collect()
            }
            other => panic!("unpacking {other}"),
        }
    }
}
