//! The code of a specialization: of tier 1 at once, of tier 2 when it is there.
//!
//! [`Tiers`] is what the two sides share: calls, which read the present code once each
//! and use nothing else of the other tier, and the compiling thread, which puts the
//! better code in its place. A loop that runs for long has code of its own to go on in
//! (`continuations.rs`), if it is an innermost one of the called function. It holds no Python
//! object, so either side may drop it. The code of tier 1 stays mapped: calls in progress run
//! it to their end.
//!
//! A kernel with loops is submitted when it has run for [`WORTHWHILE`] in all, or while
//! it runs when Python's signals are looked at; straight-line code gains nothing that a
//! call would notice. `CUMBIA_TIER` and the option `tier` override this.

use crate::cache::Kept;
use crate::continuations::Continuations;
use crate::events::{self, Kind};
use cumbia_abi::{C_CONTEXT_SIZE, EntryFn, Site};
use cumbia_driver::{
    Artifact, Backend, CONTEXT_FOR_C, CompileError, Compiled, FOR_C, FunctionOrigin, NoLlvm,
    NoLlvmKind, SharedBackend, StoredModule, Target, Unforked, best, host, llvm, look_for_llvm_in,
    may_have_llvm, tiering,
};
use cumbia_ir::Module;
use cumbia_loader::{Description, LoadedModule, Origin};
use pyo3::exceptions::{PyRuntimeError, PyRuntimeWarning, PyValueError};
use pyo3::prelude::*;
use rustc_hash::FxHashMap;
use std::ffi::{CStr, CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, Once, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// Time in a kernel after which tier 2 is asked for: about what compiling it takes there.
const WORTHWHILE: Duration = Duration::from_millis(2);

/// At which part of that it is likely that the rest will follow.
const LIKELY: u64 = 8;

/// Loaded code of one tier.
pub struct Code {
    /// Where it is entered.
    pub entry: EntryFn,
    /// What its site numbers mean.
    pub sites: Vec<Site>,
    /// Class numbers of these.
    pub site_classes: Vec<u32>,
    module: LoadedModule,
}

impl Code {
    /// Maps an artifact whose entry has this name.
    pub fn load(artifact: &Artifact, entry: &str, origins: &Origins) -> Result<Code, String> {
        let origin = |name: &str| {
            let of = cumbia_driver::continued(name).unwrap_or(name);
            if let Some(origin) = origins.0.get(of) {
                return Some(origin.clone());
            }
            // Where a call from Python arrives.
            let Origin { name, file } = origins.0.get(of.strip_prefix("entry.")?)?.clone();
            Some(Origin { name: format!("entry.{name}"), file })
        };
        let description = Description { lines: &artifact.lines, origin: &origin };
        let module = LoadedModule::load_described(&artifact.object, |_| None, Some(&description))
            .map_err(|error| format!("compiled code can't be loaded: {error}"))?;
        let entry = module.entry(entry).ok_or("compiled code has no entry")?;
        let sites = artifact.sites.clone();
        let site_classes = cumbia_runtime::site_classes(&sites);
        Ok(Code { entry, sites, site_classes, module })
    }

    /// Makes its function for C ready and gives its address; null where it has none.
    fn ready_for_c(&self, entry: &str, caller: &CalledByC) -> *mut u8 {
        let name = entry.strip_prefix("entry.").unwrap_or(entry);
        let function = self.module.function(&format!("{FOR_C}{name}"));
        let context = self.module.variable(&format!("data.{CONTEXT_FOR_C}"));
        let (Some(function), Some(place)) = (function, context) else { return ptr::null_mut() };
        let mut context = cumbia_runtime::context_for_c();
        context.sites = self.sites.as_ptr();
        context.site_classes = self.site_classes.as_ptr();
        context.kernel = caller.kernel;
        context.callback = caller.callback;
        context.user = crate::interrupts::called_by_c();
        // SAFETY: the variable has so many bytes, aligned to 16, and nobody reads it before
        // the address is given on. All of these bytes are of fields with values.
        unsafe {
            ptr::copy_nonoverlapping((&raw const context).cast(), place, C_CONTEXT_SIZE);
        }
        function.cast_mut()
    }

    /// Another entry function, by name.
    pub fn entry_of(&self, name: &str) -> Option<EntryFn> {
        self.module.entry(name)
    }

    /// As [`Code::load`], of code that begins at a loop.
    fn load_continuation(
        mut artifact: Artifact,
        entry: &str,
        origins: &Origins,
    ) -> Result<Code, String> {
        // Tracebacks show the function, wherever it goes on.
        for site in &mut artifact.sites {
            if let Some(of) = cumbia_driver::continued(&site.function) {
                site.function = of.to_owned();
            }
        }
        Code::load(&artifact, entry, origins)
    }
}

/// What debuggers and profilers are told of functions, by their names in modules; empty where
/// nobody asks.
pub struct Origins(FxHashMap<String, Origin>);

impl Origins {
    fn of(compiled: &Compiled) -> Origins {
        if !cumbia_driver::keeps_lines() {
            return Origins(FxHashMap::default());
        }
        let origin = |(name, of): (&String, &FunctionOrigin)| {
            let file = if of.filename.is_empty() { "<unknown>" } else { &of.filename };
            let origin = Origin { name: of.qualname.clone(), file: file.to_owned() };
            (name.clone(), origin)
        };
        Origins(compiled.functions.iter().map(origin).collect())
    }
}

/// Which tier a function asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// Tier 1, and tier 2 when it is worth it.
    Auto,
    /// Tier 1 alone.
    Fast,
    /// Tier 2 at once; tier 1 where there is no other.
    Best,
}

impl Wanted {
    /// As the option says; the environment's word goes before the default.
    pub fn of(option: &str) -> PyResult<Wanted> {
        match option {
            "auto" => environment(),
            "fast" => Ok(Wanted::Fast),
            "best" => Ok(Wanted::Best),
            other => Err(PyValueError::new_err(format!("unknown tier '{other}'"))),
        }
    }
}

fn environment() -> PyResult<Wanted> {
    processor().map_err(PyValueError::new_err)?;
    static SET: OnceLock<Result<Wanted, String>> = OnceLock::new();
    let set = SET.get_or_init(|| match std::env::var("CUMBIA_TIER") {
        Err(_) => Ok(Wanted::Auto),
        Ok(text) => match text.as_str() {
            "" | "auto" => Ok(Wanted::Auto),
            "fast" => Ok(Wanted::Fast),
            "best" => Ok(Wanted::Best),
            other => Err(format!("CUMBIA_TIER is '{other}', not 'auto', 'fast' or 'best'")),
        },
    });
    set.clone().map_err(PyValueError::new_err)
}

/// What `CUMBIA_CPU` says code is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Processor {
    /// This one, with all that it has.
    Native,
    /// Every one of its family.
    Any,
}

fn processor() -> Result<Processor, String> {
    static SET: OnceLock<Result<Processor, String>> = OnceLock::new();
    let set = SET.get_or_init(|| match std::env::var("CUMBIA_CPU").as_deref() {
        Err(_) | Ok("" | "native") => Ok(Processor::Native),
        Ok("baseline") => Ok(Processor::Any),
        Ok(other) => Err(format!("CUMBIA_CPU is '{other}', not 'native' or 'baseline'")),
    });
    set.clone()
}

/// How far a specialization has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
enum Stand {
    /// Not yet worth it, or lost in a fork.
    Cold,
    /// Waits to be compiled, or is being compiled.
    Queued,
    /// Runs the code of tier 2.
    Best,
    /// Stays with tier 1.
    Final,
}

/// What a function for C has in its context.
struct CalledByC {
    /// The specialization.
    kernel: *const u8,
    /// The record that exceptions are reported by.
    callback: *const u8,
}

// SAFETY: both point to what is never freed, and are only handed on.
unsafe impl Send for CalledByC {}

/// The code of a specialization.
pub struct Tiers {
    /// The best code's function for C; null before one is asked for.
    for_c: AtomicPtr<u8>,
    /// What that is for. Held while the function changes.
    called_by_c: Mutex<Option<CalledByC>>,
    current: AtomicPtr<Code>,
    first: Code,
    best: OnceLock<Code>,
    /// The present [`Stand`], and the epoch in which it was submitted.
    stand: Mutex<(Stand, u32)>,
    changed: Condvar,
    /// Ticks that its runs took; beyond `enough` nothing is measured any more.
    heat: AtomicU64,
    enough: AtomicU64,
    /// Whether better code may come; false behind the last change of `stand`.
    improves: AtomicBool,
    /// Nanoseconds that compiling for tier 2 took.
    time: AtomicU64,
    /// How often a loop went on in tier 2's code.
    moved: AtomicU64,
    entry: String,
    /// Function and types, for events.
    label: String,
    /// For the loops of tier 1's code that can be left.
    continuations: Continuations,
    module: Arc<StoredModule>,
    origins: Origins,
    /// Where its code is kept.
    kept: Option<Kept>,
}

// SAFETY: `current` points to `first` or `best`, which live as long as the struct and are
// never changed once they are there.
unsafe impl Send for Tiers {}
// SAFETY: as above.
unsafe impl Sync for Tiers {}

impl Tiers {
    /// Loads the code of tier 1. Whether better code may follow is said by `wanted`, and
    /// that of tier 2 is made at once where it is asked for.
    pub fn new(
        py: Python<'_>,
        compiled: &Compiled,
        wanted: Wanted,
        kept: Option<Kept>,
    ) -> PyResult<Arc<Tiers>> {
        let origins = Origins::of(compiled);
        let first = Code::load(&compiled.artifact, &compiled.entry, &origins)
            .map_err(|text| PyRuntimeError::new_err(format!("{text}; this is a bug in cumbia")))?;
        let module = compiled.stored_module();
        // A generator's frame is resumed by the code that made it.
        let stays = wanted == Wanted::Fast
            || compiled.generator.is_some()
            || crate::interpreted::Interpreted::asked() != crate::interpreted::Interpreted::No;
        let stand = if stays { Stand::Final } else { Stand::Cold };
        let enough = if stays || !compiled.cost.polls { 0 } else { ticks(WORTHWHILE) };
        let tiers = Arc::new(Tiers {
            for_c: AtomicPtr::default(),
            called_by_c: Mutex::new(None),
            current: AtomicPtr::default(),
            first,
            best: OnceLock::new(),
            stand: Mutex::new((stand, tiering::epoch())),
            changed: Condvar::new(),
            heat: AtomicU64::new(0),
            enough: AtomicU64::new(enough),
            improves: AtomicBool::new(enough != 0),
            time: AtomicU64::new(0),
            moved: AtomicU64::new(0),
            entry: compiled.entry.clone(),
            label: label(compiled),
            continuations: Continuations::new(compiled.exits),
            module,
            origins,
            kept,
        });
        tiers.current.store((&raw const tiers.first).cast_mut(), Ordering::Release);
        if !compiled.is_from_cache() {
            let time = compiled.timings.total();
            events::record(Kind::Compiled, &tiers.label, time, compiled.target);
        }
        if !stays && tiers.find_best() {
            return Ok(tiers);
        }
        if wanted == Wanted::Best && !stays {
            tell_if_missing();
            // Others go on meanwhile.
            py.detach(|| tiers.compile_now());
        }
        Ok(tiers)
    }

    /// Takes the code of tier 2 that an earlier process has kept, if there is some.
    fn find_best(&self) -> bool {
        let load = |kept: &Kept| Code::load(&kept.best()?, &self.entry, &self.origins).ok();
        let Some(code) = self.kept.as_ref().and_then(load) else { return false };
        self.go_to(code);
        events::record(Kind::Found, &self.label, Duration::ZERO, "best");
        self.settle(Stand::Best);
        true
    }

    /// Has the code of tier 2 run from now on.
    fn go_to(&self, code: Code) {
        let code = self.best.get_or_init(|| code);
        self.current.store((&raw const *code).cast_mut(), Ordering::Release);
        let caller = self.called_by_c.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(caller) = &*caller {
            let function = code.ready_for_c(&self.entry, caller);
            if !function.is_null() {
                self.for_c.store(function, Ordering::Release);
            }
        }
    }

    /// The cell with the address of the function for C, which changes with the code; `None`
    /// where the code has none. Better code is asked for at once: nobody measures such calls.
    pub fn for_c(
        self: &Arc<Tiers>,
        kernel: *const u8,
        callback: *const u8,
    ) -> Option<&AtomicPtr<u8>> {
        {
            let mut called = self.called_by_c.lock().unwrap_or_else(PoisonError::into_inner);
            let caller = called.get_or_insert(CalledByC { kernel, callback });
            let function = self.current().ready_for_c(&self.entry, caller);
            if function.is_null() {
                return None;
            }
            self.for_c.store(function, Ordering::Release);
        }
        self.submit();
        Some(&self.for_c)
    }

    /// The code to run.
    #[inline]
    pub fn current(&self) -> &Code {
        // SAFETY: never null after `new`; see the struct.
        unsafe { &*self.current.load(Ordering::Acquire) }
    }

    /// The code of tier 1.
    pub fn first(&self) -> &Code {
        &self.first
    }

    /// The code in which a loop goes on that tier 1's code is in, and its entry there.
    pub fn continuation(&self, number: usize) -> Option<(&Code, EntryFn)> {
        let found = self.continuations.get(number)?;
        self.moved.fetch_add(1, Ordering::Relaxed);
        events::record(Kind::Moved, &self.label, Duration::ZERO, "");
        Some(found)
    }

    /// Whether a loop of the code with these sites can go on in better code; if not, that is
    /// asked for.
    pub fn has_better(self: &Arc<Tiers>, sites: *const Site, number: usize) -> bool {
        if sites != self.first.sites.as_ptr() {
            return false;
        }
        if self.continuations.get(number).is_some() {
            return true;
        }
        if self.stand().0 != Stand::Final && is_there() && self.continuations.ask(number) {
            let job = Job { tiers: self.clone(), start: Instant::now(), begins_at: Some(number) };
            // A thread that is started has the control of this one, here and below.
            let _floats = cumbia_runtime::DefaultFloats::enter();
            // Where no job is taken any more the loop stays where it is.
            let _ = tiering::submit(Box::new(job));
        }
        false
    }

    /// The code that a context's sites belong to.
    pub fn of_sites(&self, sites: *const Site) -> &Code {
        match self.best.get() {
            Some(best) if best.sites.as_ptr() == sites => best,
            _ => self.continuations.of_sites(sites).unwrap_or(&self.first),
        }
    }

    /// Whether the time of runs still matters.
    #[inline]
    pub fn is_measured(&self) -> bool {
        self.enough.load(Ordering::Relaxed) != 0
    }

    /// Whether better code may come for what runs now.
    #[inline]
    pub fn improves(&self) -> bool {
        self.improves.load(Ordering::Relaxed)
    }

    /// Counts a run's time, in ticks of [`now`].
    #[inline]
    pub fn ran(self: &Arc<Tiers>, ticks: u64) {
        // Two threads may lose a run.
        let heat = self.heat.load(Ordering::Relaxed).saturating_add(ticks);
        self.heat.store(heat, Ordering::Relaxed);
        let enough = self.enough.load(Ordering::Relaxed);
        if heat >= enough {
            self.submit();
        } else if heat >= enough / LIKELY && !PREPARED.load(Ordering::Relaxed) {
            prepare();
        }
    }

    /// Asks for the code of tier 2, unless that was done.
    #[cold]
    pub fn submit(self: &Arc<Tiers>) {
        self.enough.store(0, Ordering::Relaxed);
        if matches!(self.stand().0, Stand::Best | Stand::Final) {
            return;
        }
        if !is_there() {
            return;
        }
        {
            let mut stand = self.stand();
            let lost = *stand != (Stand::Queued, tiering::epoch()) && stand.0 == Stand::Queued;
            if stand.0 != Stand::Cold && !lost {
                return;
            }
            *stand = (Stand::Queued, tiering::epoch());
        }
        events::record(Kind::Queued, &self.label, Duration::ZERO, "");
        let job = Job { tiers: self.clone(), start: Instant::now(), begins_at: None };
        let _floats = cumbia_runtime::DefaultFloats::enter();
        if tiering::submit(Box::new(job)).is_err() {
            events::record(Kind::Declined, &self.label, Duration::ZERO, "the queue is closed");
            self.settle(Stand::Final);
        }
    }

    /// The backend of tier 2, unless there is none or it declines the module.
    fn backend(&self) -> Option<&'static dyn Backend> {
        let backend = backend()?;
        match backend.declines(self.module.get()) {
            None => Some(backend),
            Some(why) => {
                events::record(Kind::Declined, &self.label, Duration::ZERO, &why);
                None
            }
        }
    }

    /// Compiles for tier 2 on this thread.
    fn compile_now(&self) {
        match self.backend() {
            None => self.settle(Stand::Final),
            Some(backend) => {
                let start = Instant::now();
                events::record(Kind::Queued, &self.label, Duration::ZERO, "waited for");
                let made = tiering::compile(self.module.get(), None, backend, verifies());
                self.install(made, start);
            }
        }
    }

    fn stand(&self) -> std::sync::MutexGuard<'_, (Stand, u32)> {
        self.stand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&self, to: Stand) {
        self.enough.store(0, Ordering::Relaxed);
        self.improves.store(false, Ordering::Relaxed);
        self.stand().0 = to;
        self.changed.notify_all();
    }

    /// Puts the code of tier 2 in place; a failure is told once and leaves tier 1.
    fn install(&self, result: Result<Artifact, CompileError>, start: Instant) {
        let loaded = result.map_err(|error| crate::errors::report(&error)).and_then(|artifact| {
            Ok((Code::load(&artifact, &self.entry, &self.origins)?, artifact))
        });
        match loaded {
            Ok((code, artifact)) => {
                self.go_to(code);
                let time = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
                self.time.store(time, Ordering::Relaxed);
                events::record(Kind::Optimized, &self.label, start.elapsed(), "");
                if let Some(kept) = &self.kept {
                    kept.keep_best(&artifact, &self.label);
                }
                self.settle(Stand::Best);
            }
            Err(text) => {
                eprintln!("cumbia: tier 2: {text}");
                events::record(Kind::Warned, &self.label, start.elapsed(), &text);
                events::record(Kind::Declined, &self.label, start.elapsed(), &text);
                self.settle(Stand::Final);
            }
        }
    }

    /// Puts the code that begins at a loop in place; a failure is told once.
    fn install_continuation(&self, number: usize, result: Result<Artifact, CompileError>) {
        let entry = cumbia_driver::continuation(&self.entry, number);
        let loaded = result
            .map_err(|error| crate::errors::report(&error))
            .and_then(|artifact| Code::load_continuation(artifact, &entry, &self.origins));
        match loaded {
            Ok(code) => self.continuations.put(number, code),
            Err(text) => {
                eprintln!("cumbia: tier 2, in a loop: {text}");
                events::record(Kind::Warned, &self.label, Duration::ZERO, &text);
            }
        }
    }

    /// Waits until it isn't queued, or until `until`; false if that came first.
    pub fn wait(&self, until: Instant) -> bool {
        let mut stand = self.stand();
        while *stand == (Stand::Queued, tiering::epoch()) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.changed.wait_timeout(stand, left);
            stand = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Which tier runs now: `fast` or `best`.
    pub fn name(&self) -> &'static str {
        if self.best.get().is_some() { "best" } else { "fast" }
    }

    /// How often a loop that ran went on in tier 2's code.
    pub fn moved(&self) -> u64 {
        self.moved.load(Ordering::Relaxed)
    }

    /// Time from asking for tier 2 to having it.
    pub fn time(&self) -> Duration {
        Duration::from_nanos(self.time.load(Ordering::Relaxed))
    }
}

/// How events name a specialization.
pub fn label(compiled: &Compiled) -> String {
    let name = compiled.entry.strip_prefix("entry.").unwrap_or(&compiled.entry);
    let name = compiled.functions.get(name).map_or(name, |origin| &origin.qualname);
    let args: Vec<String> = compiled.signature.args.iter().map(ToString::to_string).collect();
    format!("{name}({})", args.join(", "))
}

/// A specialization in the queue.
struct Job {
    tiers: Arc<Tiers>,
    start: Instant,
    /// The loop at which its code begins, if it isn't that of calls.
    begins_at: Option<usize>,
}

impl tiering::Job for Job {
    fn module(&self) -> Arc<Module> {
        self.tiers.module.get().clone()
    }

    fn verifies(&self) -> bool {
        verifies()
    }

    fn begins_at(&self) -> Option<tiering::LoopOf<'_>> {
        Some(tiering::LoopOf { entry: &self.tiers.entry, number: self.begins_at? })
    }

    fn wanted(&self) -> bool {
        // The specialization has the other reference.
        Arc::strong_count(&self.tiers) > 1
    }

    fn backend(&self) -> Option<&'static dyn Backend> {
        self.tiers.backend()
    }

    fn finish(self: Box<Self>, result: Option<Result<Artifact, CompileError>>) {
        match (self.begins_at, result) {
            (Some(number), Some(result)) => self.tiers.install_continuation(number, result),
            (None, Some(result)) => self.tiers.install(result, self.start),
            (None, None) => self.tiers.settle(Stand::Final),
            (Some(_), None) => {}
        }
    }
}

/// A clock that is read in a few nanoseconds, in ticks of unknown length.
#[inline]
pub fn now() -> u64 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 processor has it.
    unsafe {
        std::arch::x86_64::_rdtsc()
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        use std::time::SystemTime;
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        since.map_or(0, |time| time.as_nanos() as u64)
    }
}

/// A time in ticks of [`now`], for a processor of 2 GHz: a threshold needs no precision.
fn ticks(time: Duration) -> u64 {
    let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    if cfg!(target_arch = "x86_64") { nanoseconds.saturating_mul(2) } else { nanoseconds }
}

/// The target of tier 1. With `CUMBIA_TIER1=llvm`, for tests, it is LLVM: then everything
/// is compiled by it, also what the second tier would leave alone.
pub fn first_target() -> &'static Target {
    static FOUND: OnceLock<&'static Target> = OnceLock::new();
    FOUND.get_or_init(|| {
        let asked = std::env::var_os("CUMBIA_TIER1").is_some_and(|name| name == "llvm");
        if asked && find_llvm().is_ok() { best() } else { host() }
    })
}

/// Loads LLVM if it can be had: what `CUMBIA_LLVM` names, else what lies beside this
/// module.
pub fn find_llvm() -> Result<&'static SharedBackend, &'static NoLlvm> {
    tell_folder();
    llvm()
}

/// The file that LLVM would be loaded from.
pub fn llvm_path() -> Option<PathBuf> {
    tell_folder();
    cumbia_driver::llvm_path()
}

fn tell_folder() {
    if let Some(folder) = own_folder() {
        look_for_llvm_in(folder);
    }
}

/// The folder of the shared object that this code is in.
fn own_folder() -> Option<PathBuf> {
    let mut found = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    let here: fn() -> Option<PathBuf> = own_folder;
    // SAFETY: any address may be asked for; on success the name is a text that lives as
    // long as this object.
    let file = unsafe {
        if libc::dladdr(here as *const libc::c_void, found.as_mut_ptr()) == 0 {
            return None;
        }
        let name = found.assume_init().dli_fname;
        if name.is_null() {
            return None;
        }
        CStr::from_ptr(name)
    };
    Some(Path::new(OsStr::from_bytes(file.to_bytes())).parent()?.to_owned())
}

/// Whether the compiling thread was told to look for the backend ahead of its first job.
static PREPARED: AtomicBool = AtomicBool::new(false);

/// Has LLVM loaded in the background, which takes milliseconds.
#[cold]
fn prepare() {
    if !PREPARED.swap(true, Ordering::Relaxed) && is_there() {
        let _floats = cumbia_runtime::DefaultFloats::enter();
        tiering::prepare(|| _ = backend());
    }
}

/// The backend of tier 2, looked for when it is first needed.
fn backend() -> Option<&'static dyn Backend> {
    static FOUND: OnceLock<Option<&'static dyn Backend>> = OnceLock::new();
    if let Some(found) = FOUND.get() {
        return *found;
    }
    let _unforked = Unforked::enter();
    *FOUND.get_or_init(|| {
        // Tests of the tiers themselves do without the optimizing compiler.
        match std::env::var("CUMBIA_TIER2").as_deref() {
            Ok("cranelift") => return host().backend().ok(),
            Ok("0") => return None,
            _ => {}
        }
        match find_llvm() {
            Ok(_) => best().backend().ok(),
            Err(none) => {
                if none.kind == NoLlvmKind::Broken {
                    eprintln!("cumbia: no tier 2: {}", none.why);
                    events::record(Kind::Warned, "", Duration::ZERO, &none.why);
                }
                None
            }
        }
    })
}

/// Says once that tier 2, which was asked for by name, isn't there, unless it was turned
/// off.
fn tell_if_missing() {
    static TOLD: Once = Once::new();
    if let (None, Err(none)) = (backend(), find_llvm())
        && none.kind != NoLlvmKind::Off
    {
        TOLD.call_once(|| {
            let text = format!("no tier 2, going on with tier 1: {}", none.why);
            events::record(Kind::Warned, "", Duration::ZERO, &text);
            let text = CString::new(text);
            Python::attach(|py| {
                let category = py.get_type::<PyRuntimeWarning>();
                let warned = PyErr::warn(py, &category, &text.unwrap_or_default(), 1);
                // Where warnings are errors it is shown all the same.
                warned.unwrap_or_else(|error| error.write_unraisable(py, None));
            });
        });
    }
}

/// The backend of tier 1, whether LLVM can be had, and what it is or why not: for tests
/// and reports.
#[pyfunction]
pub fn _tiers() -> (&'static str, bool, String) {
    match find_llvm() {
        Ok(llvm) => (first_target().name, true, llvm.description().to_owned()),
        Err(none) => (first_target().name, false, none.why.clone()),
    }
}

/// Ends tier 2 before the interpreter ends.
#[pyfunction]
pub fn _shut_down(py: Python<'_>) {
    py.detach(tiering::shut_down);
    crate::logging::tell(py, false);
}

/// Makes the process ready: once, when the module is imported.
pub fn install(module: &Bound<'_, PyModule>) -> PyResult<()> {
    if cumbia_loader::wants_lines() {
        cumbia_driver::keep_lines();
    }
    if processor() == Ok(Processor::Any) {
        cumbia_driver::compile_for_any_processor();
    }
    module.add_function(wrap_pyfunction!(_tiers, module)?)?;
    module.add_function(wrap_pyfunction!(_shut_down, module)?)?;
    let function = module.getattr("_shut_down")?;
    module.py().import("atexit")?.call_method1("register", (function,))?;
    Ok(())
}

/// Whether the IR is verified after each pass, as tests ask.
pub fn verifies() -> bool {
    std::env::var_os("CUMBIA_VERIFY").is_some_and(|v| v != "0")
}

/// Whether there may be a tier 2, without loading it.
pub fn is_there() -> bool {
    match std::env::var("CUMBIA_TIER2").as_deref() {
        Ok("cranelift") => true,
        Ok("0") => false,
        _ => {
            tell_folder();
            may_have_llvm()
        }
    }
}
