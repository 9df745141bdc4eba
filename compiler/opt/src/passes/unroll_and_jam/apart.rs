//! Which accesses of a nest keep turns of its outer loop from running side by side.
//!
//! Side by side means: of several neighbouring turns `k`, `k + 1`, ... the inner loops run
//! as one. Only the order between different turns changes, and only so that a piece of a
//! turn runs before what an earlier turn has behind that piece. Of two accesses, one of them
//! a store, that is harmless where
//!
//! - all that either touches in the whole nest lies apart from all that the other does;
//! - or both are at the same place in a turn, and different turns touch different places:
//!   what a turn adds to the address is more than what its inner loops span, or all turns
//!   together add less than each turn of the inner loop does (columns side by side);
//! - or they go down columns of one array that are different ones in all turns;
//! - or both are at the same place, whatever the turn, in one piece of the nest, and turns of
//!   the inner loop around it touch different places: then each place sees the turns in order.
//!
//! What can't be seen is tested in front of the nest. Addresses are those that the nest does
//! access if each loop turns at least once, so their differences are exact; otherwise the
//! tests may give anything, and nothing depends on them.

use crate::analysis::{Affine, Linear, number};
use crate::passes::nests::{Access, Extent, Found, Products, away, base, limits};
use cumbia_ir::{Builder, Function, Inst, IntCond, Opcode, Type, Value};
use rustc_hash::FxHashSet;

/// Most tests in front of a nest.
const MOST_TESTS: usize = 12;

/// What must hold so that turns may run side by side.
pub struct Apart {
    tests: Vec<Test>,
    /// Pairs of accesses of which all that they touch lies apart, if the tests hold.
    pub pairs: FxHashSet<(Inst, Inst)>,
    /// Of each loop by number, where it begins and what it stays below.
    pub loops: Vec<(Value, Value)>,
    step: i64,
}

#[derive(PartialEq)]
enum Test {
    /// What a turn adds is at least what inner loops span, and so many bytes; or the turns
    /// that are made at once add, with these bytes, no more than a turn of the inner loop.
    Rows(Affine, i64),
    /// The latter, for inner loops that may begin elsewhere.
    Beside(Affine, i64),
    /// The second form is behind the first, or the first behind the second, by at least so
    /// many bytes, and by less than what both add in a turn of their inner loops, which is
    /// the same.
    Columns(Affine, Affine, i64),
    /// A distance is at least so many bytes.
    Distance(Linear, i64),
    /// So many bytes at addresses of one form, and so many at those of another.
    Ranges((Affine, i64), (Affine, i64)),
}

impl Apart {
    /// What must hold; `None` if that can't be, or isn't known.
    pub fn find(func: &Function, found: &Found, accesses: &[Access]) -> Option<Apart> {
        let mut apart = Apart {
            tests: Vec::new(),
            pairs: FxHashSet::default(),
            loops: limits(found)?,
            step: found.nest.this.step,
        };
        for (at, a) in accesses.iter().enumerate() {
            for b in &accesses[at..] {
                if a.stores || b.stores {
                    let test = apart.pair(func, a, b)?;
                    if let Some(test) = test.filter(|test| !apart.tests.contains(test)) {
                        apart.tests.push(test);
                    }
                    if apart.tests.len() > MOST_TESTS {
                        return None;
                    }
                }
            }
        }
        Some(apart)
    }

    /// What a pair asks for; `None` if it is in the way.
    #[allow(clippy::option_option)]
    fn pair(&mut self, func: &Function, a: &Access, b: &Access) -> Option<Option<Test>> {
        let same_array = base(func, &a.form) == base(func, &b.form);
        let away = away(&a.form, &b.form);
        let turns = &a.form.each[0];
        if a.form.each == b.form.each && (away.is_some() || same_array) {
            // In place of the same array from row to row: never apart.
            let away = away?;
            if *turns != Linear::default() {
                return Some(Some(Test::Rows(a.span.0.clone(), a.span.1)));
            }
            let size = a.size;
            if away != 0 || a.size != b.size || a.piece != b.piece {
                return None;
            }
            return match a.loops[..] {
                [] => Some(None),
                [inner] => {
                    let distance = a.form.each[inner].clone();
                    match number(&distance) {
                        Some(known) if known.unsigned_abs() >= size.unsigned_abs() => Some(None),
                        Some(_) => None,
                        None => Some(Some(Test::Distance(distance, size))),
                    }
                }
                _ => None,
            };
        }
        if same_array && *turns == b.form.each[0] && *turns != Linear::default() {
            // In two inner loops, in both orders.
            let away = b.form.rest.plus(-1, &a.form.rest).as_ref().and_then(number)?;
            let mut both = a.form.clone();
            for (each, other) in both.each.iter_mut().zip(&b.form.each) {
                if *each == Linear::default() {
                    each.clone_from(other);
                }
            }
            let size = away.checked_abs()?.checked_add(a.size.max(b.size))?;
            return Some(Some(Test::Beside(both, size)));
        }
        if same_array
            && let ([one], [other]) = (&a.loops[..], &b.loops[..])
            && a.form.each[*one] == b.form.each[*other]
            && a.span.1 == b.span.1
        {
            let (one, other) = (a.span.0.clone(), b.span.0.clone());
            return Some(Some(Test::Columns(one, other, a.span.1)));
        }
        self.pairs.insert((a.inst, b.inst));
        self.pairs.insert((b.inst, a.inst));
        Some(Some(Test::Ranges(a.span.clone(), b.span.clone())))
    }

    /// Computes whether all holds for so many turns at once, at the builder's place; `None`
    /// if it is known to.
    pub fn write(&self, b: &mut Builder<'_>, products: &Products, turns: usize) -> Option<Value> {
        let mut writer = Extent::new(b, products, &self.loops);
        let mut all: Option<Value> = None;
        for test in &self.tests {
            let holds = match test {
                Test::Rows(form, bytes) => {
                    let rows = writer.rows(form, self.step, *bytes);
                    let beside = writer.beside(form, (self.step, turns), *bytes);
                    writer.b.binary(Opcode::Bor, rows, beside)
                }
                Test::Beside(form, bytes) => writer.beside(form, (self.step, turns), *bytes),
                Test::Columns(one, other, bytes) => writer.columns(one, other, *bytes),
                Test::Distance(distance, bytes) => writer.distance(distance, *bytes),
                Test::Ranges(one, other) => writer.ranges(one, other),
            };
            all = Some(match all {
                Some(all) => writer.b.binary(Opcode::Band, all, holds),
                None => holds,
            });
        }
        all
    }
}

impl Extent<'_, '_> {
    /// The magnitude of what a turn of the outer loop adds.
    fn row(&mut self, form: &Affine, step: i64) -> Value {
        let each = self.linear(&form.each[0]);
        let step = self.number(step);
        let row = self.b.binary(Opcode::Imul, each, step);
        self.magnitude(row)
    }

    fn rows(&mut self, form: &Affine, step: i64, bytes: i64) -> Value {
        let row = self.row(form, step);
        let mut needed = self.number(bytes);
        for number in 1..form.each.len() {
            if form.each[number] != Linear::default() {
                let span = self.span(&form.each[number], number);
                let span = self.magnitude(span);
                needed = self.b.binary(Opcode::Iadd, needed, span);
            }
        }
        self.b.icmp(IntCond::Sge, row, needed)
    }

    fn beside(&mut self, form: &Affine, (step, turns): (i64, usize), bytes: i64) -> Value {
        let mut inner = form.each[1..].iter().filter(|each| **each != Linear::default());
        let one = inner.next().filter(|&one| inner.all(|other| other == one));
        let Some(down) = one else { return self.b.iconst(Type::Bool, 0) };
        let down = self.linear(down);
        let down = self.magnitude(down);
        let row = self.row(form, step);
        let (bytes, between) = (self.number(bytes), self.number(turns as i64 - 1));
        let all = self.b.binary(Opcode::Imul, row, between);
        let all = self.b.binary(Opcode::Iadd, all, bytes);
        let within = self.b.icmp(IntCond::Sge, down, all);
        let beside = self.b.icmp(IntCond::Sge, row, bytes);
        self.b.binary(Opcode::Band, within, beside)
    }

    /// With the inner loops' coefficients left out, which are the same.
    fn columns(&mut self, one: &Affine, other: &Affine, bytes: i64) -> Value {
        let inner = one.each[1..].iter().find(|each| **each != Linear::default());
        let down = inner.map(|each| self.linear(each));
        let down = down.unwrap_or_else(|| self.number(0));
        let down = self.magnitude(down);
        let only_outer = |form: &Affine| {
            let mut form = form.clone();
            form.each[1..].fill(Linear::default());
            (form, bytes)
        };
        let (a, behind_a) = self.range(&only_outer(one));
        let (b, behind_b) = self.range(&only_outer(other));
        let mut either = Vec::new();
        for (first, behind_first, second, behind_second) in
            [(a, behind_a, b, behind_b), (b, behind_b, a, behind_a)]
        {
            let apart = self.b.icmp(IntCond::Ule, behind_first, second);
            let reach = self.b.binary(Opcode::Isub, behind_second, first);
            let within = self.b.icmp(IntCond::Ule, reach, down);
            either.push(self.b.binary(Opcode::Band, apart, within));
        }
        self.b.binary(Opcode::Bor, either[0], either[1])
    }
}
