//! Who may import whom, over `cargo metadata`.
//!
//! The lists are what `docs/architecture.md` explains. A new line here is a new
//! dependency between components: the kind of change that wants a second look.

use crate::root;
use std::process::Command;

/// For each crate, which of ours it may import.
const OURS: &[(&str, &[&str])] = &[
    ("cumbia-abi", &[]),
    ("cumbia-runtime", &["abi"]),
    ("cumbia-loader", &["abi"]),
    ("cumbia-cuda", &["abi"]),
    ("cumbia-cuda-standin", &[]),
    ("cumbia-store", &[]),
    ("cumbia-ir", &[]),
    ("cumbia-diagnostics", &[]),
    ("cumbia-library", &["abi"]),
    ("cumbia-frontend", &["ir", "diagnostics", "library", "abi"]),
    ("cumbia-opt", &["ir", "abi"]),
    ("cumbia-backend", &["ir", "abi"]),
    ("cumbia-backend-cranelift", &["ir", "abi", "backend"]),
    ("cumbia-backend-llvm", &["ir", "abi", "backend"]),
    (
        "cumbia-driver",
        &["ir", "diagnostics", "library", "frontend", "opt", "backend", "backend-cranelift", "abi"],
    ),
    (
        "cumbia-tool",
        &[
            "ir",
            "opt",
            "backend",
            "backend-cranelift",
            "driver",
            "loader",
            "cuda",
            "runtime",
            "abi",
            "library",
            "frontend",
            "diagnostics",
        ],
    ),
    (
        "cumbia-python",
        &[
            "ir",
            "diagnostics",
            "library",
            "frontend",
            "driver",
            "loader",
            "cuda",
            "store",
            "runtime",
            "abi",
        ],
    ),
    (
        "cumbia-test-runner",
        &[
            "ir",
            "opt",
            "backend",
            "backend-cranelift",
            "driver",
            "frontend",
            "library",
            "diagnostics",
            "loader",
            "runtime",
            "abi",
            "tool",
        ],
    ),
];

/// Crates of others that belong to some of ours alone: a name, or the beginning of
/// one before `*`.
const OTHERS: &[(&str, &[&str])] = &[
    ("pyo3*", &["cumbia-python"]),
    ("numpy", &["cumbia-python"]),
    ("cranelift-*", &["cumbia-backend-cranelift", "cumbia-loader"]),
    ("inkwell", &["cumbia-backend-llvm"]),
    ("cudarc", &["cumbia-cuda"]),
    ("rustpython-*", &["cumbia-frontend"]),
    ("annotate-snippets", &["cumbia-diagnostics"]),
];

/// Imports that no list allows. Tests of a crate may import what they like of ours.
///
/// # Panics
///
/// When `cargo metadata` doesn't work.
pub fn check_imports() -> Vec<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let mut wrong = Vec::new();
    for package in list(&metadata["packages"]) {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, ours)) = OURS.iter().find(|(crate_name, _)| *crate_name == name) else {
            wrong.push(format!("{name} is in no list of who may import whom"));
            continue;
        };
        for dependency in list(&package["dependencies"]) {
            let imported = dependency["name"].as_str().unwrap_or_default();
            let for_tests = dependency["kind"] == "dev";
            if let Some(short) = imported.strip_prefix("cumbia-") {
                if !for_tests && !ours.contains(&short) {
                    wrong.push(format!("{name} may not import {imported}"));
                }
            } else if let Some((_, owners)) =
                OTHERS.iter().find(|(pattern, _)| matches(pattern, imported))
                && !owners.contains(&name)
            {
                wrong.push(format!(
                    "{name} may not import {imported}, which is for {} alone",
                    owners.join(", ")
                ));
            }
        }
    }
    wrong
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}
