//! The line table of an object, out of the DWARF sections that LLVM wrote.
//!
//! File names are names of IR functions there (`translate/lines.rs`). The object is relocatable:
//! each section of code stands for a range of addresses of its own here, and the debug
//! sections' references to code and to each other are filled in before they are read. Assumes
//! what LLVM writes for x86-64; anything else is an error.

use cumbia_abi::{LineRow, LineTable};
use gimli::{EndianSlice, LittleEndian, SectionId};
use object::{
    Object, ObjectSection, ObjectSymbol, RelocationFlags, RelocationTarget, SectionIndex,
    SymbolKind, elf,
};
use std::borrow::Cow;
use std::collections::HashMap;

/// Between the addresses that sections of code stand at.
const APART: u32 = 40;

/// The lines of an object.
///
/// # Errors
///
/// An object that isn't LLVM's, or is damaged.
pub fn line_table(object: &[u8]) -> Result<LineTable, String> {
    let file = object::read::elf::ElfFile64::<object::LittleEndian>::parse(object)
        .map_err(|e| e.to_string())?;
    let load = |id: SectionId| section(&file, id.name());
    let sections = gimli::DwarfSections::load(load)?;
    let dwarf = sections.borrow(|section| EndianSlice::new(section, LittleEndian));
    read(&dwarf, &symbols(&file)).map_err(|e| e.to_string())
}

type Elf<'d> = object::read::elf::ElfFile64<'d, object::LittleEndian>;

fn base(section: SectionIndex) -> u64 {
    (section.0 as u64) << APART
}

/// The content of a section, relocated; nothing if there is none.
fn section<'d>(file: &Elf<'d>, name: &str) -> Result<Cow<'d, [u8]>, String> {
    let Some(section) = file.section_by_name(name) else { return Ok(Cow::Borrowed(&[])) };
    let mut data = section.data().map_err(|e| e.to_string())?.to_vec();
    for (offset, relocation) in section.relocations() {
        let (RelocationTarget::Symbol(symbol), RelocationFlags::Elf { r_type }) =
            (relocation.target(), relocation.flags())
        else {
            return Err("a relocation without a symbol".to_owned());
        };
        let symbol = file.symbol_by_index(symbol).map_err(|e| e.to_string())?;
        let is_code = |index| {
            file.section_by_index(index).is_ok_and(|s| s.kind() == object::SectionKind::Text)
        };
        let from = symbol.section_index().filter(|&index| is_code(index)).map_or(0, base);
        let value = (from + symbol.address()).wrapping_add_signed(relocation.addend());
        let width = match r_type {
            elf::R_X86_64_64 => 8,
            elf::R_X86_64_32 => 4,
            other => return Err(format!("relocation {other} in {name}")),
        };
        let at = usize::try_from(offset).ok().and_then(|at| data.get_mut(at..at + width));
        at.ok_or("a relocation beyond its section")?.copy_from_slice(&value.to_le_bytes()[..width]);
    }
    Ok(Cow::Owned(data))
}

/// Start, end and name of the code of each symbol, in order.
fn symbols<'d>(file: &Elf<'d>) -> Vec<(u64, u64, &'d str)> {
    let mut all: Vec<_> = file
        .symbols()
        .filter(|symbol| symbol.kind() == SymbolKind::Text)
        .filter_map(|symbol| {
            let start = base(symbol.section_index()?) + symbol.address();
            Some((start, start + symbol.size(), symbol.name().ok()?))
        })
        .collect();
    all.sort_unstable();
    all
}

fn read(
    dwarf: &gimli::Dwarf<EndianSlice<'_, LittleEndian>>,
    symbols: &[(u64, u64, &str)],
) -> Result<LineTable, gimli::Error> {
    let mut table = LineTable::default();
    let mut found: Vec<(u64, u32, u32)> = Vec::new();
    let mut headers = dwarf.units();
    while let Some(header) = headers.next()? {
        let unit = dwarf.unit(header)?;
        let Some(program) = unit.line_program.clone() else { continue };
        let mut files = HashMap::new();
        let mut rows = program.rows();
        while let Some((header, row)) = rows.next_row()? {
            if row.end_sequence() {
                continue;
            }
            let function = match files.get(&row.file_index()) {
                Some(&known) => known,
                None => {
                    let name = match row.file(header) {
                        Some(file) => dwarf.attr_string(&unit, file.path_name())?.to_string_lossy(),
                        None => Cow::Borrowed(""),
                    };
                    let number = table.name(&name);
                    files.insert(row.file_index(), number);
                    number
                }
            };
            let line = row.line().map_or(0, |line| u32::try_from(line.get()).unwrap_or(0));
            found.push((row.address(), function, line));
        }
    }
    // What is said last of an address counts.
    found.sort_by_key(|row| row.0);
    for (at, &(address, function, line)) in found.iter().enumerate() {
        if found.get(at + 1).is_some_and(|next| next.0 == address) {
            continue;
        }
        let after = symbols.partition_point(|symbol| symbol.0 <= address);
        let Some(&(start, _, name)) =
            after.checked_sub(1).map(|at| &symbols[at]).filter(|symbol| address < symbol.1)
        else {
            continue;
        };
        let symbol = table.name(name);
        let Ok(offset) = u32::try_from(address - start) else { continue };
        table.rows.push(LineRow { symbol, offset, function, line });
    }
    table.rows.sort_by_key(|row| (row.symbol, row.offset));
    Ok(table)
}
