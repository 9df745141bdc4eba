//! Warnings that a library body notes, and the user's function issues.
//!
//! A body knows that NumPy would warn, but not where: so it notes what, and after its call
//! the user's function asks whether something was noted. Only then the boundary's hook runs,
//! with the GIL, and issues it as Python does. Without a hook (tools, tests of the
//! interpreter) noted warnings are dropped.

use crate::memory::release_object;
use crate::strings::{Text, object_text};
use cumbia_abi::{Context, IMMORTAL, MAX_NOTES, Owner, STATUS_PYTHON};
use std::mem::MaybeUninit;
use std::sync::OnceLock;

/// Issues a warning: what it is, the handle of the user's function, and the line. `false`
/// where it became an exception, which is set in Python then.
pub type WarningHook = fn(&mut Context, &str, i64, i64) -> bool;

static HOOK: OnceLock<WarningHook> = OnceLock::new();

/// Installs the process's hook; the first one stays.
pub fn set_warning_hook(hook: WarningHook) {
    let _ = HOOK.set(hook);
}

/// Notes a warning by a string; those beyond the room for them are dropped. A text that isn't
/// a constant (that of `warnings.warn`) is kept until it is issued; where it never is, the
/// end of the call frees it.
pub(crate) extern "C" fn warn_note(context: *mut Context, text: *mut u8) {
    // SAFETY: compiled code passes its own context.
    let context = unsafe { &mut *context };
    let count = context.note_count as usize;
    if count < MAX_NOTES {
        let owner = text.cast::<Owner>();
        // SAFETY: a string, which begins with its owner; the caller holds a reference.
        unsafe {
            if (*owner).refcount < IMMORTAL / 2 {
                (*owner).refcount += 1;
            }
        }
        context.notes[count] = MaybeUninit::new(text);
        context.note_count += 1;
    }
}

/// Issues what was noted, at a line of a user's function.
pub(crate) extern "C" fn warn_noted(context: *mut Context, function: i64, line: i64) {
    // SAFETY: as above.
    let context = unsafe { &mut *context };
    if context.note_count != 0 {
        issue(context, function, line);
    }
}

#[cold]
fn issue(context: &mut Context, function: i64, line: i64) {
    let count = std::mem::take(&mut context.note_count) as usize;
    let notes = context.notes;
    let Some(hook) = HOOK.get() else { return };
    for note in &notes[..count] {
        // SAFETY: `warn_note` has set so many, to string constants of code that still runs or
        // to strings that it has kept.
        let text = unsafe { note.assume_init() }.cast_mut();
        // SAFETY: as above: a string that lives until the note's reference goes, below.
        let what = match unsafe { object_text(text) } {
            Text::One(units) => units.iter().map(|&unit| char::from(unit)).collect(),
            Text::Two(units) => String::from_utf16_lossy(units),
            Text::Four(units) => units.iter().filter_map(|&unit| char::from_u32(unit)).collect(),
        };
        let owner: *mut Owner = text.cast();
        // SAFETY: as above; the reference is the note's.
        unsafe {
            if (*owner).refcount < IMMORTAL / 2 {
                release_object(context, owner);
            }
        }
        if !hook(context, &what, function, line) {
            context.status = STATUS_PYTHON;
            return;
        }
    }
}

/// Says what happens at floating-point errors; gives what was said before.
pub(crate) extern "C" fn warn_modes(context: *mut Context, modes: i64) -> i64 {
    // SAFETY: as above.
    std::mem::replace(unsafe { &mut (*context).error_modes }, modes)
}
