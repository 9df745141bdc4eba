//! NumPy's C API, read once into a table of plain pointers.
//!
//! The `numpy` crate declares the structures; its own accessors go through a lock
//! and a token on every use, which the call path can't afford, so the few functions
//! and types it needs are copied here when NumPy is first seen. Assumes NumPy 2 or
//! later and a build with the GIL. Importing cumbia doesn't load NumPy: as long as
//! nobody has imported it, no argument can be an array.

use cumbia_frontend::times::TimeUnit;
use cumbia_frontend::types::DType;
use numpy::npyffi::objects::{_PyArray_DescrNumPy2_fields, PyArray_Descr, PyArrayObject};
use numpy::npyffi::types::npy_intp;
use pyo3::exceptions::PyImportError;
use pyo3::ffi::{self, PyObject, PyTypeObject};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyCapsuleMethods};
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// Marks a type number that compiled code doesn't take.
const NO_DTYPE: u8 = 0xFF;
/// Number of dtypes, those of time included.
const DTYPES: usize = 42;
/// NumPy's numbers of `datetime64` and `timedelta64`.
const TIME_NUMBERS: [c_int; 2] = [21, 22];
/// Where the value of a NumPy scalar object starts: behind the object's head.
const SCALAR_VALUE_OFFSET: usize = size_of::<PyObject>();

/// `PyArray_NewFromDescr`
pub type NewFromDescr = unsafe extern "C" fn(
    *mut PyTypeObject,
    *mut PyArray_Descr,
    c_int,
    *const npy_intp,
    *const npy_intp,
    *mut c_void,
    c_int,
    *mut PyObject,
) -> *mut PyObject;

/// `PyArray_SetBaseObject`
pub type SetBase = unsafe extern "C" fn(*mut PyArrayObject, *mut PyObject) -> c_int;
/// `PyArray_Scalar`
pub type MakeScalar =
    unsafe extern "C" fn(*mut c_void, *mut PyArray_Descr, *mut PyObject) -> *mut PyObject;

/// What the boundary uses of NumPy. All objects are kept forever.
pub struct NumPy {
    /// `numpy.ndarray`
    pub array_type: *mut PyTypeObject,
    /// `numpy.dtype`
    pub descr_type: *mut PyTypeObject,
    /// `numpy.generic`
    pub generic_type: *mut PyTypeObject,
    /// `numpy.void`: records, by reference.
    pub void_type: *mut PyTypeObject,
    /// Makes an array.
    pub new_from_descr: NewFromDescr,
    /// Sets an array's base; takes over the reference to it.
    pub set_base: SetBase,
    /// Makes a scalar object from memory.
    pub scalar: MakeScalar,
    /// The allocator of arrays that own memory from `malloc`.
    pub default_handler: *mut PyObject,
    descrs: [*mut PyObject; DTYPES],
    /// `numpy.float16`.
    pub half_type: *mut PyTypeObject,
    /// `numpy.datetime64` and `numpy.timedelta64`.
    time_types: [*mut PyTypeObject; 2],
    scalar_types: [(*mut PyTypeObject, DType); 15],
    by_number: [u8; 32],
}

// SAFETY: immutable after construction; the pointers are to immortal or leaked
// objects, and are followed by threads that hold the GIL.
unsafe impl Send for NumPy {}
// SAFETY: as above.
unsafe impl Sync for NumPy {}

static TABLE: AtomicPtr<NumPy> = AtomicPtr::new(ptr::null_mut());

/// The table, if it was loaded.
#[inline]
pub fn loaded() -> Option<&'static NumPy> {
    // SAFETY: null, or leaked by `load` below and never changed.
    unsafe { TABLE.load(Ordering::Acquire).as_ref() }
}

/// The table if NumPy was imported by anybody, loaded now if need be.
pub fn if_imported(py: Python<'_>) -> PyResult<Option<&'static NumPy>> {
    if let Some(table) = loaded() {
        return Ok(Some(table));
    }
    let modules = py.import("sys")?.getattr("modules")?;
    if modules.contains("numpy")? { load(py).map(Some) } else { Ok(None) }
}

/// The table; imports NumPy if need be.
pub fn load(py: Python<'_>) -> PyResult<&'static NumPy> {
    if let Some(table) = loaded() {
        return Ok(table);
    }
    let table = Box::leak(Box::new(read(py)?));
    TABLE.store(table, Ordering::Release);
    Ok(table)
}

fn read(py: Python<'_>) -> PyResult<NumPy> {
    let numpy = py.import("numpy")?;
    let version: String = numpy.getattr("__version__")?.extract()?;
    if version.split('.').next().and_then(|v| v.parse::<u32>().ok()).unwrap_or(0) < 2 {
        return Err(PyImportError::new_err(format!(
            "cumbia needs NumPy 2 or later, found {version}; run: pip install -U numpy"
        )));
    }
    let capsule = py.import("numpy._core._multiarray_umath")?.getattr("_ARRAY_API")?;
    let capsule = capsule.cast_into::<PyCapsule>()?;
    let api = capsule.pointer_checked(None)?.cast::<*mut c_void>().as_ptr();
    std::mem::forget(capsule);
    // SAFETY: the capsule holds NumPy's API table, whose layout is part of its
    // stable ABI; every index below is one that NumPy 2 defines.
    let slot = |index: usize| unsafe { *api.add(index) };
    let type_at = |index: usize| slot(index).cast::<PyTypeObject>();

    use DType::*;
    // SAFETY: index 45 is `PyArray_DescrFromType`.
    let descr_from_type: unsafe extern "C" fn(c_int) -> *mut PyObject =
        unsafe { std::mem::transmute(slot(45)) };
    let numbers = [
        (0, Bool),
        (1, I8),
        (2, U8),
        (3, I16),
        (4, U16),
        (5, I32),
        (6, U32),
        (7, I64),
        (8, U64),
        (9, I64),
        (10, U64),
        (11, F32),
        (12, F64),
        (14, C64),
        (15, C128),
    ];
    let mut by_number = [NO_DTYPE; 32];
    for (number, dtype) in numbers {
        by_number[number] = dtype.code();
    }
    let mut descrs: [*mut PyObject; DTYPES] = [ptr::null_mut(); DTYPES];
    for (number, dtype) in numbers {
        let at = usize::from(dtype.code());
        if descrs[at].is_null() {
            // SAFETY: the numbers are NumPy's built-in types.
            descrs[at] = unsafe { descr_from_type(number as c_int) };
        }
    }
    let dtype_class = numpy.getattr("dtype")?;
    for (at, descr) in descrs.iter_mut().enumerate() {
        if descr.is_null()
            && let Some(dtype) = DType::from_code(at as u8)
        {
            *descr = dtype_class.call1((dtype.name(),))?.into_ptr();
        }
    }
    Ok(NumPy {
        array_type: type_at(2),
        descr_type: type_at(3),
        generic_type: type_at(10),
        void_type: type_at(39),
        // SAFETY: NumPy's API table has functions of these types at these places.
        new_from_descr: unsafe { std::mem::transmute::<*mut c_void, NewFromDescr>(slot(94)) },
        // SAFETY: as above.
        set_base: unsafe { std::mem::transmute::<*mut c_void, SetBase>(slot(282)) },
        // SAFETY: as above.
        scalar: unsafe { std::mem::transmute::<*mut c_void, MakeScalar>(slot(60)) },
        // SAFETY: index 306 is the address of the variable `PyDataMem_DefaultHandler`.
        default_handler: unsafe { *slot(306).cast::<*mut PyObject>() },
        descrs,
        half_type: numpy.getattr("float16")?.into_ptr().cast(),
        time_types: [
            numpy.getattr("datetime64")?.into_ptr().cast(),
            numpy.getattr("timedelta64")?.into_ptr().cast(),
        ],
        scalar_types: [
            (type_at(31), F64),
            (type_at(23), I64),
            (type_at(30), F32),
            (type_at(22), I32),
            (type_at(8), Bool),
            (type_at(34), C128),
            (type_at(33), C64),
            (type_at(25), U8),
            (type_at(28), U64),
            (type_at(27), U32),
            (type_at(26), U16),
            (type_at(21), I16),
            (type_at(20), I8),
            (type_at(24), I64),
            (type_at(29), U64),
        ],
        by_number,
    })
}

/// Whether a class is `ml_dtypes.bfloat16`: NumPy has no such class, and who has arrays of it has
/// imported that package.
///
/// # Safety
///
/// `class` is a type object, and the thread holds the GIL.
pub unsafe fn is_bfloat(class: *mut PyTypeObject) -> bool {
    static FOUND: AtomicPtr<PyTypeObject> = AtomicPtr::new(ptr::null_mut());
    if class == FOUND.load(Ordering::Acquire) {
        return !class.is_null();
    }
    // SAFETY: the thread holds the GIL by the contract.
    let py = unsafe { Python::assume_attached() };
    // SAFETY: a type object by the contract.
    let object = unsafe { Bound::<PyAny>::from_borrowed_ptr(py, class.cast()) };
    let text = |name: &str| object.getattr(name).and_then(|found| found.extract::<String>());
    let found = text("__name__").is_ok_and(|name| name == "bfloat16")
        && text("__module__").is_ok_and(|module| module == "ml_dtypes");
    if found {
        // The class is the package's own, and never goes.
        std::mem::forget(object.unbind());
        FOUND.store(class, Ordering::Release);
    }
    found
}

impl NumPy {
    /// The code of the dtype of a type number, for those that it alone says.
    #[inline]
    pub fn code_of_number(&self, number: c_int) -> Option<u8> {
        let code = *self.by_number.get(number as usize)?;
        (code != NO_DTYPE).then_some(code)
    }

    /// The dtype of a type number.
    #[inline]
    pub fn dtype_of_number(&self, number: c_int) -> Option<DType> {
        let code = *self.by_number.get(number as usize)?;
        if code == NO_DTYPE { None } else { DType::from_code(code) }
    }

    /// The dtype of a dtype object, whose unit it says itself for those of time.
    ///
    /// # Safety
    ///
    /// `descr` is a dtype object, and the thread holds the GIL.
    #[inline]
    pub unsafe fn dtype_of_descr(&self, descr: *const PyArray_Descr) -> Option<DType> {
        // SAFETY: a dtype object by the contract; one of time has its unit behind the
        // head that all of NumPy's metadata have.
        unsafe {
            let number = (*descr).fields.type_num;
            let Some(class) = TIME_NUMBERS.iter().position(|n| *n == number) else {
                return self.dtype_of_number(number);
            };
            let meta = (*descr.cast::<LegacyDescr>()).c_metadata;
            time_dtype(class, (*meta).base, (*meta).multiple)
        }
    }

    /// The dtype of a `datetime64` or `timedelta64` object.
    ///
    /// # Safety
    ///
    /// `object` is a valid object.
    #[inline]
    pub unsafe fn time_of_scalar(&self, object: *mut PyObject) -> Option<DType> {
        // SAFETY: NumPy's public `arrayscalars.h`: the unit and its multiple follow the
        // value.
        unsafe {
            let class = ffi::Py_TYPE(object);
            let class = self.time_types.iter().position(|t| *t == class)?;
            let meta = scalar_value(object).add(size_of::<i64>()).cast::<i32>();
            time_dtype(class, *meta, *meta.add(1))
        }
    }

    /// The dtype of a scalar class.
    #[inline]
    pub fn dtype_of_class(&self, class: *mut PyTypeObject) -> Option<DType> {
        self.scalar_types.iter().find(|(t, _)| *t == class).map(|(_, d)| *d)
    }

    /// The class of a dtype's scalars.
    pub fn class_of_dtype(&self, dtype: DType) -> Option<*mut PyTypeObject> {
        self.scalar_types.iter().find(|(_, d)| *d == dtype).map(|(t, _)| *t)
    }

    /// NumPy's dtype object; borrowed.
    #[inline]
    pub fn descr(&self, dtype: DType) -> *mut PyObject {
        self.descrs[usize::from(dtype.code())]
    }

    /// The class `numpy.dtype`.
    pub fn descr_class<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        // SAFETY: the type object lives forever.
        unsafe { Bound::from_borrowed_ptr(py, self.descr_type.cast()) }
    }

    /// A new reference to the dtype object.
    pub fn descr_object<'py>(&self, py: Python<'py>, dtype: DType) -> Bound<'py, PyAny> {
        // SAFETY: dtype objects in the table live forever.
        unsafe { Bound::from_borrowed_ptr(py, self.descr(dtype)) }
    }
}

fn time_dtype(class: usize, base: i32, multiple: i32) -> Option<DType> {
    let unit = TimeUnit::of_number(base).filter(|_| multiple == 1)?;
    Some(if class == 0 { DType::Date(unit) } else { DType::Delta(unit) })
}

/// Address of the value inside a NumPy scalar object of one of the dtypes.
///
/// # Safety
///
/// `object` is an instance of exactly one of the classes that
/// [`NumPy::dtype_of_class`] knows.
#[inline]
pub unsafe fn scalar_value(object: *mut PyObject) -> *const u8 {
    // SAFETY: NumPy's public `arrayscalars.h`: the value follows the head, at its
    // natural alignment, which is at most 8 for these types.
    unsafe { object.cast::<u8>().add(SCALAR_VALUE_OFFSET) }
}

/// A dtype object of NumPy 2 with the tail that the `numpy` crate keeps to itself.
#[repr(C)]
struct LegacyDescr {
    object: PyObject,
    head: _PyArray_DescrNumPy2_fields,
    subarray: *mut c_void,
    fields: *mut PyObject,
    names: *mut PyObject,
    c_metadata: *const TimeMetadata,
}

/// What a dtype of time says of its unit: `PyArray_DatetimeDTypeMetaData`.
#[repr(C)]
struct TimeMetadata {
    head: [*mut c_void; 4],
    base: c_int,
    multiple: c_int,
}

/// The tail of an array object that the `numpy` crate doesn't declare.
#[repr(C)]
struct ArrayTail {
    head: PyArrayObject,
    buffer_info: *mut c_void,
    mem_handler: *mut PyObject,
}

/// Makes an array the owner of its memory, which came from `malloc`.
///
/// # Safety
///
/// The array was just made over memory of the C library's allocator that nothing
/// else owns; the thread holds the GIL.
pub unsafe fn give_memory(table: &NumPy, array: *mut PyArrayObject) {
    // SAFETY: NumPy 1.22 and later have these two fields there. With the handler
    // set, `free` and `realloc` are NumPy's own for it.
    unsafe {
        let tail = array.cast::<ArrayTail>();
        ffi::Py_XINCREF(table.default_handler);
        (*tail).mem_handler = table.default_handler;
        (*array).fields.flags |= numpy::npyffi::NPY_ARRAY_OWNDATA;
    }
}
