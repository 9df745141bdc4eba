//! What a number is: a weak Python number of one of four kinds, or a NumPy scalar.
//!
//! Constants are seen as the Python number they are; `fold.rs` alone looks at their
//! values, and `convert.rs` gives them a form at run time.

use crate::types::{DType, Lit, Ty};

/// The kinds of Python numbers, from the narrowest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Py {
    Bool,
    Int,
    Float,
    Complex,
}

impl Py {
    /// The plain type.
    pub fn ty(self) -> Ty {
        match self {
            Py::Bool => Ty::Bool,
            Py::Int => Ty::Int,
            Py::Float => Ty::Float,
            Py::Complex => Ty::Complex,
        }
    }

    /// The dtype that NumPy functions give it where nothing else decides.
    pub fn dtype(self) -> DType {
        match self {
            Py::Bool => DType::Bool,
            Py::Int => DType::I64,
            Py::Float => DType::F64,
            Py::Complex => DType::C128,
        }
    }

    /// Python's name of the class.
    pub fn name(self) -> &'static str {
        match self {
            Py::Bool => "bool",
            Py::Int => "int",
            Py::Float => "float",
            Py::Complex => "complex",
        }
    }
}

/// A number as typing sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A Python number.
    Py(Py),
    /// A NumPy scalar.
    Np(DType),
}

impl Kind {
    /// The kind of a type; `None` if it isn't a number.
    pub fn of(ty: &Ty) -> Option<Kind> {
        Some(match ty {
            Ty::Bool | Ty::Lit(Lit::Bool(_)) => Kind::Py(Py::Bool),
            Ty::Int | Ty::Lit(Lit::Int(_)) => Kind::Py(Py::Int),
            Ty::Float | Ty::Lit(Lit::Float(_)) => Kind::Py(Py::Float),
            Ty::Complex => Kind::Py(Py::Complex),
            Ty::Num(d) if !d.is_time() => Kind::Np(*d),
            _ => return None,
        })
    }

    /// The dtype, of a Python number the one it has by itself.
    pub fn dtype(self) -> DType {
        match self {
            Kind::Py(p) => p.dtype(),
            Kind::Np(d) => d,
        }
    }

    /// The class's name as in Python's messages.
    pub fn name(self) -> String {
        match self {
            Kind::Py(p) => p.name().to_string(),
            Kind::Np(d) => format!("numpy.{}", d.name()),
        }
    }

    /// Whether it is a Python number.
    pub fn is_weak(self) -> bool {
        matches!(self, Kind::Py(_))
    }
}

/// The kinds that decide about a binary operator.
///
/// `np.float64` is a `float`, which `complex` on its left side accepts as one:
/// `1j + np.float64(1)` is a Python complex.
pub fn operands(a: &Ty, b: &Ty) -> Option<(Kind, Kind)> {
    Some(match (Kind::of(a)?, Kind::of(b)?) {
        (a @ Kind::Py(Py::Complex), Kind::Np(DType::F64)) => (a, Kind::Py(Py::Float)),
        pair => pair,
    })
}
