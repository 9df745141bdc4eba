//! Facts about a finished kernel that the boundary decides by.
//!
//! Read off the optimized IR: a kernel of a few straight instructions may keep the
//! GIL, since letting go costs more than it runs; one without loops or calls never
//! needs the interrupt ticker. Both answers err on the safe side.

use cumbia_ir::{Block, ExternEffects, Function, Imm, Inst, InstData, Module, Opcode, Region};
use serde::{Deserialize, Serialize};

/// Most instructions of a kernel that keeps the GIL: well below a microsecond.
const TINY: usize = 96;

/// What running a module's entry may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Cost {
    /// A few instructions at most: no loop, no call but to a pure runtime function or for
    /// memory that isn't cleared.
    pub tiny: bool,
    /// Whether it looks how deep the stack is.
    pub checks_stack: bool,
    /// Whether a list that was there before the call may be changed.
    pub writes_lists: bool,
    /// Whether an interrupt can be asked for anywhere.
    pub polls: bool,
    /// Whether it draws from the stream of Python's `random`.
    pub draws_python: bool,
    /// Whether it draws from NumPy's global stream.
    pub draws_numpy: bool,
}

impl Cost {
    /// The cost of the functions reachable from `entry`.
    pub fn of(module: &Module, entry: &str) -> Cost {
        let mut seen = vec![false; module.functions.len()];
        let mut pending: Vec<usize> =
            module.find_function(entry).map(|id| id.index()).into_iter().collect();
        let mut cost = Cost { tiny: true, ..Cost::default() };
        let mut budget = TINY;
        while let Some(index) = pending.pop() {
            if std::mem::replace(&mut seen[index], true) {
                // Reached twice: recursion, or code that runs more than once.
                cost.tiny = false;
                continue;
            }
            let function = &module.functions[index];
            cost.tiny &= !has_cycle(function);
            for &block in &function.layout {
                for &inst in &function.block(block).insts {
                    let data = function.inst(inst);
                    match budget.checked_sub(1) {
                        Some(left) => budget = left,
                        None => cost.tiny = false,
                    }
                    cost.writes_lists |= may_write_lists(module, function, inst);
                    match (data.op, &data.imm) {
                        (Opcode::StackCheck, _) => cost.checks_stack = true,
                        (Opcode::Poll | Opcode::OsrPoll | Opcode::TryPoll, _) => {
                            cost = Cost { tiny: false, polls: true, ..cost };
                        }
                        (Opcode::Call | Opcode::TryCall | Opcode::FuncAddr, Imm::Func(callee)) => {
                            pending.push(callee.index())
                        }
                        (Opcode::ExternCall | Opcode::TryExternCall, Imm::Extern(callee)) => {
                            let callee = &module.externs[callee.index()];
                            let is_cheap = callee.effects == ExternEffects::Pure
                                || callee.name == "alloc" && leaves_as_is(function, data);
                            cost.tiny &= is_cheap;
                            cost.draws_python |= callee.name.starts_with("py_random");
                            cost.draws_numpy |= callee.name.starts_with("np_random");
                        }
                        _ => {}
                    }
                }
            }
        }
        cost
    }
}

/// Whether an allocation's memory isn't cleared: then it takes no longer for a large one.
fn leaves_as_is(function: &Function, data: &InstData) -> bool {
    data.args.get(1).and_then(|&zeroed| function.int_const(zeroed)) == Some(0)
}

/// Runtime functions that leave lists as they are, beside those of [`NO_LISTS`] and pure
/// ones.
const READ_LISTS: &[&str] = &[
    "scratch",
    "list_new",
    "list_changes",
    "list_limit",
    "list_concat",
    "list_slice",
    "list_repeat",
    "list_equal",
    "list_compare",
    "list_find",
    "list_find_as",
    "list_count",
    "list_count_as",
    "list_order",
    "list_take",
    "hash_of",
    "print_text",
    "kernel_print",
];

/// Beginnings of the names of those that know no lists, or only read them.
const NO_LISTS: &[&str] = &[
    "set_",
    "table_",
    "dict_",
    "str_",
    "bytes_",
    "value_",
    "format_",
    "raise_",
    "clock_",
    "warn_",
    "py_random",
    "np_random",
];

/// Whether an instruction may change a list: one that stores fields of objects, or slots
/// that are neither the scratch buffer's nor a dict's, or calls what isn't known to read.
fn may_write_lists(module: &Module, function: &Function, inst: Inst) -> bool {
    let data = function.inst(inst);
    let callee = |inst: Inst| match function.inst(inst).imm {
        Imm::Extern(id) => Some(&module.externs[id.index()]),
        _ => None,
    };
    match (data.op, &data.imm) {
        (Opcode::Store, Imm::Mem { region: Region::Items, .. }) => {
            let place = function.def_inst(data.args[1]).and_then(callee);
            !place.is_some_and(|from| from.name == "scratch" || from.name.starts_with("dict_"))
        }
        (Opcode::Store, Imm::Mem { region: Region::Object, .. }) => true,
        (Opcode::ExternCall | Opcode::TryExternCall, _) => !callee(inst).is_some_and(|to| {
            to.effects == ExternEffects::Pure
                || READ_LISTS.contains(&to.name.as_str())
                || NO_LISTS.iter().any(|start| to.name.starts_with(start))
        }),
        _ => false,
    }
}

/// Whether any block can be reached from itself.
fn has_cycle(function: &Function) -> bool {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    if function.layout.is_empty() {
        return false;
    }
    let mut marks = vec![Mark::New; function.num_blocks()];
    let mut stack: Vec<(Block, Vec<Block>)> = Vec::new();
    let open = |block: Block, marks: &mut Vec<Mark>, stack: &mut Vec<(Block, Vec<Block>)>| {
        marks[block.index()] = Mark::Open;
        stack.push((block, function.successors(block).collect()));
    };
    open(function.entry(), &mut marks, &mut stack);
    while let Some((block, successors)) = stack.last_mut() {
        let block = *block;
        match successors.pop() {
            None => {
                marks[block.index()] = Mark::Done;
                stack.pop();
            }
            Some(next) => match marks[next.index()] {
                Mark::Open => return true,
                Mark::New => open(next, &mut marks, &mut stack),
                Mark::Done => {}
            },
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(text: &str) -> Cost {
        let module = cumbia_ir::parse_module(text).expect("the text is IR");
        Cost::of(&module, "main")
    }

    #[test]
    fn straight_code_is_tiny() {
        let text = "func @main(i64) -> (i64) {\nblock0(v0: i64):\n    v1 = call @add(v0)\n    return v1\n}\n\
                    func @add(i64) -> (i64) {\nblock0(v0: i64):\n    v1 = sadd_chk.i64 v0, v0\n    return v1\n}\n";
        assert_eq!(cost(text), Cost { tiny: true, ..Cost::default() });
    }

    #[test]
    fn loops_and_recursion_are_not() {
        let text = "func @main(i64) -> () {\nblock0(v0: i64):\n    jump block1\n\
                    block1:\n    poll\n    jump block1\n}\n";
        assert_eq!(cost(text), Cost { polls: true, ..Cost::default() });
        let text = "func @main(i64) -> (i64) {\nblock0(v0: i64):\n    v1 = call @main(v0)\n    return v1\n}\n";
        assert_eq!(cost(text), Cost::default());
    }

    #[test]
    fn streams_are_found_through_calls() {
        let text = "extern @py_random() -> f64 effects\n\
                    func @main() -> (f64) {\nblock0:\n    v0 = call @draw()\n    return v0\n}\n\
                    func @draw() -> (f64) {\nblock0:\n    v0 = ecall @py_random()\n    return v0\n}\n";
        assert_eq!(cost(text), Cost { draws_python: true, ..Cost::default() });
    }

    #[test]
    fn what_may_write_lists() {
        let writes = |body: &str| {
            let text = format!(
                "extern @scratch() -> ptr effects\nextern @list_find(ptr, i64, i64) -> i64 raises\n\
                 extern @list_clear(ptr) effects\nextern @poll_slow() raises\n\
                 func @main(ptr) -> (i64) {{\nblock0(v0: ptr):\n    v1 = iconst.i64 0\n\
                 {body}    return v1\n}}\n"
            );
            cost(&text).writes_lists
        };
        assert!(!writes("    v2 = load.i64 v0+56 !object\n"));
        assert!(!writes("    v2 = ecall @scratch()\n    store.i64 v1, v2 !items\n"));
        assert!(!writes("    v2 = ecall @list_find(v0, v1, v1)\n"));
        assert!(writes("    store.i64 v1, v0+56 !object\n"));
        assert!(writes("    v2 = load.ptr v0+8 !object\n    store.i64 v1, v2 !items\n"));
        assert!(writes("    ecall @list_clear(v0)\n"));
        // What isn't known may do anything.
        assert!(writes("    ecall @poll_slow()\n"));
    }

    #[test]
    fn every_named_function_is_there() {
        let known = |name: &str| cumbia_abi::HELPERS.iter().any(|h| h.name == name);
        assert!(READ_LISTS.iter().all(|name| known(name)));
        for start in NO_LISTS {
            assert!(cumbia_abi::HELPERS.iter().any(|h| h.name.starts_with(start)), "{start}");
        }
    }

    #[test]
    fn which_runtime_functions_are_cheap() {
        let allocates = |zeroed: u8| {
            let text = format!(
                "extern @alloc(i64, bool) -> ptr raises\n\
                 func @main(i64) -> (ptr) {{\nblock0(v0: i64):\n    v1 = iconst.bool {zeroed}\n    \
                 v2 = ecall @alloc(v0, v1)\n    return v2\n}}\n"
            );
            cost(&text).tiny
        };
        assert!(allocates(0));
        // Clearing takes as long as there is memory.
        assert!(!allocates(1));
        let text = "extern @alloc(i64, bool) -> ptr raises\n\
                    func @main(i64, bool) -> (ptr) {\nblock0(v0: i64, v1: bool):\n    \
                    v2 = ecall @alloc(v0, v1)\n    return v2\n}\n";
        assert!(!cost(text).tiny);
        let text = "extern @clock_now() -> f64 effects\n\
                    func @main() -> (f64) {\nblock0:\n    v0 = ecall @clock_now()\n    \
                    return v0\n}\n";
        assert!(!cost(text).tiny);
    }
}
