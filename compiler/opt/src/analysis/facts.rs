//! Facts: linear inequalities, each with the place from which on it holds.
//!
//! A fact `le` says `le <= 0` of the signed numbers of its values. Where they come
//! from, and why they hold:
//!
//! - a branch, on the side that has no other way in, and a `guard`, behind it: the
//!   condition. Unsigned `a < b` says `0 <= a < b` if `b >= 0`: then the numbers below
//!   `b` read as unsigned are just those;
//! - `r = index i, n` and `r = bound i, n`, behind them: `0 <= r < n` and `i < n`; at
//!   the operation itself `n >= 0`, which its contract demands;
//! - definitions: `smin`, `smax`, quotients by positive constants, remainders by
//!   positive divisors.
//!
//! A fact may *require* that a value is at least some constant. It is dropped unless
//! the interval analysis finds that to be so.

use super::linear::Linear;
use cumbia_ir::analysis::{Cfg, DominatorTree};
use cumbia_ir::{Block, Function, Imm, Inst, IntCond, Opcode, Value};
use smallvec::SmallVec;

/// How many facts of a value are looked at.
const MAX_SCAN: usize = 24;

/// A place in a function: before instruction number `position` of a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Point {
    /// The block.
    pub block: Block,
    /// Position in the block's instructions.
    pub position: u32,
}

impl Point {
    /// Before an instruction.
    pub fn new(block: Block, position: usize) -> Point {
        Point { block, position: position as u32 }
    }

    /// Behind all instructions of a block.
    pub fn end(block: Block) -> Point {
        Point { block, position: u32::MAX }
    }

    /// Whether control that is at `other` came through here, with nothing that this
    /// place's values depend on defined anew in between.
    pub fn dominates(self, other: Point, domtree: &DominatorTree) -> bool {
        if self.block == other.block {
            self.position <= other.position
        } else {
            domtree.dominates(self.block, other.block)
        }
    }
}

/// `le <= 0`, from `scope` on, if `requires` holds.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The side that is at most 0.
    pub le: Linear,
    /// Where it begins to hold.
    pub scope: Point,
    /// A value that must be at least this constant for the fact to hold.
    pub requires: Option<(Value, i64)>,
    /// The only value that the fact is worth trying for, if there is such: what defines
    /// a value in terms of others leads back and forth when it is used both ways.
    pub about: Option<Value>,
}

/// Collects facts that share a scope and a requirement.
struct Collector<'a> {
    func: &'a Function,
    scope: Point,
    requires: Option<(Value, i64)>,
    about: Option<Value>,
    out: &'a mut Vec<Fact>,
}

/// All facts of a function: by blocks in reverse postorder, in them by place.
pub fn collect(func: &Function, cfg: &Cfg) -> Vec<Fact> {
    let mut out = Vec::new();
    for &block in cfg.rpo() {
        if let (&[pred], true) = (cfg.preds(block), block != func.entry()) {
            branch(func, pred, block, &mut out);
        }
        for (i, &inst) in func.block(block).insts.iter().enumerate() {
            instruction(func, Point::new(block, i), inst, &mut out);
        }
    }
    out
}

/// Facts on the edge from `pred` to `block` by its branch condition, if it has one.
pub fn on_edge(func: &Function, pred: Block, target: usize, scope: Point, out: &mut Vec<Fact>) {
    let Some(inst) = func.terminator(pred) else { return };
    let data = func.inst(inst);
    if data.op == Opcode::Br && data.targets[0].block != data.targets[1].block {
        Collector { func, scope, requires: None, about: None, out }
            .condition(data.args[0], target == 0);
    }
}

fn branch(func: &Function, pred: Block, block: Block, out: &mut Vec<Fact>) {
    let Some(inst) = func.terminator(pred) else { return };
    let target = func.inst(inst).targets.iter().position(|t| t.block == block);
    on_edge(func, pred, target.unwrap_or(0), Point::new(block, 0), out);
}

fn instruction(func: &Function, at: Point, inst: Inst, out: &mut Vec<Fact>) {
    let data = func.inst(inst);
    let after = Point { block: at.block, position: at.position + 1 };
    let mut facts = Collector { func, scope: after, requires: None, about: None, out };
    match data.op {
        Opcode::Guard => facts.condition(data.args[0], true),
        Opcode::Index | Opcode::Bound => {
            let (i, n, r) = (data.args[0], data.args[1], data.results[0]);
            // The contract: a length isn't negative where it is used as one.
            facts.scope = at;
            facts.at_least_number(n, 0);
            facts.scope = after;
            facts.at_most(r, n, -1);
            facts.at_most(i, n, -1);
            facts.at_least_number(n, 1);
            facts.at_least_number(r, 0);
            if data.op == Opcode::Index {
                facts.requires = Some((i, 0));
            }
            facts.equal(r, i);
        }
        Opcode::Smin => {
            facts.at_most(data.results[0], data.args[0], 0);
            facts.at_most(data.results[0], data.args[1], 0);
        }
        Opcode::Smax => {
            facts.at_most(data.args[0], data.results[0], 0);
            facts.at_most(data.args[1], data.results[0], 0);
        }
        Opcode::Sfloordiv | Opcode::Sdiv => {
            if let Some(c) = func.int_const(data.args[1]).filter(|&c| c > 0) {
                if data.op == Opcode::Sdiv {
                    facts.requires = Some((data.args[0], 0));
                }
                facts.quotient(data.results[0], data.args[0], c);
            }
        }
        Opcode::Sshr | Opcode::Ushr => {
            if let Some(s) = func.int_const(data.args[1]).filter(|s| (0..32).contains(s)) {
                if data.op == Opcode::Ushr {
                    facts.requires = Some((data.args[0], 0));
                }
                facts.quotient(data.results[0], data.args[0], 1 << s);
            }
        }
        Opcode::Sfloormod => {
            // A positive divisor's remainder is from 0 to below it.
            facts.requires = Some((data.args[1], 1));
            facts.at_most(data.results[0], data.args[1], -1);
            facts.at_least_number(data.results[0], 0);
        }
        Opcode::Band => {
            // Clearing bits of a number that isn't negative makes it smaller.
            for &arg in data.args.iter().filter(|_| data.ty.is_some_and(|ty| ty.is_int())) {
                facts.requires = Some((arg, 0));
                facts.at_most(data.results[0], arg, 0);
            }
        }
        _ => {}
    }
}

impl Collector<'_> {
    fn fact(&mut self, le: Linear) {
        self.out.push(Fact { le, scope: self.scope, requires: self.requires, about: self.about });
    }

    /// `a <= b + c`
    fn at_most(&mut self, a: Value, b: Value, c: i128) {
        if a == b {
            return;
        }
        let le = self.linear(a).plus(-1, &self.linear(b));
        if let Some(le) = le.filter(|le| !le.terms.is_empty()) {
            self.fact(le.offset(-c));
        }
    }

    fn at_least_number(&mut self, a: Value, number: i128) {
        let le = self.linear(a).times(-1);
        if let Some(le) = le.filter(|le| !le.terms.is_empty()) {
            self.fact(le.offset(number));
        }
    }

    fn equal(&mut self, a: Value, b: Value) {
        self.at_most(a, b, 0);
        self.at_most(b, a, 0);
    }

    /// `r = floor(a / c)` with `c > 0`: `c*r <= a` and `a <= c*r + c - 1`.
    fn quotient(&mut self, r: Value, a: Value, c: i64) {
        let about = r;
        let (r, a) = (self.linear(r), self.linear(a));
        let Some(product) = r.times(c) else { return };
        if let Some(le) = product.plus(-1, &a) {
            self.fact(le);
        }
        self.about = Some(about);
        if let Some(le) = a.plus(-1, &product) {
            self.fact(le.offset(1 - i128::from(c)));
        }
    }

    /// A value as a form: a constant or itself.
    fn linear(&self, value: Value) -> Linear {
        match self.func.int_const(value) {
            Some(c) => Linear::number(c.into()),
            None => Linear::value(value),
        }
    }

    /// What a condition says, being true or false.
    fn condition(&mut self, cond: Value, holds: bool) {
        let Some(inst) = self.func.def_inst(cond) else { return };
        let data = self.func.inst(inst);
        match (data.op, &data.imm) {
            (Opcode::Icmp, &Imm::IntCond(code)) if self.func.value_type(data.args[0]).is_int() => {
                let code = if holds { code } else { code.inverse() };
                self.comparison(code, data.args[0], data.args[1]);
            }
            (Opcode::Bnot, _) => self.condition(data.args[0], !holds),
            (Opcode::Band, _) if holds => {
                data.args.iter().for_each(|&part| self.condition(part, true))
            }
            (Opcode::Bor, _) if !holds => {
                data.args.iter().for_each(|&part| self.condition(part, false))
            }
            _ => {}
        }
    }

    fn comparison(&mut self, cond: IntCond, a: Value, b: Value) {
        match cond {
            IntCond::Eq => self.equal(a, b),
            IntCond::Ne => {}
            IntCond::Slt => self.below(a, b),
            IntCond::Sle => self.at_most(a, b, 0),
            IntCond::Sgt => self.below(b, a),
            IntCond::Sge => self.at_most(b, a, 0),
            IntCond::Ult => self.unsigned(a, b, -1),
            IntCond::Ule => self.unsigned(a, b, 0),
            IntCond::Ugt => self.unsigned(b, a, -1),
            IntCond::Uge => self.unsigned(b, a, 0),
        }
    }

    /// Unsigned `a <= b + c` where `b >= 0`, which is required unless it is plain.
    fn unsigned(&mut self, a: Value, b: Value, c: i128) {
        let outer = self.requires;
        match self.func.int_const(b) {
            Some(number) if number >= 0 => {}
            Some(_) => return,
            // One requirement is all that a fact can have.
            None if outer.is_some() => return,
            None => self.requires = Some((b, 0)),
        }
        self.at_most(a, b, c);
        self.at_least_number(a, 0);
        self.requires = outer;
    }

    /// `a < b`. When `b` is the larger of something and a constant that `a` isn't
    /// below, then `b` is that something; likewise when `b` is something or a constant
    /// by a condition, and then the condition is known as well. That is how the count
    /// of a range leads to its ends.
    fn below(&mut self, a: Value, b: Value) {
        self.at_most(a, b, -1);
        if self.requires.is_some() {
            return;
        }
        let Some(inst) = self.func.def_inst(b) else { return };
        let data = self.func.inst(inst);
        match data.op {
            Opcode::Smax => {
                for (this, other) in [(0, 1), (1, 0)] {
                    if let Some(k) = self.func.int_const(data.args[other]) {
                        self.requires = Some((a, k));
                        self.at_most(a, data.args[this], -1);
                    }
                }
            }
            Opcode::Select => {
                let cond = data.args[0];
                for (this, other, holds) in [(1, 2, true), (2, 1, false)] {
                    if let Some(k) = self.func.int_const(data.args[other]) {
                        self.requires = Some((a, k));
                        self.at_most(a, data.args[this], -1);
                        self.condition(cond, holds);
                        if k >= 0 {
                            self.below_difference(a, data.args[this], cond, holds);
                            self.below_steps(a, data.args[this], cond, holds);
                        }
                    }
                }
            }
            Opcode::SsubChk => self.below_rise(a, b),
            _ => {}
        }
        self.requires = None;
    }

    /// `0 <= a < ssub_chk(smax(p, q), q)`. The difference is exact and above 0, so the
    /// larger one isn't `q`: `a < p - q`.
    fn below_rise(&mut self, a: Value, distance: Value) {
        let rise = self.rise(distance);
        if let Some(le) = rise.and_then(|rise| self.linear(a).plus(-1, &rise)) {
            self.requires = Some((a, 0));
            self.fact(le.offset(1));
        }
    }

    /// `0 <= a < 1 + udiv(d - 1, c)` where `d > 0`: the number of steps of size `c` in a
    /// distance `d`. With `d > 0` neither `d - 1` nor the sum wraps, the quotient being
    /// below the largest integer, so `a <= floor((d - 1) / c)` and `c*a <= d - 1`. Of a
    /// size that isn't constant the contract of `udiv` says at least that it isn't 0.
    fn below_steps(&mut self, a: Value, steps: Value, cond: Value, holds: bool) {
        let func = self.func;
        let data = |v: Value| func.def_inst(v).map(|inst| func.inst(inst));
        let plus = |v: Value, number: i64| {
            let data = data(v)?;
            let found = match data.op {
                Opcode::Iadd => func.int_const(data.args[1])?,
                Opcode::Isub => func.int_const(data.args[1])?.checked_neg()?,
                _ => return None,
            };
            (found == number).then_some(data.args[0])
        };
        let Some(quotient) = plus(steps, 1).and_then(data) else { return };
        let size = match (quotient.op, quotient.args.get(1).and_then(|&v| func.int_const(v))) {
            (Opcode::Udiv, Some(c)) if c > 0 => c,
            (Opcode::Udiv, None) => 1,
            (Opcode::Ushr, Some(s)) if (0..32).contains(&s) => 1 << s,
            _ => return,
        };
        let Some(distance) = plus(quotient.args[0], -1) else { return };
        let Some(test) = data(cond) else { return };
        let Imm::IntCond(code) = test.imm else { return };
        let code = if holds { code } else { code.inverse() };
        let is_zero = |v: Value| func.int_const(v) == Some(0);
        let positive = match code {
            IntCond::Sgt => test.args[0] == distance && is_zero(test.args[1]),
            IntCond::Slt => test.args[1] == distance && is_zero(test.args[0]),
            _ => false,
        };
        if !positive {
            return;
        }
        let steps = self.linear(a).times(size);
        let le = steps.clone().and_then(|l| l.plus(-1, &self.linear(distance)));
        if let Some(le) = le {
            self.fact(le.offset(1));
        }
        // The distance is above 0: see `below_rise`.
        let le = self.rise(distance).and_then(|rise| steps?.plus(-1, &rise));
        if let Some(le) = le {
            self.fact(le.offset(1));
        }
    }

    /// `p - q` of `ssub_chk(smax(p, q), q)`, how far it is from `q` up to `p`; of
    /// `smax(p, 0)`, which is the same from 0, it is `p`.
    fn rise(&self, distance: Value) -> Option<Linear> {
        let data = |v: Value| self.func.def_inst(v).map(|inst| self.func.inst(inst));
        let found = data(distance)?;
        let (larger, q) = match found.op {
            Opcode::SsubChk => {
                let larger = data(found.args[0]).filter(|d| d.op == Opcode::Smax)?;
                (larger, Some(found.args[1]))
            }
            Opcode::Smax => (found, None),
            _ => return None,
        };
        let is_q = |v: Value| match q {
            Some(q) => v == q,
            None => self.func.int_const(v) == Some(0),
        };
        let p = match larger.args[..] {
            [p, other] if is_q(other) => p,
            [other, p] if is_q(other) => p,
            _ => return None,
        };
        match q {
            Some(q) => self.linear(p).plus(-1, &self.linear(q)),
            None => Some(self.linear(p)),
        }
    }

    /// `0 <= a < isub(p, q)` where `q < p`. The true difference is from 1 to 2^64 - 1
    /// then; wrapping makes those of 2^63 and more negative, and a negative number
    /// isn't above `a`. So nothing wrapped, and `a < p - q` in integers.
    fn below_difference(&mut self, a: Value, difference: Value, cond: Value, holds: bool) {
        let operands = |v: Value, op: Opcode| {
            let data = self.func.inst(self.func.def_inst(v)?);
            (data.op == op).then(|| (data.args[0], data.args[1], data.imm.clone()))
        };
        let Some((p, q, _)) = operands(difference, Opcode::Isub) else { return };
        let Some((x, y, Imm::IntCond(code))) = operands(cond, Opcode::Icmp) else { return };
        let code = if holds { code } else { code.inverse() };
        let ordered = matches!(
            (code, (x, y) == (p, q), (x, y) == (q, p)),
            (IntCond::Sgt | IntCond::Sge, true, _) | (IntCond::Slt | IntCond::Sle, _, true)
        );
        if !ordered {
            return;
        }
        let le = self.linear(a).plus(-1, &self.linear(p)).and_then(|l| l.plus(1, &self.linear(q)));
        if let Some(le) = le {
            self.fact(le.offset(1));
        }
    }
}

/// For each value the facts that have it, in order of collection, which is the order
/// of their blocks in the reverse postorder.
pub struct FactIndex {
    of: Vec<SmallVec<[Entry; 2]>>,
}

#[derive(Clone, Copy)]
struct Entry {
    /// Position of the fact's block in the reverse postorder.
    order: u32,
    fact: u32,
}

impl FactIndex {
    /// An index without facts.
    pub fn new(num_values: usize) -> FactIndex {
        FactIndex { of: vec![SmallVec::new(); num_values] }
    }

    /// An index of `facts`.
    pub fn of_facts(num_values: usize, cfg: &Cfg, facts: &[Fact]) -> FactIndex {
        let mut this = FactIndex::new(num_values);
        for (i, fact) in facts.iter().enumerate() {
            for &(value, _) in &fact.le.terms {
                this.add(cfg, value, fact.scope, i);
            }
        }
        this
    }

    /// Enters fact number `fact` for a value.
    pub fn add(&mut self, cfg: &Cfg, value: Value, scope: Point, fact: usize) {
        let order = cfg.rpo_number(scope.block).unwrap_or(0) as u32;
        self.of[value.index()].push(Entry { order, fact: fact as u32 });
    }

    /// The latest facts that have the value and may hold in a block: a block that
    /// dominates it isn't behind it in the reverse postorder. The nearest come first,
    /// at most [`MAX_SCAN`], so that values with many facts cost no more than others.
    pub fn near(&self, cfg: &Cfg, value: Value, block: Block) -> SmallVec<[u32; MAX_SCAN]> {
        let entries = &self.of[value.index()];
        let order = cfg.rpo_number(block).unwrap_or(0) as u32;
        let end = entries.partition_point(|entry| entry.order <= order);
        entries[..end].iter().rev().take(MAX_SCAN).map(|entry| entry.fact).collect()
    }
}
