//! Python's strings and containers as objects of compiled code, and back.
//!
//! Types are `container_keys.rs`'s. Copying: [`Loan`] makes the runtime's objects for one call,
//! one for each Python object, so that aliases stay aliases. Writing back: after the call,
//! also after one that raised, [`Loan::settle`] puts what has changed into the very Python
//! objects, so that the caller sees it. An element that was not touched stays the same
//! object.
//!
//! All this costs time in proportion to the content. Another thread that uses a container
//! meanwhile sees it as it was before the call, and what it changes may be overwritten.

mod recent;
pub mod waiting;
mod write_back;

use recent::Recent;
use write_back::{content, is_as_before, write_back};

use crate::boxing::Boxes;
use crate::collections;
use crate::container_keys::each_of_set;
use crate::direct::Direct;
use crate::keys::{self, Keys};
use crate::numpy_api::{self, NumPy};
use crate::sets;
use cumbia_abi::{
    Context, IMMORTAL, Layout, ListObject, ObjectKind, Owner, TableObject, layout_bytes,
};
use cumbia_frontend::lower::layout_code;
use cumbia_frontend::types::{Collection, DType, Ty};
use cumbia_runtime::call_helper;
use pyo3::exceptions::{PyMemoryError, PyOverflowError, PyRuntimeError, PyTypeError};
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::ptr;

/// Layouts of the types in a specialization's arguments, at addresses that last as long.
#[derive(Default)]
pub struct Layouts {
    by_code: FxHashMap<String, Box<[u64]>>,
    /// The types of functions in containers, by address; the guards keep them alive.
    functions: FxHashMap<usize, Ty>,
}

impl Layouts {
    /// Layouts for all containers in these types.
    pub fn new<'a>(types: impl IntoIterator<Item = &'a Ty>) -> Layouts {
        let mut layouts = Layouts::default();
        types.into_iter().for_each(|ty| layouts.collect(ty));
        layouts
    }

    /// With functions that containers may hold.
    pub fn knowing(mut self, given: &[(Py<PyAny>, Ty)]) -> Layouts {
        let given = given.iter().map(|(object, ty)| (object.as_ptr().addr(), ty.clone()));
        self.functions.extend(given);
        self
    }

    /// A type's own layout beside those of the containers in it.
    pub fn with(mut self, ty: &Ty) -> Layouts {
        self.add(ty);
        self.collect(ty);
        self
    }

    fn collect(&mut self, ty: &Ty) {
        match ty.storage() {
            Ty::List(t, _) | Ty::Set(t, _) => {
                self.add(t);
                self.collect(t);
            }
            Ty::Dict(pair, _) => {
                for t in [&pair.0, &pair.1] {
                    self.add(t);
                    self.collect(t);
                }
            }
            Ty::Tuple(items) | Ty::Record(_, items) => {
                items.iter().for_each(|t| self.collect(t));
            }
            Ty::Keywords(items) => items.iter().for_each(|(_, t)| self.collect(t)),
            Ty::Object(_, t) => {
                self.add(t);
                self.collect(t);
            }
            Ty::Optional(t) => self.collect(t),
            _ => {}
        }
    }

    fn add(&mut self, ty: &Ty) {
        self.by_code.entry(layout_code(ty)).or_insert_with_key(|code| {
            let mut bytes = layout_bytes(code);
            bytes.resize(bytes.len().next_multiple_of(8), 0);
            bytes
                .chunks_exact(8)
                .map(|c| u64::from_le_bytes(c.try_into().expect("eight bytes")))
                .collect()
        });
    }

    /// The layout of a type that is among those.
    pub fn of(&self, ty: &Ty) -> *const Layout {
        self.by_code[&layout_code(ty)].as_ptr().cast()
    }
}

/// Whether an argument of the type stands in its slots as a Python object.
pub fn needs_loan(ty: &Ty) -> bool {
    match ty {
        Ty::Str | Ty::Bytes | Ty::List(..) | Ty::Set(..) | Ty::Dict(..) => true,
        Ty::Object(..) => true,
        Ty::Collection(..) => true,
        Ty::Tuple(items) | Ty::Record(_, items) => items.iter().any(needs_loan),
        Ty::Keywords(items) => items.iter().any(|(_, t)| needs_loan(t)),
        Ty::Optional(t) => needs_loan(t),
        _ => false,
    }
}

/// A container of the caller and its object for this call.
struct Lent<'a> {
    object: *mut PyObject,
    native: *mut Owner,
    ty: &'a Ty,
    /// Its slots at the start: what they held tells what has changed.
    before: Vec<u64>,
    /// Of a generator's loan: what Python's container held when it was looked at last.
    items: Option<waiting::Items>,
}

/// What one call has borrowed.
pub struct Loan<'a> {
    layouts: &'a Layouts,
    numpy: Option<&'static NumPy>,
    /// Whether the code leaves lists as they are: nothing is written back to them then.
    pub lists_stay: bool,
    direct: Direct,
    /// The object of each container with its type. The Python object is held until the
    /// loan is over: compiled code runs without the GIL, and another thread may drop it.
    natives: FxHashMap<*mut PyObject, (*mut Owner, &'a Ty)>,
    recent: Recent,
    /// Arrays and strings, for the same reason.
    kept: Vec<*mut PyObject>,
    lent: Vec<Lent<'a>>,
    /// Records of arrays in containers.
    #[expect(clippy::vec_box, reason = "their addresses are given away")]
    owners: Vec<Box<Owner>>,
    /// Values of attributes of elements.
    held: Vec<Py<PyAny>>,
}

type Done = Result<(), PyErr>;

impl<'a> Loan<'a> {
    /// Nothing borrowed yet.
    pub fn new(layouts: &'a Layouts, numpy: Option<&'static NumPy>) -> Loan<'a> {
        Loan {
            layouts,
            numpy,
            lists_stay: false,
            direct: Direct::get(),
            natives: FxHashMap::default(),
            recent: Recent::default(),
            kept: Vec::new(),
            lent: Vec::new(),
            owners: Vec::new(),
            held: Vec::new(),
        }
    }

    /// Replaces the Python objects in arguments' slots by objects of the call.
    ///
    /// # Safety
    ///
    /// The slots are as `Frame::read` filled them for these types; the GIL is held.
    pub unsafe fn borrow(
        &mut self,
        context: &mut Context,
        types: impl IntoIterator<Item = &'a Ty>,
        slots: &mut [u64],
    ) -> Done {
        let mut at = 0;
        for ty in types {
            // SAFETY: passed on.
            unsafe { self.borrow_argument(context, ty, slots, &mut at)? };
        }
        Ok(())
    }

    unsafe fn borrow_argument(
        &mut self,
        context: &mut Context,
        ty: &'a Ty,
        slots: &mut [u64],
        at: &mut usize,
    ) -> Done {
        match ty {
            Ty::Str
            | Ty::Bytes
            | Ty::List(..)
            | Ty::Set(..)
            | Ty::Dict(..)
            | Ty::Collection(..)
            | Ty::Object(..) => {
                let object = slots[*at] as *mut PyObject;
                // SAFETY: the argument itself stands in the slot.
                unsafe { self.store(context, ty, object, &mut slots[*at])? };
                *at += 1;
            }
            // A dataclass's attributes are kept alive by the frame.
            Ty::Tuple(items) | Ty::Record(_, items) => {
                for item in items.iter() {
                    // SAFETY: passed on.
                    unsafe { self.borrow_argument(context, item, slots, at)? };
                }
            }
            Ty::Keywords(items) => {
                for (_, item) in items.iter() {
                    // SAFETY: passed on.
                    unsafe { self.borrow_argument(context, item, slots, at)? };
                }
            }
            other => {
                // A Python object must never be taken for an object of compiled code.
                assert!(!needs_loan(other), "{other} as an argument");
                *at += other.part_types().len();
            }
        }
        Ok(())
    }

    /// Writes a value's parts to slots.
    unsafe fn store(
        &mut self,
        context: &mut Context,
        ty: &'a Ty,
        object: *mut PyObject,
        slots: *mut u64,
    ) -> Done {
        // SAFETY: `object` is of the type that its key says, `slots` has room for the
        // type's parts, and the GIL is held.
        unsafe {
            match ty {
                Ty::None | Ty::Open(..) => {}
                Ty::Bool => slots.write(u64::from(object == ffi::Py_True())),
                Ty::Int => {
                    if ffi::Py_TYPE(object) == &raw mut ffi::PyLong_Type
                        && let Some(value) = self.direct.int(object)
                    {
                        slots.write(value as u64);
                        return Ok(());
                    }
                    let mut overflow = 0;
                    let value = ffi::PyLong_AsLongLongAndOverflow(object, &raw mut overflow);
                    if overflow != 0 {
                        return Err(PyOverflowError::new_err(
                            "an element of an argument does not fit in 64 bits; compiled ints \
                             are 64 bits wide, pass floats if an approximation will do",
                        ));
                    }
                    slots.write(value as u64);
                }
                Ty::Float => slots.write(ffi::PyFloat_AsDouble(object).to_bits()),
                Ty::Complex => {
                    slots.write(ffi::PyComplex_RealAsDouble(object).to_bits());
                    slots.add(1).write(ffi::PyComplex_ImagAsDouble(object).to_bits());
                }
                Ty::Num(dtype) => scalar(object, *dtype, slots),
                Ty::Tuple(items) => {
                    let mut at = slots;
                    for (i, item) in items.iter().enumerate() {
                        self.store(context, item, ffi::PyTuple_GetItem(object, i as isize), at)?;
                        at = at.add(item.part_types().len());
                    }
                }
                Ty::Record(class, items) => {
                    let mut at = slots;
                    for (i, item) in items.iter().enumerate() {
                        let value = match class.is_tuple() {
                            true if ffi::PyTuple_Size(object) as usize == items.len() => {
                                ffi::PyTuple_GetItem(object, i as isize)
                            }
                            true => return Err(changed()),
                            false => {
                                let value = crate::records::attribute(class.handle, object, i);
                                let Some(value) = value else { return Err(changed()) };
                                self.held.push(value);
                                self.held[self.held.len() - 1].as_ptr()
                            }
                        };
                        self.store(context, item, value, at)?;
                        at = at.add(item.part_types().len());
                    }
                }
                Ty::Choice(of) => {
                    let known = self.layouts.functions.get(&object.addr());
                    let at = known.and_then(|ty| of.iter().position(|one| one == ty));
                    slots.write(at.ok_or_else(changed)? as u64);
                }
                // It holds nothing.
                Ty::Callable(_) if self.layouts.functions.get(&object.addr()) == Some(ty) => {}
                Ty::Enum(class) => {
                    let code = crate::records::member_code(class.class.handle, object);
                    slots.write(code.ok_or_else(changed)? as u64);
                }
                Ty::Optional(inner) => {
                    let there = object != ffi::Py_None();
                    ptr::write_bytes(slots, 0, 1 + inner.part_types().len());
                    if there {
                        slots.write(1);
                        self.store(context, inner, object, slots.add(1))?;
                    }
                }
                Ty::Array(a) => {
                    let mut frame = crate::arguments::Frame::new();
                    if frame.read(object, self.numpy).is_err() {
                        return Err(changed());
                    }
                    for (i, &slot) in frame.slots.iter().enumerate() {
                        slots.add(i).write(slot);
                    }
                    let data = slots.add(1).read() as *mut u8;
                    debug_assert_eq!(frame.slots.len(), 2 + 2 * usize::from(a.ndim));
                    let mut owner =
                        Box::new(cumbia_runtime::argument_owner(data, 0, object.cast()));
                    slots.write(ptr::from_mut(&mut *owner) as u64);
                    self.owners.push(owner);
                    ffi::Py_INCREF(object);
                    self.kept.push(object);
                }
                Ty::Str => {
                    let string = self.string(context, object)?;
                    // Of a generator's loan, an object may be counted.
                    (*string).refcount += 1;
                    slots.write(string as u64);
                }
                Ty::Bytes
                | Ty::List(..)
                | Ty::Set(..)
                | Ty::Dict(..)
                | Ty::Collection(..)
                | Ty::Object(..) => {
                    let native = self.native(context, ty, object)?;
                    (*native).refcount += 1;
                    slots.write(native as u64);
                }
                _ => return Err(changed()),
            }
        }
        Ok(())
    }

    /// The object of this call for a Python object.
    unsafe fn native(
        &mut self,
        context: &mut Context,
        ty: &'a Ty,
        object: *mut PyObject,
    ) -> Result<*mut Owner, PyErr> {
        match self.natives.get(&object) {
            // An empty container may be used as one thing here and as another there.
            Some((_, known)) if !same_type(known, ty) => return Err(two_types()),
            Some((known, _)) => return Ok(*known),
            None => {}
        }
        // SAFETY: as in `store`; `call_helper` gets objects and layouts of this loan.
        unsafe {
            let source = self.source(ty, object)?;
            let native = match ty.storage() {
                Ty::Bytes => {
                    let size = ffi::PyBytes_Size(object) as usize;
                    let data = ffi::PyBytes_AsString(object).cast::<u8>();
                    let bytes = std::slice::from_raw_parts(data, size);
                    cumbia_runtime::new_units(context, ObjectKind::Bytes, bytes, 1)
                        .ok_or_else(no_memory)?
                }
                Ty::List(t, _) => {
                    let length = ffi::PyList_Size(source);
                    let layout = self.layouts.of(t) as u64;
                    let list = helper(helpers::LIST_NEW, context, &[layout, length as u64])?;
                    let list = list as *mut ListObject;
                    self.hold(object, list.cast(), ty);
                    // Nothing else knows the list: it has room for all, and stays there.
                    let (width, first) = (t.part_types().len(), (*list).owner.data.cast::<u64>());
                    let done = self.plain_items(context, t, source, list)?;
                    for i in done..length {
                        if i >= ffi::PyList_Size(source) {
                            return Err(changed());
                        }
                        let item = ffi::PyList_GetItem(source, i);
                        let place = first.wrapping_add(i as usize * width);
                        self.store(context, t, item, place)?;
                        (*list).length += 1;
                    }
                    list.cast()
                }
                Ty::Object(class, fields) => {
                    let layout = self.layouts.of(fields) as u64;
                    let native = helper(helpers::LIST_NEW, context, &[layout, 1])?;
                    let native = native as *mut ListObject;
                    self.hold(object, native.cast(), ty);
                    let mut at = (*native).owner.data.cast::<u64>();
                    for (i, field) in fields.items().iter().enumerate() {
                        let value = crate::records::attribute(class.handle, object, i);
                        let Some(value) = value else { return Err(changed()) };
                        let address = value.as_ptr();
                        self.held.push(value);
                        self.store(context, field, address, at)?;
                        at = at.wrapping_add(field.part_types().len());
                    }
                    (*native).length = 1;
                    native.cast()
                }
                Ty::Set(t, _) => {
                    let layout = self.layouts.of(t) as u64;
                    let set = helper(helpers::SET_NEW, context, &[layout])?;
                    self.hold(object, set as *mut Owner, ty);
                    let same = sets::take_over(
                        context,
                        object,
                        set as *mut TableObject,
                        |context, item, key| {
                            self.store(context, t, item, key)?;
                            Ok(helper(helpers::VALUE_HASH, context, &[layout, key as u64])? as i64)
                        },
                    );
                    if !same? {
                        helper(helpers::TABLE_CLEAR, context, &[set])?;
                        let mut items = Vec::new();
                        let collected = each_of_set(object, |item| {
                            items.push(item);
                            Ok(())
                        });
                        collected.map_err(|_| changed())?;
                        for item in items {
                            let mut key: SmallVec<[u64; 8]> = SmallVec::new();
                            key.resize(t.part_types().len(), 0);
                            self.store(context, t, item, key.as_mut_ptr())?;
                            pass(context, &key)?;
                            helper(helpers::SET_ADD, context, &[set])?;
                        }
                    }
                    set as *mut Owner
                }
                Ty::Dict(pair, _) => {
                    let layouts =
                        [self.layouts.of(&pair.0) as u64, self.layouts.of(&pair.1) as u64];
                    let dict = helper(helpers::DICT_NEW, context, &layouts)?;
                    self.hold(object, dict as *mut Owner, ty);
                    let (mut at, mut name, mut value) = (0, ptr::null_mut(), ptr::null_mut());
                    while ffi::PyDict_Next(source, &raw mut at, &raw mut name, &raw mut value) != 0
                    {
                        let mut key: SmallVec<[u64; 8]> = SmallVec::new();
                        key.resize(pair.0.part_types().len(), 0);
                        self.store(context, &pair.0, name, key.as_mut_ptr())?;
                        let mut slots: SmallVec<[u64; 8]> = SmallVec::new();
                        slots.resize(pair.1.part_types().len(), 0);
                        self.store(context, &pair.1, value, slots.as_mut_ptr())?;
                        pass(context, &key)?;
                        let place = helper(helpers::DICT_ASSIGN, context, &[dict])? as *mut u64;
                        for (i, &slot) in slots.iter().enumerate() {
                            place.add(i).write(slot);
                        }
                    }
                    dict as *mut Owner
                }
                _ => return Err(changed()),
            };
            (*native).object = object.cast();
            // It lives as long as the call: an address stands for one object all the time.
            (*native).refcount = IMMORTAL;
            if matches!(ty, Ty::Bytes) {
                self.hold(object, native, ty);
            }
            if let Ty::Collection(Collection::Deque, _) = ty {
                (*native.cast::<ListObject>()).limit = collections::limit(object);
            }
            let stays = self.lists_stay && matches!(ty, Ty::List(..));
            let frozen = matches!(ty, Ty::Collection(kind, _) if kind.is_frozen());
            if !stays && !frozen && !matches!(ty, Ty::Bytes) {
                let before = content(native, ty);
                self.lent.push(Lent { object, native, ty, before, items: None });
            }
            Ok(native)
        }
    }

    /// The object for a string, which the loan keeps alive.
    unsafe fn string(
        &mut self,
        context: &mut Context,
        object: *mut PyObject,
    ) -> Result<*mut Owner, PyErr> {
        // SAFETY: a str, whose units live as long as it does; the GIL is held. What is
        // remembered was made for this loan.
        unsafe {
            let exact = ffi::Py_TYPE(object) == &raw mut ffi::PyUnicode_Type;
            let native = match self.direct.units(object) {
                Some(units) if exact => {
                    let place = self.recent.place(object, &units);
                    if let Some(place) = place
                        && let Some(known) = self.recent.find(place, object, &units)
                    {
                        return Ok(known);
                    }
                    let size = [units.length, units.unit];
                    let native = cumbia_runtime::lend_string(
                        context,
                        object.cast(),
                        units.first,
                        size,
                        units.hash,
                    );
                    if native.is_null() {
                        return Err(no_memory());
                    }
                    if let Some(place) = place {
                        self.recent.keep(place, native);
                    }
                    native
                }
                _ => {
                    let native = new_string(context, object)?;
                    (*native).object = object.cast();
                    (*native).refcount = IMMORTAL;
                    native
                }
            };
            ffi::Py_INCREF(object);
            self.kept.push(object);
            Ok(native)
        }
    }

    /// Stores the items of a list of plain objects, up to the first that is none; how many.
    unsafe fn plain_items(
        &mut self,
        context: &mut Context,
        ty: &'a Ty,
        object: *mut PyObject,
        list: *mut ListObject,
    ) -> Result<isize, PyErr> {
        let direct = self.direct;
        // SAFETY: as in `store`: a list with room for all items of the Python list; what is
        // called here runs no Python code, so that this stays as it is.
        unsafe {
            let Some(items) = direct.items(object) else { return Ok(0) };
            let slots: *mut u64 = (*list).owner.data.cast();
            let room = (*list).owner.size / 8;
            let items = &items[..items.len().min(room)];
            let mut done = 0;
            match ty {
                Ty::Int => {
                    let class = &raw mut ffi::PyLong_Type;
                    for (i, &item) in items.iter().enumerate() {
                        let value = match ffi::Py_TYPE(item) == class {
                            true => direct.int(item),
                            false => None,
                        };
                        let Some(value) = value else { break };
                        slots.add(i).write(value as u64);
                        done = i + 1;
                    }
                }
                Ty::Float => {
                    let class = &raw mut ffi::PyFloat_Type;
                    for (i, &item) in items.iter().enumerate() {
                        if ffi::Py_TYPE(item) != class {
                            break;
                        }
                        slots.add(i).write(direct.float(item).to_bits());
                        done = i + 1;
                    }
                }
                Ty::Str => {
                    self.recent.expect(items.len());
                    for (i, &item) in items.iter().enumerate() {
                        if ffi::Py_TYPE(item) != &raw mut ffi::PyUnicode_Type {
                            break;
                        }
                        let native = self.string(context, item)?;
                        slots.add(i).write(native as u64);
                        done = i + 1;
                    }
                }
                _ => {}
            }
            (*list).length = done as i64;
            Ok(done as isize)
        }
    }

    /// What a container's content is read from: itself, or a copy in the right order.
    unsafe fn source(&mut self, ty: &Ty, object: *mut PyObject) -> Result<*mut PyObject, PyErr> {
        let Ty::Collection(kind @ (Collection::Deque | Collection::OrderedDict), _) = ty else {
            return Ok(object);
        };
        // SAFETY: an object of the class that its key says, and the GIL.
        let copy = unsafe { collections::plain_copy(kind, object) };
        if copy.is_null() {
            return Err(changed());
        }
        self.kept.push(copy);
        Ok(copy)
    }

    /// Notes the object for a Python object.
    unsafe fn hold(&mut self, object: *mut PyObject, native: *mut Owner, ty: &'a Ty) {
        // SAFETY: a live object, and the GIL.
        unsafe { ffi::Py_INCREF(object) };
        self.natives.insert(object, (native, ty));
    }

    /// Puts what has changed back into the caller's containers.
    ///
    /// # Safety
    ///
    /// The call is over, its context still there, and the GIL is held.
    pub unsafe fn settle(&self, py: Python<'_>, boxes: &mut Boxes<'_>) -> Done {
        for lent in &self.lent {
            // SAFETY: the object is alive in its context; passed on.
            unsafe {
                if !is_as_before(lent) {
                    let now = content(lent.native, lent.ty);
                    write_back(py, lent, &now, boxes)?;
                }
            }
        }
        Ok(())
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        // SAFETY: references that `hold` and `store` took; a loan is dropped where the call
        // was made, with the GIL.
        unsafe {
            self.natives.keys().chain(&self.kept).for_each(|&object| ffi::Py_DECREF(object));
        }
    }
}

/// Indices of runtime functions.
pub mod helpers {
    const fn index(name: &str) -> usize {
        cumbia_abi::helper_index(name).expect("a runtime function")
    }
    pub const LIST_APPEND: usize = index("list_append");
    pub const LIST_CLEAR: usize = index("list_clear");
    pub const LIST_NEW: usize = index("list_new");
    pub const SET_NEW: usize = index("set_new");
    pub const SET_ADD: usize = index("set_add");
    pub const DICT_NEW: usize = index("dict_new");
    pub const DICT_ASSIGN: usize = index("dict_assign");
    pub const DICT_VALUE: usize = index("dict_value");
    pub const TABLE_CLEAR: usize = index("table_clear");
    pub const TABLE_KEY: usize = index("table_key");
    pub const TABLE_NEXT: usize = index("table_next");
    pub const VALUE_RETAIN: usize = index("value_retain");
    pub const VALUE_RELEASE: usize = index("value_release");
    pub const VALUE_HASH: usize = index("value_hash");
    pub const SCRATCH: usize = index("scratch");
}

/// Calls a runtime function.
unsafe fn helper(index: usize, context: &mut Context, args: &[u64]) -> Result<u64, PyErr> {
    // SAFETY: the caller's: objects of this context.
    let result = unsafe { call_helper(index, context, args) };
    if context.status != cumbia_abi::STATUS_OK {
        context.status = cumbia_abi::STATUS_OK;
        return Err(no_memory());
    }
    Ok(result)
}

/// Calls a runtime function that needs nothing of its context.
///
/// # Safety
///
/// Live objects, as the function takes them.
pub unsafe fn bare(index: usize, args: &[u64]) -> u64 {
    cumbia_runtime::with_context(|context| {
        // SAFETY: the caller's; these functions read their arguments alone.
        unsafe { call_helper(index, context, args) }
    })
}

/// Puts a key's slots into the scratch buffer.
unsafe fn pass(context: &mut Context, key: &[u64]) -> Done {
    // SAFETY: the buffer has room for the slots of every key.
    unsafe {
        let scratch = helper(helpers::SCRATCH, context, &[])? as *mut u64;
        for (i, &slot) in key.iter().enumerate() {
            scratch.add(i).write(slot);
        }
    }
    Ok(())
}

unsafe fn scalar(object: *mut PyObject, dtype: DType, slots: *mut u64) {
    let mut frame = crate::arguments::Frame::new();
    // SAFETY: an exact NumPy scalar of the dtype.
    unsafe {
        frame.read_scalar(numpy_api::scalar_value(object), dtype);
        for (i, &slot) in frame.slots.iter().enumerate() {
            slots.add(i).write(slot);
        }
    }
}

/// A string's object.
unsafe fn new_string(context: &mut Context, object: *mut PyObject) -> Result<*mut Owner, PyErr> {
    // SAFETY: an exact str; the buffers live as long as it, or until they are freed here.
    unsafe {
        let length = ffi::PyUnicode_GetLength(object) as usize;
        let mut size = 0;
        let utf8 = ffi::PyUnicode_AsUTF8AndSize(object, &raw mut size);
        if !utf8.is_null() && size as usize == length {
            let units = std::slice::from_raw_parts(utf8.cast::<u8>(), length);
            return cumbia_runtime::new_units(context, ObjectKind::Str, units, 1)
                .ok_or_else(no_memory);
        }
        // Lone surrogates have no UTF-8.
        ffi::PyErr_Clear();
        let points = ffi::PyUnicode_AsUCS4Copy(object);
        if points.is_null() {
            ffi::PyErr_Clear();
            return Err(no_memory());
        }
        let all = std::slice::from_raw_parts(points.cast::<u32>(), length);
        let unit = match all.iter().max() {
            Some(&top) if top > 0xFFFF => 4,
            Some(&top) if top > 0xFF => 2,
            _ => 1,
        };
        let units: Vec<u8> =
            all.iter().flat_map(|p| p.to_le_bytes().into_iter().take(unit)).collect();
        ffi::PyMem_Free(points.cast());
        cumbia_runtime::new_units(context, ObjectKind::Str, &units, unit).ok_or_else(no_memory)
    }
}

#[cold]
fn no_memory() -> PyErr {
    PyMemoryError::new_err("no memory for the content of an argument")
}

/// Whether types are the same, whatever container of theirs was never used.
fn same_type(a: &Ty, b: &Ty) -> bool {
    a == b || {
        let (mut x, mut y) = (Keys::new(), Keys::new());
        keys::words(a, &mut x).is_some() && keys::words(b, &mut y).is_some() && x == y
    }
}

#[cold]
fn two_types() -> PyErr {
    PyTypeError::new_err(
        "the same container is passed in two places which are used with different types \
         of elements; pass two containers",
    )
}

/// Another thread has changed a container between the look at its type and now.
#[cold]
fn changed() -> PyErr {
    PyRuntimeError::new_err("a container was changed by another thread while it was read")
}
