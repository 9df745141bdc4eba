//! `; test run`: run lines on the interpreter and on every backend, before and after
//! the optimizer's pipeline.

use super::run_line::{Expected, RunLine, run_lines};
use super::{Checked, TestFile, round_trip};
use crate::targets::targets;
use cumbia_ir::interp::Limits;
use cumbia_ir::{Module, Stage, verify_module};
use cumbia_opt::{OptOptions, optimize};
use cumbia_runtime::{clear_interrupt, request_interrupt};
use cumbia_tool::execute::{Answer, Native, interpret};

pub(super) fn check(file: &TestFile) -> Checked {
    let module = round_trip(&file.text)?;
    verified(&module, Stage::Draft)?;
    let lines = run_lines(&file.text, &module)?;
    if lines.is_empty() {
        return Err("there are no `; run:` lines".into());
    }
    check_lines(&module, &lines, "")?;
    if verify_module(&module, Stage::Lowered).is_ok() {
        let mut optimized = module.clone();
        let mut options = OptOptions { verify_each: true, ..OptOptions::default() };
        optimize(&mut optimized, &mut options).map_err(|e| e.to_string())?;
        verified(&optimized, Stage::Optimized)?;
        check_lines(&optimized, &lines, " after the optimizer")?;
    }
    Ok(())
}

pub(super) fn verified(module: &Module, stage: Stage) -> Checked {
    verify_module(module, stage).map_err(|errors| {
        let errors: String = errors.iter().map(|e| format!("\n  {e}")).collect();
        format!("doesn't verify as {}:{errors}\n{module}", stage.name())
    })
}

/// Runs all lines, on the interpreter first: native code runs only what the
/// interpreter found to be free of bugs.
pub(super) fn check_lines(module: &Module, lines: &[RunLine], when: &str) -> Checked {
    let mut failures = String::new();
    let mut sound = Vec::new();
    for line in lines {
        // What the optimizer makes of a bug is open.
        if matches!(line.expected, Expected::Bug(_)) && !when.is_empty() {
            continue;
        }
        let answer = with_interrupt(line, || interpret(module, &line.call, Limits::default()));
        if !line.expected.is_met_by(&answer) {
            failures += &failure(line, &format!("interpreter{when}"), &answer);
        } else if !matches!(line.expected, Expected::Bug(_)) {
            sound.push((line, answer));
        }
    }
    for target in targets() {
        let native = Native::new(module, &*target).map_err(|e| format!("{e}{when}"))?;
        for (line, expected) in &sound {
            let answer = with_interrupt(line, || native.run(&line.call));
            if !answer.agrees_with(expected) {
                failures += &failure(line, &format!("{}{when}", target.name()), &answer);
            }
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}

fn with_interrupt(line: &RunLine, run: impl FnOnce() -> Answer) -> Answer {
    if line.interrupted {
        request_interrupt();
    }
    let answer = run();
    clear_interrupt();
    answer
}

fn failure(line: &RunLine, who: &str, answer: &Answer) -> String {
    format!("\n  line {}: {}\n    {who}: {answer}", line.line, line.text)
}
