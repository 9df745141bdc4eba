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

mod associative;
mod atomic;
pub mod attributes;
mod binding;
pub mod buffers;
mod calls;
pub mod cleanup;
pub mod closures;
mod collections;
mod comparing;
pub mod containers;
pub mod contexts;
pub mod device;
mod dtype_questions;
mod dtypes;
mod elementwise;
mod engine;
pub mod equality;
pub mod exceptions;
mod expressions;
mod failing;
pub mod flags;
mod flat_elements;
mod forms;
mod fusion;
mod fusion_groups;
mod generators;
pub mod index;
mod instances;
pub mod introspection;
pub mod iteration;
mod join;
mod kernels;
mod keywords;
mod late_axis;
pub mod linked;
mod methods;
pub mod names;
mod narrowing;
mod objects;
pub mod origins;
mod overloads;
mod parallel;
mod paths;
mod patterns;
pub mod records;
mod sequences;
mod sites;
pub mod stored_fields;
pub mod structural;
pub mod structured;
mod subscripts;
mod summing;
mod sweep;
mod telling;
mod templates;
pub mod texts;
pub mod times;
mod tuples;
mod ufuncs;
pub mod views;
mod watching;
mod wide;

pub use closures::{Cell, Nested};
pub use expressions::{any_item, transposed, tuple_item};
pub use generators::sent_value;
pub use join::{
    are_constant_functions, choice_index, is_constant_function, is_function, join, runtime_form,
    union, union_index,
};
pub use watching::Look;

use crate::build::Form;
use crate::environment::{ArrayContent, Automatic, Environment, FunctionSource, Global};
use crate::hir::{CallArg, HBlock, HValue, HirBlock, HirFunction, Op, Terminator};
use crate::types::{Lazy, Lit, Ty};
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
    /// An `__init__` of the user's in the form that makes the instance.
    Initializer(u64),
    /// A library body: file and name.
    Body(&'static str, &'static str),
    /// A generator expression: the function around it, the place in its text.
    Inner(Arc<FunctionKey>, u32),
    /// A function nested in another one: position in [`Engine::nested`].
    Nested(u32),
    /// Fused elementwise operations: position in [`Engine::kernels`].
    Kernel(u32),
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
    /// A field of an object, by name.
    Attribute(HValue, Arc<str>),
    /// What is known when compiling, by its type.
    Unit(Ty),
}

/// What inference decided about an instruction.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Action {
    /// The operation and the types say it all.
    #[default]
    Plain,
    /// A name or module attribute is this object.
    Global(Global),
    /// What is named doesn't exist, or the operation fails for all values of its operands'
    /// types: the class and the text of what Python raises.
    Missing(&'static str, Arc<str>),
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
    /// A new collection: made empty, then given to a specialization with these arguments.
    Collect(SpecId, Vec<ArgFrom>),
    /// An elementwise operation on arrays, until it is fused with others.
    Elementwise,
    /// A record of these fields, and what is called with it then: `__post_init__`.
    Construct(Vec<ArgFrom>, Option<SpecId>),
    /// A call of a specialization whose result's truth is negated: `!=` by `__eq__`.
    Negated(SpecId, Vec<ArgFrom>),
    /// An attribute that isn't there: the text of the AttributeError.
    NoAttribute(Arc<str>),
    /// The processor's flags of floating-point errors are cleared.
    ClearFlags,
    /// They are read, and where they say so NumPy looks again.
    Look(Rc<Look>),
    /// An array in shared or local memory.
    KernelArray(Rc<device::KernelArray>),
    /// An array whose elements are part of the code.
    ConstantArray(Rc<(Ty, ArrayContent)>),
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
    /// Of a generator: the type of what it returns; `Ty::Unbound` where the types of
    /// several returns don't join.
    pub gives: Option<Ty>,
    /// Of a generator: the type of the values that are sent to it, `Ty::None` where only
    /// `None` is; nothing as long as nobody has said.
    pub sent: Option<Ty>,
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
    /// Paths that are to be told apart by types.
    paths: paths::Paths,
    /// Whether another form of the function is asked for.
    new_form: bool,
    /// What is special about the form that `hir` has.
    form: Form,
    /// Ufuncs of the program whose calls are elementwise operations, by the calls' results.
    ufuncs: FxHashMap<HValue, Rc<ufuncs::FusedUfunc>>,
    /// The HIR before elementwise operations were fused.
    unfused: Option<Rc<HirFunction>>,
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
    /// What bodies of the library do on several threads.
    automatic: Automatic,
    /// Whether what is compiled is for a device.
    pub device: bool,
    /// Whether functions of `math` give `float32` of `float32`.
    pub single: bool,
    /// The minor version of the Python that runs.
    pub python_minor: u8,
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
    /// Kernels of fused elementwise operations.
    pub kernels: Vec<Rc<HirFunction>>,
    kernel_index: FxHashMap<String, u32>,
    /// Variables that closures share.
    pub cells: Vec<Cell>,
    cell_index: FxHashMap<(SpecId, Arc<str>), u32>,
    /// How often the type of a cell's content has changed.
    cell_epoch: u64,
    /// Whether a site of a specialization that was done has changed.
    outdated: bool,
    /// Whether something is thrown at a generator by its method.
    throws: bool,
    /// Whether some generator may have something to do when it is dropped.
    guarded: bool,
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
        Ty::Lit(Lit::Wide(_)) => Some(true),
        Ty::Tuple(items) => Some(!items.is_empty()),
        Ty::Closure(_) | Ty::Choice(_) => Some(true),
        Ty::Keywords(items) => Some(!items.is_empty()),
        Ty::Record(class, items) if class.is_tuple() => Some(!items.is_empty()),
        Ty::Record(class, _) | Ty::Object(class, _) => class.always_true.then_some(true),
        Ty::Member(class, at) if class.is_int => names::global_type(&class.members[*at as usize].1)
            .and_then(|value| constant_truth(&value)),
        Ty::Member(class, at) if class.is_str => names::global_type(&class.members[*at as usize].1)
            .and_then(|value| constant_truth(&value)),
        Ty::Enum(class) if class.is_str => {
            let some = |value: &Global| matches!(value, Global::Str(s) if !s.is_empty());
            class.members.iter().all(|(_, value)| some(value)).then_some(true)
        }
        Ty::Member(class, at) if class.flags.is_some() => Some(class.code(*at) != 0),
        Ty::Member(class, _) | Ty::Enum(class)
            if !class.is_int && !class.is_flag && class.flags.is_none() =>
        {
            Some(true)
        }
        Ty::Lazy(Lazy::Class | Lazy::Traceback | Lazy::Manager(_), _) | Ty::Exception => Some(true),
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

/// Two types where paths meet.
enum Meeting {
    Type(Ty),
    /// A container's element type has changed: the next sweep will tell.
    NotYet,
    Never,
}

/// A numeric error with its place.
impl Engine<'_> {
    /// The text of a place.
    pub(crate) fn text_of(&self, span: Span) -> &str {
        let text = &self.sources.get(span.source).text;
        text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

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

    /// The IR place of a span.
    pub fn loc(&mut self, sources: &Sources, span: Span) -> cumbia_ir::Loc {
        let source: &Source = sources.get(span.source);
        let starts = self.starts.entry(span.source).or_insert_with(|| {
            let newlines = source.text.bytes().enumerate().filter(|&(_, b)| b == b'\n');
            std::iter::once(0).chain(newlines.map(|(i, _)| i as u32 + 1)).collect()
        });
        let line = starts.partition_point(|&s| s <= span.start) - 1;
        // Most end on the line where they start.
        let mut end_line = line;
        if starts.get(line + 1).is_some_and(|&next| next <= span.end) {
            end_line = starts.partition_point(|&s| s <= span.end) - 1;
        }
        cumbia_ir::Loc {
            line: source.first_line + line as u32,
            col: span.start - starts[line],
            end_line: source.first_line + end_line as u32,
            end_col: span.end - starts[end_line],
        }
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
        Op::Delegate(..)
            | Op::DelegateThrow(_)
            | Op::Keep(_)
            | Op::CheckItems(..)
            | Op::DelItem(..)
            | Op::SetItem(..)
            | Op::SetAttr(..)
            | Op::Insert(..)
            | Op::Extend(..)
            | Op::CellSet(..)
            | Op::Poll
            | Op::EndCatch(_)
            | Op::Parallel(
                crate::hir::ParallelOp::End
                    | crate::hir::ParallelOp::Turn
                    | crate::hir::ParallelOp::Draws,
                _
            )
    )
}
