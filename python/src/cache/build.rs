//! Which build of the compiler this is, and which LLVM lies beside it.
//!
//! The linker has written a digest of all it has linked into each shared object (its
//! *build id*). That of this object is read from memory, where it is what runs, whatever lies
//! in the file by now; that of LLVM from the file, since a process that finds optimized code
//! in the cache need not load it. Without such a digest nothing is kept.

use crate::tiers;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::OnceLock;

/// The type of a note that is a build id, and its name with the zero behind it.
const BUILD_ID: u32 = 3;
const OWNER: &[u8] = b"GNU\0";
/// Type of a segment that holds notes.
const NOTES: u32 = 4;

/// This build and this machine; `None` where that can't be told.
pub fn this_build() -> Option<&'static [u8]> {
    static KNOWN: OnceLock<Option<Vec<u8>>> = OnceLock::new();
    let find = || {
        let mut all = own_build_id()?;
        all.extend_from_slice(cumbia_driver::cache::processor().as_bytes());
        // Bodies that are no part of the object.
        all.extend_from_slice(cumbia_library::bodies_on_disk().as_bytes());
        Some(all)
    };
    KNOWN.get_or_init(find).as_deref()
}

/// The build of the LLVM that would be loaded; `None` where there is none, or where
/// something else stands in its place.
pub fn llvm_build() -> Option<&'static [u8]> {
    static KNOWN: OnceLock<Option<Vec<u8>>> = OnceLock::new();
    let find = || {
        if std::env::var_os("CUMBIA_TIER2").is_some() {
            return None;
        }
        build_id_of_file(&tiers::llvm_path()?)
    };
    KNOWN.get_or_init(find).as_deref()
}

fn own_build_id() -> Option<Vec<u8>> {
    struct Search {
        /// An address in the object.
        here: usize,
        found: Option<Vec<u8>>,
    }

    unsafe extern "C" fn look(
        object: *mut libc::dl_phdr_info,
        _: usize,
        search: *mut libc::c_void,
    ) -> libc::c_int {
        // SAFETY: both are alive during the call; the loader's table is as long as it says.
        let (object, search, segments) = unsafe {
            let object = &*object;
            let segments = std::slice::from_raw_parts(object.dlpi_phdr, object.dlpi_phnum.into());
            (object, &mut *search.cast::<Search>(), segments)
        };
        let start = |s: &libc::Elf64_Phdr| (object.dlpi_addr as usize) + s.p_vaddr as usize;
        let holds = |s: &libc::Elf64_Phdr| {
            s.p_type == libc::PT_LOAD
                && (start(s)..start(s) + s.p_memsz as usize).contains(&search.here)
        };
        if !segments.iter().any(holds) {
            return 0;
        }
        for segment in segments.iter().filter(|s| s.p_type == libc::PT_NOTE) {
            // SAFETY: notes are part of what the loader has mapped for as long as this runs.
            let notes = unsafe {
                std::slice::from_raw_parts(start(segment) as *const u8, segment.p_memsz as usize)
            };
            search.found = search.found.take().or_else(|| build_id(notes));
        }
        1
    }

    let here: fn() -> Option<Vec<u8>> = own_build_id;
    let mut search = Search { here: here as usize, found: None };
    // SAFETY: the callback gets what it expects and doesn't unwind.
    unsafe { libc::dl_iterate_phdr(Some(look), (&raw mut search).cast()) };
    search.found
}

/// The build id in a file, of which only the heads and notes are read.
fn build_id_of_file(path: &Path) -> Option<Vec<u8>> {
    let file = File::open(path).ok()?;
    let mut head = [0; 64];
    file.read_exact_at(&mut head, 0).ok()?;
    if !head.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let table = u64::from_le_bytes(head[32..40].try_into().ok()?);
    let size = u64::from(u16::from_le_bytes(head[54..56].try_into().ok()?));
    let count = u16::from_le_bytes(head[56..58].try_into().ok()?);
    (0..u64::from(count)).find_map(|number| {
        let mut segment = [0; 56];
        file.read_exact_at(&mut segment, table.checked_add(number * size)?).ok()?;
        if u32::from_le_bytes(segment[..4].try_into().ok()?) != NOTES {
            return None;
        }
        let offset = u64::from_le_bytes(segment[8..16].try_into().ok()?);
        let length = u64::from_le_bytes(segment[32..40].try_into().ok()?);
        let mut notes = vec![0; usize::try_from(length).ok().filter(|&n| n < 1 << 16)?];
        file.read_exact_at(&mut notes, offset).ok()?;
        build_id(&notes)
    })
}

fn build_id(mut notes: &[u8]) -> Option<Vec<u8>> {
    loop {
        let (head, rest) = notes.split_at_checked(12)?;
        let word = |at: usize| head[at..at + 4].try_into().ok().map(u32::from_le_bytes);
        let (name, content) = (word(0)? as usize, word(4)? as usize);
        let (owner, rest) = rest.split_at_checked(name.next_multiple_of(4))?;
        let (id, rest) = rest.split_at_checked(content.next_multiple_of(4))?;
        if word(8)? == BUILD_ID && owner.starts_with(OWNER) {
            return id.get(..content).map(<[u8]>::to_vec);
        }
        notes = rest;
    }
}
