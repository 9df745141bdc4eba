//! What a class of the user is, read by Python's own means: namedtuple, dataclass, enum.
//!
//! A class that redefines what compiled code takes for granted isn't taken as one of these.
//! Instances and the list of all classes are in `records.rs`.

use crate::records::{Entry, Known, add, instance};
use cumbia_frontend::classes::{Boundary, Class, ClassKind, Enum, Field, FlagText, Flags, Hashing};
use cumbia_frontend::environment::Global;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyString, PyTuple, PyType};
use std::sync::Arc;

pub fn is_builtin(class: &Bound<'_, PyAny>) -> PyResult<bool> {
    let module: Option<String> = class.getattr_opt("__module__")?.and_then(|m| m.extract().ok());
    Ok(module.is_none_or(|m| matches!(m.as_str(), "builtins" | "enum" | "typing" | "abc")))
}

/// What a class or one that it derives from has under a name; its metaclass has no say.
pub fn in_classes<'py>(
    class: &Bound<'py, PyAny>,
    name: &str,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    for base in class.cast::<PyType>()?.mro().iter() {
        let dict = base.getattr("__dict__")?;
        if dict.contains(name)? {
            return dict.get_item(name).map(Some);
        }
    }
    Ok(None)
}

/// Whether a class inherits these methods from another unchanged.
pub fn inherits(
    class: &Bound<'_, PyType>,
    from: &Bound<'_, PyAny>,
    names: &[&str],
) -> PyResult<bool> {
    for name in names {
        let (own, theirs) = (in_classes(class.as_any(), name)?, in_classes(from, name)?);
        let same = match (&own, &theirs) {
            (None, None) => true,
            (Some(own), Some(theirs)) => own.is(theirs),
            _ => false,
        };
        if !same {
            return Ok(false);
        }
    }
    Ok(true)
}

pub fn default_of(object: &Bound<'_, PyAny>) -> PyResult<Option<Global>> {
    if let Some(constant) = crate::classify::constant(object) {
        return Ok(Some(constant));
    }
    instance(object, &|item| default_of(item))
}

pub fn read_namedtuple(
    class: &Bound<'_, PyType>,
    read: &mut Class,
    names: &mut Vec<Py<PyString>>,
) -> PyResult<bool> {
    let py = class.py();
    if !class.is_subclass_of::<PyTuple>()? {
        return Ok(false);
    }
    let Some(fields) = class.getattr_opt("_fields")? else { return Ok(false) };
    let Ok(fields) = fields.cast_exact::<PyTuple>().cloned() else { return Ok(false) };
    let tuple = py.get_type::<PyTuple>().into_any();
    let taken = [
        "__eq__",
        "__ne__",
        "__lt__",
        "__le__",
        "__gt__",
        "__ge__",
        "__getitem__",
        "__len__",
        "__iter__",
        "__contains__",
        "__getattribute__",
        "__add__",
        "__mul__",
        "__rmul__",
        "index",
        "count",
        "__bool__",
        "__getattr__",
        "__radd__",
        "__reversed__",
        "__hash__",
    ];
    let getter = py.import("collections")?.getattr("_tuplegetter")?;
    // A field may have the name of one of a tuple's methods, which is then no method any more.
    let is_field = |name: &str| fields.iter().any(|field| field.eq(name).unwrap_or(false));
    let taken: Vec<&str> = taken.into_iter().filter(|name| !is_field(name)).collect();
    let mut ordinary = inherits(class, &tuple, &taken)?;
    for field in fields.iter() {
        let field = field.cast_into::<PyString>()?;
        let found = class.getattr(&field)?;
        ordinary &= found.get_type().is(&getter);
        names.push(field.unbind());
    }
    for name in ["_make", "_asdict", "_replace"] {
        let method = class.getattr(name)?;
        let module: Option<String> = method.getattr("__module__")?.extract().ok();
        ordinary &= module.as_deref() == Some("collections");
    }
    // `__new__` as `namedtuple` makes it, in this class or the one that it derives from.
    let new = class.getattr("__new__")?;
    let generated = new.getattr_opt("__code__")?.is_some_and(|code| {
        let file = code.getattr("co_filename").and_then(|f| f.extract::<String>());
        file.is_ok_and(|f| f == "<string>") || {
            let module = new.getattr("__module__").and_then(|m| m.extract::<String>());
            module.is_ok_and(|m| m.starts_with("namedtuple_"))
        }
    });
    let object = py.import("builtins")?.getattr("object")?;
    if !ordinary {
        names.clear();
        return Ok(false);
    }
    let defaults: Bound<'_, PyDict> = match class.getattr_opt("_field_defaults")? {
        Some(defaults) => defaults.cast_into::<PyDict>()?,
        None => PyDict::new(py),
    };
    read.kind = ClassKind::NamedTuple;
    let repr = class.getattr("__repr__")?;
    let module = repr.getattr_opt("__module__")?.and_then(|m| m.extract::<String>().ok());
    if module.as_deref() == Some("collections")
        && inherits(class, &object, &["__str__", "__format__"])?
    {
        read.shown = Some(class.name()?.to_str()?.into());
    }
    read.not_callable = if !generated {
        Some("its __new__ is its own")
    } else if !inherits(class, &object, &["__init__"])? {
        Some("its __init__ is its own")
    } else {
        None
    };
    for name in names.iter() {
        let name = name.bind(py);
        let default = defaults.get_item(name)?;
        let known = default.as_ref().map(default_of).transpose()?.flatten();
        if default.is_some() && known.is_none() {
            read.not_callable = Some("a default of it is not compiled");
        }
        read.fields.push(Field {
            name: name.to_str()?.into(),
            default: known,
            keyword_only: false,
        });
    }
    Ok(true)
}

pub fn read_dataclass(
    class: &Bound<'_, PyType>,
    read: &mut Class,
    names: &mut Vec<Py<PyString>>,
) -> PyResult<()> {
    let py = class.py();
    let own = class.getattr("__dict__")?;
    if !own.contains("__dataclass_fields__")? {
        return Ok(());
    }
    let object = py.import("builtins")?.getattr("object")?;
    if !inherits(class, &object, &["__getattribute__", "__getattr__"])? {
        return Ok(());
    }
    let module = py.import("dataclasses")?;
    let (missing, kinds) = (module.getattr("MISSING")?, module.getattr("_FIELD")?);
    let params = class.getattr("__dataclass_params__")?;
    let flag = |name: &str| -> PyResult<bool> { params.getattr(name)?.extract() };
    let (mut frozen, eq, order) = (flag("frozen")?, flag("eq")?, flag("order")?);
    let mut not_callable = None;
    // A method of the class's own takes the place of a generated one.
    let generated = |name: &str| -> PyResult<bool> {
        let Some(method) = class.getattr_opt(name)? else { return Ok(false) };
        let Some(code) = method.getattr_opt("__code__")? else {
            return Ok(false);
        };
        let file: String = code.getattr("co_filename")?.extract()?;
        // Wrapped by `reprlib`-like decorators or not, generated code has no file.
        Ok(file == "<string>")
    };
    // What a class of its own does on assignment, or when an instance is dropped, isn't known.
    frozen &= generated("__setattr__")?;
    if !frozen && !inherits(class, &object, &["__setattr__"])? || class.hasattr("__del__")? {
        return Ok(());
    }
    if !flag("init")? || !generated("__init__")? {
        not_callable = Some("its __init__ is its own");
    }
    if class.hasattr("__post_init__")? {
        read.post_init = true;
    }
    let (mut compared, mut hashed) = (true, true);
    // The generated method is wrapped against records that contain themselves.
    let repr = class.getattr("__repr__")?.getattr_opt("__wrapped__")?;
    let repr = repr.map(|r| r.getattr("__code__")?.getattr("co_filename")?.extract::<String>());
    let mut shown = flag("repr")?
        && own.contains("__repr__")?
        && repr.transpose()?.as_deref() == Some("<string>")
        && inherits(class, &object, &["__str__", "__format__"])?;
    let mut fields = Vec::new();
    let mut more = false;
    for field in class.getattr("__dataclass_fields__")?.call_method0("values")?.try_iter()? {
        let field = field?;
        if !field.getattr("_field_type")?.is(&kinds) {
            // `ClassVar` is none of the instance's, `InitVar` only of `__init__`'s.
            let class_var = module.getattr("_FIELD_CLASSVAR")?;
            more |= !field.getattr("_field_type")?.is(&class_var);
            continue;
        }
        let name = field.getattr("name")?.cast_into::<PyString>()?;
        // A property or another descriptor would run code; those of slots don't.
        if let Some(found) = class.getattr_opt(&name)?
            && found.get_type().hasattr("__get__")?
            && found.get_type().name()?.to_str()? != "member_descriptor"
        {
            return Ok(());
        }
        compared &= field.getattr("compare")?.extract::<bool>()?;
        let hash = field.getattr("hash")?;
        hashed &= hash.is_none() || hash.extract::<bool>()?;
        shown &= field.getattr("repr")?.extract::<bool>()?;
        let default = field.getattr("default")?;
        let default = if default.is(&missing) { None } else { Some(default) };
        if !field.getattr("default_factory")?.is(&missing) {
            more = true;
        }
        if !field.getattr("init")?.extract::<bool>()? {
            more = true;
            if default.is_some() {
                not_callable = Some("a field of it is the class's, not the instance's");
            }
        }
        let known = default.as_ref().map(default_of).transpose()?.flatten();
        if default.is_some() && known.is_none() {
            not_callable = Some("a default of it is not compiled");
        }
        fields.push(Field {
            name: name.to_str()?.into(),
            default: known,
            keyword_only: field.getattr("kw_only")?.extract()?,
        });
        names.push(name.unbind());
    }
    read.kind = ClassKind::Dataclass {
        frozen,
        eq: eq && compared && generated("__eq__")?,
        order: order && compared && generated("__lt__")? && generated("__eq__")?,
    };
    read.hashing = if eq && compared && hashed && generated("__hash__")? && generated("__eq__")? {
        Hashing::Fields
    } else if !frozen && inherits(class, &object, &["__hash__", "__eq__", "__ne__"])? {
        Hashing::Identity
    } else {
        Hashing::Other
    };
    read.not_callable = not_callable;
    read.more_to_init = more || read.post_init && !frozen;
    if shown {
        read.shown = Some(class.qualname()?.to_str()?.into());
    }
    read.fields = fields;
    Ok(())
}

pub fn read_enum(class: &Bound<'_, PyType>, mut read: Class) -> PyResult<Arc<Entry>> {
    let py = class.py();
    let module = py.import("enum")?;
    let flag = module.getattr("Flag")?.cast_into::<PyType>()?;
    read.not_callable = None;
    let mut members = Vec::new();
    let mut objects: Vec<Py<PyAny>> = Vec::new();
    for member in class.try_iter()? {
        let member = member?;
        let value = member.getattr("_value_")?;
        let value = match crate::classify::constant(&value) {
            Some(constant) => constant,
            None => Global::Other(value.get_type().name()?.to_str()?.into()),
        };
        let name: String = member.getattr("_name_")?.extract()?;
        members.push((name.into(), value));
        objects.push(member.unbind());
    }
    let is_flag = class.is_subclass(&flag)?;
    let canonical = members.len();
    let mut aliases = Vec::new();
    for item in class.getattr("__members__")?.call_method0("items")?.try_iter()? {
        let (name, member): (String, Bound<'_, PyAny>) = item?.extract()?;
        if members.iter().any(|(n, _): &(Arc<str>, Global)| **n == *name) {
            continue;
        }
        if let Some(at) = objects.iter().position(|o| o.is(&member)) {
            aliases.push((name.into(), at as u32));
        } else if is_flag {
            // Made of others, or zero: no part of an iteration.
            let value = crate::classify::constant(&member.getattr("_value_")?);
            members.push((name.into(), value.unwrap_or(Global::None)));
            objects.push(member.unbind());
        }
    }
    // Members of other mixed-in types, and classes that compare in a way of their own,
    // are good for their names and identities: `is_flag` keeps operators from them.
    let int = py.get_type::<PyInt>();
    let is_int = class.is_subclass_of::<PyInt>()?;
    let like = if is_int {
        int.into_any()
    } else if class.is_subclass_of::<PyString>()? {
        py.get_type::<PyString>().into_any()
    } else {
        py.import("builtins")?.getattr("object")?
    };
    let compares = ["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__bool__"];
    let mut plain = inherits(class, &like, &compares)?;
    if is_int && !is_flag {
        // Its arithmetic and methods are those of an int.
        let everything = py.import("builtins")?.getattr("object")?;
        for name in py.get_type::<PyInt>().dir()?.iter() {
            let name: String = name.extract()?;
            if in_classes(&everything, &name)?.is_none() {
                plain &= inherits(class, &like, &[&name])?;
            }
        }
    }
    let mixed = !is_int && {
        let bases = class.mro();
        let object = py.import("builtins")?.getattr("object")?;
        let mut other = false;
        for one in bases.iter() {
            let module: String = one.getattr("__module__")?.extract()?;
            other |= module == "builtins" && !one.is(&object);
        }
        other
    };
    let texts = member_texts(class, &objects)?;
    let flags = match is_flag && (is_int || !mixed) && plain_flags(class, is_int)? {
        true => read_flags(class, &members, canonical, texts.as_ref())?,
        false => None,
    };
    let is_str = class.is_subclass_of::<PyString>()? && plain && is_str_enum(class, &objects)?;
    let is_int = is_int && (!is_flag || flags.is_some()) && plain;
    let ints = members.iter().all(|(_, value)| matches!(value, Global::Int(_)));
    let mut known = Enum {
        class: read,
        members,
        canonical,
        aliases,
        qualname: class.qualname()?.to_str()?.into(),
        plain_lookup: inherits(class, module.getattr("Enum")?.as_any(), &["_missing_"])?,
        is_int,
        by_value: flags.is_some() || is_int && ints,
        hashable: false,
        is_str,
        is_flag: is_flag && flags.is_none() || mixed && !is_str || !plain && flags.is_none(),
        by_identity: inherits(class, &like, &["__eq__", "__ne__"])?,
        texts,
        flags,
    };
    let hashes = objects.iter().map(|member| member.bind(py).hash().map(|hash| hash as i64));
    if let Ok(hashes) = hashes.collect::<PyResult<Vec<i64>>>() {
        known.hashable = true;
        cumbia_runtime::set_member_hashes(known.class.handle, hashes);
    }
    let object = class.clone().into_any().unbind();
    let entry = Entry {
        known: Known::Enum(Arc::new(known)),
        object,
        names: Vec::new(),
        members: objects,
        shapes: None,
        initializer: Default::default(),
        set_order: Default::default(),
    };
    Ok(add(class.as_any(), entry))
}

/// Whether a class of flags has the library's own methods for all that compiled code does
/// with members.
fn plain_flags(class: &Bound<'_, PyType>, is_int: bool) -> PyResult<bool> {
    let module = class.py().import("enum")?;
    let base = module.getattr(if is_int { "IntFlag" } else { "Flag" })?;
    let names = [
        "__or__",
        "__and__",
        "__xor__",
        "__invert__",
        "__ror__",
        "__rand__",
        "__rxor__",
        "__contains__",
        "__iter__",
        "__len__",
        "__bool__",
        "__eq__",
        "__ne__",
        "__lt__",
        "__le__",
        "__gt__",
        "__ge__",
        "__new__",
        "__index__",
        "__int__",
    ];
    if !class.is_subclass(&base)? || !inherits(class, &base, &names)? {
        return Ok(false);
    }
    // Functions of classes: a lookup binds them.
    let missing = in_classes(class.as_any(), "_missing_")?;
    let own = in_classes(&base, "_missing_")?;
    let value = in_classes(class.as_any(), "value")?;
    let plain = in_classes(&base, "value")?;
    Ok(missing.zip(own).is_some_and(|(a, b)| a.is(&b))
        && value.zip(plain).is_some_and(|(a, b)| a.is(&b)))
}

/// What is known of a class of flags; `None` where its bits aren't all those of members with
/// one bit each, or don't fit.
fn read_flags(
    class: &Bound<'_, PyType>,
    members: &[(Arc<str>, Global)],
    canonical: usize,
    texts: Option<&[Vec<Arc<str>>; 3]>,
) -> PyResult<Option<Flags>> {
    let mut mask = 0i64;
    for (at, (_, value)) in members.iter().enumerate() {
        let Global::Int(value) = value else { return Ok(None) };
        let single = *value > 0 && *value & (*value - 1) == 0;
        if *value < 0 || *value >= 1 << 61 || single != (at < canonical) {
            return Ok(None);
        }
        if single {
            mask |= value;
        }
    }
    if class.getattr("_flag_mask_")?.extract::<i64>().ok() != Some(mask) {
        return Ok(None);
    }
    let boundary: String = class.getattr("_boundary_")?.getattr("_name_")?.extract()?;
    let boundary = match boundary.as_str() {
        "STRICT" => Boundary::Strict,
        "CONFORM" => Boundary::Conform,
        "KEEP" => Boundary::Keep,
        _ => return Ok(None),
    };
    let name: String = class.name()?.extract()?;
    let style = |texts: &Vec<Arc<str>>| {
        [FlagText::Value, FlagText::Name, FlagText::Both].into_iter().find(|style| {
            members.iter().zip(texts).all(|((member, value), text)| {
                let Global::Int(value) = value else { return false };
                let made = match style {
                    FlagText::Value => value.to_string(),
                    FlagText::Name => format!("{name}.{member}"),
                    FlagText::Both => format!("<{name}.{member}: {value}>"),
                };
                made == **text
            })
        })
    };
    // Unknown bits in a name are shown by this.
    let digits = class.getattr("_numeric_repr_")?;
    let plain = digits.is(class.py().import("builtins")?.getattr("repr")?);
    let styles = match texts {
        Some([str, repr, format]) if plain => match (style(str), style(repr), style(format)) {
            (Some(str), Some(repr), Some(format)) => Some([str, repr, format]),
            _ => None,
        },
        _ => None,
    };
    Ok(Some(Flags {
        boundary,
        mask,
        shown: class.repr()?.extract::<String>()?.into(),
        name: name.into(),
        styles,
    }))
}

/// Attributes of `str` that enums have of their own, without a change to what strings do.
const OF_ENUMS: [&str; 14] = [
    "__new__",
    "__str__",
    "__repr__",
    "__format__",
    "__doc__",
    "__class__",
    "__dir__",
    "__reduce__",
    "__reduce_ex__",
    "__init_subclass__",
    "__getnewargs__",
    "__init__",
    "__getstate__",
    "__subclasshook__",
];

/// Whether members are the strings that their values are, and no method of `str` is replaced.
fn is_str_enum(class: &Bound<'_, PyType>, members: &[Py<PyAny>]) -> PyResult<bool> {
    let py = class.py();
    let string = py.get_type::<PyString>();
    for member in members {
        let member = member.bind(py);
        let value = member.getattr("_value_")?;
        let own = string.getattr("__str__")?.call1((member,))?;
        if !value.is_exact_instance_of::<PyString>() || !own.eq(&value)? {
            return Ok(false);
        }
    }
    for name in string.as_any().dir()?.iter() {
        let name: String = name.extract()?;
        if OF_ENUMS.contains(&name.as_str()) {
            continue;
        }
        if !inherits(class, string.as_any(), &[&name])? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The texts of an enum's members, unless a method of the user's makes them.
pub fn member_texts(
    class: &Bound<'_, PyType>,
    members: &[Py<PyAny>],
) -> PyResult<Option<[Vec<Arc<str>>; 3]>> {
    for name in ["__str__", "__repr__", "__format__"] {
        let Some(method) = in_classes(class.as_any(), name)? else { return Ok(None) };
        let module = method.getattr_opt("__module__")?.and_then(|m| m.extract::<String>().ok());
        // A method of a builtin class has no module.
        if module.is_some_and(|m| m != "enum") {
            return Ok(None);
        }
    }
    let py = class.py();
    let mut texts = [Vec::new(), Vec::new(), Vec::new()];
    for member in members {
        let member = member.bind(py);
        let format = member.call_method1("__format__", ("",))?;
        for (texts, text) in
            texts.iter_mut().zip([member.str()?, member.repr()?, format.cast_into::<PyString>()?])
        {
            // Lone surrogates are no text here.
            let Ok(text) = text.to_str() else { return Ok(None) };
            texts.push(text.into());
        }
    }
    Ok((!members.is_empty()).then_some(texts))
}
