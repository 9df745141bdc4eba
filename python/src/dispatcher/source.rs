//! The function's text, as the package's Python part proved it to be.

use cumbia_abi::parallel::how;
use cumbia_frontend::environment::{Automatic, FunctionSource, Global, Relaxed};
use cumbia_frontend::hir::ParallelHow;
use cumbia_ir::FastMath;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use std::sync::Arc;

/// A snapshot of a function's text.
pub struct Source {
    /// Lines of the function, with their own columns.
    pub text: String,
    filename: String,
    first_line: u32,
    qualname: String,
    name: String,
    lambda_offset: Option<u32>,
    /// What its user gives up for speed.
    pub relaxed: Relaxed,
    /// Types that its user declares for numbers.
    pub declared: Vec<(Arc<str>, Arc<str>)>,
    /// What it was made from, for pickling.
    pub snapshot: Py<PyTuple>,
}

impl Source {
    /// Reads the tuple `(text, filename, first_line, qualname, name, kind,
    /// lambda_line, lambda_col, indent)`.
    pub fn new(snapshot: &Bound<'_, PyTuple>) -> PyResult<Source> {
        type Parts = (String, String, u32, String, String, String, Option<u32>, Option<u32>, u32);
        let (text, filename, first_line, qualname, name, kind, line, column, _indent): Parts =
            snapshot.extract()?;
        let lambda_offset = match (kind.as_str(), line, column) {
            ("lambda", Some(line), Some(column)) => {
                let above = line.saturating_sub(first_line) as usize;
                let start: usize = text.split_inclusive('\n').take(above).map(str::len).sum();
                Some(start as u32 + column)
            }
            _ => None,
        };
        let (snapshot, relaxed) = (snapshot.clone().unbind(), Relaxed::default());
        Ok(Source {
            text,
            filename,
            first_line,
            qualname,
            name,
            lambda_offset,
            relaxed,
            declared: Vec::new(),
            snapshot,
        })
    }

    /// What the front end takes.
    pub fn function_source(
        &self,
        handle: u64,
        defaults: Vec<(Arc<str>, Global)>,
    ) -> FunctionSource {
        FunctionSource {
            text: self.text.clone().into(),
            filename: self.filename.clone(),
            first_line: self.first_line,
            name: self.name.clone(),
            qualname: self.qualname.clone(),
            lambda_offset: self.lambda_offset,
            handle,
            defaults,
            relaxed: self.relaxed,
            python_minor: 11,
            pranges: Vec::new(),
            called: Vec::new(),
            declared: self.declared.clone(),
        }
    }
}

/// What the options `fastmath`, `boundscheck` and `parallel` say; as `cumbia._options` resolves
/// them.
pub fn relaxed(options: &Bound<'_, PyDict>) -> PyResult<Relaxed> {
    let mut relaxed = Relaxed::default();
    if let Some(flags) = options.get_item("fastmath")? {
        for name in flags.try_iter()? {
            let name: String = name?.extract()?;
            let flag = FastMath::from_name(&name);
            let unknown = || PyValueError::new_err(format!("there is no flag {name:?}"));
            relaxed.fast = relaxed.fast.with(flag.ok_or_else(unknown)?);
        }
    }
    if let Some(check) = options.get_item("boundscheck")? {
        relaxed.unchecked = !check.is_truthy()?;
    }
    relaxed.on_device = match options.get_item("target")? {
        Some(target) => target.extract::<String>()? == "cuda",
        None => false,
    };
    relaxed.parallel = parallel(options, relaxed.on_device)?;
    let on = |name: &str| switched(options, name);
    relaxed.automatic = Automatic {
        reduction: on("reduction")?,
        numpy: on("numpy")?,
        setitem: on("setitem")?,
        unfused: options.get_item("parallel")?.is_some_and(|p| p.is_instance_of::<PyDict>())
            && !on("fusion")?,
    };
    if let Some(model) = options.get_item("error_model")? {
        relaxed.quiet_division = model.extract::<String>()? == "numpy";
    }
    if let Some(associative) = options.get_item("associative")? {
        relaxed.associative = associative.is_truthy()?;
    }
    Ok(relaxed)
}

/// What the option `locals` says, as `cumbia._options` resolves it.
pub fn declared(options: &Bound<'_, PyDict>) -> PyResult<Vec<(Arc<str>, Arc<str>)>> {
    match options.get_item("locals")? {
        Some(given) => pairs(&given),
        None => Ok(Vec::new()),
    }
}

/// Names and types of a dict.
pub fn pairs(given: &Bound<'_, PyAny>) -> PyResult<Vec<(Arc<str>, Arc<str>)>> {
    let mut found = Vec::new();
    for item in given.call_method0("items")?.try_iter()? {
        let (name, ty): (String, String) = item?.extract()?;
        found.push((name.into(), ty.into()));
    }
    Ok(found)
}

/// Whether a kind of operation may run on several threads: `parallel` is `True`, `False`, or a
/// dict of all kinds as `cumbia._options` makes it.
fn switched(options: &Bound<'_, PyDict>, kind: &str) -> PyResult<bool> {
    let Some(wanted) = options.get_item("parallel")? else { return Ok(false) };
    match wanted.cast::<PyDict>() {
        Ok(kinds) => kinds.get_item(kind)?.map_or(Ok(false), |on| on.is_truthy()),
        Err(_) => wanted.is_truthy(),
    }
}

/// How loops over `prange` are to be scheduled; `None` where they are loops over `range`.
fn parallel(options: &Bound<'_, PyDict>, on_device: bool) -> PyResult<Option<ParallelHow>> {
    let Some(wanted) = options.get_item("parallel")? else { return Ok(None) };
    if !on_device && (!wanted.is_truthy()? || !switched(options, "prange")?) {
        return Ok(None);
    }
    let schedule = match options.get_item("schedule")? {
        Some(name) => name.extract::<String>()?,
        None => String::new(),
    };
    let chunk = match options.get_item("chunk")? {
        Some(chunk) if !chunk.is_none() => chunk.extract::<i64>()?,
        _ => 0,
    };
    let schedule = match schedule.as_str() {
        "static" => how::STATIC,
        "dynamic" => how::DYNAMIC,
        _ => 0,
    };
    let race = match options.get_item("race")? {
        Some(race) if !race.is_none() => how::WATCHED,
        _ => 0,
    };
    // Races are looked for on the processor.
    let device = if on_device && race == 0 { how::DEVICE } else { 0 };
    Ok(Some(ParallelHow { bits: schedule | race | device | chunk << how::CHUNK_SHIFT }))
}
