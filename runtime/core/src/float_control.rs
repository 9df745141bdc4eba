//! The floating-point control word of a thread, as compiled code needs it.
//!
//! A library that was built with `-ffast-math` may have set a thread to flush subnormal numbers
//! to zero, a program to round otherwise or to trap. Code was folded, proven and approximated
//! for the default: rounding to nearest, subnormal numbers, no traps. So it runs, and is
//! compiled, under the default whatever the thread has, which gets its own word back
//! (`docs/decisions/0050-floating-point-control.md`).
//!
//! Not here: the sticky flags of the same register (`looking.rs`), and the x87 unit's control
//! word, which neither compiled code nor the runtime uses.

/// While it lives its thread computes under the default; it isn't sent to another one.
#[derive(Debug)]
pub struct DefaultFloats {
    /// The word to be put back, where it was another.
    before: Option<machine::Word>,
    /// The register is the thread's.
    _stays: std::marker::PhantomData<*const ()>,
}

impl DefaultFloats {
    /// Asks for the default; where the thread has it, as almost always, nothing is written.
    #[inline]
    pub fn enter() -> DefaultFloats {
        let word = machine::read();
        let is_default = word & machine::CONTROL == machine::DEFAULT & machine::CONTROL;
        let before = if is_default { None } else { Some(change(word)) };
        DefaultFloats { before, _stays: std::marker::PhantomData }
    }
}

impl Drop for DefaultFloats {
    #[inline]
    fn drop(&mut self) {
        if let Some(word) = self.before {
            restore(word);
        }
    }
}

/// Asks for the default, without an end: the word to be put back by [`put_back`], with a bit
/// beyond it set, or 0 where the thread has the default.
pub(crate) fn ask() -> i64 {
    match std::mem::ManuallyDrop::new(DefaultFloats::enter()).before {
        None => 0,
        Some(word) => word as i64 | MARK,
    }
}

/// Gives the thread a word that [`ask`] has given.
pub(crate) fn put_back(word: i64) {
    restore((word & !MARK) as machine::Word);
}

/// Tells a control word from none.
const MARK: i64 = 1 << 62;

#[cold]
#[inline(never)]
fn change(word: machine::Word) -> machine::Word {
    machine::write(machine::DEFAULT);
    word
}

#[cold]
#[inline(never)]
fn restore(word: machine::Word) {
    machine::write(word);
}

#[cfg(target_arch = "x86_64")]
mod machine {
    pub type Word = u32;
    /// Subnormal operands as zeros, masks of traps, rounding, subnormal results as zeros: all
    /// but the sticky flags.
    pub const CONTROL: Word = 0xffc0;
    /// All traps masked, everything else off.
    pub const DEFAULT: Word = 0x1f80;

    #[inline]
    pub fn read() -> Word {
        let mut word: Word = 0;
        // SAFETY: stores the register of this thread into a local variable.
        unsafe {
            std::arch::asm!("stmxcsr [{}]", in(reg) &raw mut word, options(nostack, preserves_flags));
        }
        word
    }

    pub fn write(word: Word) {
        // SAFETY: the default, or what the register held before. Rust assumes the default,
        // which holds wherever Rust code computes with floats: between `enter` and the drop.
        unsafe {
            std::arch::asm!("ldmxcsr [{}]", in(reg) &raw const word, options(nostack, preserves_flags));
        }
    }
}

#[cfg(target_arch = "aarch64")]
mod machine {
    pub type Word = u64;
    /// Traps, zeros for subnormal numbers, rounding, default nans.
    pub const CONTROL: Word = 0x07c8_9f03;
    pub const DEFAULT: Word = 0;

    #[inline]
    pub fn read() -> Word {
        let word: Word;
        // SAFETY: reads the control register of this thread.
        unsafe { std::arch::asm!("mrs {}, fpcr", out(reg) word, options(nomem, nostack)) };
        word
    }

    pub fn write(word: Word) {
        // SAFETY: as on x86-64.
        unsafe { std::arch::asm!("msr fpcr, {}", in(reg) word, options(nostack)) };
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod machine {
    pub type Word = u32;
    pub const CONTROL: Word = 0;
    pub const DEFAULT: Word = 0;

    pub fn read() -> Word {
        0
    }

    pub fn write(_: Word) {}
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::{DefaultFloats, machine};
    use std::hint::black_box;

    fn half_of_the_smallest_normal() -> f64 {
        black_box(f64::MIN_POSITIVE) * black_box(0.5)
    }

    #[test]
    fn what_a_thread_has_set_is_put_back() {
        // Flushing, other rounding, a trap for division by zero; flags stay out of it.
        for word in [0x9fc0, 0x1f80 | 0x6000, 0x1f80 & !0x200, 0x9fc0 | 0x3f, 0x1f80] {
            machine::write(word);
            let inside = {
                let _default = DefaultFloats::enter();
                let has = machine::read() & machine::CONTROL;
                (has, half_of_the_smallest_normal())
            };
            let after = machine::read();
            machine::write(machine::DEFAULT);
            assert_eq!(inside, (0x1f80, f64::MIN_POSITIVE / 2.0), "{word:x}");
            assert_eq!(after & machine::CONTROL, word & machine::CONTROL, "{word:x}");
        }
    }

    #[test]
    fn it_is_put_back_when_something_panics() {
        machine::write(0x9fc0);
        let panicked = std::panic::catch_unwind(|| {
            let _default = DefaultFloats::enter();
            std::panic::resume_unwind(Box::new(()));
        });
        let after = machine::read();
        machine::write(machine::DEFAULT);
        assert!(panicked.is_err());
        assert_eq!(after & machine::CONTROL, 0x9fc0);
    }
}
