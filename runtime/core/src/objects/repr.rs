//! The `repr` of keys, for the text of a KeyError where no Python object can be made.

use super::strings::{bytes_bytes, str_points};
use super::value::{Cursor, Item, Number};
use crate::message::python_float_repr;
use cumbia_abi::Layout;
use std::fmt::Write;

/// A value as Python's `repr` shows it; containers and arrays by their type only.
///
/// # Safety
///
/// Live slots of a value of the layout.
pub unsafe fn repr_text(layout: *const Layout, slots: *const u64) -> String {
    let mut text = String::new();
    // SAFETY: by the contract.
    unsafe {
        let mut cursor = Cursor::new(layout, slots);
        // Items of each open tuple so far.
        let mut counts: Vec<usize> = Vec::new();
        loop {
            let item = cursor.next();
            if let Item::Close = item {
                text.push_str(if counts.pop() == Some(1) { ",)" } else { ")" });
            } else {
                if let Some(count) = counts.last_mut() {
                    text.push_str(if *count > 0 { ", " } else { "" });
                    *count += 1;
                }
                if let Item::Open = item {
                    text.push('(');
                    counts.push(0);
                } else {
                    push_item(&mut text, item);
                }
            }
            if counts.is_empty() {
                return text;
            }
        }
    }
}

/// # Safety
///
/// An item of a live value.
unsafe fn push_item(text: &mut String, item: Item) {
    match item {
        Item::Number(Number::Bool(b)) => text.push_str(if b { "True" } else { "False" }),
        Item::Number(Number::Int(i)) => text.push_str(&i.to_string()),
        Item::Number(Number::NumpyInt(i, _)) => text.push_str(&i.to_string()),
        Item::Number(Number::Float(x) | Number::NumpyFloat(x, _)) => {
            text.push_str(&python_float_repr(x));
        }
        Item::Number(Number::Complex(re, im) | Number::NumpyComplex(re, im, _)) => {
            let sign = if im.is_sign_negative() && !im.is_nan() { "" } else { "+" };
            let part = |x| python_float_repr(x).trim_end_matches(".0").to_owned();
            text.push_str(&format!("({}{sign}{}j)", part(re), part(im)));
        }
        Item::Str(s) => {
            // SAFETY: by the contract.
            let points: Vec<u32> = unsafe { str_points(s) }.collect();
            push_quoted(text, &points, false);
        }
        Item::Bytes(b) => {
            // SAFETY: by the contract.
            let points: Vec<u32> =
                unsafe { bytes_bytes(b) }.iter().map(|&byte| byte.into()).collect();
            text.push('b');
            push_quoted(text, &points, true);
        }
        Item::None => text.push_str("None"),
        Item::List(_) => text.push_str("<list>"),
        Item::Tuple(_) => text.push_str("<tuple>"),
        Item::Set(_) | Item::FrozenSet(_) => text.push_str("<set>"),
        Item::Dict(_) => text.push_str("<dict>"),
        Item::Array(..) => text.push_str("<array>"),
        Item::Frame(_) | Item::Instance(_) | Item::Member(..) => text.push_str("<object>"),
        Item::Raw | Item::Open | Item::Close => text.push_str("<object>"),
    }
}

fn push_quoted(text: &mut String, points: &[u32], ascii: bool) {
    let has = |c: char| points.contains(&u32::from(c));
    let quote = if has('\'') && !has('"') { '"' } else { '\'' };
    text.push(quote);
    for &point in points {
        let c = char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER);
        match c {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            _ if c == quote => {
                text.push('\\');
                text.push(c);
            }
            ' '..='~' => text.push(c),
            _ if ascii || point < 0xa0 => {
                let _ = write!(text, "\\x{point:02x}");
            }
            _ => text.push(c),
        }
    }
    text.push(quote);
}
