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

mod events;

use crate::scope::{Resolution, Scope, Var};
pub use events::names_of_dict;
use events::{Events, Walk};
use rustc_hash::{FxHashMap, FxHashSet};
use rustpython_parser::ast::{self, Expr, Stmt};
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

/// How often a piece of a function's text reads and binds names.
#[derive(Default, Debug)]
pub struct Tally {
    /// Names that are read, in order of appearance, nested functions' reads included.
    pub read: Vec<Arc<str>>,
    /// By name: reads, bindings.
    pub counts: FxHashMap<Arc<str>, (usize, usize)>,
}

impl Tally {
    fn count(&mut self, name: &str, reads: usize, bindings: usize) {
        let name: Arc<str> = Arc::from(name);
        if reads > 0 && !self.read.contains(&name) {
            self.read.push(name.clone());
        }
        let counts = self.counts.entry(name).or_default();
        *counts = (counts.0 + reads, counts.1 + bindings);
    }
}

impl Events for Tally {
    fn read(&mut self, name: &str) {
        self.count(name, 1, 0);
    }
    fn bind(&mut self, name: &str) {
        self.count(name, 0, 1);
    }
    fn function(&mut self, inner: &Uses, hidden: &dyn Fn(&str) -> bool, _: Option<&str>, _: bool) {
        for name in inner.free.iter().filter(|n| !hidden(n)) {
            self.count(name, 2, 1);
        }
    }
    fn enter_loop(&mut self) {}
    fn leave_loop(&mut self) {}
}

/// The tally of statements; of what a nested function uses, each is read twice and bound once
/// more, so that it fits no pattern.
pub fn tally(body: &[Stmt]) -> Tally {
    let mut found = Tally::default();
    Walk { events: &mut found, hidden: Vec::new(), generators: 0 }.block(body);
    found
}

/// Adds the names that the expressions in a target read.
pub fn reads_of(target: &Expr, read: &mut Vec<Arc<str>>) {
    match target {
        Expr::Name(_) => {}
        Expr::Tuple(e) => e.elts.iter().for_each(|t| reads_of(t, read)),
        Expr::List(e) => e.elts.iter().for_each(|t| reads_of(t, read)),
        Expr::Starred(e) => reads_of(&e.value, read),
        other => {
            let mut found = Tally::default();
            Walk { events: &mut found, hidden: Vec::new(), generators: 0 }.expression(other);
            for name in found.read {
                if !read.contains(&name) {
                    read.push(name);
                }
            }
        }
    }
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
