//! The analyses against their definitions, on random control flow (any shape, also
//! irreducible, with unreachable blocks) and on random functions.

use cumbia_ir::analysis::{Cfg, DominatorTree, Liveness, LoopForest};
use cumbia_ir::{Block, Builder, Function, Target, Type, Value};
use cumbia_test_runner::fuzz::{Rng, generate};
use std::collections::BTreeSet;

/// A function of random jumps and branches.
fn random_graph(seed: u64) -> Function {
    let mut rng = Rng::new(seed);
    let mut func = Function::new("graph", vec![Type::Bool], vec![]);
    let count = 1 + rng.below(12);
    let blocks: Vec<Block> = (0..count).map(|_| func.add_block()).collect();
    let cond = func.add_param(blocks[0], Type::Bool);
    for &block in &blocks {
        let mut b = Builder::new(&mut func, block);
        // Not to the entry.
        let mut target = || Target::new(blocks[1 + rng.below(count - 1)]);
        match (count, seed % 3, block.index() % 4) {
            (1, _, _) | (_, _, 3) => b.ret(&[]),
            (_, 0, 0) => b.jump(target()),
            _ => {
                let (then, otherwise) = (target(), target());
                b.br(cond, then, otherwise);
            }
        }
    }
    func
}

fn functions() -> impl Iterator<Item = Function> {
    let graphs = (0..2000).map(random_graph);
    graphs.chain((0..100).flat_map(|seed| generate(seed).0.functions))
}

/// The blocks on paths from `from` that don't enter `without`.
fn reachable(func: &Function, from: Block, without: Option<Block>) -> BTreeSet<Block> {
    let mut seen = BTreeSet::new();
    let mut stack = vec![from];
    while let Some(block) = stack.pop() {
        if Some(block) != without && seen.insert(block) {
            stack.extend(func.successors(block));
        }
    }
    seen
}

#[test]
fn order_and_edges() {
    for func in functions() {
        let cfg = Cfg::new(&func);
        let reached = reachable(&func, func.entry(), None);
        assert_eq!(cfg.rpo().iter().copied().collect::<BTreeSet<_>>(), reached);
        assert_eq!(cfg.rpo().len(), reached.len());
        for &block in &func.layout {
            assert_eq!(cfg.succs(block), func.successors(block).collect::<Vec<_>>());
            for &succ in cfg.succs(block) {
                let forward = cfg.succs(block).iter().filter(|&&b| b == succ).count();
                assert_eq!(cfg.preds(succ).iter().filter(|&&b| b == block).count(), forward);
            }
        }
    }
}

#[test]
fn dominators() {
    for func in functions() {
        let cfg = Cfg::new(&func);
        let tree = DominatorTree::new(&func, &cfg);
        let reached = reachable(&func, func.entry(), None);
        for &a in &func.layout {
            let avoiding = reachable(&func, func.entry(), Some(a));
            for &b in &func.layout {
                let dominates = a == b
                    || (reached.contains(&a) && reached.contains(&b) && !avoiding.contains(&b));
                assert_eq!(tree.dominates(a, b), dominates, "{a} and {b} in\n{func}");
            }
            if let Some(idom) = tree.idom(a) {
                assert!(idom != a && tree.dominates(idom, a) && tree.children(idom).contains(&a));
                // Every other strict dominator is above it.
                for &d in func.layout.iter().filter(|&&d| d != a && tree.dominates(d, a)) {
                    assert!(tree.dominates(d, idom));
                }
            }
        }
        assert_eq!(tree.preorder().len(), reached.len());
    }
}

#[test]
fn loops() {
    for func in functions() {
        let cfg = Cfg::new(&func);
        let tree = DominatorTree::new(&func, &cfg);
        let forest = LoopForest::new(&func, &cfg, &tree);
        for (id, this) in forest.loops.iter().enumerate() {
            // The definition: from where a latch is reached without the header.
            let latches: BTreeSet<Block> = cfg
                .preds(this.header)
                .iter()
                .copied()
                .filter(|&b| cfg.is_reachable(b) && tree.dominates(this.header, b))
                .collect();
            assert_eq!(this.latches.iter().copied().collect::<BTreeSet<_>>(), latches);
            let inside = |b: Block| {
                b == this.header
                    || reachable(&func, b, Some(this.header)).iter().any(|x| latches.contains(x))
            };
            let blocks: Vec<Block> = cfg
                .rpo()
                .iter()
                .copied()
                .filter(|&b| tree.dominates(this.header, b) && inside(b))
                .collect();
            if forest.irreducible.is_empty() {
                assert_eq!(this.blocks, blocks, "loop of {} in\n{func}", this.header);
            }
            for &block in &func.layout {
                assert_eq!(forest.contains(id, block), this.blocks.contains(&block));
            }
            if let Some(parent) = this.parent {
                let outer = &forest.loops[parent];
                assert!(parent < id && this.depth == outer.depth + 1);
                assert!(this.blocks.iter().all(|b| outer.blocks.contains(b)));
            } else {
                assert_eq!(this.depth, 1);
            }
            if let Some(preheader) = this.preheader {
                assert_eq!(cfg.succs(preheader), [this.header]);
                assert!(!this.blocks.contains(&preheader));
            }
            for &(from, to) in &this.exits {
                assert!(this.blocks.contains(&from) && !this.blocks.contains(&to));
            }
        }
    }
}

/// By the equations: live at the start is what is used before it is defined, and
/// what is live at the end and not defined here.
fn liveness_by_equations(func: &Function, cfg: &Cfg) -> Vec<BTreeSet<Value>> {
    let mut live_in = vec![BTreeSet::new(); func.num_blocks()];
    let mut changed = true;
    while changed {
        changed = false;
        for &block in cfg.rpo().iter().rev() {
            let mut live: BTreeSet<Value> =
                cfg.succs(block).iter().flat_map(|s| live_in[s.index()].iter().copied()).collect();
            let data = func.block(block);
            for &inst in data.insts.iter().rev() {
                func.inst(inst).results.iter().for_each(|v| {
                    live.remove(v);
                });
                func.for_each_use(inst, |v| {
                    live.insert(v);
                });
            }
            data.params.iter().for_each(|v| {
                live.remove(v);
            });
            if live != live_in[block.index()] {
                live_in[block.index()] = live;
                changed = true;
            }
        }
    }
    live_in
}

#[test]
fn liveness() {
    for func in (0..300).flat_map(|seed| generate(seed).0.functions) {
        let cfg = Cfg::new(&func);
        let liveness = Liveness::new(&func, &cfg);
        let expected = liveness_by_equations(&func, &cfg);
        for &block in cfg.rpo() {
            let found = liveness.live_in(block);
            assert_eq!(found.iter().copied().collect::<BTreeSet<_>>(), expected[block.index()]);
            assert_eq!(found.len(), expected[block.index()].len(), "a value twice");
            let out: BTreeSet<Value> =
                cfg.succs(block).iter().flat_map(|s| expected[s.index()].iter().copied()).collect();
            assert_eq!(liveness.live_out(block).iter().copied().collect::<BTreeSet<_>>(), out);
            assert_eq!(liveness.live_out(block).len(), out.len(), "a value twice");
        }
    }
}

/// The order of a header's live-ins survives printing and parsing.
#[test]
fn header_live_ins_are_stable() {
    for (module, _) in (0..100).map(generate) {
        let again = cumbia_ir::parse_module(&module.to_string()).expect("printed text parses");
        for (func, parsed) in module.functions.iter().zip(&again.functions) {
            let names = |func: &Function| -> Vec<Vec<String>> {
                let cfg = Cfg::new(func);
                let (liveness, numbers) =
                    (Liveness::new(func, &cfg), cumbia_ir::Numbering::new(func));
                let name = |v: Value| numbers.value(v).to_string();
                let live_ins =
                    |&b: &Block| liveness.header_live_ins(func, b).into_iter().map(name).collect();
                func.layout.iter().map(live_ins).collect()
            };
            assert_eq!(names(func), names(parsed));
        }
    }
}
