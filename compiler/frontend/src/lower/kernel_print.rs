//! `print` in kernels: a text with places for numbers, and the numbers in a row of words.
//!
//! Devices print by `vprintf`, and so this has its means: integers, floats with six digits
//! behind the point as C prints them (what Numba's kernels print too), truth values, and texts
//! that stand in the program. What is printed is one call, so that threads don't print into
//! each other's lines.

use super::{Fx, TypedValue};
use crate::numeric::{self, NumericError};
use crate::types::{DType, Lit, Ty};
use cumbia_ir::{Opcode, Region, StorageDecl, StorageSpace, Type, Value};

/// Most numbers of one call, as devices have it.
const MOST: usize = 32;

/// The prefix of names of texts.
const TEXT: &str = "printed";

/// Whether values can be printed by a kernel.
pub(crate) fn check(values: &[Ty], sep: &Ty, end: &Ty) -> Result<(), NumericError> {
    let error = |message: String, help: &str| NumericError {
        code: "CB0706",
        message,
        help: Some(help.to_owned()),
    };
    for (name, text) in [("sep", sep), ("end", end)] {
        if !matches!(text, Ty::Lit(Lit::Str(_))) {
            return Err(error(
                format!("{name}= of print() in a kernel is a text that stands there, not {text:#}"),
                "write the text itself",
            ));
        }
    }
    if let Some(other) = values.iter().find(|ty| place_of(ty).is_none()) {
        return Err(error(
            format!("a kernel doesn't print {other:#}"),
            "print real numbers and texts that stand in the program, one by one: z.real and \
             z.imag, x[i]",
        ));
    }
    let numbers = values.iter().filter(|ty| !matches!(place_of(ty), Some(Place::Text(_)))).count();
    if numbers > MOST {
        return Err(error(
            format!("print() in a kernel takes at most {MOST} numbers, not {numbers}"),
            "print them by several calls",
        ));
    }
    Ok(())
}

/// What stands in the text for a value.
enum Place {
    /// It is known: this text.
    Text(String),
    Signed,
    Unsigned,
    Float,
    Truth,
}

fn place_of(ty: &Ty) -> Option<Place> {
    Some(match ty {
        Ty::Lit(Lit::Str(text)) if !text.contains('\0') => Place::Text(text.to_string()),
        Ty::None => Place::Text("None".to_owned()),
        _ => match ty.widen() {
            Ty::Bool => Place::Truth,
            Ty::Int => Place::Signed,
            Ty::Float => Place::Float,
            Ty::Num(DType::Bool) => Place::Truth,
            Ty::Num(dtype) if dtype.is_signed() => Place::Signed,
            Ty::Num(dtype) if dtype.is_unsigned() => Place::Unsigned,
            Ty::Num(dtype) if dtype.is_float() => Place::Float,
            _ => return None,
        },
    })
}

/// Writes the call.
pub(super) fn write(fx: &mut Fx<'_>, values: &[TypedValue], sep: &Ty, end: &Ty) {
    let literal = |ty: &Ty| match ty {
        Ty::Lit(Lit::Str(text)) => text.to_string(),
        other => panic!("print() with {other}"),
    };
    let (sep, end) = (escaped(&literal(sep)), escaped(&literal(end)));
    let (mut text, mut words) = (String::new(), Vec::new());
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            text += &sep;
        }
        match place_of(&value.ty).expect("typed as printable") {
            Place::Text(known) => text += &escaped(&known),
            Place::Signed => {
                text += "%lld";
                words.push(whole(fx, value, Opcode::Sext));
            }
            Place::Unsigned => {
                text += "%llu";
                words.push(whole(fx, value, Opcode::Zext));
            }
            Place::Float => {
                text += "%f";
                let value = match value.ty {
                    Ty::Num(d) if d.is_half() => numeric::cast(fx, value, DType::F64).value(),
                    _ => numeric::materialize(fx, value).value(),
                };
                words.push(match fx.b().func.value_type(value) {
                    Type::F32 => fx.b().convert(Opcode::Fpromote, Type::F64, value),
                    _ => value,
                });
            }
            Place::Truth => {
                text += "%s";
                let value = numeric::materialize(fx, value).value();
                let [yes, no] = ["True", "False"].map(|word| text_address(fx, word));
                words.push(fx.b().select(value, yes, no));
            }
        }
    }
    text += &end;
    let text = text_address(fx, &text);
    let given = match words.is_empty() {
        true => fx.b().iconst(Type::Ptr, 0),
        false => row_of(fx, &words),
    };
    fx.helper("kernel_print", &[text, given]);
}

/// A text without places.
fn escaped(text: &str) -> String {
    text.replace('%', "%%")
}

fn text_address(fx: &mut Fx<'_>, text: &str) -> Value {
    let bytes = text.bytes().chain([0]).collect::<Vec<u8>>();
    let data = fx.module.intern_data(TEXT, bytes, false);
    fx.b().data_addr(data)
}

fn whole(fx: &mut Fx<'_>, value: &TypedValue, widen: Opcode) -> Value {
    let value = numeric::materialize(fx, value).value();
    match fx.b().func.value_type(value) {
        Type::I64 => value,
        _ => fx.b().convert(widen, Type::I64, value),
    }
}

/// The address of words in a row, in the thread's own memory.
fn row_of(fx: &mut Fx<'_>, words: &[Value]) -> Value {
    let storage = fx.module.add_storage(StorageDecl {
        name: format!("local.{}", fx.module.storage.len()),
        space: StorageSpace::Local,
        bytes: 8 * words.len() as u64,
        align: 8,
    });
    let row = fx.b().storage_addr(storage);
    for (at, &word) in words.iter().enumerate() {
        fx.b().store(word, row, 8 * at as i32, Region::Object);
    }
    row
}
