//! What the interpreter asks of its surroundings.

use crate::entities::DataId;
use crate::function::{Loc, RaiseSpec, Region};
use crate::module::{DataDecl, ExternDecl};
use crate::types::Type;

/// Why the host didn't do what was asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HostError {
    /// A Python exception.
    Raised {
        /// Its class.
        class: String,
        /// Its message.
        message: String,
    },
    /// An exception that the host keeps itself, by its status.
    Kept(i32),
    /// The IR asked for something it may not, as an access outside of all memory.
    Bug(String),
}

impl HostError {
    /// A bug of the IR.
    pub fn bug(message: impl Into<String>) -> HostError {
        HostError::Bug(message.into())
    }
}

/// Where an instruction stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The function.
    pub function: String,
    /// The place in its source.
    pub loc: Loc,
}

/// Memory, runtime functions and signals. Values travel as bits: the low bytes
/// count, what is above them is ignored in both directions.
///
/// A host may keep exceptions itself, as the runtime's context does for compiled code:
/// then the interpreter moves statuses alone, and tells where an exception starts and
/// which calls it passes.
pub trait Host {
    /// Whether exceptions are kept by the host.
    fn keeps_exceptions(&self) -> bool {
        false
    }

    /// An exception starts, with message arguments in canonical form; gives its status.
    ///
    /// # Errors
    ///
    /// That the host can't keep it.
    fn start(&mut self, _: &Place, _: &RaiseSpec, _: &[(Type, u64)]) -> Result<i32, HostError> {
        Ok(1)
    }

    /// An exception passes a call.
    fn pass(&mut self, _: &Place) {}

    /// Calls a runtime function; gives its result, if it has one.
    ///
    /// # Errors
    ///
    /// What the function raises, or that there is no such function.
    fn extern_call(&mut self, callee: &ExternDecl, args: &[u64]) -> Result<Option<u64>, HostError>;

    /// Makes the next block of a parallel loop ready, by the address of its record: those of
    /// the block's arguments and results; `None` behind the last one.
    ///
    /// # Errors
    ///
    /// That the host has no such loops.
    fn parallel_block(&mut self, _: u64, _: u64) -> Result<Option<[u64; 2]>, HostError> {
        Err(HostError::Bug("this host has no parallel loops".into()))
    }

    /// The blocks of a loop are over, the last one by an exception of the host's or not.
    ///
    /// # Errors
    ///
    /// What the loop raises besides.
    fn parallel_end(&mut self, _: u64, _: bool) -> Result<(), HostError> {
        Ok(())
    }

    /// Raises when an interrupt is pending.
    ///
    /// # Errors
    ///
    /// The interrupt.
    fn poll(&mut self) -> Result<(), HostError>;

    /// The address of a module's static data, the same at each call.
    ///
    /// # Errors
    ///
    /// That the host has no memory.
    fn data(&mut self, data: DataId, decl: &DataDecl) -> Result<u64, HostError>;

    /// Reads memory.
    ///
    /// # Errors
    ///
    /// An access that isn't allowed.
    fn load(&mut self, address: u64, ty: Type, region: Region) -> Result<u64, HostError>;

    /// Writes memory.
    ///
    /// # Errors
    ///
    /// An access that isn't allowed.
    fn store(&mut self, address: u64, ty: Type, region: Region, bits: u64)
    -> Result<(), HostError>;

    /// One more reference to an owner record.
    ///
    /// # Errors
    ///
    /// An address that is no owner record's.
    fn retain(&mut self, owner: u64) -> Result<(), HostError>;

    /// One reference less to an owner record.
    ///
    /// # Errors
    ///
    /// An address that is no owner record's.
    fn release(&mut self, owner: u64) -> Result<(), HostError>;
}

/// A host with neither memory nor runtime functions, and no interrupts.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHost;

impl Host for NoHost {
    fn extern_call(&mut self, callee: &ExternDecl, _: &[u64]) -> Result<Option<u64>, HostError> {
        Err(HostError::Bug(format!("there is no runtime function @{}", callee.name)))
    }

    fn poll(&mut self) -> Result<(), HostError> {
        Ok(())
    }

    fn data(&mut self, _: DataId, _: &DataDecl) -> Result<u64, HostError> {
        Err(HostError::bug("there is no memory"))
    }

    fn load(&mut self, _: u64, _: Type, _: Region) -> Result<u64, HostError> {
        Err(HostError::bug("there is no memory"))
    }

    fn store(&mut self, _: u64, _: Type, _: Region, _: u64) -> Result<(), HostError> {
        Err(HostError::bug("there is no memory"))
    }

    fn retain(&mut self, _: u64) -> Result<(), HostError> {
        Err(HostError::bug("there is no memory"))
    }

    fn release(&mut self, _: u64) -> Result<(), HostError> {
        Err(HostError::bug("there is no memory"))
    }
}
