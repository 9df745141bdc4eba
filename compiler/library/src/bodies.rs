//! The index of bodies: which file and which lines implement a name.
//!
//! The files are scanned for their top-level `def` lines and the `@implements(...)`
//! decorators above them (`scan`), when cumbia is built; only the lines of a function that
//! is asked for are ever parsed. `from file import name` at top level makes another file's
//! function visible.
//!
//! The texts are part of the binary. With the feature `bodies-from-disk`, which is for
//! work on the bodies alone, they are read from the source tree when they are first
//! needed, so that a change needs no build.

use crate::scan::Row;
#[cfg(feature = "bodies-from-disk")]
use std::sync::OnceLock;

/// One function of a body file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Body {
    /// File without `.py`.
    pub file: &'static str,
    /// Function name.
    pub name: &'static str,
    /// Line of `def` in the file, from 1.
    pub line: u32,
    /// The function's lines, from `def` on.
    pub text: &'static str,
}

/// Texts, and rows in order of their keys.
#[derive(Clone, Copy)]
struct Index {
    /// Files without `.py`, and their texts.
    texts: &'static [(&'static str, &'static str)],
    keys: &'static str,
    functions: &'static [Row],
    implementations: &'static [Row],
}

/// What the build script has made.
#[cfg(not(feature = "bodies-from-disk"))]
mod table {
    use crate::scan::Row;
    include!(concat!(env!("OUT_DIR"), "/bodies.rs"));
}

#[cfg(not(feature = "bodies-from-disk"))]
fn index() -> Index {
    use table::{FUNCTIONS, IMPLEMENTATIONS, KEYS, TEXTS};
    Index { texts: TEXTS, keys: KEYS, functions: FUNCTIONS, implementations: IMPLEMENTATIONS }
}

/// The same from the source tree, new files included.
#[cfg(feature = "bodies-from-disk")]
fn index() -> Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    *INDEX.get_or_init(|| {
        let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/bodies");
        let mut texts: Vec<_> = std::fs::read_dir(folder)
            .expect("the source tree has bodies")
            .map(|entry| entry.expect("an entry of the folder").path())
            .filter(|path| path.extension().is_some_and(|e| e == "py"))
            .map(|path| {
                let name = path.file_stem().expect("a file has a name").to_string_lossy();
                let text = std::fs::read_to_string(&path).expect("a readable body");
                (leak(name.into_owned()), leak(text))
            })
            .collect();
        texts.sort_unstable();
        let scanned = crate::scan::scan(&texts);
        Index {
            texts: texts.leak(),
            keys: leak(scanned.keys),
            functions: scanned.functions.leak(),
            implementations: scanned.implementations.leak(),
        }
    })
}

/// What changes when bodies change that are no part of the binary: their names, sizes and
/// times. Empty where all of them are part of it.
pub fn bodies_on_disk() -> String {
    #[cfg_attr(not(feature = "bodies-from-disk"), allow(unused_mut))]
    let mut all: Vec<String> = Vec::new();
    #[cfg(feature = "bodies-from-disk")]
    {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/bodies");
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let about = entry.metadata().map(|about| (about.len(), about.modified().ok()));
            all.push(format!("{:?} {about:?}", entry.file_name()));
        }
        all.sort_unstable();
    }
    all.join("\n")
}

impl Index {
    fn key(self, row: &Row) -> &'static str {
        &self.keys[row[0] as usize..][..row[1] as usize]
    }

    fn body(self, row: &Row) -> Body {
        let [_, _, file, line, start, end] = *row;
        let (file, text) = self.texts[file as usize];
        let text = &text[start as usize..end as usize];
        let header = text.strip_prefix("def ").unwrap_or(text);
        let name = header.split('(').next().unwrap_or_default().trim();
        Body { file, name, line, text }
    }

    fn find(self, rows: &[Row], key: &str) -> Option<Body> {
        let found = rows.binary_search_by(|row| self.key(row).cmp(key)).ok()?;
        Some(self.body(&rows[found]))
    }

    /// All public names, in order.
    fn names(self) -> impl Iterator<Item = (&'static str, Body)> {
        self.implementations.iter().map(move |row| (self.key(row), self.body(row)))
    }
}

/// The function visible under a name in a body file.
pub fn body(file: &str, name: &str) -> Option<Body> {
    index().find(index().functions, &format!("{file}.{name}"))
}

/// The function that implements a public name: `numpy.sum`, `ndarray.sum`, `math.sqrt`.
pub fn implementation(qualified: &str) -> Option<Body> {
    index().find(index().implementations, qualified)
}

/// All public names that bodies implement, with the body's header line, sorted.
pub fn implementations() -> Vec<(&'static str, &'static str)> {
    let mut all: Vec<_> = index()
        .names()
        // Of functions for records, dates and differences the page says it in sections of
        // their own.
        .filter(|(name, _)| !name.ends_with("/records") && !name.ends_with("/times"))
        .filter(|(name, _)| !name.ends_with("/approximate") && !name.ends_with("/noted"))
        .filter(|(name, _)| !name.ends_with("/half") && !name.ends_with("/native"))
        .map(|(name, body)| (name, body.text.lines().next().unwrap_or_default()))
        .collect();
    // Forms for numbers of arguments are one name.
    all.iter_mut().for_each(|(name, _)| *name = name.split('/').next().unwrap_or(name));
    all.sort_unstable();
    all.dedup_by_key(|(name, _)| *name);
    all
}

/// Names of the functions that have a body of their own for dates and differences.
pub fn implementations_for_times() -> Vec<&'static str> {
    index().names().filter_map(|(name, _)| name.strip_suffix("/times")).collect()
}

#[cfg(test)]
mod tests {
    use super::index;
    use rustc_hash::FxHashSet;

    /// A name that two bodies implement would be the one of the later file.
    #[test]
    fn each_name_is_implemented_once() {
        let mut seen = FxHashSet::default();
        for (file, text) in index().texts {
            for line in text.lines().filter_map(|line| line.strip_prefix("@implements(")) {
                for name in line.split('"').skip(1).step_by(2) {
                    assert!(seen.insert(name), "{name} is implemented again in {file}.py");
                }
            }
        }
        assert!(seen.len() > 300);
    }
}
