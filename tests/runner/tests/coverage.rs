//! Each operation, with each of its conditions, is in some file that is run.

use cumbia_ir::{FloatCond, Imm, Inst, IntCond, Opcode, parse_module};
use cumbia_test_runner::{files, root};
use std::collections::BTreeSet;

#[test]
fn each_operation_is_run() {
    let mut seen = BTreeSet::new();
    for path in files(&root().join("tests/ir"), "cir") {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        if !text.starts_with("; test run\n") && !text.starts_with("; test launch\n") {
            continue;
        }
        let module = parse_module(&text).expect("a module");
        for func in &module.functions {
            for index in 0..func.num_insts() {
                let data = func.inst(Inst::new(index));
                seen.insert(match data.imm {
                    Imm::IntCond(cond) => format!("{} {}", data.op.name(), cond.name()),
                    Imm::FloatCond(cond) => format!("{} {}", data.op.name(), cond.name()),
                    _ => data.op.name().to_owned(),
                });
            }
        }
    }
    let wanted = Opcode::ALL.iter().flat_map(|&op| -> Vec<String> {
        match op {
            Opcode::Icmp => IntCond::ALL.iter().map(|c| format!("icmp {}", c.name())).collect(),
            Opcode::Fcmp => FloatCond::ALL.iter().map(|c| format!("fcmp {}", c.name())).collect(),
            op => vec![op.name().to_owned()],
        }
    });
    let missing: Vec<String> = wanted.filter(|name| !seen.contains(name)).collect();
    assert!(missing.is_empty(), "no `; test run` or `; test launch` file has {missing:?}");
}
