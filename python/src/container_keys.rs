//! Types of containers among the arguments, from their elements, as key words.
//!
//! An empty container has elements of an open type: the function that gets it says what
//! they are. Elements of different types are refused, but for `None` among others, and
//! empty containers beside those with something in them. What the containers hold is
//! copied later (`containers.rs`).

use crate::arguments::Refusal;
use crate::collections;
use crate::direct::Direct;
use crate::keys::{self, Keys};
use crate::numpy_api::NumPy;
use cumbia_frontend::infer::containers::{has_named_flags, is_hashable, is_storable};
use cumbia_frontend::types::{Callable, Ty, UserFunction};
use pyo3::ffi::{self, PyObject};
use std::ptr;
use std::sync::Arc;

/// Deepest nesting of containers in an argument.
pub const MAX_DEPTH: u32 = 16;

/// Whether a class is that of strings' and containers' arguments, other than `str`.
pub fn is_container(class: *mut ffi::PyTypeObject) -> bool {
    // The addresses of CPython's own type objects.
    class == &raw mut ffi::PyList_Type
        || class == &raw mut ffi::PyDict_Type
        || class == &raw mut ffi::PySet_Type
        || class == &raw mut ffi::PyBytes_Type
        || collections::code_of(class).is_some()
}

/// Appends the words of a container's type.
///
/// # Safety
///
/// A valid object of one of the classes of [`is_container`], and the GIL.
pub unsafe fn read_key(
    object: *mut PyObject,
    numpy: Option<&NumPy>,
    out: &mut Keys,
    depth: u32,
) -> Result<(), Refusal> {
    if depth >= MAX_DEPTH {
        return Err(Refusal::Tuple);
    }
    // SAFETY: the class is checked before each use; items live as long as the container,
    // which nothing changes while this thread holds the GIL and runs no Python code.
    unsafe {
        let class = ffi::Py_TYPE(object);
        let code = collections::code_of(class);
        if let Some(code) = code {
            out.push(keys::COLLECTION | collections::details(object, code)? << 8);
        }
        if code == Some(0) {
            out.push(keys::LIST);
            let mut found = Elements::default();
            each_of_set(object, |item| found.add(item, numpy, depth))?;
            found.finish(out, |_| true)?;
        } else if class == &raw mut ffi::PyBytes_Type {
            out.push(keys::BYTES);
        } else if class == &raw mut ffi::PyList_Type {
            out.push(keys::LIST);
            let mut found = Elements::default();
            let (direct, mut i) = (Direct::get(), 0);
            while i < ffi::PyList_Size(object) {
                // The usual case: all are of one plain class. Looking at these runs no code.
                if let (Some(class), Some(items)) = (found.class, direct.items(object)) {
                    let rest = items[i as usize..].iter();
                    i += rest.take_while(|&&item| ffi::Py_TYPE(item) == class).count() as isize;
                    if i as usize == items.len() {
                        break;
                    }
                }
                found.add(ffi::PyList_GetItem(object, i), numpy, depth)?;
                i += 1;
            }
            found.finish(out, |_| true)?;
        } else if class == &raw mut ffi::PyDict_Type || matches!(code, Some(1..=3)) {
            out.push(keys::DICT);
            let (mut names, mut values) = (Elements::default(), Elements::default());
            let (mut at, mut key, mut value) = (0, ptr::null_mut(), ptr::null_mut());
            while ffi::PyDict_Next(object, &raw mut at, &raw mut key, &raw mut value) != 0 {
                names.add(key, numpy, depth)?;
                values.add(value, numpy, depth)?;
            }
            names.finish(out, is_hashable)?;
            values.finish(out, |_| true)?;
        } else {
            out.push(keys::SET);
            let mut found = Elements::default();
            each_of_set(object, |item| found.add(item, numpy, depth))?;
            // A set is in the order of Python's hashes.
            found.finish(out, |t| is_hashable(t) && !has_named_flags(t))?;
        }
    }
    Ok(())
}

/// Calls `f` with each item of a set or deque.
///
/// # Safety
///
/// A valid set or deque, and the GIL.
pub unsafe fn each_of_set(
    set: *mut PyObject,
    mut f: impl FnMut(*mut PyObject) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    // SAFETY: a valid set; its iterator runs no Python code, and the item is kept by the
    // set beyond the reference that `PyIter_Next` gives.
    unsafe {
        let iterator = ffi::PyObject_GetIter(set);
        if iterator.is_null() {
            ffi::PyErr_Clear();
            return Err(Refusal::Type);
        }
        let mut result = Ok(());
        while result.is_ok() {
            let item = ffi::PyIter_Next(iterator);
            if item.is_null() {
                break;
            }
            result = f(item);
            ffi::Py_DECREF(item);
        }
        ffi::Py_DECREF(iterator);
        result
    }
}

/// The common type of elements.
#[derive(Default)]
struct Elements {
    words: Option<Keys>,
    /// The class of the elements so far, if its words follow from it alone.
    class: Option<*mut ffi::PyTypeObject>,
    optional: bool,
}

impl Elements {
    unsafe fn add(
        &mut self,
        item: *mut PyObject,
        numpy: Option<&NumPy>,
        depth: u32,
    ) -> Result<(), Refusal> {
        // SAFETY: passed on from `read_key`.
        unsafe {
            let class = ffi::Py_TYPE(item);
            if self.class == Some(class) {
                return Ok(());
            }
            if item == ffi::Py_None() {
                self.optional = true;
                return Ok(());
            }
            let mut frame = crate::arguments::Frame::new();
            frame.read_at(item, numpy, depth + 1)?;
            let words = frame.keys;
            // The type of these says it all.
            let plain = words.len() == 1 && matches!(words[0], keys::INT | keys::FLOAT | keys::STR);
            match &self.words {
                None => {
                    self.class = plain.then_some(class);
                    self.words = Some(words);
                }
                Some(known) if *known == words => {}
                Some(known) => {
                    let merged = merge(&single(known), &single(&words)).ok_or(Refusal::Mixed)?;
                    let mut out = Keys::new();
                    keys::words(&merged, &mut out).ok_or(Refusal::Mixed)?;
                    self.words = Some(out);
                    self.class = None;
                }
            }
        }
        Ok(())
    }

    fn finish(self, out: &mut Keys, may_be: impl Fn(&Ty) -> bool) -> Result<(), Refusal> {
        // Many things are arguments that no container of compiled code holds.
        if let Some(words) = &self.words
            && !matches!(words[..], [keys::INT | keys::FLOAT | keys::STR])
        {
            let ty = single(words);
            if !is_storable(&ty) || !may_be(&ty) {
                return Err(Refusal::Mixed);
            }
        }
        match (self.words, self.optional) {
            (None, false) => out.push(keys::OPEN),
            (None, true) => out.push(keys::NONE),
            (Some(words), optional) => {
                if optional {
                    out.push(keys::OPTIONAL);
                }
                out.extend(words);
            }
        }
        Ok(())
    }
}

/// Whether compiled code for elements of a type takes this one.
///
/// # Safety
///
/// A valid object, and the GIL.
pub unsafe fn fits(object: *mut PyObject, numpy: Option<&NumPy>, ty: &Ty) -> bool {
    let mut frame = crate::arguments::Frame::new();
    // SAFETY: the object lives longer than the frame.
    if unsafe { frame.read(object, numpy) }.is_err() {
        return false;
    }
    let (mut expected, mut merged) = (Keys::new(), Keys::new());
    merge(&single(&frame.keys), ty).is_some_and(|all| {
        keys::words(ty, &mut expected).is_some()
            && keys::words(&all, &mut merged).is_some()
            && expected == merged
    })
}

fn single(words: &[u32]) -> Ty {
    keys::types(words).swap_remove(0)
}

/// The type that holds for two elements: only empty containers adapt.
fn merge(a: &Ty, b: &Ty) -> Option<Ty> {
    let site = Default::default;
    Some(match (a, b) {
        _ if a == b => a.clone(),
        (Ty::Open(..), t) | (t, Ty::Open(..)) => t.clone(),
        (Ty::List(x, _), Ty::List(y, _)) => Ty::List(merge(x, y)?.into(), site()),
        (Ty::Set(x, _), Ty::Set(y, _)) => Ty::Set(merge(x, y)?.into(), site()),
        (Ty::Dict(x, _), Ty::Dict(y, _)) => {
            Ty::Dict((merge(&x.0, &y.0)?, merge(&x.1, &y.1)?).into(), site())
        }
        (Ty::Collection(k, x), Ty::Collection(l, y)) if k == l => {
            Ty::Collection(k.clone(), merge(x, y)?.into())
        }
        (Ty::Tuple(x), Ty::Tuple(y)) if x.len() == y.len() => {
            let items: Option<Vec<Ty>> = x.iter().zip(y.iter()).map(|(p, q)| merge(p, q)).collect();
            Ty::tuple(items?)
        }
        (Ty::Record(c, x), Ty::Record(d, y)) if c == d => {
            let items: Option<Arc<[Ty]>> =
                x.iter().zip(y.iter()).map(|(p, q)| merge(p, q)).collect();
            Ty::Record(c.clone(), items?)
        }
        (Ty::Object(c, x), Ty::Object(d, y)) if c == d => {
            Ty::Object(c.clone(), merge(x, y)?.into())
        }
        (Ty::Optional(x), Ty::Optional(y)) => Ty::Optional(merge(x, y)?.into()),
        (Ty::Optional(x), y) | (y, Ty::Optional(x)) => Ty::Optional(merge(x, y)?.into()),
        (Ty::None, t) | (t, Ty::None) => Ty::Optional(t.clone().into()),
        _ => one_of(a, b)?,
    })
}

/// Most functions that elements can be.
const MAX_FUNCTIONS: usize = 64;

/// One of several functions, by address: the same functions in another order are no other
/// type.
fn one_of(a: &Ty, b: &Ty) -> Option<Ty> {
    let mut all = addresses(a)?;
    all.extend(addresses(b)?);
    all.sort_unstable();
    all.dedup();
    let one = |&address: &u64| Ty::Callable(Callable::User(UserFunction::unnamed(address)));
    let of = || all.iter().map(one).collect();
    (all.len() <= MAX_FUNCTIONS).then(|| Ty::Choice(of()))
}

fn addresses(ty: &Ty) -> Option<Vec<u64>> {
    match ty {
        Ty::Callable(Callable::User(address)) => Some(vec![address.handle]),
        Ty::Choice(of) => {
            let all: Option<Vec<Vec<u64>>> = of.iter().map(addresses).collect();
            Some(all?.concat())
        }
        _ => None,
    }
}
