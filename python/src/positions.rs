//! Where in the bytecode of the user's functions the sites of compiled code are.
//!
//! A site says from where to where in the text its expression or statement goes. The
//! code object of the function knows the same of each instruction (`co_positions()`), so
//! the instruction that CPython would stand at is found by its position. Found places are
//! kept, since a site that raises once often raises again; nothing is looked up before.
//!
//! A comprehension is a function of its own up to Python 3.11 and no frame of its own
//! since: a site in it is two places there, and one here.

use crate::callee;
use crate::dispatcher::{self, Dispatcher};
use crate::frame_arguments::{self, Parameter};
use cumbia_abi::{Site, SiteKind};
use cumbia_driver::FunctionOrigin;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple, PyWeakrefReference};
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a frame of a traceback stands at.
pub struct Place {
    /// The code object.
    pub code: Py<PyAny>,
    /// Byte offset of the instruction; -1 where none has the site's position.
    pub instruction: i32,
    /// The line that is shown.
    pub line: u32,
    /// The function's parameters.
    pub parameters: Vec<Parameter>,
}

/// Places of a specialization's sites.
pub struct Positions {
    /// Code objects of the functions, by handle.
    codes: Vec<Option<Py<PyAny>>>,
    /// Weak references to the functions, which would never die otherwise: their globals
    /// lead here.
    functions: Vec<Option<Py<PyAny>>>,
    /// By a site's address: each tier has a table of its own, as long as there is its code.
    found: Mutex<FxHashMap<usize, Arc<[Place]>>>,
}

impl Positions {
    /// Those of functions, by handle.
    pub fn new(py: Python<'_>, functions: &[Py<PyAny>]) -> Positions {
        let functions: Vec<_> = functions.iter().map(|f| plain_of(f.bind(py))).collect();
        let code = |f: &Bound<'_, PyAny>| Some(f.getattr("__code__").ok()?.unbind());
        let codes = functions.iter().map(|f| code(f.as_ref()?)).collect();
        let weak =
            |f: Bound<'_, PyAny>| Some(PyWeakrefReference::new(&f).ok()?.into_any().unbind());
        let functions = functions.into_iter().map(|f| weak(f?)).collect();
        Positions { codes, functions, found: Mutex::default() }
    }

    /// The function of a handle, while it lives.
    pub fn function<'py>(&self, py: Python<'py>, handle: usize) -> Option<Bound<'py, PyAny>> {
        let function = self.functions.get(handle)?.as_ref()?.bind(py).call0().ok()?;
        (!function.is_none()).then_some(function)
    }

    /// The places of a site, the inner one first; none for a function without code.
    pub fn of_site(
        &self,
        py: Python<'_>,
        site: &Site,
        origin: &FunctionOrigin,
    ) -> PyResult<Arc<[Place]>> {
        let key = std::ptr::from_ref(site).addr();
        let found = || self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = found().get(&key) {
            return Ok(known.clone());
        }
        let root = origin.root.and_then(|handle| self.codes.get(handle as usize)?.as_ref());
        let mut places = match root {
            Some(root) => look_up(root.bind(py), site, origin)?,
            None => Vec::new(),
        };
        for place in &mut places {
            place.parameters = frame_arguments::parameters(place.code.bind(py))?;
        }
        let places: Arc<[Place]> = places.into();
        found().insert(key, places.clone());
        Ok(places)
    }
}

fn plain_of<'py>(object: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    if dispatcher::is_dispatcher(object) {
        Dispatcher::of(object).function(object.py())
    } else {
        callee::plain_function(object)
    }
}

/// A stretch of text: line and column of its start, and of its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Stretch {
    start: (u32, u32),
    end: (u32, u32),
}

impl Stretch {
    fn contains(&self, other: &Stretch) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// What `co_positions()` gives: line, last line, column, column behind the end.
type Position = (Option<u32>, Option<u32>, Option<u32>, Option<u32>);

/// An instruction that is executed, with where it comes from.
struct Instruction {
    offset: i32,
    opcode: u8,
    stretch: Stretch,
}

/// Numbers of operations that matter here, in the running Python; 0 for one it lacks.
struct Opcodes {
    cache: u8,
    precall: u8,
    keyword_names: u8,
    raise: u8,
    next: u8,
    iterator: u8,
    format: [u8; 4],
}

impl Opcodes {
    fn of(py: Python<'_>) -> PyResult<Opcodes> {
        let map = py.import("opcode")?.getattr("opmap")?;
        let number = |name: &str| match map.get_item(name) {
            Ok(number) => number.extract(),
            Err(_) => Ok(0),
        };
        Ok(Opcodes {
            cache: number("CACHE")?,
            precall: number("PRECALL")?,
            keyword_names: number("KW_NAMES")?,
            raise: number("RAISE_VARARGS")?,
            next: number("FOR_ITER")?,
            iterator: number("GET_ITER")?,
            format: [
                number("FORMAT_VALUE")?,
                number("FORMAT_SIMPLE")?,
                number("FORMAT_WITH_SPEC")?,
                number("CONVERT_VALUE")?,
            ],
        })
    }
}

fn look_up(root: &Bound<'_, PyAny>, site: &Site, origin: &FunctionOrigin) -> PyResult<Vec<Place>> {
    let wanted = Wanted::of(site);
    let opcodes = Opcodes::of(root.py())?;
    let mut codes = Vec::new();
    if origin.nested {
        let name = origin.qualname.rsplit('.').next().unwrap_or_default();
        named(root, name, &mut codes)?;
    } else {
        codes.push(root.clone());
    }
    for code in &codes {
        if let Some((places, _)) = exact(code, &wanted, &opcodes)? {
            return Ok(places);
        }
    }
    // None, or some at the same place: which of them is as good as another.
    if let Wanted::All(stretch) = &wanted {
        for code in &codes {
            if let Some(place) = near(code, stretch, &opcodes)? {
                return Ok(vec![place]);
            }
        }
    }
    let Some(code) = codes.first() else { return Ok(Vec::new()) };
    let instruction = without_columns(code, site.line)?.unwrap_or(-1);
    let code = code.clone().unbind();
    Ok(vec![Place { code, instruction, line: site.line, parameters: Vec::new() }])
}

/// The first instruction of a line, where code objects tell nothing but lines.
fn without_columns(code: &Bound<'_, PyAny>, wanted: u32) -> PyResult<Option<i32>> {
    for (unit, position) in code.call_method0("co_positions")?.try_iter()?.enumerate() {
        let (line, _, column, _) = position?.extract::<Position>()?;
        if line == Some(wanted) && column.is_none() {
            return Ok(Some(2 * unit as i32));
        }
    }
    Ok(None)
}

/// Code objects of a name within another one, at any depth.
fn named<'py>(
    code: &Bound<'py, PyAny>,
    name: &str,
    found: &mut Vec<Bound<'py, PyAny>>,
) -> PyResult<()> {
    for inner in nested_codes(code)? {
        if inner.getattr("co_name")?.eq(name)? {
            found.push(inner.clone());
        }
        named(&inner, name, found)?;
    }
    Ok(())
}

fn nested_codes<'py>(code: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let class = code.get_type();
    let constants = code.getattr("co_consts")?.cast_into::<PyTuple>()?;
    Ok(constants.iter().filter(|constant| constant.get_type().is(&class)).collect())
}

/// What a site says of the instruction.
enum Wanted {
    /// It is of this expression or statement.
    All(Stretch),
    /// It takes the next item of the iterable that begins here, or formats the value of
    /// the expression that does.
    Around((u32, u32)),
    /// It raises because of a failed assertion.
    Assertion(Stretch),
    /// It asks what this expression gives for an iterator: up to Python 3.11 it has the
    /// position of the whole loop.
    Iterator(Stretch),
}

impl Wanted {
    fn of(site: &Site) -> Wanted {
        let start = (site.line, site.col);
        let stretch = Stretch { start, end: (site.end_line, site.end_col) };
        match &site.kind {
            _ if site.end_line == 0 => Wanted::Around(start),
            SiteKind::Raise { class, .. } if class == "AssertionError" => {
                Wanted::Assertion(stretch)
            }
            SiteKind::Raise { message, .. } if message.ends_with(" object is not iterable") => {
                Wanted::Iterator(stretch)
            }
            _ => Wanted::All(stretch),
        }
    }

    /// The instruction in one code object.
    fn find<'a>(
        &self,
        all: &'a [Instruction],
        py: Python<'_>,
        opcodes: &Opcodes,
    ) -> Option<&'a Instruction> {
        match self {
            Wanted::All(stretch) => all.iter().find(|i| i.stretch == *stretch),
            Wanted::Iterator(stretch) => {
                let made = |pair: &&[Instruction]| {
                    pair[0].stretch == *stretch && pair[1].opcode == opcodes.iterator
                };
                let found = all.windows(2).find(made).map(|pair| &pair[1]);
                found.or_else(|| all.iter().find(|i| i.stretch == *stretch))
            }
            // The position is that of what was asserted, but for Python 3.12.
            Wanted::Assertion(stretch) => smallest(all.iter().filter(|i| {
                let near = i.stretch.contains(stretch) || stretch.contains(&i.stretch);
                i.opcode == opcodes.raise && near
            })),
            Wanted::Around(start) => {
                // Up to Python 3.12 a step has the position of the whole loop or
                // comprehension.
                let of_iterable = py.version_info() >= (3, 13);
                let step = |i: &&Instruction| i.opcode == opcodes.next && i.stretch.start == *start;
                let found = if of_iterable { all.iter().find(step) } else { None };
                found.or_else(|| {
                    smallest(all.iter().filter(|i| {
                        let around = opcodes.format.contains(&i.opcode)
                            || i.opcode == opcodes.next && !of_iterable;
                        around && i.stretch.start < *start && *start < i.stretch.end
                    }))
                })
            }
        }
    }
}

/// The instruction of the smallest of stretches that lie in one another.
fn smallest<'a>(of: impl Iterator<Item = &'a Instruction>) -> Option<&'a Instruction> {
    of.reduce(|a, b| if a.stretch.contains(&b.stretch) { b } else { a })
}

/// The places of the instruction that is wanted, the inner one first, and its stretch.
fn exact(
    code: &Bound<'_, PyAny>,
    wanted: &Wanted,
    opcodes: &Opcodes,
) -> PyResult<Option<(Vec<Place>, Stretch)>> {
    let all = instructions(code, opcodes)?;
    let mut best = wanted.find(&all, code.py(), opcodes).map(|i| (vec![at(code, i)], i.stretch));
    if best.is_some() && matches!(wanted, Wanted::All(_) | Wanted::Iterator(_)) {
        return Ok(best);
    }
    for inner in nested_codes(code)? {
        let name = inner.getattr("co_name")?;
        if !["<listcomp>", "<setcomp>", "<dictcomp>"].iter().any(|n| name.eq(n).unwrap_or(false)) {
            continue;
        }
        let Some((mut places, stretch)) = exact(&inner, wanted, opcodes)? else { continue };
        if best.as_ref().is_some_and(|(_, known)| !known.contains(&stretch)) {
            continue;
        }
        // The comprehension is the smallest thing around it here.
        let around = all.iter().filter(|i| i.stretch.contains(&stretch));
        places.extend(smallest(around).map(|call| at(code, call)));
        best = Some((places, stretch));
    }
    Ok(best)
}

/// What CPython gives another position than the syntax tree has: a method's call over
/// several lines begins at the method's name.
fn near(code: &Bound<'_, PyAny>, wanted: &Stretch, opcodes: &Opcodes) -> PyResult<Option<Place>> {
    let all = instructions(code, opcodes)?;
    let inside = |i: &&Instruction| wanted.contains(&i.stretch);
    let ending = all.iter().filter(inside).filter(|i| i.stretch.end == wanted.end);
    let widest = ending.reduce(|a, b| if b.stretch.contains(&a.stretch) { b } else { a });
    Ok(widest.map(|i| at(code, i)))
}

fn at(code: &Bound<'_, PyAny>, instruction: &Instruction) -> Place {
    Place {
        code: code.clone().unbind(),
        instruction: instruction.offset,
        line: instruction.stretch.start.0,
        parameters: Vec::new(),
    }
}

/// The instructions of a code object whose positions are known.
fn instructions(code: &Bound<'_, PyAny>, opcodes: &Opcodes) -> PyResult<Vec<Instruction>> {
    let bytes = code.getattr("co_code")?.cast_into::<PyBytes>()?;
    let mut found = Vec::new();
    for (unit, position) in code.call_method0("co_positions")?.try_iter()?.enumerate() {
        let (Some(line), Some(end_line), Some(column), Some(end_column)) =
            position?.extract::<Position>()?
        else {
            continue;
        };
        let Some(&opcode) = bytes.as_bytes().get(2 * unit) else { break };
        // These have the position of what they prepare.
        if [opcodes.cache, opcodes.precall, opcodes.keyword_names].contains(&opcode) {
            continue;
        }
        let stretch = Stretch { start: (line, column), end: (end_line, end_column) };
        found.push(Instruction { offset: 2 * unit as i32, opcode, stretch });
    }
    Ok(found)
}
