//! The form of source files: heads, sizes, `unsafe`, paths of machines.

use crate::{files, root, shown};
use std::path::Path;

/// Lines that a file may have without being listed in [`LONG`].
const LIMIT: usize = 800;

/// Longer files, and why they are one.
const LONG: &[(&str, &str)] = &[
    ("tests/python/test_arrays.py", "a list of small functions, each with its calls"),
    ("tests/python/test_exceptions.py", "a list of small programs, each with its calls"),
    ("tests/python/test_functions.py", "a list of small functions, each with its calls"),
    ("tests/python/test_language.py", "a list of small functions, each with its calls"),
    ("tests/python/test_source.py", "a list of situations, each set up as it really happens"),
];

/// Beginnings of paths that exist on one machine. Split, so that this file passes.
const MACHINE_PATHS: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

/// File kinds in which paths of machines are looked for.
const TEXTS: &[&str] = &["rs", "py", "pyi", "md", "toml", "cir", "sh", "yml", "ipynb"];

/// What is wrong with the source files of the tree.
pub fn check_sources() -> Vec<String> {
    let mut wrong = Vec::new();
    for extension in TEXTS {
        for path in files(&root(), extension) {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let name = shown(&path);
            let mut report = |line: usize, what: &str| wrong.push(format!("{name}:{line}: {what}"));
            for (i, line) in text.lines().enumerate() {
                if MACHINE_PATHS.iter().any(|start| line.contains(start)) {
                    report(i + 1, "a path of one machine");
                }
            }
            if matches!(*extension, "rs" | "py") {
                check_size(&path, &text, &mut report);
            }
            if *extension == "rs" {
                check_rust(&path, &text, &mut report);
            }
        }
    }
    for (name, _) in LONG {
        if !root().join(name).exists() {
            wrong.push(format!("{name} is listed as long but isn't there"));
        }
    }
    wrong
}

fn check_size(path: &Path, text: &str, report: &mut impl FnMut(usize, &str)) {
    let count = text.lines().count();
    let listed = LONG.iter().any(|(name, _)| shown(path) == *name);
    match (count > LIMIT, listed) {
        (true, false) => {
            report(count, "longer than a file should be: split it, or list it with the reason")
        }
        (false, true) => report(count, "listed as long, but isn't any more"),
        _ => {}
    }
}

fn check_rust(path: &Path, text: &str, report: &mut impl FnMut(usize, &str)) {
    if !text.starts_with("//!") {
        report(1, "a module opens with `//!`: what it is for");
    }
    if path.file_stem().is_some_and(|stem| stem == concat!("ut", "ils") || stem == "helper") {
        report(1, "a file is named for one concept");
    }
    let lines: Vec<&str> = text.lines().collect();
    for (i, line) in lines.iter().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        let above = &lines[i.saturating_sub(12)..=i];
        let explained = |mark: &str| above.iter().any(|l| l.contains(mark));
        let opens_block = code.contains("unsafe {") && !code.contains("unsafe extern");
        if (opens_block || code.contains("unsafe impl")) && !explained("SAFETY:") {
            report(i + 1, "`unsafe` without `// SAFETY:`");
        }
        let declares = code.contains("unsafe fn ") && code.trim_start().starts_with("pub");
        if declares && !explained("# Safety") {
            report(i + 1, "`unsafe fn` without `# Safety`");
        }
    }
}
