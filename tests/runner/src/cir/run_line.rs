//! `; run:` lines: a call, and what it gives.
//!
//! ```text
//! ; run: @f(1, 2.5) == 3, true
//! ; run: @scale([f64: 1.0, 2.0], 2) == () leaves [f64: 2.0, 4.0]
//! ; run: @new(8) == 0 keeps 1
//! ; run: @f(1) raises ValueError "bad 1" at @f 3:4, @main 9:0
//! ; run: @f(1, 0) is a bug: division by zero
//! ; interrupted: @spin() raises KeyboardInterrupt ""
//! ```
//!
//! Without `leaves` the buffers aren't compared with anything (but between the
//! interpreter and the backends), and without `at` the trace isn't. What isn't
//! released must be announced by `keeps`. `is a bug` holds on the interpreter only.

use cumbia_ir::{Loc, Module};
use cumbia_tool::execute::{Answer, Buffer, Call, Ending, parse_scalar, same_bits, same_ending};

/// One line.
pub(super) struct RunLine {
    /// Line in the file.
    pub line: usize,
    /// The text after the colon.
    pub text: String,
    pub call: Call,
    pub expected: Expected,
    /// Whether an interrupt is pending when the call starts.
    pub interrupted: bool,
}

/// What a line asks for.
pub(super) enum Expected {
    Values { ending: Ending, leaves: Option<Vec<Buffer>>, keeps: i64 },
    Raises { class: String, message: String, trace: Option<Vec<(String, Loc)>> },
    Bug(String),
}

/// All lines of a text.
pub(super) fn run_lines(text: &str, module: &Module) -> Result<Vec<RunLine>, String> {
    let mut lines = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let run = line.strip_prefix("; run:").map(|rest| (rest, false));
        let run = run.or_else(|| line.strip_prefix("; interrupted:").map(|rest| (rest, true)));
        let Some((rest, interrupted)) = run else { continue };
        let text = rest.trim().to_owned();
        let (call, expected) = parse(module, &text).map_err(|e| format!("line {}: {e}", i + 1))?;
        lines.push(RunLine { line: i + 1, text, call, expected, interrupted });
    }
    Ok(lines)
}

fn parse(module: &Module, text: &str) -> Result<(Call, Expected), String> {
    let form = || "expected `@name(arguments)` and what it gives".to_owned();
    let (name, rest) = text.strip_prefix('@').and_then(|t| t.split_once('(')).ok_or_else(form)?;
    let (args, rest) = rest.split_once(')').ok_or_else(form)?;
    let id = module.find_function(name).ok_or_else(|| format!("there is no @{name}"))?;
    let func = module.function(id);
    let call = Call::parse(func, args).map_err(|e| e.to_string())?;
    let rest = rest.trim();
    let expected = if let Some(rest) = rest.strip_prefix("==") {
        values(&func.results, rest.trim())?
    } else if let Some(rest) = rest.strip_prefix("raises ") {
        raises(rest.trim())?
    } else if let Some(rest) = rest.strip_prefix("is a bug:") {
        Expected::Bug(rest.trim().to_owned())
    } else {
        return Err(form());
    };
    Ok((call, expected))
}

fn values(types: &[cumbia_ir::Type], text: &str) -> Result<Expected, String> {
    let (text, keeps) = match text.split_once(" keeps ") {
        Some((text, count)) => (text, count.trim().parse().map_err(|_| "`keeps` needs a number")?),
        None => (text, 0),
    };
    let (text, leaves) = match text.split_once(" leaves ") {
        Some((text, buffers)) => (text, Some(buffer_list(buffers)?)),
        None => (text, None),
    };
    let texts: Vec<&str> = match text.trim() {
        "()" => Vec::new(),
        text => text.split(',').map(str::trim).collect(),
    };
    if texts.len() != types.len() {
        return Err(format!("{} values for {} results", texts.len(), types.len()));
    }
    let scalar =
        |(&ty, text)| parse_scalar(ty, text).map(|bits| (ty, bits)).map_err(|e| e.to_string());
    let values = types.iter().zip(texts).map(scalar).collect::<Result<_, _>>()?;
    Ok(Expected::Values { ending: Ending::Values(values), leaves, keeps })
}

pub(super) fn buffer_list(text: &str) -> Result<Vec<Buffer>, String> {
    let buffers = text.split_inclusive(']').map(|t| t.trim_start_matches([',', ' ']).trim());
    buffers.filter(|t| !t.is_empty()).map(|t| Buffer::parse(t).map_err(|e| e.to_string())).collect()
}

fn raises(text: &str) -> Result<Expected, String> {
    let form = "expected `raises Class \"message\"`";
    let (class, rest) = text.split_once(" \"").ok_or(form)?;
    let (message, rest) = rest.rsplit_once('"').ok_or(form)?;
    let trace = match rest.trim().strip_prefix("at ") {
        None if rest.trim().is_empty() => None,
        None => return Err(form.to_owned()),
        Some(places) => Some(places.split(',').map(place).collect::<Option<_>>().ok_or(form)?),
    };
    Ok(Expected::Raises { class: class.to_owned(), message: message.to_owned(), trace })
}

/// `@f 3:4`
fn place(text: &str) -> Option<(String, Loc)> {
    let (name, loc) = text.trim().strip_prefix('@')?.split_once(' ')?;
    let (line, col) = loc.split_once(':')?;
    Some((name.to_owned(), Loc::start(line.parse().ok()?, col.parse().ok()?)))
}

/// Equal but for where places end, which is given by IR of a front end only.
fn same_places(expected: &[(String, Loc)], found: &[(String, Loc)]) -> bool {
    let starts = found.iter().map(|(name, loc)| (name, loc.without_end()));
    expected.iter().map(|(name, loc)| (name, loc.without_end())).eq(starts)
}

impl Expected {
    /// Whether an answer is what the line asks for.
    pub fn is_met_by(&self, answer: &Answer) -> bool {
        match (self, &answer.ending) {
            (Expected::Values { ending, leaves, keeps }, found) => {
                same_ending(ending, found)
                    && answer.kept == *keeps
                    && leaves.as_ref().is_none_or(|buffers| same_buffers(buffers, answer))
            }
            (Expected::Raises { class, message, trace }, Ending::Raised(raised)) => {
                raised.class == *class
                    && raised.message == *message
                    && trace.as_ref().is_none_or(|trace| same_places(trace, &raised.trace))
            }
            (Expected::Bug(message), Ending::Bug(found)) => found.contains(message.as_str()),
            _ => false,
        }
    }
}

fn same_buffers(wanted: &[Buffer], answer: &Answer) -> bool {
    wanted.len() == answer.buffers.len()
        && wanted.iter().zip(&answer.buffers).all(|(wanted, (ty, found))| {
            wanted.ty == *ty
                && wanted.elements.len() == found.len()
                && wanted.elements.iter().zip(found).all(|(&a, &b)| same_bits(*ty, a, b))
        })
}
