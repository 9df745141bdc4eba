//! A specialization on the reference interpreter in place of its machine code.
//!
//! For tests: with `CUMBIA_INTERPRET` set, a call goes into the module's IR instead of the
//! object that the backend made of it. Everything around stays: the boundary fills the
//! same slots, the runtime's functions are called through the same table, memory is the
//! call's own, and exceptions are left in the context by the numbers of the artifact's
//! sites, so that results, arguments and tracebacks are made by the same code.
//!
//! Accesses aren't checked here; `cumbia-tool interp` does that, for calls whose memory it
//! made itself.

use cumbia_abi::{
    AbiType, Context, ExceptionClass, HELPERS, HelperEffects, Owner, STATUS_OK, STATUS_RAISED,
    STATUS_RUNTIME, Site, SiteKind, TRACE_CAPACITY, helper_index,
};
use cumbia_driver::Compiled;
use cumbia_ir::interp::{Host, HostError, Interpreter, Limits, Place, Stop};
use cumbia_ir::{DataDecl, DataId, ExternDecl, Loc, RaiseSpec, Region, Type};
use cumbia_runtime::call_helper;
use rustc_hash::FxHashMap;
use std::ffi::OsStr;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

/// Which IR runs instead of machine code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Interpreted {
    /// Machine code runs.
    No,
    /// What the backend gets.
    Optimized,
    /// What the front end gave: no pass runs.
    Lowered,
}

impl Interpreted {
    /// What `CUMBIA_INTERPRET` asks for, read once.
    pub fn asked() -> Interpreted {
        static ASKED: OnceLock<Interpreted> = OnceLock::new();
        *ASKED.get_or_init(|| {
            let value = std::env::var_os("CUMBIA_INTERPRET");
            match value.as_deref().and_then(OsStr::to_str) {
                None | Some("" | "0") => Interpreted::No,
                Some("lowered") => Interpreted::Lowered,
                Some(_) => Interpreted::Optimized,
            }
        })
    }
}

/// Frames at which RecursionError is raised: more than machine code has room for.
const DEPTH: usize = 100_000;

/// A module that is interpreted.
pub struct Machine {
    /// Addresses of static data, which lives as long as this: layouts of containers are
    /// in it, and results refer to them. Allocated as words of 16 bytes, so many.
    data: Vec<(u64, usize)>,
    /// Numbers of the artifact's sites, by function and place.
    sites: FxHashMap<(String, Loc), Vec<u32>>,
}

impl Drop for Machine {
    fn drop(&mut self) {
        for &(address, words) in &self.data {
            let start = pointer(address).cast::<u128>();
            // SAFETY: from `Box::into_raw` in `new`, of as many words; dropped once, when
            // no call runs any more and no result refers to it.
            drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(start, words)) });
        }
    }
}

impl Machine {
    /// What interpreting a compiled function needs; `None` if it has no such entry.
    pub fn new(compiled: &Compiled) -> Option<Machine> {
        let module = compiled.module();
        module.find_function(&compiled.entry)?;
        let data = module.data.iter().map(|decl| placed(&decl.bytes)).collect();
        let mut sites: FxHashMap<_, Vec<u32>> = FxHashMap::default();
        for (number, site) in compiled.artifact.sites.iter().enumerate() {
            let Site { line, col, end_line, end_col, .. } = *site;
            let place = (site.function.clone(), Loc { line, col, end_line, end_col });
            sites.entry(place).or_default().push(number as u32);
        }
        Some(Machine { data, sites })
    }

    /// Runs an entry function, by its name, as machine code would: gives a status, and leaves an
    /// exception in the context.
    ///
    /// # Safety
    ///
    /// As for the entry of the machine code: slots of this module's arguments, room for
    /// its results at `out`, and a context of this call.
    pub unsafe fn run(
        &self,
        compiled: &Compiled,
        entry: &str,
        context: &mut Context,
        slots: *const u64,
        out: *mut u64,
    ) -> i32 {
        let args = [slots.expose_provenance() as u64, out.expose_provenance() as u64];
        let host = Memory { machine: self, sites: &compiled.artifact.sites, context };
        let limits = Limits { fuel: u64::MAX, depth: DEPTH };
        let mut interpreter = Interpreter::new(compiled.module(), host, limits);
        let function = compiled.module().find_function(entry).expect("an entry of the module");
        let stop = match interpreter.call(function, &args) {
            Ok(_) => return STATUS_OK,
            Err(Stop::Raised(exception)) => return exception.status,
            Err(stop) => stop,
        };
        let context = interpreter.host.context;
        cumbia_runtime::raise(
            context,
            ExceptionClass::RuntimeError,
            format!("interpreter: {stop}"),
        );
        STATUS_RUNTIME
    }
}

/// Memory with these bytes at its start, aligned to 16: address and words.
fn placed(bytes: &[u8]) -> (u64, usize) {
    let mut words = vec![0u128; bytes.len().div_ceil(16).max(1)];
    for (word, chunk) in words.iter_mut().zip(bytes.chunks(16)) {
        let mut full = [0; 16];
        full[..chunk.len()].copy_from_slice(chunk);
        *word = u128::from_ne_bytes(full);
    }
    let count = words.len();
    let start = Box::into_raw(words.into_boxed_slice()).cast::<u8>();
    (start.expose_provenance() as u64, count)
}

/// The host of one call: the call's own memory and context.
struct Memory<'c> {
    machine: &'c Machine,
    sites: &'c [Site],
    context: &'c mut Context,
}

impl Memory<'_> {
    fn runtime(&mut self, index: usize, args: &[u64]) -> Result<u64, HostError> {
        // SAFETY: the front end passes what a helper expects, as to machine code.
        let result = unsafe { call_helper(index, self.context, args) };
        match self.context.status {
            STATUS_OK => Ok(result),
            _ if HELPERS[index].effects != HelperEffects::Raises => Ok(result),
            status => Err(HostError::Kept(status)),
        }
    }

    /// The site at a place that is as wanted.
    fn site(&self, place: &Place, wanted: impl Fn(&SiteKind) -> bool) -> Option<u32> {
        let key = (place.function.clone(), place.loc);
        let numbers = self.machine.sites.get(&key)?;
        numbers.iter().copied().find(|&number| wanted(&self.sites[number as usize].kind))
    }
}

impl Host for Memory<'_> {
    fn keeps_exceptions(&self) -> bool {
        true
    }

    fn start(
        &mut self,
        place: &Place,
        spec: &RaiseSpec,
        args: &[(Type, u64)],
    ) -> Result<i32, HostError> {
        let types: Vec<AbiType> = args.iter().map(|&(ty, _)| shown_as(ty)).collect();
        let site = self.site(place, |kind| match kind {
            SiteKind::Raise { class, message, args } => {
                *class == spec.class && *message == spec.message && *args == types
            }
            SiteKind::Call => false,
        });
        self.context.raise_site =
            site.ok_or_else(|| HostError::Bug(format!("no site of {} at {place:?}", spec.class)))?;
        for (slot, &(_, bits)) in self.context.raise_args.iter_mut().zip(args) {
            *slot = bits;
        }
        self.context.trace_len = 0;
        Ok(STATUS_RAISED)
    }

    fn pass(&mut self, place: &Place) {
        let Some(site) = self.site(place, |kind| *kind == SiteKind::Call) else { return };
        // The length also counts sites beyond the capacity.
        let length = self.context.trace_len as usize;
        self.context.trace_len += 1;
        if length < TRACE_CAPACITY {
            self.context.trace[length].write(site);
        }
    }

    fn extern_call(&mut self, callee: &ExternDecl, args: &[u64]) -> Result<Option<u64>, HostError> {
        let index = helper_index(&callee.name)
            .ok_or_else(|| HostError::Bug(format!("no runtime function @{}", callee.name)))?;
        let result = self.runtime(index, args)?;
        Ok(callee.result.map(|_| result))
    }

    fn parallel_block(&mut self, record: u64, block: u64) -> Result<Option<[u64; 2]>, HostError> {
        // SAFETY: the front end passes the record of a loop that it has filled.
        let slots = unsafe {
            if block == 0 {
                cumbia_runtime::parallel_begin(pointer(record));
            }
            cumbia_runtime::parallel_block(pointer(record), block)
        };
        Ok(slots.map(|both| both.map(|slots| slots.expose_provenance() as u64)))
    }

    fn parallel_end(&mut self, record: u64, ended_well: bool) -> Result<(), HostError> {
        let status = if ended_well { STATUS_OK } else { STATUS_RUNTIME };
        // SAFETY: as above.
        let given = unsafe { cumbia_runtime::parallel_end(self.context, pointer(record), status) };
        if given == status { Ok(()) } else { Err(HostError::Kept(given)) }
    }

    fn poll(&mut self) -> Result<(), HostError> {
        // SAFETY: the boundary sets the flag for the time of the call.
        let flag = unsafe { &*self.context.poll_flag };
        match flag.load(Ordering::Relaxed) {
            0 => Ok(()),
            _ => self.runtime(helper_index("poll_slow").expect("in the table"), &[]).map(drop),
        }
    }

    fn data(&mut self, data: DataId, _: &DataDecl) -> Result<u64, HostError> {
        Ok(self.machine.data[data.index()].0)
    }

    fn load(&mut self, address: u64, ty: Type, _: Region) -> Result<u64, HostError> {
        let at = pointer(address);
        // SAFETY: the IR accesses what machine code of it would: live memory of the call.
        Ok(unsafe {
            match ty.bytes() {
                1 => u64::from(at.read()),
                2 => u64::from(at.cast::<u16>().read_unaligned()),
                4 => u64::from(at.cast::<u32>().read_unaligned()),
                _ => at.cast::<u64>().read_unaligned(),
            }
        })
    }

    fn store(
        &mut self,
        address: u64,
        ty: Type,
        region: Region,
        bits: u64,
    ) -> Result<(), HostError> {
        let at = pointer(address);
        // A result's slot has zero or sign bits above what is narrower, as in canonical form.
        let bytes = if region == Region::Slots { 8 } else { ty.bytes() };
        // SAFETY: as in `load`; it is writable where the front end stores.
        unsafe {
            match bytes {
                1 => at.write(bits as u8),
                2 => at.cast::<u16>().write_unaligned(bits as u16),
                4 => at.cast::<u32>().write_unaligned(bits as u32),
                _ => at.cast::<u64>().write_unaligned(bits),
            }
        }
        Ok(())
    }

    fn retain(&mut self, owner: u64) -> Result<(), HostError> {
        // SAFETY: the front end counts live records only.
        unsafe { (*pointer(owner).cast::<Owner>()).refcount += 1 };
        Ok(())
    }

    fn release(&mut self, owner: u64) -> Result<(), HostError> {
        let record = pointer(owner).cast::<Owner>();
        // SAFETY: as in `retain`.
        let left = unsafe {
            (*record).refcount -= 1;
            (*record).refcount
        };
        match left {
            0 => {
                self.runtime(helper_index("free_owner").expect("in the table"), &[owner]).map(drop)
            }
            _ => Ok(()),
        }
    }
}

/// How a message argument is shown; narrow integers are in canonical form.
fn shown_as(ty: Type) -> AbiType {
    match ty {
        Type::Bool => AbiType::Bool,
        Type::I8 | Type::I16 | Type::I32 | Type::I64 => AbiType::I64,
        Type::F32 => AbiType::F32,
        Type::F64 => AbiType::F64,
        Type::Ptr => AbiType::Ptr,
    }
}

fn pointer(address: u64) -> *mut u8 {
    std::ptr::with_exposed_provenance_mut(address as usize)
}
