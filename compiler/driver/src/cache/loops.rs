//! Parallel loops for a device as part of an entry: where they are, and their kernels.
//!
//! A kernel is kept as the text of its module, and read with the entry: whoever launches it asks
//! for its assembly, which is kept by itself, or turns it into code for the processor. Why a loop
//! is no kernel may name a line, so that such entries are none when lines have moved.

use super::entry::{Function, to_keep};
use super::places::Moved;
use super::questions::SourceLines;
use crate::device::{KernelModule, Offloaded};
use crate::session::FunctionOrigin;
use cumbia_frontend::Overwritten;
use cumbia_frontend::types::Ty;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// [`Offloaded`].
#[derive(Serialize, Deserialize)]
pub(super) struct Loop<'b> {
    function: String,
    /// In whose text it is.
    source: Option<u64>,
    filename: String,
    line: u32,
    column: u32,
    text: String,
    captured: Vec<(String, Ty)>,
    results: usize,
    in_blocks: bool,
    overwritten: Vec<Overwritten>,
    fresh: Vec<(usize, bool)>,
    #[serde(borrow)]
    pub kernel: Result<Kernel<'b>, String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Kernel<'b> {
    module: String,
    entry: String,
    args: Vec<Ty>,
    #[serde(borrow)]
    pub functions: Vec<(&'b str, Function<'b>)>,
    written: Vec<bool>,
}

impl<'b> Loop<'b> {
    pub(super) fn of(of: &'b Offloaded, places: &SourceLines) -> Loop<'b> {
        let here = |place: &super::questions::SourcePlace| {
            let lines = place.lines.iter().map(|line| line + place.first_line);
            place.filename == of.filename && lines.into_iter().any(|line| line == of.line)
        };
        let source = places.iter().filter(|(_, place)| here(place)).map(|(handle, _)| *handle);
        let kernel = of.kernel.as_ref().map_err(Clone::clone);
        Loop {
            function: of.function.clone(),
            source: source.min(),
            filename: of.filename.clone(),
            line: of.line,
            column: of.column,
            text: of.text.clone(),
            captured: of.captured.iter().map(|(name, ty)| (name.to_string(), ty.clone())).collect(),
            results: of.results,
            in_blocks: of.in_blocks,
            overwritten: of.overwritten.clone(),
            fresh: of.fresh.clone(),
            kernel: kernel.map(|(made, written)| Kernel {
                module: made.module.to_string(),
                entry: made.entry.clone(),
                args: made.args.clone(),
                functions: to_keep(&made.functions, places),
                written: written.clone(),
            }),
        }
    }
}

/// The loops at their present places, with the functions of each kernel; `None` where that can't
/// be said.
pub(super) fn brought_up(
    kept: Vec<Loop<'_>>,
    functions: Vec<FxHashMap<String, FunctionOrigin>>,
    places: &SourceLines,
    moved: &Moved,
) -> Option<Vec<Offloaded>> {
    let mut all = Vec::with_capacity(kept.len());
    for (of, functions) in kept.into_iter().zip(functions) {
        let (filename, line) = match of.source {
            Some(handle) => (places.get(&handle)?.filename.clone(), moved.line(handle, of.line)),
            None => (of.filename, of.line),
        };
        let kernel = match of.kernel {
            Err(_) if !moved.is_empty() => return None,
            Err(why) => Err(why),
            Ok(kernel) => {
                let mut module = cumbia_ir::parse_module(&kernel.module).ok()?;
                moved.bring_module_up(&mut module);
                let made = KernelModule::kept(module, kernel.entry, kernel.args, functions)?;
                Ok((made, kernel.written))
            }
        };
        let captured = of.captured.into_iter().map(|(name, ty)| (name.into(), ty)).collect();
        all.push(Offloaded {
            function: of.function,
            filename,
            line,
            column: of.column,
            text: of.text,
            captured,
            results: of.results,
            in_blocks: of.in_blocks,
            overwritten: of.overwritten,
            fresh: of.fresh,
            kernel,
        });
    }
    Some(all)
}
