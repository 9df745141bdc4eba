//! `; test cat`: the file, without comment and blank lines, is the printer's text.

use super::{Checked, TestFile, round_trip, same_text};

pub(super) fn check(file: &TestFile) -> Checked {
    let module = round_trip(&file.text)?;
    let significant = |text: &str| {
        let lines = text.lines().filter(|l| !l.trim().is_empty() && !l.starts_with(';'));
        lines.map(|l| format!("{l}\n")).collect::<String>()
    };
    same_text("the printed text", &significant(&module.to_string()), &significant(&file.text))
}
