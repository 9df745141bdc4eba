//! `verify FILE STAGE`: check the invariants of a stage.

use super::{Command, CommandResult, check, read, take};
use cumbia_ir::Stage;

pub(super) const COMMAND: Command = Command {
    name: "verify",
    usage: "FILE STAGE",
    about: "check the invariants of draft, lowered, optimized or expanded IR",
    run,
};

fn run(args: &[String]) -> CommandResult {
    let [path, stage] = take(args)?;
    let stage = Stage::from_name(stage).ok_or_else(|| format!("there is no stage `{stage}`"))?;
    check(&read(path)?, stage)
}
