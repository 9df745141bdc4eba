//! Syntax tree to HIR, one file per syntax family.
//!
//! `kept.rs` syntax trees of library functions, `function.rs` parameters and the body as a whole, `statements.rs`, `assign.rs`,
//! `loops.rs`, `contexts.rs`, `conditions.rs`, `constants.rs`, `expressions.rs`, `displays.rs`, `calls.rs`,
//! `closures.rs` nested functions; `ssa.rs` and
//! `finish.rs` make the SSA form and know no syntax. The order of the instructions
//! is Python's order of evaluation.
//!
//! What isn't supported is refused by name ([`crate::unsupported`]) and built as
//! `None`, so that one call reports all refusals of a function. The function is not
//! typed here: a name that exists nowhere is none of this module's business.

mod accumulators;
mod assign;
mod associative;
mod calls;
mod closures;
mod comprehensions;
mod conditions;
mod constants;
mod contexts;
mod displays;
mod exceptions;
mod expressions;
mod finish;
mod function;
mod generators;
mod initializer;
mod kept;
mod loops;
mod narrowing;
mod parallel;
mod patterns;
mod races;
mod reductions;
mod ssa;
mod statements;

use crate::environment::{Called, FunctionSource};
use crate::hir::{Const, HBlock, HValue, HirFunction, LoopPath, Op, ParallelHow, SerialLoop};
use crate::parse::{self, Located, Wanted};
use crate::scope::{Resolution, Scope, Var};
use crate::unsupported::Construct;
use cumbia_diagnostics::{Diagnostic, Source, SourceId, Sources, Span};
use expressions::Captures;
pub(crate) use finish::finish;
pub(crate) use parallel::{called_by_loops, called_by_name};
use rustc_hash::{FxHashMap, FxHashSet};
use rustpython_parser::ast::Ranged;
use ssa::Ssa;
use std::borrow::Cow;
use std::sync::Arc;

/// Trees up to this depth are built on the caller's stack.
const DEPTH_ON_CALLERS_STACK: usize = 300;
/// Stack for one level of a tree; measured is less than a quarter.
const STACK_PER_LEVEL: usize = 16 << 10;

/// The form of a function that one specialization needs.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Form {
    /// How many copies of their body loops have that go over items of different types.
    pub unroll: FxHashMap<LoopPath, u32>,
    /// Where something happens when a value goes: the variables that have such values as
    /// long as in Python, and so have all loops what they go over.
    pub keep: Option<FxHashSet<Arc<str>>>,
    /// Whether tests of truth are operations: where an instance's method may be asked.
    pub truths: bool,
}

/// Builds a function again, in a form with unrolled loops. `source` is where its text is
/// among the sources.
///
/// # Errors
///
/// None that the first build didn't give.
pub fn rebuild_function(
    id: SourceId,
    source: &FunctionSource,
    form: &Form,
    makes_instance: bool,
) -> Result<HirFunction, Vec<Diagnostic>> {
    build_form(id, source, form, makes_instance)
}

/// Builds the HIR of a function from its text, which is added to `sources`.
///
/// # Errors
///
/// All refusals of the function, in the order of the text.
pub fn build_function(
    sources: &mut Sources,
    source: &FunctionSource,
) -> Result<HirFunction, Vec<Diagnostic>> {
    build_new(sources, source, false)
}

/// Builds an `__init__` in the form that makes the instance (`initializer.rs`).
///
/// # Errors
///
/// As [`build_function`].
pub fn build_initializer(
    sources: &mut Sources,
    source: &FunctionSource,
) -> Result<HirFunction, Vec<Diagnostic>> {
    build_new(sources, source, true)
}

fn build_new(
    sources: &mut Sources,
    source: &FunctionSource,
    makes_instance: bool,
) -> Result<HirFunction, Vec<Diagnostic>> {
    let id = sources.add(Source {
        filename: source.filename.clone(),
        first_line: source.first_line,
        text: source.text.to_string(),
    });
    build_form(id, source, &Form::default(), makes_instance)
}

fn build_form(
    id: SourceId,
    source: &FunctionSource,
    form: &Form,
    makes_instance: bool,
) -> Result<HirFunction, Vec<Diagnostic>> {
    if let Cow::Borrowed(text) = source.text
        && let Some(parsed) = kept::known(text)
    {
        return build_kept(&parsed, source, id, form, makes_instance);
    }
    let wanted = match source.lambda_offset {
        Some(offset) => Wanted::Lambda(offset),
        None => Wanted::Def(&source.name),
    };
    let located = parse::locate(&source.text, id, wanted).map_err(|d| vec![*d])?;
    if let Cow::Borrowed(text) = source.text
        && located.depth <= DEPTH_ON_CALLERS_STACK
    {
        let parsed = kept::parse(text, located).map_err(|d| vec![*d])?;
        return build_kept(&parsed, source, id, form, makes_instance);
    }
    on_sufficient_stack(located, |located| build_located(located, source, id, form, makes_instance))
}

/// Builds a library function from its tree.
fn build_kept(
    parsed: &kept::Parsed,
    source: &FunctionSource,
    id: SourceId,
    form: &Form,
    makes_instance: bool,
) -> Result<HirFunction, Vec<Diagnostic>> {
    let (start, end) = parsed.header;
    let header = Span { source: id, start, end };
    function::build(&parsed.ast, source, id, header, form, makes_instance)
}

/// Runs `f` on a thread of its own when the tree may be too deep for this stack.
fn on_sufficient_stack<T: Send>(
    located: Located,
    f: impl FnOnce(Located) -> Result<T, Vec<Diagnostic>> + Send,
) -> Result<T, Vec<Diagnostic>> {
    if located.depth <= DEPTH_ON_CALLERS_STACK {
        return f(located);
    }
    let header = located.header;
    let failed = |what: &str| vec![Diagnostic::error("CB0901", header, what)];
    let stack = located.depth * STACK_PER_LEVEL;
    std::thread::scope(|scope| {
        let thread =
            std::thread::Builder::new().stack_size(stack).spawn_scoped(scope, || f(located));
        match thread.map(|t| t.join()) {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(failed("the front end failed on this function")),
            Err(_) => Err(failed("there is no memory for compiling a function nested this deeply")),
        }
    })
}

fn build_located(
    located: Located,
    source: &FunctionSource,
    id: SourceId,
    form: &Form,
    makes_instance: bool,
) -> Result<HirFunction, Vec<Diagnostic>> {
    let header = located.header;
    let ast = located.parse().map_err(|d| vec![*d])?;
    function::build(&ast, source, id, header, form, makes_instance)
}

/// Where `break` and `continue` go.
struct LoopTargets {
    latch: HBlock,
    exit: HBlock,
    /// What it goes over, for a `for` loop.
    iterator: Option<HValue>,
    /// Number of regions around the loop.
    regions: usize,
}

/// A function being built.
struct Builder<'a> {
    ssa: Ssa,
    scope: &'a Scope,
    source: SourceId,
    text: &'a str,
    loops: Vec<LoopTargets>,
    /// What has to be done on the way out of `try` statements, innermost last.
    regions: Vec<exceptions::Region>,
    /// Copies of `finally` bodies made so far.
    finally_copies: usize,
    /// The variables of the comprehensions that are being built, outermost first.
    comprehensions: Vec<FxHashMap<Arc<str>, Var>>,
    /// Loops whose body is repeated for each item, and whether values are kept.
    form: &'a Form,
    /// The copies of unrolled loops that are being built, outermost first.
    copies: LoopPath,
    /// All `for` loops built so far.
    loop_paths: Vec<LoopPath>,
    diagnostics: Vec<Diagnostic>,
    /// Whether there is a `yield`.
    generator: bool,
    /// `try` bodies around whose handlers may catch GeneratorExit.
    guards: usize,
    /// Generator expressions, in the order in which they are built.
    children: Vec<HirFunction>,
    /// Scopes around a generator expression, outermost first.
    enclosing: Vec<&'a Scope>,
    /// Variables of comprehensions around it.
    enclosing_names: FxHashSet<Arc<str>>,
    captures: Captures,
    /// Generator expressions around this one.
    depth: usize,
    /// Functions defined so far.
    nested: Vec<Arc<HirFunction>>,
    /// Variables of comprehensions that functions in them use.
    shared: FxHashSet<Var>,
    /// The class whose body the function's text is in: private names have its name.
    class_name: Option<&'a str>,
    /// The first parameter.
    first_parameter: Option<Arc<str>>,
    /// Whether this is an `__init__` in the form that makes the instance.
    makes_instance: bool,
    /// Of such a form, until the instance is made.
    initializer: Option<initializer::Initializer>,
    /// The parameter that is the instance, once it is made.
    made_itself: Option<Arc<str>>,
    /// The minor version of the Python that runs.
    python_minor: u8,
    /// How loops over `prange` run on several threads, if they do.
    parallel: Option<ParallelHow>,
    /// Further names of `prange`.
    pranges: &'a [Arc<str>],
    /// Functions that names outside stand for.
    called: &'a [Called],
    /// Declared types of numbers.
    declared: &'a [(Arc<str>, Arc<str>)],
    /// What the function's names are bound to.
    bindings: &'a races::Bindings<'a>,
    /// What is read after parallel loops, once that is known.
    needed: Option<&'a parallel::Needed>,
    /// Set for the body of a parallel loop.
    outlined: Option<parallel::Outlined>,
    /// What is worth a warning.
    warned: Vec<(Span, String)>,
    /// Loops over `prange` that are ordinary ones, and why.
    serial: Vec<(Span, SerialLoop)>,
}

/// The class in whose body a function is, by its qualified name.
fn class_of(qualname: &str) -> Option<&str> {
    let (outer, _) = qualname.rsplit_once('.')?;
    match outer.strip_suffix(".<locals>") {
        Some(function) => class_of(function),
        None => outer.rsplit('.').next(),
    }
}

impl Builder<'_> {
    /// What a name stands for here.
    fn resolve(&self, name: &str) -> Resolution {
        match self.comprehensions.iter().rev().find_map(|scope| scope.get(name)) {
            Some(&var) => Resolution::Local(var),
            None => self.scope.resolve(name),
        }
    }

    /// An attribute's name as the class has it: a private one begins with the class's name.
    fn attribute_name(&self, name: &str) -> Arc<str> {
        let private = name.starts_with("__") && !name.ends_with("__");
        match self.class_name.map(|class| class.trim_start_matches('_')) {
            Some(class) if private && !class.is_empty() => format!("_{class}{name}").into(),
            _ => name.into(),
        }
    }

    fn span(&self, node: &impl Ranged) -> Span {
        let (start, end) = parse::range_of(node);
        Span { source: self.source, start, end }
    }

    /// The first line of a compound statement: where it starts to where its line
    /// ends.
    fn first_line(&self, node: &impl Ranged) -> Span {
        let span = self.span(node);
        let text = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        let line = text.split(['\n', '\r']).next().unwrap_or_default().trim_end();
        Span { end: span.start + line.len() as u32, ..span }
    }

    fn constant(&mut self, constant: Const, span: Span) -> HValue {
        // The parser has put a replacement character in the place of a surrogate.
        if let Const::Str(text) = &constant
            && text.contains(char::REPLACEMENT_CHARACTER)
            && names_surrogate(self.text.get(span.start as usize..span.end as usize).unwrap_or(""))
        {
            return self.refuse(Construct::Surrogate, span);
        }
        self.ssa.emit(Op::Const(constant), span)
    }

    /// Notes a refusal; the value that is used instead never gets any further.
    fn refuse(&mut self, construct: Construct, span: Span) -> HValue {
        self.diagnostics.push(construct.refuse(span));
        self.constant(Const::None, span)
    }
}

/// Whether a text has an escape of half of a surrogate pair: `\ud800` to `\udfff`.
fn names_surrogate(text: &str) -> bool {
    let escape = |start: &str| {
        text.match_indices(start).any(|(at, _)| {
            let digits = text.as_bytes().get(at + start.len()..at + start.len() + 2);
            matches!(digits, Some([b'd' | b'D', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F']))
        })
    };
    escape("\\u") || escape("\\U0000")
}
