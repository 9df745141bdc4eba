//! Each operation on each architecture of devices either has code or is refused by name: LLVM
//! ends the process on what it can't select, so nothing may reach it that a device lacks.

use cumbia_backend::device::{ARCHITECTURES, Device, lacking};
use cumbia_backend::shared::{Emit, Options};
use cumbia_ir::{Opcode, parse_module};
use cumbia_test_runner::{files, root, targets};
use std::collections::BTreeSet;

#[test]
fn each_operation_has_code_or_is_refused() {
    let Some(llvm) = targets::llvm() else { return };
    let mut coded = BTreeSet::new();
    for path in files(&root().join("tests/ir"), "cir") {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        if !text.starts_with("; test run\n") && !text.starts_with("; test launch\n") {
            continue;
        }
        let module = parse_module(&text).expect("a module");
        for &(sm, ptx) in ARCHITECTURES {
            let device = Device { sm, ..Device::default() };
            // Without passes, which would remove what no kernel calls.
            let options = Options {
                emit: Emit::Assembly,
                device: Some(device),
                plain: true,
                ..Options::default()
            };
            let made = llvm.text(&module, options);
            if let Some(lack) = lacking(&module, sm) {
                let message = made.expect_err("it lacks something").message;
                assert!(message.contains(&lack.name), "{message}");
                continue;
            }
            let made =
                made.unwrap_or_else(|error| panic!("{} for sm_{sm}: {error}", path.display()));
            assert!(
                made.contains(&format!(".version {}.{}\n.target sm_{sm}", ptx.0, ptx.1)),
                "{made}"
            );
            for func in &module.functions {
                for &inst in func.layout.iter().flat_map(|&block| &func.block(block).insts) {
                    coded.insert(func.inst(inst).op);
                }
            }
        }
    }
    let has = |op: &Opcode| coded.contains(op);
    let kernels = Opcode::ALL.iter().filter(|op| op.is_of_kernels());
    let missing: Vec<_> = kernels.filter(|op| !has(op)).map(|op| op.name()).collect();
    assert!(missing.is_empty(), "no file of kernels has {missing:?}");
}

#[test]
fn another_architecture_is_an_error() {
    let Some(llvm) = targets::llvm() else { return };
    let module = parse_module("func @f() -> () {\nblock0():\n    return\n}\n").expect("a module");
    let device = Some(Device { sm: 74, ..Device::default() });
    let made = llvm.text(&module, Options { device, emit: Emit::Assembly, ..Options::default() });
    assert!(made.is_err_and(|error| error.message.contains("sm_7")));
}
