//! `raise`, and what handlers ask about the exception.
//!
//! A `raise` without a cause is one IR instruction; a caught exception is raised again by
//! the runtime, which keeps it as a record (`runtime/core/src/exceptions.rs`). In a `try`
//! body `handlers.rs` turns either into a jump to the handler.

use super::convert::{convert, split};
use super::function::Lowering;
use super::{TypedValue, layout};
use crate::hir::{CallArg, HBlock, HValue};
use crate::infer::{Engine, exceptions};
use crate::types::{Callable, Lit, Ty, UserException};
use cumbia_abi::STATUS_RAISED;
use cumbia_abi::exceptions::{EXCEPTIONS, ExceptionText, class_number, user_spelling};
use cumbia_abi::object_offsets::FRAME_SLOTS;
use cumbia_ir::{ARGUMENT_MARK, IntCond, Opcode, RaiseSpec, Target, Type, Value};
use std::sync::Arc;

// The IR and the runtime agree on it, and neither knows the other.
const _: () = assert!(ARGUMENT_MARK as u32 == cumbia_abi::ARGUMENT_MARK as u32);

/// A text among the arguments of a marked message.
fn escape_argument(text: &str) -> String {
    let escape = cumbia_abi::ARGUMENT_ESCAPE;
    text.replace(escape, &format!("{escape}2")).replace(ARGUMENT_MARK, &format!("{escape}1"))
}

/// The user's exception classes among a program's types, in order of their numbers.
pub fn named_by_user(engine: &Engine) -> Vec<Arc<UserException>> {
    let mut found: Vec<Arc<UserException>> = engine
        .specializations
        .iter()
        .flat_map(|spec| &spec.types)
        .filter_map(|ty| match ty {
            Some(Ty::Callable(Callable::UserException(class))) => Some(class.clone()),
            _ => None,
        })
        .collect();
    found.sort_by_key(|class| class.number);
    found.dedup_by_key(|class| class.number);
    found
}

fn class_made(name: &str, args: &[Ty]) -> String {
    exceptions::class_made(name, args).expect("checked by inference").to_string()
}

impl Lowering<'_, '_> {
    /// The exception that led to a handler.
    pub(super) fn catch(&mut self, block: HBlock, ty: Ty) -> TypedValue {
        let status = self.handlers.status(block);
        let wide = self.fx.b().convert(Opcode::Sext, Type::I64, status);
        let record = self.fx.helper("exc_catch", &[wide]).expect("it has a result");
        TypedValue::scalar(ty, record)
    }

    /// Whether an exception is of one of the classes that a value names.
    pub(super) fn exception_matches(&mut self, exception: HValue, class: HValue) -> TypedValue {
        let exception = self.value(exception);
        if let Ty::Optional(_) = &exception.ty {
            let inner = TypedValue::scalar(Ty::Exception, exception.parts[1]);
            let (look, join) = (self.fx.new_block(), self.fx.new_block());
            let found = self.fx.func.add_param(join, Type::Bool);
            let never = self.fx.bool(false);
            let there = exception.parts[0];
            self.fx.b().br(there, Target::new(look), Target::with(join, &[never]));
            self.fx.switch_to(look);
            let matches = self.is_one_of(&inner, class);
            self.fx.b().jump(Target::with(join, &[matches]));
            self.fx.switch_to(join);
            return TypedValue::scalar(Ty::Bool, found);
        }
        TypedValue::scalar(Ty::Bool, self.is_one_of(&exception, class))
    }

    fn is_one_of(&mut self, exception: &TypedValue, class: HValue) -> Value {
        let record = exception.value();
        let named = self.ty(class).cloned().unwrap_or(Ty::None);
        let classes = exceptions::classes(&named).unwrap_or_default();
        let fits = |number: u32, ancestors: &[u32]| {
            classes.iter().any(|class| exceptions::derives(number, ancestors, class))
        };
        let mut masks = [0i64; 2];
        for number in (0..EXCEPTIONS.len() as u32).filter(|&n| fits(n, &[])) {
            masks[number as usize / 64] |= 1 << (number % 64);
        }
        let users: Vec<u32> = self
            .targets
            .user_exceptions
            .iter()
            .filter(|user| fits(user.number, &user.ancestors))
            .map(|user| user.number)
            .collect();
        let masks = masks.map(|mask| self.fx.int(mask));
        let mut found =
            self.fx.helper("exc_is", &[record, masks[0], masks[1]]).expect("it has a result");
        if !users.is_empty() {
            let number = self.fx.helper("exc_class", &[record]).expect("it has a result");
            for user in users {
                let user = self.fx.int(i64::from(user));
                let same = self.fx.b().icmp(IntCond::Eq, number, user);
                found = self.fx.b().binary(Opcode::Bor, found, same);
            }
        }
        found
    }

    /// Whether the class of an exception is the one that a type names.
    pub(super) fn is_class(&mut self, exception: &TypedValue, class: &Ty) -> Value {
        let number = match class {
            Ty::Callable(Callable::Exception(name)) => class_number(name),
            Ty::Callable(Callable::UserException(class)) => Some(class.number),
            other => panic!("{other} is not an exception class"),
        };
        let number = self.fx.int(number.map_or(-1, i64::from));
        self.fx.helper("exc_is_exactly", &[exception.value(), number]).expect("it has a result")
    }

    /// What is asked of an exception.
    pub(super) fn of_exception(
        &mut self,
        what: &str,
        exception: &TypedValue,
        out: Ty,
    ) -> TypedValue {
        let record = exception.value();
        let text = match what {
            "exception.class" | "exception.args" | "exception.traceback" => {
                return TypedValue::scalar(out, record);
            }
            "exception.args_count" => {
                let count = self.fx.helper("exc_args", &[record]).expect("it has a result");
                return TypedValue::scalar(out, count);
            }
            "exception.cause" | "exception.context" => {
                let cause = self.fx.bool(what == "exception.cause");
                let link = self.fx.helper("exc_link", &[record, cause]).expect("it has a result");
                let null = self.fx.b().iconst(Type::Ptr, 0);
                let there = self.fx.b().icmp(IntCond::Ne, link, null);
                return TypedValue { ty: out, parts: vec![there, link] };
            }
            "exception.str" => ExceptionText::Str,
            "exception.repr" => ExceptionText::Repr,
            "exception.name" => ExceptionText::Name,
            "exception.qualname" => ExceptionText::Qualname,
            "exception.args_text" => ExceptionText::Args,
            other => panic!("{other} is not asked of an exception"),
        };
        let text = self.fx.int(text as i64);
        let text = self.fx.helper("exc_text", &[record, text]).expect("it has a result");
        TypedValue::scalar(out, text)
    }

    pub(super) fn raise(
        &mut self,
        block: HBlock,
        class: HValue,
        args: &[HValue],
        cause: Option<HValue>,
    ) {
        let arrives = |v: &HValue| self.ty(*v).is_some();
        if !args.iter().chain(&cause).all(arrives) {
            return self.dead_end();
        }
        let class_name = match self.ty(class) {
            Some(Ty::Callable(Callable::Exception(name))) => {
                let types: Vec<Ty> = args.iter().filter_map(|&arg| self.ty(arg).cloned()).collect();
                class_made(name, &types)
            }
            Some(Ty::Callable(Callable::UserException(class))) => user_spelling(class.number),
            Some(Ty::Exception) => {
                let record = self.give_up(block, class);
                self.fx.helper("exc_raise", &[record]);
                self.fx.b().note_call();
                return self.leave(cause);
            }
            _ => return self.dead_end(),
        };
        let args: Vec<TypedValue> = args.iter().map(|&arg| self.value(arg)).collect();
        let (message, parts) = self.arguments_of_raise(&args);
        if cause.is_none() {
            self.fx.b().raise(&class_name, &message, &parts);
        } else {
            self.fx.b().set_raise(RaiseSpec { class: class_name, message }, &parts);
            self.leave(cause);
        }
    }

    /// An exception that isn't raised where it is made.
    pub(super) fn new_exception(&mut self, class: HValue, args: &[CallArg]) -> Option<TypedValue> {
        let mut values = Vec::new();
        for arg in args {
            let value = self.value(arg.value);
            match &value.ty {
                Ty::Tuple(items) if arg.starred => values.extend(split(items, &value.parts)),
                _ => values.push(value),
            }
        }
        let types: Vec<Ty> = values.iter().map(|value| value.ty.clone()).collect();
        let class = match self.ty(class)? {
            Ty::Callable(Callable::Exception(name)) => class_made(name, &types),
            Ty::Callable(Callable::UserException(class)) => user_spelling(class.number),
            other => panic!("{other} is not an exception class"),
        };
        let (message, parts) = self.arguments_of_raise(&values);
        self.fx.b().set_raise(RaiseSpec { class, message }, &parts);
        let record = self.fx.helper("exc_new", &[]).expect("it has a result");
        Some(TypedValue::scalar(Ty::Exception, record))
    }

    /// The message of a raise and what it shows. The exception holds a reference to each
    /// string made when running and to each frame with another value: the only addresses
    /// among its parts.
    fn arguments_of_raise(&mut self, args: &[TypedValue]) -> (String, Vec<Value>) {
        let braces = |s: &str| s.replace('{', "{{").replace('}', "}}");
        let mut pieces = Vec::new();
        let mut parts = Vec::new();
        for value in args {
            if let Ty::Lit(Lit::Str(s)) = &value.ty {
                pieces.push(braces(s));
                continue;
            }
            match value.ty.widen() {
                Ty::Str => {
                    self.retain(value);
                    parts.extend(&value.parts);
                }
                // The number itself becomes the exception's argument.
                to @ (Ty::Int | Ty::Float | Ty::Bool) => {
                    parts.extend(convert(&mut self.fx, value, &to).parts);
                }
                to => parts.push(self.framed(value, &to)),
            }
            pieces.push(format!("{{{}}}", parts.len() - 1));
        }
        let message = match pieces.as_slice() {
            [] => String::new(),
            [one] if !one.is_empty() && !one.starts_with(ARGUMENT_MARK) => one.clone(),
            several => several
                .iter()
                .map(|piece| format!("{ARGUMENT_MARK}{}", escape_argument(piece)))
                .collect(),
        };
        (message, parts)
    }

    /// A frame that holds a value.
    fn framed(&mut self, value: &TypedValue, ty: &Ty) -> Value {
        let value = convert(&mut self.fx, value, ty);
        self.retain(&value);
        let layout = layout::address(&mut self.fx, ty);
        let frame = self.fx.helper("frame_new", &[layout]).expect("frame_new gives a frame");
        for (i, &part) in value.parts.iter().enumerate() {
            layout::store_part(&mut self.fx, part, frame, FRAME_SLOTS + 8 * i as i32);
        }
        frame
    }

    pub(super) fn reraise(&mut self, block: HBlock, exception: HValue) {
        let record = self.give_up(block, exception);
        self.fx.helper("exc_reraise", &[record]);
        self.leave(None);
    }

    /// A record whose reference the runtime takes: the value's own, if that dies here.
    fn give_up(&mut self, block: HBlock, exception: HValue) -> Value {
        let value = self.value(exception);
        let handler = &self.spec.hir.blocks[block.0 as usize].handler;
        let lives_on = handler.as_ref().is_some_and(|edge| {
            edge.args.contains(&exception) || self.ownership.is_live_in(edge.block, exception)
        });
        if lives_on || !self.ownership.is_owned(exception) {
            self.retain(&value);
        } else {
            self.handlers.give_up(exception);
            self.clear(exception);
        }
        value.value()
    }

    /// The pending exception leaves, with its cause if there is one.
    fn leave(&mut self, cause: Option<HValue>) {
        if let Some(cause) = cause {
            let cause = self.value(cause);
            let record = match cause.parts.first() {
                Some(&record) => record,
                None => self.fx.b().iconst(Type::Ptr, 0),
            };
            self.fx.helper("exc_from", &[record]);
        }
        let status = self.fx.b().iconst(Type::I32, i64::from(STATUS_RAISED));
        self.fx.b().rethrow(status);
    }
}
