//! From text to verified IR, over a table of names.

use cumbia_frontend::environment::{Environment, FunctionSource, Global};
use cumbia_frontend::types::{ArrayTy, DType, Layout, Ty};

struct Names;

impl Environment for Names {
    fn lookup(&mut self, _function: u64, name: &str) -> Option<Global> {
        Some(match name {
            "np" => Global::Module("numpy".into()),
            "math" => Global::Module("math".into()),
            "f" => Global::Function(1),
            "N" => Global::Int(5),
            "range" | "len" | "int" | "float" | "abs" | "round" | "min" | "max" => Global::Library(format!("builtins.{name}").into()),
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
        text: text.into(),
        filename: "test.py".into(),
        first_line: 1,
        name: "f".into(),
        qualname: "f".into(),
        lambda_offset: None,
        handle: 1,
        defaults: vec![],
    }
}

fn lowered(text: &str, args: &[Ty]) -> String {
    match cumbia_frontend::compile(&mut Names, &source(text), args) {
        Ok(l) => {
            let text = l.module.to_string();
            println!("{text}");
            cumbia_ir::verify_module(&l.module, cumbia_ir::Stage::Lowered).unwrap();
            println!("ret {:?}", l.ret.map(|t| t.to_string()));
            text
        }
        Err(failure) => {
            let all: Vec<String> =
                failure.diagnostics.iter().map(|d| cumbia_diagnostics::render(d, &failure.sources)).collect();
            println!("{}", all.join("\n"));
            all.join("\n")
        }
    }
}

fn array(dtype: DType, ndim: u8, layout: Layout) -> Ty {
    Ty::Array(ArrayTy { dtype, ndim, layout, readonly: false })
}

#[test]
fn while_else() {
    lowered(r#"def f(n, x):
    i = 0
    while i < n:
        if x[i] > 3:
            break
        i += 1
    else:
        return -1
    return i
"#, &[Ty::Int, array(DType::I32,1,Layout::A)]);
}

#[test]
fn unbound() {
    lowered(r#"def f(n):
    for i in range(n):
        y = i * 2
    return y
"#, &[Ty::Int]);
}

#[test]
fn tuples() {
    lowered(r#"def f(a, b):
    t = (a, b, 1)
    x, y, z = t
    x, y = y, x
    return t + (x,), y, z, t[0], t[-1], len(t), t[1:]
"#, &[Ty::Int, Ty::Float]);
}

#[test]
fn slices() {
    lowered(r#"def f(m):
    a = m[1:, ::2]
    b = a.T
    c = b[..., 0]
    d = m[0]
    return a.shape, c[0], d[-1], m[None, 1]
"#, &[array(DType::F64,2,Layout::C)]);
}

#[test]
fn assertions() {
    lowered(r#"def f(n):
    assert n > 0, 'must be positive'
    if n > 10:
        raise ValueError('too {large}')
    return n
"#, &[Ty::Int]);
}

#[test]
fn boolops() {
    lowered(r#"def f(x):
    v = x or 5
    w = x and 2.5
    c = 1 if x > 2 else 0
    d = 0 < x < 10 and not x == 5
    return v, c, d
"#, &[Ty::Int]);
}

#[test]
fn fors() {
    lowered(r#"def f(m):
    s = 0.0
    for row in m:
        for v in row:
            if v < 0:
                continue
            s += v
    return s
"#, &[array(DType::F32,2,Layout::C)]);
}

#[test]
fn recur() {
    lowered(r#"def f(n):
    return 1 if n == 0 else n * f(n - 1)
"#, &[Ty::Int]);
}

#[test]
fn setslice() {
    lowered(r#"def f(m):
    m[0] = 1
    m[1:, 0] = m[0, 1:]
    return m
"#, &[array(DType::I64,2,Layout::C)]);
}

#[test]
fn zz() {
    lowered(r#"def f(n):
    a = np.zeros((n, 3))
    b = a[1]
    b[0] = 2
    for i in range(3):
        a = np.ones(n)
    return a, b
"#, &[Ty::Int]);
}

#[test]
fn mathy() {
    lowered(r#"def f(x):
    return math.sqrt(x) + math.sin(x) ** 2 + x // 3 + x % 2.5 + abs(-x) + min(x, 3.0) + round(x)
"#, &[Ty::Float]);
}

#[test]
fn complexes() {
    lowered(r#"def f(z):
    w = z * z + 1j
    return w.real, w.imag, abs(w), w
"#, &[Ty::Complex]);
}
