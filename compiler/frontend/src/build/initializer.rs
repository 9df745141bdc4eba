//! `__init__` in the form that makes the instance: it gets the class in place of `self`, and
//! returns the object.
//!
//! What is assigned to attributes of `self` is kept in variables of the function, so that the
//! types of the attributes follow from the flow of the text, as those of all variables do.
//! Where `self` is used in another way (passed on, one of its methods called) the object is
//! made, of the attributes that there are by then, and the rest of the function is as
//! anywhere else; so it is at the end. That must be a statement of the body itself, not one
//! in a loop or branch, since the object is there for all that follows. Before that, `self`
//! has a type that nothing takes.
//!
//! `super().__init__(...)` as a statement of the body makes an object of the base's
//! attributes, which is taken apart again when the whole one is made: nobody else knows it.

use super::Builder;
use crate::hir::{CallArg, HValue, Op};
use crate::scope::{Resolution, Var};
use cumbia_diagnostics::{Diagnostic, Span};
use rustpython_parser::ast::{self, Expr, Ranged, Stmt};
use std::sync::Arc;

/// What is known while the object isn't there yet.
pub(super) struct Initializer {
    /// The first parameter.
    itself: Arc<str>,
    /// The class, as a value.
    class: HValue,
    /// What the base's `__init__` made.
    base: Option<HValue>,
    /// Attributes that are assigned, and the variables that hold them.
    fields: Vec<(Arc<str>, Var)>,
}

/// The name of the variable for an attribute; no name of the text has a dot.
fn variable(attribute: &str) -> Arc<str> {
    format!("self.{attribute}").into()
}

/// The attributes of `itself` that statements assign, in order, by the names in the text.
pub(super) fn assigned(body: &[Stmt], itself: &str) -> Vec<Arc<str>> {
    fn target(e: &Expr, itself: &str, out: &mut Vec<Arc<str>>) {
        match e {
            Expr::Attribute(a) if matches!(&*a.value, Expr::Name(n) if n.id.as_str() == itself) => {
                let name: Arc<str> = a.attr.as_str().into();
                if !out.contains(&name) {
                    out.push(name);
                }
            }
            Expr::Tuple(t) => t.elts.iter().for_each(|e| target(e, itself, out)),
            Expr::List(t) => t.elts.iter().for_each(|e| target(e, itself, out)),
            Expr::Starred(s) => target(&s.value, itself, out),
            _ => {}
        }
    }
    fn walk(body: &[Stmt], itself: &str, out: &mut Vec<Arc<str>>) {
        for statement in body {
            match statement {
                Stmt::Assign(s) => s.targets.iter().for_each(|t| target(t, itself, out)),
                Stmt::AugAssign(s) => target(&s.target, itself, out),
                Stmt::AnnAssign(s) if s.value.is_some() => target(&s.target, itself, out),
                Stmt::If(s) => {
                    walk(&s.body, itself, out);
                    walk(&s.orelse, itself, out);
                }
                Stmt::While(s) => {
                    walk(&s.body, itself, out);
                    walk(&s.orelse, itself, out);
                }
                Stmt::For(s) => {
                    target(&s.target, itself, out);
                    walk(&s.body, itself, out);
                    walk(&s.orelse, itself, out);
                }
                Stmt::Try(s) => {
                    walk(&s.body, itself, out);
                    for ast::ExceptHandler::ExceptHandler(handler) in &s.handlers {
                        walk(&handler.body, itself, out);
                    }
                    walk(&s.orelse, itself, out);
                    walk(&s.finalbody, itself, out);
                }
                Stmt::With(s) => {
                    let targets = s.items.iter().flat_map(|item| &item.optional_vars);
                    targets.for_each(|t| target(t, itself, out));
                    walk(&s.body, itself, out);
                }
                Stmt::Match(s) => s.cases.iter().for_each(|c| walk(&c.body, itself, out)),
                _ => {}
            }
        }
    }
    let mut out = Vec::new();
    walk(body, itself, &mut out);
    out
}

/// The names of the variables for attributes.
pub(super) fn variables(body: &[Stmt], itself: &str) -> Vec<Arc<str>> {
    assigned(body, itself).iter().map(|name| variable(name)).collect()
}

impl<'a> Builder<'a> {
    /// Begins the form: `class` is the value of the first parameter.
    /// A `__post_init__` gets what `__init__` has made so far.
    pub(super) fn begin_initializer(
        &mut self,
        itself: &str,
        class: HValue,
        body: &[Stmt],
        goes_on: bool,
    ) {
        let fields = assigned(body, itself)
            .into_iter()
            .filter_map(|name| match self.scope.resolve(&variable(&name)) {
                Resolution::Local(var) => Some((name, var)),
                Resolution::Outer(_) => None,
            })
            .collect();
        let base = goes_on.then_some(class);
        self.initializer = Some(Initializer { itself: itself.into(), class, base, fields });
    }

    /// The statements of the body.
    pub(super) fn initializer_body(&mut self, body: &[Stmt]) {
        for statement in body {
            if self.initializer.is_some()
                && !self.base_initializer(statement)
                && !self.post_initializer(statement)
            {
                if self.uses_itself(statement) {
                    let span = self.span(statement);
                    self.make_instance(span);
                }
                self.statements(std::slice::from_ref(statement));
            } else if self.initializer.is_none() {
                self.statements(std::slice::from_ref(statement));
            }
        }
    }

    /// What the function gives at a place where it is left.
    pub(super) fn initialized(&mut self, span: Span) -> HValue {
        match &self.initializer {
            Some(_) => self.instance(span),
            None => {
                let itself = self.made_itself.clone().unwrap_or_else(|| "self".into());
                self.name(&itself, span)
            }
        }
    }

    fn instance(&mut self, span: Span) -> HValue {
        let Some(initializer) = &self.initializer else { unreachable!("no initializer") };
        let (class, base) = (initializer.class, initializer.base);
        let fields = initializer.fields.clone();
        let names = fields.iter().map(|(name, _)| self.attribute_name(name)).collect();
        let values =
            fields.iter().map(|(_, var)| self.ssa.read_unchecked(*var, span)).collect::<Vec<_>>();
        self.ssa.emit(Op::Instance(base.unwrap_or(class), names, values), span)
    }

    fn make_instance(&mut self, span: Span) {
        let made = self.instance(span);
        if let Some(initializer) = self.initializer.take() {
            self.made_itself = Some(initializer.itself.clone());
            self.assign_name(&initializer.itself, made);
        }
    }

    /// Whether a statement uses `self` in another way than by the attributes that are in
    /// variables. Looks at the text, and says yes when in doubt.
    fn uses_itself(&self, statement: &Stmt) -> bool {
        let Some(initializer) = &self.initializer else { return false };
        if matches!(statement, Stmt::FunctionDef(_)) {
            return true;
        }
        let range = statement.range();
        let (start, end) = (u32::from(range.start()) as usize, u32::from(range.end()) as usize);
        let text = self.text.get(start..end).unwrap_or(self.text);
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let mut words = text.match_indices(&*initializer.itself);
        words.any(|(at, found)| {
            let before = text[..at].chars().next_back();
            let after = text[at + found.len()..].trim_start();
            if before.is_some_and(|c| is_word(c) || c == '.') || after.starts_with(is_word) {
                return false;
            }
            let Some(attribute) = after.strip_prefix('.') else { return true };
            let attribute = attribute.trim_start();
            let end = attribute.find(|c| !is_word(c)).unwrap_or(attribute.len());
            let known = initializer.fields.iter().any(|(name, _)| **name == attribute[..end]);
            // One of the base's, but no method of it.
            let loaded =
                initializer.base.is_some() && !attribute[end..].trim_start().starts_with('(');
            !known && !loaded
        }) || text.contains("lambda") && text.contains(&*initializer.itself)
    }

    /// `super().__init__(...)` or `Base.__init__(self, ...)` as a statement.
    fn base_initializer(&mut self, statement: &Stmt) -> bool {
        let Stmt::Expr(s) = statement else { return false };
        let Expr::Call(call) = &*s.value else { return false };
        let Expr::Attribute(method) = &*call.func else { return false };
        let Some(initializer) = &self.initializer else { return false };
        if method.attr.as_str() != "__init__" || initializer.base.is_some() {
            return false;
        }
        let (class, itself) = (initializer.class, initializer.itself.clone());
        let at = self.span(&*call.func);
        let (holder, args) = match &*method.value {
            Expr::Call(c) if is_super(c) => (self.expression(&c.func), &call.args[..]),
            // `Base.__init__(self, ...)`
            Expr::Name(_) | Expr::Attribute(_) if matches!(call.args.first(), Some(Expr::Name(n)) if n.id.as_str() == &*itself) => {
                (self.expression(&method.value), &call.args[1..])
            }
            _ => return false,
        };
        let callee = self.ssa.emit(Op::SuperAttr(holder, class, "__init__".into()), at);
        let base = self.call_with(callee, args, &call.keywords, self.span(call));
        if let Some(initializer) = &mut self.initializer {
            initializer.base = Some(base);
        }
        true
    }

    /// `self.__post_init__(...)` as a statement of a dataclass's `__init__`.
    fn post_initializer(&mut self, statement: &Stmt) -> bool {
        let Stmt::Expr(s) = statement else { return false };
        let Expr::Call(call) = &*s.value else { return false };
        let Expr::Attribute(method) = &*call.func else { return false };
        let Some(initializer) = &self.initializer else { return false };
        let (class, itself) = (initializer.class, initializer.itself.clone());
        let of_itself = matches!(&*method.value, Expr::Name(n) if n.id.as_str() == &*itself);
        if method.attr.as_str() != "__post_init__" || !of_itself {
            return false;
        }
        let span = self.span(call);
        let made = self.instance(span);
        let callee = self.ssa.emit(Op::SuperAttr(class, made, "__post_init__".into()), span);
        let base = self.call_with(callee, &call.args, &call.keywords, span);
        if let Some(initializer) = &mut self.initializer {
            initializer.base = Some(base);
            initializer.fields.clear();
        }
        true
    }

    /// `self.name` while attributes are in variables; `None` for other values.
    pub(super) fn initializer_field(
        &mut self,
        value: &Expr,
        name: &str,
        span: Span,
    ) -> Option<HValue> {
        let Expr::Name(e) = value else { return None };
        let initializer = self.initializer.as_ref()?;
        if e.id.as_str() != &*initializer.itself {
            return None;
        }
        let base = initializer.base;
        let found = initializer.fields.iter().find(|(n, _)| **n == *name).map(|(_, var)| *var);
        let (value, base) = match (found, base) {
            (Some(var), base) => (self.ssa.read_unchecked(var, span), base),
            (None, Some(base)) => (self.ssa.emit(Op::Unbound, span), Some(base)),
            (None, None) => return None,
        };
        let name = self.attribute_name(name);
        Some(self.ssa.emit(Op::InitField(value, base, name), span))
    }

    /// `self.name = value` into a variable; whether it is.
    pub(super) fn set_initializer_field(
        &mut self,
        target: &Expr,
        name: &str,
        value: HValue,
    ) -> bool {
        let Expr::Name(e) = target else { return false };
        let Some(initializer) = &self.initializer else { return false };
        if e.id.as_str() != &*initializer.itself {
            return false;
        }
        let found = initializer.fields.iter().find(|(n, _)| **n == *name).map(|(_, var)| *var);
        found.is_some_and(|var| {
            self.ssa.write(var, value);
            true
        })
    }

    /// `super().name`; `None` for other values.
    pub(super) fn super_attribute(&mut self, e: &ast::ExprAttribute) -> Option<HValue> {
        let Expr::Call(call) = &*e.value else { return None };
        if !is_super(call) {
            return None;
        }
        let (itself, span) = (self.first_parameter.clone()?, self.span(e));
        if e.attr.as_str() == "__init__" {
            self.diagnostics.push(
                Diagnostic::error("CB0404", span, "super().__init__ is not compiled here")
                    .help("call it as a statement of __init__ itself, not in a branch or loop"),
            );
        }
        let holder = self.expression(&call.func);
        let itself = self.name(&itself, span);
        let name = self.attribute_name(&e.attr);
        Some(self.ssa.emit(Op::SuperAttr(holder, itself, name), span))
    }

    /// A call of a value with the arguments in the text.
    fn call_with(
        &mut self,
        callee: HValue,
        args: &[Expr],
        keywords: &[ast::Keyword],
        span: Span,
    ) -> HValue {
        let args: Vec<CallArg> = self.arguments(args, keywords);
        self.ssa.emit(Op::Call(callee, args), span)
    }
}

/// `super()`
fn is_super(call: &ast::ExprCall) -> bool {
    matches!(&*call.func, Expr::Name(n) if n.id.as_str() == "super")
        && call.args.is_empty()
        && call.keywords.is_empty()
}
