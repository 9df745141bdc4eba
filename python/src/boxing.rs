//! Results of compiled code as Python objects.
//!
//! A plan is made once per specialization from the result's type; running it reads
//! the result slots in `Ty::parts` order. Arrays: memory that the call allocated
//! goes to NumPy, which frees it; an argument that comes back whole is the very
//! object; anything else is a view that keeps its owner alive. Allocations that no
//! result uses are freed by the context.

mod boxes;
mod from_code;
mod items;
mod objects;
mod scalars;

pub use boxes::Boxes;
pub use from_code::from_code;
use items::item_plan;
use scalars::{is_scalar, scalar, tuple_of_scalars};

use crate::array_results::{Form, View};
use crate::collections::Maker;
use crate::functions::{self, MadeOf};
use crate::layouts;
use crate::ledger::Ledger;
use crate::numpy_api::{self, NumPy};
use crate::records::{self, Entry};
use crate::structured;
use cumbia_abi::{Context, Owner};
use cumbia_frontend::buffers::BufferTy;
use cumbia_frontend::structured::RecordsTy;
use cumbia_frontend::types::{ArrayTy, Callable, DType, Layout, Lit, Ty, choice_parts};
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString, PyTuple};
use rustc_hash::FxHashMap;
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
    Optional(Box<Plan>, usize),
    Str,
    Bytes,
    Buffer(BufferTy),
    Random,
    /// Elements, and their slots.
    List(Box<Plan>, usize),
    Set(Box<Plan>, usize),
    /// Keys and values, and their slots.
    Dict(Box<(Plan, Plan)>, [usize; 2]),
    /// An object made of one of these three.
    Collection(Box<Plan>, Maker),
    /// An array of a structured dtype.
    Records(Form),
    /// A text of NumPy: its class, and Python's object.
    Text(Py<PyAny>, Box<Plan>),
    /// An element of one.
    Row(Arc<structured::Entry>, Form),
    /// An instance of a class of the user.
    Record(Arc<Entry>, Box<Plan>),
    /// An object of a dataclass: its fields, and their slots.
    Object(Arc<Entry>, Box<Plan>, usize),
    /// A member of an enum.
    Enum(Arc<Entry>),
    /// One of several functions, or of several types by its number, which comes first: each with its first slot;
    /// the number of slots.
    Choice(Box<[(Plan, usize)]>, usize),
    /// A closure, partial object or `**kwargs`: items, and who makes the object of them.
    Function(Box<[Item]>, Py<PyAny>),
}

/// What a function object consists of.
enum Item {
    Value(Plan),
    /// A variable without a value.
    Nothing,
    /// A variable that may have one, and its number of slots.
    Maybe(Plan, usize),
    /// A variable that closures share, and its number of slots; nothing was ever put into
    /// it without a plan.
    Cell(Option<(Plan, usize)>),
}

/// Makes the result of a specialization.
pub struct Boxer {
    plan: Plan,
    /// Number of result slots.
    pub slots: usize,
    /// Slots that hold an array's owner.
    owners: Vec<usize>,
    /// Whether it is a tuple of what [`scalar`] makes.
    scalars: bool,
    /// Whether an array may be reached through a container as well.
    shared: bool,
    numpy: Option<&'static NumPy>,
}

impl Boxer {
    /// The plan for a result type.
    pub fn new(py: Python<'_>, ty: &Ty, made_of: &MadeOf<'_>) -> PyResult<Boxer> {
        let mut owners = Vec::new();
        let mut slots = 0;
        let plan = plan(py, ty, made_of, &mut slots, &mut owners)?;
        let numpy = if uses_numpy(&plan) { Some(numpy_api::load(py)?) } else { None };
        let shared = objects::has_containers(ty) || functions::has_cells(ty);
        let scalars = match &plan {
            Plan::Tuple(items) => items.iter().all(is_scalar) && layouts::tuple_items().is_some(),
            _ => false,
        };
        Ok(Boxer { plan, slots, owners, scalars, shared, numpy })
    }

    /// The object; null with an exception set if it can't be made.
    ///
    /// # Safety
    ///
    /// `slots` are those that the kernel of this result type wrote, `context` is
    /// that of its call, the arguments are alive, and the thread holds the GIL.
    #[inline]
    pub unsafe fn make(&self, slots: &[u64], context: &mut Context) -> *mut PyObject {
        // The commonest results need no reader.
        // SAFETY: the thread holds the GIL; there is a slot for each that needs one.
        unsafe {
            if is_scalar(&self.plan) {
                return scalar(&self.plan, slots.as_ptr()).0;
            }
            if self.scalars
                && let Plan::Tuple(items) = &self.plan
            {
                return tuple_of_scalars(items, slots.as_ptr());
            }
            self.make_by_reader(slots, context)
        }
    }

    #[inline(never)]
    unsafe fn make_by_reader(&self, slots: &[u64], context: &mut Context) -> *mut PyObject {
        let mut reader = Reader {
            slots,
            at: 0,
            context,
            owners: if self.shared { None } else { Some((slots, &self.owners)) },
            numpy: self.numpy,
            bases: SmallVec::new(),
            made: FxHashMap::default(),
            memo: ptr::null_mut(),
            ledger: None,
        };
        // SAFETY: passed on.
        unsafe { reader.make(&self.plan) }
    }

    /// The object, in a session that goes on.
    ///
    /// # Safety
    ///
    /// As [`Boxer::make`].
    pub unsafe fn make_in(&self, slots: &[u64], boxes: &mut Boxes<'_>) -> *mut PyObject {
        // SAFETY: passed on.
        unsafe { boxes.reader.make_from(&self.plan, slots) }
    }
}

fn uses_numpy(plan: &Plan) -> bool {
    match plan {
        Plan::Num(_) | Plan::Array(_) | Plan::Records(_) | Plan::Row(..) => true,
        Plan::Tuple(items) => items.iter().any(uses_numpy),
        Plan::Choice(of, _) => of.iter().any(|(plan, _)| uses_numpy(plan)),
        Plan::Function(items, _) => items.iter().any(|item| match item {
            Item::Value(plan) | Item::Maybe(plan, _) | Item::Cell(Some((plan, _))) => {
                uses_numpy(plan)
            }
            Item::Nothing | Item::Cell(None) => false,
        }),
        Plan::Optional(inner, _)
        | Plan::Record(_, inner)
        | Plan::Collection(inner, _)
        | Plan::List(inner, _)
        | Plan::Object(_, inner, _)
        | Plan::Set(inner, _) => uses_numpy(inner),
        Plan::Dict(pair, _) => uses_numpy(&pair.0) || uses_numpy(&pair.1),
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
    let element = |ty: &Ty| plan(py, ty, made_of, &mut 0, &mut Vec::new());
    if !matches!(
        ty,
        Ty::Tuple(_)
            | Ty::Slice(_)
            | Ty::Optional(_)
            | Ty::Choice(_)
            | Ty::Union(_)
            | Ty::Record(..)
    ) && !functions::has_items(ty)
    {
        *slots += ty.part_types().len();
    }
    if let Some((given, _)) = made_of.given.iter().find(|(_, known)| known == ty) {
        return Ok(constant(given.bind(py).clone()));
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
        Ty::Lit(Lit::Wide(i)) => constant(py.get_type::<PyInt>().call1((i.to_string(),))?),
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
        Ty::Optional(t) => {
            *slots += 1;
            Plan::Optional(Box::new(plan(py, t, made_of, slots, owners)?), t.part_types().len())
        }
        Ty::Str => Plan::Str,
        Ty::Bytes => Plan::Bytes,
        Ty::Buffer(b) => Plan::Buffer(*b),
        Ty::Random => Plan::Random,
        Ty::List(t, _) => Plan::List(Box::new(element(t)?), t.part_types().len()),
        Ty::Object(class, fields) => {
            let entry = records::entry(class.handle);
            Plan::Object(entry, Box::new(element(fields)?), fields.part_types().len())
        }
        Ty::Set(t, _) => Plan::Set(Box::new(element(t)?), t.part_types().len()),
        Ty::Dict(pair, _) => Plan::Dict(
            Box::new((element(&pair.0)?, element(&pair.1)?)),
            [pair.0.part_types().len(), pair.1.part_types().len()],
        ),
        Ty::Collection(kind, storage) => {
            Plan::Collection(Box::new(element(storage)?), Maker::new(py, kind)?)
        }
        // Of a container that nothing was ever put into.
        Ty::Open(..) => constant(py.None().into_bound(py)),
        Ty::Slice(parts) => {
            let mut part = |i: usize| plan(py, &parts[i], made_of, slots, owners);
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
                readonly: ty.readonly,
                recarray: false,
            };
            Plan::Row(entry, Form::records(&array, numpy_api::load(py)?)?)
        }
        Ty::Text(kind) => {
            let (_, name) = kind.class().split_once('.').unwrap_or_default();
            Plan::Text(
                py.import("numpy")?.getattr(name)?.unbind(),
                Box::new(element(&kind.plain())?),
            )
        }
        Ty::StructDType(dtype) => constant(structured::entry(dtype.handle).object.bind(py).clone()),
        Ty::Record(class, items) => {
            records::check_result(class)?;
            let items = plan(py, &Ty::Tuple(items.clone()), made_of, slots, owners)?;
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
        Ty::Ellipsis => constant(py.Ellipsis().into_bound(py)),
        Ty::Module(name) => constant(py.import(&**name)?.into_any()),
        Ty::DType(d) => constant(numpy_api::load(py)?.descr_object(py, *d)),
        Ty::Callable(Callable::User(of)) if (of.handle as usize) < made_of.functions.len() => {
            constant(made_of.functions[of.handle as usize].bind(py).clone())
        }
        Ty::Callable(Callable::Exception(name)) => {
            let (module, name) = name.rsplit_once('.').unwrap_or(("builtins", name));
            constant(py.import(module)?.getattr(name)?)
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
            let start = *slots;
            let mut plans = Vec::with_capacity(of.len());
            for one in choice_parts(of) {
                *slots = start + one.start;
                plans.push((plan(py, one.ty, made_of, slots, owners)?, one.start));
            }
            *slots = start + ty.part_types().len();
            Plan::Choice(plans.into(), ty.part_types().len())
        }
        Ty::Union(of) => {
            let start = *slots;
            let mut plans = Vec::with_capacity(of.len());
            // Behind the position.
            let mut at = 1;
            for one in of.iter() {
                *slots = start + at;
                plans.push((plan(py, one, made_of, slots, owners)?, at));
                at += one.part_types().len();
            }
            *slots = start + at;
            Plan::Choice(plans.into(), at)
        }
        Ty::Callable(_)
        | Ty::Closure(_)
        | Ty::Cell(_)
        | Ty::Keywords(_)
        | Ty::Iter(_)
        | Ty::Lazy(..)
        | Ty::Generator(..)
        | Ty::Pos
        | Ty::Unbound
        | Ty::Exception
        | Ty::MaybeUnbound(_) => {
            return Err(PyTypeError::new_err(format!(
                "a compiled function can't return {ty}; return numbers, None, arrays, or tuples of them"
            )));
        }
    })
}

/// The object of a qualified name; the limits of a dtype are those of `np.finfo(dtype)`.
fn member<'py>(py: Python<'py>, qualified: &str) -> PyResult<Bound<'py, PyAny>> {
    let (module, name) = qualified.rsplit_once('.').unwrap_or(("builtins", qualified));
    if let "numpy.finfo" | "numpy.iinfo" = module {
        return member(py, module)?.call1((name,));
    }
    py.import(module)?.getattr(name)
}

struct Reader<'a> {
    slots: &'a [u64],
    at: usize,
    context: &'a mut Context,
    /// The result's slots, and which of them hold an array's owner; `None` where an array
    /// may be reached in other ways.
    owners: Option<(&'a [u64], &'a [usize])>,
    numpy: Option<&'static NumPy>,
    /// Owning arrays of allocations that several results, or a part of one, use.
    bases: SmallVec<[(*mut Owner, *mut PyObject); 2]>,
    /// Containers and strings made so far, with one reference each.
    made: FxHashMap<*mut Owner, *mut PyObject>,
    /// A dict for the cells that several functions of the result share, once needed.
    memo: *mut PyObject,
    /// What a generator that goes on shares with Python.
    ledger: Option<&'a mut Ledger>,
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        // SAFETY: the reader's own, or null.
        unsafe { ffi::Py_XDECREF(self.memo) };
        for &object in self.bases.iter().map(|(_, base)| base).chain(self.made.values()) {
            // SAFETY: the reader owned one reference to each, and whoever reads results
            // holds the GIL.
            unsafe { ffi::Py_DECREF(object) };
        }
    }
}

impl Reader<'_> {
    #[inline]
    fn next(&mut self) -> u64 {
        let slot = self.slots[self.at];
        self.at += 1;
        slot
    }

    /// An object from slots elsewhere: an element's.
    unsafe fn make_from(&mut self, plan: &Plan, slots: &[u64]) -> *mut PyObject {
        // SAFETY: the slots are put back before this returns.
        let slots = unsafe { std::slice::from_raw_parts(slots.as_ptr(), slots.len()) };
        let before = (std::mem::replace(&mut self.slots, slots), std::mem::take(&mut self.at));
        // SAFETY: passed on.
        let made = unsafe { self.make(plan) };
        (self.slots, self.at) = before;
        made
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
                Plan::Choice(of, slots) => {
                    let start = self.at;
                    let (plan, first) = &of[self.next() as usize];
                    self.at = start + first;
                    let made = self.make(plan);
                    self.at = start + slots;
                    made
                }
                Plan::Optional(inner, slots) => {
                    if self.next() & 1 == 0 {
                        self.at += slots;
                        ffi::Py_INCREF(ffi::Py_None());
                        ffi::Py_None()
                    } else {
                        self.make(inner)
                    }
                }
                Plan::Str
                | Plan::Bytes
                | Plan::Buffer(_)
                | Plan::Random
                | Plan::List(..)
                | Plan::Set(..)
                | Plan::Dict(..)
                | Plan::Object(..)
                | Plan::Collection(..) => {
                    let object = self.next() as *mut Owner;
                    self.object(plan, object)
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
                Plan::Text(class, plain) => {
                    let text = self.make(plain);
                    if text.is_null() {
                        return text;
                    }
                    let made = ffi::PyObject_CallFunctionObjArgs(
                        class.as_ptr(),
                        text,
                        ptr::null_mut::<PyObject>(),
                    );
                    ffi::Py_DECREF(text);
                    made
                }
                Plan::Records(form) => match self.numpy {
                    Some(numpy) => self.array_of(form.clone(), numpy),
                    None => internal("no NumPy for an array"),
                },
                Plan::Row(entry, form) => {
                    let Some(numpy) = self.numpy else {
                        return internal("no NumPy for a record");
                    };
                    let owner = self.next() as *mut Owner;
                    let data = self.next() as *mut u8;
                    let argument = (*owner).object.cast::<PyObject>();
                    if structured::is_row(argument) {
                        return structured::row_within(numpy, entry, form, data, argument);
                    }
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
                Plan::Enum(entry) => {
                    let code = self.next() as i64;
                    object_or_error(|py| records::member_of(py, entry, code))
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
                Item::Value(plan) => objects::pack(self.make(plan)),
                Item::Nothing => ffi::PyTuple_New(0),
                Item::Maybe(plan, slots) => {
                    if self.next() & 1 == 1 {
                        return objects::pack(self.make(plan));
                    }
                    self.at += slots;
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
                    if let Some((plan, width)) = content
                        && *slots & 1 == 1
                    {
                        let content = std::slice::from_raw_parts(slots.add(1), *width);
                        let made = self.make_from(plan, content);
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
        let Some(numpy) = self.numpy else { return internal("no NumPy for a scalar") };
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
        let Some(numpy) = self.numpy else { return internal("no NumPy for an array") };
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
            // A base has taken the memory already where there is one.
            if let Some((_, base)) = self.bases.iter().find(|(o, _)| *o == owner) {
                return view.over(*base);
            }
            let argument = (*owner).object.cast::<PyObject>();
            if !argument.is_null() {
                return if view.is_all_of(argument.cast()) {
                    ffi::Py_INCREF(argument);
                    argument
                } else {
                    view.over(argument)
                };
            }
            if view.covers(&*owner) && (self.ledger.is_some() || self.uses(owner) == 1) {
                let array = view.make();
                if !array.is_null() {
                    self.give_away(owner, array);
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
        match self.owners {
            Some((slots, owners)) => {
                owners.iter().filter(|&&slot| slots[slot] == owner as u64).count()
            }
            None => usize::MAX,
        }
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
                self.give_away(owner, array);
                numpy_api::give_memory(numpy, array.cast());
                self.bases.push((owner, array));
            }
            array
        }
    }

    /// An array takes over the memory of an allocation.
    unsafe fn give_away(&mut self, owner: *mut Owner, array: *mut PyObject) {
        // SAFETY: a live record of this call; compiled code goes on using it only where
        // there is a ledger, which keeps the array as long as the record.
        unsafe {
            match &mut self.ledger {
                None => {
                    cumbia_runtime::detach(self.context, owner);
                }
                Some(ledger) => {
                    cumbia_runtime::hand_over(owner);
                    ledger.add(owner, array);
                }
            }
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
