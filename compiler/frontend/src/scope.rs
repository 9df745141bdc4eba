//! Which names of a function are its own: Python's rules for one function.
//!
//! A name is local when it is a parameter or is bound anywhere in the body: by
//! assignment (plain, augmented, annotated), as a `for` target, or by a statement
//! that is refused later (`import`, `with ... as`, `def`, `class`, `except ... as`,
//! `del`) — those count too, so that one refusal doesn't bring on others. All other
//! names are looked up outside. `global` and `nonlocal` make a name an outer one.
//!
//! The function's own text doesn't tell a global from a variable of an enclosing
//! Python function: an outer name is [`NameKind::Global`] unless it is declared
//! `nonlocal`, and the environment looks in both. A function nested in a compiled one
//! has the variables it captures as locals ([`Scope::inner`]); how locals are kept is
//! found by `captures.rs`.

use crate::captures::{self, Storage};
use crate::hir::NameKind;
use rustc_hash::{FxHashMap, FxHashSet};
use rustpython_parser::ast::{self, Expr, Pattern, Stmt};
use std::ops::Range;
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
    storage: Vec<Storage>,
    recursive: FxHashSet<Var>,
    keywords: FxHashSet<Var>,
    captured: Range<Var>,
}

impl Scope {
    /// The scope of a function that is built: its parameters, the variables it
    /// captures with how they are kept, its own name if it calls itself by it, and its
    /// body (an expression for a lambda). They come in this order among the locals.
    pub fn inner<'a>(
        params: impl IntoIterator<Item = &'a str>,
        captured: &[(Arc<str>, Storage)],
        own: Option<&Arc<str>>,
        body: &[Stmt],
        expression: Option<&Expr>,
    ) -> Scope {
        let mut scope = Scope::default();
        for param in params {
            scope.add_local(&Arc::from(param));
        }
        let params = scope.locals.len();
        captured.iter().for_each(|(name, _)| scope.add_local(name));
        own.into_iter().for_each(|name| scope.add_local(name));
        let given = scope.locals.len();
        scope.add_body(body);
        let kept = captures::storage(&scope, given, body, expression);
        scope.storage = kept.storage;
        scope.keywords = kept.keywords;
        scope.captured = params as Var..(params + captured.len()) as Var;
        scope.recursive = kept.recursive;
        for (slot, (_, kept)) in scope.storage[params..].iter_mut().zip(captured) {
            *slot = *kept;
        }
        scope
    }

    /// Adds variables that no name of the text stands for.
    pub fn add_variables(&mut self, names: &[Arc<str>]) {
        names.iter().for_each(|name| self.add_local(name));
    }

    /// The scope of a function with these parameters (they come first among the
    /// locals) and this body.
    pub fn new<'a>(params: impl IntoIterator<Item = &'a str>, body: &[Stmt]) -> Scope {
        let mut scope = Scope::default();
        for param in params {
            scope.add_local(&Arc::from(param));
        }
        scope.add_body(body);
        scope
    }

    /// The scope of a generator expression: its parameters and the names of its targets.
    pub fn of_names(params: &[Arc<str>], names: &[Arc<str>]) -> Scope {
        let mut scope = Scope::default();
        params.iter().chain(names).for_each(|name| scope.add_local(name));
        scope
    }

    /// Whether a variable is a dict of names in the text that nothing but such names and
    /// `**` is used on.
    pub fn is_keywords(&self, var: Var) -> bool {
        self.keywords.contains(&var)
    }

    fn add_body(&mut self, body: &[Stmt]) {
        let mut names = Vec::new();
        self.collect(body, &mut names);
        for name in names {
            if !self.declared.contains_key(&name) {
                self.add_local(&name);
            }
            self.bound.insert(name);
        }
    }

    /// How a local is kept.
    pub fn storage(&self, var: Var) -> Storage {
        self.storage.get(var as usize).copied().unwrap_or_default()
    }

    /// Says that a local is a variable of the function around this one, as a value.
    pub fn set_captured(&mut self, var: Var) {
        self.storage.resize(self.locals().len().max(self.storage.len()), Storage::Plain);
        self.storage[var as usize] = Storage::Captured;
    }

    /// The locals that the closure brought along.
    pub fn captured(&self) -> &Range<Var> {
        &self.captured
    }

    /// Whether a local is bound once, by the `def` of a function that uses it itself.
    pub fn is_recursive(&self, var: Var) -> bool {
        self.recursive.contains(&var)
    }

    /// Whether a `global` statement names it.
    pub fn is_declared_global(&self, name: &str) -> bool {
        self.declared.get(name) == Some(&NameKind::Global)
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
        statement_walrus(statement, names);
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
            Stmt::Match(s) => s.cases.iter().for_each(|c| {
                pattern_names(&c.pattern, names);
                self.collect(&c.body, names);
            }),
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

/// The names that a pattern of `match` captures.
pub(crate) fn pattern_names(pattern: &Pattern, names: &mut Vec<Arc<str>>) {
    let add = |name: &Option<ast::Identifier>, names: &mut Vec<Arc<str>>| {
        if let Some(name) = name
            && !names.iter().any(|n| **n == *name.as_str())
        {
            names.push(Arc::from(name.as_str()));
        }
    };
    match pattern {
        Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
        Pattern::MatchSequence(p) => p.patterns.iter().for_each(|p| pattern_names(p, names)),
        Pattern::MatchMapping(p) => {
            p.patterns.iter().for_each(|p| pattern_names(p, names));
            add(&p.rest, names);
        }
        Pattern::MatchClass(p) => {
            p.patterns.iter().chain(&p.kwd_patterns).for_each(|p| pattern_names(p, names));
        }
        Pattern::MatchStar(p) => add(&p.name, names),
        Pattern::MatchAs(p) => {
            if let Some(inner) = &p.pattern {
                pattern_names(inner, names);
            }
            add(&p.name, names);
        }
        Pattern::MatchOr(p) => p.patterns.iter().for_each(|p| pattern_names(p, names)),
    }
}

/// The names that assignment expressions in a statement's own expressions bind.
fn statement_walrus(statement: &Stmt, names: &mut Vec<Arc<str>>) {
    let mut each = |e: &Expr| walrus(e, names);
    match statement {
        Stmt::Assign(s) => {
            each(&s.value);
            s.targets.iter().for_each(each);
        }
        Stmt::AugAssign(s) => {
            each(&s.value);
            each(&s.target);
        }
        Stmt::AnnAssign(s) => {
            s.value.iter().for_each(|e| each(e));
            each(&s.target);
        }
        Stmt::For(s) => {
            each(&s.iter);
            each(&s.target);
        }
        Stmt::While(s) => each(&s.test),
        Stmt::If(s) => each(&s.test),
        Stmt::With(s) => s.items.iter().for_each(|i| each(&i.context_expr)),
        Stmt::Match(s) => {
            each(&s.subject);
            s.cases.iter().flat_map(|c| &c.guard).for_each(|e| each(e));
        }
        Stmt::Delete(s) => s.targets.iter().for_each(each),
        Stmt::Return(s) => s.value.iter().for_each(|e| each(e)),
        Stmt::Raise(s) => s.exc.iter().chain(&s.cause).for_each(|e| each(e)),
        Stmt::Assert(s) => {
            each(&s.test);
            s.msg.iter().for_each(|e| each(e));
        }
        Stmt::Expr(s) => each(&s.value),
        _ => {}
    }
}

/// The names that assignment expressions in an expression bind; those in a comprehension
/// bind in the function as well.
fn walrus(e: &Expr, names: &mut Vec<Arc<str>>) {
    let comprehension = |clauses: &[ast::Comprehension], names: &mut Vec<Arc<str>>| {
        for clause in clauses {
            walrus(&clause.iter, names);
            clause.ifs.iter().for_each(|e| walrus(e, names));
        }
    };
    let mut each = |e: &Expr| walrus(e, names);
    match e {
        Expr::NamedExpr(e) => {
            each(&e.value);
            bind(&e.target, names);
        }
        Expr::BoolOp(e) => e.values.iter().for_each(each),
        Expr::BinOp(e) => {
            each(&e.left);
            each(&e.right);
        }
        Expr::UnaryOp(e) => each(&e.operand),
        Expr::IfExp(e) => {
            each(&e.test);
            each(&e.body);
            each(&e.orelse);
        }
        Expr::Dict(e) => {
            e.keys.iter().flatten().for_each(&mut each);
            e.values.iter().for_each(each);
        }
        Expr::Set(e) => e.elts.iter().for_each(each),
        Expr::List(e) => e.elts.iter().for_each(each),
        Expr::Tuple(e) => e.elts.iter().for_each(each),
        Expr::ListComp(e) => {
            each(&e.elt);
            comprehension(&e.generators, names);
        }
        Expr::SetComp(e) => {
            each(&e.elt);
            comprehension(&e.generators, names);
        }
        Expr::DictComp(e) => {
            each(&e.key);
            each(&e.value);
            comprehension(&e.generators, names);
        }
        Expr::GeneratorExp(e) => {
            each(&e.elt);
            comprehension(&e.generators, names);
        }
        Expr::Yield(e) => e.value.iter().for_each(|e| each(e)),
        Expr::YieldFrom(e) => each(&e.value),
        Expr::Await(e) => each(&e.value),
        Expr::Compare(e) => {
            each(&e.left);
            e.comparators.iter().for_each(each);
        }
        Expr::Call(e) => {
            each(&e.func);
            e.args.iter().for_each(&mut each);
            e.keywords.iter().for_each(|k| each(&k.value));
        }
        Expr::FormattedValue(e) => {
            each(&e.value);
            e.format_spec.iter().for_each(|e| each(e));
        }
        Expr::JoinedStr(e) => e.values.iter().for_each(each),
        Expr::Attribute(e) => each(&e.value),
        Expr::Subscript(e) => {
            each(&e.value);
            each(&e.slice);
        }
        Expr::Starred(e) => each(&e.value),
        Expr::Slice(e) => {
            [&e.lower, &e.upper, &e.step].into_iter().flatten().for_each(|e| each(e));
        }
        // A lambda has a scope of its own.
        Expr::Lambda(_) | Expr::Constant(_) | Expr::Name(_) => {}
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

/// The bodies in a statement, but for those of nested functions and classes.
pub(crate) fn parts(statement: &Stmt) -> Vec<&[Stmt]> {
    fn of_try<'s>(bodies: [&'s [Stmt]; 3], handlers: &'s [ast::ExceptHandler]) -> Vec<&'s [Stmt]> {
        let handlers = handlers.iter().map(|ast::ExceptHandler::ExceptHandler(h)| &h.body[..]);
        bodies.into_iter().chain(handlers).collect()
    }
    match statement {
        Stmt::For(s) => vec![&s.body, &s.orelse],
        Stmt::AsyncFor(s) => vec![&s.body, &s.orelse],
        Stmt::While(s) => vec![&s.body, &s.orelse],
        Stmt::If(s) => vec![&s.body, &s.orelse],
        Stmt::With(s) => vec![&s.body],
        Stmt::AsyncWith(s) => vec![&s.body],
        Stmt::Try(s) => of_try([&s.body, &s.orelse, &s.finalbody], &s.handlers),
        Stmt::TryStar(s) => of_try([&s.body, &s.orelse, &s.finalbody], &s.handlers),
        Stmt::Match(s) => s.cases.iter().map(|case| &case.body[..]).collect(),
        _ => Vec::new(),
    }
}

/// The names that statements bind, in order of appearance.
pub(crate) fn bound_names(target: &Expr, body: &[Stmt]) -> Vec<Arc<str>> {
    let mut names = Vec::new();
    bind(target, &mut names);
    Scope::default().collect(body, &mut names);
    let mut seen = FxHashSet::default();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// The names of exceptions that handlers in statements bind, and where the handlers are.
pub(crate) fn handler_names(body: &[Stmt]) -> Vec<(Arc<str>, (u32, u32))> {
    let mut names = Vec::new();
    for statement in body {
        if let Stmt::Try(s) = statement {
            for ast::ExceptHandler::ExceptHandler(handler) in &s.handlers {
                if let Some(name) = &handler.name {
                    let range = handler.range;
                    let place = (range.start().to_u32(), range.end().to_u32());
                    names.push((Arc::from(name.as_str()), place));
                }
            }
        }
        names.extend(parts(statement).into_iter().flat_map(handler_names));
    }
    names
}
