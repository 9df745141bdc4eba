//! `; test verify STAGE`: errors pinned to the lines that they are for.

use super::{Checked, TestFile, round_trip};
use cumbia_ir::{FunctionPlaces, Stage, VerifyError, parse_module_with_places, verify_module};

pub(super) fn check(file: &TestFile) -> Checked {
    round_trip(&file.text)?;
    let stage = match file.argument.as_str() {
        "" => Stage::Draft,
        name => Stage::from_name(name).ok_or_else(|| format!("there is no stage `{name}`"))?,
    };
    let (module, places) = parse_module_with_places(&file.text).map_err(|e| e.to_string())?;
    let errors = verify_module(&module, stage).err().unwrap_or_default();
    let mut found: Vec<(usize, String)> = errors
        .iter()
        .map(|error| {
            let index = module.find_function(&error.function).map_or(0, |id| id.index());
            (line_of(error, &places.functions[index]), error.message.clone())
        })
        .collect();
    found.sort();
    let mut wanted: Vec<(usize, String)> = Vec::new();
    for (i, line) in file.text.lines().enumerate() {
        let errors = line.split("; error: ").skip(1);
        wanted.extend(errors.map(|message| (i + 1, message.trim().to_owned())));
    }
    wanted.sort();
    if found == wanted {
        return Ok(());
    }
    let show = |list: &[(usize, String)]| -> String {
        list.iter().map(|(line, message)| format!("  line {line}: {message}\n")).collect()
    };
    Err(format!("expected:\n{}found:\n{}", show(&wanted), show(&found)))
}

fn line_of(error: &VerifyError, places: &FunctionPlaces) -> usize {
    let line = match (error.inst, error.block) {
        (Some(inst), _) => places.insts[inst.index()],
        (None, Some(block)) => places.blocks[block.index()],
        (None, None) => places.header,
    };
    line as usize
}
