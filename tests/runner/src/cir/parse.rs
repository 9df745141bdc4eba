//! `; test parse`: texts that the parser refuses, with the place and the message.

use super::{Checked, TestFile};
use cumbia_ir::parse_module;

pub(super) fn check(file: &TestFile) -> Checked {
    let mut failures = String::new();
    let mut first = 1;
    for case in file.text.split_inclusive("; case\n") {
        if let Err(message) = check_case(case) {
            failures += &format!("case from line {first}: {message}\n");
        }
        first += case.lines().count();
    }
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}

fn check_case(text: &str) -> Checked {
    let expected = text.lines().enumerate().find_map(|(i, line)| {
        let (_, message) = line.split_once("; error: ")?;
        Some(format!("{}:{}", i + 1, message.trim_end()))
    });
    match (parse_module(text), expected) {
        (Ok(_), None) => Ok(()),
        (Ok(_), Some(expected)) => Err(format!("parses, instead of {expected}")),
        (Err(error), Some(expected)) if error.to_string() == expected => Ok(()),
        (Err(error), expected) => {
            Err(format!("found {error}, expected {}", expected.as_deref().unwrap_or("no error")))
        }
    }
}
