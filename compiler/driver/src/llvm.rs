//! Finds LLVM, which is a shared object of its own, on first need.
//!
//! Where it is: the environment variable `CUMBIA_LLVM` names the file (and `0` or an
//! empty value says to do without), otherwise it is `libcumbia_llvm.so` in the folder
//! that [`look_for_llvm_in`] was told, that of the Python package. Without it everything
//! works on the first tier. The answer is that of the first time: an object that appears
//! later is found by the next process.

use crate::targets::is_for_any_processor;
use cumbia_backend::shared::{Options, SharedBackend};
use std::cell::Cell;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

/// The object's file name.
pub const LLVM_OBJECT: &str = "libcumbia_llvm.so";

static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// Says where LLVM's object lies unless `CUMBIA_LLVM` is set. The first one counts.
pub fn look_for_llvm_in(folder: impl Into<PathBuf>) {
    let _ = FOLDER.set(folder.into());
}

/// Why there is no LLVM.
#[derive(Clone, Debug)]
pub struct NoLlvm {
    /// A sentence for the user.
    pub why: String,
    /// What kind of reason that is.
    pub kind: NoLlvmKind,
}

/// Kinds of reasons.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoLlvmKind {
    /// `CUMBIA_LLVM` says so.
    Off,
    /// It isn't installed.
    Absent,
    /// It is there, or was named, and can't be loaded.
    Broken,
}

/// LLVM, loaded when first asked for.
///
/// # Errors
///
/// Why there is none.
pub fn llvm() -> Result<&'static SharedBackend, &'static NoLlvm> {
    static LOADED: OnceLock<Result<SharedBackend, NoLlvm>> = OnceLock::new();
    if let Some(loaded) = LOADED.get() {
        return loaded.as_ref();
    }
    let _unforked = Unforked::enter();
    let load = || {
        let path = path()?;
        let llvm = SharedBackend::load("llvm", &path)
            .map_err(|e| NoLlvm { why: e.to_string(), kind: NoLlvmKind::Broken })?;
        set_up(&llvm);
        Ok(llvm)
    };
    LOADED.get_or_init(load).as_ref()
}

/// Has LLVM set up what it does once in a process, all of it with its first code: a fork in
/// the middle of that would leave a child without.
fn set_up(llvm: &SharedBackend) {
    let text = "func @nothing(ptr, ptr) -> () {\nblock0(v0: ptr, v1: ptr):\n    return\n}\n";
    let module = cumbia_ir::parse_module(text).expect("the text is IR");
    let options = Options { baseline: is_for_any_processor(), ..Options::default() };
    // What is wrong with it is told by the first code that somebody asked for.
    let _ = llvm.answer(&module, options);
}

/// Whether there may be LLVM, without loading it.
pub fn may_have_llvm() -> bool {
    path().is_ok()
}

/// The file that would be loaded, if there may be one.
pub fn llvm_path() -> Option<PathBuf> {
    path().ok()
}

fn path() -> Result<PathBuf, NoLlvm> {
    let none = |kind, why: &str| NoLlvm { why: why.to_owned(), kind };
    match std::env::var_os("CUMBIA_LLVM") {
        Some(value) if value.is_empty() || value == "0" => {
            Err(none(NoLlvmKind::Off, "CUMBIA_LLVM says to do without LLVM"))
        }
        Some(value) => Ok(PathBuf::from(value)),
        None => {
            let nobody = || none(NoLlvmKind::Absent, "nobody said where LLVM's object is");
            let path = FOLDER.get().ok_or_else(nobody)?.join(LLVM_OBJECT);
            match path.exists() {
                true => Ok(path),
                false => Err(none(NoLlvmKind::Absent, &format!("{} isn't there", path.display()))),
            }
        }
    }
}

/// While one lives, this process isn't forked: a child would wait for ever for what another
/// thread has begun to set up, which doesn't exist there. For a few milliseconds at most.
pub struct Unforked(());

/// On how many threads one lives; and how many threads fork or are about to.
static LIVING: AtomicU32 = AtomicU32::new(0);
static FORKING: AtomicU32 = AtomicU32::new(0);

thread_local! {
    /// How many live on this thread: inner ones needn't ask.
    static INSIDE: Cell<u32> = const { Cell::new(0) };
}

impl Unforked {
    /// Waits until nobody forks.
    pub fn enter() -> Unforked {
        if INSIDE.get() == 0 {
            loop {
                // Either this thread sees that somebody forks, or that one sees this.
                LIVING.fetch_add(1, Ordering::SeqCst);
                if FORKING.load(Ordering::SeqCst) == 0 {
                    break;
                }
                LIVING.fetch_sub(1, Ordering::SeqCst);
                thread::sleep(SHORT);
            }
        }
        INSIDE.set(INSIDE.get() + 1);
        Unforked(())
    }
}

impl Drop for Unforked {
    fn drop(&mut self) {
        INSIDE.set(INSIDE.get() - 1);
        if INSIDE.get() == 0 {
            LIVING.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

const SHORT: Duration = Duration::from_micros(100);

/// To be called before a fork, on the thread that forks: waits until no [`Unforked`] lives
/// but its own.
pub fn before_fork() {
    FORKING.fetch_add(1, Ordering::SeqCst);
    while LIVING.load(Ordering::SeqCst) > own() {
        thread::sleep(SHORT);
    }
}

/// To be called after a fork, in the parent.
pub fn forked() {
    FORKING.fetch_sub(1, Ordering::SeqCst);
}

/// To be called in a forked child: what other threads were about to do isn't done there.
pub fn after_fork() {
    FORKING.store(0, Ordering::SeqCst);
    LIVING.store(own(), Ordering::SeqCst);
}

fn own() -> u32 {
    u32::from(INSIDE.get() > 0)
}
