//! Markdown tests of inferred types and refusals: `tests/lang/**/*.md`.
//!
//! Each fenced `python` block is a test. Its last function is compiled for the types
//! in its `# args:` line; other functions are there to be called, and assignments of
//! literals are globals. Comments say what must come out:
//!
//! ```python
//! # args: pyint
//! # returns: pyfloat
//! def f(n):
//!     x = n + 1
//!     reveal_type(x)  # revealed: pyint
//!     return x * 0.5
//! ```
//!
//! `# revealed: T` stands on the line of a `reveal_type(...)`, whose argument has type
//! `T` there (several types, when the function is compiled for several: `T; U`);
//! `never` where control doesn't come. `# error: [CB0401] "part"` stands on the line
//! where a diagnostic with this code starts, and its message contains the part.
//! Everything else must compile: an error that isn't expected fails, and so does an
//! expectation that isn't met.
//!
//! `np`, `math` and the builtins mean what they mean in Python. Nothing is lowered or
//! run here.

use cumbia_frontend::buffers::{BufferKind, BufferTy};
use cumbia_frontend::build::build_function;
use cumbia_frontend::environment::{Environment, FunctionSource, Global};
use cumbia_frontend::hir::{Const, Op};
use cumbia_frontend::infer::{Engine, FunctionKey, names};
use cumbia_frontend::types::{ArrayTy, Callable, DType, Layout, Site, Ty, UserFunction};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

/// A fenced block.
pub struct Block {
    /// Line of its first line in the file.
    pub line: u32,
    /// Its text.
    pub text: String,
}

/// The `python` blocks of a Markdown text.
pub fn blocks(markdown: &str) -> Vec<Block> {
    let mut out = Vec::new();
    let mut open: Option<Block> = None;
    for (i, line) in markdown.lines().enumerate() {
        match &mut open {
            None if line.trim_end() == "```python" => {
                open = Some(Block { line: i as u32 + 2, text: String::new() });
            }
            Some(_) if line.trim_end() == "```" => out.extend(open.take()),
            Some(block) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            None => {}
        }
    }
    out
}

/// Runs the blocks of a file; what is wrong, one line each.
///
/// # Panics
///
/// When the file can't be read.
pub fn check_file(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).expect("a readable file");
    let blocks = blocks(&text);
    let mut out = Vec::new();
    if blocks.is_empty() {
        out.push(format!("{}: no tests", crate::shown(path)));
    }
    for block in blocks {
        let name = format!("{}:{}", crate::shown(path), block.line);
        match catch_unwind(AssertUnwindSafe(|| check_block(&block))) {
            Ok(problems) => {
                out.extend(problems.into_iter().map(|p| format!("{}:{p}", crate::shown(path))))
            }
            Err(_) => out.push(format!("{name}: the compiler panicked")),
        }
    }
    out
}

/// What is wrong with a block: `line: what`.
pub fn check_block(block: &Block) -> Vec<String> {
    let test = match Test::parse(block) {
        Ok(test) => test,
        Err(problem) => return vec![format!("{}: {problem}", block.line)],
    };
    let Some(entry) = test.functions.last().cloned() else {
        return vec![format!("{}: the block has no function", block.line)];
    };
    let mut found = Found::default();
    let mut environment = Names { globals: &test.globals, functions: &test.functions };
    let mut engine = Engine::new(&mut environment);
    engine.add_user_function(entry.clone());
    match engine.specialize_entry(FunctionKey::User(entry.handle), test.args.clone()) {
        Ok(id) => found.returns = engine.spec(id).ret.as_ref().map(Ty::to_string),
        Err(errors) => {
            for error in errors {
                let line = engine.sources.position(error.span).0;
                found.errors.entry(line).or_default().push((error.code.to_string(), error.message));
            }
        }
    }
    found.read_reveals(&engine);
    test.compare(&found, block.line)
}

/// What inference found, by line.
#[derive(Default)]
struct Found {
    errors: BTreeMap<u32, Vec<(String, String)>>,
    reveals: BTreeMap<u32, Vec<String>>,
    returns: Option<String>,
}

impl Found {
    fn read_reveals(&mut self, engine: &Engine<'_>) {
        for spec in &engine.specializations {
            for (block, data) in spec.hir.blocks.iter().enumerate() {
                for inst in data.insts.iter().filter(|_| spec.reachable[block]) {
                    let Op::Call(callee, args) = &inst.op else { continue };
                    let callee = spec.types[callee.0 as usize].as_ref();
                    if callee != Some(&Ty::Callable(Callable::User(UserFunction::unnamed(REVEAL))))
                    {
                        continue;
                    }
                    let Some(ty) =
                        args.first().and_then(|a| spec.types[a.value.0 as usize].as_ref())
                    else {
                        continue;
                    };
                    let line = engine.sources.position(inst.span).0;
                    self.reveals.entry(line).or_default().push(ty.to_string());
                }
            }
        }
    }
}

/// The parsed block.
struct Test {
    functions: Vec<FunctionSource>,
    globals: BTreeMap<String, Global>,
    args: Vec<Ty>,
    returns: Option<String>,
    /// Line and type.
    reveals: Vec<(u32, String)>,
    /// Line, code, part of the message.
    errors: Vec<(u32, String, String)>,
}

/// The handle of `reveal_type`.
const REVEAL: u64 = u64::MAX;

impl Test {
    fn parse(block: &Block) -> Result<Test, String> {
        let mut test = Test {
            functions: Vec::new(),
            globals: BTreeMap::new(),
            args: Vec::new(),
            returns: None,
            reveals: Vec::new(),
            errors: Vec::new(),
        };
        let lines: Vec<&str> = block.text.lines().collect();
        let mut at = 0;
        while at < lines.len() {
            let line = lines[at];
            if line.starts_with("def ") || line.starts_with("async def ") {
                let body = |l: &&str| l.starts_with([' ', '\t', ')']) || l.trim().is_empty();
                let end = lines[at + 1..]
                    .iter()
                    .position(|l| !body(l))
                    .map_or(lines.len(), |n| at + 1 + n);
                test.function(&lines[at..end], block.line + at as u32)?;
                at = end;
                continue;
            }
            if let Some(types) = line.strip_prefix("# args:") {
                test.args = parse_types(types)?;
            } else if let Some(ty) = line.strip_prefix("# returns:") {
                test.returns = Some(ty.trim().to_string());
            } else if let Some((name, value)) = line.split_once(" = ") {
                let value =
                    literal(value.trim()).ok_or_else(|| format!("{value} is not a literal"))?;
                test.globals.insert(name.trim().to_string(), value);
            } else if !(line.trim().is_empty() || line.starts_with(['#', '@'])) {
                return Err(format!("not understood: {line}"));
            }
            at += 1;
        }
        for (i, line) in lines.iter().enumerate() {
            let number = block.line + i as u32;
            if let Some((_, ty)) = line.split_once("# revealed:") {
                test.reveals.push((number, ty.trim().to_string()));
            }
            for expected in line.split("# error:").skip(1) {
                let (code, part) = expected
                    .trim()
                    .strip_prefix('[')
                    .and_then(|rest| rest.split_once(']'))
                    .ok_or_else(|| {
                        format!("an error is written `# error: [CB0401] \"part\"`, not{expected}")
                    })?;
                let part = part.trim().trim_matches('"').to_string();
                test.errors.push((number, code.to_string(), part));
            }
        }
        Ok(test)
    }

    fn function(&mut self, lines: &[&str], first_line: u32) -> Result<(), String> {
        let text = lines.join("\n") + "\n";
        let head = lines[0].trim_start_matches("async ").trim_start_matches("def ");
        let name = head.split('(').next().unwrap_or_default().trim().to_string();
        let mut source = FunctionSource {
            text: text.into(),
            filename: "block".into(),
            first_line,
            qualname: name.clone(),
            name,
            lambda_offset: None,
            handle: self.functions.len() as u64,
            defaults: Vec::new(),
            relaxed: Default::default(),
            python_minor: 11,
            pranges: Vec::new(),
            called: Vec::new(),
            declared: Vec::new(),
        };
        // Defaults are in the function object; here it is the text that has them.
        if let Ok(hir) = build_function(&mut Default::default(), &source) {
            for param in hir.params.iter().filter(|p| p.has_default) {
                let value = param.default_const.as_ref().and_then(constant);
                let value = value
                    .ok_or_else(|| format!("the default of {} is not a literal", param.name))?;
                source.defaults.push((param.name.clone(), value));
            }
        }
        self.functions.push(source);
        Ok(())
    }

    fn compare(&self, found: &Found, line: u32) -> Vec<String> {
        let mut out = Vec::new();
        for (line, ty) in &self.reveals {
            let types =
                found.reveals.get(line).map_or_else(|| "never".to_string(), |t| t.join("; "));
            if types != *ty {
                out.push(format!("{line}: revealed {types}, not {ty}"));
            }
        }
        for (line, types) in &found.reveals {
            if !self.reveals.iter().any(|(l, _)| l == line) {
                out.push(format!("{line}: revealed {}, and nothing is expected", types.join("; ")));
            }
        }
        for (line, code, part) in &self.errors {
            let errors = found.errors.get(line).map_or(&[][..], Vec::as_slice);
            if !errors.iter().any(|(c, message)| c == code && message.contains(part)) {
                out.push(format!("{line}: expected [{code}] \"{part}\", found {errors:?}"));
            }
        }
        for (line, errors) in &found.errors {
            let expected = self.errors.iter().filter(|(l, ..)| l == line).count();
            if expected < errors.len() {
                out.push(format!("{line}: errors that are not expected: {errors:?}"));
            }
        }
        match (&self.returns, &found.returns) {
            (Some(expected), found) if found.as_deref().unwrap_or("never") != expected => {
                out.push(format!(
                    "{line}: returns {}, not {expected}",
                    found.as_deref().unwrap_or("never")
                ));
            }
            _ => {}
        }
        if self.reveals.is_empty() && self.errors.is_empty() && self.returns.is_none() {
            out.push(format!("{line}: nothing is expected of this block"));
        }
        out
    }
}

/// The names of a block.
struct Names<'t> {
    globals: &'t BTreeMap<String, Global>,
    functions: &'t [FunctionSource],
}

const BUILTINS: &[&str] = &[
    "abs",
    "all",
    "any",
    "ascii",
    "bin",
    "bool",
    "bytearray",
    "bytes",
    "callable",
    "chr",
    "complex",
    "dict",
    "divmod",
    "enumerate",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "hasattr",
    "hash",
    "hex",
    "id",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "map",
    "max",
    "memoryview",
    "min",
    "next",
    "object",
    "oct",
    "ord",
    "pow",
    "print",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "slice",
    "sorted",
    "str",
    "sum",
    "tuple",
    "type",
    "vars",
    "zip",
];

impl Environment for Names<'_> {
    fn lookup(&mut self, _function: u64, name: &str) -> Option<Global> {
        if let Some(value) = self.globals.get(name) {
            return Some(value.clone());
        }
        if let Some(function) = self.functions.iter().find(|f| f.name == name) {
            let name = function.name.as_str().into();
            return Some(Global::Function(UserFunction { handle: function.handle, name }));
        }
        match name {
            "np" => Some(Global::Module("numpy".into())),
            "math" => Some(Global::Module("math".into())),
            "contextlib" => Some(Global::Module("contextlib".into())),
            "reveal_type" => Some(Global::Function(UserFunction::unnamed(REVEAL))),
            _ if BUILTINS.contains(&name) => {
                Some(Global::Library(format!("builtins.{name}").into()))
            }
            _ if name.ends_with("Error") || name == "StopIteration" => {
                Some(Global::Exception(name.into()))
            }
            _ => None,
        }
    }

    fn module_attribute(&mut self, module: &str, name: &str) -> Option<Global> {
        names::in_module(module, name)
    }

    fn function(&mut self, handle: u64) -> Result<FunctionSource, String> {
        if handle == REVEAL {
            return Ok(FunctionSource {
                text: "def reveal_type(value):\n    return None\n".into(),
                filename: "reveal_type".into(),
                first_line: 1,
                name: "reveal_type".into(),
                qualname: "reveal_type".into(),
                lambda_offset: None,
                handle,
                defaults: Vec::new(),
                relaxed: Default::default(),
                python_minor: 11,
                pranges: Vec::new(),
                called: Vec::new(),
                declared: Vec::new(),
            });
        }
        self.functions.get(handle as usize).cloned().ok_or_else(|| "no such function".to_string())
    }
}

fn constant(value: &Const) -> Option<Global> {
    Some(match value {
        Const::None => Global::None,
        Const::Bool(b) => Global::Bool(*b),
        Const::Int(i) => Global::Int(*i),
        Const::Float(x) => Global::Float(*x),
        Const::Complex(re, im) => Global::Complex(*re, *im),
        Const::Str(s) => Global::Str(s.clone()),
        _ => return None,
    })
}

/// A global's value: a literal, a tuple of them, `np.float32(1.5)`, or `object()` for
/// something that compiled code can't use.
fn literal(text: &str) -> Option<Global> {
    match text {
        "None" => return Some(Global::None),
        "True" => return Some(Global::Bool(true)),
        "False" => return Some(Global::Bool(false)),
        "object()" => return Some(Global::Other("object".into())),
        "np.zeros(3)" => {
            let ty = ArrayTy { dtype: DType::F64, ndim: 1, layout: Layout::C, readonly: false };
            return Some(Global::Array(0, ty));
        }
        _ => {}
    }
    if let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        let items: Option<Vec<Global>> = split(inner).iter().map(|item| literal(item)).collect();
        return items.map(Global::Tuple);
    }
    if let Some(inner) = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        return Some(Global::Str(inner.into()));
    }
    if let Some(dtype) = text.strip_prefix("np.").and_then(DType::from_name) {
        return Some(Global::DType(dtype));
    }
    if let Ok(i) = text.parse::<i64>() {
        return Some(Global::Int(i));
    }
    text.parse::<f64>().ok().map(Global::Float)
}

/// Comma-separated types in their canonical spelling.
fn parse_types(text: &str) -> Result<Vec<Ty>, String> {
    split(text).iter().map(|item| parse_type(item)).collect()
}

/// Splits at commas outside of brackets.
fn split(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut depth = 0;
    let mut item = String::new();
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                out.push(std::mem::take(&mut item));
                continue;
            }
            _ => {}
        }
        item.push(c);
    }
    out.push(item);
    out.iter().map(|item| item.trim().to_string()).filter(|item| !item.is_empty()).collect()
}

fn parse_type(text: &str) -> Result<Ty, String> {
    let unknown = || format!("{text} is not a type");
    Ok(match text {
        "None" => Ty::None,
        "pybool" => Ty::Bool,
        "pyint" => Ty::Int,
        "pyfloat" => Ty::Float,
        "pycomplex" => Ty::Complex,
        "str" => Ty::Str,
        "bytes" => Ty::Bytes,
        "bytearray" => {
            Ty::Buffer(BufferTy { kind: BufferKind::ByteArray, code: b'B', readonly: false })
        }
        "array.array('d')" => {
            Ty::Buffer(BufferTy { kind: BufferKind::Array, code: b'd', readonly: false })
        }
        "unknown" => Ty::Open(u32::MAX, 0),
        _ => {
            if let Some((head, inner)) = text.strip_suffix(']').and_then(|t| t.split_once('[')) {
                return match (head, parse_types(inner)?.as_slice()) {
                    ("list", [t]) => Ok(Ty::List(Arc::new(t.clone()), Site(None))),
                    ("set", [t]) => Ok(Ty::Set(Arc::new(t.clone()), Site(None))),
                    ("dict", [k, v]) => Ok(Ty::Dict(Arc::new((k.clone(), v.clone())), Site(None))),
                    _ => Err(unknown()),
                };
            }
            if let Some(dtype) = DType::from_name(text) {
                return Ok(Ty::Num(dtype));
            }
            let (head, rest) = text.split_once('(').ok_or_else(unknown)?;
            let inner = rest.strip_suffix(')').ok_or_else(unknown)?;
            match head {
                "tuple" => Ty::Tuple(parse_types(inner)?.into_iter().collect::<Arc<[Ty]>>()),
                "array" => {
                    let parts = split(inner);
                    let [dtype, ndim, layout, readonly @ ..] = parts.as_slice() else {
                        return Err(unknown());
                    };
                    Ty::Array(ArrayTy {
                        dtype: DType::from_name(dtype).ok_or_else(unknown)?,
                        ndim: ndim.parse().map_err(|_| unknown())?,
                        layout: match layout.as_str() {
                            "C" => Layout::C,
                            "F" => Layout::F,
                            "A" => Layout::A,
                            _ => return Err(unknown()),
                        },
                        readonly: match readonly {
                            [] => false,
                            [word] if word == "readonly" => true,
                            _ => return Err(unknown()),
                        },
                    })
                }
                _ => return Err(unknown()),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        check_block(&Block { line: 1, text: text.into() })
    }

    #[test]
    fn what_holds_is_accepted() {
        let text = "# args: pyint\n# returns: pyfloat\ndef f(n):\n    reveal_type(n)  # revealed: pyint\n    return n * 0.5\n";
        assert_eq!(problems(text), Vec::<String>::new());
        let text = "# args: pyint\ndef f(n):\n    return {[n]}  # error: [CB0321] \"unhashable\"\n";
        assert_eq!(problems(text), Vec::<String>::new());
    }

    #[test]
    fn what_does_not_hold_is_told_with_its_line() {
        let cases = [
            (
                "# args: pyint\ndef f(n):\n    reveal_type(n)  # revealed: pyfloat\n",
                "3: revealed pyint",
            ),
            ("# args: pyint\ndef f(n):\n    reveal_type(n)\n", "3: revealed pyint"),
            (
                "# args: pyint\n# returns: pyint\ndef f(n):\n    return 0.5\n",
                "1: returns Literal[0.5]",
            ),
            (
                "# args: pyint\ndef f(n):\n    return n  # error: [CB0401] \"\"\n",
                "3: expected [CB0401]",
            ),
            (
                "# args: pyint\ndef f(n):\n    return n()  # error: [CB0402] \"\"\n",
                "3: expected [CB0402]",
            ),
            (
                "# args: pyint\ndef f(n):\n    return n()  # error: [CB0406] \"other words\"\n",
                "3: expected [CB0406]",
            ),
            ("# args: pyint\ndef f(n):\n    return n()\n", "3: errors that are not expected"),
            ("# args: pyint\ndef f(n):\n    return n\n", "1: nothing is expected"),
            ("# args: integer\ndef f(n):\n    return n\n", "1: integer is not a type"),
            ("# args: pyint\n", "1: the block has no function"),
        ];
        for (text, expected) in cases {
            let found = problems(text);
            assert!(found.iter().any(|p| p.starts_with(expected)), "{text}\n{found:?}");
        }
    }

    #[test]
    fn types_are_read_as_they_are_printed() {
        for text in [
            "None",
            "pybool",
            "pyint",
            "pyfloat",
            "pycomplex",
            "uint8",
            "complex64",
            "tuple()",
            "tuple(pyint, tuple(pyfloat, None))",
            "array(float64, 2, F)",
            "array(bool, 0, C, readonly)",
            "tuple(array(int8, 1, A), pyint)",
        ] {
            assert_eq!(parse_type(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn blocks_have_the_lines_of_the_file() {
        let found = blocks("text\n\n```python\na\nb\n```\nmore\n```rust\nc\n```\n```python\n```\n");
        let found: Vec<(u32, &str)> = found.iter().map(|b| (b.line, b.text.as_str())).collect();
        assert_eq!(found, [(4, "a\nb\n"), (12, "")]);
    }
}
