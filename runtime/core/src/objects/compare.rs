//! Equality and order of values, as Python's operators give them.
//!
//! Layouts of the two sides may differ: `[1, 2] == [1.0, 2.0]`. Two Python numbers are
//! compared exactly; where a NumPy scalar takes part, both are converted to the common
//! dtype first, Python numbers being weak (NEP 50). Elements that are the same object are
//! equal for Python's containers even when they are nan; here only the containers
//! themselves have an identity, so a nan is unequal to everything.

use super::Failure;
use super::strings::{bytes_bytes, str_equal, str_order};
use super::tables;
use super::value::{Cursor, Item, Number, address};
use cumbia_abi::{ExceptionClass, Layout, ListObject, class};
use std::cmp::Ordering;

/// Deepest nesting of containers that is compared, as Python's recursion limit.
const DEEPEST: u32 = 1000;

fn too_deep() -> Failure {
    let message = "maximum recursion depth exceeded in comparison";
    Failure::new(ExceptionClass::RecursionError, message)
}

/// Whether two values are equal.
///
/// # Errors
///
/// RecursionError for containers nested too deeply.
///
/// # Safety
///
/// Live slots of values of these layouts.
#[inline]
pub unsafe fn equal(
    a_layout: *const Layout,
    a: *const u64,
    b_layout: *const Layout,
    b: *const u64,
) -> Result<bool, Failure> {
    // SAFETY: by the contract.
    unsafe { equal_at(a_layout, a, b_layout, b, 0) }
}

/// # Safety
///
/// As [`equal`].
#[inline]
pub unsafe fn equal_at(
    a_layout: *const Layout,
    a: *const u64,
    b_layout: *const Layout,
    b: *const u64,
    depth: u32,
) -> Result<bool, Failure> {
    // SAFETY: by the contract.
    unsafe {
        match ((*a_layout).class, (*b_layout).class) {
            (class::INT, class::INT) => Ok(*a == *b),
            (class::STR, class::STR) => Ok(str_equal(address(*a), address(*b))),
            (class::FLOAT, class::FLOAT) => Ok(f64::from_bits(*a) == f64::from_bits(*b)),
            _ => equal_by_code(Cursor::new(a_layout, a), Cursor::new(b_layout, b), depth),
        }
    }
}

/// # Safety
///
/// Cursors over live values.
unsafe fn equal_by_code(mut a: Cursor<'_>, mut b: Cursor<'_>, depth: u32) -> Result<bool, Failure> {
    // Open tuples. Values differ in form from the first difference on, so the walks stay
    // in step until then.
    let mut open = 0;
    loop {
        // SAFETY: by the contract.
        let same = unsafe {
            match (a.next(), b.next()) {
                (Item::Open, Item::Open) => {
                    open += 1;
                    continue;
                }
                (Item::Close, Item::Close) => {
                    open -= 1;
                    true
                }
                (x, y) => equal_items(x, y, depth)?,
            }
        };
        if !same {
            return Ok(false);
        }
        if open == 0 {
            return Ok(true);
        }
    }
}

/// # Safety
///
/// Items of live values.
unsafe fn equal_items(a: Item, b: Item, depth: u32) -> Result<bool, Failure> {
    // SAFETY: by the contract.
    unsafe {
        Ok(match (a, b) {
            (Item::Number(a), Item::Number(b)) => numbers_equal(a, b),
            (Item::Str(a), Item::Str(b)) => str_equal(a, b),
            (Item::Bytes(a), Item::Bytes(b)) => bytes_bytes(a) == bytes_bytes(b),
            (Item::None, Item::None) | (Item::Raw, Item::Raw) => true,
            (Item::List(a), Item::List(b)) | (Item::Tuple(a), Item::Tuple(b)) => {
                lists_equal(a, b, depth)?
            }
            (Item::Set(a) | Item::FrozenSet(a), Item::Set(b) | Item::FrozenSet(b)) => {
                tables::sets_equal(a, b)
            }
            (Item::Dict(a), Item::Dict(b)) => tables::dicts_equal(a, b, deeper(depth)?)?,
            (Item::Frame(a), Item::Frame(b)) => std::ptr::eq(a, b),
            (Item::Member(_, a), Item::Member(_, b)) => a == b,
            (Item::Instance(a), Item::Instance(b)) => {
                let fields = |object: *mut ListObject| (*object).owner.data.cast::<u64>();
                std::ptr::eq(a, b)
                    || equal_at((*a).layout, fields(a), (*b).layout, fields(b), deeper(depth)?)?
            }
            // Arrays have no single truth; the compiler refuses to compare them.
            (Item::Array(a, n), Item::Array(b, m)) => {
                n == m && (1..n).all(|i| *a.add(i) == *b.add(i))
            }
            _ => false,
        })
    }
}

fn deeper(depth: u32) -> Result<u32, Failure> {
    if depth < DEEPEST { Ok(depth + 1) } else { Err(too_deep()) }
}

/// Whether two lists are equal.
///
/// # Errors
///
/// RecursionError for lists nested too deeply.
///
/// # Safety
///
/// Live lists.
pub unsafe fn lists_equal(
    a: *const ListObject,
    b: *const ListObject,
    depth: u32,
) -> Result<bool, Failure> {
    // SAFETY: by the contract.
    unsafe {
        if std::ptr::eq(a, b) {
            return Ok(true);
        }
        if (*a).length != (*b).length {
            return Ok(false);
        }
        let depth = deeper(depth)?;
        for i in 0..(*a).length as usize {
            let (x, y) = (super::list::element(a, i), super::list::element(b, i));
            if !equal_at((*a).layout, x, (*b).layout, y, depth)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// How two values are ordered; `None` where neither `<`, `==` nor `>` holds.
///
/// # Errors
///
/// TypeError for values without an order, RecursionError for deep nesting.
///
/// # Safety
///
/// As [`equal`].
#[inline]
pub unsafe fn order(
    a_layout: *const Layout,
    a: *const u64,
    b_layout: *const Layout,
    b: *const u64,
) -> Result<Option<Ordering>, Failure> {
    // SAFETY: by the contract.
    unsafe { order_at(a_layout, a, b_layout, b, 0) }
}

/// # Safety
///
/// As [`equal`].
unsafe fn order_at(
    a_layout: *const Layout,
    a: *const u64,
    b_layout: *const Layout,
    b: *const u64,
    depth: u32,
) -> Result<Option<Ordering>, Failure> {
    // SAFETY: by the contract.
    unsafe {
        match ((*a_layout).class, (*b_layout).class) {
            (class::INT, class::INT) => Ok(Some((*a as i64).cmp(&(*b as i64)))),
            (class::FLOAT, class::FLOAT) => Ok(f64::from_bits(*a).partial_cmp(&f64::from_bits(*b))),
            (class::STR, class::STR) => Ok(Some(str_order(address(*a), address(*b)))),
            _ => order_by_code(Cursor::new(a_layout, a), Cursor::new(b_layout, b), depth),
        }
    }
}

/// Tuples are ordered by their first unequal items, or else by length.
///
/// # Safety
///
/// Cursors over live values.
unsafe fn order_by_code(
    mut a: Cursor<'_>,
    mut b: Cursor<'_>,
    depth: u32,
) -> Result<Option<Ordering>, Failure> {
    let mut open = 0;
    loop {
        let (x, y) = (a.next(), b.next());
        match (x, y) {
            (Item::Open, Item::Open) => {
                open += 1;
                continue;
            }
            (Item::Close, Item::Close) => open -= 1,
            // The shorter tuple is less, if it isn't the operands' kinds that differ.
            (Item::Close, _) if open > 0 => return Ok(Some(Ordering::Less)),
            (_, Item::Close) if open > 0 => return Ok(Some(Ordering::Greater)),
            _ => {
                // SAFETY: by the contract.
                let ordering = unsafe {
                    // In a tuple, items that are equal need no order.
                    if open > 0 && equal_items(x, y, depth)? {
                        Some(Ordering::Equal)
                    } else {
                        order_items(x, y, depth)?
                    }
                };
                if ordering != Some(Ordering::Equal) {
                    return Ok(ordering);
                }
            }
        }
        if open == 0 {
            return Ok(Some(Ordering::Equal));
        }
    }
}

/// # Safety
///
/// Items of live values.
unsafe fn order_items(a: Item, b: Item, depth: u32) -> Result<Option<Ordering>, Failure> {
    // SAFETY: by the contract.
    unsafe {
        match (a, b) {
            (Item::Number(x), Item::Number(y)) => {
                numbers_order(x, y).ok_or_else(|| unordered(a, b))
            }
            (Item::Str(a), Item::Str(b)) => Ok(Some(str_order(a, b))),
            (Item::Bytes(a), Item::Bytes(b)) => Ok(Some(bytes_bytes(a).cmp(bytes_bytes(b)))),
            (Item::List(a), Item::List(b)) | (Item::Tuple(a), Item::Tuple(b)) => {
                lists_order(a, b, depth)
            }
            (Item::Instance(a), Item::Instance(b)) => {
                let fields = |object: *mut ListObject| (*object).owner.data.cast::<u64>();
                order_at((*a).layout, fields(a), (*b).layout, fields(b), deeper(depth)?)
            }
            _ => Err(unordered(a, b)),
        }
    }
}

fn unordered(a: Item, b: Item) -> Failure {
    let (a, b) = (type_name(a), type_name(b));
    let message = format!("'<' not supported between instances of '{a}' and '{b}'");
    Failure::new(ExceptionClass::TypeError, message)
}

fn type_name(item: Item) -> &'static str {
    match item {
        Item::Number(Number::Bool(_)) => "bool",
        Item::Number(Number::Int(_)) => "int",
        Item::Number(Number::Float(_)) => "float",
        Item::Number(Number::Complex(..)) => "complex",
        Item::Number(Number::NumpyInt(..)) => "numpy.integer",
        Item::Number(Number::NumpyFloat(_, single)) => {
            if single {
                "numpy.float32"
            } else {
                "numpy.float64"
            }
        }
        Item::Number(Number::NumpyComplex(.., single)) => {
            if single {
                "numpy.complex64"
            } else {
                "numpy.complex128"
            }
        }
        Item::Str(_) => "str",
        Item::Bytes(_) => "bytes",
        Item::List(_) => "list",
        Item::Set(_) => "set",
        Item::FrozenSet(_) => "frozenset",
        Item::Dict(_) => "dict",
        Item::Array(..) => "numpy.ndarray",
        Item::Open | Item::Close | Item::Tuple(_) => "tuple",
        Item::None => "NoneType",
        Item::Frame(_) | Item::Raw | Item::Instance(_) | Item::Member(..) => "object",
    }
}

/// How two lists are ordered.
///
/// # Errors
///
/// As [`order`].
///
/// # Safety
///
/// Live lists.
pub unsafe fn lists_order(
    a: *const ListObject,
    b: *const ListObject,
    depth: u32,
) -> Result<Option<Ordering>, Failure> {
    // SAFETY: by the contract.
    unsafe {
        if std::ptr::eq(a, b) {
            return Ok(Some(Ordering::Equal));
        }
        let depth = deeper(depth)?;
        let (la, lb) = ((*a).layout, (*b).layout);
        for i in 0..(*a).length.min((*b).length) as usize {
            let (x, y) = (super::list::element(a, i), super::list::element(b, i));
            if !equal_at(la, x, lb, y, depth)? {
                return order_at(la, x, lb, y, depth);
            }
        }
        Ok(Some((*a).length.cmp(&(*b).length)))
    }
}

/// Two numbers on common ground.
enum Pair {
    Ints(i128, i128),
    /// Python's int and float: exactly.
    IntFloat(i64, f64),
    FloatInt(f64, i64),
    Floats(f64, f64),
    /// Real and imaginary parts; whether NumPy's order applies.
    Complexes((f64, f64), (f64, f64), bool),
}

/// Whether the common type of a NumPy number and another has 32-bit parts; Python numbers
/// are weak.
fn single(number: Number) -> Option<bool> {
    match number {
        Number::Bool(_) | Number::Int(_) | Number::Float(_) | Number::Complex(..) => None,
        Number::NumpyInt(_, narrow) => Some(narrow),
        Number::NumpyFloat(_, single) | Number::NumpyComplex(.., single) => Some(single),
    }
}

fn parts(number: Number) -> (f64, f64) {
    match number {
        Number::Bool(b) => (b.into(), 0.0),
        Number::Int(i) => (i as f64, 0.0),
        Number::NumpyInt(i, _) => (i as f64, 0.0),
        Number::Float(x) | Number::NumpyFloat(x, _) => (x, 0.0),
        Number::Complex(re, im) | Number::NumpyComplex(re, im, _) => (re, im),
    }
}

fn pair(a: Number, b: Number) -> Pair {
    use Number::{Complex, Float, Int, NumpyComplex, NumpyInt};
    let plain = |x| if let Number::Bool(b) = x { Int(b.into()) } else { x };
    let (a, b) = (plain(a), plain(b));
    let is_complex = |x| matches!(x, Complex(..) | NumpyComplex(..));
    let is_int = |x| matches!(x, Int(_) | NumpyInt(..));
    match (a, b) {
        (Int(a), Int(b)) => return Pair::Ints(a.into(), b.into()),
        (Int(a), NumpyInt(b, _)) => return Pair::Ints(a.into(), b),
        (NumpyInt(a, _), Int(b)) => return Pair::Ints(a, b.into()),
        (NumpyInt(a, _), NumpyInt(b, _)) => return Pair::Ints(a, b),
        (Int(a), Float(b)) => return Pair::IntFloat(a, b),
        (Float(a), Int(b)) => return Pair::FloatInt(a, b),
        (Int(a), Complex(re, im)) => {
            // A complex number equals an int whose value its real part has exactly.
            let exact = int_float_order(a, re) == Some(Ordering::Equal);
            return Pair::Complexes((if exact { re } else { f64::NAN }, 0.0), (re, im), false);
        }
        (Complex(..), Int(_)) => {
            return match pair(b, a) {
                Pair::Complexes(x, y, numpy) => Pair::Complexes(y, x, numpy),
                other => other,
            };
        }
        _ => {}
    }
    // A narrow NumPy integer with a Python float is float64, not float32.
    let narrow = match (single(a), single(b)) {
        (Some(x), Some(y)) => x && y,
        (Some(x), None) => x && !is_int(a),
        (None, Some(y)) => y && !is_int(b),
        (None, None) => false,
    };
    let round = |(re, im): (f64, f64)| {
        if narrow { (f64::from(re as f32), f64::from(im as f32)) } else { (re, im) }
    };
    let numpy = single(a).is_some() || single(b).is_some();
    let (x, y) = (round(parts(a)), round(parts(b)));
    if is_complex(a) || is_complex(b) {
        Pair::Complexes(x, y, numpy)
    } else {
        Pair::Floats(x.0, y.0)
    }
}

/// How an int and a float are ordered, exactly; `None` for nan.
fn int_float_order(i: i64, x: f64) -> Option<Ordering> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if x.is_nan() {
        return None;
    }
    if x >= LIMIT {
        return Some(Ordering::Less);
    }
    if x < -LIMIT {
        return Some(Ordering::Greater);
    }
    let whole = x.trunc();
    // Equal whole parts: the fraction decides.
    let fraction = whole.partial_cmp(&x).unwrap_or(Ordering::Equal);
    Some(i.cmp(&(whole as i64)).then(fraction))
}

/// Whether two numbers are equal.
pub fn numbers_equal(a: Number, b: Number) -> bool {
    match pair(a, b) {
        Pair::Ints(a, b) => a == b,
        Pair::IntFloat(i, x) | Pair::FloatInt(x, i) => {
            int_float_order(i, x) == Some(Ordering::Equal)
        }
        Pair::Floats(a, b) => a == b,
        Pair::Complexes(a, b, _) => a == b,
    }
}

/// How two numbers are ordered; the outer `None` for Python's complex numbers.
fn numbers_order(a: Number, b: Number) -> Option<Option<Ordering>> {
    match pair(a, b) {
        Pair::Ints(a, b) => Some(Some(a.cmp(&b))),
        Pair::IntFloat(i, x) => Some(int_float_order(i, x)),
        Pair::FloatInt(x, i) => Some(int_float_order(i, x).map(Ordering::reverse)),
        Pair::Floats(a, b) => Some(a.partial_cmp(&b)),
        Pair::Complexes(_, _, false) => None,
        // NumPy orders complex numbers by real part, then imaginary part.
        Pair::Complexes(a, b, true) => Some(a.partial_cmp(&b)),
    }
}
