//! Classes of the user as the compiler sees them: namedtuples, dataclasses, enums, and
//! others of which only attributes are read.
//!
//! A class is known by a handle that the environment keeps for the life of the process;
//! two of one handle are the same class. Its fields and members are assumed not to
//! change after the class is made. Whatever a class redefines that these types take for
//! granted (`__eq__`, `__getattribute__` ...) the environment must find and give another
//! kind.

use crate::environment::Global;
use crate::names_for_life::{self, NameForLife};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What instances are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ClassKind {
    /// A tuple with names.
    NamedTuple,
    /// Fields that are attributes.
    Dataclass {
        /// Whether they can't be assigned.
        frozen: bool,
        /// Whether `==` compares the fields.
        eq: bool,
        /// Whether `<` does.
        order: bool,
    },
    /// An ordinary class in one of its shapes: the attributes that an instance has.
    Instance {
        /// Whether `==` asks for the same object.
        identity: bool,
    },
    /// Unknown: the class is only good for its attributes and for `isinstance`.
    Other,
}

/// How instances are hashed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Hashing {
    /// As the tuple of their fields.
    Fields,
    /// By which object they are.
    Identity,
    /// Not at all, or by a method of the class's own.
    Other,
}

/// A field of a record.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: Arc<str>,
    /// Its default, if there is one.
    pub default: Option<Global>,
    /// Whether it is given by keyword only.
    pub keyword_only: bool,
}

/// A class.
#[derive(Debug, Serialize, Deserialize)]
pub struct Class {
    /// Which class it is.
    pub handle: u64,
    /// Its `__name__`.
    pub name: Arc<str>,
    /// What instances are.
    pub kind: ClassKind,
    /// Fields in order.
    pub fields: Vec<Field>,
    /// The name in the text that `repr` and `str` give; `None` where a method of its own
    /// makes it, or leaves fields out.
    pub shown: Option<Arc<str>>,
    /// Why compiled code can't make instances by calling it, if it can't.
    #[serde(deserialize_with = "names_for_life::optional")]
    pub not_callable: Option<NameForLife>,
    /// Identities of the classes it derives from, itself included.
    pub ancestors: Vec<u64>,
    /// Whether `isinstance` asks nothing but the ancestors.
    pub plain_check: bool,
    /// Whether making an instance calls `__post_init__` with it.
    pub post_init: bool,
    /// Whether `__init__` does more than to set the fields that it is given; of a dataclass.
    pub more_to_init: bool,
    /// How instances are hashed; of a namedtuple it is the tuple's business.
    pub hashing: Hashing,
    /// Whether truth asks no method of instances.
    pub always_true: bool,
    /// Of a shape: the class itself.
    pub shape_of: Option<Arc<Class>>,
    /// Of a class whose fields convert the numbers that they are given: to the types that are
    /// declared for fields, functions of the bodies in `declared.py`; else to what a field is.
    pub converts: Option<Vec<(Arc<str>, Arc<str>)>>,
    /// Attributes that instances have and compiled code can't take.
    pub untaken: Vec<Arc<str>>,
    /// Slots of the class in which instances have nothing, with Python's words about that.
    pub unset: Vec<(Arc<str>, Arc<str>)>,
}

impl Class {
    /// The position of a field.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|f| &*f.name == name)
    }

    /// The class that `type()` gives: of a shape, the class that it is a shape of.
    pub fn itself(self: &Arc<Class>) -> Arc<Class> {
        self.shape_of.as_ref().unwrap_or(self).clone()
    }

    /// Whether instances are tuples.
    pub fn is_tuple(&self) -> bool {
        self.kind == ClassKind::NamedTuple
    }
}

impl PartialEq for Class {
    fn eq(&self, other: &Class) -> bool {
        self.handle == other.handle
    }
}

impl Eq for Class {}

impl Hash for Class {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.handle.hash(state);
    }
}

/// An enum class.
#[derive(Debug, Serialize, Deserialize)]
pub struct Enum {
    /// The class; its fields are empty.
    pub class: Class,
    /// Members without aliases: name and value. First those that iteration over the class
    /// gives, in its order; of flags, then those that are made of others, and zero.
    pub members: Vec<(Arc<str>, Global)>,
    /// How many of them iteration gives.
    pub canonical: usize,
    /// Its `__qualname__`.
    pub qualname: Arc<str>,
    /// Whether `Class(value)` finds members by value or raises ValueError.
    pub plain_lookup: bool,
    /// Other names of members.
    pub aliases: Vec<(Arc<str>, u32)>,
    /// Whether members are ints too (`IntEnum`).
    pub is_int: bool,
    /// Whether members are strings too (`StrEnum`, or `str` mixed in), with all of its
    /// methods.
    pub is_str: bool,
    /// Whether operators and calls of it are not compiled: a mixed-in type, or methods of its
    /// own for what compiled code takes for granted.
    pub is_flag: bool,
    /// Of flags whose operators are compiled: what these ask.
    pub flags: Option<Flags>,
    /// Whether a member is its value at run time: flags, and enums of ints.
    pub by_value: bool,
    /// Whether members have a hash, which the environment has told the runtime.
    pub hashable: bool,
    /// Whether two members are equal just when they are the same.
    pub by_identity: bool,
    /// What `str`, `repr` and `format` give for the members; `None` where a method of its
    /// own makes it.
    pub texts: Option<[Vec<Arc<str>>; 3]>,
}

/// What becomes of a value with bits that no flag has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Boundary {
    /// ValueError.
    Strict,
    /// They are dropped.
    Conform,
    /// They stay.
    Keep,
}

/// A class of flags. All of its bits are those of members with one bit each.
#[derive(Debug, Serialize, Deserialize)]
pub struct Flags {
    /// What becomes of other bits.
    pub boundary: Boundary,
    /// The bits of all members.
    pub mask: i64,
    /// The class's `repr`.
    pub shown: Arc<str>,
    /// The class's name in texts.
    pub name: Arc<str>,
    /// What `str`, `repr` and `format` make of a member.
    pub styles: Option<[FlagText; 3]>,
}

/// A text of a member of flags.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum FlagText {
    /// Its value.
    Value,
    /// `Perm.R|W`
    Name,
    /// `<Perm.R|W: 6>`
    Both,
}

impl Enum {
    /// What stands for a member at run time: its position, or its value.
    pub fn code(&self, at: u32) -> i64 {
        match &self.members[at as usize].1 {
            Global::Int(value) if self.by_value => *value,
            _ => i64::from(at),
        }
    }

    /// The member of a name.
    pub fn member(&self, name: &str) -> Option<u32> {
        let own = self.members.iter().position(|(n, _)| &**n == name).map(|i| i as u32);
        own.or_else(|| self.aliases.iter().find(|(n, _)| &**n == name).map(|(_, i)| *i))
    }
}

impl PartialEq for Enum {
    fn eq(&self, other: &Enum) -> bool {
        self.class == other.class
    }
}

impl Eq for Enum {}

impl Hash for Enum {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.class.hash(state);
    }
}

/// A record type's spelling, in the form that `alternate` asks for.
pub fn show_record(
    f: &mut fmt::Formatter<'_>,
    class: &Class,
    items: &[crate::types::Ty],
) -> fmt::Result {
    write!(f, "{}(", class.name)?;
    for (i, (field, ty)) in class.fields.iter().zip(items).enumerate() {
        f.write_str(if i == 0 { "" } else { ", " })?;
        if f.alternate() {
            write!(f, "{}: {ty:#}", field.name)?;
        } else {
            write!(f, "{}: {ty}", field.name)?;
        }
    }
    f.write_str(")")
}
