//! The untyped middle form: Python's operations over SSA values with block
//! parameters. Built from the syntax tree (`build/`), typed by `infer/`, turned
//! into IR by `lower/`.
//!
//! Every variable is already SSA here; evaluation order is that of the
//! instructions. Loops are canonical: a preheader that only jumps to the header,
//! one latch that ends in a jump to the header, exits by branches. The syntax tree
//! is gone: a span is all that is left of it.

use cumbia_abi::exceptions::class_number;
use cumbia_diagnostics::{SourceId, Span};
use std::sync::Arc;

/// An SSA value: index into [`HirFunction::values`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct HValue(pub u32);

/// A block: index into [`HirFunction::blocks`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct HBlock(pub u32);

/// A constant in the source.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs)]
pub enum Const {
    None,
    Bool(bool),
    Int(i64),
    /// An integer beyond 64 bits, in decimal.
    BigInt(String),
    Float(f64),
    /// An imaginary literal: real part (0 unless folded), imaginary part.
    Complex(f64, f64),
    Str(Arc<str>),
    Bytes(Arc<[u8]>),
    Ellipsis,
}

/// Binary operators.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    TrueDiv,
    FloorDiv,
    Mod,
    Pow,
    MatMul,
    LShift,
    RShift,
    And,
    Or,
    Xor,
}

/// Unary operators; `not` is [`Op::Not`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum UnaryOp {
    Neg,
    Pos,
    Invert,
}

/// Comparisons. A chain is several, joined by branches.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum CompareOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Is,
    IsNot,
    In,
    NotIn,
}

impl CompareOp {
    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            CompareOp::Eq => "==",
            CompareOp::Ne => "!=",
            CompareOp::Lt => "<",
            CompareOp::Le => "<=",
            CompareOp::Gt => ">",
            CompareOp::Ge => ">=",
            CompareOp::Is => "is",
            CompareOp::IsNot => "is not",
            CompareOp::In => "in",
            CompareOp::NotIn => "not in",
        }
    }

    /// The operator that says the same of the operands the other way round.
    pub fn swapped(self) -> CompareOp {
        match self {
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
            other => other,
        }
    }
}

/// What a display or comprehension makes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum Container {
    List,
    Set,
    Dict,
}

impl Container {
    /// Python's name.
    pub fn name(self) -> &'static str {
        match self {
            Container::List => "list",
            Container::Set => "set",
            Container::Dict => "dict",
        }
    }
}

/// What a pattern of `match` asks of a value.
#[derive(Clone, PartialEq, Debug)]
pub enum PatternTest {
    /// Whether it is `None`, `True` or `False`.
    Is(Const),
    /// Whether it is a sequence of so many items.
    Length(i64),
    /// Whether it is a sequence of at least so many items.
    AtLeast(i64),
    /// Whether it is a mapping.
    Mapping,
    /// Whether it is an instance of a class.
    Class,
    /// Its part for a position of a class pattern.
    Position(u32),
}

/// Where a name that isn't local is found.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NameKind {
    /// In the function's globals, then in `builtins`.
    Global,
    /// In an enclosing function (a closure cell).
    Free,
    /// A function of a library body, as `file.name`: nobody can bind it otherwise.
    Library,
}

/// One argument of a call.
#[derive(Clone, PartialEq, Debug)]
pub struct CallArg {
    /// The keyword, if there is one; `**` for `**value`.
    pub name: Option<Arc<str>>,
    /// The value.
    pub value: HValue,
    /// Whether it is `*value` or `**value`.
    pub starred: bool,
}

/// What the branch taken says about a value that was tested.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Refinement {
    /// It is `None`.
    IsNone,
    /// It isn't `None`.
    NotNone,
    /// It is true.
    Truthy,
    /// It is false.
    Falsy,
    /// What `callee(value, classes)` gave, which says something about the value if the
    /// callee is `isinstance`.
    Instance(HValue, HValue, bool),
}

/// An operation.
#[derive(Clone, PartialEq, Debug)]
pub enum Op {
    /// The same value, known better: at the start of a branch, of the variable that
    /// was tested. It makes no code of its own.
    Refine(HValue, Refinement),
    /// A constant.
    Const(Const),
    /// A name that isn't local.
    Name(Arc<str>, NameKind),
    /// Unary operator.
    Unary(UnaryOp, HValue),
    /// Binary operator; the flag is true for the augmented form (`+=`), whose
    /// result is then assigned.
    Binary(BinaryOp, HValue, HValue, bool),
    /// One comparison.
    Compare(CompareOp, HValue, HValue),
    /// `not value`
    Not(HValue),
    /// Whether a value is true, where a branch or `and` asks: of instances, whose classes may
    /// have a method for it. Only in the form of a function that needs it (`build::Form`).
    Truth(HValue),
    /// `value.name`
    Attr(HValue, Arc<str>),
    /// `value[index]`
    Item(HValue, HValue),
    /// `value[index] = item`: no result.
    SetItem(HValue, HValue, HValue),
    /// `value.name = item`: no result.
    SetAttr(HValue, Arc<str>, HValue),
    /// A tuple display.
    Tuple(Vec<HValue>),
    /// A list, set or dict display; a dict's are key, value, key, value ...
    Display(Container, Vec<HValue>),
    /// An item (key and value) is added to the container that a display or
    /// comprehension makes: no result.
    Insert(Container, HValue, Vec<HValue>),
    /// All items of an iterable (for a dict: of a mapping) are added to it: no result.
    Extend(Container, HValue, HValue),
    /// A field of an f-string: the value, the conversion (`s`, `r`, `a`), the format.
    Format(HValue, Option<char>, Option<HValue>),
    /// The parts of an f-string, joined.
    Concat(Vec<HValue>),
    /// `start:stop:step`
    Slice([Option<HValue>; 3]),
    /// `callee(args ...)`
    Call(HValue, Vec<CallArg>),
    /// `a, b, c = value`: as many results as targets; the length is checked.
    Unpack(HValue),
    /// `iter(value)` of a `for` loop; the loop's place, if it can be unrolled.
    Iter(HValue, Option<LoopPlace>),
    /// The position before the first item; whether the loop is unrolled.
    IterStart(HValue, bool),
    /// `next` from a position: whether there is an item, and what tells which.
    IterNext(HValue, HValue),
    /// The item that `IterNext` has found.
    IterItem(HValue, HValue),
    /// The position after the item that `IterNext` has found.
    PosNext(HValue, HValue),
    /// A variable that isn't assigned on this path.
    Unbound,
    /// The variable's value, or UnboundLocalError naming it.
    CheckBound(HValue, Arc<str>),
    /// Gives a value to whoever resumes the generator: what was sent to it then, and where
    /// the suspension delegates, whether an exception was thrown, which is on its way.
    Yield(HValue, Box<Suspension>),
    /// What was sent goes on to what `yield from` goes over: no result.
    Delegate(HValue, HValue),
    /// The exception that was thrown goes on to what `yield from` goes over: no result.
    DelegateThrow(HValue),
    /// A use without effect: the variable or loop has the value until here. Only of values
    /// whose last reference does something when it goes (`infer/cleanup.rs`). No result.
    Keep(HValue),
    /// What an iterable that has come to its end returned: of a generator, its own value.
    Given(HValue),
    /// A generator expression, by its number in [`HirFunction::children`], with the first
    /// iterable and the captured variables.
    Generator(u32, Vec<HValue>),
    /// A test of a `match` pattern on a value, for a class with that class.
    PatternTest(PatternTest, HValue, Option<HValue>),
    /// At least so many items for `a, *b = value`, or ValueError: no result.
    CheckItems(HValue, u32),
    /// `del value[index]`: no result.
    DelItem(HValue, HValue),
    /// A place where a running loop can be interrupted: in each latch.
    Poll,
    /// A function defined here: its position in [`HirFunction::nested`], the variables
    /// it captures (values or cells), its defaults in order of the parameters.
    Closure(u32, Vec<HValue>, Vec<HValue>),
    /// The nested function itself that this is, from what it captures and its defaults.
    SelfClosure(Vec<HValue>, Vec<HValue>),
    /// A new cell for a variable of this name, without a value.
    CellNew(Arc<str>),
    /// The value in a cell, or NameError naming the variable (UnboundLocalError where
    /// the flag says that the variable is this function's own).
    CellGet(HValue, Arc<str>, bool),
    /// Puts a value into a cell: no result.
    CellSet(HValue, HValue),
    /// A captured variable's value, or NameError naming it.
    CheckFree(HValue, Arc<str>),
    /// The items of `*value` in a display, as a tuple; with a number, what `a, *b = value`
    /// with so many targets in front takes items from: a tuple, a list or an array.
    Splat(HValue, Option<u32>),
    /// The exception that led to this block, which is being handled from here on. First
    /// in the block that handler edges lead to.
    Catch,
    /// The exception caught last is handled: its value. No result.
    EndCatch(HValue),
    /// Whether an exception is of a class, or of one in a tuple of classes.
    ExcMatch(HValue, HValue),
    /// `super().name`, or `Base.__init__` where an `__init__` makes the instance: what
    /// `super` or the base is, the instance (or its class, while it isn't made), the name.
    SuperAttr(HValue, HValue, Arc<str>),
    /// A new instance: its class, or an object that its base has made, and attributes with
    /// values. One whose variable has no value isn't set.
    Instance(HValue, Vec<Arc<str>>, Vec<HValue>),
    /// An attribute of an instance that isn't made yet: its variable, or that of the object
    /// that the base has made.
    InitField(HValue, Option<HValue>, Arc<str>),
    /// Of a parallel loop (`build/parallel.rs`), with its operands.
    Parallel(ParallelOp, Vec<HValue>),
    /// Of a value of several types ([`crate::types::Ty::Union`]): whether it is of the one at
    /// a position (`infer/paths.rs`). Never in the HIR of a function's text.
    IsOf(HValue, u32),
    /// Such a value, where it is known to be of the type at a position.
    AsOf(HValue, u32),
    /// Part of what elementwise operations became (`infer/fusion.rs`): the values that it
    /// uses. Never in the HIR of a function's text.
    Fused(Vec<HValue>),
}

/// What belongs to a parallel loop. The loop's body is a nested function, *outlined*, of a
/// first turn, one behind the last, and what the loop goes over.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ParallelOp {
    /// In the outlined function: the part of a range (its first operand) between two
    /// positions; whether it is known to begin with 0.
    Span(bool),
    /// In the outlined function: what its reduction begins with, from the variable's value
    /// before the loop; for `min` and `max` the function follows. What an associative function
    /// reduces begins without a value.
    Begin(Reduction),
    /// In the outlined function: the first value that an associative function would combine, in
    /// the form that the variable has: the variable's value before the loop, the value, the
    /// function.
    First,
    /// Whether a variable that an associative function reduces has a value yet.
    Has,
    /// The value of one that has.
    Held,
    /// In the outlined function of a loop that is watched for races: a turn with this value of
    /// the loop's variable begins.
    Turn,
    /// Of an array that is put together: a row for each block, from the array and what the loop
    /// goes over; `None` for a number, which may come where the flag says so.
    Parts(Reduction, bool),
    /// In the outlined function: the row of the block, from all of the array's, the block's first
    /// turn, what the loop goes over, and the rows of all arrays.
    Part,
    /// In the outlined function: its results, which may have no value, as a tuple.
    Results,
    /// In the outlined function: a turn begins, by its item; random numbers are its own from
    /// here on. No result.
    Draws,
    /// Runs the loop: the outlined function, what the loop goes over, rows for the blocks. Gives
    /// a record and the number of blocks.
    Run(ParallelHow),
    /// The results of a block: the outlined function, what the loop goes over, the record, the
    /// block.
    Block,
    /// The value of a variable, or another one's if that has one.
    Latest,
    /// The record isn't needed any more: no result.
    End,
    /// The value that a variable had before the loop, where an exception of the loop leads: not
    /// what it would have without threads. Refused where it is used.
    Lost,
}

/// Why a loop over `prange` is an ordinary one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SerialLoop {
    /// The function isn't compiled with `parallel=True`, or with `prange` switched off.
    NotAsked,
    /// It is in the body of another one that runs on several threads.
    Within(Span),
}

/// How a parallel loop is scheduled.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct ParallelHow {
    /// The bits of `cumbia_abi::parallel::how`.
    pub bits: i64,
}

impl ParallelHow {
    /// Whether the loop is watched for races.
    pub fn is_watched(self) -> bool {
        self.bits & cumbia_abi::parallel::how::WATCHED != 0
    }

    /// Whether the loop is for a device.
    pub fn is_for_device(self) -> bool {
        self.bits & cumbia_abi::parallel::how::DEVICE != 0
    }
}

/// How the values that turns bring to a variable are put together.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum Reduction {
    /// `+=` and `-=`
    Sum,
    /// `*=` and `/=`
    Product,
    And,
    Or,
    Xor,
    /// `min`, `max`; whether the variable is the second argument.
    Extreme(bool),
    /// `and`, `or`
    AllOrAny,
    /// A function that is known to be associative.
    Associative,
    /// `if e < v: v = e`, perhaps with other variables that are bound there.
    Chosen,
}

/// A `for` loop of the text, as a number in [`HirFunction::loops`], and whether this form
/// of the function repeats the loop's body for each item.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LoopPlace {
    /// Which one.
    pub number: u32,
    /// Whether each item has a copy of the body.
    pub unrolled: bool,
}

/// How a `for` loop is found again when the function is built once more: where it starts
/// in the text and, for each unrolled loop around it, where that one starts and in which
/// of its copies this one is.
pub type LoopPath = Vec<(u32, u32)>;

/// One instruction.
#[derive(Clone, PartialEq, Debug)]
pub struct HirInst {
    /// The operation.
    pub op: Op,
    /// Results: one, but none for `SetItem`, `SetAttr`, `Insert`, `Extend`, `CellSet`, `Poll`, `Keep`,
    /// `EndCatch` and delegation, two for `IterNext`, one or two for `Yield`, and several for `Unpack`.
    pub results: Vec<HValue>,
    /// Its place in the source.
    pub span: Span,
}

/// How a generator waits at a `yield`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Suspension {
    /// The exceptions that are being handled there, outermost first.
    pub handled: Vec<HValue>,
    /// Whether something runs when it never goes on: a `finally`, or a handler that may
    /// catch GeneratorExit.
    pub guarded: bool,
    /// Whether the value that is sent is used.
    pub wanted: bool,
    /// Whether this is a `yield from`: two results.
    pub delegates: bool,
}

/// A jump with arguments for the target's parameters.
#[derive(Clone, PartialEq, Debug)]
pub struct Edge {
    /// Where to.
    pub block: HBlock,
    /// One value for each parameter.
    pub args: Vec<HValue>,
}

/// The end of a block.
#[derive(Clone, PartialEq, Debug)]
pub enum Terminator {
    /// To a block.
    Jump(Edge),
    /// By the truth of a value.
    Branch {
        /// Tested as by `if`.
        cond: HValue,
        /// When true.
        then: Edge,
        /// When false.
        otherwise: Edge,
    },
    /// Leave with a value.
    Return(HValue),
    /// `raise class(args ...) from cause`, and what a failed `assert` does.
    Raise {
        /// The class, or an exception that was caught, as a value.
        class: HValue,
        /// The arguments, empty for a bare class.
        args: Vec<HValue>,
        /// What follows `from`.
        cause: Option<HValue>,
    },
    /// A caught exception goes on as it came: a bare `raise`, or no handler fits.
    Reraise(HValue),
    /// Not reached (after what was refused).
    Unreachable,
}

/// One block.
#[derive(Clone, PartialEq, Debug)]
pub struct HirBlock {
    /// Parameters.
    pub params: Vec<HValue>,
    /// Instructions.
    pub insts: Vec<HirInst>,
    /// End.
    pub terminator: Terminator,
    /// Place of the end.
    pub terminator_span: Span,
    /// Whether this is a loop's header.
    pub loop_header: bool,
    /// Where an exception of any instruction or of the terminator leads. The arguments
    /// are values at the *start* of the block: an assignment inside a `try` body ends its
    /// block.
    pub handler: Option<Edge>,
}

/// What is known about a value beside its definition.
#[derive(Clone, PartialEq, Debug)]
pub struct ValueInfo {
    /// The variable it is a version of, for diagnostics.
    pub name: Option<Arc<str>>,
    /// Where it is made.
    pub span: Span,
}

/// How a parameter may be given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParamKind {
    /// Before `/`.
    PositionalOnly,
    /// By position or keyword.
    Plain,
    /// After `*`.
    KeywordOnly,
    /// `*args`
    VarArgs,
    /// `**kwargs`
    VarKeywords,
}

/// One parameter.
#[derive(Clone, PartialEq, Debug)]
pub struct Param {
    /// Name.
    pub name: Arc<str>,
    /// How it may be given.
    pub kind: ParamKind,
    /// Whether there is a default; its value comes from the function object (for
    /// library functions from [`Param::default_const`]).
    pub has_default: bool,
    /// The default if it is a constant display.
    pub default_const: Option<Const>,
    /// Place.
    pub span: Span,
}

/// What a function has that is nested in another one.
#[derive(Clone, PartialEq, Debug)]
pub struct Inner {
    /// Names of the variables it captures.
    pub captures: Vec<Arc<str>>,
    /// Whether it calls itself by its name, so that its defaults are passed along.
    pub recursive: bool,
    /// Whether some captured variable may change: kept in a cell.
    pub shares_cells: bool,
    /// Whether it is the body of a parallel loop.
    pub outlined: bool,
}

/// One function: the first block is the entry. Its parameters are the function's,
/// then for a nested one what it captures and, if it is recursive, its defaults.
#[derive(Clone, PartialEq, Debug)]
pub struct HirFunction {
    /// The text it comes from.
    pub source: SourceId,
    /// Name.
    pub name: Arc<str>,
    /// Place of the header line.
    pub span: Span,
    /// Parameters.
    pub params: Vec<Param>,
    /// Blocks.
    pub blocks: Vec<HirBlock>,
    /// Values.
    pub values: Vec<ValueInfo>,
    /// The `for` loops, in the order in which they are built.
    pub loops: Vec<LoopPath>,
    /// Whether a call makes a generator, which runs the body.
    pub generator: bool,
    /// Generator expressions of the body.
    pub children: Vec<HirFunction>,
    /// The functions defined in it.
    pub nested: Vec<Arc<HirFunction>>,
    /// Set for a function that is itself nested.
    pub inner: Option<Inner>,
    /// Of a generator: what its annotation says of the values that are sent to it.
    pub sends: Option<Arc<str>>,
    /// Of an `__init__` that makes the instance: whether anything had it before the end.
    pub made_early: bool,
    /// What is worth a warning: a place, and the text.
    pub warned: Vec<(Span, String)>,
    /// Loops over `prange` that are loops over `range`, and why: for diagnostics.
    pub serial: Vec<(Span, SerialLoop)>,
}

impl HirFunction {
    /// How many parameters the entry block has.
    pub fn entry_params(&self) -> usize {
        let hidden = self.inner.as_ref().map_or(0, |inner| {
            let defaults = if inner.recursive { self.default_count() } else { 0 };
            inner.captures.len() + defaults
        });
        self.params.len() + hidden
    }

    /// How many parameters have defaults.
    pub fn default_count(&self) -> usize {
        self.params.iter().filter(|p| p.has_default).count()
    }
}

impl Op {
    /// Whether it is the value that a parallel loop's exception leaves a variable with.
    pub fn is_lost(&self) -> bool {
        matches!(self, Op::Parallel(ParallelOp::Lost, _))
    }

    /// Whether the operation may raise, whatever the types are.
    pub fn may_raise(&self) -> bool {
        // Any other name may mean nothing.
        if let Op::Name(name, _) = self {
            return class_number(name).is_none();
        }
        !matches!(
            self,
            Op::Const(_)
                | Op::Tuple(_)
                | Op::Slice(_)
                | Op::Unbound
                | Op::Given(_)
                | Op::Keep(_)
                | Op::Catch
                | Op::EndCatch(_)
                | Op::ExcMatch(..)
                | Op::IsOf(..)
                | Op::AsOf(..)
                | Op::Parallel(
                    ParallelOp::End
                        | ParallelOp::Turn
                        | ParallelOp::Draws
                        | ParallelOp::Latest
                        | ParallelOp::Lost
                        | ParallelOp::Has
                        | ParallelOp::Held
                        | ParallelOp::Results,
                    _
                )
        )
    }

    /// Calls `f` with each operand.
    pub fn for_each_operand_mut(&mut self, mut f: impl FnMut(&mut HValue)) {
        match self {
            Op::Const(_) | Op::Name(..) | Op::Unbound | Op::Poll => {}
            Op::CellNew(_) | Op::Catch => {}
            Op::Fused(items) | Op::Parallel(_, items) => items.iter_mut().for_each(f),
            Op::SuperAttr(a, b, _) => {
                f(a);
                f(b);
            }
            Op::Instance(a, _, items) => {
                f(a);
                items.iter_mut().for_each(f);
            }
            Op::InitField(a, b, _) => {
                f(a);
                b.iter_mut().for_each(f);
            }
            Op::CellGet(a, ..) | Op::CheckFree(a, _) | Op::Splat(a, _) | Op::EndCatch(a) => f(a),
            Op::CellSet(a, b) | Op::ExcMatch(a, b) => {
                f(a);
                f(b);
            }
            Op::Closure(_, captures, defaults) | Op::SelfClosure(captures, defaults) => {
                captures.iter_mut().chain(defaults).for_each(f);
            }
            Op::Refine(a, refinement) => {
                f(a);
                if let Refinement::Instance(callee, classes, _) = refinement {
                    f(callee);
                    f(classes);
                }
            }
            Op::Unary(_, a) | Op::Not(a) | Op::Truth(a) | Op::Attr(a, _) | Op::Unpack(a) => f(a),
            Op::Iter(a, _) | Op::IterStart(a, _) | Op::CheckBound(a, _) => f(a),
            Op::Given(a) | Op::Keep(a) | Op::DelegateThrow(a) => f(a),
            Op::IsOf(a, _) | Op::AsOf(a, _) => f(a),
            Op::Yield(a, at) => {
                f(a);
                at.handled.iter_mut().for_each(f);
            }
            Op::Delegate(a, b) => {
                f(a);
                f(b);
            }
            Op::Binary(_, a, b, _)
            | Op::Compare(_, a, b)
            | Op::Item(a, b)
            | Op::SetAttr(a, _, b) => {
                f(a);
                f(b);
            }
            Op::IterNext(a, b) | Op::IterItem(a, b) | Op::PosNext(a, b) => {
                f(a);
                f(b);
            }
            Op::SetItem(a, b, c) => {
                f(a);
                f(b);
                f(c);
            }
            Op::Tuple(items)
            | Op::Display(_, items)
            | Op::Concat(items)
            | Op::Generator(_, items) => items.iter_mut().for_each(f),
            Op::Insert(_, a, items) => {
                f(a);
                items.iter_mut().for_each(f);
            }
            Op::PatternTest(_, a, b) => {
                f(a);
                b.iter_mut().for_each(f);
            }
            Op::CheckItems(a, _) => f(a),
            Op::DelItem(a, b) => {
                f(a);
                f(b);
            }
            Op::Extend(_, a, b) => {
                f(a);
                f(b);
            }
            Op::Format(a, _, b) => {
                f(a);
                b.iter_mut().for_each(f);
            }
            Op::Slice(parts) => parts.iter_mut().flatten().for_each(f),
            Op::Call(callee, args) => {
                f(callee);
                args.iter_mut().for_each(|a| f(&mut a.value));
            }
        }
    }
}

impl HirBlock {
    /// The edges out of the block: those of its end, then the handler's.
    pub fn edges(&self) -> impl Iterator<Item = &Edge> {
        let (a, b) = match &self.terminator {
            Terminator::Jump(edge) => (Some(edge), None),
            Terminator::Branch { then, otherwise, .. } => (Some(then), Some(otherwise)),
            _ => (None, None),
        };
        a.into_iter().chain(b).chain(&self.handler)
    }

    /// Whether an exception can start in the block, for all that its operations say.
    pub fn may_raise(&self) -> bool {
        let ends_so = match &self.terminator {
            Terminator::Raise { .. } | Terminator::Reraise(_) => true,
            // The truth of what comes from elsewhere, which may be an array.
            Terminator::Branch { cond, .. } => {
                !self.insts.iter().any(|inst| inst.results.contains(cond))
            }
            _ => false,
        };
        ends_so || self.insts.iter().any(|inst| inst.op.may_raise())
    }
}

impl Terminator {
    /// Calls `f` with each operand, edges' arguments included.
    pub fn for_each_operand_mut(&mut self, mut f: impl FnMut(&mut HValue)) {
        match self {
            Terminator::Jump(edge) => edge.args.iter_mut().for_each(f),
            Terminator::Branch { cond, then, otherwise } => {
                f(cond);
                then.args.iter_mut().for_each(&mut f);
                otherwise.args.iter_mut().for_each(f);
            }
            Terminator::Return(value) => f(value),
            Terminator::Raise { class, args, cause } => {
                f(class);
                args.iter_mut().for_each(&mut f);
                cause.iter_mut().for_each(f);
            }
            Terminator::Reraise(value) => f(value),
            Terminator::Unreachable => {}
        }
    }
}
