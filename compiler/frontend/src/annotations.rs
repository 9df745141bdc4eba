//! The types of a function's variables and expressions by their places, for
//! `inspect_types`.
//!
//! What inference found for one specialization, of the function itself and those nested in it;
//! functions that it calls have their own. A value that control never reaches has no type and
//! isn't listed. Nothing is compiled from this.

use crate::hir::{HValue, HirFunction, Op};
use crate::infer::{Engine, LineTable, SpecId};
use cumbia_diagnostics::Span;
use std::collections::BTreeSet;

/// What a place of the text has been found to be.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Annotation {
    /// Line in the file.
    pub line: u32,
    /// Byte column.
    pub column: u32,
    /// The variable that gets the value, or the expression as it is written.
    pub text: String,
    /// Whether it is a variable.
    pub variable: bool,
    /// The type.
    pub ty: String,
}

/// Those of a specialization, in the order of the text, each once.
pub(crate) fn of(engine: &Engine<'_>, root: SpecId) -> Vec<Annotation> {
    let source = engine.spec(root).hir.source;
    let mut lines = LineTable::new();
    let mut all = BTreeSet::new();
    for (id, spec) in engine.specializations.iter().enumerate() {
        let own = SpecId(id as u32) == root;
        if spec.hir.source != source || (!own && spec.hir.inner.is_none()) {
            continue;
        }
        let mut add = |span: Span, variable: Option<&str>, value: HValue| {
            let Some(ty) = &spec.types[value.0 as usize] else { return };
            let written = engine.text_of(span);
            let text = variable.unwrap_or(written);
            if span.source != source || text.is_empty() || text.contains('\n') {
                return;
            }
            let loc = lines.loc(&engine.sources, span);
            all.insert(Annotation {
                line: loc.line,
                column: loc.col,
                text: text.to_owned(),
                variable: variable.is_some(),
                ty: ty.to_string(),
            });
        };
        values(&spec.hir, &spec.reachable, &mut add);
    }
    all.into_iter().collect()
}

/// Parameters, and what instructions that can be reached give.
fn values(hir: &HirFunction, reachable: &[bool], add: &mut impl FnMut(Span, Option<&str>, HValue)) {
    for (param, &value) in hir.params.iter().zip(&hir.blocks[0].params) {
        add(hir.values[value.0 as usize].span, Some(&param.name), value);
    }
    for (block, _) in hir.blocks.iter().zip(reachable).filter(|(_, reached)| **reached) {
        for inst in &block.insts {
            // What was made up stands for no text, and a constant says what it is.
            if matches!(inst.op, Op::Refine(..) | Op::Const(_)) {
                continue;
            }
            for &value in &inst.results {
                let name = hir.values[value.0 as usize].name.as_deref();
                add(inst.span, name, value);
            }
        }
    }
}
