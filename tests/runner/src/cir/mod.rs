//! IR file tests. The first line of a `.cir` file names its command:
//!
//! - `; test cat`: the text is as the printer prints it;
//! - `; test parse`: parts between `; case` lines, each with one error of the parser
//!   on the line it is for: `; error: COLUMN: message`;
//! - `; test verify STAGE`: the verifier's errors are those given by `; error: text`
//!   comments on their lines; without any the module verifies;
//! - `; test run`: each `; run:` line holds on the interpreter and on every backend,
//!   and again after the optimizer's pipeline;
//! - `; test launch`: each `; launch:` line, a launch of a kernel, holds on every backend,
//!   and again after the optimizer;
//! - `; test opt PASSES`: running the passes gives the text below `; expected`, and
//!   `; run:` lines hold before and after.
//!
//! Whatever the command, text that parses is printed, parsed and printed again, and
//! the two prints are the same. `docs/ir.md` describes `; run:` lines.

mod cat;
mod launch;
mod opt;
mod parse;
mod run;
mod run_line;
mod verify;

use crate::{blessing, files, root, shown};
use cumbia_ir::{Module, parse_module};
use std::path::Path;

/// The outcome of a file: nothing, or what is wrong.
type Checked = Result<(), String>;

/// One test file.
struct TestFile {
    text: String,
    /// The command's name and what follows it.
    command: String,
    argument: String,
}

/// Checks all files below a directory of the tree; gives their number, and what
/// is wrong with each that fails.
///
/// # Panics
///
/// When a file can't be read, or written when blessing.
pub fn check_all(directory: &str) -> (usize, Vec<String>) {
    let paths = files(&root().join(directory), "cir");
    let failures = paths.iter().filter_map(|path| {
        let failure = check_file(path).err()?;
        Some(format!("{}: {failure}", shown(path)))
    });
    (paths.len(), failures.collect())
}

fn check_file(path: &Path) -> Checked {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let header = text.lines().next().unwrap_or_default();
    let command = header.strip_prefix("; test ").ok_or("the first line is no `; test COMMAND`")?;
    let (command, argument) = command.split_once(' ').unwrap_or((command, ""));
    let (command, argument) = (command.to_owned(), argument.trim().to_owned());
    let file = TestFile { text, command, argument };
    match file.command.as_str() {
        "cat" => cat::check(&file),
        "parse" => parse::check(&file),
        "verify" => verify::check(&file),
        "run" => run::check(&file),
        "launch" => launch::check(&file),
        "opt" => match opt::check(&file)? {
            opt::Outcome::AsExpected => Ok(()),
            opt::Outcome::Differs { rewritten, .. } if blessing() => {
                std::fs::write(path, rewritten).map_err(|e| e.to_string())
            }
            opt::Outcome::Differs { difference, .. } => Err(difference),
        },
        other => Err(format!("there is no command `{other}`")),
    }
}

/// Parses a text, and checks that printing is stable.
fn round_trip(text: &str) -> Result<Module, String> {
    let module = parse_module(text).map_err(|e| e.to_string())?;
    let printed = module.to_string();
    let again = parse_module(&printed)
        .map_err(|e| format!("the printed text doesn't parse: {e}\n{printed}"))?;
    same_text("the text printed again", &again.to_string(), &printed)?;
    Ok(module)
}

/// Compares texts, and shows the first line that differs.
fn same_text(what: &str, found: &str, expected: &str) -> Checked {
    let mut lines = found.lines();
    for (i, wanted) in expected.lines().enumerate() {
        let line = lines.next().unwrap_or("(nothing)");
        if line != wanted {
            return Err(format!(
                "{what} differs in line {}:\n  expected: {wanted}\n  found:    {line}",
                i + 1
            ));
        }
    }
    match lines.next() {
        Some(line) => Err(format!("{what} goes on with: {line}")),
        None => Ok(()),
    }
}
