//! Calls: what is called and what comes back; `binding.rs` has how arguments meet
//! parameters, `closures.rs` what isn't called by name with plain arguments.
//!
//! A library name is, in this order: a structural builtin (`structural.rs`), a
//! numeric builtin or scalar ufunc (`numeric`), a body of the library. Only bodies
//! and the user's functions take keywords.

use super::binding::{Given, Hidden};
use super::expressions::{Typed, known, number_body, one, refuse};
use super::sequences::takes_lists_for_tuples;
use super::{
    Action, ArgFrom, FunctionKey, SpecId, Sweep, containers, numeric_error, positional, structural,
};
use crate::hir::{CallArg, HBlock, HValue, Op};
use crate::numeric::{self, Rule};
use crate::types::{Callable, DType, Lazy, Lit, Ty};
use cumbia_diagnostics::{CALLED_FROM, Diagnostic, Span};
use std::sync::Arc;

/// How the note begins that names the function that was called.
const IN_THE_CALL: &str = "in the call of";

impl Sweep<'_, '_, '_> {
    pub(super) fn call(
        &mut self,
        block: HBlock,
        at: usize,
        callee: HValue,
        args: &[CallArg],
        span: Span,
    ) -> Typed {
        let callee_ty = known!(self, callee);
        if let Some(called) = self.call_with_items(block, at, (callee, &callee_ty), args, span) {
            return called;
        }
        // Of an object's methods those count first that were registered for its type.
        if let Ty::Callable(Callable::Method(receiver, _)) = &callee_ty
            && matches!(**receiver, Ty::Object(..))
            && let Some(typed) = self.call_overloaded(block, at, callee, &callee_ty, args, span)
        {
            return typed;
        }
        if let Some(called) = self.call_special(block, at, callee, &callee_ty, args, span) {
            return called;
        }
        for arg in args {
            known!(self, arg.value);
        }
        if let Some(typed) = self.call_class(block, at, callee, &callee_ty, args, span) {
            return typed;
        }
        if let Some(typed) = self.call_ufunc(block, at, callee, &callee_ty, args, span) {
            return typed;
        }
        if let Some(typed) = self.call_overloaded(block, at, callee, &callee_ty, args, span) {
            return typed;
        }
        match &callee_ty {
            Ty::Callable(Callable::User(function)) => {
                let key = FunctionKey::User(function.handle);
                self.call_function(block, at, key, None, args, span, None)
            }
            Ty::Callable(Callable::Library(name)) => self.call_library(block, at, name, args, span),
            Ty::Callable(Callable::Kernel(id)) => {
                let key = FunctionKey::Kernel(*id);
                self.call_function(block, at, key, None, args, span, None)
            }
            Ty::Callable(Callable::Method(receiver, name)) if receiver.is_number() => {
                let mut types = vec![(**receiver).clone()];
                for arg in args {
                    types.push(known!(self, arg.value));
                }
                let qualified: Arc<str> = format!("number.{name}").into();
                match numeric::builtin_rule(&qualified, &types) {
                    Some(Ok(Rule::Direct(ty))) => {
                        self.act(block, at, Action::Numeric(qualified));
                        one(ty)
                    }
                    Some(Err(e)) => Err(numeric_error(e, span)),
                    _ => {
                        let qualified = number_body(receiver, name);
                        let Some(body) = cumbia_library::implementation(&qualified) else {
                            return refuse(
                                "CB0403",
                                span,
                                format!("{receiver:#} has no method '{name}' here"),
                            );
                        };
                        let key = FunctionKey::Body(body.file, body.name);
                        let receiver = (ArgFrom::Receiver(callee), (**receiver).clone());
                        self.call_function(
                            block,
                            at,
                            key,
                            Some(receiver),
                            args,
                            span,
                            Some(&qualified),
                        )
                    }
                }
            }
            Ty::Callable(Callable::Method(receiver, name)) if receiver.as_time().is_some() => {
                let qualified = format!("datetimes.{name}");
                let body = find_body(&qualified);
                let key = FunctionKey::Body(body.file, body.name);
                let receiver = (ArgFrom::Receiver(callee), (**receiver).clone());
                self.call_function(block, at, key, Some(receiver), args, span, Some(&qualified))
            }
            Ty::Callable(Callable::Method(receiver, name)) => {
                let (qualified, receiver) = match super::collections::method(receiver, name) {
                    Some((qualified, receiver)) => (qualified, Arc::new(receiver)),
                    None => {
                        let class = match &**receiver {
                            Ty::Records(_) => "structured_array",
                            Ty::Row(_) => "void",
                            other => containers::class_name(other).unwrap_or("ndarray"),
                        };
                        (format!("{class}.{name}"), receiver.clone())
                    }
                };
                let receiver = &receiver;
                if **receiver == Ty::Exception {
                    return self.add_note(block, at, args, span);
                }
                if let Some(types) = self.positional_types(args)
                    && !self.method_tells(receiver, &qualified, &types, span)?
                {
                    return Ok(None);
                }
                if qualified == "list.append" {
                    if args.len() != 1 || args[0].name.is_some() || args[0].starred {
                        return refuse(
                            "CB0410",
                            span,
                            format!(
                                "list.append() takes exactly one argument ({} given)",
                                args.len()
                            ),
                        );
                    }
                    self.act(block, at, Action::Structural(qualified.into()));
                    return one(Ty::None);
                }
                let view = match &*qualified {
                    "dict.keys" => Some(Lazy::Keys),
                    "dict.values" => Some(Lazy::Values),
                    "dict.items" => Some(Lazy::Items),
                    _ => None,
                };
                if let Some(view) = view {
                    if !args.is_empty() {
                        return refuse("CB0410", span, format!("{qualified}() takes no arguments"));
                    }
                    self.act(block, at, Action::Structural(qualified.into()));
                    return one(Ty::Lazy(view, vec![(**receiver).clone()].into()));
                }
                let of_times = std::iter::once(Some((**receiver).clone()));
                let (qualified, body) = match self.time_array_body(&qualified, of_times) {
                    Some(body) => (format!("{qualified}/times"), Some(body)),
                    None => {
                        let body = cumbia_library::implementation(&qualified);
                        (qualified, body)
                    }
                };
                let Some(body) = body else {
                    return refuse(
                        "CB0403",
                        span,
                        format!("method '{name}' of {receiver:#} is not compiled yet"),
                    );
                };
                let key = FunctionKey::Body(body.file, body.name);
                let receiver = (ArgFrom::Receiver(callee), (**receiver).clone());
                self.call_function(block, at, key, Some(receiver), args, span, Some(&qualified))
            }
            Ty::DType(_) if self.makes_array(args) => {
                let class = (ArgFrom::Value(callee), known!(self, callee));
                let body = find_body("scalar_classes.of_items");
                let key = FunctionKey::Body(body.file, body.name);
                self.call_function(block, at, key, Some(class), args, span, Some("np.asarray"))
            }
            Ty::DType(dtype) => {
                let name: Arc<str> = match dtype {
                    d if d.is_half() => format!("cumbia.{}", d.name()).into(),
                    _ => format!("numpy.{}", dtype.name()).into(),
                };
                self.call_library(block, at, &name, args, span)
            }
            class @ Ty::Callable(Callable::Exception(_) | Callable::UserException(_)) => {
                self.new_exception(block, at, class, args, span)
            }
            other => refuse("CB0406", span, format!("{other:#} can't be called")),
        }
    }

    /// Whether a scalar class is given what an array is made of.
    fn makes_array(&self, args: &[CallArg]) -> bool {
        let [CallArg { name: None, value, starred: false }] = args else { return false };
        matches!(self.ty(*value), Some(Ty::Array(_) | Ty::List(..) | Ty::Tuple(_)))
    }

    /// A call of a method with starred or keyword arguments, or of one that was asked for
    /// by name: the method begins at a part of `callee`.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn call_method_given(
        &mut self,
        block: HBlock,
        at: usize,
        callee: HValue,
        start: usize,
        (receiver, name): (&Ty, &str),
        given: Vec<Given>,
        span: Span,
    ) -> Typed {
        let (qualified, receiver) = if receiver.is_number() {
            (number_body(receiver, name), receiver.clone())
        } else {
            let class = || containers::class_name(receiver).unwrap_or("ndarray");
            super::collections::method(receiver, name)
                .unwrap_or_else(|| (format!("{}.{name}", class()), receiver.clone()))
        };
        let Some(body) = cumbia_library::implementation(&qualified) else {
            return Err(Box::new(
                Diagnostic::error(
                    "CB0406",
                    span,
                    format!(
                        "method '{name}' of {receiver:#} can't be called with starred arguments"
                    ),
                )
                .help("write the arguments out"),
            ));
        };
        let types: Vec<Ty> =
            given.iter().take_while(|g| g.name.is_none()).map(|g| g.ty.clone()).collect();
        if !self.method_tells(&receiver, &qualified, &types, span)? {
            return Ok(None);
        }
        let key = FunctionKey::Body(body.file, body.name);
        let from = ArgFrom::Part(callee, start, receiver.clone());
        let hidden = Hidden::default();
        let receiver = Some((from, receiver));
        self.call_given(block, at, key, receiver, given, hidden, span, Some(&qualified))
    }

    /// A call with one starred argument whose number of items isn't known when compiling,
    /// of a library name that has a body for it: `name/*`.
    fn call_with_items(
        &mut self,
        block: HBlock,
        at: usize,
        (callee, callee_ty): (HValue, &Ty),
        args: &[CallArg],
        span: Span,
    ) -> Option<Typed> {
        let mut receiver = None;
        let name: Arc<str> = match callee_ty {
            Ty::Callable(Callable::Library(name)) => name.clone(),
            Ty::Callable(Callable::Method(of, name)) => {
                receiver = Some((ArgFrom::Receiver(callee), (**of).clone()));
                format!("{}.{name}", containers::class_name(of)?).into()
            }
            _ => return None,
        };
        let [CallArg { name: None, value, starred: true }, rest @ ..] = args else { return None };
        let plain = rest.iter().all(|a| a.name.is_some() && !a.starred);
        let known = matches!(self.ty(*value), None | Some(Ty::Tuple(_) | Ty::Record(..)));
        if !plain || known {
            return None;
        }
        let rows = match self.ty(*value)?.storage() {
            Ty::List(t, _) if &*name == "builtins.zip" => t.as_tuple_items().map(<[Ty]>::to_vec),
            _ => None,
        };
        let form = match rows {
            _ if &*name == "builtins.zip" && self.is_unpacked(block, at) => "rows",
            Some(types) if types.iter().any(|t| *t != types[0]) => {
                return Some(Err(Box::new(
                    Diagnostic::error(
                        "CB0404",
                        span,
                        "zip(*x) of tuples with items of several types isn't compiled here",
                    )
                    .help("unpack the columns, as in `a, b = zip(*pairs)`, or write a comprehension for each"),
                )));
            }
            _ => "*",
        };
        let body = cumbia_library::implementation(&format!("{name}/{form}"))?;
        let key = FunctionKey::Body(body.file, body.name);
        let mut args = args.to_vec();
        args[0].starred = false;
        Some(self.call_function(block, at, key, receiver, &args, span, Some(&name)))
    }

    /// Whether all that is done with an instruction's result is to unpack it.
    fn is_unpacked(&self, block: HBlock, at: usize) -> bool {
        let result = self.hir.blocks[block.0 as usize].insts[at].results[0];
        let mut others = false;
        for block in &self.hir.blocks {
            for inst in &block.insts {
                let unpacks = matches!(inst.op, Op::Unpack(_));
                inst.op.clone().for_each_operand_mut(|v| others |= *v == result && !unpacks);
            }
            block.terminator.clone().for_each_operand_mut(|v| others |= *v == result);
        }
        !others
    }

    fn call_library(
        &mut self,
        block: HBlock,
        at: usize,
        name: &Arc<str>,
        args: &[CallArg],
        span: Span,
    ) -> Typed {
        if let Some(rest) = name.strip_prefix('@') {
            // A function of a body file, by its own name.
            let (file, function) = rest.split_once('.').unwrap_or((rest, ""));
            let body = cumbia_library::body(file, function)
                .unwrap_or_else(|| panic!("no library body {rest}"));
            let key = FunctionKey::Body(body.file, body.name);
            return self.call_function(block, at, key, None, args, span, Some(rest));
        }
        if let Some(of_device) = self.device_call(block, at, name, args, span) {
            return of_device;
        }
        if &**name == "builtins.isinstance"
            && let Some([exception, class]) = positional(args).as_deref()
            && let Some(ty) = self.ty(*exception)
            && (ty == Ty::Exception || matches!(&ty, Ty::Optional(t) if **t == Ty::Exception))
        {
            self.act(block, at, Action::Structural("exception.isinstance".into()));
            return self.exception_matches(*class, true, span);
        }
        if let Some([exception]) = positional(args).as_deref()
            && let Some(ty) = self.ty(*exception)
            && let Some((what, ty)) = super::exceptions::asked(name, &ty)
        {
            self.act(block, at, Action::Structural(what.into()));
            return one(ty);
        }
        if let Some(kind) = containers::empty_constructor(name)
            && (args.is_empty() || containers::typed_constructor(name).is_some())
        {
            // As `[]` and `{}`: the uses here say what the elements are.
            self.act(block, at, Action::Structural(name.clone()));
            return self.display(block, at, kind, &[], span);
        }
        if let Some(asked) = self.asks_for_attribute(block, at, name, args, span) {
            return asked;
        }
        if let Some(made) = self.new_collection(block, at, name, args, span) {
            return made;
        }
        if let Some(lazy) = self.lazy_call(block, at, name, args, span) {
            return lazy;
        }
        if let Some(elementwise) = self.array_function(block, at, name, args, span) {
            return elementwise;
        }
        if let Some(done) = self.sequence_function(block, at, name, args, span) {
            return done;
        }
        if &**name == "builtins.len"
            && let Some([only]) = positional(args).as_deref()
            && let Some(length) = self.flat_item(block, at, *only, &[], span)
        {
            return length;
        }
        // Of several dates `min` and `max` are no functions of an array.
        let is_of_one = args.len() == 1 || !name.starts_with("builtins.");
        let given = args.iter().map(|a| self.ty(a.value));
        if let Some(body) = self.time_array_body(name, given).filter(|_| is_of_one) {
            let key = FunctionKey::Body(body.file, body.name);
            let qualified = format!("{name}/times");
            return self.call_function(block, at, key, None, args, span, Some(&qualified));
        }
        if let Some((function, method)) = name.rsplit_once('.')
            && cumbia_library::ufunc(function).is_some()
            && cumbia_library::implementation(name).is_none()
            && let Some(body) = cumbia_library::implementation(&format!("ufunc.{method}"))
        {
            let function = Ty::Callable(Callable::Library(function.into()));
            let receiver = (ArgFrom::Unit(function.clone()), function);
            let key = FunctionKey::Body(body.file, body.name);
            return self.call_function(block, at, key, Some(receiver), args, span, Some(name));
        }
        if &**name == "prim.python_minor" {
            return one(Ty::Lit(Lit::Int(self.engine.python_minor.into())));
        }
        if &**name == "prim.on_device" {
            return one(structural::literal_bool(self.engine.device));
        }
        if let Some(values) = positional(args) {
            let mut types = Vec::with_capacity(values.len());
            for &value in &values {
                types.push(known!(self, value));
            }
            if let Some(typed) = self.time_call(block, at, name, (&values, &types), span) {
                return typed;
            }
            if let Some(typed) = self.container_primitive(block, at, name, &types, span) {
                return typed;
            }
            if let Some(typed) = self.context_primitive(block, at, name, &values, span) {
                return typed;
            }
            if let Some(typed) = self.generator_primitive(block, at, name, &values, span) {
                return typed;
            }
            if let Some(typed) = self.native(block, at, name, &types, span) {
                return typed;
            }
            if let Some(result) = structural::result_type(name, &types) {
                return match result {
                    Ok(ty) => {
                        self.act(block, at, Action::Structural(name.clone()));
                        one(ty)
                    }
                    Err(e) => Err(numeric_error(e, span)),
                };
            }
            let scalars = types.iter().all(|t| t.is_number() || matches!(t, Ty::DType(_)));
            let of_complex = matches!(types.first(), Some(Ty::Num(DType::C64 | DType::C128)));
            let on_device = match &**name {
                "builtins.abs" | "numpy.abs" | "numpy.absolute" if of_complex => "prim.magnitude",
                name => name,
            };
            if scalars && let Some(body) = of_half(name, &types) {
                let key = FunctionKey::Body(body.file, body.name);
                return self.call_function(block, at, key, None, args, span, Some(name));
            }
            let native = self.native_form(on_device);
            if scalars && let Some(body) = native.or_else(|| self.of_devices(on_device)) {
                let key = FunctionKey::Body(body.file, body.name);
                return self.call_function(block, at, key, None, args, span, Some(name));
            }
            if let ("cumbia.float16" | "cumbia.bfloat16", false) = (&**name, self.engine.device) {
                let bare = name.trim_start_matches("cumbia.");
                let text = format!("{bare}() is for kernels: half precision is not compiled");
                let help = "use np.float32, and convert outside";
                return Err(Box::new(Diagnostic::error("CB0404", span, text).help(help)));
            }
            match numeric::builtin_rule(name, &types) {
                Some(Ok(Rule::Direct(ty))) => {
                    self.act(block, at, Action::Numeric(name.clone()));
                    return one(ty);
                }
                Some(Ok(Rule::Body(body))) => {
                    return self.call_body(block, at, body, &values, span);
                }
                Some(Err(e)) if scalars || cumbia_library::implementation(name).is_none() => {
                    return Err(numeric_error(e, span));
                }
                _ => {}
            }
        }
        let by_count = args.iter().filter(|a| a.name.is_none()).count();
        let by_count = cumbia_library::implementation(&format!("{name}/{by_count}"));
        match self
            .approximation(name)
            .or_else(|| named_form(name, args.iter().any(|a| a.name.is_some())))
            .or(by_count)
            .or_else(|| cumbia_library::implementation(name))
        {
            Some(body) => {
                let key = FunctionKey::Body(body.file, body.name);
                self.call_function(block, at, key, None, args, span, Some(name))
            }
            None => Err(not_compiled(
                name,
                span,
                "docs/supported.md lists what is; the call can be made outside the compiled function",
            )),
        }
    }

    /// What stands for a function or a body where its caller's options ask for another one:
    /// approximations, divisions that don't raise, and what suits devices better.
    fn approximation(&self, name: &str) -> Option<cumbia_library::Body> {
        if let Some(body) = self.native_form(name).or_else(|| self.of_devices(name)) {
            return Some(body);
        }
        let relaxed = self.engine.relaxed(&self.engine.spec(self.id).key);
        if relaxed.quiet_division && name.starts_with("numbers.py_") {
            return cumbia_library::implementation(&format!("{name}/quiet"));
        }
        let allowed = relaxed.fast.has(cumbia_ir::FastMath::AFN);
        allowed.then(|| cumbia_library::implementation(&format!("{name}/approximate")))?
    }

    /// What a function is in kernels whose options allow approximations, where devices have an
    /// instruction for it.
    fn native_form(&self, name: &str) -> Option<cumbia_library::Body> {
        let relaxed = self.engine.relaxed(&self.engine.spec(self.id).key);
        let allowed = self.engine.device && relaxed.fast.has(cumbia_ir::FastMath::AFN);
        allowed.then(|| cumbia_library::implementation(&format!("{name}/native")))?
    }

    /// What a function is in kernels, where they have a body of their own for it.
    fn of_devices(&self, name: &str) -> Option<cumbia_library::Body> {
        let body = |what: &str| cumbia_library::implementation(&format!("{name}/{what}"));
        let single = self.engine.single.then(|| body("single")).flatten();
        single.or_else(|| self.engine.device.then(|| body("device")).flatten())
    }

    /// The types of positional arguments, as far as they are known.
    fn positional_types(&self, args: &[CallArg]) -> Option<Vec<Ty>> {
        args.iter().take_while(|a| a.name.is_none()).map(|a| self.ty(a.value)).collect()
    }

    /// A call of a library body with values as positional arguments.
    pub(super) fn call_body(
        &mut self,
        block: HBlock,
        at: usize,
        qualified: &str,
        values: &[HValue],
        span: Span,
    ) -> Typed {
        let args: Vec<CallArg> =
            values.iter().map(|&value| CallArg { name: None, value, starred: false }).collect();
        let types: Option<Vec<Ty>> = values.iter().map(|&value| self.ty(value)).collect();
        let body = types
            .and_then(|types| of_half(qualified, &types))
            .or_else(|| self.approximation(qualified))
            .unwrap_or_else(|| find_body(qualified));
        let key = FunctionKey::Body(body.file, body.name);
        self.call_function(block, at, key, None, &args, span, Some(qualified))
    }

    /// A call of a library body whose arguments lowering will supply.
    pub(super) fn call_body_types(
        &mut self,
        block: HBlock,
        at: usize,
        qualified: &str,
        types: Vec<Ty>,
        span: Span,
    ) -> Result<(), Box<Diagnostic>> {
        let body = find_body(qualified);
        let key = FunctionKey::Body(body.file, body.name);
        let spec = self.specialize(key, types, span, Some(qualified))?;
        self.act(block, at, Action::Call(spec, Vec::new()));
        Ok(())
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn call_function(
        &mut self,
        block: HBlock,
        at: usize,
        key: FunctionKey,
        receiver: Option<(ArgFrom, Ty)>,
        args: &[CallArg],
        span: Span,
        library_name: Option<&str>,
    ) -> Typed {
        let Some(given) = self.given(args, span)? else { return Ok(None) };
        let body = match &key {
            FunctionKey::Body(_, body) => Some(*body),
            _ => None,
        };
        let hidden = Hidden::default;
        let (again, of) = (given.clone(), receiver.clone());
        let mut called =
            self.call_given(block, at, key.clone(), receiver, given, hidden(), span, library_name);
        if let (Err(refusal), Some(name)) = (&called, library_name)
            && let Some(each) =
                self.with_late_axis(block, at, &key, of.as_ref(), &again, refusal, name, span)
        {
            return each;
        }
        if called.is_err()
            && library_name.is_some_and(takes_lists_for_tuples)
            && let Some(tuples) = self.lists_as_tuples(block, at, &again)
        {
            let other = self.call_given(block, at, key, of, tuples, hidden(), span, library_name);
            // What is said of a tuple isn't what the text has.
            if !matches!(&other, Err(e) if e.message.contains("tuple(")) {
                called = other;
            }
        }
        called.map_err(|mut refusal| {
            // A call that doesn't bind names the function as its caller does.
            if let (Some(body), Some(name)) = (body, library_name)
                && let Some(rest) = refusal.message.strip_prefix(&format!("{body}()"))
            {
                let last = name.rsplit(['.', '/']).next().unwrap_or(name);
                refusal.message = format!("{last}(){rest}");
            }
            refusal
        })
    }

    /// Infers the callee and brings its errors to the place of the call.
    pub(super) fn specialize(
        &mut self,
        key: FunctionKey,
        types: Vec<Ty>,
        span: Span,
        library_name: Option<&str>,
    ) -> Result<SpecId, Box<Diagnostic>> {
        if let Some(name) = library_name {
            self.check_times(name, &types, span)?;
        }
        let spec = match self.engine.specialize(key, types, span) {
            Ok(spec) => spec,
            Err(errors) => return Err(called_from(errors, span)),
        };
        let errors = &self.engine.spec(spec).errors;
        match (errors.first(), library_name) {
            (None, _) => Ok(spec),
            // What is wrong inside a library body is the caller's arguments: the
            // message stays, the place is the call.
            (Some(error), Some(name)) => {
                let mut d = Diagnostic::error(error.code, span, error.message.clone());
                d.help = error.help.clone();
                d.notes = error.notes.clone();
                // Of calls within calls the outermost counts, if the text doesn't show it.
                d.notes.retain(|note| !note.starts_with(IN_THE_CALL));
                let last = name.rsplit('.').next().unwrap_or(name);
                if cumbia_library::implementation(name).is_some()
                    && !last.starts_with("__")
                    && !self.engine.text_of(span).contains(last)
                {
                    let shown = name.replacen("numpy.", "np.", 1);
                    d.notes.push(format!("{IN_THE_CALL} {shown}"));
                }
                Err(Box::new(d))
            }
            (Some(_), None) => Err(called_from(errors.clone(), span)),
        }
    }
}

/// The body of `file.name` or of a public name.
pub(super) fn find_body(qualified: &str) -> cumbia_library::Body {
    qualified
        .split_once('.')
        .and_then(|(file, name)| cumbia_library::body(file, name))
        .or_else(|| cumbia_library::implementation(qualified))
        .unwrap_or_else(|| panic!("no library body {qualified}"))
}

/// The form that takes arguments by name, of functions whose others are no bodies.
pub(super) fn named_form(name: &str, has_names: bool) -> Option<cumbia_library::Body> {
    has_names.then(|| cumbia_library::implementation(&format!("{name}/named")))?
}

/// What a function or body is where an operand is a `float16` or `bfloat16`.
fn of_half(name: &str, types: &[Ty]) -> Option<cumbia_library::Body> {
    let is_half = types.iter().any(numeric::is_half);
    is_half.then(|| cumbia_library::implementation(&format!("{name}/half")))?
}

/// The refusal of a function of the library, for its own reason if it has one.
pub(super) fn not_compiled(name: &str, span: Span, help: &'static str) -> Box<Diagnostic> {
    let shown = name.strip_prefix("builtins.").unwrap_or(name);
    let shown = shown.replacen("numpy.", "np.", 1);
    let class = name.strip_prefix("numpy.").and_then(super::dtypes::not_compiled);
    let (text, help) = match (cumbia_library::refused(name), class) {
        (Some(row), _) => (format!("{shown}() can't be compiled: {}", row.why), row.instead.into()),
        (_, Some((why, help))) => (format!("{shown}(): {why}"), help.into()),
        _ if name.starts_with("scipy.") && cumbia_library::ufunc(name).is_none() => (
            format!("{shown}() is not compiled"),
            format!(
                "of scipy.special there are {}; call others outside and pass what they give",
                cumbia_library::special_names()
            ),
        ),
        _ => (format!("{shown}() is not compiled yet with these arguments"), help.to_owned()),
    };
    Box::new(Diagnostic::error("CB0404", span, text).help(help))
}

/// A callee's errors, told at the call: the first one, with the call as a label.
pub(super) fn called_from(mut errors: Vec<Diagnostic>, span: Span) -> Box<Diagnostic> {
    let first = errors.remove(0);
    Box::new(if first.span == span { first } else { first.also(span, CALLED_FROM) })
}
