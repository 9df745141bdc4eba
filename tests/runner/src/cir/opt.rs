//! `; test opt PASSES`: the text after named passes (with commas between them) or
//! the whole `pipeline`.

use super::run::{check_lines, verified};
use super::run_line::run_lines;
use super::{TestFile, round_trip, same_text};
use cumbia_ir::{Stage, verify_module};
use cumbia_opt::OptOptions;
use cumbia_opt::pipeline::{PIPELINE, pass, run_passes};

const SEPARATOR: &str = "; expected\n";

/// What came of it.
pub(super) enum Outcome {
    AsExpected,
    /// The file with the found text, and how it differs.
    Differs {
        rewritten: String,
        difference: String,
    },
}

pub(super) fn check(file: &TestFile) -> Result<Outcome, String> {
    let whole = file.argument == "pipeline";
    let passes = if whole {
        PIPELINE.to_vec()
    } else {
        let find =
            |name: &str| pass(name.trim()).ok_or_else(|| format!("there is no pass `{name}`"));
        file.argument.split(',').map(find).collect::<Result<_, _>>()?
    };
    let (input, expected) = file.text.split_once(SEPARATOR).unwrap_or((&file.text, ""));
    let mut module = round_trip(input)?;
    verified(&module, Stage::Draft)?;
    let lowered = verify_module(&module, Stage::Lowered).is_ok();
    let lines = run_lines(input, &module)?;
    check_lines(&module, &lines, "")?;

    let mut options = OptOptions { verify_each: true, ..OptOptions::default() };
    run_passes(&mut module, &passes, &mut options).map_err(|e| e.to_string())?;
    let stage = match (lowered, whole) {
        (true, true) => Stage::Optimized,
        (true, false) => Stage::Lowered,
        (false, _) => Stage::Draft,
    };
    verified(&module, stage)?;
    check_lines(&module, &lines, " after the passes")?;

    round_trip(expected).map_err(|e| format!("below `; expected`: {e}"))?;
    let found = module.to_string();
    Ok(match same_text("the text after the passes", &found, expected.trim_start()) {
        Ok(()) => Outcome::AsExpected,
        Err(difference) => {
            let rewritten = format!("{}\n{SEPARATOR}\n{found}", input.trim_end());
            Outcome::Differs { rewritten, difference: format!("{difference}\n; found\n{found}") }
        }
    })
}
