//! Reading the arguments of a call: types as keys, values as slots, in one pass.
//!
//! Only exact types are taken: a subclass may redefine anything. No Python code
//! runs here and no exception is set; what can't be taken is told as a [`Refusal`],
//! which `refusal.rs` turns into words. Array data isn't touched: an array
//! contributes the addresses and numbers of its structure, and an owner record
//! that lives as long as the frame.

use crate::buffers::{self, Lent};
use crate::container_keys;
use crate::free_threading;
use crate::functions;
use crate::keys::{self, Keys};
use crate::numpy_api::{self, NumPy};
use crate::random_generators::{self, LentRandom};
use cumbia_abi::{IMMORTAL, ObjectKind, Owner};
use cumbia_frontend::types::{ArrayTy, DType, Layout};
use numpy::npyffi::objects::PyArrayObject;
use numpy::npyffi::{NPY_ARRAY_C_CONTIGUOUS, NPY_ARRAY_F_CONTIGUOUS, NPY_ARRAY_WRITEABLE};
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use smallvec::SmallVec;
use std::ptr;

/// Deepest nesting of tuples in an argument.
const MAX_DEPTH: u32 = 16;
/// NumPy's number of `float16`.
const HALF_NUMBER: std::ffi::c_int = 23;
/// The least number of a dtype that isn't NumPy's own.
const OF_OTHERS: std::ffi::c_int = 256;
/// Longest tuple.
const MAX_TUPLE: usize = 1000;

/// Why an argument can't be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// Its type, or the dtype or flags of an array.
    Type,
    /// A Python int beyond 64 bits.
    IntRange,
    /// Tuples nested too deeply, or too long.
    Tuple,
    /// A container's elements have different types.
    Mixed,
    /// Other threads may be changing it: the GIL is needed.
    Gil,
}

/// The arguments of one call in the form that compiled code takes.
pub struct Frame {
    /// Types.
    pub keys: Keys,
    /// Values, as `Ty::parts` orders them; owners are filled in by [`Frame::seal`].
    pub slots: SmallVec<[u64; 64]>,
    /// Owners of arrays, and which slot is for the address of each.
    owners: SmallVec<[(Owner, u32); 6]>,
    /// What few calls have.
    rare: Option<Box<Rare>>,
    /// Whether it is for a kernel, which takes `float16` and `bfloat16`.
    halves: bool,
}

/// See [`Frame`].
#[derive(Default)]
pub struct Rare {
    /// Values of attributes, which nothing else need keep alive.
    held: Vec<Py<PyAny>>,
    /// Buffers among the arguments.
    #[expect(clippy::vec_box, reason = "their addresses are given away")]
    pub buffers: Vec<Box<Lent>>,
    /// Random number generators among the arguments.
    #[expect(clippy::vec_box, reason = "their addresses are given away")]
    pub generators: Vec<Box<LentRandom>>,
}

/// The type of an array; `None` where compiled code can't take it.
///
/// # Safety
///
/// `object` is exactly an ndarray, and the thread holds the GIL.
#[inline]
pub unsafe fn array_type(object: *mut PyObject, numpy: &NumPy) -> Option<ArrayTy> {
    // SAFETY: an exact ndarray, so its structure is NumPy's.
    unsafe {
        let fields = &(*object.cast::<PyArrayObject>()).fields;
        let descr = &(*fields.descr).fields;
        let dtype = numpy.dtype_of_descr(fields.descr)?;
        let swapped =
            descr.byteorder as u8 == if cfg!(target_endian = "little") { b'>' } else { b'<' };
        if swapped {
            return None;
        }
        let layout = layout_of(fields.flags);
        let readonly = fields.flags & NPY_ARRAY_WRITEABLE == 0;
        Some(ArrayTy { dtype, ndim: fields.nd as u8, layout, readonly })
    }
}

/// The word of an array's type; `None` where compiled code can't take it as it is.
///
/// # Safety
///
/// As [`array_type`].
#[inline]
pub unsafe fn array_word(object: *mut PyObject, numpy: &NumPy) -> Option<u32> {
    // SAFETY: an exact ndarray, so its structure is NumPy's.
    unsafe {
        let fields = &(*object.cast::<PyArrayObject>()).fields;
        let descr = &(*fields.descr).fields;
        let swapped = if cfg!(target_endian = "little") { b'>' } else { b'<' };
        let usual = descr.byteorder as u8 != swapped;
        if let Some(code) = numpy.code_of_number(descr.type_num)
            && usual
        {
            let layout = layout_of(fields.flags);
            let readonly = fields.flags & NPY_ARRAY_WRITEABLE == 0;
            return Some(keys::array_of_code(code, fields.nd as u32, layout, readonly));
        }
        let ty = array_type(object, numpy)?;
        Some(keys::array(ty.dtype, u32::from(ty.ndim), ty.layout, ty.readonly))
    }
}

/// The type of an array of `float16` or `bfloat16`; `None` for all others.
///
/// # Safety
///
/// As [`array_type`].
unsafe fn half_type(array: *mut PyArrayObject) -> Option<ArrayTy> {
    // SAFETY: an exact ndarray, so its structure is NumPy's.
    unsafe {
        let fields = &(*array).fields;
        let descr = &(*fields.descr).fields;
        let swapped = if cfg!(target_endian = "little") { b'>' } else { b'<' };
        let dtype = match descr.type_num {
            HALF_NUMBER => DType::F16,
            OF_OTHERS.. if numpy_api::is_bfloat(descr.typeobj) => DType::BF16,
            _ => return None,
        };
        if descr.byteorder as u8 == swapped {
            return None;
        }
        let readonly = fields.flags & NPY_ARRAY_WRITEABLE == 0;
        Some(ArrayTy { dtype, ndim: fields.nd as u8, layout: layout_of(fields.flags), readonly })
    }
}

/// As [`array_type`], with the dtypes that only kernels have.
///
/// # Safety
///
/// As [`array_type`].
pub unsafe fn array_type_of_kernels(object: *mut PyObject, numpy: &NumPy) -> Option<ArrayTy> {
    // SAFETY: passed on.
    unsafe { array_type(object, numpy).or_else(|| half_type(object.cast())) }
}

/// The record of memory that an object keeps alive.
#[inline]
pub fn borrowed(object: *mut PyObject, data: *mut u8) -> Owner {
    Owner {
        refcount: IMMORTAL,
        data,
        size: 0,
        previous: ptr::null_mut(),
        next: ptr::null_mut(),
        object: object.cast(),
        kind: ObjectKind::Memory,
        class: 0,
    }
}

#[inline]
fn layout_of(flags: std::ffi::c_int) -> Layout {
    if flags & NPY_ARRAY_C_CONTIGUOUS != 0 {
        Layout::C
    } else if flags & NPY_ARRAY_F_CONTIGUOUS != 0 {
        Layout::F
    } else {
        Layout::A
    }
}

/// Which of an array's flags tell its layout, and what they are for this one: the inverse of
/// [`layout_of`].
pub fn flags_of(layout: Layout) -> (std::ffi::c_int, std::ffi::c_int) {
    let (c, f) = (NPY_ARRAY_C_CONTIGUOUS, NPY_ARRAY_F_CONTIGUOUS);
    match layout {
        Layout::C => (c, c),
        Layout::F => (c | f, f),
        Layout::A => (c | f, 0),
    }
}

/// The slot of a scalar in memory, of a dtype that has one.
///
/// # Safety
///
/// `value` is the address of a value of the dtype.
#[inline]
pub unsafe fn scalar_slot(value: *const u8, dtype: DType) -> u64 {
    // SAFETY: the caller gives the address of a value of this dtype.
    unsafe {
        match dtype {
            DType::Bool | DType::U8 => u64::from(*value),
            DType::I8 => *value.cast::<i8>() as u64,
            DType::I16 | DType::F16 | DType::BF16 => *value.cast::<i16>() as u64,
            DType::U16 => u64::from(*value.cast::<u16>()),
            DType::I32 => *value.cast::<i32>() as u64,
            DType::U32 | DType::F32 | DType::C64 => u64::from(*value.cast::<u32>()),
            DType::I64
            | DType::U64
            | DType::F64
            | DType::C128
            | DType::Date(_)
            | DType::Delta(_) => *value.cast::<u64>(),
        }
    }
}

impl Frame {
    /// Begins a tuple of so many arguments, which are read next.
    #[inline]
    pub fn begin_tuple(&mut self, len: usize) {
        self.keys.push(keys::tuple(len));
    }

    /// Begins what `**kwargs` receives: so many pairs of a name and an argument.
    pub fn begin_keywords(&mut self, len: usize) {
        self.keys.push(keys::keywords(len));
    }

    /// The name of the keyword argument that is read next.
    pub fn keyword(&mut self, name: &str) {
        self.keys.push(keys::intern(name));
    }

    /// A frame without arguments.
    #[inline]
    pub fn new() -> Frame {
        Frame {
            keys: SmallVec::new(),
            slots: SmallVec::new(),
            owners: SmallVec::new(),
            rare: None,
            halves: false,
        }
    }

    /// As `new`, for the arguments of a kernel.
    pub fn of_kernel() -> Frame {
        Frame { halves: true, ..Frame::new() }
    }

    /// Whether it is for the arguments of a kernel.
    pub fn is_of_kernel(&self) -> bool {
        self.halves
    }

    /// What few calls have, made when the first needs it.
    pub fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// Keeps an object alive as long as the frame, taking over the reference.
    ///
    /// # Safety
    ///
    /// `object` is an owned reference, and the thread holds the GIL.
    pub unsafe fn hold(&mut self, object: *mut PyObject) {
        // SAFETY: by the contract.
        let held = Python::attach(|py| unsafe { Bound::from_owned_ptr(py, object).unbind() });
        self.rare().held.push(held);
    }

    /// Writes the addresses of the owner records into their slots. After this the
    /// frame must not move until the call is over.
    #[inline]
    pub fn seal(&mut self) {
        for (owner, slot) in &mut self.owners {
            self.slots[*slot as usize] = ptr::from_mut(owner) as u64;
        }
    }

    /// Appends an argument.
    ///
    /// # Safety
    ///
    /// `object` is a valid object, the thread holds the GIL, and the object lives
    /// as long as the frame.
    #[inline]
    pub unsafe fn read(
        &mut self,
        object: *mut PyObject,
        numpy: Option<&NumPy>,
    ) -> Result<(), Refusal> {
        // SAFETY: passed on from the caller.
        unsafe {
            if let Some(numpy) = numpy
                && ffi::Py_TYPE(object) == numpy.array_type
            {
                return self.read_array(object.cast(), numpy);
            }
            self.read_nested(object, numpy, 0)
        }
    }

    /// Appends a value that lies so deep in another one.
    ///
    /// # Safety
    ///
    /// As [`Frame::read`].
    pub unsafe fn read_at(
        &mut self,
        object: *mut PyObject,
        numpy: Option<&NumPy>,
        depth: u32,
    ) -> Result<(), Refusal> {
        // SAFETY: passed on from the caller.
        unsafe { self.read_nested(object, numpy, depth) }
    }

    /// Appends an argument, or a part of one at a depth.
    ///
    /// # Safety
    ///
    /// As for [`Frame::read`].
    pub unsafe fn read_nested(
        &mut self,
        object: *mut PyObject,
        numpy: Option<&NumPy>,
        depth: u32,
    ) -> Result<(), Refusal> {
        // SAFETY: the object is valid; the type objects are CPython's own.
        unsafe {
            let class = ffi::Py_TYPE(object);
            if let Some(numpy) = numpy
                && class == numpy.array_type
            {
                return self.read_array(object.cast(), numpy);
            }
            if class == &raw mut ffi::PyFloat_Type {
                self.keys.push(keys::FLOAT);
                self.slots.push(ffi::PyFloat_AsDouble(object).to_bits());
            } else if class == &raw mut ffi::PyLong_Type {
                let mut overflow = 0;
                let value = ffi::PyLong_AsLongLongAndOverflow(object, &raw mut overflow);
                if overflow != 0 {
                    return Err(Refusal::IntRange);
                }
                self.keys.push(keys::INT);
                self.slots.push(value as u64);
            } else if class == &raw mut ffi::PyBool_Type {
                self.keys.push(keys::BOOL);
                self.slots.push(u64::from(object == ffi::Py_True()));
            } else if object == ffi::Py_None() {
                self.keys.push(keys::NONE);
            } else if class == &raw mut ffi::PyUnicode_Type {
                self.keys.push(keys::STR);
                self.slots.push(object as u64);
            } else if container_keys::is_container(class) {
                if !free_threading::has_gil() {
                    return Err(Refusal::Gil);
                }
                // The object stands in the slot until its content is copied for the call.
                container_keys::read_key(object, numpy, &mut self.keys, depth)?;
                self.slots.push(object as u64);
            } else if class == &raw mut ffi::PyTuple_Type {
                return self.read_tuple(object, numpy, depth);
            } else if class == &raw mut ffi::PyComplex_Type {
                self.keys.push(keys::COMPLEX);
                self.slots.push(ffi::PyComplex_RealAsDouble(object).to_bits());
                self.slots.push(ffi::PyComplex_ImagAsDouble(object).to_bits());
            } else if let Some(dtype) = numpy.and_then(|n| n.dtype_of_class(class)) {
                self.keys.push(keys::num(dtype));
                self.read_scalar(numpy_api::scalar_value(object), dtype);
            } else if self.halves && numpy.is_some_and(|n| n.half_type == class) {
                self.keys.push(keys::num(DType::F16));
                self.read_scalar(numpy_api::scalar_value(object), DType::F16);
            } else if self.halves && numpy_api::is_bfloat(class) {
                self.keys.push(keys::num(DType::BF16));
                self.read_scalar(numpy_api::scalar_value(object), DType::BF16);
            } else if let Some(dtype) = numpy.and_then(|n| n.time_of_scalar(object)) {
                self.keys.push(keys::num(dtype));
                self.slots.push(*numpy_api::scalar_value(object).cast::<u64>());
            } else if !free_threading::has_gil() {
                return Err(Refusal::Gil);
            } else if functions::is_known_class(class) {
                // A function: known by which it is; no value at run time.
                self.keys.extend(keys::object(object as usize));
            } else if let Some(kind) = buffers::kind_of(class) {
                return self.read_buffer(object, kind);
            } else if random_generators::is_generator(class) {
                return self.read_generator(object);
            } else {
                return self.read_instance(object, numpy, depth);
            }
        }
        Ok(())
    }

    unsafe fn read_tuple(
        &mut self,
        object: *mut PyObject,
        numpy: Option<&NumPy>,
        depth: u32,
    ) -> Result<(), Refusal> {
        // SAFETY: `object` is an exact tuple; its items live as long as it does.
        unsafe {
            let len = ffi::PyTuple_Size(object) as usize;
            if depth >= MAX_DEPTH || len > MAX_TUPLE {
                return Err(Refusal::Tuple);
            }
            self.keys.push(keys::tuple(len));
            for i in 0..len {
                self.read_nested(ffi::PyTuple_GetItem(object, i as isize), numpy, depth + 1)?;
            }
        }
        Ok(())
    }

    #[inline]
    unsafe fn read_array(
        &mut self,
        array: *mut PyArrayObject,
        numpy: &NumPy,
    ) -> Result<(), Refusal> {
        // SAFETY: `array` is an exact ndarray, so its structure is NumPy's and its
        // dimensions and strides have `nd` elements.
        unsafe {
            let Some(word) = array_word(array.cast(), numpy) else {
                if let Some(ty) = self.halves.then(|| half_type(array)).flatten() {
                    self.keys.push(keys::array(ty.dtype, ty.ndim.into(), ty.layout, ty.readonly));
                    self.array_slots(array);
                    return Ok(());
                }
                if !free_threading::has_gil() {
                    return Err(Refusal::Gil);
                }
                return self.read_records(array, false);
            };
            self.keys.push(word);
            self.array_slots(array);
        }
        Ok(())
    }

    /// Appends the parts of an element of an array: its owner's slot and the address.
    ///
    /// # Safety
    ///
    /// `object` is an object that lives as long as the frame, and keeps the memory at
    /// `data` alive.
    pub unsafe fn row_slots(&mut self, object: *mut PyObject, data: *mut u8) {
        self.owners.push((borrowed(object, data), self.slots.len() as u32));
        self.slots.push(0);
        self.slots.push(data as u64);
    }

    /// Appends the parts of an array that is no object: its owner's slot, the address, shape
    /// and strides.
    pub fn view_slots(&mut self, data: *mut u8, shape: &[isize], strides: &[isize]) {
        self.owners.push((borrowed(ptr::null_mut(), data), self.slots.len() as u32));
        self.slots.push(0);
        self.slots.push(data as u64);
        self.slots.extend(shape.iter().chain(strides).map(|&number| number as u64));
    }

    /// Appends the parts of an array: its owner's slot, the address, shape and strides.
    ///
    /// # Safety
    ///
    /// `array` is an array that lives as long as the frame.
    #[inline]
    pub unsafe fn array_slots(&mut self, array: *mut PyArrayObject) {
        // SAFETY: by the contract; dimensions and strides have `nd` elements, and there is
        // room for the slots when they are written.
        unsafe {
            let fields = &(*array).fields;
            let (ndim, at) = (fields.nd as usize, self.slots.len());
            self.owners.push((borrowed(array.cast(), fields.data.cast()), at as u32));
            let count = 2 + 2 * ndim;
            self.slots.reserve(count);
            let to = self.slots.as_mut_ptr().add(at);
            to.write(0);
            to.add(1).write(fields.data as u64);
            for i in 0..ndim {
                to.add(2 + i).write(*fields.dimensions.add(i) as u64);
                to.add(2 + ndim + i).write(*fields.strides.add(i) as u64);
            }
            self.slots.set_len(at + count);
        }
    }

    /// Appends the parts of a scalar in memory.
    ///
    /// # Safety
    ///
    /// `value` is the address of a value of the dtype.
    pub unsafe fn read_scalar(&mut self, value: *const u8, dtype: DType) {
        // SAFETY: the caller gives the address of a value of this dtype.
        unsafe {
            self.slots.push(scalar_slot(value, dtype));
            match dtype {
                DType::C64 => self.slots.push(u64::from(*value.cast::<u32>().add(1))),
                DType::C128 => self.slots.push(*value.cast::<u64>().add(1)),
                _ => {}
            }
        }
    }
}
