//! Modules: functions compiled together, and the runtime functions they call.

use crate::entities::{ExternId, FuncId};
use crate::function::Function;
use crate::types::Type;

/// What a runtime function does, from the compiler's point of view.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ExternEffects {
    /// Result from arguments alone: shared, moved and removed freely. The native
    /// function takes the arguments only.
    Pure,
    /// Reads or writes memory, takes the context first, never raises.
    Effects,
    /// As `Effects`, and may raise: the caller checks the context's status after it.
    Raises,
}

impl ExternEffects {
    /// The name in the text form.
    pub const fn name(self) -> &'static str {
        match self {
            ExternEffects::Pure => "pure",
            ExternEffects::Effects => "effects",
            ExternEffects::Raises => "raises",
        }
    }
}

/// Declaration of a runtime function: at most one result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExternDecl {
    /// Name in the runtime's table.
    pub name: String,
    /// Parameter types, without the context.
    pub params: Vec<Type>,
    /// Result type.
    pub result: Option<Type>,
    /// Effects.
    pub effects: ExternEffects,
}

/// Functions that are compiled together.
///
/// An entry function has the parameters `(ptr, ptr)`, addresses of the argument
/// and the result slots (8 bytes each, `!slots`), and no results.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// Functions; a [`FuncId`] is a position here.
    pub functions: Vec<Function>,
    /// Runtime functions; an [`ExternId`] is a position here.
    pub externs: Vec<ExternDecl>,
}

impl Module {
    /// An empty module.
    pub fn new() -> Module {
        Module::default()
    }

    /// Adds a function.
    pub fn add_function(&mut self, function: Function) -> FuncId {
        self.functions.push(function);
        FuncId::new(self.functions.len() - 1)
    }

    /// The function of an id.
    pub fn function(&self, id: FuncId) -> &Function {
        &self.functions[id.index()]
    }

    /// The id of a name.
    pub fn find_function(&self, name: &str) -> Option<FuncId> {
        self.functions.iter().position(|f| f.name == name).map(FuncId::new)
    }

    /// The id of a runtime function, declared on first use.
    pub fn declare_extern(&mut self, decl: &ExternDecl) -> ExternId {
        match self.externs.iter().position(|e| e.name == decl.name) {
            Some(index) => ExternId::new(index),
            None => {
                self.externs.push(decl.clone());
                ExternId::new(self.externs.len() - 1)
            }
        }
    }
}
