//! `compile FILE [FORM]`: print what a backend makes of a module.

use super::{Command, CommandResult, read_verified};
use cumbia_backend::shared::{Emit, Options};
use cumbia_backend_cranelift::CraneliftBackend;

pub(super) const COMMAND: Command = Command {
    name: "compile",
    usage: "FILE [FORM]",
    about: "print the assembly of tier 1, or of LLVM its form: llvm, llvm-ir, llvm-opt, llvm-report",
    run,
};

fn run(args: &[String]) -> CommandResult {
    let (path, form) = match args {
        [path] => (path, "cranelift"),
        [path, form] => (path, form.as_str()),
        _ => return Err("a file, and in which form".into()),
    };
    let module = read_verified(path)?;
    let emit = match form {
        "cranelift" => {
            print!("{}", CraneliftBackend::new().disassemble(&module).map_err(|e| e.to_string())?);
            return Ok(());
        }
        "llvm" => Emit::Assembly,
        "llvm-ir" => Emit::Translated,
        "llvm-opt" => Emit::Optimized,
        "llvm-report" => Emit::Report,
        form => return Err(format!("unknown form {form:?}")),
    };
    let llvm = cumbia_driver::llvm()
        .map_err(|none| format!("{}; CUMBIA_LLVM names the object", none.why))?;
    let options = Options { emit, ..Options::default() };
    print!("{}", llvm.text(&module, options).map_err(|e| e.to_string())?);
    Ok(())
}
