//! Affine forms: what a value in a nest of loops is as a sum over the loops' counters.
//!
//! `address = a + 8 * j + stride * i` has the coefficients `stride` for `i` and 8 for `j`,
//! and the rest `a`. Coefficients and rest are linear forms of values that don't change in
//! the nest, and of products of such that are no linear form themselves, which are values of
//! their own ([`AffineForms::product_of`]). Such equality holds modulo 2^64: sums that wrap on the way don't matter, and
//! nothing is said about signs or sizes.

use super::Linear;
use cumbia_ir::{Function, Opcode, Type, Value};
use rustc_hash::FxHashMap;

/// A value of a nest: a coefficient for each counter, and what doesn't change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Affine {
    /// For each counter, in the order in which they were given.
    pub each: Vec<Linear>,
    /// The rest.
    pub rest: Linear,
}

impl Affine {
    fn unchanging(rest: Linear, counters: usize) -> Affine {
        Affine { each: vec![Linear::default(); counters], rest }
    }

    /// With a number added.
    pub fn moved(mut self, by: i128) -> Affine {
        self.rest = self.rest.offset(by);
        self
    }

    fn is_unchanging(&self) -> bool {
        self.each.iter().all(|each| *each == Linear::default())
    }

    fn plus(&self, factor: i64, other: &Affine) -> Option<Affine> {
        let pairs = self.each.iter().zip(&other.each);
        let each = pairs.map(|(a, b)| a.plus(factor, b)).collect::<Option<_>>()?;
        Some(Affine { each, rest: self.rest.plus(factor, &other.rest)? })
    }

    fn times(&self, factor: i64) -> Option<Affine> {
        let each = self.each.iter().map(|each| each.times(factor)).collect::<Option<_>>()?;
        Some(Affine { each, rest: self.rest.times(factor)? })
    }
}

/// The number that a linear form is, if it is one.
pub fn number(form: &Linear) -> Option<i64> {
    if form.terms.is_empty() { i64::try_from(form.constant).ok() } else { None }
}

/// The forms of the values of a nest.
pub struct AffineForms<'f> {
    func: &'f Function,
    counters: Vec<Value>,
    inside: Vec<bool>,
    /// Values that are others, as parameters of blocks that are reached in one way.
    same: FxHashMap<Value, Value>,
    known: FxHashMap<Value, Option<Affine>>,
    products: Vec<(Linear, Value)>,
}

/// Numbers of the values that products are, beyond those of any function.
const FIRST_PRODUCT: usize = 1 << 30;

impl<'f> AffineForms<'f> {
    /// Of a nest that defines the values marked `inside`, in which `counters` go up evenly.
    pub fn new(func: &'f Function, counters: Vec<Value>, inside: Vec<bool>) -> AffineForms<'f> {
        AffineForms {
            func,
            counters,
            inside,
            same: FxHashMap::default(),
            known: FxHashMap::default(),
            products: Vec::new(),
        }
    }

    /// What is no value of the function but a product in a form: the factors of each, by
    /// their order. [`product_number`] says which one a value is.
    pub fn into_products(self) -> Vec<(Linear, Value)> {
        self.products
    }

    /// The same where values stand for others.
    pub fn with_same(mut self, same: FxHashMap<Value, Value>) -> AffineForms<'f> {
        self.same = same;
        self
    }

    /// The form of a value, if it has one.
    pub fn of(&mut self, value: Value) -> Option<Affine> {
        if let Some(known) = self.known.get(&value) {
            return known.clone();
        }
        let form = self.compute(value);
        self.known.insert(value, form.clone());
        form
    }

    fn compute(&mut self, value: Value) -> Option<Affine> {
        let count = self.counters.len();
        if let Some(&other) = self.same.get(&value) {
            return self.of(other);
        }
        if let Some(at) = self.counters.iter().position(|&counter| counter == value) {
            let mut form = Affine::unchanging(Linear::default(), count);
            form.each[at] = Linear::number(1);
            return Some(form);
        }
        if let Some(number) = self.func.int_const(value) {
            return Some(Affine::unchanging(Linear::number(number.into()), count));
        }
        if !self.inside[value.index()] {
            // An address that was moved in front of the nest is still one of its array.
            let moved = self.func.def_inst(value).map(|inst| self.func.inst(inst));
            if let Some(data) = moved.filter(|data| data.op == Opcode::PtrAdd) {
                let sum = self.of(data.args[0])?.plus(1, &self.of(data.args[1])?);
                if sum.is_some() {
                    return sum;
                }
            }
            return Some(Affine::unchanging(Linear::value(value), count));
        }
        let data = self.func.inst(self.func.def_inst(value)?);
        if !matches!(self.func.value_type(value), Type::I64 | Type::Ptr) {
            return None;
        }
        match data.op {
            Opcode::Iadd | Opcode::SaddChk | Opcode::PtrAdd => {
                self.of(data.args[0])?.plus(1, &self.of(data.args[1])?)
            }
            Opcode::Isub | Opcode::SsubChk => {
                self.of(data.args[0])?.plus(-1, &self.of(data.args[1])?)
            }
            Opcode::Imul | Opcode::SmulChk => self.product(data.args[0], data.args[1]),
            // The operand itself, where it doesn't raise.
            Opcode::Bound => self.of(data.args[0]),
            _ => None,
        }
    }

    /// Of a number and anything, or of something unchanging and a form with numbers for
    /// coefficients.
    fn product(&mut self, x: Value, y: Value) -> Option<Affine> {
        let (x, y) = (self.of(x)?, self.of(y)?);
        for (factor, other) in [(&x, &y), (&y, &x)] {
            if !factor.is_unchanging() {
                continue;
            }
            if let Some(number) = number(&factor.rest) {
                return other.times(number);
            }
            let Some(each) = other.each.iter().map(number).collect::<Option<Vec<i64>>>() else {
                continue;
            };
            let each = each.iter().map(|&by| factor.rest.times(by)).collect::<Option<_>>()?;
            if let Some(rest) = number(&other.rest) {
                return Some(Affine { each, rest: factor.rest.times(rest)? });
            }
            if let ([(value, 1)], 0) = (&factor.rest.terms[..], factor.rest.constant) {
                return Some(Affine { each, rest: self.product_of(other.rest.clone(), *value) });
            }
        }
        None
    }

    /// The product of a form and a value, the same for the same ones.
    fn product_of(&mut self, form: Linear, by: Value) -> Linear {
        let factors = (form, by);
        let known = self.products.iter().position(|known| *known == factors);
        let at = known.unwrap_or_else(|| {
            self.products.push(factors);
            self.products.len() - 1
        });
        Linear::value(Value::new(FIRST_PRODUCT + at))
    }
}

/// Which product a value of a form is, if it is one.
pub fn product_number(value: Value) -> Option<usize> {
    value.index().checked_sub(FIRST_PRODUCT)
}
