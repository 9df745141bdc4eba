//! `cat FILE`: parse and print.

use super::{Command, CommandResult, read, take};

pub(super) const COMMAND: Command =
    Command { name: "cat", usage: "FILE", about: "parse and print", run };

fn run(args: &[String]) -> CommandResult {
    let [path] = take(args)?;
    print!("{}", read(path)?);
    Ok(())
}
