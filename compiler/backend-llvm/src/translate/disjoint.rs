//! Versions of functions for arrays that don't overlap.
//!
//! Any two arrays may share memory, so a store to one keeps LLVM from keeping elements of
//! the others in registers, from moving their loads, and from vectorizing without a test in
//! front of each loop. A function that Python calls is mostly given arrays that lie apart.
//! It is written twice, and a test in front, once for each call, chooses:
//!
//! ```text
//! define @f(data1, length1, ..., data2, ...)     either.f: are the elements apart?
//!                                            =>    yes: copy1.f, whose accesses carry scopes
//!                                                  no:  f
//! ```
//!
//! The scopes (`!alias.scope`, `!noalias`) speak of accesses whose address follows from an
//! array's own and of nothing else: an array that the function makes, one that a container
//! holds, what a call of the runtime or Python's signal handlers touch may be any memory, as
//! before.
//!
//! Assumed, and promised by the IR's `arrays`: what is reached from an array's address lies
//! within its elements. Interleaved views (`a[::2]` and `a[1::2]`) count as overlapping.
//!
//! Left alone: functions without loops, that write no array or touch only one, large ones,
//! and those that are called by others than entries, themselves included.

use super::module::{llvm_type, result_type, symbol, symbol_of_copy};
use super::recursion::has_loops;
use cumbia_backend::is_entry;
use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{Function, Imm, Inst, Module, Opcode, Region, Value};
use std::fmt::Write;

/// Most instructions of a function that is written twice, its loops' versions included: LLVM
/// takes twice as long for it.
const LARGEST: usize = 900;
/// Most arrays that are looked at: each pair is a comparison in front.
const MOST_ARRAYS: usize = 8;
/// How many operations of an address are looked at.
const LONGEST_ADDRESS: usize = 40;
/// The first node of a scope, far from those of places and below those of loops.
const FIRST_NODE: usize = 1 << 29;

/// Which copy of a function the version is.
pub(super) const COPY: usize = 1;

/// What is known of a function that gets a version.
pub(super) struct Plan {
    /// Of each value: the array of its parameters that it is an address in.
    roots: Vec<Root>,
    /// Of each array: whether it is accessed, and whether it is written to.
    used: Vec<Use>,
    /// Node numbers begin here: the domain, then a scope, its list and the list of what is
    /// apart from it, for each array.
    nodes: usize,
}

/// The array that an address follows from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Root {
    /// Nothing has been seen yet.
    Open,
    Array(usize),
    /// None, or one of several.
    Other,
}

impl Root {
    fn with(self, other: Root) -> Root {
        match (self, other) {
            (Root::Open, root) | (root, Root::Open) => root,
            (a, b) if a == b => a,
            _ => Root::Other,
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Use {
    accessed: bool,
    written: bool,
}

/// Of each function of a module, the plan of its version. Functions with copies of another
/// kind have none.
pub(super) fn plans(module: &Module, copies: &[usize]) -> Vec<Option<Plan>> {
    let mut nodes = FIRST_NODE;
    let plan = |(index, function): (usize, &Function)| {
        let plan = (copies[index] == 0 && only_entered(module, index))
            .then(|| Plan::of(function, nodes))
            .flatten()?;
        nodes += 1 + 3 * plan.used.len();
        Some(plan)
    };
    module.functions.iter().enumerate().map(plan).collect()
}

/// Whether only entries call a function.
fn only_entered(module: &Module, index: usize) -> bool {
    let calls = |function: &Function| {
        let mut insts = function.layout.iter().flat_map(|&block| &function.block(block).insts);
        insts.any(|&inst| matches!(function.inst(inst).imm, Imm::Func(f) if f.index() == index))
    };
    module.functions.iter().all(|function| is_entry(function) || !calls(function))
}

impl Plan {
    fn of(func: &Function, nodes: usize) -> Option<Plan> {
        let insts = || func.layout.iter().flat_map(|&block| &func.block(block).insts);
        let few = (2..=MOST_ARRAYS).contains(&func.arrays.len());
        if is_entry(func) || !few || insts().count() > LARGEST || !has_loops(func) {
            return None;
        }
        let mut roots = roots(func);
        for address in looked_up(func) {
            roots[address.index()] = Root::Other;
        }
        let mut used = vec![Use::default(); func.arrays.len()];
        for &inst in insts() {
            if let Some(address) = accessed(func, inst)
                && let Root::Array(array) = roots[address.index()]
            {
                used[array].accessed = true;
                used[array].written |= func.inst(inst).op == Opcode::Store;
            }
        }
        let worth =
            used.iter().filter(|u| u.accessed).count() > 1 && used.iter().any(|u| u.written);
        worth.then_some(Plan { roots, used, nodes })
    }

    /// The marks of an access at an address.
    pub(super) fn marks(&self, address: Value) -> String {
        let Root::Array(array) = self.roots[address.index()] else { return String::new() };
        let first = self.first_node(array);
        format!(", !alias.scope !{}, !noalias !{}", first + 1, first + 2)
    }

    fn first_node(&self, array: usize) -> usize {
        self.nodes + 1 + 3 * array
    }

    /// Whether two arrays' accesses depend on each other's where they overlap.
    fn matters(&self, a: usize, b: usize) -> bool {
        let (x, y) = (self.used[a], self.used[b]);
        a != b && x.accessed && y.accessed && (x.written || y.written)
    }

    /// The nodes that the marks refer to.
    pub(super) fn definitions(&self) -> String {
        let domain = self.nodes;
        let mut text = format!("!{domain} = distinct !{{!{domain}}}\n");
        for array in 0..self.used.len() {
            let scope = self.first_node(array);
            let apart: Vec<String> = (0..self.used.len())
                .filter(|&other| self.matters(array, other))
                .map(|other| format!("!{}", self.first_node(other)))
                .collect();
            let _ = writeln!(text, "!{scope} = distinct !{{!{scope}, !{domain}}}");
            let _ = writeln!(text, "!{} = !{{!{scope}}}", scope + 1);
            let _ = writeln!(text, "!{} = !{{{}}}", scope + 2, apart.join(", "));
        }
        text
    }

    /// The function that chooses between a function and its version.
    pub(super) fn write_choice(&self, func: &Function, width: &str, out: &mut String) {
        let ty = result_type(&func.results, false);
        let params: Vec<String> = func
            .params
            .iter()
            .enumerate()
            .map(|(i, &ty)| format!("{} %a{i}", llvm_type(ty)))
            .collect();
        let params = format!("ptr %context, {}", params.join(", "));
        let mut test = Test::default();
        let ends: Vec<Option<(String, String)>> = (0..self.used.len())
            .map(|array| self.used[array].accessed.then(|| test.ends(func, array)))
            .collect();
        let mut all = "true".to_owned();
        for (a, of_a) in ends.iter().enumerate() {
            for (b, of_b) in ends.iter().enumerate().skip(a + 1) {
                if let (Some(x), Some(y), true) = (of_a, of_b, self.matters(a, b)) {
                    let before = test.add(&format!("icmp ule i64 {}, {}", x.1, y.0));
                    let behind = test.add(&format!("icmp ule i64 {}, {}", y.1, x.0));
                    let apart = test.add(&format!("or i1 {before}, {behind}"));
                    all = test.add(&format!("and i1 {all}, {apart}"));
                }
            }
        }
        let _ = write!(
            out,
            "define internal fastcc {ty} {}({params}) nounwind alwaysinline \
             \"frame-pointer\"=\"all\" \"probe-stack\"=\"inline-asm\"{width} {{\n{}  \
             br i1 {all}, label %apart, label %any\n\
             apart:\n  %x = call fastcc {ty} {}({params})\n  ret {ty} %x\n\
             any:\n  %y = call fastcc {ty} {}({params})\n  ret {ty} %y\n}}\n",
            symbol_of_choice(func),
            test.text,
            symbol_of_copy(func, COPY),
            symbol(func),
        );
    }
}

/// The symbol of the function that chooses.
pub(super) fn symbol_of_choice(func: &Function) -> String {
    symbol(func).replacen("@\"", "@\"either.", 1)
}

/// The lines of a test.
#[derive(Default)]
struct Test {
    text: String,
    names: usize,
}

impl Test {
    fn add(&mut self, line: &str) -> String {
        let name = format!("%t{}", self.names);
        self.names += 1;
        let _ = writeln!(self.text, "  {name} = {line}");
        name
    }

    /// The addresses of an array's first byte and behind its last. Of an array without
    /// elements, which is never accessed, they may be any.
    fn ends(&mut self, func: &Function, array: usize) -> (String, String) {
        let array = func.arrays[array];
        let data = array.data as usize;
        let mut first = self.add(&format!("ptrtoint ptr %a{data} to i64"));
        let mut last = first.clone();
        for axis in 0..array.axes as usize {
            let (length, stride) = (data + 1 + axis, data + 1 + array.axes as usize + axis);
            let steps = self.add(&format!("add i64 %a{length}, -1"));
            let span = self.add(&format!("mul i64 {steps}, %a{stride}"));
            let back = self.add(&format!("icmp slt i64 {span}, 0"));
            let down = self.add(&format!("select i1 {back}, i64 {span}, i64 0"));
            let up = self.add(&format!("select i1 {back}, i64 0, i64 {span}"));
            first = self.add(&format!("add i64 {first}, {down}"));
            last = self.add(&format!("add i64 {last}, {up}"));
        }
        (first, self.add(&format!("add i64 {last}, {}", array.item)))
    }
}

/// The address of an access to elements of arrays.
fn accessed(func: &Function, inst: Inst) -> Option<Value> {
    let data = func.inst(inst);
    match (data.op, &data.imm) {
        (Opcode::Load, Imm::Mem { region: Region::Data, .. }) => Some(data.args[0]),
        (Opcode::Store, Imm::Mem { region: Region::Data, .. }) => Some(data.args[1]),
        _ => None,
    }
}

/// Addresses that follow from something loaded in the same turn of a loop, as in
/// `table[a[i]]`. Accesses there carry no scopes: what LLVM gains is to vectorize such loops,
/// with one load for each element and all the moves around it, which takes twice as long.
fn looked_up(func: &Function) -> Vec<Value> {
    let cfg = Cfg::new(func);
    let forest = LoopForest::new(func, &cfg, &DominatorTree::new(func, &cfg));
    let mut loaded = vec![None; func.num_values()];
    for &block in &func.layout {
        for &inst in &func.block(block).insts {
            if func.inst(inst).op == Opcode::Load {
                loaded[func.result(inst).index()] = forest.loop_of(block);
            }
        }
    }
    let mut found = Vec::new();
    for &block in &func.layout {
        let Some(id) = forest.loop_of(block) else { continue };
        for address in func.block(block).insts.iter().filter_map(|&inst| accessed(func, inst)) {
            let mut pending = vec![address];
            let mut steps = LONGEST_ADDRESS;
            while let Some(value) = pending.pop()
                && steps > 0
            {
                steps -= 1;
                if loaded[value.index()] == Some(id) {
                    found.push(address);
                    break;
                }
                pending
                    .extend(func.def_inst(value).iter().flat_map(|&i| func.inst(i).args.clone()));
            }
        }
    }
    found
}

/// Of each value, what array it is an address in. Each round that changes anything makes at
/// least one value less open, twice at most.
fn roots(func: &Function) -> Vec<Root> {
    let mut roots = vec![Root::Open; func.num_values()];
    let entry = func.entry();
    for (at, &param) in func.block(entry).params.iter().enumerate() {
        let array = func.arrays.iter().position(|array| array.data as usize == at);
        roots[param.index()] = array.map_or(Root::Other, Root::Array);
    }
    loop {
        let mut changed = false;
        let mut meet = |roots: &mut Vec<Root>, value: Value, root: Root| {
            let both = roots[value.index()].with(root);
            changed |= both != std::mem::replace(&mut roots[value.index()], both);
        };
        for &block in &func.layout {
            for &inst in &func.block(block).insts {
                let data = func.inst(inst);
                for target in &data.targets {
                    for (&param, &arg) in func.block(target.block).params.iter().zip(&target.args) {
                        let root = roots[arg.index()];
                        meet(&mut roots, param, root);
                    }
                }
                let of = |at: usize| roots[data.args[at].index()];
                let root = match data.op {
                    Opcode::PtrAdd => of(0),
                    Opcode::Select => of(1).with(of(2)),
                    _ => Root::Other,
                };
                for &result in &data.results {
                    meet(&mut roots, result, root);
                }
            }
        }
        if !changed {
            return roots;
        }
    }
}
