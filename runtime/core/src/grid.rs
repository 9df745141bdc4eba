//! What a thread of a grid does is told to who watches it (`cumbia_cuda::emulate`).

use crate::raise::raise;
use cumbia_abi::{Context, ExceptionClass};

/// The helper `grid_access`. A fault leaves the kernel as an exception, in whose place who
/// runs the grid puts what it was told.
pub(crate) extern "C" fn grid_access(context: *mut Context, address: *mut u8, how: i64) {
    // SAFETY: compiled code gives its own context, and who has set `grid` keeps it alive for
    // the call.
    unsafe {
        let watch = (*context).grid;
        if watch.is_null() || (*watch).is_quiet(address.addr() as u64, how) {
            return;
        }
        if !((*watch).access)(watch, address, how) {
            raise(&mut *context, ExceptionClass::RuntimeError, "a fault of the grid");
        }
    }
}
