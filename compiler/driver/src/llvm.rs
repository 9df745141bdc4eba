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
    /// Whether that is as it should be: it isn't installed, or isn't wanted.
    pub expected: bool,
}

/// LLVM, loaded when first asked for.
///
/// # Errors
///
/// Why there is none.
pub fn llvm() -> Result<&'static SharedBackend, &'static NoLlvm> {
    static LOADED: OnceLock<Result<SharedBackend, NoLlvm>> = OnceLock::new();
    let load = || {
        let path = path().map_err(|why| NoLlvm { why, expected: true })?;
        SharedBackend::load("llvm", &path)
            .map_err(|e| NoLlvm { why: e.to_string(), expected: false })
    };
    LOADED.get_or_init(load).as_ref()
}

fn path() -> Result<PathBuf, String> {
    match std::env::var_os("CUMBIA_LLVM") {
        Some(value) if value.is_empty() || value == "0" => {
            Err("CUMBIA_LLVM says to do without LLVM".to_owned())
        }
        Some(value) => Ok(PathBuf::from(value)),
        None => {
            let folder = FOLDER.get().ok_or("nobody said where LLVM's object is")?;
            let path = folder.join(LLVM_OBJECT);
            match path.exists() {
                true => Ok(path),
                false => Err(format!("{} isn't there", path.display())),
            }
        }
    }
}
