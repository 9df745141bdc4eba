//! Places of the source as LLVM's debug information: line tables and nothing else.
//!
//! A function's scope is named after the IR function, its file too: who reads a remark
//! or a line table finds the user's file by that name. Columns are 1-based here, as LLVM
//! has them, and 0 is "none". Instructions without a place get line 0 of their function,
//! since LLVM insists on a place for calls that it may inline.

use super::metadata;
use cumbia_backend::device::Device;
use cumbia_ir::{Function, Loc};
use std::collections::HashMap;
use std::fmt::Write;

/// The places of a module.
#[derive(Default)]
pub(super) struct Lines {
    nodes: Vec<String>,
    /// The node of the present function's scope.
    scope: usize,
    /// Nodes of the present function's places.
    known: HashMap<(u32, u32), usize>,
}

/// Nodes before those of places and scopes: compile unit, types, flags.
const FIRST: usize = metadata::END + 4;

/// The largest column that LLVM keeps.
const LAST_COLUMN: u32 = u16::MAX as u32;

impl Lines {
    fn node(&mut self, text: String) -> usize {
        self.nodes.push(text);
        FIRST + self.nodes.len() - 1
    }

    /// Begins a function; gives the mark of its definition.
    pub(super) fn function(&mut self, func: &Function) -> String {
        // Names of IR functions may hold anything; quotes and backslashes are escaped in
        // LLVM's text by their codes.
        let mut name = String::new();
        for byte in func.name.bytes() {
            match byte {
                b'"' | b'\\' | 0..=0x1f | 0x7f.. => {
                    let _ = write!(name, "\\{byte:02x}");
                }
                _ => name.push(char::from(byte)),
            }
        }
        let file = self.node(format!("!DIFile(filename: \"{name}\", directory: \"\")"));
        self.scope = self.node(format!(
            "distinct !DISubprogram(name: \"{name}\", scope: !{file}, file: !{file}, line: 0, \
             type: !{}, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !{})",
            metadata::END + 1,
            metadata::END
        ));
        self.known.clear();
        format!(" !dbg !{}", self.scope)
    }

    /// The mark of an instruction from this place.
    pub(super) fn mark(&mut self, loc: Loc) -> String {
        let at = match loc.line {
            0 => (0, 0),
            line => (line, (loc.col + 1).min(LAST_COLUMN)),
        };
        let node = match self.known.get(&at) {
            Some(&node) => node,
            None => {
                let scope = self.scope;
                let (line, column) = at;
                let text = format!("!DILocation(line: {line}, column: {column}, scope: !{scope})");
                let node = self.node(text);
                self.known.insert(at, node);
                node
            }
        };
        format!(", !dbg !{node}")
    }

    /// All nodes. In assembly for devices lines alone are directives; what debuggers ask for
    /// makes the whole module one that isn't optimized.
    pub(super) fn definitions(&self, device: Option<Device>) -> String {
        let kind = match device.map(|device| device.line_info) {
            None => "LineTablesOnly",
            Some(2) => "FullDebug",
            Some(_) => "DebugDirectivesOnly",
        };
        let optimized = device.is_none_or(|device| device.unoptimized == 0);
        let [unit, types, version, file] = [0, 1, 2, 3].map(|i| metadata::END + i);
        let mut text = format!(
            "!llvm.dbg.cu = !{{!{unit}}}\n\
             !llvm.module.flags = !{{!{version}}}\n\
             !{unit} = distinct !DICompileUnit(language: DW_LANG_Python, file: !{file}, \
             producer: \"cumbia\", isOptimized: {optimized}, runtimeVersion: 0, \
             emissionKind: {kind})\n\
             !{types} = !DISubroutineType(types: !{{}})\n\
             !{version} = !{{i32 2, !\"Debug Info Version\", i32 3}}\n\
             !{file} = !DIFile(filename: \"cumbia\", directory: \"\")\n"
        );
        for (i, node) in self.nodes.iter().enumerate() {
            let _ = writeln!(text, "!{} = {node}", FIRST + i);
        }
        text
    }
}
