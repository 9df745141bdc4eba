//! From text to verified IR, over a table of names.

use cumbia_frontend::environment::{Environment, FunctionSource, Global};
use cumbia_frontend::types::{ArrayTy, DType, Layout, Ty, UserFunction};

struct Names;

impl Environment for Names {
    fn lookup(&mut self, _function: u64, name: &str) -> Option<Global> {
        Some(match name {
            "np" => Global::Module("numpy".into()),
            "math" => Global::Module("math".into()),
            "f" => Global::Function(UserFunction::unnamed(1)),
            "N" => Global::Int(5),
            "range" | "len" | "str" | "int" | "float" | "abs" | "min" | "max" => {
                Global::Library(format!("builtins.{name}").into())
            }
            "ValueError" | "AssertionError" => Global::Exception(name.into()),
            _ => return None,
        })
    }
    fn module_attribute(&mut self, module: &str, name: &str) -> Option<Global> {
        match DType::from_name(name) {
            Some(d) => Some(Global::DType(d)),
            None => Some(Global::Library(format!("{module}.{name}").into())),
        }
    }
    fn function(&mut self, _handle: u64) -> Result<FunctionSource, String> {
        Err("no such function".into())
    }
}

fn source(text: &str) -> FunctionSource {
    FunctionSource {
        text: text.to_string().into(),
        filename: "test.py".into(),
        first_line: 1,
        name: "f".into(),
        qualname: "f".into(),
        lambda_offset: None,
        handle: 1,
        defaults: vec![],
        relaxed: Default::default(),
        python_minor: 11,
        pranges: Vec::new(),
        called: Vec::new(),
        declared: Vec::new(),
    }
}

fn lowered(text: &str, args: &[Ty]) -> String {
    match cumbia_frontend::compile(&mut Names, &source(text), args) {
        Ok(l) => {
            let text = l.module.to_string();
            println!("{text}");
            println!("ret {:?}", l.ret.map(|t| t.to_string()));
            text
        }
        Err(failure) => {
            let all: Vec<String> = failure
                .diagnostics
                .iter()
                .map(|d| cumbia_diagnostics::render(d, &failure.sources))
                .collect();
            println!("{}", all.join("\n"));
            all.join("\n")
        }
    }
}

fn array(dtype: DType, ndim: u8, layout: Layout) -> Ty {
    Ty::Array(ArrayTy { dtype, ndim, layout, readonly: false })
}

#[test]
fn sum_loop() {
    let text = lowered(
        "def f(a):\n    s = 0.0\n    for i in range(a.shape[0]):\n        s += a[i]\n    return s\n",
        &[array(DType::F64, 1, Layout::C)],
    );
    assert!(text.contains("fadd"));
}

#[test]
fn fib() {
    let text = lowered(
        "def f(n):\n    if n < 2:\n        return n\n    return f(n - 1) + f(n - 2)\n",
        &[Ty::Int],
    );
    assert!(text.contains("call"));
}

#[test]
fn stencil() {
    let text = lowered(
        "def f(a, out):\n    h, w = a.shape\n    for i in range(1, h - 1):\n        for j in range(1, w - 1):\n            if a[i, j] > N and a[i - 1, j] <= 3:\n                out[i, j] = a[i, j] * 2\n            else:\n                out[i, j] = 7\n    return None\n",
        &[array(DType::U8, 2, Layout::C), array(DType::F32, 2, Layout::A)],
    );
    assert!(text.contains("index"));
}

#[test]
fn errors() {
    let text =
        lowered("def f(a):\n    x = 1\n    if a:\n        x = 'a'\n    return x\n", &[Ty::Bool]);
    assert!(text.contains("CB0301"));
}

/// Paths that bring a variable numbers of two types are told apart: a loop for each type, and
/// a result of both.
#[test]
fn paths_apart() {
    let text = lowered(
        "def f(a, y):\n    best = y\n    for x in a:\n        if x > best:\n            best = x\n    return best\n",
        &[array(DType::I64, 1, Layout::C), Ty::Float],
    );
    let polls = text.lines().filter(|line| line.trim_start().starts_with("poll ")).count();
    assert_eq!(polls, 2, "{text}");
    assert!(text.contains("-> (i64, i64, f64)"), "{text}");
}

/// The limit on calls is on each function, and says so before any code is generated.
#[test]
fn calls_of_one_function_are_limited() {
    use cumbia_frontend::{Limits, compile_within};
    let mut text = String::from("def f(n):\n    s = ''\n");
    for i in 0..20 {
        text.push_str(&format!("    s = s + str(n + {i})\n"));
    }
    text.push_str("    return len(s)\n");
    let at = |calls| compile_within(&mut Names, &source(&text), &[Ty::Int], Limits { calls });
    assert!(at(1_000).is_ok());
    let failure = at(20).err().expect("too many calls");
    let shown = cumbia_diagnostics::render(&failure.diagnostics[0], &failure.sources);
    assert!(shown.contains("CB0121"), "{shown}");
    assert!(shown.contains("f() makes more than 20 calls"), "{shown}");
    assert!(Limits::default().calls >= 100_000);
}
