//! Makes the table of bodies, so that no process has to scan their texts.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

#[path = "src/scan.rs"]
mod scan;

fn main() {
    println!("cargo:rerun-if-changed=bodies");
    println!("cargo:rerun-if-changed=src/scan.rs");
    let mut files: Vec<(String, String)> = fs::read_dir("bodies")
        .expect("the folder of bodies is there")
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| path.extension().is_some_and(|e| e == "py"))
        .map(|path| {
            let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("a readable body"))
        })
        .collect();
    files.sort();
    let texts: Vec<(&str, &str)> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let scanned = scan::scan(&texts);
    let mut out = String::from("pub static TEXTS: &[(&str, &str)] = &[\n");
    for (name, _) in &files {
        let path = format!("concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/bodies/{name}.py\")");
        let _ = writeln!(out, "    ({name:?}, include_str!({path})),");
    }
    let _ = writeln!(out, "];\npub static KEYS: &str = {:?};", scanned.keys);
    for (name, rows) in
        [("FUNCTIONS", scanned.functions), ("IMPLEMENTATIONS", scanned.implementations)]
    {
        let _ = writeln!(out, "pub static {name}: &[Row] = &{rows:?};");
    }
    let folder = env::var_os("OUT_DIR").expect("cargo says where");
    fs::write(Path::new(&folder).join("bodies.rs"), out).expect("the folder can be written");
}
