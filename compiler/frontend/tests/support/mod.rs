//! What the tests of the front end's first half share: building from a text.

#![allow(dead_code)]

use cumbia_diagnostics::{Diagnostic, Sources};
use cumbia_frontend::build::build_function;
use cumbia_frontend::environment::FunctionSource;
use cumbia_frontend::hir::HirFunction;
use cumbia_frontend::hir_verify::verify_hir;

/// The `def f` of a text, or the lambda at an offset.
pub fn source(text: &str, lambda_offset: Option<u32>) -> FunctionSource {
    FunctionSource {
        text: text.to_string().into(),
        filename: "file.py".to_string(),
        first_line: 1,
        name: if lambda_offset.is_some() { "<lambda>" } else { "f" }.to_string(),
        qualname: "f".to_string(),
        lambda_offset,
        handle: 0,
        defaults: vec![],
        relaxed: Default::default(),
        python_minor: 11,
        pranges: Vec::new(),
        called: Vec::new(),
        declared: Vec::new(),
    }
}

/// Builds, and verifies what is built.
pub fn try_build(source: &FunctionSource) -> Result<HirFunction, (Vec<Diagnostic>, Sources)> {
    let mut sources = Sources::default();
    match build_function(&mut sources, source) {
        Ok(function) => {
            if let Err(e) = verify_hir(&function) {
                panic!("{e}\n{}\n{function}", source.text);
            }
            Ok(function)
        }
        Err(diagnostics) => Err((diagnostics, sources)),
    }
}

/// Builds a text that is supported.
pub fn build(text: &str) -> HirFunction {
    try_build(&source(text, None)).unwrap_or_else(|(d, s)| {
        let shown: Vec<String> = d.iter().map(|d| cumbia_diagnostics::render(d, &s)).collect();
        panic!("{text}\n{}", shown.join("\n"))
    })
}

/// The refusals of a text: code and the text that the span covers.
pub fn refusals(text: &str) -> Vec<(&'static str, String)> {
    match try_build(&source(text, None)) {
        Ok(function) => panic!("not refused: {text}\n{function}"),
        Err((diagnostics, _)) => diagnostics
            .iter()
            .map(|d| (d.code, text[d.span.start as usize..d.span.end as usize].to_string()))
            .collect(),
    }
}

/// As [`refusals`], of a function whose loops over `prange` run on several threads.
pub fn refusals_in_parallel(text: &str) -> Vec<(&'static str, String)> {
    let mut source = source(text, None);
    source.relaxed.parallel = Some(Default::default());
    match try_build(&source) {
        Ok(function) => panic!("not refused: {text}\n{function}"),
        Err((diagnostics, _)) => diagnostics
            .iter()
            .map(|d| (d.code, text[d.span.start as usize..d.span.end as usize].to_string()))
            .collect(),
    }
}

/// Xorshift: the same numbers everywhere.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() >> 11) as usize % n
    }

    pub fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }
}
