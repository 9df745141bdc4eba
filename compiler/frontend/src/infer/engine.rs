//! The engine: which specializations there are, and the order in which they are inferred
//! until nothing changes any more.
//!
//! One function is swept over ([`Sweep`]) until its types are stable; what lies on a cycle
//! of calls is repeated until its results are; and all is inferred again when a callee that
//! was done learns something from its caller (the elements of a container that it made, a
//! variable that closures share). What a sweep does is in `sweep.rs`, where functions come
//! from in `forms.rs`.

use super::{
    Action, Engine, FunctionKey, Nested, SpecId, Specialization, State, Sweep, cleanup, generators,
};
use super::{Cell, iteration, reverse_postorder, sites};
use crate::build::Form;
use crate::environment::{Automatic, Environment, FunctionSource};
use crate::hir::{HirFunction, Op};
use crate::types::{Site, Ty};
use cumbia_diagnostics::{Diagnostic, SourceId, Sources, Span};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;

/// Most sweeps over a function; real ones need three or four.
const MAX_SWEEPS: usize = 40;
/// Deepest chain of specializations under inference (bodies that recurse over a
/// tuple's length are far below it).
const MAX_DEPTH: usize = 200;
/// Most machine values among a function's arguments: calling conventions count bytes of the
/// stack in 16 bits.
const MAX_PARTS: usize = 8000;

impl<'e> Engine<'e> {
    /// An engine without specializations.
    pub fn new(env: &'e mut dyn Environment) -> Engine<'e> {
        let python_minor = env.python_minor();
        Engine {
            env,
            automatic: Automatic::default(),
            device: false,
            single: false,
            python_minor,
            sources: Sources::default(),
            specializations: Vec::new(),
            index: FxHashMap::default(),
            functions: FxHashMap::default(),
            user_functions: FxHashMap::default(),
            in_progress: Vec::new(),
            nested: Vec::new(),
            nested_index: FxHashMap::default(),
            kernels: Vec::new(),
            kernel_index: FxHashMap::default(),
            cells: Vec::new(),
            cell_index: FxHashMap::default(),
            cell_epoch: 0,
            outdated: false,
            guarded: false,
            throws: false,
            sites: sites::Sites::default(),
            notes: Default::default(),
            parse_time: std::time::Duration::ZERO,
        }
    }

    /// Makes the function known that Python calls. What the library does on several threads is
    /// what its options say.
    pub fn add_user_function(&mut self, mut source: FunctionSource) {
        self.automatic = source.relaxed.automatic;
        self.device = source.relaxed.device;
        self.single = source.relaxed.single;
        source.python_minor = self.python_minor;
        self.find_parallel(&mut source);
        self.user_functions.insert(source.handle, source);
    }

    /// From now on all is inferred for a device, what is known from before too: functions keep
    /// their forms and numbers, and types that name these their meaning.
    pub(crate) fn for_device(&mut self) {
        self.device = true;
        self.automatic = Automatic::default();
        self.index.clear();
    }

    /// The specialization of an id.
    pub fn spec(&self, id: SpecId) -> &Specialization {
        &self.specializations[id.0 as usize]
    }

    pub(super) fn spec_mut(&mut self, id: SpecId) -> &mut Specialization {
        &mut self.specializations[id.0 as usize]
    }

    /// The number of a nested function; known from then on.
    pub(super) fn nested_id(&mut self, parent: &FunctionKey, hir: &HirFunction, index: u32) -> u32 {
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

    /// Whether a function is nested in one of the user's, for all that Python sees.
    pub fn is_nested(&self, key: &FunctionKey) -> bool {
        match key {
            FunctionKey::User(_) | FunctionKey::Initializer(_) => false,
            FunctionKey::Nested(id) => {
                let nested = &self.nested[*id as usize];
                let outlined = nested.hir.inner.as_ref().is_some_and(|inner| inner.outlined);
                !outlined || self.is_nested(&nested.parent)
            }
            _ => true,
        }
    }

    /// The outermost function around one: the one with its globals.
    pub fn root_key(&self, key: &FunctionKey) -> FunctionKey {
        match key {
            FunctionKey::Nested(id) => self.nested[*id as usize].root.clone(),
            FunctionKey::Inner(outer, _) => self.root_key(outer),
            other => other.clone(),
        }
    }

    pub(super) fn cell_id(&mut self, spec: SpecId, name: &Arc<str>) -> u32 {
        let next = self.cells.len() as u32;
        let id = *self.cell_index.entry((spec, name.clone())).or_insert(next);
        if id == next {
            self.cells.push(Cell { name: name.clone(), ty: None });
        }
        id
    }

    /// Whether something was inferred with an older type of a cell's content.
    pub(super) fn cells_outdated(&self) -> bool {
        self.specializations.iter().any(|s| s.uses_cells && s.cell_epoch != self.cell_epoch)
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
        let parts: usize = args.iter().map(|ty| ty.part_types().len()).sum();
        if parts > MAX_PARTS {
            let text = format!(
                "the arguments of this call have {parts} parts; compiled functions take {MAX_PARTS}"
            );
            return Err(vec![
                Diagnostic::error("CB0121", at, text)
                    .help("pass an array, a list, or fewer and smaller tuples"),
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
            gives: None,
            sent: None,
            recursive: false,
            errors: Vec::new(),
            uses_cells: false,
            cell_epoch: 0,
            unroll_requests: Vec::new(),
            paths: Default::default(),
            new_form: false,
            form: Form::default(),
            ufuncs: FxHashMap::default(),
            unfused: None,
            state: State::InProgress,
        });
        self.index.insert((key, args), id);
        self.infer(id);
        Ok(id)
    }

    /// An argument type with sites of its own for its empty containers: how the function
    /// uses them says what their elements are.
    pub(super) fn with_site(&mut self, ty: &Ty, open: &mut u32) -> Ty {
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
            Ty::Record(class, items) => {
                let items = items.iter().map(|t| self.with_site(t, open)).collect();
                Ty::Record(class.clone(), items)
            }
            Ty::Object(class, t) => Ty::Object(class.clone(), Arc::new(self.with_site(t, open))),
            Ty::Optional(t) => Ty::Optional(Arc::new(self.with_site(t, open))),
            Ty::Collection(kind, t) => {
                Ty::Collection(kind.clone(), Arc::new(self.with_site(t, open)))
            }
            other => other.map_function_items(|t| self.with_site(t, open)),
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
            self.outdated |= self.take_sent_types(id)?;
            if !std::mem::take(&mut self.outdated) && !cells && !self.settle_sent_types() {
                break;
            }
            for spec in &mut self.specializations {
                spec.forget();
                spec.state = State::Provisional;
            }
            id = self.specialize(key.clone(), args.clone(), hir.span)?;
        }
        if self.spec(id).errors.is_empty()
            && let Some(refused) = generators::leaving(self, id)
                .or_else(|| cleanup::contained(self))
                .or_else(|| super::parallel::shared_containers(self))
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
    pub(super) fn infer(&mut self, id: SpecId) {
        self.spec_mut(id).state = State::InProgress;
        self.in_progress.push(id);
        self.spec_mut(id).unfuse();
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
            self.spec_mut(id).paths.begin();
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
                    self.spec_mut(id).ret = Some(Ty::Generator(id.0, Arc::new(Ty::Unbound)));
                    continue;
                }
                match self.path_form(id).and_then(|form| match form {
                    Some(form) => Ok(Some(form)),
                    None => self.keeping_form(id),
                }) {
                    Ok(None) => break,
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
            }
            if sweeps == MAX_SWEEPS {
                let error = does_not_settle(&hir);
                self.spec_mut(id).errors.push(error);
                break;
            }
        }
        let misused = iteration::check_single_use(self.spec(id));
        self.spec_mut(id).errors.extend(misused);
        self.fuse(id);
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
    /// Takes the fusion of elementwise operations back.
    fn unfuse(&mut self) {
        if let Some(hir) = self.unfused.take() {
            self.types = vec![None; hir.values.len()];
            self.actions = hir.blocks.iter().map(|b| vec![Action::Plain; b.insts.len()]).collect();
            self.hir = hir;
        }
    }

    /// Takes back what was found so far.
    pub(super) fn forget(&mut self) {
        self.types.fill(None);
        self.reachable.fill(false);
        self.actions.iter_mut().for_each(|block| block.fill(Action::Plain));
        self.ret = None;
        self.gives = None;
    }
}

/// The refusal of a function whose types change with each sweep: the element type of one
/// container within another is known one sweep later than its own.
fn does_not_settle(hir: &HirFunction) -> Diagnostic {
    const DEEP: usize = 20;
    let mut depth = vec![0; hir.values.len()];
    for inst in hir.blocks.iter().flat_map(|block| &block.insts) {
        if let (Op::Display(_, items), [result]) = (&inst.op, inst.results.as_slice()) {
            let inner = items.iter().map(|item| depth[item.0 as usize]).max();
            depth[result.0 as usize] = 1 + inner.unwrap_or(0);
            if depth[result.0 as usize] > DEEP {
                return Diagnostic::error(
                    "CB0306",
                    inst.span,
                    format!("containers nested too deep, more than {DEEP} levels: their types don't settle"),
                )
                .help("keep the inner ones in a list of their own, and their positions in the outer ones");
            }
        }
    }
    Diagnostic::error("CB0306", hir.span, "the types in this function don't settle")
        .help("use a new variable where the type of a value changes")
}
