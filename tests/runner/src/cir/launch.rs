//! `; test launch`: launches of kernels on every backend, before and after the optimizer's
//! pipeline.
//!
//! ```text
//! ; launch: 2 of 32: @scale([f32: ...], 2) leaves [f32: ...]
//! ; launch: 2,1 of 8,4 shared 256: @tile([i64: 1]) leaves [i64: 2]
//! ; launch: 1 of 32: @stray([i64: 1]) fails IndexError: index 1 is out of bounds ...
//! ```
//!
//! With `; watched:` in place of `; launch:` the accesses of elements are watched. Behind
//! `fails` is what the fault's text contains. Kernels aren't run on the interpreter.

use super::run::verified;
use super::run_line::buffer_list;
use super::{Checked, TestFile, round_trip};
use crate::targets::targets;
use cumbia_ir::{Module, Stage, verify_module};
use cumbia_opt::{OptOptions, optimize, optimize_further};
use cumbia_tool::execute::{Buffer, Call, Grid, GridAnswer, Sizes, same_bits};

struct Line {
    number: usize,
    text: String,
    is_watched: bool,
    sizes: Sizes,
    call: Call,
    leaves: Option<Vec<Buffer>>,
    fails: Option<String>,
}

pub(super) fn check(file: &TestFile) -> Checked {
    let module = round_trip(&file.text)?;
    verified(&module, Stage::Draft)?;
    let lines = launch_lines(&file.text, &module)?;
    if lines.is_empty() {
        return Err("there are no `; launch:` lines".into());
    }
    check_lines(&module, &lines, "")?;
    if verify_module(&module, Stage::Lowered).is_ok() {
        let mut optimized = module.clone();
        let mut options = OptOptions { verify_each: true, ..OptOptions::default() };
        optimize(&mut optimized, &mut options).map_err(|e| e.to_string())?;
        check_lines(&optimized, &lines, " after the optimizer")?;
        let mut options = OptOptions { verify_each: true, ..OptOptions::default() };
        optimize_further(&mut optimized, &mut options).map_err(|e| e.to_string())?;
        check_lines(&optimized, &lines, " after the further optimizer")?;
    }
    Ok(())
}

fn launch_lines(text: &str, module: &Module) -> Result<Vec<Line>, String> {
    let launches = text.lines().enumerate().filter_map(|(i, line)| {
        let launch = line.strip_prefix("; launch:").map(|rest| (i + 1, false, rest.trim()));
        launch.or_else(|| line.strip_prefix("; watched:").map(|rest| (i + 1, true, rest.trim())))
    });
    launches
        .map(|(number, is_watched, text)| {
            parse(module, number, is_watched, text).map_err(|e| format!("line {number}: {e}"))
        })
        .collect()
}

fn parse(module: &Module, number: usize, is_watched: bool, text: &str) -> Result<Line, String> {
    let form = || "expected `BLOCKS of THREADS: @name(arguments)` and what follows".to_owned();
    let (sizes, rest) = text.split_once(':').ok_or_else(form)?;
    let (sizes, shared) = match sizes.split_once(" shared ") {
        Some((sizes, bytes)) => (sizes, bytes.trim().parse().map_err(|_| form())?),
        None => (sizes, 0),
    };
    let (blocks, threads) = sizes.split_once(" of ").ok_or_else(form)?;
    let sizes = Sizes {
        blocks: three(blocks).ok_or_else(form)?,
        threads: three(threads).ok_or_else(form)?,
        shared,
    };
    let (name, rest) =
        rest.trim().strip_prefix('@').and_then(|t| t.split_once('(')).ok_or_else(form)?;
    let (args, rest) = rest.split_once(')').ok_or_else(form)?;
    let id = module.find_function(name).ok_or_else(|| format!("there is no @{name}"))?;
    let call = Call::parse(module.function(id), args).map_err(|e| e.to_string())?;
    let (mut leaves, mut fails) = (None, None);
    match rest.trim() {
        rest if rest.starts_with("leaves ") => leaves = Some(buffer_list(&rest[7..])?),
        rest if rest.starts_with("fails ") => fails = Some(rest[6..].trim().to_owned()),
        _ => return Err(form()),
    }
    Ok(Line { number, text: text.to_owned(), is_watched, sizes, call, leaves, fails })
}

/// `2` or `2,1` or `2,1,3`.
fn three(text: &str) -> Option<[u32; 3]> {
    let mut sizes = [1; 3];
    for (i, part) in text.trim().split(',').enumerate() {
        *sizes.get_mut(i)? = part.trim().parse().ok()?;
    }
    Some(sizes)
}

fn check_lines(module: &Module, lines: &[Line], when: &str) -> Checked {
    let mut failures = String::new();
    for target in targets() {
        for line in lines {
            let grid = Grid::new(module, &line.call.function, line.is_watched, &*target)
                .map_err(|e| format!("{e}{when}"))?;
            let answer = grid.run(line.sizes, &line.call);
            if !line.is_met_by(&answer) {
                let (number, text, name) = (line.number, &line.text, target.name());
                failures += &format!("\n  line {number}: {text}\n    {name}{when}: {answer:?}");
            }
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}

impl Line {
    fn is_met_by(&self, answer: &GridAnswer) -> bool {
        match (&self.fails, &answer.fault) {
            (Some(wanted), Some(found)) => found.contains(wanted.as_str()),
            (None, None) => self.leaves.as_ref().is_none_or(|wanted| {
                wanted.len() == answer.buffers.len()
                    && wanted.iter().zip(&answer.buffers).all(|(wanted, (ty, found))| {
                        wanted.ty == *ty
                            && wanted.elements.len() == found.len()
                            && wanted
                                .elements
                                .iter()
                                .zip(found)
                                .all(|(&a, &b)| same_bits(*ty, a, b))
                    })
            }),
            _ => false,
        }
    }
}
