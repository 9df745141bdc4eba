//! Result types of operators and elementwise functions against a table that NumPy
//! wrote (`numeric_types.txt`), over all pairs of dtypes and Python numbers.

use cumbia_frontend::hir::{BinaryOp, CompareOp, UnaryOp};
use cumbia_frontend::numeric::{
    NumericError, Rule, binary_rule, builtin_rule, compare_rule, join, unary_rule,
};
use cumbia_frontend::types::{DType, Lit, Ty};

const TABLE: &str = include_str!("numeric_types.txt");
const WEAK: [Ty; 4] = [Ty::Bool, Ty::Int, Ty::Float, Ty::Complex];

fn code(ty: &Ty) -> char {
    match ty {
        Ty::Bool => '1',
        Ty::Int => '2',
        Ty::Float => '3',
        Ty::Complex => '4',
        Ty::Num(d) => dtype_code(*d),
        other => panic!("{other} is not a result of a number"),
    }
}

fn dtype_code(d: DType) -> char {
    b"?bhilBHILfdFD"[DType::ALL.iter().position(|&x| x == d).unwrap()] as char
}

/// Whether a rule agrees with NumPy's character. A body's result type is inferred
/// from its text, so here it only has to be accepted.
fn agrees(rule: Option<Result<Rule, NumericError>>, expected: char) -> bool {
    match rule {
        // float16 is refused.
        None | Some(Err(_)) => matches!(expected, '!' | 'e'),
        Some(Ok(Rule::Direct(ty))) => code(&ty) == expected,
        Some(Ok(Rule::Body(_))) => expected != '!' && expected != 'e',
    }
}

/// Functions that NumPy has for complex numbers and that are refused so far.
fn refused_complex(name: &str, expected: char) -> bool {
    const NAMES: &str = " sqrt exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin asin arccos acos arctan atan \
        sinh cosh tanh arcsinh asinh arccosh acosh arctanh atanh rint sign round around ";
    matches!(expected, 'F' | 'D') && NAMES.contains(&format!(" {name} "))
}

fn check(
    failures: &mut Vec<String>,
    line: &str,
    types: &[Ty],
    expected: char,
    rule: &dyn Fn(&[Ty]) -> Option<Result<Rule, NumericError>>,
) {
    let name = line.split(' ').nth(1).unwrap();
    let actual = rule(types);
    if agrees(actual.clone(), expected)
        || (matches!(actual, Some(Err(_))) && refused_complex(name, expected))
    {
        return;
    }
    let types: Vec<String> = types.iter().map(Ty::to_string).collect();
    failures.push(format!("{name}({}): NumPy '{expected}', here {actual:?}", types.join(", ")));
}

fn python_exponent_quirk(name: &str, types: &[Ty]) -> bool {
    // Of two Python numbers the table has the values' own result: `1 ** 1` is an int.
    name == "pow" && types.iter().all(|t| !matches!(t, Ty::Num(_)))
}

#[test]
fn result_types_are_numpys() {
    let mut failures = Vec::new();
    for line in TABLE.lines().filter(|l| !l.starts_with('#')) {
        let fields: Vec<&str> = line.split(' ').collect();
        let (kind, name) = (fields[0], fields[1]);
        let public = format!("numpy.{name}");
        let rule = |types: &[Ty]| -> Option<Result<Rule, NumericError>> {
            match kind {
                "unary" => Some(unary_rule(
                    match name {
                        "neg" => UnaryOp::Neg,
                        "pos" => UnaryOp::Pos,
                        _ => UnaryOp::Invert,
                    },
                    &types[0],
                )),
                "binary" => Some(match name {
                    "eq" => compare_rule(CompareOp::Eq, &types[0], &types[1]),
                    "lt" => compare_rule(CompareOp::Lt, &types[0], &types[1]),
                    _ => binary_rule(operator(name), &types[0], &types[1]),
                }),
                _ => builtin_rule(&public, types),
            }
        };
        if matches!(kind, "unary" | "ufunc1") {
            for (d, c) in DType::ALL.into_iter().zip(fields[2].chars()) {
                check(&mut failures, line, &[Ty::Num(d)], c, &rule);
            }
            for (w, c) in WEAK.iter().zip(fields[3].chars()) {
                check(&mut failures, line, std::slice::from_ref(w), c, &rule);
            }
        } else if fields[2] == "weak" {
            for (a, row) in WEAK.iter().zip(&fields[3..]) {
                for (b, c) in WEAK.iter().zip(row.chars()) {
                    let types = [a.clone(), b.clone()];
                    if !python_exponent_quirk(name, &types) {
                        check(&mut failures, line, &types, c, &rule);
                    }
                }
            }
        } else {
            let left = Ty::Num(DType::from_name(fields[2]).unwrap());
            for (d, c) in DType::ALL.into_iter().zip(fields[3].chars()) {
                check(&mut failures, line, &[left.clone(), Ty::Num(d)], c, &rule);
            }
            for (w, c) in WEAK.iter().zip(fields[4].chars()) {
                check(&mut failures, line, &[left.clone(), w.clone()], c, &rule);
            }
            for (w, c) in WEAK.iter().zip(fields[5].chars()) {
                check(&mut failures, line, &[w.clone(), left.clone()], c, &rule);
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} differ:\n{}",
        failures.len(),
        failures[..failures.len().min(60)].join("\n")
    );
}

fn operator(name: &str) -> BinaryOp {
    match name {
        "add" => BinaryOp::Add,
        "sub" => BinaryOp::Sub,
        "mul" => BinaryOp::Mul,
        "truediv" => BinaryOp::TrueDiv,
        "floordiv" => BinaryOp::FloorDiv,
        "mod" => BinaryOp::Mod,
        "pow" => BinaryOp::Pow,
        "lshift" => BinaryOp::LShift,
        "rshift" => BinaryOp::RShift,
        "and_" => BinaryOp::And,
        "or_" => BinaryOp::Or,
        "xor" => BinaryOp::Xor,
        other => panic!("operator {other}"),
    }
}

fn int(i: i64) -> Ty {
    Ty::Lit(Lit::Int(i))
}

fn float(x: f64) -> Ty {
    Ty::Lit(Lit::Float(x.to_bits()))
}

#[test]
fn constants_fold_when_exact() {
    let fold = |op, a: &Ty, b: &Ty| match binary_rule(op, a, b) {
        Ok(Rule::Direct(ty)) => ty,
        other => panic!("{other:?}"),
    };
    assert_eq!(fold(BinaryOp::Add, &int(2), &int(3)), int(5));
    assert_eq!(fold(BinaryOp::Add, &int(i64::MAX), &int(1)), Ty::Int);
    assert_eq!(fold(BinaryOp::FloorDiv, &int(-7), &int(2)), int(-4));
    assert_eq!(fold(BinaryOp::Mod, &int(-7), &int(2)), int(1));
    assert_eq!(fold(BinaryOp::Mod, &int(7), &int(-2)), int(-1));
    assert_eq!(fold(BinaryOp::FloorDiv, &int(1), &int(0)), Ty::Int);
    assert_eq!(fold(BinaryOp::FloorDiv, &int(i64::MIN), &int(-1)), Ty::Int);
    assert_eq!(fold(BinaryOp::TrueDiv, &int(1), &int(2)), float(0.5));
    assert_eq!(fold(BinaryOp::Pow, &int(2), &int(62)), int(1 << 62));
    assert_eq!(fold(BinaryOp::Pow, &int(2), &int(-1)), Ty::Float);
    assert_eq!(fold(BinaryOp::LShift, &int(1), &int(62)), int(1 << 62));
    assert_eq!(fold(BinaryOp::LShift, &int(1), &int(63)), Ty::Int);
    assert_eq!(fold(BinaryOp::RShift, &int(-5), &int(200)), int(-1));
    assert_eq!(fold(BinaryOp::Mul, &float(0.1), &int(3)), float(0.1 * 3.0));
    assert_eq!(fold(BinaryOp::Mul, &float(1e300), &float(1e300)), Ty::Float);
    assert_eq!(
        fold(BinaryOp::And, &Ty::Lit(Lit::Bool(true)), &Ty::Lit(Lit::Bool(false))),
        Ty::Lit(Lit::Bool(false))
    );
}

#[test]
fn constants_compare_exactly() {
    let compare = |op, a: &Ty, b: &Ty| match compare_rule(op, a, b) {
        Ok(Rule::Direct(Ty::Lit(Lit::Bool(truth)))) => truth,
        other => panic!("{other:?}"),
    };
    let big = 1i64 << 53;
    assert!(!compare(CompareOp::Eq, &int(big + 1), &float(big as f64)));
    assert!(compare(CompareOp::Gt, &int(big + 1), &float(big as f64)));
    assert!(compare(CompareOp::Lt, &int(i64::MAX), &float(9_223_372_036_854_775_808.0)));
    assert!(compare(CompareOp::Ge, &float(9_223_372_036_854_775_808.0), &int(i64::MAX)));
    assert!(!compare(CompareOp::Le, &int(0), &float(f64::NAN)));
    assert!(compare(CompareOp::Ne, &int(0), &float(f64::NAN)));
}

#[test]
fn paths_meet_in_numpys_type() {
    let num = Ty::Num;
    assert_eq!(join(&int(0), &int(1)), Some(Ty::Int));
    assert_eq!(join(&int(0), &Ty::Float), Some(Ty::Float));
    assert_eq!(join(&float(0.0), &num(DType::F32)), Some(num(DType::F32)));
    assert_eq!(join(&int(0), &num(DType::U64)), Some(num(DType::U64)));
    // In a wider dtype the arithmetic that follows would not wrap as NumPy's does.
    assert_eq!(join(&float(0.5), &num(DType::I32)), None);
    assert_eq!(join(&num(DType::I8), &num(DType::U8)), None);
    assert_eq!(join(&num(DType::I64), &num(DType::U64)), None);
    assert_eq!(join(&num(DType::I64), &num(DType::I64)), Some(num(DType::I64)));
    assert_eq!(join(&Ty::None, &Ty::Int), None);
    for a in DType::ALL {
        for b in DType::ALL {
            assert_eq!(join(&num(a), &num(b)), join(&num(b), &num(a)));
        }
    }
}
