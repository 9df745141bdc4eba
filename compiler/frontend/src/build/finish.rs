//! The end of SSA construction: what was made on suspicion and isn't needed goes.
//!
//! 1. Blocks that nothing reaches are dropped, the others put in reverse postorder
//!    (a loop's body before what follows the loop).
//! 2. Which values may be unbound: those of `Unbound`, and parameters that may
//!    receive one. A `CheckBound` of any other value is replaced by the value.
//! 3. A parameter that receives only one value beside itself is replaced by it. The
//!    graph is reducible, so what remains is minimal (Braun et al., section 3.2).
//! 4. Refinements that nothing uses are dropped.
//! 5. A block that is only jumped to, from one place, joins the block before it;
//!    headers and latches stay blocks of their own.
//! 6. Values and blocks are numbered anew, in the order in which they are printed.
//!
//! Steps 2 and 3 go over the blocks until nothing changes: in reverse postorder
//! that takes about as many rounds as loops are nested.

use crate::hir::{Edge, HBlock, HValue, HirBlock, Op, ParallelOp, Terminator, ValueInfo};

pub(crate) fn finish(
    mut blocks: Vec<HirBlock>,
    values: Vec<ValueInfo>,
) -> (Vec<HirBlock>, Vec<ValueInfo>) {
    let mut order = reverse_postorder(&blocks);
    let mut subst = Subst::new(values.len());
    remove_checks(&mut blocks, &order, &mut subst);
    remove_params(&mut blocks, &order, &mut subst);
    remove_refinements(&mut blocks, &order, &subst);
    unmark_headers(&mut blocks, &order);
    merge(&mut blocks, &mut order, &subst);
    renumber(blocks, &values, &order, &subst)
}

/// Which value stands for which.
struct Subst(Vec<HValue>);

impl Subst {
    fn new(len: usize) -> Subst {
        Subst((0..len as u32).map(HValue).collect())
    }

    fn get(&self, mut value: HValue) -> HValue {
        while self.0[value.0 as usize] != value {
            value = self.0[value.0 as usize];
        }
        value
    }

    fn replace(&mut self, old: HValue, new: HValue) {
        let new = self.get(new);
        self.0[old.0 as usize] = new;
    }
}

fn reverse_postorder(blocks: &[HirBlock]) -> Vec<HBlock> {
    let mut seen = vec![false; blocks.len()];
    let mut order = Vec::new();
    // The block and how many of its successors have been visited. Successors are
    // taken last first, so that `then` comes before `otherwise` in the result.
    let mut stack = vec![(HBlock(0), successors(&blocks[0]))];
    seen[0] = true;
    while let Some((block, rest)) = stack.last_mut() {
        match rest.pop() {
            Some(next) if !seen[next.0 as usize] => {
                seen[next.0 as usize] = true;
                let rest = successors(&blocks[next.0 as usize]);
                stack.push((next, rest));
            }
            Some(_) => {}
            None => {
                order.push(*block);
                stack.pop();
            }
        }
    }
    order.reverse();
    order
}

fn successors(block: &HirBlock) -> Vec<HBlock> {
    block.edges().map(|e| e.block).collect()
}

/// Arguments for each parameter of each block, from the reachable edges.
fn incoming(blocks: &[HirBlock], order: &[HBlock]) -> Vec<Vec<Vec<HValue>>> {
    let mut incoming: Vec<Vec<Vec<HValue>>> =
        blocks.iter().map(|b| vec![Vec::new(); b.params.len()]).collect();
    for &from in order {
        for edge in blocks[from.0 as usize].edges() {
            for (list, &arg) in incoming[edge.block.0 as usize].iter_mut().zip(&edge.args) {
                list.push(arg);
            }
        }
    }
    incoming
}

fn remove_checks(blocks: &mut [HirBlock], order: &[HBlock], subst: &mut Subst) {
    let mut unbound = vec![false; subst.0.len()];
    for &at in order {
        for inst in &blocks[at.0 as usize].insts {
            let latest = matches!(
                inst.op,
                Op::Parallel(ParallelOp::Block | ParallelOp::Latest | ParallelOp::Lost, _)
            );
            if inst.op == Op::Unbound || latest {
                inst.results.iter().for_each(|value| unbound[value.0 as usize] = true);
            }
        }
    }
    let incoming = incoming(blocks, order);
    let mut changed = true;
    while changed {
        changed = false;
        for &at in order {
            for (param, args) in blocks[at.0 as usize].params.iter().zip(&incoming[at.0 as usize]) {
                if !unbound[param.0 as usize] && args.iter().any(|a| unbound[a.0 as usize]) {
                    unbound[param.0 as usize] = true;
                    changed = true;
                }
            }
        }
    }
    for &at in order {
        blocks[at.0 as usize].insts.retain(|inst| match inst.op {
            Op::CheckBound(value, _) if !unbound[value.0 as usize] => {
                subst.replace(inst.results[0], value);
                false
            }
            _ => true,
        });
    }
}

fn remove_params(blocks: &mut [HirBlock], order: &[HBlock], subst: &mut Subst) {
    let incoming = incoming(blocks, order);
    let mut removed = vec![false; subst.0.len()];
    let mut changed = true;
    while changed {
        changed = false;
        // The entry's parameters are the function's.
        for &at in order.iter().skip(1) {
            for (&param, args) in blocks[at.0 as usize].params.iter().zip(&incoming[at.0 as usize])
            {
                if removed[param.0 as usize] {
                    continue;
                }
                let mut others = args.iter().map(|&a| subst.get(a)).filter(|&a| a != param);
                let Some(first) = others.next() else { continue };
                if others.all(|a| a == first) {
                    subst.replace(param, first);
                    removed[param.0 as usize] = true;
                    changed = true;
                }
            }
        }
    }
    let keeps: Vec<Vec<bool>> =
        blocks.iter().map(|b| b.params.iter().map(|p| !removed[p.0 as usize]).collect()).collect();
    let keep_in = |edge: &mut Edge| {
        let mut keep = keeps[edge.block.0 as usize].iter();
        edge.args.retain(|_| keep.next().copied().unwrap_or(false));
    };
    for &at in order {
        let block = &mut blocks[at.0 as usize];
        block.params.retain(|p| !removed[p.0 as usize]);
        match &mut block.terminator {
            Terminator::Jump(edge) => keep_in(edge),
            Terminator::Branch { then, otherwise, .. } => {
                keep_in(then);
                keep_in(otherwise);
            }
            _ => {}
        }
        block.handler.iter_mut().for_each(keep_in);
    }
}

/// A refinement that nothing uses goes. Users come later in the order, but for edges
/// back, whose arguments are marked first.
fn remove_refinements(blocks: &mut [HirBlock], order: &[HBlock], subst: &Subst) {
    let mut used = vec![false; subst.0.len()];
    for &at in order {
        let block = &mut blocks[at.0 as usize];
        let mut mark = |v: &mut HValue| used[subst.get(*v).0 as usize] = true;
        block.terminator.for_each_operand_mut(&mut mark);
        block.handler.iter_mut().flat_map(|e| &mut e.args).for_each(mark);
    }
    for &at in order.iter().rev() {
        let insts = &mut blocks[at.0 as usize].insts;
        let mut keep = vec![true; insts.len()];
        for (inst, keep) in insts.iter_mut().zip(&mut keep).rev() {
            *keep = !matches!(inst.op, Op::Refine(..)) || used[inst.results[0].0 as usize];
            if *keep {
                inst.op.for_each_operand_mut(|v| used[subst.get(*v).0 as usize] = true);
            }
        }
        let mut keep = keep.into_iter();
        insts.retain(|_| keep.next().unwrap_or(true));
    }
}

/// A header to which no later block jumps is none any more.
fn unmark_headers(blocks: &mut [HirBlock], order: &[HBlock]) {
    let mut place = vec![usize::MAX; blocks.len()];
    order.iter().enumerate().for_each(|(i, at)| place[at.0 as usize] = i);
    let mut has_latch = vec![false; blocks.len()];
    for &at in order {
        for edge in blocks[at.0 as usize].edges() {
            has_latch[edge.block.0 as usize] |=
                place[edge.block.0 as usize] <= place[at.0 as usize];
        }
    }
    for (block, has_latch) in blocks.iter_mut().zip(has_latch) {
        block.loop_header &= has_latch;
    }
}

fn merge(blocks: &mut [HirBlock], order: &mut Vec<HBlock>, subst: &Subst) {
    let mut pred_count = vec![0usize; blocks.len()];
    for &at in order.iter() {
        blocks[at.0 as usize].edges().for_each(|e| pred_count[e.block.0 as usize] += 1);
    }
    let mut gone = vec![false; blocks.len()];
    for &at in order.iter() {
        if gone[at.0 as usize] || blocks[at.0 as usize].loop_header {
            continue;
        }
        while let Terminator::Jump(edge) = &blocks[at.0 as usize].terminator {
            let next = edge.block.0 as usize;
            let is_latch = blocks[next].insts.first().is_some_and(|i| i.op == Op::Poll);
            if pred_count[next] != 1 || blocks[next].loop_header || is_latch {
                break;
            }
            if !same_handler(&blocks[at.0 as usize], &blocks[next], subst) {
                break;
            }
            // Its parameters, having one argument each, are gone already.
            debug_assert!(blocks[next].params.is_empty());
            let mut insts = std::mem::take(&mut blocks[next].insts);
            let end = blocks[next].terminator_span;
            let terminator =
                std::mem::replace(&mut blocks[next].terminator, Terminator::Unreachable);
            let block = &mut blocks[at.0 as usize];
            block.insts.append(&mut insts);
            block.terminator = terminator;
            block.terminator_span = end;
            gone[next] = true;
        }
    }
    order.retain(|at| !gone[at.0 as usize]);
}

/// Whether exceptions of two blocks lead to one place, with the same values.
fn same_handler(a: &HirBlock, b: &HirBlock, subst: &Subst) -> bool {
    match (&a.handler, &b.handler) {
        (None, None) => true,
        (Some(a), Some(b)) => {
            let value = |v: &HValue| subst.get(*v);
            a.block == b.block && a.args.iter().map(value).eq(b.args.iter().map(value))
        }
        _ => false,
    }
}

fn renumber(
    mut blocks: Vec<HirBlock>,
    values: &[ValueInfo],
    order: &[HBlock],
    subst: &Subst,
) -> (Vec<HirBlock>, Vec<ValueInfo>) {
    let mut used = vec![false; values.len()];
    remove_unused_unbound(&mut blocks, order, subst, &mut used);
    let mut new_block = vec![HBlock(u32::MAX); blocks.len()];
    let mut new_value = vec![HValue(u32::MAX); values.len()];
    let mut new_values = Vec::new();
    for (i, &at) in order.iter().enumerate() {
        new_block[at.0 as usize] = HBlock(i as u32);
        let block = &blocks[at.0 as usize];
        for &value in block.params.iter().chain(block.insts.iter().flat_map(|i| &i.results)) {
            new_value[value.0 as usize] = HValue(new_values.len() as u32);
            new_values.push(values[value.0 as usize].clone());
        }
    }
    let value = |v: &mut HValue| *v = new_value[subst.get(*v).0 as usize];
    let mut out = Vec::with_capacity(order.len());
    for &at in order {
        let empty = HirBlock {
            params: Vec::new(),
            insts: Vec::new(),
            terminator: Terminator::Unreachable,
            terminator_span: blocks[at.0 as usize].terminator_span,
            loop_header: false,
            handler: None,
        };
        let mut block = std::mem::replace(&mut blocks[at.0 as usize], empty);
        block.params.iter_mut().for_each(value);
        for inst in &mut block.insts {
            inst.results.iter_mut().for_each(value);
            inst.op.for_each_operand_mut(value);
        }
        block.terminator.for_each_operand_mut(value);
        if let Some(edge) = &mut block.handler {
            edge.args.iter_mut().for_each(value);
            edge.block = new_block[edge.block.0 as usize];
        }
        match &mut block.terminator {
            Terminator::Jump(edge) => edge.block = new_block[edge.block.0 as usize],
            Terminator::Branch { then, otherwise, .. } => {
                then.block = new_block[then.block.0 as usize];
                otherwise.block = new_block[otherwise.block.0 as usize];
            }
            _ => {}
        }
        out.push(block);
    }
    (out, new_values)
}

/// An `Unbound` made for a read in code that nothing reaches has no use left.
fn remove_unused_unbound(
    blocks: &mut [HirBlock],
    order: &[HBlock],
    subst: &Subst,
    used: &mut [bool],
) {
    for &at in order {
        let block = &mut blocks[at.0 as usize];
        let mut mark = |v: &mut HValue| used[subst.get(*v).0 as usize] = true;
        block.insts.iter_mut().for_each(|i| i.op.for_each_operand_mut(&mut mark));
        block.terminator.for_each_operand_mut(&mut mark);
        block.handler.iter_mut().flat_map(|e| &mut e.args).for_each(&mut mark);
    }
    let entry = &mut blocks[order[0].0 as usize];
    entry.insts.retain(|i| i.op != Op::Unbound || used[i.results[0].0 as usize]);
}
