//! What function objects are made of: values, and variables that may have none.

use super::{Item, plan};
use crate::functions::MadeOf;
use cumbia_frontend::types::Ty;
use pyo3::prelude::*;

/// The plan for one item of a function object, whose slots are counted.
pub(super) fn item_plan(
    py: Python<'_>,
    ty: &Ty,
    made_of: &MadeOf<'_>,
    slots: &mut usize,
    owners: &mut Vec<usize>,
) -> PyResult<Item> {
    Ok(match ty {
        Ty::Unbound => Item::Nothing,
        Ty::MaybeUnbound(inner) => {
            *slots += 1;
            Item::Maybe(plan(py, inner, made_of, slots, owners)?, inner.part_types().len())
        }
        Ty::Cell(cell) => {
            *slots += 1;
            // The content isn't among the result's slots.
            let content = made_of.closures.cells[*cell as usize].as_ref();
            let plan = |ty: &Ty| {
                let plan = plan(py, ty, made_of, &mut 0, &mut Vec::new())?;
                Ok::<_, PyErr>((plan, ty.part_types().len()))
            };
            Item::Cell(content.map(plan).transpose()?)
        }
        other => Item::Value(plan(py, other, made_of, slots, owners)?),
    })
}
