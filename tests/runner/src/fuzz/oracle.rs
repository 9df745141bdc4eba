//! Everything that can run a module, compared with the interpreter.

use super::generate::generate;
use crate::targets::targets;
use cumbia_ir::interp::Limits;
use cumbia_ir::{Module, Stage, parse_module, verify_module};
use cumbia_opt::{OptOptions, optimize};
use cumbia_tool::execute::{Answer, Call, Ending, Native, interpret};
use std::fmt;

/// A module on which something disagrees.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The seed that makes it.
    pub seed: u64,
    /// Who disagrees, and how.
    pub message: String,
    /// The module.
    pub text: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}: {}\n{}", self.seed, self.message, self.text)
    }
}

/// Makes a seed's module and compares the interpreter with every backend, before
/// and after the optimizer; gives how many of the calls ended with results.
///
/// # Errors
///
/// The first disagreement.
pub fn check_seed(seed: u64) -> Result<usize, Box<Failure>> {
    let (module, calls) = generate(seed);
    check(&module, &calls)
        .map_err(|message| Box::new(Failure { seed, message, text: module.to_string() }))
}

fn check(module: &Module, calls: &[Call]) -> Result<usize, String> {
    verified(module, Stage::Lowered)?;
    let printed = module.to_string();
    let again =
        parse_module(&printed).map_err(|e| format!("the printed text doesn't parse: {e}"))?;
    if again.to_string() != printed {
        return Err("the text printed again differs".into());
    }
    let mut answers = Vec::new();
    for call in calls {
        let answer = interpret(module, call, Limits::default());
        match answer.ending {
            Ending::Bug(_) => return Err(format!("the generator made a bug: {answer}")),
            // Nested loops over calls of loops; nobody else has a limit.
            Ending::Exhausted => {}
            _ => answers.push((call, answer)),
        }
    }
    compare_natives(module, &answers, "")?;
    let mut optimized = module.clone();
    let mut options = OptOptions { verify_each: true, ..OptOptions::default() };
    optimize(&mut optimized, &mut options).map_err(|e| e.to_string())?;
    verified(&optimized, Stage::Optimized)?;
    for (call, expected) in &answers {
        let answer = interpret(&optimized, call, Limits::default());
        compare("the interpreter after the optimizer", call, &answer, expected, &optimized)?;
    }
    compare_natives(&optimized, &answers, " after the optimizer")?;
    Ok(answers.iter().filter(|(_, answer)| matches!(answer.ending, Ending::Values(_))).count())
}

fn compare_natives(module: &Module, answers: &[(&Call, Answer)], when: &str) -> Result<(), String> {
    for target in targets() {
        let native = Native::new(module, &*target).map_err(|e| format!("{e}{when}"))?;
        for (call, expected) in answers {
            let who = format!("{}{when}", target.name());
            compare(&who, call, &native.run(call), expected, module)?;
        }
    }
    Ok(())
}

fn compare(
    who: &str,
    call: &Call,
    found: &Answer,
    expected: &Answer,
    ran: &Module,
) -> Result<(), String> {
    if found.agrees_with(expected) {
        return Ok(());
    }
    Err(format!(
        "{who} disagrees\n  {call}\n  expected: {expected}\n  found:    {found}\n; ran\n{ran}\n; generated"
    ))
}

fn verified(module: &Module, stage: Stage) -> Result<(), String> {
    verify_module(module, stage).map_err(|errors| {
        let errors: String = errors.iter().map(|e| format!("\n  {e}")).collect();
        format!("doesn't verify as {}:{errors}", stage.name())
    })
}
