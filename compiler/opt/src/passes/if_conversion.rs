//! Short arms of branches in innermost loops computed always, and chosen from.
//!
//! Which way a branch goes that depends on data is guessed wrong every other time, and a
//! wrong guess costs as much as twenty operations. A backend makes a choice of two values of
//! short arms that can't fail; an arm with an overflow check it has to leave. So those get a
//! test in front, which doesn't depend on the data's ups and downs: whether what the arms
//! compute from is small enough for no check to fail. If it is, both are computed and one is
//! chosen; if not, the branch with its checks is taken as before.
//!
//! ```text
//!   block1:                                 block1:
//!     br v1, block2, block3                   v80 = ... v2 is from -2^63/3 to (2^63-2)/3
//!   block2:                                   br v80, block9, block8
//!     v3 = sshr.i64 v2, v9                  block9:
//!     jump block4(v3)               =>        v83 = sshr.i64 v2, v9
//!   block3:                                   v84 = imul.i64 v2, 3
//!     v4 = smul_chk.i64 v2, 3                 v85 = iadd.i64 v84, 1
//!     v5 = sadd_chk.i64 v4, 1                 v86 = select.i64 v1, v83, v85
//!     jump block4(v5)                         jump block4(v86)
//!                                           block8: as block1 was, cold
//! ```
//!
//! Left alone: arms with memory, divisions or calls, of more than a few operations, or with
//! checks of anything but sums and products of one value with constants; and what has no
//! check, which is the backend's to choose. Complexity: linear.

use crate::effects;
use crate::loops::Copied;
use crate::pass::Pass;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{
    Block, Builder, Function, Inst, IntCond, Module, Opcode, Target, Type, Value, ValueList,
};

/// Most operations of an arm, constants aside.
const LONGEST: usize = 3;
/// Most values that are chosen.
const MOST_CHOICES: usize = 2;

/// The `if_conversion` pass.
pub struct IfConversion;

impl Pass for IfConversion {
    fn name(&self) -> &'static str {
        "if_conversion"
    }

    fn run(&self, func: &mut Function, module: &Module) -> bool {
        let cfg = Cfg::new(func);
        let domtree = DominatorTree::new(func, &cfg);
        let forest = LoopForest::new(func, &cfg, &domtree);
        let innermost = |block: Block| {
            forest
                .loop_of(block)
                .is_some_and(|id| !forest.loops.iter().any(|other| other.parent == Some(id)))
        };
        let mut changed = false;
        // Arms inside of arms become short first.
        for &head in cfg.rpo().iter().rev().filter(|&&block| innermost(block)) {
            if let Some(choice) = Choice::find(func, module, &cfg, head) {
                choice.convert(func, head);
                changed = true;
            }
        }
        changed
    }
}

/// A branch whose sides come together at once.
struct Choice {
    condition: Value,
    /// What each side computes: its block, if it has one, with the instructions in it.
    arms: [Option<Block>; 2],
    /// What each side hands on.
    args: [ValueList; 2],
    /// Where what the checks are about must be for none to fail.
    ranges: Vec<(Value, (i64, i64))>,
    join: Block,
}

impl Choice {
    fn find(func: &Function, module: &Module, cfg: &Cfg, head: Block) -> Option<Choice> {
        let branch = func.terminator(head)?;
        let data = func.inst(branch);
        if data.op != Opcode::Br || data.targets[0].block == data.targets[1].block {
            return None;
        }
        let own = [0, 1].map(|side| arm(func, module, cfg, &data.targets[side]));
        let beyond = |side: usize| own[side].map(|(_, join)| join);
        let direct = |side: usize| data.targets[side].block;
        let (join, arms) = match (beyond(0), beyond(1)) {
            (Some(a), Some(b)) if a == b => (a, [true, true]),
            (Some(a), _) if a == direct(1) => (a, [true, false]),
            (_, Some(b)) if b == direct(0) => (b, [false, true]),
            _ => return None,
        };
        let arms = [0, 1].map(|side| own[side].filter(|_| arms[side]).map(|(block, _)| block));
        let args = [0, 1].map(|side| match arms[side].and_then(|block| func.terminator(block)) {
            Some(jump) => func.inst(jump).targets[0].args.clone(),
            None => data.targets[side].args.clone(),
        });
        let mut ranges: Vec<(Value, (i64, i64))> = Vec::new();
        for &block in arms.iter().flatten() {
            for (root, range) in root_ranges(func, block)? {
                match ranges.iter_mut().find(|known| known.0 == root) {
                    Some(known) => known.1 = (known.1.0.max(range.0), known.1.1.min(range.1)),
                    None => ranges.push((root, range)),
                }
            }
        }
        let choices = args[0].iter().zip(&args[1]).filter(|(a, b)| a != b).count();
        (!ranges.is_empty() && choices <= MOST_CHOICES).then_some(Choice {
            condition: data.args[0],
            arms,
            args,
            ranges,
            join,
        })
    }

    fn convert(self, func: &mut Function, head: Block) {
        let Some(branch) = func.block_mut(head).insts.pop() else { return };
        let loc = func.inst(branch).loc;
        let [original, chosen] = std::array::from_fn(|_| func.add_block());
        func.block_mut(original).insts.push(branch);
        let copied = Copied::new(func, &self.arms.iter().flatten().copied().collect::<Vec<_>>());
        let mut b = Builder::new(func, head);
        b.loc = loc;
        let mut small: Option<Value> = None;
        for (root, range) in self.ranges {
            let fits = within(&mut b, root, range);
            small = Some(small.map_or(fits, |known| b.binary(Opcode::Band, known, fits)));
        }
        let Some(small) = small else { unreachable!("a check has an operand") };
        b.br(small, Target::new(chosen), Target::new(original));

        let mut arms = self.arms;
        for arm in arms.iter_mut().flatten() {
            func.block_mut(*arm).cold = true;
            let mut insts = std::mem::take(&mut func.block_mut(copied.block(*arm)).insts);
            insts.pop();
            for &inst in &insts {
                let data = func.inst_mut(inst);
                data.op = unchecked(data.op);
            }
            func.block_mut(chosen).insts.extend(insts);
            *arm = copied.block(*arm);
        }
        func.layout.retain(|block| !arms.contains(&Some(*block)));
        let mut b = Builder::new(func, chosen);
        b.loc = loc;
        let args = self.args[0].iter().zip(&self.args[1]).map(|(&x, &y)| match x == y {
            true => x,
            false => b.select(self.condition, copied.value(x), copied.value(y)),
        });
        let args: ValueList = args.collect();
        b.jump(Target { block: self.join, args });
        func.block_mut(original).cold = true;
    }
}

fn unchecked(op: Opcode) -> Opcode {
    match op {
        Opcode::SaddChk => Opcode::Iadd,
        Opcode::SsubChk => Opcode::Isub,
        Opcode::SmulChk => Opcode::Imul,
        other => other,
    }
}

fn is_checked(op: Opcode) -> bool {
    matches!(op, Opcode::SaddChk | Opcode::SsubChk | Opcode::SmulChk)
}

/// A block of one predecessor that can be computed always, and where it goes.
fn arm(func: &Function, module: &Module, cfg: &Cfg, to: &Target) -> Option<(Block, Block)> {
    let data = func.block(to.block);
    let alone = cfg.preds(to.block).len() == 1 && to.block != func.entry();
    if !alone || data.cold || !data.params.is_empty() || data.insts.len() > 4 * LONGEST {
        return None;
    }
    let (&last, insts) = data.insts.split_last()?;
    let jump = func.inst(last);
    let quick = |&&inst: &&Inst| match func.inst(inst).op {
        op if is_checked(op) => true,
        Opcode::Sdiv | Opcode::Srem | Opcode::Sfloordiv | Opcode::Sfloormod => false,
        Opcode::Udiv | Opcode::Urem | Opcode::Fdiv | Opcode::Fsqrt => false,
        Opcode::Call | Opcode::ExternCall => false,
        _ => effects::is_speculatable(func, module, inst),
    };
    let work = insts.iter().filter(|&&inst| func.int_const(func.inst(inst).results[0]).is_none());
    let short = jump.op == Opcode::Jump && insts.iter().all(|inst| quick(&inst));
    (short && work.count() <= LONGEST && jump.targets[0].block != to.block)
        .then(|| (to.block, jump.targets[0].block))
}

/// For each value from outside that the checks of an arm are about, from where to where it
/// may be for none to fail; `None` if there is a check that isn't about a sum or product of
/// one such value with constants.
fn root_ranges(func: &Function, arm: Block) -> Option<Vec<(Value, (i64, i64))>> {
    // Results as a factor times a value from outside and a number.
    let mut forms: Vec<(Value, (Value, i128, i128))> = Vec::new();
    let mut ranges: Vec<(Value, (i64, i64))> = Vec::new();
    let small = |number: i128| number.unsigned_abs() < 1 << 100;
    for &inst in &func.block(arm).insts {
        let data = func.inst(inst);
        let number = data.args.get(1).and_then(|&arg| func.int_const(arg)).map(i128::from);
        let form = match (data.op, data.ty, number) {
            (op, Some(Type::I64), Some(number)) if is_checked(op) => {
                let operand = data.args[0];
                let known = forms.iter().find(|form| form.0 == operand).map(|form| form.1);
                let (root, factor, offset) = known.unwrap_or((operand, 1, 0));
                if is_made_in(func, arm, root) {
                    return None;
                }
                match op {
                    Opcode::SaddChk => (root, factor, offset + number),
                    Opcode::SsubChk => (root, factor, offset - number),
                    _ if number >= 1 => (root, factor * number, offset * number),
                    _ => return None,
                }
            }
            (op, ..) if is_checked(op) => return None,
            _ => continue,
        };
        let (root, factor, offset) = form;
        if !small(factor) || !small(offset) {
            return None;
        }
        // From above `MIN`: rounded up, which for a positive divisor is the negative of the
        // negative rounded down.
        let lo = -(-(i128::from(i64::MIN) - offset)).div_euclid(factor);
        let hi = (i128::from(i64::MAX) - offset).div_euclid(factor);
        let lo = i64::try_from(lo.max(i64::MIN.into())).ok()?;
        let hi = i64::try_from(hi.min(i64::MAX.into())).ok()?;
        match ranges.iter_mut().find(|known| known.0 == root) {
            Some(known) => known.1 = (known.1.0.max(lo), known.1.1.min(hi)),
            None => ranges.push((root, (lo, hi))),
        }
        forms.push((data.results[0], form));
    }
    ranges.iter().all(|(_, (lo, hi))| lo <= hi).then_some(ranges)
}

fn is_made_in(func: &Function, block: Block, value: Value) -> bool {
    func.def_inst(value).is_some_and(|inst| func.block(block).insts.contains(&inst))
}

fn within(b: &mut Builder<'_>, value: Value, (lo, hi): (i64, i64)) -> Value {
    match (lo, hi) {
        (i64::MIN, hi) => {
            let hi = b.iconst(Type::I64, hi);
            b.icmp(IntCond::Sle, value, hi)
        }
        (lo, i64::MAX) => {
            let lo = b.iconst(Type::I64, lo);
            b.icmp(IntCond::Sge, value, lo)
        }
        (lo, hi) => {
            let low = b.iconst(Type::I64, lo.wrapping_neg());
            let size = b.iconst(Type::I64, hi.wrapping_sub(lo));
            let moved = b.binary(Opcode::Iadd, value, low);
            b.icmp(IntCond::Ule, moved, size)
        }
    }
}
