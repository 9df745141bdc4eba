//! Types of what `raise` and `except` use.
//!
//! An exception, caught or made by a call of its class, has one type, whatever the class:
//! that is known when running.
//! Decides which classes, arguments and causes are compiled; `lower/exceptions.rs` follows.

use super::expressions::{Typed, known, one};
use super::{Action, Sweep};
use crate::hir::{CallArg, HBlock, HValue};
use crate::types::{Callable, Lazy, Lit, Ty};
use cumbia_abi::MAX_RAISE_ARGS;
use cumbia_abi::exceptions::{class_number, is_subclass};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

/// The exception classes that a value names in `isinstance`: one class, or a tuple of such.
/// `None` for anything else.
pub fn classes(ty: &Ty) -> Option<Vec<&Callable>> {
    match ty {
        Ty::Callable(class @ (Callable::Exception(_) | Callable::UserException(_))) => {
            Some(vec![class])
        }
        Ty::Tuple(items) => {
            let each: Option<Vec<_>> = items.iter().map(classes).collect();
            Some(each?.into_iter().flatten().collect())
        }
        _ => None,
    }
}

/// Whether a class is `BaseException`, which every exception is of.
fn is_root(class: &Callable) -> bool {
    matches!(class, Callable::Exception(name) if &**name == "BaseException")
}

/// Whether the exceptions of a class, by number, are of another.
pub fn derives(class: u32, ancestors: &[u32], of: &Callable) -> bool {
    let of = match of {
        Callable::Exception(name) => class_number(name),
        Callable::UserException(user) => Some(user.number),
        _ => None,
    };
    of.is_some_and(|of| is_subclass(class, of) || ancestors.iter().any(|&a| is_subclass(a, of)))
}

/// The class of what a call of a builtin class makes: `OSError` looks at the number of the
/// error. `None` where that is known only when running, or differs between systems.
pub fn class_made<'a>(name: &'a str, args: &[Ty]) -> Option<&'a str> {
    if !matches!(name, "OSError" | "IOError" | "EnvironmentError") || args.len() < 2 {
        return Some(name);
    }
    Some(match args[0] {
        Ty::Lit(Lit::Int(1 | 13)) => "PermissionError",
        Ty::Lit(Lit::Int(2)) => "FileNotFoundError",
        Ty::Lit(Lit::Int(3)) => "ProcessLookupError",
        Ty::Lit(Lit::Int(4)) => "InterruptedError",
        Ty::Lit(Lit::Int(10)) => "ChildProcessError",
        Ty::Lit(Lit::Int(17)) => "FileExistsError",
        Ty::Lit(Lit::Int(20)) => "NotADirectoryError",
        Ty::Lit(Lit::Int(21)) => "IsADirectoryError",
        Ty::Lit(Lit::Int(32)) => "BrokenPipeError",
        Ty::Lit(Lit::Int(11)) => return None,
        Ty::Lit(Lit::Int(0..=34) | Lit::Str(_)) | Ty::Str => name,
        _ => return None,
    })
}

/// What a builtin function of one argument gives for an exception, its class or its
/// arguments: the operation and the result.
pub fn asked(function: &str, of: &Ty) -> Option<(&'static str, Ty)> {
    Some(match (function, of) {
        ("builtins.str", Ty::Exception) => ("exception.str", Ty::Str),
        ("builtins.repr", Ty::Exception) => ("exception.repr", Ty::Str),
        ("builtins.type", Ty::Exception) => ("exception.class", look(Lazy::Class)),
        ("builtins.str" | "builtins.repr", Ty::Lazy(Lazy::Args, _)) => {
            ("exception.args_text", Ty::Str)
        }
        ("builtins.len", Ty::Lazy(Lazy::Args, _)) => ("exception.args_count", Ty::Int),
        _ => return None,
    })
}

/// An attribute of an exception or its class: the operation, or none for a method, and
/// the result.
pub fn attribute(of: &Ty, name: &str) -> Option<(Option<&'static str>, Ty)> {
    let link = || Ty::Optional(Arc::new(Ty::Exception));
    Some(match (of, name) {
        (Ty::Exception, "__class__") => (Some("exception.class"), look(Lazy::Class)),
        (Ty::Exception, "__traceback__") => (Some("exception.traceback"), look(Lazy::Traceback)),
        (Ty::Exception, "args") => (Some("exception.args"), look(Lazy::Args)),
        (Ty::Exception, "__cause__") => (Some("exception.cause"), link()),
        (Ty::Exception, "__context__") => (Some("exception.context"), link()),
        (Ty::Exception, "add_note") => {
            (None, Ty::Callable(Callable::Method(Arc::new(Ty::Exception), name.into())))
        }
        (Ty::Lazy(Lazy::Class, _), "__name__") => (Some("exception.name"), Ty::Str),
        (Ty::Lazy(Lazy::Class, _), "__qualname__") => (Some("exception.qualname"), Ty::Str),
        _ => return None,
    })
}

fn look(lazy: Lazy) -> Ty {
    Ty::Lazy(lazy, [Ty::Exception].into())
}

/// Whether two types are the class of an exception and a class that it may be.
pub fn is_class_test(a: &Ty, b: &Ty) -> bool {
    let class =
        |ty: &Ty| matches!(ty, Ty::Callable(Callable::Exception(_) | Callable::UserException(_)));
    let asked = |ty: &Ty| matches!(ty, Ty::Lazy(Lazy::Class, _));
    asked(a) && class(b) || class(a) && asked(b)
}

/// Whether an exception can keep a value of the type among its arguments: what never
/// changes, and is the same object or an equal one to whoever catches it.
fn is_argument(ty: &Ty) -> bool {
    match ty {
        Ty::Lit(_) | Ty::Int | Ty::Float | Ty::Bool | Ty::Complex => true,
        Ty::Str | Ty::Bytes | Ty::None => true,
        Ty::Num(dtype) => !dtype.is_time(),
        Ty::Tuple(items) => items.iter().all(is_argument),
        _ => false,
    }
}

impl Sweep<'_, '_, '_> {
    /// `except class`, or `isinstance(e, class)`, which alone takes tuples in tuples.
    pub(super) fn exception_matches(&mut self, class: HValue, nested: bool, span: Span) -> Typed {
        let class = known!(self, class);
        let flat = match &class {
            Ty::Tuple(items) => !items.iter().any(|item| matches!(item, Ty::Tuple(_))),
            _ => true,
        };
        match classes(&class).filter(|_| nested || flat) {
            Some(classes) if classes.iter().any(|c| is_root(c)) => one(Ty::Lit(Lit::Bool(true))),
            Some(classes) if classes.is_empty() => one(Ty::Lit(Lit::Bool(false))),
            Some(_) => one(Ty::Bool),
            None => Err(Box::new(
                Diagnostic::error(
                    "CB0407",
                    span,
                    format!("an exception can't be compared with {class:#}"),
                )
                .help("name exception classes, or a tuple of them"),
            )),
        }
    }

    /// `e.add_note(text)`
    pub(super) fn add_note(
        &mut self,
        block: HBlock,
        at: usize,
        args: &[CallArg],
        span: Span,
    ) -> Typed {
        let [CallArg { name: None, value, starred: false }] = args else {
            let message = "add_note() takes one text".to_string();
            return Err(Box::new(Diagnostic::error("CB0410", span, message)));
        };
        match known!(self, *value) {
            Ty::Str | Ty::Lit(Lit::Str(_)) => {
                self.act(block, at, Action::Structural("exception.add_note".into()));
                one(Ty::None)
            }
            other => {
                let message = format!("a note is a str, not {other:#}");
                Err(Box::new(Diagnostic::error("CB0303", span, message)))
            }
        }
    }

    pub(super) fn raise(
        &mut self,
        span: Span,
        class: HValue,
        args: &[HValue],
        cause: Option<HValue>,
    ) {
        if let Err(error) = self.check_raise(span, class, args, cause) {
            self.error(*error);
        }
    }

    fn check_raise(
        &self,
        span: Span,
        class: HValue,
        args: &[HValue],
        cause: Option<HValue>,
    ) -> Result<(), Box<Diagnostic>> {
        let fail = |message: String| Err(Box::new(Diagnostic::error("CB0407", span, message)));
        match self.ty(class) {
            None => return Ok(()),
            Some(Ty::Callable(Callable::Exception(_) | Callable::UserException(_))) => {}
            Some(Ty::Exception) if args.is_empty() => {}
            Some(other) => {
                return fail(format!(
                    "only exception classes and exceptions can be raised, not {other:#}"
                ));
            }
        }
        let Some(types) = args.iter().map(|&arg| self.ty(arg)).collect::<Option<Vec<Ty>>>() else {
            return Ok(());
        };
        super::wide::none_among(&types, span)?;
        check_arguments(span, &types)?;
        if let Some(class) = self.ty(class) {
            check_class(&class, &types, span)?;
        }
        match cause.map(|cause| self.ty(cause)) {
            None | Some(None | Some(Ty::None | Ty::Exception)) => Ok(()),
            Some(Some(other)) => fail(format!("a cause is None or an exception, not {other:#}")),
        }
    }

    /// `class(args)` that isn't raised at once.
    pub(super) fn new_exception(
        &mut self,
        block: HBlock,
        at: usize,
        class: &Ty,
        args: &[CallArg],
        span: Span,
    ) -> Typed {
        let mut types = Vec::new();
        for arg in args {
            let ty = known!(self, arg.value);
            match (&arg.name, arg.starred, ty) {
                (None, false, ty) => types.push(ty),
                (None, true, Ty::Tuple(items)) => types.extend(items.iter().cloned()),
                (Some(_), ..) => {
                    let message = "an exception takes positional arguments here".to_string();
                    return Err(Box::new(Diagnostic::error("CB0407", span, message)));
                }
                (None, true, other) => {
                    let message =
                        format!("the number of items of {other:#} isn't known when compiling");
                    let error = Diagnostic::error("CB0407", span, message);
                    return Err(Box::new(error.help("pass the arguments one by one")));
                }
            }
        }
        check_arguments(span, &types)?;
        check_class(class, &types, span)?;
        // They look at their arguments at once, and code of the user may do anything.
        let looks = match class {
            Ty::Callable(Callable::UserException(class)) => class.makes_itself,
            Ty::Callable(Callable::Exception(name)) => {
                let particular = name.contains('.')
                    || name.starts_with("Unicode")
                        && !matches!(&**name, "UnicodeError" | "UnicodeWarning");
                particular && &**name != "numpy.linalg.LinAlgError"
            }
            _ => false,
        };
        if looks {
            let message = format!("an exception of {class:#} can only be raised, not kept");
            return Err(Box::new(Diagnostic::error("CB0407", span, message)));
        }
        self.act(block, at, Action::Structural("exception.new".into()));
        one(Ty::Exception)
    }
}

/// Whether the class of what is made can be told.
pub(super) fn check_class(class: &Ty, args: &[Ty], span: Span) -> Result<(), Box<Diagnostic>> {
    match class {
        Ty::Callable(Callable::Exception(name)) if class_made(name, args).is_none() => {
            Err(Box::new(
                Diagnostic::error(
                    "CB0408",
                    span,
                    format!("the class of {name}(...) depends on the number of the error"),
                )
                .help("name the class that it is to be, such as FileNotFoundError"),
            ))
        }
        _ => Ok(()),
    }
}

/// Whether an exception can keep its arguments.
fn check_arguments(span: Span, args: &[Ty]) -> Result<(), Box<Diagnostic>> {
    if let Some(other) = args.iter().find(|ty| !is_argument(ty)) {
        let message = format!("an exception's argument can't be {other:#} yet");
        let error = Diagnostic::error("CB0408", span, message);
        return Err(Box::new(error.help("give strings, numbers, or tuples of them")));
    }
    if args.len() > MAX_RAISE_ARGS {
        let message = format!("an exception can't have more than {MAX_RAISE_ARGS} arguments");
        return Err(Box::new(Diagnostic::error("CB0408", span, message)));
    }
    Ok(())
}

/// The refusal of an attribute that a class of the user gives its exceptions.
pub(super) fn no_attribute(name: &str, span: Span) -> Diagnostic {
    let what = format!("attribute '{name}' of a caught exception is not compiled");
    Diagnostic::error("CB0403", span, what)
        .help("keep the value in a variable that the handler sees, or use str(e)")
}
