//! A call as text: `@f(1, -2.5, true, [f64: 1.0, 2.0], owner [i64: 1])`.
//!
//! Scalars are read by the parameter's type. A buffer is memory that lives for the
//! call, passed by its address; an `owner` buffer passes the address of an owner
//! record of such memory, as the boundary makes one for an array argument.

use cumbia_ir::interp::canonical;
use cumbia_ir::{Function, Type, float_text, parse_float};
use std::fmt;

/// Memory among the arguments.
#[derive(Clone, PartialEq, Debug)]
pub struct Buffer {
    /// Type of the elements.
    pub ty: Type,
    /// The elements, in canonical form.
    pub elements: Vec<u64>,
    /// Whether the address of an owner record is passed.
    pub owned: bool,
}

/// One argument.
#[derive(Clone, PartialEq, Debug)]
pub enum Arg {
    /// A scalar's bits.
    Scalar(u64),
    /// Memory.
    Buffer(Buffer),
}

/// A function's name and arguments.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    /// The function.
    pub function: String,
    /// Its arguments.
    pub args: Vec<Arg>,
}

/// Why a text isn't a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArgError(pub String);

impl fmt::Display for ArgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ArgError {}

impl Call {
    /// Reads the arguments of a call of `func` from the text between the
    /// parentheses.
    ///
    /// # Errors
    ///
    /// Arguments that aren't the function's.
    pub fn parse(func: &Function, args: &str) -> Result<Call, ArgError> {
        let texts = split_arguments(args);
        if texts.len() != func.params.len() {
            let (given, wanted) = (texts.len(), func.params.len());
            return Err(ArgError(format!("{given} arguments for {wanted} of @{}", func.name)));
        }
        let args = func.params.iter().zip(texts).map(|(&ty, text)| argument(ty, text));
        Ok(Call { function: func.name.clone(), args: args.collect::<Result<_, _>>()? })
    }
}

/// Splits at commas outside of brackets.
fn split_arguments(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    let last = text[start..].trim();
    if !(parts.is_empty() && last.is_empty()) {
        parts.push(last);
    }
    parts
}

fn argument(ty: Type, text: &str) -> Result<Arg, ArgError> {
    let (owned, rest) = match text.strip_prefix("owner") {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    };
    if !rest.starts_with('[') {
        return Ok(Arg::Scalar(parse_scalar(ty, text)?));
    }
    if ty != Type::Ptr {
        return Err(ArgError(format!("memory for a parameter of type {ty}")));
    }
    let mut buffer = Buffer::parse(rest)?;
    buffer.owned = owned;
    Ok(Arg::Buffer(buffer))
}

impl Buffer {
    /// Reads `[type: element, ...]`.
    ///
    /// # Errors
    ///
    /// A text of another form.
    pub fn parse(text: &str) -> Result<Buffer, ArgError> {
        let inner = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
        let (ty, elements) = inner
            .and_then(|t| t.split_once(':'))
            .ok_or_else(|| ArgError(format!("expected `[type: elements]`, not `{text}`")))?;
        let ty = Type::from_name(ty.trim())
            .ok_or_else(|| ArgError(format!("there is no type `{}`", ty.trim())))?;
        let elements = split_arguments(elements)
            .into_iter()
            .map(|e| parse_scalar(ty, e))
            .collect::<Result<_, _>>()?;
        Ok(Buffer { ty, elements, owned: false })
    }
}

/// Reads a scalar: canonical bits.
///
/// # Errors
///
/// A text that is no scalar of this type.
pub fn parse_scalar(ty: Type, text: &str) -> Result<u64, ArgError> {
    let wrong = || ArgError(format!("`{text}` is no {ty}"));
    if ty.is_float() {
        return parse_float(ty, text).ok_or_else(wrong);
    }
    if ty == Type::Bool {
        return match text {
            "true" => Ok(1),
            "false" => Ok(0),
            _ => Err(wrong()),
        };
    }
    let bits = ty.bits();
    let value = match text.strip_prefix("0x") {
        Some(hex) => i128::from(u64::from_str_radix(hex, 16).map_err(|_| wrong())?),
        None => text.parse::<i128>().map_err(|_| wrong())?,
    };
    // Written signed or unsigned, as it reads best.
    if !(-(1i128 << (bits - 1))..1i128 << bits).contains(&value) {
        return Err(wrong());
    }
    Ok(canonical(ty, value as u64))
}

/// A scalar as [`parse_scalar`] reads it.
pub fn scalar_text(ty: Type, bits: u64) -> String {
    match ty {
        Type::Bool => if bits & 1 != 0 { "true" } else { "false" }.to_owned(),
        Type::F32 | Type::F64 => float_text(ty, bits),
        Type::Ptr => format!("{bits:#x}"),
        _ => (canonical(ty, bits) as i64).to_string(),
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}(", self.function)?;
        for (i, arg) in self.args.iter().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            match arg {
                Arg::Scalar(bits) => write!(f, "{comma}{bits:#x}")?,
                Arg::Buffer(buffer) => {
                    let elements = buffer.elements.iter().map(|&e| scalar_text(buffer.ty, e));
                    let owner = if buffer.owned { "owner " } else { "" };
                    let list = elements.collect::<Vec<_>>().join(", ");
                    write!(f, "{comma}{owner}[{}: {list}]", buffer.ty)?;
                }
            }
        }
        f.write_str(")")
    }
}
