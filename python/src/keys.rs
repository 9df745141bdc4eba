//! Compact keys: the types of a call's arguments as a short list of words.
//!
//! The call path compares words, not types. One word for each number, array or
//! None; a tuple is a word with its length, followed by its items' words, so that
//! two lists are equal exactly when the types are.

use crate::{collections, records, structured};
use cumbia_frontend::buffers::{BufferKind, BufferTy};
use cumbia_frontend::types::{ArrayTy, Callable, DType, Layout, Site, Ty, UserFunction};
use smallvec::SmallVec;
use std::sync::{Arc, Mutex, PoisonError};

/// Words of one call.
pub type Keys = SmallVec<[u32; 12]>;

/// `None`.
pub const NONE: u32 = 0;
/// Python bool.
pub const BOOL: u32 = 1;
/// Python int.
pub const INT: u32 = 2;
/// Python float.
pub const FLOAT: u32 = 3;
/// Python complex.
pub const COMPLEX: u32 = 4;
/// Python str.
pub const STR: u32 = 8;
/// Python bytes.
pub const BYTES: u32 = 9;
/// A list; its elements' type follows.
pub const LIST: u32 = 10;
/// A set; its elements' type follows.
pub const SET: u32 = 11;
/// A dict; types of keys and values follow.
pub const DICT: u32 = 12;
/// An element of an empty container.
pub const OPEN: u32 = 13;
/// None or a value, as an element; its type follows.
pub const OPTIONAL: u32 = 14;
/// An object of `collections.rs`: its details, then the type that it is made of.
pub const COLLECTION: u32 = 15;
/// A range.
pub const RANGE: u32 = 16;
/// A slice; the types of its three parts follow.
pub const SLICE: u32 = 17;
const NUM: u32 = 5;
const TUPLE: u32 = 6;
const ARRAY: u32 = 7;
const OBJECT: u32 = 40;
const KEYWORDS: u32 = 41;
/// An element that is one of several functions; so many of [`object`] follow, by address.
const CHOICE: u32 = 42;
const RECORD: u32 = 20;
const RECORDS: u32 = 21;
/// An element of an array of a structured dtype, whose handle is the next word.
const ROW: u32 = 24;
const BUFFER: u32 = 22;
/// A `numpy.random.Generator`.
pub const RANDOM: u32 = 23;

/// A NumPy scalar.
#[inline]
pub fn num(dtype: DType) -> u32 {
    NUM | u32::from(dtype.code()) << 8
}

/// The head of a tuple.
#[inline]
pub fn tuple(len: usize) -> u32 {
    TUPLE | (len as u32) << 8
}

/// The head of an instance of a class of the user; a namedtuple's and dataclass's fields
/// follow.
#[inline]
pub fn record(handle: u64) -> u32 {
    RECORD | (handle as u32) << 8
}

/// An array of a structured dtype, whose handle is the next word.
#[inline]
pub fn records(ndim: u32, layout: Layout, readonly: bool, recarray: bool) -> u32 {
    let flags = u32::from(readonly) | u32::from(recarray) << 1;
    RECORDS | flags << 8 | ndim << 16 | (layout as u32) << 24
}

/// What [`records`] put into a word.
pub fn records_of(word: u32) -> (u8, Layout, bool, bool) {
    let flag = |bit: u32| word >> (8 + bit) & 1 != 0;
    let layout = [Layout::C, Layout::F, Layout::A][(word >> 24 & 3) as usize];
    ((word >> 16 & 0xFF) as u8, layout, flag(0), flag(1))
}

/// An element of a structured dtype, whose handle is the next word.
pub fn row(readonly: bool) -> u32 {
    ROW | u32::from(readonly) << 8
}

/// A bytearray, array.array or memoryview.
pub fn buffer(ty: BufferTy) -> [u32; 1] {
    let readonly = u32::from(ty.readonly) << 26;
    [BUFFER | (ty.kind as u32) << 8 | u32::from(ty.code) << 16 | readonly]
}

/// An array.
#[inline]
pub fn array(dtype: DType, ndim: u32, layout: Layout, readonly: bool) -> u32 {
    array_of_code(dtype.code(), ndim, layout, readonly)
}

/// As [`array`], of a dtype's code.
#[inline]
pub fn array_of_code(code: u8, ndim: u32, layout: Layout, readonly: bool) -> u32 {
    ARRAY | u32::from(code) << 8 | ndim << 16 | (layout as u32) << 24 | u32::from(readonly) << 26
}

/// An object that is known by its address: a function. Whoever keeps the words keeps
/// the object alive.
pub fn object(address: usize) -> [u32; 3] {
    [OBJECT, address as u32, (address as u64 >> 32) as u32]
}

/// The head of keyword arguments; each is a name's number, then the value's words.
pub fn keywords(len: usize) -> u32 {
    KEYWORDS | (len as u32) << 8
}

/// All names of keyword arguments so far; they stay.
static NAMES: Mutex<Vec<Arc<str>>> = Mutex::new(Vec::new());

/// The number of a keyword argument's name.
pub fn intern(name: &str) -> u32 {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let known = names.iter().position(|n| **n == *name);
    known.unwrap_or_else(|| {
        names.push(Arc::from(name));
        names.len() - 1
    }) as u32
}

/// Whether two lists are equal; they are short, so that calling `memcmp` would cost
/// more than comparing.
#[inline]
pub fn equal(a: &[u32], b: &[u32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b)
}

/// The types that words stand for; a function is a [`Callable::User`] with its address
/// in the place of a handle.
pub fn types(words: &[u32]) -> Vec<Ty> {
    let mut rest = words;
    let mut types = Vec::new();
    while !rest.is_empty() {
        types.push(take(&mut rest));
    }
    types
}

fn take(rest: &mut &[u32]) -> Ty {
    let word = rest[0];
    *rest = &rest[1..];
    let dtype = || DType::from_code((word >> 8 & 0xFF) as u8).expect("a word of `num` or `array`");
    match word & 0xFF {
        NONE => Ty::None,
        BOOL => Ty::Bool,
        INT => Ty::Int,
        FLOAT => Ty::Float,
        COMPLEX => Ty::Complex,
        STR => Ty::Str,
        BYTES => Ty::Bytes,
        LIST => Ty::List(Arc::new(take(rest)), Site(None)),
        SET => Ty::Set(Arc::new(take(rest)), Site(None)),
        DICT => {
            let key = take(rest);
            Ty::Dict(Arc::new((key, take(rest))), Site(None))
        }
        COLLECTION => collections::type_of(word >> 8, take(rest)),
        OPEN => Ty::Open(u32::MAX, 0),
        OPTIONAL => Ty::Optional(Arc::new(take(rest))),
        NUM => Ty::Num(dtype()),
        RANGE => Ty::Range(Arc::new(Ty::Int)),
        SLICE => {
            let start = take(rest);
            let stop = take(rest);
            Ty::Slice(Arc::new([start, stop, take(rest)]))
        }
        TUPLE => {
            let items: Vec<Ty> = (0..word >> 8).map(|_| take(rest)).collect();
            Ty::tuple(items)
        }
        OBJECT => {
            let address = u64::from(rest[0]) | u64::from(rest[1]) << 32;
            *rest = &rest[2..];
            Ty::Callable(Callable::User(UserFunction::unnamed(address)))
        }
        CHOICE => Ty::Choice((0..word >> 8).map(|_| take(rest)).collect()),
        KEYWORDS => {
            let mut items = Vec::new();
            for _ in 0..word >> 8 {
                let name = rest[0] as usize;
                *rest = &rest[1..];
                let name = NAMES.lock().unwrap_or_else(PoisonError::into_inner)[name].clone();
                items.push((name, take(rest)));
            }
            Ty::Keywords(items.into())
        }
        RECORDS => {
            let handle = rest[0];
            *rest = &rest[1..];
            structured::key_type(word, handle)
        }
        ROW => {
            let handle = rest[0];
            *rest = &rest[1..];
            structured::row_type(word >> 8 & 1 != 0, handle)
        }
        BUFFER => Ty::Buffer(BufferTy {
            kind: [BufferKind::ByteArray, BufferKind::Array, BufferKind::Memory]
                [(word >> 8 & 3) as usize],
            code: (word >> 16 & 0xFF) as u8,
            readonly: word >> 26 & 1 != 0,
        }),
        RANDOM => Ty::Random,
        RECORD => records::key_type((word >> 8).into(), || take(rest)),
        _ => Ty::Array(ArrayTy {
            dtype: dtype(),
            ndim: (word >> 16 & 0xFF) as u8,
            layout: [Layout::C, Layout::F, Layout::A][(word >> 24 & 3) as usize],
            readonly: word >> 26 & 1 != 0,
        }),
    }
}

/// The words of a type that an argument can have.
pub fn words(ty: &Ty, out: &mut Keys) -> Option<()> {
    match ty {
        Ty::None => out.push(NONE),
        Ty::Bool => out.push(BOOL),
        Ty::Int => out.push(INT),
        Ty::Float => out.push(FLOAT),
        Ty::Complex => out.push(COMPLEX),
        Ty::Num(d) => out.push(num(*d)),
        Ty::Str => out.push(STR),
        Ty::Bytes => out.push(BYTES),
        Ty::List(t, _) => {
            out.push(LIST);
            words(t, out)?;
        }
        Ty::Set(t, _) => {
            out.push(SET);
            words(t, out)?;
        }
        Ty::Dict(pair, _) => {
            out.push(DICT);
            words(&pair.0, out)?;
            words(&pair.1, out)?;
        }
        Ty::Collection(kind, storage) => {
            out.push(COLLECTION | collections::details_of(kind)? << 8);
            words(storage, out)?;
        }
        Ty::Open(..) => out.push(OPEN),
        Ty::Optional(t) => {
            out.push(OPTIONAL);
            words(t, out)?;
        }
        Ty::Tuple(items) => {
            out.push(tuple(items.len()));
            for item in items.iter() {
                words(item, out)?;
            }
        }
        Ty::Records(a) => {
            out.push(records(a.ndim.into(), a.layout, a.readonly, a.recarray));
            out.push(a.dtype.handle as u32);
        }
        Ty::Row(a) => {
            out.push(row(a.readonly));
            out.push(a.dtype.handle as u32);
        }
        Ty::Range(step) if **step == Ty::Int => out.push(RANGE),
        Ty::Slice(parts) => {
            out.push(SLICE);
            for part in parts.iter() {
                words(part, out)?;
            }
        }
        Ty::Enum(class) => out.push(record(class.class.handle)),
        Ty::Record(class, _) | Ty::Object(class, _) => {
            out.push(record(class.handle));
            for item in ty.as_record().map_or(&[][..], |(_, items)| items) {
                words(item, out)?;
            }
        }
        Ty::Buffer(b) => out.extend(buffer(*b)),
        Ty::Random => out.push(RANDOM),
        Ty::Callable(Callable::User(address)) => out.extend(object(address.handle as usize)),
        Ty::Choice(of) => {
            out.push(CHOICE | (of.len() as u32) << 8);
            for one in of.iter() {
                words(one, out)?;
            }
        }
        Ty::Array(a) => out.push(array(a.dtype, a.ndim.into(), a.layout, a.readonly)),
        _ => return None,
    }
    Some(())
}
