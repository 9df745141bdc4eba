//! Results of compiled code as Python objects.
//!
//! A plan is made once per specialization from the result's type; running it reads
//! the result slots in `Ty::parts` order. Arrays: memory that the call allocated
//! goes to NumPy, which frees it; an argument that comes back whole is the very
//! object; anything else is a view that keeps its owner alive. Allocations that no
//! result uses are freed by the context.

use crate::numpy_api::{self, NumPy};
use crate::records::{self, Entry};
use crate::structured;
use cumbia_abi::{Context, Owner};
use cumbia_frontend::structured::RecordsTy;
use cumbia_frontend::types::{ArrayTy, Callable, DType, Layout, Lit, Ty};
use numpy::npyffi::NPY_ARRAY_WRITEABLE;
use numpy::npyffi::objects::PyArrayObject;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use smallvec::SmallVec;
use std::ptr;
use std::sync::Arc;

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
    /// `None` or a value of so many slots.
    Optional(Box<Plan>, usize),
    /// An array of a structured dtype.
    Records(Form),
    /// An element of one.
    Row(Arc<structured::Entry>, Form),
    /// An instance of a class of the user.
    Record(Arc<Entry>, Box<Plan>),
    /// A member of an enum, by position.
    Enum(Arc<Entry>),
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
    /// The plan for a result type. `functions` are the functions by handle.
    pub fn new(py: Python<'_>, ty: &Ty, functions: &[Py<PyAny>]) -> PyResult<Boxer> {
        let mut owners = Vec::new();
        let mut slots = 0;
        let plan = plan(py, ty, functions, &mut slots, &mut owners)?;
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
        let mut reader = Reader { slots, at: 0, context, boxer: self, bases: SmallVec::new() };
        // SAFETY: passed on.
        let made = unsafe { reader.make(&self.plan) };
        for (_, base) in reader.bases {
            // SAFETY: the reader owned one reference to each base.
            unsafe { ffi::Py_DECREF(base) };
        }
        made
    }
}

fn uses_numpy(plan: &Plan) -> bool {
    match plan {
        Plan::Num(_) | Plan::Array(_) | Plan::Records(_) | Plan::Row(..) => true,
        Plan::Tuple(items) => items.iter().any(uses_numpy),
        Plan::Optional(inner, _) | Plan::Record(_, inner) => uses_numpy(inner),
        _ => false,
    }
}

fn plan(
    py: Python<'_>,
    ty: &Ty,
    functions: &[Py<PyAny>],
    slots: &mut usize,
    owners: &mut Vec<usize>,
) -> PyResult<Plan> {
    let constant = |object: Bound<'_, PyAny>| Plan::Constant(object.unbind());
    let start = *slots;
    if !matches!(ty, Ty::Tuple(_) | Ty::Slice(_) | Ty::Optional(_) | Ty::Record(..)) {
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
                parts.push(plan(py, item, functions, slots, owners)?);
            }
            Plan::Tuple(parts.into())
        }
        Ty::Array(a) => {
            owners.push(start);
            Plan::Array(*a)
        }
        Ty::Range(_) => Plan::Range,
        Ty::Slice(parts) => {
            let mut part = |i: usize| plan(py, &parts[i], functions, slots, owners);
            Plan::Slice(Box::new([part(0)?, part(1)?, part(2)?]))
        }
        Ty::Records(ty) => {
            owners.push(start);
            Plan::Records(Form::records(ty, numpy_api::load(py)?)?)
        }
        Ty::Row(ty) => {
            owners.push(start);
            let entry = structured::entry(ty.dtype.handle);
            let array = RecordsTy {
                dtype: ty.dtype.clone(),
                ndim: 1,
                layout: Layout::C,
                readonly: false,
                aligned: ty.aligned,
                recarray: false,
            };
            Plan::Row(entry, Form::records(&array, numpy_api::load(py)?)?)
        }
        Ty::StructDType(dtype) => constant(structured::entry(dtype.handle).object.bind(py).clone()),
        Ty::Record(class, items) => {
            records::check_result(class)?;
            let items = plan(py, &Ty::Tuple(items.clone()), functions, slots, owners)?;
            Plan::Record(records::entry(class.handle), Box::new(items))
        }
        Ty::Enum(class) => Plan::Enum(records::entry(class.class.handle)),
        Ty::Member(class, at) => constant(records::member_object(py, class, *at)),
        Ty::Callable(Callable::Class(class)) => {
            constant(records::entry(class.handle).object.bind(py).clone())
        }
        Ty::Callable(Callable::Enum(class)) => {
            constant(records::entry(class.class.handle).object.bind(py).clone())
        }
        Ty::Optional(inner) => {
            *slots += 1;
            let inner = plan(py, inner, functions, slots, owners)?;
            Plan::Optional(Box::new(inner), *slots - start - 1)
        }
        Ty::Ellipsis => constant(py.Ellipsis().into_bound(py)),
        Ty::Module(name) => constant(py.import(&**name)?.into_any()),
        Ty::DType(d) => constant(numpy_api::load(py)?.descr_object(py, *d)),
        Ty::Callable(Callable::User(handle)) if (*handle as usize) < functions.len() => {
            constant(functions[*handle as usize].bind(py).clone())
        }
        Ty::Callable(Callable::Exception(name)) => {
            constant(py.import("builtins")?.getattr(&**name)?)
        }
        Ty::Callable(Callable::Library(name)) => constant(member(py, name)?),
        Ty::Callable(_)
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
        | Ty::Open(..) => {
            return Err(PyTypeError::new_err(format!(
                "a compiled function can't return {ty}; return numbers, None, arrays, or tuples of them"
            )));
        }
    })
}

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
                Plan::Range => {
                    let (start, stop, step) =
                        (self.next() as i64, self.next() as i64, self.next() as i64);
                    self.next();
                    object_or_error(|py| {
                        let class = py.import("builtins")?.getattr("range")?;
                        class.call1((start, stop, step))
                    })
                }
                Plan::Records(form) => match self.boxer.numpy {
                    Some(numpy) => self.array_of(form.clone(), numpy),
                    None => internal("no NumPy for an array"),
                },
                Plan::Row(entry, form) => {
                    let Some(numpy) = self.boxer.numpy else {
                        return internal("no NumPy for a record");
                    };
                    let owner = self.next() as *mut Owner;
                    let data = self.next() as *mut u8;
                    let argument = (*owner).object.cast::<PyObject>();
                    let base =
                        if argument.is_null() { self.base(owner, form, numpy) } else { argument };
                    if base.is_null() {
                        return base;
                    }
                    structured::make_row(numpy, entry, data, base)
                }
                Plan::Record(entry, items) => {
                    let items = self.make(items);
                    if items.is_null() {
                        return items;
                    }
                    object_or_error(|py| {
                        let items = Bound::from_owned_ptr(py, items).cast_into::<PyTuple>()?;
                        records::make(py, entry, items)
                    })
                }
                Plan::Enum(entry) => match entry.members.get(self.next() as usize) {
                    Some(member) => {
                        let object = member.as_ptr();
                        ffi::Py_INCREF(object);
                        object
                    }
                    None => internal("no member of this number"),
                },
                Plan::Optional(inner, slots) => {
                    if self.next() & 1 != 0 {
                        return self.make(inner);
                    }
                    self.at += slots;
                    let none = ffi::Py_None();
                    ffi::Py_INCREF(none);
                    none
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
        // SAFETY: passed on.
        unsafe { self.array_of(Form::plain(numpy, ty), numpy) }
    }

    unsafe fn array_of(&mut self, form: Form, numpy: &NumPy) -> *mut PyObject {
        let owner = self.next() as *mut Owner;
        let data = self.next() as *mut u8;
        let ndim = usize::from(form.ndim);
        let shape = &self.slots[self.at..self.at + ndim];
        let strides = &self.slots[self.at + ndim..self.at + 2 * ndim];
        self.at += 2 * ndim;
        if owner.is_null() {
            return internal("an array result without an owner");
        }
        let view = View { numpy, form, data, shape, strides };
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
            let base = self.base(owner, &view.form, numpy);
            if base.is_null() { base } else { view.over(base) }
        }
    }

    /// How many results use an allocation.
    fn uses(&self, owner: *mut Owner) -> usize {
        self.boxer.owners.iter().filter(|&&slot| self.slots[slot] == owner as u64).count()
    }

    /// An array that owns a whole allocation; borrowed from the reader. It is
    /// flat, and has the elements of the result that asked first.
    unsafe fn base(&mut self, owner: *mut Owner, of: &Form, numpy: &NumPy) -> *mut PyObject {
        if let Some((_, base)) = self.bases.iter().find(|(o, _)| *o == owner) {
            return *base;
        }
        // SAFETY: a live record of this call; from here on the array owns the bytes.
        unsafe {
            let form = Form { ndim: 1, readonly: false, class: numpy.array_type, ..of.clone() };
            let itemsize = form.itemsize;
            let shape = [(*owner).size as u64 / itemsize];
            let data = (*owner).data;
            let view = View { numpy, form, data, shape: &shape, strides: &[itemsize] };
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

/// What an array result is made as.
#[derive(Clone)]
struct Form {
    /// NumPy's dtype object; borrowed, lives forever.
    descr: *mut PyObject,
    /// The dtype, unless it is structured.
    dtype: Option<DType>,
    /// Handle of the structured dtype.
    structured: Option<u64>,
    itemsize: u64,
    ndim: u8,
    readonly: bool,
    class: *mut ffi::PyTypeObject,
}

// SAFETY: the pointers are to dtype and type objects that live as long as the process
// (kept by the tables they come from), and are followed by threads with the GIL only.
unsafe impl Send for Form {}
// SAFETY: as above; immutable.
unsafe impl Sync for Form {}

impl Form {
    fn plain(numpy: &NumPy, ty: &ArrayTy) -> Form {
        Form {
            descr: numpy.descr(ty.dtype),
            dtype: Some(ty.dtype),
            structured: None,
            itemsize: ty.dtype.itemsize().into(),
            ndim: ty.ndim,
            readonly: ty.readonly,
            class: numpy.array_type,
        }
    }

    fn records(ty: &RecordsTy, numpy: &NumPy) -> PyResult<Form> {
        let class = if ty.recarray {
            Python::attach(|py| {
                let class = py.import("numpy")?.getattr("recarray")?;
                Ok::<_, PyErr>(class.into_ptr().cast())
            })?
        } else {
            numpy.array_type
        };
        Ok(Form {
            descr: structured::entry(ty.dtype.handle).object.as_ptr(),
            dtype: None,
            structured: Some(ty.dtype.handle),
            itemsize: ty.dtype.itemsize.into(),
            ndim: ty.ndim,
            readonly: ty.readonly,
            class,
        })
    }
}

/// The parts of an array result.
struct View<'a> {
    numpy: &'a NumPy,
    form: Form,
    data: *mut u8,
    shape: &'a [u64],
    strides: &'a [u64],
}

impl View<'_> {
    /// Whether this is all of an allocation, contiguous from its start.
    fn covers(&self, owner: &Owner) -> bool {
        let itemsize = self.form.itemsize;
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
            let ndim = usize::from(self.form.ndim);
            let number = (*fields.descr).fields.type_num;
            let same = |ours: &[u64], theirs: *const isize| {
                ours.iter().enumerate().all(|(i, &n)| *theirs.add(i) as u64 == n)
            };
            fields.data.cast::<u8>() == self.data
                && fields.nd as usize == ndim
                && self.numpy.dtype_of_number(number) == self.form.dtype
                && ffi::Py_TYPE(array.cast()) == self.form.class
                && self
                    .form
                    .structured
                    .is_none_or(|handle| structured::has_handle(fields.descr.cast(), handle))
                && (fields.flags & NPY_ARRAY_WRITEABLE == 0) == self.form.readonly
                && same(self.shape, fields.dimensions)
                && same(self.strides, fields.strides)
        }
    }

    /// A new array over the memory, which nobody owns yet.
    unsafe fn make(&self) -> *mut PyObject {
        // SAFETY: `NewFromDescr` takes over a reference to the dtype and copies the
        // dimensions and strides, of which there are `ndim` each.
        unsafe {
            let descr = self.form.descr;
            ffi::Py_INCREF(descr);
            let flags = if self.form.readonly { 0 } else { NPY_ARRAY_WRITEABLE };
            (self.numpy.new_from_descr)(
                self.form.class,
                descr.cast(),
                self.form.ndim.into(),
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
