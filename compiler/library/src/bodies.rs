//! The index of bodies: which file and which lines implement a name.
//!
//! A file is scanned once for its top-level `def` lines and the `@implements(...)`
//! decorators above them; only the lines of a function that is asked for are ever
//! parsed. `from file import name` at top level makes another file's function
//! visible.
//!
//! The texts are part of the binary. With the feature `bodies-from-disk`, which is for
//! work on the bodies alone, they are read from the source tree when they are first
//! needed, so that a change needs no build.

use rustc_hash::FxHashMap;
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

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        const FILES: &[(&str, &str)] = &[ $( ($name, include_str!(concat!("../bodies/", $name, ".py"))), )* ];
    };
}

files!(
    "math",
    "cmath",
    "methods",
    "records",
    "attributes",
    "index_makers",
    "applying",
    "fitting",
    "representations",
    "decimals",
    "minimax",
    "double_double",
    "exponentials",
    "logarithms",
    "trigonometry",
    "inverse_trigonometry",
    "powers",
    "random",
    "numpy_random",
    "generators",
    "continuous",
    "discrete",
    "drawn_items",
    "vectors_drawn",
    "time",
    "heapq",
    "bisect",
    "numbers",
    "operators",
    "along",
    "arrays",
    "elementwise",
    "axes",
    "bin_estimates",
    "broadcasting",
    "buffers",
    "bytes",
    "calling",
    "choosing",
    "cleaning",
    "closeness",
    "combinatorics",
    "comparing",
    "convolution",
    "collections",
    "copying",
    "covariances",
    "creation",
    "editing",
    "grids",
    "padding",
    "polynomials",
    "repeating",
    "splitting",
    "windows",
    "datetimes",
    "time_arrays",
    "differences",
    "enums",
    "extrema",
    "flat_positions",
    "indexing",
    "folds",
    "histograms",
    "interpolation",
    "iterators",
    "protocols",
    "joining",
    "lapack",
    "lists",
    "masked",
    "moments",
    "nan_reductions",
    "nest",
    "outputs",
    "pairwise",
    "positions",
    "products",
    "quantiles",
    "ranges",
    "ranges_of_ints",
    "reduce",
    "scans",
    "searching",
    "selecting",
    "sets",
    "shape",
    "sorting",
    "strings",
    "structured",
    "sumprod",
    "sums",
    "tables",
    "templates",
    "taking",
    "texts",
    "triangles",
    "truth",
    "two_results",
    "ufunc_methods",
    "views",
    "multiplying",
    "contractions",
    "einsum",
    "solving",
    "orthogonal",
    "norms",
    "singular",
    "eigen",
    "fourier",
);

/// Files without `.py`, and their texts.
#[cfg(not(feature = "bodies-from-disk"))]
fn files() -> Vec<(&'static str, &'static str)> {
    FILES.to_vec()
}

/// The same from the source tree, new files included.
#[cfg(feature = "bodies-from-disk")]
fn files() -> Vec<(&'static str, &'static str)> {
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/bodies");
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .expect("the source tree has bodies")
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| path.extension().is_some_and(|e| e == "py"))
        .map(|path| {
            let name = path.file_stem().expect("a file has a name").to_string_lossy();
            (
                leak(name.into_owned()),
                leak(std::fs::read_to_string(&path).expect("a readable body")),
            )
        })
        .collect();
    found.sort_unstable();
    debug_assert!(found.len() >= FILES.len());
    found
}

struct Index {
    functions: FxHashMap<(&'static str, &'static str), Body>,
    implementations: FxHashMap<&'static str, Body>,
}

fn scan() -> Index {
    let mut index =
        Index { functions: FxHashMap::default(), implementations: FxHashMap::default() };
    let mut imports = Vec::new();
    for (file, text) in files() {
        let mut pending: Vec<&'static str> = Vec::new();
        let mut lines: Vec<(usize, &'static str)> = Vec::new();
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            lines.push((offset, line));
            offset += line.len();
        }
        for (number, &(start, line)) in lines.iter().enumerate() {
            if let Some(rest) = line.strip_prefix("@implements(") {
                pending.extend(rest.split('"').skip(1).step_by(2));
            } else if let Some(rest) = line.strip_prefix("def ") {
                let name = rest.split('(').next().unwrap_or_default().trim();
                // The body goes on until the next line that starts in column 0
                // and isn't blank, a comment or a closing parenthesis of the header.
                let end = lines[number + 1..]
                    .iter()
                    .find(|(_, l)| !l.starts_with([' ', '\t', '\n', '\r', '#', ')']))
                    .map_or(text.len(), |&(o, _)| o);
                let body = Body { file, name, line: number as u32 + 1, text: &text[start..end] };
                index.functions.insert((file, name), body);
                for public in pending.drain(..) {
                    index.implementations.insert(public, body);
                }
            } else if let Some(rest) = line.strip_prefix("from ")
                && let Some((from, names)) = rest.split_once(" import ")
            {
                for name in names.split(',') {
                    imports.push((file, from.trim(), name.trim()));
                }
            }
        }
    }
    for (file, from, name) in imports {
        if let Some(&body) = index.functions.get(&(from, name)) {
            index.functions.insert((file, name), body);
        }
    }
    index
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(scan)
}

/// The function visible under a name in a body file.
pub fn body(file: &str, name: &str) -> Option<Body> {
    index().functions.get(&(file, name)).copied()
}

/// The function that implements a public name: `numpy.sum`, `ndarray.sum`, `math.sqrt`.
pub fn implementation(qualified: &str) -> Option<Body> {
    index().implementations.get(qualified).copied()
}

/// All public names that bodies implement, with the body's header line, sorted.
pub fn implementations() -> Vec<(&'static str, &'static str)> {
    let mut all: Vec<_> = index()
        .implementations
        .iter()
        // Of functions for records, dates and differences the page says it in sections of
        // their own.
        .filter(|(name, _)| !name.ends_with("/records") && !name.ends_with("/times"))
        .map(|(&name, body)| (name, body.text.lines().next().unwrap_or_default()))
        .collect();
    // Forms for numbers of arguments are one name.
    all.iter_mut().for_each(|(name, _)| *name = name.split('/').next().unwrap_or(name));
    all.sort_unstable();
    all.dedup_by_key(|(name, _)| *name);
    all
}

/// Names of the functions that have a body of their own for dates and differences.
pub fn implementations_for_times() -> Vec<&'static str> {
    let mut all: Vec<_> =
        index().implementations.keys().filter_map(|name| name.strip_suffix("/times")).collect();
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use super::files;
    use rustc_hash::FxHashSet;

    /// A name that two bodies implement would be the one of the later file.
    #[test]
    fn each_name_is_implemented_once() {
        let mut seen = FxHashSet::default();
        for (file, text) in files() {
            for line in text.lines().filter_map(|line| line.strip_prefix("@implements(")) {
                for name in line.split('"').skip(1).step_by(2) {
                    assert!(seen.insert(name), "{name} is implemented again in {file}.py");
                }
            }
        }
        assert!(seen.len() > 300);
    }
}
