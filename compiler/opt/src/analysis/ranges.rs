//! Proving linear inequalities at a place.
//!
//! Notation: a *goal* is a linear form `G` to be shown `G <= 0`. An *atom* is a value
//! that isn't the exact sum of others; forms are over atoms. Steps, each sound on its
//! own, tried from the atom that is defined last:
//!
//! - constant bounds of all atoms add up to at most 0;
//! - a fact `F <= 0` that holds here has the atom with the same sign: with factors
//!   `m, k > 0` that cancel the atom, `mG = (mG - kF) + kF <= mG - kF`, so `mG - kF` is
//!   the new goal;
//! - the atom is `r = floor(a / c)` with coefficient 1 or -1: `r <= b` just when
//!   `a <= c*b + c - 1`, and `r >= b` just when `a >= c*b`, for an integer `b`;
//! - the atom is `smax(a, b)` with a positive coefficient (`smin` with a negative
//!   one, `select` with any): it is one of both, so the goal is shown for both;
//! - the atom is a block parameter: it is one of the edges' arguments, so the goal is
//!   shown at the end of each edge, with that edge's arguments. At a loop header this
//!   is induction over time: on the edges that go back, the goal may be used for the
//!   header's parameters as they were before. All other atoms must be those of the
//!   block's entry: they are defined strictly above it.
//!
//! A common divisor of a goal's numbers is taken out, so that equal goals look equal.
//!
//! The search has a budget per goal ([`Effort`], [`MAX_DEPTH`]), so the cost is
//! linear in the number of goals; a goal that exceeds it counts as not shown.

use super::facts::{self, Fact, FactIndex, Point};
use super::interval::Interval;
use super::intervals::{Context, Intervals};
use super::linear::{Linear, gcd};
use crate::fold::signed_range;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{Block, Function, Inst, Opcode, Type, Value, ValueDef};

/// Steps of the search for one goal that is worth it.
const BUDGET: u32 = 128;
/// Steps for one that is merely nice to know.
const SMALL_BUDGET: u32 = 24;
/// Steps one after the other.
const MAX_DEPTH: u32 = 10;
/// Facts of one atom that are tried at one step; the latest come first.
const MAX_FACTS: usize = 10;
/// How many times as much is tried in kernels: they have one index for many arrays, and a check
/// that stays is there for each of thousands of threads.
const IN_KERNELS: u32 = 4;
/// Atoms in a goal.
const MAX_TERMS: usize = 4;

/// How long to search for a proof.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effort {
    /// For checks in the way of a loop.
    Full,
    /// For what costs little when it stays.
    Small,
}

/// What is known about the integers of a function.
pub struct Ranges<'a> {
    func: &'a Function,
    cfg: &'a Cfg,
    domtree: &'a DominatorTree,
    intervals: Intervals,
    /// Each value over atoms, for values whose definition has been passed.
    forms: Vec<Option<Linear>>,
    /// Facts over atoms, in order of scope.
    facts: Vec<(Linear, Point)>,
    index: FactIndex,
    /// The block that defines each value.
    home: Vec<Block>,
    is_header: Vec<bool>,
    budget: u32,
    /// How many times as much is tried.
    times: u32,
    effort: Effort,
    /// Goals assumed at loop headers, see the head of this file.
    assumed: Vec<(Block, Linear)>,
    /// The goals that led to the present one.
    path: Vec<(Point, Linear)>,
}

/// Where a goal is to hold: at a place, or on an edge (the place is the end of the
/// source then) with its own facts.
#[derive(Clone, Copy)]
struct Place<'f> {
    at: Point,
    edge: &'f [Linear],
}

impl<'a> Ranges<'a> {
    /// Analyses a function.
    pub fn new(
        func: &'a Function,
        cfg: &'a Cfg,
        domtree: &'a DominatorTree,
        forest: &LoopForest,
    ) -> Ranges<'a> {
        let raw = facts::collect(func, cfg);
        let raw_index = FactIndex::of_facts(func.num_values(), cfg, &raw);
        let cx = Context { func, cfg, domtree, forest, facts: &raw, index: &raw_index };
        let intervals = Intervals::new(&cx);
        let mut is_header = vec![false; func.num_blocks()];
        for l in &forest.loops {
            is_header[l.header.index()] = true;
        }
        let mut home = vec![func.entry(); func.num_values()];
        for &block in cfg.rpo() {
            let results = func.block(block).insts.iter().flat_map(|&inst| &func.inst(inst).results);
            for &value in func.block(block).params.iter().chain(results) {
                home[value.index()] = block;
            }
        }
        let mut this = Ranges {
            func,
            cfg,
            domtree,
            intervals,
            forms: vec![None; func.num_values()],
            facts: Vec::with_capacity(raw.len()),
            index: FactIndex::new(func.num_values()),
            home,
            is_header,
            budget: 0,
            times: if is_of_kernels(func) { IN_KERNELS } else { 1 },
            effort: Effort::Full,
            assumed: Vec::new(),
            path: Vec::new(),
        };
        this.settle(&cx);
        this
    }

    /// How long to search from now on.
    pub fn set_effort(&mut self, effort: Effort) {
        self.effort = effort;
    }

    /// Whether `a <= b + c` whenever control is at the place. Both are integers of the
    /// same width and exist there.
    pub fn at_most(&mut self, a: Value, b: Value, c: i128, at: Point) -> bool {
        let Some(goal) = self.form(a).plus(-1, &self.form(b)) else { return false };
        self.holds(goal.offset(-c), at)
    }

    /// Whether `value >= least` at the place.
    pub fn at_least(&mut self, value: Value, least: i128, at: Point) -> bool {
        let Some(goal) = self.form(value).times(-1) else { return false };
        self.holds(goal.offset(least), at)
    }

    /// Whether `a + factor * b` is within the 64-bit (or narrower) range of `ty`.
    pub fn sum_fits(&mut self, a: Value, factor: i64, b: Value, ty: Type, at: Point) -> bool {
        match self.form(a).plus(factor, &self.form(b)) {
            Some(sum) => self.fits(&sum, ty, at),
            None => false,
        }
    }

    /// Whether `a * b` is within the range of `ty`.
    pub fn product_fits(&mut self, a: Value, b: Value, ty: Type, at: Point) -> bool {
        let product = self.interval(a).times(self.interval(b));
        if Interval::full(ty).contains(product) {
            return true;
        }
        let by_constant = match (self.func.int_const(a), self.func.int_const(b)) {
            (_, Some(c)) => self.form(a).times(c),
            (Some(c), _) => self.form(b).times(c),
            _ => None,
        };
        by_constant.is_some_and(|form| self.fits(&form, ty, at))
    }

    /// The constant bounds of a value.
    pub fn interval(&self, value: Value) -> Interval {
        self.intervals.of(self.func.value_type(value), value)
    }

    fn fits(&mut self, form: &Linear, ty: Type, at: Point) -> bool {
        let (min, max) = signed_range(ty);
        let Some(negated) = form.times(-1) else { return false };
        self.holds(form.clone().offset(-i128::from(max)), at)
            && self.holds(negated.offset(min.into()), at)
    }

    fn holds(&mut self, goal: Linear, at: Point) -> bool {
        self.budget = match self.effort {
            Effort::Full => BUDGET * self.times,
            Effort::Small => SMALL_BUDGET,
        };
        self.assumed.clear();
        self.path.clear();
        self.prove(&goal, Place { at, edge: &[] }, MAX_DEPTH)
    }

    /// A value over atoms.
    fn form(&self, value: Value) -> Linear {
        self.forms[value.index()].clone().unwrap_or_else(|| Linear::value(value))
    }

    fn over_atoms(&self, form: &Linear) -> Option<Linear> {
        let mut sum = Linear::number(form.constant);
        for &(value, factor) in &form.terms {
            sum = sum.plus(factor, &self.form(value))?;
        }
        (sum.terms.len() <= MAX_TERMS).then_some(sum)
    }

    /// Walks the function once more: finds each value's form, proving sums exact where
    /// intervals alone didn't, and brings the facts over atoms.
    fn settle(&mut self, cx: &Context<'_>) {
        let mut next = cx.facts.iter().peekable();
        for &block in self.cfg.rpo() {
            self.take_facts(cx, &mut next, Point::new(block, 0));
            for (i, &inst) in self.func.block(block).insts.iter().enumerate() {
                let at = Point::new(block, i);
                self.take_facts(cx, &mut next, at);
                if let &[result] = self.func.inst(inst).results.as_slice() {
                    let form = self.definition(inst, result, at);
                    self.forms[result.index()] = form.filter(|f| f.terms.len() <= MAX_TERMS);
                }
                self.take_facts(cx, &mut next, Point::new(block, i + 1));
            }
        }
        debug_assert!(next.peek().is_none(), "facts out of order");
    }

    /// Brings over the facts that begin at `at`, which come in order.
    fn take_facts<'f>(
        &mut self,
        cx: &Context<'_>,
        next: &mut std::iter::Peekable<impl Iterator<Item = &'f Fact>>,
        at: Point,
    ) {
        while let Some(fact) = next.next_if(|fact| fact.scope == at) {
            // Here the requirement may profit from what else holds at the place.
            let met = fact.requires.is_none_or(|(value, least)| {
                self.intervals.refined(cx, value, at).lo >= least.into()
            });
            if !met {
                continue;
            }
            if let Some(le) = self.over_atoms(&fact.le).filter(|le| !le.terms.is_empty()) {
                let number = self.facts.len();
                for &(value, _) in &le.terms {
                    if fact.about.is_none_or(|about| about == value) {
                        self.index.add(self.cfg, value, fact.scope, number);
                    }
                }
                self.facts.push((le, fact.scope));
            }
        }
    }

    /// The form of an instruction's result, if it is an exact sum.
    fn definition(&mut self, inst: Inst, result: Value, at: Point) -> Option<Linear> {
        use Opcode::*;
        let data = self.func.inst(inst);
        let ty = self.func.value_type(result);
        if !ty.is_int() {
            return None;
        }
        let exact = self.intervals.is_exact(result);
        match data.op {
            Iconst => Some(Linear::number(self.func.int_const(result)?.into())),
            Iadd | SaddChk | Isub | SsubChk => {
                let (a, b) = (data.args[0], data.args[1]);
                let factor = if matches!(data.op, Iadd | SaddChk) { 1 } else { -1 };
                let sum = self.form(a).plus(factor, &self.form(b))?;
                let exact = exact || self.fits(&sum, ty, at);
                if exact {
                    self.intervals.set_exact(result);
                }
                exact.then_some(sum)
            }
            Ineg => {
                let negated = self.form(data.args[0]).times(-1)?;
                (exact || self.fits(&negated, ty, at)).then_some(negated)
            }
            Imul | SmulChk | Ishl => {
                let constant = |v| self.func.int_const(v);
                let (value, factor) =
                    match (data.op, constant(data.args[0]), constant(data.args[1])) {
                        (Ishl, _, Some(s)) if (0..40).contains(&s) => (data.args[0], 1 << s),
                        (Imul | SmulChk, _, Some(c)) => (data.args[0], c),
                        (Imul | SmulChk, Some(c), _) => (data.args[1], c),
                        _ => return None,
                    };
                let product = self.form(value).times(factor)?;
                (exact || self.fits(&product, ty, at)).then_some(product)
            }
            Sext | Trunc | Zext | Index | Bound if exact => Some(self.form(data.args[0])),
            _ => None,
        }
    }

    fn prove(&mut self, goal: &Linear, place: Place<'_>, depth: u32) -> bool {
        if self.budget == 0 || goal.terms.len() > MAX_TERMS {
            return false;
        }
        self.budget -= 1;
        let goal = &goal.reduced();
        if self.maximum(goal) <= 0 {
            return true;
        }
        // A goal that came up on the way to itself leads nowhere.
        if depth == 0 || self.path.iter().any(|(at, seen)| *at == place.at && seen == goal) {
            return false;
        }
        self.path.push((place.at, goal.clone()));
        let shown = self.prove_by_steps(goal, place, depth);
        self.path.pop();
        shown
    }

    fn prove_by_steps(&mut self, goal: &Linear, place: Place<'_>, depth: u32) -> bool {
        // The atom defined last leads back in time; the others are left for it then.
        let mut atoms = goal.terms.clone();
        atoms.sort_by_key(|&(value, _)| {
            let block = self.cfg.rpo_number(self.home[value.index()]).unwrap_or(0);
            std::cmp::Reverse((block, value))
        });
        for &(value, factor) in &atoms {
            if self.by_facts(goal, value, factor, place, depth)
                || self.by_definition(goal, value, factor, place, depth)
            {
                return true;
            }
        }
        false
    }

    /// The greatest number that a form can be by its atoms' constant bounds.
    fn maximum(&self, form: &Linear) -> i128 {
        form.terms.iter().fold(form.constant, |sum, &(value, c)| {
            let interval = self.interval(value);
            sum + i128::from(c) * if c > 0 { interval.hi } else { interval.lo }
        })
    }

    fn by_facts(
        &mut self,
        goal: &Linear,
        value: Value,
        factor: i64,
        place: Place<'_>,
        depth: u32,
    ) -> bool {
        for i in (0..self.assumed.len()).rev() {
            let (header, le) = &self.assumed[i];
            if self.domtree.dominates(*header, place.at.block) {
                let next = without(goal, value, factor, le);
                if next.is_some_and(|next| self.prove(&next, place, depth - 1)) {
                    return true;
                }
            }
        }
        for le in place.edge {
            let next = without(goal, value, factor, le);
            if next.is_some_and(|next| self.prove(&next, place, depth - 1)) {
                return true;
            }
        }
        let mut tried = 0;
        for fact in self.index.near(self.cfg, value, place.at.block) {
            let (le, scope) = &self.facts[fact as usize];
            if tried == MAX_FACTS * self.times as usize || self.budget == 0 {
                break;
            }
            if !scope.dominates(place.at, self.domtree) {
                continue;
            }
            let Some(next) = without(goal, value, factor, le) else { continue };
            tried += 1;
            if self.prove(&next, place, depth - 1) {
                return true;
            }
        }
        false
    }

    fn by_definition(
        &mut self,
        goal: &Linear,
        value: Value,
        factor: i64,
        place: Place<'_>,
        depth: u32,
    ) -> bool {
        match self.func.value_def(value) {
            ValueDef::Param(block, _) => self.by_edges(goal, block, depth),
            ValueDef::Result(inst, _) => {
                if let Some(next) = self.through_quotient(goal, value, factor, inst) {
                    return self.prove(&next, place, depth - 1);
                }
                let data = self.func.inst(inst);
                let alternatives = match data.op {
                    Opcode::Smax if factor > 0 => &data.args[..],
                    Opcode::Smin if factor < 0 => &data.args[..],
                    Opcode::Select if data.ty.is_some_and(|ty| ty.is_int()) => &data.args[1..],
                    _ => return false,
                };
                alternatives.iter().all(|&alternative| {
                    goal.substitute(value, &self.form(alternative))
                        .is_some_and(|next| self.prove(&next, place, depth - 1))
                })
            }
        }
    }

    /// The goal about the dividend that is equivalent to one about a rounded quotient.
    fn through_quotient(
        &self,
        goal: &Linear,
        value: Value,
        factor: i64,
        inst: Inst,
    ) -> Option<Linear> {
        let data = self.func.inst(inst);
        let constant = || self.func.int_const(data.args[1]);
        let divisor = match data.op {
            Opcode::Sfloordiv | Opcode::Sdiv => constant().filter(|&c| c > 0)?,
            Opcode::Sshr | Opcode::Ushr => 1 << constant().filter(|s| (0..32).contains(s))?,
            _ => return None,
        };
        let rounds_down = matches!(data.op, Opcode::Sfloordiv | Opcode::Sshr);
        if !rounds_down && !self.intervals.meets(Some((data.args[0], 0))) {
            return None;
        }
        let rest = goal.plus(-factor, &Linear::value(value))?.times(divisor)?;
        let dividend = self.form(data.args[0]);
        match factor {
            // r + rest <= 0
            1 => Some(rest.plus(1, &dividend)?.offset(1 - i128::from(divisor))),
            // rest - r <= 0
            -1 => rest.plus(-1, &dividend),
            _ => None,
        }
    }

    /// The goal is about parameters of `block`: shown for each edge's arguments.
    fn by_edges(&mut self, goal: &Linear, block: Block, depth: u32) -> bool {
        if block == self.func.entry() {
            return false;
        }
        let is_param =
            |v: Value| matches!(self.func.value_def(v), ValueDef::Param(b, _) if b == block);
        let from_above = |v: Value| {
            let home = self.home[v.index()];
            home != block && self.domtree.dominates(home, block)
        };
        if !goal.terms.iter().all(|&(v, _)| is_param(v) || from_above(v)) {
            return false;
        }
        let is_header = self.is_header[block.index()];
        if is_header && self.assumed.iter().any(|(_, le)| le == goal) {
            return false;
        }
        let mark = self.assumed.len();
        let mut shown = true;
        let preds = self.cfg.preds(block);
        for (i, &pred) in preds.iter().enumerate() {
            if !shown || !self.cfg.is_reachable(pred) || preds[..i].contains(&pred) {
                continue;
            }
            let goes_back = is_header && self.domtree.dominates(block, pred);
            let Some(inst) = self.func.terminator(pred) else { return false };
            for t in 0..self.func.inst(inst).targets.len() {
                let target = &self.func.inst(inst).targets[t];
                if target.block != block {
                    continue;
                }
                let mut next = Some(Linear::number(goal.constant));
                for &(value, c) in &goal.terms {
                    let form = match self.func.value_def(value) {
                        ValueDef::Param(b, k) if b == block => self.form(target.args[k as usize]),
                        _ => Linear::value(value),
                    };
                    next = next.and_then(|sum| sum.plus(c, &form));
                }
                if goes_back {
                    self.assumed.push((block, goal.clone()));
                }
                let edge = self.edge_facts(pred, t);
                let place = Place { at: Point::end(pred), edge: &edge };
                shown = shown && next.is_some_and(|next| self.prove(&next, place, depth - 1));
                self.assumed.truncate(mark);
            }
        }
        shown
    }

    fn edge_facts(&self, pred: Block, target: usize) -> Vec<Linear> {
        let mut raw = Vec::new();
        facts::on_edge(self.func, pred, target, Point::end(pred), &mut raw);
        raw.iter()
            .filter(|fact| self.intervals.meets(fact.requires))
            .filter_map(|fact| self.over_atoms(&fact.le))
            .collect()
    }
}

/// `m * goal - k * le` with the least `m, k > 0` that cancel `value`, if `le` has it with
/// the goal's sign. A positive multiple of a goal is the same goal.
fn without(goal: &Linear, value: Value, factor: i64, le: &Linear) -> Option<Linear> {
    let divisor = le.coefficient(value);
    if divisor == 0 || (divisor > 0) != (factor > 0) {
        return None;
    }
    let (factor, divisor) = (factor.unsigned_abs(), divisor.unsigned_abs());
    let common = gcd(factor, divisor);
    // Coefficients are below 2^40 in size.
    goal.times((divisor / common) as i64)?.plus(-((factor / common) as i64), le)
}
/// Whether a function asks where a thread is.
fn is_of_kernels(func: &Function) -> bool {
    let insts = func.layout.iter().flat_map(|&block| &func.block(block).insts);
    insts.into_iter().any(|&inst| func.inst(inst).op.is_of_kernels())
}
