//! A constant interval for each integer value.
//!
//! A forward fixpoint over the reverse postorder: each operation's interval follows
//! from its operands', each parameter's from its edges'. An operand's interval is
//! *refined* by the facts that hold where it is used, so that `i + 1` under `i < n`
//! is known not to wrap. Edges that weren't visited yet count for nothing at first
//! (the optimistic start); a loop header's parameters only grow, along few landmarks,
//! so that a handful of rounds settles them. In the last round nothing grew, so all
//! intervals agree with one another: an inductive invariant of every execution.
//!
//! Complexity: rounds times instructions; a function without loops takes one round.

use super::facts::{self, Fact, FactIndex, Point};
use super::interval::Interval;
use super::linear::Linear;
use super::transfer::{is_range_type, transfer};
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{Block, Function, Inst, Type, Value};

/// Intervals of all values, and which operations don't wrap.
pub struct Intervals {
    of: Vec<Interval>,
    exact: Vec<bool>,
}

/// What the computation reads.
pub struct Context<'a> {
    /// The function.
    pub func: &'a Function,
    /// Its graph.
    pub cfg: &'a Cfg,
    /// Its dominator tree.
    pub domtree: &'a DominatorTree,
    /// Its loops.
    pub forest: &'a LoopForest,
    /// What is known to hold where.
    pub facts: &'a [Fact],
    /// The facts by value.
    pub index: &'a FactIndex,
}

impl Intervals {
    /// The fixpoint.
    pub fn new(cx: &Context<'_>) -> Intervals {
        let n = cx.func.num_values();
        let mut this = Intervals { of: vec![Interval::EMPTY; n], exact: vec![false; n] };
        let mut joins = Joins::new(cx);
        loop {
            let mut grew = false;
            for &block in cx.cfg.rpo() {
                grew |= this.params(cx, &mut joins, block);
                for (i, &inst) in cx.func.block(block).insts.iter().enumerate() {
                    this.instruction(cx, Point::new(block, i), inst);
                }
            }
            if !grew {
                return this;
            }
        }
    }

    /// The values an integer value can have. Other types have the interval of `i64`.
    pub fn of(&self, cx_type: Type, value: Value) -> Interval {
        match self.of[value.index()] {
            known if !known.is_empty() => known,
            _ => Interval::full(cx_type),
        }
    }

    /// Whether the (wrapping) operation that defines the value doesn't wrap.
    pub fn is_exact(&self, value: Value) -> bool {
        self.exact[value.index()]
    }

    /// Notes that the operation was found not to wrap by other means.
    pub fn set_exact(&mut self, value: Value) {
        self.exact[value.index()] = true;
    }

    /// Whether a fact's requirement is met.
    pub fn meets(&self, requires: Option<(Value, i64)>) -> bool {
        match requires {
            None => true,
            Some((value, least)) => {
                let interval = self.of[value.index()];
                !interval.is_empty() && interval.lo >= least.into()
            }
        }
    }

    /// The interval of a value at a place.
    pub fn refined(&self, cx: &Context<'_>, value: Value, at: Point) -> Interval {
        let mut interval = self.of(cx.func.value_type(value), value);
        for fact in cx.index.near(cx.cfg, value, at.block) {
            let fact = &cx.facts[fact as usize];
            if fact.scope.dominates(at, cx.domtree) {
                interval = self.narrowed(cx, interval, value, fact);
            }
        }
        interval
    }

    fn narrowed(
        &self,
        cx: &Context<'_>,
        interval: Interval,
        value: Value,
        fact: &Fact,
    ) -> Interval {
        if !self.meets(fact.requires) {
            return interval;
        }
        let Some(rest) = self.minimum_of_rest(cx, &fact.le, value) else { return interval };
        // coefficient * value + rest <= 0
        let narrowed = match fact.le.coefficient(value) {
            1 => interval.meet(Interval::new(i128::MIN, -rest)),
            -1 => interval.meet(Interval::new(rest, i128::MAX)),
            _ => interval,
        };
        // An empty meeting means that control never gets here; any answer will do.
        if narrowed.is_empty() { interval } else { narrowed }
    }

    /// The least number that a form without its term for `value` can be.
    fn minimum_of_rest(&self, cx: &Context<'_>, le: &Linear, value: Value) -> Option<i128> {
        let mut sum = le.constant;
        for &(v, c) in le.terms.iter().filter(|t| t.0 != value) {
            let interval = self.of(cx.func.value_type(v), v);
            sum += i128::from(c) * if c > 0 { interval.lo } else { interval.hi };
        }
        (le.terms.len() <= 3).then_some(sum)
    }

    fn params(&mut self, cx: &Context<'_>, joins: &mut Joins, block: Block) -> bool {
        let params = &cx.func.block(block).params;
        let is_header = cx.forest.loop_with_header(block).is_some();
        let mut grew = false;
        for (i, &param) in params.iter().enumerate() {
            let ty = cx.func.value_type(param);
            if !is_range_type(ty) {
                continue;
            }
            let joined = match block == cx.func.entry() {
                true => extent(cx.func, i).unwrap_or_else(|| Interval::full(ty)),
                false => self.edge_values(cx, joins, block, i),
            };
            let old = self.of[param.index()];
            let new = if is_header { old.widen(joined, ty) } else { joined };
            grew |= is_header && new != old;
            self.of[param.index()] = new;
        }
        grew
    }

    fn edge_values(
        &self,
        cx: &Context<'_>,
        joins: &mut Joins,
        block: Block,
        param: usize,
    ) -> Interval {
        let mut joined = Interval::EMPTY;
        let mut last = None;
        for &pred in cx.cfg.preds(block) {
            // A `br` with both targets here has the block twice among the predecessors.
            if !cx.cfg.is_reachable(pred) || last == Some(pred) {
                continue;
            }
            last = Some(pred);
            let Some(inst) = cx.func.terminator(pred) else { continue };
            for (t, target) in cx.func.inst(inst).targets.iter().enumerate() {
                if target.block != block {
                    continue;
                }
                let arg = target.args[param];
                if self.of[arg.index()].is_empty() {
                    continue;
                }
                let mut interval = self.refined(cx, arg, Point::end(pred));
                for fact in joins.edge_facts(cx, pred, t) {
                    if fact.le.coefficient(arg) != 0 {
                        interval = self.narrowed(cx, interval, arg, fact);
                    }
                }
                joined = joined.join(interval);
            }
        }
        joined
    }

    fn instruction(&mut self, cx: &Context<'_>, at: Point, inst: Inst) {
        let data = cx.func.inst(inst);
        let &[result] = data.results.as_slice() else {
            for &result in &data.results {
                self.of[result.index()] = Interval::full(cx.func.value_type(result));
            }
            return;
        };
        let ty = cx.func.value_type(result);
        if !is_range_type(ty) {
            return;
        }
        let (interval, exact) = self.evaluate(cx, at, inst, ty);
        self.of[result.index()] = interval;
        self.exact[result.index()] = exact;
    }

    /// The result's interval, and whether the operation gives the mathematical result.
    fn evaluate(&self, cx: &Context<'_>, at: Point, inst: Inst, ty: Type) -> (Interval, bool) {
        let args = &cx.func.inst(inst).args;
        transfer(cx.func, inst, ty, |i| self.refined(cx, args[i], at))
    }
}

/// Facts of edges into blocks that other edges lead to as well, found once.
struct Joins {
    facts: Vec<[Option<Vec<Fact>>; 2]>,
}

impl Joins {
    fn new(cx: &Context<'_>) -> Joins {
        Joins { facts: vec![[None, None]; cx.func.num_blocks()] }
    }

    fn edge_facts(&mut self, cx: &Context<'_>, pred: Block, target: usize) -> &[Fact] {
        self.facts[pred.index()][target.min(1)].get_or_insert_with(|| {
            let mut out = Vec::new();
            facts::on_edge(cx.func, pred, target, Point::end(pred), &mut out);
            out
        })
    }
}
/// The interval of a parameter that is an extent of an array: it isn't negative, and all elements
/// have addresses.
fn extent(func: &Function, param: usize) -> Option<Interval> {
    let is_extent = |array: &&cumbia_ir::ArrayParams| {
        let first = array.data as usize + 1;
        (first..first + array.axes as usize).contains(&param)
    };
    let array = func.arrays.iter().find(is_extent)?;
    Some(Interval::new(0, i128::from(i64::MAX / i64::from(array.item.max(1)))))
}
