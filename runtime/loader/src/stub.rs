//! Code of a fixed address that goes on at an address which may change.
//!
//! A function that is known outside by its address keeps that while better code takes its
//! place. No register but one that holds no argument is touched.

use crate::error::LoadError;
use crate::memory::{CodeMemory, Segment};
use std::sync::atomic::AtomicPtr;

/// A jump to what a cell holds. Dropping it unmaps the code.
#[derive(Debug)]
pub struct Stub {
    memory: CodeMemory,
}

impl Stub {
    /// A jump to what is in a cell when it is made.
    ///
    /// # Errors
    ///
    /// When memory is short.
    pub fn new(cell: &'static AtomicPtr<u8>) -> Result<Stub, LoadError> {
        // mov r11, cell
        let mut code = vec![0x49, 0xbb];
        code.extend(std::ptr::from_ref(cell).expose_provenance().to_le_bytes());
        // jmp [r11]
        code.extend([0x41, 0xff, 0x23]);
        let mut memory = CodeMemory::allocate([code.len(), 0, 0])?;
        memory.bytes(Segment::Code).copy_from_slice(&code);
        memory.finalize()?;
        Ok(Stub { memory })
    }

    /// The address that others know.
    pub fn address(&self) -> usize {
        self.memory.code_range().start
    }
}
