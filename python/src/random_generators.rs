//! `numpy.random.Generator` at the boundary: as an argument or a global, and as a result.
//!
//! A generator's state is used in place, through NumPy's own functions
//! (`runtime/core/src/distributions.rs`), so that the next draw in Python continues where
//! compiled code stopped, however it stopped. While a kernel runs it holds the lock that
//! NumPy's methods take, of each of its generators: kernels run without the GIL. The locks
//! are reentrant, so that a signal handler on the kernel's thread may draw.

use crate::arguments::{Frame, Refusal};
use crate::keys;
use crate::names::name;
use cumbia_abi::{BitGenerator, IMMORTAL, ObjectKind, Owner, RandomObject};
use cumbia_frontend::types::Ty;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};
use smallvec::SmallVec;
use std::ffi::{CStr, CString};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A caller's generator and its object for the call.
#[repr(C)]
pub struct LentRandom {
    /// Compiled code gets the address of this, which is that of the whole.
    native: RandomObject,
    lock: Py<PyAny>,
    /// Has the bits.
    _bit_generator: Py<PyAny>,
}

/// The class `Generator`, once one was seen: a type of a module, which stays.
static CLASS: AtomicUsize = AtomicUsize::new(0);

/// Makes generators known: once, when the module is imported.
pub fn install() {
    cumbia_runtime::set_find_hook(|| crate::interrupts::with_gil(|py| find(py).unwrap_or(false)));
}

/// Finds NumPy's distributions, which the module of the class exports.
fn find(py: Python<'_>) -> PyResult<bool> {
    if cumbia_runtime::has_distributions() {
        return Ok(true);
    }
    let module = py.import(name!(py, "numpy.random._generator"))?;
    let file: String = module.getattr(name!(py, "__file__"))?.extract()?;
    let Ok(file) = CString::new(file) else { return Ok(false) };
    // SAFETY: a module that is loaded already; its handle is kept, as Python keeps modules.
    let handle = unsafe { libc::dlopen(file.as_ptr(), libc::RTLD_NOW | libc::RTLD_NOLOAD) };
    if handle.is_null() {
        return Ok(false);
    }
    Ok(cumbia_runtime::set_distributions(|name| match CString::new(name) {
        // SAFETY: a live handle.
        Ok(name) => unsafe { libc::dlsym(handle, name.as_ptr()) },
        Err(_) => ptr::null_mut(),
    }))
}

/// Whether a class is `numpy.random.Generator` itself.
pub fn is_generator(class: *mut ffi::PyTypeObject) -> bool {
    match CLASS.load(Ordering::Relaxed) {
        0 => is_first(class),
        known => known == class as usize,
    }
}

#[cold]
fn is_first(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: a live class and the GIL: a name is read, which the class keeps.
    unsafe {
        let object = class.cast::<PyObject>();
        let module = ffi::PyObject_GetAttrString(object, c"__module__".as_ptr());
        if module.is_null() {
            ffi::PyErr_Clear();
            return false;
        }
        let named = ffi::PyUnicode_Check(module) != 0
            && ffi::PyUnicode_CompareWithASCIIString(module, c"numpy.random._generator".as_ptr())
                == 0;
        ffi::Py_DECREF(module);
        if !named {
            return false;
        }
    }
    Python::attach(|py| {
        let found = py
            .import("numpy.random._generator")
            .and_then(|module| module.getattr("Generator"))
            .is_ok_and(|generator| generator.as_ptr() == class.cast());
        if found {
            CLASS.store(class as usize, Ordering::Relaxed);
        }
        found
    })
}

const CAPSULE: &CStr = c"BitGenerator";

/// The bits of a generator, its lock, and what keeps both.
fn parts<'py>(
    generator: &Bound<'py, PyAny>,
) -> PyResult<(*mut BitGenerator, Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let py = generator.py();
    let bit_generator = generator.getattr(name!(py, "bit_generator"))?;
    let capsule = bit_generator.getattr(name!(py, "capsule"))?.cast_into::<PyCapsule>()?;
    let bits = capsule.pointer_checked(Some(CAPSULE))?.as_ptr().cast();
    let lock = bit_generator.getattr(name!(py, "lock"))?;
    Ok((bits, lock, bit_generator))
}

/// The state of a `numpy.random.PCG64` in its memory: 128 bits of state, then of increment;
/// null where the object isn't laid out like that. NumPy has had it so since 1.17: its
/// functions get the address of a struct whose first field points to these numbers, and both
/// lie in the object. What is read there is compared with what Python says the state is.
fn pcg_state(bit_generator: &Bound<'_, PyAny>, bits: *mut BitGenerator) -> *mut u64 {
    /// Whether this process's NumPy has that layout: 0 unknown, 1 yes, 2 no.
    static KNOWN: AtomicUsize = AtomicUsize::new(0);
    let py = bit_generator.py();
    let read = || -> PyResult<*mut u64> {
        let class = py.import(name!(py, "numpy.random"))?.getattr(name!(py, "PCG64"))?;
        if !bit_generator.get_type().is(&class) || KNOWN.load(Ordering::Relaxed) == 2 {
            return Ok(ptr::null_mut());
        }
        // SAFETY: a live bit generator.
        let state = unsafe { (*bits).state };
        if KNOWN.load(Ordering::Relaxed) == 0 {
            KNOWN.store(2, Ordering::Relaxed);
            let size: usize = class.getattr("__basicsize__")?.extract()?;
            let start = bit_generator.as_ptr() as usize;
            let inside = |at: usize, bytes: usize| {
                at >= start && at.is_multiple_of(8) && at + bytes <= start + size
            };
            if !inside(state as usize, 16) {
                return Ok(ptr::null_mut());
            }
            // SAFETY: 16 bytes of a live object, and 32 bytes of it.
            let words = unsafe {
                let words = *state.cast::<*const [u64; 4]>();
                if !inside(words as usize, 32) {
                    return Ok(ptr::null_mut());
                }
                *words
            };
            let said = bit_generator.getattr("state")?.get_item("state")?;
            let wide = |at: usize| u128::from(words[at]) | u128::from(words[at + 1]) << 64;
            let same = said.get_item("state")?.extract::<u128>()? == wide(0)
                && said.get_item("inc")?.extract::<u128>()? == wide(2);
            if !same {
                return Ok(ptr::null_mut());
            }
            KNOWN.store(1, Ordering::Relaxed);
        }
        // SAFETY: the layout was compared.
        Ok(unsafe { *state.cast::<*mut u64>() })
    };
    read().unwrap_or(ptr::null_mut())
}

impl Frame {
    /// Appends a generator.
    ///
    /// # Safety
    ///
    /// An object of the class that [`is_generator`] knows, and the contract of
    /// [`Frame::read`].
    pub unsafe fn read_generator(&mut self, object: *mut PyObject) -> Result<(), Refusal> {
        self.keys.push(keys::RANDOM);
        let generators = &self.rare().generators;
        let known = generators.iter().find(|g| g.native.owner.object == object.cast());
        if let Some(known) = known {
            let address = ptr::from_ref(&**known) as u64;
            self.slots.push(address);
            return Ok(());
        }
        let lent = Python::attach(|py| {
            if !find(py)? {
                return Ok(None);
            }
            // SAFETY: by the contract.
            let generator = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, object) };
            let (bits, lock, bit_generator) = parts(&generator)?;
            let pcg = pcg_state(&bit_generator, bits);
            let owner = Owner {
                refcount: IMMORTAL,
                data: ptr::null_mut(),
                size: 0,
                previous: ptr::null_mut(),
                next: ptr::null_mut(),
                object: object.cast(),
                kind: ObjectKind::Random,
                class: 0,
            };
            let native =
                RandomObject { owner, bits, pcg, binomial: [0; 20], spare_count: 0, spare: 0 };
            let (lock, _bit_generator) = (lock.unbind(), bit_generator.unbind());
            Ok(Some(Box::new(LentRandom { native, lock, _bit_generator })))
        });
        let Ok(Some(mut lent)) = lent.inspect_err(|_: &PyErr| ()) else {
            return Err(Refusal::Type);
        };
        self.slots.push(ptr::from_mut(&mut *lent) as u64);
        self.rare().generators.push(lent);
        Ok(())
    }
}

/// Which slots of values of these types have generators.
pub fn slots_of<'t>(types: impl Iterator<Item = &'t Ty>) -> Box<[usize]> {
    fn visit(ty: &Ty, at: &mut usize, out: &mut Vec<usize>) {
        match ty {
            Ty::Random => out.push(*at),
            Ty::Tuple(items) | Ty::Record(_, items) => {
                items.iter().for_each(|item| visit(item, at, out));
                return;
            }
            Ty::Keywords(items) => {
                items.iter().for_each(|(_, item)| visit(item, at, out));
                return;
            }
            _ => {}
        }
        *at += ty.part_types().len();
    }
    let (mut at, mut out) = (0, Vec::new());
    types.for_each(|ty| visit(ty, &mut at, &mut out));
    out.into()
}

/// Locks that a call holds.
pub struct Locks(SmallVec<[*mut PyObject; 4]>);

impl Locks {
    /// Takes the locks of generators in slots; waits for them without the GIL.
    ///
    /// # Safety
    ///
    /// The slots hold generators that [`Frame::read_generator`] read, whose frame outlives
    /// this; the thread holds the GIL here and when this is dropped.
    pub unsafe fn take(py: Python<'_>, generators: impl Iterator<Item = u64>) -> PyResult<Locks> {
        let mut wanted: SmallVec<[*mut PyObject; 4]> = generators
            // SAFETY: by the contract.
            .map(|slot| unsafe { (*(slot as *const LentRandom)).lock.as_ptr() })
            .collect();
        // Everybody takes them in one order.
        wanted.sort_unstable();
        wanted.dedup();
        let mut locks = Locks(SmallVec::new());
        for lock in wanted {
            // SAFETY: by the contract, the lock is alive.
            let object = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, lock) };
            object.call_method0(name!(py, "acquire"))?;
            locks.0.push(lock);
        }
        Ok(locks)
    }
}

impl Drop for Locks {
    fn drop(&mut self) {
        // SAFETY: by the contract of `take`.
        let py = unsafe { Python::assume_attached() };
        // What the kernel has raised stays.
        let raised = PyErr::take(py);
        for &lock in self.0.iter().rev() {
            // SAFETY: as above; the frame keeps the locks.
            let object = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, lock) };
            if let Err(error) = object.call_method0(name!(py, "release")) {
                error.write_unraisable(py, None);
            }
        }
        if let Some(raised) = raised {
            raised.restore(py);
        }
    }
}

/// A Python object for a generator that compiled code made.
///
/// # Safety
///
/// A live generator that is no argument, and the GIL.
pub unsafe fn make(generator: *const Owner) -> *mut PyObject {
    // SAFETY: by the contract.
    let own = unsafe { cumbia_runtime::own_state(generator) };
    Python::attach(|py| {
        let made = || -> PyResult<Bound<'_, PyAny>> {
            let entropy =
                own.entropy.iter().rev().fold(0u128, |all, &word| all << 32 | u128::from(word));
            let random = py.import(name!(py, "numpy.random"))?;
            let bits = random.call_method1(name!(py, "PCG64"), (entropy,))?;
            let words = PyDict::new(py);
            words.set_item("state", own.pcg.state)?;
            words.set_item("inc", own.pcg.increment)?;
            let state = PyDict::new(py);
            state.set_item("bit_generator", "PCG64")?;
            state.set_item("state", words)?;
            state.set_item("has_uint32", i32::from(own.pcg.has_half))?;
            state.set_item("uinteger", own.pcg.half)?;
            bits.setattr(name!(py, "state"), state)?;
            random.call_method1(name!(py, "Generator"), (bits,))
        };
        match made() {
            Ok(made) => made.into_ptr(),
            Err(error) => {
                error.restore(py);
                ptr::null_mut()
            }
        }
    })
}
