//! Finds the functions of body files: the top-level `def` lines and the decorators above
//! them. Included by the build script, which makes a table of what it finds, and by
//! `bodies` where the files are read at run time.
//!
//! Rows hold numbers only: a table of texts would have to be relocated when the library is
//! loaded.

/// Where a key and the function that it stands for are: key's start and length in the
/// text of all keys; the file's number, the line of `def`, start and end in the file.
pub type Row = [u32; 6];

/// The keys one after the other, and rows in order of their keys.
#[derive(Default)]
pub struct Scanned {
    /// All keys.
    pub keys: String,
    /// `file.function`, also for what a file imports from another one.
    pub functions: Vec<Row>,
    /// Public names: `numpy.sum`, `ndarray.sum`.
    pub implementations: Vec<Row>,
}

/// Scans files: their names without `.py`, and their texts.
pub fn scan(files: &[(&str, &str)]) -> Scanned {
    let mut functions: Vec<(String, [usize; 4])> = Vec::new();
    let mut implementations: Vec<(String, [usize; 4])> = Vec::new();
    let mut imports = Vec::new();
    for (at, &(file, text)) in files.iter().enumerate() {
        let mut pending: Vec<&str> = Vec::new();
        let mut lines: Vec<(usize, &str)> = Vec::new();
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
                let place = [at, number + 1, start, end];
                functions.push((format!("{file}.{name}"), place));
                implementations.extend(pending.drain(..).map(|name| (name.to_owned(), place)));
            } else if let Some(rest) = line.strip_prefix("from ")
                && let Some((from, names)) = rest.split_once(" import ")
            {
                for name in names.split(',') {
                    imports.push((file, from.trim(), name.trim()));
                }
            }
        }
    }
    functions.sort();
    if let Some(twice) = functions.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        panic!("{} is defined twice", twice[0].0);
    }
    for (file, from, name) in imports {
        let defined = format!("{from}.{name}");
        if let Ok(found) = functions.binary_search_by(|(key, _)| key.as_str().cmp(&defined)) {
            let place = functions[found].1;
            implementations.push((format!("import {file}.{name}"), place));
        }
    }
    // Imports were kept apart, so that the list that is searched stays sorted.
    let (imported, mut implementations): (Vec<_>, Vec<_>) =
        implementations.into_iter().partition(|(key, _)| key.starts_with("import "));
    functions.extend(
        imported.into_iter().map(|(key, place)| (key["import ".len()..].to_owned(), place)),
    );
    functions.sort();
    functions.dedup_by(|a, b| a.0 == b.0);
    implementations.sort();
    implementations.dedup_by(|a, b| a.0 == b.0);
    let mut scanned = Scanned::default();
    let mut row = |(key, [file, line, start, end]): (String, [usize; 4])| {
        let row = [scanned.keys.len(), key.len(), file, line, start, end].map(|n| n as u32);
        scanned.keys.push_str(&key);
        row
    };
    let functions: Vec<Row> = functions.into_iter().map(&mut row).collect();
    let implementations: Vec<Row> = implementations.into_iter().map(&mut row).collect();
    (scanned.functions, scanned.implementations) = (functions, implementations);
    scanned
}
