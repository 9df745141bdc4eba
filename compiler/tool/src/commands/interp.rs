//! `interp FILE CALL`: run a call on the reference interpreter.

use super::{Command, CommandResult, read_call, read_verified, take};
use crate::execute::interpret;
use cumbia_ir::interp::Limits;

pub(super) const COMMAND: Command = Command {
    name: "interp",
    usage: "FILE 'f(1, 2.5)'",
    about: "run a call on the reference interpreter",
    run,
};

fn run(args: &[String]) -> CommandResult {
    let [path, call] = take(args)?;
    let module = read_verified(path)?;
    let call = read_call(&module, call)?;
    println!("{}", interpret(&module, &call, Limits::default()));
    Ok(())
}
