//! `compile FILE`: print the machine code as assembly.

use super::{Command, CommandResult, read_verified, take};
use cumbia_backend_cranelift::CraneliftBackend;

pub(super) const COMMAND: Command = Command {
    name: "compile",
    usage: "FILE",
    about: "print the machine code of tier 1 as assembly",
    run,
};

fn run(args: &[String]) -> CommandResult {
    let [path] = take(args)?;
    let module = read_verified(path)?;
    print!("{}", CraneliftBackend::new().disassemble(&module).map_err(|e| e.to_string())?);
    Ok(())
}
