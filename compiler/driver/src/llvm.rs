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

/// LLVM, loaded when first asked for.
///
/// # Errors
///
/// Why there is none, as a sentence for the user.
pub fn llvm() -> Result<&'static SharedBackend, &'static str> {
    static LOADED: OnceLock<Result<SharedBackend, String>> = OnceLock::new();
    let load = || {
        let path = path()?;
        SharedBackend::load("llvm", &path).map_err(|e| e.to_string())
    };
    LOADED.get_or_init(load).as_ref().map_err(String::as_str)
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
