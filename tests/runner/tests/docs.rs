//! The list of operations in `docs/ir.md` follows from the opcode table, and its
//! example is a module. `CUMBIA_BLESS=1` writes the list.

use cumbia_ir::{Effects, Opcode, Shape, Stage, TypeSet, parse_module, verify_module};
use cumbia_test_runner::{blessing, root};
use std::fmt::Write;

const START: &str =
    "<!-- opcodes: generated from compiler/ir/src/opcode.rs; refresh with CUMBIA_BLESS=1 -->\n";
const END: &str = "<!-- end of opcodes -->";

fn table() -> String {
    let mut out =
        String::from("\n| operation | form | `T` | effects | meaning |\n|---|---|---|---|---|\n");
    for &op in Opcode::ALL {
        let meaning = op.doc().lines().map(str::trim).collect::<Vec<_>>().join(" ");
        let row =
            [op.name(), form(op.shape()), types(op.types()), effects(op.effects()), meaning.trim()];
        let _ =
            writeln!(out, "| `{}` | `{}` | {} | {} | {} |", row[0], row[1], row[2], row[3], row[4]);
    }
    out.push('\n');
    out
}

/// Operands as they are written, and result types.
fn form(shape: Shape) -> &'static str {
    match shape {
        Shape::IntConst => "integer -> T",
        Shape::FloatConst => "float -> T",
        Shape::Unary => "T -> T",
        Shape::Binary => "T, T -> T",
        Shape::Ternary => "T, T, T -> T",
        Shape::Quaternary => "T, T, T, T -> T",
        Shape::Nullary => "-> T",
        Shape::UnaryEffect => "T",
        Shape::Query => "what -> T",
        Shape::Native => "what T ..., T -> T",
        Shape::StorageAddr => "@storage -> ptr",
        Shape::IntCompare | Shape::FloatCompare => "T, T -> bool",
        Shape::Convert => "operand -> T",
        Shape::Select => "bool, T, T -> T",
        Shape::DataAddr => "@data -> ptr",
        Shape::FuncAddr => "@function -> ptr",
        Shape::PtrAdd => "ptr, i64 -> ptr",
        Shape::Load => "ptr+offset !region -> T",
        Shape::Store => "T, ptr+offset !region",
        Shape::Atomic => "T, ptr+offset !region -> T",
        Shape::AtomicSwap => "T, T, ptr+offset !region -> T",
        Shape::PtrEffect => "ptr",
        Shape::Index => "i64, i64 axis n -> i64",
        Shape::Guard => "bool, Class \"message\"(values)",
        Shape::Effect => "",
        Shape::Call => "@function(values) -> results",
        Shape::ExternCall => "@extern(values) -> result",
        Shape::Jump => "block(values)",
        Shape::Branch => "bool, block(values), block(values)",
        Shape::Return => "values",
        Shape::Raise | Shape::SetRaise => "Class \"message\"(values)",
        Shape::TryCall => "@function(values) -> results, i32",
        Shape::TryExternCall => "@extern(values) -> result, i32",
        Shape::TryEffect => "-> i32",
        Shape::OsrPoll => "N(values)",
        Shape::Rethrow => "i32",
    }
}

fn types(set: TypeSet) -> &'static str {
    match set {
        TypeSet::Int => "integers",
        TypeSet::IntBool => "integers, `bool`",
        TypeSet::IntBoolPtr => "integers, `bool`, `ptr`",
        TypeSet::Float => "floats",
        TypeSet::Any => "all",
        TypeSet::Memory => "all but `bool`",
        TypeSet::Atomic => "`i32`, `i64`, floats",
        TypeSet::AtomicInt => "`i32`, `i64`",
        TypeSet::Word => "`i32`",
        TypeSet::Half => "`i16`",
        TypeSet::Single => "`f32`",
        TypeSet::None => "",
    }
}

fn effects(effects: Effects) -> &'static str {
    match effects {
        Effects::Pure => "pure",
        Effects::Guarded => "guarded",
        Effects::Read => "read",
        Effects::Write => "write",
        Effects::Raise => "raise",
        Effects::All => "all",
        Effects::Terminator => "terminator",
    }
}

/// One test: the second part reads what the first may write.
#[test]
fn ir_page() {
    opcode_list_is_fresh();
    example_is_a_module();
}

fn opcode_list_is_fresh() {
    let path = root().join("docs/ir.md");
    let page = std::fs::read_to_string(&path).expect("docs/ir.md can be read");
    let (before, rest) = page.split_once(START).expect("the list's first line");
    let (written, after) = rest.split_once(END).expect("the list's last line");
    let table = table().replace("| `` |", "| |");
    if blessing() {
        let fresh = format!("{before}{START}{table}{END}{after}");
        std::fs::write(&path, fresh).expect("docs/ir.md can be written");
    } else {
        assert!(
            written == table,
            "the opcode list in docs/ir.md is stale: run with CUMBIA_BLESS=1"
        );
    }
}

fn example_is_a_module() {
    let page = std::fs::read_to_string(root().join("docs/ir.md")).expect("docs/ir.md can be read");
    let example = page.split("```\n").nth(1).expect("an example");
    let module = parse_module(example).expect("the example parses");
    assert_eq!(verify_module(&module, Stage::Optimized), Ok(()));
    let code: String =
        example.lines().filter(|l| !l.starts_with(';')).map(|l| format!("{l}\n")).collect();
    assert_eq!(module.to_string(), code);
}
