//! Modules: functions compiled together, and the runtime functions they call.

use crate::entities::{DataId, ExternId, FuncId, StorageId};
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

/// Static data of a module: aligned to 16 bytes, of one instance per loaded module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataDecl {
    /// Name in the text form.
    pub name: String,
    /// What it holds at the start.
    pub bytes: Vec<u8>,
    /// Whether it may be written.
    pub writable: bool,
}

/// Whose a storage is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StorageSpace {
    /// One for all threads of a block.
    Shared,
    /// One for each thread.
    Local,
}

impl StorageSpace {
    /// The name in the text form.
    pub const fn name(self) -> &'static str {
        match self {
            StorageSpace::Shared => "shared",
            StorageSpace::Local => "local",
        }
    }
}

/// Memory that a kernel's threads have while they run. What it holds at the start isn't
/// defined.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StorageDecl {
    /// Name in the text form.
    pub name: String,
    /// Whose it is.
    pub space: StorageSpace,
    /// Its size; 0 for shared memory whose size a launch gives: all of these begin at the
    /// same place, behind those of known sizes.
    pub bytes: u64,
    /// Alignment, a power of two.
    pub align: u32,
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
    /// Static data; a [`DataId`] is a position here.
    pub data: Vec<DataDecl>,
    /// Memory of kernels; a [`StorageId`] is a position here.
    pub storage: Vec<StorageDecl>,
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

    /// Whether a function has an operation that needs all blocks of a grid at once.
    pub fn asks_for_whole_grids(&self) -> bool {
        self.functions.iter().any(|func| {
            let mut insts = func.layout.iter().flat_map(|&block| &func.block(block).insts);
            insts.any(|&inst| func.inst(inst).op.is_of_whole_grids())
        })
    }

    /// The id of static data with these bytes, added on first use.
    pub fn intern_data(&mut self, prefix: &str, bytes: Vec<u8>, writable: bool) -> DataId {
        match self.data.iter().position(|d| d.writable == writable && d.bytes == bytes) {
            Some(index) => DataId::new(index),
            None => {
                let name = format!("{prefix}.{}", self.data.len());
                self.data.push(DataDecl { name, bytes, writable });
                DataId::new(self.data.len() - 1)
            }
        }
    }

    /// Declares memory of kernels.
    pub fn add_storage(&mut self, decl: StorageDecl) -> StorageId {
        self.storage.push(decl);
        StorageId::new(self.storage.len() - 1)
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
