//! The file by which `perf` names code that no library holds: `/tmp/perf-PID.map`, where
//! `CUMBIA_PERF=1` asks for it.
//!
//! A line for each function: address, size and name. Lines of code that was unmapped stay;
//! `perf` reads the file when it reports. What can't be written is left out, silently: a
//! program must not fail for want of a profile.

use crate::LoadedModule;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::OnceLock;

fn asked() -> bool {
    static ASKED: OnceLock<bool> = OnceLock::new();
    *ASKED.get_or_init(|| {
        let is_map = |value: OsString| !value.is_empty() && value != "0" && value != "jitdump";
        std::env::var_os("CUMBIA_PERF").is_some_and(is_map)
    })
}

/// Adds a module's functions to this process's file.
pub(crate) fn register(module: &LoadedModule) {
    if !asked() {
        return;
    }
    // Never through a link that somebody else put there, and not for others to write.
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC)
        .open(format!("/tmp/perf-{}.map", std::process::id()));
    if let Ok(mut file) = file {
        // At once, so that lines of several threads don't mix.
        let _ = file.write_all(lines(module).as_bytes());
    }
}

fn lines(module: &LoadedModule) -> String {
    let mut all: Vec<(usize, &str)> = module.functions().map(|(name, at)| (at, name)).collect();
    all.sort_unstable();
    let ends = all.iter().skip(1).map(|(at, _)| *at).chain([module.code_range().end]);
    let mut text = String::new();
    for ((at, name), end) in all.iter().zip(ends) {
        // A name is the rest of its line.
        let name = name.replace(char::is_control, "?");
        let _ = writeln!(text, "{at:x} {:x} cumbia::{name}", end - at);
    }
    text
}
