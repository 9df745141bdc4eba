//! Lines of code that was made when its functions stood elsewhere.
//!
//! What is kept has the lines of the files as they were. Functions move when something
//! above them is edited, and comments in them come and go: a kept line is then another one
//! now. Code that has lines as constants (for warnings) keeps those; whoever gets such a
//! line asks [`Moved`].

use super::questions::{SourceLines, SourcePlace};
use crate::session::FunctionOrigin;
use cumbia_abi::LineTable;
use cumbia_backend::Artifact;
use cumbia_frontend::Closures;
use cumbia_ir::{Loc, Module};
use rustc_hash::FxHashMap;

/// Which lines of which functions are elsewhere now; usually none.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Moved {
    /// By a function's handle: lines as they were kept and as they are, in order.
    of: FxHashMap<u64, Lines>,
    /// Whose text a function of the module is in, by its name.
    sources: FxHashMap<String, u64>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Lines {
    kept: Vec<u32>,
    now: Vec<u32>,
}

fn lines(place: &SourcePlace) -> Vec<u32> {
    place.lines.iter().map(|line| line + place.first_line).collect()
}

impl Moved {
    /// From the lines as they were kept to those of the same functions now; `None` if
    /// these aren't the same functions.
    pub(super) fn between(
        kept: &[(u64, Vec<u32>)],
        now: &SourceLines,
        sources: FxHashMap<String, u64>,
    ) -> Option<Moved> {
        let mut of = FxHashMap::default();
        for (handle, kept) in kept {
            let now = lines(now.get(handle)?);
            if now.len() != kept.len() {
                return None;
            }
            if now != *kept {
                of.insert(*handle, Lines { kept: kept.clone(), now });
            }
        }
        let sources = if of.is_empty() { FxHashMap::default() } else { sources };
        Some(Moved { of, sources })
    }

    /// The lines to be kept.
    pub(super) fn kept(places: &SourceLines) -> Vec<(u64, Vec<u32>)> {
        let mut all: Vec<_> = places.iter().map(|(handle, at)| (*handle, lines(at))).collect();
        all.sort_unstable();
        all
    }

    /// Whether all lines are as they were.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// What a line of a function of the user that the code has is now.
    pub fn line(&self, handle: u64, line: u32) -> u32 {
        self.of.get(&handle).and_then(|of| find(&of.kept, &of.now, line)).unwrap_or(line)
    }

    /// What a line of a function of the user is to the code.
    pub fn line_in_code(&self, handle: u64, line: u32) -> u32 {
        self.of.get(&handle).and_then(|of| find(&of.now, &of.kept, line)).unwrap_or(line)
    }

    /// Gives the sites their present lines.
    pub fn bring_up(&self, artifact: &mut Artifact) {
        self.each_line(artifact, |moved, handle, line| moved.line(handle, line));
    }

    /// Gives the sites the lines that they are kept with.
    pub fn take_back(&self, artifact: &mut Artifact) {
        self.each_line(artifact, |moved, handle, line| moved.line_in_code(handle, line));
    }

    fn each_line(&self, artifact: &mut Artifact, change: impl Fn(&Moved, u64, u32) -> u32) {
        if self.is_empty() {
            return;
        }
        for site in &mut artifact.sites {
            if let Some(&handle) = self.sources.get(&site.function) {
                for line in [&mut site.line, &mut site.end_line] {
                    *line = change(self, handle, *line);
                }
            }
        }
        self.each_row(artifact, change);
    }

    fn each_row(&self, artifact: &mut Artifact, change: impl Fn(&Moved, u64, u32) -> u32) {
        let LineTable { names, rows } = &mut artifact.lines;
        for row in rows {
            if let Some(&handle) = self.sources.get(&names[row.function as usize]) {
                row.line = change(self, handle, row.line);
            }
        }
    }

    /// Gives the instructions of a module their present lines.
    pub(crate) fn bring_module_up(&self, module: &mut Module) {
        if self.is_empty() {
            return;
        }
        for function in &mut module.functions {
            let Some(&handle) = self.sources.get(&function.name) else { continue };
            for block in function.layout.clone() {
                for inst in function.block(block).insts.clone() {
                    let Loc { line, col, end_line, end_col } = function.inst(inst).loc;
                    let (line, end_line) = (self.line(handle, line), self.line(handle, end_line));
                    function.inst_mut(inst).loc = Loc { line, col, end_line, end_col };
                }
            }
        }
    }

    /// Gives nested functions their present lines.
    pub(super) fn bring_closures_up(&self, closures: &mut Closures) {
        for nested in &mut closures.nested {
            if let Some(handle) = nested.root {
                nested.line = self.line(handle, nested.line);
            }
        }
    }
}

/// Lines ascend.
fn find(from: &[u32], to: &[u32], line: u32) -> Option<u32> {
    from.binary_search(&line).ok().map(|at| to[at])
}

/// Whose text a function is in: that of the user's function that it is (in), or for a part
/// of one without a name of its own, the function in whose place it stands.
pub(super) fn source_of(origin: &FunctionOrigin, places: &SourceLines) -> Option<u64> {
    origin.root.filter(|handle| places.contains_key(handle)).or_else(|| {
        let here =
            |at: &SourcePlace| at.filename == origin.filename && at.first_line == origin.first_line;
        places.iter().filter(|(_, at)| here(at)).map(|(handle, _)| *handle).min()
    })
}
