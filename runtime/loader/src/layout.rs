//! Reads an object's headers and decides where each section goes.
//!
//! Sections that occupy memory are placed one after another in their segment.
//! Behind the object's own code come stubs for calls of symbols outside, behind
//! its constants the slots of a global offset table; both are sized here by
//! counting, so that the memory can be reserved before anything is written.

use crate::error::LoadError;
use crate::memory::{SEGMENTS, Segment};
use object::read::elf::{ElfFile64, ElfSection64};
use object::{
    Architecture, LittleEndian, Object, ObjectKind, ObjectSection, ObjectSymbol, RelocationFlags,
    RelocationTarget, SectionFlags, SectionIndex, SymbolIndex, SymbolSection, elf,
};
use rustc_hash::FxHashMap;

/// The object format that the loader reads.
pub(crate) type Elf<'d> = ElfFile64<'d, LittleEndian>;

/// Bytes of a stub: an indirect jump through the address that follows it.
pub(crate) const STUB_SIZE: usize = 16;
/// Bytes of a slot of the global offset table.
pub(crate) const SLOT_SIZE: usize = 8;

/// A section's place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub segment: Segment,
    pub offset: usize,
    pub size: usize,
}

/// Where everything of an object goes.
pub(crate) struct Plan<'d> {
    pub file: Elf<'d>,
    pub places: FxHashMap<SectionIndex, Place>,
    /// For each undefined symbol called by a near call: its stub's offset in the code.
    pub stubs: FxHashMap<SymbolIndex, usize>,
    /// For each symbol loaded through the table: its slot's offset in the constants.
    pub slots: FxHashMap<SymbolIndex, usize>,
    sizes: [usize; SEGMENTS.len()],
}

impl<'d> Plan<'d> {
    /// Reads and checks the headers of `object`.
    pub(crate) fn new(object: &'d [u8]) -> Result<Plan<'d>, LoadError> {
        let file = Elf::parse(object)?;
        if file.architecture() != Architecture::X86_64 || !cfg!(target_arch = "x86_64") {
            return Err(LoadError::Unsupported(format!("processor {:?}", file.architecture())));
        }
        if file.kind() != ObjectKind::Relocatable {
            return Err(LoadError::Unsupported(format!(
                "{:?} instead of a relocatable object",
                file.kind()
            )));
        }
        let mut plan = Plan {
            file,
            places: FxHashMap::default(),
            stubs: FxHashMap::default(),
            slots: FxHashMap::default(),
            sizes: [0; SEGMENTS.len()],
        };
        plan.place_sections()?;
        plan.count_indirections()?;
        Ok(plan)
    }

    /// Bytes of each segment.
    pub(crate) fn sizes(&self) -> [usize; SEGMENTS.len()] {
        self.sizes
    }

    /// Where the tables for unwinding are, if it has some.
    pub(crate) fn frames(&self) -> Option<Place> {
        let section = self.file.section_by_name(".eh_frame")?;
        self.places.get(&section.index()).copied()
    }

    fn place_sections(&mut self) -> Result<(), LoadError> {
        let sections: Vec<ElfSection64<'_, '_, LittleEndian>> = self.file.sections().collect();
        let mut places = FxHashMap::default();
        for section in &sections {
            let Some(segment) = segment_of(section)? else {
                continue;
            };
            let align = section.align().max(1);
            if !align.is_power_of_two() || align > 4096 {
                return Err(LoadError::Unsupported(format!("alignment {align}")));
            }
            let size = to_usize(section.size())?;
            let offset = reserve(&mut self.sizes[segment as usize], size, align as usize)?;
            places.insert(section.index(), Place { segment, offset, size });
        }
        self.places = places;
        Ok(())
    }

    fn count_indirections(&mut self) -> Result<(), LoadError> {
        let (mut stubs, mut slots) = (FxHashMap::default(), FxHashMap::default());
        let mut sizes = self.sizes;
        for section in self.file.sections() {
            if !self.places.contains_key(&section.index()) {
                continue;
            }
            for (_, relocation) in section.relocations() {
                let (RelocationTarget::Symbol(symbol), RelocationFlags::Elf { r_type }) =
                    (relocation.target(), relocation.flags())
                else {
                    continue;
                };
                let outside =
                    self.file.symbol_by_index(symbol)?.section() == SymbolSection::Undefined;
                match r_type {
                    elf::R_X86_64_PLT32 if outside && !stubs.contains_key(&symbol) => {
                        let offset =
                            reserve(&mut sizes[Segment::Code as usize], STUB_SIZE, STUB_SIZE)?;
                        stubs.insert(symbol, offset);
                    }
                    elf::R_X86_64_GOTPCREL
                    | elf::R_X86_64_GOTPCRELX
                    | elf::R_X86_64_REX_GOTPCRELX
                        if !slots.contains_key(&symbol) =>
                    {
                        let offset =
                            reserve(&mut sizes[Segment::Constants as usize], SLOT_SIZE, SLOT_SIZE)?;
                        slots.insert(symbol, offset);
                    }
                    _ => {}
                }
            }
        }
        (self.stubs, self.slots, self.sizes) = (stubs, slots, sizes);
        Ok(())
    }
}

/// The segment of a section; `None` if it occupies no memory.
fn segment_of(section: &ElfSection64<'_, '_, LittleEndian>) -> Result<Option<Segment>, LoadError> {
    let SectionFlags::Elf { sh_flags, .. } = section.flags() else {
        return Err(LoadError::Malformed("a section without ELF flags".into()));
    };
    let has = |flag| sh_flags & u64::from(flag) != 0;
    if !has(elf::SHF_ALLOC) {
        return Ok(None);
    }
    if has(elf::SHF_TLS) {
        return Err(LoadError::Unsupported("thread-local storage".into()));
    }
    match (has(elf::SHF_EXECINSTR), has(elf::SHF_WRITE)) {
        (true, true) => {
            Err(LoadError::Unsupported("a section both writable and executable".into()))
        }
        (true, false) => Ok(Some(Segment::Code)),
        (false, true) => Ok(Some(Segment::Variables)),
        (false, false) => Ok(Some(Segment::Constants)),
    }
}

/// Takes `size` aligned bytes at the end of a segment, and gives their offset.
fn reserve(total: &mut usize, size: usize, align: usize) -> Result<usize, LoadError> {
    let too_large = || LoadError::Malformed("sections too large".into());
    let offset = total.checked_next_multiple_of(align).ok_or_else(too_large)?;
    *total = offset.checked_add(size).ok_or_else(too_large)?;
    Ok(offset)
}

fn to_usize(value: u64) -> Result<usize, LoadError> {
    usize::try_from(value)
        .map_err(|_| LoadError::Malformed("a size beyond the address space".into()))
}
