//! Failures of a compilation as Python exceptions.
//!
//! The user's mistakes become `cumbia.CompileError` or one of its subclasses, with
//! the rendered text and the diagnostics as plain data. Bugs of the compiler become
//! RuntimeError and leave the IR in a file. Nothing is decided here but the class.

use cumbia_diagnostics::{Diagnostic, Severity, Sources, Span, render_all};
use cumbia_driver::{CompileError, InternalError};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};

/// The exception for a compilation that failed.
pub fn exception(py: Python<'_>, error: &CompileError) -> PyErr {
    match error {
        CompileError::User { diagnostics, sources } => {
            user(py, diagnostics, sources).unwrap_or_else(|error| error)
        }
        CompileError::Internal(error) => internal(error),
    }
}

fn user(py: Python<'_>, diagnostics: &[Diagnostic], sources: &Sources) -> PyResult<PyErr> {
    let shown = py.import("cumbia._source")?.getattr("shown_name")?;
    let sources = &sources.renamed(|filename| {
        let name = shown.call1((filename,)).and_then(|name| name.extract::<String>());
        name.unwrap_or_else(|_| filename.to_owned())
    });
    let library = py.import("cumbia._source")?.getattr("is_library")?;
    let is_library = |span: Span| {
        let of = library.call1((&sources.get(span.source).filename,));
        of.and_then(|is| is.is_truthy()).unwrap_or(false)
    };
    let diagnostics: Vec<Diagnostic> =
        diagnostics.iter().map(|d| at_the_users_call(d, sources, &is_library)).collect();
    let diagnostics = &diagnostics[..];
    let rendered = render_all(diagnostics, sources);
    let list = PyList::empty(py);
    for diagnostic in diagnostics {
        list.append(as_dict(py, diagnostic, sources)?)?;
    }
    let (code, message) =
        diagnostics.first().map_or(("", "can't be compiled"), |d| (d.code, d.message.as_str()));
    let class = py.import("cumbia._errors")?.getattr(class_of(code))?;
    // A blank first line keeps the code's columns aligned behind the class name.
    let value = class.call1((message, list, format!("\n{rendered}")))?;
    Ok(PyErr::from_value(value))
}

/// What was found in an installed library's text, told of the user's call that led there.
fn at_the_users_call(
    found: &Diagnostic,
    sources: &Sources,
    is_library: &dyn Fn(Span) -> bool,
) -> Diagnostic {
    let users = found.labels.iter().find(|label| !is_library(label.span));
    let Some(call) = users.filter(|_| is_library(found.span)) else { return found.clone() };
    let text = &sources.get(call.span.source).text;
    let called = text.get(call.span.start as usize..call.span.end as usize).unwrap_or_default();
    let called = called.split('(').next().unwrap_or_default();
    let file = sources.get(found.span.source).filename.as_str();
    let parts: Vec<&str> = file.rsplit(['/', '\\']).take(2).collect();
    let file = parts.into_iter().rev().collect::<Vec<_>>().join("/");
    let (line, _) = sources.position(found.span);
    let message = format!("{called}() can't be compiled");
    Diagnostic::error(found.code, call.span, message)
        .note(format!("line {line} of its {file}: {}", found.message))
        .help("call it outside and pass what it gives as an argument")
}

/// The exception class of a diagnostic code: mostly by its area.
fn class_of(code: &str) -> &'static str {
    match (code, code.get(..4)) {
        ("CB0401", _) => "UndefinedNameError",
        ("CB0402" | "CB0403" | "CB0404", _) | (_, Some("CB02")) => "UnsupportedError",
        ("CB0701" | "CB0706", _) => "UnsupportedError",
        (_, Some("CB03" | "CB04" | "CB05" | "CB07")) => "TypingError",
        _ => "CompileError",
    }
}

fn as_dict<'py>(
    py: Python<'py>,
    diagnostic: &Diagnostic,
    sources: &Sources,
) -> PyResult<Bound<'py, PyDict>> {
    let spans = PyList::empty(py);
    spans.append(span(py, diagnostic.span, &diagnostic.label, sources)?)?;
    for label in &diagnostic.labels {
        spans.append(span(py, label.span, &label.message, sources)?)?;
    }
    let dict = PyDict::new(py);
    dict.set_item("code", diagnostic.code)?;
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    dict.set_item("severity", severity)?;
    dict.set_item("message", &diagnostic.message)?;
    dict.set_item("spans", spans)?;
    dict.set_item("notes", &diagnostic.notes)?;
    dict.set_item("help", &diagnostic.help)?;
    Ok(dict)
}

fn span<'py>(
    py: Python<'py>,
    span: Span,
    label: &str,
    sources: &Sources,
) -> PyResult<Bound<'py, PyDict>> {
    let source = sources.get(span.source);
    let (line, column) = source.position(span.start);
    let (end_line, end_column) = source.position(span.end);
    let dict = PyDict::new(py);
    dict.set_item("filename", &source.filename)?;
    dict.set_item("line", line)?;
    dict.set_item("column", column)?;
    dict.set_item("end_line", end_line)?;
    dict.set_item("end_column", end_column)?;
    dict.set_item("label", label)?;
    Ok(dict)
}

/// The text of a failure of tier 2, which no call waits for.
pub fn report(error: &CompileError) -> String {
    match error {
        CompileError::User { .. } => error.rendered(),
        CompileError::Internal(error) => internal_text(error),
    }
}

fn internal(error: &InternalError) -> PyErr {
    PyRuntimeError::new_err(internal_text(error))
}

fn internal_text(error: &InternalError) -> String {
    let kept = match &error.ir {
        None => String::new(),
        Some(ir) => match save(ir) {
            Ok(path) => format!(" The IR is in {path}."),
            Err(error) => format!(" The IR could not be saved: {error}."),
        },
    };
    format!(
        "internal error in {}: {}\nThis is a bug in cumbia, not in your program.{kept} Please \
         report it with this text; the function runs undecorated as <name>.py_func.",
        error.pass, error.message
    )
}

/// Writes IR text where a report can pick it up.
fn save(ir: &str) -> std::io::Result<String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("cumbia-{}-{number}.cir", std::process::id());
    let path = std::env::temp_dir().join(name);
    let mut options = std::fs::OpenOptions::new();
    // Never through a link that somebody else put there.
    std::io::Write::write_all(
        &mut options.write(true).create_new(true).open(&path)?,
        ir.as_bytes(),
    )?;
    Ok(path.display().to_string())
}

/// Runs what a C function of ours does; a panic becomes a RuntimeError.
#[inline]
pub fn no_panics<R>(failure: R, run: impl FnOnce() -> R) -> R {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(result) => result,
        Err(panic) => {
            report_panic(&*panic);
            failure
        }
    }
}

#[cold]
fn report_panic(panic: &(dyn Any + Send)) {
    let text = panic
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    Python::try_attach(|py| {
        PyRuntimeError::new_err(format!(
            "internal error in cumbia: {text}\nThis is a bug in cumbia, not in your program. \
             Please report it with this text; the function runs undecorated as <name>.py_func."
        ))
        .restore(py);
    });
}

/// As [`no_panics`], for code that may use all of PyO3: an error is set, and null
/// given for an object.
pub fn object_or_null<'a>(
    run: impl FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + 'a,
) -> *mut pyo3::ffi::PyObject {
    no_panics(ptr::null_mut(), || {
        Python::attach(|py| match run(py) {
            Ok(object) => object.into_ptr(),
            Err(error) => {
                error.restore(py);
                ptr::null_mut()
            }
        })
    })
}
