//! Copies sections into memory, and writes addresses where relocations say.

use crate::error::LoadError;
use crate::layout::{Place, Plan};
use crate::memory::{CodeMemory, Segment};
use object::{
    Object, ObjectSection, ObjectSymbol, RelocationFlags, RelocationTarget, SymbolIndex,
    SymbolKind, SymbolSection, elf,
};
use rustc_hash::FxHashMap;

/// Fills the memory of a planned object; gives the addresses of its functions and variables.
pub(crate) fn fill(
    plan: &Plan<'_>,
    memory: &mut CodeMemory,
    resolve: &dyn Fn(&str) -> Option<*const u8>,
) -> Result<Names, LoadError> {
    copy_sections(plan, memory)?;
    let addresses = symbol_addresses(plan, memory, resolve)?;
    write_indirections(plan, memory, &addresses)?;
    for section in plan.file.sections() {
        let Some(&place) = plan.places.get(&section.index()) else {
            continue;
        };
        for (offset, relocation) in section.relocations() {
            let RelocationFlags::Elf { r_type } = relocation.flags() else {
                return Err(LoadError::Malformed("a relocation without an ELF type".into()));
            };
            let RelocationTarget::Symbol(symbol) = relocation.target() else {
                return Err(LoadError::Unsupported("a relocation without a symbol".into()));
            };
            let relocation =
                Relocation { offset, kind: r_type, symbol, addend: relocation.addend() };
            apply(plan, memory, &addresses, place, &relocation)?;
        }
    }
    names(plan, memory, &addresses)
}

struct Relocation {
    offset: u64,
    kind: u32,
    symbol: SymbolIndex,
    addend: i64,
}

fn copy_sections(plan: &Plan<'_>, memory: &mut CodeMemory) -> Result<(), LoadError> {
    for section in plan.file.sections() {
        let Some(place) = plan.places.get(&section.index()) else {
            continue;
        };
        // Empty for a section of zeros, which the memory already holds.
        let data = section.data()?;
        if !data.is_empty() && data.len() != place.size {
            return Err(LoadError::Malformed("a section shorter than its header says".into()));
        }
        memory.bytes(place.segment)[place.offset..place.offset + data.len()].copy_from_slice(data);
    }
    Ok(())
}

/// Addresses of all symbols that relocations may name; those of undefined symbols
/// are looked up only when a relocation names them.
fn symbol_addresses(
    plan: &Plan<'_>,
    memory: &CodeMemory,
    resolve: &dyn Fn(&str) -> Option<*const u8>,
) -> Result<FxHashMap<SymbolIndex, usize>, LoadError> {
    let mut addresses = FxHashMap::default();
    for symbol in plan.file.symbols() {
        let address = match symbol.section() {
            SymbolSection::Section(index) => {
                // Symbols of sections without memory (notes) have no address.
                let Some(place) = plan.places.get(&index) else {
                    continue;
                };
                let offset = usize::try_from(symbol.address()).ok().filter(|&o| o <= place.size);
                let offset = offset
                    .ok_or_else(|| LoadError::Malformed("a symbol outside its section".into()))?;
                memory.address(place.segment) + place.offset + offset
            }
            SymbolSection::Absolute => symbol.address() as usize,
            SymbolSection::Undefined => match resolve(symbol.name()?) {
                Some(address) => address.expose_provenance(),
                None => continue,
            },
            _ => continue,
        };
        addresses.insert(symbol.index(), address);
    }
    Ok(addresses)
}

/// Looks a relocation's symbol up.
fn address_of(
    plan: &Plan<'_>,
    addresses: &FxHashMap<SymbolIndex, usize>,
    symbol: SymbolIndex,
) -> Result<usize, LoadError> {
    match addresses.get(&symbol) {
        Some(&address) => Ok(address),
        None => Err(LoadError::Undefined(plan.file.symbol_by_index(symbol)?.name()?.to_owned())),
    }
}

/// Writes stubs (`jmp [rip]`, then the address) and slots of the offset table.
fn write_indirections(
    plan: &Plan<'_>,
    memory: &mut CodeMemory,
    addresses: &FxHashMap<SymbolIndex, usize>,
) -> Result<(), LoadError> {
    for (&symbol, &offset) in &plan.stubs {
        let address = address_of(plan, addresses, symbol)?;
        let code = memory.bytes(Segment::Code);
        code[offset..offset + 6].copy_from_slice(&[0xff, 0x25, 0, 0, 0, 0]);
        code[offset + 6..offset + 14].copy_from_slice(&address.to_le_bytes());
    }
    for (&symbol, &offset) in &plan.slots {
        let address = address_of(plan, addresses, symbol)?;
        memory.bytes(Segment::Constants)[offset..offset + 8]
            .copy_from_slice(&address.to_le_bytes());
    }
    Ok(())
}

/// Writes one relocation. `S` is the symbol's address, `A` the addend, `P` the
/// place written to; the names are those of the x86-64 ABI.
fn apply(
    plan: &Plan<'_>,
    memory: &mut CodeMemory,
    addresses: &FxHashMap<SymbolIndex, usize>,
    place: Place,
    relocation: &Relocation,
) -> Result<(), LoadError> {
    let symbol = relocation.symbol;
    let width = match relocation.kind {
        elf::R_X86_64_NONE => return Ok(()),
        elf::R_X86_64_64 | elf::R_X86_64_PC64 => 8,
        _ => 4,
    };
    let offset = usize::try_from(relocation.offset)
        .ok()
        .filter(|o| o.checked_add(width).is_some_and(|end| end <= place.size))
        .ok_or_else(|| LoadError::Malformed("a relocation outside its section".into()))?;
    let p = memory.address(place.segment) + place.offset + offset;
    let s = match relocation.kind {
        elf::R_X86_64_GOTPCREL | elf::R_X86_64_GOTPCRELX | elf::R_X86_64_REX_GOTPCRELX => {
            memory.address(Segment::Constants) + plan.slots[&symbol]
        }
        elf::R_X86_64_PLT32 => match plan.stubs.get(&symbol) {
            Some(stub) => memory.address(Segment::Code) + stub,
            None => address_of(plan, addresses, symbol)?,
        },
        _ => address_of(plan, addresses, symbol)?,
    };
    let absolute = i128::from(s as u64) + i128::from(relocation.addend);
    let relative = absolute - i128::from(p as u64);
    let out_of_range = || {
        let name = plan.file.symbol_by_index(symbol).and_then(|s| s.name()).unwrap_or("?");
        LoadError::OutOfRange(format!("type {} to `{name}`", relocation.kind))
    };
    let bytes: [u8; 8] = match relocation.kind {
        // Addresses wrap as the processor's do.
        elf::R_X86_64_64 => absolute as u64,
        elf::R_X86_64_PC64 => relative as u64,
        elf::R_X86_64_32 => u64::from(u32::try_from(absolute).map_err(|_| out_of_range())?),
        elf::R_X86_64_32S => i32::try_from(absolute).map_err(|_| out_of_range())? as u64,
        elf::R_X86_64_PC32
        | elf::R_X86_64_PLT32
        | elf::R_X86_64_GOTPCREL
        | elf::R_X86_64_GOTPCRELX
        | elf::R_X86_64_REX_GOTPCRELX => {
            i32::try_from(relative).map_err(|_| out_of_range())? as u64
        }
        kind => return Err(LoadError::Unsupported(format!("relocation type {kind}"))),
    }
    .to_le_bytes();
    let at = place.offset + offset;
    memory.bytes(place.segment)[at..at + width].copy_from_slice(&bytes[..width]);
    Ok(())
}

/// Addresses by names.
#[derive(Default)]
pub(crate) struct Names {
    pub functions: FxHashMap<String, usize>,
    pub variables: FxHashMap<String, usize>,
}

/// Names and addresses of the functions and variables that the object defines.
fn names(
    plan: &Plan<'_>,
    memory: &CodeMemory,
    addresses: &FxHashMap<SymbolIndex, usize>,
) -> Result<Names, LoadError> {
    let code = memory.code_range();
    let variables = memory.range(Segment::Variables);
    let mut names = Names::default();
    for symbol in plan.file.symbols() {
        let Some(&address) = addresses.get(&symbol.index()) else {
            continue;
        };
        let known = match symbol.kind() {
            _ if !symbol.is_definition() => continue,
            SymbolKind::Text if code.contains(&address) => &mut names.functions,
            SymbolKind::Data if variables.contains(&address) => &mut names.variables,
            _ => continue,
        };
        known.insert(symbol.name()?.to_owned(), address);
    }
    Ok(names)
}
