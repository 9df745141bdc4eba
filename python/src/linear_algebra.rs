//! Where BLAS and LAPACK come from.
//!
//! First the routines that NumPy's own `linalg` is linked to: they are in the process
//! already, and give NumPy's bits. Else those that SciPy exports in capsules. Neither is
//! looked for before a function needs one, and without both the library's own code computes
//! (decision 0026). `CUMBIA_BLAS` = `numpy`, `scipy` or `none` allows one of these alone.

use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};
use std::ffi::{CStr, CString, c_void};
use std::ptr;

/// How libraries call their routines: before and behind the plain name, and the same for
/// the functions of C's interface. OpenBLAS as NumPy's wheels have it first.
const SPELLINGS: [[&str; 4]; 4] = [
    ["scipy_", "_64_", "scipy_cblas_", "64_"],
    ["", "_64_", "cblas_", "_64"],
    ["", "64_", "cblas_", "64_"],
    ["", "_", "cblas_", ""],
];

/// Lets compiled code find the routines: once, when the module is imported.
pub fn install() {
    cumbia_runtime::set_linear_hook(|| crate::interrupts::with_gil(find));
}

/// Looks for the routines unless somebody has. The GIL is held.
pub fn find(py: Python<'_>) {
    if cumbia_runtime::looked_for_linear_algebra() {
        return;
    }
    let wanted = std::env::var("CUMBIA_BLAS").unwrap_or_default();
    let may = |name: &str| wanted.is_empty() || wanted == name;
    let found = (may("numpy") && of_numpy(py).unwrap_or(false))
        || (may("scipy") && of_scipy(py).unwrap_or(false));
    if !found {
        cumbia_runtime::without_linear_algebra();
    }
}

/// The routines of the library behind `numpy.linalg`.
fn of_numpy(py: Python<'_>) -> PyResult<bool> {
    let module = py.import("numpy.linalg._umath_linalg")?;
    let file: String = module.getattr("__file__")?.extract()?;
    let Ok(file) = CString::new(file) else { return Ok(false) };
    // SAFETY: a module that is loaded already; its handle is kept, as Python keeps modules.
    let handle = unsafe { libc::dlopen(file.as_ptr(), libc::RTLD_NOW | libc::RTLD_NOLOAD) };
    if handle.is_null() {
        return Ok(false);
    }
    let address = |before: &str, name: &str, behind: &str| match CString::new(format!(
        "{before}{name}{behind}"
    )) {
        // SAFETY: a live handle; its own symbols and those of what it is linked to.
        Ok(name) => unsafe { libc::dlsym(handle, name.as_ptr()) }.cast_const(),
        Err(_) => ptr::null(),
    };
    // SAFETY: what the library calls by the names of BLAS and LAPACK are their routines:
    // NumPy calls them so.
    Ok(SPELLINGS.iter().any(|[before, behind, c_before, c_behind]| unsafe {
        cumbia_runtime::set_linear_algebra(
            |name| address(before, name, behind),
            |name| address(c_before, name, c_behind),
        )
    }))
}

/// The routines in SciPy's capsules.
fn of_scipy(py: Python<'_>) -> PyResult<bool> {
    let blas = capsules(py, "scipy.linalg.cython_blas")?;
    let lapack = capsules(py, "scipy.linalg.cython_lapack")?;
    // SAFETY: SciPy documents its capsules to be the routines of these names, by Fortran's
    // conventions. Products of vectors, which C's interface would have, aren't there.
    Ok(unsafe {
        cumbia_runtime::set_linear_algebra(
            |name| {
                let found = pointer(&blas, name);
                if found.is_null() { pointer(&lapack, name) } else { found }
            },
            |_| ptr::null(),
        )
    })
}

fn capsules<'py>(py: Python<'py>, module: &str) -> PyResult<Bound<'py, PyDict>> {
    Ok(py.import(module)?.getattr("__pyx_capi__")?.cast_into::<PyDict>()?)
}

/// What a capsule points to; its name is the signature, which isn't looked at.
fn pointer(capsules: &Bound<'_, PyDict>, name: &str) -> *const c_void {
    let found = capsules.get_item(name).ok().flatten();
    let Some(capsule) = found.and_then(|item| item.cast_into::<PyCapsule>().ok()) else {
        return ptr::null();
    };
    let signature: Option<&CStr> = capsule.name().ok().flatten().map(|name| {
        // SAFETY: the capsule keeps its name.
        unsafe { name.as_cstr() }
    });
    capsule.pointer_checked(signature).map_or(ptr::null(), |found| found.as_ptr().cast_const())
}
