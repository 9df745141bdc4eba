//! The accesses to elements in a nest, by the forms of their addresses.

use super::nest::{Found, Item, Nest};
use crate::analysis::{Affine, AffineForms, CountedLoop, Linear, number, product_number};
use cumbia_ir::{Function, Imm, Inst, Opcode, Region, Type, Value};

/// An access to elements.
pub struct Access {
    /// The load or store.
    pub inst: Inst,
    /// Whether it is a store.
    pub stores: bool,
    /// The straight piece in which it is.
    pub piece: usize,
    /// The loops around it inside the nest, by number.
    pub loops: Vec<usize>,
    /// Its address.
    pub form: Affine,
    /// How many bytes it touches.
    pub size: i64,
    /// What it touches together with its neighbours: from where, and how many bytes.
    pub span: (Affine, i64),
}

/// What stands in forms for products ([`AffineForms::into_products`]).
pub type Products = Vec<(Linear, Value)>;

/// All accesses of a nest; `None` if an address has no form.
pub fn accesses(func: &Function, found: &Found) -> Option<(Vec<Access>, Products)> {
    let forms = AffineForms::new(func, found.counters.clone(), found.inside.clone());
    let mut forms = forms.with_same(found.same.clone());
    let mut accesses = Vec::new();
    collect(func, &found.nest, &mut Vec::new(), &mut forms, &mut accesses)?;
    span_neighbours(&mut accesses)?;
    Some((accesses, forms.into_products()))
}

/// Accesses that are a constant apart count as touching all of what they do together: one
/// test instead of several.
fn span_neighbours(accesses: &mut [Access]) -> Option<()> {
    let mut spans: Vec<(Affine, i64)> = Vec::new();
    for access in accesses.iter() {
        let from = |span: &(Affine, i64)| away(&span.0, &access.form);
        match spans.iter_mut().find_map(|span| Some((from(span)?, span))) {
            Some((away, span)) => {
                let low = away.min(0);
                let high = span.1.max(away.checked_add(access.size)?);
                span.0 = span.0.clone().moved(low.into());
                span.1 = high.checked_sub(low)?;
            }
            None => spans.push((access.form.clone(), access.size)),
        }
    }
    for access in accesses {
        let span = spans.iter().find(|span| away(&span.0, &access.form).is_some());
        access.span.clone_from(span?);
    }
    Some(())
}

/// By how many bytes one form is behind another, if that is always the same.
pub fn away(from: &Affine, to: &Affine) -> Option<i64> {
    if from.each != to.each {
        return None;
    }
    to.rest.plus(-1, &from.rest).as_ref().and_then(number)
}

fn collect(
    func: &Function,
    nest: &Nest,
    around: &mut Vec<usize>,
    forms: &mut AffineForms<'_>,
    accesses: &mut Vec<Access>,
) -> Option<()> {
    for item in &nest.items {
        match item {
            Item::Loop(inner) => {
                around.push(inner.number);
                collect(func, inner, around, forms, accesses)?;
                around.pop();
            }
            Item::Straight(piece, insts) => {
                for &inst in insts {
                    let data = func.inst(inst);
                    let Imm::Mem { offset, region: Region::Data } = data.imm else { continue };
                    let stores = data.op == Opcode::Store;
                    let value = if stores { data.args[0] } else { data.results[0] };
                    let form = forms.of(*data.args.last()?)?.moved(offset.into());
                    let size = i64::from(func.value_type(value).bits().max(8) / 8);
                    let (piece, loops, span) = (*piece, around.clone(), (form.clone(), size));
                    accesses.push(Access { inst, stores, piece, loops, form, size, span });
                }
            }
        }
    }
    Some(())
}

/// The address from which an address is counted.
pub fn base(func: &Function, form: &Affine) -> Option<Value> {
    let terms = form.rest.terms.iter();
    let values = terms.map(|term| term.0).filter(|&value| product_number(value).is_none());
    values.into_iter().find(|&value| func.value_type(value) == Type::Ptr)
}

/// Of each loop by number, where it begins and what it stays below.
pub fn limits(found: &Found) -> Option<Vec<(Value, Value)>> {
    let mut loops = vec![None; found.counters.len()];
    collect_limits(&found.nest, &mut loops);
    loops.into_iter().collect()
}

fn collect_limits(nest: &Nest, loops: &mut [Option<(Value, Value)>]) {
    let CountedLoop { first, limit, .. } = nest.this;
    loops[nest.number] = Some((first, limit));
    for item in &nest.items {
        if let Item::Loop(inner) = item {
            collect_limits(inner, loops);
        }
    }
}
