//! Where two accesses of a nest may touch the same elements, and what must hold for that.
//!
//! The difference of two addresses is a sum of numbers (bytes) and of multiples of values that
//! don't change, strides of rows mostly. If each stride is more than all that smaller ones and
//! bytes reach, it is 0 only where each part of it is: then the parts are subscripts
//! ([`Meeting`]). That is a test in front of the nest; so is that two arrays lie apart.

use super::shape::Shape;
use crate::analysis::{Affine, Direction, Linear, Meeting, directions, product_number};
use crate::passes::nests::{Access, Extent, base};
use cumbia_ir::{Builder, Function, IntCond, Opcode, Type, Value};

/// Bits of a loop's turns, of strides and of their factors: so no product wraps.
const TURNS: u32 = 26;
const STRIDES: u32 = 30;
const FACTORS: i64 = 1 << 4;

/// What is tested in front of a nest.
#[derive(Clone, PartialEq, Debug)]
pub enum Test {
    /// So many bytes at addresses of one form are apart from so many at those of another.
    Apart(Box<[(Affine, i64); 2]>),
    /// Strides are longer than what lies between them.
    Separate(Vec<Stride>, Reach),
}

/// A stride and its multiples in a difference of addresses.
#[derive(Clone, PartialEq, Debug)]
pub struct Stride {
    by: Value,
    /// All of them are multiples of this.
    divisor: i64,
    reach: Reach,
}

/// How far a part of a difference goes from 0: by each loop's turns but one, and a constant.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Reach {
    each: Vec<i64>,
    constant: i64,
}

/// Two accesses: in which directions they meet, if the test holds.
pub fn meet(func: &Function, shape: &Shape<'_>, a: &Access, b: &Access) -> (Vec<Direction>, Test) {
    if base(func, &a.form) == base(func, &b.form)
        && let Some((meetings, test)) = subscripts(func, shape, a, b)
    {
        let turns = vec![None; shape.depth()];
        return (directions(&meetings, &turns), test);
    }
    (Vec::new(), Test::Apart(Box::new([a.span.clone(), b.span.clone()])))
}

/// The parts of the difference of two addresses.
fn subscripts(
    func: &Function,
    shape: &Shape<'_>,
    a: &Access,
    b: &Access,
) -> Option<(Vec<Meeting>, Test)> {
    let mut away = a.form.rest.plus(-1, &b.form.rest)?;
    let mut strides: Vec<Value> = Vec::new();
    for (level, (x, y)) in a.form.each.iter().zip(&b.form.each).enumerate() {
        if x != y {
            // Turns are counted from 0, counters from their first values.
            let first = func.int_const(shape.levels[level].this.first)?;
            away = away.plus(first, &x.plus(-1, y)?)?;
        }
        for &(value, _) in x.terms.iter().chain(&y.terms) {
            if !strides.contains(&value) {
                strides.push(value);
            }
        }
    }
    let is_stride = |&(value, _): &(Value, i64)| strides.contains(&value);
    if strides.len() > 2 || !away.terms.iter().all(is_stride) {
        return None;
    }
    let constant = i64::try_from(away.constant).ok().filter(|c| c.unsigned_abs() < 1 << 40)?;
    let mut meetings = Vec::new();
    let mut parts = Vec::new();
    for &stride in &strides {
        // A product of values isn't a value that can be tested.
        if product_number(stride).is_some() {
            return None;
        }
        let of = |forms: &[Linear]| forms.iter().map(|each| each.coefficient(stride)).collect();
        let (first, second): (Vec<i64>, Vec<i64>) = (of(&a.form.each), of(&b.form.each));
        let constant = away.coefficient(stride);
        if constant.unsigned_abs() > 1 << 20 {
            return None;
        }
        let reach = Reach::of(&first, &second, constant, FACTORS)?;
        let divisor = first.iter().chain(&second).chain(&[constant]).fold(0, |d, &by| gcd(d, by));
        parts.push(Stride { by: stride, divisor: divisor.max(1), reach });
        meetings.push(Meeting { first, second, constant: constant.into(), low: 0, high: 0 });
    }
    let of = |forms: &[Linear]| -> Option<Vec<i64>> {
        forms.iter().map(|each| i64::try_from(each.constant).ok()).collect()
    };
    let (first, second) = (of(&a.form.each)?, of(&b.form.each)?);
    let mut reach = Reach::of(&first, &second, constant, 1 << STRIDES)?;
    reach.constant += a.size.max(b.size);
    let (low, high) = (1 - i128::from(a.size), i128::from(b.size) - 1);
    meetings.push(Meeting { first, second, constant: constant.into(), low, high });
    Some((meetings, Test::Separate(parts, reach)))
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

impl Reach {
    fn of(first: &[i64], second: &[i64], constant: i64, most: i64) -> Option<Reach> {
        let both = |(&x, &y): (&i64, &i64)| {
            let (x, y) = ((x.checked_abs()?, x < 0), (y.checked_abs()?, y < 0));
            // `x * t - y * u` for turns from 0 to the last.
            let wide = if x.1 == y.1 { x.0.max(y.0) } else { x.0.checked_add(y.0)? };
            (wide <= most).then_some(wide)
        };
        let each = first.iter().zip(second).map(both).collect::<Option<_>>()?;
        Some(Reach { each, constant: constant.abs() })
    }

    fn write(&self, e: &mut Extent<'_, '_>, turns: &[Value]) -> Value {
        let mut sum = e.number(self.constant);
        for (&by, &turns) in self.each.iter().zip(turns).filter(|(by, _)| **by != 0) {
            let one = e.number(-1);
            let last = e.b.binary(Opcode::Iadd, turns, one);
            let by = e.number(by);
            let term = e.b.binary(Opcode::Imul, last, by);
            sum = e.b.binary(Opcode::Iadd, sum, term);
        }
        sum
    }
}

impl Test {
    /// Whether it always holds if turns are few enough.
    pub fn is_trivial(&self) -> bool {
        matches!(self, Test::Separate(strides, _) if strides.is_empty())
    }

    /// Computes whether it holds, where turns are fewer than [`most_turns`].
    pub fn write(&self, e: &mut Extent<'_, '_>, turns: &[Value]) -> Value {
        match self {
            Test::Apart(both) => e.ranges(&both[0], &both[1]),
            Test::Separate(strides, bytes) => {
                let bytes = bytes.write(e, turns);
                let wide: Vec<Value> = strides.iter().map(|s| e.magnitude(s.by)).collect();
                let mut holds = e.b.iconst(Type::Bool, 1);
                for &wide in &wide {
                    // The magnitude of the least number has a sign.
                    let most = e.number(1 << STRIDES);
                    let small = e.b.icmp(IntCond::Ule, wide, most);
                    holds = e.b.binary(Opcode::Band, holds, small);
                }
                let orders: &[&[usize]] = match strides.len() {
                    0 => &[],
                    1 => &[&[0]],
                    _ => &[&[0, 1], &[1, 0]],
                };
                let mut any: Option<Value> = None;
                for order in orders {
                    let separate = separate(e, turns, (strides, &wide), bytes, order);
                    any = Some(match any {
                        Some(any) => e.b.binary(Opcode::Bor, any, separate),
                        None => separate,
                    });
                }
                any.map_or(holds, |any| e.b.binary(Opcode::Band, holds, any))
            }
        }
    }
}

/// Whether strides from the shortest to the longest are longer than what is below them.
fn separate(
    e: &mut Extent<'_, '_>,
    turns: &[Value],
    (strides, wide): (&[Stride], &[Value]),
    bytes: Value,
    order: &[usize],
) -> Value {
    let mut below = bytes;
    let mut holds: Option<Value> = None;
    for &at in order {
        let divisor = e.number(strides[at].divisor);
        let least = e.b.binary(Opcode::Imul, wide[at], divisor);
        let longer = e.b.icmp(IntCond::Sge, least, below);
        holds = Some(match holds {
            Some(holds) => e.b.binary(Opcode::Band, holds, longer),
            None => longer,
        });
        let reach = strides[at].reach.write(e, turns);
        let reach = e.b.binary(Opcode::Imul, wide[at], reach);
        below = e.b.binary(Opcode::Iadd, below, reach);
    }
    holds.unwrap_or_else(|| e.b.iconst(Type::Bool, 1))
}

/// Loops have fewer turns than this, or the nest stays as it was.
pub fn most_turns(b: &mut Builder<'_>) -> Value {
    b.iconst(Type::I64, 1 << TURNS)
}
