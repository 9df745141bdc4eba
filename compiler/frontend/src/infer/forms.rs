//! Where the HIR of a specialization comes from: texts of the user's functions and of
//! library bodies, functions cut out of the function around them, and forms with unrolled
//! loops.
//!
//! A function is built once; a form with unrolled loops belongs to one specialization,
//! since it is its argument types that ask for it.

use super::{Action, Engine, FunctionKey, SpecId, Specialization};
use crate::environment::{Called, FunctionSource, Global, Relaxed};
use crate::hir::HirFunction;
use cumbia_diagnostics::{Diagnostic, Span};
use std::rc::Rc;
use std::sync::Arc;

/// How far calls are followed for what they do with arrays.
const LEVELS: usize = 2;

/// Most instructions of a function after unrolling.
const MAX_UNROLLED_INSTS: usize = 20_000;

impl Engine<'_> {
    /// The HIR of a function, built once.
    pub(super) fn function(
        &mut self,
        key: &FunctionKey,
        at: Span,
    ) -> Result<Rc<HirFunction>, Vec<Diagnostic>> {
        if let FunctionKey::Nested(id) = key {
            return Ok(self.nested[*id as usize].hir.clone());
        }
        if let FunctionKey::Kernel(id) = key {
            return Ok(self.kernels[*id as usize].clone());
        }
        if let Some(known) = self.functions.get(key) {
            return known.clone();
        }
        let start = std::time::Instant::now();
        let built = self.build(key, at).map(Rc::new);
        self.parse_time += start.elapsed();
        self.functions.insert(key.clone(), built.clone());
        built
    }

    pub(super) fn build(
        &mut self,
        key: &FunctionKey,
        at: Span,
    ) -> Result<HirFunction, Vec<Diagnostic>> {
        let source = match *key {
            FunctionKey::User(handle) | FunctionKey::Initializer(handle) => {
                self.user_source(handle, at)?.clone()
            }
            FunctionKey::Body(file, name) => body_source(file, name),
            FunctionKey::Nested(_) | FunctionKey::Inner(..) | FunctionKey::Kernel(_) => {
                unreachable!("built with the function around it")
            }
        };
        match key {
            FunctionKey::Initializer(_) => {
                crate::build::build_initializer(&mut self.sources, &source)
            }
            _ => crate::build::build_function(&mut self.sources, &source),
        }
    }

    /// The source of a function of the user.
    pub(super) fn user_source(
        &mut self,
        handle: u64,
        at: Span,
    ) -> Result<&FunctionSource, Vec<Diagnostic>> {
        if !self.user_functions.contains_key(&handle) {
            let refused = |message| vec![Diagnostic::error("CB0110", at, message)];
            let mut source = self.env.function(handle).map_err(refused)?;
            source.python_minor = self.python_minor;
            self.find_parallel(&mut source);
            self.user_functions.insert(handle, source);
        }
        Ok(&self.user_functions[&handle])
    }

    /// Looks up under which other names a function may call `prange`, and what else it calls.
    pub(super) fn find_parallel(&mut self, source: &mut FunctionSource) {
        if source.relaxed.parallel.is_some() {
            source.pranges = crate::build::called_by_loops(&source.text);
            let handle = source.handle;
            source.pranges.retain(|name| {
                let found = self.env.lookup(handle, name);
                matches!(found, Some(Global::Library(of)) if *of == *"cumbia.prange")
            });
            if source.text.contains("prange") || !source.pranges.is_empty() {
                source.called = self.called_functions(&source.text, handle, LEVELS);
            }
        }
    }

    /// The functions of the user that a text calls by name, and those that they call.
    fn called_functions(&mut self, text: &str, handle: u64, levels: usize) -> Vec<Called> {
        let mut found = Vec::new();
        for name in crate::build::called_by_name(text) {
            let Some(Global::Function(function)) = self.env.lookup(handle, &name) else { continue };
            let Ok(source) = self.env.function(function.handle) else { continue };
            let called = match levels {
                0 => Vec::new(),
                _ => self.called_functions(&source.text, function.handle, levels - 1),
            };
            let text: Arc<str> = Arc::from(&*source.text);
            let (function, lambda_offset) = (source.name, source.lambda_offset);
            found.push(Called { name, text, function, lambda_offset, called });
        }
        found
    }

    /// The source of a function that has been built.
    pub(super) fn source(&self, key: &FunctionKey) -> FunctionSource {
        match *key {
            FunctionKey::User(handle) | FunctionKey::Initializer(handle) => {
                self.user_functions[&handle].clone()
            }
            FunctionKey::Body(file, name) => body_source(file, name),
            FunctionKey::Inner(ref outer, _) => self.source(outer),
            FunctionKey::Nested(id) => self.source(&self.nested[id as usize].root),
            FunctionKey::Kernel(_) => unreachable!("a kernel has no text and no loops"),
        }
    }

    /// What a function's user gives up for speed.
    pub fn relaxed(&self, key: &FunctionKey) -> Relaxed {
        match *key {
            FunctionKey::User(handle) | FunctionKey::Initializer(handle) => {
                self.user_functions[&handle].relaxed
            }
            FunctionKey::Inner(ref outer, _) => self.relaxed(outer),
            FunctionKey::Nested(id) => self.relaxed(&self.nested[id as usize].root),
            FunctionKey::Body(..) | FunctionKey::Kernel(_) => Relaxed::default(),
        }
    }

    /// The function of a key in a new form of the function that all of it is in.
    pub(super) fn in_form(&self, key: &FunctionKey, form: HirFunction) -> HirFunction {
        match key {
            FunctionKey::Nested(id) => {
                let nested = &self.nested[*id as usize];
                let outer = self.in_form(&nested.parent, form);
                let found = outer.nested.iter().find(|n| n.span == nested.hir.span);
                found.map_or_else(|| (*nested.hir).clone(), |n| (**n).clone())
            }
            FunctionKey::Inner(outer, start) => {
                let outer = self.in_form(outer, form);
                let found = outer.children.into_iter().find(|child| child.span.start == *start);
                found.unwrap_or_else(|| match &self.functions[key] {
                    Ok(known) => (**known).clone(),
                    Err(_) => unreachable!("it was cut out of the function around it"),
                })
            }
            _ => form,
        }
    }

    /// A form of the function with the loops unrolled that the last sweep asked for, or with
    /// tests of truth as operations; inference starts over with it.
    pub(super) fn unrolled_form(
        &mut self,
        id: SpecId,
    ) -> Result<Option<Rc<HirFunction>>, Box<Diagnostic>> {
        let requests = std::mem::take(&mut self.spec_mut(id).unroll_requests);
        let asked = std::mem::take(&mut self.spec_mut(id).new_form);
        if requests.is_empty() && !asked {
            return Ok(None);
        }
        let spec = self.spec_mut(id);
        for (number, copies) in requests {
            let path = spec.hir.loops[number as usize].clone();
            // Paths told apart may go over tuples of several lengths in one loop.
            let known = spec.form.unroll.entry(path).or_default();
            *known = copies.max(*known);
        }
        self.rebuilt(id).map(Some)
    }

    /// The form in which variables keep what has something to do when it goes, if that isn't
    /// the one at hand.
    pub(super) fn keeping_form(
        &mut self,
        id: SpecId,
    ) -> Result<Option<Rc<HirFunction>>, Box<Diagnostic>> {
        match self.to_keep(id) {
            None => Ok(None),
            Some(names) => {
                self.spec_mut(id).form.keep = Some(names);
                self.rebuilt(id).map(Some)
            }
        }
    }

    /// The function built again in the form that its specialization asks for.
    pub(super) fn rebuilt(&mut self, id: SpecId) -> Result<Rc<HirFunction>, Box<Diagnostic>> {
        let spec = self.spec(id);
        let (key, source_id, plan) = (spec.key.clone(), spec.hir.source, spec.form.clone());
        let start = std::time::Instant::now();
        let source = self.source(&key);
        let built = {
            let makes_instance = matches!(self.root_key(&key), FunctionKey::Initializer(_));
            crate::build::rebuild_function(source_id, &source, &plan, makes_instance)
        };
        self.parse_time += start.elapsed();
        let form = built.map_err(|mut errors| Box::new(errors.remove(0)))?;
        let hir = Rc::new(self.in_form(&key, form));
        let spec = self.spec_mut(id);
        if hir.blocks.iter().map(|b| b.insts.len()).sum::<usize>() > MAX_UNROLLED_INSTS {
            let error = Diagnostic::error(
                "CB0304",
                hir.span,
                "the loops over items of different types make this function too large",
            )
            .help("put the body of the loop into a function of its own");
            return Err(Box::new(error));
        }
        spec.take_form(hir.clone());
        if spec.paths.was_told_apart() {
            self.sites.renew(id);
        }
        Ok(hir)
    }
}

impl Specialization {
    /// Goes on with another form of the function, of which nothing is known yet.
    pub(super) fn take_form(&mut self, hir: Rc<HirFunction>) {
        self.types = vec![None; hir.values.len()];
        self.reachable = vec![false; hir.blocks.len()];
        self.actions = hir.blocks.iter().map(|b| vec![Action::Plain; b.insts.len()]).collect();
        self.hir = hir;
    }
}

/// The source of a library body.
fn body_source(file: &'static str, name: &'static str) -> FunctionSource {
    let body = cumbia_library::body(file, name)
        .unwrap_or_else(|| panic!("library body {file}.{name} is missing"));
    FunctionSource {
        text: body.text.into(),
        filename: format!("<cumbia library {file}>"),
        first_line: body.line,
        name: name.to_string(),
        qualname: name.to_string(),
        lambda_offset: None,
        handle: 0,
        defaults: Vec::new(),
        // Bodies use `prange` where they mean it.
        relaxed: Relaxed { parallel: Some(Default::default()), ..Relaxed::default() },
        python_minor: 11,
        pranges: Vec::new(),
        called: Vec::new(),
        declared: Vec::new(),
    }
}
