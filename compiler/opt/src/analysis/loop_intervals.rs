//! Intervals of a loop's values in all of its turns, given that what enters is small.
//!
//! What is used from outside is taken to be below two to some power in magnitude, and what
//! the loop hands on from turn to turn to begin within the interval that it keeps to. That
//! is an assumption: [`LoopIntervals::needs`] lists what must hold in front of the loop for
//! an interval of a value to be true, for a caller that tests it there.
//!
//! A fixpoint over the loop's blocks; parameters of headers grow along few landmarks.
//! Two things are known without induction: a counter stays between where it begins and its
//! limit, and what goes up by some numbers in each turn goes up by at most as many times
//! that as there are turns (`total += pixels[i, j]`, also over loops inside).
//!
//! Not looked at: conditions of branches. Complexity: linear in the loop for each of a
//! bounded number of rounds.

use super::{CountedLoop, Interval, is_range_type, transfer};
use cumbia_ir::{Block, Function, Opcode, Type, Value, ValueDef};
use rustc_hash::{FxHashMap, FxHashSet};

/// Rounds after which nothing is said.
const MOST_ROUNDS: usize = 40;
/// What is handed on and isn't a constant is taken to begin below two to this power.
const SEED: u32 = 16;
/// Powers of two that upper ends grow to, and the negative of lower ends.
const LANDMARKS: &[u32] = &[0, 1, 4, 7, 8, 15, 16, 20, 24, 31, 32, 40, 48, 56, 62];
/// How deep a sum is looked into.
const DEEPEST: u32 = 40;

/// A loop's surroundings, as the analysis reads them.
pub struct LoopContext<'a> {
    /// The function.
    pub func: &'a Function,
    /// The loop.
    pub this: &'a CountedLoop,
    /// Counted loops, those inside of this one among them.
    pub others: &'a [CountedLoop],
    /// The loop's blocks, each behind those that it is reached from but for back edges.
    pub order: &'a [Block],
    /// Whether the loop defines a value.
    pub inside: &'a [bool],
    /// What enters the header's parameters when the loop is entered.
    pub entering: &'a [Value],
    /// What flows into each parameter of the loop's blocks, from inside.
    pub brought: &'a FxHashMap<Value, Vec<Value>>,
}

impl LoopContext<'_> {
    fn is_inside(&self, value: Value) -> bool {
        self.inside.get(value.index()).copied().unwrap_or(false)
    }

    fn brought(&self, param: Value) -> &[Value] {
        self.brought.get(&param).map_or(&[], Vec::as_slice)
    }

    /// A loop inside by its header.
    fn inner(&self, header: Block) -> Option<&CountedLoop> {
        self.others.iter().find(|other| other.header == header && header != self.this.header)
    }

    /// The edges into a parameter of a loop inside: from where it is entered, and back.
    fn edges(&self, inner: &CountedLoop, place: usize) -> Option<(Value, Value)> {
        let argument = |from: Block| {
            let inst = self.func.terminator(from)?;
            let mut targets =
                self.func.inst(inst).targets.iter().filter(|to| to.block == inner.header);
            let target = targets.next()?;
            targets.next().is_none().then(|| target.args[place])
        };
        Some((argument(inner.preheader)?, argument(inner.latch)?))
    }
}

/// The intervals.
pub struct LoopIntervals {
    of: FxHashMap<Value, Interval>,
    /// Parameters that are sums of what each turn adds.
    sums: FxHashSet<Value>,
    bits: u32,
}

impl LoopIntervals {
    /// The fixpoint, with what comes from outside below `2**bits`; `None` if it isn't found.
    pub fn new(cx: &LoopContext<'_>, bits: u32) -> Option<LoopIntervals> {
        let mut this = LoopIntervals { of: FxHashMap::default(), sums: FxHashSet::default(), bits };
        for _ in 0..MOST_ROUNDS {
            let mut grew = false;
            for &block in cx.order {
                grew |= this.params(cx, block);
                for &inst in &cx.func.block(block).insts {
                    for (i, &result) in cx.func.inst(inst).results.iter().enumerate() {
                        let ty = cx.func.value_type(result);
                        if is_range_type(ty) {
                            let found = match (i, cx.func.inst(inst).results.len()) {
                                (0, 1) => this.evaluate(cx, inst, ty),
                                _ => Interval::full(ty),
                            };
                            this.of.insert(result, found);
                        }
                    }
                }
            }
            if !grew {
                return Some(this);
            }
        }
        None
    }

    /// The values that a value can have.
    pub fn of(&self, cx: &LoopContext<'_>, value: Value) -> Interval {
        let ty = cx.func.value_type(value);
        if let Some(known) = cx.func.int_const(value) {
            return Interval::single(known);
        }
        match self.of.get(&value) {
            Some(&known) if cx.is_inside(value) => known,
            None if cx.is_inside(value) => Interval::full(ty),
            _ => self.small(ty),
        }
    }

    /// What must hold in front of the loop for these values' intervals to be true: that
    /// each value listed is in the interval beside it.
    pub fn needs(&self, cx: &LoopContext<'_>, of: &[Value]) -> Vec<(Value, Interval)> {
        let mut found = Vec::new();
        let mut seen = FxHashSet::default();
        let mut work = of.to_vec();
        let mut outside = |value: Value, within: Interval| {
            let open = cx.func.int_const(value).is_none()
                && !within.contains(Interval::full(cx.func.value_type(value)));
            if open && !found.contains(&(value, within)) {
                found.push((value, within));
            }
        };
        while let Some(value) = work.pop() {
            if !is_range_type(cx.func.value_type(value)) || !seen.insert(value) {
                continue;
            }
            if !cx.is_inside(value) {
                outside(value, self.small(cx.func.value_type(value)));
                continue;
            }
            match cx.func.value_def(value) {
                ValueDef::Param(block, place) => {
                    let counted = value == cx.this.counter || self.sums.contains(&value);
                    let within = match cx.inner(block) {
                        _ if block == cx.this.header => Some(cx.this),
                        inner => inner,
                    };
                    if let Some(within) = within.filter(|_| counted || block != cx.this.header) {
                        work.extend([within.first, within.limit]);
                    }
                    if block == cx.this.header && value != cx.this.counter {
                        let entering = cx.entering[place as usize];
                        let ty = cx.func.value_type(value);
                        let sum = self.sums.contains(&value);
                        outside(entering, if sum { self.small(ty) } else { self.of(cx, value) });
                    }
                    work.extend(cx.brought(value));
                }
                ValueDef::Result(inst, _) => {
                    let data = cx.func.inst(inst);
                    let ty = cx.func.value_type(value);
                    // What a mask, a narrow type or a remainder keeps small needs nothing.
                    let unaided = transfer(cx.func, inst, ty, |i| {
                        let operand = data.args[i];
                        match cx.func.int_const(operand) {
                            Some(number) => Interval::single(number),
                            None => Interval::full(cx.func.value_type(operand)),
                        }
                    });
                    // How much a sum rises by is asked for beside its interval.
                    use Opcode::*;
                    let adds = matches!(data.op, Iadd | SaddChk | Isub | SsubChk | Select);
                    if adds || !self.of(cx, value).contains(unaided.0) {
                        work.extend(&data.args);
                    }
                }
            }
        }
        found
    }

    /// What comes from outside: small if it is a whole word, else what its type says.
    fn small(&self, ty: Type) -> Interval {
        let end = 1i128 << self.bits;
        match ty {
            Type::I64 => Interval::new(-end, end - 1),
            _ => Interval::full(ty),
        }
    }

    fn evaluate(&self, cx: &LoopContext<'_>, inst: cumbia_ir::Inst, ty: Type) -> Interval {
        let args = &cx.func.inst(inst).args;
        transfer(cx.func, inst, ty, |i| self.of(cx, args[i])).0
    }

    fn params(&mut self, cx: &LoopContext<'_>, block: Block) -> bool {
        let mut grew = false;
        for (place, &param) in cx.func.block(block).params.iter().enumerate() {
            let ty = cx.func.value_type(param);
            if !is_range_type(ty) {
                continue;
            }
            let old = self.of.get(&param).copied().unwrap_or(Interval::EMPTY);
            let inner = cx.inner(block);
            let new = if param == cx.this.counter {
                self.counter(cx, cx.this)
            } else if let Some(inner) = inner.filter(|inner| inner.counter == param) {
                self.counter(cx, inner)
            } else {
                let mut joined = Interval::EMPTY;
                if block == cx.this.header {
                    joined = self.entering(cx, cx.entering[place]);
                }
                for &arg in cx.brought(param) {
                    let known = !cx.is_inside(arg)
                        || self.of.contains_key(&arg)
                        || cx.func.int_const(arg).is_some();
                    if known {
                        joined = joined.join(self.of(cx, arg));
                    }
                }
                if self.sums.contains(&param) || (!old.is_empty() && !old.contains(joined)) {
                    match self.sum(cx, block, place, param) {
                        Some(sum) => {
                            self.sums.insert(param);
                            // Deltas settle as other things do.
                            grown(old, sum.wrapped(ty), ty)
                        }
                        None => {
                            self.sums.remove(&param);
                            grown(old, joined, ty)
                        }
                    }
                } else {
                    old.join(joined)
                }
            };
            grew |= new != old;
            self.of.insert(param, new);
        }
        grew
    }

    /// What is handed on, when the loop is entered.
    fn entering(&self, cx: &LoopContext<'_>, value: Value) -> Interval {
        match (cx.func.int_const(value), cx.func.value_type(value)) {
            (Some(number), _) => Interval::single(number),
            (None, Type::I64) => Interval::new(0, (1 << SEED) - 1),
            (None, ty) => Interval::full(ty),
        }
    }

    /// Where a loop's counter is in the header: inside, and one step beyond its limit.
    fn counter(&self, cx: &LoopContext<'_>, this: &CountedLoop) -> Interval {
        let (first, limit) = (self.of(cx, this.first), self.of(cx, this.limit));
        let step = i128::from(this.step);
        let ends = match step > 0 {
            true => Interval::new(first.lo, first.hi.max(limit.hi + step)),
            false => Interval::new(first.lo.min(limit.lo + step), first.hi),
        };
        ends.wrapped(Type::I64)
    }

    /// Most turns of a loop.
    fn turns(&self, cx: &LoopContext<'_>, this: &CountedLoop) -> i128 {
        let (first, limit) = (self.of(cx, this.first), self.of(cx, this.limit));
        let far = if this.step > 0 { limit.hi - first.lo } else { first.hi - limit.lo };
        (far / i128::from(this.step.unsigned_abs()) + 2).max(0)
    }

    /// The interval of a header's parameter that each turn adds something to.
    fn sum(
        &self,
        cx: &LoopContext<'_>,
        block: Block,
        place: usize,
        param: Value,
    ) -> Option<Interval> {
        let (this, began) = if block == cx.this.header {
            let ty = cx.func.value_type(param);
            let entering = cx.entering[place];
            let began = cx.func.int_const(entering).map_or(self.small(ty), Interval::single);
            (cx.this, began)
        } else {
            let inner = cx.inner(block)?;
            (inner, self.of(cx, cx.edges(inner, place)?.0))
        };
        let mut added: Option<Interval> = None;
        for &arg in cx.brought(param) {
            // Into a loop inside its own entry leads as well.
            if block != cx.this.header && arg == cx.edges(this, place)?.0 {
                continue;
            }
            let step = self.rise(cx, arg, param, 0)?;
            added = Some(added.map_or(step, |known| known.join(step)));
        }
        Some(began.plus(repeated(added?, self.turns(cx, this))?))
    }

    /// How much more than `base` a value is, where it is `base` and what was added.
    fn rise(
        &self,
        cx: &LoopContext<'_>,
        value: Value,
        base: Value,
        depth: u32,
    ) -> Option<Interval> {
        if value == base {
            return Some(Interval::single(0));
        }
        if depth > DEEPEST || !cx.is_inside(value) || cx.func.value_type(value) != Type::I64 {
            return None;
        }
        let next = |value| self.rise(cx, value, base, depth + 1);
        match cx.func.value_def(value) {
            ValueDef::Result(inst, _) => {
                let data = cx.func.inst(inst);
                let of = |i: usize| self.of(cx, data.args[i]);
                match data.op {
                    Opcode::Iadd | Opcode::SaddChk => match next(data.args[0]) {
                        Some(rise) => Some(rise.plus(of(1))),
                        None => Some(next(data.args[1])?.plus(of(0))),
                    },
                    Opcode::Isub | Opcode::SsubChk => Some(next(data.args[0])?.minus(of(1))),
                    Opcode::Select => Some(next(data.args[1])?.join(next(data.args[2])?)),
                    _ => None,
                }
            }
            ValueDef::Param(block, place) => {
                if let Some(inner) = cx.inner(block) {
                    let (began, back) = cx.edges(inner, place as usize)?;
                    let turn = self.rise(cx, back, value, depth + 1)?;
                    let turns = self.turns(cx, inner);
                    return Some(next(began)?.plus(repeated(turn, turns)?));
                }
                let mut all: Option<Interval> = None;
                for &arg in cx.brought(value) {
                    let rise = next(arg)?;
                    all = Some(all.map_or(rise, |known| known.join(rise)));
                }
                all
            }
        }
        .filter(|rise| rise.lo > -(1 << 64) && rise.hi < 1 << 64)
    }
}

/// None, one or up to so many of a number, unless that is beyond all bounds.
fn repeated(step: Interval, turns: i128) -> Option<Interval> {
    let lo = step.lo.min(0).checked_mul(turns)?;
    let hi = step.hi.max(0).checked_mul(turns)?;
    let bound = 1i128 << 80;
    (lo > -bound && hi < bound).then(|| Interval::new(lo, hi))
}

/// `old` and `next`, and further to the next landmarks where that is more than `old`.
fn grown(old: Interval, next: Interval, ty: Type) -> Interval {
    if old.is_empty() || old.contains(next) {
        return if old.is_empty() { next } else { old };
    }
    let full = Interval::full(ty);
    let landmark = |beyond: i128| LANDMARKS.iter().map(|&k| 1i128 << k).find(|&end| end >= beyond);
    let hi = match next.hi {
        hi if hi <= old.hi => old.hi,
        ..=0 => 0,
        hi => landmark(hi + 1).map_or(full.hi, |end| end - 1),
    };
    let lo = match next.lo {
        lo if lo >= old.lo => old.lo,
        0.. => 0,
        lo => landmark(-lo).map_or(full.lo, |end| -end),
    };
    Interval::new(lo, hi).meet(full)
}
