//! Signatures given in advance: their text, and calls whose arguments have other
//! types.
//!
//! With such signatures no others are accepted. Arguments are converted where no
//! value is lost: a smaller kind of number to a larger one, a value that fits, a
//! contiguous array where any layout is taken. A conversion can depend on the value
//! (`300` for an `int8`), so it may fail at a call that looks like an earlier one.

use crate::kernel::Specialization;
use crate::keys::{self, Keys};
use crate::structured;
use cumbia_frontend::structured::{RecordsTy, RowTy, StructDtype};
use cumbia_frontend::types::{ArrayTy, DType, Layout, Ty};
use cumbia_ir::{bfloat, half};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use smallvec::SmallVec;
use std::sync::{Arc, Mutex};

/// A signature of `jit`.
pub struct Explicit {
    /// As given, in canonical spelling.
    pub text: String,
    /// Argument types.
    pub args: Vec<Ty>,
    /// What the result must be.
    pub returns: Option<Ty>,
    /// Its code, once compiled, as long as its guards hold.
    pub specialization: Mutex<Option<Arc<Specialization>>>,
}

/// What is done with the next slots of a call.
#[derive(Clone, Debug)]
pub enum Conversion {
    /// So many are right as they are.
    Copy(usize),
    /// The parts of a number become those of another type.
    Number(Ty, Ty),
}

/// Slots after conversion.
pub type Slots = SmallVec<[u64; 64]>;

impl Explicit {
    /// Reads `returns(args)` or `(args)`.
    pub fn parse(text: &str) -> PyResult<Explicit> {
        let bad = || PyValueError::new_err(format!("malformed signature {text:?}"));
        let mut parser = Parser { rest: text.trim() };
        let returns =
            if parser.rest.starts_with('(') { None } else { Some(parser.ty().ok_or_else(bad)?) };
        let args = parser.list().filter(|_| parser.rest.is_empty()).ok_or_else(bad)?;
        // Dtypes of records are shown by their fields, not by this process's numbers.
        let text = if text.contains("record(") {
            let args: Vec<String> = args.iter().map(Ty::to_string).collect();
            let returns = returns.as_ref().map(Ty::to_string).unwrap_or_default();
            format!("{returns}({})", args.join(", "))
        } else {
            text.to_owned()
        };
        Ok(Explicit { text, args, returns, specialization: Mutex::new(None) })
    }

    /// The key of calls that need no conversion.
    pub fn keys(&self) -> Option<Keys> {
        let mut keys = Keys::new();
        self.args.iter().try_for_each(|ty| keys::words(ty, &mut keys))?;
        Some(keys)
    }

    /// How arguments of other types become this signature's, and how far away they
    /// are; `None` if they can't.
    pub fn conversions(&self, types: &[Ty]) -> Option<(u32, Vec<Conversion>)> {
        conversions(types, &self.args)
    }

    /// Whether a result type satisfies the declared one.
    pub fn accepts_result(&self, actual: &Ty) -> bool {
        self.returns.as_ref().is_none_or(|declared| result_matches(declared, &actual.widen()))
    }
}

/// How arguments of some types become those of others, and how far away they are; `None` if they
/// can't.
pub fn conversions(types: &[Ty], args: &[Ty]) -> Option<(u32, Vec<Conversion>)> {
    let mut steps = Vec::new();
    let mut cost = 0;
    if types.len() != args.len() {
        return None;
    }
    for (from, to) in types.iter().zip(args) {
        cost += step(from, to, &mut steps)?;
    }
    Some((cost, steps))
}

fn result_matches(declared: &Ty, actual: &Ty) -> bool {
    match (declared, actual) {
        (Ty::Num(DType::Bool), Ty::Bool)
        | (Ty::Num(DType::I64), Ty::Int)
        | (Ty::Num(DType::F64), Ty::Float)
        | (Ty::Num(DType::C128), Ty::Complex) => true,
        (Ty::Tuple(d), Ty::Tuple(a)) => {
            d.len() == a.len() && d.iter().zip(a.iter()).all(|(d, a)| result_matches(d, a))
        }
        (Ty::Array(d), Ty::Array(a)) => array_fits(a, d),
        _ => declared == actual,
    }
}

fn array_fits(from: &ArrayTy, to: &ArrayTy) -> bool {
    from.dtype == to.dtype
        && from.ndim == to.ndim
        && layout_fits(from.layout, to.layout, from.ndim)
        && (to.readonly || !from.readonly)
}

/// A view of records has no fields as attributes where one of a recarray is asked for.
fn records_fit(from: &RecordsTy, to: &RecordsTy) -> bool {
    from.dtype == to.dtype
        && from.ndim == to.ndim
        && layout_fits(from.layout, to.layout, from.ndim)
        && (to.readonly || !from.readonly)
        && (from.recarray || !to.recarray)
}

fn layout_fits(from: Layout, to: Layout, ndim: u8) -> bool {
    from == to || to == Layout::A || ndim <= 1 && from != Layout::A
}

fn step(from: &Ty, to: &Ty, steps: &mut Vec<Conversion>) -> Option<u32> {
    let (mut parts, mut cost) = (from.part_types().len(), 0);
    match (from, to) {
        _ if from == to => {}
        (Ty::Array(a), Ty::Array(b)) if array_fits(a, b) => cost = 1,
        (Ty::Records(a), Ty::Records(b)) if records_fit(a, b) => cost = 1,
        (Ty::Tuple(a), Ty::Tuple(b)) if a.len() == b.len() => {
            for (a, b) in a.iter().zip(b.iter()) {
                cost += step(a, b, steps)?;
            }
            return Some(cost);
        }
        _ => {
            let ((a, width_a), (b, width_b)) = (kind(from)?, kind(to)?);
            // Upwards within a kind is nearer than another kind; a value that
            // may not fit is farthest.
            cost = b.checked_sub(a)? * 16
                + if width_a <= width_b { 2 + width_b - width_a } else { 12 };
            parts = 0;
            steps.push(Conversion::Number(from.clone(), to.clone()));
        }
    }
    if parts > 0 {
        match steps.last_mut() {
            Some(Conversion::Copy(count)) => *count += parts,
            _ => steps.push(Conversion::Copy(parts)),
        }
    }
    Some(cost)
}

/// Kind and width of a number type.
fn kind(ty: &Ty) -> Option<(u32, u32)> {
    Some(match ty {
        Ty::Bool => (0, 0),
        Ty::Int => (1, 3),
        Ty::Float => (2, 3),
        Ty::Complex => (3, 4),
        Ty::Num(d) if d.is_time() => return None,
        Ty::Num(DType::Bool) => (0, 1),
        Ty::Num(d) if d.is_int() => (1, d.itemsize().ilog2()),
        Ty::Num(d) if d.is_float() => (2, d.itemsize().ilog2()),
        Ty::Num(d) => (3, d.itemsize().ilog2()),
        _ => return None,
    })
}

/// The slots after conversion; `None` if a value doesn't fit.
pub fn convert(slots: &[u64], steps: &[Conversion]) -> Option<Slots> {
    let mut out = Slots::new();
    let mut at = 0;
    for step in steps {
        match step {
            Conversion::Copy(count) => {
                out.extend_from_slice(&slots[at..at + count]);
                at += count;
            }
            Conversion::Number(from, to) => {
                let parts = from.part_types().len();
                let value = Value::read(from, &slots[at..at + parts]);
                value.write(to, matches!(from, Ty::Float | Ty::Complex), &mut out)?;
                at += parts;
            }
        }
    }
    Some(out)
}

#[derive(Clone, Copy)]
enum Value {
    Int(i128),
    Float(f64),
    Complex(f64, f64),
}

impl Value {
    fn read(ty: &Ty, slots: &[u64]) -> Value {
        let f32_at = |i: usize| f64::from(f32::from_bits(slots[i] as u32));
        let f64_at = |i: usize| f64::from_bits(slots[i]);
        match ty {
            Ty::Float | Ty::Num(DType::F64) => Value::Float(f64_at(0)),
            Ty::Complex | Ty::Num(DType::C128) => Value::Complex(f64_at(0), f64_at(1)),
            Ty::Num(DType::F16) => Value::Float(half::to_single(slots[0] as u16).into()),
            Ty::Num(DType::BF16) => Value::Float(bfloat::to_single(slots[0] as u16).into()),
            Ty::Num(DType::F32) => Value::Float(f32_at(0)),
            Ty::Num(DType::C64) => Value::Complex(f32_at(0), f32_at(1)),
            Ty::Num(d) if d.is_unsigned() || *d == DType::Bool => Value::Int(slots[0].into()),
            // Narrow signed values are sign-extended in their slots.
            _ => Value::Int((slots[0] as i64).into()),
        }
    }

    /// `weak`: the value is a Python float or complex, which may be rounded.
    fn write(self, to: &Ty, weak: bool, out: &mut Slots) -> Option<()> {
        let double = |v: Value| match v {
            Value::Int(i) => Some(i as f64).filter(|f| *f as i128 == i),
            Value::Float(f) => Some(f),
            Value::Complex(..) => None,
        };
        let single = |f: f64| {
            let rounded = f as f32;
            let same = f64::from(rounded) == f || f.is_nan();
            let fits = rounded.is_finite() || !f.is_finite();
            (same || weak && fits).then_some(u64::from(rounded.to_bits()))
        };
        let parts = |v: Value| match v {
            Value::Complex(re, im) => Some((re, im)),
            other => double(other).map(|re| (re, 0.0)),
        };
        match to {
            Ty::Float | Ty::Num(DType::F64) => out.push(double(self)?.to_bits()),
            Ty::Num(d) if d.is_half() => {
                let f = double(self)?;
                let (bits, rounded) = match d {
                    DType::F16 => (half::from_double(f), half::to_single(half::from_double(f))),
                    _ => (bfloat::from_double(f), bfloat::to_single(bfloat::from_double(f))),
                };
                let rounded = f64::from(rounded);
                let fits = rounded.is_finite() || !f.is_finite();
                let same = rounded == f || f.is_nan();
                out.push((same || weak && fits).then_some(u64::from(bits))?);
            }
            Ty::Num(DType::F32) => out.push(single(double(self)?)?),
            Ty::Complex | Ty::Num(DType::C128) => {
                let (re, im) = parts(self)?;
                out.extend([re.to_bits(), im.to_bits()]);
            }
            Ty::Num(DType::C64) => {
                let (re, im) = parts(self)?;
                out.extend([single(re)?, single(im)?]);
            }
            _ => {
                let Value::Int(i) = self else { return None };
                let (low, high): (i128, i128) = match to {
                    Ty::Bool | Ty::Num(DType::Bool) => (0, 1),
                    Ty::Num(d) => {
                        let bits = d.itemsize() * 8;
                        if d.is_signed() {
                            (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
                        } else {
                            (0, (1 << bits) - 1)
                        }
                    }
                    _ => (i64::MIN.into(), i64::MAX.into()),
                };
                out.push((low..=high).contains(&i).then_some(i as u64)?);
            }
        }
        Some(())
    }
}

/// The canonical spelling of types.
struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> &str {
        let end =
            self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        word
    }

    fn list(&mut self) -> Option<Vec<Ty>> {
        let mut items = Vec::new();
        if !self.eat("(") {
            return None;
        }
        while !self.eat(")") {
            if !items.is_empty() && !self.eat(",") {
                return None;
            }
            items.push(self.ty()?);
        }
        Some(items)
    }

    fn ty(&mut self) -> Option<Ty> {
        Some(match self.word() {
            "none" | "None" => Ty::None,
            "pybool" => Ty::Bool,
            "pyint" => Ty::Int,
            "pyfloat" => Ty::Float,
            "pycomplex" => Ty::Complex,
            "tuple" => Ty::tuple(self.list()?),
            "array" => self.array()?,
            "record" => {
                let row = RowTy { dtype: self.record()?, readonly: false };
                Ty::Row(Arc::new(row))
            }
            name => Ty::Num(DType::of_kernels(name)?),
        })
    }

    /// `record(handle)`, a dtype that this process knows by a number.
    fn record(&mut self) -> Option<Arc<StructDtype>> {
        self.eat("(").then_some(())?;
        let handle = self.word().parse().ok()?;
        self.eat(")").then_some(())?;
        Some(structured::known(handle)?.dtype.clone())
    }

    fn array(&mut self) -> Option<Ty> {
        self.eat("(").then_some(())?;
        let element = match self.word() {
            "record" => Err(self.record()?),
            name => Ok(DType::of_kernels(name)?),
        };
        self.eat(",").then_some(())?;
        let ndim = self.word().parse().ok()?;
        self.eat(",").then_some(())?;
        let layout = match self.word() {
            "C" => Layout::C,
            "F" => Layout::F,
            "A" => Layout::A,
            _ => return None,
        };
        let readonly = self.eat(",") && self.eat("readonly");
        self.eat(")").then_some(())?;
        Some(match element {
            Ok(dtype) => Ty::Array(ArrayTy { dtype, ndim, layout, readonly }),
            Err(dtype) => {
                let recarray = dtype.record;
                Ty::Records(Arc::new(RecordsTy { dtype, ndim, layout, readonly, recarray }))
            }
        })
    }
}
