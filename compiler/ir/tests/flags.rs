//! Flags of floating operations in the text form, and where there may be none.

use cumbia_ir::{FastMath, Stage, parse_module, verify_module};

#[test]
fn flags_are_printed_as_they_are_read() {
    let text = "\
func @f(f64, f64) -> (f64) {
block0(v0: f64, v1: f64):
    v2 = fadd.f64 v0, v1 fast contract, reassoc @3:4-9
    v3 = fmul.f64 v2, v1 fast nnan
    v4 = fdiv.f64 v3, v1
    return v4
}
";
    let module = parse_module(text).expect("the text is IR");
    verify_module(&module, Stage::Lowered).expect("it is valid");
    let printed = module.to_string();
    let again = parse_module(&printed).expect("what is printed is IR");
    assert_eq!(printed, again.to_string());
    let func = &again.functions[0];
    let flags: Vec<Vec<_>> = func
        .block(func.entry())
        .insts
        .iter()
        .map(|&inst| func.inst(inst).fast.names().collect())
        .collect();
    assert_eq!(flags, [vec!["contract", "reassoc"], vec!["nnan"], vec![], vec![]]);
}

#[test]
fn names_are_read_back() {
    for name in FastMath::NAMES {
        let flag = FastMath::from_name(name).expect("a flag");
        assert_eq!(flag.names().collect::<Vec<_>>(), [name]);
    }
    assert_eq!(FastMath::from_name("fast"), None);
}

#[test]
fn other_operations_have_no_flags() {
    let text = "func @f(i64, i64) -> (i64) {\nblock0(v0: i64, v1: i64):\n    \
                v2 = iadd.i64 v0, v1 fast nnan\n    return v2\n}\n";
    let module = parse_module(text).expect("the text is IR");
    assert!(verify_module(&module, Stage::Lowered).is_err());
    assert!(parse_module(&text.replace("nnan", "sloppy")).is_err());
}
