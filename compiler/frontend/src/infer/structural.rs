//! Structural builtins: what is neither arithmetic nor written in the language.
//!
//! `len`, `range`, `isinstance`-like questions about types, allocation and views.
//! Names of `prim` are for library bodies only; they don't check what a body can
//! check itself. Lowering is in `lower/structural.rs`.

use super::dtypes;
use super::index::{MAX_NDIM, is_index_int};
use crate::numeric::{self, NumericError};
use crate::types::{ArrayTy, Callable, Collection, DType, Layout, Lit, Ty};
use std::sync::Arc;

fn error(code: &'static str, message: impl Into<String>) -> NumericError {
    NumericError { code, message: message.into(), help: None }
}

fn lit(truth: bool) -> Ty {
    literal_bool(truth)
}

/// The type of `True` or `False`.
pub fn literal_bool(truth: bool) -> Ty {
    Ty::Lit(Lit::Bool(truth))
}

/// Whether a value can be an integer operand: Python or NumPy, also bool.
fn is_integer(ty: &Ty) -> bool {
    match ty {
        Ty::Int | Ty::Bool | Ty::Lit(Lit::Int(_) | Lit::Bool(_)) => true,
        Ty::Num(d) => d.is_int(),
        _ => false,
    }
}

/// Number of extents in a shape argument: a tuple of integers, or one integer. A truth
/// value is none to NumPy.
pub fn shape_len(ty: &Ty) -> Option<u8> {
    match ty {
        Ty::Tuple(items) if items.len() <= MAX_NDIM && items.iter().all(is_index_int) => {
            Some(items.len() as u8)
        }
        t if is_index_int(t) => Some(1),
        _ => None,
    }
}

/// The result type of a structural builtin; `None` if the name isn't one.
pub fn result_type(name: &str, args: &[Ty]) -> Option<Result<Ty, NumericError>> {
    if let Some(result) = super::introspection::result_type(name, args) {
        return Some(result);
    }
    if let Some(result) = super::wide::result_type(name, args) {
        return Some(result);
    }
    if let Some(result) = super::buffers::result_type(name, args) {
        return Some(result);
    }
    if let Some(result) = super::contexts::result_type(name, args) {
        return Some(result);
    }
    if let Some(result) = super::templates::result_type(name, args) {
        return Some(result);
    }
    if let Some(result) = super::flags::result_type(name, args) {
        return Some(result);
    }
    if let Some(result) = super::texts::result_type(name, args) {
        return Some(result);
    }
    if let Some(result) = super::structured::result_type(name, args) {
        return Some(result);
    }
    if let Some(result) = super::times::result_type(name, args) {
        return Some(result);
    }
    if let Some(result) = super::subscripts::result_type(name, args) {
        return Some(result);
    }
    if let Some(result) = super::dtype_questions::result_type(name, args) {
        return Some(result);
    }
    if let Some(result) = super::device::result_type(name, args) {
        return Some(result);
    }
    if let Some(result) = super::linked::result_type(name, args) {
        return Some(result);
    }
    if let Some(result) = super::atomic::result_type(name, args) {
        return Some(result);
    }
    Some(match (name, args) {
        ("builtins.len", [Ty::Tuple(items)]) => Ok(Ty::Lit(Lit::Int(items.len() as i64))),
        ("builtins.len", [Ty::Lit(Lit::Str(s))]) => Ok(Ty::Lit(Lit::Int(s.chars().count() as i64))),
        ("builtins.len", [Ty::Array(a)]) if a.ndim > 0 => Ok(Ty::Int),
        ("builtins.len", [Ty::Array(_)]) => Err(error("CB0303", "len() of unsized object")),
        ("builtins.len", [Ty::Range(_)]) => Ok(Ty::Int),
        ("builtins.len", [t]) if super::containers::is_object(t) => Ok(Ty::Int),
        ("builtins.len", [Ty::Lazy(view, _)]) if view.is_view() => Ok(Ty::Int),
        ("builtins.len", [other]) => Err(error("CB0303", format!("{other:#} has no len()"))),
        ("builtins.range" | "cumbia.prange", [_] | [_, _] | [_, _, _]) => range(args),
        ("builtins.range", _) => Err(error("CB0410", "range() takes from 1 to 3 arguments")),
        ("builtins.slice", [_] | [_, _] | [_, _, _]) => {
            let part = |i: usize| args.get(i).cloned().unwrap_or(Ty::None);
            Ok(Ty::Slice(Arc::new(match args.len() {
                1 => [Ty::None, part(0), Ty::None],
                _ => [part(0), part(1), part(2)],
            })))
        }
        ("builtins.tuple", []) => Ok(Ty::tuple([])),
        ("builtins.tuple", [t @ Ty::Tuple(_)]) => Ok(t.clone()),
        ("builtins.bool", [t]) if super::containers::is_object(t) => Ok(Ty::Bool),
        ("builtins.bool", [Ty::Array(_)]) => Ok(Ty::Bool),
        ("builtins.bool", [Ty::Enum(class)]) if class.flags.is_some() => Ok(Ty::Bool),
        ("builtins.bool", [t]) if !t.is_number() => match super::constant_truth(t) {
            Some(truth) => Ok(lit(truth)),
            None => return None,
        },
        ("numpy.ndim", [Ty::Array(a)]) => Ok(Ty::Lit(Lit::Int(a.ndim as i64))),
        ("numpy.dtype", [Ty::DType(d)]) => Ok(Ty::DType(*d)),
        ("numpy.dtype", [Ty::Lit(Lit::Str(s))]) => match dtypes::spelled(s) {
            Some(d) => Ok(Ty::DType(d)),
            None => Err(dtypes::unknown(s)),
        },

        ("prim.is_list", [t]) => Ok(lit(matches!(t, Ty::List(..)))),
        ("prim.is_set", [t]) => Ok(lit(matches!(t, Ty::Set(..)))),
        ("prim.is_dict", [t]) => Ok(lit(matches!(t, Ty::Dict(..) | Ty::Keywords(_)))),
        ("prim.is_keywords", [t]) => Ok(lit(matches!(t, Ty::Keywords(_)))),
        ("prim.is_str", [t]) => Ok(lit(matches!(t, Ty::Str | Ty::Lit(Lit::Str(_))))),
        ("prim.is_bytes", [t]) => Ok(lit(matches!(t, Ty::Bytes))),
        // Of an array, or of what its attribute `ctypes` is. It lives as long as the call then.
        ("prim.address_of", [Ty::Array(_)]) => Ok(Ty::Int),
        ("prim.address_of", [Ty::Callable(Callable::Method(of, name))])
            if matches!(**of, Ty::Array(_)) && &**name == "ctypes" =>
        {
            Ok(Ty::Int)
        }
        ("prim.is_array_memory", [t]) => Ok(lit(match t {
            Ty::Callable(Callable::Method(of, name)) => {
                matches!(**of, Ty::Array(_)) && &**name == "ctypes"
            }
            _ => false,
        })),
        ("prim.is_random", [t]) => Ok(lit(*t == Ty::Random)),
        ("prim.is_none", [t]) => Ok(lit(matches!(t, Ty::None))),
        ("prim.is_range", [t]) => Ok(lit(matches!(t, Ty::Range(_)))),
        ("prim.is_slice", [t]) => Ok(lit(matches!(t, Ty::Slice(_)))),
        ("prim.is_generator", [t]) => Ok(lit(matches!(t, Ty::Generator(..)))),
        ("prim.is_text", [t]) => Ok(lit(matches!(t, Ty::Str | Ty::Bytes | Ty::Lit(Lit::Str(_))))),
        ("prim.is_missing", [t]) => {
            Ok(lit(matches!(t, Ty::Lit(Lit::Str(s)) if &**s == "<missing>")))
        }
        ("prim.same_type", [a, b]) => Ok(lit(a == b)),
        // The length of a list's items, which are tuples.
        ("prim.row_length", [t]) => match t.storage() {
            Ty::List(t, _) => {
                Ok(Ty::Lit(Lit::Int(t.as_tuple_items().map_or(-1, |items| items.len() as i64))))
            }
            _ => Ok(Ty::Lit(Lit::Int(-1))),
        },
        // What `functools.cmp_to_key` gives.
        ("prim.is_comparison", [t]) => Ok(lit(matches!(
            t,
            Ty::Callable(Callable::Partial(p))
                if matches!(&p.function, Ty::Callable(Callable::Library(name)) if &**name == "@operators.compared")
        ))),
        // A dotted name's first part, and the rest.
        ("prim.before_dot", [Ty::Lit(Lit::Str(s))]) => {
            Ok(Ty::Lit(Lit::Str(s.split('.').next().unwrap_or_default().into())))
        }
        ("prim.after_dot", [Ty::Lit(Lit::Str(s))]) => {
            Ok(Ty::Lit(Lit::Str(s.split_once('.').map_or("", |(_, rest)| rest).into())))
        }
        // The names of `**kwargs`, and its values.
        ("prim.keyword_names", [Ty::Keywords(items)]) => {
            Ok(Ty::tuple(items.iter().map(|(name, _)| Ty::Lit(Lit::Str(name.clone())))))
        }
        ("prim.keyword_values", [Ty::Keywords(items)]) => {
            Ok(Ty::tuple(items.iter().map(|(_, ty)| ty.clone())))
        }
        // A dict as `**kwargs` has it, of names and values.
        ("prim.keywords_of", [Ty::Tuple(names), Ty::Tuple(items)]) => {
            let names = names.iter().map(|name| match name {
                Ty::Lit(Lit::Str(name)) => name.clone(),
                other => unreachable!("a field's name is a constant, not {other}"),
            });
            Ok(Ty::Keywords(names.zip(items.iter().cloned()).collect()))
        }
        // The dict of a view.
        ("prim.view_of", [Ty::Lazy(view, of)]) if view.is_view() => Ok(of[0].clone()),
        ("prim.same_items", [a, b]) => {
            let item = |ty: &Ty| super::containers::item_type(ty).map(|item| item.widen());
            Ok(lit(match (item(a), item(b)) {
                (Some(a), Some(b)) => a == b,
                _ => true,
            }))
        }
        ("prim.storage", [Ty::Collection(_, storage)]) => Ok((**storage).clone()),
        // Another collection of the same class.
        ("prim.like", [Ty::Collection(kind, _), storage]) => {
            Ok(Ty::Collection(kind.clone(), Arc::new(storage.clone())))
        }
        ("prim.factory", [Ty::Collection(Collection::DefaultDict(made), _)]) => {
            Ok((**made).clone())
        }
        ("prim.is_collection", [t]) => Ok(lit(matches!(t, Ty::Collection(..)))),
        ("prim.is_library_class", [t]) => Ok(lit(library_class(t).is_some())),
        ("prim.library_class", [t]) => {
            Ok(Ty::Lit(Lit::Str(library_class(t).unwrap_or_default().into())))
        }
        ("prim.class_name", [t]) => {
            Ok(Ty::Lit(Lit::Str(super::containers::class_name(t).unwrap_or_default().into())))
        }
        // The element type of a list says what an array of its numbers is of.
        ("prim.element_dtype", [Ty::List(t, _)]) => match nested_element(t) {
            Some(d) => Ok(Ty::DType(d)),
            None => Err(error("CB0303", format!("an array can't be made of {t:#}"))),
        },
        // Dimensions of the array that lists of lists make.
        ("prim.nested_rank", [t]) => Ok(Ty::Lit(Lit::Int(nested_rank(t)))),
        ("numpy.dtype", [t @ Ty::Callable(_)]) if dtype_of(t).is_some() => {
            Ok(Ty::DType(dtype_of(t).expect("just seen")))
        }
        ("numpy.finfo" | "numpy.iinfo", [t]) => {
            let dtype = match t {
                Ty::Lit(Lit::Str(s)) => dtypes::spelled(s),
                t => dtype_of(t),
            };
            match dtype.and_then(|d| dtypes::limits(name, d)) {
                Some(ty) => Ok(ty),
                None => {
                    let function = name.replacen("numpy.", "np.", 1);
                    Err(error("CB0303", format!("{function}() of {t:#} is not compiled")))
                }
            }
        }

        ("prim.is_array", [t]) => Ok(lit(matches!(t, Ty::Array(_)))),
        ("prim.is_any_tuple", [t]) => Ok(lit(matches!(t, Ty::Collection(Collection::Tuple, _)))),
        ("prim.is_tuple", [t]) => Ok(lit(matches!(t, Ty::Tuple(_)))),
        ("prim.is_number", [t]) => Ok(lit(t.is_number())),
        ("prim.is_integer", [t]) => Ok(lit(is_integer(t))),
        ("prim.is_weak", [t]) => Ok(lit(t.is_number() && !matches!(t, Ty::Num(_)))),
        ("prim.is_python_float", [t]) => Ok(lit(t.widen() == Ty::Float)),
        ("prim.is_truth", [t]) => Ok(lit(t.widen() == Ty::Bool)),
        ("prim.is_literal", [t]) => Ok(lit(matches!(t, Ty::Lit(_)))),
        ("prim.dtype_given", [t]) => match dtypes::no_dtype(t) {
            Some(error) => Err(error),
            None => return result_type("prim.dtype", args),
        },
        ("prim.dtype", [Ty::Lit(Lit::Str(s))]) => match dtypes::spelled(s) {
            Some(d) => Ok(Ty::DType(d)),
            None => Err(dtypes::unknown(s)),
        },
        ("prim.dtype", [t @ Ty::StructDType(_)]) => Ok(t.clone()),
        ("prim.dtype", [t]) => match dtype_of(t) {
            Some(d) => Ok(Ty::DType(d)),
            None => Err(dtypes::none_of(t)),
        },
        ("prim.kind", [Ty::DType(d)]) => Ok(Ty::Lit(Lit::Str(kind(*d).into()))),
        ("prim.result_type", [Ty::DType(a), Ty::DType(b)]) if a.is_time() || b.is_time() => {
            if a == b {
                Ok(Ty::DType(*a))
            } else {
                Err(error("CB0303", format!("{} and {} don't go together", a.name(), b.name())))
            }
        }
        ("prim.result_type", [Ty::DType(a), Ty::DType(b)]) => {
            Ok(Ty::DType(numeric::result_type(*a, *b)))
        }
        ("prim.layout", [Ty::Array(a)]) => Ok(layout_name(a.layout)),
        ("prim.readonly", [Ty::Array(a)]) => Ok(lit(a.readonly)),
        ("prim.empty" | "prim.zeros", [_, Ty::StructDType(d)]) if !d.is_plain() => {
            Err(error("CB0506", format!("an array of {d} is not made by compiled code")))
        }
        ("prim.empty" | "prim.zeros", [shape, Ty::StructDType(d)]) => match shape_len(shape) {
            Some(ndim) => Ok(super::structured::allocation(ndim, d)),
            None => Err(not_a_shape(shape)),
        },
        ("prim.empty" | "prim.zeros", [shape, Ty::DType(d)]) => allocation(shape, *d, Layout::C),
        ("prim.empty_f" | "prim.zeros_f", [shape, Ty::DType(d)]) => {
            allocation(shape, *d, Layout::F)
        }
        // View of the same memory: shape, strides in bytes, offset in bytes.
        ("prim.view", [Ty::Array(a), shape, strides, offset]) if is_integer(offset) => {
            match (shape_len(shape), shape_len(strides)) {
                (Some(n), Some(m)) if n == m => {
                    let layout = if n == 0 { Layout::C } else { Layout::A };
                    Ok(Ty::Array(ArrayTy { ndim: n, layout, ..*a }))
                }
                _ => Err(error("CB0505", "shape and strides of a view have different lengths")),
            }
        }
        // The same memory as elements of another dtype; they may be unaligned.
        ("prim.view_as", [Ty::Array(a), Ty::DType(dtype), shape, strides, offset])
            if is_integer(offset) =>
        {
            match (shape_len(shape), shape_len(strides)) {
                (Some(n), Some(m)) if n == m => {
                    let layout = if n == 0 { Layout::C } else { Layout::A };
                    Ok(Ty::Array(ArrayTy { dtype: *dtype, ndim: n, layout, ..*a }))
                }
                _ => Err(error("CB0505", "shape and strides of a view have different lengths")),
            }
        }
        ("prim.view_as_c", [Ty::Array(a), Ty::DType(dtype), shape]) => match shape_len(shape) {
            Some(ndim) => Ok(Ty::Array(ArrayTy { dtype: *dtype, ndim, layout: Layout::C, ..*a })),
            None => Err(not_a_shape(shape)),
        },
        // The array, not to be written through this value.
        ("prim.frozen", [Ty::Array(a)]) => Ok(Ty::Array(ArrayTy { readonly: true, ..*a })),
        // The same view, known to be C-contiguous.
        ("prim.view_c", [Ty::Array(a), shape]) => match shape_len(shape) {
            Some(n) => Ok(Ty::Array(ArrayTy { ndim: n, layout: Layout::C, ..*a })),
            None => Err(not_a_shape(shape)),
        },
        ("prim.load", [Ty::Array(a), offset]) if is_integer(offset) => Ok(Ty::Num(a.dtype)),
        ("prim.store", [Ty::Array(_), offset, value])
            if is_integer(offset) && value.is_number() =>
        {
            Ok(Ty::None)
        }
        // An entry of a table of numbers, which lies in the kernel's constants; the last
        // one for an index beyond it.
        ("prim.lookup", [Ty::Tuple(items), index])
            if is_integer(index) && lookup_dtype(items).is_some() =>
        {
            Ok(Ty::Num(lookup_dtype(items).expect("just seen")))
        }
        // Address of the first element, as a number: to compare, not to follow.
        ("prim.address", [Ty::Array(_)]) => Ok(Ty::Int),
        ("prim.tuple_set", [Ty::Tuple(items), Ty::Lit(Lit::Int(i)), value]) => {
            match super::index::tuple_position(items.len(), *i) {
                Some(i) => {
                    let mut items = items.to_vec();
                    items[i] = value.clone();
                    Ok(Ty::tuple(items))
                }
                None => Err(error("CB0502", "tuple index out of range")),
            }
        }
        // `guard(condition, "ValueError", "text {} and {}", value, shape)`: raises unless
        // the condition holds; a tuple of integers is shown as NumPy shows a shape.
        ("prim.guard", [cond, Ty::Lit(Lit::Str(_)), Ty::Lit(Lit::Str(_)), values @ ..])
            if cond.is_number()
                && values.iter().all(|v| v.is_number() || shape_len(v).is_some()) =>
        {
            Ok(Ty::None)
        }
        // The same with what to write instead.
        ("prim.refuse", [Ty::Lit(Lit::Str(message)), Ty::Lit(Lit::Str(help)), of @ ..])
            if of.len() <= 1 =>
        {
            let message = match of {
                [t] => message.replacen("{}", &format!("{t:#}"), 1),
                _ => message.to_string(),
            };
            Err(NumericError { code: "CB0506", message, help: Some(help.to_string()) })
        }
        ("prim.error", [Ty::Lit(Lit::Str(message))]) => Err(error("CB0506", &**message)),
        (
            "prim.error",
            [Ty::Lit(Lit::Str(message)), Ty::Lit(Lit::Int(a)), Ty::Lit(Lit::Int(b))],
        ) => {
            let message = message.replacen("{}", &a.to_string(), 1);
            Err(error("CB0506", message.replacen("{}", &b.to_string(), 1)))
        }
        ("prim.error", [Ty::Lit(Lit::Str(message)), t]) => {
            Err(error("CB0506", message.replacen("{}", &format!("{t:#}"), 1)))
        }
        (name, _) if name.starts_with("prim.") && !is_numeric_prim(name, args) => {
            // What a program gave a library function that works on numbers.
            let given = |t: &&Ty| {
                matches!(t.widen(), Ty::Array(_) | Ty::None | Ty::Tuple(_))
                    || name == "prim.cast" && matches!(t.widen(), Ty::Str)
            };
            if let Some(other) = args.iter().find(given) {
                return Some(Err(error(
                    "CB0303",
                    format!("a number is taken here, not {other:#}"),
                )));
            }
            let types: Vec<String> = args.iter().map(|t| format!("{t:#}")).collect();
            Err(error("CB0901", format!("{name}({}) is not a primitive", types.join(", "))))
        }
        _ => return None,
    })
}

fn is_numeric_prim(name: &str, args: &[Ty]) -> bool {
    numeric::builtin_rule(name, args).is_some()
}

/// The name of a layout, as a literal type.
pub fn layout_name(layout: Layout) -> Ty {
    let name = match layout {
        Layout::C => "C",
        Layout::F => "F",
        Layout::A => "A",
    };
    Ty::Lit(Lit::Str(name.into()))
}

fn range(args: &[Ty]) -> Result<Ty, NumericError> {
    for arg in args {
        if !is_integer(arg) {
            return Err(NumericError {
                code: "CB0303",
                message: format!("range() takes integers, not {arg:#}"),
                help: Some("convert it with int(...)".into()),
            });
        }
    }
    let step = match args.get(2) {
        None => Ty::Lit(Lit::Int(1)),
        Some(Ty::Lit(Lit::Int(0))) => {
            return Err(error("CB0303", "range() arg 3 must not be zero"));
        }
        Some(step @ Ty::Lit(Lit::Int(_))) => step.clone(),
        Some(_) => Ty::Int,
    };
    Ok(Ty::Range(Arc::new(step)))
}

fn allocation(shape: &Ty, dtype: DType, layout: Layout) -> Result<Ty, NumericError> {
    match shape_len(shape) {
        Some(ndim) => {
            let layout = if ndim < 2 { Layout::C } else { layout };
            Ok(Ty::Array(ArrayTy { dtype, ndim, layout, readonly: false }))
        }
        None => Err(match shape {
            Ty::Tuple(items) if items.len() > MAX_NDIM => error(
                "CB0505",
                format!(
                    "maximum supported dimension for an ndarray is currently {MAX_NDIM}, found {}",
                    items.len()
                ),
            ),
            _ => not_a_shape(shape),
        }),
    }
}

/// The refusal of a shape: the number of dimensions is part of an array's type.
fn not_a_shape(shape: &Ty) -> NumericError {
    let (message, help) = match shape {
        Ty::List(..) | Ty::Collection(Collection::Tuple, _) => (
            "a shape of a length that isn't known when compiling: it is the number of dimensions"
                .to_string(),
            "write the extents as a tuple, (n, m), or take them one by one: (shape[0], shape[1])",
        ),
        _ => (format!("{shape:#} is not a shape"), "a shape is an integer or a tuple of integers"),
    };
    NumericError { code: "CB0505", message, help: Some(help.into()) }
}

/// The dtype of the constants of a table: all ints or all floats.
fn lookup_dtype(items: &[Ty]) -> Option<DType> {
    let all = |test: fn(&Ty) -> bool| !items.is_empty() && items.iter().all(test);
    if all(|item| matches!(item, Ty::Lit(Lit::Int(_)))) {
        Some(DType::I64)
    } else if all(|item| matches!(item, Ty::Lit(Lit::Float(_)))) {
        Some(DType::F64)
    } else {
        None
    }
}

/// The name of a class of builtins that makes values without arguments.
fn library_class(ty: &Ty) -> Option<&'static str> {
    let Ty::Callable(crate::types::Callable::Library(name)) = ty else { return None };
    let name = name.strip_prefix("builtins.")?;
    ["int", "float", "complex", "bool", "str", "list", "set", "dict"]
        .into_iter()
        .find(|c| *c == name)
}

/// The dtype that a value stands for or has.
pub fn dtype_of(ty: &Ty) -> Option<DType> {
    match ty {
        Ty::DType(d) => Some(*d),
        Ty::Array(a) => Some(a.dtype),
        Ty::Num(d) => Some(*d),
        // `dtype=float`, `dtype=int` ... name the builtin classes.
        Ty::Callable(crate::types::Callable::Library(name)) => match &**name {
            "builtins.float" => Some(DType::F64),
            "builtins.int" => Some(DType::I64),
            "builtins.bool" => Some(DType::Bool),
            "builtins.complex" => Some(DType::C128),
            // `type(x)` of a NumPy number.
            name => DType::from_name(name.strip_prefix("numpy.")?),
        },
        other => numeric::scalar_dtype(other),
    }
}

/// How deep numbers lie in lists, tuples and arrays.
fn nested_rank(ty: &Ty) -> i64 {
    match ty {
        Ty::List(t, _) => 1 + nested_rank(t),
        Ty::Collection(Collection::Tuple, storage) => nested_rank(storage),
        Ty::Tuple(items) => 1 + items.first().map_or(0, nested_rank),
        Ty::Array(a) => a.ndim as i64,
        _ => 0,
    }
}

/// The dtype of the numbers in lists of lists.
fn nested_element(ty: &Ty) -> Option<DType> {
    match ty {
        Ty::List(t, _) => nested_element(t),
        Ty::Collection(Collection::Tuple, storage) => nested_element(storage),
        Ty::Open(..) => Some(DType::F64),
        Ty::Tuple(items) => {
            let mut items = items.iter().map(nested_element);
            let first = items.next()??;
            items.try_fold(first, |d, e| Some(numeric::result_type(d, e?)))
        }
        Ty::Array(a) => Some(a.dtype),
        other => numeric::scalar_dtype(other),
    }
}

/// NumPy's letter for the kind of a dtype.
pub fn kind(d: DType) -> &'static str {
    match d {
        DType::Bool => "b",
        d if d.is_signed() => "i",
        d if d.is_unsigned() => "u",
        d if d.is_float() => "f",
        DType::Date(_) => "M",
        DType::Delta(_) => "m",
        _ => "c",
    }
}
