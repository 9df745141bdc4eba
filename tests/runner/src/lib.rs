//! The data-driven test suites.
//!
//! Tests are files (`tests/ir/**/*.cir`) or generated programs; the code here reads
//! them and compares. [`cir`] runs IR files, [`fuzz`] makes random functions,
//! [`tidy`] looks at the sources themselves. `docs/testing.md` says how to write
//! tests. With `CUMBIA_BLESS=1` expectations that are printed text are rewritten
//! instead of compared.

pub mod cir;
pub mod fuzz;
pub mod lang;
pub mod targets;
pub mod tidy;

use std::path::{Path, PathBuf};

/// The root of the source tree.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Whether expectations are rewritten.
pub fn blessing() -> bool {
    std::env::var_os("CUMBIA_BLESS").is_some_and(|value| value == "1")
}

/// All files below a directory of the tree with this extension, in order; build
/// products and hidden directories left out.
///
/// # Panics
///
/// When a directory can't be read.
pub fn files(below: &Path, extension: &str) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut directories = vec![below.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(&directory).expect("a readable directory") {
            let path = entry.expect("a readable entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if !name.starts_with('.') && !["target", "out", "dist"].contains(&name.as_str()) {
                    directories.push(path);
                }
            } else if path.extension().is_some_and(|e| e == extension) {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

/// A path relative to the root, for messages.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
