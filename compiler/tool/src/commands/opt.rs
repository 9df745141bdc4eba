//! `opt FILE PASSES`: run passes, by names with commas between them, or the
//! `pipeline`, and print the result.

use super::{Command, CommandResult, read_verified, take};
use cumbia_opt::OptOptions;
use cumbia_opt::pipeline::{PIPELINE, pass, run_passes};

pub(super) const COMMAND: Command = Command {
    name: "opt",
    usage: "FILE PASS,...|pipeline",
    about: "run passes and print the result",
    run,
};

fn run(args: &[String]) -> CommandResult {
    let [path, names] = take(args)?;
    let mut module = read_verified(path)?;
    let passes = if names == "pipeline" {
        PIPELINE.to_vec()
    } else {
        let find = |name: &str| pass(name).ok_or_else(|| format!("there is no pass `{name}`"));
        names.split(',').map(find).collect::<Result<_, _>>()?
    };
    let mut options = OptOptions { verify_each: true, ..OptOptions::default() };
    run_passes(&mut module, &passes, &mut options).map_err(|e| e.to_string())?;
    print!("{module}");
    Ok(())
}
