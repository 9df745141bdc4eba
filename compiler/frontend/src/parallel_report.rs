//! What became of loops over `prange`, array expressions and calls of the library, for
//! `parallel_diagnostics`.
//!
//! Everything is read off what inference and lowering decided for one specialization and the
//! user's functions that it reaches: calls of outlined functions, of bodies of
//! `elementwise.py` with their kernels, and what the entries of blocks reach in the lowered
//! module. The text is asked for places alone. Nothing is compiled from this.

use crate::hir::{HirInst, Op, ParallelOp, Reduction, SerialLoop};
use crate::infer::{Action, Engine, FunctionKey, LineTable, SpecId, Specialization};
use crate::lower;
use crate::types::{Callable, Ty};
use cumbia_abi::parallel::{MOST_BLOCKS, MOST_PARTS, how};
use cumbia_diagnostics::Span;
use cumbia_ir::Module;
use std::collections::BTreeSet;

/// Where something runs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Run {
    /// On several threads.
    Parallel,
    /// On the thread that comes by.
    Serial,
}

/// A loop, an array expression or a call of the library.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Part {
    /// Line in the file.
    pub line: u32,
    /// Byte column.
    pub column: u32,
    /// Qualified name of the user's function.
    pub function: String,
    /// File or cell.
    pub filename: String,
    /// `loop`, `expression` or `call`.
    pub kind: &'static str,
    /// Its text.
    pub text: String,
    /// Where it runs.
    pub run: Run,
    /// Why it is serial, or what else decides.
    pub why: String,
    /// Further facts by their names.
    pub facts: Vec<(&'static str, String)>,
}

/// The parts of all of the user's functions that a specialization reaches, in the order of
/// their places.
pub(crate) fn of(engine: &Engine<'_>, module: &Module, root: SpecId) -> Vec<Part> {
    let mut report =
        Report { engine, module, lines: LineTable::new(), parts: BTreeSet::new(), threads: None };
    let mut seen = BTreeSet::new();
    let on_threads = report.run_by_threads(root);
    for id in reached(engine, root) {
        if !matches!(
            engine.root_key(&engine.spec(id).key),
            FunctionKey::User(_) | FunctionKey::Initializer(_)
        ) {
            continue;
        }
        seen.insert(id);
    }
    for id in seen {
        report.threads = on_threads.iter().find(|(spec, _)| *spec == id).map(|(_, at)| *at);
        report.function(id);
    }
    report.parts.into_iter().collect()
}

struct Report<'a, 'e> {
    engine: &'a Engine<'e>,
    module: &'a Module,
    lines: LineTable,
    parts: BTreeSet<Part>,
    /// The loop whose threads run the function at hand.
    threads: Option<Span>,
}

impl Report<'_, '_> {
    /// What runs in blocks of loops of the user's, with the loop.
    fn run_by_threads(&self, root: SpecId) -> Vec<(SpecId, Span)> {
        let mut found: Vec<(SpecId, Span)> = Vec::new();
        for id in reached(self.engine, root) {
            let spec = self.engine.spec(id);
            if !is_outlined(spec) || !self.is_user(id) {
                continue;
            }
            for inner in reached(self.engine, id) {
                if !found.iter().any(|(known, _)| *known == inner) {
                    found.push((inner, spec.hir.span));
                }
            }
        }
        found
    }

    fn is_user(&self, id: SpecId) -> bool {
        let root = self.engine.root_key(&self.engine.spec(id).key);
        matches!(root, FunctionKey::User(_) | FunctionKey::Initializer(_))
    }

    fn function(&mut self, id: SpecId) {
        let engine = self.engine;
        let spec = engine.spec(id);
        for (block, actions) in spec.hir.blocks.iter().zip(&spec.actions) {
            for (inst, action) in block.insts.iter().zip(actions) {
                let Action::Call(to, from) = action else { continue };
                match (&inst.op, &engine.spec(*to).key) {
                    (Op::Parallel(ParallelOp::Run(how), _), _) => {
                        self.parallel_loop(id, *to, how.bits, inst.span);
                    }
                    (Op::Fused(_), FunctionKey::Body(_, body)) => {
                        self.expression(id, *to, body, inst);
                    }
                    (Op::Call(..), FunctionKey::Body(..)) => {
                        let arrays = from.len().min(engine.spec(*to).args.len());
                        if engine.spec(*to).args[..arrays].iter().any(holds_array)
                            || engine.spec(*to).ret.as_ref().is_some_and(holds_array)
                        {
                            self.call(id, *to, inst);
                        }
                    }
                    (Op::SetItem(..), FunctionKey::Body(..)) => self.call(id, *to, inst),
                    _ => {}
                }
            }
        }
        for &(span, why) in &spec.hir.serial {
            let why = match (why, self.threads) {
                (SerialLoop::Within(around), _) => {
                    format!("in the body of the loop of line {}", self.line(around))
                }
                (SerialLoop::NotAsked, Some(around)) => {
                    format!("run by the loop of line {}", self.line(around))
                }
                (SerialLoop::NotAsked, None) => {
                    "the function isn't compiled with parallel=True, or with 'prange' off".into()
                }
            };
            self.add(id, "loop", span, Run::Serial, why, Vec::new());
        }
    }

    fn parallel_loop(&mut self, id: SpecId, body: SpecId, bits: i64, span: Span) {
        let engine = self.engine;
        let spec = engine.spec(body);
        let name = format!("block.{}", lower::info(engine, body).ir_name);
        let entry = self.module.find_function(&name);
        let callers = entry.and_then(|e| lower::parallel::reached_of_callers(self.module, e));
        let (run, why) = match (callers, self.threads) {
            (Some(name), _) => (Run::Serial, format!("its body {}", of_caller(name))),
            (None, Some(around)) => {
                (Run::Serial, format!("run by the loop of line {}", self.line(around)))
            }
            (None, None) => (Run::Parallel, String::new()),
        };
        let mut facts = Vec::new();
        let mut reduced = Vec::new();
        let insts = || spec.hir.blocks.iter().flat_map(|block| &block.insts);
        for inst in insts() {
            let how = match &inst.op {
                Op::Parallel(ParallelOp::Begin(reduction), _) => described(*reduction),
                Op::Parallel(ParallelOp::Part, _) => {
                    "by a row for each block, added in their order"
                }
                _ => continue,
            };
            let value = inst.results[0];
            let (Some(name), Some(ty)) =
                (&spec.hir.values[value.0 as usize].name, &spec.types[value.0 as usize])
            else {
                continue;
            };
            facts.push(match ty {
                // It begins without a value.
                Ty::Unbound => ("reduction", format!("{name} {how}")),
                ty => ("reduction", format!("{name} {how}: {ty}")),
            });
            reduced.push(name.clone());
        }
        let captures = spec.hir.inner.iter().flat_map(|inner| &inner.captures);
        let captures: Vec<_> = captures.cloned().collect();
        let mut private = BTreeSet::new();
        for (info, ty) in spec.hir.values.iter().zip(&spec.types) {
            let (Some(name), Some(ty)) = (&info.name, ty) else { continue };
            let own = !captures.contains(name) && !reduced.contains(name);
            if own && !name.starts_with('<') && !matches!(ty, Ty::Unbound) {
                private.insert(format!("{name}: {ty}"));
            }
        }
        facts.extend(private.into_iter().map(|text| ("private", text)));
        let hidden = spec.args.len().saturating_sub(captures.len());
        for (name, ty) in captures.iter().zip(&spec.args[hidden..]) {
            if !reduced.contains(name) && !name.starts_with('<') {
                facts.push(("shared", format!("{name}: {ty}")));
            }
        }
        let results = spec.ret.as_ref().map_or(0, |ty| ty.part_types().len());
        let rows = insts().any(|inst| {
            matches!(inst.op, Op::Parallel(ParallelOp::Part, _))
                && spec.types[inst.results[0].0 as usize].is_some()
        });
        let blocks = match results {
            _ if rows => format!(
                "at most {MOST_BLOCKS}, fewer for large arrays, put together in their order"
            ),
            0 => format!("one for each turn, at most {MOST_PARTS}"),
            _ => format!("one for each turn, at most {MOST_BLOCKS}, put together in their order"),
        };
        facts.push(("blocks", blocks));
        let schedule = match bits & (how::STATIC | how::DYNAMIC) {
            how::STATIC => "static",
            how::DYNAMIC => "dynamic",
            _ => "guided",
        };
        let chunk = match bits >> how::CHUNK_SHIFT {
            0 => String::new(),
            chunk => format!(", {chunk} turns at once"),
        };
        facts.push(("schedule", format!("{schedule}{chunk}")));
        let new = insts().zip(spec.actions.iter().flatten());
        let new = new.filter(|(inst, action)| makes_array(engine, spec, inst, action)).count();
        let allocations = match new {
            0 => "no array in a turn".to_owned(),
            1 => "one place makes an array in each turn that comes by; it isn't hoisted".to_owned(),
            n => format!("{n} places make an array in each turn that comes by; none is hoisted"),
        };
        facts.push(("allocations", allocations));
        self.add(id, "loop", span, run, why, facts);
    }

    fn expression(&mut self, id: SpecId, to: SpecId, body: &str, inst: &HirInst) {
        let Some(becomes) = sink(body) else { return };
        let args = &self.engine.spec(to).args;
        let Some(Ty::Callable(Callable::Kernel(kernel))) = args.first() else { return };
        let kernel = self.engine.kernels[*kernel as usize].clone();
        let steps = &kernel.blocks[0].insts;
        let mut facts = vec![("becomes", becomes.to_owned())];
        let fused = match steps.len() {
            1 => "one operation".to_owned(),
            n => format!("{n} operations in one loop, without temporaries"),
        };
        facts.push(("fused", fused));
        for step in steps {
            let text = self.engine.text_of(step.span).to_owned();
            facts
                .push(("operation", format!("line {}: {}", self.line(step.span), one_line(&text))));
        }
        let span = steps.last().map_or(inst.span, |last| last.span);
        let (run, why) = self.by_library(to);
        self.add(id, "expression", span, run, why, facts);
    }

    fn call(&mut self, id: SpecId, to: SpecId, inst: &HirInst) {
        let (run, why) = self.by_library(to);
        self.add(id, "call", inst.span, run, why, Vec::new());
    }

    /// Where a body of the library runs.
    fn by_library(&self, to: SpecId) -> (Run, String) {
        let engine = self.engine;
        let all = reached(engine, to);
        let on_threads = all.iter().any(|&id| is_outlined(engine.spec(id)) && !self.is_user(id));
        if let Some(around) = self.threads {
            let mut lines = LineTable::new();
            let line = lines.loc(&engine.sources, around).line;
            return (Run::Serial, format!("run by the loop of line {line}"));
        }
        if on_threads {
            return (Run::Parallel, "where there is enough to do".to_owned());
        }
        let blas = all.iter().any(|&id| {
            engine.spec(id).actions.iter().flatten().any(|action| {
                let Action::Structural(name) = action else { return false };
                matches!(&**name, "prim.matrix_product" | "prim.real_dot" | "prim.complex_dot")
            })
        });
        let why = match blas {
            true => "done by BLAS, which has threads of its own",
            false => "the library has no form of it for several threads, or it is switched off",
        };
        (Run::Serial, why.to_owned())
    }

    fn line(&mut self, span: Span) -> u32 {
        self.lines.loc(&self.engine.sources, span).line
    }

    fn add(
        &mut self,
        id: SpecId,
        kind: &'static str,
        span: Span,
        run: Run,
        why: String,
        facts: Vec<(&'static str, String)>,
    ) {
        let loc = self.lines.loc(&self.engine.sources, span);
        let source = self.engine.sources.get(span.source);
        self.parts.insert(Part {
            line: loc.line,
            column: loc.col,
            function: lower::qualname(self.engine, &self.engine.spec(id).key).0,
            filename: source.filename.clone(),
            kind,
            text: one_line(self.engine.text_of(span)),
            run,
            why,
            facts,
        });
    }
}

/// All that a specialization calls, itself included, in the order of their numbers.
fn reached(engine: &Engine<'_>, root: SpecId) -> BTreeSet<SpecId> {
    let mut seen = BTreeSet::new();
    let mut work = vec![root];
    while let Some(id) = work.pop() {
        if seen.insert(id) {
            engine.spec(id).actions.iter().flatten().for_each(|action| callees(action, &mut work));
        }
    }
    seen
}

pub(crate) fn callees(action: &Action, work: &mut Vec<SpecId>) {
    match action {
        Action::Call(to, _) | Action::Negated(to, _) | Action::Collect(to, _) => work.push(*to),
        Action::Construct(_, to) => work.extend(to),
        Action::Apply(inner, _) | Action::NotNone(inner) => callees(inner, work),
        Action::Choose(of) => of.iter().for_each(|one| callees(one, work)),
        _ => {}
    }
}

fn is_outlined(spec: &Specialization) -> bool {
    spec.hir.inner.as_ref().is_some_and(|inner| inner.outlined)
}

fn holds_array(ty: &Ty) -> bool {
    match ty {
        Ty::Array(_) => true,
        Ty::Tuple(items) => items.iter().any(holds_array),
        _ => false,
    }
}

/// Whether an instruction of the user's makes a new array by the library.
fn makes_array(
    engine: &Engine<'_>,
    spec: &Specialization,
    inst: &HirInst,
    action: &Action,
) -> bool {
    let Action::Call(to, _) = action else { return false };
    let result = inst.results.first().and_then(|r| spec.types[r.0 as usize].as_ref());
    match &engine.spec(*to).key {
        FunctionKey::Body("elementwise", name) => name.starts_with("compute"),
        FunctionKey::Body(..) => {
            matches!(inst.op, Op::Call(..)) && matches!(result, Some(Ty::Array(_)))
        }
        _ => false,
    }
}

/// What becomes of what a body of `elementwise.py` computes.
fn sink(body: &str) -> Option<&'static str> {
    Some(match body {
        "compute" | "compute_c" | "compute_f" => "a new array, or a number",
        "compute_where" => "a new array, where a mask is true",
        "update" => "written into its left operand",
        "deliver" => "written into out=",
        "update_where" => "written into out=, where a mask is true",
        "store" => "assigned to a view",
        "sum_of" => "a sum, of which no element is stored",
        "mean_of" | "mean_method_of" => "a mean, of which no element is stored",
        _ => return None,
    })
}

fn described(reduction: Reduction) -> &'static str {
    match reduction {
        Reduction::Sum => "by +; a block begins with 0",
        Reduction::Product => "by *; a block begins with 1",
        Reduction::And => "by &; a block begins with the variable's value",
        Reduction::Or => "by |; a block begins with the variable's value",
        Reduction::Xor => "by ^; a block begins with 0",
        Reduction::Extreme(_) => "by min or max; a block begins with the variable's value",
        Reduction::Associative => "by an associative function; a block begins with its first value",
        Reduction::AllOrAny => "by and, or; a block begins with the variable's value",
        Reduction::Chosen => "chosen by a comparison; a block begins with the variable's value",
    }
}

/// What a runtime function does that is for the calling thread alone.
fn of_caller(name: &str) -> &'static str {
    match name {
        n if n.starts_with("rng_") => {
            "draws from a Generator, which is one stream: np.random and random have one for each turn"
        }
        n if n.starts_with("print") => "prints",
        n if n.starts_with("warn") => "may warn",
        n if n.starts_with("host_") => "calls Python",
        _ => "needs the thread that Python has called",
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
