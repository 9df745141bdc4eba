//! Maps relocatable objects: write, then execute, never both.
//!
//! Takes the bytes of an ELF object for x86-64, as every backend yields them and
//! as the cache keeps them, and gives the addresses of its functions. The bytes
//! aren't trusted to be well formed: every offset is checked and anything unknown
//! is an error. What the code *does* is trusted; whoever keeps objects on disk
//! vouches for them (owner, permissions, content hash).
//!
//! It doesn't compile, doesn't search libraries for symbols, and doesn't support
//! thread-local storage, common symbols or other processors.

mod debug_info;
mod described;
mod error;
mod gdb;
mod jitdump;
mod layout;
mod libcalls;
mod memory;
mod perf;
mod relocate;
mod stub;

pub use described::{Description, Origin, wants_lines};
pub use error::LoadError;
pub use gdb::after_fork;
pub use stub::Stub;

use cumbia_abi::{EntryFn, LIBCALL_PREFIX};
use layout::Place;
use memory::CodeMemory;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// An object in executable memory. Dropping it unmaps the code.
///
/// Whoever calls a function of the module keeps it alive for the time of the
/// call: the dispatcher holds an `Arc` of it.
#[derive(Debug)]
pub struct LoadedModule {
    symbols: FxHashMap<String, usize>,
    variables: FxHashMap<String, usize>,
    code: Range<usize>,
    /// Before the memory, so that a debugger forgets it first.
    _known: Option<gdb::Registration>,
    memory: CodeMemory,
}

impl LoadedModule {
    /// Maps an object whose undefined symbols are C library functions that
    /// backends call (see [`LIBCALL_PREFIX`]).
    ///
    /// # Errors
    ///
    /// When the object is malformed, asks for something unknown, or memory is short.
    pub fn load(object: &[u8]) -> Result<LoadedModule, LoadError> {
        LoadedModule::load_with(object, |_| None)
    }

    /// As [`LoadedModule::load`], with addresses for further undefined symbols.
    ///
    /// # Errors
    ///
    /// As [`LoadedModule::load`].
    pub fn load_with(
        object: &[u8],
        resolve: impl Fn(&str) -> Option<*const u8>,
    ) -> Result<LoadedModule, LoadError> {
        LoadedModule::load_described(object, resolve, None)
    }

    /// As [`LoadedModule::load_with`], and tells debuggers and profilers of what is described,
    /// where the environment asks for that.
    ///
    /// # Errors
    ///
    /// As [`LoadedModule::load`].
    pub fn load_described(
        object: &[u8],
        resolve: impl Fn(&str) -> Option<*const u8>,
        description: Option<&Description<'_>>,
    ) -> Result<LoadedModule, LoadError> {
        let resolve = |name: &str| match name.strip_prefix(LIBCALL_PREFIX) {
            Some(libcall) => libcalls::address(libcall),
            None => resolve(name),
        };
        let plan = layout::Plan::new(object)?;
        let mut memory = CodeMemory::allocate(plan.sizes())?;
        let relocate::Names { functions: symbols, variables } =
            relocate::fill(&plan, &mut memory, &resolve)?;
        memory.finalize()?;
        let frames = plan.frames();
        let mut module =
            LoadedModule { symbols, variables, code: memory.code_range(), _known: None, memory };
        perf::register(&module);
        if let Some(description) = description {
            module.describe(description, frames);
        }
        Ok(module)
    }

    /// Tells debuggers and profilers of it.
    fn describe(&mut self, description: &Description<'_>, frames: Option<Place>) {
        let (functions, files) = described::functions(self, description);
        if jitdump::asked() {
            jitdump::register(&functions, &files);
        }
        if gdb::asked() {
            let frames = frames.and_then(|place| self.memory.read(place));
            self._known = gdb::register(self.code.clone(), &functions, &files, frames);
        }
    }

    /// The address of a function that the object defines.
    pub fn function(&self, name: &str) -> Option<*const u8> {
        self.symbols.get(name).map(|&address| std::ptr::with_exposed_provenance(address))
    }

    /// The address of a variable that the object defines, which may be written.
    pub fn variable(&self, name: &str) -> Option<*mut u8> {
        self.variables.get(name).map(|&address| std::ptr::with_exposed_provenance_mut(address))
    }

    /// The entry function of that name.
    ///
    /// The pointer is valid while the module lives, and may be called as
    /// [`EntryFn`] only if the artifact lists the name among its entries.
    pub fn entry(&self, name: &str) -> Option<EntryFn> {
        let address = self.function(name)?;
        // SAFETY: a non-null code address; that the function has this signature is
        // the obligation of the (unsafe) call.
        Some(unsafe { std::mem::transmute::<*const u8, EntryFn>(address) })
    }

    /// The addresses of the module's machine code, for profilers and debuggers.
    pub fn code_range(&self) -> Range<usize> {
        self.code.clone()
    }

    /// Names and addresses of all functions, in no order.
    pub fn functions(&self) -> impl Iterator<Item = (&str, usize)> {
        self.symbols.iter().map(|(name, &address)| (name.as_str(), address))
    }
}
