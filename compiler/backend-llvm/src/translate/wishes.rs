//! What is asked of LLVM loop by loop, beyond what it would do by itself.
//!
//! Each wish has its reason in a file of its own; here they are put in order, as a loop has
//! one at most. A loop that is rarely entered (what is kept for arguments of which the checks in
//! front of the quick loop don't hold) is left as it is altogether.
//!
//! Assumed is optimized IR: loops whose turns were multiplied by us are marked like all others.

use super::function::Shared;
use super::metadata::Wish;
use super::{changing_steps, lone_floats, ordered_sums, recursion, uneven_ways, vector};
use cumbia_ir::Function;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest, LoopId};

/// A function and its loops.
pub(super) struct Loops<'f> {
    pub func: &'f Function,
    pub cfg: Cfg,
    pub forest: LoopForest,
}

/// What a function asks for.
#[derive(Default)]
pub(super) struct Wishes {
    /// For each block: what the loop asks for to whose header it goes back.
    pub latches: Vec<Option<Wish>>,
    /// Whether nothing is to be computed side by side (`lone_floats`).
    pub lone: bool,
}

/// What is asked for in a function's loops.
pub(super) fn find(shared: &Shared<'_>, func: &Function) -> Wishes {
    let mut latches = vec![None; func.num_blocks()];
    let for_c = shared.module.functions.iter().any(|func| func.for_c.is_some());
    let cfg = Cfg::new(func);
    let domtree = DominatorTree::new(func, &cfg);
    let forest = LoopForest::new(func, &cfg, &domtree);
    let loops = Loops { func, cfg, forest };
    let mut innermost = vec![true; loops.forest.loops.len()];
    for parent in loops.forest.loops.iter().filter_map(|this| this.parent) {
        innermost[parent] = false;
    }
    let mut lone = None;
    for (id, this) in loops.forest.loops.iter().enumerate() {
        let wish = match func.block(this.header).cold {
            true => Some(Wish::Nothing),
            false if innermost[id] => {
                let is_lone = lone != Some(false) && lone_floats::is_in(&loops, this);
                lone = Some(is_lone);
                of_innermost(shared, &loops, id, for_c)
            }
            false => None,
        };
        this.latches.iter().for_each(|latch| latches[latch.index()] = wish);
    }
    let others = || shared.module.functions.iter().filter(|other| !std::ptr::eq(*other, func));
    let lone = lone == Some(true) && !others().any(recursion::has_loops);
    Wishes { latches, lone }
}

fn of_innermost(shared: &Shared<'_>, loops: &Loops<'_>, id: LoopId, for_c: bool) -> Option<Wish> {
    let this = &loops.forest.loops[id];
    let latch = this.latch()?;
    if vector::is_called_in(shared, loops.func, this) {
        Some(Wish::OneVector)
    } else if ordered_sums::waits_for_sums(loops.func, this, latch, for_c) {
        Some(Wish::NoVectors)
    } else if changing_steps::is_in(loops, id) || uneven_ways::is_in(loops, this) {
        Some(Wish::OneTurn)
    } else {
        None
    }
}

#[cfg(test)]
pub(super) mod tests {
    use crate::{Choices, translate};

    /// Whether some loop of a module asks LLVM for something.
    pub(in super::super) fn asks_for_something(text: &str) -> bool {
        let module = cumbia_ir::parse_module(text).expect("the text is IR");
        let text = translate(&module, Choices::default()).expect("it translates").text;
        text.lines().any(|line| line.contains("br label") && line.contains("!llvm.loop"))
    }

    #[test]
    fn nothing_is_done_to_a_loop_that_is_rarely_entered() {
        let marked = |cold: &str| {
            let text = format!(
                "func @f(ptr, i64) -> () {{\n\
                 block0(v0: ptr, v1: i64):\n    v2 = iconst.i64 1\n    jump block1(v2)\n\
                 block1(v3: i64){cold}:\n    v4 = icmp.i64.slt v3, v1\n    \
                 br v4, block2, block3\n\
                 block2:\n    store.i64 v3, v0 !data\n    v5 = iadd.i64 v3, v2\n    \
                 jump block1(v5)\n\
                 block3:\n    return\n}}\n"
            );
            asks_for_something(&text)
        };
        assert!(marked(" cold"));
        assert!(!marked(""));
    }
}
