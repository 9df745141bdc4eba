//! Typed HIR to IR.
//!
//! One IR function per specialization that the entry reaches, and an entry wrapper
//! that moves arguments and results between 8-byte slots and parts. Lowering trusts
//! inference: what has no type here is not reached. It emits every check that the
//! language asks for and removes none.

mod atomic;
mod buffers;
mod calls;
mod cleanup;
mod closures;
mod containers;
mod convert;
pub mod device;
mod entry;
mod exceptions;
mod expressions;
pub mod for_c;
mod function;
mod fx;
mod generators;
mod handlers;
mod hinted;
mod index;
mod iteration;
pub(crate) mod kernel_print;
mod layout;
mod linked;
mod looking;
mod memory;
pub mod on_device;
mod optional;
pub mod ownership;
pub(crate) mod parallel;
mod patterns;
mod races;
pub mod records;
mod strings;
mod structural;
mod structured;
mod views;
mod warnings;
mod wrapping;

pub use convert::convert;
pub use fx::{Fx, TypedValue};
pub use layout::code as layout_code;

use crate::hir::HValue;
use crate::infer::cleanup::Cleanups;
use crate::infer::{Engine, FunctionKey, LineTable, SpecId};
use crate::on_device::{Found, reaching};
use crate::types::{Ty, UserException};
use cumbia_diagnostics::Span;
use cumbia_ir::{FuncId, Function, Module, Type};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// What a traceback needs to know about an IR function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FunctionInfo {
    /// Name in the IR and in sites.
    pub ir_name: String,
    /// Name as Python shows it.
    pub qualname: String,
    /// File or cell.
    pub filename: String,
    /// Line of the text's first line.
    pub first_line: u32,
    /// Whether it is a library body: tracebacks leave it out.
    pub internal: bool,
    /// Handle of the user's function that it is or is nested in.
    pub root: Option<u64>,
    /// Whether it is nested in that.
    pub nested: bool,
    /// Whether it is the body of a parallel loop: part of the function around it, for all that
    /// Python sees.
    pub outlined: bool,
}

/// Functions to emit, by specialization.
pub struct Targets {
    ids: FxHashMap<SpecId, FuncId>,
    queue: Vec<SpecId>,
    frames: FxHashMap<SpecId, Rc<generators::FramePlan>>,
    infos: Vec<FunctionInfo>,
    /// Which generators have something to do when they are dropped.
    pub(super) cleanups: Cleanups,
    /// Functions that close generators, and that drop those that clean up.
    closers: FxHashMap<SpecId, FuncId>,
    droppers: FxHashMap<SpecId, FuncId>,
    /// Whether library bodies note warnings, themselves or by calls.
    warning: FxHashMap<SpecId, bool>,
    /// Entries that run blocks of parallel loops.
    block_entries: FxHashMap<SpecId, FuncId>,
    /// Parallel loops for a device, by their numbers.
    on_device: Vec<Found>,
    /// What comes to one of those; nothing where there are none, or it is lowered for one.
    reaching: BTreeSet<SpecId>,
    /// Exception classes of the user that the program names.
    user_exceptions: Vec<Arc<UserException>>,
}

impl Targets {
    /// The IR function of a specialization; declared and queued on first need.
    pub fn get(&mut self, engine: &Engine, module: &mut Module, id: SpecId) -> FuncId {
        if let Some(&known) = self.ids.get(&id) {
            return known;
        }
        let spec = engine.spec(id);
        let (params, results) = match &spec.ret {
            // The function that resumes.
            Some(Ty::Generator(_, item)) if spec.hir.generator => {
                let mut results = vec![Type::Bool];
                item.parts(&mut results);
                (vec![Type::Ptr], results)
            }
            ret => {
                let mut params = Vec::new();
                spec.args.iter().for_each(|t| t.parts(&mut params));
                (params, ret.as_ref().map(|t| t.part_types()).unwrap_or_default())
            }
        };
        let info = info(engine, id);
        let mut declared = Function::new(info.ir_name.clone(), params, results);
        declared.inline = info.internal && !spec.recursive;
        let function = module.add_function(declared);
        self.infos.push(info);
        self.ids.insert(id, function);
        self.queue.push(id);
        function
    }
}

impl Targets {
    /// The number of a parallel loop for a device.
    fn number_on_device(&mut self, body: SpecId, span: Span, site: (SpecId, Vec<HValue>)) -> i64 {
        let known = self.on_device.iter().position(|of| of.body == body);
        let number = known.unwrap_or_else(|| {
            self.on_device.push(Found { body, span, sites: Vec::new() });
            self.on_device.len() - 1
        });
        self.on_device[number].sites.push(site);
        number as i64
    }

    /// What the frame of a generator holds.
    fn frame_plan(&mut self, engine: &Engine, id: SpecId) -> Rc<generators::FramePlan> {
        let cleanups = &self.cleanups;
        let plan = || Rc::new(generators::FramePlan::new(engine.spec(id), cleanups));
        self.frames.entry(id).or_insert_with(plan).clone()
    }
}

pub(crate) fn info(engine: &Engine, id: SpecId) -> FunctionInfo {
    let spec = engine.spec(id);
    let source = engine.sources.get(spec.hir.source);
    let (qualname, internal) = qualname(engine, &spec.key);
    // Symbols are plain: letters, digits, underscores; the number tells apart.
    let symbol: String = spec
        .hir
        .name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' })
        .collect();
    FunctionInfo {
        ir_name: format!("{symbol}.{}", id.0),
        qualname,
        filename: source.filename.clone(),
        first_line: source.first_line,
        internal,
        root: root(engine, &spec.key),
        nested: engine.is_nested(&spec.key),
        outlined: spec.hir.inner.as_ref().is_some_and(|inner| inner.outlined),
    }
}

/// The handle of the user's function that a function is or is nested in.
fn root(engine: &Engine, key: &FunctionKey) -> Option<u64> {
    match key {
        FunctionKey::User(handle) | FunctionKey::Initializer(handle) => Some(*handle),
        FunctionKey::Body(..) | FunctionKey::Kernel(_) => None,
        FunctionKey::Inner(outer, _) => root(engine, outer),
        FunctionKey::Nested(id) => root(engine, &engine.nested[*id as usize].root),
    }
}

/// The name of a function in tracebacks, and whether it is left out there.
pub(crate) fn qualname(engine: &Engine, key: &FunctionKey) -> (String, bool) {
    match key {
        FunctionKey::User(handle) | FunctionKey::Initializer(handle) => {
            (engine.user_functions[handle].qualname.clone(), false)
        }
        FunctionKey::Body(file, name) => (format!("{file}.{name}"), true),
        FunctionKey::Kernel(id) => (format!("kernel {id}"), true),
        FunctionKey::Inner(outer, _) => {
            let (outer, internal) = qualname(engine, outer);
            (format!("{outer}.<locals>.<genexpr>"), internal)
        }
        FunctionKey::Nested(id) => {
            let nested = &engine.nested[*id as usize];
            let (outer, internal) = qualname(engine, &nested.parent);
            if nested.hir.inner.as_ref().is_some_and(|inner| inner.outlined) {
                return (outer, internal);
            }
            (format!("{outer}.<locals>.{}", nested.hir.name), internal)
        }
    }
}

/// A lowered program: the module, its entry wrapper, and its functions.
pub struct Program {
    /// All functions.
    pub module: Module,
    /// The wrapper `(ptr, ptr) -> ()`.
    pub entry: FuncId,
    /// Functions for tracebacks.
    pub functions: Vec<FunctionInfo>,
    /// Where the result is a generator.
    pub generator: Option<GeneratorResult>,
    /// Parallel loops for a device.
    pub on_device: Vec<Found>,
}

/// What the boundary must know of a generator that a function returns.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct GeneratorResult {
    /// Name of the wrapper of the function that resumes: from the frame to whether there
    /// is an item, and the item.
    pub resume: String,
    /// Type of the items.
    pub item: Ty,
    /// Type of what it returns.
    pub given: Ty,
    /// The first slot for what is sent and its type, where the generator uses it.
    pub sent: Option<(usize, Ty)>,
    /// Whether it uses what is sent, or passes it on.
    pub takes_sent: bool,
    /// Whether it has something to do when it is closed.
    pub cleans_up: bool,
    /// Name as Python shows it.
    pub qualname: String,
}

impl GeneratorResult {
    /// The slot of the frame where what the generator has returned begins.
    pub const GIVEN_SLOT: usize = generators::GIVEN_SLOT as usize;
    /// The state, in slot 0, of a generator at which an exception is thrown before it has
    /// begun. Where it waits, 1 is added to the state.
    pub const THROWN_AT_START: i64 = generators::THROWN_AT_START;
}

/// The function of a specialization, and all that it reaches.
fn functions(engine: &Engine, root: SpecId) -> (Module, Targets, FuncId) {
    let mut module = Module::new();
    let mut targets = Targets {
        ids: FxHashMap::default(),
        queue: Vec::new(),
        frames: FxHashMap::default(),
        infos: Vec::new(),
        cleanups: Cleanups::and_stops(engine),
        closers: FxHashMap::default(),
        warning: FxHashMap::default(),
        droppers: FxHashMap::default(),
        block_entries: FxHashMap::default(),
        on_device: Vec::new(),
        reaching: match engine.device {
            true => BTreeSet::new(),
            false => reaching(engine),
        },
        user_exceptions: exceptions::named_by_user(engine),
    };
    let mut lines = LineTable::new();
    let callee = targets.get(engine, &mut module, root);
    if let Some((of, _)) = resumed(engine, root) {
        targets.get(engine, &mut module, of);
    }
    while let Some(id) = targets.queue.pop() {
        let function = targets.ids[&id];
        let lowered = function::lower_function(engine, id, &mut module, &mut targets, &mut lines);
        module.functions[function.index()] = lowered;
    }
    for id in targets.block_entries.keys() {
        let arrays = entry::arrays_of(&engine.spec(*id).args);
        module.functions[targets.ids[id].index()].arrays = arrays;
    }
    parallel::settle(&mut module);
    races::watch(&mut module, &targets.infos);
    if engine.device {
        device::strip(&mut module);
    }
    (module, targets, callee)
}

/// The generator that a specialization gives, and its items' type.
fn resumed(engine: &Engine, root: SpecId) -> Option<(SpecId, Ty)> {
    match &engine.spec(root).ret {
        Some(Ty::Generator(of, item)) => {
            let item = if **item == Ty::Unbound { Ty::None } else { (**item).clone() };
            Some((SpecId(*of), item))
        }
        _ => None,
    }
}

/// Lowers a specialization and all that it reaches.
pub fn lower(engine: &Engine, root: SpecId) -> Program {
    let (mut module, mut targets, callee) = functions(engine, root);
    let resumed = resumed(engine, root);
    let resume = resumed.as_ref().map(|(of, _)| targets.ids[of]);
    let spec = engine.spec(root);
    // A call of a generator function makes the generator; what runs is `resume`'s.
    let called = match spec.hir.generator {
        true => {
            let plan = targets.frame_plan(engine, root);
            generators::maker(&mut module, &plan, spec)
        }
        false => callee,
    };
    let entry = entry::wrapper(&mut module, called, &spec.args, spec.ret.as_ref());
    if engine.device {
        module.functions[callee.index()].arrays = device::arrays_of(&spec.args);
    }
    let generator = resumed.zip(resume).map(|((of, item), resume)| {
        let wrapper = entry::resume_wrapper(&mut module, resume);
        GeneratorResult {
            resume: module.function(wrapper).name.clone(),
            item,
            given: generators::given_type(engine.spec(of)).unwrap_or(Ty::None),
            sent: targets
                .frame_plan(engine, of)
                .sent()
                .map(|(slot, ty)| (slot as usize, ty.clone())),
            takes_sent: engine.takes_sent(of),
            cleans_up: targets.cleanups.of(of.0),
            qualname: qualname(engine, &engine.spec(of).key).0,
        }
    });
    let Targets { infos: functions, on_device, .. } = targets;
    Program { module, entry, functions, generator, on_device }
}
