//! What nested functions take from the function around them, and how its variables
//! have to be kept for that.
//!
//! Python closures capture variables, not values. Where a captured variable can't
//! change once the closure is there, its value does as well ([`Storage::Plain`]); the
//! others live in a cell on the heap that all who use the variable share
//! ([`Storage::Cell`]). The test is by order in the text: no binding after the first
//! capture, none in a loop that also captures, no `nonlocal` assignment and none by a
//! generator expression. A container that
//! functions are put into is shared as well: where they capture it, its type would have
//! itself inside, and a cell's content is no part of a closure's type. A function
//! that is only ever bound by its own `def` and calls itself needs neither
//! ([`Scope::is_recursive`]).
//!
//! The variables of a comprehension are its own: names that it binds are hidden from
//! what is found here. Assumes valid Python; doesn't know what is supported.

use crate::scope::{Resolution, Scope, Var};
use rustc_hash::{FxHashMap, FxHashSet};
use rustpython_parser::ast::{self, CmpOp, Expr, Stmt};
use std::sync::Arc;

/// How a local variable is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Storage {
    /// As SSA values.
    #[default]
    Plain,
    /// As SSA values; the first is what the enclosing function had.
    Captured,
    /// In a cell that closures share.
    Cell,
}

/// The body of a `def` or a `lambda`.
#[derive(Clone, Copy)]
pub enum Body<'a> {
    /// Of a `def`.
    Block(&'a [Stmt]),
    /// Of a `lambda`.
    Expression(&'a Expr),
}

/// Names that a nested function uses and doesn't have itself.
#[derive(Default, Debug)]
pub struct Uses {
    /// All of them, in order of appearance.
    pub free: Vec<Arc<str>>,
    /// Those that it assigns (`nonlocal`).
    pub rebound: Vec<Arc<str>>,
    seen: FxHashSet<Arc<str>>,
}

impl Uses {
    /// Whether a name is used.
    pub fn contains(&self, name: &str) -> bool {
        self.seen.contains(name)
    }

    fn add(&mut self, name: &str) {
        if !self.seen.contains(name) {
            let name: Arc<str> = Arc::from(name);
            self.seen.insert(name.clone());
            self.free.push(name);
        }
    }

    fn rebind(&mut self, name: &str) {
        self.add(name);
        if !self.rebound.iter().any(|n| **n == *name) {
            self.rebound.push(Arc::from(name));
        }
    }
}

/// The names of all parameters, in the order of a code object's variables.
pub fn parameter_names(args: &ast::Arguments) -> impl Iterator<Item = &str> {
    let named = args.posonlyargs.iter().chain(&args.args).chain(&args.kwonlyargs);
    let variadic = args.vararg.iter().chain(&args.kwarg);
    named.map(|a| a.def.arg.as_str()).chain(variadic.map(|a| a.arg.as_str()))
}

/// What a nested function uses of the functions around it, and of the globals.
pub fn uses(args: &ast::Arguments, body: Body<'_>) -> Uses {
    struct Sink<'s> {
        scope: &'s Scope,
        uses: Uses,
    }
    impl Sink<'_> {
        fn is_free(&self, name: &str) -> bool {
            matches!(self.scope.resolve(name), Resolution::Outer(_))
                && !self.scope.is_declared_global(name)
        }
    }
    impl Events for Sink<'_> {
        fn read(&mut self, name: &str) {
            if self.is_free(name) {
                self.uses.add(name);
            }
        }
        fn bind(&mut self, name: &str) {
            if self.is_free(name) {
                self.uses.rebind(name);
            }
        }
        fn function(
            &mut self,
            inner: &Uses,
            hidden: &dyn Fn(&str) -> bool,
            _: Option<&str>,
            _: bool,
        ) {
            for name in inner.free.iter().filter(|n| !hidden(n)) {
                self.read(name);
            }
            for name in inner.rebound.iter().filter(|n| !hidden(n)) {
                self.bind(name);
            }
        }
        fn enter_loop(&mut self) {}
        fn leave_loop(&mut self) {}
    }
    let block = match body {
        Body::Block(block) => block,
        Body::Expression(_) => &[],
    };
    let scope = Scope::new(parameter_names(args), block);
    let mut sink = Sink { scope: &scope, uses: Uses::default() };
    let mut walk = Walk { events: &mut sink, hidden: Vec::new(), generators: 0 };
    match body {
        Body::Block(block) => walk.block(block),
        Body::Expression(e) => walk.expression(e),
    }
    sink.uses
}

/// Names that functions defined in some expressions use: of a comprehension's variables
/// those that have to be shared.
pub fn used_by_functions(expressions: &[&Expr]) -> FxHashSet<Arc<str>> {
    struct Sink(FxHashSet<Arc<str>>);
    impl Events for Sink {
        fn read(&mut self, _: &str) {}
        fn bind(&mut self, _: &str) {}
        fn function(
            &mut self,
            inner: &Uses,
            hidden: &dyn Fn(&str) -> bool,
            _: Option<&str>,
            _: bool,
        ) {
            self.0.extend(inner.free.iter().filter(|n| !hidden(n)).cloned());
        }
        fn enter_loop(&mut self) {}
        fn leave_loop(&mut self) {}
    }
    let mut sink = Sink(FxHashSet::default());
    let mut walk = Walk { events: &mut sink, hidden: Vec::new(), generators: 0 };
    expressions.iter().for_each(|e| walk.expression(e));
    sink.0
}

/// What [`storage`] finds.
pub struct Kept {
    /// How each local is kept.
    pub storage: Vec<Storage>,
    /// Recursive functions.
    pub recursive: FxHashSet<Var>,
    /// Dicts whose names are in the text: made once, passed on as `**name`, and only read
    /// by names in the text beside that.
    pub keywords: FxHashSet<Var>,
}

/// How each local of a function is kept.
pub fn storage(scope: &Scope, params: usize, body: &[Stmt], expression: Option<&Expr>) -> Kept {
    let mut sink = Order {
        scope,
        clock: 1,
        loops: Vec::new(),
        next_loop: 0,
        of: FxHashMap::default(),
        functions: FxHashSet::default(),
        lazy: 0,
        around_lazy: None,
    };
    for var in 0..params as Var {
        sink.of.entry(var).or_default().bind(0, None);
    }
    let mut walk = Walk { events: &mut sink, hidden: Vec::new(), generators: 0 };
    walk.block(body);
    expression.into_iter().for_each(|e| walk.expression(e));
    let mut storage = vec![Storage::Plain; scope.locals().len()];
    let mut recursive = FxHashSet::default();
    let mut keywords = FxHashSet::default();
    for (var, order) in sink.of {
        let captured = order.first_capture.is_some() || order.self_captures > 0;
        if order.dicts == order.bindings
            && order.same_names
            && order.passed_on
            && !(order.read || captured || order.rebound)
        {
            keywords.insert(var);
        }
        if order.first_lazy.is_some_and(|first| order.rebound || order.last_binding > first)
            || order.lazy_loops.iter().any(|l| order.binding_loops.contains(l))
        {
            storage[var as usize] = Storage::Cell;
        }
        let late = order.first_capture.is_some_and(|first| order.last_binding > first)
            || order.capturing_loops.iter().any(|l| order.binding_loops.contains(l));
        let itself = order.self_captures > 0;
        // Within a loop each round's defaults are new ones.
        let new_defaults = order.self_defaults && !order.binding_loops.is_empty();
        let simple = order.bindings == 1 && !new_defaults;
        let filled = order.filled && order.first_capture.is_some();
        if order.rebound || late || filled || (itself && !simple) {
            storage[var as usize] = Storage::Cell;
        } else if itself {
            recursive.insert(var);
        }
    }
    Kept { storage, recursive, keywords }
}

/// When a variable is bound and captured.
#[derive(Default)]
struct Times {
    bindings: u32,
    last_binding: u32,
    first_capture: Option<u32>,
    /// Outermost loops around bindings and captures.
    binding_loops: FxHashSet<u32>,
    capturing_loops: FxHashSet<u32>,
    rebound: bool,
    /// Captures by the very function that is bound to the variable.
    self_captures: u32,
    self_defaults: bool,
    /// Whether functions are put into what it holds.
    filled: bool,
    /// Bindings to dicts of names in the text; the names, and whether they are always the
    /// same ones.
    dicts: u32,
    names: Vec<String>,
    same_names: bool,
    /// Whether there is a `**` of it.
    passed_on: bool,
    /// Whether it is read otherwise than by names in the text.
    read: bool,
    /// As the captures, of generator expressions that live on.
    first_lazy: Option<u32>,
    lazy_loops: FxHashSet<u32>,
}

impl Times {
    fn bind(&mut self, at: u32, outermost: Option<u32>) {
        self.bindings += 1;
        self.last_binding = at;
        self.binding_loops.extend(outermost);
    }
}

struct Order<'s> {
    scope: &'s Scope,
    clock: u32,
    loops: Vec<u32>,
    next_loop: u32,
    of: FxHashMap<Var, Times>,
    /// Names that functions were bound to.
    functions: FxHashSet<String>,
    /// Generator expressions around that live on, and the outermost loop around those.
    lazy: u32,
    around_lazy: Option<u32>,
}

impl Order<'_> {
    fn times(&mut self, name: &str) -> Option<&mut Times> {
        match self.scope.resolve(name) {
            Resolution::Local(var) => Some(self.of.entry(var).or_default()),
            Resolution::Outer(_) => None,
        }
    }
}

impl Events for Order<'_> {
    fn read(&mut self, name: &str) {
        if let Some(times) = self.times(name) {
            times.read = true;
        }
        if self.lazy > 0 {
            self.clock += 1;
            let (at, outermost) = (self.clock, self.around_lazy);
            if let Some(times) = self.times(name) {
                times.first_lazy.get_or_insert(at);
                times.lazy_loops.extend(outermost);
            }
        }
    }

    fn generator(&mut self, later: bool) {
        if later && self.lazy == 0 {
            self.around_lazy = self.loops.first().copied();
        }
        self.lazy += u32::from(later);
    }

    fn generator_end(&mut self, later: bool) {
        self.lazy -= u32::from(later);
    }

    fn bind(&mut self, name: &str) {
        self.clock += 1;
        let (at, outermost) = (self.clock, self.loops.first().copied());
        if let Some(times) = self.times(name) {
            times.bind(at, outermost);
        }
    }

    fn rebind(&mut self, name: &str) {
        self.bind(name);
        if let Some(times) = self.times(name) {
            times.rebound = true;
        }
    }

    fn bind_dict(&mut self, name: &str, names: &[(&str, &Expr)]) {
        if let Some(times) = self.times(name) {
            let names: Vec<String> = names.iter().map(|(name, _)| name.to_string()).collect();
            times.same_names = times.dicts == 0 || times.same_names && times.names == names;
            times.names = names;
            times.dicts += 1;
        }
    }

    fn read_item(&mut self, name: &str) {
        if self.lazy > 0 {
            self.read(name);
        }
    }

    fn pass_on(&mut self, name: &str) {
        match self.times(name) {
            Some(times) if times.dicts > 0 => times.passed_on = true,
            _ => self.read(name),
        }
        self.read_item(name);
    }

    fn put_into(&mut self, name: &str, value: &Expr) {
        if has_function(value, &self.functions)
            && let Some(times) = self.times(name)
        {
            times.filled = true;
        }
    }

    fn function(
        &mut self,
        inner: &Uses,
        hidden: &dyn Fn(&str) -> bool,
        own: Option<&str>,
        defaults: bool,
    ) {
        self.functions.extend(own.map(str::to_string));
        self.clock += 1;
        let (at, outermost) = (self.clock, self.loops.first().copied());
        for name in inner.free.iter().filter(|n| !hidden(n)) {
            self.read(name);
            let Some(times) = self.times(name) else { continue };
            if own == Some(&**name) {
                times.self_captures += 1;
                times.self_defaults |= defaults;
                continue;
            }
            times.first_capture.get_or_insert(at);
            times.capturing_loops.extend(outermost);
        }
        for name in inner.rebound.iter().filter(|n| !hidden(n)) {
            if let Some(times) = self.times(name) {
                times.rebound = true;
            }
        }
    }

    fn enter_loop(&mut self) {
        self.loops.push(self.next_loop);
        self.next_loop += 1;
    }

    fn leave_loop(&mut self) {
        self.loops.pop();
    }
}

/// What a walk over a function's body tells, in about the order of evaluation.
trait Events {
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

struct Walk<'e> {
    events: &'e mut dyn Events,
    /// Variables of the comprehensions around.
    hidden: Vec<String>,
    /// Generator expressions around.
    generators: usize,
}

impl Walk<'_> {
    fn block(&mut self, body: &[Stmt]) {
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

    fn expression(&mut self, e: &Expr) {
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

/// Whether a value has a function of the text in it, `functions` being names of some.
fn has_function(e: &Expr, functions: &FxHashSet<String>) -> bool {
    let any = |of: &[Expr]| of.iter().any(|e| has_function(e, functions));
    match e {
        Expr::Lambda(_) => true,
        Expr::Name(e) => functions.contains(e.id.as_str()),
        Expr::Tuple(e) => any(&e.elts),
        Expr::List(e) => any(&e.elts),
        Expr::Set(e) => any(&e.elts),
        Expr::Dict(e) => any(&e.values),
        Expr::Call(e) => any(&e.args),
        Expr::IfExp(e) => has_function(&e.body, functions) || has_function(&e.orelse, functions),
        Expr::ListComp(e) => has_function(&e.elt, functions),
        Expr::DictComp(e) => has_function(&e.value, functions),
        Expr::Starred(e) => has_function(&e.value, functions),
        _ => false,
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
