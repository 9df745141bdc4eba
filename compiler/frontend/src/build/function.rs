//! The function as a whole: parameters, defaults, body, the implied `return None`;
//! for a nested one also what it captures, which follows the parameters.
//!
//! Annotations and decorators are ignored. Defaults are not evaluated here: their
//! values are in the function object; constants are noted for library functions.

use super::expressions::{Captures, literal};
use super::parallel;
use super::races::Bindings;
use super::ssa::{ENTRY, Ssa};
use super::{Builder, Form};
use crate::captures::{self, Body, Storage};
use crate::environment::{Called, FunctionSource};
use crate::hir::{
    Const, HValue, HirFunction, Inner, Op, ParallelHow, Param, ParamKind, Terminator, ValueInfo,
};
use crate::parse::FunctionAst;
use crate::scope::Scope;
use crate::unsupported::Construct;
use cumbia_diagnostics::{Diagnostic, SourceId, Span};
use rustpython_parser::ast::{self, Expr, Ranged, Stmt};
use std::sync::Arc;

/// A function to build: the one that was found in the text, or one nested in it.
pub(super) struct Wanted<'a> {
    pub args: &'a ast::Arguments,
    pub body: Body<'a>,
    pub name: &'a str,
    pub header: Span,
    /// What it captures, with how the variable is kept; for a nested function.
    pub captured: Vec<(Arc<str>, Storage)>,
    /// The variable that is always this function, if it uses itself by that.
    pub own: Option<&'a str>,
    pub is_nested: bool,
    /// The annotation of its result.
    pub returns: Option<&'a Expr>,
    /// The class in whose body it is.
    pub class_name: Option<&'a str>,
    /// Whether it is an `__init__` to be built in the form that makes the instance.
    pub makes_instance: bool,
    /// The minor version of the Python that runs.
    pub python_minor: u8,
    /// How loops over `prange` run on several threads, if they do.
    pub parallel: Option<ParallelHow>,
    /// Further names of `prange`.
    pub pranges: &'a [Arc<str>],
    /// Functions that names outside stand for.
    pub called: &'a [Called],
    /// Declared types of numbers.
    pub declared: &'a [(Arc<str>, Arc<str>)],
}

pub(super) fn build(
    function: &FunctionAst,
    source: &FunctionSource,
    id: SourceId,
    header: Span,
    form: &Form,
    makes_instance: bool,
) -> Result<HirFunction, Vec<Diagnostic>> {
    let (args, body, returns) = match function {
        FunctionAst::Def(def) => (&def.args, Body::Block(&def.body), def.returns.as_deref()),
        FunctionAst::AsyncDef(_) => return Err(vec![Construct::AsyncFunction.refuse(header)]),
        FunctionAst::Lambda(lambda) => (&lambda.args, Body::Expression(&lambda.body), None),
    };
    let wanted = Wanted {
        args,
        body,
        name: &source.name,
        header,
        captured: Vec::new(),
        own: None,
        is_nested: false,
        returns,
        class_name: super::class_of(&source.qualname),
        makes_instance,
        python_minor: source.python_minor,
        parallel: source.relaxed.parallel.filter(|_| !makes_instance),
        pranges: &source.pranges,
        called: &source.called,
        declared: &source.declared,
    };
    let (built, mut diagnostics) = build_wanted(wanted, id, &source.text, form);
    if !diagnostics.is_empty() {
        diagnostics.sort_by_key(|d| d.span.start);
        return Err(diagnostics);
    }
    Ok(built)
}

/// Builds a function; where there are diagnostics it is of no use.
pub(super) fn build_wanted(
    wanted: Wanted<'_>,
    id: SourceId,
    text: &str,
    form: &Form,
) -> (HirFunction, Vec<Diagnostic>) {
    let (built, diagnostics) = build_once(&wanted, id, text, form, None);
    if !diagnostics.is_empty() {
        return (built, diagnostics);
    }
    match parallel::needed(&built) {
        None => (built, diagnostics),
        Some(Err(refused)) => (built, vec![refused]),
        // Once more, with the variables alone that somebody reads after their loop.
        Some(Ok(needed)) => build_once(&wanted, id, text, form, Some(&needed)),
    }
}

fn build_once(
    wanted: &Wanted<'_>,
    id: SourceId,
    text: &str,
    form: &Form,
    needed: Option<&parallel::Needed>,
) -> (HirFunction, Vec<Diagnostic>) {
    let Wanted { args, body, header, .. } = *wanted;
    let params = parameters(args, id);
    let own: Option<Arc<str>> = wanted.own.map(Arc::from);
    let block: &[Stmt] = match body {
        Body::Block(block) => block,
        Body::Expression(_) => &[],
    };
    let names = params.iter().map(|p| &*p.name);
    let expression = match body {
        Body::Expression(e) => Some(e),
        Body::Block(_) => None,
    };
    let mut scope = Scope::inner(names, &wanted.captured, own.as_ref(), block, expression);
    let itself = params.first().map(|p| p.name.clone()).filter(|_| wanted.makes_instance);
    if let Some(itself) = &itself {
        scope.add_variables(&super::initializer::variables(block, itself));
    }
    let bindings = match wanted.parallel {
        Some(_) => Bindings::of(block, captures::parameter_names(args)),
        None => Bindings::default(),
    };
    let mut b = Builder {
        ssa: Ssa::new(scope.locals(), header),
        scope: &scope,
        source: id,
        text,
        loops: Vec::new(),
        regions: Vec::new(),
        finally_copies: 0,
        comprehensions: Vec::new(),
        form,
        copies: Vec::new(),
        loop_paths: Vec::new(),
        diagnostics: Vec::new(),
        generator: false,
        guards: 0,
        children: Vec::new(),
        enclosing: Vec::new(),
        enclosing_names: Default::default(),
        captures: Captures { names: Vec::new(), placeholders: false },
        depth: 0,
        nested: Vec::new(),
        shared: Default::default(),
        class_name: wanted.class_name,
        first_parameter: params.first().filter(|_| !wanted.is_nested).map(|p| p.name.clone()),
        makes_instance: wanted.makes_instance,
        initializer: None,
        made_itself: None,
        python_minor: wanted.python_minor,
        parallel: wanted.parallel,
        pranges: wanted.pranges,
        called: wanted.called,
        declared: wanted.declared,
        bindings: &bindings,
        needed,
        outlined: None,
        warned: Vec::new(),
        serial: Vec::new(),
    };
    b.entry(&params, wanted);
    let end = match body {
        Body::Expression(body) => {
            let value = b.expression(body);
            let span = b.span(body);
            let value = b.as_declared("return", value, span);
            b.ssa.terminate(Terminator::Return(value), span);
            span
        }
        Body::Block(body) => {
            match &itself {
                Some(itself) => {
                    let span = header;
                    let class = b.name(itself, span);
                    b.begin_initializer(itself, class, body, wanted.name == "__post_init__");
                    b.initializer_body(body);
                }
                None => b.statements(body),
            }
            let end = body.last().map_or(header.end, |s| s.end().into());
            Span { source: id, start: end, end }
        }
    };
    // Falling off the end; dropped where nothing reaches it.
    let last = match wanted.makes_instance {
        true => b.initialized(end),
        false => b.constant(Const::None, end),
    };
    b.end_of_variables(end);
    b.ssa.terminate(Terminator::Return(last), end);
    let made_early = b.made_itself.is_some();
    let (nested, loops, mut diagnostics) = (b.nested, b.loop_paths, b.diagnostics);
    let (warned, serial) = (b.warned, b.serial);
    let (generator, children) = (b.generator, b.children);
    diagnostics.sort_by_key(|d| d.span.start);
    // The body of a `finally` is built for each way out of its `try`.
    diagnostics.dedup_by(|a, b| a.span == b.span && a.code == b.code);
    let (blocks, values) = if diagnostics.is_empty() { b.ssa.finish() } else { Default::default() };
    let inner = wanted.is_nested.then(|| Inner {
        captures: wanted.captured.iter().map(|(name, _)| name.clone()).collect(),
        recursive: wanted.own.is_some(),
        shares_cells: wanted.captured.iter().any(|(_, kept)| *kept == Storage::Cell),
        outlined: false,
    });
    let built = HirFunction {
        source: id,
        name: Arc::from(wanted.name),
        span: header,
        params,
        blocks,
        values,
        generator,
        children,
        nested,
        loops,
        inner,
        sends: wanted.returns.and_then(|returns| sent_type(returns, text)),
        made_early,
        warned,
        serial,
    };
    (built, diagnostics)
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
    let mut params: Vec<Param> = kinds
        .into_iter()
        .flat_map(|(list, kind)| list.iter().map(move |a| param(a, kind)))
        .collect();
    for (arg, kind) in [(&args.vararg, ParamKind::VarArgs), (&args.kwarg, ParamKind::VarKeywords)] {
        params.extend(arg.iter().map(|arg| Param {
            name: Arc::from(arg.arg.as_str()),
            kind,
            has_default: false,
            default_const: None,
            span: name_span(arg, source),
        }));
    }
    params
}

/// What an annotation `Generator[yields, sends, returns]` says of what is sent.
fn sent_type(returns: &Expr, text: &str) -> Option<Arc<str>> {
    let (start, end) = crate::parse::range_of(returns);
    let quotes = |c| matches!(c, '"' | '\'' | ' ');
    // It may be a string.
    let spelled = text.get(start as usize..end as usize)?.trim_matches(quotes);
    let (class, types) = spelled.strip_suffix(']')?.split_once('[')?;
    if class.rsplit('.').next() != Some("Generator") {
        return None;
    }
    let mut depth = 0;
    let mut types = types.split(|c| {
        depth += i32::from(c == '[') - i32::from(c == ']');
        c == ',' && depth == 0
    });
    Some(Arc::from(types.nth(1)?.trim_matches(quotes)))
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
    /// The entry block's parameters, and the cells of variables that closures share.
    fn entry(&mut self, params: &[Param], wanted: &Wanted<'_>) {
        let header = wanted.header;
        let entry = |b: &mut Self, name: &Arc<str>, span| {
            b.ssa.add_param(ENTRY, ValueInfo { name: Some(name.clone()), span })
        };
        let given: Vec<HValue> = params.iter().map(|p| entry(self, &p.name, p.span)).collect();
        let captures: Vec<HValue> =
            wanted.captured.iter().map(|(name, _)| entry(self, name, header)).collect();
        let mut defaults = Vec::new();
        if wanted.own.is_some() {
            for param in params.iter().filter(|p| p.has_default) {
                defaults.push(entry(self, &param.name, param.span));
            }
        }
        let given: Vec<HValue> = params
            .iter()
            .zip(given)
            .map(|(p, value)| {
                let value = self.as_declared(&format!("arg.{}", p.name), value, p.span);
                self.as_declared(&p.name, value, p.span)
            })
            .collect();
        for (var, value) in given.iter().chain(&captures).enumerate() {
            self.ssa.write(var as u32, *value);
        }
        if wanted.own.is_some() {
            let var = (params.len() + captures.len()) as u32;
            let itself = self.ssa.emit(Op::SelfClosure(captures.clone(), defaults), header);
            self.ssa.write(var, itself);
        }
        // The cells of captured variables came with the closure.
        let own = (0..self.scope.locals().len() as u32)
            .filter(|v| !(params.len()..params.len() + captures.len()).contains(&(*v as usize)));
        for var in own {
            if self.scope.storage(var) != Storage::Cell {
                continue;
            }
            let name = self.scope.locals()[var as usize].clone();
            let cell = self.ssa.emit(Op::CellNew(name), header);
            if let Some(&value) = given.get(var as usize) {
                self.ssa.emit_effect(Op::CellSet(cell, value), header);
            }
            self.ssa.write(var, cell);
        }
    }
}
