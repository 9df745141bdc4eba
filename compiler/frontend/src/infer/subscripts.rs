//! The subscripts of `numpy.einsum`, taken apart when compiling.
//!
//! `prim.einsum_labels("ij,jk->ik", (a, b))` is known by its type alone: a tuple of the
//! number of output labels, the number of labels, and for each operand a tuple of the
//! labels of its axes. Labels are numbered with those of the output first, in its order.

use crate::numeric::NumericError;
use crate::types::{Lit, Ty};

/// A label: a letter, or an axis of the ellipsis counted from the back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Label {
    Spread(std::cmp::Reverse<usize>),
    Letter(char),
}

fn refused<T>(message: String) -> Result<T, NumericError> {
    Err(NumericError { code: "CB0506", message, help: None })
}

/// The type of the primitive; `None` for another name.
pub fn result_type(name: &str, args: &[Ty]) -> Option<Result<Ty, NumericError>> {
    if name != "prim.einsum_labels" {
        return None;
    }
    let [Ty::Lit(Lit::Str(text)), Ty::Tuple(operands)] = args else { return None };
    let ranks: Option<Vec<usize>> = operands
        .iter()
        .map(|ty| match ty {
            Ty::Array(a) => Some(usize::from(a.ndim)),
            _ => None,
        })
        .collect();
    Some(labels(text, &ranks?))
}

fn labels(text: &str, ranks: &[usize]) -> Result<Ty, NumericError> {
    let text: String = text.chars().filter(|c| *c != ' ').collect();
    let (inputs, output) = match text.split_once("->") {
        Some((inputs, output)) => (inputs, Some(output)),
        None => (&*text, None),
    };
    let inputs: Vec<&str> = inputs.split(',').collect();
    if inputs.len() != ranks.len() {
        let which = if inputs.len() < ranks.len() { "fewer" } else { "more" };
        return refused(format!(
            "{which} operands provided to einstein sum function than specified in the subscripts string"
        ));
    }
    let mut terms = Vec::new();
    for (i, (part, &rank)) in inputs.iter().zip(ranks).enumerate() {
        let (before, after, spread) = parts(part)?;
        let named = before.len() + after.len();
        if named > rank {
            return refused(format!(
                "einstein sum subscripts string contains too many subscripts for operand {i}"
            ));
        }
        if named < rank && !spread {
            return refused(
                "operand has more dimensions than subscripts given in einstein sum, but no \
                 '...' ellipsis provided to broadcast the extra dimensions."
                    .into(),
            );
        }
        terms.push(term(before, after, rank - named));
    }
    let widest = terms.iter().flatten().filter(|l| matches!(l, Label::Spread(_))).map(number).max();
    let all: Vec<Label> = terms.iter().flatten().copied().collect();
    let out = match output {
        Some(output) => explicit(output, &all, widest.unwrap_or(0))?,
        None => {
            let mut out: Vec<Label> = all
                .iter()
                .filter(|l| {
                    matches!(l, Label::Spread(_)) || all.iter().filter(|m| m == l).count() == 1
                })
                .copied()
                .collect();
            out.sort_unstable();
            out.dedup();
            out
        }
    };
    let mut order = out.clone();
    for label in all {
        if !order.contains(&label) {
            order.push(label);
        }
    }
    let int = |i: usize| Ty::Lit(Lit::Int(i as i64));
    let place = |l: &Label| order.iter().position(|m| m == l).map_or(Ty::None, int);
    let mut items = vec![int(out.len()), int(order.len())];
    items.extend(terms.iter().map(|term| Ty::tuple(term.iter().map(place))));
    Ok(Ty::tuple(items))
}

/// Axes that the ellipsis needs for a label of it.
fn number(label: &Label) -> usize {
    match label {
        Label::Spread(back) => back.0 + 1,
        Label::Letter(_) => 0,
    }
}

/// The letters before and after an ellipsis, and whether there is one.
fn parts(text: &str) -> Result<(Vec<char>, Vec<char>, bool), NumericError> {
    let (before, after, spread) = match text.split_once("...") {
        Some((before, after)) => (before, after, true),
        None => (text, "", false),
    };
    match before.chars().chain(after.chars()).find(|c| !c.is_ascii_alphabetic()) {
        Some('.') => refused(
            "einstein sum subscripts string contains a '.' that is not part of an ellipsis ('...')"
                .into(),
        ),
        Some(c) => refused(format!(
            "invalid subscript '{c}' in einstein sum subscripts string, subscripts must be letters"
        )),
        None => Ok((before.chars().collect(), after.chars().collect(), spread)),
    }
}

/// The labels of a term whose ellipsis stands for some axes.
fn term(before: Vec<char>, after: Vec<char>, spread: usize) -> Vec<Label> {
    let mut labels: Vec<Label> = before.into_iter().map(Label::Letter).collect();
    labels.extend((0..spread).rev().map(|i| Label::Spread(std::cmp::Reverse(i))));
    labels.extend(after.into_iter().map(Label::Letter));
    labels
}

/// The labels of an output that is written out.
fn explicit(text: &str, all: &[Label], spread: usize) -> Result<Vec<Label>, NumericError> {
    let (before, after, dots) = parts(text)?;
    if spread > 0 && !dots {
        return refused(
            "output has more dimensions than subscripts given in einstein sum, but no '...' \
             ellipsis provided to broadcast the extra dimensions."
                .into(),
        );
    }
    let out = term(before, after, spread);
    for (i, label) in out.iter().enumerate() {
        let Label::Letter(c) = label else { continue };
        if out[..i].contains(label) {
            return refused(format!(
                "einstein sum subscripts string includes output subscript '{c}' multiple times"
            ));
        }
        if !all.contains(label) {
            return refused(format!(
                "einstein sum subscripts string included output subscript '{c}' which never appeared in an input"
            ));
        }
    }
    Ok(out)
}
