//! Finds LLVM, which is a shared object of its own, on first need.
//!
//! Where it is: the environment variable `CUMBIA_LLVM` names the file (and `0` or an
//! empty value says to do without), otherwise it is `libcumbia_llvm.so` in the folder
//! that [`look_for_llvm_in`] was told, that of the Python package. Without it everything
//! works on the first tier. The answer is that of the first time: an object that appears
//! later is found by the next process.

use cumbia_backend::shared::SharedBackend;
use std::path::PathBuf;
use std::sync::OnceLock;

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
    let load = || {
        let path = path()?;
        SharedBackend::load("llvm", &path)
            .map_err(|e| NoLlvm { why: e.to_string(), kind: NoLlvmKind::Broken })
    };
    LOADED.get_or_init(load).as_ref()
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
