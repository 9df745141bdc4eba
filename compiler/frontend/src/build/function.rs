//! The function as a whole: parameters, defaults, body, the implied `return None`.
//!
//! Annotations and decorators are ignored. Defaults are not evaluated here: their
//! values are in the function object; constants are noted for library functions.

use super::expressions::literal;
use super::ssa::{ENTRY, Ssa};
use super::{Builder, Unroll};
use crate::environment::FunctionSource;
use crate::hir::{Const, HirFunction, Param, ParamKind, Terminator, ValueInfo};
use crate::parse::FunctionAst;
use crate::scope::Scope;
use crate::unsupported::Construct;
use cumbia_diagnostics::{Diagnostic, SourceId, Span};
use rustpython_parser::ast::{self, Ranged, Stmt};
use std::sync::Arc;

pub(super) fn build(
    function: &FunctionAst,
    source: &FunctionSource,
    id: SourceId,
    header: Span,
    unroll: &Unroll,
) -> Result<HirFunction, Vec<Diagnostic>> {
    let (args, body): (&ast::Arguments, &[Stmt]) = match function {
        FunctionAst::Def(def) => (&def.args, &def.body),
        FunctionAst::AsyncDef(_) => return Err(vec![Construct::AsyncFunction.refuse(header)]),
        FunctionAst::Lambda(lambda) => (&lambda.args, &[]),
    };
    let params = parameters(args, id);
    let scope = Scope::new(params.iter().map(|p| &*p.name), body);
    let mut b = Builder {
        ssa: Ssa::new(scope.locals(), header),
        scope: &scope,
        source: id,
        text: &source.text,
        loops: Vec::new(),
        regions: Vec::new(),
        finally_copies: 0,
        comprehensions: Vec::new(),
        unroll,
        copies: Vec::new(),
        loop_paths: Vec::new(),
        diagnostics: Vec::new(),
    };
    b.refuse_variadic(args);
    for (var, param) in params.iter().enumerate() {
        let value =
            b.ssa.add_param(ENTRY, ValueInfo { name: Some(param.name.clone()), span: param.span });
        b.ssa.write(var as u32, value);
    }
    let end = match function {
        FunctionAst::Lambda(lambda) => {
            let value = b.expression(&lambda.body);
            let span = b.span(&*lambda.body);
            b.ssa.terminate(Terminator::Return(value), span);
            span
        }
        _ => {
            b.statements(body);
            let end = body.last().map_or(header.end, |s| s.end().into());
            Span { source: id, start: end, end }
        }
    };
    // Falling off the end; dropped where nothing reaches it.
    let none = b.constant(Const::None, end);
    b.ssa.terminate(Terminator::Return(none), end);
    if !b.diagnostics.is_empty() {
        b.diagnostics.sort_by_key(|d| d.span.start);
        // The body of a `finally` is built for each way out of its `try`.
        b.diagnostics.dedup_by(|a, b| a.span == b.span && a.code == b.code);
        return Err(b.diagnostics);
    }
    let (blocks, values) = b.ssa.finish();
    Ok(HirFunction {
        source: id,
        name: Arc::from(source.name.as_str()),
        span: header,
        params,
        blocks,
        values,
        loops: b.loop_paths,
    })
}

fn parameters(args: &ast::Arguments, source: SourceId) -> Vec<Param> {
    let kinds = [
        (&args.posonlyargs, ParamKind::PositionalOnly),
        (&args.args, ParamKind::Plain),
        (&args.kwonlyargs, ParamKind::KeywordOnly),
    ];
    let param = |arg: &ast::ArgWithDefault, kind| Param {
        name: Arc::from(arg.def.arg.as_str()),
        kind,
        has_default: arg.default.is_some(),
        default_const: arg.default.as_deref().and_then(literal),
        span: name_span(&arg.def, source),
    };
    kinds.into_iter().flat_map(|(list, kind)| list.iter().map(move |a| param(a, kind))).collect()
}

/// A parameter's name, without its annotation. (Spelled in NFKC it may be a byte or
/// two off; the end of the node bounds it.)
fn name_span(arg: &ast::Arg, source: SourceId) -> Span {
    let (start, end) = (u32::from(arg.start()), u32::from(arg.end()));
    let end = match arg.annotation {
        Some(_) => (start + arg.arg.as_str().len() as u32).min(end),
        None => end,
    };
    Span { source, start, end }
}

impl Builder<'_> {
    fn refuse_variadic(&mut self, args: &ast::Arguments) {
        if let Some(arg) = &args.vararg {
            let span = name_span(arg, self.source);
            self.diagnostics.push(Construct::VarArgs.refuse(span));
        }
        if let Some(arg) = &args.kwarg {
            let span = name_span(arg, self.source);
            self.diagnostics.push(Construct::VarKeywords.refuse(span));
        }
    }
}
