//! What a function's text does with names, in the order in which Python does it: reads,
//! bindings, nested functions, loops and generator expressions, one event each.
//!
//! Names that a comprehension binds are hidden: its variables are its own. Assumes valid
//! Python; doesn't know which variable a name means, nor what is supported.

use super::{Body, Uses, uses};
use rustc_hash::FxHashSet;
use rustpython_parser::ast::{self, CmpOp, Expr, Stmt};

/// What a walk over a function's body tells, in about the order of evaluation.
pub(super) trait Events {
    fn read(&mut self, name: &str);
    fn bind(&mut self, name: &str);
    /// A generator expression assigns a variable of the function around it.
    fn rebind(&mut self, name: &str) {
        self.bind(name);
    }
    /// A nested function: what it uses (names for which `hidden` holds aside), the
    /// variable that it alone is bound to at once, and whether it has defaults.
    fn function(
        &mut self,
        inner: &Uses,
        hidden: &dyn Fn(&str) -> bool,
        own: Option<&str>,
        defaults: bool,
    );
    fn enter_loop(&mut self);
    fn leave_loop(&mut self);
    /// A variable is bound to a dict whose names are in the text, beside `bind`.
    fn bind_dict(&mut self, _name: &str, _names: &[(&str, &Expr)]) {}
    /// An item of a name in the text is read: `name["a"]`, `"a" in name`, `name.get("a")`.
    fn read_item(&mut self, name: &str) {
        self.read(name);
    }
    /// `f(**name)`
    fn pass_on(&mut self, name: &str) {
        self.read(name);
    }
    /// A value is put into what a variable holds: `name.append(value)`,
    /// `name[...] = value`.
    fn put_into(&mut self, _name: &str, _value: &Expr) {}
    /// What is read until the end is read when the generator expression is asked for
    /// items: after the statement, too, if it is `later`.
    fn generator(&mut self, _later: bool) {}
    fn generator_end(&mut self, _later: bool) {}
}

pub(super) struct Walk<'e> {
    pub(super) events: &'e mut dyn Events,
    /// Variables of the comprehensions around.
    pub(super) hidden: Vec<String>,
    /// Generator expressions around.
    pub(super) generators: usize,
}

impl Walk<'_> {
    pub(super) fn block(&mut self, body: &[Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Assign(s) => {
                match (&*s.value, s.targets.as_slice()) {
                    (Expr::Lambda(l), [Expr::Name(name)]) => {
                        self.function(&l.args, Body::Expression(&l.body), Some(name.id.as_str()));
                    }
                    (value, _) => self.expression(value),
                }
                s.targets.iter().for_each(|t| self.target(t));
                if let [target] = s.targets.as_slice() {
                    self.dict_binding(target, &s.value);
                }
                for target in &s.targets {
                    if let Expr::Subscript(item) = target {
                        self.put_into(&item.value, &s.value);
                    }
                }
            }
            Stmt::AugAssign(s) => {
                self.expression(&s.target);
                self.expression(&s.value);
                self.target(&s.target);
            }
            Stmt::AnnAssign(s) => {
                if let Some(value) = &s.value {
                    self.expression(value);
                    self.target(&s.target);
                    self.dict_binding(&s.target, value);
                }
            }
            Stmt::For(s) => self.for_loop(&s.target, &s.iter, &s.body, &s.orelse),
            Stmt::AsyncFor(s) => self.for_loop(&s.target, &s.iter, &s.body, &s.orelse),
            Stmt::While(s) => {
                self.events.enter_loop();
                self.expression(&s.test);
                self.block(&s.body);
                self.events.leave_loop();
                self.block(&s.orelse);
            }
            Stmt::If(s) => {
                self.expression(&s.test);
                self.block(&s.body);
                self.block(&s.orelse);
            }
            Stmt::With(s) => self.with(&s.items, &s.body),
            Stmt::AsyncWith(s) => self.with(&s.items, &s.body),
            Stmt::Try(s) => self.try_block([&s.body, &s.orelse, &s.finalbody], &s.handlers),
            Stmt::TryStar(s) => self.try_block([&s.body, &s.orelse, &s.finalbody], &s.handlers),
            Stmt::Match(s) => {
                self.expression(&s.subject);
                for case in &s.cases {
                    self.pattern(&case.pattern);
                    case.guard.iter().for_each(|g| self.expression(g));
                    self.block(&case.body);
                }
            }
            Stmt::FunctionDef(s) => {
                s.decorator_list.iter().for_each(|d| self.expression(d));
                let own = s.decorator_list.is_empty().then_some(s.name.as_str());
                self.function(&s.args, Body::Block(&s.body), own);
                self.bind(s.name.as_str());
            }
            Stmt::AsyncFunctionDef(s) => {
                self.function(&s.args, Body::Block(&s.body), None);
                self.bind(s.name.as_str());
            }
            // Refused; its body has a scope of its own.
            Stmt::ClassDef(s) => self.bind(s.name.as_str()),
            Stmt::Delete(s) => s.targets.iter().for_each(|t| self.target(t)),
            Stmt::Return(s) => s.value.iter().for_each(|v| self.expression(v)),
            Stmt::Raise(s) => s.exc.iter().chain(&s.cause).for_each(|e| self.expression(e)),
            Stmt::Assert(s) => {
                self.expression(&s.test);
                s.msg.iter().for_each(|m| self.expression(m));
            }
            Stmt::Expr(s) => self.expression(&s.value),
            Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::TypeAlias(_) => {}
            Stmt::Global(_) | Stmt::Nonlocal(_) => {}
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) => {}
        }
    }

    fn for_loop(&mut self, target: &Expr, iter: &Expr, body: &[Stmt], orelse: &[Stmt]) {
        self.expression(iter);
        self.events.enter_loop();
        self.target(target);
        self.block(body);
        self.events.leave_loop();
        self.block(orelse);
    }

    fn with(&mut self, items: &[ast::WithItem], body: &[Stmt]) {
        for item in items {
            self.expression(&item.context_expr);
            item.optional_vars.iter().for_each(|t| self.target(t));
        }
        self.block(body);
    }

    fn try_block(&mut self, bodies: [&[Stmt]; 3], handlers: &[ast::ExceptHandler]) {
        let [body, orelse, finalbody] = bodies;
        self.block(body);
        for ast::ExceptHandler::ExceptHandler(handler) in handlers {
            handler.type_.iter().for_each(|t| self.expression(t));
            if let Some(name) = &handler.name {
                // Bound at the start, unbound at the end.
                self.bind(name.as_str());
                self.block(&handler.body);
                self.bind(name.as_str());
            } else {
                self.block(&handler.body);
            }
        }
        self.block(orelse);
        self.block(finalbody);
    }

    fn pattern(&mut self, pattern: &ast::Pattern) {
        match pattern {
            ast::Pattern::MatchValue(p) => self.expression(&p.value),
            ast::Pattern::MatchSingleton(_) => {}
            ast::Pattern::MatchSequence(p) => p.patterns.iter().for_each(|p| self.pattern(p)),
            ast::Pattern::MatchMapping(p) => {
                p.keys.iter().for_each(|k| self.expression(k));
                p.patterns.iter().for_each(|p| self.pattern(p));
                p.rest.iter().for_each(|n| self.bind(n.as_str()));
            }
            ast::Pattern::MatchClass(p) => {
                self.expression(&p.cls);
                p.patterns.iter().chain(&p.kwd_patterns).for_each(|p| self.pattern(p));
            }
            ast::Pattern::MatchStar(p) => p.name.iter().for_each(|n| self.bind(n.as_str())),
            ast::Pattern::MatchAs(p) => {
                p.pattern.iter().for_each(|p| self.pattern(p));
                p.name.iter().for_each(|n| self.bind(n.as_str()));
            }
            ast::Pattern::MatchOr(p) => p.patterns.iter().for_each(|p| self.pattern(p)),
        }
    }

    fn bind(&mut self, name: &str) {
        self.events.bind(name);
    }

    fn read(&mut self, name: &str) {
        if !self.hidden.iter().any(|h| h == name) {
            self.events.read(name);
        }
    }

    fn dict_binding(&mut self, target: &Expr, value: &Expr) {
        if let (Expr::Name(name), Some(names)) = (target, names_of_dict(value)) {
            self.events.bind_dict(name.id.as_str(), &names);
        }
    }

    /// A variable is used in a way that `event` tells of.
    fn known(&mut self, name: &str, event: impl Fn(&mut dyn Events, &str)) {
        if !self.hidden.iter().any(|h| h == name) {
            event(self.events, name);
        }
    }

    fn put_into(&mut self, container: &Expr, value: &Expr) {
        if let Expr::Name(name) = container
            && !self.hidden.iter().any(|h| *h == *name.id)
        {
            self.events.put_into(name.id.as_str(), value);
        }
    }

    fn target(&mut self, target: &Expr) {
        match target {
            Expr::Name(e) => self.bind(e.id.as_str()),
            Expr::Tuple(e) => e.elts.iter().for_each(|t| self.target(t)),
            Expr::List(e) => e.elts.iter().for_each(|t| self.target(t)),
            Expr::Starred(e) => self.target(&e.value),
            other => self.expression(other),
        }
    }

    fn function(&mut self, args: &ast::Arguments, body: Body<'_>, own: Option<&str>) {
        let mut defaults = false;
        for arg in args.posonlyargs.iter().chain(&args.args).chain(&args.kwonlyargs) {
            if let Some(default) = &arg.default {
                defaults = true;
                self.expression(default);
            }
        }
        let inner = uses(args, body);
        let hidden = &self.hidden;
        self.events.function(&inner, &|name| hidden.iter().any(|h| h == name), own, defaults);
    }

    /// `later`: it may be asked for items when the statement is over.
    fn generator(&mut self, e: &ast::ExprGeneratorExp, later: bool) {
        if let Some(first) = e.generators.first() {
            self.expression(&first.iter);
        }
        self.events.generator(later);
        self.generators += 1;
        self.clauses(&e.generators, &[&e.elt]);
        self.generators -= 1;
        self.events.generator_end(later);
    }

    fn comprehension(&mut self, generators: &[ast::Comprehension], items: &[&Expr]) {
        // The first iterable is evaluated outside.
        if let Some(first) = generators.first() {
            self.expression(&first.iter);
        }
        self.clauses(generators, items);
    }

    fn clauses(&mut self, generators: &[ast::Comprehension], items: &[&Expr]) {
        let mut rest = generators.iter();
        self.events.enter_loop();
        let outer = self.hidden.len();
        for (i, generator) in rest.by_ref().enumerate() {
            if i > 0 {
                self.expression(&generator.iter);
            }
            self.hide(&generator.target);
            generator.ifs.iter().for_each(|e| self.expression(e));
        }
        items.iter().for_each(|e| self.expression(e));
        self.hidden.truncate(outer);
        self.events.leave_loop();
    }

    fn hide(&mut self, target: &Expr) {
        match target {
            Expr::Name(e) => self.hidden.push(e.id.to_string()),
            Expr::Tuple(e) => e.elts.iter().for_each(|t| self.hide(t)),
            Expr::List(e) => e.elts.iter().for_each(|t| self.hide(t)),
            Expr::Starred(e) => self.hide(&e.value),
            other => self.expression(other),
        }
    }

    pub(super) fn expression(&mut self, e: &Expr) {
        match e {
            Expr::Name(e) => self.read(e.id.as_str()),
            Expr::NamedExpr(e) => {
                self.expression(&e.value);
                match &*e.target {
                    Expr::Name(name) if self.generators > 0 => self.events.rebind(&name.id),
                    target => self.target(target),
                }
            }
            Expr::Lambda(e) => self.function(&e.args, Body::Expression(&e.body), None),
            Expr::ListComp(e) => self.comprehension(&e.generators, &[&e.elt]),
            Expr::SetComp(e) => self.comprehension(&e.generators, &[&e.elt]),
            Expr::GeneratorExp(e) => self.generator(e, true),
            Expr::DictComp(e) => self.comprehension(&e.generators, &[&e.key, &e.value]),
            Expr::BoolOp(e) => e.values.iter().for_each(|e| self.expression(e)),
            Expr::BinOp(e) => [&e.left, &e.right].into_iter().for_each(|e| self.expression(e)),
            Expr::UnaryOp(e) => self.expression(&e.operand),
            Expr::IfExp(e) => {
                [&e.test, &e.body, &e.orelse].into_iter().for_each(|e| self.expression(e))
            }
            Expr::Dict(e) => {
                e.keys.iter().flatten().chain(&e.values).for_each(|e| self.expression(e))
            }
            Expr::Set(e) => e.elts.iter().for_each(|e| self.expression(e)),
            Expr::List(e) => e.elts.iter().for_each(|e| self.expression(e)),
            Expr::Tuple(e) => e.elts.iter().for_each(|e| self.expression(e)),
            Expr::Await(e) => self.expression(&e.value),
            Expr::Yield(e) => e.value.iter().for_each(|e| self.expression(e)),
            Expr::YieldFrom(e) => self.expression(&e.value),
            Expr::Compare(e) => {
                let looked_up = matches!(e.ops.as_slice(), [CmpOp::In | CmpOp::NotIn]);
                match e.comparators.as_slice() {
                    [Expr::Name(name)] if looked_up && text(&e.left).is_some() => {
                        self.known(name.id.as_str(), |events, name| events.read_item(name));
                    }
                    all => {
                        self.expression(&e.left);
                        all.iter().for_each(|e| self.expression(e));
                    }
                }
            }
            Expr::Call(e) => {
                match (&*e.func, e.args.first().and_then(text)) {
                    (Expr::Attribute(method), Some(_)) if &*method.attr == "get" => {
                        match &*method.value {
                            Expr::Name(name) => {
                                self.known(name.id.as_str(), |events, name| events.read_item(name));
                            }
                            other => self.expression(other),
                        }
                    }
                    (other, _) => self.expression(other),
                }
                for arg in &e.args {
                    let plain = match arg {
                        Expr::Starred(s) => &*s.value,
                        other => other,
                    };
                    match plain {
                        Expr::GeneratorExp(e) => self.generator(e, false),
                        other => self.expression(other),
                    }
                }
                for keyword in &e.keywords {
                    match (&keyword.arg, &keyword.value) {
                        (None, Expr::Name(name)) => {
                            self.known(name.id.as_str(), |events, name| events.pass_on(name));
                        }
                        (_, value) => self.expression(value),
                    }
                }
                if let Expr::Attribute(method) = &*e.func {
                    e.args.iter().for_each(|arg| self.put_into(&method.value, arg));
                }
            }
            Expr::FormattedValue(e) => {
                self.expression(&e.value);
                e.format_spec.iter().for_each(|e| self.expression(e));
            }
            Expr::JoinedStr(e) => e.values.iter().for_each(|e| self.expression(e)),
            Expr::Attribute(e) => self.expression(&e.value),
            Expr::Subscript(e) => match &*e.value {
                Expr::Name(name) if e.ctx.is_load() && text(&e.slice).is_some() => {
                    self.known(name.id.as_str(), |events, name| events.read_item(name));
                }
                value => {
                    self.expression(value);
                    self.expression(&e.slice);
                }
            },
            Expr::Starred(e) => self.expression(&e.value),
            Expr::Slice(e) => {
                e.lower.iter().chain(&e.upper).chain(&e.step).for_each(|e| self.expression(e))
            }
            Expr::Constant(_) => {}
        }
    }
}

/// A string in the text.
fn text(e: &Expr) -> Option<&str> {
    match e {
        Expr::Constant(c) => c.value.as_str().map(String::as_str),
        _ => None,
    }
}

/// Names and values of a dict whose names are all in the text, each once: `{"a": x}` or
/// `dict(a=x)`.
pub fn names_of_dict(e: &Expr) -> Option<Vec<(&str, &Expr)>> {
    let named: Vec<(&str, &Expr)> = match e {
        Expr::Dict(e) => {
            let names: Option<Vec<&str>> =
                e.keys.iter().map(|key| key.as_ref().and_then(text)).collect();
            names?.into_iter().zip(&e.values).collect()
        }
        Expr::Call(e) if matches!(&*e.func, Expr::Name(name) if &*name.id == "dict") => {
            let named = |k: &'_ ast::Keyword| k.arg.is_some();
            if !e.args.is_empty() || !e.keywords.iter().all(named) {
                return None;
            }
            let names = e.keywords.iter().flat_map(|k| k.arg.as_deref());
            names.zip(e.keywords.iter().map(|k| &k.value)).collect()
        }
        _ => return None,
    };
    let mut seen = FxHashSet::default();
    named.iter().all(|(name, _)| seen.insert(*name)).then_some(named)
}
