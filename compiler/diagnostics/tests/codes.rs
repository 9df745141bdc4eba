//! The table of codes: in order, complete, and the document generated from it.

use cumbia_diagnostics::codes::{AREAS, CODES, example, examples, find};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn document() -> String {
    let mut out = String::from(
        "<!-- Generated from compiler/diagnostics/src/codes.rs by `CUMBIA_BLESS=1 cargo test -p cumbia-diagnostics`. -->\n\
         # Diagnostics\n\n\
         What the compiler refuses, by code. Each message shows the place in the code, says why, and what to do;\n\
         in Python the code is in `error.code`, and `cumbia explain CB0301` prints what stands here.\n\
         Above each program stand `import numpy as np` and `from cumbia import jit, prange`.\n",
    );
    for area in AREAS {
        let codes: Vec<_> = CODES.iter().filter(|c| c.code.starts_with(area.prefix)).collect();
        if codes.is_empty() {
            continue;
        }
        write!(
            out,
            "\n## {}xx: {}\n\n| code | what | why, and what to do |\n| --- | --- | --- |\n",
            area.prefix, area.title
        )
        .unwrap();
        for code in &codes {
            writeln!(out, "| {} | {} | {} |", code.code, code.title, code.explanation).unwrap();
        }
        for code in codes {
            let Some(example) = example(code.code) else { continue };
            write!(out, "\n### {}: {}\n\nRefused:\n\n", code.code, code.title).unwrap();
            write!(out, "```python\n{}```\n", example.refused).unwrap();
            if let Some(instead) = example.instead {
                write!(out, "\nInstead:\n\n```python\n{instead}```\n").unwrap();
            }
        }
    }
    out
}

#[test]
fn document_is_fresh() {
    let path = root().join("docs/diagnostics.md");
    if std::env::var_os("CUMBIA_BLESS").is_some() {
        fs::write(&path, document()).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == document(),
        "docs/diagnostics.md is stale: CUMBIA_BLESS=1 cargo test -p cumbia-diagnostics"
    );
}

#[test]
fn codes_are_in_order_and_in_an_area() {
    assert!(CODES.windows(2).all(|w| w[0].code < w[1].code));
    for code in CODES {
        assert!(
            AREAS.iter().any(|a| code.code.starts_with(a.prefix)) && code.code.len() == 6,
            "{}",
            code.code
        );
        assert!(
            !code.title.contains('|') && !code.explanation.contains(['|', '\n']),
            "{}",
            code.code
        );
    }
}

#[test]
fn examples_are_of_codes_in_their_order() {
    let codes: Vec<&str> = examples().collect();
    assert!(codes.len() > 40 && codes.windows(2).all(|w| w[0] < w[1]));
    for code in codes {
        assert!(find(code).is_some(), "{code}");
        let example = example(code).expect(code);
        assert!(example.refused.ends_with('\n') && example.instead != Some(""), "{code}");
    }
}

/// All `CBnnnn` in quotes in the sources below a folder.
fn used_codes(dir: &Path, out: &mut BTreeSet<String>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            if !path.ends_with("target") && !path.ends_with("tests") {
                used_codes(&path, out);
            }
        } else if path.extension().is_some_and(|e| e == "rs" || e == "py")
            && !path.ends_with("diagnostics/src/codes.rs")
        {
            let text = fs::read_to_string(&path).unwrap_or_default();
            for (i, _) in text.match_indices("\"CB") {
                let code: String = text[i + 1..].chars().take(7).collect();
                if code.ends_with('"') && code[2..6].bytes().all(|b| b.is_ascii_digit()) {
                    out.insert(code[..6].to_string());
                }
            }
        }
    }
}

#[test]
fn the_compilers_codes_are_those_of_the_table() {
    let mut used = BTreeSet::new();
    for dir in ["compiler", "runtime", "python"] {
        used_codes(&root().join(dir), &mut used);
    }
    let unknown: Vec<_> = used.iter().filter(|c| find(c).is_none()).collect();
    assert!(unknown.is_empty(), "not in codes.rs: {unknown:?}");
    let unused: Vec<_> = CODES.iter().map(|c| c.code).filter(|c| !used.contains(*c)).collect();
    assert!(unused.is_empty(), "used nowhere: {unused:?}");
}
