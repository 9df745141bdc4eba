//! Parallel loops of a function as kernels for a device, beside the function itself.
//!
//! The loop's outlined body is inferred once more, for a device, with the types that it has in
//! the function: there primitives have other bodies, and more is refused. A loop that can't be
//! a kernel isn't an error: it runs on the processor, and the reason is kept for reports. What
//! devices lack is seen by whoever has run the passes (`compiler/driver`).

mod fresh;
mod graph;
mod overwritten;
mod touches;
mod uses;

pub use overwritten::{Axis, Bound, Overwritten};
pub(crate) use touches::{touches, waits};
pub(crate) use uses::{Uses, reaching, uses};

use crate::hir::HValue;
use crate::infer::{Engine, LineTable, SpecId};
use crate::lower::{self, FunctionInfo, on_device};
use crate::types::Ty;
use cumbia_diagnostics::Span;
use fresh::{Fresh, fresh};
use std::sync::Arc;

/// A loop that lowering has come by.
pub struct Found {
    /// The outlined function.
    pub body: SpecId,
    /// What the loop goes over.
    pub span: Span,
    /// The functions that have it, with what it captures there.
    pub sites: Vec<(SpecId, Vec<HValue>)>,
}

/// A parallel loop for a device.
pub struct DeviceLoop {
    /// Qualified name of the user's function.
    pub function: String,
    /// File or cell.
    pub filename: String,
    /// Line of what it goes over.
    pub line: u32,
    /// Byte column.
    pub column: u32,
    /// What it goes over, as text.
    pub text: String,
    /// Names of what it takes from the function around it, with their types.
    pub captured: Vec<(Arc<str>, Ty)>,
    /// Machine values that a block of turns gives.
    pub results: usize,
    /// Whether its turns run in the blocks of its record, of which each gives something or has a
    /// row of an array; otherwise each turn is a block.
    pub in_blocks: bool,
    /// Arrays that it overwrites wholly, if it goes over all of them.
    pub overwritten: Vec<Overwritten>,
    /// Slots of the addresses of arrays that the host never writes, among what the kernel takes;
    /// whether they are made as zeros.
    pub fresh: Vec<(usize, bool)>,
    /// The kernel, or why there is none.
    pub kernel: Result<LoopKernel, String>,
}

/// A loop's kernel before any pass.
pub struct LoopKernel {
    /// The kernel, all that it reaches, and an entry by slots.
    pub module: cumbia_ir::Module,
    /// The entry.
    pub entry: cumbia_ir::FuncId,
    /// Types of what the kernel takes.
    pub args: Vec<Ty>,
    /// For tracebacks.
    pub functions: Vec<FunctionInfo>,
}

/// The loops that lowering has numbered, in that order.
pub(crate) fn loops(engine: &mut Engine<'_>, found: &[Found]) -> Vec<DeviceLoop> {
    if found.is_empty() {
        return Vec::new();
    }
    let mut lines = LineTable::new();
    let mut loops: Vec<DeviceLoop> = Vec::with_capacity(found.len());
    for of in found {
        let span = of.span;
        let spec = engine.spec(of.body);
        let loc = lines.loc(&engine.sources, span);
        let names = spec.hir.inner.iter().flat_map(|inner| &inner.captures).cloned();
        let names: Vec<Arc<str>> = names.collect();
        let hidden = spec.args.len().saturating_sub(names.len());
        let results = spec.ret.as_ref().map_or(0, |ty| ty.part_types().len());
        let rows = names.iter().zip(&spec.args[hidden..]).any(|(name, ty)| {
            name.starts_with(cumbia_abi::parallel::race::ROWS) && matches!(ty, Ty::Array(_))
        });
        loops.push(DeviceLoop {
            function: lower::qualname(engine, &spec.key).0,
            filename: engine.sources.get(span.source).filename.clone(),
            line: loc.line,
            column: loc.col,
            text: engine.text_of(span).split_whitespace().collect::<Vec<_>>().join(" "),
            captured: names.into_iter().zip(spec.args[hidden..].iter().cloned()).collect(),
            results,
            in_blocks: results > 0 || rows,
            overwritten: overwritten::overwritten(spec),
            fresh: all_fresh(engine, of),
            kernel: Err(String::new()),
        });
    }
    engine.for_device();
    for (one, of) in loops.iter_mut().zip(found) {
        one.kernel = kernel(engine, of.body, one, of.span, &mut lines);
    }
    loops
}

/// What is fresh wherever the loop stands.
fn all_fresh(engine: &Engine<'_>, of: &Found) -> Vec<(usize, bool)> {
    let body = engine.spec(of.body);
    let captured = of.sites.iter().map(|(_, captured)| captured.len()).min().unwrap_or(0);
    let hidden = body.args.len().saturating_sub(captured);
    let one = |at: usize| {
        let mut made = Fresh::Undefined;
        for (site, captured) in &of.sites {
            match fresh(engine, engine.spec(*site), captured[at])? {
                Fresh::Zeros => made = Fresh::Zeros,
                Fresh::Undefined => {}
            }
        }
        let slot = overwritten::slot_of(body, hidden + at) + 1;
        Some((slot, made == Fresh::Zeros))
    };
    if hidden < 3 { Vec::new() } else { (0..captured).filter_map(one).collect() }
}

fn kernel(
    engine: &mut Engine<'_>,
    body: SpecId,
    of: &DeviceLoop,
    span: Span,
    lines: &mut LineTable,
) -> Result<LoopKernel, String> {
    let (key, args) = (engine.spec(body).key.clone(), engine.spec(body).args.clone());
    let types = on_device::kernel_types(&args, of.results).map_err(|ty| {
        let named = of.captured.iter().find(|(_, known)| *known == ty);
        let name = named.map_or_else(|| "a variable".to_owned(), |(name, _)| format!("'{name}'"));
        format!("{name} is {ty:#}, which devices don't have")
    })?;
    let mut told = |engine: &Engine<'_>, error: &cumbia_diagnostics::Diagnostic| {
        let line = lines.loc(&engine.sources, error.span).line;
        format!("{} (line {line})", error.message)
    };
    let made = engine.specialize(key, args, span);
    let id = made.map_err(|errors| told(engine, &errors[0]))?;
    if let Some(error) = engine.spec(id).errors.first() {
        return Err(told(engine, error));
    }
    let results = engine.spec(id).ret.as_ref().map_or(0, |ty| ty.part_types().len());
    if results != of.results {
        return Err("a variable has another type on a device".to_owned());
    }
    let program = on_device::kernel(engine, id, &types, of.in_blocks);
    if let Some(draws) = lower::parallel::draws(&program.module) {
        return Err(draws);
    }
    let lower::Program { module, entry, functions, .. } = program;
    Ok(LoopKernel { module, entry, args: types, functions })
}
