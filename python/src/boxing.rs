//! Results of compiled code as Python objects.
//!
//! A plan is made once per specialization from the result's type; running it reads
//! the result slots in `Ty::parts` order. Arrays: memory that the call allocated
//! goes to NumPy, which frees it; an argument that comes back whole is the very
//! object; anything else is a view that keeps its owner alive. Allocations that no
//! result uses are freed by the context.

use crate::functions::{self, MadeOf};
use crate::numpy_api::{self, NumPy};
use cumbia_abi::{Context, Owner};
use cumbia_frontend::types::{ArrayTy, Callable, DType, Lit, Ty};
use numpy::npyffi::NPY_ARRAY_WRITEABLE;
use numpy::npyffi::objects::PyArrayObject;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::PyString;
use smallvec::SmallVec;
use std::ptr;

/// How to make the object of one result type.
enum Plan {
    Bool,
    Int,
    Float,
    Complex,
    Num(DType),
    Constant(Py<PyAny>),
    Tuple(Box<[Plan]>),
    Array(ArrayTy),
    Range,
    Slice(Box<[Plan; 3]>),
    /// One of several, each behind a flag.
    Choice(Box<[Plan]>),
    /// A closure, partial object or `**kwargs`: items, and who makes the object of them.
    Function(Box<[Item]>, Py<PyAny>),
}

/// What a function object consists of.
enum Item {
    Value(Plan),
    /// A variable without a value.
    Nothing,
    /// A variable that may have one.
    Maybe(Plan),
    /// A variable that closures share; nothing was ever put into it without a plan.
    Cell(Option<Plan>),
}

/// Makes the result of a specialization.
pub struct Boxer {
    plan: Plan,
    /// Number of result slots.
    pub slots: usize,
    /// Slots that hold an array's owner.
    owners: Vec<usize>,
    numpy: Option<&'static NumPy>,
}

impl Boxer {
    /// The plan for a result type.
    pub fn new(py: Python<'_>, ty: &Ty, made_of: &MadeOf<'_>) -> PyResult<Boxer> {
        let mut owners = Vec::new();
        let mut slots = 0;
        let plan = plan(py, ty, made_of, &mut slots, &mut owners)?;
        let numpy = if uses_numpy(&plan) { Some(numpy_api::load(py)?) } else { None };
        Ok(Boxer { plan, slots, owners, numpy })
    }

    /// The object; null with an exception set if it can't be made.
    ///
    /// # Safety
    ///
    /// `slots` are those that the kernel of this result type wrote, `context` is
    /// that of its call, the arguments are alive, and the thread holds the GIL.
    #[inline]
    pub unsafe fn make(&self, slots: &[u64], context: &mut Context) -> *mut PyObject {
        let memo = ptr::null_mut();
        let mut reader = Reader { slots, at: 0, context, boxer: self, bases: SmallVec::new(), memo };
        // SAFETY: passed on.
        let made = unsafe { reader.make(&self.plan) };
        // SAFETY: the reader's own, or null.
        unsafe { ffi::Py_XDECREF(reader.memo) };
        for (_, base) in reader.bases {
            // SAFETY: the reader owned one reference to each base.
            unsafe { ffi::Py_DECREF(base) };
        }
        made
    }
}

fn uses_numpy(plan: &Plan) -> bool {
    match plan {
        Plan::Num(_) | Plan::Array(_) => true,
        Plan::Tuple(items) | Plan::Choice(items) => items.iter().any(uses_numpy),
        Plan::Function(items, _) => items.iter().any(|item| match item {
            Item::Value(plan) | Item::Maybe(plan) | Item::Cell(Some(plan)) => uses_numpy(plan),
            Item::Nothing | Item::Cell(None) => false,
        }),
        _ => false,
    }
}

fn plan(
    py: Python<'_>,
    ty: &Ty,
    made_of: &MadeOf<'_>,
    slots: &mut usize,
    owners: &mut Vec<usize>,
) -> PyResult<Plan> {
    let constant = |object: Bound<'_, PyAny>| Plan::Constant(object.unbind());
    let start = *slots;
    if !matches!(ty, Ty::Tuple(_) | Ty::Slice(_) | Ty::Choice(_)) && !functions::has_items(ty) {
        *slots += ty.part_types().len();
    }
    Ok(match ty {
        Ty::None => constant(py.None().into_bound(py)),
        Ty::Bool => Plan::Bool,
        Ty::Int => Plan::Int,
        Ty::Float => Plan::Float,
        Ty::Complex => Plan::Complex,
        Ty::Num(d) => Plan::Num(*d),
        Ty::Lit(Lit::Bool(b)) => constant(b.into_pyobject(py)?.to_owned().into_any()),
        Ty::Lit(Lit::Int(i)) => constant(i.into_pyobject(py)?.into_any()),
        Ty::Lit(Lit::Float(bits)) => constant(f64::from_bits(*bits).into_pyobject(py)?.into_any()),
        Ty::Lit(Lit::Str(s)) => constant(PyString::new(py, s).into_any()),
        Ty::Tuple(items) => {
            let mut parts = Vec::with_capacity(items.len());
            for item in items.iter() {
                parts.push(plan(py, item, made_of, slots, owners)?);
            }
            Plan::Tuple(parts.into())
        }
        Ty::Array(a) => {
            owners.push(start);
            Plan::Array(*a)
        }
        Ty::Range(_) => Plan::Range,
        Ty::Slice(parts) => {
            let mut part = |i: usize| plan(py, &parts[i], made_of, slots, owners);
            Plan::Slice(Box::new([part(0)?, part(1)?, part(2)?]))
        }
        Ty::Ellipsis => constant(py.Ellipsis().into_bound(py)),
        Ty::Module(name) => constant(py.import(&**name)?.into_any()),
        Ty::DType(d) => constant(numpy_api::load(py)?.descr_object(py, *d)),
        Ty::Callable(Callable::User(handle)) if (*handle as usize) < made_of.functions.len() => {
            constant(made_of.functions[*handle as usize].bind(py).clone())
        }
        Ty::Callable(Callable::Exception(name)) => {
            constant(py.import("builtins")?.getattr(&**name)?)
        }
        Ty::Callable(Callable::Library(name)) => constant(member(py, name)?),
        ty if functions::has_items(ty) => {
            let mut items = Vec::new();
            for item in ty.function_items() {
                items.push(item_plan(py, item, made_of, slots, owners)?);
            }
            Plan::Function(items.into(), functions::maker(py, ty, made_of)?)
        }
        Ty::Choice(of) => {
            let mut plans = Vec::with_capacity(of.len());
            for ty in of.iter() {
                *slots += 1;
                plans.push(plan(py, ty, made_of, slots, owners)?);
            }
            Plan::Choice(plans.into())
        }
        Ty::Callable(_)
        | Ty::Closure(_)
        | Ty::Cell(_)
        | Ty::Keywords(_)
        | Ty::Iter(_)
        | Ty::Lazy(..)
        | Ty::Pos
        | Ty::Unbound
        | Ty::MaybeUnbound(_)
        | Ty::Str
        | Ty::Bytes
        | Ty::List(..)
        | Ty::Set(..)
        | Ty::Dict(..)
        | Ty::Open(..)
        | Ty::Optional(_) => {
            return Err(PyTypeError::new_err(format!(
                "a compiled function can't return {ty}; return numbers, None, arrays, or tuples of them"
            )));
        }
    })
}

fn item_plan(
    py: Python<'_>,
    ty: &Ty,
    made_of: &MadeOf<'_>,
    slots: &mut usize,
    owners: &mut Vec<usize>,
) -> PyResult<Item> {
    Ok(match ty {
        Ty::Unbound => Item::Nothing,
        Ty::MaybeUnbound(inner) => {
            *slots += 1;
            Item::Maybe(plan(py, inner, made_of, slots, owners)?)
        }
        Ty::Cell(cell) => {
            *slots += 1;
            // The content isn't in the result's slots; who owns what isn't counted here.
            let content = made_of.closures.cells[*cell as usize].as_ref();
            let (mut slots, mut inside) = (0, Vec::new());
            let content = content.map(|ty| plan(py, ty, made_of, &mut slots, &mut inside));
            owners.extend(inside.iter().map(|_| ELSEWHERE));
            Item::Cell(content.transpose()?)
        }
        other => Item::Value(plan(py, other, made_of, slots, owners)?),
    })
}

/// In the place of a slot: an owner is used that isn't in the result's slots.
const ELSEWHERE: usize = usize::MAX;

/// The object of a qualified name.
fn member<'py>(py: Python<'py>, qualified: &str) -> PyResult<Bound<'py, PyAny>> {
    let (module, name) = qualified.rsplit_once('.').unwrap_or(("builtins", qualified));
    py.import(module)?.getattr(name)
}

struct Reader<'a> {
    slots: &'a [u64],
    at: usize,
    context: &'a mut Context,
    boxer: &'a Boxer,
    /// Owning arrays of allocations that several results, or a part of one, use.
    bases: SmallVec<[(*mut Owner, *mut PyObject); 2]>,
    /// A dict for the cells that several functions of the result share, once needed.
    memo: *mut PyObject,
}

impl Reader<'_> {
    #[inline]
    fn next(&mut self) -> u64 {
        let slot = self.slots[self.at];
        self.at += 1;
        slot
    }

    unsafe fn make(&mut self, plan: &Plan) -> *mut PyObject {
        // SAFETY: CPython's constructors, called with the GIL held.
        unsafe {
            match plan {
                Plan::Float => ffi::PyFloat_FromDouble(f64::from_bits(self.next())),
                Plan::Int => ffi::PyLong_FromLongLong(self.next() as i64),
                Plan::Bool => ffi::PyBool_FromLong((self.next() & 1) as _),
                Plan::Complex => {
                    let real = f64::from_bits(self.next());
                    ffi::PyComplex_FromDoubles(real, f64::from_bits(self.next()))
                }
                Plan::Constant(object) => {
                    let object = object.as_ptr();
                    ffi::Py_INCREF(object);
                    object
                }
                Plan::Num(dtype) => self.number(*dtype),
                Plan::Array(ty) => self.array(ty),
                Plan::Tuple(items) => {
                    let tuple = ffi::PyTuple_New(items.len() as isize);
                    if tuple.is_null() {
                        return tuple;
                    }
                    for (i, item) in items.iter().enumerate() {
                        let made = self.make(item);
                        if made.is_null() {
                            ffi::Py_DECREF(tuple);
                            return made;
                        }
                        ffi::PyTuple_SetItem(tuple, i as isize, made);
                    }
                    tuple
                }
                Plan::Function(items, maker) => self.function(items, maker),
                Plan::Choice(plans) => {
                    let mut made = ptr::null_mut();
                    for plan in plans {
                        if self.next() & 1 == 1 {
                            made = self.make(plan);
                        } else {
                            self.at += plan_slots(plan);
                        }
                    }
                    made
                }
                Plan::Range => {
                    let (start, stop, step) =
                        (self.next() as i64, self.next() as i64, self.next() as i64);
                    self.next();
                    object_or_error(|py| {
                        let class = py.import("builtins")?.getattr("range")?;
                        class.call1((start, stop, step))
                    })
                }
                Plan::Slice(parts) => {
                    let mut made = [ptr::null_mut(); 3];
                    for (slot, part) in made.iter_mut().zip(parts.iter()) {
                        *slot = self.make(part);
                    }
                    let [start, stop, step] = made;
                    let failed = made.iter().any(|p| p.is_null());
                    let slice =
                        if failed { ptr::null_mut() } else { ffi::PySlice_New(start, stop, step) };
                    made.iter().for_each(|p| ffi::Py_XDECREF(*p));
                    slice
                }
            }
        }
    }

    /// A function object of its items: a tuple each, empty for a variable without a
    /// value; for a shared variable a list that starts with the cell's address.
    unsafe fn function(&mut self, items: &[Item], maker: &Py<PyAny>) -> *mut PyObject {
        // SAFETY: CPython's constructors, called with the GIL held.
        unsafe {
            if self.memo.is_null() {
                self.memo = ffi::PyDict_New();
            }
            let list = ffi::PyList_New(0);
            if list.is_null() || self.memo.is_null() {
                return ptr::null_mut();
            }
            for item in items {
                let made = self.item(item);
                if made.is_null() || ffi::PyList_Append(list, made) != 0 {
                    ffi::Py_XDECREF(made);
                    ffi::Py_DECREF(list);
                    return ptr::null_mut();
                }
                ffi::Py_DECREF(made);
            }
            let made = functions::make(maker, list, self.memo);
            ffi::Py_DECREF(list);
            made
        }
    }

    unsafe fn item(&mut self, item: &Item) -> *mut PyObject {
        // SAFETY: CPython's constructors, called with the GIL held; a cell is memory of
        // the call, laid out as `lower/closures.rs` says.
        unsafe {
            match item {
                Item::Value(plan) => pack(self.make(plan)),
                Item::Nothing => ffi::PyTuple_New(0),
                Item::Maybe(plan) => {
                    let bound = self.next() & 1 == 1;
                    if bound {
                        return pack(self.make(plan));
                    }
                    self.at += plan_slots(plan);
                    ffi::PyTuple_New(0)
                }
                Item::Cell(content) => {
                    let owner = self.next() as *mut Owner;
                    let list = ffi::PyList_New(0);
                    let address = ffi::PyLong_FromUnsignedLongLong(owner as u64);
                    if list.is_null() || address.is_null() {
                        return ptr::null_mut();
                    }
                    ffi::PyList_Append(list, address);
                    ffi::Py_DECREF(address);
                    let slots = (*owner).data.cast::<u64>();
                    if let Some(plan) = content
                        && *slots & 1 == 1
                    {
                        let cell = std::slice::from_raw_parts(slots, (*owner).size / 8);
                        let result = (std::mem::replace(&mut self.slots, cell), self.at);
                        self.at = 1;
                        let made = self.make(plan);
                        (self.slots, self.at) = result;
                        if made.is_null() {
                            ffi::Py_DECREF(list);
                            return made;
                        }
                        ffi::PyList_Append(list, made);
                        ffi::Py_DECREF(made);
                    }
                    list
                }
            }
        }
    }

    unsafe fn number(&mut self, dtype: DType) -> *mut PyObject {
        let Some(numpy) = self.boxer.numpy else { return internal("no NumPy for a scalar") };
        let first = self.next();
        let mut value = [first, 0];
        match dtype {
            DType::C64 => value[0] = first & 0xFFFF_FFFF | self.next() << 32,
            DType::C128 => value[1] = self.next(),
            DType::Bool => value[0] = first & 1,
            _ => {}
        }
        // SAFETY: `value` holds an element of the dtype in its first bytes (little
        // endian), and NumPy copies it.
        unsafe {
            (numpy.scalar)(value.as_mut_ptr().cast(), numpy.descr(dtype).cast(), ptr::null_mut())
        }
    }

    unsafe fn array(&mut self, ty: &ArrayTy) -> *mut PyObject {
        let Some(numpy) = self.boxer.numpy else { return internal("no NumPy for an array") };
        let owner = self.next() as *mut Owner;
        let data = self.next() as *mut u8;
        let ndim = usize::from(ty.ndim);
        let shape = &self.slots[self.at..self.at + ndim];
        let strides = &self.slots[self.at + ndim..self.at + 2 * ndim];
        self.at += 2 * ndim;
        if owner.is_null() {
            return internal("an array result without an owner");
        }
        let view = View { numpy, ty, data, shape, strides };
        // SAFETY: the kernel gave a live record of this call, or one of the frame.
        unsafe {
            let argument = (*owner).object.cast::<PyObject>();
            if !argument.is_null() {
                if view.is_all_of(argument.cast()) {
                    ffi::Py_INCREF(argument);
                    return argument;
                }
                return view.over(argument);
            }
            if view.covers(&*owner) && self.uses(owner) == 1 {
                let array = view.make();
                if !array.is_null() {
                    cumbia_runtime::detach(self.context, owner);
                    numpy_api::give_memory(numpy, array.cast());
                }
                return array;
            }
            let base = self.base(owner, ty.dtype, numpy);
            if base.is_null() { base } else { view.over(base) }
        }
    }

    /// How many results use an allocation.
    fn uses(&self, owner: *mut Owner) -> usize {
        let owners = &self.boxer.owners;
        if owners.contains(&ELSEWHERE) {
            // It may also be in a cell: shared, for all that is known.
            return 2;
        }
        owners.iter().filter(|&&slot| self.slots[slot] == owner as u64).count()
    }

    /// An array that owns a whole allocation; borrowed from the reader. It is
    /// flat, and has the elements of the result that asked first.
    unsafe fn base(&mut self, owner: *mut Owner, dtype: DType, numpy: &NumPy) -> *mut PyObject {
        if let Some((_, base)) = self.bases.iter().find(|(o, _)| *o == owner) {
            return *base;
        }
        // SAFETY: a live record of this call; from here on the array owns the bytes.
        unsafe {
            let itemsize = u64::from(dtype.itemsize());
            let ty = ArrayTy {
                dtype,
                ndim: 1,
                layout: cumbia_frontend::types::Layout::C,
                readonly: false,
            };
            let shape = [(*owner).size as u64 / itemsize];
            let view =
                View { numpy, ty: &ty, data: (*owner).data, shape: &shape, strides: &[itemsize] };
            let array = view.make();
            if !array.is_null() {
                cumbia_runtime::detach(self.context, owner);
                numpy_api::give_memory(numpy, array.cast());
                self.bases.push((owner, array));
            }
            array
        }
    }
}

/// A tuple of one object, whose reference is taken over; null for null.
unsafe fn pack(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: as the callers'.
    unsafe {
        if object.is_null() {
            return object;
        }
        let tuple = ffi::PyTuple_New(1);
        if tuple.is_null() {
            ffi::Py_DECREF(object);
        } else {
            ffi::PyTuple_SetItem(tuple, 0, object);
        }
        tuple
    }
}

/// How many slots a plan reads.
fn plan_slots(plan: &Plan) -> usize {
    match plan {
        Plan::Bool | Plan::Int | Plan::Float => 1,
        Plan::Complex => 2,
        Plan::Num(dtype) => 1 + usize::from(dtype.is_complex()),
        Plan::Constant(_) => 0,
        Plan::Tuple(items) => items.iter().map(plan_slots).sum(),
        Plan::Array(ty) => 2 + 2 * usize::from(ty.ndim),
        Plan::Range => 4,
        Plan::Slice(parts) => parts.iter().map(plan_slots).sum(),
        Plan::Choice(plans) => plans.iter().map(|plan| 1 + plan_slots(plan)).sum(),
        Plan::Function(items, _) => items
            .iter()
            .map(|item| match item {
                Item::Value(plan) => plan_slots(plan),
                Item::Nothing => 0,
                Item::Maybe(plan) => 1 + plan_slots(plan),
                Item::Cell(_) => 1,
            })
            .sum(),
    }
}

/// The parts of an array result.
struct View<'a> {
    numpy: &'a NumPy,
    ty: &'a ArrayTy,
    data: *mut u8,
    shape: &'a [u64],
    strides: &'a [u64],
}

impl View<'_> {
    /// Whether this is all of an allocation, contiguous from its start.
    fn covers(&self, owner: &Owner) -> bool {
        let itemsize = u64::from(self.ty.dtype.itemsize());
        let bytes = self.shape.iter().fold(itemsize, |n, &d| n.wrapping_mul(d));
        let contiguous = |dims: &mut dyn Iterator<Item = (&u64, &u64)>| {
            let mut expected = itemsize;
            for (&dim, &stride) in dims {
                if dim != 1 && stride != expected {
                    return false;
                }
                expected = expected.wrapping_mul(dim);
            }
            true
        };
        self.data == owner.data
            && bytes == owner.size as u64
            && (bytes == 0
                || contiguous(&mut self.shape.iter().zip(self.strides).rev())
                || contiguous(&mut self.shape.iter().zip(self.strides)))
    }

    /// Whether this is the array itself.
    unsafe fn is_all_of(&self, array: *mut PyArrayObject) -> bool {
        // SAFETY: the object of an argument's owner is an ndarray.
        unsafe {
            let fields = &(*array).fields;
            let ndim = usize::from(self.ty.ndim);
            let number = (*fields.descr).fields.type_num;
            let same = |ours: &[u64], theirs: *const isize| {
                ours.iter().enumerate().all(|(i, &n)| *theirs.add(i) as u64 == n)
            };
            fields.data.cast::<u8>() == self.data
                && fields.nd as usize == ndim
                && self.numpy.dtype_of_number(number) == Some(self.ty.dtype)
                && (fields.flags & NPY_ARRAY_WRITEABLE == 0) == self.ty.readonly
                && same(self.shape, fields.dimensions)
                && same(self.strides, fields.strides)
        }
    }

    /// A new array over the memory, which nobody owns yet.
    unsafe fn make(&self) -> *mut PyObject {
        // SAFETY: `NewFromDescr` takes over a reference to the dtype and copies the
        // dimensions and strides, of which there are `ndim` each.
        unsafe {
            let descr = self.numpy.descr(self.ty.dtype);
            ffi::Py_INCREF(descr);
            let flags = if self.ty.readonly { 0 } else { NPY_ARRAY_WRITEABLE };
            (self.numpy.new_from_descr)(
                self.numpy.array_type,
                descr.cast(),
                self.ty.ndim.into(),
                self.shape.as_ptr().cast(),
                self.strides.as_ptr().cast(),
                self.data.cast(),
                flags,
                ptr::null_mut(),
            )
        }
    }

    /// A new array over the memory that keeps another array alive.
    unsafe fn over(&self, base: *mut PyObject) -> *mut PyObject {
        // SAFETY: `SetBaseObject` takes over a reference also when it fails.
        unsafe {
            let array = self.make();
            if array.is_null() {
                return array;
            }
            ffi::Py_INCREF(base);
            if (self.numpy.set_base)(array.cast(), base) != 0 {
                ffi::Py_DECREF(array);
                return ptr::null_mut();
            }
            array
        }
    }
}

fn object_or_error(make: impl FnOnce(Python<'_>) -> PyResult<Bound<'_, PyAny>>) -> *mut PyObject {
    Python::attach(|py| match make(py) {
        Ok(object) => object.into_ptr(),
        Err(error) => {
            error.restore(py);
            ptr::null_mut()
        }
    })
}

#[cold]
fn internal(what: &str) -> *mut PyObject {
    let text = format!("internal error in cumbia: {what}; please report it");
    Python::attach(|py| PyRuntimeError::new_err(text).restore(py));
    ptr::null_mut()
}
