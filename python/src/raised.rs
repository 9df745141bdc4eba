//! Exceptions of runtime functions as Python exceptions: the class by name, and as its
//! argument the message, or for a KeyError the key itself.
//!
//! Runs on the cold path, while the context still has the exception: a key may refer to
//! strings of the call.

use cumbia_abi::{BytesObject, Context, ExceptionClass, Layout, StrObject, measure};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyComplex, PyFloat, PyInt, PyTuple};

/// NumPy's names in the order of the layout code's letters.
const DTYPES: [&str; 13] = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float32",
    "float64",
    "complex64",
    "complex128",
];

/// The exception that the context holds.
pub fn exception(
    py: Python<'_>,
    class: ExceptionClass,
    message: Option<&str>,
    context: &Context,
) -> PyErr {
    let made = || -> PyResult<PyErr> {
        let class = py.import("builtins")?.getattr(class.name())?;
        let raised = &context.raised;
        let value = if !raised.key_layout.is_null() {
            // SAFETY: the runtime keeps layout and slots until the exception is cleared, and
            // what they refer to until the call is over.
            let key = unsafe { key_object(py, raised.key_layout, raised.key) };
            class.call1((key?,))?
        } else {
            match message {
                Some(message) => class.call1((message,))?,
                None => class.call0()?,
            }
        };
        Ok(PyErr::from_value(value))
    };
    made().unwrap_or_else(|error| error)
}

/// A key as a Python object.
///
/// # Safety
///
/// Live slots of a value of the layout.
unsafe fn key_object<'py>(
    py: Python<'py>,
    layout: *const Layout,
    slots: *const u64,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: by the contract.
    unsafe { Reader { py, code: Layout::code(layout), slots }.value() }
}

struct Reader<'py, 'c> {
    py: Python<'py>,
    code: &'c [u8],
    slots: *const u64,
}

impl<'py> Reader<'py, '_> {
    /// # Safety
    ///
    /// The code has a slot more.
    unsafe fn slot(&mut self) -> u64 {
        // SAFETY: by the contract.
        unsafe {
            let slot = *self.slots;
            self.slots = self.slots.add(1);
            slot
        }
    }

    fn byte(&mut self) -> u8 {
        let (&byte, rest) = self.code.split_first().unwrap_or((&b'N', &[]));
        self.code = rest;
        byte
    }

    /// # Safety
    ///
    /// Code and slots are those of a live value.
    unsafe fn value(&mut self) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py;
        // SAFETY: by the contract: the code says what the slots hold.
        unsafe {
            Ok(match self.byte() {
                b'b' => PyBool::new(py, self.slot() & 1 == 1).to_owned().into_any(),
                b'i' => PyInt::new(py, self.slot() as i64).into_any(),
                b'f' => PyFloat::new(py, f64::from_bits(self.slot())).into_any(),
                b'c' => {
                    let (re, im) = (f64::from_bits(self.slot()), f64::from_bits(self.slot()));
                    PyComplex::from_doubles(py, re, im).into_any()
                }
                b'n' => self.numpy()?,
                b's' => string(py, address(self.slot()))?,
                b'y' => {
                    let bytes: *const BytesObject = address(self.slot());
                    PyBytes::new(py, cumbia_runtime::bytes_bytes(bytes)).into_any()
                }
                b'N' => py.None().into_bound(py),
                b'?' => {
                    if self.slot() & 1 == 1 {
                        return self.value();
                    }
                    if let Some((slots, _, length)) = measure(self.code) {
                        self.slots = self.slots.add(slots as usize);
                        self.code = &self.code[length..];
                    }
                    py.None().into_bound(py)
                }
                b'(' => {
                    let mut items = Vec::new();
                    while self.code.first() != Some(&b')') {
                        items.push(self.value()?);
                    }
                    self.byte();
                    PyTuple::new(py, items)?.into_any()
                }
                _ => return Err(PyRuntimeError::new_err("a key of an unknown kind")),
            })
        }
    }

    /// # Safety
    ///
    /// As [`Reader::value`].
    unsafe fn numpy(&mut self) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py;
        let letter = usize::from(self.byte() - b'a');
        let name = DTYPES.get(letter).copied().unwrap_or("float64");
        // SAFETY: by the contract.
        let slot = unsafe { self.slot() };
        let single = |slot: u64| f64::from(f32::from_bits(slot as u32));
        let number = match name {
            "float32" => PyFloat::new(py, single(slot)).into_any(),
            "float64" => PyFloat::new(py, f64::from_bits(slot)).into_any(),
            "complex64" | "complex128" => {
                // SAFETY: by the contract: complex numbers take two slots.
                let im = unsafe { self.slot() };
                let part = |slot| {
                    if name == "complex64" { single(slot) } else { f64::from_bits(slot) }
                };
                PyComplex::from_doubles(py, part(slot), part(im)).into_any()
            }
            "bool" => PyInt::new(py, slot & 1).into_any(),
            "uint8" => PyInt::new(py, slot as u8).into_any(),
            "uint16" => PyInt::new(py, slot as u16).into_any(),
            "uint32" => PyInt::new(py, slot as u32).into_any(),
            "uint64" => PyInt::new(py, slot).into_any(),
            "int8" => PyInt::new(py, slot as i8).into_any(),
            "int16" => PyInt::new(py, slot as i16).into_any(),
            "int32" => PyInt::new(py, slot as i32).into_any(),
            _ => PyInt::new(py, slot as i64).into_any(),
        };
        let dtype = py.import("numpy")?.getattr("dtype")?.call1((name,))?;
        dtype.getattr("type")?.call1((number,))
    }
}

fn address<T>(slot: u64) -> *const T {
    std::ptr::with_exposed_provenance(slot as usize)
}

/// # Safety
///
/// A live string.
unsafe fn string<'py>(py: Python<'py>, text: *const StrObject) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: by the contract.
    let points = unsafe { cumbia_runtime::str_points(text) };
    let bytes: Vec<u8> = points.flat_map(u32::to_le_bytes).collect();
    // Lone surrogates are code points of Python's strings, too.
    PyBytes::new(py, &bytes).call_method1("decode", ("utf-32-le", "surrogatepass"))
}
