//! Running minima and maxima of floats, looked at as integers.
//!
//! `if x < low: low = x` for each `x` of an array can't be computed with vectors as it
//! stands: of zeros the first one stays, whatever its sign, and a nan is passed over.
//! Floats but nan are ordered as integers are once the bits below the sign of negative ones
//! are turned over, and the extreme of integers is the same in any order. So the loop gets a
//! version that carries the extreme of those integers. It is right unless the result is a
//! nan, which was passed over, or the one zero that may hide the other; then the loop runs
//! again as it was.
//!
//! ```text
//!   preheader:                           preheader:
//!     jump block1(v0, v1)                  v90 = fcmp.f64.eq v1, v1
//!   block1(v3: i64, v4: f64):              br v90, fast, slow
//!     v5 = icmp.i64.slt v3, v2           fast: jump block1'(v0, key(v1))
//!     br v5, block2, block3              block1'(v93: i64, v94: i64):
//!   block2:                                v96 = icmp.i64.slt v93, v2
//!     v6 = load.f64 ...                    br v96, block2', after
//!     v7 = fcmp.f64.lt v6, v4      =>    block2':
//!     v8 = select.f64 v7, v6, v4           v97 = load.f64 ...
//!     v9 = iadd.i64 v3, v10                v98 = smin.i64 v94, key(v97)
//!     jump block1(v9, v8)                  jump block1'(.., v98)
//!                                        after:
//!                                          v99 = ... v94 is neither key(-0.0) nor below
//!                                          br v99, block3(v93, float(v94)), slow
//!                                        slow: jump block1(v0, v1), as before
//! ```
//!
//! A zero hides another only on one side: a minimum of -0.0 may have come behind a 0.0, a
//! minimum of 0.0 has met no -0.0 at all; with maxima it is the other way round. Of nans it
//! is those beyond the infinity that is asked for: positive ones never are a minimum.
//!
//! Which loops: counted ones that do nothing but compute and read, in one way, and carry
//! nothing but such extremes, the counter and sums; else there is little to gain. Several
//! extremes, of either kind, share a version. Complexity: linear in the loop's size, which
//! doubles.

use crate::analysis::CountedLoop;
use crate::loops::{Copied, affordable, funnel};
use crate::pass::Pass;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{
    Block, Builder, Effects, FloatCond, Function, Imm, Inst, IntCond, Module, Opcode, Target, Type,
    Value, ValueDef,
};

/// Most instructions of a loop.
const LARGEST: usize = 100;

/// The `running_extremes` pass.
pub struct RunningExtremes;

impl Pass for RunningExtremes {
    fn name(&self) -> &'static str {
        "running_extremes"
    }

    fn run(&self, func: &mut Function, module: &Module) -> bool {
        let choice = |&inst: &Inst| func.inst(inst).op == Opcode::Fcmp;
        if !func.layout.iter().any(|&block| func.block(block).insts.iter().any(choice)) {
            return false;
        }
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        let loops: Vec<(CountedLoop, Vec<Extreme>)> = forest
            .innermost_first()
            .filter_map(|id| CountedLoop::find(func, &cfg, &forest, id))
            .take(affordable(func))
            .filter_map(|this| find_extremes(func, module, &this).map(|found| (this, found)))
            .collect();
        let mut changed = false;
        for (this, extremes) in loops {
            changed |= transform(func, &this.refreshed(func), &extremes);
        }
        changed
    }
}

/// A minimum or maximum that a loop carries.
struct Extreme {
    /// Which of the header's parameters it is.
    place: usize,
    /// What each turn compares with it.
    term: Value,
    least: bool,
}

/// The extremes of a loop that may be transformed; `None` where it has none or does more.
fn find_extremes(func: &Function, module: &Module, this: &CountedLoop) -> Option<Vec<Extreme>> {
    let size: usize = this.blocks.iter().map(|&b| func.block(b).insts.len()).sum();
    if size > LARGEST || this.exits.len() != 1 {
        return None;
    }
    let mut uses = vec![0u32; func.num_values()];
    for &block in &this.blocks {
        // One way through, so what a turn computes is there at its end.
        let data = func.inst(func.terminator(block)?);
        if block != this.header && data.targets.iter().any(|to| to.block != data.targets[0].block) {
            return None;
        }
        for &inst in &func.block(block).insts {
            func.for_each_use(inst, |v| uses[v.index()] += 1);
            let op = func.inst(inst).op;
            let harmless = match op.effects() {
                Effects::Pure | Effects::Guarded | Effects::Read | Effects::Terminator => true,
                _ => op == Opcode::Poll || crate::effects::is_pure_call(func, module, inst),
            };
            if !harmless {
                return None;
            }
        }
    }
    let params = &func.block(this.header).params;
    let back = func.terminator(this.latch)?;
    let next = &func.inst(back).targets.iter().find(|t| t.block == this.header)?.args;
    let mut found = Vec::new();
    for (place, (&param, &next)) in params.iter().zip(next).enumerate() {
        if param == this.counter || is_sum(func, param, next) {
            continue;
        }
        let choice = Choice::find(func, this, next)?;
        let (term, least) = choice.extreme_of(func, param)?;
        // The comparison, the choice: nothing else in the loop asks for it.
        let alone = uses[param.index()] == 2 && uses[next.index()] == 1;
        if !alone || uses[choice.condition.index()] != 1 {
            return None;
        }
        found.push(Extreme { place, term, least });
    }
    let given = |v: &Value| params.contains(v);
    let ours = |v: &Value| !given(v) && crate::analysis::is_defined_in(func, &this.blocks, *v);
    let leaves = !func.inst(this.branch).targets[1].args.iter().any(ours)
        && this.used_outside(func).iter().all(given);
    (leaves && !found.is_empty()).then_some(found)
}

/// Whether each turn adds something to the parameter.
fn is_sum(func: &Function, param: Value, next: Value) -> bool {
    let Some(inst) = func.def_inst(next) else { return param == next };
    let data = func.inst(inst);
    matches!(data.op, Opcode::Iadd | Opcode::Isub | Opcode::Fadd | Opcode::Fsub)
        && data.args.contains(&param)
}

/// One of two values by a condition.
struct Choice {
    condition: Value,
    then: Value,
    otherwise: Value,
}

impl Choice {
    /// How the value is chosen: by a `select`, or by a branch whose ways meet at once.
    fn find(func: &Function, this: &CountedLoop, value: Value) -> Option<Choice> {
        match func.value_def(value) {
            ValueDef::Result(inst, _) => {
                let data = func.inst(inst);
                let &[condition, then, otherwise] = data.args.as_slice() else { return None };
                (data.op == Opcode::Select).then_some(Choice { condition, then, otherwise })
            }
            ValueDef::Param(block, place) => {
                let to = |from: &&Block| func.successors(**from).any(|to| to == block);
                let mut from = this.blocks.iter().filter(to);
                let branch = func.inst(func.terminator(*from.next()?)?);
                let meets = branch.targets.iter().all(|to| to.block == block);
                if branch.op != Opcode::Br || !meets || from.next().is_some() {
                    return None;
                }
                let arg = |way: usize| branch.targets[way].args[place as usize];
                Some(Choice { condition: branch.args[0], then: arg(0), otherwise: arg(1) })
            }
        }
    }

    /// What is compared with `param` and takes its place if it is less, or if it is more.
    fn extreme_of(&self, func: &Function, param: Value) -> Option<(Value, bool)> {
        let data = func.inst(func.def_inst(self.condition)?);
        let (Opcode::Fcmp, &Imm::FloatCond(code)) = (data.op, &data.imm) else { return None };
        let less = match code {
            FloatCond::Lt | FloatCond::Le => true,
            FloatCond::Gt | FloatCond::Ge => false,
            FloatCond::Eq | FloatCond::Ne => return None,
        };
        let (a, b) = (data.args[0], data.args[1]);
        // A comparison with a nan is false, and then the old one must stay.
        let kept = self.otherwise == param;
        match (a, b) {
            _ if a == b || !kept => None,
            (term, other) if other == param && term == self.then => Some((term, less)),
            (other, term) if other == param && term == self.then => Some((term, !less)),
            _ => None,
        }
    }
}

/// The integer type of a float's bits, the bits of positive infinity, and all but the sign.
fn layout(ty: Type) -> (Type, i64, i64) {
    match ty {
        Type::F32 => (Type::I32, i64::from(f32::INFINITY.to_bits()), i64::from(i32::MAX)),
        _ => (Type::I64, f64::INFINITY.to_bits() as i64, i64::MAX),
    }
}

/// A float's bits as an integer with the same order; or such an integer as a float's bits.
fn turned(b: &mut Builder<'_>, bits: Value, ty: Type) -> Value {
    let (int, _, below) = layout(ty);
    let width = b.iconst(int, i64::from(int.bits()) - 1);
    let below = b.iconst(int, below);
    let sign = b.binary(Opcode::Sshr, bits, width);
    let turned = b.binary(Opcode::Band, sign, below);
    b.binary(Opcode::Bxor, bits, turned)
}

fn key(b: &mut Builder<'_>, float: Value, ty: Type) -> Value {
    let bits = b.convert(Opcode::Bitcast, layout(ty).0, float);
    turned(b, bits, ty)
}

fn transform(func: &mut Function, this: &CountedLoop, extremes: &[Extreme]) -> bool {
    let Some(enter) = func.terminator(this.preheader) else { return false };
    if !funnel(func, this) {
        return false;
    }
    let loc = func.inst(this.test).loc;
    let given = func.inst(enter).targets[0].args.clone();
    let type_of = |func: &Function, extreme: &Extreme| func.value_type(given[extreme.place]);
    let fast = Copied::new(func, &this.blocks);
    let header = fast.block(this.header);
    let latch = fast.block(this.latch);

    // The version with integers: what was carried stays as it is given.
    let back = func.terminator(latch).expect("a latch ends in a jump");
    func.block_mut(latch).insts.pop();
    let mut carried = Vec::new();
    for extreme in extremes {
        let ty = type_of(func, extreme);
        let param = func.add_param(header, layout(ty).0);
        let mut b = Builder::new(func, latch);
        b.loc = loc;
        let term = key(&mut b, fast.value(extreme.term), ty);
        let op = if extreme.least { Opcode::Smin } else { Opcode::Smax };
        let next = b.binary(op, param, term);
        carried.push(param);
        let target = &mut func.inst_mut(back).targets[0];
        debug_assert_eq!(target.block, header);
        target.args[extreme.place] = given[extreme.place];
        target.args.push(next);
    }
    func.block_mut(latch).insts.push(back);

    // Which version, before and after.
    let (to_fast, to_slow, after) = (func.add_block(), func.add_block(), func.add_block());
    func.block_mut(to_slow).cold = true;
    func.block_mut(this.header).cold = true;
    func.block_mut(this.preheader).insts.pop();
    func.block_mut(to_slow).insts.push(enter);
    let mut b = Builder::new(func, this.preheader);
    b.loc = loc;
    let mut numbers = None;
    for extreme in extremes {
        let number = b.fcmp(FloatCond::Eq, given[extreme.place], given[extreme.place]);
        numbers = Some(numbers.map_or(number, |all| b.binary(Opcode::Band, all, number)));
    }
    b.br(numbers.expect("an extreme"), Target::new(to_fast), Target::new(to_slow));
    b.switch_to(to_fast);
    let mut target = Target { block: header, args: given.clone() };
    for extreme in extremes {
        let ty = b.func.value_type(given[extreme.place]);
        let began = key(&mut b, given[extreme.place], ty);
        target.args.push(began);
    }
    b.jump(target);

    let leave = func.terminator(header).expect("a header ends in a branch");
    let mut exit = std::mem::replace(&mut func.inst_mut(leave).targets[1], Target::new(after));
    let mut b = Builder::new(func, after);
    b.loc = loc;
    let mut right = None;
    for (extreme, &reached) in extremes.iter().zip(&carried) {
        let ty = b.func.value_type(given[extreme.place]);
        let (int, infinity, _) = layout(ty);
        // Of -0.0 and 0.0 the keys are -1 and 0.
        let (zero, end, inside) = match extreme.least {
            true => (-1, !infinity, IntCond::Sge),
            false => (0, infinity, IntCond::Sle),
        };
        let zero = b.iconst(int, zero);
        let end = b.iconst(int, end);
        let plain = b.icmp(IntCond::Ne, reached, zero);
        let number = b.icmp(inside, reached, end);
        let one = b.binary(Opcode::Band, plain, number);
        right = Some(right.map_or(one, |all| b.binary(Opcode::Band, all, one)));
        let bits = turned(&mut b, reached, ty);
        let float = b.convert(Opcode::Bitcast, ty, bits);
        let old = b.func.block(header).params[extreme.place];
        exit.args.iter_mut().filter(|arg| **arg == old).for_each(|arg| *arg = float);
    }
    b.br(right.expect("an extreme"), exit, Target::new(to_slow));
    true
}
