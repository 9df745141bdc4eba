//! Names of symbols in an ELF object, after LLVM wrote it.
//!
//! Within LLVM, functions of the IR carry a prefix, so that none is taken for a function
//! of the C library; in the object they have their own names. Functions that LLVM calls
//! on its own (`memcpy`) get the prefix by which the loader knows them. Nothing else of
//! the object changes: the new names stand in a string table at its end.

use crate::translate::SYMBOL_PREFIX;
use cumbia_backend::LIBCALL_PREFIX;

const SECTION_HEADER: usize = 64;
const SYMBOL: usize = 24;
const SHT_SYMTAB: u32 = 2;

/// Gives the symbols of a relocatable object for x86-64 their final names.
///
/// # Errors
///
/// An object that isn't one, or is damaged.
pub fn rename_symbols(object: &mut Vec<u8>) -> Result<(), String> {
    rename(object).ok_or_else(|| "the object's symbols can't be read".to_owned())
}

fn rename(object: &mut Vec<u8>) -> Option<()> {
    if object.get(..6)? != b"\x7fELF\x02\x01" {
        return None;
    }
    let sections = usize::try_from(word(object, 0x28, 8)?).ok()?;
    let count = usize::try_from(word(object, 0x3c, 2)?).ok()?;
    let header = |index: usize| sections.checked_add(index.checked_mul(SECTION_HEADER)?);
    let mut symbols = None;
    for index in 0..count {
        if word(object, header(index)? + 4, 4)? == u64::from(SHT_SYMTAB) {
            symbols = Some(header(index)?);
        }
    }
    // An object without symbols has none to rename.
    let Some(symbols) = symbols else { return Some(()) };
    let names = header(usize::try_from(word(object, symbols + 40, 4)?).ok()?)?;
    let (names_at, names_size) = place(object, names)?;
    let mut table = object.get(names_at..names_at.checked_add(names_size)?)?.to_vec();
    let (symbols_at, symbols_size) = place(object, symbols)?;
    for symbol in 0..symbols_size / SYMBOL {
        let at = symbols_at.checked_add(symbol * SYMBOL)?;
        let name_at = usize::try_from(word(object, at, 4)?).ok()?;
        let name = table.get(name_at..)?.split(|&byte| byte == 0).next()?;
        let section = word(object, at + 6, 2)?;
        let renamed = if name.starts_with(SYMBOL_PREFIX.as_bytes()) {
            name_at + SYMBOL_PREFIX.len()
        } else if section == 0 && !name.is_empty() {
            let name = [LIBCALL_PREFIX.as_bytes(), name, b"\0"].concat();
            table.extend_from_slice(&name);
            table.len() - name.len()
        } else {
            continue;
        };
        object[at..at + 4].copy_from_slice(&u32::try_from(renamed).ok()?.to_le_bytes());
    }
    if table.len() > names_size {
        let at = object.len() as u64;
        object.extend_from_slice(&table);
        object[names + 24..names + 32].copy_from_slice(&at.to_le_bytes());
        object[names + 32..names + 40].copy_from_slice(&(table.len() as u64).to_le_bytes());
    }
    Some(())
}

/// Offset and size of a section's bytes.
fn place(object: &[u8], header: usize) -> Option<(usize, usize)> {
    let at = usize::try_from(word(object, header + 24, 8)?).ok()?;
    let size = usize::try_from(word(object, header + 32, 8)?).ok()?;
    object.get(at..at.checked_add(size)?)?;
    Some((at, size))
}

fn word(object: &[u8], at: usize, bytes: usize) -> Option<u64> {
    let mut value = [0; 8];
    value[..bytes].copy_from_slice(object.get(at..at.checked_add(bytes)?)?);
    Some(u64::from_le_bytes(value))
}
