//! The subcommands of `cumbia-tool`, one file each.
//!
//! Each reads a file of IR text (`-` for the standard input), writes to the standard
//! output, and gives an error as text, which ends the process with status 1.

mod cat;
mod compile;
mod interp;
mod opt;
mod run;
mod verify;

use crate::execute::Call;
use cumbia_backend::Backend;
use cumbia_backend_cranelift::CraneliftBackend;
use cumbia_ir::{Module, Stage, parse_module, verify_module};
use std::io::Read;
use std::process::ExitCode;

type CommandResult = Result<(), String>;

/// Name, arguments, explanation, and what it runs.
struct Command {
    name: &'static str,
    usage: &'static str,
    about: &'static str,
    run: fn(&[String]) -> CommandResult,
}

const COMMANDS: [Command; 6] =
    [cat::COMMAND, verify::COMMAND, opt::COMMAND, interp::COMMAND, compile::COMMAND, run::COMMAND];

/// Runs the command that the arguments name.
pub fn main(args: &[String]) -> ExitCode {
    let command = args.first().and_then(|name| COMMANDS.iter().find(|c| c.name == name));
    let Some(command) = command else {
        eprint!("{}", usage());
        return ExitCode::from(2);
    };
    match (command.run)(&args[1..]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{}", message.trim_end());
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    let mut text = String::from("usage: cumbia-tool COMMAND ARGUMENTS\n\n");
    for Command { name, usage, about, .. } in &COMMANDS {
        text += &format!("  {:32} {about}\n", format!("{name} {usage}"));
    }
    text
}

/// The arguments, if there are as many as `N`.
fn take<const N: usize>(args: &[String]) -> Result<&[String; N], String> {
    args.try_into().map_err(|_| format!("{N} arguments, not {}\n\n{}", args.len(), usage()))
}

/// A parsed file.
fn read(path: &str) -> Result<Module, String> {
    let text = if path == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    let text = text.map_err(|e| format!("{path}: {e}"))?;
    parse_module(&text).map_err(|e| format!("{path}:{e}"))
}

/// A parsed and verified file.
fn read_verified(path: &str) -> Result<Module, String> {
    let module = read(path)?;
    check(&module, Stage::Draft)?;
    Ok(module)
}

fn check(module: &Module, stage: Stage) -> CommandResult {
    verify_module(module, stage).map_err(|errors| errors.iter().map(|e| format!("{e}\n")).collect())
}

/// A call as text: `f(1, 2.5)`, with or without `@`.
fn read_call(module: &Module, text: &str) -> Result<Call, String> {
    let form = || format!("expected a call as `f(1, 2.5)`, not `{text}`");
    let (name, rest) = text.split_once('(').ok_or_else(form)?;
    let args = rest.trim_end().strip_suffix(')').ok_or_else(form)?;
    let name = name.trim().trim_start_matches('@');
    let id = module.find_function(name).ok_or_else(|| format!("there is no function @{name}"))?;
    Call::parse(module.function(id), args).map_err(|e| e.to_string())
}

/// The backend of native code.
fn backend() -> Box<dyn Backend> {
    Box::new(CraneliftBackend::new())
}
