//! `cumbia-tool`: see `commands`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    cumbia_tool::commands::main(&args)
}
