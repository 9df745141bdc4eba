//! A module as the ELF image with DWARF that a debugger reads.
//!
//! An executable image without content: addresses are those of the loaded code, so nothing in
//! it is relocated. It has symbols, one compilation unit with a subprogram for each function,
//! the line table, and the tables for unwinding that the object came with, as they lie in
//! memory.

use crate::described::Described;
use gimli::write::{
    Address, AttributeValue, DwarfUnit, EndianVec, LineProgram, LineString, Sections,
};
use gimli::{Encoding, Format, LineEncoding, LittleEndian};
use std::ops::Range;

/// Code, its functions and their files, and the address and content of `.eh_frame`.
pub(crate) struct Image<'a> {
    pub code: Range<usize>,
    pub functions: &'a [Described],
    pub files: &'a [String],
    pub frames: Option<(usize, &'a [u8])>,
}

const PRODUCER: &str = "cumbia";

impl Image<'_> {
    /// The image's bytes.
    ///
    /// # Errors
    ///
    /// Where the tables can't be written.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, gimli::write::Error> {
        let mut elf = Elf::default();
        let code = (self.code.end - self.code.start) as u64;
        let text = elf.add(".text", NOBITS, ALLOC | EXEC, self.code.start, &[], code);
        if let Some((address, bytes)) = self.frames {
            elf.add(".eh_frame", PROGBITS, ALLOC, address, bytes, bytes.len() as u64);
        }
        self.dwarf()?.for_each(|id, data| {
            let bytes = data.slice();
            if !bytes.is_empty() {
                elf.add(id.name(), PROGBITS, 0, 0, bytes, bytes.len() as u64);
            }
            Ok::<(), gimli::write::Error>(())
        })?;
        elf.add_symbols(text, self.functions);
        Ok(elf.finish())
    }

    fn dwarf(&self) -> Result<Sections<EndianVec<LittleEndian>>, gimli::write::Error> {
        let encoding = Encoding { format: Format::Dwarf32, version: 4, address_size: 8 };
        let mut dwarf = DwarfUnit::new(encoding);
        let text = |text: &str| LineString::String(text.replace('\0', "?").into_bytes());
        let main = self.files.first().map_or("<compiled>", String::as_str);
        let mut program =
            LineProgram::new(encoding, LineEncoding::default(), text("/"), None, text(main), None);
        let directory = program.default_directory();
        let files: Vec<_> =
            self.files.iter().map(|file| program.add_file(text(file), directory, None)).collect();
        for function in self.functions.iter().filter(|function| !function.rows.is_empty()) {
            let start = function.code.start;
            program.begin_sequence(Some(Address::Constant(start as u64)));
            for row in &function.rows {
                let to = program.row();
                to.address_offset = (row.address - start) as u64;
                if let Some(&file) = files.get(row.file) {
                    to.file = file;
                }
                to.line = u64::from(row.line);
                to.is_statement = row.line != 0;
                program.generate_row();
            }
            program.end_sequence((function.code.end - start) as u64);
        }
        dwarf.unit.line_program = program;
        let string = |text: &str| AttributeValue::String(text.replace('\0', "?").into_bytes());
        let address = |at: usize| AttributeValue::Address(Address::Constant(at as u64));
        let root = dwarf.unit.root();
        let unit = dwarf.unit.get_mut(root);
        unit.set(gimli::DW_AT_producer, string(PRODUCER));
        unit.set(gimli::DW_AT_language, AttributeValue::Language(gimli::DW_LANG_Python));
        unit.set(gimli::DW_AT_name, string(main));
        unit.set(gimli::DW_AT_comp_dir, string("/"));
        unit.set(gimli::DW_AT_low_pc, address(self.code.start));
        let size = (self.code.end - self.code.start) as u64;
        unit.set(gimli::DW_AT_high_pc, AttributeValue::Udata(size));
        unit.set(gimli::DW_AT_stmt_list, AttributeValue::LineProgramRef);
        for function in self.functions {
            let entry = dwarf.unit.add(root, gimli::DW_TAG_subprogram);
            let entry = dwarf.unit.get_mut(entry);
            entry.set(gimli::DW_AT_name, string(&function.name));
            entry.set(gimli::DW_AT_low_pc, address(function.code.start));
            let size = (function.code.end - function.code.start) as u64;
            entry.set(gimli::DW_AT_high_pc, AttributeValue::Udata(size));
            let first = function.rows.iter().find(|row| row.line != 0);
            if let Some((row, &file)) = first.and_then(|row| Some((row, files.get(row.file)?))) {
                entry.set(gimli::DW_AT_decl_file, AttributeValue::FileIndex(Some(file)));
                entry.set(gimli::DW_AT_decl_line, AttributeValue::Udata(row.line.into()));
            }
        }
        let mut sections = Sections::new(EndianVec::new(LittleEndian));
        dwarf.write(&mut sections)?;
        Ok(sections)
    }
}

const PROGBITS: u32 = 1;
const SYMTAB: u32 = 2;
const STRTAB: u32 = 3;
const NOBITS: u32 = 8;
const ALLOC: u64 = 2;
const EXEC: u64 = 4;
/// Size of the file's head, and of each section's.
const HEAD: usize = 64;

/// A writer of ELF files for x86-64 that consist of sections.
#[derive(Default)]
struct Elf {
    heads: Vec<Head>,
    names: Vec<u8>,
    content: Vec<u8>,
}

struct Head {
    name: u32,
    kind: u32,
    flags: u64,
    address: u64,
    offset: u64,
    size: u64,
    link: u32,
    info: u32,
    align: u64,
    entry: u64,
}

impl Elf {
    /// Adds a section; gives its number.
    fn add(
        &mut self,
        name: &str,
        kind: u32,
        flags: u64,
        address: usize,
        bytes: &[u8],
        size: u64,
    ) -> u16 {
        if self.names.is_empty() {
            self.names.push(0);
        }
        let at = self.names.len() as u32;
        self.names.extend_from_slice(name.as_bytes());
        self.names.push(0);
        self.content.resize(self.content.len().next_multiple_of(8), 0);
        let offset = (HEAD + self.content.len()) as u64;
        self.content.extend_from_slice(bytes);
        let (link, info, align, entry) = (0, 0, 1, 0);
        let address = address as u64;
        self.heads.push(Head {
            name: at,
            kind,
            flags,
            address,
            offset,
            size,
            link,
            info,
            align,
            entry,
        });
        self.heads.len() as u16
    }

    fn add_symbols(&mut self, text: u16, functions: &[Described]) {
        let mut strings = vec![0_u8];
        let mut symbols = vec![0_u8; 24];
        for function in functions {
            symbols.extend_from_slice(&(strings.len() as u32).to_le_bytes());
            strings.extend(function.name.bytes().map(|b| if b == 0 { b'?' } else { b }));
            strings.push(0);
            // A global function.
            symbols.extend_from_slice(&[0x12, 0]);
            symbols.extend_from_slice(&text.to_le_bytes());
            symbols.extend_from_slice(&(function.code.start as u64).to_le_bytes());
            let size = (function.code.end - function.code.start) as u64;
            symbols.extend_from_slice(&size.to_le_bytes());
        }
        let strtab = self.add(".strtab", STRTAB, 0, 0, &strings, strings.len() as u64);
        self.add(".symtab", SYMTAB, 0, 0, &symbols, symbols.len() as u64);
        let head = self.heads.last_mut().expect("it was just added");
        (head.link, head.info, head.entry, head.align) = (strtab.into(), 1, 24, 8);
    }

    fn finish(mut self) -> Vec<u8> {
        // The section of names holds its own name, too.
        let names_at = self.names.len();
        self.add(".shstrtab", STRTAB, 0, 0, &[], 0);
        let names = std::mem::take(&mut self.names);
        let number = self.heads.len();
        let head = &mut self.heads[number - 1];
        head.name = names_at as u32;
        head.size = names.len() as u64;
        self.content.extend_from_slice(&names);
        self.content.resize(self.content.len().next_multiple_of(8), 0);
        let table = (HEAD + self.content.len()) as u64;
        let mut out = Vec::with_capacity(HEAD * (number + 2) + self.content.len());
        // 64 bits, little-endian, version 1.
        out.extend_from_slice(b"\x7fELF\x02\x01\x01");
        out.resize(16, 0);
        // An executable for x86-64.
        out.extend_from_slice(&2_u16.to_le_bytes());
        out.extend_from_slice(&62_u16.to_le_bytes());
        out.extend_from_slice(&1_u32.to_le_bytes());
        for word in [0, 0, table] {
            out.extend_from_slice(&word.to_le_bytes());
        }
        out.extend_from_slice(&0_u32.to_le_bytes());
        for half in [HEAD as u16, 0, 0, HEAD as u16, number as u16 + 1, number as u16] {
            out.extend_from_slice(&half.to_le_bytes());
        }
        out.extend_from_slice(&self.content);
        out.resize(out.len() + HEAD, 0);
        for head in &self.heads {
            out.extend_from_slice(&head.name.to_le_bytes());
            out.extend_from_slice(&head.kind.to_le_bytes());
            for word in [head.flags, head.address, head.offset, head.size] {
                out.extend_from_slice(&word.to_le_bytes());
            }
            out.extend_from_slice(&head.link.to_le_bytes());
            out.extend_from_slice(&head.info.to_le_bytes());
            out.extend_from_slice(&head.align.to_le_bytes());
            out.extend_from_slice(&head.entry.to_le_bytes());
        }
        out
    }
}
