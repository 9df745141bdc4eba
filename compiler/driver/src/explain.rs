//! What became of a function's loops, for reports: checks that are gone or left, calls,
//! and what the optimizing backend says of each.
//!
//! A loop is known by its function and the place of the statement that makes it: passes
//! make several of one (a checked and an unchecked version, continuations), and each
//! stage's loops are found anew in that stage's IR. Nothing is remembered by passes, so
//! nothing can be told that isn't in the code.

use crate::tiering;
use cumbia_backend::shared::{Emit, Options, SharedBackend};
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{Function, Imm, InstData, Loc, Module, Opcode};
use std::collections::{BTreeMap, BTreeSet};

/// A loop in the IR of some stage.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LoopFacts {
    /// Which it is.
    pub key: LoopKey,
    /// 1 for a loop in no other.
    pub depth: u32,
    /// Whether there are loops in it.
    pub outer: bool,
    /// Checks in it, those of inner loops left out: the operation and its place.
    pub checks: Vec<(&'static str, Loc)>,
    /// Calls in it, likewise: of what.
    pub calls: Vec<(String, Loc)>,
    /// Lines and columns of what is in it, likewise.
    pub places: BTreeSet<(u32, u32)>,
    /// The loops around it, in all versions of it; itself where it is made in blocks.
    pub around: BTreeSet<LoopKey>,
}

/// Tells a function's loops apart at every stage.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct LoopKey {
    /// Name of the IR function.
    pub function: String,
    /// Line of the statement.
    pub line: u32,
    /// Column of what is iterated or tested, from 0, in bytes.
    pub col: u32,
}

/// What the optimizing backend made of a module.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The loops after the passes for this tier.
    pub loops: Vec<LoopFacts>,
    /// What the backend said: of which loop, and the text.
    pub remarks: Vec<(LoopKey, String)>,
    /// The code, with places.
    pub assembly: String,
}

/// All loops of a module, each function's outer ones before inner ones. Of several
/// versions of one loop, that with the fewest checks counts: it is where the time goes.
/// The loops around it are those of all versions.
pub fn loops(module: &Module) -> Vec<LoopFacts> {
    let mut order = Vec::new();
    let mut best: BTreeMap<LoopKey, LoopFacts> = BTreeMap::new();
    for func in &module.functions {
        for mut facts in loops_of(module, func, &func.name) {
            match best.get_mut(&facts.key) {
                None => {
                    order.push(facts.key.clone());
                    best.insert(facts.key.clone(), facts);
                }
                Some(known) if facts.checks.len() < known.checks.len() => {
                    let depth = known.depth.min(facts.depth);
                    facts.around.append(&mut known.around);
                    *known = LoopFacts { depth, ..facts };
                }
                Some(known) => {
                    known.depth = known.depth.min(facts.depth);
                    known.around.append(&mut facts.around);
                }
            }
        }
    }
    order.into_iter().filter_map(|key| best.remove(&key)).collect()
}

fn loops_of(module: &Module, func: &Function, name: &str) -> Vec<LoopFacts> {
    let cfg = Cfg::new(func);
    let domtree = DominatorTree::new(func, &cfg);
    let forest = LoopForest::new(func, &cfg, &domtree);
    let mut found: Vec<LoopFacts> = Vec::with_capacity(forest.loops.len());
    // For each loop of the IR, where its facts are; outer loops come first.
    let mut at = Vec::with_capacity(forest.loops.len());
    for (id, this) in forest.loops.iter().enumerate() {
        let mut facts = LoopFacts::default();
        let mut place = None;
        let own = this.blocks.iter().filter(|&&block| forest.loop_of(block) == Some(id));
        for &block in own {
            for &inst in &func.block(block).insts {
                let data = func.inst(inst);
                if data.loc.line != 0 {
                    facts.places.insert((data.loc.line, data.loc.col));
                }
                match data.op {
                    Opcode::Poll | Opcode::TryPoll | Opcode::OsrPoll => {
                        place = place.or(Some(data.loc));
                    }
                    op if is_check(op) => facts.checks.push((op.name(), data.loc)),
                    _ => facts.calls.extend(callee(module, data).map(|name| (name, data.loc))),
                }
            }
        }
        let header = func.terminator(this.header).map(|inst| func.inst(inst).loc);
        let place = place.or(header).unwrap_or_default();
        facts.key = LoopKey { function: name.to_owned(), line: place.line, col: place.col };
        let around = this.parent.map(|parent| at[parent]);
        match around.map(|around: usize| &mut found[around]) {
            // Strips of a loop are that loop.
            Some(around) if around.key == facts.key => {
                around.checks.extend(facts.checks);
                around.calls.extend(facts.calls);
                around.places.extend(facts.places);
            }
            around_it => {
                facts.depth = 1 + around_it.as_ref().map_or(0, |it| it.depth);
                if let Some(it) = around_it {
                    it.outer = true;
                    facts.around.clone_from(&it.around);
                    facts.around.insert(it.key.clone());
                }
                at.push(found.len());
                found.push(facts);
                continue;
            }
        }
        at.push(around.unwrap_or_default());
    }
    found
}

/// Whether an operation is there only to raise.
fn is_check(op: Opcode) -> bool {
    op.effects() == cumbia_ir::Effects::Raise
}

fn callee(module: &Module, data: &InstData) -> Option<String> {
    match data.imm {
        Imm::Func(id) => Some(module.function(id).name.clone()),
        Imm::Extern(id) => Some(module.externs[id.index()].name.clone()),
        _ => None,
    }
}

/// Compiles a module for reading by the optimizing backend, as the second tier would.
///
/// # Errors
///
/// A bug of the compiler, as text.
pub fn report(module: &Module, backend: &SharedBackend) -> Result<Report, String> {
    let further = tiering::further(module, None, false).map_err(|error| error.to_string())?;
    let options = Options {
        emit: Emit::Report,
        baseline: crate::targets::is_for_any_processor(),
        ..Options::default()
    };
    let text = backend.text(&further, options).map_err(|error| error.to_string())?;
    let (remarks, assembly) = text.split_once('\0').unwrap_or((&text, ""));
    Ok(Report {
        loops: loops(&further),
        remarks: remarks.lines().filter_map(remark).collect(),
        assembly: assembly.to_owned(),
    })
}

/// `function:line:column: text`; columns are from 1 there.
fn remark(line: &str) -> Option<(LoopKey, String)> {
    let (place, text) = line.split_once(": ")?;
    let mut parts = place.rsplitn(3, ':');
    let column: u32 = parts.next()?.parse().ok()?;
    let line: u32 = parts.next()?.parse().ok()?;
    let function = parts.next()?;
    let function = function.to_owned();
    Some((LoopKey { function, line, col: column.saturating_sub(1) }, text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_are_found_with_their_checks_and_the_version_without_them_counts() {
        let text = "\
extern @sin_f64(f64) -> f64 pure

func @f(ptr, i64) -> (f64) {
block0(v0: ptr, v1: i64):
    v2 = iconst.i64 0
    v3 = fconst.f64 0.0
    jump block1(v2, v3)
block1(v4: i64, v5: f64):
    v6 = icmp.i64.slt v4, v1 @2:4-9
    br v6, block2, block3 @2:4-9
block2:
    v7 = index v4, v1 axis 0 @3:12
    v11 = load.f64 v0 !data
    v12 = ecall @sin_f64(v11) @3:8
    v13 = fadd.f64 v5, v12
    v14 = iconst.i64 1
    v15 = iadd.i64 v4, v14
    poll @2:4-9
    jump block1(v15, v13)
block3:
    return v5
}
";
        let module = cumbia_ir::parse_module(text).expect("the text is IR");
        let found = loops(&module);
        assert_eq!(found.len(), 1);
        let key = LoopKey { function: "f".into(), line: 2, col: 4 };
        assert_eq!((&found[0].key, found[0].depth), (&key, 1));
        assert_eq!(found[0].checks, [("index", Loc::start(3, 12))]);
        assert_eq!(found[0].calls, [("sin_f64".to_owned(), Loc::start(3, 8))]);

        // Another version of it has no check.
        let other = "\
block4:
    v16 = iconst.i64 0
    v17 = fconst.f64 0.0
    jump block5(v16, v17)
block5(v18: i64, v19: f64):
    v20 = icmp.i64.slt v18, v1 @2:4-9
    br v20, block6, block3 @2:4-9
block6:
    v21 = iconst.i64 1
    v22 = iadd.i64 v18, v21
    poll @2:4-9
    jump block5(v22, v19)
";
        let text =
            text.replace("block3:\n    return v5", &format!("{other}block3:\n    return v3"));
        let text = text.replace("    jump block1(v2, v3)", "    v23 = icmp.i64.slt v1, v2\n    br v23, block7, block4\nblock7:\n    jump block1(v2, v3)");
        let module = cumbia_ir::parse_module(&text).expect("the text is IR");
        let found = loops(&module);
        assert_eq!((found.len(), &found[0].key), (1, &key));
        assert_eq!(found[0].checks, []);
        assert_eq!(remark("f:2:5: vectorized"), Some((key, "vectorized".into())));
        assert_eq!(remark("no place"), None);
    }
}
