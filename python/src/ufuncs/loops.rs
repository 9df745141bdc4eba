//! What NumPy calls for a stretch of elements.
//!
//! NumPy gives pointers, counts and steps, with or without the GIL (it lets go of it for
//! many elements). The pointers become arrays, the code that fits how they lie is found or
//! compiled, and runs as at any other call: without the GIL if it has loops. Assumes what
//! NumPy promises: operands are aligned, of the loop's dtypes and in native byte order, and
//! those that overlap are either the same elements or copied beforehand, except in
//! `accumulate` and `reduce`, whose order a loop over rising positions keeps. Of a generalized
//! ufunc the same elements aren't harmless, as a position's outputs needn't be what it reads
//! last (`f(a, out=a)` that turns `a` around): NumPy leaves that to the loop, and inputs that
//! outputs overlap with are copied here.
//!
//! An exception stays set; NumPy looks for it when the loop is done. Flags of the processor
//! are left as they were: functions of floating-point numbers set them for good results too,
//! and compiled code doesn't warn (`docs/semantics.md`).

use super::{ONE, Ufunc, internal, lock};
use crate::arguments::Frame;
use crate::dispatcher::Dispatcher;
use crate::errors;
use crate::kernel::Specialization;
use crate::keys;
use cumbia_frontend::types::{DType, Layout};
use cumbia_runtime::keeping_flags;
use numpy::npyffi::npy_intp;
use pyo3::exceptions::PyMemoryError;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use smallvec::SmallVec;
use std::ffi::{c_char, c_void};
use std::sync::{Arc, Mutex, OnceLock};

/// A bit of a pattern: some operand isn't contiguous. Those below say which inputs stay the
/// same in the loop.
const STRIDED: u32 = 1 << 31;
/// A bit of a pattern: the first input is the output, and both stay where they are.
const REDUCES: u32 = 1 << 30;
/// A bit of a pattern: the order of the positions matters. `cumbia/_vectorize.py` knows it.
const ORDERED: u32 = 1 << 29;
/// So many inputs at most are told apart by whether they stay the same.
const MOST_SAME: usize = 8;

/// A loop of a ufunc for dtypes: NumPy's `data`.
pub struct Loop {
    /// What it is a loop of, which owns it.
    of: *const Ufunc,
    /// Of all operands.
    pub dtypes: Box<[DType]>,
    /// What was found for patterns of how operands lie.
    codes: Mutex<SmallVec<[Code; 2]>>,
    /// Whether a reduction can keep its value in a variable.
    reduces: OnceLock<bool>,
}

// SAFETY: `of` is immutable but for what locks guard.
unsafe impl Send for Loop {}

#[derive(Clone)]
struct Code {
    pattern: u32,
    dispatcher: Arc<Py<PyAny>>,
    specialization: Arc<Specialization>,
}

/// An operand of one call of a loop.
struct Operand {
    data: *mut u8,
    shape: SmallVec<[isize; 4]>,
    strides: SmallVec<[isize; 4]>,
}

/// The inner loop.
pub unsafe extern "C" fn run(
    args: *mut *mut c_char,
    counts: *mut npy_intp,
    steps: *mut npy_intp,
    data: *mut c_void,
) {
    errors::no_panics((), || {
        // SAFETY: NumPy passes the loop's data, a pointer and a step for each operand, and
        // the count of elements with the sizes of the core dimensions behind it.
        unsafe {
            if *counts > 0 {
                (*data.cast::<Loop>()).run(args, counts, steps);
            }
        }
    });
}

impl Loop {
    pub fn new(of: *const Ufunc, dtypes: Box<[DType]>) -> Loop {
        Loop { of, dtypes, codes: Mutex::default(), reduces: OnceLock::new() }
    }

    fn of(&self) -> &Ufunc {
        // SAFETY: the ufunc owns the loop.
        unsafe { &*self.of }
    }

    /// Compiles for contiguous operands, so that what is wrong is known beforehand.
    pub fn compile(&self, py: Python<'_>) -> PyResult<()> {
        let empty = |core: &Vec<i64>| Operand {
            data: std::ptr::dangling_mut(),
            shape: core.iter().map(|_| 0).chain([0]).collect(),
            strides: core.iter().map(|_| 0).chain([0]).collect(),
        };
        let operands: SmallVec<[Operand; 4]> = self.of().cores.iter().map(empty).collect();
        let frame = self.frame(&operands, 0);
        self.choose(py, 0, &frame).map(drop)
    }

    unsafe fn run(&self, args: *mut *mut c_char, counts: *mut npy_intp, steps: *mut npy_intp) {
        // SAFETY: passed on.
        let mut operands = unsafe { self.operands(args, counts, steps) };
        // SAFETY: NumPy's operands, which nobody else changes meanwhile. The copies live as long.
        let Some(_copies) = (unsafe { self.part(&mut operands) }) else {
            return Python::attach(|py| PyMemoryError::new_err(()).restore(py));
        };
        let mut pattern = self.pattern(&operands);
        if self.of().parallel && depends(&operands, self.of().inputs) {
            pattern |= ORDERED;
        }
        Python::attach(|py| {
            // SAFETY: the GIL is held. NumPy goes on to the next stretch after an exception.
            if unsafe { !ffi::PyErr_Occurred().is_null() } {
                return;
            }
            if pattern & REDUCES != 0 && !self.reduces(py) {
                pattern = STRIDED | pattern & ORDERED;
            }
            let mut frame = self.frame(&operands, pattern);
            frame.seal();
            let code = match self.choose(py, pattern, &frame) {
                Ok(code) => code,
                Err(error) => return error.restore(py),
            };
            let dispatcher = code.dispatcher.bind(py);
            // SAFETY: the slots are of the code's types, over memory that NumPy holds.
            let result: *mut PyObject = keeping_flags(|| unsafe {
                let function = |py| Dispatcher::of(dispatcher).function(py);
                code.specialization.run(&frame.slots, function)
            });
            // SAFETY: a new reference, or null after an exception.
            unsafe { ffi::Py_XDECREF(result) };
        });
    }

    unsafe fn operands(
        &self,
        args: *mut *mut c_char,
        counts: *mut npy_intp,
        steps: *mut npy_intp,
    ) -> SmallVec<[Operand; 4]> {
        let of = self.of();
        let mut core = of.cores.len();
        let mut operands = SmallVec::new();
        for (at, dims) in of.cores.iter().enumerate() {
            // SAFETY: steps between elements come first, then those of each operand's core
            // dimensions.
            let operand = unsafe {
                let mut operand = Operand {
                    data: (*args.add(at)).cast(),
                    shape: SmallVec::from_slice(&[*counts]),
                    strides: SmallVec::from_slice(&[*steps.add(at)]),
                };
                for &dim in dims {
                    if dim == ONE {
                        operand.shape.push(1);
                        operand.strides.push(self.dtypes[at].itemsize() as isize);
                    } else {
                        operand.shape.push(*counts.add(1 + dim as usize));
                        operand.strides.push(*steps.add(core));
                        core += 1;
                    }
                }
                operand
            };
            operands.push(operand);
        }
        operands
    }

    /// Puts copies in the place of a generalized loop's inputs that outputs overlap with; gives
    /// their memory, or `None` if there isn't enough.
    ///
    /// # Safety
    ///
    /// The operands' elements are in memory, of the loop's dtypes.
    unsafe fn part(&self, operands: &mut [Operand]) -> Option<Vec<Vec<u128>>> {
        let mut copies = Vec::new();
        if !self.of().generalized {
            return Some(copies);
        }
        let (inputs, outs) = operands.split_at_mut(self.of().inputs);
        for (input, dtype) in inputs.iter_mut().zip(&self.dtypes) {
            if outs.iter().any(|out| overlap(input, out)) {
                // SAFETY: passed on.
                copies.push(unsafe { input.move_to_copy(dtype.itemsize() as usize)? });
            }
        }
        Some(copies)
    }

    /// How operands lie in memory.
    fn pattern(&self, operands: &[Operand]) -> u32 {
        let of = self.of();
        if let [first, items, out] = operands
            && !of.generalized
            && of.inputs == 2
            && first.data == out.data
            && first.strides[0] == 0
            && out.strides[0] == 0
            && out.shape[0] > 1
        {
            let strided = if contiguous(items, self.dtypes[1]) { 0 } else { STRIDED };
            return REDUCES | strided;
        }
        let mut same = 0;
        for (at, operand) in operands.iter().enumerate() {
            if contiguous(operand, self.dtypes[at]) {
                continue;
            }
            if of.generalized || at >= of.inputs.min(MOST_SAME) || operand.strides[0] != 0 {
                return STRIDED;
            }
            same |= 1 << at;
        }
        same
    }

    fn frame(&self, operands: &[Operand], pattern: u32) -> Frame {
        let mut frame = Frame::new();
        let layout = if pattern & STRIDED != 0 { Layout::A } else { Layout::C };
        let reduces = pattern & REDUCES != 0;
        for (at, (operand, &dtype)) in operands.iter().zip(&self.dtypes).enumerate() {
            if reduces && at == 0 {
                continue;
            }
            if at < MOST_SAME && pattern & 1 << at != 0 {
                frame.keys.push(keys::num(dtype));
                // SAFETY: there is at least one element, which stays the same.
                unsafe { frame.read_scalar(operand.data, dtype) };
            } else {
                let rank = operand.shape.len() as u32;
                frame.keys.push(keys::array(dtype, rank, layout, at < self.of().inputs));
                frame.view_slots(operand.data, &operand.shape, &operand.strides);
            }
        }
        frame
    }

    /// Whether the function's results have the first operand's dtype, so that a reduction
    /// needs no conversion at each step.
    fn reduces(&self, py: Python<'_>) -> bool {
        *self.reduces.get_or_init(|| {
            let names: Vec<&str> = self.dtypes.iter().map(|dtype| dtype.name()).collect();
            let found = self.of().maker.bind(py).call_method1("reduces", (names,));
            found.and_then(|found| found.extract()).unwrap_or(false)
        })
    }

    /// The code for a pattern: what was used last, or what the dispatcher gives.
    fn choose(&self, py: Python<'_>, pattern: u32, frame: &Frame) -> PyResult<Code> {
        let known = lock(&self.codes).iter().find(|code| code.pattern == pattern).cloned();
        if let Some(code) = &known
            // SAFETY: the thread holds the GIL.
            && unsafe { code.specialization.guards.hold() }
        {
            return Ok(code.clone());
        }
        let dispatcher = match &known {
            Some(code) => code.dispatcher.clone(),
            None => {
                let variant = (pattern & !(STRIDED | REDUCES), pattern & REDUCES != 0);
                Arc::new(self.of().maker.bind(py).call1(variant)?.unbind())
            }
        };
        let object = dispatcher.bind(py);
        if !crate::dispatcher::is_dispatcher(object) {
            return Err(internal("a loop isn't compiled"));
        }
        let chosen = Dispatcher::of(object).choose(object, &frame.keys, &frame.slots)?;
        if chosen.slots.is_some() {
            return Err(internal("a loop is compiled for other types"));
        }
        let code =
            Code { pattern, dispatcher: dispatcher.clone(), specialization: chosen.specialization };
        let old = {
            let mut codes = lock(&self.codes);
            let at = codes.iter().position(|c| c.pattern == pattern);
            codes.push(code.clone());
            at.map(|at| codes.swap_remove(at))
        };
        // That may run Python code.
        drop(old);
        Ok(code)
    }
}

/// Whether an output shares memory with another operand otherwise than position by position.
fn depends(operands: &[Operand], inputs: usize) -> bool {
    let same = |a: &Operand, b: &Operand| {
        a.data == b.data && a.shape == b.shape && a.strides == b.strides && a.strides[0] != 0
    };
    let (given, outs) = operands.split_at(inputs);
    outs.iter().enumerate().any(|(at, out)| {
        let mut others = given.iter().chain(&outs[..at]);
        out.shape[0] > 1 && others.any(|other| overlap(other, out) && !same(other, out))
    })
}

/// Whether operands may share memory.
fn overlap(a: &Operand, b: &Operand) -> bool {
    let ((first, last), (low, high)) = (extent(a), extent(b));
    first < high && low < last
}

impl Operand {
    /// Goes over to a copy in the order of C, whose memory it gives; `None` if there isn't enough.
    ///
    /// # Safety
    ///
    /// The elements are in memory, of so many bytes each.
    unsafe fn move_to_copy(&mut self, itemsize: usize) -> Option<Vec<u128>> {
        let sizes = || self.shape.iter().map(|&size| size as usize);
        let count = sizes().try_fold(1usize, usize::checked_mul)?;
        let words = count.checked_mul(itemsize)?.div_ceil(size_of::<u128>());
        let mut memory: Vec<u128> = Vec::new();
        memory.try_reserve_exact(words).ok()?;
        let to: *mut u8 = memory.as_mut_ptr().cast();
        let mut place: SmallVec<[usize; 4]> = sizes().map(|_| 0).collect();
        for at in 0..count {
            let steps = place.iter().zip(&self.strides);
            let offset: isize = steps.map(|(&index, &stride)| index as isize * stride).sum();
            // SAFETY: one of the elements, and one of as many places as were reserved.
            unsafe {
                std::ptr::copy_nonoverlapping(
                    self.data.offset(offset),
                    to.add(at * itemsize),
                    itemsize,
                );
            }
            for (index, size) in place.iter_mut().zip(sizes()).rev() {
                *index += 1;
                if *index < size {
                    break;
                }
                *index = 0;
            }
        }
        let mut step = itemsize as isize;
        for (stride, &size) in self.strides.iter_mut().zip(&self.shape).rev() {
            *stride = step;
            step *= size;
        }
        self.data = to;
        Some(memory)
    }
}

/// The addresses between which an operand's elements begin, and an element's bytes behind them
/// at most.
fn extent(operand: &Operand) -> (isize, isize) {
    /// Of the widest dtype.
    const ELEMENT: isize = 16;
    let (mut low, mut high) = (operand.data as isize, operand.data as isize);
    for (&size, &stride) in operand.shape.iter().zip(&operand.strides) {
        if size == 0 {
            return (low, low);
        }
        let reach = (size - 1) * stride;
        if reach < 0 {
            low += reach;
        } else {
            high += reach;
        }
    }
    (low, high + ELEMENT)
}

/// Whether elements follow each other as in an array of C.
fn contiguous(operand: &Operand, dtype: DType) -> bool {
    let mut step = dtype.itemsize() as isize;
    for (&size, &stride) in operand.shape.iter().zip(&operand.strides).rev() {
        if size != 1 && stride != step {
            return false;
        }
        step *= size;
    }
    true
}
