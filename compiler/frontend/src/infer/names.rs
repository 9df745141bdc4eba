//! What names mean: objects to types, and the names that library bodies see.

use super::Sweep;
use crate::environment::Global;
use crate::types::{Callable, DType, Lit, PartialTy, Ty};
use cumbia_diagnostics::{Diagnostic, Span};
use std::sync::Arc;

/// The type of an object, or `None` where compiled code can't use it, as on processors half
/// precision.
pub fn global_type(global: &Global) -> Option<Ty> {
    typed(global).filter(|ty| half_in(ty).is_none())
}

/// As [`global_type`], with what only kernels have.
pub fn typed(global: &Global) -> Option<Ty> {
    Some(match global {
        Global::None => Ty::None,
        Global::Bool(b) => Ty::Lit(Lit::Bool(*b)),
        Global::Int(i) => Ty::Lit(Lit::Int(*i)),
        Global::Wide(i) => Ty::Lit(Lit::Wide(i.clone())),
        Global::Float(x) => Ty::Lit(Lit::Float(x.to_bits())),
        Global::Complex(..) => Ty::Complex,
        Global::Str(s) => Ty::Lit(Lit::Str(s.clone())),
        Global::Bytes(_) => Ty::Bytes,
        Global::Range(_, _, step) => Ty::Range(Arc::new(Ty::Lit(Lit::Int(*step)))),
        Global::Slice(parts) => {
            let parts: Option<Vec<Ty>> = parts.iter().map(typed).collect();
            Ty::Slice(Arc::new(parts?.try_into().expect("three of three")))
        }
        Global::Ellipsis => Ty::Ellipsis,
        Global::Scalar(dtype, _) => Ty::Num(*dtype),
        Global::Tuple(items) => {
            let items: Option<Vec<Ty>> = items.iter().map(typed).collect();
            Ty::tuple(items?)
        }
        Global::Module(name) => Ty::Module(name.clone()),
        Global::Library(name) => Ty::Callable(Callable::Library(name.clone())),
        Global::DType(d) => Ty::DType(*d),
        Global::Exception(name) => Ty::Callable(Callable::Exception(name.clone())),
        Global::UserException(class) => Ty::Callable(Callable::UserException(class.clone())),
        Global::Function(function) => Ty::Callable(Callable::User(function.clone())),
        Global::Array(_, ty) => Ty::Array(*ty),
        Global::Container(_, ty) => ty.clone(),
        Global::Partial(function, args, keywords) => {
            let args: Option<Box<[Ty]>> = args.iter().map(typed).collect();
            let keywords: Option<Box<[_]>> =
                keywords.iter().map(|(n, g)| Some((n.clone(), typed(g)?))).collect();
            Ty::Callable(Callable::Partial(Arc::new(PartialTy {
                function: typed(function)?,
                args: args?,
                keywords: keywords?,
            })))
        }
        Global::StructDType(dtype) => Ty::StructDType(dtype.clone()),
        Global::Class(class) => Ty::Callable(Callable::Class(class.clone())),
        Global::Enum(class) => Ty::Callable(Callable::Enum(class.clone())),
        Global::Member(class, at) => Ty::Member(class.clone(), *at),
        Global::Flags(class, _) => Ty::Enum(class.clone()),
        Global::Record(class, items) => {
            let items: Option<std::sync::Arc<[Ty]>> = items.iter().map(typed).collect();
            Ty::Record(class.clone(), items?)
        }
        Global::Records(..) | Global::Other(_) | Global::Property(..) | Global::Static(_) => {
            return None;
        }
    })
}

impl Sweep<'_, '_, '_> {
    /// The type of an object that a name stands for; the error says why there is none.
    pub(super) fn global_type(
        &self,
        global: &Global,
        name: &str,
        span: Span,
    ) -> Result<Ty, Box<Diagnostic>> {
        match typed(global).or_else(|| self.constant_records(global)) {
            Some(ty) if !self.engine.device && half_in(&ty).is_some() => {
                let half = half_in(&ty).map_or("", DType::name);
                let text = format!("'{name}' is of {half}: half precision is for kernels");
                let help = "use np.float32, and convert outside";
                Err(Box::new(Diagnostic::error("CB0402", span, text).help(help)))
            }
            Some(ty) => Ok(ty),
            None => {
                let (what, help) = match global {
                    Global::Other(type_name) if matches!(&**type_name, "list" | "set" | "dict") => {
                        (
                            format!("a {type_name} that is empty or has elements of several types"),
                            "pass it as an argument, or put numbers and strings of one type into it",
                        )
                    }
                    // What stands for Numba's name under `cumbia run --as-numba`.
                    Global::Other(type_name) if &**type_name == "objmode" => {
                        let text = format!("'{name}' is Numba's object mode, and there is none");
                        let help = "call Python outside of the function, and pass what it gives";
                        return Err(Box::new(Diagnostic::error("CB0402", span, text).help(help)));
                    }
                    Global::Other(type_name) => (
                        format!("a {type_name} object"),
                        cumbia_library::instead_of(type_name)
                            .unwrap_or("pass what the function needs as arguments"),
                    ),
                    _ => ("an object".to_string(), "pass it as an argument"),
                };
                Err(Box::new(
                    Diagnostic::error(
                        "CB0402",
                        span,
                        format!("'{name}' is {what}, which compiled code can't use yet"),
                    )
                    .help(help),
                ))
            }
        }
    }

    /// What bodies ask of the process and of the options, and NumPy's classes of results.
    pub(super) fn asked(&mut self, name: &str) -> Option<Global> {
        match name {
            "has_lapack" => Some(Global::Bool(self.engine.env.has_lapack())),
            _ if name.ends_with("Result") || name.ends_with("Vector") => {
                self.engine.env.library_class(name)
            }
            _ => self.engine.automatic.asked_by_body(name),
        }
    }
}

/// A name in a library body: functions of its file, modules, builtins.
pub fn in_body(file: &'static str, name: &str) -> Option<Global> {
    // By its own file, so that a function that several files import is one.
    if let Some(body) = cumbia_library::body(file, name) {
        return Some(Global::Library(format!("@{}.{}", body.file, body.name).into()));
    }
    match name {
        "np" => return Some(Global::Module("numpy".into())),
        "math" => return Some(Global::Module("math".into())),
        "prim" => return Some(Global::Module("prim".into())),
        "prange" => return Some(Global::Library("cumbia.prange".into())),
        _ => {}
    }
    if cumbia_abi::exceptions::class_number(name).is_some() {
        return Some(Global::Exception(name.into()));
    }
    Some(Global::Library(format!("builtins.{name}").into()))
}

/// The `float16` or `bfloat16` that an object's type has in it, which only kernels have.
pub fn half_in(ty: &Ty) -> Option<DType> {
    match ty {
        Ty::Num(d) => Some(*d).filter(|d| d.is_half()),
        Ty::Array(array) => Some(array.dtype).filter(|d| d.is_half()),
        Ty::Tuple(items) | Ty::Record(_, items) => items.iter().find_map(half_in),
        Ty::Callable(Callable::Partial(partial)) => {
            partial.args.iter().chain(partial.keywords.iter().map(|(_, ty)| ty)).find_map(half_in)
        }
        _ => None,
    }
}

/// An attribute of a module as library bodies see it.
pub fn in_module(module: &str, name: &str) -> Option<Global> {
    let dtype = match name {
        "bool_" => Some(DType::Bool),
        "intp" => Some(DType::I64),
        "float16" | "bfloat16" => DType::of_kernels(name),
        _ => DType::from_name(name),
    };
    match (module, name) {
        ("numpy", _) if dtype.is_some() => dtype.map(Global::DType),
        ("numpy" | "math", "pi") => Some(Global::Float(std::f64::consts::PI)),
        ("numpy" | "math", "e") => Some(Global::Float(std::f64::consts::E)),
        ("numpy" | "math", "inf") => Some(Global::Float(f64::INFINITY)),
        ("numpy" | "math", "nan") => Some(Global::Float(f64::NAN)),
        ("numpy", "newaxis") => Some(Global::None),
        ("prim", "grid_group") => Some(Global::Module("cumbia.cuda.cg.grid_group".into())),
        ("numpy", "exceptions") => Some(Global::Module("numpy.exceptions".into())),
        ("numpy.exceptions", _) => Some(Global::Exception(format!("{module}.{name}").into())),
        _ => Some(Global::Library(format!("{module}.{name}").into())),
    }
}
