//! What accesses of a nest touch, computed in front of it.
//!
//! Addresses are those that the nest does access if each loop turns at least once, so their
//! differences are exact; otherwise what is computed may be anything, and nothing depends on
//! it.

use super::accesses::Products;
use crate::analysis::{Affine, Linear, product_number};
use cumbia_ir::{Builder, IntCond, Opcode, Type, Value};

/// Computes addresses, at the place of a builder.
pub struct Extent<'b, 'f> {
    /// The builder.
    pub b: &'b mut Builder<'f>,
    products: &'b Products,
    /// Of each loop by number, where it begins and what it stays below.
    loops: &'b [(Value, Value)],
    /// The first address and the one behind the last, by form and size.
    known: Vec<((Affine, i64), (Value, Value))>,
}

impl<'b, 'f> Extent<'b, 'f> {
    /// Of the accesses of a nest, of whose loops by number it is given where each begins and
    /// what it stays below.
    pub fn new(
        b: &'b mut Builder<'f>,
        products: &'b Products,
        loops: &'b [(Value, Value)],
    ) -> Extent<'b, 'f> {
        Extent { b, products, loops, known: Vec::new() }
    }

    /// A number as a value.
    pub fn number(&mut self, value: i64) -> Value {
        self.b.iconst(Type::I64, value)
    }

    /// What a form is.
    pub fn linear(&mut self, form: &Linear) -> Value {
        // A constant beyond 64 bits is what is left of it: forms hold modulo 2^64.
        let mut sum = self.number(form.constant as i64);
        for &(value, by) in &form.terms {
            let value = match product_number(value) {
                Some(at) => {
                    let (form, by) = &self.products[at];
                    let form = self.linear(form);
                    self.b.binary(Opcode::Imul, form, *by)
                }
                None if self.b.func.value_type(value) == Type::Ptr => {
                    self.b.convert(Opcode::Bitcast, Type::I64, value)
                }
                None => value,
            };
            let by = self.number(by);
            let term = self.b.binary(Opcode::Imul, value, by);
            sum = self.b.binary(Opcode::Iadd, sum, term);
        }
        sum
    }

    /// What a loop adds from its first turn to its last.
    pub fn span(&mut self, each: &Linear, number: usize) -> Value {
        let (first, limit) = self.loops[number];
        let turns = self.b.binary(Opcode::Isub, limit, first);
        let one = self.number(-1);
        let turns = self.b.binary(Opcode::Iadd, turns, one);
        let each = self.linear(each);
        self.b.binary(Opcode::Imul, each, turns)
    }

    /// The magnitude of a value, as one without a sign.
    pub fn magnitude(&mut self, value: Value) -> Value {
        let negative = self.b.unary(Opcode::Ineg, value);
        self.b.binary(Opcode::Smax, value, negative)
    }

    /// Whether a form is at least so many bytes in magnitude.
    pub fn distance(&mut self, distance: &Linear, bytes: i64) -> Value {
        let distance = self.linear(distance);
        let distance = self.magnitude(distance);
        let bytes = self.number(bytes);
        self.b.icmp(IntCond::Sge, distance, bytes)
    }

    /// Whether all that is touched at two forms lies apart, so many bytes at each.
    pub fn ranges(&mut self, one: &(Affine, i64), other: &(Affine, i64)) -> Value {
        let (a, behind_a) = self.range(one);
        let (b, behind_b) = self.range(other);
        let before = self.b.icmp(IntCond::Ule, behind_a, b);
        let behind = self.b.icmp(IntCond::Ule, behind_b, a);
        self.b.binary(Opcode::Bor, before, behind)
    }

    /// The first address of a form and the one behind the last.
    pub fn range(&mut self, place: &(Affine, i64)) -> (Value, Value) {
        if let Some(known) = self.known.iter().find(|known| known.0 == *place) {
            return known.1;
        }
        let (form, size) = place;
        let mut low = self.linear(&form.rest);
        let mut reach = self.number(*size);
        for (number, each) in form.each.iter().enumerate() {
            if *each == Linear::default() {
                continue;
            }
            let coefficient = self.linear(each);
            let begin = self.b.binary(Opcode::Imul, coefficient, self.loops[number].0);
            low = self.b.binary(Opcode::Iadd, low, begin);
            let span = self.span(each, number);
            let zero = self.number(0);
            let down = self.b.binary(Opcode::Smin, span, zero);
            low = self.b.binary(Opcode::Iadd, low, down);
            let span = self.magnitude(span);
            reach = self.b.binary(Opcode::Iadd, reach, span);
        }
        let high = self.b.binary(Opcode::Iadd, low, reach);
        self.known.push((place.clone(), (low, high)));
        (low, high)
    }
}
