//! A module's code with names and lines: what debuggers and profilers are told.
//!
//! Put together from the loaded addresses, the object's line table and what the caller knows of
//! each IR function. Only where somebody asked ([`wants_lines`]); nothing that runs depends on it.

use crate::LoadedModule;
use cumbia_abi::LineTable;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// The user's function (or library body) that an IR function was made from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Its name for people.
    pub name: String,
    /// Its file; not empty.
    pub file: String,
}

/// What is known of an object beside its bytes.
pub struct Description<'a> {
    /// Its lines, by symbols and IR functions.
    pub lines: &'a LineTable,
    /// What an IR function was made from, by its name.
    pub origin: &'a dyn Fn(&str) -> Option<Origin>,
}

/// Whether anybody is to be told of lines, as the environment says: then modules are compiled
/// and loaded with them.
pub fn wants_lines() -> bool {
    crate::gdb::asked() || crate::jitdump::asked()
}

/// A function in memory.
pub(crate) struct Described {
    pub name: String,
    pub code: Range<usize>,
    pub rows: Vec<Row>,
}

/// Code from an address on; up to the next row.
pub(crate) struct Row {
    pub address: usize,
    /// Index into the module's files.
    pub file: usize,
    /// 0 for none.
    pub line: u32,
}

/// Functions in the order of their addresses, and the names of files.
pub(crate) fn functions(
    module: &LoadedModule,
    description: &Description<'_>,
) -> (Vec<Described>, Vec<String>) {
    let mut files: Vec<String> = Vec::new();
    let mut numbers: FxHashMap<u32, Option<usize>> = FxHashMap::default();
    let LineTable { names, rows } = description.lines;
    let mut file_of = |function: u32| {
        *numbers.entry(function).or_insert_with(|| {
            let origin = (description.origin)(names.get(function as usize)?)?;
            let known = files.iter().position(|file| *file == origin.file);
            Some(known.unwrap_or_else(|| {
                files.push(origin.file);
                files.len() - 1
            }))
        })
    };
    let mut of_symbol: FxHashMap<&str, Vec<Row>> = FxHashMap::default();
    for row in rows {
        let Some(symbol) = names.get(row.symbol as usize) else { continue };
        let Some(start) = module.symbols.get(symbol) else { continue };
        // Lines of what has no file are no lines.
        let (file, line) = file_of(row.function).map_or((0, 0), |file| (file, row.line));
        let address = start + row.offset as usize;
        of_symbol.entry(symbol).or_default().push(Row { address, file, line });
    }
    let mut all: Vec<(usize, &str)> = module.functions().map(|(name, at)| (at, name)).collect();
    all.sort_unstable();
    let ends = all.iter().skip(1).map(|(at, _)| *at).chain([module.code.end]);
    let described = all.iter().zip(ends).map(|(&(start, symbol), end)| {
        let mut rows = of_symbol.remove(symbol).unwrap_or_default();
        rows.retain(|row| (start..end).contains(&row.address));
        rows.sort_by_key(|row| row.address);
        let name = (description.origin)(symbol).map_or_else(|| symbol.to_owned(), |o| o.name);
        Described { name, code: start..end, rows }
    });
    let described = described.collect();
    (described, files)
}
