//! Memory for one module: code, constants, variables in one reservation.
//!
//! Each module has an arena of its own from `cranelift-jit`, so that it can be
//! freed alone and its parts are within reach of 32-bit displacements. Pages are
//! writable until [`CodeMemory::finalize`], then code is executable and constants
//! are read-only: no page is ever both writable and executable.

use crate::error::LoadError;
use crate::layout::Place;
use cranelift_jit::{ArenaMemoryProvider, BranchProtection, JITMemoryKind, JITMemoryProvider};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a section's memory is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Segment {
    /// Executable in the end.
    Code,
    /// Read-only in the end.
    Constants,
    /// Writable.
    Variables,
}

/// All segments, in the order of their `usize` values.
pub(crate) const SEGMENTS: [Segment; 3] = [Segment::Code, Segment::Constants, Segment::Variables];

const PAGE: usize = 4096;
/// Most bytes of one module: everything stays within reach of 32 bits.
const LARGEST: usize = 1 << 30;

/// The memory of one module.
pub(crate) struct CodeMemory {
    arena: ArenaMemoryProvider,
    segments: [(*mut u8, usize); SEGMENTS.len()],
}

// SAFETY: the addresses are of memory that this value owns alone; after
// `finalize` nothing writes through them.
unsafe impl Send for CodeMemory {}
// SAFETY: as above; shared access only reads the addresses.
unsafe impl Sync for CodeMemory {}

impl CodeMemory {
    /// Reserves segments of the given sizes, all writable and zero.
    pub(crate) fn allocate(sizes: [usize; SEGMENTS.len()]) -> Result<CodeMemory, LoadError> {
        let mut total = 0usize;
        for size in sizes {
            // Also the largest page size of x86-64 systems in use divides by 4096.
            let rounded = size.checked_next_multiple_of(PAGE);
            total = rounded
                .and_then(|r| total.checked_add(r))
                .filter(|&t| t <= LARGEST)
                .ok_or_else(|| LoadError::Memory(format!("more than {LARGEST} bytes")))?;
        }
        let mut arena = ArenaMemoryProvider::new_with_size(total.max(PAGE))
            .map_err(|e| LoadError::Memory(e.to_string()))?;
        let mut segments = [(std::ptr::null_mut(), 0); SEGMENTS.len()];
        for (segment, size) in SEGMENTS.into_iter().zip(sizes) {
            if size == 0 {
                continue;
            }
            let kind = match segment {
                Segment::Code => JITMemoryKind::Executable,
                Segment::Constants => JITMemoryKind::ReadOnly,
                Segment::Variables => JITMemoryKind::Writable,
            };
            let address = refuse_panics(|| {
                arena.allocate(size, PAGE as u64, kind).map_err(|e| e.to_string())
            })?;
            segments[segment as usize] = (address, size);
        }
        Ok(CodeMemory { arena, segments })
    }

    /// The address of a segment's first byte; null if it is empty.
    pub(crate) fn address(&self, segment: Segment) -> usize {
        self.segments[segment as usize].0.addr()
    }

    /// A segment's bytes. Before `finalize` only.
    pub(crate) fn bytes(&mut self, segment: Segment) -> &mut [u8] {
        let (address, size) = self.segments[segment as usize];
        if size == 0 {
            return &mut [];
        }
        // SAFETY: `allocate` mapped `size` zeroed, writable bytes here, which only
        // this value refers to; the borrow of `self` makes the slice unique.
        unsafe { std::slice::from_raw_parts_mut(address, size) }
    }

    /// Address and content of a section of constants; nothing of others.
    pub(crate) fn read(&self, place: Place) -> Option<(usize, &[u8])> {
        let (base, size) = self.segments[place.segment as usize];
        if place.segment != Segment::Constants || place.offset + place.size > size {
            return None;
        }
        // SAFETY: `allocate` mapped `size` bytes here, which are readable as long as this
        // value lives, and which nothing changes after `finalize`.
        let bytes = unsafe { std::slice::from_raw_parts(base.add(place.offset), place.size) };
        Some((base.addr() + place.offset, bytes))
    }

    /// The addresses of the code.
    pub(crate) fn code_range(&self) -> Range<usize> {
        self.range(Segment::Code)
    }

    /// The addresses of a segment.
    pub(crate) fn range(&self, segment: Segment) -> Range<usize> {
        let (address, size) = self.segments[segment as usize];
        address.expose_provenance()..address.addr() + size
    }

    /// Takes the write permission from code and constants, and makes code executable.
    pub(crate) fn finalize(&mut self) -> Result<(), LoadError> {
        let arena = &mut self.arena;
        refuse_panics(|| {
            JITMemoryProvider::finalize(arena, BranchProtection::None).map_err(|e| e.to_string())
        })
    }
}

impl Drop for CodeMemory {
    fn drop(&mut self) {
        // SAFETY: the module is dropped, and its owner promises that none of its
        // code runs or will be called.
        unsafe { JITMemoryProvider::free_memory(&mut self.arena) };
    }
}

impl std::fmt::Debug for CodeMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CodeMemory({:x?})", self.code_range())
    }
}

/// The provider panics where the system refuses to change a page's protection
/// (too many mappings); here that is an error like any other.
fn refuse_panics<T>(step: impl FnOnce() -> Result<T, String>) -> Result<T, LoadError> {
    match catch_unwind(AssertUnwindSafe(step)) {
        Ok(result) => result.map_err(LoadError::Memory),
        Err(_) => Err(LoadError::Memory("the system refused to change a page's protection".into())),
    }
}
