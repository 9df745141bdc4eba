//! Types of all values of a function for given argument types.
//!
//! Abstract interpretation of the HIR: blocks are visited in reverse postorder,
//! again and again until no type changes. Only edges that can be taken count
//! (conditions that are constants prune), so a library body is cut down to the
//! branches that its arguments select. One result per function and tuple of
//! argument types: a [`Specialization`]. Recursive calls see the result type found
//! so far, and everything on the cycle is repeated until that is stable.
//!
//! Nothing here emits code. What inference decided about an instruction beyond its
//! type (which function a call reaches, which rule an operator follows) is kept as
//! an [`Action`] for lowering, so that the two can't disagree.

mod binding;
mod calls;
pub mod closures;
mod comparing;
pub mod containers;
mod dtypes;
pub mod exceptions;
mod expressions;
mod generators;
pub mod index;
pub mod introspection;
pub mod iteration;
mod join;
pub mod names;
mod narrowing;
mod objects;
pub mod origins;
mod patterns;
pub mod records;
mod sites;
pub mod structural;
pub mod structured;
pub mod views;

pub use closures::{Cell, Nested};
pub use expressions::{transposed, tuple_item};
pub use join::{choice_index, join, runtime_form};

use crate::build::Unroll;
use crate::environment::{Environment, FunctionSource, Global};
use crate::hir::{CallArg, HBlock, HValue, HirBlock, HirFunction, Op, Terminator};
use crate::types::{Lit, Site, Ty};
use cumbia_diagnostics::{Diagnostic, Source, SourceId, Sources, Span};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;

/// A specialization: position in [`Engine::specializations`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SpecId(pub u32);

/// Which function.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum FunctionKey {
    /// The user's, by the environment's handle.
    User(u64),
    /// A library body: file and name.
    Body(&'static str, &'static str),
    /// A generator expression: the function around it, the place in its text.
    Inner(Arc<FunctionKey>, u32),
    /// A function nested in another one: position in [`Engine::nested`].
    Nested(u32),
}

/// Where an argument of a resolved call comes from.
#[derive(Clone, PartialEq, Debug)]
pub enum ArgFrom {
    /// A value of the caller.
    Value(HValue),
    /// The receiver, whose parts the callee value carries.
    Receiver(HValue),
    /// A default.
    Default(Global),
    /// A part of a value: where its parts start, its type.
    Part(HValue, usize, Ty),
    /// A tuple of these, for `*args`.
    Tuple(Vec<ArgFrom>),
    /// What `**kwargs` gets.
    Keywords(Vec<(Arc<str>, ArgFrom)>),
    /// A field of the record that is the receiver.
    Field(HValue, usize),
}

/// What inference decided about an instruction.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Action {
    /// The operation and the types say it all.
    #[default]
    Plain,
    /// A name or module attribute is this object.
    Global(Global),
    /// A call of a specialization, arguments in parameter order.
    Call(SpecId, Vec<ArgFrom>),
    /// A numeric builtin by qualified name.
    Numeric(Arc<str>),
    /// A structural builtin by qualified name.
    Structural(Arc<str>),
    /// A call of one of several functions: what to do for each.
    Choose(Vec<Action>),
    /// A call of a function or `None`, which raises.
    NotNone(Box<Action>),
    /// A builtin with arguments that aren't those in the text; with `Plain`, their
    /// parts side by side.
    Apply(Box<Action>, Vec<ArgFrom>),
    /// A call that makes a lazy iterator.
    Lazy,
    /// A record of these fields.
    Construct(Vec<ArgFrom>),
}

/// One function for one tuple of argument types.
pub struct Specialization {
    /// Which function.
    pub key: FunctionKey,
    /// Its HIR.
    pub hir: Rc<HirFunction>,
    /// Argument types, one per parameter.
    pub args: Vec<Ty>,
    /// Types by value; `None` where control never arrives.
    pub types: Vec<Option<Ty>>,
    /// Blocks that can be reached.
    pub reachable: Vec<bool>,
    /// Decisions by block and instruction.
    pub actions: Vec<Vec<Action>>,
    /// Result type; `None` if the function never returns.
    pub ret: Option<Ty>,
    /// Whether it can call itself, directly or not.
    pub recursive: bool,
    /// What is wrong with it.
    pub errors: Vec<Diagnostic>,
    /// Whether types in it depend on what cells hold.
    uses_cells: bool,
    /// [`Engine::cell_epoch`] when it was inferred.
    cell_epoch: u64,
    /// Loops to unroll: number of the loop, number of copies.
    unroll_requests: Vec<(u32, u32)>,
    /// Loops that are unrolled in `hir`.
    unrolled: Unroll,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    InProgress,
    /// Done, but a result type that it used may still change.
    Provisional,
    Done,
}

/// Inference over all functions that an entry reaches.
pub struct Engine<'e> {
    env: &'e mut dyn Environment,
    /// Texts, for spans.
    pub sources: Sources,
    /// All specializations, callers before the callees they were first found by.
    pub specializations: Vec<Specialization>,
    index: FxHashMap<(FunctionKey, Vec<Ty>), SpecId>,
    functions: FxHashMap<FunctionKey, Result<Rc<HirFunction>, Vec<Diagnostic>>>,
    /// Sources of the user's functions, for defaults and names.
    pub user_functions: FxHashMap<u64, FunctionSource>,
    in_progress: Vec<SpecId>,
    /// Functions nested in others.
    pub nested: Vec<Nested>,
    nested_index: FxHashMap<(FunctionKey, u32), u32>,
    /// Variables that closures share.
    pub cells: Vec<Cell>,
    cell_index: FxHashMap<(SpecId, Arc<str>), u32>,
    /// How often the type of a cell's content has changed.
    cell_epoch: u64,
    /// Whether a site of a specialization that was done has changed.
    outdated: bool,
    /// Element types of containers by the place that makes them.
    sites: sites::Sites,
    /// What `cumbia.reveal_type` was asked, as lowering found it.
    pub notes: std::cell::RefCell<Vec<(Span, String)>>,
    /// Time spent in building HIR, to be told apart from inference.
    pub parse_time: std::time::Duration,
}

/// What to do where types don't join.
const JOIN_HELP: &str =
    "give the two values one type, as float(x) or np.int64(x) do, or use two variables";

/// Most sweeps over a function; real ones need three or four.
const MAX_SWEEPS: usize = 40;
/// Deepest chain of specializations under inference (bodies that recurse over a
/// tuple's length are far below it).
const MAX_DEPTH: usize = 200;

impl<'e> Engine<'e> {
    /// An engine without specializations.
    pub fn new(env: &'e mut dyn Environment) -> Engine<'e> {
        Engine {
            env,
            sources: Sources::default(),
            specializations: Vec::new(),
            index: FxHashMap::default(),
            functions: FxHashMap::default(),
            user_functions: FxHashMap::default(),
            in_progress: Vec::new(),
            nested: Vec::new(),
            nested_index: FxHashMap::default(),
            cells: Vec::new(),
            cell_index: FxHashMap::default(),
            cell_epoch: 0,
            outdated: false,
            sites: sites::Sites::default(),
            notes: Default::default(),
            parse_time: std::time::Duration::ZERO,
        }
    }

    /// Makes a function known whose source is at hand.
    pub fn add_user_function(&mut self, source: FunctionSource) {
        self.user_functions.insert(source.handle, source);
    }

    /// The specialization of an id.
    pub fn spec(&self, id: SpecId) -> &Specialization {
        &self.specializations[id.0 as usize]
    }

    fn spec_mut(&mut self, id: SpecId) -> &mut Specialization {
        &mut self.specializations[id.0 as usize]
    }

    /// The number of a nested function; known from then on.
    fn nested_id(&mut self, parent: &FunctionKey, hir: &HirFunction, index: u32) -> u32 {
        // Forms with unrolled loops hold the same function several times.
        let built = &hir.nested[index as usize];
        let place = (parent.clone(), built.span.start);
        if let Some(&known) = self.nested_index.get(&place) {
            return known;
        }
        let id = self.nested.len() as u32;
        self.nested.push(Nested {
            parent: parent.clone(),
            root: self.root_key(parent),
            hir: Rc::new((**built).clone()),
        });
        self.nested_index.insert(place, id);
        id
    }

    /// The outermost function around one: the one with its globals.
    pub fn root_key(&self, key: &FunctionKey) -> FunctionKey {
        match key {
            FunctionKey::Nested(id) => self.nested[*id as usize].root.clone(),
            FunctionKey::Inner(outer, _) => self.root_key(outer),
            other => other.clone(),
        }
    }

    fn cell_id(&mut self, spec: SpecId, name: &Arc<str>) -> u32 {
        let next = self.cells.len() as u32;
        let id = *self.cell_index.entry((spec, name.clone())).or_insert(next);
        if id == next {
            self.cells.push(Cell { name: name.clone(), ty: None });
        }
        id
    }

    /// Whether something was inferred with an older type of a cell's content.
    fn cells_outdated(&self) -> bool {
        self.specializations.iter().any(|s| s.uses_cells && s.cell_epoch != self.cell_epoch)
    }

    /// The HIR of a function, built once.
    fn function(
        &mut self,
        key: &FunctionKey,
        at: Span,
    ) -> Result<Rc<HirFunction>, Vec<Diagnostic>> {
        if let FunctionKey::Nested(id) = key {
            return Ok(self.nested[*id as usize].hir.clone());
        }
        if let Some(known) = self.functions.get(key) {
            return known.clone();
        }
        let start = std::time::Instant::now();
        let built = self.build(key, at).map(Rc::new);
        self.parse_time += start.elapsed();
        self.functions.insert(key.clone(), built.clone());
        built
    }

    fn build(&mut self, key: &FunctionKey, at: Span) -> Result<HirFunction, Vec<Diagnostic>> {
        let source = match *key {
            FunctionKey::User(handle) => match self.user_functions.get(&handle) {
                Some(source) => source.clone(),
                None => {
                    let source = self
                        .env
                        .function(handle)
                        .map_err(|message| vec![Diagnostic::error("CB0110", at, message)])?;
                    self.user_functions.insert(handle, source.clone());
                    source
                }
            },
            FunctionKey::Body(file, name) => body_source(file, name),
            FunctionKey::Nested(_) | FunctionKey::Inner(..) => {
                unreachable!("built with the function around it")
            }
        };
        crate::build::build_function(&mut self.sources, &source)
    }

    /// The specialization for argument types, inferred if it isn't yet.
    ///
    /// # Errors
    ///
    /// When the function's text itself is refused. Type errors are in the
    /// specialization.
    pub fn specialize(
        &mut self,
        key: FunctionKey,
        args: Vec<Ty>,
        at: Span,
    ) -> Result<SpecId, Vec<Diagnostic>> {
        let lookup = (key, args);
        if let Some(&id) = self.index.get(&lookup) {
            match self.spec(id).state {
                State::Done => {
                    let spec = self.spec(id);
                    if spec.uses_cells && spec.cell_epoch != self.cell_epoch {
                        self.infer(id);
                    }
                }
                State::InProgress => {
                    // Everything from there to here depends on a result type that
                    // may still change.
                    let position = self.in_progress.iter().position(|&s| s == id).unwrap_or(0);
                    for i in position..self.in_progress.len() {
                        let member = self.in_progress[i];
                        self.spec_mut(member).recursive = true;
                    }
                }
                State::Provisional => self.infer(id),
            }
            return Ok(id);
        }
        let (key, args) = lookup;
        if self.in_progress.len() >= MAX_DEPTH {
            return Err(vec![
                Diagnostic::error(
                    "CB0405",
                    at,
                    "this call leads to a chain of ever new argument types",
                )
                .help("a recursive function must call itself with the same types in the end"),
            ]);
        }
        let hir = self.function(&key, at)?;
        let id = SpecId(self.specializations.len() as u32);
        self.specializations.push(Specialization {
            key: key.clone(),
            types: vec![None; hir.values.len()],
            reachable: vec![false; hir.blocks.len()],
            actions: hir.blocks.iter().map(|b| vec![Action::Plain; b.insts.len()]).collect(),
            hir,
            args: args.clone(),
            ret: None,
            recursive: false,
            errors: Vec::new(),
            uses_cells: false,
            cell_epoch: 0,
            unroll_requests: Vec::new(),
            unrolled: Unroll::default(),
            state: State::InProgress,
        });
        self.index.insert((key, args), id);
        self.infer(id);
        Ok(id)
    }

    /// An argument type with sites of its own for its empty containers: how the function
    /// uses them says what their elements are.
    fn with_site(&mut self, ty: &Ty, open: &mut u32) -> Ty {
        let mut made = |engine: &mut Self, t: &Ty| match t {
            Ty::Open(..) => {
                *open += 1;
                let site = engine.sites.site(SpecId(u32::MAX), 0, *open);
                Some(site)
            }
            _ => None,
        };
        match ty {
            Ty::List(t, _) | Ty::Set(t, _) => {
                let site = made(self, t);
                let element = match site {
                    Some(site) => Ty::Open(site, 0),
                    None => self.with_site(t, open),
                };
                if matches!(ty, Ty::List(..)) {
                    Ty::List(Arc::new(element), Site(site))
                } else {
                    Ty::Set(Arc::new(element), Site(site))
                }
            }
            Ty::Dict(pair, _) => match made(self, &pair.0) {
                Some(site) => {
                    Ty::Dict(Arc::new((Ty::Open(site, 0), Ty::Open(site, 1))), Site(Some(site)))
                }
                None => {
                    let pair = (pair.0.clone(), self.with_site(&pair.1, open));
                    Ty::Dict(Arc::new(pair), Site(None))
                }
            },
            Ty::Tuple(items) => {
                let items: Vec<Ty> = items.iter().map(|t| self.with_site(t, open)).collect();
                Ty::tuple(items)
            }
            Ty::Optional(t) => Ty::Optional(self.with_site(t, open).into()),
            Ty::Keywords(items) => {
                let of = |(name, t): &(_, Ty)| (Clone::clone(name), self.with_site(t, open));
                Ty::Keywords(items.iter().map(of).collect())
            }
            other => other.clone(),
        }
    }

    /// The argument types of a specialization, with everything told that its empty
    /// containers turned out to hold.
    pub fn argument_types(&self, id: SpecId) -> Vec<Ty> {
        self.spec(id).args.iter().map(|ty| self.sites.resolve(ty)).collect()
    }

    /// The specialization of the function that is called from Python; its errors
    /// are all there is to say.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the function.
    pub fn specialize_entry(
        &mut self,
        key: FunctionKey,
        args: Vec<Ty>,
    ) -> Result<SpecId, Vec<Diagnostic>> {
        let at = Span { source: SourceId(0), start: 0, end: 0 };
        let hir = self.function(&key, at)?;
        debug_assert_eq!(hir.params.len(), args.len(), "one type per parameter");
        let mut open = 0;
        let args: Vec<Ty> = args.iter().map(|ty| self.with_site(ty, &mut open)).collect();
        let mut id = self.specialize(key.clone(), args.clone(), hir.span)?;
        // What a caller has told about a container or a shared variable that a callee made
        // changes the callee, which was inferred before: all is inferred again with what is
        // known now.
        for _ in 0..MAX_SWEEPS {
            let cells = self.cells_outdated();
            if !std::mem::take(&mut self.outdated) && !cells {
                break;
            }
            for spec in &mut self.specializations {
                spec.forget();
                spec.state = State::Provisional;
            }
            id = self.specialize(key.clone(), args.clone(), hir.span)?;
        }
        if let (true, Some(refused)) =
            (self.spec(id).errors.is_empty(), generators::leaving(self, id))
        {
            return Err(vec![refused]);
        }
        for cell in &mut self.cells {
            cell.ty = cell.ty.as_ref().map(|ty| self.sites.resolve(ty));
        }
        let spec = self.spec(id);
        if spec.errors.is_empty() { Ok(id) } else { Err(spec.errors.clone()) }
    }

    /// Sweeps over one specialization until nothing changes.
    fn infer(&mut self, id: SpecId) {
        self.spec_mut(id).state = State::InProgress;
        self.in_progress.push(id);
        let mut hir = self.spec(id).hir.clone();
        let mut order = reverse_postorder(&hir);
        let mut sweeps = 0;
        loop {
            sweeps += 1;
            let before = self.spec(id).ret.clone();
            let epoch = self.cell_epoch;
            self.spec_mut(id).cell_epoch = epoch;
            let changes = self.sites.changes;
            self.spec_mut(id).errors.clear();
            let mut changed =
                Sweep { engine: self, id, hir: &hir, changed: false, ret: None, seen: Vec::new() }
                    .run(&order);
            let ret_changed = self.spec(id).ret != before;
            match self.unrolled_form(id) {
                Ok(None) => {}
                Ok(Some(form)) => {
                    (hir, sweeps) = (form, 0);
                    order = reverse_postorder(&hir);
                    continue;
                }
                Err(error) => {
                    self.spec_mut(id).errors.push(*error);
                    break;
                }
            }
            if self.sites.changes != changes {
                // Types only grow while sites stay; with a wider site they start anew.
                self.spec_mut(id).forget();
                changed = true;
                let concerned = self.sites.take_changed();
                self.outdated |= concerned.iter().any(|spec| !self.in_progress.contains(spec));
            }
            if !changed && !ret_changed && epoch == self.cell_epoch {
                if hir.generator && self.spec(id).ret.is_none() {
                    // Nothing is ever yielded.
                    self.spec_mut(id).ret = Some(Ty::Generator(id.0, Arc::new(Ty::None)));
                    continue;
                }
                break;
            }
            if sweeps == MAX_SWEEPS {
                let error = Diagnostic::error(
                    "CB0306",
                    hir.span,
                    "the types in this function don't settle",
                )
                .help("use a new variable where the type of a value changes");
                self.spec_mut(id).errors.push(error);
                break;
            }
        }
        let misused = iteration::check_single_use(self.spec(id));
        self.spec_mut(id).errors.extend(misused);
        self.in_progress.pop();
        let outer_cycle =
            self.spec(id).recursive && self.in_progress.iter().any(|&s| self.spec(s).recursive);
        self.spec_mut(id).state = if outer_cycle { State::Provisional } else { State::Done };
        if self.in_progress.is_empty() {
            for spec in &mut self.specializations {
                spec.state = State::Done;
            }
        }
    }
}

impl Specialization {
    /// Takes back what was found so far.
    fn forget(&mut self) {
        self.types.fill(None);
        self.reachable.fill(false);
        self.actions.iter_mut().for_each(|block| block.fill(Action::Plain));
        self.ret = None;
    }
}

/// The source of a library body.
fn body_source(file: &'static str, name: &'static str) -> FunctionSource {
    let body = cumbia_library::body(file, name)
        .unwrap_or_else(|| panic!("library body {file}.{name} is missing"));
    FunctionSource {
        text: body.text.to_string(),
        filename: format!("<cumbia library {file}>"),
        first_line: body.line,
        name: name.to_string(),
        qualname: name.to_string(),
        lambda_offset: None,
        handle: 0,
        defaults: Vec::new(),
    }
}

/// Most instructions of a function after unrolling.
const MAX_UNROLLED_INSTS: usize = 20_000;

impl Engine<'_> {
    /// The source of a function that has been built.
    fn source(&self, key: &FunctionKey) -> FunctionSource {
        match *key {
            FunctionKey::User(handle) => self.user_functions[&handle].clone(),
            FunctionKey::Body(file, name) => body_source(file, name),
            FunctionKey::Inner(ref outer, _) => self.source(outer),
            FunctionKey::Nested(id) => self.source(&self.nested[id as usize].root),
        }
    }

    /// The function of a key in a new form of the function that all of it is in.
    fn in_form(&self, key: &FunctionKey, form: HirFunction) -> HirFunction {
        let FunctionKey::Nested(id) = key else { return form };
        let nested = &self.nested[*id as usize];
        let outer = self.in_form(&nested.parent, form);
        let found = outer.nested.iter().find(|n| n.span == nested.hir.span);
        found.map_or_else(|| (*nested.hir).clone(), |n| (**n).clone())
    }

    /// A form of the function with the loops unrolled that the last sweep asked for;
    /// inference starts over with it.
    fn unrolled_form(&mut self, id: SpecId) -> Result<Option<Rc<HirFunction>>, Box<Diagnostic>> {
        let requests = std::mem::take(&mut self.spec_mut(id).unroll_requests);
        if requests.is_empty() {
            return Ok(None);
        }
        let spec = self.spec_mut(id);
        for (number, copies) in requests {
            let path = spec.hir.loops[number as usize].clone();
            spec.unrolled.insert(path, copies);
        }
        let (key, source_id, plan) = (spec.key.clone(), spec.hir.source, spec.unrolled.clone());
        let start = std::time::Instant::now();
        let source = self.source(&key);
        let built = crate::build::rebuild_function(source_id, &source, &plan);
        self.parse_time += start.elapsed();
        let form = built.map_err(|mut errors| Box::new(errors.remove(0)))?;
        let hir = Rc::new(self.in_form(&key, form));
        let spec = self.spec_mut(id);
        if hir.blocks.iter().map(|b| b.insts.len()).sum::<usize>() > MAX_UNROLLED_INSTS {
            let error = Diagnostic::error(
                "CB0304",
                hir.span,
                "the loops over items of different types make this function too large",
            )
            .help("put the body of the loop into a function of its own");
            return Err(Box::new(error));
        }
        spec.types = vec![None; hir.values.len()];
        spec.reachable = vec![false; hir.blocks.len()];
        spec.actions = hir.blocks.iter().map(|b| vec![Action::Plain; b.insts.len()]).collect();
        spec.hir = hir.clone();
        Ok(Some(hir))
    }
}

/// Blocks in reverse postorder from the entry.
pub fn reverse_postorder(hir: &HirFunction) -> Vec<HBlock> {
    let mut seen = vec![false; hir.blocks.len()];
    let mut order = Vec::with_capacity(hir.blocks.len());
    let mut stack = vec![(HBlock(0), 0)];
    seen[0] = true;
    while let Some((block, next)) = stack.pop() {
        let successors = successors(&hir.blocks[block.0 as usize]);
        match successors.into_iter().flatten().nth(next) {
            Some(successor) => {
                stack.push((block, next + 1));
                if !std::mem::replace(&mut seen[successor.0 as usize], true) {
                    stack.push((successor, 0));
                }
            }
            None => order.push(block),
        }
    }
    order.reverse();
    order
}

/// Successor blocks. The handler comes first and the `otherwise` edge before the other, so
/// that in reverse postorder a loop's body precedes what follows the loop, and a `try` body
/// its handlers.
fn successors(block: &HirBlock) -> [Option<HBlock>; 3] {
    let handler = block.handler.as_ref().map(|edge| edge.block);
    match &block.terminator {
        Terminator::Jump(edge) => [handler, Some(edge.block), None],
        Terminator::Branch { then, otherwise, .. } => {
            [handler, Some(otherwise.block), Some(then.block)]
        }
        _ => [handler, None, None],
    }
}

/// What a condition's type says about its truth.
pub fn constant_truth(ty: &Ty) -> Option<bool> {
    match ty {
        Ty::None => Some(false),
        Ty::Lit(Lit::Bool(b)) => Some(*b),
        Ty::Lit(Lit::Int(i)) => Some(*i != 0),
        Ty::Lit(Lit::Float(bits)) => Some(f64::from_bits(*bits) != 0.0),
        Ty::Lit(Lit::Str(s)) => Some(!s.is_empty()),
        Ty::Tuple(items) => Some(!items.is_empty()),
        Ty::Closure(_) | Ty::Choice(_) => Some(true),
        Ty::Keywords(items) => Some(!items.is_empty()),
        Ty::Record(class, items) => Some(!class.is_tuple() || !items.is_empty()),
        Ty::Member(class, at) if class.is_int => names::global_type(&class.members[*at as usize].1)
            .and_then(|value| constant_truth(&value)),
        Ty::Member(class, _) | Ty::Enum(class) if !class.is_int && !class.is_flag => Some(true),
        Ty::StructDType(_)
        | Ty::DType(_)
        | Ty::Callable(_)
        | Ty::Module(_)
        | Ty::Ellipsis
        | Ty::Slice(_) => Some(true),
        _ => None,
    }
}

/// One pass over a function.
struct Sweep<'a, 'e, 'h> {
    engine: &'a mut Engine<'e>,
    id: SpecId,
    hir: &'h HirFunction,
    changed: bool,
    ret: Option<Ty>,
    /// Operands of the instruction at hand that it sees with another type.
    seen: Vec<(HValue, Ty)>,
}

impl Sweep<'_, '_, '_> {
    fn run(mut self, order: &[HBlock]) -> bool {
        // Types of block parameters are joined anew from the edges taken in this
        // sweep and, for back edges, in the last one.
        let entry = &self.hir.blocks[0];
        let args = self.engine.argument_types(self.id);
        for (&param, ty) in entry.params.iter().zip(args) {
            self.set(param, ty);
        }
        self.engine.spec_mut(self.id).reachable[0] = true;
        for &block in order {
            if self.engine.spec(self.id).reachable[block.0 as usize] {
                self.block(block);
            }
        }
        if let Some(ret) = self.ret.take() {
            let spec = self.engine.spec_mut(self.id);
            if spec.ret.as_ref() != Some(&ret) {
                spec.ret = Some(ret);
            }
        }
        self.changed
    }

    fn ty(&self, value: HValue) -> Option<Ty> {
        if let Some((_, seen)) = self.seen.iter().find(|(v, _)| *v == value) {
            return Some(seen.clone());
        }
        self.engine.spec(self.id).types[value.0 as usize].clone()
    }

    fn set(&mut self, value: HValue, ty: Ty) {
        let slot = &mut self.engine.spec_mut(self.id).types[value.0 as usize];
        if slot.as_ref() != Some(&ty) {
            *slot = Some(ty);
            self.changed = true;
        }
    }

    fn error(&mut self, diagnostic: Diagnostic) {
        let errors = &mut self.engine.spec_mut(self.id).errors;
        if !errors.iter().any(|e| e.span == diagnostic.span && e.code == diagnostic.code) {
            errors.push(diagnostic);
        }
    }

    fn block(&mut self, block: HBlock) {
        let hir = self.hir;
        let data = &hir.blocks[block.0 as usize];
        if let Some(handler) = &data.handler {
            self.edge(block, handler);
        }
        for (i, inst) in data.insts.iter().enumerate() {
            match self.viewed_instruction(block, i, inst) {
                Ok(Some(types)) => {
                    for (&result, ty) in inst.results.iter().zip(types) {
                        self.set(result, ty);
                    }
                }
                // Control doesn't come past this instruction (so far).
                Ok(None) => return,
                Err(diagnostic) => {
                    self.error(*diagnostic);
                    return;
                }
            }
        }
        match &data.terminator {
            Terminator::Jump(edge) => self.edge(block, edge),
            Terminator::Branch { cond, then, otherwise } => {
                let Some(ty) = self.ty(*cond) else { return };
                match constant_truth(&ty) {
                    Some(true) => self.edge(block, then),
                    Some(false) => self.edge(block, otherwise),
                    None => {
                        if let Err(e) = self.truth(&ty, data.terminator_span) {
                            self.error(*e);
                            return;
                        }
                        self.edge(block, then);
                        self.edge(block, otherwise);
                    }
                }
            }
            // A generator ends; the value is for `yield from` as a value, which isn't compiled.
            Terminator::Return(_) if hir.generator => {}
            Terminator::Return(value) => {
                let Some(ty) = self.ty(*value) else { return };
                let joined = match &self.ret.clone() {
                    None => Some(ty.clone()),
                    Some(old) => match self.meet(old, &ty) {
                        Meeting::Type(joined) => Some(joined),
                        Meeting::NotYet => return,
                        Meeting::Never => None,
                    },
                };
                match joined {
                    Some(joined) => self.ret = Some(joined),
                    None => {
                        let old = self.ret.clone().unwrap_or(Ty::None);
                        let error = Diagnostic::error(
                            "CB0302",
                            data.terminator_span,
                            format!("this returns {ty:#}, but another path returns {old:#}"),
                        )
                        .help("return one type on all paths (also at the end of the function, which returns None)");
                        self.error(error);
                    }
                }
            }
            Terminator::Raise { class, args, cause } => {
                self.raise(data.terminator_span, *class, args, *cause)
            }
            Terminator::Reraise(_) => {}
            Terminator::Unreachable => {}
        }
    }

    /// Passes types over an edge: the target's parameters join what all taken
    /// edges bring.
    fn edge(&mut self, _from: HBlock, edge: &crate::hir::Edge) {
        let hir = self.hir;
        let target = edge.block.0 as usize;
        let first = !std::mem::replace(&mut self.engine.spec_mut(self.id).reachable[target], true);
        self.changed |= first;
        for (&param, &arg) in hir.blocks[target].params.iter().zip(&edge.args) {
            let Some(ty) = self.ty(arg) else { continue };
            match self.ty(param) {
                None => self.set(param, ty),
                Some(old) => match self.meet(&old, &ty) {
                    Meeting::Type(joined) => self.set(param, joined),
                    Meeting::NotYet => {}
                    Meeting::Never => {
                        let name = hir.values[param.0 as usize].name.clone();
                        let error = self.cannot_join(name, param, arg, &old, &ty);
                        self.error(error);
                    }
                },
            }
        }
    }

    /// Joins the types of two paths; containers that meet become one.
    fn meet(&mut self, old: &Ty, new: &Ty) -> Meeting {
        match join(old, new) {
            Some(joined) => {
                if self.engine.sites.unify(old, new) {
                    Meeting::Type(joined)
                } else {
                    Meeting::Never
                }
            }
            None if self.engine.sites.reconcile(old, new) => Meeting::NotYet,
            None => Meeting::Never,
        }
    }

    fn cannot_join(
        &self,
        name: Option<Arc<str>>,
        param: HValue,
        arg: HValue,
        old: &Ty,
        new: &Ty,
    ) -> Diagnostic {
        let values = &self.hir.values;
        let (old, new) = (&old.widen(), &new.widen());
        let what = name.map_or_else(|| "the value".to_string(), |n| format!("variable '{n}'"));
        let mut error = Diagnostic::error(
            "CB0301",
            values[arg.0 as usize].span,
            format!("{what} would be {old:#} on one path and {new:#} on another"),
        )
        .labelled(format!("{new:#} here"));
        // A path that brings the other type, for the second label.
        for block in &self.hir.blocks {
            for edge in block.edges() {
                let params = &self.hir.blocks[edge.block.0 as usize].params;
                if let Some(i) = params.iter().position(|&p| p == param)
                    && let Some(&other) = edge.args.get(i)
                    && self.ty(other).is_some_and(|t| t.widen() == *old)
                    && other != arg
                {
                    error = error.also(values[other.0 as usize].span, format!("{old:#} here"));
                    return error.help(JOIN_HELP);
                }
            }
        }
        error.help(JOIN_HELP)
    }

    fn truth(&self, ty: &Ty, span: Span) -> Result<(), Box<Diagnostic>> {
        if ty.is_number() {
            return crate::numeric::truth_rule(ty).map_err(|e| numeric_error(e, span));
        }
        match ty {
            Ty::Enum(class) if class.is_int && records::value_type(class).is_some() => Ok(()),
            Ty::Optional(inner) if constant_truth(inner).is_some() => Ok(()),
            Ty::Optional(inner) => self.truth(inner, span),
            Ty::Range(_) | Ty::Str | Ty::Bytes | Ty::List(..) | Ty::Set(..) | Ty::Dict(..) => {
                Ok(())
            }
            Ty::Array(a) if a.ndim == 0 => Ok(()),
            Ty::Array(_) => Err(Box::new(
                Diagnostic::error("CB0303", span, format!("the truth of {ty:#} is ambiguous"))
                    .help("use a.any() or a.all(), or compare a.size with 0"),
            )),
            _ => Err(Box::new(Diagnostic::error(
                "CB0303",
                span,
                format!("{ty:#} can't be tested for truth"),
            ))),
        }
    }
}

/// Two types where paths meet.
enum Meeting {
    Type(Ty),
    /// A container's element type has changed: the next sweep will tell.
    NotYet,
    Never,
}

/// A numeric error with its place.
pub(crate) fn numeric_error(e: crate::numeric::NumericError, span: Span) -> Box<Diagnostic> {
    let mut d = Diagnostic::error(e.code, span, e.message);
    d.help = e.help;
    Box::new(d)
}

/// Line starts of each text: positions in logarithmic time.
pub struct LineTable {
    starts: FxHashMap<SourceId, Vec<u32>>,
}

impl LineTable {
    /// An empty table; texts are scanned on first use.
    pub fn new() -> LineTable {
        LineTable { starts: FxHashMap::default() }
    }

    /// The IR place of a span's start.
    pub fn loc(&mut self, sources: &Sources, span: Span) -> cumbia_ir::Loc {
        let source: &Source = sources.get(span.source);
        let starts = self.starts.entry(span.source).or_insert_with(|| {
            let newlines = source.text.bytes().enumerate().filter(|&(_, b)| b == b'\n');
            std::iter::once(0).chain(newlines.map(|(i, _)| i as u32 + 1)).collect()
        });
        let line = starts.partition_point(|&s| s <= span.start) - 1;
        cumbia_ir::Loc { line: source.first_line + line as u32, col: span.start - starts[line] }
    }
}

impl Default for LineTable {
    fn default() -> Self {
        LineTable::new()
    }
}

/// Positional view of call arguments, used by builtins that take no keywords.
pub(crate) fn positional(args: &[CallArg]) -> Option<Vec<HValue>> {
    args.iter().map(|a| (a.name.is_none() && !a.starred).then_some(a.value)).collect()
}

/// Whether an operation has no result.
pub(crate) fn has_no_result(op: &Op) -> bool {
    matches!(
        op,
        Op::Yield(_)
            | Op::CheckItems(..)
            | Op::DelItem(..)
            | Op::SetItem(..)
            | Op::Insert(..)
            | Op::Extend(..)
            | Op::CellSet(..)
            | Op::Poll
            | Op::EndCatch(_)
    )
}
