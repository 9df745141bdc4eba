//! Which names of a function are its own: Python's rules for one function.
//!
//! A name is local when it is a parameter or is bound anywhere in the body: by
//! assignment (plain, augmented, annotated), as a `for` target, or by a statement
//! that is refused later (`import`, `with ... as`, `def`, `class`, `except ... as`,
//! `del`) — those count too, so that one refusal doesn't bring on others. All other
//! names are looked up outside. `global` and `nonlocal` make a name an outer one.
//!
//! The function's own text doesn't tell a global from a variable of an enclosing
//! function: an outer name is [`NameKind::Global`] unless it is declared `nonlocal`,
//! and the environment looks in both. Comprehensions, nested functions and walrus
//! assignments are refused, so their scopes aren't modelled.

use crate::hir::NameKind;
use rustc_hash::{FxHashMap, FxHashSet};
use rustpython_parser::ast::{self, Expr, Stmt};
use std::sync::Arc;

/// A local variable: index into [`Scope::locals`].
pub type Var = u32;

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resolution {
    /// A variable of the function.
    Local(Var),
    /// Found outside.
    Outer(NameKind),
}

/// The names of one function.
#[derive(Debug, Default)]
pub struct Scope {
    locals: Vec<Arc<str>>,
    by_name: FxHashMap<Arc<str>, Var>,
    declared: FxHashMap<Arc<str>, NameKind>,
    bound: FxHashSet<Arc<str>>,
    times: FxHashMap<Arc<str>, usize>,
}

impl Scope {
    /// The scope of a function with these parameters (they come first among the
    /// locals) and this body.
    pub fn new<'a>(params: impl IntoIterator<Item = &'a str>, body: &[Stmt]) -> Scope {
        let mut scope = Scope::default();
        for param in params {
            scope.add_local(&Arc::from(param));
            scope.times.insert(Arc::from(param), 1);
        }
        let mut names = Vec::new();
        scope.collect(body, &mut names);
        for name in names {
            if !scope.declared.contains_key(&name) {
                scope.add_local(&name);
            }
            *scope.times.entry(name.clone()).or_default() += 1;
            scope.bound.insert(name);
        }
        scope
    }

    /// The scope of a generator expression: its parameters and the names of its targets.
    pub fn of_names(params: &[Arc<str>], names: &[Arc<str>]) -> Scope {
        let mut scope = Scope::default();
        params.iter().chain(names).for_each(|name| scope.add_local(name));
        scope
    }

    /// In how many places the function binds a name; being a parameter is one.
    pub fn times_bound(&self, name: &str) -> usize {
        self.times.get(name).copied().unwrap_or_default()
    }

    /// Names of the locals.
    pub fn locals(&self) -> &[Arc<str>] {
        &self.locals
    }

    /// What a name stands for.
    pub fn resolve(&self, name: &str) -> Resolution {
        match (self.by_name.get(name), self.declared.get(name)) {
            (Some(&var), _) => Resolution::Local(var),
            (None, Some(&kind)) => Resolution::Outer(kind),
            (None, None) => Resolution::Outer(NameKind::Global),
        }
    }

    /// Whether the body binds the name.
    pub fn is_bound(&self, name: &str) -> bool {
        self.bound.contains(name)
    }

    fn add_local(&mut self, name: &Arc<str>) {
        if !self.by_name.contains_key(name) {
            self.by_name.insert(name.clone(), self.locals.len() as Var);
            self.locals.push(name.clone());
        }
    }

    fn collect(&mut self, body: &[Stmt], names: &mut Vec<Arc<str>>) {
        for statement in body {
            self.collect_statement(statement, names);
        }
    }

    fn collect_statement(&mut self, statement: &Stmt, names: &mut Vec<Arc<str>>) {
        match statement {
            Stmt::Assign(s) => s.targets.iter().for_each(|t| bind(t, names)),
            Stmt::AugAssign(s) => bind(&s.target, names),
            // `x: int` without a value makes `x` local as well.
            Stmt::AnnAssign(s) => bind(&s.target, names),
            Stmt::For(s) => {
                bind(&s.target, names);
                self.collect(&s.body, names);
                self.collect(&s.orelse, names);
            }
            Stmt::AsyncFor(s) => {
                bind(&s.target, names);
                self.collect(&s.body, names);
                self.collect(&s.orelse, names);
            }
            Stmt::While(s) => {
                self.collect(&s.body, names);
                self.collect(&s.orelse, names);
            }
            Stmt::If(s) => {
                self.collect(&s.body, names);
                self.collect(&s.orelse, names);
            }
            Stmt::With(s) => self.collect_with(&s.items, &s.body, names),
            Stmt::AsyncWith(s) => self.collect_with(&s.items, &s.body, names),
            Stmt::Try(s) => {
                self.collect_try([&s.body, &s.orelse, &s.finalbody], &s.handlers, names)
            }
            Stmt::TryStar(s) => {
                self.collect_try([&s.body, &s.orelse, &s.finalbody], &s.handlers, names)
            }
            Stmt::Match(s) => s.cases.iter().for_each(|c| self.collect(&c.body, names)),
            Stmt::Delete(s) => s.targets.iter().for_each(|t| bind(t, names)),
            Stmt::FunctionDef(s) => names.push(Arc::from(s.name.as_str())),
            Stmt::AsyncFunctionDef(s) => names.push(Arc::from(s.name.as_str())),
            Stmt::ClassDef(s) => names.push(Arc::from(s.name.as_str())),
            Stmt::TypeAlias(s) => bind(&s.name, names),
            Stmt::Import(s) => s.names.iter().for_each(|a| bind_alias(a, names)),
            Stmt::ImportFrom(s) => s.names.iter().for_each(|a| bind_alias(a, names)),
            Stmt::Global(s) => self.declare(&s.names, NameKind::Global),
            Stmt::Nonlocal(s) => self.declare(&s.names, NameKind::Free),
            Stmt::Return(_) | Stmt::Raise(_) | Stmt::Assert(_) | Stmt::Expr(_) => {}
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) => {}
        }
    }

    fn declare(&mut self, names: &[ast::Identifier], kind: NameKind) {
        for name in names {
            self.declared.insert(Arc::from(name.as_str()), kind);
        }
    }

    fn collect_with(&mut self, items: &[ast::WithItem], body: &[Stmt], names: &mut Vec<Arc<str>>) {
        for item in items {
            if let Some(target) = &item.optional_vars {
                bind(target, names);
            }
        }
        self.collect(body, names);
    }

    fn collect_try(
        &mut self,
        bodies: [&[Stmt]; 3],
        handlers: &[ast::ExceptHandler],
        names: &mut Vec<Arc<str>>,
    ) {
        for body in bodies {
            self.collect(body, names);
        }
        for ast::ExceptHandler::ExceptHandler(handler) in handlers {
            if let Some(name) = &handler.name {
                names.push(Arc::from(name.as_str()));
            }
            self.collect(&handler.body, names);
        }
    }
}

/// The names that a target binds; `a[i]` and `a.b` bind none.
pub(crate) fn bind(target: &Expr, names: &mut Vec<Arc<str>>) {
    match target {
        Expr::Name(e) => names.push(Arc::from(e.id.as_str())),
        Expr::Tuple(e) => e.elts.iter().for_each(|t| bind(t, names)),
        Expr::List(e) => e.elts.iter().for_each(|t| bind(t, names)),
        Expr::Starred(e) => bind(&e.value, names),
        _ => {}
    }
}

/// `import a.b as c` binds `c`, `import a.b` binds `a`.
fn bind_alias(alias: &ast::Alias, names: &mut Vec<Arc<str>>) {
    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
    names.push(Arc::from(name.split('.').next().unwrap_or(name)));
}
