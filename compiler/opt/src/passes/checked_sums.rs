//! Sums whose overflow is looked at once for many terms.
//!
//! A sum that raises on overflow can't be vectorized: the check follows each addition. But
//! a thousand terms below 2^52 added to a sum below 2^62 never leave 64 bits on the way. So
//! a loop that runs at most [`MOST_TURNS`] times, as `strip_mine` makes them, gets a version
//! that adds without checks and collects the bits of the terms' magnitudes; where these
//! were small, its sums are right, and else the loop runs again as it was, and raises where
//! it does.
//!
//! ```text
//!   strip:                               strip:
//!     jump block1(v0, v1)                  v90 = ... is v1 below 2^62?
//!   block1(v3: i64, v4: i64):              br v90, fast, slow
//!     v5 = icmp.i64.slt v3, v2           fast: jump block1'(v0, v1, 0)
//!     br v5, block2, block3              block1'(v93, v94, v95: i64):
//!   block2:                                v96 = icmp.i64.slt v93, v2
//!     v6 = load.i64 ...            =>      br v96, block2', after
//!     v7 = sadd_chk.i64 v4, v6           block2':
//!     v8 = iadd.i64 v3, v9                 v97 = load.i64 ...
//!     jump block1(v8, v7)                  v98 = iadd.i64 v94, v97
//!                                          v99 = ... v95, and v97 without its sign
//!                                          jump block1'(.., v98, v99)
//!                                        after:
//!                                          v100 = icmp.i64.ult v95, 2^52
//!                                          br v100, block3(v93, v94), slow
//!                                        slow: jump block1(v0, v1), as before
//! ```
//!
//! Which loops: counted ones that do nothing but compute and read, in one way, and where
//! nothing but such sums can raise. Several sums share the bits. Left alone: sums of which
//! the loop itself uses more than the next one. Complexity: linear in the loop's size,
//! which doubles.

use crate::analysis::CountedLoop;
use crate::loops::{Copied, affordable, funnel};
use crate::pass::Pass;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{
    Builder, Effects, Function, Inst, IntCond, Module, Opcode, Target, Type, Value, ValueDef,
};

/// Most turns of a loop.
const MOST_TURNS: i64 = 1024;
/// Terms are below two to this power in magnitude; so many turns add ten bits.
const TERM_BITS: u32 = 52;
/// A sum at the start is below two to this power.
const SUM_BITS: u32 = 62;
/// Most instructions of a loop.
const LARGEST: usize = 100;

/// The `checked_sums` pass.
pub struct CheckedSums;

impl Pass for CheckedSums {
    fn name(&self) -> &'static str {
        "checked_sums"
    }

    fn run(&self, func: &mut Function, _module: &Module) -> bool {
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        let loops: Vec<(CountedLoop, Vec<Sum>)> = forest
            .innermost_first()
            .filter_map(|id| CountedLoop::find(func, &cfg, &forest, id))
            .filter(|this| is_short(func, this))
            .take(affordable(func))
            .filter_map(|this| find_sums(func, &this).map(|sums| (this, sums)))
            .collect();
        let mut changed = false;
        for (this, sums) in &loops {
            changed |= transform(func, this, sums);
        }
        changed
    }
}

/// A sum that a loop carries.
struct Sum {
    /// Which of the header's parameters it is.
    place: usize,
    /// The checked addition or subtraction of a turn.
    inst: Inst,
    term: Value,
}

/// The sums of a loop that may be transformed; `None` where it has none or does more.
fn find_sums(func: &Function, this: &CountedLoop) -> Option<Vec<Sum>> {
    let size: usize = this.blocks.iter().map(|&b| func.block(b).insts.len()).sum();
    if size > LARGEST || this.exits.len() != 1 {
        return None;
    }
    // One way through: no block has two successors but the header.
    let straight = this.blocks.iter().all(|&b| b == this.header || func.successors(b).count() == 1);
    let params = &func.block(this.header).params;
    let back = func.terminator(this.latch)?;
    let next = &func.inst(back).targets.iter().find(|t| t.block == this.header)?.args;
    let mut sums = Vec::new();
    let mut uses = vec![0u32; func.num_values()];
    for &inst in this.blocks.iter().flat_map(|&b| &func.block(b).insts) {
        func.for_each_use(inst, |v| uses[v.index()] += 1);
        let data = func.inst(inst);
        match data.op.effects() {
            Effects::Pure | Effects::Guarded | Effects::Read | Effects::Terminator => continue,
            _ => {}
        }
        let (Opcode::SaddChk | Opcode::SsubChk, Some(Type::I64)) = (data.op, data.ty) else {
            return None;
        };
        let result = func.result(inst);
        let place = next.iter().position(|&v| v == result)?;
        let (a, b) = (data.args[0], data.args[1]);
        let term = match params[place] {
            sum if sum == a => b,
            sum if sum == b && data.op == Opcode::SaddChk => a,
            _ => return None,
        };
        sums.push(Sum { place, inst, term });
    }
    // The addition and the edge back are all that use a sum.
    let alone = sums.iter().all(|sum| {
        uses[params[sum.place].index()] == 1 && uses[func.result(sum.inst).index()] == 1
    });
    let given = |v: &Value| params.contains(v);
    let ours = |v: &Value| !given(v) && crate::analysis::is_defined_in(func, &this.blocks, *v);
    let leaves = !func.inst(this.branch).targets[1].args.iter().any(ours)
        && this.used_outside(func).iter().all(given);
    (straight && alone && leaves && !sums.is_empty()).then_some(sums)
}

/// Whether the limit says that there are few turns: it is the counter's first value and at
/// most so much.
fn is_short(func: &Function, this: &CountedLoop) -> bool {
    let of = |v: Value, op: Opcode| match func.value_def(v) {
        ValueDef::Result(inst, _) if func.inst(inst).op == op => Some(func.inst(inst)),
        _ => None,
    };
    let Some(sum) = of(this.limit, Opcode::Iadd) else { return false };
    if sum.args[0] != this.first {
        return false;
    }
    let Some(least) = of(sum.args[1], Opcode::Umin) else { return false };
    least.args.iter().any(|&v| func.int_const(v).is_some_and(|n| (0..=MOST_TURNS).contains(&n)))
}

fn transform(func: &mut Function, this: &CountedLoop, sums: &[Sum]) -> bool {
    let Some(enter) = func.terminator(this.preheader) else { return false };
    if !funnel(func, this) {
        return false;
    }
    let loc = func.inst(this.test).loc;
    let given = func.inst(enter).targets[0].args.clone();
    let fast = Copied::new(func, &this.blocks);
    let header = fast.block(this.header);
    let latch = fast.block(this.latch);

    // The version without checks, and what its terms have for bits.
    let bits = func.add_param(header, Type::I64);
    let back = func.terminator(latch).expect("a latch ends in a jump");
    func.block_mut(latch).insts.pop();
    let mut all = bits;
    for sum in sums {
        let copy = func.def_inst(fast.value(func.result(sum.inst))).expect("a result");
        let data = func.inst_mut(copy);
        data.op = if data.op == Opcode::SaddChk { Opcode::Iadd } else { Opcode::Isub };
        let mut b = Builder::new(func, latch);
        b.loc = loc;
        let width = b.iconst(Type::I64, 63);
        let term = fast.value(sum.term);
        let sign = b.binary(Opcode::Sshr, term, width);
        let magnitude = b.binary(Opcode::Bxor, term, sign);
        all = b.binary(Opcode::Bor, all, magnitude);
    }
    func.block_mut(latch).insts.push(back);
    for target in &mut func.inst_mut(back).targets {
        target.args.push(all);
    }

    // Which version, before and after.
    let (to_fast, to_slow, after) = (func.add_block(), func.add_block(), func.add_block());
    func.block_mut(to_slow).cold = true;
    func.block_mut(this.preheader).insts.pop();
    func.block_mut(to_slow).insts.push(enter);
    let mut b = Builder::new(func, this.preheader);
    b.loc = loc;
    let (half, whole) =
        (b.iconst(Type::I64, 1 << SUM_BITS), b.iconst(Type::I64, (1u64 << (SUM_BITS + 1)) as i64));
    let mut small = None;
    for sum in sums {
        let moved = b.binary(Opcode::Iadd, given[sum.place], half);
        let one = b.icmp(IntCond::Ult, moved, whole);
        small = Some(small.map_or(one, |all| b.binary(Opcode::Band, all, one)));
    }
    b.br(small.expect("a sum"), Target::new(to_fast), Target::new(to_slow));
    b.switch_to(to_fast);
    let zero = b.iconst(Type::I64, 0);
    let mut target = Target { block: header, args: given };
    target.args.push(zero);
    b.jump(target);
    let leave = func.terminator(header).expect("a header ends in a branch");
    let exit = std::mem::replace(&mut func.inst_mut(leave).targets[1], Target::new(after));
    let mut b = Builder::new(func, after);
    b.loc = loc;
    let most = b.iconst(Type::I64, 1 << TERM_BITS);
    let right = b.icmp(IntCond::Ult, bits, most);
    b.br(right, exit, Target::new(to_slow));
    true
}
