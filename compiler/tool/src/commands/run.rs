//! `run FILE CALL`: run a call as native code.
//!
//! The interpreter goes first: what it calls a bug isn't run, since native code
//! checks nothing that the IR doesn't.

use super::{Command, CommandResult, backend, read_call, read_verified, take};
use crate::execute::{Ending, Native, interpret};
use cumbia_ir::interp::Limits;

pub(super) const COMMAND: Command = Command {
    name: "run",
    usage: "FILE 'f(1, 2.5)'",
    about: "run a call as native code of tier 1",
    run,
};

fn run(args: &[String]) -> CommandResult {
    let [path, call] = take(args)?;
    let module = read_verified(path)?;
    let call = read_call(&module, call)?;
    let expected = interpret(&module, &call, Limits::default());
    if let Ending::Bug(message) = &expected.ending {
        return Err(message.clone());
    }
    let native = Native::new(&module, &*backend()).map_err(|e| e.to_string())?;
    let answer = native.run(&call);
    println!("{answer}");
    // An interpreter that ran out of fuel has no opinion.
    if expected.ending != Ending::Exhausted && !answer.agrees_with(&expected) {
        return Err(format!("the interpreter gives: {expected}"));
    }
    Ok(())
}
