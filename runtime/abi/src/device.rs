//! The error record of a launch on a device: where the first exception of its threads is kept.
//!
//! It lies in memory that both sides reach. The threads of a launch agree by one exchange on
//! who writes it; whoever starts a launch clears it before, and reads it when the launch is
//! over. A kernel that is launched without one (a null address) stops the launch instead.

use crate::{MAX_RAISE_ARGS, STATUS_OK};
use core::mem::offset_of;

/// Most call sites that a record keeps of a traceback, innermost first; deeper ones are
/// counted only.
pub const DEVICE_TRACE_CAPACITY: usize = 32;

/// Nobody has raised.
pub const DEVICE_CLEAR: u32 = 0;
/// A thread is writing the record.
pub const DEVICE_WRITING: u32 = 1;
/// The record holds an exception.
pub const DEVICE_RAISED: u32 = 2;

/// What the first thread that raises leaves behind.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceRecord {
    /// [`DEVICE_CLEAR`], [`DEVICE_WRITING`] or [`DEVICE_RAISED`].
    pub state: u32,
    /// The raising site: index into the artifact's site table.
    pub site: u32,
    /// Message arguments of the raising site, as 64-bit slots.
    pub args: [u64; MAX_RAISE_ARGS],
    /// The thread's block in the grid: x, y, z.
    pub block: [u32; 3],
    /// The thread in its block: x, y, z.
    pub thread: [u32; 3],
    /// Number of call sites that the exception has passed, also beyond the capacity.
    pub trace_len: u32,
    /// Site indices of these calls.
    pub trace: [u32; DEVICE_TRACE_CAPACITY],
}

impl Default for DeviceRecord {
    fn default() -> DeviceRecord {
        DeviceRecord {
            state: DEVICE_CLEAR,
            site: STATUS_OK as u32,
            args: [0; MAX_RAISE_ARGS],
            block: [0; 3],
            thread: [0; 3],
            trace_len: 0,
            trace: [0; DEVICE_TRACE_CAPACITY],
        }
    }
}

/// Byte offsets of the record's fields.
pub mod device_offsets {
    use super::{DeviceRecord, offset_of};
    /// See [`DeviceRecord::state`].
    pub const STATE: i32 = offset_of!(DeviceRecord, state) as i32;
    /// See [`DeviceRecord::site`].
    pub const SITE: i32 = offset_of!(DeviceRecord, site) as i32;
    /// See [`DeviceRecord::args`].
    pub const ARGS: i32 = offset_of!(DeviceRecord, args) as i32;
    /// See [`DeviceRecord::block`].
    pub const BLOCK: i32 = offset_of!(DeviceRecord, block) as i32;
    /// See [`DeviceRecord::thread`].
    pub const THREAD: i32 = offset_of!(DeviceRecord, thread) as i32;
    /// See [`DeviceRecord::trace_len`].
    pub const TRACE_LEN: i32 = offset_of!(DeviceRecord, trace_len) as i32;
    /// See [`DeviceRecord::trace`].
    pub const TRACE: i32 = offset_of!(DeviceRecord, trace) as i32;
}
