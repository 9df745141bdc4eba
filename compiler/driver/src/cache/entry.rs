//! A compiled specialization as bytes.
//!
//! Read back it is what the compilation gave, but for the module, which is read from its
//! text when somebody asks for it (tier 2 and reports do), and for the lines, which are
//! those of now (`places.rs`). The bytes are trusted to be what was written: whoever keeps
//! them checks that. What no reader of this build understands is refused all the same.

use super::loops::{self, Loop};
use super::places::{Moved, source_of};
use super::questions::SourceLines;
use crate::cost::Cost;
use crate::session::{Compiled, FunctionOrigin, Signature, StoredModule};
use crate::stages::Timings;
use crate::targets;
use cumbia_backend::{artifact_from_bytes, artifact_to_bytes};
use cumbia_frontend::{Closures, GeneratorResult};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What is written.
#[derive(Serialize, Deserialize)]
struct Entry<'b> {
    target: &'b str,
    entry: &'b str,
    signature: Signature,
    functions: Vec<(&'b str, Function<'b>)>,
    sources: Vec<(u64, Vec<u32>)>,
    closures: Closures,
    cost: Cost,
    exits: usize,
    generator: Option<(GeneratorResult, Cost)>,
    #[serde(borrow)]
    artifact: &'b [u8],
    module: &'b str,
    loops: Vec<Loop<'b>>,
    touches: bool,
    waits: bool,
}

/// [`FunctionOrigin`]; the place is only kept of what is in no text of the user.
#[derive(Serialize, Deserialize)]
pub(super) struct Function<'b> {
    qualname: &'b str,
    source: Option<u64>,
    place: Option<(&'b str, u32)>,
    internal: bool,
    root: Option<u64>,
    nested: bool,
    outlined: bool,
}

/// A specialization as bytes, with the places of all functions that it was made from;
/// `None` for one that says something while it is compiled.
pub fn entry_to_bytes(compiled: &Compiled, places: &SourceLines) -> Option<Vec<u8>> {
    if !compiled.notes.is_empty() || !compiled.warnings.is_empty() {
        return None;
    }
    let artifact = artifact_to_bytes(&compiled.artifact);
    let module = compiled.ir_text();
    let functions = to_keep(&compiled.functions, places);
    let entry = Entry {
        target: compiled.target,
        entry: &compiled.entry,
        signature: compiled.signature.clone(),
        functions,
        sources: Moved::kept(places),
        closures: compiled.closures.clone(),
        cost: compiled.cost,
        exits: compiled.exits,
        generator: compiled.generator.clone(),
        artifact: &artifact,
        module: &module,
        loops: compiled.on_device.iter().map(|of| Loop::of(of, places)).collect(),
        touches: compiled.touches,
        waits: compiled.waits,
    };
    postcard::to_allocvec(&entry).ok()
}

/// The specialization that these bytes were made from, for the same functions at their
/// present places; `None` for other bytes.
pub fn entry_from_bytes(bytes: &[u8], places: &SourceLines) -> Option<Compiled> {
    let entry: Entry<'_> = postcard::from_bytes(bytes).ok()?;
    let target = targets::targets().iter().find(|target| target.name == entry.target)?.name;
    let mut sources = FxHashMap::default();
    let functions = origins(entry.functions, places, &mut sources)?;
    let (mut loops, mut of_loops) = (Vec::new(), Vec::new());
    for mut one in entry.loops {
        of_loops.push(match &mut one.kernel {
            Ok(kernel) => {
                let kept = std::mem::take(&mut kernel.functions);
                origins(kept, places, &mut sources)?
            }
            Err(_) => FxHashMap::default(),
        });
        loops.push(one);
    }
    let moved = Moved::between(&entry.sources, places, sources)?;
    let mut artifact = artifact_from_bytes(entry.artifact)?;
    moved.bring_up(&mut artifact);
    let mut closures = entry.closures;
    moved.bring_closures_up(&mut closures);
    let on_device = loops::brought_up(loops, of_loops, places, &moved)?;
    let moved = Arc::new(moved);
    Some(Compiled {
        artifact,
        target,
        entry: entry.entry.to_owned(),
        signature: entry.signature,
        closures,
        functions,
        cost: entry.cost,
        exits: entry.exits,
        generator: entry.generator,
        timings: Timings::default(),
        notes: Vec::new(),
        warnings: Vec::new(),
        on_device,
        touches: entry.touches,
        waits: entry.waits,
        module: StoredModule::of_text(entry.module.to_owned(), moved.clone()),
        moved,
    })
}

/// Functions by their names, in an order of their own.
pub(super) fn to_keep<'b>(
    functions: &'b FxHashMap<String, FunctionOrigin>,
    places: &SourceLines,
) -> Vec<(&'b str, Function<'b>)> {
    let mut kept: Vec<_> = functions
        .iter()
        .map(|(name, origin)| {
            let source = source_of(origin, places);
            let place = (&*origin.filename, origin.first_line);
            let function = Function {
                qualname: &origin.qualname,
                source,
                place: if source.is_none() { Some(place) } else { None },
                internal: origin.internal,
                root: origin.root,
                nested: origin.nested,
                outlined: origin.outlined,
            };
            (name.as_str(), function)
        })
        .collect();
    kept.sort_unstable_by_key(|(name, _)| *name);
    kept
}

/// The same at their present places; notes whose text each is in.
fn origins(
    kept: Vec<(&str, Function<'_>)>,
    places: &SourceLines,
    sources: &mut FxHashMap<String, u64>,
) -> Option<FxHashMap<String, FunctionOrigin>> {
    let mut functions = FxHashMap::default();
    for (name, function) in kept {
        let (filename, first_line) = match (function.source, function.place) {
            (Some(handle), _) => {
                sources.insert(name.to_owned(), handle);
                let place = places.get(&handle)?;
                (place.filename.clone(), place.first_line)
            }
            (None, Some((filename, line))) => (filename.to_owned(), line),
            (None, None) => return None,
        };
        let origin = FunctionOrigin {
            qualname: function.qualname.to_owned(),
            filename,
            first_line,
            internal: function.internal,
            root: function.root,
            nested: function.nested,
            outlined: function.outlined,
        };
        functions.insert(name.to_owned(), origin);
    }
    Some(functions)
}
