//! A call whose arguments have the types of the last one's, on code that needs nothing but
//! them: the way that most calls of small functions take.
//!
//! What the general way (`call.rs`) finds out anew is prepared here once for a resolution:
//! each argument is compared with the type that is expected and its slots are written in one
//! step, into an array on the stack. Whatever isn't as expected goes the general way, which
//! begins again: nothing was changed, and no Python code ran, up to there.
//!
//! Where floats and tuples aren't laid out as `layouts.rs` reads them, nothing is prepared. Not
//! here: strings, containers, records, functions and nested tuples as arguments, `*args`, defaults.

use super::Dispatcher;
use crate::arguments;
use crate::kernel::Specialization;
use crate::keys;
use crate::layouts::{self, float_bits, tuple_size};
use crate::numpy_api::{self, NumPy};
use cumbia_abi::Owner;
use cumbia_frontend::types::{ArrayTy, DType, Ty};
use numpy::npyffi::NPY_ARRAY_WRITEABLE;
use numpy::npyffi::objects::{PyArray_Descr, PyArrayObject};
use pyo3::ffi::{self, PyObject, PyTypeObject};
use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr;

/// Most slots of the arguments.
const SLOTS: usize = 48;
/// Most arrays among them.
const OWNERS: usize = 8;

/// What is expected of an argument, or of a tuple's item.
enum Step {
    Float,
    Int,
    Bool,
    None,
    /// A NumPy scalar of this class, in one slot.
    Number(*mut PyTypeObject, DType),
    Array(Expected),
    /// A tuple; so many steps for its items follow.
    Tuple(usize),
}

/// An array's type, as its structure shows it.
struct Expected {
    /// NumPy's own dtype object. Another one that says the same is compared by the word.
    descr: *const PyArray_Descr,
    word: u32,
    ndim: c_int,
    /// Which flags matter, and what they have to be.
    flags: [c_int; 2],
}

/// What is prepared for a resolution.
pub struct Quick {
    steps: Box<[Step]>,
    /// Bytes from the start of a tuple to its items.
    items: usize,
    /// There is one where arrays or scalars of NumPy are expected.
    numpy: Option<&'static NumPy>,
}

// SAFETY: the classes and dtypes are NumPy's own, which are kept forever.
unsafe impl Send for Quick {}
// SAFETY: as above; nothing is changed.
unsafe impl Sync for Quick {}

/// Slots of a call and the records of its arrays.
struct Slots {
    slots: [MaybeUninit<u64>; SLOTS],
    owners: [MaybeUninit<Owner>; OWNERS],
    /// How many of each are written.
    used: usize,
    arrays: usize,
}

impl Quick {
    /// The preparation for calls with these types; `None` where the general way is needed.
    pub fn new(words: &[u32], specialization: &Specialization) -> Option<Quick> {
        let items = layouts::tuple_items()?;
        if !specialization.is_plain() {
            return None;
        }
        let numpy = numpy_api::loaded();
        let (mut steps, mut slots, mut arrays) = (Vec::new(), 0, 0);
        for ty in &keys::types(words) {
            match ty {
                Ty::Tuple(parts) => {
                    steps.push(Step::Tuple(parts.len()));
                    for part in parts.iter() {
                        steps.push(Step::of(part, numpy)?);
                    }
                }
                ty => steps.push(Step::of(ty, numpy)?),
            }
        }
        for step in &steps {
            match step {
                Step::Float | Step::Int | Step::Bool | Step::Number(..) => slots += 1,
                Step::Array(expected) => {
                    slots += 2 + 2 * expected.ndim as usize;
                    arrays += 1;
                }
                Step::None | Step::Tuple(_) => {}
            }
        }
        let fits = slots <= SLOTS && arrays <= OWNERS;
        fits.then(|| Quick { steps: steps.into(), items, numpy })
    }

    /// Reads the arguments; false where one isn't as expected.
    ///
    /// # Safety
    ///
    /// There are as many arguments as types were given, they live as long as the slots, and
    /// the thread holds the GIL.
    #[inline(always)]
    unsafe fn read(&self, mut args: *const *mut PyObject, into: &mut Slots) -> bool {
        let mut step = self.steps.as_ptr();
        // SAFETY: the end of the steps.
        let end = unsafe { step.add(self.steps.len()) };
        while step != end {
            // SAFETY: one argument for each step that isn't of a tuple's item, and a tuple of
            // the expected length has an item for each of the steps that follow it.
            unsafe {
                if let Step::Tuple(len) = &*step {
                    let tuple = *args;
                    if ffi::Py_TYPE(tuple) != &raw mut ffi::PyTuple_Type
                        || tuple_size(tuple) != *len
                    {
                        return false;
                    }
                    let items = tuple.byte_add(self.items).cast::<*mut PyObject>();
                    for i in 0..*len {
                        step = step.add(1);
                        if !self.read_one(&*step, *items.add(i), into) {
                            return false;
                        }
                    }
                } else if !self.read_one(&*step, *args, into) {
                    return false;
                }
                step = step.add(1);
                args = args.add(1);
            }
        }
        true
    }

    #[inline(always)]
    unsafe fn read_one(&self, step: &Step, object: *mut PyObject, into: &mut Slots) -> bool {
        // SAFETY: a valid object, whose class is looked at before its content; the number of
        // slots was counted.
        unsafe {
            let class = ffi::Py_TYPE(object);
            let slot = match step {
                Step::Float => {
                    if class != &raw mut ffi::PyFloat_Type {
                        return false;
                    }
                    float_bits(object)
                }
                Step::Int => {
                    if class != &raw mut ffi::PyLong_Type {
                        return false;
                    }
                    let mut overflow = 0;
                    let value = ffi::PyLong_AsLongLongAndOverflow(object, &raw mut overflow);
                    if overflow != 0 {
                        return false;
                    }
                    value as u64
                }
                Step::Array(expected) => {
                    let Some(numpy) = self.numpy else { return false };
                    return class == numpy.array_type && into.array(object.cast(), expected, numpy);
                }
                Step::Bool => {
                    if class != &raw mut ffi::PyBool_Type {
                        return false;
                    }
                    u64::from(object == ffi::Py_True())
                }
                Step::None => return object == ffi::Py_None(),
                Step::Number(expected, dtype) => {
                    if class != *expected {
                        return false;
                    }
                    arguments::scalar_slot(numpy_api::scalar_value(object), *dtype)
                }
                Step::Tuple(_) => return false,
            };
            into.push(slot);
        }
        true
    }
}

impl Step {
    fn of(ty: &Ty, numpy: Option<&'static NumPy>) -> Option<Step> {
        Some(match ty {
            Ty::Float => Step::Float,
            Ty::Int => Step::Int,
            Ty::Bool => Step::Bool,
            Ty::None => Step::None,
            // The others have two slots, or a unit that their class doesn't tell.
            Ty::Num(DType::C64 | DType::C128 | DType::Date(_) | DType::Delta(_)) => return None,
            Ty::Num(dtype) => Step::Number(numpy?.class_of_dtype(*dtype)?, *dtype),
            Ty::Array(of) => Step::Array(Expected::new(of, numpy?)?),
            _ => return None,
        })
    }
}

impl Expected {
    fn new(of: &ArrayTy, numpy: &NumPy) -> Option<Expected> {
        let (mask, value) = arguments::flags_of(of.layout);
        let writable = if of.readonly { 0 } else { NPY_ARRAY_WRITEABLE };
        Some(Expected {
            descr: numpy.descr(of.dtype).cast(),
            word: keys::array(of.dtype, u32::from(of.ndim), of.layout, of.readonly),
            ndim: c_int::from(of.ndim),
            flags: [mask | NPY_ARRAY_WRITEABLE, value | writable],
        })
    }
}

impl Slots {
    #[inline(always)]
    fn new() -> Slots {
        Slots {
            slots: [MaybeUninit::uninit(); SLOTS],
            owners: [const { MaybeUninit::uninit() }; OWNERS],
            used: 0,
            arrays: 0,
        }
    }

    /// # Safety
    ///
    /// There is room.
    #[inline(always)]
    unsafe fn push(&mut self, slot: u64) {
        // SAFETY: by the contract.
        unsafe { self.slots.get_unchecked_mut(self.used).write(slot) };
        self.used += 1;
    }

    /// Appends an array; false where it isn't as expected.
    ///
    /// # Safety
    ///
    /// Exactly an ndarray, which lives as long as the slots; there is room. `self` stays where
    /// it is: the slots have addresses of its owners.
    #[inline(always)]
    unsafe fn array(
        &mut self,
        array: *mut PyArrayObject,
        expected: &Expected,
        numpy: &NumPy,
    ) -> bool {
        // SAFETY: an exact ndarray, so its structure is NumPy's and its dimensions and strides
        // have `nd` elements.
        unsafe {
            let fields = &(*array).fields;
            let [mask, value] = expected.flags;
            if fields.descr.cast_const() != expected.descr {
                if arguments::array_word(array.cast(), numpy) != Some(expected.word) {
                    return false;
                }
            } else if fields.nd != expected.ndim || fields.flags & mask != value {
                return false;
            }
            let ndim = expected.ndim as usize;
            let owner = self.owners.get_unchecked_mut(self.arrays);
            let owner = owner.write(arguments::borrowed(array.cast(), fields.data.cast()));
            self.arrays += 1;
            let to = self.slots.as_mut_ptr().add(self.used).cast::<u64>();
            to.write(ptr::from_mut(owner) as u64);
            to.add(1).write(fields.data as u64);
            for i in 0..ndim {
                to.add(2 + i).write(*fields.dimensions.add(i) as u64);
                to.add(2 + ndim + i).write(*fields.strides.add(i) as u64);
            }
            self.used += 2 + 2 * ndim;
        }
        true
    }
}

/// The result of a call, or null with the exception set; `None` where it has to go the general
/// way.
///
/// # Safety
///
/// As `vectorcall`, of the object that has the data, pinned.
#[inline(always)]
pub unsafe fn call(
    data: &Dispatcher,
    args: *const *mut PyObject,
    positional: usize,
    names: *mut PyObject,
) -> Option<*mut PyObject> {
    // SAFETY: as in `call::run_frame`; the arguments live until the call returns.
    unsafe {
        let resolution = data.last()?;
        let quick = resolution.quick.as_ref()?;
        let as_it_is = if names.is_null() {
            data.parameters.trivially(positional)
        } else {
            let given = tuple_size(names);
            let names = names.byte_add(quick.items).cast::<*mut PyObject>();
            data.parameters.in_order(positional, std::slice::from_raw_parts(names, given))
        };
        if !as_it_is {
            return None;
        }
        let mut slots = Slots::new();
        if !quick.read(args, &mut slots) || !resolution.specialization.guards.hold() {
            return None;
        }
        let slots = slots.slots.as_ptr().cast::<u64>();
        Some(resolution.specialization.run_plain(slots, |py| data.function(py)))
    }
}
